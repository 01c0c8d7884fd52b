// STL against statsmodels (test/reference/stl.py made the numbers).
#include "timeseries/stl.hpp"

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <tuple>

#include "error.hpp"

using namespace fin::timeseries;

namespace {

struct Case {
    std::vector<double> value, trend, seasonal, remainder, weight;
};

std::map<std::tuple<std::string, int, bool>, Case> reference_cases() {
    std::map<std::tuple<std::string, int, bool>, Case> cases;
    std::ifstream file(FIN_TEST_DATA "/reference/stl.csv");
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::vector<std::string> cell(9);
        for (auto& text : cell) std::getline(fields, text, ',');
        Case& one = cases[{cell[0], std::stoi(cell[1]), cell[2] == "1"}];
        one.value.push_back(std::stod(cell[4]));
        one.trend.push_back(std::stod(cell[5]));
        one.seasonal.push_back(std::stod(cell[6]));
        one.remainder.push_back(std::stod(cell[7]));
        one.weight.push_back(std::stod(cell[8]));
    }
    return cases;
}

}  // namespace

// Tolerance 1e-6 on values around 100: the order of summation differs, nothing else.
TEST(Stl, AgreesWithStatsmodels) {
    const auto cases = reference_cases();
    ASSERT_EQ(cases.size(), 12U);
    for (const auto& [key, expected] : cases) {
        const auto& [name, smoother, robust] = key;
        const auto parts = stl(expected.value, {12, smoother, robust});
        for (std::size_t i = 0; i < expected.value.size(); ++i) {
            const std::string where =
                name + " " + std::to_string(smoother) + (robust ? " robust" : "") + " at " + std::to_string(i);
            EXPECT_NEAR(parts.trend[i], expected.trend[i], 1e-6) << where;
            EXPECT_NEAR(parts.seasonal[i], expected.seasonal[i], 1e-6) << where;
            EXPECT_NEAR(parts.remainder[i], expected.remainder[i], 1e-6) << where;
            EXPECT_NEAR(parts.weights[i], expected.weight[i], 1e-6) << where;
        }
    }
}

TEST(Stl, PartsAddUpToTheValues) {
    std::vector<double> values;
    for (int i = 0; i < 40; ++i) values.push_back(50 + i + 10 * std::cos(i) + (i % 12 == 3 ? 30 : 0));
    const auto parts = stl(values, {12, 11, true});
    for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_NEAR(parts.trend[i] + parts.seasonal[i] + parts.remainder[i], values[i], 1e-10);
}

// A line has no season: loess of degree 1 gives lines back exactly.
TEST(Stl, ALineIsAllTrend) {
    std::vector<double> values;
    for (int i = 0; i < 36; ++i) values.push_back(10 + 3 * i);
    const auto parts = stl(values, {});
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_NEAR(parts.trend[i], values[i], 1e-8);
        EXPECT_NEAR(parts.seasonal[i], 0, 1e-8);
    }
}

TEST(Stl, AConstantDecomposesRobustlyToo) {
    const std::vector<double> values(24, 7.0);
    const auto parts = stl(values, {12, 11, true});
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_NEAR(parts.trend[i], 7, 1e-10);
        EXPECT_NEAR(parts.weights[i], 1, 1e-10);
    }
}

TEST(Stl, RefusesWhatItCannotDecompose) {
    EXPECT_THROW(stl(std::vector<double>(23, 1.0), {}), fin::Error);
    EXPECT_THROW(stl(std::vector<double>(24, 1.0), {12, 10, false}), fin::Error);
    EXPECT_THROW(stl(std::vector<double>(24, 1.0), {1, 7, false}), fin::Error);
}
