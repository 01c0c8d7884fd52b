#include "exporter/workbook/workbook.hpp"

#include <zlib.h>

#include <map>

#include "drawn.hpp"
#include "error.hpp"
#include "exporter/workbook/sheet.hpp"

namespace fin::exporter {
namespace {

// Parts of a ZIP archive by its central directory, unpacked by zlib; checksums compared.
std::map<std::string, std::string> unzipped(const std::string& bytes) {
    const auto little = [&](std::size_t at, int n) {
        std::size_t value = 0;
        for (int i = 0; i < n; ++i)
            value |= static_cast<std::size_t>(static_cast<unsigned char>(bytes.at(at + static_cast<std::size_t>(i))))
                     << static_cast<unsigned>(8 * i);
        return value;
    };
    std::map<std::string, std::string> parts;
    const std::size_t tail = bytes.size() - 22;
    EXPECT_EQ(bytes.substr(tail, 4), std::string("PK\x05\x06", 4));
    std::size_t at = little(tail + 16, 4);
    for (std::size_t i = 0; i < little(tail + 10, 2); ++i) {
        EXPECT_EQ(bytes.substr(at, 4), std::string("PK\x01\x02", 4));
        const std::size_t packed = little(at + 20, 4), size = little(at + 24, 4), length = little(at + 28, 2),
                          start = little(at + 42, 4);
        const std::string name = bytes.substr(at + 46, length);
        std::string content(size, '\0');
        z_stream z{};
        EXPECT_EQ(inflateInit2(&z, -MAX_WBITS), Z_OK);
        std::string source = bytes.substr(start + 30 + length, packed);
        z.next_in = reinterpret_cast<Bytef*>(source.data()), z.avail_in = static_cast<uInt>(packed);
        z.next_out = reinterpret_cast<Bytef*>(content.data()), z.avail_out = static_cast<uInt>(size);
        EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END) << name;
        inflateEnd(&z);
        EXPECT_EQ(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(size)), little(at + 16, 4))
            << name;
        parts[name] = content;
        at += 46 + length;
    }
    return parts;
}

std::string write(const std::string& language, const std::vector<TransactionRow>& rows) {
    const Report report = read_report(sample_document(language));
    Setting setting;
    setting.language = report.language, setting.workspace = "Harbor & Sons", setting.source = "ledger.csv";
    std::string bytes;
    Workbook workbook([&](std::string_view some) { bytes.append(some); }, report, setting);
    for (const TransactionRow& row : rows) workbook.add(row);
    workbook.finish("2026-01-01T00:00:00Z");
    return bytes;
}

const std::vector<TransactionRow> rows = {
    {1, "2017-01-31", ledger::Money{-125000}, "USD", "=cmd|x", "opex", "A & B <c>", "", "_x000D_ stays"},
    {2, "2017-02-28", ledger::Money{100001}, "USD", "", "revenue", "Payer", "Main",
     std::string_view("bad\xff\x01text")}};

TEST(Workbook, PartsBelongTogether) {
    const auto parts = unzipped(write("en", rows));
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
}

TEST(Workbook, TransactionsAreExactAndTextsAreTexts) {
    const std::string sheet = unzipped(write("en", rows)).at("xl/worksheets/sheet9.xml");
    EXPECT_NE(sheet.find("<v>-12.50</v>"), std::string::npos);
    EXPECT_NE(sheet.find("<v>10.0001</v>"), std::string::npos);
    EXPECT_NE(sheet.find("<v>42766</v>"), std::string::npos);  // 2017-01-31 as Excel counts
    EXPECT_EQ(sheet.find("<f>"), std::string::npos);
    EXPECT_NE(sheet.find(">=cmd|x<"), std::string::npos);
    EXPECT_NE(sheet.find("A &amp; B &lt;c&gt;"), std::string::npos);
    EXPECT_NE(sheet.find("_x005F_x000D_ stays"), std::string::npos);
    EXPECT_NE(sheet.find("bad\ufffdtext"), std::string::npos);
}

TEST(Workbook, SumsAreFormulasWithTheirValues) {
    const std::string summary = unzipped(write("en", rows)).at("xl/worksheets/sheet1.xml");
    EXPECT_NE(summary.find("SUMIFS(&#39;Monthly&#39;!F2:F37,&#39;Monthly&#39;!B2:B37,TRUE)</f><v>278464.5"),
              std::string::npos);
    EXPECT_NE(summary.find("SUBTOTAL(109,&#39;Transactions&#39;!C2:C3)</f><v>-2.4999</v>"), std::string::npos);
}

TEST(Workbook, RussianNamesAndNoTransactions) {
    const auto parts = unzipped(write("ru", {}));
    for (const char* name : {"Сводка", "По месяцам", "Операции", "Сводная таблица"})
        EXPECT_NE(parts.at("xl/workbook.xml").find(name), std::string::npos) << name;
    EXPECT_NE(parts.at("xl/styles.xml").find("dd\\.mm\\.yyyy"), std::string::npos);
}

TEST(Workbook, SameInputSameBytes) { EXPECT_EQ(write("en", rows), write("en", rows)); }

TEST(Sheet, NamesOfColumnsAndRanges) {
    EXPECT_EQ(column_name(0), "A");
    EXPECT_EQ(column_name(25), "Z");
    EXPECT_EQ(column_name(26), "AA");
    EXPECT_EQ(column_name(701), "ZZ");
    EXPECT_EQ(range_of("По месяцам", 1, 2, 36), "'По месяцам'!$B$2:$B$36");
}

}  // namespace
}  // namespace fin::exporter
