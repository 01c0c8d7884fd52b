#include "review/draft.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "error.hpp"

namespace fin::review {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> severities = {"low", "medium", "high", "critical"};
// Strict modes bound the size of enumerations.
constexpr std::size_t most_enumerated = 200;

json object(json properties) {
    json required = json::array();
    for (const auto& [key, unused] : properties.items()) required.push_back(key);
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}
json list(json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

json judgments_schema(const FactPack& pack) {
    json id = {{"type", "string"}};
    if (!pack.items.empty() && pack.items.size() <= most_enumerated) {
        id["enum"] = json::array();
        for (const Item& item : pack.items) id["enum"].push_back(item.id);
    }
    return list(object({{"id", id}, {"severity", {{"type", "string"}, {"enum", severities}}}}));
}
json fact_ids_schema(const FactPack& pack) {
    json id = {{"type", "integer"}};
    if (!pack.facts.empty() && pack.facts.size() <= most_enumerated) {
        id["enum"] = json::array();
        for (const Fact& fact : pack.facts) id["enum"].push_back(fact.id);
    }
    return list(id);
}
json statement_schema(const FactPack& pack) {
    return object({{"text", {{"type", "string"}}}, {"fact_ids", fact_ids_schema(pack)}});
}

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::bad_data, what); }

// Exactly these keys.
void expect_keys(const json& value, std::initializer_list<const char*> keys, const std::string& what) {
    if (!value.is_object()) refuse(what + " is no object");
    for (const char* const key : keys)
        if (!value.contains(key)) refuse(what + " has no \"" + key + "\"");
    if (value.size() != keys.size()) refuse(what + " has keys that were not asked for");
}

std::vector<int> read_fact_ids(const json& ids, const FactPack& pack, const std::string& what) {
    if (!ids.is_array()) refuse("fact_ids of " + what + " is no array");
    std::vector<int> read;
    for (const json& id : ids) {
        if (!id.is_number_integer() || id < 1 || id > static_cast<int>(pack.facts.size()))
            refuse("fact_ids of " + what + " names a fact that is not there");
        read.push_back(id.get<int>());
    }
    return read;
}

Statement read_statement(const json& value, const FactPack& pack, const std::string& what) {
    expect_keys(value, {"text", "fact_ids"}, what);
    if (!value["text"].is_string()) refuse("text of " + what + " is no text");
    return {value["text"].get<std::string>(), read_fact_ids(value["fact_ids"], pack, what)};
}

Judgments read_judgments(const json& value, const FactPack& pack) {
    if (!value.is_array()) refuse("judgments is no array");
    Judgments judgments;
    for (const json& one : value) {
        expect_keys(one, {"id", "severity"}, "a judgment");
        const std::string id = one["id"].is_string() ? one["id"].get<std::string>() : "";
        const std::string severity = one["severity"].is_string() ? one["severity"].get<std::string>() : "";
        if (std::none_of(pack.items.begin(), pack.items.end(), [&](const Item& item) { return item.id == id; }))
            refuse("a judgment names an item that is not there");
        if (std::find(severities.begin(), severities.end(), severity) == severities.end())
            refuse("a judgment's severity is none of low, medium, high, critical");
        judgments.emplace(id, severity);  // the first one counts
    }
    return judgments;
}

}  // namespace

std::string_view name(Verdict verdict) {
    constexpr std::array<std::string_view, 3> names = {"supported", "unsupported", "contradicted"};
    return names[static_cast<std::size_t>(verdict)];
}

json draft_schema(const FactPack& pack) {
    return object({{"headline", statement_schema(pack)},
                   {"statements", list(statement_schema(pack))},
                   {"judgments", judgments_schema(pack)}});
}

json check_schema(const FactPack& pack) {
    const json verdict =
        object({{"statement", {{"type", "integer"}}},
                {"verdict", {{"type", "string"}, {"enum", {"supported", "unsupported", "contradicted"}}}},
                {"fact_ids", fact_ids_schema(pack)}});
    return object({{"verdicts", list(verdict)}, {"judgments", judgments_schema(pack)}});
}

