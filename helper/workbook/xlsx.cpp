// XLSX workbooks: the archive and what its parts say of each other by the project's own light reader, cells, formulas
// and number formats by orcus, formulas without values by ixion. Memory holds some rows, the shared texts and little
// else.
#include <algorithm>
#include <deque>

#include "workbook/book.hpp"
#include "workbook/formulas.hpp"
#include "workbook/orcus_reader.hpp"
#include "workbook/plain.hpp"
#include "workbook/refuse.hpp"
#include "workbook/xlsx_parts.hpp"

namespace fin::helper {

namespace {

class XlsxBook : public Book {
public:
    explicit XlsxBook(std::string_view content) : archive_(content), outline_(read_outline(archive_)) {
        if (!outline_.styles.empty()) shown_ = read_formats(plain_styles(archive_, outline_.styles));
        if (!outline_.shared_strings.empty()) strings_.read(archive_, outline_.shared_strings);
        if (outline_.macros) warnings.push_back("The workbook has macros. They are not run.");
        merged_.resize(outline_.sheets.size());
        computed_.resize(outline_.sheets.size());
    }

    const std::vector<Sheet>& sheets() const override { return outline_.sheets; }
    const char* kind() const override { return "xlsx"; }
    std::vector<Merged> merged(std::size_t sheet) override { return merged_[sheet]; }

    void read(std::size_t sheet, const Sink& sink) override {
        StoredRows rows;
        PlainRows plain(strings_, [&](const PlainSlice& slice) {
            read_rows(slice, false, rows);
            return give(slice, rows, computed_[sheet].get(), sink);
        });
        parse(archive_, outline_.parts[sheet], plain);
        plain.finish();
        merged_[sheet] = std::move(rows.merged);
    }

    void compute(std::size_t wanted) override {
        FormulaModel model;
        for (const auto& sheet : outline_.sheets) model.add_sheet(sheet.name);
        for (const auto& [name, meaning] : outline_.names) model.add_name(name, meaning);
        const Computed none;
        for (std::size_t sheet = 0; sheet < outline_.sheets.size(); ++sheet) {
            std::vector<Formula> formulas;
            const Sink take = [&](const Row& row) {
                for (const Cell& cell : row.cells) model.add_value(sheet, row.number, cell);
                return true;
            };
            StoredRows rows;
            PlainRows plain(strings_, [&](const PlainSlice& slice) {
                read_rows(slice, true, rows);
                if (formulas.size() + rows.formulas.size() > most_formulas)
                    too_much("the workbook has too many formulas without values",
                             "It has more than " + std::to_string(most_formulas) + ".");
                std::move(rows.formulas.begin(), rows.formulas.end(), std::back_inserter(formulas));
                return give(slice, rows, &none, take);
            });
            parse(archive_, outline_.parts[sheet], plain);
            plain.finish();
            model.add_formulas(sheet, formulas);
        }
        computed_[wanted] = std::make_unique<Computed>(model.compute(wanted));
    }

private:
    // Hands rows over, with dates made of numbers and formulas without values made of what was computed. False where
    // the sink has seen enough.
    bool give(const PlainSlice& slice, const StoredRows& rows, const Computed* computed, const Sink& sink) const {
        Row row;
        std::deque<std::string> days;  // of the row
        for (auto cell = rows.cells.begin(); cell != rows.cells.end();) {
            row.number = cell->row;
            row.hidden = std::binary_search(rows.hidden.begin(), rows.hidden.end(), row.number);
            row.cells.clear(), days.clear();
            for (; cell != rows.cells.end() && cell->row == row.number; ++cell) {
                Cell made;
                made.column = cell->column;
                if (fill(made, *cell, slice, rows, computed, days)) row.cells.push_back(made);
            }
            if (!row.cells.empty() && !sink(row)) return false;
        }
        return true;
    }

    // False where the cell is empty.
    bool fill(Cell& made, const StoredCell& cell, const PlainSlice& slice, const StoredRows& rows,
              const Computed* computed, std::deque<std::string>& days) const {
        using Kind = StoredCell::Kind;
        switch (cell.kind) {
            case Kind::number:
            case Kind::formula_number: make_number(made, cell.number, cell.format, days); return true;
            case Kind::truth: made.text = cell.number != 0 ? "TRUE" : "FALSE"; return true;
            case Kind::text:
                if (cell.text < strings_.size()) {
                    made.text = strings_[cell.text];
                } else {
                    const auto& own = slice.texts.at(cell.text - strings_.size());
                    made.text = own.text, made.kind = own.kind;
                }
                return !made.text.empty();
            case Kind::formula_text: made.text = rows.results[cell.text]; break;
            case Kind::formula_waiting: {
                if (!computed) {
                    made.waiting = true, made.kind = Cell::Kind::error, made.text = "a formula without a value";
                    return true;
                }
                const auto found = computed->find({cell.row, cell.column});
                if (found == computed->end()) return false;
                if (const auto* number = std::get_if<double>(&found->second)) {
                    make_number(made, *number, cell.format, days);
                    return true;
                }
                made.text = std::get<std::string>(found->second);
            }
        }
        if (made.text.starts_with('#')) made.kind = Cell::Kind::error;
        return !made.text.empty();
    }

    // A number is an amount or, by its format, a date.
    void make_number(Cell& made, double number, std::uint32_t format, std::deque<std::string>& days) const {
        made.number = number, made.kind = Cell::Kind::number;
        const Shown shown = format < shown_.size() ? shown_[format] : Shown::number;
        if (shown == Shown::number) return;
        std::string day;
        if (!append_date(day, number, outline_.since_1904, shown)) return;
        days.push_back(std::move(day));
        made.kind = Cell::Kind::date, made.text = days.back();
    }

    Archive archive_;
    XlsxOutline outline_;
    SharedStrings strings_;
    std::vector<Shown> shown_;
    std::vector<std::vector<Merged>> merged_;
    std::vector<std::unique_ptr<Computed>> computed_;
};

}  // namespace

std::unique_ptr<Book> open_xlsx(std::string_view content) { return std::make_unique<XlsxBook>(content); }

}  // namespace fin::helper
