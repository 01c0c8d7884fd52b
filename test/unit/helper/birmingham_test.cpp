// A real XLS workbook of 2022. What it must give was read by xlrd: test/reference/birmingham_xls.py.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "ledger/money.hpp"
#include "package.hpp"

using namespace fin;
using namespace fin::helper::test;

namespace {

TEST(Birmingham, GivesItsRowsDaysAndTotals) {
    const std::string path = FIN_SHARED_DATA "/ledgers/birmingham_pcard_april-2022.xls";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
    std::ifstream file(path, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    const auto sheet = read_sheet(content);
    EXPECT_EQ(sheet.name, "Sheet1");

    importer::Options options;
    options.workbook = {"an XLS workbook", "Sheet1", {"Sheet1"}, {}};
    options.delimiter = "\t", options.encoding = "UTF-8";
    options.columns.amount = "TRANS ORIGINAL NET AMT";
    const auto plan = importer::examine(sheet.text, "b.xls", options);
    std::size_t rows = 0;
    ledger::MoneySum sum;
    std::string from = "9", to;
    std::set<std::string> merchants;
    importer::read(sheet.text, plan, [&](const std::vector<ledger::Row>& batch) {
        for (const auto& row : batch) {
            ++rows;
            sum += row.amount;
            from = std::min(from, ledger::date_text(row.booked_on)),
            to = std::max(to, ledger::date_text(row.booked_on));
            merchants.insert(std::string(row.counterparty));
        }
    });
    EXPECT_EQ(rows, 2922U);
    EXPECT_EQ(sum.money().text(), "-444563.77");  // a list of payments made
    EXPECT_EQ(from, "2022-03-31");
    EXPECT_EQ(to, "2022-05-03");
    EXPECT_EQ(merchants.size(), 981U);
    EXPECT_EQ(plan.header_row, 1);
}

}  // namespace
