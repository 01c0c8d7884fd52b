#include "conversation.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "pipe/error_text.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t gathered = std::size_t{1} << 18;

[[noreturn]] void leave() { _exit(3); }  // nobody listens any more

}  // namespace

bool Conversation::receive(pipe::Frame& frame) {
    static char buffer[std::size_t{1} << 17];
    while (!decoder_.next(frame)) {
        const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        decoder_.feed({buffer, static_cast<std::size_t>(got)});
    }
    return true;
}

void Conversation::open() {
    pipe::Frame frame;
    while (!has_ahead_) {
        if (!receive(frame)) leave();
        if (frame.kind == pipe::Kind::request) {
            if (request_.size() + frame.payload.size() > (std::size_t{64} << 20))
                throw Error(ErrorCode::limit_exceeded, "the request is too long");
            request_.append(frame.payload);
        } else {
            ahead_ = frame, has_ahead_ = true;
        }
    }
}

std::string Conversation::content(std::size_t most, std::size_t expected) {
    std::string content;
    content.reserve(std::min(most, expected));
    for (std::string_view piece; next_content(piece);) {
        if (content.size() + piece.size() > most)
            throw Error(ErrorCode::limit_exceeded, "the file is too large",
                        "At most " + std::to_string(most >> 20) + " MB are read.", "Split it.");
        content.append(piece);
    }
    return content;
}

bool Conversation::next_content(std::string_view& piece) {
    pipe::Frame frame = ahead_;
    if (has_ahead_)
        has_ahead_ = false;
    else if (!receive(frame))
        leave();
    if (frame.kind == pipe::Kind::end) return false;
    if (frame.kind != pipe::Kind::data) throw Error(ErrorCode::invalid_argument, "a frame that does not belong here");
    piece = frame.payload;
    return true;
}

void Conversation::gather() {
    if (!pending_.empty()) pipe::append_frame(output_, pipe::Kind::data, pending_);
    pending_.clear();
}

void Conversation::flush() {
    for (std::size_t at = 0; at < output_.size();) {
        const ssize_t put = write(answers_, output_.data() + at, output_.size() - at);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) leave();
        at += static_cast<std::size_t>(put);
    }
    output_.clear();
}

void Conversation::data(std::string_view bytes) {
    pending_.append(bytes);
    if (pending_.size() < gathered) return;
    gather();
    flush();
}

void Conversation::progress(std::string_view json) {
    gather();
    pipe::append_frame(output_, pipe::Kind::progress, json);
    flush();
}

void Conversation::finish(std::string_view result) {
    gather();
    pipe::append_frame(output_, pipe::Kind::result, result);
    pipe::append_frame(output_, pipe::Kind::end, {});
    flush();
}

void Conversation::fail(const Error& error) {
    pending_.clear();
    pipe::append_frame(output_, pipe::Kind::error, pipe::write_error(error));
    pipe::append_frame(output_, pipe::Kind::end, {});
    flush();
}

}  // namespace fin::helper
