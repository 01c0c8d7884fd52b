// The package: which parts there are, how they belong together, and the sheet of transactions.
#include "exporter/workbook/workbook.hpp"

#include <array>

#include "error.hpp"
#include "exporter/names.hpp"
#include "exporter/svg_canvas.hpp"
#include "exporter/text_lines.hpp"
#include "exporter/workbook/charts_xml.hpp"
#include "exporter/workbook/pivot_xml.hpp"
#include "exporter/workbook/sheets.hpp"

namespace fin::exporter {

namespace {

const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const std::string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const std::string relations_open =
    head + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
constexpr std::size_t transactions_sheet = 9, pivot_sheet = 10, sheet_count = 10;

std::string sheet_part(std::size_t number) { return "xl/worksheets/sheet" + std::to_string(number) + ".xml"; }

std::string relation(const std::string& id, const std::string& type, const std::string& target) {
    return "<Relationship Id=\"" + id + "\" Type=\"" + type + "\" Target=\"" + target + "\"/>";
}

std::string sheet_relations_part(std::size_t number) {
    return "xl/worksheets/_rels/sheet" + std::to_string(number) + ".xml.rels";
}

std::string one_relation(const std::string& type, const std::string& target) {
    return relations_open + relation("rId1", office + type, target) + "</Relationships>";
}

std::vector<std::string> transaction_columns(const SheetSetting& setting) {
    std::vector<std::string> names;
    for (const char* key :
         {"row", "day", "amount", "currency", "category", "kind", "counterparty", "account", "description", "month"})
        names.push_back(setting.word(key));
    return names;
}

std::string content_types(std::size_t charts, std::size_t drawings) {
    const std::string spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
    std::string xml =
        head +
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" "
        "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" "
        "ContentType=\"application/xml\"/>";
    const auto part = [&](const std::string& name, const std::string& type) {
        xml += "<Override PartName=\"/" + name + "\" ContentType=\"" + type + "\"/>";
    };
    part("xl/workbook.xml", spreadsheet + "sheet.main+xml");
    for (std::size_t i = 1; i <= sheet_count; ++i) part(sheet_part(i), spreadsheet + "worksheet+xml");
    part("xl/styles.xml", spreadsheet + "styles+xml");
    part("xl/pivotCache/pivotCacheDefinition1.xml", spreadsheet + "pivotCacheDefinition+xml");
    part("xl/pivotTables/pivotTable1.xml", spreadsheet + "pivotTable+xml");
    for (std::size_t i = 1; i <= charts; ++i)
        part("xl/charts/chart" + std::to_string(i) + ".xml",
             "application/vnd.openxmlformats-officedocument.drawingml.chart+xml");
    for (std::size_t i = 1; i <= drawings; ++i)
        part("xl/drawings/drawing" + std::to_string(i) + ".xml",
             "application/vnd.openxmlformats-officedocument.drawing+xml");
    part("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml");
    part("docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml");
    return xml + "</Types>";
}

// "A1:K36" as "$A$1:$K$36".
std::string fixed(const std::string& range) {
    std::string out;
    bool was_letter = false;
    for (const char c : range) {
        const bool letter = c >= 'A' && c <= 'Z', digit = c >= '0' && c <= '9';
        if ((letter && !was_letter) || (digit && was_letter)) out += '$';
        was_letter = letter;
        out += c;
    }
    return out;
}

std::string sheet_entry(const std::string& name, const std::string& number) {
    return "<sheet name=\"" + escaped_xml(name) + "\" sheetId=\"" + number + "\" r:id=\"rId" + number + "\"/>";
}

// What a filter and a head on every printed page are called.
std::string sheet_names(const Written& written, const std::string& local) {
    const std::string sheet = escaped_xml(quoted_sheet(written.name));
    return "<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"" + local + "\" hidden=\"1\">" + sheet + "!" +
           fixed(written.filter) + "</definedName><definedName name=\"_xlnm.Print_Titles\" localSheetId=\"" + local +
           "\">" + sheet + "!$1:$1</definedName>";
}

std::string workbook_xml(const std::vector<Written>& sheets) {
    std::string xml =
        head + "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"" + office +
        "\"><workbookPr defaultThemeVersion=\"124226\"/><bookViews><workbookView xWindow=\"0\" yWindow=\"0\" "
        "windowWidth=\"24000\" windowHeight=\"14000\"/></bookViews><sheets>";
    std::string names;
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        xml += sheet_entry(sheets[i].name, std::to_string(i + 1));
        if (!sheets[i].filter.empty()) names += sheet_names(sheets[i], std::to_string(i));
    }
    return xml + "</sheets><definedNames>" + names +
           "</definedNames><calcPr calcId=\"191029\" fullCalcOnLoad=\"1\"/><pivotCaches><pivotCache cacheId=\"1\" "
           "r:id=\"rId" +
           std::to_string(sheets.size() + 2) + "\"/></pivotCaches></workbook>";
}

std::string workbook_relations() {
    std::string xml = relations_open;
    for (std::size_t i = 1; i <= sheet_count; ++i)
        xml +=
            relation("rId" + std::to_string(i), office + "/worksheet", "worksheets/sheet" + std::to_string(i) + ".xml");
    xml += relation("rId" + std::to_string(sheet_count + 1), office + "/styles", "styles.xml");
    xml += relation("rId" + std::to_string(sheet_count + 2), office + "/pivotCacheDefinition",
                    "pivotCache/pivotCacheDefinition1.xml");
    return xml + "</Relationships>";
}

std::string core_xml(const std::string& title, const std::string& company, std::string_view created) {
    const std::string day = escaped_xml(created);
    return head +
           "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" "
           "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" "
           "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>" +
           escaped_xml(title) + "</dc:title><dc:creator>" + escaped_xml(company) +
           "</dc:creator><dcterms:created xsi:type=\"dcterms:W3CDTF\">" + day +
           "</dcterms:created><dcterms:modified xsi:type=\"dcterms:W3CDTF\">" + day +
           "</dcterms:modified></cp:coreProperties>";
}

}  // namespace

