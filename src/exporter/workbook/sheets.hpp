// The sheets of the workbook that the analysis fills.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "exporter/format.hpp"
#include "exporter/report.hpp"
#include "exporter/texts.hpp"
#include "exporter/workbook/sheet.hpp"

namespace fin::exporter {

struct SheetSetting {
    const Report& report;
    const Format& format;
    const Palette& palette;
    std::string company, title, source;
    std::size_t transactions = 0;
    double transactions_sum = 0;

    std::string word(std::string_view key) const { return std::string(say(key, format.language())); }
    std::string sheet(std::string_view name) const { return word("sheet." + std::string(name)); }
};

// What a sheet asks of the package beside its own part.
struct Written {
    std::string name;
    std::string filter;  // range
    std::vector<SheetChart> charts;
};

// Each writes one part of the archive.
Written write_summary(ZipWriter& zip, const std::string& part, const SheetSetting& setting);
Written write_metrics(ZipWriter& zip, const std::string& part, const SheetSetting& setting);
Written write_monthly(ZipWriter& zip, const std::string& part, const SheetSetting& setting);
Written write_categories(ZipWriter& zip, const std::string& part, const SheetSetting& setting);
Written write_anomalies(ZipWriter& zip, const std::string& part, const SheetSetting& setting);
Written write_risks(ZipWriter& zip, const std::string& part, const SheetSetting& setting);
Written write_advice(ZipWriter& zip, const std::string& part, const SheetSetting& setting);
Written write_forecast(ZipWriter& zip, const std::string& part, const SheetSetting& setting);
Written write_pivot(ZipWriter& zip, const std::string& part, const SheetSetting& setting);

void write_heads(Sheet& sheet, const std::vector<std::pair<std::string, bool>>& heads);  // true: over numbers

}  // namespace fin::exporter
