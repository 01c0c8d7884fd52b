// The parts of an XLSX workbook that its sheets lean on: the list of sheets, texts that cells share.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workbook/archive.hpp"
#include "workbook/book.hpp"

namespace fin::helper {

struct XlsxOutline {
    std::vector<Sheet> sheets;
    std::vector<std::string> parts;                          // of each sheet
    std::vector<std::pair<std::string, std::string>> names;  // defined names of the whole workbook and what they mean
    std::string shared_strings, styles;                      // parts; empty: none
    bool since_1904 = false, macros = false;
};

// Throws Error{bad_data} that says what the archive is where it is no XLSX workbook.
XlsxOutline read_outline(const Archive& archive);

class SharedStrings {
public:
    void read(const Archive& archive, const std::string& part);
    std::size_t size() const { return ends_.size(); }
    std::string_view operator[](std::size_t index) const {
        const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
        return std::string_view(texts_).substr(begin, ends_[index] - begin);
    }

private:
    friend class SharedStringsEvents;
    std::string texts_;
    std::vector<std::uint32_t> ends_;
};

}  // namespace fin::helper
