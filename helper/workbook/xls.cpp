// Workbooks of Excel 5.0 to 2003. Why not freexl: version 1.0.6 refuses shared texts that are empty (Birmingham's card
// payments have one) without saying so, leaves out what formulas gave, and knows neither hidden rows nor merged cells.
#include <algorithm>
#include <map>

#include "importer/encoding.hpp"
#include "workbook/biff.hpp"
#include "workbook/book.hpp"
#include "workbook/bytes.hpp"
#include "workbook/compound.hpp"
#include "workbook/refuse.hpp"
#include "workbook/serial.hpp"

namespace fin::helper {

namespace {

enum Id : unsigned {
    formula = 0x06,
    end_of_part = 0x0A,
    date_mode = 0x22,
    password = 0x2F,
    code_page = 0x42,
    sheet_head = 0x85,
    many_rk = 0xBD,
    rich_label = 0xD6,
    cell_format = 0xE0,
    merged_cells = 0xE5,
    shared_texts = 0xFC,
    label_shared = 0xFD,
    number = 0x203,
    label = 0x204,
    bool_or_error = 0x205,
    text_of_formula = 0x207,
    row_head = 0x208,
    rk = 0x27E,
    number_format = 0x41E,
    begin_of_part = 0x809
};

constexpr std::size_t most_sheets = 1000, most_text = std::size_t{96} << 20;

double from_rk(std::uint32_t bits) {
    const double value = bits & 2 ? static_cast<double>(static_cast<std::int32_t>(bits) >> 2)
                                  : std::bit_cast<double>(std::uint64_t{bits & ~3U} << 32);
    return bits & 1 ? value / 100 : value;
}

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

std::string encoding_of(unsigned page) {
    if (page == 10000) return "macintosh";
    if (page >= 1250 && page <= 1258) return "windows-" + std::to_string(page);
    if (page >= 437 && page <= 950) return "cp" + std::to_string(page);
    return "windows-1252";
}

class XlsBook : public Book {
public:
    explicit XlsBook(std::string_view content) {
        const CompoundFile file(content);
        stream_ = file.stream("Workbook");
        if (stream_.empty()) stream_ = file.stream("Book");
        if (stream_.empty()) refuse_other(file);
        if (file.has("_VBA_PROJECT") || file.has("dir"))
            warnings.push_back("The workbook has macros. They are not run.");
        read_globals();
        hidden_.resize(sheets_.size());
        merged_.resize(sheets_.size());
        cells_.resize(sheets_.size());
        known_.resize(sheets_.size());
    }

    const std::vector<Sheet>& sheets() const override { return sheets_; }
    const char* kind() const override { return "xls"; }
    std::vector<Merged> merged(std::size_t sheet) override { return merged_[sheet]; }

    void read(std::size_t sheet, const Sink& sink) override {
        if (!known_[sheet]) find_cells(sheet);
        Row row;
        texts_.clear();
        const auto give = [&] {
            for (std::size_t i = 0, text = 0; i < row.cells.size(); ++i)
                if (own_[i]) row.cells[i].text = texts_[text++];
            row.hidden = std::binary_search(hidden_[sheet].begin(), hidden_[sheet].end(), row.number);
            const bool more = row.cells.empty() || sink(row);
            row.cells.clear(), texts_.clear(), own_.clear();
            return more;
        };
        for (const Place& place : cells_[sheet]) {
            if (place.row + 1U != row.number) {
                if (!give()) return;
                row.number = place.row + 1U;
            }
            add(row, place);
        }
        give();
    }

private:
    struct Place {
        std::uint32_t offset;  // of the record; of one number among many: of its six bytes
        std::uint16_t row, column;
        bool among_many;
    };

    [[noreturn]] static void refuse_other(const CompoundFile& file) {
        if (file.has("EncryptedPackage")) refuse_encrypted();
        if (file.has("WordDocument")) refuse("the file is a Word document, not a workbook");
        if (file.has("PowerPoint Document")) refuse("the file is a presentation, not a workbook");
        if (file.has("__properties_version1.0")) refuse("the file is an Outlook message, not a workbook");
        refuse("the file is an old Office file without a workbook");
    }
    [[noreturn]] static void refuse_encrypted() {
        refuse("the workbook is encrypted", "It asks for a password.", "Save it without a password and import that.");
    }

