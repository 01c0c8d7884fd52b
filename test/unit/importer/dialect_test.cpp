// Encodings, delimiters, quotes, headers and preambles, on small files of our own.
#include "imported.hpp"

using namespace fin::importer::test;

namespace {

std::string data(const std::string& name) { return file(std::string(FIN_TEST_DATA) + "/imports/" + name); }

struct Encoded {
    const char *name, *encoding;
};

class Encodings : public testing::TestWithParam<Encoded> {};

// One Russian statement saved in every encoding gives the same rows.
TEST_P(Encodings, GiveTheSameRows) {
    const auto read = import(data(GetParam().name));
    EXPECT_EQ(read.plan.encoding, GetParam().encoding);
    EXPECT_EQ(read.plan.header_row, 2);
    EXPECT_EQ(read.plan.sign, "debit_credit");
    EXPECT_EQ(read.plan.skipped, 2u);  // one in progress, one total
    ASSERT_EQ(read.rows.size(), 2u);
    EXPECT_EQ(read.rows[0].description, "Оплата по счёту 17 за поставку оборудования");
    EXPECT_EQ(read.rows[0].amount, "125000.00");
    EXPECT_EQ(read.rows[1],
              (Stored{2, "2024-02-06", "-30500.50", "", "", "ИП Петров", "", "Аренда помещения за февраль", ""}));
}

INSTANTIATE_TEST_SUITE_P(Russian, Encodings,
                         testing::Values(Encoded{"ru_utf8.csv", "UTF-8"}, Encoded{"ru_utf8bom.csv", "UTF-8"},
                                         Encoded{"ru_windows1251.csv", "windows-1251"},
                                         Encoded{"ru_cp866.csv", "IBM866"}, Encoded{"ru_koi8r.csv", "KOI8-R"},
                                         Encoded{"ru_utf16.csv", "UTF-16LE"},
                                         Encoded{"ru_utf16le_nomark.csv", "UTF-16LE"},
                                         Encoded{"ru_utf16be_nomark.csv", "UTF-16BE"}));

TEST(Encoding, WesternAndCentralEuropeanLettersTellTheirPages) {
    for (const auto& [name, encoding] :
         {Encoded{"de_windows1252.csv", "windows-1252"}, Encoded{"de_iso88591.csv", "ISO-8859-1"}}) {
        const auto german = import(data(name));
        EXPECT_EQ(german.plan.encoding, encoding);
        EXPECT_EQ(german.rows[0].counterparty, "Müller Bürobedarf");
        EXPECT_EQ(german.rows[0].date, "2024-04-03");  // Buchungstag, not Wertstellung
        EXPECT_EQ(german.rows[0].amount, "-1234.56");
    }
    const auto polish = import(data("pl_windows1250.csv"));
    EXPECT_EQ(polish.plan.encoding, "windows-1250");
    EXPECT_EQ(polish.rows[1].counterparty, "Święty Źrebak");
    EXPECT_EQ(polish.rows[0].currency, "PLN");
}

TEST(Encoding, OptionOverridesDetectionAndIsChecked) {
    EXPECT_EQ(import(data("ru_cp866.csv"), R"({"encoding": "cp866"})").rows.size(), 2u);
    const auto invalid = error_of(data("ru_windows1251.csv"), R"({"encoding": "UTF-8"})");
    ASSERT_TRUE(invalid);
    EXPECT_STREQ(invalid->what(), "the file is not valid UTF-8");
    const auto unknown = error_of("Date,Amount\n2024-01-01,1\n", R"({"encoding": "windows-9999"})");
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->code, fin::ErrorCode::invalid_argument);
}

TEST(Encoding, ConvertsLongFilesInPieces) {
    std::string text = "Date\tAmount\tDescription\n", wide = "\xFF\xFE";
    for (int i = 0; i < 20000; ++i) text += "2024-01-05\t1.50\t\"row \"\"" + std::to_string(i) + "\"\"\"\r\n";
    for (const char c : text) wide += c, wide += '\0';
    const auto read = import(wide);
    ASSERT_EQ(read.rows.size(), 20000u);
    EXPECT_EQ(read.inflow(), "30000.00");
    EXPECT_EQ(read.rows[12345].description, "row \"12345\"");
}

TEST(Delimiter, IsFoundForEachOfFour) {
    for (const std::string d : {",", ";", "\t", "|"}) {
        const std::string text = d == "," ? "Rent; and more" : d == ";" ? "Rent, and more" : "Rent, and; more";
        const auto read = import("Date" + d + "Description" + d + "Amount\n2024-01-05" + d + text + d + "-5.00\n");
        EXPECT_EQ(std::string(1, read.plan.delimiter), d);
        EXPECT_EQ(read.rows[0].description, text);
    }
    EXPECT_EQ(import("Date;Amount\n05.01.2024;1,50\n06.01.2024;2,50\n").plan.delimiter, ';');
    EXPECT_EQ(import("Date,Amount\n2024-01-05,1.50\n").plan.delimiter, ',');
    EXPECT_EQ(import("Date^Amount\n2024-01-05^1.50\n", R"({"delimiter": "^"})").rows.size(), 1u);
}

