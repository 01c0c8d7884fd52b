// Signatures against the examples that AWS publishes for S3 ("Examples: Signature Calculations" and "Authenticating
// Requests: Using Query Parameters"), and the rules of encoding.
#include "s3/sigv4.hpp"

#include "error.hpp"
#include "hash/sha256.hpp"

namespace {

using namespace fin::s3;

constexpr std::int64_t may_24 = 1369353600;  // 2013-05-24T00:00:00Z

Credentials example() {
    Credentials credentials;
    credentials.access_key = "AKIAIOSFODNN7EXAMPLE";
    credentials.secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    return credentials;
}

Unsigned request(std::string method, std::string path, Fields query = {}, Fields headers = {}) {
    return {
        std::move(method), "examplebucket.s3.amazonaws.com", std::move(path), std::move(query), std::move(headers), {}};
}

std::string authorization(const Unsigned& request, std::string_view body) {
    return sign(request, fin::hash::sha256(body), example(), "us-east-1", may_24).back().second;
}

std::string expected(const std::string& headers, const std::string& signature) {
    return "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=" +
           headers + ",Signature=" + signature;
}

TEST(SigV4, GetObject) {
    EXPECT_EQ(authorization(request("GET", "/test.txt", {}, {{"Range", "bytes=0-9"}}), ""),
              expected("host;range;x-amz-content-sha256;x-amz-date",
                       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
}

TEST(SigV4, PutObject) {
    EXPECT_EQ(authorization(
                  request("PUT", "/test$file.text", {},
                          {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}),
                  "Welcome to Amazon S3."),
              expected("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                       "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(SigV4, GetLifecycle) {
    EXPECT_EQ(authorization(request("GET", "/", {{"lifecycle", ""}}), ""),
              expected("host;x-amz-content-sha256;x-amz-date",
                       "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
}

TEST(SigV4, ListObjectsInAnyOrderOfTheQuery) {
    const auto wanted = expected("host;x-amz-content-sha256;x-amz-date",
                                 "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    EXPECT_EQ(authorization(request("GET", "/", {{"max-keys", "2"}, {"prefix", "J"}}), ""), wanted);
    EXPECT_EQ(authorization(request("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}), ""), wanted);
}

TEST(SigV4, PresignedLink) {
    EXPECT_EQ(presign(request("GET", "/test.txt"), example(), "us-east-1", may_24, 86400),
              "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%"
              "2Fs3%2F"
              "aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
              "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SigV4, LinksLiveForOneSecondToSevenDays) {
    for (const std::int64_t seconds : {-1, 0, 604801})
        EXPECT_THROW(presign(request("GET", "/x"), example(), "us-east-1", may_24, seconds), fin::Error) << seconds;
    EXPECT_NO_THROW(presign(request("GET", "/x"), example(), "us-east-1", may_24, 604800));
}

TEST(SigV4, SessionTokenIsSentAndSigned) {
    Credentials credentials = example();
    credentials.session_token = "FwoGZXIvYXdzEXAMPLE";
    const Fields sent = sign(request("GET", "/x"), fin::hash::sha256(""), credentials, "us-east-1", may_24);
    EXPECT_NE(std::find(sent.begin(), sent.end(),
                        std::pair<std::string, std::string>("x-amz-security-token", "FwoGZXIvYXdzEXAMPLE")),
              sent.end());
    EXPECT_NE(sent.back().second.find("x-amz-date;x-amz-security-token,"), std::string::npos);
    const std::string link = presign(request("GET", "/x"), credentials, "us-east-1", may_24, 60);
    EXPECT_NE(link.find("&X-Amz-Security-Token=FwoGZXIvYXdzEXAMPLE&"), std::string::npos);
    EXPECT_NE(link, presign(request("GET", "/x"), example(), "us-east-1", may_24, 60));
}

TEST(SigV4, ValuesOfHeadersAreTrimmedForTheSignature) {
    EXPECT_EQ(authorization(request("GET", "/x", {}, {{"X-A", "  b   c\t"}}), ""),
              authorization(request("GET", "/x", {}, {{"x-a", "b c"}}), ""));
}

TEST(SigV4, SomeHeadersAreSentUnsigned) {
    Unsigned ranged = request("GET", "/x");
    const std::string plain = authorization(ranged, "");
    ranged.unsigned_headers.emplace_back("Range", "bytes=0-9");
    const Fields sent = sign(ranged, fin::hash::sha256(""), example(), "us-east-1", may_24);
    EXPECT_EQ(sent.front(), (std::pair<std::string, std::string>("Range", "bytes=0-9")));
    EXPECT_EQ(sent.back().second, plain);
}

TEST(SigV4, EncodingKeepsTheUnreservedOnly) {
    EXPECT_EQ(uri_encode("AZaz09-._~", false), "AZaz09-._~");
    EXPECT_EQ(uri_encode("a b+c/d=é%", true), "a%20b%2Bc/d%3D%C3%A9%25");
    EXPECT_EQ(uri_encode("a/b", false), "a%2Fb");
    EXPECT_EQ(canonical_query({{"b", "2"}, {"a", ""}, {"a-b", "x y"}, {"b", "1"}}), "a=&a-b=x%20y&b=1&b=2");
}

TEST(SigV4, Dates) {
    EXPECT_EQ(amz_date(may_24), "20130524T000000Z");
    EXPECT_EQ(amz_date(1709251199), "20240229T235959Z");
}

}  // namespace
