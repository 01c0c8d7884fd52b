// Records of old Excel workbooks (BIFF 5 and 8) and the texts in them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fin::helper {

namespace biff {
enum Id : unsigned {
    formula = 0x06,
    end_of_part = 0x0A,
    date_mode = 0x22,
    password = 0x2F,
    goes_on = 0x3C,
    code_page = 0x42,
    sheet_head = 0x85,
    many_rk = 0xBD,
    rich_label = 0xD6,
    cell_format = 0xE0,
    merged_cells = 0xE5,
    shared_texts = 0xFC,
    label_shared = 0xFD,
    size_of_sheet = 0x200,
    number = 0x203,
    label = 0x204,
    bool_or_error = 0x205,
    text_of_formula = 0x207,
    row_head = 0x208,
    rk = 0x27E,
    number_format = 0x41E,
    begin_of_part = 0x809
};
}  // namespace biff

struct Record {
    unsigned id = 0;
    std::string_view body;
    std::size_t next = 0;  // where the next record begins
};

// Throws Error{bad_data} for a record that is longer than the stream. id 0: the stream is at its end.
Record record_at(std::string_view stream, std::size_t at);

// A text and what may go on in records behind it. A text that is cut by the end of a record goes on behind a byte that
// tells anew how wide its characters are.
class RecordText {
public:
    RecordText(std::string_view stream, const Record& first);
    bool at_end() const { return part_ >= parts_.size(); }
    std::uint64_t number(std::size_t bytes);
    void skip(std::uint64_t bytes);
    // `length` characters of UTF-16, each written in one byte or two.
    std::u16string characters(std::size_t length, bool wide);

private:
    void settle();  // over the ends of parts
    std::vector<std::string_view> parts_;
    std::size_t part_ = 0, at_ = 0;
};

}  // namespace fin::helper
