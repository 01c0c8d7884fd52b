// Workbooks that are refused: each with a sentence that says what is wrong.
#include "package.hpp"

using namespace fin;
using namespace fin::helper;
using namespace fin::helper::test;

namespace {

std::string refusal(const std::string& bytes) {
    try {
        read_sheet(bytes);
    } catch (const Error& error) {
        EXPECT_TRUE(error.code == ErrorCode::bad_data || error.code == ErrorCode::limit_exceeded);
        return error.what();
    }
    return "none";
}

Package ledger() {
    Package package;
    package.styles = two_styles;
    package.sheets = {{"Ledger", ledger_rows()}};
    return package;
}

// The ledger with one part replaced.
std::string with(const std::string& name, const std::string& text) {
    auto parts = ledger().parts();
    for (auto& part : parts)
        if (part.first == name) part.second = text;
    return zip(parts);
}
std::string with_rows(const std::string& rows) {
    Package package;
    package.sheets = {{"Ledger", rows}};
    return package.bytes();
}

TEST(Refused, OtherFilesInAZip) {
    EXPECT_EQ(refusal(zip({{"a.csv", "Date,Amount\n"}})), "the file is a zip archive without a workbook");
    EXPECT_EQ(refusal(zip({})), "the file is a zip archive without a workbook");
    EXPECT_EQ(refusal(zip({{"word/document.xml", "<document/>"}})), "the file is a Word document, not a workbook");
    EXPECT_EQ(refusal(zip({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}})),
              "the file is an OpenDocument spreadsheet, not an XLSX workbook");
    EXPECT_EQ(refusal(zip({{"xl/workbook.bin", "x"}})), "the file is a binary workbook (XLSB), not an XLSX workbook");
    EXPECT_EQ(refusal(with("xl/workbook.xml", "<document/>")), "the file is a zip archive without a workbook");
}

TEST(Refused, DocumentTypesBeforeTheirEntitiesMeanAnything) {
    const std::string bomb =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><worksheet>&b;</worksheet>";
    const std::string outside = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><sst><si><t>x</t></si></sst>";
    const std::string wanted = "the workbook declares a document type, which no workbook does";
    EXPECT_EQ(refusal(with("xl/worksheets/sheet1.xml", bomb)), wanted);
    EXPECT_EQ(refusal(with("xl/sharedStrings.xml", outside)), wanted);
    EXPECT_EQ(refusal(with("xl/workbook.xml", outside)), wanted);
    EXPECT_EQ(refusal(with("_rels/.rels", outside)), wanted);
}

TEST(Refused, XmlThatIsNoneOrTooDeep) {
    EXPECT_EQ(refusal(with("xl/worksheets/sheet1.xml", "<worksheet><sheetData>")),
              "the workbook is damaged: a part is no XML");
    EXPECT_EQ(refusal(with("xl/worksheets/sheet1.xml", std::string(1000, '\0'))),
              "the workbook is damaged: a part is no XML");
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "<a>";
    EXPECT_EQ(refusal(with("xl/worksheets/sheet1.xml", deep)), "the workbook is nested too deeply");
}

TEST(Refused, FilesThatAreCutOrChanged) {
    const std::string whole = ledger().bytes();
    for (std::size_t length = 4; length < whole.size(); length += 7)
        EXPECT_EQ(refusal(whole.substr(0, length)), "the workbook is damaged or cut off") << length;
    auto parts = ledger().parts();
    std::string changed = zip(parts);
    const std::size_t at = changed.find("xl/worksheets/sheet1.xml") + 60;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    EXPECT_NE(refusal(changed), "none");
    EXPECT_EQ(refusal(zip(parts, 1)), "the workbook is encrypted");
    parts.erase(parts.begin());
    EXPECT_EQ(refusal(zip(parts)), "the workbook is damaged: a part is missing");
}

TEST(Refused, PartsThatAreLargerInsideThanAnyWorkbook) {
    EXPECT_EQ(refusal(with("xl/worksheets/sheet1.xml", "<worksheet>" + std::string(40 << 20, ' ') + "</worksheet>")),
              "the workbook is larger inside than may be read");
}

