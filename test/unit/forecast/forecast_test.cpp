// forecast(): properties that must hold for every series, and odd series that must give an answer or a status.
#include "forecast/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "error.hpp"
#include "ledger/calendar.hpp"

namespace fin::forecast {
namespace {

using metrics::Status;
const double nothing = std::numeric_limits<double>::quiet_NaN();

// Box and Jenkins' series of airline passengers (thousands), 1949 to 1960: R's AirPassengers.
const std::vector<double> air_passengers = {
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158,
    133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218,
    230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235,
    227, 234, 264, 302, 293, 259, 229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
    284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404,
    347, 305, 336, 340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472,
    548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432};

std::vector<Observation> months(const std::vector<double>& values, ledger::Month from = 2000 * 12) {
    std::vector<Observation> all;
    for (std::size_t t = 0; t < values.size(); ++t)
        all.push_back({ledger::first_day(from + static_cast<ledger::Month>(t)), values[t]});
    return all;
}

// Season, trend and a noise of a fixed congruential generator.
std::vector<double> made(int n, double level, double season, double trend, double noise, unsigned seed = 7) {
    std::vector<double> values;
    for (int t = 0; t < n; ++t) {
        double sum = 0;
        for (int i = 0; i < 12; ++i) seed = seed * 1664525u + 1013904223u, sum += seed / 4294967296.0;
        values.push_back(level + trend * t + season * std::sin(t * 2 * M_PI / 12) + noise * (sum - 6));
    }
    return values;
}

void expect_sound(const Forecast& f, int horizon) {
    if (f.points.empty()) {
        EXPECT_TRUE(f.status == Status::insufficient_data || f.status == Status::undefined);
        EXPECT_FALSE(f.reason.en.empty());
        EXPECT_FALSE(f.reason.ru.empty());
        return;
    }
    ASSERT_EQ(f.points.size(), static_cast<std::size_t>(horizon));
    EXPECT_EQ(f.errors.size(), 500u);
    EXPECT_FALSE(f.choice.en.empty());
    EXPECT_FALSE(f.choice.ru.empty());
    for (const auto& p : f.points) {
        for (const double value : {p.predicted, p.lo80, p.hi80, p.lo95, p.hi95, p.optimistic, p.pessimistic})
            EXPECT_TRUE(std::isfinite(value));
        EXPECT_LE(p.lo95, p.lo80);
        EXPECT_LE(p.lo80, p.pessimistic);
        EXPECT_LE(p.pessimistic, p.predicted);
        EXPECT_LE(p.predicted, p.optimistic);
        EXPECT_LE(p.optimistic, p.hi80);
        EXPECT_LE(p.hi80, p.hi95);
        EXPECT_LT(p.lo95, p.hi95);
    }
    for (const auto& path : f.errors)
        for (const double error : path) EXPECT_TRUE(std::isfinite(error));
}

TEST(Forecast, AirPassengersGrowWithTheirSeason) {
    // 1960 held back; the best published models are off by about 4 % on it.
    const std::vector<double> known(air_passengers.begin(), air_passengers.end() - 12);
    const auto f = forecast(months(known, 1949 * 12), 12);
    expect_sound(f, 12);
    EXPECT_EQ(f.status, Status::ok);
    EXPECT_EQ(f.frequency, Frequency::monthly);
    EXPECT_TRUE(f.seasonal);
    EXPECT_EQ(f.points[0].day, ledger::day_of(1960, 1, 1));
    double percent = 0;
    for (std::size_t h = 0; h < 12; ++h) percent += std::abs(f.points[h].predicted / air_passengers[132 + h] - 1) / 12;
    EXPECT_LT(percent, 0.05);
    EXPECT_EQ(f.model.rfind("auto(", 0), 0u);
}

TEST(Forecast, PartsSumToTheValue) {
    const auto f = forecast(months(air_passengers), 12);
    const auto sum = [](const Parts& p) { return p.level + p.trend + p.season + p.event + p.remainder; };
    ASSERT_EQ(f.history.size(), f.values.size());
    ASSERT_EQ(f.fitted.size(), f.values.size());
    for (std::size_t t = 0; t < f.values.size(); ++t) EXPECT_NEAR(sum(f.history[t]), f.values[t], 1e-6);
    for (std::size_t h = 0; h < f.points.size(); ++h) EXPECT_NEAR(sum(f.future[h]), f.points[h].predicted, 1e-6);
}

TEST(Forecast, SameInputSameBytes) {
    const auto one = forecast(months(air_passengers), 6), two = forecast(months(air_passengers), 6);
    for (std::size_t h = 0; h < 6; ++h) {
        EXPECT_EQ(one.points[h].predicted, two.points[h].predicted);
        EXPECT_EQ(one.points[h].hi95, two.points[h].hi95);
    }
    EXPECT_EQ(one.errors, two.errors);
}

TEST(Forecast, ScalingScales) {
    const auto base = forecast(months(air_passengers), 6);
    // A power of two is exact; other factors leave the searches of the models at slightly different ends.
    for (const double factor : {1024.0, 1e-7, 3.7e9}) {
        auto values = air_passengers;
        for (double& value : values) value *= factor;
        const auto scaled = forecast(months(values), 6);
        for (std::size_t h = 0; h < 6; ++h) {
            EXPECT_NEAR(scaled.points[h].predicted / factor / base.points[h].predicted, 1, 5e-3) << factor;
            EXPECT_NEAR(scaled.points[h].hi95 / factor / base.points[h].hi95, 1, 1e-2) << factor;
        }
    }
}

TEST(Forecast, ShiftInTimeDoesNothing) {
    const auto now = forecast(months(air_passengers, 1949 * 12), 6),
               later = forecast(months(air_passengers, 2011 * 12 + 5), 6);
    for (std::size_t h = 0; h < 6; ++h) EXPECT_EQ(now.points[h].predicted, later.points[h].predicted);
    EXPECT_EQ(now.errors, later.errors);
}

TEST(Forecast, OrderOfObservationsDoesNothing) {
    auto mixed = months(air_passengers);
    std::reverse(mixed.begin(), mixed.end());
    const auto one = forecast(months(air_passengers), 6), two = forecast(mixed, 6);
    for (std::size_t h = 0; h < 6; ++h) EXPECT_EQ(one.points[h].predicted, two.points[h].predicted);
}

TEST(Forecast, ReversedSignMirrors) {
    auto negative = air_passengers;
    for (double& value : negative) value = -value;
    const auto up = forecast(months(air_passengers), 6), down = forecast(months(negative), 6);
    expect_sound(down, 6);
    for (std::size_t h = 0; h < 6; ++h) {
        EXPECT_EQ(up.points[h].predicted, -down.points[h].predicted);
        EXPECT_EQ(up.points[h].lo80, -down.points[h].hi80);
        EXPECT_EQ(up.points[h].hi95, -down.points[h].lo95);
        EXPECT_EQ(up.points[h].optimistic, -down.points[h].pessimistic);
    }
    const auto both = made(60, 0, 3, 0, 1);
    auto mirrored = both;
    for (double& value : mirrored) value = -value;
    const auto a = forecast(months(both), 6), b = forecast(months(mirrored), 6);
    for (std::size_t h = 0; h < 6; ++h) {
        EXPECT_NEAR(a.points[h].predicted, -b.points[h].predicted, 0.02);
        EXPECT_NEAR(a.points[h].lo95, -b.points[h].hi95, 0.02);
    }
}

TEST(Forecast, NothingBelowZeroWhereNothingWas) {
    const auto f = forecast(months(made(48, 8, 2, -0.1, 0.3)), 24);
    expect_sound(f, 24);
    for (std::size_t h = 0; h < 24; ++h) {
        EXPECT_GE(f.points[h].lo95, 0);
        for (const auto& path : f.errors) EXPECT_GE(f.points[h].predicted + path[h], -1e-12);
    }
    Options free;
    free.nonnegative = false;
    EXPECT_LT(forecast(months(made(48, 8, 2, -0.1, 0.3)), 24, free).points.back().lo95, 0);
}

TEST(Forecast, ShortHistoriesUseTheSeasonThatRepeats) {
    const auto f = forecast(months(made(24, 100, 30, 0, 2)), 12);
    expect_sound(f, 12);
    EXPECT_TRUE(f.seasonal);
    for (std::size_t h = 0; h < 12; ++h)
        EXPECT_NEAR(f.points[h].predicted, 100 + 30 * std::sin(static_cast<double>(24 + h) * 2 * M_PI / 12), 12);
}

TEST(Forecast, FlatIsExplained) {
    const auto f = forecast(months(made(20, 100, 0, 0, 5)), 6);
    expect_sound(f, 6);
    const auto constant = forecast(months(std::vector<double>(24, 42.0)), 6);
    expect_sound(constant, 6);
    EXPECT_EQ(constant.points[3].predicted, 42);
    EXPECT_NE(constant.choice.en.find("flat"), std::string::npos);
    EXPECT_NE(constant.choice.ru.find("ровный"), std::string::npos);
}

// The odd inputs of the issue: each gives an answer or a status, never a NaN, never an exception.
TEST(Forecast, OddSeriesGiveAnAnswerOrAStatus) {
    std::vector<std::vector<double>> odd;
    for (int n = 0; n <= 40; ++n) odd.push_back(made(n, 100, 20, 0.5, 4));
    for (const double value : {0.0, 5.0, -3.0, 1e14, 1e-9}) odd.push_back(std::vector<double>(30, value));
    std::vector<double> line(36), square(36), season(36);
    for (int t = 0; t < 36; ++t) line[t] = 10 + 2 * t, square[t] = t * t, season[t] = 50 + 10 * (t % 12 == 3);
    odd.insert(odd.end(), {line, square, season});
    auto stopped = made(48, 100, 20, 0, 4);
    std::fill(stopped.end() - 12, stopped.end(), 0.0);
    auto spike = made(48, 100, 20, 0, 4), zero = spike, gap = spike, start = spike, end = spike, shift = spike,
         wide = spike;
    spike[20] *= 50, zero[30] = 0;
    for (int i = 20; i < 23; ++i) gap[i] = nothing;
    start[0] = start[1] = nothing, end[47] = end[46] = nothing;
    for (std::size_t i = 30; i < 48; ++i) shift[i] += 300;
    for (double& value : wide) value *= 1e14;
    auto infinite = zero;
    infinite[5] = std::numeric_limits<double>::infinity(), infinite[6] = 1e308;
    odd.insert(odd.end(), {stopped, spike, zero, gap, start, end, shift, wide, infinite, made(60, 0, 5, 0, 3),
                           made(60, -100, 5, 0, 3), std::vector<double>(20, nothing)});
    std::vector<double> rare(40, 0.0);
    rare[3] = 4, rare[11] = 2, rare[30] = 7;
    std::vector<double> once(40, 0.0);
    once[39] = 1;
    odd.insert(odd.end(), {rare, once});
    for (std::size_t i = 0; i < odd.size(); ++i) {
        SCOPED_TRACE("odd series " + std::to_string(i));
        expect_sound(forecast(months(odd[i]), 14), 14);
    }
    for (const auto& name : model_names()) {
        Options options;
        options.model = name;
        for (const std::size_t i : {3u, 5u, 13u, 30u, 41u, 42u, 43u, 46u, 49u, 50u, 58u, 59u, 61u, 62u}) {
            SCOPED_TRACE(name + " of odd series " + std::to_string(i));
            expect_sound(forecast(months(odd.at(i)), 5, options), 5);
        }
    }
}

TEST(Forecast, MinimumIsFourPeriods) {
    const auto three = forecast(months({1, 2, 3}), 2);
    EXPECT_EQ(three.status, Status::insufficient_data);
    EXPECT_NE(three.reason.en.find("at least 4"), std::string::npos);
    const auto four = forecast(months({1, 2, 3, 2}), 2);
    EXPECT_EQ(four.status, Status::estimated);
    EXPECT_EQ(four.points.size(), 2u);
}

TEST(Forecast, SaysWhatWasMended) {
    auto values = made(48, 100, 20, 0, 4);
    auto given = months(values);
    given.erase(given.begin() + 10);
    given.push_back(given.back());
    Options options;
    options.last_incomplete = true;
    const auto f = forecast(given, 3, options);
    const auto said = [&](const std::string& text) {
        return std::any_of(f.notes.begin(), f.notes.end(),
                           [&](const Words& note) { return note.en.find(text) != std::string::npos; });
    };
    EXPECT_TRUE(said("missing"));
    EXPECT_TRUE(said("not over"));
    EXPECT_TRUE(said("had one already"));
    EXPECT_EQ(f.used, 47);
    EXPECT_EQ(f.points[0].day, given[46].day);
}

TEST(Forecast, FrequencyIsToldFromTheDates) {
    const auto spaced = [](int days, int n) {
        std::vector<Observation> all;
        for (int t = 0; t < n; ++t) all.push_back({ledger::day_of(2020, 1, 6) + t * days, 50.0 + t % 5});
        return all;
    };
    const auto daily = forecast(spaced(1, 60), 10), weekly = forecast(spaced(7, 60), 10);
    EXPECT_EQ(daily.frequency, Frequency::daily);
    EXPECT_EQ(daily.period, 7);
    EXPECT_EQ(weekly.frequency, Frequency::weekly);
    expect_sound(daily, 10);
    expect_sound(weekly, 10);
    EXPECT_EQ(weekly.points[1].day - weekly.points[0].day, 7);
    std::vector<Observation> yearly;
    for (int year = 2000; year < 2020; ++year) yearly.push_back({ledger::day_of(year, 2, 28), 10.0 + year % 3});
    EXPECT_EQ(forecast(yearly, 3).frequency, Frequency::yearly);
}

TEST(Forecast, EventsComeBack) {
    auto values = made(48, 100, 0, 0, 1);
    Event sale{"sale", {5, 17, 29, 41, 50}};
    for (const int step : {5, 17, 29, 41}) values[static_cast<std::size_t>(step)] += 40;
    Options options;
    options.period = 1;
    options.events = {sale};
    const auto f = forecast(months(values), 6, options);
    expect_sound(f, 6);
    EXPECT_GT(f.points[2].predicted, f.points[1].predicted + 20);
    EXPECT_GT(f.future[2].event, 20);
}

TEST(Forecast, RefusesOptionsThatAreNone) {
    Options options;
    options.model = "crystal";
    EXPECT_THROW(forecast(months(air_passengers), 6, options), Error);
    EXPECT_THROW(forecast(months(air_passengers), 0), Error);
    EXPECT_THROW(forecast(months(air_passengers), 1001), Error);
}

TEST(Forecast, CancelComesThrough) {
    struct Cancelled {};
    EXPECT_THROW(forecast(months(air_passengers), 6, {}, [] { throw Cancelled(); }), Cancelled);
}

}  // namespace
}  // namespace fin::forecast
