// The books of a real non-profit (Hack Club, 2015 to 2017, ODC-BY): every category's kind, and each month's totals
// against sums made without the product (test/reference/hackclub_months.py).
#include <filesystem>
#include <fstream>
#include <map>

#include "ledger/kinds.hpp"
#include "ledger/monthly.hpp"
#include "ledger/recurring.hpp"
#include "rows.hpp"

using namespace fin::ledger;

namespace {

const std::string path = FIN_TEST_DATA "/hackclub/hackclub_2015_2017.csv";

// Fields of one record; quoted fields may hold commas, quotes and line ends.
bool read_record(std::istream& file, std::vector<std::string>& fields) {
    fields.assign(1, "");
    bool quoted = false, any = false;
    for (char c; file.get(c);) {
        any = true;
        if (c == '"')
            quoted = !quoted;  // a doubled quote closes and opens again: these texts need no more
        else if (c == ',' && !quoted)
            fields.emplace_back();
        else if (c == '\n' && !quoted)
            return true;
        else if (c != '\r')
            fields.back() += c;
    }
    return any;
}

class HackClub : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(std::filesystem::exists(path)) << path;
        std::ifstream file(path);
        std::vector<std::string> fields;
        read_record(file, fields);
        ASSERT_EQ(fields,
                  (std::vector<std::string>{"txn", "date", "counterparty", "description", "category", "amount"}));
        Builder builder;
        for (std::int32_t row_no = 1; read_record(file, fields); ++row_no) {
            Row row;
            row.row_no = row_no;
            const auto number = [&](std::size_t from, std::size_t size) {
                return std::stoi(fields[1].substr(from, size));
            };
            row.booked_on =
                day_of(number(0, 4), static_cast<unsigned>(number(5, 2)), static_cast<unsigned>(number(8, 2)));
            row.counterparty = fields[2];
            row.description = fields[3];
            row.category = fields[4];
            row.amount = Money::parse(fields[5]).value();
            builder.add(row);
        }
        ledger = builder.build().ledger;
        categories = assign_kinds(ledger);
    }

    Ledger ledger;
    std::vector<CategoryKind> categories;
};

struct MonthTotals {
    const char *month, *income, *expenses, *tax;
};

// Printed by the reference script.
constexpr MonthTotals reference[] = {
    {"2015-01", "0.00", "291.07", "0.00"},       {"2015-02", "0.00", "210.82", "25.00"},
    {"2015-03", "0.00", "674.16", "0.00"},       {"2015-04", "5000.00", "215.48", "0.00"},
    {"2015-05", "60000.00", "5609.79", "0.00"},  {"2015-06", "15000.00", "6276.67", "0.00"},
    {"2015-07", "3264.98", "6804.80", "0.00"},   {"2015-08", "2500.02", "6503.59", "0.00"},
    {"2015-09", "0.00", "8076.47", "0.00"},      {"2015-10", "0.00", "13559.60", "0.00"},
    {"2015-11", "0.02", "4248.15", "0.00"},      {"2015-12", "1000.01", "7968.78", "0.00"},
    {"2016-01", "75896.32", "3715.19", "0.00"},  {"2016-02", "0.01", "7612.73", "25.00"},
    {"2016-03", "0.01", "5370.35", "0.00"},      {"2016-04", "0.02", "4110.45", "0.00"},
    {"2016-05", "77.01", "6787.68", "0.00"},     {"2016-06", "202.01", "6112.52", "0.00"},
    {"2016-07", "5809.01", "2734.35", "0.00"},   {"2016-08", "1133.71", "12186.65", "0.00"},
    {"2016-09", "217.01", "23916.87", "0.00"},   {"2016-10", "11022.01", "11153.39", "0.00"},
    {"2016-11", "64506.16", "16463.23", "0.00"}, {"2016-12", "5141.59", "6709.07", "0.00"},
    {"2017-01", "2578.34", "21772.87", "0.00"},  {"2017-02", "1483.03", "14278.67", "0.00"},
    {"2017-03", "1433.31", "10509.32", "0.00"},  {"2017-04", "1442.03", "10587.51", "0.00"},
    {"2017-05", "1650.34", "16043.31", "0.00"},  {"2017-06", "1567.00", "6594.30", "0.00"},
    {"2017-07", "1619.33", "7469.51", "0.00"},   {"2017-08", "8400.13", "6527.01", "0.00"},
    {"2017-09", "5500.06", "2645.79", "0.00"},   {"2017-10", "987.45", "3341.82", "0.00"},
    {"2017-11", "1033.58", "8219.48", "0.00"},   {"2017-12", "10472.46", "6498.96", "1314.16"},
};

}  // namespace

