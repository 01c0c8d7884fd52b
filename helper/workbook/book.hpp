// What every kind of workbook is read as: sheets of rows of cells.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fin::helper {

inline constexpr unsigned most_rows = 1'048'576, most_columns = 16'384;  // what a sheet can have

struct Cell {
    enum class Kind : unsigned char { number, text, date, error };
    unsigned column = 0;  // from 0
    Kind kind = Kind::text;
    bool waiting = false;   // a formula without a stored value
    double number = 0;      // of numbers, and of dates the serial
    std::string_view text;  // of all but numbers; lives until the sink returns
};

struct Row {
    unsigned number = 0;  // from 1, as the person sees it
    bool hidden = false;
    std::vector<Cell> cells;  // in the order of columns, each at most once, none empty
};

// Rows and columns from 1 and 0, both ends included.
struct Merged {
    unsigned first_row = 0, last_row = 0, column = 0;
};

struct Sheet {
    std::string name;
    bool hidden = false;
};

class Book {
public:
    virtual ~Book() = default;
    virtual const std::vector<Sheet>& sheets() const = 0;
    // Rows that have cells, in order. The sink returns false where it has seen enough.
    using Sink = std::function<bool(const Row&)>;
    virtual void read(std::size_t sheet, const Sink& sink) = 0;
    // Cells merged over several rows, known once the sheet has been read to its end.
    virtual std::vector<Merged> merged(std::size_t) { return {}; }
    // Formulas without stored values of a sheet are computed; what read() gives from then on has their values.
    virtual void compute(std::size_t) {}
    virtual const char* kind() const = 0;  // "an XLSX workbook"
    std::vector<std::string> warnings;
};

std::unique_ptr<Book> open_xlsx(std::string_view content);
std::unique_ptr<Book> open_xls(std::string_view content);

}  // namespace fin::helper
