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

// What the three risks share: one party, its part of a total, and that part in money a month.
struct Dependence {
    Risk risk;  // with name, part and total among its evidence; title and the rest are the risk's own
    std::size_t code;
    std::string_view name;
    double share, monthly;

    std::string who(Language language) const { return quoted(name, language); }
    std::string part(Language language) const { return percent_words(share, language); }
    std::string money_a_month(Language language) const { return money_words(monthly, language); }
};

// Where the part and the total stand in the evidence.
struct Keys {
    const char *part, *total;
};

template <class Figure, class Allowed>
std::optional<Dependence> dependence(const Picture& picture, const Rule& rule, double total, double months, Keys keys,
                                     Figure figure, Allowed allowed) {
    if (total <= 0) return std::nullopt;
    const auto code = largest(picture, 0.01 * total, figure, allowed);
    if (!code) return std::nullopt;
    const double paid = figure(picture.parties[*code]), share = std::min(1.0, paid / total);
    const auto verdict = judge(rule, share);
    if (!verdict) return std::nullopt;
    Dependence found{risk_of(rule, *verdict, share), *code, party_name(picture, *code), share, paid / months};
    found.risk.evidence.insert(found.risk.evidence.end(),
                               {{"counterparty", 0, std::string(found.name)}, {keys.part, paid}, {keys.total, total}});
    found.risk.impact = money(found.monthly);
    return found;
}

}  // namespace

Found customer_concentration(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 3) return std::nullopt;
    const Series last = Picture::trailing(picture.revenue, 12);
    const double months = static_cast<double>(last.size());
    auto found = dependence(
        picture, rule_of("customer_concentration", thresholds), sum(last), months, {"revenue_from_it", "revenue"},
        [](const PartyTotals& party) { return party.revenue_t12; },
        [&](std::size_t code) { return !is_collector(party_name(picture, code)); });
    if (!found) return std::nullopt;
    Risk& risk = found->risk;
    risk.evidence.push_back({"months", months});
    risk.title_en = found->who(Language::en) + " brings " + found->part(Language::en) +
                    " of revenue: " + found->money_a_month(Language::en) + " a month";
    risk.title_ru = found->who(Language::ru) + " приносит " + found->part(Language::ru) +
                    " выручки: " + found->money_a_month(Language::ru) + " в месяц";
    return risk;
}

Found supplier_concentration(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 3) return std::nullopt;
    const auto total_of = [](const std::vector<double>& series) { return sum(Picture::trailing(series, 12)); };
    const double total =
        total_of(picture.cogs) + total_of(picture.opex) + total_of(picture.capex) + total_of(picture.interest);
    const double months = static_cast<double>(std::min(picture.n, 12));
    auto found = dependence(
        picture, rule_of("supplier_concentration", thresholds), total, months, {"paid_to_it", "spending"},
        [](const PartyTotals& party) { return party.spending_t12; }, [](std::size_t) { return true; });
    if (!found) return std::nullopt;
    Risk& risk = found->risk;
    risk.evidence.push_back({"months", months});
    risk.title_en = found->who(Language::en) + " receives " + found->part(Language::en) +
                    " of spending other than payroll and tax: " + found->money_a_month(Language::en) + " a month";
    risk.title_ru = found->who(Language::ru) + " получает " + found->part(Language::ru) +
                    " расходов без учёта зарплаты и налогов: " + found->money_a_month(Language::ru) + " в месяц";
    return risk;
}

Found lost_customer(const Picture& picture, const Thresholds& thresholds) {
    // Six months of P12 in which it can have been active, and T3.
    if (picture.n < 9) return std::nullopt;
    const Series before = Picture::before_t3(picture.revenue);
    const double months = static_cast<double>(before.size());
    auto found = dependence(
        picture, rule_of("lost_customer", thresholds), sum(before), months, {"revenue_from_it", "revenue_before"},
        [](const PartyTotals& party) {
            const bool gone = party.revenue_t3 <= 0 && party.revenue_after <= 0;
            return gone && std::popcount(party.active_p12) >= 6 ? party.revenue_p12 : 0.0;
        },
        [&](std::size_t code) { return !is_collector(party_name(picture, code)); });
    if (!found) return std::nullopt;
    Risk& risk = found->risk;
    const int active = std::popcount(picture.parties[found->code].active_p12);
    risk.evidence.push_back({"active_months", static_cast<double>(active)});
    risk.evidence.push_back({"months", months});
    risk.title_en = found->who(Language::en) + ", " + found->part(Language::en) +
                    " of earlier revenue, has paid nothing for three months: " + found->money_a_month(Language::en) +
                    " a month is gone";
    risk.title_ru = found->who(Language::ru) + " (" + found->part(Language::ru) +
                    " прежней выручки) не платит три месяца: потеряно " + found->money_a_month(Language::ru) +
                    " в месяц";
    return risk;
}

}  // namespace fin::risk
