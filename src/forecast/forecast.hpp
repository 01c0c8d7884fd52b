// A forecast of one real series: from dated values as they come to points with calibrated intervals.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "forecast/models.hpp"
#include "interrupt.hpp"
#include "metrics/metric.hpp"
#include "timeseries/frequency.hpp"

namespace fin::forecast {

using metrics::Status;

using timeseries::Frequency;

// Text in the two languages of the project.
struct Words {
    std::string en, ru;
};

struct Observation {
    std::int64_t day = 0;  // days since 1970-01-01 (ledger::Day), local calendar day of the value
    double value = 0;      // NaN: missing
};

struct Options {
    std::string model = "auto";          // auto, arima, ets, theta, dynamic_theta, stl, seasonal_naive, drift, mean,
                                         // linear, prophet, croston, sba, tsb
    std::optional<Frequency> frequency;  // absent: told from the dates
    std::optional<int> period;           // absent: by frequency (12, 4, 7, 52, 1)
    std::optional<bool> nonnegative;     // absent: where no value is negative
    std::vector<Event> events = {};      // calendar events, by name with their days as steps
    bool last_incomplete = false;        // the last period is not over: left out and said
};

// Step 1 is the first period after the last complete one.
struct Point {
    std::int64_t day = 0;  // first day of the period
    double predicted = 0, lo80 = 0, hi80 = 0, lo95 = 0, hi95 = 0;
    double optimistic = 0, pessimistic = 0;  // the high and the low course (intervals.hpp: Scenarios)
};

struct Forecast {
    Status status = Status::ok;  // ok, estimated (short or mended history), insufficient_data, undefined
    Words reason;                // why not ok; empty where ok
    std::string model;           // auto(ARIMA(0,1,1)(0,1,1)[12] + ETS(A,N,A) + ...)
    Words choice;                // which models, why, and why the forecast is flat where it is
    std::vector<Words> notes;    // what was mended: missing periods, outliers, level shifts, duplicates
    Frequency frequency = Frequency::monthly;
    int period = 1;
    int used = 0;  // observations used
    bool seasonal = false;
    std::vector<Point> points;  // empty unless status is ok or estimated
    std::vector<std::vector<double>>
        errors;  // calibrated error paths [path][step]: predicted + error is a possible future
    // The same paths for every series of one history have the same origins in the same order, so that drawing one index
    // draws jointly (coherence.hpp).
    std::vector<std::int64_t> days;      // of history after mending, one per value
    std::vector<double> values, fitted;  // history after mending, and one-step predictions
    std::vector<Parts> history, future;  // additive parts in the units of the series
    std::vector<Parameter> parameters;
};

// Never throws for data: an odd series gives a status and a reason. Throws Error{invalid_argument} for options that are
// none and horizon outside 1..1000 (daily), and whatever `check` throws. Deterministic: the same input, the same bytes.
Forecast forecast(const std::vector<Observation>& observations, int horizon, const Options& options = {},
                  const InterruptCheck& check = never_interrupted);

// The names that Options::model takes.
const std::vector<std::string>& model_names();

// ---- backtest.cpp
struct Score {
    std::string model;
    int origins = 0, points = 0;
    double mase = 0, smape = 0, coverage80 = 0, coverage95 = 0, width80 = 0, width95 = 0;  // widths over mean |value|
    Status status = Status::ok;
    Words reason;
};
// Rolling origin: forecasts made at `origins` past moments with what was known then, against what came.
// models empty: auto and each single model. MASE as Hyndman and Koehler 2006, sMAPE in percent of 200 as M4.
std::vector<Score> backtest(const std::vector<Observation>& observations, int horizon, int origins,
                            const std::vector<std::string>& models, const Options& options = {},
                            const InterruptCheck& check = never_interrupted);

}  // namespace fin::forecast
