// What an old workbook says of itself before its sheets: their names and places, shared texts, formats, encoding.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/biff.hpp"
#include "workbook/book.hpp"
#include "workbook/serial.hpp"

namespace fin::helper {

class XlsGlobals {
public:
    // The stream of records. Throws Error{bad_data} where it is damaged or encrypted or has no sheet of cells, and
    // Error{limit_exceeded} for too many sheets or too much text.
    explicit XlsGlobals(std::string_view stream);

    // A text behind its length of one or two bytes, with all that may stand between and behind in BIFF 8.
    std::u16string text(RecordText& record, std::size_t length_bytes) const;
    // What a cell format makes of numbers.
    Shown shown(unsigned format) const { return format < shown_.size() ? shown_[format] : Shown::number; }

    std::vector<Sheet> sheets;
    std::vector<std::uint32_t> begins;  // of each sheet's records
    std::vector<std::u16string> shared_texts;
    bool since_1904 = false;

private:
    void add_sheet(std::string_view stream, const Record& record);
    void read_shared_texts(std::string_view stream, const Record& record);

    std::string encoding_ = "windows-1252";  // of BIFF 5
    bool wide_ = true;                       // BIFF 8
    std::vector<Shown> shown_;
};

[[noreturn]] void refuse_encrypted();

}  // namespace fin::helper
