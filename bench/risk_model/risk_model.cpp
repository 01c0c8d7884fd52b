// Trains the model that orders risks (src/risk/score_model.inc) and says how good it is.
//   risk_model train <file>   trains on simulated companies and writes the model, with a fingerprint of them in its
//   first line risk_model figures        the shipped model on companies that it has not seen
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "boost/train.hpp"
#include "error.hpp"
#include "examples.hpp"
#include "fingerprint.hpp"
#include "risk/thresholds.hpp"

namespace {

using namespace fin;
using namespace fin::risk_model;

constexpr std::uint64_t learned_from = 16'000, unseen = 6'000;  // companies: seeds 1 to 16,000, then the next 6,000

std::vector<Example> examples_between(std::uint64_t from, std::uint64_t to) {
    std::vector<Example> all;
    for (std::uint64_t seed = from; seed < to; ++seed)
        for (auto& each : examples_of(seed)) all.push_back(each);
    return all;
}

std::string options() {
    nlohmann::json json = {
        {"rounds", 120},          {"depth", 3}, {"eta", 0.2}, {"lambda", 5}, {"subsample", 0.8}, {"colsample", 0.8},
        {"min_child_weight", 10}, {"seed", 1}};
    for (const auto& feature : risk::score_features) json["monotone"].push_back(feature.sign);
    return json.dump();
}

// What evaluation needs, and no more: half of the bytes.
std::string shortened(const std::string& model) {
    const auto given = nlohmann::ordered_json::parse(model);
    nlohmann::ordered_json kept;
    const auto& booster = given["learner"]["gradient_booster"];
    auto& trees = kept["learner"]["gradient_booster"]["model"]["trees"];
    for (const auto& tree : booster["model"]["trees"]) {
        nlohmann::ordered_json one;
        for (const char* part : {"left_children", "right_children", "split_indices", "default_left", "tree_param"})
            one[part] = tree[part];
        trees.push_back(one);
        // Digits that tell each float32 from the next.
        for (const auto& value : tree["split_conditions"]) {
            char text[32];
            std::snprintf(text, sizeof text, "%.9g", value.get<double>());
            trees.back()["split_conditions"].push_back(std::strtod(text, nullptr));
        }
    }
    kept["learner"]["gradient_booster"]["name"] = "gbtree";
    for (const char* part : {"base_score", "num_class", "num_feature"})
        kept["learner"]["learner_model_param"][part] = given["learner"]["learner_model_param"][part];
    kept["learner"]["objective"]["name"] = given["learner"]["objective"]["name"];
    return kept.dump();
}

void train(const std::string& path) {
    const auto examples = examples_between(1, learned_from + 1);
    const auto parsed = boost::Options::parse(options(), 1);
    boost::TrainingRows rows(risk::score_features.size());
    for (const Example& each : examples) {
        const std::vector<double> wide(each.row.begin(), each.row.end());
        rows.add(wide, each.trouble ? 1 : 0, *parsed.objective);
    }
    const std::string model = shortened(boost::train(rows, parsed));
    std::ofstream file(path);
    file << "// Made by bench/risk_model/run; not to be edited. Fingerprint of the first companies: "
         << fingerprint(fingerprinted_companies) << ".\n// clang-format off\n";
    // One tree a line: a change of the model can be read as one.
    file << "R\"json(";
    std::size_t from = 0;
    for (std::size_t at; (at = model.find("{\"left_children\"", from + 1)) != std::string::npos; from = at)
        file << model.substr(from, at - from) << "\n";
    file << model.substr(from) << ")json\"\n";
    std::cout << examples.size() << " risks of " << learned_from << " companies, " << model.size() << " bytes\n";
}

double area_under_curve(const std::vector<std::pair<double, bool>>& given) {
    auto sorted = given;
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    double rank_sum = 0, yes = 0;
    for (std::size_t from = 0, to = 0; from < sorted.size(); from = to) {
        while (to < sorted.size() && sorted[to].first == sorted[from].first) ++to;
        for (std::size_t i = from; i < to; ++i)
            if (sorted[i].second) rank_sum += (static_cast<double>(from + to) + 1) / 2, ++yes;
    }
    const double no = static_cast<double>(sorted.size()) - yes;
    return (rank_sum - yes * (yes + 1) / 2) / (yes * no);
}

template <class Value, class Wanted>
double area(const std::vector<Example>& examples, Value value, Wanted wanted) {
    std::vector<std::pair<double, bool>> pairs;
    for (const Example& each : examples)
        if (wanted(each)) pairs.emplace_back(value(each), each.trouble);
    return area_under_curve(pairs);
}

void figures() {
    const auto examples = examples_between(learned_from + 1, learned_from + unseen + 1);
    std::size_t trouble = 0;
    for (const Example& each : examples) trouble += each.trouble;
    std::printf("%zu risks of %d companies that it has not seen; trouble followed %.1f %% of them\n", examples.size(),
                static_cast<int>(unseen), 100.0 * static_cast<double>(trouble) / static_cast<double>(examples.size()));
    const auto chance = [](const Example& each) { return risk::chance_of_trouble(each.row); };
    const auto line = [](const Example& each) { return each.line_score; };
    const auto score = [](const Example& each) { return each.score; };
    const auto everything = [](const Example&) { return true; };
    std::printf("AUC: chance %.3f, score as listed %.3f, distance past the line alone %.3f\n",
                area(examples, chance, everything), area(examples, score, everything),
                area(examples, line, everything));
    for (const auto severity :
         {risk::Severity::low, risk::Severity::medium, risk::Severity::high, risk::Severity::critical}) {
        const auto of_it = [&](const Example& each) { return each.severity == severity; };
        std::printf("  within %-8s %6zu risks: score %.3f, distance past the line alone %.3f\n",
                    std::string(name(severity)).c_str(),
                    static_cast<std::size_t>(std::count_if(examples.begin(), examples.end(), of_it)),
                    area(examples, score, of_it), area(examples, line, of_it));
    }
    std::printf("calibration: chance said, risks, share that trouble followed\n");
    double error = 0, brier = 0;
    for (int tenth = 0; tenth < 10; ++tenth) {
        double said = 0, came = 0, count = 0;
        for (const Example& each : examples) {
            const double p = chance(each);
            if (std::min(9, static_cast<int>(10 * p)) != tenth) continue;
            said += p, came += each.trouble, ++count;
            brier += (p - each.trouble) * (p - each.trouble);
        }
        if (count == 0) continue;
        std::printf("  %.2f %7.0f %.2f\n", said / count, count, came / count);
        error += std::abs(said - came);
    }
    std::printf("expected calibration error %.3f, Brier score %.3f\n", error / static_cast<double>(examples.size()),
                brier / static_cast<double>(examples.size()));
    std::printf("by code: risks, share that trouble followed, mean chance\n");
    std::map<int, std::array<double, 3>> by_code;
    for (const Example& each : examples) {
        auto& sums = by_code[static_cast<int>(each.row[0])];
        sums[0] += 1, sums[1] += each.trouble, sums[2] += chance(each);
    }
    for (const auto& [code, sums] : by_code)
        std::printf("  %-24s %6.0f %.2f %.2f\n",
                    std::string(risk::default_rules()[static_cast<std::size_t>(code)].code).c_str(), sums[0],
                    sums[1] / sums[0], sums[2] / sums[0]);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    try {
        if (what == "train" && argc == 3) {
            train(argv[2]);
        } else if (what == "figures" && argc == 2) {
            figures();
        } else {
            std::cerr << "usage: risk_model train <file> | risk_model figures\n";
            return 2;
        }
    } catch (const fin::Error& error) {
        std::cerr << error.what() << "\n" << error.detail << "\n" << error.hint << "\n";
        return 1;
    }
}
