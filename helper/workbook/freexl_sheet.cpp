#include "workbook/freexl_sheet.hpp"

#include <freexl.h>
#include <iconv.h>

#include <cstdio>
#include <new>
#include <string>

#include "workbook/refuse.hpp"

namespace {

// freexl opens a workbook by its name, and pg_fin_helper may open no file. So the linker gives freexl this fopen()
// (helper/CMakeLists.txt), which knows one name more than the C library's.
constexpr const char* in_memory = "the workbook in memory";
thread_local std::string_view at_hand;

}  // namespace

extern "C" {
std::FILE* __real_fopen(const char* path, const char* mode);   // NOLINT(bugprone-reserved-identifier)
std::FILE* __wrap_fopen(const char* path, const char* mode);   // NOLINT(bugprone-reserved-identifier)
std::FILE* __wrap_fopen(const char* path, const char* mode) {  // NOLINT(bugprone-reserved-identifier)
    if (path != in_memory) return __real_fopen(path, mode);
    return fmemopen(const_cast<char*>(at_hand.data()), at_hand.size(), "rb");  // which writes nothing
}
}

namespace fin::helper {

namespace {

[[noreturn]] void refuse_by(int code) {
    if (code == FREEXL_INSUFFICIENT_MEMORY) throw std::bad_alloc();
    refuse("the workbook cannot be read", "The library freexl gave up with code " + std::to_string(code) + ".");
}

}  // namespace

FreexlSheet::FreexlSheet(std::string_view workbook) {
    at_hand = workbook;
    const int code = freexl_open(in_memory, &workbook_);
    at_hand = {};
    // Where its file cannot be opened it leaves the workbook behind; elsewhere it may call what failed a success.
    if (code != FREEXL_OK || !workbook_) {
        freexl_close(workbook_);
        refuse_by(code);
    }
    if (const int chosen = freexl_select_active_worksheet(workbook_, 0); chosen != FREEXL_OK) {
        freexl_close(workbook_);
        refuse_by(chosen);
    }
}

FreexlSheet::~FreexlSheet() { freexl_close(workbook_); }

std::variant<double, std::string_view> FreexlSheet::at(unsigned row, unsigned column) const {
    FreeXL_CellValue cell{};
    const int code = freexl_get_cell_value(workbook_, row, static_cast<unsigned short>(column), &cell);
    if (code != FREEXL_OK) refuse_by(code);
    switch (cell.type) {
        case FREEXL_CELL_INT: return static_cast<double>(cell.value.int_value);
        case FREEXL_CELL_DOUBLE: return cell.value.double_value;
        case FREEXL_CELL_TEXT:
        case FREEXL_CELL_SST_TEXT: return std::string_view(cell.value.text_value);
        default: refuse("the workbook cannot be read", "The library freexl lost a cell.");
    }
}

void FreexlSheet::prepare() {
    // Whoever asks for it again gets it from memory, as long as it is not given back.
    [[maybe_unused]] static const iconv_t kept = iconv_open("UTF-8", "UTF-16LE");
}

}  // namespace fin::helper
