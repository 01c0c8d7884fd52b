// The sheets of the workbook that the analysis fills.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "exporter/format.hpp"
#include "exporter/report.hpp"
#include "exporter/texts.hpp"
#include "writing/sheet.hpp"

namespace fin::helper {

struct SheetSetting {
    const exporter::Report& report;
    const exporter::Format& format;
    const exporter::Palette& palette;
    std::string company, title, source;
    std::size_t transactions = 0;
    double transactions_sum = 0;

    std::string word(std::string_view key) const { return std::string(exporter::say(key, format.language())); }
    std::string sheet(std::string_view name) const { return word("sheet." + std::string(name)); }
};

void write_summary(const Book& book, const SheetSetting& setting);
void write_metrics(const Book& book, const SheetSetting& setting);
void write_monthly(const Book& book, const SheetSetting& setting);
void write_categories(const Book& book, const SheetSetting& setting);
void write_anomalies(const Book& book, const SheetSetting& setting);
void write_risks(const Book& book, const SheetSetting& setting);
void write_advice(const Book& book, const SheetSetting& setting);
void write_forecast(const Book& book, const SheetSetting& setting);
void write_pivot(const Book& book, const SheetSetting& setting);

void write_heads(WrittenSheet& sheet, const std::vector<std::pair<std::string, bool>>& heads);  // true: over numbers

}  // namespace fin::helper
