// Which sheets there are, the sheet of transactions, and the pivot table's place in the package.
#include "writing/workbook.hpp"

#include <xlsxwriter.h>

#include <array>
#include <charconv>
#include <system_error>

#include "error.hpp"
#include "exporter/svg_canvas.hpp"
#include "exporter/text_lines.hpp"
#include "ledger/calendar.hpp"
#include "writing/package.hpp"
#include "writing/pivot_xml.hpp"
#include "writing/sheets.hpp"

namespace fin::helper {

namespace {

using namespace exporter;

constexpr std::array<std::string_view, 10> sheet_names = {"summary",      "metrics", "monthly",         "categories",
                                                          "anomalies",    "risks",   "recommendations", "forecast",
                                                          "transactions", "pivot"};
constexpr std::array<std::string_view, 12> ledger_kinds = {
    "revenue", "cogs", "payroll", "opex", "tax", "interest", "capex", "debt", "equity", "transfer", "refund", "other"};

std::vector<std::string> transaction_columns(const SheetSetting& setting) {
    std::vector<std::string> names;
    for (const char* key :
         {"row", "day", "amount", "currency", "category", "kind", "counterparty", "account", "description", "month"})
        names.push_back(setting.word(key));
    return names;
}

// The library goes on where a disk is full, and would give a file with holes.
void must_be_written() {
    if (const int error = failed_write(); error != 0)
        throw Error(ErrorCode::limit_exceeded, "there is no room for the workbook's temporary files",
                    std::generic_category().message(error) + ".",
                    "They take about 1,300 bytes for each transaction. temp_tablespaces names another place for them.");
}

void must(lxw_error error) {
    if (error == LXW_NO_ERROR) return;
    must_be_written();
    throw Error(ErrorCode::not_ready, "the workbook cannot be written", lxw_strerror(error));
}

// 2026-01-01T12:30:00Z; the time of day may be missing.
time_t seconds_of(std::string_view iso) {
    const auto number = [&](std::size_t at, std::size_t n) {
        int value = 0;
        if (at + n <= iso.size()) std::from_chars(iso.data() + at, iso.data() + at + n, value);
        return value;
    };
    const auto month = static_cast<unsigned>(number(5, 2)), day = static_cast<unsigned>(number(8, 2));
    if (month < 1 || month > 12 || day < 1 || day > 31) return 1;  // 0 would be the clock's time
    return static_cast<time_t>(ledger::day_of(number(0, 4), month, day)) * 86400 + number(11, 2) * 3600 +
           number(14, 2) * 60 + number(17, 2);
}

struct Freed {
    void operator()(lxw_workbook* workbook) const { lxw_workbook_free(workbook); }
};
using Handle = std::unique_ptr<lxw_workbook, Freed>;

Handle opened(std::string& folder, const SheetSetting& setting) {
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder.data();
    Handle workbook(workbook_new_opt("workbook", &options));
    if (!workbook) throw std::bad_alloc();
    for (const std::string_view name : sheet_names)
        if (!workbook_add_worksheet(workbook.get(), setting.sheet(name).c_str()))
            throw Error(ErrorCode::not_ready, "a sheet of the workbook cannot be begun", "In " + folder + ".");
    return workbook;
}

}  // namespace

struct WrittenWorkbook::Parts {
    Parts(std::string where, const Report& report, const Setting& setting)
        : folder(std::move(where)),
          report(report),
          setting(setting),
          format(setting.language, report.money_decimals()),
          palette(setting.branding.palette()),
          sheets{report,
                 format,
                 palette,
                 setting.branding.company.empty() ? setting.workspace : setting.branding.company,
                 setting.branding.title.empty() ? std::string(say("title", setting.language)) : setting.branding.title,
                 setting.source},
          package(make_unnamed_file(folder)),
          workbook(opened(folder, sheets)),
          formats(workbook.get(), palette, setting.language, format.decimals()),
          book{workbook.get(), formats},
          transactions(book, sheets.sheet("transactions"), {{9, 13, 16, 10, 40, 16, 34, 20, 60, 11}, 1, 0}) {
        std::vector<std::pair<std::string, bool>> heads;
        for (const std::string& name : transaction_columns(sheets)) heads.emplace_back(name, false);
        heads[0].second = heads[2].second = true;
        write_heads(transactions, heads);
        for (const auto kind : ledger_kinds) kinds.emplace_back(kind, sheets.word("kind." + std::string(kind)));
    }

    std::string folder;
    const Report& report;
    const Setting& setting;
    Format format;
    Palette palette;
    SheetSetting sheets;
    UnnamedFile package;
    Handle workbook;
    Formats formats;
    Book book;
    WrittenSheet transactions;
    std::vector<std::pair<std::string_view, std::string>> kinds;
    ledger::MoneySum sum;

