#include "forecast/nelder_mead.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace fin::forecast {

namespace {

struct Vertex {
    std::vector<double> at;
    double value = 0;
};

// a + weight (b - a)
std::vector<double> towards(const std::vector<double>& a, const std::vector<double>& b, double weight) {
    std::vector<double> point(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) point[i] = a[i] + weight * (b[i] - a[i]);
    return point;
}

}  // namespace

NelderMeadResult nelder_mead(const std::function<double(const std::vector<double>&)>& function,
                             std::vector<double> start, const NelderMeadOptions& options) {
    NelderMeadResult result;
    const auto vertex = [&](std::vector<double> at) {
        ++result.evaluations;
        const double value = function(at);
        return Vertex{std::move(at), std::isnan(value) ? std::numeric_limits<double>::infinity() : value};
    };
    const std::size_t k = start.size();
    std::vector<Vertex> simplex = {vertex(start)};
    if (k == 0 || !std::isfinite(simplex.front().value)) {
        result.at = std::move(start);
        result.value = simplex.front().value;
        result.converged = k == 0;
        return result;
    }
    for (std::size_t i = 0; i < k; ++i) {
        std::vector<double> at = start;
        const double step = at[i] != 0 ? options.step * std::abs(at[i]) : options.step;
        at[i] += step;
        Vertex one = vertex(at);
        if (!std::isfinite(one.value)) at[i] -= 2 * step, one = vertex(at);  // a wall: the other side
        simplex.push_back(std::move(one));
    }
    while (result.evaluations < options.evaluations) {
        std::ranges::stable_sort(simplex, {}, &Vertex::value);
        const double best = simplex.front().value, second_worst = simplex[k - 1].value;
        Vertex& worst = simplex.back();
        double extent = 0, size = 0;
        for (std::size_t i = 0; i < k; ++i) {
            extent = std::max(extent, std::abs(worst.at[i] - simplex.front().at[i]));
            size = std::max(size, std::abs(simplex.front().at[i]));
        }
        // Equal values alone may lie on both sides of the minimum.
        if (worst.value - best <= options.tolerance * (std::abs(best) + options.tolerance) &&
            extent <= std::sqrt(options.tolerance) * (1 + size)) {
            result.converged = true;
            break;
        }
        std::vector<double> centre(k, 0);
        for (std::size_t v = 0; v < k; ++v)
            for (std::size_t i = 0; i < k; ++i) centre[i] += simplex[v].at[i] / static_cast<double>(k);
        Vertex reflected = vertex(towards(centre, worst.at, -1));
        if (reflected.value < best) {
            Vertex expanded = vertex(towards(centre, worst.at, -2));
            worst = expanded.value < reflected.value ? std::move(expanded) : std::move(reflected);
            continue;
        }
        if (reflected.value < second_worst) {
            worst = std::move(reflected);
            continue;
        }
        const bool outside = reflected.value < worst.value;
        Vertex contracted = vertex(towards(centre, worst.at, outside ? -0.5 : 0.5));
        if (contracted.value < std::min(reflected.value, worst.value)) {
            worst = std::move(contracted);
            continue;
        }
        for (std::size_t v = 1; v <= k; ++v) simplex[v] = vertex(towards(simplex.front().at, simplex[v].at, 0.5));
    }
    std::ranges::stable_sort(simplex, {}, &Vertex::value);
    result.at = simplex.front().at;
    result.value = simplex.front().value;
    return result;
}

}  // namespace fin::forecast
