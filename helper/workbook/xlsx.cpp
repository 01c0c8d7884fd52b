// Sheets of an XLSX workbook, read as a stream: memory holds one row, the shared texts and little else.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

#include "workbook/book.hpp"
#include "workbook/formulas.hpp"
#include "workbook/refuse.hpp"
#include "workbook/xlsx_parts.hpp"
#include "workbook/xml.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t most_row_text = std::size_t{16} << 20, most_merged = 200'000;

// "BC12" is column 54 (from 0), row 12. False where it is no such reference.
bool parse_reference(const char* text, unsigned& column, unsigned& row) {
    unsigned letters = 0, digits = 0;
    while (*text == '$') ++text;
    for (; (*text | 32) >= 'a' && (*text | 32) <= 'z'; ++text) {
        letters = letters * 26 + static_cast<unsigned>((*text | 32) - 'a' + 1);
        if (letters > most_columns) return false;
    }
    while (*text == '$') ++text;
    for (; *text >= '0' && *text <= '9'; ++text) {
        digits = digits * 10 + static_cast<unsigned>(*text - '0');
        if (digits > most_rows) return false;
    }
    if (letters == 0 || digits == 0) return false;
    column = letters - 1, row = digits;
    return true;
}

bool parse_number(const char* begin, const char* end, double& number) {
    while (begin < end && (*begin == ' ' || *begin == '+')) ++begin;
    const auto [rest, error] = std::from_chars(begin, end, number);
    return error == std::errc() && rest == end && std::isfinite(number);
}

// One pass over a sheet.
class SheetEvents : public XmlEvents {
public:
    SheetEvents(const SharedStrings& strings, const std::vector<Shown>& shown, bool since_1904, const Book::Sink& sink)
        : strings_(strings), shown_(shown), since_1904_(since_1904), sink_(sink) {}

    const Computed* computed = nullptr;        // values of formulas that have none stored
    std::vector<Formula>* formulas = nullptr;  // where formulas without values go
    std::vector<Merged> merged;

    void begin(std::string_view element, const Attributes& attributes) override {
        if (element == "c") return begin_cell(attributes);
        if (element == "v" || (element == "t" && in_string_ && !phonetic_)) {
            taking_ = true;
        } else if (element == "f") {
            begin_formula(attributes);
        } else if (element == "is") {
            in_string_ = true;
        } else if (element == "rPh") {
            phonetic_ = true;
        } else if (element == "row") {
            begin_row(attributes);
        } else if (element == "mergeCell") {
            merge(attributes.text("ref"));
        }
    }

    void text(std::string_view text) override {
        if (taking_) {
            if (arena_.size() + text.size() > most_row_text)
                too_much("a row of the workbook is too long",
                         "Row " + std::to_string(row_.number) + " has more than 16 MB.");
            arena_ += text;
        } else if (in_formula_ && formula_.text.size() < most_formula) {
            formula_.text += text;
        }
    }

    void end(std::string_view element) override {
        if (element == "v" || element == "t") {
            taking_ = false;
        } else if (element == "c") {
            end_cell();
        } else if (element == "row") {
            end_row();
        } else if (element == "f") {
            in_formula_ = false;
        } else if (element == "is") {
            in_string_ = false;
        } else if (element == "rPh") {
            phonetic_ = false;
        }
    }

    bool enough() const override { return enough_; }

private:
    void begin_row(const Attributes& attributes) {
        const char* given = attributes.find("r");
        unsigned number = row_.number + 1;
        if (given) {
            const auto [end, error] = std::from_chars(given, given + std::strlen(given), number);
            if (error != std::errc() || *end)
                refuse("the workbook is damaged: a row has no number",
                       "It says \"" + std::string(given).substr(0, 40) + "\".");
        }
        if (number <= row_.number || number > most_rows)
            refuse("the workbook is damaged: its rows are not in order",
                   "Row " + std::to_string(number) + " follows row " + std::to_string(row_.number) + ".");
        row_.number = number;
        row_.hidden = attributes.truth("hidden");
        row_.cells.clear(), places_.clear(), arena_.clear();
        next_column_ = 0;
    }

