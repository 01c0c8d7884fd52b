#include "s3/sigv4.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <new>

#include "error.hpp"
#include "hash/sha256.hpp"

namespace fin::s3 {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view service = "s3";

// A key of the chain; wiped, because it signs for a whole day.
struct Key {
    unsigned char bytes[32];
    ~Key() { OPENSSL_cleanse(bytes, sizeof bytes); }
};

void hmac(const void* key, std::size_t size, std::string_view text, Key& result) {
    unsigned int length = 0;
    if (!HMAC(EVP_sha256(), key, static_cast<int>(size), reinterpret_cast<const unsigned char*>(text.data()),
              text.size(), result.bytes, &length))
        throw std::bad_alloc();
}

std::string signature(const Credentials& credentials, std::string_view day, std::string_view region,
                      std::string_view string_to_sign) {
    std::string first = "AWS4" + credentials.secret_key;
    Key one, two;
    hmac(first.data(), first.size(), day, one);
    OPENSSL_cleanse(first.data(), first.size());
    hmac(one.bytes, sizeof one.bytes, region, two);
    hmac(two.bytes, sizeof two.bytes, service, one);
    hmac(one.bytes, sizeof one.bytes, "aws4_request", two);
    hmac(two.bytes, sizeof two.bytes, string_to_sign, one);
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (const unsigned char byte : one.bytes) (hex += digits[byte >> 4]) += digits[byte & 15];
    return hex;
}

std::string lower(std::string_view text) {
    std::string copy(text);
    for (char& c : copy)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return copy;
}

// Blanks around it go, several in a row become one.
std::string trimmed(std::string_view value) {
    std::string text;
    for (const char c : value) {
        const bool blank = c == ' ' || c == '\t';
        if (blank && (text.empty() || text.back() == ' ')) continue;
        text += blank ? ' ' : c;
    }
    if (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

std::string scope_of(std::string_view day, std::string_view region) {
    std::string scope(day);
    scope.append("/").append(region).append("/").append(service).append("/aws4_request");
    return scope;
}

std::string signed_names(const Fields& sorted) {
    std::string names;
    for (const auto& [name, value] : sorted) names += (names.empty() ? "" : ";") + name;
    return names;
}

Fields canonical_headers(const Unsigned& request, Fields more) {
    Fields headers = request.headers;
    headers.insert(headers.end(), more.begin(), more.end());
    headers.emplace_back("host", request.host);
    for (auto& [name, value] : headers) name = lower(name), value = trimmed(value);
    std::sort(headers.begin(), headers.end());
    return headers;
}

std::string string_to_sign(const Unsigned& request, const std::string& query, const Fields& headers,
                           std::string_view payload_hash, std::string_view date, std::string_view scope) {
    std::string canonical = request.method + "\n" + uri_encode(request.path, true) + "\n" + query + "\n";
    for (const auto& [name, value] : headers) canonical.append(name).append(":").append(value).append("\n");
    canonical.append("\n").append(signed_names(headers)).append("\n").append(payload_hash);
    std::string text(algorithm);
    text.append("\n").append(date).append("\n").append(scope).append("\n").append(hash::sha256(canonical));
    return text;
}

}  // namespace

Credentials::~Credentials() {
    OPENSSL_cleanse(secret_key.data(), secret_key.size());
    OPENSSL_cleanse(session_token.data(), session_token.size());
}

std::string uri_encode(std::string_view text, bool keep_slash) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~' || (keep_slash && c == '/');
        if (plain) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        ((encoded += '%') += digits[byte >> 4]) += digits[byte & 15];
    }
    return encoded;
}

std::string canonical_query(const Fields& query) {
    Fields encoded;
    encoded.reserve(query.size());
    for (const auto& [name, value] : query) encoded.emplace_back(uri_encode(name, false), uri_encode(value, false));
    std::sort(encoded.begin(), encoded.end());
    std::string text;
    for (const auto& [name, value] : encoded)
        text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
    return text;
}

std::string amz_date(std::int64_t seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[80];
    std::snprintf(text, sizeof text, "%04d%02d%02dT%02d%02d%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                  parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return text;
}

Fields sign(const Unsigned& request, std::string_view payload_hash, const Credentials& credentials,
            std::string_view region, std::int64_t now) {
    const std::string date = amz_date(now);
    const std::string scope = scope_of(date.substr(0, 8), region);
    Fields added;
    added.emplace_back("x-amz-content-sha256", payload_hash);
    added.emplace_back("x-amz-date", date);
    if (!credentials.session_token.empty()) added.emplace_back("x-amz-security-token", credentials.session_token);
    const Fields headers = canonical_headers(request, added);
    const std::string text =
        string_to_sign(request, canonical_query(request.query), headers, payload_hash, date, scope);
    Fields sent = request.headers;
    sent.insert(sent.end(), request.unsigned_headers.begin(), request.unsigned_headers.end());
    sent.insert(sent.end(), added.begin(), added.end());
    sent.emplace_back("Authorization", std::string(algorithm) + " Credential=" + credentials.access_key + "/" + scope +
                                           ",SignedHeaders=" + signed_names(headers) +
                                           ",Signature=" + signature(credentials, date.substr(0, 8), region, text));
    return sent;
}

std::string presign(const Unsigned& request, const Credentials& credentials, std::string_view region, std::int64_t now,
                    std::int64_t seconds) {
    if (seconds < 1 || seconds > 604'800)
        throw Error(ErrorCode::invalid_argument, "a link is good for 1 second to 7 days", {},
                    "S3 takes no link that is good for longer.");
    const std::string date = amz_date(now);
    const std::string scope = scope_of(date.substr(0, 8), region);
    const Fields headers = canonical_headers(request, {});
    Fields query = request.query;
    query.emplace_back("X-Amz-Algorithm", algorithm);
    query.emplace_back("X-Amz-Credential", credentials.access_key + "/" + scope);
    query.emplace_back("X-Amz-Date", date);
    query.emplace_back("X-Amz-Expires", std::to_string(seconds));
    query.emplace_back("X-Amz-SignedHeaders", signed_names(headers));
    if (!credentials.session_token.empty()) query.emplace_back("X-Amz-Security-Token", credentials.session_token);
    const std::string canonical = canonical_query(query);
    const std::string text = string_to_sign(request, canonical, headers, unsigned_payload, date, scope);
    return uri_encode(request.path, true) + "?" + canonical +
           "&X-Amz-Signature=" + signature(credentials, date.substr(0, 8), region, text);
}

}  // namespace fin::s3
