// Heads of responses: framing, no header made out of another's value, CORS.
#include "api/server/response.hpp"

namespace fin::api {
namespace {

std::string head(const Response& response, HeadFacts facts = {}) {
    std::string out;
    facts.date = "Sat, 21 Nov 2026 08:22:36 GMT";
    append_head(out, response, facts);
    return out;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(ResponseHead, HasOneFraming) {
    Response response;
    response.headers = {{"content-length", "7"}, {"Transfer-Encoding", "gzip"}, {"Connection", "upgrade"}};
    HeadFacts facts;
    facts.length = 3;
    const std::string out = head(response, facts);
    EXPECT_EQ(out.rfind("HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 08:22:36 GMT\r\nServer: pg_fin_api/", 0), 0U);
    EXPECT_TRUE(contains(out, "\r\nContent-Length: 3\r\n"));
    EXPECT_FALSE(contains(out, "gzip"));
    EXPECT_FALSE(contains(out, "upgrade"));
    EXPECT_FALSE(contains(out, ": 7"));
    EXPECT_EQ(out.substr(out.size() - 4), "\r\n\r\n");
    facts.framing = Framing::chunked;
    EXPECT_TRUE(contains(head(response, facts), "\r\nTransfer-Encoding: chunked\r\n"));
    facts.framing = Framing::none;
    EXPECT_FALSE(contains(head(response, facts), "Content-Length"));
}

TEST(ResponseHead, AValueMakesNoOtherHeader) {
    Response response;
    response.status = 299;
    response.reason = "fine\r\nX-Evil: 1";
    response.headers = {{"X-A", "1\r\nSet-Cookie: evil=1\r\n\r\n<html>"}, {"X B", "1"}, {"", "1"}, {"X\r\nC", "1"}};
    const std::string out = head(response);
    EXPECT_TRUE(contains(out, "X-A: 1  Set-Cookie: evil=1    <html>\r\n"));
    EXPECT_FALSE(contains(out, "\nSet-Cookie"));
    EXPECT_FALSE(contains(out, "\nX-Evil"));
    EXPECT_FALSE(contains(out, "X B"));
    EXPECT_FALSE(contains(out, "\nC: 1"));
    EXPECT_EQ(out.find("\r\n\r\n"), out.size() - 4) << "the head ends once";
}

TEST(ResponseHead, TellsTheEndOfTheConnection) {
    HeadFacts facts;
    facts.close = true;
    EXPECT_TRUE(contains(head({}, facts), "\r\nConnection: close\r\n"));
    facts = {};
    facts.http_1_0 = facts.keep_alive_spoken = true;
    const std::string old = head({}, facts);
    EXPECT_EQ(old.rfind("HTTP/1.0 200 ", 0), 0U);
    EXPECT_TRUE(contains(old, "\r\nConnection: keep-alive\r\n"));
}

TEST(ResponseHead, WritesDates) {
    EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");  // the example of RFC 7231, 7.1.1.1
}

std::string header(const Headers& headers, const std::string& name) {
    std::string all;
    for (const auto& [key, value] : headers)
        if (key == name) all += value + ";";
    return all;
}

Request from(const std::string& origin) {
    Request request;
    request.method = "OPTIONS";
    request.headers = {{"origin", origin},
                       {"access-control-request-method", "PATCH"},
                       {"access-control-request-headers", "x-one, x-two"}};
    return request;
}

TEST(Cors, AnswersPreflights) {
    Config config;
    EXPECT_TRUE(is_preflight(from("https://a.example")));
    Headers headers = preflight_response(from("https://a.example"), config).headers;
    EXPECT_EQ(header(headers, "Access-Control-Allow-Origin"), "*;");
    EXPECT_EQ(header(headers, "Access-Control-Allow-Credentials"), "");
    EXPECT_EQ(header(headers, "Access-Control-Allow-Headers"),
              "Authorization, x-one, x-two, Accept, Accept-Language, Content-Language;");
    config.server_cors_allowed_origins = {"https://a.example", "https://b.example"};
    headers = preflight_response(from("https://b.example"), config).headers;
    EXPECT_EQ(header(headers, "Access-Control-Allow-Origin"), "https://b.example;");
    EXPECT_EQ(header(headers, "Access-Control-Allow-Credentials"), "true;");
    EXPECT_TRUE(preflight_response(from("https://evil.example"), config).headers.empty());
}

TEST(Cors, OrdinaryResponsesNameTheOriginOnce) {
    Config config;
    config.server_trace_header = "X-Request-Id";
    Request request = from("https://a.example");
    request.method = "GET";
    request.headers.emplace_back("x-request-id", "77");
    Headers headers;
    add_shared_headers(headers, request, config);
    EXPECT_EQ(header(headers, "Access-Control-Allow-Origin"), "*;");
    EXPECT_EQ(header(headers, "X-Request-Id"), "77;");
    headers = {{"Access-Control-Allow-Origin", "https://own.example"}};
    add_shared_headers(headers, request, config);
    EXPECT_EQ(header(headers, "Access-Control-Allow-Origin"), "https://own.example;");
    config.server_cors_allowed_origins = {"https://b.example"};
    headers.clear();
    add_shared_headers(headers, request, config);
    EXPECT_EQ(header(headers, "Access-Control-Allow-Origin"), "");
}

}  // namespace
}  // namespace fin::api