TEST_F(HackClub, EveryCategoryHasItsKind) {
    std::map<std::string, std::string> kinds;
    for (const auto& category : categories) kinds[category.category] = name(category.kind);
    const std::map<std::string, std::string> expected = {
        {"Expenses:Fundraising:Accommodation", "opex"},
        {"Expenses:Fundraising:Food", "opex"},
        {"Expenses:Fundraising:Software", "opex"},
        {"Expenses:Fundraising:Transportation:Air", "opex"},
        {"Expenses:Fundraising:Transportation:Ground", "opex"},
        {"Expenses:Marketing:Ads", "opex"},
        {"Expenses:Marketing:Contracting", "opex"},
        {"Expenses:Marketing:Other", "opex"},
        {"Expenses:Marketing:Stickers", "opex"},
        {"Expenses:Marketing:T-Shirts", "opex"},
        {"Expenses:Marketing:Transportation:Ground", "opex"},
        {"Expenses:Operating:Accommodation", "opex"},
        {"Expenses:Operating:Bank", "opex"},
        {"Expenses:Operating:Contracting", "opex"},
        {"Expenses:Operating:Food", "opex"},
        {"Expenses:Operating:Hosting", "opex"},
        {"Expenses:Operating:Insurance", "opex"},
        {"Expenses:Operating:Legal", "opex"},
        {"Expenses:Operating:Office:Rent", "opex"},
        {"Expenses:Operating:Office:Supplies", "opex"},
        {"Expenses:Operating:Other", "opex"},
        {"Expenses:Operating:Shipping", "opex"},
        {"Expenses:Operating:Software", "opex"},
        {"Expenses:Operating:Staff", "payroll"},
        {"Expenses:Operating:Staff:Immigration", "payroll"},
        {"Expenses:Operating:Staff:Relocation", "payroll"},
        {"Expenses:Operating:Staff:Salary", "payroll"},
        {"Expenses:Operating:Tax", "tax"},
        {"Expenses:Operating:Transportation:Air", "opex"},
        {"Expenses:Operating:Transportation:Ground", "opex"},
        {"Expenses:Services:ZenPayroll", "payroll"},
        {"Income:Bank Interest", "revenue"},
        {"Income:Fundraising", "revenue"},
        {"Income:Hack Camp", "revenue"},
        {"Income:Other", "revenue"},
        {"Income:Website Donations", "revenue"},
    };
    EXPECT_EQ(kinds, expected);
}

TEST_F(HackClub, MonthsAgreeWithTheReference) {
    ASSERT_EQ(ledger.size(), 1350U);
    const auto monthly = by_month(ledger);
    ASSERT_EQ(monthly.months.size(), std::size(reference));
    Money income, expenses;
    for (std::size_t i = 0; i < std::size(reference); ++i) {
        const auto& flows = monthly.months[i];
        EXPECT_EQ(month_text(monthly.month(i)), reference[i].month);
        EXPECT_EQ(flows.revenue().text(), reference[i].income) << reference[i].month;
        EXPECT_EQ(flows.expenses().text(), reference[i].expenses) << reference[i].month;
        EXPECT_EQ(flows.tax().text(), reference[i].tax) << reference[i].month;
        income += flows.revenue();
        expenses += flows.expenses();
    }
    EXPECT_EQ(income.text(), "288936.96");
    EXPECT_EQ(expenses.text(), "281800.41");
    EXPECT_EQ(monthly.cash.back().text(), "5772.39");  // 288,936.96 - 281,800.41 - 1,364.16
}

// Subscriptions one can read in the file: their dates and prices are stated there in plain sight.
TEST_F(HackClub, FindsItsSubscriptions) {
    std::map<std::string, std::string> found;
    for (const auto& series : find_recurring(ledger))
        found[std::string(ledger.counterparties.text(series.counterparty))] = std::string(name(series.cadence)) + " " +
                                                                              series.median_amount.text() + " " +
                                                                              std::string(name(series.state));
    EXPECT_EQ(found["Kyle Emile"], "monthly -5417.00 ended");
    EXPECT_EQ(found["Zapier"], "monthly -15.00 active");
    EXPECT_EQ(found["Papertrail"], "monthly -7.00 active");
    EXPECT_EQ(found["Streak"], "monthly -218.40 ended");
    EXPECT_EQ(found["Bradfield"], "monthly -1200.00 active");
    EXPECT_FALSE(found.contains("Lyft"));
    EXPECT_FALSE(found.contains("Harrison Shoebridge"));  // 299 reimbursements at no pace
}
