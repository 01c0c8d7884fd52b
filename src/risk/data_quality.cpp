// Whether the figures can be trusted: data_quality.
#include <algorithm>
#include <array>
#include <cmath>

#include "ledger/payee.hpp"
#include "risk/rules.hpp"

namespace fin::risk {

namespace {

// Categories that say that there is none.
bool says_nothing(std::string_view category) {
    constexpr std::array words = {
        "uncategorized", "uncategorised", "unknown",       "none",       "n a",           "na",          "unclassified",
        "без категории", "не указана",    "не определено", "неизвестно", "нет категории", "не разобрано"};
    return std::ranges::find(words, ledger::payee_key(category)) != words.end();
}

}  // namespace

Found data_quality(const Picture& picture, const Thresholds& thresholds) {
    const ledger::Ledger& ledger = picture.facts.ledger;
    if (ledger.empty()) return std::nullopt;
    std::vector<bool> empty(ledger.categories.size());
    for (std::size_t code = 0; code < empty.size(); ++code)
        empty[code] = says_nothing(ledger.categories.text(static_cast<ledger::Code>(code)));
    double all = 0, unknown = 0;
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        const double size = std::abs(ledger.amount[i].value());
        all += size;
        const auto code = picture.flows.category[i];
        if (code < 0 || empty[static_cast<std::size_t>(code)]) unknown += size;
    }
    const double share = all > 0 ? unknown / all : 0;
    const auto& months = picture.facts.monthly.months;
    const auto missing = std::ranges::count_if(months, [](const ledger::Flows& month) { return month.rows == 0; });
    // A gap of cents is rounding; one of 1 % of a month's expenses is a row too few or too many.
    const double gap = ledger.balance_gap ? std::abs(ledger.balance_gap->value()) : 0;
    const bool gap_holds = gap > std::max(0.01, 0.01 * picture.usual_expenses);

    const Rule rule = rule_of("data_quality", thresholds);
    auto verdict = judge(rule, share);
    const bool share_holds = verdict && verdict->severity != Severity::low;
    if (!share_holds && (missing > 0 || gap_holds)) verdict = Verdict{Severity::medium, 0.30, rule.medium};
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, share);
    risk.evidence.insert(risk.evidence.end(), {{"uncategorised_money", unknown},
                                               {"money", all},
                                               {"missing_months", static_cast<double>(missing)},
                                               {"reconciliation_gap", gap}});
    if (share_holds || (missing == 0 && !gap_holds)) {
        risk.title_en = percent_words(share, Language::en) + " of the money has no category";
        risk.title_ru = "У " + percent_words(share, Language::ru) + " денег не указана категория";
    } else if (missing > 0) {
        risk.title_en = std::to_string(missing) + (missing == 1 ? " month has" : " months have") + " no rows";
        risk.title_ru = "Нет записей за " + months_words(static_cast<double>(missing), Language::ru);
    } else {
        risk.title_en = "Balances and amounts disagree by " + money_words(gap, Language::en);
        risk.title_ru = "Остатки и суммы операций расходятся на " + money_words(gap, Language::ru);
    }
    return risk;
}

}  // namespace fin::risk
