#include "metrics/cashflow.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <numeric>

#include "error.hpp"

namespace fin::metrics {

namespace {

struct Term {
    double time;  // in units of the rate's period, the first at 0
    double amount;
};

// The present value as a function of x = log(1 + rate), scaled by a positive factor so that no term grows beyond its
// amount however long the span is: only the sign and the zeros matter.
class Value {
public:
    Value(std::span<const Term> terms, const InterruptCheck& check) : terms_(terms), check_(check) {}
    double operator()(double x) const {
        check_();
        const double origin = x < 0 ? terms_.back().time : 0;
        double sum = 0;
        for (const Term& term : terms_) sum += term.amount * std::exp(-x * (term.time - origin));
        return sum;
    }

private:
    std::span<const Term> terms_;
    const InterruptCheck& check_;
};

double refine(const Value& value, double low, double high) {
    std::uintmax_t iterations = 200;
    const auto [a, b] =
        boost::math::tools::toms748_solve(value, low, high, boost::math::tools::eps_tolerance<double>(50), iterations);
    return (a + b) / 2;
}

// Ordered by time, one term for each time, no zero amounts.
std::vector<Term> joined(std::vector<Term> terms, const InterruptCheck& check) {
    // By amount too, so that the same flows give the same bits whatever order they come in.
    Pulse pulse(check, 65536);
    std::ranges::sort(terms, [&](const Term& a, const Term& b) {
        pulse();
        return a.time != b.time ? a.time < b.time : a.amount < b.amount;
    });
    std::vector<Term> result;
    for (const Term& term : terms)
        if (!result.empty() && result.back().time == term.time)
            result.back().amount += term.amount;
        else
            result.push_back(term);
    std::erase_if(result, [](const Term& term) { return term.amount == 0; });
    return result;
}

Rates rates(std::vector<Term> given, const InterruptCheck& check) {
    if (given.empty()) return {{}, 0, "no cash flows"};
    for (const Term& term : given)
        if (!std::isfinite(term.amount) || !std::isfinite(term.time))
            throw Error(ErrorCode::out_of_domain, "cash flow is not a finite number");
    const auto [first, last] = std::ranges::minmax(given, {}, &Term::time);
    if (first.time == last.time) return {{}, 0, "all cash flows are on one day"};
    std::vector<Term> terms = joined(std::move(given), check);
    Rates found;
    for (std::size_t i = 1; i < terms.size(); ++i)
        found.sign_changes += (terms[i].amount < 0) != (terms[i - 1].amount < 0);
    if (found.sign_changes == 0) return {{}, 0, "cash flows do not change sign"};
    const double start = terms.front().time;
    for (Term& term : terms) term.time -= start;

    const Value value(terms, check);
    const double span = terms.back().time;
    // x runs in both directions from 0 on a grid that widens geometrically. Its finest step is 1/200 of the span's
    // own scale, its end exp(700), near the largest double. With one change of sign the first bracket is the only one.
    const double finest = 0.005 / span;
    std::vector<double> logs;
    constexpr double end = 700;
    const auto walk = [&](double direction) {
        double x = 0, at_x = value(0);
        if (at_x == 0 && direction > 0) logs.push_back(0);
        for (double step = finest; std::abs(x) < end; step *= 1.02) {
            const double next = direction * std::min(std::abs(x) + step, end), at_next = value(next);
            if (at_next == 0)
                logs.push_back(next);
            else if (at_x * at_next < 0)
                logs.push_back(refine(value, std::min(x, next), std::max(x, next)));
            if (found.sign_changes == 1 && !logs.empty()) return;
            x = next, at_x = at_next;
        }
    };
    walk(+1);
    if (found.sign_changes > 1 || logs.empty()) walk(-1);
    std::ranges::sort(logs, {}, [](double x) { return std::pair(std::abs(x), x); });
    for (const double x : logs)
        if (found.roots.size() < static_cast<std::size_t>(found.sign_changes)) found.roots.push_back(std::expm1(x));
    if (found.roots.empty()) found.reason = "no rate brings the value to zero";
    return found;
}

void check_rate(double rate) {
    if (!(rate > -1) || !std::isfinite(rate))
        throw Error(ErrorCode::invalid_argument, "discount rate must be above -1",
                    "The rate is " + std::to_string(rate) + ".", "Give 10 % as 0.1.");
}

}  // namespace

double npv(double rate, std::span<const double> amounts) {
    check_rate(rate);
    double sum = 0;
    // From the last to the first: one multiplication a period and no growing powers.
    for (std::size_t left = amounts.size(); left > 0; --left) sum = (sum + amounts[left - 1]) / (1 + rate);
    return sum;
}

double xnpv(double rate, std::span<const CashFlow> flows) {
    check_rate(rate);
    std::vector<Term> terms;
    terms.reserve(flows.size());
    for (const CashFlow& flow : flows) terms.push_back({flow.day, flow.amount});
    terms = joined(std::move(terms), never_interrupted);
    double sum = 0;
    if (flows.empty()) return sum;
    const double start = std::ranges::min(flows, {}, &CashFlow::day).day;
    for (const Term& term : terms) sum += term.amount * std::pow(1 + rate, -(term.time - start) / 365);
    return sum;
}

Rates irr(std::span<const double> amounts, const InterruptCheck& check) {
    std::vector<Term> terms;
    for (std::size_t i = 0; i < amounts.size(); ++i) terms.push_back({static_cast<double>(i), amounts[i]});
    return rates(std::move(terms), check);
}

Rates xirr(std::span<const CashFlow> flows, const InterruptCheck& check) {
    std::vector<Term> terms;
    for (const CashFlow& flow : flows) terms.push_back({flow.day / 365, flow.amount});
    return rates(std::move(terms), check);
}

std::optional<double> cagr(double first, double last, double periods) {
    if (!(first > 0) || !(last > 0) || !(periods > 0)) return std::nullopt;
    return std::pow(last / first, 1 / periods) - 1;
}

}  // namespace fin::metrics
