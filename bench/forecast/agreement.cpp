// Fixed ARIMA, ETS and Theta models of this tree beside R's, which agreement.R fitted to the same values: point
// forecasts and likelihoods. Usage: agreement folder
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <numeric>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "error.hpp"
#include "forecast/ets_recursion.hpp"
#include "forecast/models.hpp"

namespace {

using namespace fin::forecast;

constexpr double kNear = 0.005;  // of a point forecast, relative
constexpr double kSameLikelihood = 0.05;
constexpr double kRounding = 1e-3;  // likelihoods no further apart are the same place of a flat hill

struct Subject {
    int period = 1, horizon = 1;
    std::vector<double> values;
};
struct Reference {
    std::string id, model;
    double log_likelihood = 0;
    std::vector<double> mean, parameters;
};

std::vector<std::string> split(const std::string& line, char by) {
    std::vector<std::string> parts;
    std::istringstream in(line);
    for (std::string part; std::getline(in, part, by);) parts.push_back(part);
    return parts;
}

std::vector<double> numbers(const std::string& list) {
    std::vector<double> result;
    for (const auto& one : split(list, ';')) result.push_back(std::strtod(one.c_str(), nullptr));
    return result;
}

std::ifstream opened(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot open " + path);
    std::string header;
    std::getline(in, header);
    return in;
}

std::map<std::string, Subject> read_series(const std::string& folder) {
    std::map<std::string, Subject> all;
    std::ifstream in = opened(folder + "/series.csv");
    for (std::string line; std::getline(in, line);) {
        const auto cell = split(line, ',');
        all[cell.at(0)] = {std::stoi(cell.at(1)), std::stoi(cell.at(2)), numbers(cell.at(3))};
    }
    return all;
}

std::vector<Reference> read_fits(const std::string& folder, const std::string& search) {
    std::vector<Reference> all;
    std::ifstream in = opened(folder + "/fits.csv");
    for (std::string line; std::getline(in, line);) {
        const auto cell = split(line, ',');
        if (cell.at(2) != search) continue;
        all.push_back(
            {cell[0], cell[1], std::strtod(cell.at(3).c_str(), nullptr), numbers(cell.at(4)), numbers(cell.at(5))});
    }
    return all;
}

struct Ours {
    double log_likelihood = 0;
    std::vector<double> mean;  // empty where the model could not be fitted
    std::vector<Parameter> parameters;
};

ArimaOrder order_of(const std::vector<std::string>& word) {
    const auto part = [&](std::size_t i) { return std::stoi(word.at(i)); };
    return {part(1), part(2), part(3), part(4), part(5), part(6), part(7) == 1};
}

EtsForm form_of(const std::vector<std::string>& word) {
    EtsForm form;
    form.error = word.at(1) == "A" ? EtsError::additive : EtsError::multiplicative;
    form.trend = word.at(2) == "N" ? EtsTrend::none : word[2] == "A" ? EtsTrend::additive : EtsTrend::damped;
    form.season = word.at(3) == "N" ? EtsSeason::none
                  : word[3] == "A"  ? EtsSeason::additive
                                    : EtsSeason::multiplicative;
    return form;
}

// The likelihood of simple smoothing of the adjusted series, from our first level with our alpha; the adjusted series
// is R's, after its alpha.
double theta_likelihood(const Fit& fit, std::span<const double> parameters) {
    const auto adjusted = parameters.subspan(1);
    double level = fit.history.front().level, squares = 0;
    for (const double value : adjusted) {
        squares += (value - level) * (value - level);
        level += fit.parameters.front().value * (value - level);
    }
    const auto n = static_cast<double>(adjusted.size());
    return -n / 2 * std::log(squares / n);
}

Ours fitted(const Subject& subject, const Reference& r) {
    const Series series{subject.values, subject.period};
    const auto word = split(r.model, ' ');
    const Fit fit = word[0] == "arima" ? arima(series, subject.horizon, order_of(word))
                    : word[0] == "ets" ? ets(series, subject.horizon, form_of(word))
                                       : theta(series, subject.horizon);
    return {word[0] == "theta" ? theta_likelihood(fit, r.parameters) : fit.log_likelihood, fit.mean, fit.parameters};
}

// As people of the field write it, with m for the period.
std::string title_of(const std::string& model) {
    const auto word = split(model, ' ');
    if (word[0] == "ets") return "ETS(" + word[1] + "," + word[2] + "," + word[3] + ")";
    if (word[0] != "arima") return "Theta";
    const ArimaOrder order = order_of(word);
    std::string name = "ARIMA(" + word[1] + "," + word[2] + "," + word[3] + ")";
    if (order.P + order.D + order.Q > 0) name += "(" + word[4] + "," + word[5] + "," + word[6] + ")m";
    if (order.constant) name += order.d + order.D == 0 ? " with mean" : " with drift";
    return name;
}

// R lets a form for positive values predict values below 0 and takes the logarithm of their size: no likelihood.
bool comparable(const Subject& subject, const Reference& r) {
    const auto word = split(r.model, ' ');
    if (word[0] != "ets") return true;
    const EtsSmoothing smoothing{r.parameters.at(0), r.parameters.at(1), r.parameters.at(2), r.parameters.at(3)};
    EtsState state{r.parameters.at(4), r.parameters.at(5), {}};
    state.season.assign(r.parameters.begin() + 6, r.parameters.end());
    return run(form_of(word), smoothing, state, subject.values).possible;
}

struct Tally {
    int series = 0, near = 0, same = 0, near_of_same = 0, higher = 0, lower = 0, held = 0, outside = 0, unfitted = 0;
    double worst = 0;  // how much lower ours is at worst
};

double worst_difference(const std::vector<double>& ours, const std::vector<double>& theirs) {
    double worst = 0;
    for (std::size_t h = 0; h < theirs.size(); ++h)
        worst = std::max(worst, std::abs(ours.at(h) - theirs[h]) / std::abs(theirs[h]));
    return worst;
}

struct Comparison {
    std::vector<std::string> order;  // of the models, as R's file has them
    std::map<std::string, Tally> tallies;
    std::vector<std::string> differing;
};

Comparison compare(const std::map<std::string, Subject>& subjects, const std::vector<Reference>& references,
                   std::map<std::string, Ours>& known) {
    Comparison result;
    for (const Reference& r : references) {
        const Subject& subject = subjects.at(r.id);
        auto found = known.find(r.id + r.model);
        if (found == known.end()) {
            Ours ours;
            try {
                ours = fitted(subject, r);
            } catch (const fin::Error& error) {
                std::printf("%s %s: %s\n", r.id.c_str(), r.model.c_str(), error.what());
            }
            found = known.emplace(r.id + r.model, std::move(ours)).first;
        }
        const Ours& ours = found->second;
        if (!result.tallies.count(r.model)) result.order.push_back(r.model);
        Tally& tally = result.tallies[r.model];
        if (ours.mean.empty()) {
            ++tally.unfitted;
            continue;
        }
        if (!comparable(subject, r)) {
            ++tally.outside;
            continue;
        }
        const double gap = ours.log_likelihood - r.log_likelihood, apart = worst_difference(ours.mean, r.mean);
        const bool near = apart <= kNear, no_lower = gap >= -kRounding;
        ++tally.series;
        tally.near += near;
        tally.same += std::abs(gap) <= kSameLikelihood;
        tally.near_of_same += near && std::abs(gap) <= kSameLikelihood;
        tally.higher += gap > kSameLikelihood;
        tally.lower += gap < -kSameLikelihood;
        tally.held += near || no_lower;
        tally.worst = std::max(tally.worst, -gap);
        if (gap < -kSameLikelihood || (!near && !no_lower)) {
            char line[200];
            std::snprintf(line, sizeof line, "%-10s %-34s ours %12.4f  R %12.4f  difference %8.4f  forecasts %.2f %%",
                          r.id.c_str(), title_of(r.model).c_str(), ours.log_likelihood, r.log_likelihood, gap,
                          100 * apart);
            result.differing.emplace_back(line);
        }
    }
    return result;
}

void show(const std::string& title, const Comparison& comparison) {
    std::printf("\n%s\n%-34s %6s %8s %8s %8s %8s %8s %8s %9s %8s\n", title.c_str(), "model", "series", "forecast",
                "same", "forecast", "ours", "ours", "at worst", "agrees or", "outside");
    std::printf("%-34s %6s %8s %8s %8s %8s %8s %8s %9s %8s\n", "", "", "<= 0.5 %", "loglik", "of same", "higher",
                "lower", "lower by", "no lower", "");
    std::map<std::string, Tally> sums;
    const auto row = [](const std::string& name, const Tally& t) {
        const auto percent = [&](int count) { return t.series ? 100.0 * count / t.series : 0; };
        std::printf("%-34s %6d %7.1f%% %7.1f%% %7.1f%% %7.1f%% %7.1f%% %8.4f %8.1f%% %8d%s\n", name.c_str(), t.series,
                    percent(t.near), percent(t.same), t.same ? 100.0 * t.near_of_same / t.same : 0, percent(t.higher),
                    percent(t.lower), t.worst, percent(t.held), t.outside,
                    t.unfitted ? (" (" + std::to_string(t.unfitted) + " not fitted)").c_str() : "");
    };
    for (const auto& model : comparison.order) {
        const Tally& t = comparison.tallies.at(model);
        row(title_of(model), t);
        Tally& sum = sums[split(model, ' ')[0]];
        sum.series += t.series, sum.near += t.near, sum.same += t.same, sum.near_of_same += t.near_of_same,
            sum.higher += t.higher, sum.lower += t.lower;
        sum.held += t.held, sum.outside += t.outside, sum.unfitted += t.unfitted;
        sum.worst = std::max(sum.worst, t.worst);
    }
    for (const auto& [family, sum] : sums) row("all of " + family, sum);
    std::printf("%zu where ours is lower by more than %.2f, or lower with another forecast\n",
                comparison.differing.size(), kSameLikelihood);
    for (const auto& line : comparison.differing) std::printf("  %s\n", line.c_str());
}

// For agreement_check.R: what R's functions say of our coefficients.
void write_ours(const std::string& path, const std::vector<Reference>& references,
                const std::map<std::string, Ours>& known) {
    std::ofstream out(path);
    out << "id,model,loglik,names,parameters\n";
    out.precision(17);
    for (const Reference& r : references) {
        const Ours& ours = known.at(r.id + r.model);
        if (ours.mean.empty()) continue;
        out << r.id << ',' << r.model << ',' << ours.log_likelihood << ',';
        for (const auto& one : ours.parameters) out << one.name << ';';
        out << ',';
        for (const auto& one : ours.parameters) out << one.value << ';';
        out << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "Usage: agreement folder\n");
        return 2;
    }
    const std::string folder = argv[1];
    const auto subjects = read_series(folder);
    std::map<std::string, Ours> known;
    for (const auto& [search, title] : {std::pair<std::string, std::string>{"plain", "R as it is"},
                                        {"best", "R's best of several starts, searched to the top"}}) {
        const Comparison comparison = compare(subjects, read_fits(folder, search), known);
        show(title, comparison);
    }
    write_ours(folder + "/ours.csv", read_fits(folder, "plain"), known);
    return 0;
}
