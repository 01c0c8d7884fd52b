#include "forecast/least_squares.hpp"

#include <algorithm>
#include <cmath>

namespace fin::forecast {

bool solve_positive(std::span<double> a, std::span<double> b) {
    const std::size_t n = b.size();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = a[i * n + j];
            for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
            if (j < i) {
                a[i * n + j] = sum / a[j * n + j];
            } else {
                // A pivot lost to cancellation means that the columns depend on each other.
                if (!(sum > 1e-13 * a[i * n + i])) return false;
                a[i * n + i] = std::sqrt(sum);
            }
        }
        for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
        b[i] /= a[i * n + i];
    }
    return true;
}

namespace {

double sum_of_squares(std::span<const double> residuals) {
    double even = 0, odd = 0;
    std::size_t i = 0;
    for (; i + 1 < residuals.size(); i += 2) {
        even += residuals[i] * residuals[i];
        odd += residuals[i + 1] * residuals[i + 1];
    }
    if (i < residuals.size()) even += residuals[i] * residuals[i];
    return even + odd;
}

double dot(std::span<const double> a, std::span<const double> b) {
    double even = 0, odd = 0;
    std::size_t i = 0;
    for (; i + 1 < a.size(); i += 2) even += a[i] * b[i], odd += a[i + 1] * b[i + 1];
    if (i < a.size()) even += a[i] * b[i];
    return even + odd;
}

// One column of forward differences for each parameter, with a step inward where the box ends.
bool differentiate(const Residuals& residuals, std::span<const double> here, std::vector<double>& x, double bound,
                   std::vector<std::vector<double>>& columns) {
    for (std::size_t j = 0; j < x.size(); ++j) {
        const double kept = x[j];
        const double step = kept + 1e-5 > bound ? -1e-5 : 1e-5;
        x[j] = kept + step;
        const bool good = residuals(x, columns[j]);
        x[j] = kept;
        if (!good) return false;
        for (std::size_t t = 0; t < here.size(); ++t) columns[j][t] = (columns[j][t] - here[t]) / step;
    }
    return true;
}

}  // namespace

Minimum least_squares(const Residuals& residuals, std::size_t count, std::vector<double> start,
                      const LeastSquaresOptions& options) {
    Minimum best;
    best.x = std::move(start);
    const std::size_t n = best.x.size();
    std::vector<double> here(count), there(count), trial(n);
    if (!residuals(best.x, here)) return best;
    best.sum = sum_of_squares(here);
    best.found = std::isfinite(best.sum);
    if (!best.found || n == 0) return best;

    std::vector<std::vector<double>> columns(n, std::vector<double>(count));
    std::vector<double> curvature(n * n), slope(n), damped(n * n), step(n);
    double damping = 1e-3;
    for (int iteration = 0; iteration < options.iterations && best.sum > 0; ++iteration) {
        if (!differentiate(residuals, here, best.x, options.bound, columns)) break;
        for (std::size_t i = 0; i < n; ++i) {
            slope[i] = -dot(columns[i], here);
            for (std::size_t j = 0; j <= i; ++j)
                curvature[i * n + j] = curvature[j * n + i] = dot(columns[i], columns[j]);
        }
        double gain = 0;
        bool moved = false;
        for (int attempt = 0; attempt < 12 && !moved; ++attempt) {
            damped = curvature;
            step = slope;
            for (std::size_t i = 0; i < n; ++i) damped[i * n + i] += damping * curvature[i * n + i] + 1e-10 * best.sum;
            if (!solve_positive(damped, step)) {
                damping *= 10;
                continue;
            }
            // A step in these transformed coordinates that is longer than about one leaves where the lines hold.
            double longest = 0;
            for (const double s : step) longest = std::max(longest, std::abs(s));
            const double shrink = longest > 1 ? 1 / longest : 1;
            for (std::size_t i = 0; i < n; ++i)
                trial[i] = std::clamp(best.x[i] + shrink * step[i], -options.bound, options.bound);
            const double sum = residuals(trial, there) ? sum_of_squares(there) : INFINITY;
            if (sum < best.sum) {
                gain = std::log(best.sum / sum);
                best.x = trial;
                best.sum = sum;
                here.swap(there);
                damping = std::max(damping * 0.1, 1e-9);
                moved = true;
            } else {
                // The model promised next to nothing: this is the minimum.
                double promised = 0;
                for (std::size_t i = 0; i < n; ++i) promised += shrink * step[i] * slope[i];
                if (promised < options.tolerance * best.sum) break;
                damping *= 8;
            }
        }
        if (!moved || gain < options.tolerance) break;
    }
    return best;
}

}  // namespace fin::forecast
