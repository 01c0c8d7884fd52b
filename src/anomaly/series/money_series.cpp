#include "anomaly/series/money_series.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "risk/wording.hpp"

namespace fin::anomaly::series {

using ledger::Code;
using ledger::Kind;

namespace {

struct Turnover {
    std::vector<double> size, net;  // by code
    explicit Turnover(std::size_t codes) : size(codes), net(codes) {}
    void add(Code code, double amount) {
        if (code == ledger::no_code) return;
        size[static_cast<std::size_t>(code)] += std::abs(amount), net[static_cast<std::size_t>(code)] += amount;
    }
};

MoneySeries blank(Scope scope, Code code, bool inflow, std::size_t months) {
    MoneySeries series;
    series.scope = scope, series.code = code, series.inflow = inflow;
    series.total.assign(months, 0), series.largest.assign(months, 0), series.rows.assign(months, 0);
    return series;
}

void add(MoneySeries& series, std::size_t month, double amount, Kind kind) {
    series.payroll += kind == Kind::payroll;
    const double signed_amount = series.inflow ? amount : -amount;
    series.total[month] += signed_amount;
    series.largest[month] = std::max(series.largest[month], signed_amount);
    ++series.rows[month];
}

// Where in the list of series a code stands; -1: nowhere.
std::vector<std::int32_t> places(std::size_t codes, const std::vector<Code>& chosen, std::size_t first) {
    std::vector<std::int32_t> place(codes, -1);
    for (std::size_t i = 0; i < chosen.size(); ++i)
        place[static_cast<std::size_t>(chosen[i])] = static_cast<std::int32_t>(first + i);
    return place;
}

}  // namespace

bool has_level(Kind kind) { return kind != Kind::transfer && kind != Kind::debt && kind != Kind::equity; }

std::vector<Code> greatest_codes(const std::vector<double>& values, std::size_t most, double least) {
    std::vector<Code> codes;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] >= least && values[i] > 0) codes.push_back(static_cast<Code>(i));
    const auto greater = [&](Code a, Code b) {
        const double left = values[static_cast<std::size_t>(a)], right = values[static_cast<std::size_t>(b)];
        return left != right ? left > right : a < b;
    };
    const auto end = codes.begin() + static_cast<std::ptrdiff_t>(std::min(most, codes.size()));
    std::partial_sort(codes.begin(), end, codes.end(), greater);
    codes.erase(end, codes.end());
    return codes;
}

std::vector<MoneySeries> money_series(const Setting& setting, std::size_t categories, std::size_t counterparties,
                                      double least) {
    const ledger::Ledger& ledger = setting.ledger;
    const auto months = static_cast<std::size_t>(std::max(0, setting.monthly.complete));
    std::vector<MoneySeries> all;
    if (months == 0) return all;
    Pulse pulse(setting.check);
    Turnover by_category(ledger.categories.size()), by_counterparty(ledger.counterparties.size());
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        if (!has_level(ledger.kind[row])) continue;
        const double amount = ledger.amount[row].value();
        by_category.add(ledger.category[row], amount);
        by_counterparty.add(ledger.counterparty[row], amount);
    }
    const double floor = least * static_cast<double>(months);
    const auto named = greatest_codes(by_category.size, categories, floor);
    const auto payees = greatest_codes(by_counterparty.size, counterparties, floor);
    all.push_back(blank(Scope::revenue, ledger::no_code, true, months));
    all.push_back(blank(Scope::expenses, ledger::no_code, false, months));
    for (const Code code : named)
        all.push_back(blank(Scope::category, code, by_category.net[static_cast<std::size_t>(code)] > 0, months));
    for (const Code code : payees)
        all.push_back(
            blank(Scope::counterparty, code, by_counterparty.net[static_cast<std::size_t>(code)] > 0, months));
    const auto category_place = places(by_category.size.size(), named, 2);
    const auto payee_place = places(by_counterparty.size.size(), payees, 2 + named.size());

    // Which category most of a payee's money is in, by majority vote (Boyer and Moore 1981): no table of pairs.
    std::vector<double> vote(all.size(), 0);
    std::size_t month = 0;
    ledger::Day month_ends = ledger::last_day(setting.monthly.first);
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        while (ledger.day[row] > month_ends) month_ends = ledger::last_day(setting.monthly.month(++month));
        if (month >= months) break;
        const Kind kind = ledger.kind[row];
        if (!has_level(kind)) continue;
        const double amount = ledger.amount[row].value();
        if (ledger::is_income(kind)) add(all[0], month, amount, kind);
        if (ledger::is_expense(kind)) add(all[1], month, amount, kind);
        const Code category = ledger.category[row], payee = ledger.counterparty[row];
        if (category != ledger::no_code)
            if (const auto place = category_place[static_cast<std::size_t>(category)]; place >= 0)
                add(all[static_cast<std::size_t>(place)], month, amount, kind);
        if (payee == ledger::no_code) continue;
        const auto place = payee_place[static_cast<std::size_t>(payee)];
        if (place < 0) continue;
        MoneySeries& series = all[static_cast<std::size_t>(place)];
        add(series, month, amount, kind);
        double& standing = vote[static_cast<std::size_t>(place)];
        if (series.category == category)
            standing += std::abs(amount);
        else if (standing < std::abs(amount))
            series.category = category, standing = std::abs(amount) - standing;
        else
            standing -= std::abs(amount);
    }
    for (MoneySeries& series : all)
        if (series.scope == Scope::category) series.category = series.code;
    return all;
}

Words name_of(const MoneySeries& series, const ledger::Ledger& ledger) {
    const auto quoted = [&](std::string_view text, risk::Language language) { return risk::quoted(text, language); };
    switch (series.scope) {
        case Scope::revenue: return {"Total revenue", "Выручка"};
        case Scope::expenses: return {"Total operating expenses", "Операционные расходы"};
        case Scope::category:
            return {"Category " + quoted(ledger.categories.text(series.code), risk::Language::en),
                    "Категория " + quoted(ledger.categories.text(series.code), risk::Language::ru)};
        case Scope::counterparty:
            return {"Counterparty " + quoted(ledger.counterparties.text(series.code), risk::Language::en),
                    "Контрагент " + quoted(ledger.counterparties.text(series.code), risk::Language::ru)};
    }
    return {};
}

}  // namespace fin::anomaly::series