TEST(Refused, CellsThatAreNotWhereTheySay) {
    EXPECT_EQ(refusal(with_rows(row(2, text_cell("A2", "a")) + row(1, text_cell("A1", "b")))),
              "the workbook is damaged: its rows are not in order");
    EXPECT_EQ(refusal(with_rows(row(2000000, text_cell("A2000000", "a")))),
              "the workbook is damaged: its rows are not in order");
    EXPECT_EQ(refusal(with_rows("<row r=\"x\"/>")), "the workbook is damaged: a row has no number");
    EXPECT_EQ(refusal(with_rows(row(1, text_cell("A2", "a")))), "the workbook is damaged: a cell is not where it says");
    EXPECT_EQ(refusal(with_rows(row(1, text_cell("ZZZZ1", "a")))),
              "the workbook is damaged: a cell is not where it says");
    EXPECT_EQ(refusal(with_rows(row(1, text_cell("A1", "a") + text_cell("A1", "b")))),
              "the workbook is damaged: a cell stands twice");
    EXPECT_EQ(refusal(with_rows(row(1, "<c r=\"A1\" t=\"s\"><v>99</v></c>"))),
              "the workbook is damaged: a cell refers to a text that is not there");
    EXPECT_EQ(refusal(with_rows(row(1, "<c r=\"A1\"><v>1e999</v></c>"))), "the workbook is damaged: a number is none");
    for (const char* number : {"12abc", "1,5", "0x10", "nan", "inf", "1e", "--1", "1e400"})
        EXPECT_EQ(refusal(with_rows(row(1, number_cell("A1", number)))), "the workbook is damaged: a number is none")
            << number;
    EXPECT_EQ(refusal(with_rows(row(1, text_cell("ALM1", "a")))), "the sheet has too many columns");
    std::string wide;
    for (int i = 0; i < 20'000; ++i) wide += "<c t=\"str\"><v>a</v></c>";
    EXPECT_EQ(refusal(with_rows(row(1, wide))), "the sheet has too many columns");
}

TEST(Refused, WorkbooksWithoutCells) {
    EXPECT_EQ(refusal(with_rows("")), "the workbook is empty");
    Package none;
    EXPECT_EQ(refusal(none.bytes()), "the workbook has no sheet of cells");
}

TEST(Taken, NamesThatClimbOutStayInTheArchive) {
    auto parts = ledger().parts();
    for (auto& part : parts) {
        if (part.first != "xl/_rels/workbook.xml.rels") continue;
        const std::size_t at = part.second.find("worksheets/sheet1.xml");
        part.second.replace(at, 21, "../../../../xl/worksheets/sheet1.xml");
    }
    parts.emplace_back("../../../../etc/cron.d/evil", "* * * * * root true");
    EXPECT_NE(read_sheet(zip(parts)).text.find("Shop 3"), std::string::npos);
    for (auto& part : parts)
        if (part.first == "xl/_rels/workbook.xml.rels")
            part.second.replace(part.second.find("../../../../xl/worksheets/sheet1.xml"), 36,
                                "../../../../../../etc/passwd");
    EXPECT_EQ(refusal(zip(parts)), "the workbook is damaged: a part is missing");
}

TEST(Taken, PrefixesAndTheStrictNamespace) {
    auto parts = ledger().parts();
    for (auto& part : parts) {
        if (part.first == "xl/worksheets/sheet1.xml")
            part.second =
                "<x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"><x:sheetData><x:row "
                "r=\"1\"><x:c r=\"A1\" t=\"inlineStr\"><x:is><x:t>a"
                "</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>";
    }
    EXPECT_EQ(read_sheet(zip(parts)).text, "a\n");
}

TEST(Refused, CompoundFilesThatAreNoWorkbooks) {
    const std::string magic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    EXPECT_EQ(refusal(magic), "the workbook is damaged or cut off");
    EXPECT_EQ(refusal(magic + std::string(5000, '\0')), "the workbook is damaged or cut off");
    EXPECT_EQ(refusal(magic + std::string(5000, '\xFF')), "the workbook is damaged or cut off");
}

}  // namespace
