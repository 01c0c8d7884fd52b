// A request as the network gave it, before anything is understood.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "api/error.hpp"

namespace fin::api {

// Takes the bytes of a body that is not to be held in memory. Throws ApiError.
class BodySink {
public:
    virtual ~BodySink() = default;
    virtual void take(std::string_view piece) = 0;
};

struct Request {
    // Of the client; empty where it came over a Unix socket.
    std::string address;
    std::string method;  // upper case
    std::string path;    // percent-encoded, without the query
    std::string query;   // percent-encoded, without "?"
    Headers headers;     // names in lower case; repeated ones stay apart
    std::string body;
    std::shared_ptr<BodySink> upload;  // where the body went; null: into `body`

    std::string header(std::string_view name) const;  // repeated ones joined with ", "; empty: absent
    bool has_header(std::string_view name) const;
};

}  // namespace fin::api
