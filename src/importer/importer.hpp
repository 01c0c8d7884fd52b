// A file of transactions, a delimited table or one of the banks' formats, becomes ledger rows: first examined as a
// whole, then read in batches.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "interrupt.hpp"
#include "ledger/ledger.hpp"

namespace fin::importer {

// What a text table was made of where it is a sheet: line n of the text is row n of the sheet.
struct Workbook {
    std::string kind;  // "xlsx"
    std::string sheet;
    std::vector<std::string> sheets;  // all of the workbook
    std::optional<Error> unreadable;  // why there is no text
};

// What the caller says about the file; each is detected when absent.
struct Options {
    std::optional<std::string> delimiter;    // one character
    std::optional<std::string> encoding;     // an ICU converter name
    std::optional<std::string> decimal;      // "." or ","
    std::optional<std::string> date_format;  // of D, DD, M, MM, MON, YY, YYYY and separators: "DD.MM.YYYY"
    std::optional<int> header_row;           // 1-based line of the header; 0: none
    // Columns by header text or 1-based number, as text; empty: detect.
    struct Columns {
        std::string date, amount, debit, credit, category, counterparty, description, account, currency, balance,
            status;
    } columns;
    std::optional<std::string> sign;  // "as_is", "inverted", "expenses" (all unsigned amounts are outflows)
    std::optional<ledger::Money> opening_balance;
    std::optional<std::string> currency;   // of rows that name none
    std::optional<std::string> sheet;      // workbooks only; refused for text
    std::optional<std::string> duplicate;  // "existing" (default) or "new"; read by fin_import, not here

    // Not said by the caller but known before the text is read; no part of the JSON.
    std::optional<Workbook> workbook;
    std::vector<std::string> notes;  // first of the warnings

    // From a JSON object. Throws Error{invalid_argument} naming an unknown key, a wrong type or a bad value.
    static Options parse(std::string_view json);
    // The same options as JSON with sorted keys: equal options give equal text.
    std::string canonical() const;
};

enum class Role {
    none,
    date,
    amount,
    debit,
    credit,
    type,
    category,
    counterparty,
    description,
    account,
    currency,
    balance,
    status,
    fee,    // taken off the amount: what the account loses besides it
    group,  // cells that stand alone in their row and name the account of the rows below
};

struct Column {
    std::string header;  // as in the file, trimmed; "column 3" where there is no header
    Role role = Role::none;
    std::optional<char> decimal;   // money columns: '.' or ','
    std::optional<char> grouping;  // money columns: ',', '.', '\'' or ' ' (any kind of space)
};

// How the file is to be read. Plain values: the same plan reads the same bytes the same way.
struct Plan {
    std::string format = "delimited";  // or a bank's format: ofx, qif, mt940, camt053, 1c (bank/bank.hpp)
    std::string encoding;              // ICU converter name
    char delimiter = ',';
    char quote = '"';
    int header_row = 0;  // 1-based line; 0: none
    std::string date_format;
    std::string currency;                    // of rows that name none; empty: unknown
    std::string sign;                        // as_is, inverted, expenses, by_type, debit_credit, by_account (1c)
    std::vector<Column> columns;             // of a bank's format its fields
    std::vector<std::string> outflow_words;  // sign by_type: folded values of the type column that mean money out
    bool negative_debits = false;            // sign debit_credit: debits carry a minus or parentheses already
    bool balance_before = false;             // the balance column tells the balance before its row
    std::size_t records = 0;                 // data records, skipped ones counted
    std::size_t skipped = 0;                 // failed, pending and total rows: not stored
    std::vector<std::string> warnings;
    std::optional<ledger::Money> opening_balance;  // from the options, or what a balance column says
    std::optional<Workbook> workbook;
};

// Reads the whole file once. Throws Error{bad_data} naming row, column, value and what was expected; Error{bad_data}
// with a hint that names the option where two readings fit and the file cannot decide; Error{bad_data} with the reason
// for a file that is no ledger (no dates, a single total per supplier, binary, empty).
// Memory: independent of the file's length.
Plan examine(std::string_view content, std::string_view filename, const Options& options,
             const InterruptCheck& check = never_interrupted);

// The plan as a JSON object: dialect, columns, records, skipped, warnings; stored with the report.
std::string describe(const Plan& plan);

// Reads the rows that are stored, in file order, batch by batch; the views of a batch live until the sink returns.
// Texts are valid UTF-8 without NUL or control characters. row_no counts data records from 1; skipped ones keep theirs.
void read(std::string_view content, const Plan& plan, const std::function<void(const std::vector<ledger::Row>&)>& sink,
          const InterruptCheck& check = never_interrupted, std::size_t batch = 1000);

// The preview document (JSON object): dialect{encoding, delimiter, quote, header_row, date_format, sign, currency} (of
// a workbook {format, sheet, sheets, header_row, ...}),
// columns[{header, role, decimal, grouping}], samples[up to 5 {row_no, raw{header: text}, parsed{booked_on, amount,
// currency, category, counterparty, account, description, balance}}], rows, skipped, period{from, to}, totals
// {inflow, outflow, by currency}, errors[{row, column, value, message, hint}], warnings[]. Never throws for bad
// content: it goes into errors, up to 20 of them.
std::string preview(std::string_view content, std::string_view filename, const Options& options,
                    const InterruptCheck& check = never_interrupted);

}  // namespace fin::importer
