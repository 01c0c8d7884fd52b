// Any bytes as frames from the other side of a pipe, in pieces that the first byte chooses. However they are cut, the
// same frames come out or the same error; what is decoded and encoded again is what was read.
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "error.hpp"
#include "pipe/error_text.hpp"
#include "pipe/frame.hpp"

using namespace fin;
using namespace fin::pipe;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

struct Reading {
    std::vector<std::pair<Kind, std::string>> frames;
    std::string error;
};

Reading read_in_steps(std::string_view bytes, std::size_t step) {
    Reading reading;
    Decoder decoder;
    try {
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            decoder.feed(bytes.substr(at, step));
            for (Frame frame; decoder.next(frame);) {
                demand(frame.payload.size() <= max_payload);
                reading.frames.emplace_back(frame.kind, std::string(frame.payload));
            }
        }
    } catch (const Error& error) {
        reading.error = error.what() + error.detail;
    }
    return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Reading whole = read_in_steps(bytes, bytes.size() + 1), pieces = read_in_steps(bytes, data[0] + 1U);
    demand(whole.frames == pieces.frames && whole.error == pieces.error);
    std::string again;
    for (const auto& frame : whole.frames) {
        append_frame(again, frame.first, frame.second);
        if (frame.first != Kind::error) continue;
        try {
            const Error error = read_error(frame.second);
            read_error(write_error(error));
        } catch (const std::exception&) {
            // No error text: the conversation calls it nonsense.
        }
    }
    demand(bytes.substr(0, again.size()) == again);
    return 0;
}
