#include "boost/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "boost/model.hpp"
#include "error.hpp"

namespace fin::boost {

using nlohmann::json;

namespace {

// Our name of each of XGBoost's.
const std::map<std::string, std::string, std::less<>>& synonyms() {
    static const std::map<std::string, std::string, std::less<>> names = {
        {"num_boost_round", "rounds"}, {"n_estimators", "rounds"},  {"max_depth", "depth"},
        {"learning_rate", "eta"},      {"min_split_loss", "gamma"}, {"colsample_bytree", "colsample"},
        {"reg_lambda", "lambda"},      {"reg_alpha", "alpha"},      {"monotone_constraints", "monotone"},
        {"random_state", "seed"},      {"nthread", "threads"},      {"n_jobs", "threads"}};
    return names;
}

constexpr std::array known = {"alpha",
                              "base_score",
                              "colsample",
                              "depth",
                              "eta",
                              "gamma",
                              "lambda",
                              "max_bin",
                              "min_child_weight",
                              "monotone",
                              "objective",
                              "rounds",
                              "scale_pos_weight",
                              "seed",
                              "subsample",
                              "threads",
                              "tree_method"};

[[noreturn]] void refuse(const std::string& key, const std::string& expected) {
    throw Error(ErrorCode::invalid_argument, "option \"" + key + "\" must be " + expected);
}

std::int64_t whole(const std::string& key, const json& value, std::int64_t least, std::int64_t most) {
    const std::string expected = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    // A number above what 64 bits hold is unsigned or a fraction here.
    if (!value.is_number_integer() || value > most || value < least) refuse(key, expected);
    return value.get<std::int64_t>();
}

std::string short_text(double number) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    return {text, end};
}

struct Bounds {
    double least, most;
    bool least_excluded = false;
};

double real(const std::string& key, const json& value, Bounds bounds) {
    const bool fits =
        value.is_number() && value.get<double>() <= bounds.most &&
        (bounds.least_excluded ? value.get<double>() > bounds.least : value.get<double>() >= bounds.least);
    if (!fits)
        refuse(key, std::string("a number ") + (bounds.least_excluded ? "above " : "from ") + short_text(bounds.least) +
                        " to " + short_text(bounds.most));
    return value.get<double>();
}

const Objective* objective_of(const json& value) {
    const Objective* objective = value.is_string() ? objective_named(value.get<std::string>()) : nullptr;
    if (!objective) refuse("objective", "one of " + objective_names());
    return objective;
}

std::vector<int> monotone_of(const json& value) {
    if (!value.is_array() || value.size() > most_features) refuse("monotone", "a list of -1, 0 and 1");
    std::vector<int> signs;
    for (const auto& each : value) {
        if (!each.is_number_integer() || each < -1 || each > 1) refuse("monotone", "a list of -1, 0 and 1");
        signs.push_back(each.get<int>());
    }
    return signs;
}

void set(Options& options, const std::string& name, const std::string& given, const json& value, int cores) {
    const double largest = 1e6;
    if (name == "objective") {
        options.objective = objective_of(value);
    } else if (name == "rounds") {
        options.rounds = static_cast<int>(whole(given, value, 1, 10'000));
    } else if (name == "depth") {
        options.depth = static_cast<int>(whole(given, value, 1, 16));
    } else if (name == "eta") {
        options.eta = real(given, value, {0, 1, true});
    } else if (name == "gamma") {
        options.gamma = real(given, value, {0, largest});
    } else if (name == "subsample") {
        options.subsample = real(given, value, {0, 1, true});
    } else if (name == "colsample") {
        options.colsample = real(given, value, {0, 1, true});
    } else if (name == "lambda") {
        options.lambda = real(given, value, {0, largest});
    } else if (name == "alpha") {
        options.alpha = real(given, value, {0, largest});
    } else if (name == "min_child_weight") {
        options.min_child_weight = real(given, value, {0, largest});
    } else if (name == "base_score") {
        options.base_score = real(given, value, {-1e30, 1e30});
    } else if (name == "scale_pos_weight") {
        options.scale_pos_weight = real(given, value, {0, largest, true});
    } else if (name == "max_bin") {
        options.max_bin = static_cast<int>(whole(given, value, 2, 4096));
    } else if (name == "seed") {
        options.seed = whole(given, value, 0, std::numeric_limits<std::int32_t>::max());
    } else if (name == "tree_method") {
        if (value != "hist" && value != "exact") refuse(given, "\"hist\" or \"exact\"");
        options.tree_method = value.get<std::string>();
    } else if (name == "threads") {
        options.threads = static_cast<int>(whole(given, value, 1, std::max(1, cores)));
    } else {
        options.monotone = monotone_of(value);
    }
}

}  // namespace

Options Options::parse(std::string_view text, int cores) {
    const json given = json::parse(text, nullptr, false);
    if (!given.is_object()) throw Error(ErrorCode::invalid_argument, "options must be a JSON object");
    Options options;
    std::map<std::string, std::string> seen;  // our name to the one given
    for (const auto& [key, value] : given.items()) {
        const auto synonym = synonyms().find(key);
        const std::string& name = synonym == synonyms().end() ? key : synonym->second;
        if (std::ranges::find(known, name) == known.end()) {
            std::string names;
            for (const char* each : known) names += (names.empty() ? "" : ", ") + std::string(each);
            throw Error(ErrorCode::invalid_argument, "unknown option \"" + key + "\"", {},
                        "Known options: " + names + ".");
        }
        if (const auto [before, first] = seen.emplace(name, key); !first)
            throw Error(ErrorCode::invalid_argument,
                        "options \"" + before->second + "\" and \"" + key + "\" say the same thing");
        set(options, name, key, value, cores);
    }
    if (!options.objective->holds(static_cast<float>(options.base_score)))
        throw Error(ErrorCode::invalid_argument,
                    "option \"base_score\" does not fit objective " + std::string(options.objective->name), {},
                    options.objective->link == Link::logistic ? "Give a probability between 0 and 1."
                                                              : "Give a number above 0.");
    return options;
}

}  // namespace fin::boost
