// pg_fin_helper itself, started as a server process starts it.
#include <nlohmann/json.hpp>

#include "exporter/drawn.hpp"
#include "exporter/transaction_rows.hpp"
#include "old_workbook.hpp"
#include "pipe/child.hpp"
#include "unpacked.hpp"

using namespace fin;
using namespace fin::helper::test;

namespace {

struct Answer {
    std::string result, text;
};

Answer ask(const std::string& work, const std::string& request, const std::string& content) {
    Answer answer;
    const pipe::Sinks sinks{[&](std::string_view bytes) { answer.text += bytes; }, {}};
    answer.result = pipe::run({FIN_HELPER, {work}}, request, content, sinks, {}, never_interrupted);
    return answer;
}

std::string ledger() {
    Package package;
    package.styles = two_styles;
    package.sheets = {{"Notes", row(1, text_cell("A1", "x"))}, {"Ledger", ledger_rows(1, 2)}};
    return package.bytes();
}

TEST(Program, ReadsAWorkbookAndTellsWhatItRead) {
    const auto answer = ask("read-workbook", "{\"options\": {}}", ledger());
    EXPECT_EQ(answer.text, "Date\tName\tAmount\n2024-01-01\tShop 1\t-10.5\n2024-01-02\tShop 2\t-20.5\n");
    EXPECT_EQ(answer.result,
              "{\"kind\":\"xlsx\",\"sheet\":\"Ledger\",\"sheets\":[\"Notes\",\"Ledger\"],\"warnings\":[]}");
}

// freexl reads it from memory and needs a converter, under the filter of system calls.
TEST(Program, ReadsAnOldWorkbook) {
    Old book;
    book.sheets = {label(0, 0, "Date") + label(0, 1, "Amount") + label(1, 0, "2024-01-01") + number(1, 1, -1.5)};
    const auto answer = ask("read-workbook", "{\"options\": {}}", book.bytes());
    EXPECT_EQ(answer.text, "Date\tAmount\n2024-01-01\t-1.5\n");
    EXPECT_EQ(answer.result, "{\"kind\":\"xls\",\"sheet\":\"A\",\"sheets\":[\"A\"],\"warnings\":[]}");
}

TEST(Program, TakesTheCallersOptions) {
    EXPECT_EQ(ask("read-workbook", "{\"options\": {\"sheet\": \"Notes\"}}", ledger()).text, "x\n");
}

TEST(Program, ReportsWhatIsWrong) {
    const std::pair<std::string, std::string> cases[] = {{"{\"options\": {}}", "no workbook at all"},
                                                         {"{\"options\": {}}", "PK\x03\x04"},
                                                         {"{\"options\": {\"sheet\": \"Other\"}}", ledger()}};
    for (const auto& [request, content] : cases) {
        try {
            ask("read-workbook", request, content);
            ADD_FAILURE() << content.substr(0, 20);
        } catch (const Error& error) {
            EXPECT_EQ(dynamic_cast<const pipe::BrokenWork*>(&error), nullptr) << error.what() << error.detail;
            EXPECT_FALSE(error.hint.empty());
        }
    }
    EXPECT_THROW(ask("read-workbook", "no JSON", ledger()), Error);
}

std::string request_for_workbook() {
    return nlohmann::json{{"document", nlohmann::json::parse(exporter::sample_document("en"))},
                          {"workspace", "Harbor"},
                          {"language", "en"},
                          {"created", "2026-01-01T00:00:00Z"}}
        .dump();
}

// Under its limits and its filter of system calls.
TEST(Program, WritesAWorkbookOfRowsThatComeInPieces) {
    std::string book, bytes;
    const pipe::Sinks sinks{[&](std::string_view some) { book += some; }, {}};
    pipe::Conversation conversation({FIN_HELPER, {"write-workbook"}}, request_for_workbook(), sinks, {},
                                    never_interrupted);
    for (int i = 1; i <= 20'000; ++i)
        exporter::append_row(bytes, {i, "2017-01-31", ledger::Money{i * 100}, "USD", "=A1", "opex", "", "", ""});
    for (std::size_t at = 0; at < bytes.size(); at += 10'007)
        conversation.give(std::string_view(bytes).substr(at, 10'007));
    EXPECT_EQ(conversation.finish(), "{\"transactions\":20000}");
    const std::string sheet = unpacked(book).at("xl/worksheets/sheet9.xml");
    EXPECT_NE(sheet.find("<c r=\"A20001\""), std::string::npos);
    EXPECT_EQ(sheet.find("<c r=\"A20002\""), std::string::npos);
    EXPECT_EQ(sheet.find("<f>"), std::string::npos);
}

TEST(Program, RefusesWhatIsNoWorkbookToBe) {
    std::string row;
    exporter::append_row(row, {});
    EXPECT_THROW(ask("write-workbook", "{}", ""), Error);
    EXPECT_THROW(ask("write-workbook", request_for_workbook(), row.substr(0, 9)), Error);
    EXPECT_THROW(ask("write-workbook", request_for_workbook(), std::string(9, '\xff')), Error);
    pipe::Program program{FIN_HELPER, {"write-workbook"}};
    program.environment.emplace_back("TMPDIR=/nowhere");
    try {
        pipe::run(program, request_for_workbook(), "", {}, {}, never_interrupted);
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no temporary file can be made");
    }
}

TEST(Program, KnowsNoOtherWork) {
    try {
        ask("make-coffee", "{}", "");
        ADD_FAILURE();
    } catch (const pipe::BrokenWork& error) {
        EXPECT_EQ(static_cast<int>(error.how), static_cast<int>(pipe::BrokenWork::How::ended_early));
        EXPECT_NE(error.detail.find("usage: pg_fin_helper <work>"), std::string::npos) << error.detail;
    }
}

}  // namespace
