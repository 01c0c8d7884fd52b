#include "workbook/table.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "importer/draft.hpp"
#include "importer/number.hpp"
#include "importer/unicode.hpp"
#include "importer/words.hpp"
#include "workbook/refuse.hpp"
#include "workbook/writer.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t sample_rows = 400, sample_bytes = std::size_t{4} << 20, most_surveyed = 100;

// The beginning of a sheet: what it is judged by.
struct Survey {
    std::string text;
    std::size_t rows = 0;
    char decimal = '.';
    std::vector<unsigned> day_columns;
    bool is_ledger = false;
};

// Numbers stored as text tell the decimal mark of the person who typed them.
char decimal_of(const importer::MarkEvidence& texts) {
    if (!texts.decides()) return '.';
    const auto marks = texts.marks();
    return marks ? marks->decimal : '.';
}

// Columns under a header such as "Date" whose numbers have lost their date format.
class LostDates {
public:
    void add(const Row& row) {
        for (const Cell& cell : row.cells) {
            if (cell.kind == Cell::Kind::text && cell.text.size() < 100 &&
                importer::header_score(importer::folded(cell.text), importer::Role::date) >= 80)
                columns_[cell.column] = {};
            const auto known = columns_.find(cell.column);
            if (known == columns_.end() || cell.kind == Cell::Kind::text) continue;
            // Whole days from 1982 to 2064, so that no amount is taken for one.
            if (cell.kind == Cell::Kind::number && cell.number >= 30'000 && cell.number < 60'000)
                ++known->second.days;
            else
                ++known->second.others;
        }
    }
    std::vector<unsigned> columns() const {
        std::vector<unsigned> found;
        for (const auto& [column, seen] : columns_)
            if (seen.days > 0 && seen.others == 0) found.push_back(column);
        return found;
    }

private:
    struct Seen {
        std::size_t days = 0, others = 0;
    };
    std::map<unsigned, Seen> columns_;
};

// The options as they are for the text of a sheet.
importer::Options for_text(const importer::Options& options) {
    importer::Options given = options;
    given.sheet.reset();
    given.delimiter = "\t", given.encoding = "UTF-8";
    given.workbook.emplace();
    if (given.date_format) *given.date_format += "|YYYY-MM-DD";
    return given;
}

Survey survey(Book& book, std::size_t sheet, const importer::Options& options) {
    Survey found;
    importer::MarkEvidence texts;
    LostDates lost;
    std::vector<std::pair<std::string, Row>> kept;
    std::string trial;
    TableWriter measure('.', {}, {});
    book.read(sheet, [&](const Row& row) {
        ++found.rows;
        lost.add(row);
        for (const Cell& cell : row.cells)
            if (cell.kind == Cell::Kind::text && cell.text.size() < 40 && importer::looks_like_amount(cell.text))
                texts.add(cell.text, row.number);
        measure.append(trial, row);
        return found.rows < sample_rows && trial.size() < sample_bytes;
    });
    if (found.rows == 0) return found;
    found.decimal = options.decimal ? options.decimal->front() : decimal_of(texts);
    found.day_columns = lost.columns();
    std::size_t rows = 0;
    TableWriter writer(found.decimal, found.day_columns, {});
    book.read(sheet, [&](const Row& row) {
        writer.append(found.text, row);
        return ++rows < found.rows;
    });
    try {
        importer::draft(found.text, for_text(options), never_interrupted);
        found.is_ledger = true;
    } catch (const Error&) {
        // Whatever is wrong with it: if no other sheet is better, the importer says it of the whole.
    }
    return found;
}

struct Count {
    std::size_t rows = 0, hidden = 0;
    bool waiting = false;
};

Count count_rows(Book& book, std::size_t sheet) {
    Count count;
    book.read(sheet, [&](const Row& row) {
        ++count.rows;
        if (row.hidden) ++count.hidden;
        for (const Cell& cell : row.cells) count.waiting = count.waiting || cell.waiting;
        return true;
    });
    return count;
}

