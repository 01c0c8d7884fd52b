// What is counted: each io thread writes its own numbers, /metrics adds them up.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fin::api {

// Written by one thread, read by others.
class Count {
public:
    void add(std::uint64_t by = 1) { value_.store(get() + by, std::memory_order_relaxed); }
    void subtract(std::uint64_t by = 1) { value_.store(get() - by, std::memory_order_relaxed); }
    std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

class Histogram {
public:
    static constexpr std::array<double, 14> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                      0.1,    0.25,  0.5,    1,     2.5,  5,     10};  // s
    void observe(std::chrono::steady_clock::duration span);

    std::array<Count, bounds.size() + 1> counts;  // the last: above all bounds
    Count nanoseconds;
};

inline constexpr std::array<std::string_view, 8> counted_methods = {"GET", "HEAD",   "POST",    "PATCH",
                                                                    "PUT", "DELETE", "OPTIONS", "other"};

struct Counters {
    // Statuses outside 100 to 599 are counted as 599.
    std::array<std::array<Count, 500>, counted_methods.size()> requests;
    Histogram duration, database, pool_wait;
    Count clients, clients_total, bytes_out, bytes_in, bad_requests, client_timeouts, cancelled, retries, streams,
        replica_reads, replica_fallbacks;

    void request(std::string_view method, int status);
};

// Numbers that are not counted by io threads.
struct Gauge {
    std::string name, help, type;  // counter or gauge
    double value = 0;
    std::string labels = {};  // `status="success"`
};

// Prometheus' text format.
std::string metrics_text(const std::vector<const Counters*>& threads, const std::vector<Gauge>& gauges);

}  // namespace fin::api
