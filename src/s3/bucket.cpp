#include "s3/bucket.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "error.hpp"
#include "hash/sha256.hpp"

namespace fin::s3 {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& why, const std::string& hint = {}) {
    throw Error(ErrorCode::invalid_argument, why, {}, hint);
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// As S3 names buckets; nothing else can be part of a host's name.
bool is_bucket_name(std::string_view name) {
    return name.size() >= 3 && name.size() <= 63 && (is_lower(name.front()) || is_digit(name.front())) &&
           (is_lower(name.back()) || is_digit(name.back())) && name.find("..") == std::string_view::npos &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '.'; });
}

bool is_plain(std::string_view text, std::string_view others) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || others.find(c) != std::string_view::npos;
    });
}

json object_of(std::string_view text, const char* what) {
    json value = json::parse(text, nullptr, false);
    if (!value.is_object()) refuse(std::string(what) + " is no JSON object");
    return value;
}

std::string hex_bytes(std::string_view hex) {
    std::string bytes;
    const auto digit = [](char c) { return is_digit(c) ? c - '0' : c - 'a' + 10; };
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
    return bytes;
}

std::string base64(std::string_view bytes) {
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
        unsigned value = 0;
        for (std::size_t k = 0; k < 3; ++k)
            value = value << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) text += k <= left ? letters[value >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

// The ending of a file's name, where it is one that a key can have.
std::string ending_of(std::string_view filename) {
    const auto dot = filename.rfind('.');
    if (dot == std::string_view::npos) return {};
    const std::string_view ending = filename.substr(dot + 1);
    if (ending.empty() || ending.size() > 10 || !is_plain(ending, "")) return {};
    std::string lower = ".";
    for (const char c : ending) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

// One segment of a key: no slash, nothing that a path would climb by, no control characters.
std::string segment_of(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        safe += byte < 0x20 || byte == 0x7f || c == '/' || c == '\\' ? '_' : c;
    }
    if (safe.size() > 200) {  // a key has at most 1024 bytes; the ending stays
        const std::string ending = ending_of(safe);
        std::size_t size = 200 - ending.size();
        while (size > 0 && (static_cast<unsigned char>(safe[size]) & 0xC0) == 0x80) --size;  // not inside a letter
        safe = safe.substr(0, size) + ending;
    }
    return safe.empty() || safe.find_first_not_of('.') == std::string::npos ? "_" + safe : safe;
}

std::string disposition(std::string_view filename) {
    std::string ascii;
    for (const char c : filename) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) == 0x80 && byte >= 0x80) continue;  // the rest of a letter
        ascii += byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\' ? '_' : c;
    }
    return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + uri_encode(filename, false);
}

}  // namespace

Bucket bucket_of(std::string_view base_url, std::string_view settings_json) {
    const json settings = object_of(settings_json, "settings of a bucket");
    Bucket bucket;
    for (const auto& [key, value] : settings.items()) {
        std::string* const text = key == "bucket"       ? &bucket.name
                                  : key == "region"     ? &bucket.region
                                  : key == "prefix"     ? &bucket.prefix
                                  : key == "access_key" ? &bucket.access_key
                                                        : nullptr;
        bool* const choice = key == "path_style"  ? &bucket.path_style
                             : key == "lifecycle" ? &bucket.lifecycle
                                                  : nullptr;
        if (!text && !choice)
            refuse("unknown setting " + key + " of a bucket",
                   "Settings are bucket, access_key, region, prefix, path_style and lifecycle.");
        if (text && value.is_string())
            *text = value.get<std::string>();
        else if (choice && value.is_boolean())
            *choice = value.get<bool>();
        else
            refuse("setting " + key + " of a bucket is no " + (text ? "text" : "true or false"));
    }
    const auto scheme = base_url.find("://");
    bucket.scheme = std::string(base_url.substr(0, std::min(scheme, base_url.size())));
    if (bucket.scheme != "http" && bucket.scheme != "https")
        refuse("the address of S3 begins with http:// or https://");
    std::string_view host = base_url.substr(scheme + 3);
    while (!host.empty() && host.back() == '/') host.remove_suffix(1);
    if (host.empty() || host.find_first_of("/?#@") != std::string_view::npos)
        refuse("the address of S3 is a host, without a path", "The bucket is named in the settings.");
    const std::string own = bucket.scheme == "http" ? ":80" : ":443";
    if (host.size() > own.size() && host.substr(host.size() - own.size()) == own) host.remove_suffix(own.size());
    for (const char c : host) bucket.host += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!is_bucket_name(bucket.name)) refuse("the name of a bucket has 3 to 63 of a-z, 0-9, - and .");
    if (bucket.region.empty() || bucket.region.size() > 64 || !is_plain(bucket.region, "-_"))
        refuse("the region of a bucket is a word like eu-central-1");
    if (bucket.access_key.empty() || bucket.access_key.size() > 128 || !is_plain(bucket.access_key, "-_.+="))
        refuse("a bucket needs the id of an access key in access_key");
    if (!bucket.prefix.empty() && bucket.prefix.back() != '/') bucket.prefix += '/';
    if (bucket.prefix.size() > 200 || bucket.prefix.front() == '/' || !is_plain(bucket.prefix, "-_./") ||
        bucket.prefix.find("//") != std::string::npos || bucket.prefix.find("./") != std::string::npos)
        refuse("the prefix of a bucket's keys is made of letters, digits, -, _ and .",
               "For example pg_fin/production.");
    return bucket;
}

