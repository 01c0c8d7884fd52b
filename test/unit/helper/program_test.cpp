// pg_fin_helper itself, started as a server process starts it.
#include "package.hpp"
#include "pipe/child.hpp"

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
              "{\"kind\":\"an XLSX workbook\",\"sheet\":\"Ledger\",\"sheets\":[\"Notes\",\"Ledger\"],\"warnings\":[]}");
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
