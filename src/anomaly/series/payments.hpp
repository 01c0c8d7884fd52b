// A recurring series as payments: what was paid on one day is one payment.
#pragma once
#include <string>
#include <vector>

#include "anomaly/finding.hpp"

namespace fin::anomaly::series {

struct Payment {
    ledger::Day day;
    double amount;  // signed
};
std::vector<Payment> payments_of(const ledger::Ledger& ledger, const ledger::RecurringSeries& series);

// Days from one payment to the next, and the day the one after `day` is due.
double cadence_days(ledger::Cadence cadence);
ledger::Day due_after(ledger::Day day, ledger::Cadence cadence);

// "monthly", «ежемесячный».
std::string cadence_ru(ledger::Cadence cadence);

// Whether the amounts are one and the same to within `tolerance` of their median.
bool steady(const std::vector<Payment>& payments, std::size_t from, std::size_t to, double tolerance);
double median_amount(const std::vector<Payment>& payments, std::size_t from, std::size_t to);

}  // namespace fin::anomaly::series
