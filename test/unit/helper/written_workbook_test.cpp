// A report as a workbook: what libxlsxwriter made of it, with the pivot table in its package.
#include "writing/workbook.hpp"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "error.hpp"
#include "exporter/drawn.hpp"
#include "unpacked.hpp"
#include "writing/sheet.hpp"

namespace fin::helper {
namespace {

using namespace exporter;
using test::unpacked;

// A folder of its own that is empty when the test begins and must be when it ends.
class WorkbookOut : public testing::Test {
protected:
    WorkbookOut() {
        char name[] = "/tmp/pg_fin_workbook_XXXXXX";
        folder_ = mkdtemp(name);
    }
    ~WorkbookOut() override {
        EXPECT_EQ(names(), 0);
        rmdir(folder_.c_str());
    }
    int names() const {
        int count = 0;
        DIR* const open = opendir(folder_.c_str());
        while (const dirent* entry = readdir(open)) count += entry->d_name[0] != '.';
        closedir(open);
        return count;
    }
    std::string write(const std::string& language, const std::vector<TransactionRow>& rows) {
        const Report report = read_report(sample_document(language));
        Setting setting;
        setting.language = report.language, setting.workspace = "Harbor & Sons", setting.source = "ledger.csv";
        WrittenWorkbook workbook(folder_, report, setting);
        for (const TransactionRow& row : rows) workbook.add(row);
        EXPECT_EQ(workbook.transactions(), rows.size());
        EXPECT_EQ(names(), 0) << "a temporary file has a name";
        return test::bytes_of_file(workbook.finish("2026-01-01T12:30:05Z").get());
    }

