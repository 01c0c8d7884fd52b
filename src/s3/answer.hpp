// What S3 says and is told in bodies: errors, lists, multipart uploads, lifecycle rules.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fin::s3 {

struct Refusal {
    std::string code;  // SlowDown, NoSuchKey, RequestTimeTooSkewed ...; empty where the body says none
    std::string message;
};

// The error in a body, also in one that came with status 200; nullopt where it is no error document.
std::optional<Refusal> refusal_in(std::string_view body);
// Whether trying again may help, going by the code alone.
bool passes_by_itself(std::string_view code);

struct Object {
    std::string key;
    long long size = 0;
    std::string modified;  // 2013-05-24T00:00:00.000Z
};
struct ObjectPage {
    std::vector<Object> objects;  // in the order of their keys' bytes
    std::string next;             // continuation token; empty on the last page
};
// Of ListObjectsV2 with encoding-type=url. Throws Error{bad_data} for what is no list, or one out of order.
ObjectPage parse_objects(std::string_view body);

struct Upload {
    std::string key, id, begun;
};
struct UploadPage {
    std::vector<Upload> uploads;
    std::string next_key, next_id;  // markers; empty on the last page
};
UploadPage parse_uploads(std::string_view body);

// Of CreateMultipartUpload. Throws Error{bad_data} where there is no id.
std::string parse_upload_id(std::string_view body);

struct Part {
    int number = 0;
    std::string etag;
    std::string checksum;  // base64 of its SHA-256
};
std::string completion_of(const std::vector<Part>& parts);

// Rules of ours: objects that carry the tag fin_days=N go after N days, uploads nobody ended after a day. Rules of
// others, out of the configuration that is there (empty: none), are kept as they are.
std::string lifecycle_of(const std::vector<int>& days, const std::string& prefix, std::string_view present);

}  // namespace fin::s3