    void read_globals() {
        Record record = record_at(stream_, 0);
        if (record.id != begin_of_part)
            refuse("the workbook is damaged or cut off", "Its first record is not the one it should be.");
        wide_ = u16(record.body, 0) >= 0x600;
        std::map<unsigned, Shown> codes;
        for (record = record_at(stream_, record.next); record.id != 0 && record.id != end_of_part;
             record = record_at(stream_, record.next)) {
            switch (record.id) {
                case password: refuse_encrypted();
                case date_mode: since_1904_ = u16(record.body, 0) == 1; break;
                case code_page: encoding_ = encoding_of(u16(record.body, 0)); break;
                case number_format: {
                    RecordText text(stream_, record);
                    const auto id = static_cast<unsigned>(text.number(2));
                    codes[id] = shown_by(read_text(text, wide_ ? 2 : 1));
                    break;
                }
                case cell_format: formats_.push_back(u16(record.body, 2)); break;
                case sheet_head: add_sheet(record); break;
                case shared_texts: read_shared(record); break;
                default: break;
            }
        }
        for (const unsigned id : formats_) {
            const auto code = codes.find(id);
            shown_.push_back(code == codes.end() ? shown_by_builtin(id) : code->second);
        }
        if (sheets_.empty()) refuse("the workbook has no sheet of cells");
    }

    void add_sheet(const Record& record) {
        RecordText text(stream_, record);
        const auto begin = static_cast<std::uint32_t>(text.number(4));
        const auto state = text.number(1), type = text.number(1);
        if (type != 0) return;  // charts and macros
        if (sheets_.size() >= most_sheets) too_much("the workbook has too many sheets", "It has more than 1000.");
        begins_.push_back(begin);
        sheets_.push_back({read_text(text, 1), (state & 3) != 0});
    }

    // A length of one or two bytes and a text, with all that may stand between and behind in BIFF 8.
    std::string read_text(RecordText& text, std::size_t length_bytes) const {
        const std::size_t length = text.number(length_bytes);
        if (!wide_) {
            std::string bytes;
            for (std::size_t i = 0; i < length && !text.at_end(); ++i) bytes += static_cast<char>(text.number(1));
            importer::TextSource source(bytes, encoding_);
            while (source.extend()) continue;
            return std::string(source.window());
        }
        const auto flags = text.number(1);
        const auto runs = flags & 8 ? text.number(2) : 0;
        const auto more = flags & 4 ? text.number(4) : 0;
        std::string result = text.characters(length, flags & 1);
        text.skip(runs * 4 + more);
        return result;
    }

    void read_shared(const Record& record) {
        RecordText text(stream_, record);
        text.skip(4);
        const auto count = text.number(4);
        std::size_t bytes = 0;
        while (shared_.size() < count && !text.at_end()) {
            shared_.push_back(read_text(text, 2));
            bytes += shared_.back().size() + sizeof(std::string);
            if (bytes > most_text)
                too_much("the workbook has too much text",
                         "The texts of its cells take more than " + std::to_string(most_text >> 20) + " MB.");
        }
    }

    // Where the cells are. Programs other than Excel write them in any order.
    void find_cells(std::size_t sheet) {
        auto& cells = cells_[sheet];
        const std::string_view stream = stream_;
        std::size_t at = begins_[sheet];
        Record record = record_at(stream, at);
        if (record.id != begin_of_part)
            refuse("the workbook is damaged or cut off", "A sheet is not where it should be.");
        for (int inside = 1; inside > 0;) {
            at = record.next;
            record = record_at(stream, at);
            if (record.id == 0) break;
            if (record.id == begin_of_part) ++inside;  // a chart within the sheet
            if (record.id == end_of_part) --inside;
            if (inside != 1) continue;
            const std::string_view body = record.body;
            switch (record.id) {
                case formula:
                case number:
                case label:
                case rich_label:
                case label_shared:
                case bool_or_error:
                case rk: cells.push_back({static_cast<std::uint32_t>(at), u16(body, 0), u16(body, 2), false}); break;
                case many_rk:
                    for (std::size_t i = 4, column = u16(body, 2);
                         i + 6 <= body.size() - std::min<std::size_t>(2, body.size()); i += 6, ++column)
                        cells.push_back({static_cast<std::uint32_t>(at + 4 + i), u16(body, 0),
                                         static_cast<std::uint16_t>(column), true});
                    break;
                case row_head:
                    if (u16(body, 12) & 0x20) hidden_[sheet].push_back(u16(body, 0) + 1U);
                    break;
                case merged_cells:
                    for (std::size_t i = 2; i + 8 <= body.size(); i += 8)
                        if (u16(body, i + 2) > u16(body, i))
                            merged_[sheet].push_back({u16(body, i) + 1U, u16(body, i + 2) + 1U, u16(body, i + 4)});
                    break;
                default: break;
            }
        }
        std::sort(hidden_[sheet].begin(), hidden_[sheet].end());
        const auto before = [](const Place& a, const Place& b) {
            return std::pair(a.row, a.column) < std::pair(b.row, b.column);
        };
        if (!std::is_sorted(cells.begin(), cells.end(), before)) std::stable_sort(cells.begin(), cells.end(), before);
        // Of a cell that stands twice the last counts, as in Excel.
        const auto same = [](const Place& a, const Place& b) { return a.row == b.row && a.column == b.column; };
        cells.erase(cells.begin(), std::unique(cells.rbegin(), cells.rend(), same).base());
        known_[sheet] = true;
    }

