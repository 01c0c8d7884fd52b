#include "api/routes/answer.hpp"

#include "api/routes/events.hpp"
#include "api/routes/security_headers.hpp"

namespace fin::api::routes {
namespace {

std::string header(const Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return "none";
}

Answer answer_with(const std::string& body) {
    Answer answer;
    answer.body = body;
    return answer;
}

class RouteAnswer : public ::testing::Test {
protected:
    Route route;
    Asked asked{&route, false, ""};
};

TEST_F(RouteAnswer, JsonAsItCame) {
    route.status = 201;
    const Response response = answer_of(asked, answer_with("{\"a\": 1.0}"));
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.body, "{\"a\": 1.0}");
    EXPECT_EQ(header(response, "Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
    EXPECT_EQ(header(response, "ETag"), "none");
}

TEST_F(RouteAnswer, NoBodyIs204) {
    const Response response = answer_of(asked, Answer());
    EXPECT_EQ(response.status, 204);
    EXPECT_FALSE(response.has_body);
}

TEST_F(RouteAnswer, TagsDependOnTheBytes) {
    route.cached = true;
    const Response first = answer_of(asked, answer_with("1")), second = answer_of(asked, answer_with("2"));
    EXPECT_EQ(header(first, "ETag"), "\"6b86b273ff34fce19d6b804eff5a3f57\"");  // sha256sum of the character 1
    EXPECT_NE(header(second, "ETag"), header(first, "ETag"));
    asked.none_match = header(first, "ETag");
    const Response unchanged = answer_of(asked, answer_with("1"));
    EXPECT_EQ(unchanged.status, 304);
    EXPECT_TRUE(unchanged.body.empty());
    EXPECT_EQ(header(unchanged, "ETag"), asked.none_match);
    EXPECT_EQ(answer_of(asked, answer_with("2")).status, 200);
    asked.head = true;
    asked.none_match.clear();
    EXPECT_EQ(header(answer_of(asked, answer_with("1")), "ETag"), header(first, "ETag"));
}

TEST_F(RouteAnswer, TagsCompareWeakly) {
    EXPECT_TRUE(tag_matches("\"a\"", "\"a\""));
    EXPECT_TRUE(tag_matches("\"b\", W/\"a\"", "\"a\""));
    EXPECT_TRUE(tag_matches(" * ", "\"a\""));
    EXPECT_FALSE(tag_matches("\"b\", a", "\"a\""));
    EXPECT_FALSE(tag_matches("", "\"a\""));
}

TEST_F(RouteAnswer, SettingsOfTheFunction) {
    Answer answer = answer_with("{}");
    answer.response_status = "202";
    answer.response_headers =
        R"([{"content-type": "application/problem+json"}, {"X-A": "1\r\nX-B: 2"}, {"bad name": "x"}])";
    const Response response = answer_of(asked, answer);
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(header(response, "content-type"), "application/problem+json");
    EXPECT_EQ(header(response, "Content-Type"), "none");
    EXPECT_EQ(header(response, "X-A"), "1X-B: 2");
    EXPECT_EQ(header(response, "bad name"), "none");
    for (const char* status : {"20", "2000", "abc", "099", "-20"}) {
        answer.response_status = status;
        EXPECT_THROW(answer_of(asked, answer), ApiError) << status;
    }
    answer.response_status.reset();
    for (const char* headers : {"{}", "[1]", "[{\"a\": 1}]", "[{\"a\": \"b\", \"c\": \"d\"}]", "nonsense"}) {
        answer.response_headers = headers;
        EXPECT_THROW(answer_of(asked, answer), ApiError) << headers;
    }
}

TEST_F(RouteAnswer, Files) {
    route.kind = Kind::file;
    Answer answer = answer_with(std::string("\0\xff", 2));
    answer.location = R"(["application/pdf", "\u00e9 \"x\".pdf"])";
    const Response response = answer_of(asked, answer);
    EXPECT_EQ(response.body, std::string("\0\xff", 2));
    EXPECT_EQ(header(response, "Content-Type"), "application/pdf");
    EXPECT_EQ(header(response, "Content-Disposition"),
              "attachment; filename=\"__ _x_.pdf\"; filename*=UTF-8''%C3%A9%20%22x%22.pdf");
    EXPECT_NE(header(response, "Content-Security-Policy").find("sandbox"), std::string::npos);
    answer.location = R"(["text/html\r\nX-B: 2", null])";
    EXPECT_EQ(header(answer_of(asked, answer), "Content-Type"), "application/octet-stream");
    try {
        answer_of(asked, Answer());
        FAIL() << "a file that is not there has an answer";
    } catch (const ApiError& error) {
        EXPECT_EQ(error.status, 404);
    }
}

TEST(SecurityHeaders, AreAddedWhereTheyAreMissing) {
    Config config;
    Headers headers = {{"content-security-policy", "own"}};
    add_security_headers(headers, config);
    EXPECT_EQ(headers.size(), 4U);
    EXPECT_EQ(headers[0].second, "own");
    config.fin_tls_cert = "cert.pem";
    add_security_headers(headers, config);
    ASSERT_EQ(headers.size(), 5U);
    EXPECT_EQ(headers[4].first, "Strict-Transport-Security");
}

TEST(Events, Texts) {
    EXPECT_EQ(event_text("state", "{}"), "event: state\ndata: {}\n\n");
    EXPECT_EQ(event_text("", "a\nb\r\nc\rd"), "data: a\ndata: b\ndata: c\ndata: d\n\n");
    EXPECT_EQ(event_text("", ""), "data: \n\n");
}

TEST(Events, WhatTheFunctionSays) {
    const Said said = read_said(R"({"channel": "c", "state": {"percent": 3, "done": true}})");
    EXPECT_EQ(said.channel, "c");
    EXPECT_EQ(said.state, R"({"done":true,"percent":3})");
    EXPECT_TRUE(said.done);
    EXPECT_FALSE(read_said(R"({"channel": "c", "state": {"done": "true"}})").done);
    for (const std::string body : {"", "null", "[]", R"({"channel": 1, "state": {}})", R"({"channel": "c"})",
                                   R"({"channel": "", "state": {}})", R"({"channel": "c", "state": 1})"})
        EXPECT_THROW(read_said(body), ApiError) << body;
    EXPECT_THROW(read_said(R"({"state": {}, "channel": ")" + std::string(64, 'c') + "\"}"), ApiError);
}

}  // namespace
}  // namespace fin::api::routes
