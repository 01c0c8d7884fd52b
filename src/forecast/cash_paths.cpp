#include "forecast/cash_paths.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace fin::forecast {

namespace {

// Value of a month that may lie beyond the prediction: the same month of its last year.
double repeated(const std::vector<double>& values, int month) {
    const int n = static_cast<int>(values.size());
    if (n == 0) return 0;
    if (month < n) return values[static_cast<std::size_t>(month)];
    const int year = std::min(n, 12);
    return values[static_cast<std::size_t>(n - year + (month - n) % year)];
}

double value_at(const std::vector<double>& values, int month) {
    return static_cast<std::size_t>(month) < values.size() ? values[static_cast<std::size_t>(month)] : 0;
}

// How much of an error stays: 1 where errors grow as a random walk's (their variance with the step), 0 where they do
// not grow.
double persistence(const std::vector<std::vector<double>>& errors) {
    if (errors.size() < 4 || errors.front().size() < 2) return 1;
    const std::size_t steps = errors.front().size();
    const auto variance = [&](std::size_t step) {
        double sum = 0;
        for (const auto& path : errors) sum += path[step] * path[step];
        return sum / static_cast<double>(errors.size());
    };
    const double first = variance(0), last = variance(steps - 1);
    if (!(first > 0)) return 1;
    return std::clamp((last / first - 1) / static_cast<double>(steps - 1), 0.0, 1.0);
}

// The error of one series along one path.
class ErrorPath {
public:
    ErrorPath(const Drawn& drawn, double persistence) : drawn_(drawn), persistence_(persistence) {}

    void begin(const std::vector<double>* block) {
        if (block_ && !block_->empty()) level_ += persistence_ * block_->back();
        block_ = block;
    }
    double at(int step, Draws& draws) const {
        if (block_) return level_ + (*block_)[static_cast<std::size_t>(step)];
        return drawn_.spread.empty() ? 0 : repeated(drawn_.spread, step) * draws.normal();
    }

private:
    const Drawn& drawn_;
    double persistence_, level_ = 0;
    const std::vector<double>* block_ = nullptr;
};

int block_length(const CashPlan& plan) {
    int length = static_cast<int>(std::max<std::size_t>(1, plan.revenue.predicted.size()));
    for (const auto* drawn : {&plan.revenue, &plan.expenses})
        for (const auto& path : drawn->errors) length = std::min(length, static_cast<int>(path.size()));
    return std::max(1, length);
}

// The newest origins are the same where one series has fewer.
const std::vector<double>* path_of(const Drawn& drawn, std::size_t from_the_end) {
    if (drawn.errors.empty()) return nullptr;
    return &drawn.errors[drawn.errors.size() - 1 - from_the_end % drawn.errors.size()];
}

}  // namespace

std::uint64_t Draws::next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

double Draws::uniform() { return static_cast<double>(next() >> 11) / 9007199254740992.0; }

double Draws::normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
}

CashPaths draw_paths(const CashPlan& plan, const InterruptCheck& check) {
    CashPaths result;
    result.months = plan.months;
    result.paths = plan.paths;
    const auto size = static_cast<std::size_t>(plan.months) * static_cast<std::size_t>(plan.paths);
    result.revenue.resize(size);
    result.expenses.resize(size);
    result.cash.resize(size);

    // The mean of the last year; single months are drawn around it from up to two years.
    const std::size_t n = plan.unsteady.size(), year = std::min<std::size_t>(n, 12),
                      years = std::min<std::size_t>(n, 24);
    const double* end = plan.unsteady.data() + n;
    result.unsteady_mean = year == 0 ? 0 : std::accumulate(end - year, end, 0.0) / static_cast<double>(year);
    const double drawn_mean = years == 0 ? 0 : std::accumulate(end - years, end, 0.0) / static_cast<double>(years);

    double cash = plan.cash;
    for (int month = 0; month < plan.months; ++month) {
        result.central_revenue.push_back(repeated(plan.revenue.predicted, month) + value_at(plan.revenue.known, month));
        result.central_expenses.push_back(repeated(plan.expenses.predicted, month) +
                                          value_at(plan.expenses.known, month));
        cash += result.central_revenue.back() - result.central_expenses.back() + value_at(plan.other_known, month) +
                result.unsteady_mean;
        result.central_cash.push_back(cash);
    }

    const int length = block_length(plan);
    const std::size_t origins = std::max(plan.revenue.errors.size(), plan.expenses.errors.size());
    const double revenue_stays = persistence(plan.revenue.errors), expenses_stay = persistence(plan.expenses.errors);
    Draws draws(plan.seed);
    Pulse pulse(check, 64);
    for (int path = 0; path < plan.paths; ++path) {
        pulse();
        ErrorPath revenue_error(plan.revenue, revenue_stays), expenses_error(plan.expenses, expenses_stay);
        cash = plan.cash;
        for (int month = 0; month < plan.months; ++month) {
            if (month % length == 0 && origins > 0) {
                const std::size_t origin = draws.below(origins);
                revenue_error.begin(path_of(plan.revenue, origin));
                expenses_error.begin(path_of(plan.expenses, origin));
            }
            double revenue = repeated(plan.revenue.predicted, month) + revenue_error.at(month % length, draws);
            double expenses = repeated(plan.expenses.predicted, month) + expenses_error.at(month % length, draws);
            if (plan.revenue.nonnegative) revenue = std::max(0.0, revenue);
            if (plan.expenses.nonnegative) expenses = std::max(0.0, expenses);
            revenue += value_at(plan.revenue.known, month);
            expenses += value_at(plan.expenses.known, month);
            double other = value_at(plan.other_known, month) + result.unsteady_mean;
            if (years > 0) other += *(end - years + draws.below(years)) - drawn_mean;
            cash += revenue - expenses + other;
            const std::size_t at = result.at(path, month);
            result.revenue[at] = revenue;
            result.expenses[at] = expenses;
            result.cash[at] = cash;
        }
    }
    return result;
}

std::optional<double> months_until_empty(double start, const double* cash, int months) {
    if (start <= 0) return 0;
    double before = start;
    for (int month = 0; month < months; ++month) {
        const double after = cash[month];
        if (after < 0) return month + before / (before - after);
        before = after;
    }
    return std::nullopt;
}

}  // namespace fin::forecast
