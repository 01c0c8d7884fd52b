// Sheets as text: values, rows, merged cells, formulas, and which sheet is chosen.
#include <algorithm>
#include <cstdio>

#include "package.hpp"

using namespace fin;
using namespace fin::helper;
using namespace fin::helper::test;

namespace {

std::string text_of(const std::string& rows, const std::string& behind = "") {
    Package package;
    package.sheets = {{"Ledger", rows, behind}};
    package.styles = two_styles;
    return read_sheet(package.bytes()).text;
}

bool warns(const ReadSheet& sheet, std::string_view words) {
    for (const auto& warning : sheet.warnings)
        if (warning.find(words) != std::string::npos) return true;
    return false;
}

TEST(Sheet, GivesEveryKindOfCell) {
    Package package;
    package.sheets = {
        {"S",
         row(1, "<c r=\"A1\" t=\"s\"><v>1</v></c>" + text_cell("B1", "in &amp; line") +
                    "<c r=\"C1\" t=\"str\"><f>A1</f><v>formula</v></c><c r=\"D1\" t=\"b\"><v>1</v></c>"
                    "<c r=\"E1\" t=\"e\"><v>#REF!</v></c><c r=\"F1\"><v>-1.25E2</v></c><c r=\"G1\" "
                    "t=\"d\"><v>2024-01-05</v></c>"
                    "<c r=\"H1\" s=\"1\"><v>45292</v></c><c r=\"I1\" s=\"1\"/><c r=\"J1\"><f>1+1</f><v>2</v></c>")}};
    package.strings = "<si><t>no</t></si><si><r><t>rich </t></r><r><t>text</t></r><rPh><t>spoken</t></rPh></si>";
    package.styles = two_styles;
    EXPECT_EQ(read_sheet(package.bytes()).text,
              "rich text\tin & line\tformula\tTRUE\t#REF!\t-125\t2024-01-05\t2024-01-01\t\t2\n");
}

TEST(Sheet, TakesDatesFromOwnFormatsAndBothDateSystems) {
    Package package;
    package.sheets = {{"S", row(1, number_cell("A1", "39267", 1) + number_cell("B1", "39267", 2) +
                                       number_cell("C1", "39267.25", 3))}};
    package.styles =
        "<numFmts><numFmt numFmtId=\"170\" formatCode=\"dd.mm.yyyy\"/><numFmt numFmtId=\"171\" "
        "formatCode=\"0.00\"/></numFmts>"
        "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/><xf numFmtId=\"22\"/></cellXfs>";
    EXPECT_EQ(read_sheet(package.bytes()).text, "2007-07-04\t39267\t2007-07-04 06:00:00\n");
    package.properties = "date1904=\"1\"";
    EXPECT_EQ(read_sheet(package.bytes()).text, "2011-07-05\t39267\t2011-07-05 06:00:00\n");
}

TEST(Sheet, KeepsTheNumbersOfRows) {
    EXPECT_EQ(text_of(row(2, text_cell("A2", "a")) + row(5, text_cell("B5", "b"))), "\na\n\n\n\tb\n");
    EXPECT_EQ(text_of("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"), "1\t2\n3\n");
}

TEST(Sheet, LetsNoCellBreakTheTable) {
    EXPECT_EQ(
        text_of(row(1, text_cell("A1", "a\tb&#10;c&#13;d") + text_cell("B1", "\"q\" r") + text_cell("C1", "x\"y"))),
        "a b c d\t\"\"\"q\"\" r\"\tx\"y\n");
}

TEST(Sheet, GivesMergedTextToEveryRowAndAmountsOnce) {
    const std::string rows = row(1, number_cell("A1", "45292", 1) + text_cell("B1", "Rent") + number_cell("C1", "7")) +
                             row(2, text_cell("D2", "x")) + row(3, number_cell("C3", "9")) +
                             row(4, text_cell("D4", "y"));
    EXPECT_EQ(
        text_of(
            rows,
            "<mergeCells><mergeCell ref=\"A1:A3\"/><mergeCell ref=\"B1:B2\"/><mergeCell ref=\"C1:C2\"/></mergeCells>"),
        "2024-01-01\tRent\t7\n2024-01-01\tRent\t\tx\n2024-01-01\t\t9\n\t\t\ty\n");
}

TEST(Sheet, ReadsHiddenRowsAndSaysSo) {
    Package package;
    package.styles = two_styles;
    package.sheets = {
        {"Ledger", ledger_rows() + row(9, number_cell("A9", "45300", 1) + number_cell("C9", "5"), "hidden=\"1\"")}};
    const auto sheet = read_sheet(package.bytes());
    EXPECT_NE(sheet.text.find("2024-01-09\t\t5\n"), std::string::npos) << sheet.text;
    EXPECT_TRUE(warns(sheet, "1 row of the sheet is hidden"));
}

TEST(Sheet, WritesNumbersAsItsTextsDo) {
    Package package;
    package.styles = two_styles;
    package.sheets = {{"S", ledger_rows() + row(5, number_cell("A5", "45300", 1) + text_cell("C5", "1.234,56"))}};
    EXPECT_NE(read_sheet(package.bytes()).text.find("Shop 1\t-10,5\n"), std::string::npos);
    EXPECT_NE(read_sheet(package.bytes(), "{\"decimal\": \".\"}").text.find("Shop 1\t-10.5\n"), std::string::npos);
}

TEST(Sheet, FindsDatesThatLostTheirFormat) {
    Package package;
    package.sheets = {{"S", ledger_rows()}};  // without styles
    const auto sheet = read_sheet(package.bytes());
    EXPECT_NE(sheet.text.find("2024-01-01\tShop 1"), std::string::npos) << sheet.text;
    EXPECT_TRUE(warns(sheet, "plain numbers under the header of a date"));
}

TEST(Sheet, TellsEmptyAndSpokenTextsFromTheirNeighbours) {
    Package package;
    package.sheets = {{"S", row(1,
                                "<c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"C1\" "
                                "t=\"s\"><v>2</v></c><c r=\"D1\" t=\"s\"><v>3</v></c>")}};
    package.strings =
        "<si><t>first</t></si><si><t/></si><si><t>written</t><rPh sb=\"0\" eb=\"1\"><t>spoken</t></rPh></si>"
        "<si><t><![CDATA[a<b]]> &amp; c<!-- no --> d</t></si>";
    EXPECT_EQ(read_sheet(package.bytes()).text, "first\t\twritten\ta<b & c d\n");
}

TEST(Sheet, TakesValuesOfFormulasOfEveryKind) {
    EXPECT_EQ(text_of(row(1,
                          "<c r=\"A1\" t=\"b\"><f>1=1</f><v>1</v></c><c r=\"B1\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>"
                          "<c r=\"C1\" t=\"str\"><f>\"a\"&amp;\"&lt;b\"</f><v>a&lt;b &amp; c</v></c>"
                          "<c r=\"D1\" s=\"1\"><f>TODAY()</f><v>45292</v></c>"
                          "<c r=\"E1\"><f t=\"array\" ref=\"E1:XFD1048576\">A1:B2</f><v>7</v></c>"
                          "<c r=\"F1\"><f t=\"dataTable\" ref=\"F1:F2\" dt2D=\"0\" dtr=\"0\" r1=\"A1\"/><v>8</v></c>"
                          "<c r=\"G1\"><f t=\"shared\" si=\"0\" ref=\"G1:H1\">A1</f><v>9</v></c>"
                          "<c r=\"H1\" s=\"1\"><f t=\"shared\" si=\"0\"/><v>45293</v></c>")),
              "TRUE\t#DIV/0!\ta<b & c\t2024-01-01\t7\t8\t9\t2024-01-02\n");
}

TEST(Sheet, ReadsLongSheetsInPiecesAndLosesNothingBetweenThem) {
    std::string rows, wanted;
    for (int i = 1; i <= 30'000; ++i) {
        const std::string at = std::to_string(i), name = "Shop " + std::to_string(i % 7) + " no. " + at;
        rows += row(i,
                    number_cell("A" + at, std::to_string(40'000 + i % 10), 1) + text_cell("B" + at, name) + "<c r=\"C" +
                        at + "\"><f>1+" + at + "</f><v>" + std::to_string(i + 1) + "</v></c>",
                    i % 10'000 == 0 ? "hidden=\"1\"" : "");
    }
    Package package;
    package.styles = two_styles;
    package.sheets = {{"Ledger", rows, "<mergeCells><mergeCell ref=\"D29999:D30000\"/></mergeCells>"}};
    const auto sheet = read_sheet(package.bytes());
    // The serial 40000 is 2009-07-06.
    const auto day = [](int serial) {
        const int of_month = 6 + serial % 10;
        return std::string("2009-07-") + (of_month < 10 ? "0" : "") + std::to_string(of_month);
    };
    for (int i = 1; i <= 30'000; ++i)
        wanted += day(i) + "\tShop " + std::to_string(i % 7) + " no. " + std::to_string(i) + "\t" +
                  std::to_string(i + 1) + "\n";
    EXPECT_TRUE(sheet.text == wanted) << sheet.text.substr(0, 200);
    EXPECT_TRUE(warns(sheet, "3 rows of the sheet are hidden"));
}

TEST(Sheet, ReadsAmountsToTheLastDigit) {
    std::string rows, wanted;
    std::uint64_t random = 42;
    for (int i = 1; i <= 3'000; ++i) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        const auto cents = static_cast<long long>(random >> 24);  // up to ten thousand million
        char text[40];
        // As programs write them: all 17 digits, with or without an exponent.
        std::snprintf(text, sizeof text, i % 2 ? "%.17g" : "%.16e", static_cast<double>(cents) / 100);
        rows += row(i, number_cell("A" + std::to_string(i), text));
        std::string fraction = std::to_string(100 + cents % 100).substr(1);
        while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
        wanted += std::to_string(cents / 100) + (fraction.empty() ? "" : "." + fraction) + "\n";
    }
    // And numbers that nobody typed: 17 digits, of which sheets keep 15.
    for (int i = 3'001; i <= 6'000; ++i) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        const double number = static_cast<double>(random >> 11) / 3e6;
        char text[40];
        std::snprintf(text, sizeof text, i % 2 ? "%.17g" : "%.20f", number);
        rows += row(i, number_cell("A" + std::to_string(i), text));
        std::snprintf(text, sizeof text, "%.15g", number);
        const std::string kept = text;
        wanted += kept + (kept.size() - std::min(kept.size(), kept.find('.')) == 4 ? "0\n" : "\n");
    }
    EXPECT_EQ(text_of(rows), wanted);
}

TEST(Formulas, WithoutValuesAreComputed) {
    Package package;
    package.styles = two_styles;
    package.names = "<definedName name=\"fx_rate\">Other!$A$1</definedName>";
    package.sheets = {
        {"Other", row(1, number_cell("A1", "2"))},
        {"Ledger", ledger_rows() +
                       row(5, number_cell("A5", "45300", 1) + text_cell("B5", "computed") +
                                  "<c r=\"C5\"><f>SUM(C2:C4)*Other!A1</f></c>") +
                       row(6, "<c r=\"A6\" s=\"1\"><f>A5+1</f></c>" + text_cell("B6", "next") +
                                  "<c r=\"C6\"><f>C5+fx_rate</f><v/></c>") +
                       row(7, number_cell("A7", "45302", 1) + "<c r=\"B7\"><f>CONCATENATE(\"a\",\"b\")</f></c>" +
                                  number_cell("C7", "1"))}};
    const auto sheet = read_sheet(package.bytes());
    // -10.5 - 20.5 - 30.5 = -61.5
    EXPECT_NE(sheet.text.find("computed\t-123\n2024-01-10\tnext\t-121\n2024-01-11\tab\t1\n"), std::string::npos)
        << sheet.text;
}

TEST(Formulas, ThatAreSharedAreComputedInTheirPlaces) {
    Package package;
    package.styles = two_styles;
    package.sheets = {
        {"Ledger", ledger_rows() +
                       row(5,
                           "<c r=\"A5\" s=\"1\"><v>45300</v></c><c r=\"C5\"><f t=\"shared\" ref=\"C5:C7\" "
                           "si=\"0\">C4+1</f><v>-29.5</v></c>") +
                       row(6, "<c r=\"A6\" s=\"1\"><v>45301</v></c><c r=\"C6\"><f t=\"shared\" si=\"0\"/></c>") +
                       row(7, "<c r=\"A7\" s=\"1\"><v>45302</v></c><c r=\"C7\"><f t=\"shared\" si=\"0\"/></c>")}};
    const auto text = read_sheet(package.bytes()).text;
    EXPECT_NE(text.find("\t\t-29.5\n2024-01-10\t\t-28.5\n2024-01-11\t\t-27.5\n"), std::string::npos) << text;
}

TEST(Formulas, ThatCallOutOrGoInCirclesAreErrors) {
    for (const char* formula :
         {"WEBSERVICE(\"http://127.0.0.1/\")", "C5", "C6+1</f></c></row><row r=\"6\"><c r=\"C6\"><f>C5", "HYPERLINK(",
          "cmd|'/c calc'!A0", "1/0", "1E+308*10", "[1]Sheet1!A1", "nowhere!A1", "IF(TRUE,unknown,1)"}) {
        Package package;
        package.styles = two_styles;
        package.sheets = {{"Ledger", ledger_rows() +
                                         "<row r=\"5\"><c r=\"A5\" s=\"1\"><v>45300</v></c><c r=\"C5\"><f>" +
                                         std::string(formula) + "</f></c></row>"}};
        const auto text = read_sheet(package.bytes()).text;
        EXPECT_NE(text.find("2024-01-09\t\t#"), std::string::npos) << formula << "\n" << text;
    }
}

TEST(Formulas, ThatReferToTooMuchAreRefused) {
    Package package;
    package.styles = two_styles;
    std::string rows = ledger_rows();
    for (int i = 5; i < 105; ++i)
        rows += row(i, number_cell("A" + std::to_string(i), "45300", 1) + "<c r=\"C" + std::to_string(i) +
                           "\"><f>SUM(D1:XFD1048576)</f></c>");
    package.sheets = {{"Ledger", rows + row(200000, number_cell("A200000", "45300", 1) + number_cell("C200000", "1"))}};
    const auto bytes = package.bytes();
    EXPECT_THROW(read_sheet(bytes), Error);
}

TEST(Choice, TakesTheLedgerAmongOtherSheets) {
    Package package;
    package.styles = two_styles;
    package.sheets = {{"Notes", row(1, text_cell("A1", "Read me")) + row(2, text_cell("A2", "Nothing here"))},
                      {"Ledger", ledger_rows(4)},
                      {"Rates", row(1, text_cell("A1", "EUR") + number_cell("B1", "1.1"))}};
    EXPECT_EQ(read_sheet(package.bytes()).name, "Ledger");
    for (const char* options : {"{\"sheet\": \"Rates\"}", "{\"sheet\": \"rates\"}", "{\"sheet\": \"3\"}"})
        EXPECT_EQ(read_sheet(package.bytes(), options).name, "Rates") << options;
    try {
        read_sheet(package.bytes(), "{\"sheet\": \"Ledgers\"}");
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::invalid_argument);
        EXPECT_STREQ(error.what(), "the workbook has no sheet \"Ledgers\"");
        EXPECT_EQ(error.detail, "Its sheets are \"Notes\", \"Ledger\", \"Rates\".");
    }
}

TEST(Choice, TakesTheLongestLedgerAndNamesTheOthers) {
    Package package;
    package.styles = two_styles;
    package.sheets = {{"2023", ledger_rows(1, 3)}, {"2024", ledger_rows(1, 9)}, {"2025", ledger_rows(1, 5)}};
    const auto sheet = read_sheet(package.bytes());
    EXPECT_EQ(sheet.name, "2024");
    EXPECT_TRUE(warns(sheet, "A ledger can be read from \"2023\", \"2025\" too"));
}

TEST(Choice, TakesHiddenSheetsLast) {
    Package package;
    package.styles = two_styles;
    package.sheets = {{"Old", ledger_rows(1, 9), "", "hidden"}, {"New", ledger_rows(1, 3)}};
    EXPECT_EQ(read_sheet(package.bytes()).name, "New");
    package.sheets.pop_back();
    const auto sheet = read_sheet(package.bytes());
    EXPECT_EQ(sheet.name, "Old");
    EXPECT_TRUE(warns(sheet, "\"Old\" is hidden"));
}

TEST(Choice, GivesTheFirstSheetWithCellsWhereNoneIsALedger) {
    Package package;
    package.sheets = {{"Empty", ""}, {"Notes", row(3, text_cell("A3", "Read me"))}};
    const auto sheet = read_sheet(package.bytes());
    EXPECT_EQ(sheet.name, "Notes");
    EXPECT_EQ(sheet.text, "\n\nRead me\n");
}

}  // namespace
