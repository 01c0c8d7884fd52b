// Every sample file with its exact number of rows, skipped records and totals.
// The numbers come from test/reference/import_totals.py, which reads the files with columns chosen by hand.
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

#include "imported.hpp"

using namespace fin::importer::test;

namespace {

struct Expected {
    const char* path;
    std::size_t rows, skipped;
    const char *inflow, *outflow;
};

const Expected expected[] = {
    {"imports/01_us_dcu_checking.csv", 10, 0, "16423.03", "-15923.03"},
    {"imports/02_us_fidelity_cma.csv", 11, 9, "6330.13", "-14001.88"},
    {"imports/04_us_citi_credit_parens.csv", 6, 1, "500.00", "-420.41"},
    {"imports/05_us_venmo.csv", 50, 0, "17416.49", "-19167.49"},
    {"imports/07_nl_ing.csv", 6, 0, "21.25", "-1.87"},
    {"imports/08_nl_knab.csv", 28, 0, "20834.77", "-20827.76"},
    {"imports/09_nl_asn_noheader.csv", 11, 0, "3286.92", "-3333.12"},
    {"imports/10_at_easybank.csv", 10, 0, "23.31", "-1586.17"},
    {"imports/12_eu_revolut.csv", 7, 2, "500.00", "-413.44"},
    {"imports/15_ru_alfabank_cp1251.csv", 3, 0, "33123.56", "-1550.00"},
    {"imports/16_ru_sberbank_utf8bom.csv", 11, 0, "17209.24", "-9870.41"},
    {"imports/17_ru_vtb_cp1251.csv", 3, 1, "0.00", "-919.63"},
    {"imports/20_paypal_activity_en.csv", 60, 16, "127261.94", "-67833.02"},
    {"imports/22_adyen_settlement.csv", 228, 0, "56438.52", "-56438.52"},
    {"imports/24_stripe_balance.csv", 2, 0, "12.00", "-0.77"},
    {"imports/25_meta_debit_credit_eu.csv", 4, 1, "1300.00", "-230.68"},
    {"imports/33_quickbooks_general_ledger.csv", 3, 8, "623411.61", "-420.81"},
    {"imports/34_quickbooks_transaction_list.csv", 4, 0, "4844.00", "-3828.74"},
    {"imports/36_ru_tinkoff_cp1251.csv", 4, 1, "150000.00", "-22700.00"},
    {"imports/37_xero_precoded.csv", 2, 0, "100.00", "-50.00"},
    {"imports/19_ru_1c_client_bank.txt", 13, 0, "40000.00", "-41184.00"},
    {"imports/26_camt053.xml", 4, 0, "1405.31", "-1418.30"},
    {"imports/27_mt940_ing.940", 8, 0, "36.58", "-134.46"},
    {"imports/29_us_checking_ofx2.ofx", 13, 0, "173.76", "-562.40"},
    {"imports/30_qif_bank.qif", 5, 0, "0.00", "-1896.09"},
    {"ledgers/berka_trans_test.csv.gz", 30200, 0, "143087232.00", "-128074385.80"},
    {"ledgers/birmingham_pcard_2021_2022.csv.gz", 49197, 0, "88353.84", "-8237449.47"},
    {"ledgers/hackclub_2015_2017.csv", 1350, 0, "307350.68", "-301578.29"},
    {"ledgers/leeds_raw_2011-01.csv.gz", 8837, 0, "860735.66", "-66344681.29"},
    {"ledgers/uk_cabinet_office_2019_2022.csv.gz", 17475, 60, "0.00", "-3633894722.66"},
    {"ledgers/uk_gla_london_2013_2015.csv.gz", 26834, 1803, "69729367.91", "-2829446200.49"},
    {"ledgers/uk_network_rail_2017_2018.csv.gz", 50539, 25, "0.00", "-13428267000.54"},
    {"ledgers/us_utility_payments_2010_h1.csv.gz", 105320, 0, "1598657.50", "-266799003.91"},
    {"ledgers/lambeth_originals/2012-06-payments.csv.gz", 3155, 2, "0.00", "-40292334.84"},
};

std::string shared(const std::string& path) { return std::string(FIN_SHARED_DATA) + "/" + path; }

// Reads plain files as well as gzipped ones.
std::string unpacked(const std::string& path) {
    std::string text;
    gzFile in = gzopen(path.c_str(), "rb");
    char piece[65536];
    for (int n; in && (n = gzread(in, piece, sizeof piece)) > 0;) text.append(piece, static_cast<std::size_t>(n));
    if (in) gzclose(in);
    return text;
}

class SharedFiles : public testing::TestWithParam<Expected> {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(FIN_SHARED_DATA)) GTEST_SKIP() << "the folder of sample files is absent";
    }
};

