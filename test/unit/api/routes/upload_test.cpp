#include "api/routes/spool.hpp"
#include "api/routes/upload_copy.hpp"
#include "api/server/parser.hpp"

namespace fin::api::routes {

using namespace std::string_literals;

namespace {

Request head_with(const std::string& type, const std::string& query = "") {
    Request head;
    head.query = query;
    if (!type.empty()) head.headers.emplace_back("content-type", type);
    return head;
}

std::string form_of(const std::string& bytes) {
    return "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--b\r\nContent-Disposition: "
           "form-data; "
           "name=\"file\"; filename=\"dir/x.csv\"\r\nContent-Type: text/csv\r\n\r\n" +
           bytes + "\r\n--b--\r\n";
}

int refused(const std::function<void()>& action) {
    try {
        action();
    } catch (const ApiError& error) {
        return error.status;
    }
    return 0;
}

std::string content(const Spool& spool) {
    std::string bytes(spool.size() + 10, '\0');
    bytes.resize(spool.read(0, bytes.data(), bytes.size()));
    return bytes;
}

TEST(Spool, TakesAForm) {
    Spool spool(head_with("multipart/form-data; boundary=b"), 1000);
    const std::string body = form_of("a;b\r\n1;2");
    for (const char c : body) spool.take({&c, 1});
    spool.finish();
    EXPECT_EQ(content(spool), "a;b\r\n1;2");
    EXPECT_EQ(spool.filename(), "x.csv");
    EXPECT_EQ(spool.media_type(), "text/csv");
    ASSERT_EQ(spool.fields().size(), 1U);
    EXPECT_EQ(spool.fields()[0], std::make_pair(std::string("note"), std::string("hello")));
}

TEST(Spool, TakesARawBody) {
    Spool spool(head_with("text/plain; charset=utf-8", "a=1&filename=%2Ftmp%2Fz.txt"), 1000);
    spool.take("abc");
    spool.finish();
    EXPECT_EQ(content(spool), "abc");
    EXPECT_EQ(spool.filename(), "z.txt");
    EXPECT_EQ(spool.media_type(), "text/plain");
}

TEST(Spool, TheHashTellsUploadsApart) {
    const auto hash = [](const std::string& query, const std::string& bytes) {
        Spool spool(head_with("text/plain", query), 1000);
        spool.take(bytes);
        spool.finish();
        EXPECT_EQ(spool.hash().size(), 64U);
        return spool.hash();
    };
    EXPECT_EQ(hash("filename=a", "x"), hash("filename=a", "x"));
    EXPECT_NE(hash("filename=a", "x"), hash("filename=b", "x"));
    EXPECT_NE(hash("filename=a", "x"), hash("filename=a", "y"));
}

TEST(Spool, Limits) {
    Spool spool(head_with("text/plain"), 5);
    spool.take("12345");
    EXPECT_EQ(refused([&] { spool.take("6"); }), 413);
    Spool empty(head_with("text/plain"), 5);
    EXPECT_EQ(refused([&] { empty.finish(); }), 400);
    Spool fields(head_with("multipart/form-data; boundary=b"), 5);
    const std::string field = "--b\r\nContent-Disposition: form-data; name=n\r\n\r\n" + std::string(70000, 'x');
    EXPECT_EQ(refused([&] { fields.take(field); }), 413);
}

TEST(Spool, OnlySoManyAtOnce) {
    std::vector<std::unique_ptr<Spool>> open;
    const auto one_more = [&] { open.push_back(std::make_unique<Spool>(head_with("text/plain"), 5)); };
    for (int i = 0; i < 32; ++i) one_more();
    EXPECT_EQ(refused(one_more), 503);
    open.pop_back();
    EXPECT_EQ(refused(one_more), 0);
}

std::uint32_t number(const std::string& bytes, std::size_t& at, int size) {
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes.at(at++));
    return value;
}

// What COPY's binary format (PostgreSQL's documentation of COPY, "Binary Format") says of the bytes.
TEST(UploadCopy, RowsOfAMegabyte) {
    std::string bytes((2 << 20) + 5, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 13);
    const auto spool = std::make_shared<Spool>(head_with("text/plain"), 1 << 30);
    spool->take(bytes);
    spool->finish();
    UploadCopy copy(spool, "fi\"n", "00112233-4455-4677-8899-aabbccddeeff");
    EXPECT_EQ(copy.statement(), "COPY \"fi\"\"n\".\"upload_chunks\" (upload_id, no, data) FROM STDIN (FORMAT binary)");
    for (int round = 0; round < 2; ++round) {
        copy.rewind();
        std::string all, piece;
        while (copy.next(piece)) {
            EXPECT_LE(piece.size(), 66000U);
            all += piece;
        }
        ASSERT_EQ(all.substr(0, 19), std::string("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19));
        std::size_t at = 19;
        std::string joined;
        for (std::uint32_t no = 1; no <= 3; ++no) {
            EXPECT_EQ(number(all, at, 2), 3U);
            EXPECT_EQ(number(all, at, 4), 16U);
            EXPECT_EQ(all.substr(at, 16), "\x00\x11\x22\x33\x44\x55\x46\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"s);
            at += 16;
            EXPECT_EQ(number(all, at, 4), 4U);
            EXPECT_EQ(number(all, at, 4), no);
            const std::uint32_t size = number(all, at, 4);
            EXPECT_EQ(size, no < 3 ? 1U << 20 : 5U);
            joined += all.substr(at, size);
            at += size;
        }
        EXPECT_EQ(number(all, at, 2), 0xFFFFU);
        EXPECT_EQ(at, all.size());
        EXPECT_TRUE(joined == bytes);
    }
}

TEST(UploadCopy, Uuids) {
    const std::string a = random_uuid(), b = random_uuid();
    EXPECT_NE(a, b);
    EXPECT_EQ(a.size(), 36U);
    EXPECT_EQ(a[14], '4');
}

class Kept final : public BodySink {
public:
    void take(std::string_view piece) override { text += piece; }
    std::string text;
};

TEST(DivertedBody, GoesToTheSinkWithinItsOwnLimit) {
    const std::string body(300, 'x');
    const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n12c\r\n" + body + "\r\n0\r\n\r\n";
    for (const std::string& rest : {"Content-Length: 300\r\n\r\n" + body, chunked}) {
        for (const bool diverted : {true, false}) {
            ParserLimits limits;
            limits.body = 100;
            RequestParser parser(limits);
            const auto kept = std::make_shared<Kept>();
            parser.divert([&](const Request& head) { return head.path == "/up" && diverted ? kept : nullptr; }, 300);
            const std::string text = "POST /up HTTP/1.1\r\nHost: x\r\n" + rest;
            const int status = refused([&] {
                std::size_t at = 0;
                while (!parser.done()) at += parser.take(std::string_view(text).substr(at));
            });
            EXPECT_EQ(status, diverted ? 0 : 413);
            EXPECT_EQ(kept->text, diverted ? body : "");
            EXPECT_TRUE(parser.request().body.empty());
        }
    }
}

TEST(DivertedBody, HasALimitToo) {
    RequestParser parser(ParserLimits{});
    parser.divert([](const Request&) { return std::make_shared<Kept>(); }, 10);
    EXPECT_EQ(refused([&] { parser.take("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n"); }), 413);
}

}  // namespace
}  // namespace fin::api::routes
