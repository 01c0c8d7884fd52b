// The helper's side of the pipes: what it was asked, what it was given, what it answers.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "error.hpp"
#include "pipe/frame.hpp"

namespace fin::helper {

class Conversation {
public:
    // `answers`: where the frames go.
    explicit Conversation(int answers) : answers_(answers) {}
    // Reads the request; content waits until it is asked for.
    void open();
    const std::string& request() const { return request_; }
    // All content that follows the request, up to `most` bytes. Throws Error{limit_exceeded} beyond. `expected` is what
    // the request tells of its size, so that memory is taken once.
    std::string content(std::size_t most, std::size_t expected = 0);
    // The same piece by piece; false at its end. A piece lives until the next call.
    bool next_content(std::string_view& piece);

    // Sends bytes of the output; gathered into frames.
    void data(std::string_view bytes);
    void progress(std::string_view json);
    // The last words; flush everything.
    void finish(std::string_view result);
    void fail(const Error& error);

private:
    bool receive(pipe::Frame& frame);  // false at the end of input
    void flush();
    void gather();

    int answers_;
    pipe::Decoder decoder_;
    std::string request_, output_, pending_;  // pending_: data not yet made a frame
    pipe::Frame ahead_;                       // the frame behind the request
    bool has_ahead_ = false;
};

}  // namespace fin::helper