std::optional<std::size_t> named_sheet(const Book& book, const importer::Options& options) {
    if (!options.sheet) return std::nullopt;
    const auto& sheets = book.sheets();
    const std::string wanted = importer::folded(*options.sheet);
    for (std::size_t i = 0; i < sheets.size(); ++i)
        if (sheets[i].name == *options.sheet) return i;
    for (std::size_t i = 0; i < sheets.size(); ++i)
        if (importer::folded(sheets[i].name) == wanted) return i;
    std::size_t number = 0;
    const char* end = options.sheet->data() + options.sheet->size();
    if (std::from_chars(options.sheet->data(), end, number).ptr == end && number >= 1 && number <= sheets.size())
        return number - 1;
    std::string names;
    for (const auto& sheet : sheets) {
        if (names.size() > 400) {
            names += ", ...";
            break;
        }
        names += (names.empty() ? "\"" : ", \"") + importer::clipped(importer::cleaned(sheet.name), 60) + "\"";
    }
    throw Error(ErrorCode::invalid_argument,
                "the workbook has no sheet \"" + importer::clipped(*options.sheet, 60) + "\"",
                "Its sheets are " + names + ".", "Name one of them in option sheet, or leave the option out.");
}

std::string plural(std::size_t count, const char* one, const char* many) {
    return std::to_string(count) + (count == 1 ? one : many);
}

}  // namespace

Choice choose_sheet(Book& book, const importer::Options& options) {
    const auto& sheets = book.sheets();
    Choice choice;
    Survey chosen;
    Count count;
    const auto name = [&](std::size_t sheet) {
        return "\"" + importer::clipped(importer::cleaned(sheets[sheet].name), 60) + "\"";
    };
    if (const auto named = named_sheet(book, options)) {
        choice.sheet = *named;
        chosen = survey(book, *named, options);
        count = count_rows(book, *named);
    } else {
        bool found = false, any = false;
        std::string others;
        for (const bool hidden : {false, true}) {
            for (std::size_t i = 0; i < sheets.size() && i < most_surveyed && !(hidden && found); ++i) {
                if (sheets[i].hidden != hidden) continue;
                const Survey one = survey(book, i, options);
                if (!one.is_ledger) {
                    if (!any && one.rows > 0) any = true, choice.sheet = i, chosen = one;
                    continue;
                }
                const Count rows = count_rows(book, i);
                if (found && others.size() < 300)
                    others += (others.empty() ? "" : ", ") + name(rows.rows > count.rows ? choice.sheet : i);
                if (!found || rows.rows > count.rows) choice.sheet = i, chosen = one, count = rows;
                found = any = true;
            }
        }
        if (!any)
            refuse("the workbook is empty", "None of its sheets has a cell with a value.",
                   "Import a workbook with a header and rows.");
        if (!found) count = count_rows(book, choice.sheet);
        if (!others.empty())
            choice.warnings.push_back("Sheet " + name(choice.sheet) + " is read. A ledger can be read from " + others +
                                      " too; option sheet chooses.");
        if (sheets[choice.sheet].hidden)
            choice.warnings.push_back("Sheet " + name(choice.sheet) + " is hidden in the workbook.");
    }
    if (count.rows == 0) refuse("sheet " + name(choice.sheet) + " is empty", {}, "Name another one in option sheet.");
    choice.decimal = chosen.decimal, choice.day_columns = chosen.day_columns, choice.waiting = count.waiting;
    if (count.hidden > 0)
        choice.warnings.push_back(plural(count.hidden, " row of the sheet is hidden there; it is",
                                         " rows of the sheet are hidden there; they are") +
                                  " read as the others.");
    if (!choice.day_columns.empty())
        choice.warnings.push_back(
            "Column " + std::to_string(choice.day_columns.front() + 1) +
            " holds plain numbers under the header of a date. They are read as days counted from 1900.");
    return choice;
}

void write_table(Book& book, const Choice& choice, const TextSink& sink) {
    TableWriter writer(choice.decimal, choice.day_columns, book.merged(choice.sheet));
    constexpr std::size_t piece = std::size_t{1} << 16;
    std::string text;
    book.read(choice.sheet, [&](const Row& row) {
        writer.append(text, row);
        if (text.size() >= piece) sink(text), text.clear();
        return true;
    });
    sink(text);
}

}  // namespace fin::helper
