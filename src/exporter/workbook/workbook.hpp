// A report as an XLSX workbook: sheets with native charts, conditions, filters, formulas and a pivot table.
// Why no library: Debian's libxlsxwriter writes temporary files and no pivot tables; this streams rows into a ZIP
// archive, holds none of them and needs no file.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "exporter/pages.hpp"
#include "exporter/workbook/zip_writer.hpp"
#include "ledger/money.hpp"

namespace fin::exporter {

struct TransactionRow {
    std::int64_t row_no = 0;
    std::string_view booked_on;  // 2017-03-31
    ledger::Money amount;
    std::string_view currency, category, kind, counterparty, account, description;
};

// Rows of a sheet less its head.
inline constexpr std::size_t most_transactions = 1'048'575;

class Workbook {
public:
    // report and setting must outlive the workbook.
    Workbook(ZipWriter::Sink sink, const Report& report, const Setting& setting);
    ~Workbook();
    Workbook(const Workbook&) = delete;
    Workbook& operator=(const Workbook&) = delete;

    // Every transaction, then finish(). Throws Error{limit_exceeded} for more than a sheet holds.
    void add(const TransactionRow& row);
    void finish(std::string_view created);  // ISO 8601

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace fin::exporter