TEST(Records, QuotesLineEndsAndShortLines) {
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        const auto read =
            import("Date,Amount,Description,Note" + end + "2024-01-05,\"1,200.50\",\"two\nlines \"\"quoted\"\"\"," +
                   end + "2024-01-06,3.00" + end + end + "2024-01-07,4.00,last,,,");
        ASSERT_EQ(read.rows.size(), 3u);
        EXPECT_EQ(read.rows[0].amount, "1200.50");
        EXPECT_EQ(read.rows[0].description, "two lines \"quoted\"");
        EXPECT_EQ(read.rows[1].description, "");
        EXPECT_EQ(read.rows[2].row_no, 3);  // the blank line is no record
    }
}

TEST(Records, ManyDelimitersInLegalTextAreNoError) {
    const auto read = import("Date,Amount\n2024-01-05,1.00\nThis text, which says nothing, has commas, many of them\n");
    EXPECT_EQ(read.rows.size(), 1u);
    EXPECT_EQ(read.plan.skipped, 1u);
}

TEST(Texts, AreCleaned) {
    const auto read =
        import("Date,Amount,Description\n2024-01-05,1.00,\"  a\xC2\xA0\xC2\xA0 b\tc\x01\xEF\xBB\xBF  \"\n");
    EXPECT_EQ(read.rows[0].description, "a b c");
}

TEST(Header, IsFoundBelowAPreambleOrNamedByOption) {
    const std::string text =
        "Bank of "
        "Nowhere\nBalance;Credit;Debit\n100;5;6\n\nDate;Text;Amount\n05.01.2024;Rent;-5,00\n06.01.2024;Sale;17,00\n";
    const auto read = import(text);
    EXPECT_EQ(read.plan.header_row, 5);
    EXPECT_EQ(read.rows.size(), 2u);
    EXPECT_EQ(import(text, R"({"header_row": 5})").rows, read.rows);
    EXPECT_EQ(import("05.01.2024;Rent;-5,00\n26.01.2024;Sale;17,00\n", R"({"header_row": 0})").rows.size(), 2u);
}

TEST(Header, OfUnknownWordsStillNamesColumns) {
    const auto read = import("Fecha,Concepto,Importe\n25/01/2024,Alquiler,-5.00\n26/01/2024,Venta,7.00\n");
    EXPECT_EQ(read.plan.header_row, 1);
    EXPECT_EQ(read.rows[1].amount, "7.00");
    EXPECT_EQ(read.rows[1].description, "Venta");
    EXPECT_EQ(read.plan.columns[2].header, "Importe");
}

// The balance must not be taken for the amount, whichever side of its row it tells and in either order of time.
TEST(NoHeader, AmountAndBalanceProveEachOther) {
    const char* after_old =
        "05-01-2024,Rent of the office,-20.00,80.00\n06-01-2024,Sale of a "
        "machine,5.50,85.50\n17-01-2024,Sale,1.00,86.50\n";
    const char* after_new =
        "17-01-2024,Sale of a machine,1.00,86.50\n06-01-2024,Sale,5.50,85.50\n05-01-2024,Rent,-20.00,80.00\n";
    const char* before_old =
        "05-01-2024,100.00,Rent of the office,-20.00\n06-01-2024,80.00,Sale,5.50\n17-01-2024,85.50,Sale,1.00\n";
    const char* before_new =
        "17-01-2024,85.50,Sale,1.00\n06-01-2024,80.00,Sale of a machine,5.50\n05-01-2024,100.00,Rent,-20.00\n";
    for (const char* text : {after_old, after_new, before_old, before_new}) {
        const auto read = import(text);
        EXPECT_EQ(read.plan.header_row, 0);
        EXPECT_EQ(read.inflow(), "6.50") << text;
        EXPECT_EQ(read.outflow(), "-20.00") << text;
        EXPECT_EQ(read.plan.opening_balance->text(), "100.00") << text;
        for (const auto& row : read.rows) EXPECT_TRUE(row.amount != "5.50" || row.balance == "85.50") << text;
    }
}

TEST(Columns, OptionsNameThemByHeaderOrNumber) {
    const std::string text = "Date,Value date,Amount,Other amount,Who\n2024-01-05,2024-02-06,1.00,2.00,A\n";
    const auto read = import(text, R"({"columns": {"date": "value DATE", "amount": 4, "counterparty": "Who"}})");
    EXPECT_EQ(read.rows[0], (Stored{1, "2024-02-06", "2.00", "", "", "A", "", "", ""}));
    const auto error = error_of(text, R"({"columns": {"date": "Datum"}})");
    ASSERT_TRUE(error);
    EXPECT_STREQ(error->what(), "the file has no column \"Datum\"");
    EXPECT_EQ(error->code, fin::ErrorCode::invalid_argument);
}

}  // namespace
