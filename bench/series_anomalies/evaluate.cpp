// Recall of labelled windows and precision of alarms: the interval test of series anomalies, and a moving z-score on
// the same values in the same run. Usage: evaluate folder (series and combined_windows.json)
//
// Series are joined to hours (mean) with a season of a day, and those of two months and more to days with a season of a
// week. The first 15 % of a series are for learning, as in the Numenta Anomaly Benchmark, and windows that end in them
// do not count. An alarm is a run of values told, with pauses of up to a day (hours) or a week (days); it is right
// where it touches a window. No threshold is chosen on these series: the whole table is printed.
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "anomaly/series/interval_test.hpp"
#include "ledger/calendar.hpp"
#include "timeseries/interpolation.hpp"

namespace {

constexpr double learning = 0.15;

std::int64_t seconds_of(const std::string& text) {  // "2014-04-10 16:15:00..."
    const auto number = [&](std::size_t at, std::size_t size) { return std::atoi(text.substr(at, size).c_str()); };
    const auto day =
        fin::ledger::day_of(number(0, 4), static_cast<unsigned>(number(5, 2)), static_cast<unsigned>(number(8, 2)));
    return std::int64_t{day} * 86400 + number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2);
}

struct Raw {
    std::vector<std::int64_t> time;
    std::vector<double> value;
};

Raw read_series(const std::filesystem::path& path) {
    Raw raw;
    const gzFile file = gzopen(path.c_str(), "rb");  // reads plain files as well
    if (!file) throw std::runtime_error("cannot open " + path.string());
    char line[256];
    gzgets(file, line, sizeof line);
    while (gzgets(file, line, sizeof line)) {
        const std::string text = line;
        const auto comma = text.find(',');
        if (comma == std::string::npos) continue;
        raw.time.push_back(seconds_of(text.substr(0, comma)));
        raw.value.push_back(std::strtod(text.c_str() + comma + 1, nullptr));
    }
    gzclose(file);
    return raw;
}

struct Window {
    std::int64_t from, to;
};

struct Joined {
    std::vector<double> values;
    std::vector<Window> windows;  // indices of values
    std::size_t first = 0;        // value that is judged first
    int period = 1;
    std::size_t at_once = 1;  // values judged from one history
};

Joined join(const Raw& raw, const std::vector<Window>& windows, std::int64_t step, int period, std::size_t at_once) {
    Joined joined;
    joined.period = period, joined.at_once = at_once;
    const std::int64_t start = raw.time.front() / step, end = raw.time.back() / step;
    std::vector<double> sum(static_cast<std::size_t>(end - start + 1)), count(sum.size());
    for (std::size_t i = 0; i < raw.time.size(); ++i) {
        const auto at = static_cast<std::size_t>(raw.time[i] / step - start);
        sum[at] += raw.value[i], count[at] += 1;
    }
    for (std::size_t i = 0; i < sum.size(); ++i)
        joined.values.push_back(count[i] > 0 ? sum[i] / count[i] : std::numeric_limits<double>::quiet_NaN());
    joined.values = fin::timeseries::fill_gaps(joined.values, period);
    joined.first = std::max<std::size_t>(static_cast<std::size_t>(learning * static_cast<double>(sum.size())), 24);
    for (const Window& window : windows) {
        const Window found{window.from / step - start, window.to / step - start};
        if (found.to >= static_cast<std::int64_t>(joined.first)) joined.windows.push_back(found);
    }
    return joined;
}

// By value from `first` on: how odd it is, the greater the odder.
using Oddity = std::vector<double>;

// Minus log10 of the chance, from a past of seven seasons.
Oddity by_interval(const Joined& series) {
    constexpr std::size_t seasons = 7;
    const std::span<const double> all(series.values);
    const auto period = static_cast<std::size_t>(series.period);
    Oddity odd(series.values.size(), 0);
    for (std::size_t at = series.first; at < all.size(); at += series.at_once) {
        const std::size_t from = at > seasons * period ? at - seasons * period : 0;
        const auto seen = all.subspan(at, std::min(series.at_once, all.size() - at));
        const auto judged = fin::anomaly::series::judge(all.subspan(from, at - from), series.period, seen);
        if (!judged) continue;
        for (std::size_t k = 0; k < judged->size(); ++k) odd[at + k] = -std::log10(std::max((*judged)[k].p, 1e-300));
    }
    return odd;
}

