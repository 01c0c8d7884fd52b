// Dates: formats decided over all rows, what decides where two fit, and the question where nothing does.
#include "importer/date.hpp"

#include "imported.hpp"

using namespace fin::importer;
using namespace fin::importer::test;

namespace {

std::string parsed(std::string_view text, std::string_view format) {
    const auto day = DateFormat(format).parse(text);
    return day ? fin::ledger::date_text(*day) : "none";
}

TEST(DateFormat, ReadsWhatFilesWrite) {
    EXPECT_EQ(parsed("31.05.17", "DD.MM.YY"), "2017-05-31");
    EXPECT_EQ(parsed("1.5.2017", "D.M.YYYY"), "2017-05-01");
    EXPECT_EQ(parsed("14-Jan-2011", "DD-MON-YYYY"), "2011-01-14");
    EXPECT_EQ(parsed("3 мая 2021", "D MON YYYY"), "2021-05-03");
    EXPECT_EQ(parsed("3. März 2021", "D. MON YYYY"), "2021-03-03");
    EXPECT_EQ(parsed("Friday, April 29, 2022", "WEEKDAY, MON DD, YYYY"), "2022-04-29");
    EXPECT_EQ(parsed("20200213", "YYYYMMDD"), "2020-02-13");
    EXPECT_EQ(parsed("960728", "YYMMDD"), "1996-07-28");
    EXPECT_EQ(parsed("2022-01-02 12:16:54", "YYYY-MM-DD"), "2022-01-02");
    EXPECT_EQ(parsed("2022-01-02T12:16:54.123Z", "YYYY-MM-DD"), "2022-01-02");
    EXPECT_EQ(parsed("01/24/2023 10:28 am", "MM/DD/YYYY"), "2023-01-24");
    EXPECT_EQ(parsed("05.04.2022", "YYYY-MM-DD|DD.MM.YYYY"), "2022-04-05");
}

TEST(DateFormat, RefusesImpossibleDates) {
    for (const char* text : {"31.02.2020", "29.02.2019", "00.01.2020", "01.13.2020", "01.01.1899", "01.01.2201",
                             "1.1.20", "01.01.20201", "01.01.2020x", "01.01.2020 abc", ""})
        EXPECT_EQ(parsed(text, "DD.MM.YYYY"), "none") << text;
    EXPECT_EQ(parsed("29.02.2020", "DD.MM.YYYY"), "2020-02-29");
    EXPECT_EQ(parsed("01.01.1900", "DD.MM.YYYY"), "1900-01-01");
    EXPECT_EQ(parsed("31.12.2200", "DD.MM.YYYY"), "2200-12-31");
}

TEST(DateFormat, RefusesTextsThatAreNoFormat) {
    for (const char* text : {"", "DD.MM", "YYYY", "DD.MM.YYYY.DD", "dd.mm.yyyy", "%d.%m.%Y"})
        EXPECT_THROW(DateFormat{text}, fin::Error) << text;
}

std::string format_of(const std::vector<std::string>& dates, const std::string& options = "{}") {
    std::string text = "Date,Amount\n";
    for (const auto& date : dates) text += '"' + date + "\",1.00\n";
    return import(text, options).plan.date_format;
}

TEST(DateDetection, UsesEveryRow) {
    EXPECT_EQ(format_of({"01/02/2024", "05/02/2024", "25/02/2024"}), "DD/MM/YYYY");
    EXPECT_EQ(format_of({"01/02/2024", "05/02/2024", "01/25/2024"}), "MM/DD/YYYY");
    EXPECT_EQ(format_of({"01.02.24", "05.02.24"}), "DD.MM.YY");
    EXPECT_EQ(format_of({"14-Jan-2011", "03-Feb-2011"}), "DD-MON-YYYY");
    EXPECT_EQ(format_of({"20200213", "20200214"}), "YYYYMMDD");
    EXPECT_EQ(format_of({"960728", "960827"}), "YYMMDD");
    EXPECT_EQ(format_of({"2024-01-05", "2024-01-06", "Friday, January 12, 2024"}), "YYYY-MM-DD|WEEKDAY, MON DD, YYYY");
}

TEST(DateDetection, OrderDecidesWhereBothFormatsFit) {
    // Under DD/MM the dates go up, under MM/DD up and down.
    EXPECT_EQ(format_of({"03/01/2024", "09/01/2024", "02/02/2024", "05/02/2024", "01/03/2024"}), "DD/MM/YYYY");
    EXPECT_EQ(format_of({"01/03/2024", "01/09/2024", "02/02/2024", "02/05/2024", "03/01/2024"}), "MM/DD/YYYY");
    // Every value means the same day both ways.
    EXPECT_EQ(format_of({"05/05/2024", "06/06/2024"}), "DD/MM/YYYY");
}

TEST(DateDetection, DecimalCommasAndHeadersSpeakAgainstMonthFirst) {
    EXPECT_EQ(import("Date;Amount\n01/04/20;-50,00\n02/04/20;1,00\n").plan.date_format, "DD/MM/YY");
    EXPECT_EQ(import("Datum,Bedrag\n01/04/2020,1.00\n02/04/2020,1.00\n").plan.date_format, "DD/MM/YYYY");
}

TEST(DateDetection, AsksWhereNothingDecides) {
    const std::string text = "Date,Amount\n01/04/2024,1.00\n02/04/2024,2.00\n";
    const auto error = error_of(text);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, fin::ErrorCode::bad_data);
    EXPECT_STREQ(error->what(), "two date formats fit: DD/MM/YYYY and MM/DD/YYYY");
    EXPECT_EQ(error->hint, "Say which it is in option date_format, for example {\"date_format\": \"DD/MM/YYYY\"}.");
    EXPECT_EQ(import(text, R"({"date_format": "MM/DD/YYYY"})").rows[1].date, "2024-02-04");
}

TEST(DateDetection, TransactionDatesComeBeforeBookingAndValueDates) {
    const auto read =
        import("Booking date,Value date,Transaction date,Amount\n2024-01-03,2024-01-02,2024-01-01,1.00\n");
    EXPECT_EQ(read.rows[0].date, "2024-01-01");
    // A date column that is mostly empty gives way to one that is full.
    EXPECT_EQ(
        import("Transaction date,Booking date,Amount\n,2024-01-03,1.00\n2024-01-01,2024-01-04,1.00\n,2024-01-05,1.00\n")
            .rows[0]
            .date,
        "2024-01-03");
}

}  // namespace