    void add_number(Row& row, Cell& cell, double value, unsigned format) {
        cell.number = value;
        cell.kind = Cell::Kind::number;
        const Shown shown = format < shown_.size() ? shown_[format] : Shown::number;
        std::string day;
        if (shown != Shown::number && append_date(day, value, since_1904_, shown)) {
            cell.kind = Cell::Kind::date;
            return add_text(row, cell, std::move(day));
        }
        row.cells.push_back(cell), own_.push_back(false);
    }

    void add_text(Row& row, Cell& cell, std::string text) {
        if (text.empty()) return;
        texts_.push_back(std::move(text));
        row.cells.push_back(cell), own_.push_back(true);
    }

    void add(Row& row, const Place& place) {
        Cell cell;
        cell.column = place.column;
        if (place.among_many)
            return add_number(row, cell, from_rk(u32(stream_, place.offset + 2)), u16(stream_, place.offset));
        const Record record = record_at(stream_, place.offset);
        const std::string_view body = record.body;
        const unsigned format = u16(body, 4);
        switch (record.id) {
            case number: return add_number(row, cell, f64(body, 6), format);
            case rk: return add_number(row, cell, from_rk(u32(body, 6)), format);
            case label_shared: {
                const std::size_t index = u32(body, 6);
                if (index >= shared_.size())
                    refuse("the workbook is damaged: a cell refers to a text that is not there",
                           "It is in row " + std::to_string(row.number) + ".");
                return add_text(row, cell, shared_[index]);
            }
            case label:
            case rich_label: {
                RecordText text(stream_, record);
                text.skip(6);
                return add_text(row, cell, read_text(text, 2));
            }
            case bool_or_error: return add_truth(row, cell, u16(body, 6) & 0xFF, u16(body, 7) & 0xFF);
            default: return add_formula(row, cell, record, format);
        }
    }

    void add_truth(Row& row, Cell& cell, unsigned value, unsigned error) {
        if (error) cell.kind = Cell::Kind::error;
        add_text(row, cell, error ? error_name(value) : value ? "TRUE" : "FALSE");
    }

    // Its stored value: a number, or a mark and what the mark means.
    void add_formula(Row& row, Cell& cell, const Record& record, unsigned format) {
        const std::string_view body = record.body;
        if (u16(body, 12) != 0xFFFF) return add_number(row, cell, f64(body, 6), format);
        const unsigned mark = u16(body, 6) & 0xFF, value = u16(body, 8) & 0xFF;
        if (mark == 1 || mark == 2) return add_truth(row, cell, value, mark == 2);
        if (mark != 0) return;
        // The text follows, sometimes behind the formula that several cells share.
        Record next = record_at(stream_, record.next);
        for (int i = 0; i < 3 && next.id != text_of_formula && next.id != 0; ++i) next = record_at(stream_, next.next);
        if (next.id != text_of_formula) return;
        RecordText text(stream_, next);
        add_text(row, cell, read_text(text, 2));
    }

    std::string stream_, encoding_ = "windows-1252";
    bool wide_ = true, since_1904_ = false;
    std::vector<Sheet> sheets_;
    std::vector<std::uint32_t> begins_;
    std::vector<unsigned> formats_;
    std::vector<Shown> shown_;
    std::vector<std::string> shared_;
    std::vector<std::vector<unsigned>> hidden_;
    std::vector<std::vector<Merged>> merged_;
    std::vector<std::vector<Place>> cells_;
    std::vector<bool> known_;
    std::vector<std::string> texts_;  // of the row at hand, in the order of its cells
    std::vector<bool> own_;           // which cells of the row have their text there
};

}  // namespace

std::unique_ptr<Book> open_xls(std::string_view content) { return std::make_unique<XlsBook>(content); }

}  // namespace fin::helper
