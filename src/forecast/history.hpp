// Observations as they come made into a history that models can be fitted to, and what was mended on the way.
#pragma once
#include <vector>

#include "forecast/forecast.hpp"
#include "timeseries/grid.hpp"

namespace fin::forecast {

// Fewer values than this have neither a trend nor a scatter that could be told from chance.
inline constexpr int least_values = 4;

struct History {
    Status status = Status::ok;  // ok, estimated, insufficient_data, undefined
    Words reason;
    std::vector<Words> notes;
    Frequency frequency = Frequency::monthly;
    int period = 1;
    timeseries::Grid grid;         // without an incomplete last period
    std::vector<double> observed;  // gaps filled
    std::vector<double> mended;    // and outliers replaced: what models are fitted to
    bool usable() const { return status == Status::ok || status == Status::estimated; }
};

// Never throws for data.
History history_of(const std::vector<Observation>& observations, const Options& options);

}  // namespace fin::forecast
