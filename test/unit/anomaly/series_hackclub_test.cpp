// The books of a real non-profit (Hack Club, 2015 to 2017, ODC-BY): untouched they have no finding without a row that
// is more than information; with months of a category raised and a month taken out they have those.
#include <filesystem>
#include <fstream>

#include "anomaly/series_inquiry.hpp"

using namespace fin;
using namespace fin::anomaly;
using namespace fin::anomaly::test;

namespace {

const std::string path = FIN_TEST_DATA "/hackclub/hackclub_2015_2017.csv";

// txn,date,counterparty,description,category,amount; quoted fields may hold commas and line ends.
Company books() {
    std::ifstream file(path);
    std::vector<std::vector<std::string>> records(1, {""});
    bool quoted = false;
    for (char c; file.get(c);) {
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            records.back().emplace_back();
        else if (c == '\n' && !quoted)
            records.push_back({""});
        else if (c != '\r')
            records.back().back() += c;
    }
    Company company;
    for (std::size_t i = 1; i < records.size(); ++i) {
        const auto& field = records[i];
        if (field.size() != 6) continue;
        const auto number = [&](std::size_t from, std::size_t size) { return std::stoi(field[1].substr(from, size)); };
        company.entries.push_back(
            {ledger::day_of(number(0, 4), static_cast<unsigned>(number(5, 2)), static_cast<unsigned>(number(8, 2))),
             ledger::Money::parse(field[5]).value().value(), field[4], field[2]});
    }
    return company;
}

}  // namespace

TEST(SeriesHackClub, CleanBooksHaveNothingGrave) {
    const Company company = books();
    ASSERT_EQ(company.entries.size(), 1350u);
    const auto found = Inquiry(company).find();
    EXPECT_EQ(grave(found), 0u);
    EXPECT_LE(found.size(), 8u);
    expect_well_formed(found);
}

TEST(SeriesHackClub, AMonthThatWasNotBroughtOverIsFound) {
    Company company = books();
    const ledger::Month month = 2017 * 12 + 4;  // May
    std::erase_if(company.entries, [&](const Entry& entry) { return ledger::month_of(entry.day) == month; });
    const auto found = Inquiry(company).find(Kind::gap);
    ASSERT_GE(found.size(), 1u);
    EXPECT_GE(found[0].severity, Severity::medium);
    EXPECT_EQ(found[0].booked_on, ledger::day_of(2017, 5, 1));
}