Draft read_draft(const json& answer, const FactPack& pack) {
    expect_keys(answer, {"headline", "statements", "judgments"}, "the answer");
    Draft draft;
    draft.headline = read_statement(answer["headline"], pack, "the headline");
    if (!answer["statements"].is_array()) refuse("statements is no array");
    if (answer["statements"].empty()) refuse("there are no statements");
    if (answer["statements"].size() > most_statements)
        refuse("there are more than " + std::to_string(most_statements) + " statements");
    std::size_t number = 0;
    for (const json& one : answer["statements"])
        draft.statements.push_back(read_statement(one, pack, "statement " + std::to_string(++number)));
    draft.judgments = read_judgments(answer["judgments"], pack);
    return draft;
}

Check read_check(const json& answer, const FactPack& pack, std::size_t statements) {
    expect_keys(answer, {"verdicts", "judgments"}, "the answer");
    if (!answer["verdicts"].is_array()) refuse("verdicts is no array");
    std::vector<std::optional<Verdict>> verdicts(statements + 1);
    for (const json& one : answer["verdicts"]) {
        expect_keys(one, {"statement", "verdict", "fact_ids"}, "a verdict");
        if (!one["statement"].is_number_integer() || one["statement"] < 0 ||
            one["statement"] > static_cast<int>(statements))
            refuse("a verdict is of a statement that is not there");
        read_fact_ids(one["fact_ids"], pack, "a verdict");
        const std::string word = one["verdict"].is_string() ? one["verdict"].get<std::string>() : "";
        std::optional<Verdict> verdict;
        for (const Verdict known : {Verdict::supported, Verdict::unsupported, Verdict::contradicted})
            if (word == name(known)) verdict = known;
        if (!verdict) refuse("a verdict is none of supported, unsupported, contradicted");
        // Said twice: the worse counts.
        auto& place = verdicts[one["statement"].get<std::size_t>()];
        place = place ? std::max(*place, *verdict) : *verdict;
    }
    Check check;
    for (const auto& verdict : verdicts) check.verdicts.push_back(verdict.value_or(Verdict::unsupported));
    check.judgments = read_judgments(answer["judgments"], pack);
    return check;
}

json to_json(const Draft& draft) {
    json statements =
        json::array({{{"statement", 0}, {"text", draft.headline.text}, {"fact_ids", draft.headline.fact_ids}}});
    for (std::size_t i = 0; i < draft.statements.size(); ++i)
        statements.push_back(
            {{"statement", i + 1}, {"text", draft.statements[i].text}, {"fact_ids", draft.statements[i].fact_ids}});
    return statements;
}

std::vector<Complaint> complaints(const Draft& draft, const FactPack& pack) {
    std::vector<Complaint> found;
    const auto check = [&](const Statement& statement, std::size_t number) {
        const auto problems = problems_of(statement.text, pack);
        for (const Problem& problem : problems) found.push_back({number, problem});
        if (!problems.empty()) return;
        const auto pieces = pieces_of(statement.text);
        std::set<int> used, named(statement.fact_ids.begin(), statement.fact_ids.end());
        for (const Piece& piece : *pieces)
            if (piece.fact > 0) used.insert(piece.fact);
        if (!std::includes(named.begin(), named.end(), used.begin(), used.end()))
            found.push_back({number, {"facts", "a slot's fact is not among fact_ids"}});
    };
    check(draft.headline, 0);
    for (std::size_t i = 0; i < draft.statements.size(); ++i) check(draft.statements[i], i + 1);
    return found;
}

std::string in_words(const std::vector<Complaint>& complaints) {
    std::string words;
    for (const Complaint& complaint : complaints) {
        if (!words.empty()) words += "; ";
        words += complaint.statement == 0 ? "headline" : "statement " + std::to_string(complaint.statement);
        words += ": " + complaint.problem.rule + ": " +
                 json(complaint.problem.excerpt).dump(-1, ' ', false, json::error_handler_t::replace);
    }
    return words;
}

}  // namespace fin::review
