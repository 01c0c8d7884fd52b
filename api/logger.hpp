// What the server says about itself, on standard error, as lines with their time.
#pragma once
#include <string_view>

#include "api/config/config.hpp"

namespace fin::api {

void set_log_level(LogLevel level);
void log_message(LogLevel level, std::string_view message);
void announce(std::string_view message);  // at every level: where it listens

}  // namespace fin::api
