// Cash-flow mathematics: present value and rates of return.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "interrupt.hpp"

namespace fin::metrics {

struct CashFlow {
    double day;     // days since any fixed date
    double amount;  // currency units; paid in < 0, received > 0
};

// Value of equally spaced amounts, the first one period from now: the convention of spreadsheets' NPV.
// Throws Error{invalid_argument} for rate <= -1.
double npv(double rate, std::span<const double> amounts);

// Value at the earliest day: sum(amount_i / (1 + rate)^((day_i - day_0) / 365)), spreadsheets' XNPV.
double xnpv(double rate, std::span<const CashFlow> flows);

// The rates at which the value is zero.
struct Rates {
    std::vector<double> roots = {};  // nearest to 0 first; empty: `reason` says why
    int sign_changes = 0;            // of the amounts in time; above 1 several rates can exist (Descartes)
    std::string reason = {};

    std::optional<double> best() const { return roots.empty() ? std::nullopt : std::optional(roots.front()); }
};

// Rate per period of equally spaced amounts, the first now: spreadsheets' IRR.
Rates irr(std::span<const double> amounts, const InterruptCheck& check = never_interrupted);

// Annual rate of dated amounts with day count 365, in any order: spreadsheets' XIRR.
// Roots are bracketed by changes of sign, then found by TOMS 748 (Alefeld, Potra, Shi 1995, from Boost.Math).
Rates xirr(std::span<const CashFlow> flows, const InterruptCheck& check = never_interrupted);

// Compound growth per period from first to last; nullopt where an end is not positive or there is no period.
std::optional<double> cagr(double first, double last, double periods);

}  // namespace fin::metrics
