#include "forecast/intervals.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "error.hpp"
#include "forecast/interval_factors.hpp"
#include "forecast/shrunken_season.hpp"

namespace fin::forecast {

namespace {

constexpr double z80 = 1.2815515655446004, z95 = 1.959963984540054;
constexpr int most_origins = 24, least_origins = 4;

// SplitMix64 (Steele, Lea, Flood 2014).
class Draws {
public:
    explicit Draws(std::uint64_t seed) : state_(seed) {}
    std::size_t below(std::size_t bound) {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return static_cast<std::size_t>((z ^ (z >> 31)) % bound);
    }

private:
    std::uint64_t state_;
};

// Root mean square of the differences to a season ago over the last season; 0 where there are not two seasons.
double season_ago(const Series& series) {
    const auto m = static_cast<std::size_t>(series.period);
    const auto values = series.values;
    if (m < 2 || values.size() < 2 * m) return 0;
    double squares = 0;
    for (std::size_t t = values.size() - m; t < values.size(); ++t) squares += std::pow(values[t] - values[t - m], 2);
    return std::sqrt(squares / static_cast<double>(m));
}

double normal_quantile(double p) { return std::sqrt(2.0) * boost::math::erf_inv(2 * p - 1); }

}  // namespace

std::vector<double> rolling_errors(const Series& whole, int horizon) {
    // Older errors say little, and long histories would cost as much again for each origin.
    const std::size_t last = std::max<std::size_t>(600, 3 * static_cast<std::size_t>(whole.period));
    const Series series{whole.values.last(std::min(last, whole.values.size())), whole.period};
    const std::size_t n = series.values.size(), steps = static_cast<std::size_t>(horizon);
    const std::size_t m = static_cast<std::size_t>(series.period);
    const std::size_t least = std::max<std::size_t>(2 * m, 8);
    if (n < least + least_origins) return {};
    const std::size_t first = std::max({least, 2 * n / 3, n > most_origins ? n - most_origins : 0});
    std::vector<double> squares(steps), count(steps);
    for (std::size_t origin = first; origin < n; ++origin) {
        const auto ahead = static_cast<int>(std::min(steps, n - origin));
        Fit past;
        try {
            past = shrunken({series.values.first(origin), series.period}, ahead, Core::theta);
        } catch (const Error&) {
            return {};
        }
        for (std::size_t h = 0; h < static_cast<std::size_t>(ahead); ++h) {
            const double error = series.values[origin + h] - past.mean[h];
            squares[h] += error * error, count[h] += 1;
        }
    }
    // Far steps have few origins: beyond what half of them saw, the mean square goes on as its last steps did.
    std::vector<double> root(steps);
    double pooled = 0, weight = 0;
    for (std::size_t h = 0; h < steps; ++h) {
        // Square roots of steps before are taken in, shrunken to the growth of a random walk over five errors.
        const double prior =
            h == 0 ? 0 : root[h - 1] * root[h - 1] * (static_cast<double>(h) + 4) / (static_cast<double>(h) + 3);
        pooled = squares[h] + 5 * prior, weight = count[h] + (h == 0 ? 0 : 5);
        root[h] = std::sqrt(pooled / weight);
    }
    return root;
}

HalfWidths half_widths(const Fit& fit, const Series& series, double least) {
    const auto steps = fit.variance.size();
    auto seen = rolling_errors(series, static_cast<int>(steps));
    Evidence evidence = seen.empty() ? Evidence::models : Evidence::origins;
    if (const double distance = season_ago(series); seen.empty() && distance > 0)
        seen.assign(steps, distance), evidence = Evidence::season_ago;
    HalfWidths widths;
    double before80 = 0, before95 = 0;
    for (std::size_t h = 0; h < steps; ++h) {
        const auto factor = interval_factor(series, static_cast<int>(h) + 1, evidence);
        double scale = std::sqrt(std::max(0.0, fit.variance[h]));
        if (!seen.empty()) scale = std::sqrt(scale * seen[h]);
        // Multiplicative seasons make widths go up and down, but not by everything.
        before80 = std::max({0.8 * before80, z80 * scale * factor.at80, z80 * least});
        before95 = std::max({0.8 * before95, z95 * scale * factor.at95, z95 * least, 1.2 * before80});
        widths.at80.push_back(before80);
        widths.at95.push_back(before95);
    }
    return widths;
}

double error_quantile(double half80, double half95, double p) {
    // a z + b z^3 through both; b below 0 (tails lighter than normal) would bend back, then a line between them.
    const double b = (half95 / z95 - half80 / z80) / (z95 * z95 - z80 * z80);
    const double z = normal_quantile(p);
    if (b >= 0) return (half80 / z80 - b * z80 * z80) * z + b * z * z * z;
    const double size = std::abs(z);
    const double value = size <= z80 ? half80 * size / z80 : half80 + (half95 - half80) * (size - z80) / (z95 - z80);
    return z < 0 ? -value : value;
}

std::vector<std::vector<double>> error_paths(std::span<const double> residuals, std::span<const double> variance,
                                             const HalfWidths& widths, const InterruptCheck& check) {
    const std::size_t steps = widths.at80.size(), n = residuals.size();
    std::vector<std::vector<double>> paths(path_count, std::vector<double>(steps));
    if (n == 0) return paths;
    // Weight of an error j steps ago in the error now: from the growth of the variance.
    std::vector<double> carried(steps, 0);
    const double first = variance.empty() || !(variance[0] > 0) ? 1 : variance[0];
    for (std::size_t j = 0; j < steps; ++j)
        carried[j] = j == 0 ? 1 : std::sqrt(std::max(0.0, (variance[j] - variance[j - 1]) / first));
    // Errors a season ago come back whole in a seasonal random walk; what grows later than this is left to the ranks.
    const std::size_t memory = std::min<std::size_t>(steps, 60),
                      block = std::min<std::size_t>(std::max<std::size_t>(1, n / 4), 6);

    Draws draws(0x66696E5F70617468ULL ^ (n * 1000003));
    std::vector<double> course(steps);
    for (auto& path : paths) {
        std::size_t at = 0;
        for (std::size_t h = 0; h < steps; ++h) {
            at = h % block == 0 ? draws.below(n) : (at + 1) % n;
            course[h] = residuals[at];
        }
        for (std::size_t h = 0; h < steps; ++h)
            for (std::size_t j = 0; j <= h && j < memory; ++j) path[h] += carried[j] * course[h - j];
    }
    check();

    std::vector<double> level(path_count);
    for (std::size_t i = 0; i < path_count; ++i) level[i] = (static_cast<double>(i) + 0.5) / path_count;
    std::vector<std::size_t> order(path_count);
    for (std::size_t h = 0; h < steps; ++h) {
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return paths[a][h] < paths[b][h]; });
        for (std::size_t i = 0; i < path_count; ++i)
            paths[order[i]][h] = error_quantile(widths.at80[h], widths.at95[h], level[i]);
    }
    return paths;
}

Scenarios scenarios(const std::vector<std::vector<double>>& paths, const HalfWidths& widths) {
    const std::size_t steps = widths.at80.size();
    std::vector<double> sums;
    sums.reserve(paths.size());
    for (const auto& path : paths) sums.push_back(std::accumulate(path.begin(), path.end(), 0.0));
    double squares = 0;
    for (const double sum : sums) squares += sum * sum;
    auto sorted = sums;
    std::sort(sorted.begin(), sorted.end());
    // Errors are symmetrical: half the distance of the two points serves both.
    const double reach = (sorted[sorted.size() * 9 / 10] - sorted[sorted.size() / 10]) / 2;
    Scenarios result;
    for (std::size_t h = 0; h < steps; ++h) {
        double product = 0;
        for (std::size_t i = 0; i < paths.size(); ++i) product += paths[i][h] * sums[i];
        const double share = squares > 0 ? product / squares : 1 / static_cast<double>(steps);
        const double error = std::clamp(share * reach, 0.0, widths.at80[h]);
        result.optimistic.push_back(error);
        result.pessimistic.push_back(-error);
    }
    return result;
}

}  // namespace fin::forecast
