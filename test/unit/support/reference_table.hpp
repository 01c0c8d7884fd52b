// Reads the tables of test/data/reference that scripts of test/reference made: case, what, index, value.
#pragma once
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using ReferenceCase = std::map<std::string, std::vector<double>>;

inline std::map<std::string, ReferenceCase> reference_table(const std::string& name) {
    std::map<std::string, ReferenceCase> cases;
    std::ifstream file(std::string(FIN_TEST_DATA "/reference/") + name);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::vector<std::string> cell(4);
        for (auto& text : cell) std::getline(fields, text, ',');
        cases[cell[0]][cell[1]].push_back(cell[3] == "NA" ? std::numeric_limits<double>::quiet_NaN()
                                                          : std::stod(cell[3]));
    }
    return cases;
}
