// Taxes that used to be paid and are missing: tax_gap.
#include <algorithm>
#include <map>
#include <utility>

#include "risk/rules.hpp"

namespace fin::risk {

namespace {

struct TaxPayments {
    std::vector<int> months;      // with a payment, ascending; index from the first complete month
    std::vector<double> amounts;  // paid in each of them
};

struct Gap {
    int missed = 0, step = 0;  // payments missed; months between payments
    int last = 0;              // month of the last payment
    double usual = 0;          // median payment
};

// A steady pace of 1, 2, 3, 6 or 12 months: at least 4 payments (3 where they are quarterly or rarer), 80 % of the
// gaps agree.
std::optional<Gap> gap_of(const TaxPayments& tax, int last_month) {
    std::vector<double> gaps;
    for (std::size_t i = 1; i < tax.months.size(); ++i) gaps.push_back(tax.months[i] - tax.months[i - 1]);
    if (gaps.size() < 2) return std::nullopt;
    std::vector<double> sorted = gaps;
    std::ranges::sort(sorted);
    const int step = static_cast<int>(sorted[sorted.size() / 2]);
    if (step != 1 && step != 2 && step != 3 && step != 6 && step != 12) return std::nullopt;
    if (step < 3 && gaps.size() < 3) return std::nullopt;
    const auto agree = std::ranges::count(gaps, static_cast<double>(step));
    if (static_cast<double>(agree) < 0.8 * static_cast<double>(gaps.size())) return std::nullopt;
    return Gap{std::max(0, last_month - tax.months.back()) / step, step, tax.months.back(), median(tax.amounts)};
}

}  // namespace

Found tax_gap(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 6) return std::nullopt;
    const ledger::Ledger& ledger = picture.facts.ledger;
    const ledger::Month first = picture.last() - picture.n + 1;
    // One tax: category and counterparty. The running month counts where it shows a payment.
    std::map<std::pair<ledger::Code, ledger::Code>, TaxPayments> taxes;
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        if (picture.flows.kind[i] != ledger::Kind::tax || picture.flows.amount[i] >= 0) continue;
        const int month = ledger::month_of(ledger.day[i]) - first;
        if (month < 0) continue;
        TaxPayments& tax = taxes[{picture.flows.category[i], ledger.counterparty[i]}];
        if (tax.months.empty() || tax.months.back() != month) tax.months.push_back(month), tax.amounts.push_back(0);
        tax.amounts.back() -= picture.flows.amount[i];
    }
    std::optional<Gap> worst;
    std::pair<ledger::Code, ledger::Code> whose;
    for (const auto& [key, tax] : taxes) {
        const auto gap = gap_of(tax, picture.n - 1);
        if (!gap || gap->missed < 1) continue;
        // Small beside the company, or paid since under another name: all taxes together are what they were.
        if (gap->usual / gap->step < 0.002 * picture.usual_expenses) continue;
        const auto all = Series(picture.tax);
        const auto split = static_cast<std::size_t>(std::min(gap->last + 1, picture.n));
        const double before = mean(all.first(split)), since = mean(all.subspan(split));
        if (since >= before - 0.3 * gap->usual / gap->step) continue;
        if (!worst || gap->missed > worst->missed || (gap->missed == worst->missed && gap->usual > worst->usual))
            worst = gap, whose = key;
    }
    if (!worst) return std::nullopt;
    const double missed = worst->missed;
    const Rule rule = rule_of("tax_gap", thresholds);
    auto verdict = judge(rule, missed);
    // One payment late is a watch list: payments are whole, 15 % of a line says nothing here.
    if (!verdict && missed >= rule.medium - 1) verdict = Verdict{Severity::low, 0.2, rule.medium};
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, missed);
    const auto& dictionary = whose.first >= 0 ? ledger.categories : ledger.counterparties;
    const std::string name(dictionary.text(whose.first >= 0 ? whose.first : whose.second));
    risk.evidence.insert(risk.evidence.end(), {{"tax", 0, name},
                                               {"missed_payments", missed},
                                               {"months_between_payments", static_cast<double>(worst->step)},
                                               {"usual_payment", worst->usual},
                                               {"last_paid", 0, ledger::month_text(first + worst->last)}});
    const auto usual_en = money_words(worst->usual, Language::en), usual_ru = money_words(worst->usual, Language::ru);
    risk.title_en = quoted(name, Language::en) + ": " + std::to_string(worst->missed) + " expected tax " +
                    (worst->missed == 1 ? "payment is" : "payments are") + " missing, about " + usual_en + " each";
    risk.title_ru = quoted(name, Language::ru) + ": не " +
                    std::string(russian_plural(worst->missed, "найден", "найдены", "найдено")) + " " +
                    std::to_string(worst->missed) + " " +
                    std::string(russian_plural(worst->missed, "ожидаемый налоговый платёж",
                                               "ожидаемых налоговых платежа", "ожидаемых налоговых платежей")) +
                    ", примерно по " + usual_ru;
    risk.impact = money(worst->usual / worst->step);
    return risk;
}

}  // namespace fin::risk
