// How a workbook that cannot be read is refused: one sentence, what was found, what to do.
#pragma once
#include <string>

#include "error.hpp"

namespace fin::helper {

inline constexpr const char* save_anew = "Open it in the program it comes from, save it as XLSX and import that.";

[[noreturn]] inline void refuse(const std::string& message, std::string detail = {}, std::string hint = save_anew) {
    throw Error(ErrorCode::bad_data, message, std::move(detail), std::move(hint));
}

[[noreturn]] inline void too_much(const std::string& message, std::string detail) {
    throw Error(ErrorCode::limit_exceeded, message, std::move(detail),
                "Leave in the workbook what is ledger, or split it.");
}

}  // namespace fin::helper