// Standard deviations from the mean of as long a past.
Oddity by_moving_z(const Joined& series) {
    const std::size_t length = 7 * static_cast<std::size_t>(series.period);
    Oddity odd(series.values.size(), 0);
    for (std::size_t at = series.first; at < series.values.size(); ++at) {
        const std::size_t from = at > length ? at - length : 0;
        const auto n = static_cast<double>(at - from);
        double mean = 0, squares = 0;
        for (std::size_t i = from; i < at; ++i) mean += series.values[i] / n;
        for (std::size_t i = from; i < at; ++i) squares += std::pow(series.values[i] - mean, 2);
        const double deviation = std::sqrt(squares / (n - 1));
        odd[at] = deviation > 0 ? std::abs(series.values[at] - mean) / deviation : 0;
    }
    return odd;
}

struct Tally {
    int windows = 0, met = 0, alarms = 0, right = 0;
};

void count(const Joined& series, const Oddity& odd, double threshold, Tally& tally) {
    std::vector<Window> alarms;
    for (std::size_t i = series.first; i < odd.size(); ++i) {
        if (!(odd[i] >= threshold)) continue;
        const auto at = static_cast<std::int64_t>(i);
        if (!alarms.empty() && at - alarms.back().to <= series.period)
            alarms.back().to = at;
        else
            alarms.push_back({at, at});
    }
    const auto touches = [](const Window& a, const Window& b) { return a.from <= b.to && b.from <= a.to; };
    for (const Window& window : series.windows) {
        ++tally.windows;
        // Met by a value inside, not by an alarm that goes on over it.
        bool met = false;
        for (std::int64_t i = std::max<std::int64_t>(window.from, static_cast<std::int64_t>(series.first));
             i <= window.to && i < static_cast<std::int64_t>(odd.size()); ++i)
            met = met || odd[static_cast<std::size_t>(i)] >= threshold;
        tally.met += met;
    }
    for (const Window& alarm : alarms) {
        ++tally.alarms;
        tally.right += std::any_of(series.windows.begin(), series.windows.end(),
                                   [&](const Window& window) { return touches(alarm, window); });
    }
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void report(const char* title, const std::vector<Joined>& all) {
    std::vector<Oddity> interval, moving;
    const double start = processor_seconds();
    std::size_t values = 0;
    for (const Joined& series : all) interval.push_back(by_interval(series)), values += series.values.size();
    const double taken = processor_seconds() - start;
    for (const Joined& series : all) moving.push_back(by_moving_z(series));
    std::printf("\n%s: %zu series, %zu values, interval test %.1f s\n", title, all.size(), values, taken);
    std::printf("%-28s %8s %8s %8s %9s %7s %6s\n", "told where", "windows", "met", "alarms", "precision", "recall",
                "F1");
    const auto line = [&](const std::string& name, const std::vector<Oddity>& odd, double threshold) {
        Tally tally;
        for (std::size_t i = 0; i < all.size(); ++i) count(all[i], odd[i], threshold, tally);
        const double precision = tally.alarms ? static_cast<double>(tally.right) / tally.alarms : 0;
        const double recall = tally.windows ? static_cast<double>(tally.met) / tally.windows : 0;
        const double f1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
        std::printf("%-28s %8d %8d %8d %9.2f %7.2f %6.2f\n", name.c_str(), tally.windows, tally.met, tally.alarms,
                    precision, recall, f1);
    };
    for (const int digits : {2, 3, 4, 5})
        line("interval test, p <= 1e-" + std::to_string(digits), interval, static_cast<double>(digits));
    for (const int sigma : {3, 4, 5, 6}) line("moving z >= " + std::to_string(sigma), moving, sigma);
}

}  // namespace

int main(int arguments, char** argument) {
    if (arguments != 2) {
        std::fprintf(stderr, "usage: evaluate folder\n");
        return EXIT_FAILURE;
    }
    const std::filesystem::path folder = argument[1];
    std::ifstream labels(folder / "combined_windows.json");
    if (!labels) {
        std::fprintf(stderr, "no combined_windows.json in %s\n", argument[1]);
        return EXIT_FAILURE;
    }
    std::vector<Joined> hours, days;
    const auto parsed = nlohmann::json::parse(labels);
    for (const auto& [name, windows] : parsed.items()) {
        std::filesystem::path path = folder / std::filesystem::path(name).filename();
        if (!std::filesystem::exists(path)) path += ".gz";
        if (!std::filesystem::exists(path)) continue;
        const Raw raw = read_series(path);
        std::vector<Window> labelled;
        for (const auto& window : windows)
            labelled.push_back(
                {seconds_of(window.at(0).get<std::string>()), seconds_of(window.at(1).get<std::string>())});
        hours.push_back(join(raw, labelled, 3600, 24, 8));
        if (raw.time.back() - raw.time.front() >= 60 * 86400) days.push_back(join(raw, labelled, 86400, 7, 1));
    }
    if (hours.empty()) {
        std::fprintf(stderr, "no series in %s\n", argument[1]);
        return EXIT_FAILURE;
    }
    report("Hours", hours);
    report("Days", days);
    return EXIT_SUCCESS;
}
