// Formulas that a workbook has no values for, computed by ixion. Nothing is fetched: functions that call out are
// unknown here and give #NAME?.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "workbook/book.hpp"

namespace fin::helper {

inline constexpr std::size_t most_formulas = 100'000, most_formula = 8192;

struct Formula {
    unsigned row = 0, column = 0;
    std::string text;     // without "="; empty where it shares another's
    std::string shared;   // number of the formula it shares; empty: none
    bool valued = false;  // it has a value; others share it
};

// By row and column. Texts that begin with '#' are errors.
using Computed = std::map<std::pair<unsigned, unsigned>, std::variant<double, std::string>>;

class FormulaModel {
public:
    FormulaModel();
    ~FormulaModel();
    // All sheets first, then names, then cells.
    void add_sheet(const std::string& name);
    void add_name(const std::string& name, const std::string& meaning);
    void add_value(std::size_t sheet, unsigned row, const Cell& cell);
    void add_formulas(std::size_t sheet, const std::vector<Formula>& formulas);
    // The values of one sheet's formulas. Throws Error{limit_exceeded} where they refer to more cells than can be read
    // in time.
    Computed compute(std::size_t sheet);

private:
    struct Model;
    std::unique_ptr<Model> model_;
};

}  // namespace fin::helper
