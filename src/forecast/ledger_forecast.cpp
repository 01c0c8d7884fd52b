#include "forecast/ledger_forecast.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "error.hpp"
#include "forecast/cash_paths.hpp"
#include "forecast/known_flows.hpp"

namespace fin::forecast {

namespace {

constexpr int year_ahead = 12, paths_drawn = 1000;
constexpr double normal_80 = 1.2815515655446004;  // quantile of the standard normal distribution at 0.9

// A multiple of a power of two near a hundredth: sums and differences of such numbers are exact in binary and in
// decimal, so that revenue - expenses is profit to the last digit wherever it is computed.
double snapped(double value) {
    constexpr double grid = 1.0 / 64;
    return std::round(value / grid) * grid;
}

bool usable(const Forecast& fit) { return fit.status == Status::ok || fit.status == Status::estimated; }

Drawn drawn_from(const Forecast& fit, const std::vector<double>& known) {
    Drawn drawn;
    drawn.known = known;
    drawn.errors = fit.errors;
    drawn.nonnegative = std::ranges::all_of(fit.values, [](double value) { return value >= 0; });
    for (const Point& point : fit.points) {
        drawn.predicted.push_back(point.predicted);
        drawn.spread.push_back((point.hi80 - point.lo80) / (2 * normal_80));
    }
    return drawn;
}

// The k-th smallest by linear interpolation; sorts `values`.
struct Quantiles {
    explicit Quantiles(std::vector<double> values) : sorted(std::move(values)) { std::ranges::sort(sorted); }
    double at(double p) const {
        const double place = p * static_cast<double>(sorted.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const std::size_t above = std::min(below + 1, sorted.size() - 1);
        return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
    }
    std::vector<double> sorted;
};

// Bounds around the prediction, ordered and never of width zero.
void bound(MonthPoint& point, double lo95, double lo80, double hi80, double hi95) {
    constexpr double least = 1.0 / 64;
    point.lo80 = std::min(snapped(lo80), point.predicted - least);
    point.hi80 = std::max(snapped(hi80), point.predicted + least);
    point.lo95 = std::min(snapped(lo95), point.lo80);
    point.hi95 = std::max(snapped(hi95), point.hi80);
}

void bound_by(MonthPoint& point, const Quantiles& quantiles) {
    bound(point, quantiles.at(0.025), quantiles.at(0.1), quantiles.at(0.9), quantiles.at(0.975));
}

Parts snapped_parts(const Forecast& fit, std::size_t step, double known, double predicted) {
    Parts parts;
    if (step < fit.future.size()) parts = fit.future[step];
    parts.event += known;
    parts.remainder = 0;
    parts.level = predicted - parts.trend - parts.season - parts.event;
    return parts;
}

Parts difference(const Parts& a, const Parts& b) {
    return {a.level - b.level, a.trend - b.trend, a.season - b.season, a.event - b.event, a.remainder - b.remainder};
}

// A future that could happen, revenue and expenses together: the course that the paths take on average whose profit
// over the horizon is at a quantile of all of theirs. Regressions on that sum, so the deviations of a scenario add up
// as those of a path do.
struct Scenario {
    std::vector<double> revenue, expenses, cash;  // deviations from the prediction, by month
};

class Scenarios {
public:
    Scenarios(const CashPaths& paths, int horizon) : paths_(paths), horizon_(horizon) {
        sums_.assign(static_cast<std::size_t>(paths.paths), 0);
        for (int path = 0; path < paths.paths; ++path)
            for (int month = 0; month < horizon; ++month)
                sums_[static_cast<std::size_t>(path)] +=
                    paths.revenue[paths.at(path, month)] - paths.expenses[paths.at(path, month)];
        mean_ = std::accumulate(sums_.begin(), sums_.end(), 0.0) / static_cast<double>(sums_.size());
        for (const double sum : sums_) variance_ += (sum - mean_) * (sum - mean_);
    }

