// Intermittent demand: Croston 1972, its correction by Syntetos and Boylan 2005, and Teunter, Syntetos, Babai 2011.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "error.hpp"
#include "forecast/models.hpp"
#include "forecast/simple_parts.hpp"

namespace fin::forecast {

namespace {

constexpr double croston_alpha = 0.1;  // as forecast::croston

struct Track {
    std::vector<double> predicted;  // one more than values: the last is the forecast
    double size = 0, rate = 0;      // mean demand where there is any, chance of any
    double alpha = 0, beta = 0;
};

// Size of demand and gap between demands are smoothed apart, and only when there is demand.
Track croston_track(std::span<const double> values, double correction) {
    Track track;
    track.alpha = track.beta = croston_alpha;
    double size = 0, gap = 0, since = 0;
    bool seen = false;
    track.predicted.push_back(0);
    for (const double value : values) {
        ++since;
        if (value > 0) {
            size = seen ? size + croston_alpha * (value - size) : value;
            gap = seen ? gap + croston_alpha * (since - gap) : since;
            seen = true, since = 0;
        }
        track.predicted.push_back(seen ? correction * size / gap : 0);
    }
    track.size = size, track.rate = 1 / gap;
    return track;
}

// The chance of demand is smoothed at every value, so that a demand that has ended fades out.
Track tsb_track(std::span<const double> values, double alpha, double beta) {
    Track track;
    track.alpha = alpha, track.beta = beta;
    const auto first = std::find_if(values.begin(), values.end(), [](double value) { return value > 0; });
    track.size = *first;
    track.rate = 1 / static_cast<double>(first - values.begin() + 1);
    for (const double value : values) {
        track.predicted.push_back(track.rate * track.size);
        if (value > 0) track.size += alpha * (value - track.size);
        track.rate += beta * ((value > 0 ? 1 : 0) - track.rate);
    }
    track.predicted.push_back(track.rate * track.size);
    return track;
}

double squares_of(std::span<const double> values, const Track& track) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        sum += (values[i] - track.predicted[i]) * (values[i] - track.predicted[i]);
    return sum;
}

Track best_tsb(std::span<const double> values) {
    constexpr std::array<double, 5> grid = {0.02, 0.05, 0.1, 0.2, 0.3};
    Track best;
    double least = 0;
    for (const double alpha : grid)
        for (const double beta : grid) {
            Track one = tsb_track(values, alpha, beta);
            if (const double squares = squares_of(values, one); best.predicted.empty() || squares < least)
                least = squares, best = std::move(one);
        }
    return best;
}

// Variance of one value where demand of varying size comes at the rate of the model: rate * var + rate (1 - rate) *
// size^2.
double compound_variance(std::span<const double> values, const Track& track) {
    double count = 0, squares = 0;
    for (const double value : values)
        if (value > 0) ++count, squares += (value - track.size) * (value - track.size);
    const double rate = std::min(1.0, track.rate);
    // One demand tells nothing of how demands vary: taken to vary as much as they are large.
    const double of_size = count > 1 ? squares / (count - 1) : track.size * track.size;
    return rate * of_size + rate * (1 - rate) * track.size * track.size;
}

}  // namespace

Fit intermittent(const Series& series, int horizon, Intermittent method) {
    require(series, horizon, 2, "of intermittent demand");
    const auto values = series.values;
    if (std::any_of(values.begin(), values.end(), [](double value) { return value < 0; }))
        throw Error(ErrorCode::invalid_argument, "a model of intermittent demand needs values that are not negative");
    if (std::all_of(values.begin(), values.end(), [](double value) { return value == 0; }))
        throw Error(ErrorCode::invalid_argument, "a model of intermittent demand needs at least one demand");

    const bool tsb = method == Intermittent::tsb, sba = method == Intermittent::sba;
    const Track track = tsb ? best_tsb(values) : croston_track(values, sba ? 1 - croston_alpha / 2 : 1);
    Fit fit = blank_fit(series, horizon, tsb ? "TSB" : sba ? "SBA" : "Croston");
    for (std::size_t i = 0; i < values.size(); ++i) fit.history[i].level = track.predicted[i];
    for (auto& parts : fit.future) parts.level = track.predicted.back();
    sum_parts(fit, values, 0, tsb ? 2 : 1);
    // Past errors say what happened, the compound process what can: with few demands either alone is often far off.
    const double sigma2 = (fit.sigma2 + compound_variance(values, track)) / 2;
    const double walk = std::max(track.alpha, track.beta);
    for (std::size_t h = 0; h < fit.variance.size(); ++h)
        fit.variance[h] = sigma2 * (1 + static_cast<double>(h) * walk * walk);
    fit.parameters = {{"alpha", track.alpha},
                      {"beta", track.beta},
                      {"size", track.size},
                      {"rate", track.rate},
                      {"sigma2", fit.sigma2}};
    return fit;
}

}  // namespace fin::forecast
