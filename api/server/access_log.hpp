// The access log: one JSON object per line, written in blocks. Nothing secret: of a query only the names of its
// parameters, of the headers only those named here.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "api/request/request.hpp"

namespace fin::api {

struct LogEntry {
    std::int64_t at = 0;  // ms since 1970
    const Request* request = nullptr;
    std::string_view client, role;
    int status = 0;
    std::uint64_t bytes = 0;
    double seconds = 0, database_seconds = 0, wait_seconds = 0;
    bool replica = false, cut_off = false;
};

std::string log_line(const LogEntry& entry);

// "id,select,order" of "id=eq.1&select=*&order=id"
std::string parameter_names(std::string_view query);
// trace-id of a W3C traceparent header; empty: none or not valid
std::string_view trace_id(std::string_view traceparent);

// Standard output, or a file that is opened again after it was rotated.
class LogFile {
public:
    explicit LogFile(std::string path);  // "-": standard output; empty: nothing is written
    ~LogFile();
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;
    bool wanted() const { return !path_.empty(); }
    void write(std::string_view lines);
    void reopen();  // throws std::runtime_error where the file cannot be opened

private:
    std::string path_;
    std::mutex mutex_;
    int file_ = -1;
};

}  // namespace fin::api
