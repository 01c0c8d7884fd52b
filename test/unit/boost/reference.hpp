// The rows, models and predictions of test/reference/boost.py.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fin::boost {

struct ReferenceCase {
    std::string options;
    std::size_t label;  // which of a row's labels
    std::string model;
    std::vector<float> predictions;
};

struct Reference {
    std::vector<std::vector<double>> rows, labels;
    std::vector<ReferenceCase> cases;

    Reference() {
        std::ifstream file(FIN_TEST_DATA "/reference/boost.json");
        const auto json = nlohmann::json::parse(file);
        for (const auto& row : json["rows"]) {
            rows.emplace_back();
            for (const auto& value : row)
                rows.back().push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
        }
        labels = json["labels"].get<std::vector<std::vector<double>>>();
        for (const auto& each : json["cases"]) {
            ReferenceCase one{each["options"].dump(), each["label"], each["model"], {}};
            for (const std::string text : each["predictions"])
                one.predictions.push_back(std::strtof(text.c_str(), nullptr));
            cases.push_back(std::move(one));
        }
    }
};

inline std::vector<float> narrow(const std::vector<double>& row) { return {row.begin(), row.end()}; }

}  // namespace fin::boost
