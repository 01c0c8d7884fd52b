// freexl over a workbook of one sheet that lies in memory.
#pragma once
#include <string_view>
#include <variant>

namespace fin::helper {

class FreexlSheet {
public:
    // Throws Error{bad_data} where freexl does not take the workbook, std::bad_alloc where it has no memory for it.
    explicit FreexlSheet(std::string_view workbook);
    ~FreexlSheet();
    FreexlSheet(const FreexlSheet&) = delete;
    FreexlSheet& operator=(const FreexlSheet&) = delete;

    // A number, or a text that lives as long as this. Row and column from 0. Throws Error{bad_data} for an empty cell.
    std::variant<double, std::string_view> at(unsigned row, unsigned column) const;

    // What freexl needs of the file system: the C library's converter from UTF-16. Runs before the filter of system
    // calls is set.
    static void prepare();

private:
    const void* workbook_ = nullptr;
};

}  // namespace fin::helper
