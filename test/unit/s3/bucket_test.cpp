// Where a bucket is, what its objects are called, how large files are cut.
#include "s3/bucket.hpp"

#include "error.hpp"

namespace {

using namespace fin::s3;
using fin::Error;

Bucket bucket(const std::string& more = "", const std::string& url = "https://s3.example.com") {
    return bucket_of(url, R"({"bucket": "reports", "access_key": "AK")" + more + "}");
}

TEST(Bucket, Addresses) {
    const Bucket virtual_host = bucket(R"(, "region": "eu-central-1")", "https://S3.Example.com:443/");
    const Unsigned get = request_for(virtual_host, "GET", "uploads/a b", {{"partNumber", "1"}});
    EXPECT_EQ(get.host, "reports.s3.example.com");
    EXPECT_EQ(url_of(virtual_host, get), "https://reports.s3.example.com/uploads/a%20b?partNumber=1");
    EXPECT_EQ(url_of(virtual_host, request_for(virtual_host, "GET", "")), "https://reports.s3.example.com/");
    const Bucket path = bucket(R"(, "path_style": true)", "http://127.0.0.1:4568");
    EXPECT_EQ(request_for(path, "GET", "k").host, "127.0.0.1:4568");
    EXPECT_EQ(url_of(path, request_for(path, "GET", "k")), "http://127.0.0.1:4568/reports/k");
    EXPECT_EQ(url_of(path, request_for(path, "GET", "", {{"list-type", "2"}})),
              "http://127.0.0.1:4568/reports?list-type=2");
}

TEST(Bucket, SettingsAreCheckedByName) {
    EXPECT_EQ(bucket(R"(, "prefix": "fin/live")").prefix, "fin/live/");
    for (const char* wrong :
         {R"(, "prefix": "/x")", R"(, "prefix": "a/../b")", R"(, "prefix": "a//b")", R"(, "prefix": "ä")",
          R"(, "region": "a b")", R"(, "region": 1)", R"(, "path_style": "yes")", R"(, "buckets": "x")",
          R"(, "bucket": "Reports")", R"(, "bucket": "a")", R"(, "bucket": "a..b")", R"(, "bucket": "x/y")",
          R"(, "access_key": "")", R"(, "access_key": "a/b")"})
        EXPECT_THROW(bucket(wrong), Error) << wrong;
    for (const char* wrong : {"s3://x", "https://", "https://h/path", "https://u@h", "https://h?x", "h"})
        EXPECT_THROW(bucket("", wrong), Error) << wrong;
    EXPECT_THROW(bucket_of("https://h", "[]"), Error);
    EXPECT_THROW(bucket_of("https://h", "{"), Error);
}

TEST(Bucket, SecretsOfBothForms) {
    EXPECT_EQ(credentials_of(bucket(), "abc").secret_key, "abc");
    const Credentials temporary = credentials_of(bucket(), R"({"secret_key": "abc", "session_token": "t"})");
    EXPECT_EQ(temporary.access_key + temporary.secret_key + temporary.session_token, "AKabct");
    EXPECT_THROW(credentials_of(bucket(), ""), Error);
    EXPECT_THROW(credentials_of(bucket(), "{}"), Error);
}

TEST(Bucket, Keys) {
    const Bucket plain = bucket(), below = bucket(R"(, "prefix": "fin")");
    const std::string hash = "0123456789abcdef";
    EXPECT_EQ(key_for(plain, Purpose::original, "u", "r", "März 2024.CSV", hash), "uploads/u/r/original.csv");
    EXPECT_EQ(key_for(below, Purpose::original, "u", "r", "no ending", hash), "fin/uploads/u/r/original");
    EXPECT_EQ(key_for(plain, Purpose::original, "u", "r", "x.tar/../../y", hash), "uploads/u/r/original");
    EXPECT_EQ(key_for(plain, Purpose::parsed, "u", "r", "x.csv", hash), "uploads/u/r/parsed.json");
    EXPECT_EQ(key_for(plain, Purpose::exported, "u", "r", "../a\\b\n.pdf", hash),
              "exports/u/r/.._a_b_-0123456789ab.pdf");
    EXPECT_EQ(key_for(plain, Purpose::exported, "u", "r", "..", hash), "exports/u/r/_..-0123456789ab");
    EXPECT_EQ(key_for(plain, Purpose::exported, "../u", "", "", hash), "exports/.._u/_/_-0123456789ab");
    const std::string key = key_for(plain, Purpose::exported, "u", "r", std::string(300, 'x').append("я.pdf"), hash);
    EXPECT_EQ(key.size(), 225u);
    EXPECT_EQ(key.substr(key.size() - 17), "-0123456789ab.pdf");
    EXPECT_EQ(purpose_of("exported"), Purpose::exported);
    EXPECT_EQ(purpose_of("parsed"), Purpose::parsed);
    EXPECT_EQ(purpose_of("original"), Purpose::original);
}

TEST(Bucket, Links) {
    Credentials credentials;
    credentials.access_key = "AK";
    credentials.secret_key = "s";
    const std::string link =
        link_to(bucket(), credentials, "uploads/u/r/original.csv", "Отчёт \"1\".csv", "text/csv", 1369353600, 60);
    EXPECT_EQ(link.find("https://reports.s3.example.com/uploads/u/r/original.csv?X-Amz-Algorithm="), 0u);
    EXPECT_NE(link.find("response-content-disposition=attachment%3B%20filename%3D%22_____%20_1_.csv%22%3B%20filename%"
                        "2A%3DUTF-8%27%27%25D0%259E"),
              std::string::npos)
        << link;
    EXPECT_NE(link.find("&response-content-type=text%2Fcsv&X-Amz-Signature="), std::string::npos);
}

TEST(Bucket, PartsAreEightMegabytesUntilThereWouldBeTooMany) {
    EXPECT_EQ(part_size_for(0), 8 << 20);
    EXPECT_EQ(part_size_for(10'000LL * (8 << 20)), 8 << 20);
    EXPECT_EQ(part_size_for(10'000LL * (8 << 20) + 1), 9 << 20);
}

TEST(Bucket, Checksums) {
    // By Python: base64.b64encode(sha256(sha256(b"a").digest() + sha256(b"b").digest()).digest())
    const std::string empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    EXPECT_EQ(base64_of_hex(empty), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    const std::string a = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    const std::string b = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";
    EXPECT_EQ(checksum_of_parts(a + b, 2), "5aAf7hTg7VxIcU8iGA8lrYNltT+XefedxKPX6Tlj+Uo=-2");
}

}  // namespace
