// Amounts: marks per column, signs, conventions of debit and credit, types, fees, states and currencies.
#include "imported.hpp"
#include "importer/number.hpp"

using namespace fin::importer;
using namespace fin::importer::test;

namespace {

std::string parsed(std::string_view text, Marks marks) {
    const auto amount = parse_amount(text, marks);
    return amount ? amount->money.text() : "none";
}

TEST(Amount, IsReadAsBanksWriteIt) {
    const Marks point{'.', ','}, comma{',', '.'}, space{',', ' '}, swiss{'.', '\''};
    EXPECT_EQ(parsed("-$7,971.39", point), "-7971.39");
    EXPECT_EQ(parsed("- $220.00", point), "-220.00");
    EXPECT_EQ(parsed("+ $1,150.00", point), "1150.00");
    EXPECT_EQ(parsed("$-5.00", point), "-5.00");
    EXPECT_EQ(parsed("(29.99)", point), "-29.99");
    EXPECT_EQ(parsed("($1,024,000.00)", point), "-1024000.00");
    EXPECT_EQ(parsed("-110.7 €", point), "-110.70");
    EXPECT_EQ(parsed("-,01", comma), "-0.01");
    EXPECT_EQ(parsed("+12,10", comma), "12.10");
    EXPECT_EQ(parsed("-1.001,00", comma), "-1001.00");
    EXPECT_EQ(parsed("12,50-", comma), "-12.50");
    EXPECT_EQ(parsed("1\xC2\xA0"
                     "234\xE2\x80\xAF"
                     "567,89 руб.",
                     space),
              "1234567.89");
    EXPECT_EQ(parsed("1\xE2\x80\x89"
                     "234,5",
                     space),
              "1234.50");
    EXPECT_EQ(parsed("\xE2\x88\x92"
                     "5,00 ₽",
                     space),
              "-5.00");
    EXPECT_EQ(parsed("1'234.50", swiss), "1234.50");
    EXPECT_EQ(parsed("1\xE2\x80\x99"
                     "234.50 CHF",
                     swiss),
              "1234.50");
    EXPECT_EQ(parsed("12,34,567.00", point), "1234567.00");  // Indian groups
    EXPECT_EQ(parse_amount("£3", point)->currency, "GBP");
    EXPECT_EQ(parse_amount("3 USD", point)->currency, "USD");
}

TEST(Amount, IsRefusedWhereItDoesNotFit) {
    const Marks point{'.', ','}, plain{'.', {}};
    for (const char* text : {"", "-", "()", "12x", "1.2.3", "1,23", "1,2345", "--5", "5)", "(5", "1 234", "abc",
                             "12 34", "0x10", "1e5", "$", "900000000000001", "99999999999999999999", "5 XYZ"})
        EXPECT_EQ(parsed(text, point), "none") << text;
    EXPECT_EQ(parsed("1,234", plain), "none");
}

// The marks of a column are decided over all its rows.
TEST(Marks, AreDecidedPerColumn) {
    const auto read = import("Date;Amount;Balance\n05.01.2024;1.234,50;1'000.25\n26.01.2024;2.345;1'001.25\n");
    EXPECT_EQ(read.rows[1].amount, "2345.00");
    EXPECT_EQ(read.rows[1].balance, "1001.25");
    EXPECT_EQ(read.plan.columns[1].decimal, ',');
    EXPECT_EQ(read.plan.columns[1].grouping, '.');
    EXPECT_EQ(read.plan.columns[2].decimal, '.');
    EXPECT_EQ(read.plan.columns[2].grouping, '\'');
}

TEST(Marks, AskWhereTwoReadingsFit) {
    const std::string text = "Date;Amount\n05.01.2024;1.234\n26.01.2024;-2.345\n";
    const auto error = error_of(text);
    ASSERT_TRUE(error);
    EXPECT_STREQ(error->what(), "two readings fit the amounts of column \"Amount\"");
    EXPECT_EQ(error->hint, "Say which mark is the decimal one in option decimal, \".\" or \",\".");
    EXPECT_EQ(import(text, R"({"decimal": "."})").rows[0].amount, "1.234");
    EXPECT_EQ(import(text, R"({"decimal": ","})").rows[0].amount, "1234.00");
}

TEST(Marks, OfAnotherColumnDecideWhereOneCannot) {
    const auto read = import("Date;Amount;Balance\n05.01.2024;1.234;1,50\n26.01.2024;-2.345;-2.343,50\n");
    EXPECT_EQ(read.rows[0].amount, "1234.00");
}

TEST(Marks, ContradictionNamesBothRows) {
    const auto error = error_of("Date;Amount\n05.01.2024;1,50\n26.01.2024;2.50\n");
    ASSERT_TRUE(error);
    EXPECT_STREQ(error->what(), "column \"Amount\" writes decimals with a point and with a comma");
    EXPECT_EQ(error->detail, "For example \"2.50\" in row 2 and \"1,50\" in row 1.");
}

TEST(Signs, DebitsMayBePlainNegativeOrInParentheses) {
    for (const char* debit : {"5.00", "-5.00", "(5.00)"}) {
        const auto read =
            import(std::string("Date,Text,Debit,Credit\n2024-01-05,a,") + debit + ",\n2024-01-06,b,,7.00\n");
        EXPECT_EQ(read.outflow(), "-5.00") << debit;
        EXPECT_EQ(read.inflow(), "7.00") << debit;
    }
}

TEST(Signs, TypeColumnsTellTheDirection) {
    for (const auto& [in, out] : {std::pair{"C", "D"},
                                  {"Bij", "Af"},
                                  {"income", "expense"},
                                  {"Приход", "Расход"},
                                  {"Haben", "Soll"},
                                  {"CREDIT", "DEBIT"}}) {
        const auto read =
            import(std::string("Date,Type,Amount\n2024-01-05,") + out + ",5.00\n2024-01-06," + in + ",7.00\n");
        EXPECT_EQ(read.plan.sign, "by_type") << in;
        EXPECT_EQ(read.outflow(), "-5.00") << in;
        EXPECT_EQ(read.inflow(), "7.00") << in;
    }
    // Signed amounts carry the sign themselves; the words then only repeat it.
    EXPECT_EQ(import("Date,Type,Amount\n2024-01-05,DEBIT,-5.00\n2024-01-06,CREDIT,7.00\n").outflow(), "-5.00");
}

TEST(Signs, OptionInvertsAndSpendingIsMoneyOut) {
    const std::string text =
        "Date,Supplier,Amount\n2024-01-05,A,5.00\n2024-01-06,B,7.00\n2024-01-06,B,1.00\n"
        "2024-01-06,B,1.00\n2024-01-06,B,1.00\n2024-01-06,B,1.00\n2024-01-06,B,1.00\n2024-01-06,B,1.00\n"
        "2024-01-06,B,1.00\n2024-01-08,A,-2.00\n";
    EXPECT_EQ(import(text).plan.sign, "expenses");
    EXPECT_EQ(import("Invoice Date,Customer,Amount\n2024-01-05,A,5.00\n").plan.sign, "as_is");
    EXPECT_EQ(import(text).rows[0].amount, "-5.00");
    EXPECT_EQ(import(text).rows.back().amount, "2.00");
    EXPECT_EQ(import(text, R"({"sign": "as_is"})").rows[0].amount, "5.00");
    EXPECT_EQ(import("Date,Amount\n2024-01-05,5.00\n", R"({"sign": "inverted"})").rows[0].amount, "-5.00");
}

TEST(Fees, AreTakenOffPlainAmountsButNotOffNetOnes) {
    EXPECT_EQ(import("Date,Amount,Fee\n2024-01-05,10.00,0.50\n2024-01-06,-3.00,0.25\n").rows[1].amount, "-3.25");
    EXPECT_EQ(import("Date,Gross,Fee,Net\n2024-01-05,10.00,-0.50,9.50\n").rows[0].amount, "9.50");
}

TEST(Rows, FailedPendingTotalsAndHoldsAreSkippedAndCounted) {
    const auto read = import(
        "Date,Type,Status,Name,Amount\n2024-01-05,Payment,Completed,A,1.00\n2024-01-05,Payment,Pending,A,2.00\n"
        "2024-01-05,Payment,FAILED,A,4.00\n2024-01-05,Payment Hold,Completed,A,8.00\n"
        "2024-01-06,Payment,Completed,Total,16.00\nGrand Total,,,,31.00\n,,,,31.00\n");
    EXPECT_EQ(read.inflow(), "17.00");  // a payee may be called Total
    EXPECT_EQ(read.plan.skipped, 5u);
    EXPECT_EQ(read.rows[1].row_no, 5);
}

TEST(Rows, ZeroAmountsAndEqualRowsAreKept) {
    EXPECT_EQ(import("Date,Amount\n2024-01-05,0.00\n2024-01-05,1.00\n2024-01-05,1.00\n").rows.size(), 3u);
}

TEST(Rows, OpeningBalanceRowsAreNoTransactions) {
    const auto read = import(
        "Date,Description,Amount,Balance\n2024-01-01,Opening "
        "balance,,100.00\n2024-01-05,Sale,5.00,105.00\n2024-01-31,Closing balance,,105.00\n");
    EXPECT_EQ(read.rows.size(), 1u);
    EXPECT_EQ(read.plan.opening_balance->text(), "100.00");
    const auto russian = import(
        "Дата;Документ;Дебет;Кредит;Сальдо\nСальдо на начало;;;;100,00\n05.01.2024;Оплата;;50,00;150,00\n"
        "Обороты за период;;0,00;50,00;\nСальдо на конец;;;;150,00\n");
    EXPECT_EQ(russian.rows.size(), 1u);
    EXPECT_EQ(russian.plan.skipped, 3u);
    EXPECT_EQ(russian.plan.opening_balance->text(), "100.00");
    EXPECT_EQ(import("Date,Amount\n2024-01-05,5.00\n", R"({"opening_balance": 12.5})").plan.opening_balance->text(),
              "12.50");
}

TEST(Currency, ComesFromTheColumnTheHeaderTheSignOrTheOption) {
    const auto columns = import("Date,Amount,Currency\n2024-01-05,1.00,usd\n2024-01-06,1.00,RUR\n2024-01-07,1.00,€\n",
                                R"({"currency": "CHF"})");
    EXPECT_EQ(columns.rows[0].currency, "USD");
    EXPECT_EQ(columns.rows[1].currency, "RUB");
    EXPECT_EQ(columns.rows[2].currency, "EUR");
    EXPECT_EQ(import("Datum,\"Bedrag (EUR)\"\n2024-01-05,1.00\n").rows[0].currency, "EUR");
    EXPECT_EQ(import("Date,Amount\n2024-01-05,£1.00\n").rows[0].currency, "GBP");
    EXPECT_EQ(import("Дата;Сумма\n05.01.2024;1 000,00 ₽\n").rows[0].currency, "RUB");
    EXPECT_EQ(import("Date,Amount\n2024-01-05,1.00\n", R"({"currency": "eur"})").rows[0].currency, "EUR");
    EXPECT_EQ(import("Date,Amount\n2024-01-05,1.00\n").rows[0].currency, "");
}

}  // namespace
