// Reads the rows a plan says are stored, batch by batch.
#include "importer/bank/bank.hpp"
#include "importer/importer.hpp"
#include "importer/row_reader.hpp"
#include "importer/row_source.hpp"

namespace fin::importer {

namespace {

constexpr std::size_t most_bytes = 4 << 20;

}  // namespace

std::unique_ptr<RowSource> open_rows(std::string_view content, const Plan& plan, const InterruptCheck& check) {
    if (plan.format != "delimited") return bank::open_rows(content, plan, check);
    return std::make_unique<RowReader>(content, plan, check);
}

void read(std::string_view content, const Plan& plan, const std::function<void(const std::vector<ledger::Row>&)>& sink,
          const InterruptCheck& check, std::size_t batch) {
    if (batch == 0) batch = 1;
    const auto reader = open_rows(content, plan, check);
    Pulse pulse(check);
    std::size_t bytes = 0;  // of the batch's texts: a thousand rows may be a gigabyte
    std::vector<ledger::Row> rows;
    rows.reserve(batch);
    ledger::Row row;
    for (;;) {
        pulse();
        const auto outcome = reader->next(row);
        if (outcome == RowSource::Outcome::stored) {
            rows.push_back(row);
            bytes += row.category.size() + row.counterparty.size() + row.account.size() + row.description.size();
        }
        const bool full = rows.size() == batch || bytes >= most_bytes || outcome == RowSource::Outcome::end;
        if (full && !rows.empty()) {
            check();
            sink(rows);
            rows.clear();
            bytes = 0;
            reader->release();
        }
        if (outcome == RowSource::Outcome::end) return;
    }
}

}  // namespace fin::importer
