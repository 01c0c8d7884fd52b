#include "workbook/formulas.hpp"

#include <algorithm>
#include <ixion/address.hpp>
#include <ixion/cell.hpp>
#include <ixion/config.hpp>
#include <ixion/exceptions.hpp>
#include <ixion/formula.hpp>
#include <ixion/formula_name_resolver.hpp>
#include <ixion/formula_result.hpp>
#include <ixion/formula_tokens.hpp>
#include <ixion/model_context.hpp>

#include "workbook/refuse.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t most_values = 2'000'000;     // cells that formulas may refer to
constexpr std::uint64_t most_visits = 50'000'000;  // cells that ranges of formulas take in, all together
constexpr std::size_t longest_chain = 20'000;      // formulas that lean on formulas

ixion::abs_address_t place(std::size_t sheet, unsigned row, unsigned column) {
    return {static_cast<ixion::sheet_t>(sheet), static_cast<ixion::row_t>(row - 1), static_cast<ixion::col_t>(column)};
}

}  // namespace

struct FormulaModel::Model {
    ixion::model_context context{{most_rows, most_columns}};
    std::unique_ptr<ixion::formula_name_resolver> names =
        ixion::formula_name_resolver::get(ixion::formula_name_resolver_t::excel_a1, &context);
    std::vector<ixion::row_t> rows;                                 // of each sheet: the last that has a cell
    std::vector<std::vector<std::pair<unsigned, unsigned>>> cells;  // formulas of each sheet
    ixion::abs_range_set_t dirty;
    std::size_t values = 0;
    std::uint64_t visits = 0;

    void count(const ixion::formula_tokens_t& tokens, const ixion::abs_address_t& at) {
        for (const auto& token : tokens) {
            if (token->get_opcode() != ixion::fop_range_ref) continue;
            const auto range = token->get_range_ref().to_abs(at);
            const auto sheet = static_cast<std::size_t>(
                std::clamp<ixion::sheet_t>(range.first.sheet, 0, static_cast<ixion::sheet_t>(rows.size()) - 1));
            const std::int64_t first = std::max<std::int64_t>(0, range.first.row);
            const std::int64_t last =
                range.last.row < 0 ? rows[sheet] : std::min<std::int64_t>(rows[sheet], range.last.row);
            const std::int64_t wide = range.last.column < 0 || range.first.column < 0
                                          ? most_columns
                                          : std::int64_t{range.last.column} - range.first.column + 1;
            visits += static_cast<std::uint64_t>(std::max<std::int64_t>(1, last - first + 1) *
                                                 std::max<std::int64_t>(1, wide));
        }
        if (visits > most_visits)
            too_much("the formulas of the workbook refer to too many cells",
                     "They have no stored values, and computing them takes more than " + std::to_string(most_visits) +
                         " steps.");
    }
};

FormulaModel::FormulaModel() : model_(std::make_unique<Model>()) {}
FormulaModel::~FormulaModel() = default;

void FormulaModel::add_sheet(const std::string& name) {
    std::string unique = name;
    // Two sheets of one name are a damaged workbook; formulas then mean the first.
    while (model_->context.get_sheet_index(unique) != ixion::invalid_sheet) unique += " ";
    model_->context.append_sheet(unique);
    model_->rows.push_back(0);
    model_->cells.emplace_back();
}

void FormulaModel::add_name(const std::string& name, const std::string& meaning) {
    const ixion::abs_address_t origin(0, 0, 0);
    try {
        model_->context.set_named_expression(
            name, origin, ixion::parse_formula_string(model_->context, origin, *model_->names, meaning));
    } catch (const std::exception&) {
        // A name that means nothing here: formulas that use it give #NAME?.
    }
}

void FormulaModel::add_value(std::size_t sheet, unsigned row, const Cell& cell) {
    if (++model_->values > most_values)
        too_much("the workbook has formulas without stored values and too many cells",
                 "It has more than " + std::to_string(most_values) + " cells.");
    const auto at = place(sheet, row, cell.column);
    model_->rows[sheet] = std::max(model_->rows[sheet], at.row);
    if (cell.kind == Cell::Kind::number || cell.kind == Cell::Kind::date)
        model_->context.set_numeric_cell(at, cell.number);
    else if (cell.text == "TRUE" || cell.text == "FALSE")
        model_->context.set_boolean_cell(at, cell.text == "TRUE");
    else
        model_->context.set_string_cell(at, cell.text);
}

void FormulaModel::add_formulas(std::size_t sheet, const std::vector<Formula>& formulas) {
    std::map<std::string, ixion::formula_tokens_store_ptr_t> shared;
    for (const auto& formula : formulas) {
        const auto at = place(sheet, formula.row, formula.column);
        model_->rows[sheet] = std::max(model_->rows[sheet], at.row);
        auto tokens = ixion::formula_tokens_store::create();
        if (formula.text.empty() && shared.count(formula.shared)) {
            tokens = shared[formula.shared];
        } else {
            try {
                tokens->get() = ixion::parse_formula_string(model_->context, at, *model_->names, formula.text);
            } catch (const std::exception& error) {
                tokens->get() = ixion::create_formula_error_tokens(model_->context, formula.text, error.what());
            }
            if (!formula.shared.empty()) shared[formula.shared] = tokens;
        }
        if (formula.valued) continue;
        model_->count(tokens->get(), at);
        model_->context.set_formula_cell(at, tokens);
        ixion::register_formula_cell(model_->context, at);
        model_->dirty.insert(at);
        model_->cells[sheet].emplace_back(formula.row, formula.column);
    }
}

Computed FormulaModel::compute(std::size_t sheet) {
    auto& context = model_->context;
    if (model_->dirty.size() > longest_chain)
        too_much("the workbook has too many formulas without values", "It has " + std::to_string(model_->dirty.size()) +
                                                                          ", at most " + std::to_string(longest_chain) +
                                                                          " are computed.");
    const auto order = ixion::query_and_sort_dirty_cells(context, ixion::abs_range_set_t(), &model_->dirty);
    for (const auto& range : order) {
        try {
            ixion::calculate_sorted_cells(context, {range}, 0);
        } catch (const std::exception&) {
            // A function that ixion does not have. A cell without any result would be waited for by those that refer
            // to it.
            if (auto* cell = context.get_formula_cell(range.first))
                cell->set_result_cache(ixion::formula_result(ixion::formula_error_t::name_not_found));
        }
    }
    Computed computed;
    for (const auto& [row, column] : model_->cells[sheet]) {
        auto& value = computed[{row, column}];
        try {
            const auto result = context.get_formula_result(place(sheet, row, column));
            switch (result.get_type()) {
                case ixion::formula_result::result_type::value: value = result.get_value(); break;
                case ixion::formula_result::result_type::string: value = result.get_string(); break;
                case ixion::formula_result::result_type::error:
                    value = std::string(ixion::get_formula_error_name(result.get_error()));
                    break;
                case ixion::formula_result::result_type::matrix: value = "#VALUE!"; break;
            }
        } catch (const std::exception&) {
            value = "#NAME?";
        }
    }
    return computed;
}

}  // namespace fin::helper
