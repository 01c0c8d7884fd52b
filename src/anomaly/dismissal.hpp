// Findings that a person has put aside: they are not listed again.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "anomaly/finding.hpp"

namespace fin::anomaly {

// A row as it is known in other reports: by what was paid to whom and when.
struct Payment {
    ledger::Day booked_on = 0;
    ledger::Money amount;
    std::string counterparty;       // any spelling
    std::optional<int> occurrence;  // which of several equal rows, from 1; absent: any
};

// Which finding of the kind is meant: by its row, by the payment, or by its key where no row stands for it.
struct Dismissal {
    Kind kind = Kind::duplicate;
    std::optional<std::int32_t> row_no = {};  // number of the record in the source, as fin_anomalies shows it
    std::optional<std::string> key = {};      // of a finding without a row: key_of
    std::optional<Payment> payment = {};      // read where row_no is absent
};

// What a finding without a row is known by, in every analysis of the same rows: category, counterparty and date, as in
// "Rent | Harbor Estates | 2023-04-01"; an absent text is empty.
std::string key_of(const Finding& finding, const ledger::Ledger& ledger);

// Whether one of the dismissals means this finding.
bool is_dismissed(const Finding& finding, const ledger::Ledger& ledger, const std::vector<Dismissal>& dismissed);

}  // namespace fin::anomaly
