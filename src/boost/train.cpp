#include "boost/train.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <new>
#include <string_view>

#include "boost/library.hpp"
#include "boost/model.hpp"
#include "boost/signals_blocked.hpp"
#include "error.hpp"

namespace fin::boost {

namespace {

constexpr double most_leaves = 1'000'000;  // some 150 MB of JSON

// What a call of the library says, without the stack that it appends.
void demand(const Library& library, int result) {
    if (result == 0) return;
    std::string_view text = library.last_error();
    if (text.find("bad_alloc") != std::string_view::npos) throw std::bad_alloc();
    text = text.substr(0, text.find("Stack trace"));
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
    throw Error(ErrorCode::bad_data, "XGBoost could not learn from these rows", std::string(text));
}

struct Free {
    int (*function)(Library::Handle);
    void operator()(Library::Handle handle) const { function(handle); }
};
using Owned = std::unique_ptr<void, Free>;

std::string text_of(double number) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    return {text, end};
}

Owned matrix_of(const Library& library, const TrainingRows& rows, int threads) {
    Library::Handle handle = nullptr;
    const SignalsBlocked blocked;
    demand(library, library.matrix_create(rows.values().data(), rows.size(), rows.features(),
                                          std::numeric_limits<float>::quiet_NaN(), &handle, threads));
    Owned matrix(handle, {library.matrix_free});
    demand(library, library.matrix_set_floats(handle, "label", rows.labels().data(), rows.size()));
    return matrix;
}

std::string constraints(const std::vector<int>& monotone) {
    std::string text;
    for (const int sign : monotone) text += (text.empty() ? "(" : ",") + std::to_string(sign);
    return text + ")";
}

Owned booster_of(const Library& library, Library::Handle matrix, const TrainingRows& rows, const Options& options) {
    Library::Handle handle = nullptr;
    demand(library, library.booster_create(&matrix, 1, &handle));
    Owned booster(handle, {library.booster_free});
    const auto set = [&](const char* name, const std::string& value) {
        demand(library, library.booster_set(handle, name, value.c_str()));
    };
    set("booster", "gbtree");
    set("objective", std::string(options.objective->name));
    set("tree_method", options.tree_method);
    set("max_depth", std::to_string(options.depth));
    set("eta", text_of(options.eta));
    set("gamma", text_of(options.gamma));
    set("subsample", text_of(options.subsample));
    set("colsample_bytree", text_of(options.colsample));
    set("lambda", text_of(options.lambda));
    set("alpha", text_of(options.alpha));
    set("min_child_weight", text_of(options.min_child_weight));
    set("base_score", text_of(options.base_score));
    if (options.objective->labels == Labels::from_0_to_1) set("scale_pos_weight", text_of(options.scale_pos_weight));
    if (options.tree_method == "hist") set("max_bin", std::to_string(options.max_bin));
    if (std::ranges::any_of(options.monotone, [](int sign) { return sign != 0; })) {
        std::vector<int> monotone = options.monotone;
        monotone.resize(rows.features(), 0);
        set("monotone_constraints", constraints(monotone));
    }
    set("seed", std::to_string(options.seed));
    set("nthread", std::to_string(options.threads));
    set("disable_default_eval_metric", "1");
    return booster;
}

void check_size(const TrainingRows& rows, const Options& options) {
    const double leaves = options.rounds * std::min(std::ldexp(1.0, options.depth),
                                                    static_cast<double>(std::max<std::size_t>(rows.size(), 1)));
    if (leaves > most_leaves)
        throw Error(ErrorCode::limit_exceeded, "the model could become too large",
                    std::to_string(options.rounds) + " trees of depth " + std::to_string(options.depth) +
                        " may have more than 1000000 leaves.",
                    "Ask for fewer rounds or less depth.");
    if (options.monotone.size() > rows.features())
        throw Error(ErrorCode::invalid_argument, "option \"monotone\" is longer than the rows",
                    "It has " + std::to_string(options.monotone.size()) + " signs, a row has " +
                        std::to_string(rows.features()) + " features.");
}

}  // namespace

std::string train(TrainingRows& rows, const Options& options, const InterruptCheck& check) {
    check_size(rows, options);
    const Library& xgboost = library();
    rows.sort(check);
    check();
    // Of this thread only: what it would write goes to the server's standard error.
    demand(xgboost, xgboost.set_global_config(R"({"verbosity": 0})"));
    const Owned matrix = matrix_of(xgboost, rows, options.threads);
    const Owned booster = booster_of(xgboost, matrix.get(), rows, options);
    for (int round = 0; round < options.rounds; ++round) {
        check();
        const SignalsBlocked blocked;
        demand(xgboost, xgboost.booster_update(booster.get(), round, matrix.get()));
    }
    check();
    std::uint64_t size = 0;
    const char* bytes = nullptr;
    {
        const SignalsBlocked blocked;
        demand(xgboost, xgboost.booster_save(booster.get(), R"({"format": "json"})", &size, &bytes));
    }
    std::string model(bytes, size);
    try {
        const Model readable(model, check);
    } catch (const Error& error) {
        // Labels near the end of float32 make leaves that are no numbers.
        throw Error(ErrorCode::bad_data, "XGBoost made no usable model of these rows", error.detail,
                    "Look for labels or features that are far too large.");
    }
    return model;
}

}  // namespace fin::boost
