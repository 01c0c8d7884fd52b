// Who the company depends on: customer_concentration, supplier_concentration, lost_customer.
#include <algorithm>
#include <bit>

#include "risk/processors.hpp"
#include "risk/rules.hpp"

namespace fin::risk {

namespace {

std::string_view party_name(const Picture& picture, std::size_t code) {
    return picture.facts.ledger.counterparties.text(static_cast<ledger::Code>(code));
}

// The party with the largest figure above `least`; collectors are asked only for those few.
template <class Figure, class Allowed>
std::optional<std::size_t> largest(const Picture& picture, double least, Figure figure, Allowed allowed) {
    std::optional<std::size_t> best;
    for (std::size_t code = 0; code < picture.parties.size(); ++code) {
        const double value = figure(picture.parties[code]);
        if (value <= least || (best && value <= figure(picture.parties[*best]))) continue;
        if (allowed(code)) best = code;
    }
    return best;
}

}  // namespace

Found customer_concentration(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 3) return std::nullopt;
    const Series last = Picture::trailing(picture.revenue, 12);
    const double total = sum(last), months = static_cast<double>(last.size());
    if (total <= 0) return std::nullopt;
    const auto figure = [](const PartyTotals& party) { return party.revenue_t12; };
    const auto code = largest(picture, 0.01 * total, figure,
                              [&](std::size_t code) { return !is_collector(party_name(picture, code)); });
    if (!code) return std::nullopt;
    const double paid = figure(picture.parties[*code]), share = std::min(1.0, paid / total);
    const Rule rule = rule_of("customer_concentration", thresholds);
    const auto verdict = judge(rule, share);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, share);
    const auto name = party_name(picture, *code);
    risk.evidence.insert(
        risk.evidence.end(),
        {{"counterparty", 0, std::string(name)}, {"revenue_from_it", paid}, {"revenue", total}, {"months", months}});
    risk.title_en = quoted(name, Language::en) + " brings " + percent_words(share, Language::en) +
                    " of revenue: " + money_words(paid / months, Language::en) + " a month";
    risk.title_ru = quoted(name, Language::ru) + " приносит " + percent_words(share, Language::ru) +
                    " выручки: " + money_words(paid / months, Language::ru) + " в месяц";
    risk.impact = money(paid / months);
    return risk;
}

Found supplier_concentration(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 3) return std::nullopt;
    const auto total_of = [](const std::vector<double>& series) { return sum(Picture::trailing(series, 12)); };
    const double total =
        total_of(picture.cogs) + total_of(picture.opex) + total_of(picture.capex) + total_of(picture.interest);
    const double months = static_cast<double>(std::min(picture.n, 12));
    if (total <= 0) return std::nullopt;
    const auto figure = [](const PartyTotals& party) { return party.spending_t12; };
    const auto code = largest(picture, 0.01 * total, figure, [](std::size_t) { return true; });
    if (!code) return std::nullopt;
    const double paid = figure(picture.parties[*code]), share = std::min(1.0, paid / total);
    const Rule rule = rule_of("supplier_concentration", thresholds);
    const auto verdict = judge(rule, share);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, share);
    const auto name = party_name(picture, *code);
    risk.evidence.insert(
        risk.evidence.end(),
        {{"counterparty", 0, std::string(name)}, {"paid_to_it", paid}, {"spending", total}, {"months", months}});
    risk.title_en = quoted(name, Language::en) + " receives " + percent_words(share, Language::en) +
                    " of spending other than payroll and tax: " + money_words(paid / months, Language::en) + " a month";
    risk.title_ru = quoted(name, Language::ru) + " получает " + percent_words(share, Language::ru) +
                    " расходов без учёта зарплаты и налогов: " + money_words(paid / months, Language::ru) + " в месяц";
    risk.impact = money(paid / months);
    return risk;
}

Found lost_customer(const Picture& picture, const Thresholds& thresholds) {
    // Six months of P12 in which it can have been active, and T3.
    if (picture.n < 9) return std::nullopt;
    const Series before = Picture::before_t3(picture.revenue);
    const double total = sum(before), months = static_cast<double>(before.size());
    if (total <= 0) return std::nullopt;
    const auto figure = [](const PartyTotals& party) {
        const bool gone = party.revenue_t3 <= 0 && party.revenue_after <= 0;
        return gone && std::popcount(party.active_p12) >= 6 ? party.revenue_p12 : 0.0;
    };
    const auto code = largest(picture, 0.01 * total, figure,
                              [&](std::size_t code) { return !is_collector(party_name(picture, code)); });
    if (!code) return std::nullopt;
    const double paid = figure(picture.parties[*code]), share = std::min(1.0, paid / total);
    const Rule rule = rule_of("lost_customer", thresholds);
    const auto verdict = judge(rule, share);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, share);
    const auto name = party_name(picture, *code);
    const int active = std::popcount(picture.parties[*code].active_p12);
    risk.evidence.insert(risk.evidence.end(), {{"counterparty", 0, std::string(name)},
                                               {"revenue_from_it", paid},
                                               {"revenue_before", total},
                                               {"active_months", static_cast<double>(active)},
                                               {"months", months}});
    risk.title_en =
        quoted(name, Language::en) + ", " + percent_words(share, Language::en) +
        " of earlier revenue, has paid nothing for three months: " + money_words(paid / months, Language::en) +
        " a month is gone";
    risk.title_ru = quoted(name, Language::ru) + " (" + percent_words(share, Language::ru) +
                    " прежней выручки) не платит три месяца: потеряно " + money_words(paid / months, Language::ru) +
                    " в месяц";
    risk.impact = money(paid / months);
    return risk;
}

}  // namespace fin::risk
