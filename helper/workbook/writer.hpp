// Writes rows of a sheet as lines of a text table.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "workbook/book.hpp"

namespace fin::helper {

inline constexpr unsigned most_used_columns = 1000;  // as many as the importer takes

class TableWriter {
public:
    TableWriter(char decimal, std::vector<unsigned> day_columns, const std::vector<Merged>& merged);
    // Appends the lines up to and with this row.
    void append(std::string& out, const Row& row);

private:
    void append_cell(std::string& out, const Cell& cell) const;
    void append_text(std::string& out, std::string_view text) const;

    struct Open {
        unsigned last_row;
        std::string written;
    };
    char decimal_;
    std::vector<unsigned> day_columns_;
    std::multimap<unsigned, Merged> merged_;  // by their first row
    std::map<unsigned, Open> open_;           // by column: merged cells that reach into the rows to come
    unsigned lines_ = 0;
};

}  // namespace fin::helper
