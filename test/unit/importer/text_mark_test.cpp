// The apostrophe by which spreadsheets keep a text a text: exports set it, imports take it off.
#include "importer/unicode.hpp"

namespace fin::importer {
namespace {

TEST(TextMark, GoesInFrontOfWhatASpreadsheetWouldRun) {
    for (const std::string text : {"=SUM(A1)", "+7 495", "-B", "@name"}) EXPECT_EQ(cleaned("'" + text), text);
    EXPECT_EQ(cleaned("'0012"), "0012");
}

TEST(TextMark, StaysWhereItBelongsToTheWord) {
    EXPECT_EQ(cleaned("'t Hof"), "'t Hof");
    EXPECT_EQ(cleaned("O'Neill"), "O'Neill");
    EXPECT_EQ(cleaned("'"), "'");
}

}  // namespace
}  // namespace fin::importer
