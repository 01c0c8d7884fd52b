// Workbooks of Excel 5.0 to 2003: numbers and texts of cells by freexl, which gets them in the records that it reads
// rightly; where cells are, formats, hidden rows and merged cells by the project's own light reader.
#include <algorithm>
#include <deque>
#include <optional>

#include "workbook/biff.hpp"
#include "workbook/book.hpp"
#include "workbook/bytes.hpp"
#include "workbook/compound.hpp"
#include "workbook/freexl_sheet.hpp"
#include "workbook/plain_records.hpp"
#include "workbook/refuse.hpp"
#include "workbook/utf16.hpp"
#include "workbook/xls_cells.hpp"
#include "workbook/xls_globals.hpp"

namespace fin::helper {

namespace {

const char* error_name(unsigned code) {
    switch (code) {
        case 0x00: return "#NULL!";
        case 0x07: return "#DIV/0!";
        case 0x0F: return "#VALUE!";
        case 0x17: return "#REF!";
        case 0x1D: return "#NAME?";
        case 0x24: return "#NUM!";
        default: return "#N/A";
    }
}

[[noreturn]] void refuse_other(const CompoundFile& file) {
    if (file.has("EncryptedPackage")) refuse_encrypted();
    if (file.has("WordDocument")) refuse("the file is a Word document, not a workbook");
    if (file.has("PowerPoint Document")) refuse("the file is a presentation, not a workbook");
    if (file.has("__properties_version1.0")) refuse("the file is an Outlook message, not a workbook");
    refuse("the file is an old Office file without a workbook");
}

std::string stream_of(const CompoundFile& file) {
    for (const char* name : {"Workbook", "Book"})
        if (std::string stream = file.stream(name); !stream.empty()) return stream;
    refuse_other(file);
}

// What is known of a cell before freexl has read it.
struct Asked {
    XlsCells::Place place;
    PlainPlace at;
    unsigned format = 0;
    bool error = false;
};

// Some cells of a sheet on their way through freexl.
struct Slice {
    PlainRecords records;
    std::vector<Asked> asked;
};

// Cells come one by one, rows go out.
class Rows {
public:
    Rows(const std::vector<unsigned>& hidden, const Book::Sink& sink) : hidden_(hidden), sink_(sink) {}

    // False where the sink has seen enough.
    bool begin(unsigned row) {
        if (row == row_.number) return true;
        const bool more = finish();
        row_.number = row;
        return more;
    }
    bool finish() {
        if (row_.cells.empty()) return true;
        row_.hidden = std::binary_search(hidden_.begin(), hidden_.end(), row_.number);
        const bool more = sink_(row_);
        row_.cells.clear(), texts_.clear();
        return more;
    }
    void add(Cell cell) { row_.cells.push_back(cell); }
    void add(Cell cell, std::string text) {
        texts_.push_back(std::move(text));
        cell.text = texts_.back();
        row_.cells.push_back(cell);
    }

private:
    const std::vector<unsigned>& hidden_;
    const Book::Sink& sink_;
    Row row_;
    std::deque<std::string> texts_;  // of the row
};

class XlsBook : public Book {
public:
    explicit XlsBook(const CompoundFile& file) : stream_(stream_of(file)), globals_(stream_) {
        if (file.has("_VBA_PROJECT") || file.has("dir"))
            warnings.push_back("The workbook has macros. They are not run.");
        cells_.resize(globals_.sheets.size());
    }

    const std::vector<Sheet>& sheets() const override { return globals_.sheets; }
    const char* kind() const override { return "xls"; }
    std::vector<Merged> merged(std::size_t sheet) override { return cells_of(sheet).merged; }

    void read(std::size_t sheet, const Sink& sink) override {
        const XlsCells& cells = cells_of(sheet);
        Rows rows(cells.hidden, sink);
        for (auto place = cells.places.begin(); place != cells.places.end();) {
            Slice slice;
            for (; place != cells.places.end() && slice.records.has_room(place->column); ++place) ask(slice, *place);
            if (!give(slice, rows)) return;
        }
        rows.finish();
    }

private:
    const XlsCells& cells_of(std::size_t sheet) {
        if (!cells_[sheet]) cells_[sheet] = find_cells(stream_, globals_.begins[sheet]);
        return *cells_[sheet];
    }

