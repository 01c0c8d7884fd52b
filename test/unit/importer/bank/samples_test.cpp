// The project's own samples of the banks' formats: rows, totals and what becomes of each field.
// Totals come from test/reference/import_totals.py, which reads the files by other means.
#include <filesystem>

#include "importer/imported.hpp"

using namespace fin;
using namespace fin::importer;
using namespace fin::importer::test;

namespace {

Imported sample(const std::string& name, std::string_view options = "{}") {
    return import(file(std::string(FIN_TEST_DATA) + "/imports/" + name), options);
}

struct Expected {
    const char *name, *format, *encoding;
    std::size_t rows, skipped;
    const char *inflow, *outflow, *opening;
};

const Expected expected[] = {
    {"ofx1_two_accounts.ofx", "ofx", "windows-1252", 6, 1, "2500.00", "-1516.55", "5000.00"},
    {"ofx2.ofx", "ofx", "UTF-8", 4, 1, "1234.50", "-152.09", ""},
    {"accounts.qif", "qif", "UTF-8", 6, 3, "3750.75", "-680.00", "1050.00"},
    {"dmy_windows1252.qif", "qif", "ISO-8859-1", 2, 0, "12.00", "-1234.56", ""},
    {"german.mt940", "mt940", "UTF-8", 6, 1, "2251.50", "-466.24", ""},
    {"dutch.mt940", "mt940", "UTF-8", 3, 0, "100.00", "-100.00", "0.00"},
    {"statement.camt053.xml", "camt053", "ISO-8859-1", 5, 1, "6100.00", "-1110.00", "-500.00"},
    {"report.camt052.xml", "camt053", "UTF-8", 2, 0, "5.50", "-20.00", ""},
    {"client_bank_windows1251.txt", "1c", "windows-1251", 4, 0, "5000.00", "-1770.25", ""},
    {"client_bank_cp866.txt", "1c", "IBM866", 4, 0, "5000.00", "-1770.25", ""},
};

class Samples : public testing::TestWithParam<Expected> {};

TEST_P(Samples, HaveTheirRowsTotalsAndOpeningBalance) {
    const Expected& wanted = GetParam();
    const Imported read = sample(wanted.name);
    EXPECT_EQ(read.plan.format, wanted.format);
    EXPECT_EQ(read.plan.encoding, wanted.encoding);
    EXPECT_EQ(read.rows.size(), wanted.rows);
    EXPECT_EQ(read.plan.skipped, wanted.skipped);
    EXPECT_EQ(read.plan.records, wanted.rows + wanted.skipped);
    EXPECT_EQ(read.inflow(), wanted.inflow);
    EXPECT_EQ(read.outflow(), wanted.outflow);
    EXPECT_EQ(read.plan.opening_balance ? read.plan.opening_balance->text() : "", wanted.opening);
}

INSTANTIATE_TEST_SUITE_P(All, Samples, testing::ValuesIn(expected), [](const auto& info) {
    std::string name = info.param.name;
    for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return name;
});

TEST(OfxSample, FieldsAccountsAndBalances) {
    const auto read = sample("ofx1_two_accounts.ofx");
    EXPECT_EQ(read.rows[0], (Stored{1, "2024-01-03", "2500.00", "EUR", "", "Société Générale & Fils", "0412345678",
                                    "Facture 2023-118", ""}));
    EXPECT_EQ(read.rows[2],
              (Stored{3, "2024-01-31", "-4.90", "EUR", "Bank fees", "Frais de tenue", "0412345678", "", ""}));
    // The payee's name stands for the missing NAME; the balance of the list's end is that after its last entry.
    EXPECT_EQ(read.rows[3],
              (Stored{4, "2024-01-31", "-200.00", "EUR", "", "Électricité de l'Ouest", "0412345678", "", "6044.60"}));
    EXPECT_EQ(read.rows[4].row_no, 6);        // the held amount before it keeps number 5
    EXPECT_EQ(read.rows[4].currency, "EUR");  // ORIGCURRENCY is what it was converted from
    EXPECT_EQ(read.rows[5].category, "Interest");
    EXPECT_TRUE(read.plan.warnings.empty());
}

TEST(OfxSample, XmlEntitiesCurrenciesAndRepeatedIds) {
    const auto read = sample("ofx2.ofx");
    EXPECT_EQ(read.rows[0],
              (Stored{1, "2024-03-01", "1234.50", "GBP", "", "Smith & Sons", "31926819", "Invoice £1,234.50", ""}));
    EXPECT_EQ(read.rows[1].description, "Paper <A4> & ink");
    EXPECT_EQ(read.rows[3].currency, "EUR");  // CURRENCY is what the amount is in
    ASSERT_EQ(read.plan.warnings.size(), 1u);
    EXPECT_EQ(read.plan.warnings[0].substr(0, 28), "1 entries repeat the FITID o");
}

TEST(QifSample, SplitsTransfersAccountsAndOpeningBalances) {
    const auto read = sample("accounts.qif");
    EXPECT_EQ(read.plan.date_format, "MM/DD/YY");
    EXPECT_EQ(read.rows[0],
              (Stored{2, "2024-01-15", "-100.00", "", "Food:Groceries", "Corner Shop", "Checking", "Bread", ""}));
    EXPECT_EQ(read.rows[1],
              (Stored{3, "2024-01-15", "-50.00", "", "Household", "Corner Shop", "Checking", "Weekly", ""}));
    EXPECT_EQ(read.rows[2].category, "Sales");
    EXPECT_EQ(read.rows[3].category, "Transfer: Savings");
    EXPECT_EQ(read.rows[4], (Stored{6, "2024-02-02", "-30.00", "", "Food", "Broken split", "Checking", "", ""}));
    EXPECT_EQ(read.rows[5].account, "Savings");
    EXPECT_EQ(read.plan.warnings,
              (std::vector<std::string>{
                  "1 investment transactions are not read; they are counted as skipped.",
                  "The splits of 1 entries do not add up to their amount; these entries are stored whole."}));
}

TEST(QifSample, DayFirstWithDecimalCommas) {
    const auto read = sample("dmy_windows1252.qif");
    EXPECT_EQ(read.plan.date_format, "DD/MM/YY");
    EXPECT_EQ(read.rows[0], (Stored{1, "1999-12-25", "-1234.56", "", "", "Café Zürich", "", "Menü", ""}));
    EXPECT_EQ(read.rows[1].date, "2000-01-03");
}

TEST(Mt940Sample, GermanSubfieldsReversalsAndSeveralStatements) {
    const auto read = sample("german.mt940");
    // The booking day 1229 beside the value date 240102 is in the year before.
    EXPECT_EQ(read.rows[0], (Stored{1, "2023-12-29", "2000.50", "EUR", "", "Muster GmbH & Co KG", "10020030/1234567",
                                    "Rechnung 4711 vom 18.12.2023", ""}));
    EXPECT_EQ(read.rows[2].amount, "-12.34");  // RC
    EXPECT_EQ(read.rows[2].description, "Storno einer Gutschrift vom Vortag");
    EXPECT_EQ(read.rows[3].amount, "1.00");  // RD
    EXPECT_EQ(read.rows[4], (Stored{5, "2024-01-05", "-3.90", "EUR", "Bank fees", "", "10020030/1234567",
                                    "Kontofuehrung", "2535.26"}));
    EXPECT_EQ(read.rows[5], (Stored{7, "2024-01-08", "250.00", "USD", "", "OVERSEAS INC", "10020030/7654321",
                                    "Payment of invoice 12", "150.00"}));
    EXPECT_TRUE(read.plan.warnings.empty());
}

TEST(Mt940Sample, DutchCodesAndPlainText) {
    const auto read = sample("dutch.mt940");
    EXPECT_EQ(read.rows[0].counterparty, "J. JANSEN");
    EXPECT_EQ(read.rows[0].description, "FACTUUR 2024-1 DEEL 1");
    EXPECT_EQ(read.rows[1].description, "BEA NR:XXX1234 03.01.24/12.34 ALBERT HEIJN 1521,PAS123");
    EXPECT_EQ(read.rows[1].balance, "39.80");
}

TEST(CamtSample, BatchesPartiesAndBalances) {
    const auto read = sample("statement.camt053.xml");
    EXPECT_EQ(read.rows[0], (Stored{1, "2024-02-01", "6000.00", "EUR", "", "Müller & Söhne", "DE02120300000000202051",
                                    "Rechnung 12 und 13", ""}));
    EXPECT_EQ(read.rows[1],
              (Stored{2, "2024-02-01", "-700.00", "EUR", "", "Anna Beispiel", "DE02120300000000202051", "Gehalt", ""}));
    EXPECT_EQ(read.rows[3], (Stored{4, "2024-02-01", "100.00", "EUR", "", "Carla Beispiel", "DE02120300000000202051",
                                    "Sammler", ""}));
    EXPECT_EQ(read.rows[4], (Stored{5, "2024-02-01", "-10.00", "EUR", "Bank fees", "", "DE02120300000000202051",
                                    "Kontoführung", "4490.00"}));
}

TEST(CamtSample, ReversalsKeepTheirDirectionAndBrokenBatchesStayWhole) {
    const auto read = sample("report.camt052.xml");
    EXPECT_EQ(read.rows[0], (Stored{1, "2024-03-01", "5.50", "CHF", "", "Versicherung", "12-34", "", ""}));
    EXPECT_EQ(read.rows[1], (Stored{2, "2024-03-02", "-20.00", "CHF", "", "", "12-34", "Sammelauftrag", ""}));
    ASSERT_EQ(read.plan.warnings.size(), 1u);
    EXPECT_EQ(read.plan.warnings[0].substr(0, 37), "The transactions of 1 batch entries d");
}

TEST(ClientBankSample, SignByOwnAccountDatesAndCurrencies) {
    const auto read = sample("client_bank_windows1251.txt");
    EXPECT_EQ(read.rows[0], (Stored{1, "2024-01-09", "5000.00", "RUB", "", "ООО \"Ромашка\"", "40702810500000000007",
                                    "Оплата по счёту № 5", ""}));
    EXPECT_EQ(read.rows[1], (Stored{2, "2024-01-10", "-1250.25", "RUB", "", "ИНН 7802345678 АО \"Аренда\"",
                                    "40702810500000000007", "Аренда офиса за январь", ""}));
    EXPECT_EQ(read.rows[3],
              (Stored{4, "2024-01-10", "-20.00", "USD", "", "Foreign Ltd", "40702840800000000008", "Invoice 9", ""}));
    const auto dos = sample("client_bank_cp866.txt");
    EXPECT_EQ(dos.rows[1], read.rows[1]);
    EXPECT_EQ(read.plan.warnings.size(), 1u);
}

TEST(ClientBank, BetweenTwoOwnAccountsBothSidesAreRows) {
    const std::string head =
        "1CClientBankExchange\nКодировка=Windows\nРасчСчет=40702810500000000007\nРасчСчет=40702810200000000008\n"
        "СекцияДокумент=Платежное поручение\nДата=09.01.2024\nСумма=5\nПлательщикСчет=40702810500000000007\n"
        "ПолучательСчет=40702810200000000008\n";
    const auto both = import(head + "КонецДокумента\nКонецФайла\n");
    ASSERT_EQ(both.rows.size(), 2u);
    EXPECT_EQ(both.rows[0].amount + " " + both.rows[0].account, "-5.00 40702810500000000007");
    EXPECT_EQ(both.rows[1].amount + " " + both.rows[1].account, "5.00 40702810200000000008");
    const auto one = import(head + "ДатаПоступило=10.01.2024\nКонецДокумента\nКонецФайла\n");
    ASSERT_EQ(one.rows.size(), 1u);
    EXPECT_EQ(one.rows[0].amount + " " + one.rows[0].date, "5.00 2024-01-10");
}

TEST(ClientBank, PurposeMayGoOnOverLines) {
    const auto read = import(
        "1CClientBankExchange\nКодировка=Windows\nРасчСчет=7\nСекцияДокумент=А\nДата=09.01.2024\nСумма=5\n"
        "ПлательщикСчет=7\nНазначениеПлатежа=Оплата\nпо договору\nКонецДокумента\nКонецФайла\n");
    EXPECT_EQ(read.rows[0].description, "Оплата по договору");
}

TEST(Statements, ThatDoNotAddUpAreToldAndStored) {
    const auto read =
        import(":20:A\n:25:7\n:28C:1\n:60F:C240101EUR1,00\n:61:2401020102C1,00NTRFX\n:62F:C240102EUR3,00\n-\n");
    EXPECT_EQ(read.rows.size(), 1u);
    EXPECT_EQ(read.rows[0].balance, "");
    ASSERT_EQ(read.plan.warnings.size(), 1u);
    EXPECT_EQ(
        read.plan.warnings[0],
        "1 of 1 statements do not add up: account 7 opens with 1.00, its entries give 2.00, it closes with 3.00.");
}

// A file that says CHARSET 1252 and is valid UTF-8 is UTF-8; the option has the last word.
TEST(Encoding, OfOfxByDeclarationBytesAndOption) {
    const std::string head =
        "OFXHEADER:100\nCHARSET:1252\n\n<OFX><STMTRS><BANKTRANLIST><STMTTRN><DTPOSTED>20240101"
        "<TRNAMT>1.5<NAME>";
    const std::string tail = "</STMTTRN></BANKTRANLIST></STMTRS></OFX>";
    EXPECT_EQ(import(head + "Caf\xC3\xA9" + tail).rows[0].counterparty, "Café");
    EXPECT_EQ(import(head + "Caf\xE9" + tail).rows[0].counterparty, "Café");
    EXPECT_EQ(import(head + "\xC4\xE0" + tail, R"({"encoding": "windows-1251"})").rows[0].counterparty, "Да");
}

// Names of encodings and fields go into messages and rows: what is cut is cut at whole characters.
TEST(Encoding, OfWhatIsCutStaysUtf8) {
    const auto error = error_of("<?xml version=\"1.0\" encoding=\"\xC3\xA9\xFF\xFE\"?><OFX></OFX>");
    ASSERT_TRUE(error);
    EXPECT_STREQ(error->what(), "the file declares the unknown encoding \"????\"");
    EXPECT_EQ(import("OFXHEADER:100DATA:OFXSGMLCHARSET:1251COMPRESSION:NONE\n<OFX><STMTRS><BANKTRANLIST><STMTTRN>"
                     "<DTPOSTED>20240101<TRNAMT>1.5<NAME>\xC4\xE0</STMTTRN></BANKTRANLIST></STMTRS></OFX>")
                  .rows[0]
                  .counterparty,
              "Да");
    std::string account;
    for (int i = 0; i < 200; ++i) account += "\xC3\xA9";
    const auto read = import("!Account\nNx" + account + "\n^\n!Type:Bank\nD25/12/23\nT1.50\n^\n");
    EXPECT_EQ(read.rows[0].account, "x" + account.substr(0, 254));
    const auto text = import(
        ":20:A\n:25:7\n:60F:C240101EUR1,00\n:61:2401020102C1,00NTRFX\n:86:123\xC3\xA9"
        "20a\n"
        ":62F:C240102EUR2,00\n-\n");
    EXPECT_EQ(text.rows[0].description,
              "123\xC3\xA9"
              "20a");
}

TEST(Encoding, OfXmlInUtf16) {
    std::string wide = "\xFF\xFE";
    for (const char c : file(std::string(FIN_TEST_DATA) + "/imports/report.camt052.xml")) wide += c, wide += '\0';
    const auto read = import(wide);
    EXPECT_EQ(read.plan.encoding, "UTF-16LE");
    EXPECT_EQ(read.rows[0].counterparty, "Versicherung");
}

TEST(Options, ThatMakeNoSenseAreRefusedByName) {
    const std::tuple<const char*, const char*, const char*> refused[] = {
        {"ofx2.ofx", R"({"delimiter": ";"})", "option delimiter is for delimited tables"},
        {"ofx2.ofx", R"({"header_row": 1})", "option header_row is for delimited tables and workbooks"},
        {"accounts.qif", R"({"columns": {"date": "D"}})", "option columns is for delimited tables and workbooks"},
        {"german.mt940", R"({"sheet": "A"})", "option sheet is for workbooks"},
        {"german.mt940", R"({"decimal": "."})", "option decimal is for formats that leave the decimal mark open"},
        {"statement.camt053.xml", R"({"date_format": "DD.MM.YYYY"})",
         "option date_format is for formats that leave dates open"},
        {"client_bank_windows1251.txt", R"({"sign": "inverted"})",
         "option sign is for files whose amounts carry a sign"},
        {"accounts.qif", R"({"sign": "expenses"})", "option sign is for lists of payments where it says \"expenses\""},
    };
    for (const auto& [name, options, message] : refused) {
        const auto error = error_of(file(std::string(FIN_TEST_DATA) + "/imports/" + name), options);
        ASSERT_TRUE(error) << name;
        EXPECT_EQ(error->code, ErrorCode::invalid_argument);
        EXPECT_STREQ(error->what(), message);
    }
}

TEST(Options, ThatMakeSenseAreFollowed) {
    EXPECT_EQ(sample("accounts.qif", R"({"sign": "inverted", "currency": "USD"})").rows[2],
              (Stored{4, "2024-01-31", "-3250.75", "USD", "Sales", "Acme Ltd", "Checking", "", ""}));
    EXPECT_EQ(sample("ofx2.ofx", R"({"sign": "inverted"})").rows[1].amount, "99.99");
    EXPECT_EQ(sample("report.camt052.xml", R"({"opening_balance": 12.5})").plan.opening_balance->text(), "12.50");
    EXPECT_EQ(import("!Type:Bank\nD2/ 1'24\nT1.50\n^\n", R"({"date_format": "DD/MM'YY"})").rows[0].date, "2024-01-02");
    const auto both = error_of("!Type:Bank\nD25/12/23\nT1.50\n^\nD25/12/23\nT2,50\n^\n");
    ASSERT_TRUE(both);
    EXPECT_EQ(both->detail, "For example \"1.50\" in entry 1 and \"2,50\" in entry 2.");
    const std::string unclear = "!Type:Bank\nD1/2/24\nT1,250\n^\n";
    EXPECT_EQ(import(unclear, R"({"date_format": "DD/MM/YY", "decimal": "."})").rows[0],
              (Stored{1, "2024-02-01", "1250.00", "", "", "", "", "", ""}));
    EXPECT_EQ(import(unclear, R"({"date_format": "MM/DD/YY", "decimal": ","})").rows[0],
              (Stored{1, "2024-01-02", "1.25", "", "", "", "", "", ""}));
}

TEST(Preview, OfABankFormatShowsRawFieldsAndGoesOnBehindABadEntry) {
    const std::string text =
        "!Type:Bank\nD25/12/23\nT1.50\nPA\n^\nD26/13/23\nT2.50\n^\nD27/12/23\nTx\n^\nD28/12/23\nT4.00\nPB\n^\n";
    const std::string document = preview(text, "a.qif", {});
    EXPECT_NE(document.find("\"format\":\"qif\",\"encoding\":\"UTF-8\",\"delimiter\":null"), std::string::npos);
    EXPECT_NE(document.find("\"raw\":{\"D\":\"25/12/23\",\"T\":\"1.50\",\"P\":\"A\",\"M\":\"\",\"L\":\"\",\"!Account "
                            "N\":\"\"},\"parsed\":{\"booked_on\":\"2023-12-25\",\"amount\":1.50"),
              std::string::npos)
        << document;
    EXPECT_NE(document.find("{\"row\":2,\"column\":\"D\",\"value\":\"26/13/23\",\"message\":\"entry 2, field"),
              std::string::npos);
    EXPECT_NE(document.find("{\"row\":3,\"column\":\"T\",\"value\":\"x\""), std::string::npos);
    EXPECT_NE(document.find("\"error_count\":2"), std::string::npos);
    EXPECT_NE(document.find("\"rows\":2,"), std::string::npos);
    EXPECT_NE(document.find("\"row_no\":4"), std::string::npos);
}

TEST(Names, DoNotDecideTheFormat) {
    const std::string csv = "Date,Amount,Text\n2024-01-05,1.00,\"a\n:20:b\"\n";
    EXPECT_EQ(examine(csv, "statement.ofx", {}).format, "delimited");
    EXPECT_EQ(examine("!Type:Bank\nD25/12/23\nT1.50\n^\n", "table.csv", {}).format, "qif");
}

}  // namespace
