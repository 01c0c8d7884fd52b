// Where a table's header is and what its columns mean, judged by header words and by what the columns hold.
#pragma once
#include <string>
#include <vector>

#include "importer/importer.hpp"
#include "importer/sample.hpp"

namespace fin::importer {

struct Layout {
    int header_row = 0;  // 1-based line; 0: none
    std::vector<Column> columns;
    bool spending = false;        // the headers are those of a list of payments made
    bool not_english = false;     // some header is Russian, German or Dutch
    bool balance_before = false;  // known from the rows where there is no header
};

// Throws Error{bad_data} for a table that is no ledger, Error{invalid_argument} for options that name columns the file
// does not have.
Layout detect_layout(const Sample& sample, const Options& options, const InterruptCheck& check = never_interrupted);

// How many neighbouring rows agree with each reading of a balance column, in either order of time.
struct Reconciliation {
    std::size_t pairs = 0, after = 0, before = 0;
};
struct BalancedRow {
    std::int64_t amount, balance;
};
Reconciliation reconcile(const std::vector<BalancedRow>& rows);

}  // namespace fin::importer
