#include "api/server/metrics.hpp"

#include <algorithm>
#include <charconv>

namespace fin::api {

namespace {

std::string number(double value) {
    std::array<char, 400> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
    return {text.data(), end};
}

void describe(std::string& out, const std::string& name, std::string_view help, std::string_view type) {
    out += "# HELP " + name + " ";
    out += help;
    out += "\n# TYPE " + name + " ";
    out += type;
    out += '\n';
}

template <class Part>
void histogram(std::string& out, const std::string& name, std::string_view help,
               const std::vector<const Counters*>& threads, Part part) {
    describe(out, name, help, "histogram");
    std::uint64_t total = 0, nanoseconds = 0;
    for (std::size_t bucket = 0; bucket <= Histogram::bounds.size(); ++bucket) {
        for (const Counters* counters : threads) total += part(*counters).counts[bucket].get();
        const std::string bound = bucket < Histogram::bounds.size() ? number(Histogram::bounds[bucket]) : "+Inf";
        out += name;
        out += "_bucket{le=\"";
        out += bound;
        out += "\"} ";
        out += std::to_string(total);
        out += '\n';
    }
    for (const Counters* counters : threads) nanoseconds += part(*counters).nanoseconds.get();
    out += name + "_sum " + number(static_cast<double>(nanoseconds) / 1e9) + "\n";
    out += name + "_count " + std::to_string(total) + "\n";
}

template <class Part>
void counter(std::string& out, const std::string& name, std::string_view help, std::string_view type,
             const std::vector<const Counters*>& threads, Part part) {
    std::uint64_t total = 0;
    for (const Counters* counters : threads) total += part(*counters).get();
    describe(out, name, help, type);
    out += name + " " + std::to_string(total) + "\n";
}

}  // namespace

void Histogram::observe(std::chrono::steady_clock::duration span) {
    const double seconds = std::chrono::duration<double>(span).count();
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin();
    counts[static_cast<std::size_t>(bucket)].add();
    nanoseconds.add(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(span).count()));
}

void Counters::request(std::string_view method, int status) {
    const auto found = std::find(counted_methods.begin(), counted_methods.end() - 1, method);
    if (status < 100 || status > 599) status = 599;
    requests[static_cast<std::size_t>(found - counted_methods.begin())][static_cast<std::size_t>(status - 100)].add();
}

std::string metrics_text(const std::vector<const Counters*>& threads, const std::vector<Gauge>& gauges) {
    std::string out;
    out.reserve(16 << 10);
    describe(out, "pgfin_api_requests_total", "Requests answered, by method and status.", "counter");
    for (std::size_t method = 0; method < counted_methods.size(); ++method) {
        for (std::size_t status = 0; status < 500; ++status) {
            std::uint64_t total = 0;
            for (const Counters* counters : threads) total += counters->requests[method][status].get();
            if (total == 0) continue;
            out += "pgfin_api_requests_total{method=\"";
            out += counted_methods[method];
            out += "\",status=\"" + std::to_string(status + 100) + "\"} " + std::to_string(total) + "\n";
        }
    }
    histogram(out, "pgfin_api_request_duration_seconds", "Time from a request's last byte to its answer's last byte.",
              threads, [](const Counters& c) -> const Histogram& { return c.duration; });
    histogram(out, "pgfin_api_database_duration_seconds", "Time a request held a connection of the pool.", threads,
              [](const Counters& c) -> const Histogram& { return c.database; });
    histogram(out, "pgfin_api_pool_wait_seconds", "Time a request waited for a connection of the pool.", threads,
              [](const Counters& c) -> const Histogram& { return c.pool_wait; });
    counter(out, "pgfin_api_clients", "Connections of clients that are open.", "gauge", threads,
            [](const Counters& c) -> const Count& { return c.clients; });
    counter(out, "pgfin_api_clients_total", "Connections of clients that were accepted.", "counter", threads,
            [](const Counters& c) -> const Count& { return c.clients_total; });
    counter(out, "pgfin_api_sent_bytes_total", "Bytes sent to clients.", "counter", threads,
            [](const Counters& c) -> const Count& { return c.bytes_out; });
    counter(out, "pgfin_api_received_bytes_total", "Bytes received from clients.", "counter", threads,
            [](const Counters& c) -> const Count& { return c.bytes_in; });
    counter(out, "pgfin_api_bad_requests_total", "Requests that could not be read as HTTP.", "counter", threads,
            [](const Counters& c) -> const Count& { return c.bad_requests; });
    counter(out, "pgfin_api_client_timeouts_total", "Connections closed because the client was silent.", "counter",
            threads, [](const Counters& c) -> const Count& { return c.client_timeouts; });
    counter(out, "pgfin_api_cancelled_total", "Queries cancelled because the client had gone.", "counter", threads,
            [](const Counters& c) -> const Count& { return c.cancelled; });
    counter(out, "pgfin_api_retries_total", "Transactions run again after a lost connection or a stale plan.",
            "counter", threads, [](const Counters& c) -> const Count& { return c.retries; });
    counter(out, "pgfin_api_streams_total", "Answers sent while they were read.", "counter", threads,
            [](const Counters& c) -> const Count& { return c.streams; });
    counter(out, "pgfin_api_replica_reads_total", "Requests answered by the standby.", "counter", threads,
            [](const Counters& c) -> const Count& { return c.replica_reads; });
    counter(out, "pgfin_api_replica_fallbacks_total", "Requests that went to the primary after the standby failed.",
            "counter", threads, [](const Counters& c) -> const Count& { return c.replica_fallbacks; });
    std::string last;
    for (const auto& gauge : gauges) {
        if (gauge.name != last) describe(out, gauge.name, gauge.help, gauge.type);
        last = gauge.name;
        out += gauge.name;
        if (!gauge.labels.empty()) out += "{" + gauge.labels + "}";
        out += " " + number(gauge.value) + "\n";
    }
    return out;
}

}  // namespace fin::api