    void ask(Slice& slice, const XlsCells::Place& place) const {
        if (place.among_many) return ask_rk(slice, place, u32(stream_, place.offset + 2), u16(stream_, place.offset));
        const Record record = record_at(stream_, place.offset);
        const std::string_view body = record.body;
        switch (record.id) {
            case biff::number: return ask_number(slice, place, body);
            case biff::rk: return ask_rk(slice, place, u32(body, 6), u16(body, 4));
            case biff::label_shared: {
                const std::size_t index = u32(body, 6);
                if (index >= globals_.shared_texts.size())
                    refuse("the workbook is damaged: a cell refers to a text that is not there",
                           "It is in row " + std::to_string(place.row + 1) + ".");
                return ask_text(slice, place, globals_.shared_texts[index]);
            }
            case biff::label:
            case biff::rich_label: {
                RecordText text(stream_, record);
                text.skip(6);
                return ask_text(slice, place, globals_.text(text, 2));
            }
            case biff::bool_or_error: return ask_truth(slice, place, u16(body, 6) & 0xFF, u16(body, 7) & 0xFF);
            default: return ask_formula(slice, place, record);
        }
    }

    static void ask_number(Slice& slice, const XlsCells::Place& place, std::string_view body) {
        const auto at = slice.records.add_number(place.row, place.column, little(body, 6, 8));
        slice.asked.push_back({place, at, u16(body, 4)});
    }

    static void ask_rk(Slice& slice, const XlsCells::Place& place, std::uint32_t bits, unsigned format) {
        const auto at = slice.records.add_rk(place.row, place.column, bits);
        slice.asked.push_back({place, at, format});
    }

    static void ask_text(Slice& slice, const XlsCells::Place& place, std::u16string text, bool error = false) {
        if (text.empty()) return;
        const auto at = slice.records.add_text(place.row, place.column, std::move(text));
        slice.asked.push_back({place, at, 0, error});
    }

    static void ask_truth(Slice& slice, const XlsCells::Place& place, unsigned value, unsigned error) {
        ask_text(slice, place, utf16_of(error ? error_name(value) : value ? "TRUE" : "FALSE"), error != 0);
    }

    // Its stored value: a number, or a mark and what the mark means.
    void ask_formula(Slice& slice, const XlsCells::Place& place, const Record& record) const {
        const std::string_view body = record.body;
        if (u16(body, 12) != 0xFFFF) return ask_number(slice, place, body);
        const unsigned mark = u16(body, 6) & 0xFF, value = u16(body, 8) & 0xFF;
        if (mark == 1 || mark == 2) return ask_truth(slice, place, value, mark == 2);
        if (mark != 0) return;
        // The text follows, sometimes behind the formula that several cells share.
        Record next = record_at(stream_, record.next);
        for (int i = 0; i < 3 && next.id != biff::text_of_formula && next.id != 0; ++i)
            next = record_at(stream_, next.next);
        if (next.id != biff::text_of_formula) return;
        RecordText text(stream_, next);
        ask_text(slice, place, globals_.text(text, 2));
    }

    // False where the sink has seen enough.
    bool give(const Slice& slice, Rows& rows) const {
        if (slice.asked.empty()) return true;
        const FreexlSheet sheet(slice.records.workbook());
        for (const Asked& asked : slice.asked) {
            if (!rows.begin(asked.place.row + 1U)) return false;
            Cell cell;
            cell.column = asked.place.column;
            const auto value = sheet.at(asked.at.row, asked.at.column);
            if (const auto* number = std::get_if<double>(&value)) {
                add_number(rows, cell, *number, globals_.shown(asked.format));
                continue;
            }
            if (asked.error) cell.kind = Cell::Kind::error;
            std::string text(std::get<std::string_view>(value));
            for (unsigned below = 1; below < asked.at.rows; ++below)
                text += std::get<std::string_view>(sheet.at(asked.at.row + below, asked.at.column));
            rows.add(cell, std::move(text));
        }
        return true;
    }

    // A number is an amount or, by its format, a date.
    void add_number(Rows& rows, Cell cell, double number, Shown shown) const {
        cell.number = number;
        std::string day;
        if (shown == Shown::number || !append_date(day, number, globals_.since_1904, shown)) {
            cell.kind = Cell::Kind::number;
            return rows.add(cell);
        }
        cell.kind = Cell::Kind::date;
        rows.add(cell, std::move(day));
    }

    std::string stream_;
    XlsGlobals globals_;
    std::vector<std::optional<XlsCells>> cells_;  // of the sheets that have been read
};

}  // namespace

std::unique_ptr<Book> open_xls(std::string_view content) { return std::make_unique<XlsBook>(CompoundFile(content)); }

}  // namespace fin::helper
