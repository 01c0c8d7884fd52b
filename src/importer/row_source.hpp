// Where a file's rows come from, whatever its format: what preview and read ask, and what a bad record is told as.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "importer/importer.hpp"

namespace fin::importer {

// A record that does not say what it must.
class BadRow : public Error {
public:
    // Of a table: "row 2, column "Amount": "12x" is not an amount".
    BadRow(std::size_t row, int line, std::string column, std::string_view value, const std::string& problem,
           std::string hint);
    // Of a bank's format: "entry 2, field "TRNAMT": "12x" is not an amount".
    static BadRow of_entry(std::size_t entry, std::size_t line, std::string field, std::string_view value,
                           const std::string& problem, std::string hint);
    std::size_t row;
    std::string column, value;

private:
    BadRow(const std::string& message, const std::string& detail, std::string hint, std::size_t row, std::string column,
           std::string_view value);
};

class RowSource {
public:
    enum class Outcome { end, stored, skipped };

    RowSource() = default;
    RowSource(const RowSource&) = delete;
    RowSource& operator=(const RowSource&) = delete;
    virtual ~RowSource() = default;

    // The next data record. Its texts live until release(). Throws BadRow and can go on with the next record.
    virtual Outcome next(ledger::Row& row) = 0;
    virtual void release() = 0;
    // The texts of the last record as they stand in the file, one for each column of the plan.
    virtual const std::vector<std::string_view>& fields() const = 0;
};

// The reader of the plan's format.
std::unique_ptr<RowSource> open_rows(std::string_view content, const Plan& plan, const InterruptCheck& check);

}  // namespace fin::importer