    void begin_cell(const Attributes& attributes) {
        if (const char* reference = attributes.find("r")) {
            unsigned row = 0;
            if (!parse_reference(reference, next_column_, row) || row != row_.number)
                refuse("the workbook is damaged: a cell is not where it says",
                       "In row " + std::to_string(row_.number) + " stands cell \"" +
                           std::string(reference).substr(0, 40) + "\".");
        }
        column_ = next_column_++;
        if (column_ >= most_columns)
            too_much("the sheet has too many columns", "Row " + std::to_string(row_.number) + " has more than 16384.");
        const char* type = attributes.find("t");
        type_ = !type ? 'n' : std::strcmp(type, "inlineStr") == 0 ? 'i' : std::strcmp(type, "str") == 0 ? 't' : *type;
        const char* style = attributes.find("s");
        style_ = 0;
        if (style) std::from_chars(style, style + std::strlen(style), style_);
        begin_ = arena_.size();
        has_formula_ = false;
    }

    void begin_formula(const Attributes& attributes) {
        has_formula_ = in_formula_ = true;
        if (!formulas) return in_formula_ = false, void();
        formula_ = {};
        formula_.shared = attributes.text("t") == "shared" ? attributes.text("si") : "";
    }

    Shown shown() const { return style_ < shown_.size() ? shown_[style_] : Shown::number; }

    void end_cell() {
        const char* begin = arena_.data() + begin_;
        const char* end = arena_.data() + arena_.size();
        Cell cell;
        cell.column = column_;
        bool in_arena = false;
        if (formulas && has_formula_ && begin != end && !formula_.shared.empty() && !formula_.text.empty()) {
            formula_.valued = true;
            note_formula();
        }
        if (begin == end && type_ != 'i') {
            if (!has_formula_) return;
            if (!take_computed(cell, in_arena)) return;
        } else if (type_ == 's') {
            std::size_t index = 0;
            const auto [rest, error] = std::from_chars(begin, end, index);
            if (error != std::errc() || rest != end || index >= strings_.size())
                refuse("the workbook is damaged: a cell refers to a text that is not there",
                       "It is in row " + std::to_string(row_.number) + ", and the workbook has " +
                           std::to_string(strings_.size()) + " texts.");
            cell.text = strings_[index];
        } else if (type_ == 'n') {
            if (!parse_number(begin, end, cell.number))
                refuse("the workbook is damaged: a number is none",
                       "Row " + std::to_string(row_.number) + " has \"" +
                           std::string(begin, std::min<std::size_t>(40, static_cast<std::size_t>(end - begin))) +
                           "\".");
            make_number(cell, in_arena);
        } else if (type_ == 'b') {
            cell.text = *begin == '1' ? "TRUE" : "FALSE";
        } else {
            cell.kind = type_ == 'e' ? Cell::Kind::error : type_ == 'd' ? Cell::Kind::date : Cell::Kind::text;
            in_arena = true;
        }
        if (in_arena && arena_.size() == begin_) return;
        if (!in_arena && cell.kind == Cell::Kind::text && cell.text.empty()) return;
        // The arena moves while it grows: its views are made when the row is whole.
        places_.push_back(in_arena ? begin_ : std::string::npos);
        if (in_arena)
            cell.text = {nullptr, 0}, lengths_.push_back(arena_.size() - begin_);
        else
            lengths_.push_back(0);
        row_.cells.push_back(cell);
    }

    // A number is an amount or, by its format, a date; then its text goes into the arena.
    void make_number(Cell& cell, bool& in_arena) {
        if (shown() == Shown::number) {
            cell.kind = Cell::Kind::number;
            return;
        }
        arena_.resize(begin_);
        in_arena = append_date(arena_, cell.number, since_1904_, shown());
        cell.kind = in_arena ? Cell::Kind::date : Cell::Kind::number;
    }

    void note_formula() {
        formula_.row = row_.number, formula_.column = column_;
        if (formulas->size() >= most_formulas)
            too_much("the workbook has too many formulas without values",
                     "It has more than " + std::to_string(most_formulas) + ".");
        formulas->push_back(std::move(formula_));
    }

