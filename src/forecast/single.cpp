#include "forecast/single.hpp"

#include <algorithm>

#include "error.hpp"
#include "forecast/forecast.hpp"

namespace fin::forecast {

const std::vector<std::string>& model_names() {
    static const std::vector<std::string> names = {"auto",    "arima",          "ets",   "theta", "dynamic_theta",
                                                   "stl",     "seasonal_naive", "drift", "mean",  "linear",
                                                   "prophet", "croston",        "sba",   "tsb"};
    return names;
}

Fit single_model(const std::string& name, const Series& series, int horizon, const std::vector<Event>& events,
                 const InterruptCheck& check) {
    if (name == "arima") return auto_arima(series, horizon, {}, check);
    if (name == "ets") return auto_ets(series, horizon, check);
    if (name == "theta") return theta(series, horizon);
    if (name == "dynamic_theta") return dynamic_theta(series, horizon);
    if (name == "stl") return stl_ets(series, horizon, check);
    if (name == "seasonal_naive") return seasonal_naive(series, horizon);
    if (name == "drift") return drift(series, horizon);
    if (name == "mean") return mean_level(series, horizon);
    if (name == "linear") return linear(series, horizon);
    if (name == "croston") return intermittent(series, horizon, Intermittent::croston);
    if (name == "sba") return intermittent(series, horizon, Intermittent::sba);
    if (name == "tsb") return intermittent(series, horizon, Intermittent::tsb);
    if (name == "prophet") {
        PiecewiseOptions options;
        options.events = events;
        return piecewise(series, horizon, options, check);
    }
    throw Error(ErrorCode::invalid_argument, "there is no forecasting model \"" + name + "\"");
}

}  // namespace fin::forecast
