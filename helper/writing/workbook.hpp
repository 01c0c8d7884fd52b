// A report as an XLSX workbook: sheets with native charts, conditions, filters, formulas and a pivot table.
// libxlsxwriter writes it in constant memory; what it does not know, the pivot table, is put into the package
// afterwards.
#pragma once
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/pages.hpp"
#include "exporter/transaction_rows.hpp"
#include "writing/unnamed_files.hpp"

namespace fin::helper {

class WrittenWorkbook {
public:
    // report and setting must outlive the workbook; temporary files are made in the folder.
    WrittenWorkbook(std::string folder, const exporter::Report& report, const exporter::Setting& setting);
    ~WrittenWorkbook();
    WrittenWorkbook(const WrittenWorkbook&) = delete;
    WrittenWorkbook& operator=(const WrittenWorkbook&) = delete;

    // Every transaction, then finish(). Throws Error{limit_exceeded} for more than a sheet holds and where there is no
    // room for temporary files.
    void add(const exporter::TransactionRow& row);
    std::size_t transactions() const;
    // The file, to be read from its beginning. `created` is ISO 8601, UTC.
    UnnamedFile finish(std::string_view created);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace fin::helper
