// A bucket as a job reaches it: requests signed, sent and judged.
#pragma once
#include <string>

#include "handler.hpp"
#include "http/request.hpp"
#include "s3/answer.hpp"
#include "s3/bucket.hpp"

namespace fin::workers {

struct Remote {
    std::string provider;
    s3::Bucket bucket;
    s3::Credentials credentials;
};

// The bucket that new files go to (name empty) or the one of this name; false where there is none. Throws Error where
// its settings or its secret cannot be used.
bool load_remote(const Context& context, const std::string& name, Remote& remote);

// The service said no, or something that is no answer. Its words name the bucket's host and the code, nothing secret.
class StorageError : public std::runtime_error {
public:
    StorageError(const std::string& words, bool worth_another, long status, std::string code = {},
                 std::optional<double> delay = {})
        : std::runtime_error(words),
          worth_another(worth_another),
          status(status),
          code(std::move(code)),
          delay(delay) {}
    bool worth_another;
    long status;
    std::string code;
    std::optional<double> delay;
};

// Sends it signed. `body` and the request outlive the task. Statuses from 400 on and error documents of any status
// throw StorageError, but 404 of GET and HEAD, which is an answer.
Task<Response> call(const Remote& remote, const s3::Unsigned& request, const std::string& body,
                    std::size_t max_body = std::size_t{4} << 20);

// Inside a catch block: what becomes of a job that met StorageError, TransportError, Refused, CircuitOpen, SqlError or
// Error.
Outcome outcome_of_storage();

}  // namespace fin::workers
