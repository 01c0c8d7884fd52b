// AWS Signature Version 4 as S3 asks for it: requests signed in a header, links signed in their query.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fin::s3 {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Credentials {
    std::string access_key;
    std::string secret_key;
    std::string session_token;  // of temporary credentials; empty for lasting ones

    Credentials() = default;
    Credentials(Credentials&&) noexcept = default;
    Credentials& operator=(Credentials&&) noexcept = default;
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;
    ~Credentials();  // wiped
};

// A request as it will be sent. Path and query are not encoded yet: the signer and the URL encode them alike.
struct Unsigned {
    std::string method = "GET";
    std::string host;  // as the Host header has it: with the port where it is not the scheme's own
    std::string path = "/";
    Fields query;
    Fields headers;           // to be signed besides host and x-amz-*; names in any case
    Fields unsigned_headers;  // sent as they are: what something on the way may change, such as Range
};

inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

// Unreserved characters stay, every other byte becomes %XX; "/" stays where it parts the segments of a path.
std::string uri_encode(std::string_view text, bool keep_slash);
// "a=1&b=", sorted as the signature wants it.
std::string canonical_query(const Fields& query);
// 20130524T000000Z of seconds since 1970.
std::string amz_date(std::int64_t seconds);

// The headers that are to be sent with the request: those given, x-amz-date, x-amz-content-sha256,
// x-amz-security-token where there is one, and Authorization. payload_hash: hex of the body, or unsigned_payload.
Fields sign(const Unsigned& request, std::string_view payload_hash, const Credentials& credentials,
            std::string_view region, std::int64_t now);

// Path and query of a link that whoever has it may use for so many seconds (1 to 604800) from `now`. Throws
// Error{invalid_argument} for another duration.
std::string presign(const Unsigned& request, const Credentials& credentials, std::string_view region, std::int64_t now,
                    std::int64_t seconds);

}  // namespace fin::s3