TEST_P(SharedFiles, HasItsRowsAndTotals) {
    const auto& wanted = GetParam();
    const Imported file = import(unpacked(shared(wanted.path)));
    EXPECT_EQ(file.rows.size(), wanted.rows);
    EXPECT_EQ(file.plan.skipped, wanted.skipped);
    EXPECT_EQ(file.plan.records, wanted.rows + wanted.skipped);
    EXPECT_EQ(file.inflow(), wanted.inflow);
    EXPECT_EQ(file.outflow(), wanted.outflow);
}

INSTANTIATE_TEST_SUITE_P(All, SharedFiles, testing::ValuesIn(expected), [](const auto& info) {
    std::string name = std::filesystem::path(info.param.path).filename().string();
    for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return name;
});

class Shared : public testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(FIN_SHARED_DATA)) GTEST_SKIP() << "the folder of sample files is absent";
    }
    static Imported of(const std::string& path) { return import(unpacked(shared(path))); }
};

TEST_F(Shared, EveryFileIsInTheTable) {
    for (const char* folder : {"imports", "ledgers", "ledgers/lambeth_originals"})
        for (const auto& entry : std::filesystem::directory_iterator(shared(folder))) {
            const std::string name = std::string(folder) + "/" + entry.path().filename().string();
            const bool bank = name.starts_with("imports/") && name.find("MANIFEST") == std::string::npos;
            const bool ledger = name.starts_with("ledgers/") && name.find(".csv") != std::string::npos &&
                                name.find("MANIFEST") == std::string::npos &&
                                name.find("2011-01-payments") == std::string::npos;
            if (!bank && !ledger) continue;
            EXPECT_TRUE(std::any_of(std::begin(expected), std::end(expected), [&](const auto& e) {
                return e.path == name;
            })) << name;
        }
}

TEST_F(Shared, TotalsPerSupplierAreNoLedger) {
    const auto error = error_of(unpacked(shared("ledgers/lambeth_originals/2011-01-payments.csv")));
    ASSERT_TRUE(error);
    EXPECT_STREQ(error->what(), "the file is no ledger: no column holds dates");
    EXPECT_EQ(error->detail, "Its first line has the fields \"Supplier Name\", \"Sum of Invoice Nett Amount\".");
}

TEST_F(Shared, WorkbooksAreRefusedByName) {
    const auto workbook = error_of(unpacked(shared("ledgers/birmingham_pcard_april-2022.xls")));
    ASSERT_TRUE(workbook);
    EXPECT_STREQ(workbook->what(), "the file is an old Excel workbook, not a delimited text table");
}

TEST_F(Shared, BankFormatsAreRecognisedByTheirContent) {
    const std::tuple<const char*, const char*, const char*> files[] = {{"19_ru_1c_client_bank.txt", "1c", "45329.91"},
                                                                       {"26_camt053.xml", "camt053", "15568.27"},
                                                                       {"27_mt940_ing.940", "mt940", "662.23"},
                                                                       {"29_us_checking_ofx2.ofx", "ofx", ""},
                                                                       {"30_qif_bank.qif", "qif", ""}};
    for (const auto& [name, format, opening] : files) {
        const auto plan = of(std::string("imports/") + name).plan;
        EXPECT_EQ(plan.format, format);
        EXPECT_EQ(plan.opening_balance ? plan.opening_balance->text() : "", opening) << name;
    }
}

TEST_F(Shared, BankFormatsGiveTheirFields) {
    EXPECT_EQ(of("imports/19_ru_1c_client_bank.txt").rows.back(),
              (Stored{13, "2016-01-11", "20000.00", "RUB", "", "Some random payer", "40702810200000000001",
                      "Some random string", "44145.91"}));
    EXPECT_EQ(of("imports/26_camt053.xml").rows[1], (Stored{2, "2014-01-05", "-564.05", "EUR", "", "Test Customer",
                                                            "NL77ABNA0574908765", "Direct Debit S14 0410", ""}));
    EXPECT_EQ(of("imports/27_mt940_ing.940").rows[5], (Stored{6, "2014-02-20", "-12.75", "EUR", "", "J.Janssen",
                                                              "NL77INGB0574908765", "CONTRIBUTIE FEB 2014", ""}));
    EXPECT_EQ(of("imports/27_mt940_ing.940").rows.back().balance, "564.35");
    EXPECT_EQ(of("imports/29_us_checking_ofx2.ofx").rows[2],
              (Stored{3, "2018-06-11", "75.60", "USD", "", "CHECK RECEIVED", "123456789", "CHECK RECEIVED", ""}));
    EXPECT_EQ(of("imports/30_qif_bank.qif").rows[0],
              (Stored{1, "2013-08-12", "-1000.00", "", "", "Delta PC", "", "", ""}));
}

