#include "scan/instream.hpp"

namespace fin::scan {

namespace {

// What comes over the socket ends up in messages, in the audit and in the log.
std::string printable(std::string_view text) {
    std::string safe;
    for (const char c : text.substr(0, 200)) safe += c >= 0x20 && c < 0x7f ? c : '?';
    return safe;
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::string piece_header(std::size_t size) {
    std::string header;
    for (int shift = 24; shift >= 0; shift -= 8) header += static_cast<char>(size >> shift & 0xFF);
    return header;
}

Verdict verdict_of(std::string_view reply) {
    constexpr std::string_view stream = "stream: ";
    constexpr std::string_view found = " FOUND";
    if (reply == "stream: OK") return {Finding::clean, {}};
    if (reply.find("size limit exceeded") != std::string_view::npos) return {Finding::too_large, printable(reply)};
    if (reply.substr(0, stream.size()) == stream && ends_with(reply, found) &&
        reply.size() > stream.size() + found.size()) {
        const std::string_view name = reply.substr(stream.size(), reply.size() - stream.size() - found.size());
        // AlertExceedsMax: nothing was found, but not everything was looked at.
        if (name.find("Limits.Exceeded") != std::string_view::npos) return {Finding::too_large, printable(name)};
        return {Finding::infected, printable(name)};
    }
    if (reply.empty()) return {Finding::failed, "it closed the connection without a word"};
    return {Finding::failed, "it said: " + printable(reply)};
}

}  // namespace fin::scan