struct Workbook::Parts {
    Parts(ZipWriter::Sink sink, const Report& report, const Setting& setting)
        : report(report),
          setting(setting),
          format(setting.language, report.money_decimals()),
          palette(setting.branding.palette()),
          zip(std::move(sink)),
          sheets{report,
                 format,
                 palette,
                 setting.branding.company.empty() ? setting.workspace : setting.branding.company,
                 setting.branding.title.empty() ? std::string(say("title", setting.language)) : setting.branding.title,
                 setting.source},
          transactions(std::make_unique<Sheet>(
              zip, sheet_part(transactions_sheet),
              SheetPlan{sheets.sheet("transactions"), {9, 13, 16, 10, 40, 16, 34, 20, 60, 11}, 1, 0})) {
        std::vector<std::pair<std::string, bool>> heads;
        for (const std::string& name : transaction_columns(sheets)) heads.emplace_back(name, false);
        heads[0].second = heads[2].second = true;
        write_heads(*transactions, heads);
        for (const auto kind : ledger_kinds) kinds.emplace_back(kind, sheets.word("kind." + std::string(kind)));
    }

    static constexpr std::array<std::string_view, 12> ledger_kinds = {"revenue", "cogs",     "payroll", "opex",
                                                                      "tax",     "interest", "capex",   "debt",
                                                                      "equity",  "transfer", "refund",  "other"};
    const Report& report;
    const Setting& setting;
    Format format;
    Palette palette;
    ZipWriter zip;
    SheetSetting sheets;
    std::unique_ptr<Sheet> transactions;
    std::vector<std::pair<std::string_view, std::string>> kinds;
    ledger::MoneySum sum;

    std::string_view kind_word(std::string_view kind) const {
        for (const auto& [code, word] : kinds)
            if (code == kind) return word;
        return kind;
    }
};

Workbook::Workbook(ZipWriter::Sink sink, const Report& report, const Setting& setting)
    : parts_(std::make_unique<Parts>(std::move(sink), report, setting)) {}

Workbook::~Workbook() = default;