TEST_F(Shared, BalanceBeforeTheRowIsTurnedIntoTheBalanceAfterIt) {
    const auto file = of("imports/09_nl_asn_noheader.csv");
    EXPECT_TRUE(file.plan.balance_before);
    EXPECT_EQ(file.plan.header_row, 0);
    EXPECT_EQ(file.plan.opening_balance->text(), "130.44");
    EXPECT_EQ(file.rows[0],
              (Stored{1, "2022-06-17", "223.77", "EUR", "", "XXXXXXXXX Z Z Z Z", "NL00ASNB9999999999", "", "354.21"}));
    EXPECT_EQ(file.rows.back().balance, "84.24");
}

TEST_F(Shared, NewestFirstGivesTheOpeningBalanceFromTheLastRow) {
    EXPECT_EQ(of("imports/01_us_dcu_checking.csv").plan.opening_balance->text(), "0.00");
}

TEST_F(Shared, SkippedRecordsKeepTheirNumbers) {
    const auto file = of("imports/36_ru_tinkoff_cp1251.csv");
    ASSERT_EQ(file.rows.size(), 4u);
    EXPECT_EQ(file.rows[0], (Stored{1, "2024-07-05", "-1350.00", "RUB", "Супермаркеты", "", "*1234", "Пятёрочка", ""}));
    EXPECT_EQ(file.rows[1].row_no, 2);  // an equal purchase on the same day is kept
    EXPECT_EQ(file.rows[1].amount, file.rows[0].amount);
    EXPECT_EQ(file.rows[2].row_no, 4);
}

TEST_F(Shared, AmountsAreThoseOfTheAccountCurrency) {
    const auto file = of("imports/17_ru_vtb_cp1251.csv");
    EXPECT_EQ(file.rows[0].amount, "-336.15");
    EXPECT_EQ(file.rows[0].currency, "RUB");
    EXPECT_EQ(file.plan.encoding, "windows-1251");
}

TEST_F(Shared, StatementWithBalancesAroundItsRowsHasAnOpeningBalance) {
    const auto file = of("imports/25_meta_debit_credit_eu.csv");
    EXPECT_EQ(file.plan.opening_balance->text(), "30000.77");
    EXPECT_EQ(file.plan.date_format, "DD/MM/YY");
    EXPECT_EQ(file.rows[3], (Stored{4, "2020-04-02", "1300.00", "EUR", "", "", "", "LABEL 4", ""}));
}

TEST_F(Shared, GroupRowsNameTheAccount) {
    const auto file = of("imports/33_quickbooks_general_ledger.csv");
    EXPECT_EQ(file.rows[0].account, "1010 Huntington - Operating Account");
    EXPECT_EQ(file.rows[0].category, "2000 AP");
    EXPECT_EQ(file.rows[1].account, "2007 Huntington Construction LOC");
    EXPECT_EQ(file.rows[2].account, "5010 Depreciation Expense");
}

TEST_F(Shared, PayoutsStayRowsOfTheirType) {
    const auto file = of("imports/22_adyen_settlement.csv");
    EXPECT_EQ(file.rows.back().category, "MerchantPayout");
    EXPECT_EQ(file.rows.back().amount, "-55308.07");
}

TEST_F(Shared, SeveralCurrenciesStayApart) {
    const auto file = of("imports/20_paypal_activity_en.csv");
    std::set<std::string> currencies;
    for (const auto& row : file.rows) currencies.insert(row.currency);
    EXPECT_EQ(currencies, (std::set<std::string>{"AUD", "EUR", "USD"}));
    EXPECT_EQ(file.rows[1].category, "User Initiated Currency Conversion");
}

TEST_F(Shared, ListsOfPaymentsAreMoneyOut) {
    for (const auto& one : expected) {
        const std::string path = one.path;
        if (path.find("uk_") == std::string::npos && path.find("us_utility") == std::string::npos &&
            path.find("birmingham") == std::string::npos && path.find("leeds") == std::string::npos)
            continue;
        EXPECT_EQ(of(path).plan.sign, "expenses") << path;
    }
    EXPECT_EQ(of("ledgers/hackclub_2015_2017.csv").plan.sign, "as_is");
    EXPECT_EQ(of("ledgers/berka_trans_test.csv.gz").plan.sign, "by_type");
}

TEST_F(Shared, PreviewAgreesWithReading) {
    for (const auto& one : expected) {
        if (std::string(one.path).find("ledgers/uk") == 0) continue;  // large, and like the others
        const std::string text = fin::importer::preview(unpacked(shared(one.path)), one.path, {});
        const std::string rows = "\"rows\":" + std::to_string(one.rows) + ",\"skipped\":" + std::to_string(one.skipped);
        EXPECT_NE(text.find(rows), std::string::npos) << one.path;
        EXPECT_NE(text.find("\"totals\":{\"inflow\":" + std::string(one.inflow) + ",\"outflow\":" + one.outflow),
                  std::string::npos)
            << one.path;
        EXPECT_NE(text.find("\"errors\":[]"), std::string::npos) << one.path;
    }
}

}  // namespace