    std::string_view kind_word(std::string_view kind) const {
        for (const auto& [code, word] : kinds)
            if (code == kind) return word;
        return kind;
    }

    void finish_transactions() {
        sheets.transactions_sum = sum.money().value();
        transactions.filter(range());
        transactions.conditions(
            {{"C2:C" + std::to_string(std::max<std::size_t>(sheets.transactions + 1, 2)), Condition::What::negative}});
    }
    std::string range() const { return "A1:J" + std::to_string(sheets.transactions + 1); }

    void describe(std::string_view created) {
        std::string title = document_title(report, setting), author = drawable(sheets.company);
        lxw_doc_properties properties{};
        properties.title = title.data(), properties.author = author.data();
        properties.created = seconds_of(created);
        must(workbook_set_properties(workbook.get(), &properties));
    }

    UnnamedFile with_pivot_table() {
        const std::string space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const std::string types = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivot";
        const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        const auto relation = [&](const char* id, const char* type, const char* target) {
            return std::string("<Relationship Id=\"") + id + "\" Type=\"" + space + type + "\" Target=\"" + target +
                   "\"/>";
        };
        const auto relations = [&](const std::string& one) {
            return head + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" +
                   one + "</Relationships>";
        };
        const auto type = [&](const char* part, const char* kind) {
            return std::string("<Override PartName=\"/xl/") + part + "\" ContentType=\"" + types + kind + "+xml\"/>";
        };
        // Kind, then category, as rows; months across; the sum of amounts.
        const PivotPlan pivot{transactions.name(),     range(), transaction_columns(sheets), {5, 4}, 9, 2,
                              sheets.word("pivot.sum")};
        UnnamedFile whole = make_unnamed_file(folder);
        add_to_package(
            package.get(), whole.get(),
            {{"[Content_Types].xml", "</Types>",
              type("pivotCache/pivotCacheDefinition1.xml", "CacheDefinition") +
                  type("pivotTables/pivotTable1.xml", "Table")},
             {"xl/workbook.xml", "</workbook>",
              "<pivotCaches><pivotCache cacheId=\"1\" r:id=\"rIdPivot1\"/></pivotCaches>"},
             {"xl/_rels/workbook.xml.rels", "</Relationships>",
              relation("rIdPivot1", "/pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")}},
            {{"xl/pivotCache/pivotCacheDefinition1.xml", pivot_cache_xml(pivot)},
             {"xl/pivotTables/pivotTable1.xml", pivot_table_xml(pivot)},
             {"xl/pivotTables/_rels/pivotTable1.xml.rels",
              relations(relation("rId1", "/pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml"))},
             {"xl/worksheets/_rels/sheet" + std::to_string(sheet_names.size()) + ".xml.rels",
              relations(relation("rId1", "/pivotTable", "../pivotTables/pivotTable1.xml"))}});
        return whole;
    }
};

WrittenWorkbook::WrittenWorkbook(std::string folder, const Report& report, const Setting& setting) {
    forget_failed_write();
    parts_ = std::make_unique<Parts>(std::move(folder), report, setting);
}

WrittenWorkbook::~WrittenWorkbook() = default;

std::size_t WrittenWorkbook::transactions() const { return parts_->sheets.transactions; }

void WrittenWorkbook::add(const TransactionRow& row) {
    std::size_t& count = parts_->sheets.transactions;
    if (count == most_transactions)
        throw Error(ErrorCode::limit_exceeded, "a sheet holds at most 1,048,575 transactions", {},
                    "Export them as csv, or import a part of the ledger as a report of its own.");
    if (++count % 4096 == 0) must_be_written();
    WrittenSheet& sheet = parts_->transactions;
    sheet.number(static_cast<double>(row.row_no), Style::plain).day(row.booked_on, Style::date).money(row.amount);
    sheet.text(row.currency)
        .text(row.category)
        .text(parts_->kind_word(row.kind))
        .text(row.counterparty)
        .text(row.account);
    sheet.text(row.description).text(row.booked_on.substr(0, 7)).next_row();
    parts_->sum += row.amount;
}

UnnamedFile WrittenWorkbook::finish(std::string_view created) {
    Parts& parts = *parts_;
    parts.finish_transactions();
    using Write = void (*)(const Book&, const SheetSetting&);
    constexpr std::array<Write, 9> writers = {write_summary,    write_metrics,   write_monthly,
                                              write_categories, write_anomalies, write_risks,
                                              write_advice,     write_forecast,  write_pivot};
    for (const Write write : writers) write(parts.book, parts.sheets);
    parts.describe(created);
    package_goes_to(parts.package.get());
    const lxw_error error = workbook_close(parts.workbook.release());
    package_goes_to(nullptr);
    must(error);
    UnnamedFile whole = parts.with_pivot_table();
    std::fflush(whole.get());
    must_be_written();
    std::rewind(whole.get());
    return whole;
}

}  // namespace fin::helper
