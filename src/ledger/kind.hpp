// The kinds of a ledger row (taxonomy, section 0).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fin::ledger {

enum class Kind : std::uint8_t {
    revenue,
    cogs,
    payroll,
    opex,
    tax,
    interest,
    capex,
    debt,
    equity,
    transfer,
    refund,
    other
};
inline constexpr std::size_t kind_count = 12;

inline constexpr std::array<std::string_view, kind_count> kind_names = {
    "revenue", "cogs", "payroll", "opex", "tax", "interest", "capex", "debt", "equity", "transfer", "refund", "other"};

constexpr std::string_view name(Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

constexpr std::optional<Kind> kind_named(std::string_view text) {
    for (std::size_t i = 0; i < kind_count; ++i)
        if (kind_names[i] == text) return static_cast<Kind>(i);
    return std::nullopt;
}

// Expenses in the sense of E: what operations cost.
constexpr bool is_expense(Kind kind) { return kind == Kind::cogs || kind == Kind::opex || kind == Kind::payroll; }
// Revenue less refunds.
constexpr bool is_income(Kind kind) { return kind == Kind::revenue || kind == Kind::refund; }

}  // namespace fin::ledger
