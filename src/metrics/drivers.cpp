// Compares two months member by member. Money is counted in integers, so rows of money sum to the change by
// construction. A margin is 1 - costs / revenue, whose change splits without a rest into
//   - (costs' - costs) / revenue'                              one term for each category of costs, and
//   costs * (revenue' - revenue) / (revenue * revenue')        one term for each payer,
// so the rows of a margin are the money rows of its profit, weighted.
#include "metrics/drivers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "error.hpp"
#include "metrics/members.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

struct Definition {
    std::string_view metric;
    std::vector<Kind> kinds;  // of the rows it sums, besides revenue less refunds
    bool revenue = true;
    bool margin = false;
    int sign = 1;  // expenses count outflows
};

const std::vector<Definition>& definitions() {
    using enum Kind;
    static const std::vector<Definition> all = {
        {"revenue", {}},
        {"expenses", {cogs, opex, payroll}, false, false, -1},
        {"gross_profit", {cogs}},
        {"operating_profit", {cogs, opex, payroll}},
        {"net_profit", {cogs, opex, payroll, tax, interest}},
        {"net_cash_flow", {cogs, opex, payroll, tax, interest, capex, debt, equity, other}},
        {"gross_margin", {cogs}, true, true},
        {"operating_margin", {cogs, opex, payroll}, true, true},
        {"net_margin", {cogs, opex, payroll, tax, interest}, true, true},
    };
    return all;
}

const Definition& definition_of(const std::string& metric) {
    std::string names;
    for (const Definition& definition : definitions()) {
        if (definition.metric == metric) return definition;
        names += (names.empty() ? "" : ", ") + std::string(definition.metric);
    }
    throw Error(ErrorCode::invalid_argument, "metric \"" + metric + "\" has no drivers",
                "Metrics with drivers: " + names + ".");
}

void check_month(const Monthly& monthly, Month month) {
    if (monthly.has(month)) return;
    const std::string there = monthly.months.empty()
                                  ? "The ledger has no rows."
                                  : "The ledger runs from " + month_text(monthly.first) + " to " +
                                        month_text(monthly.first + static_cast<Month>(monthly.months.size()) - 1) + ".";
    throw Error(ErrorCode::invalid_argument, "the ledger has no month " + month_text(month), there);
}

using Key = std::pair<std::string, std::string>;  // driver, member
using Deltas = std::map<Key, Wide>;

std::string member_name(const Dictionary& names, Code code) {
    return code == no_code ? unknown_member : std::string(names.text(code));
}

std::pair<std::size_t, std::size_t> rows_of(const Ledger& ledger, Month month) {
    const auto begin = std::ranges::lower_bound(ledger.day, first_day(month));
    const auto end = std::ranges::upper_bound(ledger.day, last_day(month));
    return {static_cast<std::size_t>(begin - ledger.day.begin()), static_cast<std::size_t>(end - ledger.day.begin())};
}

// Half away from zero.
Wide rounded_quotient(Wide numerator, Wide denominator) {
    if (denominator < 0) numerator = -numerator, denominator = -denominator;
    const Wide half = denominator / 2;
    return (numerator < 0 ? numerator - half : numerator + half) / denominator;
}

struct Sales {
    Wide amount = 0, refunds = 0;
    Wide count = 0;
};

// New and lost payers; for those who stay, volume is the change in the number of sales at the old average ticket,
// price is the rest. Refunds stand for themselves.
void compare_payers(const Ledger& ledger, Month from, Month to, Deltas& deltas, Pulse& pulse) {
    std::map<std::string, std::array<Sales, 2>> payers;  // by name: the nameless join a payer called so
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
        const auto [begin, end] = rows_of(ledger, side == 0 ? from : to);
        std::map<Code, Sales> by_code;
        for (std::size_t i = begin; i < end; ++i) {
            pulse();
            if (!is_income(ledger.kind[i])) continue;
            Sales& sales = by_code[ledger.counterparty[i]];
            if (ledger.kind[i] == Kind::refund)
                sales.refunds += ledger.amount[i].units;
            else
                sales.amount += ledger.amount[i].units, ++sales.count;
        }
        for (const auto& [code, sales] : by_code) {
            pulse();
            Sales& sum = payers[member_name(ledger.counterparties, code)][side];
            sum.amount += sales.amount, sum.refunds += sales.refunds, sum.count += sales.count;
        }
    }
    for (const auto& [name, sides] : payers) {
        pulse();
        const auto& [before, after] = sides;
        deltas[{"refund", name}] += after.refunds - before.refunds;
        const Wide change = after.amount - before.amount;
        if (before.count == 0) {
            deltas[{"new", name}] += change;
        } else if (after.count == 0) {
            deltas[{"lost", name}] += change;
        } else {
            const Wide volume = rounded_quotient(before.amount * (after.count - before.count), before.count);
            deltas[{"volume", name}] += volume;
            deltas[{"price", name}] += change - volume;
        }
    }
}

