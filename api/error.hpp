// What a client is told when a request cannot be answered: PostgREST's body, status and headers.
#pragma once
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace fin::api {

using Headers = std::vector<std::pair<std::string, std::string>>;  // in order; names as they are sent

struct ApiError : std::exception {
    int status = 500;
    std::string code;  // "PGRST100", or the SQLSTATE
    std::string message;
    nlohmann::json details = {};  // null, text, or for PGRST201 an array
    nlohmann::json hint = {};     // null or text
    Headers headers = {};         // WWW-Authenticate, Retry-After ...
    std::string reason = {};      // of the status line, where it is not the usual one (SQLSTATE PTxyz)

    ApiError(int status_, std::string code_, std::string message_, nlohmann::json details_ = {},
             nlohmann::json hint_ = {}, Headers headers_ = {})
        : status(status_),
          code(std::move(code_)),
          message(std::move(message_)),
          details(std::move(details_)),
          hint(std::move(hint_)),
          headers(std::move(headers_)) {}
    const char* what() const noexcept override { return message.c_str(); }
};

}  // namespace fin::api
