// How requests are read from bytes: pieces of any size give the same request, and what could be smuggled is refused.
#include "api/server/parser.hpp"

#include <string_view>

namespace fin::api {
namespace {

struct Read {
    int refused = 0;  // status
    bool done = false;
    Request request;
    bool keep_alive = false, expects_continue = false;
    std::size_t left = 0;  // bytes after the request
};

// Feeds `bytes` in pieces of `size`, as a session does: what is not taken is offered again with what follows.
Read read(std::string_view bytes, std::size_t size, ParserLimits limits = {}) {
    Read result;
    RequestParser parser(limits);
    std::string waiting;
    try {
        for (std::size_t at = 0; at < bytes.size() && !parser.done(); at += size) {
            waiting += bytes.substr(at, size);
            std::size_t taken = 1;
            while (taken > 0 && !waiting.empty() && !parser.done()) {
                taken = parser.take(waiting);
                waiting.erase(0, taken);
            }
        }
    } catch (const ApiError& error) {
        result.refused = error.status;
        return result;
    }
    result.done = parser.done();
    result.keep_alive = parser.keep_alive();
    result.expects_continue = parser.expects_continue();
    result.request = parser.request();
    result.left = waiting.size();
    return result;
}

const std::string host = "Host: x\r\n";
const std::string post = "POST /rows?a=b HTTP/1.1\r\n" + host;

TEST(RequestParser, PiecesOfAnySizeGiveTheSameRequest) {
    const std::string bytes = post + "Content-Length: 13\r\nX-One: a b \r\nX-One: c\r\n\r\n{\r\n \"a\": 1\r\n}";
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        const Read got = read(bytes, size);
        ASSERT_EQ(got.refused, 0) << size;
        ASSERT_TRUE(got.done) << size;
        EXPECT_EQ(got.request.method, "POST");
        EXPECT_EQ(got.request.path, "/rows");
        EXPECT_EQ(got.request.query, "a=b");
        EXPECT_EQ(got.request.body, "{\r\n \"a\": 1\r\n}");
        const Headers expected = {{"host", "x"}, {"content-length", "13"}, {"x-one", "a b"}, {"x-one", "c"}};
        EXPECT_EQ(got.request.headers, expected);
        EXPECT_TRUE(got.keep_alive);
    }
}

TEST(RequestParser, ChunksAreJoinedAndTrailersSayNothing) {
    const std::string bytes =
        post + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Late: 1\r\n\r\nGET ";
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, bytes.size()}) {
        const Read got = read(bytes, size);
        ASSERT_TRUE(got.done) << size;
        EXPECT_EQ(got.request.body, "abc0123456789");
        for (const auto& header : got.request.headers) EXPECT_NE(header.first, "x-late");
    }
    EXPECT_EQ(read(bytes, bytes.size()).left, 4U) << "the next request's bytes are left alone";
}

TEST(RequestParser, RefusesWhatTwoServersReadDifferently) {
    const char* const heads[] = {
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Content-Length: 3,3\r\n",
        "Content-Length: +3\r\n",
        "Content-Length: -3\r\n",
        "Content-Length: 0x3\r\n",
        "Content-Length: \r\n",
        "Content-Length: 18446744073709551617\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        ("Transfer-Encoding: \x0b"
         "chunked\r\n"),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        " X: folded from the start\r\n",
        "X: a\r\n b\r\n",
        "X: a\r\n\tb\r\n",
        "X: a\nY: b\r\n",
        "X y: b\r\n",
        ": b\r\n",
        "Host: y\r\n",
    };
    for (const char* head : heads)
        for (const std::size_t size : {std::size_t{1}, std::size_t{1000}})
            EXPECT_EQ(read(post + head + "\r\nabc", size).refused, 400) << head;
    EXPECT_EQ(read("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1000).refused, 400);
    EXPECT_EQ(read("GET / HTTP/1.1\r\n\r\n", 1000).refused, 400) << "no host";
    EXPECT_EQ(read("GET / HTTP/2.0\r\n\r\n", 1000).refused, 400);
    EXPECT_EQ(read("GET  / HTTP/1.1\r\n" + host + "\r\n", 1000).refused, 400);
    EXPECT_EQ(read("GET rows HTTP/1.1\r\n" + host + "\r\n", 1000).refused, 400);
}

TEST(RequestParser, RefusesChunksThatAreNone) {
    for (const char* body : {"g\r\n", "-1\r\na\r\n", "0x1\r\na\r\n0\r\n\r\n", "+1\r\na\r\n",
                             "fffffffffffffffff\r\na\r\n", "1\r\nab\r\n0\r\n\r\n", "\r\n"})
        EXPECT_EQ(read(post + "Transfer-Encoding: chunked\r\n\r\n" + body, 1000).refused, 400) << body;
    // Lines end with both characters: with one alone the body never comes.
    EXPECT_FALSE(read(post + "Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n", 1000).done);
}

TEST(RequestParser, KeepsToItsLimits) {
    ParserLimits limits;
    limits.head = 1000;
    limits.body = 10;
    limits.chunk = 100;
    EXPECT_EQ(read(post + "X: " + std::string(2000, 'a') + "\r\n\r\n", 100, limits).refused, 431);
    std::string many = post;
    for (int i = 0; i < 500; ++i) many += "X: y\r\n";
    EXPECT_EQ(read(many, 6, limits).refused, 431) << "many small fields";
    EXPECT_EQ(read("GET /" + std::string(2000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 100, limits).refused, 431);
    EXPECT_EQ(read(post + "Content-Length: 11\r\n\r\n", 100, limits).refused, 413);
    const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(read(chunked + "b\r\n", 100, limits).refused, 413);
    EXPECT_EQ(read(chunked + "6\r\nabcdef\r\n5\r\n", 100, limits).refused, 413);
    EXPECT_TRUE(read(chunked + "6\r\nabcdef\r\n4\r\nghij\r\n0\r\n\r\n", 100, limits).done);
    EXPECT_EQ(read(chunked + "6;" + std::string(500, 'x'), 50, limits).refused, 400);
    EXPECT_EQ(read(chunked + "0\r\nX: " + std::string(500, 'x'), 50, limits).refused, 400);
}

TEST(RequestParser, KnowsHowTheConnectionGoesOn) {
    EXPECT_FALSE(read("GET / HTTP/1.0\r\n\r\n", 100).keep_alive);
    EXPECT_TRUE(read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 100).keep_alive);
    EXPECT_FALSE(read("GET / HTTP/1.1\r\n" + host + "Connection: Close\r\n\r\n", 100).keep_alive);
    EXPECT_TRUE(read(post + "Expect: 100-Continue\r\nContent-Length: 0\r\n\r\n", 1000).expects_continue);
    EXPECT_EQ(read(post + "Expect: tea\r\n\r\n", 1000).refused, 417);
}

TEST(RequestParser, TakesTheFormsOfATarget) {
    EXPECT_EQ(read("GET http://h:1/a/b?c=d#e HTTP/1.1\r\n" + host + "\r\n", 100).request.path, "/a/b");
    EXPECT_EQ(read("GET http://h:1?c=d HTTP/1.1\r\n" + host + "\r\n", 100).request.query, "c=d");
    EXPECT_EQ(read("GET http://h HTTP/1.1\r\n" + host + "\r\n", 100).request.path, "/");
    EXPECT_EQ(read("OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 100).request.path, "*");
    EXPECT_EQ(read("GET /a?b=c?d HTTP/1.1\r\n" + host + "\r\n", 100).request.query, "b=c?d");
}

}  // namespace
}  // namespace fin::api
