// R's figures of exponential smoothing, as test/reference/ets.R wrote them.
#pragma once
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "forecast/ets_recursion.hpp"

namespace fin::forecast::testing {

struct ReferenceSeries {
    int period = 1;
    std::vector<double> values;
};

struct ReferenceForm {
    std::string series, name;
    EtsForm form;
    EtsSmoothing smoothing;
    EtsState state;
    double log_likelihood = 0, aicc = 0;
    std::vector<double> mean, variance;
};

inline std::vector<std::string> split(const std::string& line, char by) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    std::string cell;
    while (std::getline(stream, cell, by)) cells.push_back(cell);
    return cells;
}

inline std::vector<double> numbers(const std::string& text) {
    std::vector<double> values;
    for (const auto& cell : split(text, ';')) values.push_back(std::stod(cell));
    return values;
}

inline std::vector<std::vector<std::string>> rows(const std::string& file) {
    std::ifstream stream(FIN_TEST_DATA "/reference/" + file);
    std::string line;
    std::getline(stream, line);
    std::vector<std::vector<std::string>> all;
    while (std::getline(stream, line)) all.push_back(split(line, ','));
    return all;
}

inline std::map<std::string, ReferenceSeries> reference_series() {
    std::map<std::string, ReferenceSeries> all;
    for (const auto& cells : rows("ets_series.csv")) all[cells[0]] = {std::stoi(cells[1]), numbers(cells[2])};
    return all;
}

inline std::vector<ReferenceForm> reference_forms() {
    std::vector<ReferenceForm> all;
    for (const auto& cells : rows("ets_forms.csv")) {
        ReferenceForm one;
        one.series = cells[0];
        one.name = "ETS(" + cells[1] + "," + cells[2] + "," + cells[3] + ")";
        one.form.error = cells[1] == "A" ? EtsError::additive : EtsError::multiplicative;
        one.form.trend = cells[2] == "N" ? EtsTrend::none : cells[2] == "A" ? EtsTrend::additive : EtsTrend::damped;
        one.form.season = cells[3] == "N"   ? EtsSeason::none
                          : cells[3] == "A" ? EtsSeason::additive
                                            : EtsSeason::multiplicative;
        one.smoothing = {std::stod(cells[4]), std::stod(cells[5]), std::stod(cells[6]), std::stod(cells[7])};
        one.state = {std::stod(cells[8]), std::stod(cells[9]), numbers(cells[10])};
        one.log_likelihood = std::stod(cells[11]);
        one.aicc = std::stod(cells[12]);
        one.mean = numbers(cells[13]);
        one.variance = numbers(cells[14]);
        all.push_back(one);
    }
    return all;
}

}  // namespace fin::forecast::testing
