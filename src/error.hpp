// Errors of the finance core. The boundary turns each into an SQLSTATE; nothing here knows PostgreSQL.
#pragma once
#include <stdexcept>
#include <string>
#include <utility>

namespace fin {

enum class ErrorCode {
    invalid_argument,  // an option or argument the caller can correct
    out_of_domain,     // a number outside what can be computed with
    bad_data,          // a file or row that does not say what it must
    limit_exceeded,    // a stated limit of size or count
    not_converged,     // a method found no answer
    not_found,         // what the caller names does not exist or is not the caller's to see
    not_ready,         // it exists, but something must be done first
};

class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message, std::string detail = {}, std::string hint = {})
        : std::runtime_error(message), code(code), detail(std::move(detail)), hint(std::move(hint)) {}

    ErrorCode code;
    std::string detail;  // the numbers behind the message
    std::string hint;    // what the caller can do
};

}  // namespace fin
