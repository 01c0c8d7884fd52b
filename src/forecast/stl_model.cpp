// Decomposition by STL, exponential smoothing of the seasonally adjusted series, last year's season put back.
#include <algorithm>
#include <cmath>
#include <vector>

#include "error.hpp"
#include "forecast/models.hpp"
#include "forecast/simple_parts.hpp"
#include "timeseries/robust.hpp"
#include "timeseries/stl.hpp"

namespace fin::forecast {

Fit stl_ets(const Series& series, int horizon, const InterruptCheck& check) {
    const auto m = static_cast<std::size_t>(series.period);
    const auto values = series.values;
    const std::size_t n = values.size();
    // With two periods only the seasonal smoother would take up all of the noise.
    require(series, horizon, 2 * m + 1, "STL");
    if (m < 2) throw Error(ErrorCode::invalid_argument, "a decomposition needs a series with a season");

    // Length 11 and levels, not lines, in the seasonal smoother, as forecast::stlf.
    timeseries::StlOptions options;
    options.period = series.period;
    options.seasonal_degree = 0;
    const auto parts = timeseries::stl(values, options);
    std::vector<double> adjusted(n);
    for (std::size_t i = 0; i < n; ++i) adjusted[i] = values[i] - parts.seasonal[i];
    const Fit core = auto_ets({adjusted, 1}, horizon, check);

    Fit fit = blank_fit(series, horizon, "STL+" + core.model);
    fit.history = core.history;
    fit.future = core.future;
    for (std::size_t i = 0; i < n; ++i) fit.history[i].season += parts.seasonal[i];
    for (std::size_t h = 0; h < fit.future.size(); ++h) fit.future[h].season += parts.seasonal[n - m + h % m];
    sum_parts(fit, values, 0, 0);

    // The season is itself an estimate: a local mean at the end of k years, where the tricube weights leave about half
    // of them.
    const double years = std::min(11.0, static_cast<double>(n) / static_cast<double>(m));
    const double season_error = 2 / years * timeseries::variance(parts.remainder).value_or(0);
    for (std::size_t h = 0; h < fit.variance.size(); ++h) fit.variance[h] = core.variance[h] + season_error;
    fit.parameters = core.parameters;
    fit.seasonal = true;
    fit.trended = core.trended;
    return fit;
}

}  // namespace fin::forecast
