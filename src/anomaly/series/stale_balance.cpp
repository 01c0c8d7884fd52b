// stale_balance: what the balance column says against what the amounts add up to.
#include <cmath>

#include "anomaly/series/tests.hpp"
#include "anomaly/series/weigh.hpp"
#include "risk/wording.hpp"

namespace fin::anomaly::series {

using risk::Language;
using risk::money_words;

Findings stale_balance(const Setting& setting) {
    const ledger::Ledger& ledger = setting.ledger;
    constexpr std::int64_t cent = ledger::Money::scale / 100;
    if (!ledger.balance_gap || ledger.balance_gap->abs().units <= cent) return {};
    const double gap = ledger.balance_gap->abs().value();
    // Banks that round interest differently are off by some cents for ever.
    constexpr double rounding = 1e-5;
    if (gap <= rounding * setting.month_expenses) return {};
    Finding finding;
    finding.kind = Kind::stale_balance;
    finding.booked_on = ledger.day.back();
    // Sums of money are exact: no gap is chance. What a gap means is another matter: where the column disagrees with
    // most rows it is no running balance of these rows (a statement of several accounts, rows left out), and where it
    // agrees with most a row is missing or wrong.
    const bool running = ledger.opening.has_value();
    finding.p = running ? 1e-9 : 0.05;
    // A hundredth of a month's expenses is the line of the risk data_quality.
    weigh(finding, setting, gap, gap, {1e-3, 0.01, 0.5, 5, running ? Severity::high : Severity::low});
    const std::string en = money_words(gap, Language::en), ru = money_words(gap, Language::ru);
    if (running) {
        finding.reason_en = "The balance column and the amounts should agree to the cent, yet they disagree by up to " +
                            en + ": a row is missing, is there twice or has another amount.";
        finding.reason_ru = "Остатки должны сходиться с суммами операций, но расходятся на величину до " + ru +
                            ": какой-то записи нет, она повторена или её сумма другая.";
    } else {
        finding.reason_en = "The balance column does not follow the amounts of most rows (it is off by up to " + en +
                            "): it is no running balance of these rows, and cash is counted without it.";
        finding.reason_ru = "Колонка остатков не следует суммам большинства записей (расхождение до " + ru +
                            "): это не текущий остаток по этим записям, деньги посчитаны без неё.";
    }
    return {finding};
}

}  // namespace fin::anomaly::series
