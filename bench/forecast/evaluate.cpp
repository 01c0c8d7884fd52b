// Accuracy, coverage and speed of forecast() on the series of a file beside R's forecasts of the same series that
// baseline.R wrote. Usage: evaluate series.csv.gz folder [models, comma separated] [fold/folds]
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "forecast/forecast.hpp"

namespace {

using fin::forecast::Forecast;
using fin::forecast::Observation;

struct Subject {
    bool monthly = true;
    std::vector<double> train, test;
};
struct Step {
    double mean, lo80, hi80, lo95, hi95;
};
using Table = std::vector<Step>;
struct Setting {
    std::string name, source;   // the setting of baseline.R whose first steps it takes
    std::size_t horizon, last;  // last: only so many observations of history, 0 for all
    bool monthly;
};
const std::vector<Setting> settings = {{"monthly, h = 18", "m18", 18, 0, true},
                                       {"monthly, h = 6", "m18", 6, 0, true},
                                       {"monthly, last 36, h = 6", "m6_36", 6, 36, true},
                                       {"monthly, last 24, h = 6", "m6_24", 6, 24, true},
                                       {"quarterly, h = 8", "q8", 8, 0, false}};

std::vector<std::string> split(const std::string& line, char by) {
    std::vector<std::string> parts;
    std::istringstream in(line);
    for (std::string part; std::getline(in, part, by);) parts.push_back(part);
    return parts;
}

std::map<std::string, Subject> read_series(const char* path) {
    std::map<std::string, Subject> all;
    const gzFile file = gzopen(path, "rb");
    if (!file) throw std::runtime_error(std::string("cannot open ") + path);
    char line[512];
    gzgets(file, line, sizeof line);
    while (gzgets(file, line, sizeof line)) {
        const auto cell = split(line, ',');
        auto& subject = all[cell.at(0)];
        subject.monthly = cell.at(2) == "M";
        (cell.at(3) == "train" ? subject.train : subject.test).push_back(std::strtod(cell.at(5).c_str(), nullptr));
    }
    gzclose(file);
    return all;
}

// [setting][id][method]
using Baseline = std::map<std::string, std::map<std::string, std::map<std::string, Table>>>;

Baseline read_baseline(const std::string& folder) {
    Baseline all;
    std::ifstream in(folder + "/points.csv");
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        const auto cell = split(line, ',');
        if (cell.size() != 9) continue;  // the last line of a run that still goes on
        const auto number = [&](int i) { return std::strtod(cell[static_cast<std::size_t>(i)].c_str(), nullptr); };
        all[cell[1]][cell[0]][cell[2]].push_back({number(4), number(5), number(6), number(7), number(8)});
    }
    return all;
}

std::map<std::string, double> read_seconds(const std::string& folder) {
    std::map<std::string, std::pair<double, int>> sums;
    std::ifstream in(folder + "/fits.csv");
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        const auto cell = split(line, ',');
        if (cell.size() < 4) continue;
        auto& sum = sums[cell[1] + " " + cell[2]];
        sum.first += std::strtod(cell[3].c_str(), nullptr), ++sum.second;
    }
    std::map<std::string, double> mean;
    for (const auto& [key, sum] : sums) mean[key] = sum.first / sum.second;
    return mean;
}

// Sums over series of what the tables show; every series counts once.
struct Score {
    double smape = 0, mase = 0, cover80 = 0, cover95 = 0, msis80 = 0, msis95 = 0;
    int series = 0;
    std::vector<double> ms;
};

double interval_score(double y, double lo, double hi, double alpha) {
    return hi - lo + (y < lo ? 2 / alpha * (lo - y) : 0) + (y > hi ? 2 / alpha * (y - hi) : 0);
}

// Mean size of the seasonal differences of the whole training part, also where only its end is given.
double scale_of(const Subject& subject) {
    const std::size_t m = subject.monthly ? 12 : 4;
    double scale = 0;
    for (std::size_t t = m; t < subject.train.size(); ++t) scale += std::abs(subject.train[t] - subject.train[t - m]);
    return scale / static_cast<double>(subject.train.size() - m);
}

