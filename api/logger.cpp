#include "api/logger.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <string>

namespace fin::api {

namespace {
std::atomic<LogLevel> chosen{LogLevel::info};
}

void set_log_level(LogLevel level) { chosen = level; }

namespace {

void write_line(LogLevel level, std::string_view message) {
    constexpr std::array<const char*, 5> names = {"FATAL", "ERROR", "WARNING", "INFO", "DEBUG"};
    const std::time_t now = std::time(nullptr);
    std::tm parts = {};
    gmtime_r(&now, &parts);
    std::array<char, 80> start;
    std::snprintf(start.data(), start.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ %s: ", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                  names[static_cast<std::size_t>(level)]);
    std::string line = start.data();
    line += message;
    line += '\n';
    if (::write(2, line.data(), line.size()) < 0) return;  // nobody listens
}

}  // namespace

void log_message(LogLevel level, std::string_view message) {
    if (level <= chosen.load()) write_line(level, message);
}

void announce(std::string_view message) { write_line(LogLevel::info, message); }

}  // namespace fin::api