// What the categories of the kinds add to the metric. Expenses are drivers called category, other kinds by their name.
void compare_categories(const Ledger& ledger, const Definition& definition, Month from, Month to, Deltas& deltas,
                        Pulse& pulse) {
    std::array<bool, kind_count> counted{};
    for (const Kind kind : definition.kinds) counted[static_cast<std::size_t>(kind)] = true;
    std::map<std::pair<Kind, Code>, Wide> sums;
    for (const int side : {-1, +1}) {
        const auto [begin, end] = rows_of(ledger, side < 0 ? from : to);
        for (std::size_t i = begin; i < end; ++i) {
            pulse();
            if (counted[static_cast<std::size_t>(ledger.kind[i])])
                sums[{ledger.kind[i], ledger.category[i]}] += side * definition.sign * Wide{ledger.amount[i].units};
        }
    }
    for (const auto& [key, delta] : sums) {
        pulse();
        const auto& [kind, category] = key;
        const std::string driver = is_expense(kind) ? "category" : std::string(name(kind));
        deltas[{driver, member_name(ledger.categories, category)}] += delta;
    }
}

std::string decimal_text(Wide value, int decimals) {
    const bool negative = value < 0;
    if (negative) value = -value;
    std::string digits;
    for (; value > 0; value /= 10) digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    const auto least = static_cast<std::size_t>(decimals) + 1;
    if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
    digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
    return (negative ? "-" : "") + digits;
}

std::vector<Driver> sorted(const Deltas& deltas, int decimals, Pulse& pulse) {
    struct Entry {
        const Key* key;
        Wide delta;
    };
    std::vector<Entry> entries;
    for (const auto& [key, delta] : deltas)
        if (delta != 0) entries.push_back({&key, delta});
    std::ranges::sort(entries, [&](const Entry& a, const Entry& b) {
        pulse();
        const Wide left = a.delta < 0 ? -a.delta : a.delta, right = b.delta < 0 ? -b.delta : b.delta;
        if (left != right) return left > right;
        return std::pair(a.key->second, a.key->first) < std::pair(b.key->second, b.key->first);
    });
    std::vector<Driver> result;
    result.reserve(entries.size());
    for (const Entry& entry : entries)
        result.push_back({entry.key->first, entry.key->second, decimal_text(entry.delta, decimals)});
    return result;
}

struct Side {
    Wide revenue, profit;
    Wide costs() const { return revenue - profit; }
};

Side side_of(const Flows& flows, const Definition& definition) {
    Side side{flows.revenue().units, flows.revenue().units};
    for (const Kind kind : definition.kinds) side.profit += flows.of(kind).units;
    return side;
}

constexpr std::int64_t trillion = 1'000'000'000'000;

std::vector<Driver> margin_drivers(const Facts& facts, const Definition& definition, Month from, Month to,
                                   Pulse& pulse) {
    const Side before = side_of(facts.monthly.at(from), definition), after = side_of(facts.monthly.at(to), definition);
    for (const auto& [month, side] : {std::pair(from, before), std::pair(to, after)})
        if (side.revenue <= 0)
            throw Error(ErrorCode::invalid_argument,
                        std::string(definition.metric) + " of " + month_text(month) + " is undefined",
                        "Revenue of the month is " + decimal_text(side.revenue, 4) + ".",
                        "Ask for the drivers of the profit instead.");

    const auto weighted = [&](const Deltas& deltas, long double weight, Deltas& result) {
        for (const auto& [key, delta] : deltas) {
            pulse();
            result[key] += static_cast<Wide>(std::round(static_cast<long double>(delta) * weight * trillion));
        }
    };
    Deltas payers, categories, result;
    compare_payers(facts.ledger, from, to, payers, pulse);
    compare_categories(facts.ledger, definition, from, to, categories, pulse);
    weighted(categories, 1.0L / static_cast<long double>(after.revenue), result);
    weighted(payers,
             static_cast<long double>(before.costs()) /
                 (static_cast<long double>(before.revenue) * static_cast<long double>(after.revenue)),
             result);

    // What rounding each row leaves goes to the largest, where it weighs least.
    Wide rest = rounded_quotient(after.profit * trillion, after.revenue) -
                rounded_quotient(before.profit * trillion, before.revenue);
    const auto size = [](const auto& entry) { return entry.second < 0 ? -entry.second : entry.second; };
    for (const auto& [key, delta] : result) rest -= delta;
    if (rest != 0 && !result.empty()) std::ranges::max_element(result, {}, size)->second += rest;
    return sorted(result, 12, pulse);
}

}  // namespace

std::vector<Driver> drivers(const Facts& facts, const std::string& metric, Month from, Month to,
                            const InterruptCheck& check) {
    Pulse pulse(check, 1024);
    const Definition& definition = definition_of(metric);
    check_month(facts.monthly, from);
    check_month(facts.monthly, to);
    if (definition.margin) return margin_drivers(facts, definition, from, to, pulse);
    Deltas deltas;
    if (definition.revenue) compare_payers(facts.ledger, from, to, deltas, pulse);
    compare_categories(facts.ledger, definition, from, to, deltas, pulse);
    return sorted(deltas, 4, pulse);
}

}  // namespace fin::metrics
