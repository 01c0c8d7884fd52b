// Reads a file's data records one by one as a plan says: stored, skipped, or refused with the place named.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "importer/date.hpp"
#include "importer/importer.hpp"
#include "importer/number.hpp"
#include "importer/scanner.hpp"

namespace fin::importer {

// A record that does not say what it must.
class BadRow : public Error {
public:
    BadRow(std::size_t row, int line, std::string column, std::string_view value, const std::string& problem,
           std::string hint);
    std::size_t row;
    std::string column, value;
};

class RowReader {
public:
    enum class Outcome { end, stored, skipped };

    RowReader(std::string_view content, const Plan& plan, const InterruptCheck& check = never_interrupted);

    // The next data record. Its texts live until release(). Throws BadRow and can go on with the next record.
    Outcome next(ledger::Row& row);
    void release();

    std::size_t records() const { return row_no_; }
    const Record& record() const { return record_; }  // of the last call
    // Where exactly one record says what the account held before: "Beginning Balance".
    std::optional<ledger::Money> opening() const;
    std::size_t repaired() const { return repaired_; }  // records whose date and amount were written as one
    std::size_t without_date_and_amount() const { return empty_; }

private:
    struct Cash {
        bool given = false, bad = false;
        ledger::Money money;
        std::string_view currency;
        std::size_t column = 0;  // where it is bad
    };
    std::string_view field(std::optional<std::size_t> column) const;
    Cash cash(bool dated);
    Cash amount_in(std::size_t column) const;
    bool moved_nothing();
    bool is_total_row(bool dated);
    bool repair();
    Outcome without_date(const Cash& cash);
    [[noreturn]] void refuse(std::size_t column, const std::string& problem, std::string hint);
    [[noreturn]] void refuse_at(std::size_t column, const std::string& header, std::string_view value,
                                const std::string& problem, std::string hint);
    [[noreturn]] void refuse_amount(std::size_t column);
    std::string_view text(std::optional<std::size_t> column);
    std::string_view keep(std::string_view text);
    std::string_view currency_of(std::string_view raw);

    const Plan& plan_;
    Scanner scanner_;
    Record record_;
    DateFormat format_;
    std::vector<Marks> marks_;
    std::optional<std::size_t> date_, amount_, debit_, credit_, type_, category_, counterparty_, description_, account_,
        currency_, balance_, status_, fee_, group_;
    std::size_t row_no_ = 0, repaired_ = 0, empty_ = 0;
    std::string last_date_;
    ledger::Day last_day_ = 0;
    std::map<std::string, std::string, std::less<>> currencies_;  // raw to code; codes live as long as the reader
    std::map<std::string, int, std::less<>> directions_;          // type values: -1, 0 unknown, 1
    std::map<std::string, bool, std::less<>> voids_, holds_;
    std::string group_name_;
    std::deque<std::string> groups_;
    std::size_t openings_ = 0;
    ledger::Money opening_;
    std::vector<std::unique_ptr<char[]>> blocks_;  // texts of the batch that are no views of the content
    std::size_t block_ = 0, block_used_ = 0;
    std::deque<std::string> long_texts_;
};

}  // namespace fin::importer
