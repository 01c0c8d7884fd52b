#include "anomaly/series/payments.hpp"

#include <algorithm>
#include <cmath>

namespace fin::anomaly::series {

using ledger::Cadence;
using ledger::Day;

std::vector<Payment> payments_of(const ledger::Ledger& ledger, const ledger::RecurringSeries& series) {
    std::vector<Payment> payments;
    for (const std::uint32_t row : series.rows) {
        if (payments.empty() || payments.back().day != ledger.day[row]) payments.push_back({ledger.day[row], 0});
        payments.back().amount += ledger.amount[row].value();
    }
    return payments;
}

double cadence_days(Cadence cadence) { return 365.25 / 12 / ledger::per_month(cadence); }

Day due_after(Day day, Cadence cadence) {
    int months = 0;
    switch (cadence) {
        case Cadence::weekly: return day + 7;
        case Cadence::biweekly: return day + 14;
        case Cadence::monthly: months = 1; break;
        case Cadence::bimonthly: months = 2; break;
        case Cadence::quarterly: months = 3; break;
        case Cadence::yearly: months = 12; break;
    }
    const ledger::Month from = ledger::month_of(day), to = from + months;
    // The last of a month stays the last.
    if (day == ledger::last_day(from)) return ledger::last_day(to);
    return std::min(ledger::first_day(to) + (day - ledger::first_day(from)), ledger::last_day(to));
}

std::string cadence_ru(Cadence cadence) {
    switch (cadence) {
        case Cadence::weekly: return "еженедельный";
        case Cadence::biweekly: return "двухнедельный";
        case Cadence::monthly: return "ежемесячный";
        case Cadence::bimonthly: return "двухмесячный";
        case Cadence::quarterly: return "ежеквартальный";
        case Cadence::yearly: return "ежегодный";
    }
    return {};
}

double median_amount(const std::vector<Payment>& payments, std::size_t from, std::size_t to) {
    std::vector<double> amounts;
    for (std::size_t i = from; i < to; ++i) amounts.push_back(payments[i].amount);
    if (amounts.empty()) return 0;
    std::sort(amounts.begin(), amounts.end());
    return (amounts[(amounts.size() - 1) / 2] + amounts[amounts.size() / 2]) / 2;
}

bool steady(const std::vector<Payment>& payments, std::size_t from, std::size_t to, double tolerance) {
    const double middle = median_amount(payments, from, to);
    return std::all_of(
        payments.begin() + static_cast<std::ptrdiff_t>(from), payments.begin() + static_cast<std::ptrdiff_t>(to),
        [&](const Payment& payment) { return std::abs(payment.amount - middle) <= tolerance * std::abs(middle); });
}

}  // namespace fin::anomaly::series
