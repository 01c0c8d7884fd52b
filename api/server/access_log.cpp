#include "api/server/access_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <stdexcept>

namespace fin::api {

namespace {

void append_text(std::string& out, std::string_view key, std::string_view text) {
    out += ",\"";
    out += key;
    out += "\":\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte >= 0x7f) {
            // Bytes as they came: a log must be readable whatever a client sends.
            std::array<char, 8> escaped;
            std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(byte));
            out += escaped.data();
        } else {
            out += c;
        }
    }
    out += '"';
}

void append_milliseconds(std::string& out, std::string_view key, double seconds) {
    std::array<char, 64> text;
    // printf would follow the locale's decimal mark; thousandths of a millisecond as integers do not
    const auto micro = static_cast<long long>(seconds * 1e6);
    std::snprintf(text.data(), text.size(), "%lld.%03lld", micro / 1000, micro % 1000);
    out += ",\"";
    out += key;
    out += "\":";
    out += text.data();
}

void append_time(std::string& out, std::int64_t at) {
    const std::time_t seconds = at / 1000;
    std::tm parts = {};
    gmtime_r(&seconds, &parts);
    std::array<char, 80> text;
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                  static_cast<int>(at % 1000));
    out += text.data();
}

bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string_view header_of(const Request& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return {};
}

}  // namespace

std::string parameter_names(std::string_view query) {
    std::string names;
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto part = query.substr(0, end);
        if (!names.empty()) names += ',';
        names += part.substr(0, part.find('='));
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    }
    return names;
}

std::string_view trace_id(std::string_view header) {
    // version "-" trace-id "-" parent-id "-" flags, all lower-case hexadecimal
    if (header.size() < 55 || header[2] != '-' || header[35] != '-' || header[52] != '-') return {};
    if (header.size() > 55 && (header.substr(0, 2) == "00" || header[55] != '-')) return {};
    const auto id = header.substr(3, 32), parent = header.substr(36, 16);
    if (header.substr(0, 2) == "ff" || !is_lower_hex(header.substr(0, 2)) || !is_lower_hex(id) ||
        !is_lower_hex(parent) || !is_lower_hex(header.substr(53, 2)))
        return {};
    const auto zero = [](char c) { return c == '0'; };
    if (std::all_of(id.begin(), id.end(), zero) || std::all_of(parent.begin(), parent.end(), zero)) return {};
    return id;
}

std::string log_line(const LogEntry& entry) {
    const Request& request = *entry.request;
    std::string out = "{\"time\":\"";
    append_time(out, entry.at);
    out += '"';
    append_text(out, "client", entry.client);
    append_text(out, "method", request.method);
    append_text(out, "path", request.path);
    if (!request.query.empty()) append_text(out, "parameters", parameter_names(request.query));
    out += ",\"status\":" + std::to_string(entry.status) + ",\"bytes\":" + std::to_string(entry.bytes);
    append_milliseconds(out, "ms", entry.seconds);
    append_milliseconds(out, "database_ms", entry.database_seconds);
    append_milliseconds(out, "wait_ms", entry.wait_seconds);
    if (!entry.role.empty()) append_text(out, "role", entry.role);
    if (const auto id = trace_id(header_of(request, "traceparent")); !id.empty()) append_text(out, "trace", id);
    if (const auto agent = header_of(request, "user-agent"); !agent.empty())
        append_text(out, "agent", agent.substr(0, 200));
    if (entry.replica) out += ",\"replica\":true";
    if (entry.cut_off) out += ",\"cut_off\":true";
    out += "}\n";
    return out;
}

LogFile::LogFile(std::string path) : path_(std::move(path)) { reopen(); }

LogFile::~LogFile() {
    if (file_ > 2) ::close(file_);
}

void LogFile::reopen() {
    if (path_.empty()) return;
    const std::lock_guard lock(mutex_);
    if (path_ == "-") {
        file_ = 1;
        return;
    }
    const int opened = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (opened < 0) throw std::runtime_error("fin-access-log: " + path_ + ": " + std::strerror(errno));
    if (file_ > 2) ::close(file_);
    file_ = opened;
}

void LogFile::write(std::string_view lines) {
    if (file_ < 0) return;
    const std::lock_guard lock(mutex_);
    while (!lines.empty()) {
        const auto written = ::write(file_, lines.data(), lines.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;  // a full disk must not stop the service
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace fin::api
