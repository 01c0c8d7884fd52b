// What holds for every file: batches do not matter, preview agrees with reading, waiting users are heard.
#include <filesystem>

#include "imported.hpp"

using namespace fin;
using namespace fin::importer;
using namespace fin::importer::test;

namespace {

std::vector<std::string> contents() {
    std::vector<std::string> all;
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(FIN_TEST_DATA "/imports"))
        names.push_back(entry.path());
    std::sort(names.begin(), names.end());
    for (const auto& name : names) all.push_back(file(name));
    all.push_back("Date,Amount,Text\n2024-01-05,1.00,\"a \"\"b\"\"\"\n2024-01-06,-2.00,  c   d \n2024-01-07,3.00,e\n");
    all.push_back(
        ",Date,Name,Amount\nBank,,,\n,2024-01-05,\"x \"\"y\"\"\",1.00\nTill,,,\n,2024-01-06,z,2.00\nTotal,,,3.00\n");
    return all;
}

TEST(Import, BatchSizeDoesNotChangeRows) {
    for (const auto& content : contents()) {
        const auto whole = import(content);
        ASSERT_FALSE(whole.rows.empty());
        for (const std::size_t batch : {1u, 2u, 7u}) EXPECT_EQ(import(content, "{}", batch).rows, whole.rows);
    }
}

TEST(Import, RowsAndSkippedAddUpToRecords) {
    for (const auto& content : contents()) {
        const auto read = import(content);
        EXPECT_EQ(read.rows.size() + read.plan.skipped, read.plan.records);
        for (std::size_t i = 1; i < read.rows.size(); ++i) EXPECT_GT(read.rows[i].row_no, read.rows[i - 1].row_no);
    }
}

TEST(Preview, AgreesWithReading) {
    for (const auto& content : contents()) {
        const auto read = import(content);
        const std::string text = preview(content, "file.csv", {});
        EXPECT_NE(text.find("\"rows\":" + std::to_string(read.rows.size()) +
                            ",\"skipped\":" + std::to_string(read.plan.skipped)),
                  std::string::npos)
            << text;
        EXPECT_NE(text.find("\"totals\":{\"inflow\":" + read.inflow() + ",\"outflow\":" + read.outflow()),
                  std::string::npos)
            << text;
        EXPECT_NE(text.find("\"encoding\":\"" + read.plan.encoding + "\""), std::string::npos);
        EXPECT_NE(text.find("\"date_format\":\"" + read.plan.date_format + "\""), std::string::npos);
    }
}

TEST(Preview, ShowsTheWholeDocument) {
    EXPECT_EQ(
        preview("Date,Amount,Payee\n2024-01-05,\"1,200.00\",A\n", "file.csv", {}),
        "{\"dialect\":{\"format\":\"delimited\",\"encoding\":\"UTF-8\",\"delimiter\":\",\",\"quote\":\"\\\"\",\"header_"
        "row\":1,"
        "\"date_format\":\"YYYY-MM-DD\",\"sign\":\"as_is\",\"currency\":null},"
        "\"columns\":[{\"header\":\"Date\",\"role\":\"date\",\"decimal\":null,\"grouping\":null},"
        "{\"header\":\"Amount\",\"role\":\"amount\",\"decimal\":\".\",\"grouping\":\",\"},"
        "{\"header\":\"Payee\",\"role\":\"counterparty\",\"decimal\":null,\"grouping\":null}],"
        "\"samples\":[{\"row_no\":1,\"raw\":{\"Date\":\"2024-01-05\",\"Amount\":\"1,200.00\",\"Payee\":\"A\"},"
        "\"parsed\":{\"booked_on\":\"2024-01-05\",\"amount\":1200.00,\"currency\":null,\"category\":null,"
        "\"counterparty\":\"A\",\"account\":null,\"description\":null,\"balance\":null}}],"
        "\"rows\":1,\"skipped\":0,\"period\":{\"from\":\"2024-01-05\",\"to\":\"2024-01-05\"},"
        "\"totals\":{\"inflow\":1200.00,\"outflow\":0.00,\"by_currency\":{\"\":{\"inflow\":1200.00,\"outflow\":0.00}}},"
        "\"errors\":[],\"error_count\":0,\"warnings\":[]}");
}

TEST(Preview, ListsTheFirstTwentyErrorsAndCountsAll) {
    std::string text = "Date,Amount\n2024-01-05,1.00\n";
    for (int i = 0; i < 30; ++i) text += "2024-01-05,bad\n";
    for (int i = 0; i < 40; ++i) text += "2024-01-05,1.00\n";
    const std::string document = preview(text, "file.csv", {});
    EXPECT_NE(document.find("{\"row\":2,\"column\":\"Amount\",\"value\":\"bad\",\"message\":\"row 2, column"),
              std::string::npos);
    EXPECT_NE(document.find("\"row\":21,"), std::string::npos);
    EXPECT_EQ(document.find("\"row\":22,"), std::string::npos);
    EXPECT_NE(document.find("\"error_count\":30"), std::string::npos);
    EXPECT_NE(document.find("\"rows\":41"), std::string::npos);
    const std::string refused = preview("Supplier,Total\nA,1\n", "file.csv", {});
    EXPECT_NE(refused.find("{\"dialect\":null,\"columns\":[]"), std::string::npos);
    EXPECT_NE(refused.find("\"message\":\"the file is no ledger: no column holds dates\""), std::string::npos);
}

struct Cancelled {};

// 10,000 records ask at least twice in each of examining and reading; what the question throws comes through.
TEST(Interrupts, AreAskedForWhileRecordsAreRead) {
    std::string text = "Date,Amount\n";
    for (int i = 0; i < 10000; ++i) text += "2024-01-05,1.00\n";
    int asked = 0;
    const Plan plan = examine(text, "file.csv", {}, [&] { ++asked; });
    EXPECT_GE(asked, 4);
    asked = 0;
    read(
        text, plan, [](const auto&) {}, [&] { ++asked; });
    EXPECT_GE(asked, 2);
    EXPECT_THROW(examine(text, "file.csv", {}, [] { throw Cancelled(); }), Cancelled);
    EXPECT_THROW(read(
                     text, plan, [](const auto&) {}, [] { throw Cancelled(); }),
                 Cancelled);
    EXPECT_THROW(preview(text, "file.csv", {}, [] { throw Cancelled(); }), Cancelled);
}

}  // namespace
