// Trend with changepoints, season and events as one penalised regression: the posterior mode of the model of Taylor and
// Letham 2018. The Laplace prior of the slope changes is met by reweighted ridge steps, the season's normal prior has
// its variance fitted, so that a short history gets a flat season rather than noise.
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "error.hpp"
#include "forecast/models.hpp"
#include "forecast/simple_parts.hpp"

namespace fin::forecast {

namespace {

constexpr double wide_prior = 5;    // standard deviation of level and first slope, values scaled to 1
constexpr double event_prior = 10;  // of an event
constexpr double changes_until = 0.8;
constexpr int longest_dummies = 24;  // longer seasons are given by Fourier terms
constexpr int fourier_order = 10;

// Columns: level, slope, changes of slope, season, events.
struct Layout {
    int slope = 0, changes = 0, season = 0, events = 0;
    int first_change() const { return 1 + slope; }
    int first_season() const { return first_change() + changes; }
    int first_event() const { return first_season() + season; }
    int columns() const { return first_event() + events; }
};

Layout layout_of(const Series& series, const PiecewiseOptions& options) {
    const int n = static_cast<int>(series.values.size());
    Layout layout;
    if (!options.flat) {
        layout.slope = 1;
        layout.changes = std::clamp(options.changepoints, 0, std::max(0, static_cast<int>(changes_until * n) - 1));
    }
    const int m = series.period;
    if (m > 1 && 2 * n >= 3 * m) layout.season = m <= longest_dummies ? m : 2 * std::min(fourier_order, (m - 1) / 2);
    layout.events = static_cast<int>(options.events.size());
    return layout;
}

Eigen::MatrixXd design(const Layout& layout, const Series& series, int steps, const PiecewiseOptions& options) {
    const int n = static_cast<int>(series.values.size()), m = series.period;
    Eigen::MatrixXd x = Eigen::MatrixXd::Zero(steps, layout.columns());
    for (int i = 0; i < steps; ++i) {
        const double t = static_cast<double>(i) / (n - 1);
        x(i, 0) = 1;
        if (layout.slope > 0) x(i, 1) = t;
        for (int j = 0; j < layout.changes; ++j)
            x(i, layout.first_change() + j) = std::max(0.0, t - changes_until * (j + 1) / (layout.changes + 1));
        if (layout.season == 0) continue;
        if (m <= longest_dummies) {
            x(i, layout.first_season() + i % m) = 1;
            continue;
        }
        for (int k = 0; 2 * k < layout.season; ++k) {
            const double angle = 2 * std::numbers::pi * (k + 1) * (i % m) / m;
            x(i, layout.first_season() + 2 * k) = std::cos(angle);
            x(i, layout.first_season() + 2 * k + 1) = std::sin(angle);
        }
    }
    for (int e = 0; e < layout.events; ++e)
        for (const int step : options.events[static_cast<std::size_t>(e)].steps)
            if (step >= 0 && step < steps) x(step, layout.first_event() + e) = 1;
    return x;
}

struct Mode {
    Eigen::VectorXd coefficients;
    Eigen::MatrixXd covariance;
    double sigma2 = 0;
};

// Alternates the coefficients for given weights and the weights for given coefficients.
Mode posterior_mode(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const Layout& layout, double change_scale,
                    const InterruptCheck& check) {
    const auto columns = layout.columns();
    const double n = static_cast<double>(y.size());
    const Eigen::MatrixXd normal = x.transpose() * x;
    const Eigen::VectorXd right = x.transpose() * y;
    Eigen::VectorXd precision(columns);
    precision.setConstant(1 / (wide_prior * wide_prior));
    precision.segment(layout.first_change(), layout.changes).setConstant(1 / (change_scale * change_scale));
    precision.segment(layout.first_season(), layout.season).setConstant(100);
    precision.segment(layout.first_event(), layout.events).setConstant(1 / (event_prior * event_prior));

    // Values are scaled to at most 1: errors below this are rounding.
    constexpr double least = 1e-16;
    Mode mode;
    mode.sigma2 = std::max(least, (y.array() - y.mean()).square().mean() / 4);
    mode.coefficients = Eigen::VectorXd::Zero(columns);
    for (int step = 0; step < 100; ++step) {
        check();
        Eigen::MatrixXd system = normal / mode.sigma2;
        system.diagonal() += precision;
        const Eigen::LDLT<Eigen::MatrixXd> factor(system);
        const Eigen::VectorXd before = mode.coefficients;
        mode.coefficients = factor.solve(right / mode.sigma2);
        mode.covariance = factor.solve(Eigen::MatrixXd::Identity(columns, columns));
        if (!mode.coefficients.allFinite())
            throw Error(ErrorCode::not_converged, "the piecewise trend could not be fitted");

        // Degrees of freedom spent: those of the coefficients that the priors do not hold.
        const double spent = (normal * mode.covariance).trace() / mode.sigma2;
        mode.sigma2 = std::max(least, (y - x * mode.coefficients).squaredNorm() / std::max(n - spent, 0.2 * n));
        for (int j = layout.first_change(); j < layout.first_season(); ++j)
            precision[j] = 1 / (change_scale * std::max(std::abs(mode.coefficients[j]), 1e-4 * change_scale));
        if (layout.season > 0) {
            const double power = (mode.coefficients.segment(layout.first_season(), layout.season).squaredNorm() +
                                  mode.covariance.diagonal().segment(layout.first_season(), layout.season).sum()) /
                                 layout.season;
            precision.segment(layout.first_season(), layout.season)
                .setConstant(1 / std::clamp(power, 1e-8, event_prior * event_prior));
        }
        if ((mode.coefficients - before).cwiseAbs().maxCoeff() < 1e-7) break;
    }
    return mode;
}

Parts parts_of(const Eigen::MatrixXd& x, Eigen::Index row, const Layout& layout, const Eigen::VectorXd& b,
               double common, double scale) {
    Parts parts;
    parts.level = (b[0] + common) * scale;
    const int moved = layout.slope + layout.changes;
    if (moved > 0) parts.trend = x.row(row).segment(1, moved).dot(b.segment(1, moved)) * scale;
    if (layout.season > 0)
        parts.season = (x.row(row)
                            .segment(layout.first_season(), layout.season)
                            .dot(b.segment(layout.first_season(), layout.season)) -
                        common) *
                       scale;
    if (layout.events > 0)
        parts.event = x.row(row)
                          .segment(layout.first_event(), layout.events)
                          .dot(b.segment(layout.first_event(), layout.events)) *
                      scale;
    return parts;
}

}  // namespace

Fit piecewise(const Series& series, int horizon, const PiecewiseOptions& options, const InterruptCheck& check) {
    require(series, horizon, 4, "with a piecewise trend");
    if (!(options.changepoint_scale > 0) || options.changepoints < 0)
        throw Error(ErrorCode::invalid_argument, "changepoints need a count from 0 and a scale above 0");
    const int n = static_cast<int>(series.values.size());
    Eigen::VectorXd y = Eigen::Map<const Eigen::VectorXd>(series.values.data(), n);
    const double largest = y.cwiseAbs().maxCoeff(), scale = largest > 0 ? largest : 1;
    y /= scale;

    const Layout layout = layout_of(series, options);
    const Eigen::MatrixXd x = design(layout, series, n + horizon, options);
    const Eigen::MatrixXd past = x.topRows(n);
    const Mode mode = posterior_mode(past, y, layout, options.changepoint_scale, check);
    const auto& b = mode.coefficients;

    // What all dummies have in common belongs to the level.
    const bool dummies = layout.season > 0 && series.period <= longest_dummies;
    const double common = dummies ? b.segment(layout.first_season(), layout.season).mean() : 0;
    Fit fit = blank_fit(series, horizon, options.flat ? "Piecewise (flat)" : "Piecewise");
    for (int i = 0; i < n; ++i) fit.history[static_cast<std::size_t>(i)] = parts_of(x, i, layout, b, common, scale);
    for (int h = 0; h < horizon; ++h)
        fit.future[static_cast<std::size_t>(h)] = parts_of(x, n + h, layout, b, common, scale);
    sum_parts(fit, series.values, 0, 0);
    fit.sigma2 = mode.sigma2 * scale * scale;

    // The slope goes on changing as often and as much as it did: a Laplace change of mean size s has variance 2 s^2.
    double change = 0;
    for (int j = layout.first_change(); j < layout.first_season(); ++j) change += std::abs(b[j]);
    const double mean_change = layout.changes > 0 ? change / layout.changes : 0;
    const double per_step = layout.changes / (changes_until * (n - 1));
    // Remainders that follow each other tell less of the coefficients than their number says.
    const double together = persistence(fit), inflation = (1 + together) / (1 - together);
    double moved = 0;
    for (int h = 0; h < horizon; ++h) {
        const double ahead = static_cast<double>(h) / (n - 1);
        moved += ahead * ahead;
        const double of_coefficients = x.row(n + h) * mode.covariance * x.row(n + h).transpose();
        fit.variance[static_cast<std::size_t>(h)] =
            (mode.sigma2 + inflation * of_coefficients + per_step * 2 * mean_change * mean_change * moved) * scale *
            scale;
    }

    const double slope_at_end = b.segment(1, layout.slope + layout.changes).sum() / (n - 1) * scale;
    fit.parameters = {{"level", fit.future[0].level}, {"slope", slope_at_end}, {"sigma2", fit.sigma2}};
    for (int e = 0; e < layout.events; ++e)
        fit.parameters.push_back(
            {"event_" + options.events[static_cast<std::size_t>(e)].name, b[layout.first_event() + e] * scale});
    fit.trended = !options.flat && std::abs(slope_at_end) > 1e-6 * scale;
    for (const auto& parts : fit.future) fit.seasonal = fit.seasonal || std::abs(parts.season) > 1e-3 * scale;
    return fit;
}

}  // namespace fin::forecast
