// Where a bucket is and what its objects are called.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "s3/sigv4.hpp"

namespace fin::s3 {

// Of a provider of kind s3: base_url is the service's address, settings say which bucket.
struct Bucket {
    std::string scheme;  // http or https
    std::string host;    // of the service, with its port where it is not the scheme's own
    std::string region = "us-east-1";
    std::string name;
    std::string prefix;       // of every key; empty, or it ends with "/"
    bool path_style = false;  // https://host/bucket/key instead of https://bucket.host/key
    bool lifecycle = false;   // rules are put into the bucket
    std::string access_key;
};

// settings: {"bucket": ..., "access_key": ..., "region": ..., "prefix": ..., "path_style": true, "lifecycle": true}.
// Throws Error{invalid_argument}, which names what is wrong.
Bucket bucket_of(std::string_view base_url, std::string_view settings_json);

// A secret is the secret key itself, or {"secret_key": ..., "session_token": ...}. Throws Error{invalid_argument}.
Credentials credentials_of(const Bucket& bucket, std::string_view secret);

// The request for an object of the bucket (key without the bucket's prefix is the caller's affair), or for the bucket
// itself where the key is empty.
Unsigned request_for(const Bucket& bucket, std::string method, std::string_view key, Fields query = {});
// Where it is sent.
std::string url_of(const Bucket& bucket, const Unsigned& request);

// A link to an object that a browser stores under this name.
std::string link_to(const Bucket& bucket, const Credentials& credentials, std::string_view key,
                    std::string_view filename, std::string_view media_type, std::int64_t now, std::int64_t seconds);

enum class Purpose { original, parsed, exported };
Purpose purpose_of(std::string_view name);

// uploads/{user}/{report}/original.csv, uploads/{user}/{report}/parsed.json, exports/{user}/{report}/{name}-{hash}.pdf:
// a report is exported again and again under one name, and no object may take the place of another.
std::string key_for(const Bucket& bucket, Purpose purpose, std::string_view user, std::string_view report,
                    std::string_view filename, std::string_view sha256_hex);

// Objects above 8 MB go in parts of that much, more where there would be over ten thousand.
inline constexpr long long part_size = 8 << 20;
long long part_size_for(long long size);

// base64, for checksums in headers.
std::string base64_of_hex(std::string_view hex);
// The checksum of an object of parts: SHA-256 over theirs, and how many they are.
std::string checksum_of_parts(const std::string& all_hex, std::size_t parts);

}  // namespace fin::s3
