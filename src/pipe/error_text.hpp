// An Error as the JSON of an error frame and back.
#pragma once
#include <string>
#include <string_view>

#include "error.hpp"

namespace fin::pipe {

std::string write_error(const Error& error);

// The Error the JSON tells of, its texts bounded and valid UTF-8. An unknown code is bad_data.
// Throws std::exception's children where it is no such JSON.
Error read_error(std::string_view json);

}  // namespace fin::pipe
