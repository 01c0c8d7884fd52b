// What a wrong file is told: place, value, what was expected and what to do. Limits. Nothing but fin::Error.
#include "imported.hpp"

using namespace fin;
using namespace fin::importer::test;

namespace {

Error must_fail(const std::string& text, const std::string& options = "{}") {
    auto error = error_of(text, options);
    EXPECT_TRUE(error) << text.substr(0, 200);
    return error.value_or(Error(ErrorCode::bad_data, "none"));
}

TEST(BadRows, NameRowLineColumnValueAndExpectation) {
    const auto amount = must_fail("Bank\n\nDate,Text,Amount\n2024-01-05,\"a\nb\",1.00\n2024-01-06,b,12x\n");
    EXPECT_STREQ(amount.what(),
                 "row 2, column \"Amount\": \"12x\" is not an amount, expected a number with decimal mark \".\"");
    EXPECT_EQ(amount.detail, "It is data record 2, line 6 of the file.");
    EXPECT_EQ(amount.code, ErrorCode::bad_data);

    const auto date = must_fail("Date,Amount\n2024-01-05,1.00\n2024-02-30,1.00\n");
    EXPECT_STREQ(date.what(), "row 2, column \"Date\": \"2024-02-30\" is not a date in the format YYYY-MM-DD");

    const auto no_date = must_fail("Date,Amount,Payee\n2024-01-05,1.00,A\n,1.00,B\n");
    EXPECT_STREQ(no_date.what(), "row 2, column \"Date\": \"\" where a date was expected");

    const auto no_amount = must_fail("Date,Amount,Payee\n2024-01-05,1.00,A\n2024-01-06,,B\n");
    EXPECT_STREQ(no_amount.what(), "row 2, column \"Amount\": \"\" where an amount was expected");

    const auto type = must_fail("Date,D/C,Amount\n2024-01-05,D,1.00\n2024-01-06,X,1.00\n");
    EXPECT_STREQ(type.what(), "row 2, column \"D/C\": \"X\" tells neither money in nor money out");
}

TEST(BadRows, UnquotedDecimalCommaIsSeen) {
    const auto error = must_fail("Date,Amount,Payee\n2024-01-05,12.50,A\n2024-01-06,12,50,B\n");
    EXPECT_STREQ(
        error.what(),
        "row 2, column \"column 4\": \"B\" stands where the file has no column: the row has 4 fields, expected 3");
    EXPECT_EQ(error.hint, "A delimiter or decimal comma inside a field must be in quotes.");
}

TEST(BadRows, LongValuesAreClippedAtAWholeCharacter) {
    std::string value = "12";
    for (int i = 0; i < 100; ++i) value += "я";
    const std::string what = must_fail("Date,Amount\n2024-01-05,1.00\n2024-01-06," + value + "\n").what();
    EXPECT_LT(what.size(), 200u);
    EXPECT_NE(what.find("я...\""), std::string::npos);
}

TEST(BadRows, DatesAndAmountsOutOfRange) {
    EXPECT_NE(std::string(must_fail("Date,Amount\n2024-01-05,1\n1899-12-31,1\n").what()).find("is not a date"),
              std::string::npos);
    EXPECT_NE(std::string(must_fail("Date,Amount\n2024-01-05,1\n2024-01-06,900000000000001\n").what())
                  .find("is not an amount"),
              std::string::npos);
}

TEST(NoLedger, IsRefusedWithItsReason) {
    EXPECT_STREQ(must_fail("").what(), "the file is empty");
    EXPECT_STREQ(must_fail(" \n\r\n ").what(), "the file is empty");
    EXPECT_STREQ(must_fail(",,\n,,\n").what(), "the file is empty");
    EXPECT_STREQ(must_fail("Date,Amount\n").what(), "the file has a header but no rows");
    EXPECT_STREQ(must_fail("just some words\nand others\n").what(), "the file is no table");
    EXPECT_STREQ(must_fail("Supplier,Total\nA,1.00\nB,2.00\n").what(), "the file is no ledger: no column holds dates");
    EXPECT_STREQ(must_fail("Date,Name\n2024-01-05,A\n2024-01-06,B\n").what(),
                 "the file is no ledger: no column holds amounts");
    EXPECT_STREQ(must_fail(std::string("Date,Amount\n\0\0\x01\x02,1\n", 20)).what(),
                 "the file is binary, not a text table");
    EXPECT_STREQ(must_fail("PK\x03\x04....").what(),
                 "the file is a workbook or zip archive, not a delimited text table");
    EXPECT_STREQ(must_fail("%PDF-1.4 ...").what(), "the file is a PDF document, not a delimited text table");
    EXPECT_STREQ(must_fail("Date,Status,Amount\n2024-01-05,Failed,1.00\n").what(),
                 "the file has no row with a date and an amount");
}

TEST(Quotes, ThatNeverCloseNameTheLine) {
    const auto error = must_fail("Date,Amount,Text\n2024-01-05,1.00,a\n2024-01-06,1.00,\"b\n2024-01-07,1.00,c\n");
    EXPECT_STREQ(error.what(), "a quote is opened and never closed");
    EXPECT_EQ(error.detail, "The field begins in the record at line 3: b 2024-01-07,1.00,c");
}

TEST(Limits, AreErrorsNotCrashes) {
    const std::string wide(2000, ',');
    EXPECT_EQ(must_fail("Date,Amount" + wide + "\n2024-01-05,1.00\n").code, ErrorCode::limit_exceeded);
    EXPECT_EQ(must_fail("Date,Amount\n2024-01-05,1.00," + std::string(1100000, 'x') + "\n").code,
              ErrorCode::limit_exceeded);
}

TEST(Options, AreCheckedAndCanonical) {
    using importer::Options;
    EXPECT_EQ(
        Options::parse(
            R"( {"sign":"expenses","decimal":",","columns":{"date":1,"amount":"Sum \u20ac"},"opening_balance":10} )")
            .canonical(),
        "{\"columns\":{\"amount\":\"Sum "
        "€\",\"date\":\"1\"},\"decimal\":\",\",\"opening_balance\":10.00,\"sign\":\"expenses\"}");
    EXPECT_EQ(Options::parse("{}").canonical(), "{}");
    EXPECT_EQ(Options::parse("null").canonical(), "{}");
    EXPECT_EQ(Options::parse(Options::parse(R"({"currency":"rur","header_row":3})").canonical()).canonical(),
              R"({"currency":"RUB","header_row":3})");
    for (const char* bad :
         {"[]", "{", "{\"sign\":}", "{\"delimiter\":\";;\"}", "{\"decimal\":\";\"}", "{\"sign\":\"minus\"}",
          "{\"header_row\":\"1\"}", "{\"header_row\":-1}", "{\"header_row\":1.5}", "{\"date_format\":\"x\"}",
          "{\"currency\":\"EURO\"}", "{\"columns\":{\"when\":1}}", "{\"columns\":[]}", "{\"nonsense\":1}",
          "{\"nonsense\":null}", "{\"opening_balance\":true}", "{\"columns\":{\"amount\":1,\"debit\":2}}", "{} x"}) {
        try {
            Options::parse(bad);
            ADD_FAILURE() << bad;
        } catch (const Error& error) {
            EXPECT_EQ(error.code, ErrorCode::invalid_argument) << bad;
        }
    }
    try {
        Options::parse("{\"nonsense\": 1}");
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "unknown import option nonsense");
        EXPECT_NE(error.hint.find("date_format, decimal, delimiter"), std::string::npos);
    }
    EXPECT_EQ(must_fail("Date,Amount\n2024-01-05,1.00\n", R"({"sheet": "A"})").code, ErrorCode::invalid_argument);
}

}  // namespace