void add(Score& score, const Subject& subject, const Table& table, std::size_t horizon) {
    const double scale = scale_of(subject);
    if (!(scale > 0)) return;
    const auto h = static_cast<double>(horizon);
    for (std::size_t k = 0; k < horizon; ++k) {
        const double y = subject.test[k];
        const Step& f = table[k];
        const double size = std::abs(y) + std::abs(f.mean);
        score.smape += size > 0 ? 200 * std::abs(y - f.mean) / size / h : 0;
        score.mase += std::abs(y - f.mean) / scale / h;
        score.cover80 += (y >= f.lo80 && y <= f.hi80) / h;
        score.cover95 += (y >= f.lo95 && y <= f.hi95) / h;
        score.msis80 += interval_score(y, f.lo80, f.hi80, 0.2) / scale / h;
        score.msis95 += interval_score(y, f.lo95, f.hi95, 0.05) / scale / h;
    }
    ++score.series;
}

// Months or quarters from January 2000; the values' dates are not in the file.
std::vector<Observation> dated(const Subject& subject, std::size_t last) {
    const std::size_t from = last && subject.train.size() > last ? subject.train.size() - last : 0;
    std::vector<Observation> all;
    for (std::size_t t = from; t < subject.train.size(); ++t) {
        const int month = static_cast<int>(t) * (subject.monthly ? 1 : 3);
        const std::chrono::year_month_day day{std::chrono::year{1970 + month / 12},
                                              std::chrono::month{static_cast<unsigned>(month % 12 + 1)},
                                              std::chrono::day{1}};
        all.push_back({std::chrono::sys_days{day}.time_since_epoch().count(), subject.train[t]});
    }
    return all;
}

// What was seen of auto, to judge it on parts of the series.
struct Seen {
    unsigned fold;
    double error, half80, half95, scale;
};
constexpr unsigned parts = 5;

double quantile(std::vector<double> values, double p) {
    if (values.empty()) return std::nan("");
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1) + 0.5)];
}

std::string three(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    return text;
}

void show(const Setting& setting, std::map<std::string, Score>& scores, const std::map<std::string, double>& seconds) {
    const auto& base = scores.at("R naive2");
    const auto owa = [&](const Score& s) {
        return (s.smape / s.series / (base.smape / base.series) + s.mase / s.series / (base.mase / base.series)) / 2;
    };
    std::printf("\n%s (%d series)\n%-18s %7s %6s %6s %6s %6s %7s %7s %9s %9s\n", setting.name.c_str(), base.series,
                "method", "sMAPE", "MASE", "OWA", "cov80", "cov95", "MSIS80", "MSIS95", "ms median", "ms p99");
    double best = HUGE_VAL, narrowest = HUGE_VAL, narrowest80 = HUGE_VAL;
    for (auto& [name, s] : scores) {
        if (s.series != base.series) {
            std::printf("%-18s %d of %d series\n", name.c_str(), s.series, base.series);
            continue;
        }
        const double n = s.series;
        const bool r = name.rfind("R ", 0) == 0;
        std::string time;
        if (const auto found = seconds.find(setting.source + " " + name.substr(2)); r && found != seconds.end())
            time = "  mean " + three(found->second * 1000);
        if (!r) time = three(quantile(s.ms, 0.5)) + " " + three(quantile(s.ms, 0.99));
        std::printf("%-18s %7.3f %6.3f %6.4f %6.3f %6.3f %7.3f %7.3f %s\n", name.c_str(), s.smape / n, s.mase / n,
                    owa(s), s.cover80 / n, s.cover95 / n, s.msis80 / n, s.msis95 / n, time.c_str());
        if (r && name != "R mean3") best = std::min(best, owa(s));
        if (r) narrowest = std::min(narrowest, s.msis95 / n), narrowest80 = std::min(narrowest80, s.msis80 / n);
    }
    if (const auto found = scores.find("auto"); found != scores.end() && found->second.series == base.series)
        std::printf("ratios of auto to R's best: OWA %.4f, MSIS80 %.4f, MSIS95 %.4f\n", owa(found->second) / best,
                    found->second.msis80 / found->second.series / narrowest80,
                    found->second.msis95 / found->second.series / narrowest);
}

