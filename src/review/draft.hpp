// What the models answer: the draft of one, the check of the other, and what of it may be stood by.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "review/fact.hpp"
#include "review/slots.hpp"

namespace fin::review {

struct Statement {
    std::string text;  // with slots
    std::vector<int> fact_ids;
};

using Judgments = std::map<std::string, std::string>;  // id of an item -> severity

struct Draft {
    Statement headline;
    std::vector<Statement> statements;
    Judgments judgments;
};

enum class Verdict : std::uint8_t { supported, unsupported, contradicted };
std::string_view name(Verdict verdict);

struct Check {
    std::vector<Verdict> verdicts;  // of the headline, then of each statement; what was not judged is unsupported
    Judgments judgments;
};

inline constexpr std::size_t most_statements = 8;

// JSON schemas of the answers, in the subset that strict modes take. Ids are enumerated where the pack is small enough.
nlohmann::json draft_schema(const FactPack& pack);
nlohmann::json check_schema(const FactPack& pack);

// Reads an answer. Unknown keys, wrong types, unknown ids, too many statements: Error{bad_data} that says what is wrong
// in words a model can act on. Says nothing about the texts: problems_of does.
Draft read_draft(const nlohmann::json& answer, const FactPack& pack);
Check read_check(const nlohmann::json& answer, const FactPack& pack, std::size_t statements);

// What the checker is shown: the draft as JSON.
nlohmann::json to_json(const Draft& draft);

// Why statements may not be stored, in words a model can act on: "statement 2: number: \"12\"". Empty: all may.
// A statement whose fact_ids are not the facts of its slots is a problem ("facts").
struct Complaint {
    std::size_t statement;  // 0: the headline
    Problem problem;
};
std::vector<Complaint> complaints(const Draft& draft, const FactPack& pack);
std::string in_words(const std::vector<Complaint>& complaints);

}  // namespace fin::review
