#include "anomaly/series/interval_test.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "error.hpp"
#include "forecast/intervals.hpp"
#include "forecast/shrunken_season.hpp"
#include "timeseries/clean.hpp"
#include "timeseries/robust.hpp"
#include "timeseries/scale.hpp"

namespace fin::anomaly::series {

namespace {

constexpr std::size_t least_history = 6;
constexpr double z80 = 1.2815515655446004, z95 = 1.959963984540054;
// As forecasts have it: equal values in the past are no promise.
constexpr double least_deviation = 0.002;

// How many standard deviations an error is, by the curve through both half widths (forecast::error_quantile turned
// round); beyond the 95 % line straight on, so that a far error is not made near by a cube.
double deviations(double error, double half80, double half95) {
    const double size = std::abs(error);
    if (size <= half80) return z80 * size / half80;
    return z80 + (z95 - z80) * (size - half80) / (half95 - half80);
}

double chance(double z) {
    const boost::math::students_t law(5);
    // Scaled so that the 95 % line of the interval is that of the law.
    static const double at95 = boost::math::quantile(boost::math::complement(law, 0.025));
    return 2 * boost::math::cdf(boost::math::complement(law, z * at95 / z95));
}

}  // namespace

std::optional<std::vector<Judged>> judge(std::span<const double> history, int period, std::span<const double> seen) {
    if (history.size() < least_history || seen.empty()) return std::nullopt;
    const auto scale = timeseries::scale_of(history);
    const std::vector<double> mended = timeseries::clean(scale.down(history), period).values;
    std::vector<double> sizes;
    sizes.reserve(mended.size());
    for (const double value : mended) sizes.push_back(std::abs(value));
    const double level = timeseries::median(std::move(sizes)).value_or(0);
    const forecast::Series given{mended, period};
    std::vector<Judged> judged;
    try {
        const auto fit = forecast::shrunken(given, static_cast<int>(seen.size()), forecast::Core::theta);
        const auto widths = forecast::half_widths(fit, given, level > 0 ? least_deviation * level : 0.01);
        for (std::size_t step = 0; step < seen.size(); ++step) {
            Judged one;
            const double error = scale.down(seen[step]) - fit.mean[step];
            one.predicted = scale.up(fit.mean[step]);
            one.half80 = scale.up(widths.at80[step]), one.half95 = scale.up(widths.at95[step]);
            one.p = chance(deviations(error, widths.at80[step], widths.at95[step]));
            if (!std::isfinite(one.predicted) || !std::isfinite(one.half95) || std::isnan(one.p)) return std::nullopt;
            judged.push_back(one);
        }
    } catch (const Error&) {
        return std::nullopt;
    }
    return judged;
}

}  // namespace fin::anomaly::series
