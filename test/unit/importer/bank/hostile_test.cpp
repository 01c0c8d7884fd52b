// The corpus of broken and hostile files (test/data/hostile/bank.tsv): each ends in the error that is written beside
// it, from reading and from the preview.
#include <algorithm>

#include "importer/imported.hpp"

using namespace fin;
using namespace fin::importer;
using namespace fin::importer::test;

namespace {

struct Case {
    std::string name, message, content;
};

// \n, \r, \xHH, \\ and \{1000*text}.
std::string decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            result += text[i];
            continue;
        }
        const char kind = text[++i];
        if (kind == 'n') {
            result += '\n';
        } else if (kind == 'r') {
            result += '\r';
        } else if (kind == 'x') {
            result += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else if (kind == '{') {
            const std::size_t star = text.find('*', i), end = text.find('}', i);
            const std::string part = decoded(text.substr(star + 1, end - star - 1));
            const std::size_t times = std::stoul(std::string(text.substr(i + 1, star - i - 1)));
            result.reserve(result.size() + times * part.size() + text.size());
            for (std::size_t n = 0; n < times; ++n) result += part;
            i = end;
        } else {
            result += kind;
        }
    }
    return result;
}

std::vector<Case> cases() {
    std::vector<Case> all;
    const std::string list = file(FIN_TEST_DATA "/hostile/bank.tsv");
    for (std::size_t from = 0; from < list.size();) {
        const std::size_t end = std::min(list.find('\n', from), list.size());
        const std::string line = list.substr(from, end - from);
        from = end + 1;
        if (line.empty() || line[0] == '#') continue;
        const std::size_t one = line.find('\t'), two = line.find('\t', one + 1);
        all.push_back({line.substr(0, one), line.substr(one + 1, two - one - 1), line.substr(two + 1)});
    }
    return all;
}

TEST(HostileBankFiles, AreAtLeastSeventy) { EXPECT_GE(cases().size(), 70u); }

TEST(HostileBankFiles, EndInTheirNamedErrors) {
    for (const auto& one : cases()) {
        const auto error = error_of(decoded(one.content));
        ASSERT_TRUE(error) << one.name;
        EXPECT_EQ(std::string(error->what()).substr(0, one.message.size()), one.message) << one.name;
        EXPECT_TRUE(error->code == ErrorCode::bad_data || error->code == ErrorCode::limit_exceeded) << one.name;
        EXPECT_FALSE(error->hint.empty()) << one.name;
    }
}

TEST(HostileBankFiles, AreErrorsOfThePreviewToo) {
    for (const auto& one : cases()) {
        const std::string document = preview(decoded(one.content), "file", {});
        EXPECT_EQ(document.find("\"error_count\":0"), std::string::npos) << one.name;
    }
}

// What is looked for in a file is looked for in a bounded part of it: the user who waits is heard.
TEST(HostileBankFiles, AskForInterruptsWhileTheyAreRead) {
    struct Cancelled {};
    for (const char* name : {"ofx1_two_accounts.ofx", "accounts.qif", "german.mt940", "statement.camt053.xml"}) {
        std::string path = FIN_TEST_DATA "/imports/";
        path += name;
        const std::string content = file(path);
        EXPECT_THROW(examine(content, name, {}, [] { throw Cancelled(); }), Cancelled) << name;
    }
    std::string many = "!Type:Bank\n";
    for (int i = 0; i < 100000; ++i) many += "D25/12/23\nT1.50\n^\n";
    int asked = 0;
    const Plan plan = examine(many, "a.qif", {}, [&] { ++asked; });
    EXPECT_GE(asked, 20);
    EXPECT_THROW(read(
                     many, plan, [](const auto&) {}, [] { throw Cancelled(); }),
                 Cancelled);
}

}  // namespace
