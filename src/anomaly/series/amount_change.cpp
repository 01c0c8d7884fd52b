// amount_change: a payment of fixed size that moved to a new size and stays there. Rents are indexed and prices raised:
// this is information, and an alarm only where the money is very large.
#include <cmath>

#include "anomaly/series/payments.hpp"
#include "anomaly/series/tests.hpp"
#include "anomaly/series/weigh.hpp"
#include "anomaly/words.hpp"
#include "risk/wording.hpp"

namespace fin::anomaly::series {

namespace {

constexpr double equal = 0.01;           // amounts this near are one price
constexpr double least_change = 0.02;    // of the price before
constexpr double least_share = 0.001;    // of a month's expenses, below which a change is no information
constexpr std::size_t least_before = 3;  // payments at the old price
constexpr std::size_t most_told = 10;    // recurring series come by size: the smaller ones are left out

struct Change {
    std::size_t at = 0;  // the first payment at the new price
    std::size_t before = 0, after = 0;
    double from = 0, to = 0;
};

// The last change of price: a run of equal payments to the end of the series, and before it a run at another price.
std::optional<Change> last_change(const std::vector<Payment>& payments, std::size_t least_after) {
    const std::size_t n = payments.size();
    const auto alike = [&](std::size_t a, std::size_t b) {
        return std::abs(payments[a].amount - payments[b].amount) <= equal * std::abs(payments[b].amount);
    };
    if (n < least_before + least_after) return std::nullopt;
    std::size_t at = n - 1;
    while (at > 0 && alike(at - 1, n - 1)) --at;
    if (at < least_before || n - at < least_after) return std::nullopt;
    std::size_t start = at - 1;
    while (start > 0 && alike(start - 1, at - 1)) --start;
    if (at - start < least_before) return std::nullopt;
    return Change{at, at - start, n - at, payments[at - 1].amount, payments[n - 1].amount};
}

}  // namespace

Findings amount_change(const Setting& setting) {
    Findings found;
    Pulse pulse(setting.check, 64);
    for (const ledger::RecurringSeries& recurring : setting.recurring) {
        pulse();
        if (found.size() == most_told) break;
        if (recurring.early) continue;
        const auto payments = payments_of(setting.ledger, recurring);
        // Once is an odd payment, which is the row's own business; a price that holds was paid at least thrice, or
        // twice where years would go by.
        const bool slow = ledger::per_month(recurring.cadence) < 0.4;
        const auto change = last_change(payments, slow ? 2 : 3);
        if (!change || std::abs(change->to / change->from - 1) < least_change * setting.strict(Kind::amount_change))
            continue;
        const double difference = change->to - change->from,
                     monthly = difference * ledger::per_month(recurring.cadence);
        if (std::abs(monthly) < least_share * setting.month_expenses) continue;

        Finding finding;
        finding.kind = Kind::amount_change;
        finding.booked_on = payments[change->at].day;
        finding.amount = money_of(change->to);
        finding.expected = money_of(change->from);
        finding.category = recurring.category, finding.counterparty = recurring.counterparty;
        // Prices change about once in two years: a change among so many payments is no wonder.
        const double years = (payments.back().day - payments.front().day) / 365.25;
        finding.p = std::min(1.0, std::max(0.05, 0.5 * years / static_cast<double>(change->before)));
        const double ratio = std::abs(change->to / change->from);
        const bool very_large = ratio >= 2 && !recurring.inflow;
        if (very_large) finding.p = 1e-4;
        // A rise that the company has to pay for, doubled and of a fifth of its expenses, is worth a question.
        weigh(finding, setting, difference * static_cast<double>(change->after), monthly,
              {1e-3, 0.2, 1, 1e9, very_large ? Severity::high : Severity::low});

        const std::string times = std::to_string(change->before);
        const auto words = [&](Language language) {
            const std::string& currency = setting.ledger.currency;
            return std::pair(money_text(change->from, currency, language), money_text(change->to, currency, language));
        };
        const auto percent = [&](risk::Language language) {
            return (ratio > 1 ? "+" : "-") + risk::percent_words(std::abs(ratio - 1), language);
        };
        const auto name = setting.ledger.counterparties.text(recurring.counterparty);
        const auto en = words(Language::en), ru = words(Language::ru);
        finding.reason_en = "The " + std::string(ledger::name(recurring.cadence)) + " payment " +
                            (recurring.inflow ? "from " : "to ") + risk::quoted(name, risk::Language::en) + " was " +
                            en.first + " (" + times + " times); since " + day_text(finding.booked_on, Language::en) +
                            " it is " + en.second + " (" + percent(risk::Language::en) + "), and stays there (" +
                            std::to_string(change->after) + " times).";
        finding.reason_ru = "Платёж (" + cadence_ru(recurring.cadence) + ") " +
                            (recurring.inflow ? "от " : "в пользу ") + risk::quoted(name, risk::Language::ru) +
                            " был " + ru.first + " (раз: " + times + "); с " +
                            day_text(finding.booked_on, Language::ru) + " он равен " + ru.second + " (" +
                            percent(risk::Language::ru) + ") и держится (раз: " + std::to_string(change->after) + ").";
        found.push_back(std::move(finding));
    }
    return found;
}

}  // namespace fin::anomaly::series