    std::string folder_;
};

const std::vector<TransactionRow> rows = {
    {1, "2017-01-31", ledger::Money{-125000}, "USD", "=cmd|x", "opex", "A & B <c>", "", "_x000D_ stays"},
    {2, "2017-02-28", ledger::Money{100001}, "USD", "", "revenue", "Payer", "Main",
     std::string_view("bad\xff\x01text")}};

TEST_F(WorkbookOut, PartsBelongTogether) {
    const auto parts = unpacked(write("en", rows));
    const std::string& types = parts.at("[Content_Types].xml");
    for (const auto& [name, content] : parts) {
        EXPECT_EQ(content.find(">nan<"), std::string::npos) << name;
        if (name.ends_with(".rels") || name == "[Content_Types].xml") continue;
        EXPECT_NE(types.find("PartName=\"/" + name + "\""), std::string::npos) << name;
    }
    EXPECT_NE(parts.at("xl/pivotCache/pivotCacheDefinition1.xml").find("refreshOnLoad=\"1\""), std::string::npos);
    EXPECT_NE(parts.at("xl/pivotCache/pivotCacheDefinition1.xml").find("ref=\"A1:J3\" sheet=\"Transactions\""),
              std::string::npos);
    EXPECT_NE(parts.at("docProps/core.xml").find("Harbor &amp; Sons"), std::string::npos);
    EXPECT_NE(parts.at("docProps/core.xml").find("2026-01-01T12:30:05Z"), std::string::npos);
    EXPECT_NE(parts.at("xl/workbook.xml")
                  .find("<pivotCaches><pivotCache cacheId=\"1\" r:id=\"rIdPivot1\"/></pivotCaches></workbook>"),
              std::string::npos);
    EXPECT_NE(parts.at("xl/_rels/workbook.xml.rels").find("Id=\"rIdPivot1\""), std::string::npos);
    EXPECT_NE(parts.at("xl/worksheets/_rels/sheet10.xml.rels").find("../pivotTables/pivotTable1.xml"),
              std::string::npos);
}

TEST_F(WorkbookOut, TransactionsAreExactAndTextsAreTexts) {
    const std::string sheet = unpacked(write("en", rows)).at("xl/worksheets/sheet9.xml");
    EXPECT_NE(sheet.find("<v>-12.5</v>"), std::string::npos);
    EXPECT_NE(sheet.find("<v>10.0001</v>"), std::string::npos);
    EXPECT_NE(sheet.find("<v>42766</v>"), std::string::npos);  // 2017-01-31 as Excel counts
    EXPECT_EQ(sheet.find("<f>"), std::string::npos);
    EXPECT_NE(sheet.find(">=cmd|x<"), std::string::npos);
    EXPECT_NE(sheet.find("A &amp; B &lt;c&gt;"), std::string::npos);
    EXPECT_NE(sheet.find("_x005F_x000D_ stays"), std::string::npos);
    EXPECT_NE(sheet.find("bad\ufffdtext"), std::string::npos);
}

TEST_F(WorkbookOut, SumsAreFormulasWithTheirValues) {
    const std::string summary = unpacked(write("en", rows)).at("xl/worksheets/sheet1.xml");
    EXPECT_NE(summary.find("SUMIFS('Monthly'!F2:F37,'Monthly'!B2:B37,TRUE)</f><v>278464.5"), std::string::npos);
    EXPECT_NE(summary.find("SUBTOTAL(109,'Transactions'!C2:C3)</f><v>-2.4999</v>"), std::string::npos);
}

TEST_F(WorkbookOut, RussianNamesAndNoTransactions) {
    const auto parts = unpacked(write("ru", {}));
    for (const char* name : {"Сводка", "По месяцам", "Операции", "Сводная таблица"})
        EXPECT_NE(parts.at("xl/workbook.xml").find(name), std::string::npos) << name;
    EXPECT_NE(parts.at("xl/styles.xml").find("dd\\.mm\\.yyyy"), std::string::npos);
}

TEST_F(WorkbookOut, SameInputSameBytes) { EXPECT_EQ(write("en", rows), write("en", rows)); }

TEST(WrittenSheet, NamesOfColumnsAndRanges) {
    EXPECT_EQ(column_name(0), "A");
    EXPECT_EQ(column_name(25), "Z");
    EXPECT_EQ(column_name(26), "AA");
    EXPECT_EQ(column_name(701), "ZZ");
    EXPECT_EQ(range_of("По месяцам", 1, 2, 36), "'По месяцам'!$B$2:$B$36");
}

// A spreadsheet holds numbers as doubles and shows 15 digits: up to 15 digits a cell reads as the very double of the
// amount, beyond them as one that differs after the 15th digit.
TEST_F(WorkbookOut, AmountsAreThoseOfTheLedger) {
    std::vector<TransactionRow> many;
    std::int64_t units = 83'000;  // 8.3 has no short binary form
    for (int i = 0; i < 2000; ++i) {
        many.push_back({1, "2017-01-31", ledger::Money{units}, "USD", "", "", "", "", ""});
        units = (units * 31 + 123'457) % 1'000'000'000'000'000;  // up to 15 digits
        if (i % 2 == 0) units = -units;
    }
    many.push_back({1, "2017-01-31", ledger::Money{8'999'999'999'999'912'345}, "USD", "", "", "", "", ""});
    const std::string sheet = unpacked(write("en", many)).at("xl/worksheets/sheet9.xml");
    for (std::size_t i = 0; i < many.size(); ++i) {
        const std::size_t cell = sheet.find("<c r=\"C" + std::to_string(i + 2) + "\"");
        ASSERT_NE(cell, std::string::npos);
        const double read = std::strtod(sheet.c_str() + sheet.find("<v>", cell) + 3, nullptr);
        const double exact = std::strtod(many[i].amount.text().c_str(), nullptr);
        if (i + 1 < many.size())
            EXPECT_EQ(read, exact) << many[i].amount.text();
        else
            EXPECT_NEAR(read / exact, 1, 1e-15);
    }
}

TEST_F(WorkbookOut, HeadsStayAndRowsAreFiltered) {
    const auto parts = unpacked(write("en", rows));
    const std::string& sheet = parts.at("xl/worksheets/sheet9.xml");
    EXPECT_NE(sheet.find("<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>"),
              std::string::npos);
    EXPECT_NE(sheet.find("<autoFilter ref=\"A1:J3\"/>"), std::string::npos);
    EXPECT_NE(sheet.find("<conditionalFormatting sqref=\"C2:C3\">"), std::string::npos);
    EXPECT_NE(parts.at("xl/worksheets/sheet1.xml").find("<mergeCell ref=\"A6:H6\"/>"), std::string::npos);
    const std::string& anomalies = parts.at("xl/worksheets/sheet5.xml");
    for (const char* word : {"\"Critical\"", "\"High\"", "\"Medium\""})
        EXPECT_NE(anomalies.find("<formula>" + std::string(word) + "</formula>"), std::string::npos) << word;
}

TEST_F(WorkbookOut, AFullDiskIsAnErrorAndNoFileWithHoles) {
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = signal(SIGXFSZ, SIG_IGN);
    const rlimit little{rlim_t{1} << 20, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &little);
    std::optional<Error> error;
    try {
        write("en", std::vector<TransactionRow>(20'000, rows[0]));
    } catch (const Error& caught) {
        error = caught;
    }
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::limit_exceeded);
    EXPECT_STREQ(error->what(), "there is no room for the workbook's temporary files");
    EXPECT_EQ(unpacked(write("en", rows)).size(), unpacked(write("en", rows)).size());  // the next one is whole
}

TEST_F(WorkbookOut, AFolderThatIsNotThereIsAnError) {
    const Report report = read_report(sample_document("en"));
    const Setting setting;
    try {
        WrittenWorkbook("/nowhere", report, setting);
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::not_ready);
        EXPECT_NE(error.detail.find("/nowhere"), std::string::npos);
    }
}

TEST(CellText, HoldsWhatACellCan) {
    EXPECT_EQ(cell_text("=1+1"), "=1+1");
    EXPECT_EQ(cell_text("a\x01\tb\xff"), "a b\ufffd");
    EXPECT_EQ(cell_text("_x000D_ _x000D_"), "_x005F_x000D_ _x005F_x000D_");
    EXPECT_EQ(cell_text(std::string(40'000, 'x')).size(), 32'767U);
}

}  // namespace
}  // namespace fin::helper