    Scenario at(double p) const {
        const double reach = Quantiles(sums_).at(p) - mean_;
        Scenario made;
        for (int month = 0; month < horizon_; ++month) {
            made.revenue.push_back(reach * slope(paths_.revenue, month));
            made.expenses.push_back(reach * slope(paths_.expenses, month));
            made.cash.push_back(reach * slope(paths_.cash, month));
        }
        return made;
    }

private:
    double slope(const std::vector<double>& values, int month) const {
        if (!(variance_ > 0)) return 0;
        double sum = 0;
        for (int path = 0; path < paths_.paths; ++path)
            sum += (sums_[static_cast<std::size_t>(path)] - mean_) * values[paths_.at(path, month)];
        return sum / variance_;
    }

    const CashPaths& paths_;
    int horizon_;
    std::vector<double> sums_;
    double mean_ = 0, variance_ = 0;
};

Runway runway_of(const CashPaths& paths, double cash_now) {
    Runway runway;
    runway.status = Status::ok;
    if (cash_now <= 0) {
        runway.months = runway.low = runway.high = 0;
        runway.confidence = 1;
        runway.reason = {"exhausted", "деньги исчерпаны"};
        return runway;
    }
    std::vector<double> lasted;
    lasted.reserve(static_cast<std::size_t>(paths.paths));
    const double for_ever = paths.months + 1.0;
    for (int path = 0; path < paths.paths; ++path)
        lasted.push_back(months_until_empty(cash_now, &paths.cash[paths.at(path, 0)], paths.months).value_or(for_ever));
    const auto central = months_until_empty(cash_now, paths.central_cash.data(), paths.months);
    const Quantiles quantiles(lasted);
    const auto within = [&](double months) { return months <= paths.months ? std::optional(months) : std::nullopt; };
    runway.months = central;
    runway.low = within(quantiles.at(0.1));
    runway.high = within(quantiles.at(0.9));
    // The prediction is a path of its own; bounds lie around it.
    if (central && runway.low) runway.low = std::min(*runway.low, *central);
    if (central && !runway.low) runway.low = central;
    if (central && runway.high) runway.high = std::max(*runway.high, *central);
    if (!central) {
        runway.high = std::nullopt;
        runway.status = Status::infinite;
        const std::string months = std::to_string(paths.months);
        runway.reason = {"lasts longer than " + months + " months in the forecast",
                         "по прогнозу хватит более чем на " + months + " мес."};
    }
    const double stated = central.value_or(paths.months);
    const auto reached = std::ranges::count_if(lasted, [&](double months) { return months >= stated; });
    runway.confidence = static_cast<double>(reached) / static_cast<double>(lasted.size());
    return runway;
}

void without(LedgerSeries& series, Status status, const Words& reason) {
    series.status = status;
    series.reason = reason;
    series.points.clear();
}

Words joined(const Words& a, const Words& b) {
    if (a.en.empty() || a.en == b.en) return b;
    if (b.en.empty()) return a;
    return {a.en + "; " + b.en, a.ru + "; " + b.ru};
}

void fill(LedgerForecast& made, const CashFlows& known, const CashPaths& paths, ledger::Month first, int horizon) {
    const Scenarios scenarios(paths, horizon);
    const Scenario good = scenarios.at(0.9), bad = scenarios.at(0.1);
    std::vector<double> profit(static_cast<std::size_t>(paths.paths)), cash(profit.size());
    Parts summed;  // of profit
    double events = 0;
    for (int month = 0; month < horizon; ++month) {
        const auto i = static_cast<std::size_t>(month);
        for (int path = 0; path < paths.paths; ++path) {
            const std::size_t at = paths.at(path, month);
            profit[static_cast<std::size_t>(path)] = paths.revenue[at] - paths.expenses[at];
            cash[static_cast<std::size_t>(path)] = paths.cash[at];
        }
        MonthPoint in, out, left, held;
        in.month = out.month = left.month = held.month = first + month;
        const double known_in = known.revenue.future[i], known_out = known.expenses.future[i];
        in.predicted = snapped(paths.central_revenue[i]);
        out.predicted = snapped(paths.central_expenses[i]);
        left.predicted = in.predicted - out.predicted;
        held.predicted = snapped(paths.central_cash[i]);
        // The bounds of one series are the fit's own, calibrated for it; those of sums come from the paths.
        const Point& fit_in = made.revenue_fit.points[i];
        const Point& fit_out = made.expenses_fit.points[i];
        bound(in, fit_in.lo95 + known_in, fit_in.lo80 + known_in, fit_in.hi80 + known_in, fit_in.hi95 + known_in);
        bound(out, fit_out.lo95 + known_out, fit_out.lo80 + known_out, fit_out.hi80 + known_out,
              fit_out.hi95 + known_out);
        bound_by(left, Quantiles(profit));
        bound_by(held, Quantiles(cash));
        // Scenarios keep inside the 80 % intervals; a good month never leaves less than the expected one, nor a bad
        // one more.
        in.optimistic = in.predicted + std::clamp(snapped(good.revenue[i]), 0.0, in.hi80 - in.predicted);
        in.pessimistic = in.predicted + std::clamp(snapped(bad.revenue[i]), in.lo80 - in.predicted, 0.0);
        out.optimistic = out.predicted + std::clamp(snapped(good.expenses[i]), out.lo80 - out.predicted,
                                                    std::min(out.hi80 - out.predicted, in.optimistic - in.predicted));
        out.pessimistic = out.predicted + std::clamp(snapped(bad.expenses[i]),
                                                     std::max(out.lo80 - out.predicted, in.pessimistic - in.predicted),
                                                     out.hi80 - out.predicted);
        left.optimistic = in.optimistic - out.optimistic;
        left.pessimistic = in.pessimistic - out.pessimistic;
        held.optimistic = held.predicted + std::clamp(snapped(good.cash[i]), 0.0, held.hi80 - held.predicted);
        held.pessimistic = held.predicted + std::clamp(snapped(bad.cash[i]), held.lo80 - held.predicted, 0.0);
        in.parts = snapped_parts(made.revenue_fit, i, known_in, in.predicted);
        out.parts = snapped_parts(made.expenses_fit, i, known_out, out.predicted);
        left.parts = difference(in.parts, out.parts);
        // Cash: what is there, then what the parts of profit add up to; flows beside operations are events.
        summed.trend += left.parts.level + left.parts.trend;
        summed.season += left.parts.season;
        events += left.parts.event + known.other.future[i] + paths.unsteady_mean;
        held.parts = {0, summed.trend, summed.season, events, 0};
        held.parts.level = held.predicted - summed.trend - summed.season - events;
        made.revenue.points.push_back(in);
        made.expenses.points.push_back(out);
        made.profit.points.push_back(left);
        made.cash.points.push_back(held);
    }
}

}  // namespace

std::vector<Observation> monthly_observations(const ledger::Monthly& monthly, bool revenue,
                                              const std::vector<double>& known) {
    std::vector<Observation> observations;
    for (int i = 0; i < monthly.complete; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const auto& month = monthly.months[at];
        const double value = (revenue ? month.revenue() : month.expenses()).value();
        observations.push_back({ledger::first_day(monthly.month(at)), value - (at < known.size() ? known[at] : 0)});
    }
    return observations;
}

std::uint64_t seed_of(std::string_view content_hash) {
    std::uint64_t seed = 0;
    for (const char digit : content_hash.substr(0, 16))
        seed = seed * 16 + static_cast<std::uint64_t>(digit >= 'a' ? digit - 'a' + 10 : digit - '0');
    return seed;
}

std::optional<double> LedgerForecast::runway_with(double monthly) const {
    std::vector<double> cash = central_cash_60;
    for (std::size_t i = 0; i < cash.size(); ++i) cash[i] += monthly * static_cast<double>(i + 1);
    return months_until_empty(cash_now, cash.data(), static_cast<int>(cash.size()));
}

LedgerForecast forecast_ledger(const ledger::Ledger& ledger, const ledger::Monthly& monthly,
                               const std::vector<ledger::RecurringSeries>& recurring, const LedgerRequest& request,
                               const InterruptCheck& check) {
    if (request.horizon < 1 || request.horizon > runway_months)
        throw Error(ErrorCode::invalid_argument,
                    "horizon must lie between 1 and " + std::to_string(runway_months) + " months",
                    "It is " + std::to_string(request.horizon) + ".");
    LedgerForecast made;
    made.cash_known = ledger.opening.has_value();
    const int ahead = std::max(request.horizon, year_ahead);
    const auto flows = cash_flows(ledger, monthly, recurring, runway_months);
    Options options = request.options;
    options.frequency = Frequency::monthly;
    options.last_incomplete = false;
    made.revenue_fit = forecast(monthly_observations(monthly, true, flows.revenue.past), ahead, options, check);
    check();
    made.expenses_fit = forecast(monthly_observations(monthly, false, flows.expenses.past), ahead, options, check);

    made.revenue.model = made.revenue_fit.model;
    made.expenses.model = made.expenses_fit.model;
    made.revenue.status = made.revenue_fit.status;
    made.revenue.reason = made.revenue_fit.reason;
    made.expenses.status = made.expenses_fit.status;
    made.expenses.reason = made.expenses_fit.reason;
    if (!usable(made.revenue_fit) || !usable(made.expenses_fit)) {
        const bool revenue_fails = !usable(made.revenue_fit);
        const auto& failed = revenue_fails ? made.revenue_fit : made.expenses_fit;
        // A prediction of one without the other is told by none: the rows would not add up.
        for (auto* series : {&made.revenue, &made.expenses, &made.profit, &made.cash})
            if (series->status == Status::ok || series->status == Status::estimated)
                without(*series, failed.status, failed.reason);
        made.runway.status = failed.status;
        made.runway.reason = failed.reason;
        return made;
    }
    made.profit.model = "revenue - expenses";
    made.cash.model = "cash + revenue - expenses + other flows";
    made.profit.reason = joined(made.revenue.reason, made.expenses.reason);
    made.profit.status = made.revenue.status == Status::estimated || made.expenses.status == Status::estimated
                             ? Status::estimated
                             : Status::ok;
    made.cash.status = made.profit.status;
    made.cash.reason = made.profit.reason;
    if (!made.cash_known) {
        made.cash.status = Status::estimated;
        made.cash.reason = joined(
            {"opening balance unknown: cash is counted from 0", "начальный остаток неизвестен: деньги считаются от 0"},
            made.cash.reason);
    }

    CashPlan plan;
    plan.cash = made.cash_now = monthly.cash[static_cast<std::size_t>(monthly.complete - 1)].value();
    plan.revenue = drawn_from(made.revenue_fit, flows.revenue.future);
    plan.expenses = drawn_from(made.expenses_fit, flows.expenses.future);
    plan.other_known = flows.other.future;
    plan.unsteady = flows.unsteady;
    plan.months = runway_months;
    plan.paths = paths_drawn;
    plan.seed = request.seed;
    const CashPaths paths = draw_paths(plan, check);
    fill(made, flows, paths, monthly.last_complete() + 1, request.horizon);
    made.central_cash_60 = paths.central_cash;
    const auto shown = static_cast<std::ptrdiff_t>(std::min(ahead, runway_months));
    made.central_revenue.assign(paths.central_revenue.begin(), paths.central_revenue.begin() + shown);
    made.central_expenses.assign(paths.central_expenses.begin(), paths.central_expenses.begin() + shown);
    made.central_cash.assign(paths.central_cash.begin(), paths.central_cash.begin() + shown);

    if (!made.cash_known) {
        made.runway.status = Status::insufficient_data;
        made.runway.reason = {"opening balance unknown", "начальный остаток неизвестен"};
        return made;
    }
    made.runway = runway_of(paths, made.cash_now);
    std::vector<double> cash(static_cast<std::size_t>(paths.paths));
    for (int month = 0; month < year_ahead; ++month) {
        for (int path = 0; path < paths.paths; ++path)
            cash[static_cast<std::size_t>(path)] = paths.cash[paths.at(path, month)];
        const ledger::Month at = monthly.last_complete() + 1 + month;
        const double central = paths.central_cash[static_cast<std::size_t>(month)];
        if (!made.zero_cash && central < 0) made.zero_cash = at;
        if (!made.zero_cash_lo80 && std::min(central, Quantiles(cash).at(0.1)) < 0) made.zero_cash_lo80 = at;
    }
    return made;
}

}  // namespace fin::forecast
