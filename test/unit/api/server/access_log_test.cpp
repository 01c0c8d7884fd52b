// The access log: what a line says, and what it never says.
#include "api/server/access_log.hpp"

#include <nlohmann/json.hpp>

namespace fin::api {
namespace {

TEST(AccessLog, LinesAreJsonWithoutSecrets) {
    Request request;
    request.method = "GET";
    request.path = "/a\"b\\\n\xff";
    request.query = "name=eq.hunter2&token=hunter2&select=*";
    request.headers = {{"authorization", "Bearer hunter2"},
                       {"cookie", "sid=hunter2"},
                       {"apikey", "hunter2"},
                       {"user-agent", "curl/8"},
                       {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}};
    request.body = "hunter2";
    LogEntry entry;
    entry.at = 1700000000123;
    entry.request = &request;
    entry.client = "192.0.2.7";
    entry.role = "web_anon";
    entry.status = 206;
    entry.bytes = 1234;
    entry.seconds = 0.0123456;
    const std::string line = log_line(entry);
    EXPECT_EQ(line.find("hunter2"), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto parsed = nlohmann::json::parse(line);
    EXPECT_EQ(parsed["time"], "2023-11-14T22:13:20.123Z");
    EXPECT_EQ(parsed["parameters"], "name,token,select");
    EXPECT_EQ(parsed["status"], 206);
    EXPECT_EQ(parsed["bytes"], 1234);
    EXPECT_DOUBLE_EQ(parsed["ms"], 12.345);
    EXPECT_EQ(parsed["trace"], "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(parsed["path"], "/a\"b\\\n\u00ff");
}

TEST(AccessLog, TakesOnlyValidTraces) {
    const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    EXPECT_EQ(trace_id(good), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(trace_id("cc" + good.substr(2) + "-what-the-future-brings"), "4bf92f3577b34da6a3ce929d0e0e4736");
    const std::vector<std::string> others = {"",
                                             good.substr(1),
                                             good + "-more",
                                             "ff" + good.substr(2),
                                             "00-" + std::string(32, '0') + good.substr(35),
                                             good.substr(0, 36) + std::string(16, '0') + "-01",
                                             "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                             "00-4bf92f3577b34da6a3ce929d0e0e473'-00f067aa0ba902b7-01"};
    for (const std::string& bad : others) EXPECT_EQ(trace_id(bad), "") << bad;
}

}  // namespace
}  // namespace fin::api