// Widths scaled so that four fifths of the series have exactly the stated coverage, judged on the last fifth; and the
// ratio of OWA by fifths: were the constants made for some of the series, it would show here.
void show_left_out(const std::vector<Seen>& seen, const std::vector<std::map<std::string, Score>>& by_part) {
    double cover80 = 0, cover95 = 0, msis80 = 0, msis95 = 0;
    std::string factors, ratios;
    for (unsigned part = 0; part < parts; ++part) {
        std::vector<double> at80, at95;
        for (const auto& one : seen)
            if (one.fold != part) at80.push_back(one.error / one.half80), at95.push_back(one.error / one.half95);
        const double by80 = quantile(at80, 0.8), by95 = quantile(at95, 0.95);
        factors += " " + three(by80) + "/" + three(by95);
        for (const auto& one : seen) {
            if (one.fold != part) continue;
            const double half80 = by80 * one.half80, half95 = by95 * one.half95;
            cover80 += one.error <= half80, cover95 += one.error <= half95;
            msis80 += interval_score(one.error, -half80, half80, 0.2) / one.scale;
            msis95 += interval_score(one.error, -half95, half95, 0.05) / one.scale;
        }
        const auto owa = [&](const std::string& name) {
            const auto &s = by_part[part].at(name), &base = by_part[part].at("R naive2");
            return s.smape / base.smape / 2 + s.mase / base.mase / 2;
        };
        double best = HUGE_VAL;
        for (const auto& entry : by_part[part])
            if (entry.first.rfind("R ", 0) == 0) best = std::min(best, owa(entry.first));
        ratios += " " + three(owa("auto") / best);
    }
    const auto n = static_cast<double>(seen.size());
    std::printf("leave-out: cov80 %.3f cov95 %.3f MSIS80 %.3f MSIS95 %.3f, factors 80/95 by part%s\n", cover80 / n,
                cover95 / n, msis80 / n, msis95 / n, factors.c_str());
    std::printf("OWA of auto to the best of R by fifths of the series:%s\n", ratios.c_str());
}

Table table_of(const Forecast& f) {
    Table table;
    for (const auto& p : f.points) table.push_back({p.predicted, p.lo80, p.hi80, p.lo95, p.hi95});
    return table;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "Usage: evaluate series.csv.gz folder [models] [fold/folds]\n");
        return 2;
    }
    const auto subjects = read_series(argv[1]);
    const auto baseline = read_baseline(argv[2]);
    const auto seconds = read_seconds(argv[2]);
    const auto models = split(argc > 3 ? argv[3] : "auto", ',');
    unsigned fold = 0, folds = 1;
    if (argc > 4) std::sscanf(argv[4], "%u/%u", &fold, &folds);
    for (const auto& setting : settings) {
        const auto found = baseline.find(setting.source);
        if (found == baseline.end()) continue;
        std::map<std::string, Score> scores;
        unsigned number = 0;
        std::vector<Seen> seen;
        std::vector<std::map<std::string, Score>> by_part(parts);
        for (const auto& [id, methods] : found->second) {
            if (number++ % folds != fold) continue;
            const auto& subject = subjects.at(id);
            const bool whole = std::all_of(methods.begin(), methods.end(),
                                           [&](const auto& entry) { return entry.second.size() >= setting.horizon; });
            if (!whole) continue;
            const unsigned part = number % parts;
            for (const auto& [method, table] : methods) {
                add(scores["R " + method], subject, table, setting.horizon);
                add(by_part[part]["R " + method], subject, table, setting.horizon);
            }
            for (const auto& model : models) {
                fin::forecast::Options options;
                options.model = model;
                options.frequency =
                    subject.monthly ? fin::forecast::Frequency::monthly : fin::forecast::Frequency::quarterly;
                const auto before = std::chrono::steady_clock::now();
                const auto f = forecast(dated(subject, setting.last), static_cast<int>(setting.horizon), options);
                const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - before;
                if (f.points.size() != setting.horizon) {
                    std::printf("%s %s: %s\n", id.c_str(), model.c_str(), f.reason.en.c_str());
                    continue;
                }
                auto& score = scores[model];
                add(score, subject, table_of(f), setting.horizon);
                score.ms.push_back(took.count());
                if (model != "auto") continue;
                add(by_part[part]["auto"], subject, table_of(f), setting.horizon);
                const double scale = scale_of(subject);
                for (std::size_t k = 0; scale > 0 && k < setting.horizon; ++k) {
                    const auto& p = f.points[k];
                    seen.push_back({part, std::abs(subject.test[k] - p.predicted), p.hi80 - p.predicted,
                                    p.hi95 - p.predicted, scale});
                }
            }
        }
        if (!scores.empty()) show(setting, scores, seconds);
        if (seen.size() > 100 * parts) show_left_out(seen, by_part);
    }
    return 0;
}
