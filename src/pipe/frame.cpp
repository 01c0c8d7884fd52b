#include "pipe/frame.hpp"

#include <algorithm>
#include <cstdint>

#include "error.hpp"

namespace fin::pipe {

namespace {

bool known(char kind) { return std::string_view("RDEPJX").find(kind) != std::string_view::npos; }

void append_one(std::string& out, Kind kind, std::string_view payload) {
    const auto length = static_cast<std::uint32_t>(payload.size());
    const char head[head_bytes] = {static_cast<char>(kind), static_cast<char>(length >> 24),
                                   static_cast<char>(length >> 16), static_cast<char>(length >> 8),
                                   static_cast<char>(length)};
    out.append(head, head_bytes).append(payload);
}

}  // namespace

void append_frame(std::string& out, Kind kind, std::string_view payload) {
    do {
        append_one(out, kind, payload.substr(0, max_payload));
        payload.remove_prefix(std::min(payload.size(), max_payload));
    } while (!payload.empty());
}

void Decoder::feed(std::string_view bytes) {
    buffer_.erase(0, at_);
    at_ = 0;
    buffer_.append(bytes);
}

bool Decoder::next(Frame& frame) {
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    if (rest.empty()) return false;
    if (!known(rest[0]))
        throw Error(ErrorCode::bad_data, "a frame of unknown kind",
                    "Its first byte is " + std::to_string(static_cast<unsigned char>(rest[0])) + ".");
    if (rest.size() < head_bytes) return false;
    std::size_t length = 0;
    for (std::size_t i = 1; i < head_bytes; ++i) length = length << 8 | static_cast<unsigned char>(rest[i]);
    if (length > max_payload)
        throw Error(
            ErrorCode::bad_data, "a frame is too long",
            "It tells " + std::to_string(length) + " bytes, at most " + std::to_string(max_payload) + " are allowed.");
    if (rest.size() - head_bytes < length) return false;
    frame.kind = static_cast<Kind>(rest[0]);
    frame.payload = rest.substr(head_bytes, length);
    at_ += head_bytes + length;
    return true;
}

}  // namespace fin::pipe
