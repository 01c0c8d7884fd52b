// Numbers of sheets as text. Dates are those of Excel's own documentation of both date systems.
#include "workbook/serial.hpp"

using namespace fin::helper;

namespace {

std::string number(double value, char decimal = '.') {
    std::string text;
    append_number(text, value, decimal);
    return text;
}

std::string date(double serial, bool since_1904 = false, Shown shown = Shown::date) {
    std::string text;
    return append_date(text, serial, since_1904, shown) ? text : "none";
}

TEST(SheetNumber, HasFifteenDigitsAndNoExponent) {
    EXPECT_EQ(number(0), "0");
    EXPECT_EQ(number(-12.5), "-12.5");
    EXPECT_EQ(number(0.1 + 0.2), "0.3");
    EXPECT_EQ(number(1234567.89), "1234567.89");
    EXPECT_EQ(number(-0.05), "-0.05");
    EXPECT_EQ(number(0.00012), "0.00012");
    EXPECT_EQ(number(1e15), "1000000000000000");
    EXPECT_EQ(number(1e20), "100000000000000000000");
    EXPECT_EQ(number(1e-300), "0");
    EXPECT_EQ(number(12.5, ','), "12,5");
    EXPECT_EQ(number(100), "100");
}

TEST(SheetNumber, NeverHasThreeDecimalsThatCouldBeThousands) {
    EXPECT_EQ(number(1.234), "1.2340");
    EXPECT_EQ(number(-12.001, ','), "-12,0010");
    EXPECT_EQ(number(1.2345), "1.2345");
}

TEST(SheetDate, CountsFrom1900WithADayTooMany) {
    EXPECT_EQ(date(1), "1900-01-01");
    EXPECT_EQ(date(59), "1900-02-28");
    EXPECT_EQ(date(60), "1900-02-29");
    EXPECT_EQ(date(61), "1900-03-01");
    EXPECT_EQ(date(40729), "2011-07-05");
    EXPECT_EQ(date(2958465), "9999-12-31");
}

TEST(SheetDate, CountsFrom1904) {
    EXPECT_EQ(date(0, true), "1904-01-01");
    EXPECT_EQ(date(39267, true), "2011-07-05");
}

TEST(SheetDate, HasItsTimeRoundedToSeconds) {
    EXPECT_EQ(date(45292.5), "2024-01-01 12:00:00");
    EXPECT_EQ(date(45292.9999999), "2024-01-02");
    EXPECT_EQ(date(0.75, false, Shown::time), "18:00:00");
    EXPECT_EQ(date(45292.75, false, Shown::time), "2024-01-01 18:00:00");
}

TEST(SheetDate, IsNoneBelowZeroAndAboveTheLastDay) {
    EXPECT_EQ(date(-1), "none");
    EXPECT_EQ(date(2958466), "none");
    EXPECT_EQ(date(1e300), "none");
}

TEST(NumberFormat, IsToldByItsCode) {
    for (const char* code : {"yyyy-mm-dd", "dd.mm.yyyy;@", "[$-409]d\\-mmm\\-yy;@", "mmm yy", "m/d/yyyy h:mm AM/PM",
                             "\"Tag \"d", "DD/MM/YY"})
        EXPECT_EQ(shown_by(code), Shown::date) << code;
    for (const char* code : {"h:mm", "[h]:mm:ss", "mm:ss.0", "[mm]"}) EXPECT_EQ(shown_by(code), Shown::time) << code;
    for (const char* code : {"General", "0.00", "#,##0.00 [$EUR]", "#,##0.00\\ \"dd\"", "[Red]-0.00", "0.00E+00",
                             "#,##0_d", "@", "", "0;\"yyyy\";d", "\\d0", "[$USD-409]#,##0"})
        EXPECT_EQ(shown_by(code), Shown::number) << code;
    EXPECT_EQ(shown_by_builtin(14), Shown::date);
    EXPECT_EQ(shown_by_builtin(22), Shown::date);
    EXPECT_EQ(shown_by_builtin(20), Shown::time);
    EXPECT_EQ(shown_by_builtin(4), Shown::number);
}

}  // namespace
