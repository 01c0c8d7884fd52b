// Reads the rows a plan says are stored, batch by batch.
#include "importer/importer.hpp"
#include "importer/row_reader.hpp"

namespace fin::importer {

void read(std::string_view content, const Plan& plan, const std::function<void(const std::vector<ledger::Row>&)>& sink,
          const InterruptCheck& check, std::size_t batch) {
    if (batch == 0) batch = 1;
    RowReader reader(content, plan);
    Pulse pulse(check);
    std::vector<ledger::Row> rows;
    rows.reserve(batch);
    ledger::Row row;
    for (;;) {
        pulse();
        const auto outcome = reader.next(row);
        if (outcome == RowReader::Outcome::stored) rows.push_back(row);
        if (!rows.empty() && (rows.size() == batch || outcome == RowReader::Outcome::end)) {
            sink(rows);
            rows.clear();
            reader.release();
        }
        if (outcome == RowReader::Outcome::end) return;
    }
}

}  // namespace fin::importer
