// What a model is told and what it may point at: figures with ids, taken from an analysis document.
//
// A model never sees a transaction and never writes a figure. Its text carries slots, which we fill:
//   {{f:17}}        the fact's value      {{f:17.change}}  what happened to it, in words
//   {{f:17.period}} the time it is of     {{f:17.name}}    what it is of
//   {{n:kqwertyu}}  a concealed name (conceal.hpp)
#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/wording.hpp"

namespace fin::review {

using analysis::Language;

// The time a figure is of, as far as words of a text can contradict it.
enum class Span : std::uint8_t { whole, month, quarter, half_year, year, ahead, moment };
enum class Direction : std::uint8_t { unknown, up, down, steady };

struct Fact {
    int id = 0;          // 1, 2, ... in the order of the pack
    std::string metric;  // code of the taxonomy: revenue, runway, risk:liquidity, anomaly:duplicate ...
    std::string topic;   // what words of a text may call it (topics.hpp): revenue, cash ...
    std::string name;    // in the language of the pack; may carry {{n:...}}
    std::string period;  // in words: "March 2017", "the last three months"
    std::string value;   // formatted: "1,234,567", "12.3 %", "5.2 months"
    std::string change;  // pre-worded, "revenue fell by 12 %"; empty where nothing is compared
    std::string unit;    // money, money/month, ratio, months, date, count, points, label
    std::string query;   // SQL that gives the figure again; $1 is the report
    Span span = Span::whole;
    Direction direction = Direction::unknown;
    bool is_loss = false;  // both figures below zero: a loss that grows is a figure that falls
};

// A risk or an anomaly whose severity the models judge.
struct Item {
    std::string id;  // r:liquidity, a:duplicate:17
    std::string code;
    std::string severity;  // of the engine: low, medium, high, critical
    std::vector<int> facts;
};

struct FactPack {
    Language language = Language::en;
    std::vector<Fact> facts;
    std::vector<Item> items;
    std::map<std::string, std::string> names;  // token -> the name behind it; never leaves

    const Fact* fact(int id) const {
        return id >= 1 && id <= static_cast<int>(facts.size()) ? &facts[static_cast<std::size_t>(id) - 1] : nullptr;
    }
    // What leaves: no query, no name behind a token. Sorted keys, so that equal facts give equal bytes.
    nlohmann::json payload() const;
    std::string hash() const;  // SHA-256 of payload()
};

// At most `most_facts`; the document is fin_analyze's. `workspace_key` makes tokens stable within a workspace and
// different between workspaces. Throws Error{bad_data} for what is no analysis document.
inline constexpr std::size_t most_facts = 160;
FactPack fact_pack(const nlohmann::json& document, Language language, std::string_view workspace_key);

}  // namespace fin::review