Credentials credentials_of(const Bucket& bucket, std::string_view secret) {
    Credentials credentials;
    credentials.access_key = bucket.access_key;
    if (secret.empty())
        refuse("the bucket has no secret key", "fin_provider_set(name, 's3', base_url, settings, secret) stores it.");
    if (secret.front() != '{') {
        credentials.secret_key = secret;
        return credentials;
    }
    const json both = json::parse(secret, nullptr, false);
    if (!both.is_object() || !both.contains("secret_key") || !both["secret_key"].is_string())
        refuse("the secret of a bucket is its secret key, or JSON with secret_key and session_token");
    credentials.secret_key = both["secret_key"].get<std::string>();
    if (both.contains("session_token") && both["session_token"].is_string())
        credentials.session_token = both["session_token"].get<std::string>();
    return credentials;
}

Unsigned request_for(const Bucket& bucket, std::string method, std::string_view key, Fields query) {
    Unsigned request;
    request.method = std::move(method);
    request.query = std::move(query);
    if (bucket.path_style) {
        request.host = bucket.host;
        request.path = "/" + bucket.name + (key.empty() ? "" : "/");
    } else {
        request.host = bucket.name + "." + bucket.host;
        request.path = "/";
    }
    request.path += key;
    return request;
}

std::string url_of(const Bucket& bucket, const Unsigned& request) {
    const std::string query = canonical_query(request.query);
    return bucket.scheme + "://" + request.host + uri_encode(request.path, true) + (query.empty() ? "" : "?" + query);
}

std::string link_to(const Bucket& bucket, const Credentials& credentials, std::string_view key,
                    std::string_view filename, std::string_view media_type, std::int64_t now, std::int64_t seconds) {
    // What the browser makes of the bytes is said by us, not by whoever uploaded them.
    const Unsigned request = request_for(
        bucket, "GET", key,
        {{"response-content-disposition", disposition(filename)}, {"response-content-type", std::string(media_type)}});
    return bucket.scheme + "://" + request.host + presign(request, credentials, bucket.region, now, seconds);
}

Purpose purpose_of(std::string_view name) {
    return name == "parsed" ? Purpose::parsed : name == "exported" ? Purpose::exported : Purpose::original;
}

std::string key_for(const Bucket& bucket, Purpose purpose, std::string_view user, std::string_view report,
                    std::string_view filename, std::string_view sha256_hex) {
    std::string key = bucket.prefix + (purpose == Purpose::exported ? "exports/" : "uploads/");
    key.append(segment_of(user)).append("/").append(segment_of(report)).append("/");
    if (purpose == Purpose::original) return key + "original" + ending_of(filename);
    if (purpose == Purpose::parsed) return key + "parsed.json";
    const std::string name = segment_of(filename), ending = ending_of(name);
    return key.append(name, 0, name.size() - ending.size()).append("-").append(sha256_hex.substr(0, 12)).append(ending);
}

long long part_size_for(long long size) {
    constexpr long long megabyte = 1 << 20;
    constexpr long long most_parts = 10'000;
    const long long needed = (size + most_parts - 1) / most_parts;
    return std::max(part_size, (needed + megabyte - 1) / megabyte * megabyte);
}

std::string base64_of_hex(std::string_view hex) { return base64(hex_bytes(hex)); }

std::string checksum_of_parts(const std::string& all_hex, std::size_t parts) {
    return base64(hex_bytes(hash::sha256(hex_bytes(all_hex)))) + "-" + std::to_string(parts);
}

}  // namespace fin::s3