void Workbook::add(const TransactionRow& row) {
    if (++parts_->sheets.transactions > most_transactions)
        throw Error(ErrorCode::limit_exceeded, "a sheet holds at most 1,048,575 transactions", {},
                    "Export them as csv, or import a part of the ledger as a report of its own.");
    Sheet& sheet = *parts_->transactions;
    sheet.exact(std::to_string(row.row_no), Style::plain)
        .day(row.booked_on, Style::date)
        .exact(row.amount.text(), Style::money);
    sheet.text(row.currency)
        .text(row.category)
        .text(parts_->kind_word(row.kind))
        .text(row.counterparty)
        .text(row.account);
    sheet.text(row.description).text(row.booked_on.substr(0, 7)).next_row();
    parts_->sum += row.amount;
}

void Workbook::finish(std::string_view created) {
    Parts& parts = *parts_;
    SheetSetting& setting = parts.sheets;
    setting.transactions_sum = parts.sum.money().value();
    const std::string last = std::to_string(setting.transactions + 1);
    Written transactions{setting.sheet("transactions"), "A1:J" + last, {}};
    parts.transactions->finish(
        {transactions.filter,
         {},
         {{"C2:C" + std::to_string(std::max<std::size_t>(setting.transactions + 1, 2)), Condition::What::negative}},
         false});

    using Write = Written (*)(ZipWriter&, const std::string&, const SheetSetting&);
    constexpr std::array<Write, 8> writers = {write_summary,   write_metrics, write_monthly, write_categories,
                                              write_anomalies, write_risks,   write_advice,  write_forecast};
    std::vector<Written> sheets;
    for (std::size_t i = 0; i < writers.size(); ++i)
        sheets.push_back(writers[i](parts.zip, sheet_part(i + 1), setting));
    sheets.push_back(transactions);
    sheets.push_back(write_pivot(parts.zip, sheet_part(pivot_sheet), setting));

    std::size_t charts = 0, drawings = 0;
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        if (sheets[i].charts.empty()) continue;
        const std::string drawing = "drawing" + std::to_string(++drawings) + ".xml";
        parts.zip.entry(sheet_relations_part(i + 1), one_relation("/drawing", "../drawings/" + drawing));
        parts.zip.entry("xl/drawings/" + drawing, drawing_xml(sheets[i].charts));
        parts.zip.entry("xl/drawings/_rels/" + drawing + ".rels",
                        drawing_relations(charts + 1, sheets[i].charts.size()));
        for (const SheetChart& chart : sheets[i].charts)
            parts.zip.entry("xl/charts/chart" + std::to_string(++charts) + ".xml", chart_xml(chart));
    }
    // Kind, then category, as rows; months across; the sum of amounts.
    const PivotPlan pivot{transactions.name,        "A1:J" + last, transaction_columns(setting), {5, 4}, 9, 2,
                          setting.word("pivot.sum")};
    parts.zip.entry("xl/pivotCache/pivotCacheDefinition1.xml", pivot_cache_xml(pivot));
    parts.zip.entry("xl/pivotTables/pivotTable1.xml", pivot_table_xml(pivot));
    parts.zip.entry("xl/pivotTables/_rels/pivotTable1.xml.rels",
                    one_relation("/pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml"));
    parts.zip.entry(sheet_relations_part(pivot_sheet), one_relation("/pivotTable", "../pivotTables/pivotTable1.xml"));
    parts.zip.entry("xl/styles.xml", styles_xml(parts.palette, parts.format.language(), parts.format.decimals()));
    parts.zip.entry("xl/workbook.xml", workbook_xml(sheets));
    parts.zip.entry("xl/_rels/workbook.xml.rels", workbook_relations());
    parts.zip.entry("docProps/core.xml",
                    core_xml(document_title(parts.report, parts.setting), drawable(setting.company), created));
    parts.zip.entry(
        "docProps/app.xml",
        head +
            "<Properties "
            "xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Application>"
            "pg_fin</Application></Properties>");
    parts.zip.entry(
        "_rels/.rels",
        relations_open + relation("rId1", office + "/officeDocument", "xl/workbook.xml") +
            relation("rId2", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
                     "docProps/core.xml") +
            relation("rId3", office + "/extended-properties", "docProps/app.xml") + "</Relationships>");
    parts.zip.entry("[Content_Types].xml", content_types(charts, drawings));
    parts.zip.finish();
}

}  // namespace fin::exporter
