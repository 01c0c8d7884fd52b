// The text of a workbook's sheet: errors name sheet and cell, the plan and the preview name the workbook.
#include "importer/importer.hpp"

using namespace fin;
using namespace fin::importer;

namespace {

Options of_sheet() {
    Options options;
    options.workbook = {"an XLSX workbook", "Ledger", {"Notes", "Ledger"}, {}};
    options.delimiter = "\t", options.encoding = "UTF-8";
    options.notes = {"Known before."};
    return options;
}

TEST(WorkbookText, ErrorsNameRowAndCellAsThePersonSeesThem) {
    const std::string text = "\n\nDate\tName\tAmount\n2024-01-05\ta\t1.50\n\n2024-01-06\tb\t12x\n";
    try {
        examine(text, "a.xlsx", of_sheet());
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()).substr(0, 32), "row 6, column \"Amount\": \"12x\" is");
        EXPECT_EQ(error.detail, "It is cell C6 of sheet \"Ledger\", data record 2.");
    }
    const std::string wide =
        "Date\tAmount" + std::string(26, '\t') + "\n2024-01-05\t1.50" + std::string(26, '\t') + "\tx\n";
    try {
        examine(wide, "a.xlsx", of_sheet());
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.detail, "It is cell AC2 of sheet \"Ledger\", data record 1.");
    }
}

TEST(WorkbookText, TakesTheOptionSheetAndKeepsWhatWasKnown) {
    auto options = of_sheet();
    options.sheet = "Ledger";
    const std::string text = "Date\tName\tAmount\n2024-01-05\ta\t1.50\n";
    const Plan plan = examine(text, "a.xlsx", options);
    ASSERT_FALSE(plan.warnings.empty());
    EXPECT_EQ(plan.warnings.front(), "Known before.");
    EXPECT_NE(describe(plan).find(
                  "{\"workbook\":\"an XLSX workbook\",\"sheet\":\"Ledger\",\"sheets\":[\"Notes\",\"Ledger\"],"),
              std::string::npos)
        << describe(plan);
    EXPECT_EQ(options.canonical(), "{\"delimiter\":\"\\u0009\",\"encoding\":\"UTF-8\",\"sheet\":\"Ledger\"}");
}

TEST(WorkbookText, IsATableWhateverItsCellsBeginWith) {
    const std::string text = ":20:x\n%PDF\nDate\tName\tAmount\n2024-01-05\ta\t1.50\n";
    EXPECT_EQ(examine(text, "a.xlsx", of_sheet()).records, 1U);
}

TEST(WorkbookText, PreviewTellsWhyThereIsNone) {
    auto options = of_sheet();
    options.workbook->unreadable = Error(ErrorCode::bad_data, "the workbook is encrypted", "d", "h");
    const std::string told = preview("", "a.xlsx", options);
    EXPECT_NE(told.find("\"errors\":[{\"row\":null,\"column\":null,\"value\":null,\"message\":\"the workbook is "
                        "encrypted\",\"detail\":\"d\",\"hint\":\"h\"}]"),
              std::string::npos)
        << told;
}

}  // namespace
