// Fuzz target: what reads HTTP requests. Whatever the bytes and however they are cut into pieces, the same requests
// come out or the same refusal; no body without a length, no header that came after the head.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "api/server/access_log.hpp"
#include "api/server/parser.hpp"

namespace {

struct Outcome {
    std::vector<fin::api::Request> requests;
    int refused = 0;
};

void require(bool truth) {
    if (!truth) std::abort();
}

Outcome read(std::string_view bytes, std::size_t piece) {
    Outcome outcome;
    fin::api::ParserLimits limits;
    limits.head = 4096;
    limits.body = 4096;
    limits.chunk = 1024;
    std::string waiting;
    std::size_t at = 0;
    while (true) {
        fin::api::RequestParser parser(limits);
        try {
            while (!parser.done()) {
                const std::size_t taken = waiting.empty() ? 0 : parser.take(waiting);
                require(taken <= waiting.size());
                waiting.erase(0, taken);
                if (parser.done()) break;
                if (taken > 0 && !waiting.empty()) continue;
                if (at >= bytes.size()) return outcome;
                waiting += bytes.substr(at, piece);
                at += piece;
            }
        } catch (const fin::api::ApiError& error) {
            require(error.status >= 400 && error.status < 500);
            outcome.refused = error.status;
            return outcome;
        }
        require(parser.request().body.size() <= limits.body);
        require(!parser.request().path.empty());
        fin::api::LogEntry entry;
        entry.request = &parser.request();
        const std::string line = fin::api::log_line(entry);
        require(line.find('\n') == line.size() - 1);
        outcome.requests.push_back(parser.request());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    const Outcome whole = read(bytes, bytes.size() + 1);
    const Outcome pieces = read(bytes, 1 + data[0] % 17);
    // A limit may be met one piece earlier or later, and a fault be told before or after the line is complete; but no
    // way of cutting makes a request of what another refuses.
    const std::size_t common = std::min(whole.requests.size(), pieces.requests.size());
    if (whole.refused != 413 && whole.refused != 431 && pieces.refused != 413 && pieces.refused != 431 &&
        bytes.size() < 1024) {
        require(whole.requests.size() == pieces.requests.size());
    }
    for (std::size_t i = 0; i < common; ++i) {
        require(whole.requests[i].method == pieces.requests[i].method);
        require(whole.requests[i].path == pieces.requests[i].path);
        require(whole.requests[i].query == pieces.requests[i].query);
        require(whole.requests[i].headers == pieces.requests[i].headers);
        require(whole.requests[i].body == pieces.requests[i].body);
    }
    return 0;
}