    bool take_computed(Cell& cell, bool& in_arena) {
        if (formulas) {
            note_formula();
            return false;
        }
        if (!computed) {
            cell.waiting = true;
            cell.kind = Cell::Kind::error;
            cell.text = "a formula without a value";
            return true;
        }
        const auto found = computed->find({row_.number, column_});
        if (found == computed->end()) return false;
        if (const auto* number = std::get_if<double>(&found->second)) {
            cell.number = *number;
            make_number(cell, in_arena);
        } else {
            cell.text = std::get<std::string>(found->second);
            if (cell.text.starts_with('#')) cell.kind = Cell::Kind::error;
        }
        return true;
    }

    void end_row() {
        for (std::size_t i = 0; i < row_.cells.size(); ++i)
            if (places_[i] != std::string::npos)
                row_.cells[i].text = std::string_view(arena_).substr(places_[i], lengths_[i]);
        lengths_.clear();
        if (row_.cells.empty() || enough_) return;
        const auto before = [](const Cell& a, const Cell& b) { return a.column < b.column; };
        if (!std::is_sorted(row_.cells.begin(), row_.cells.end(), before))
            std::stable_sort(row_.cells.begin(), row_.cells.end(), before);
        for (std::size_t i = 1; i < row_.cells.size(); ++i)
            if (row_.cells[i].column == row_.cells[i - 1].column)
                refuse("the workbook is damaged: a cell stands twice",
                       "It is in row " + std::to_string(row_.number) + ".");
        enough_ = !sink_(row_);
    }

    void merge(const std::string& reference) {
        const std::size_t colon = reference.find(':');
        Merged range;
        unsigned last_column = 0;
        if (colon == std::string::npos || !parse_reference(reference.c_str(), range.column, range.first_row) ||
            !parse_reference(reference.c_str() + colon + 1, last_column, range.last_row) ||
            range.last_row <= range.first_row)
            return;
        if (merged.size() >= most_merged) too_much("the sheet has too many merged cells", "It has more than 200000.");
        merged.push_back(range);
    }

    const SharedStrings& strings_;
    const std::vector<Shown>& shown_;
    bool since_1904_;
    const Book::Sink& sink_;
    Row row_;
    std::string arena_;  // texts of this row that are no shared ones
    std::vector<std::size_t> places_, lengths_;
    std::size_t begin_ = 0;
    unsigned column_ = 0, next_column_ = 0;
    std::size_t style_ = 0;
    char type_ = 'n';
    bool taking_ = false, in_string_ = false, phonetic_ = false, in_formula_ = false, has_formula_ = false,
         enough_ = false;
    Formula formula_;
};

class XlsxBook : public Book {
public:
    explicit XlsxBook(std::string_view content) : archive_(content), outline_(read_outline(archive_)) {
        if (!outline_.styles.empty()) shown_ = read_styles(archive_, outline_.styles);
        if (!outline_.shared_strings.empty()) strings_.read(archive_, outline_.shared_strings);
        if (outline_.macros) warnings.push_back("The workbook has macros. They are not run.");
        merged_.resize(outline_.sheets.size());
        computed_.resize(outline_.sheets.size());
    }

    const std::vector<Sheet>& sheets() const override { return outline_.sheets; }
    const char* kind() const override { return "an XLSX workbook"; }

    void read(std::size_t sheet, const Sink& sink) override {
        SheetEvents events(strings_, shown_, outline_.since_1904, sink);
        if (computed_[sheet]) events.computed = computed_[sheet].get();
        parse(archive_, outline_.parts[sheet], events);
        merged_[sheet] = std::move(events.merged);
    }

    std::vector<Merged> merged(std::size_t sheet) override { return merged_[sheet]; }

    void compute(std::size_t wanted) override {
        FormulaModel model;
        for (const auto& sheet : outline_.sheets) model.add_sheet(sheet.name);
        for (const auto& [name, meaning] : outline_.names) model.add_name(name, meaning);
        std::vector<Formula> formulas;
        for (std::size_t sheet = 0; sheet < outline_.sheets.size(); ++sheet) {
            formulas.clear();
            const Sink take = [&](const Row& row) {
                for (const Cell& cell : row.cells) model.add_value(sheet, row.number, cell);
                return true;
            };
            SheetEvents events(strings_, shown_, outline_.since_1904, take);
            events.formulas = &formulas;
            parse(archive_, outline_.parts[sheet], events);
            model.add_formulas(sheet, formulas);
        }
        computed_[wanted] = std::make_unique<Computed>(model.compute(wanted));
    }

private:
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
