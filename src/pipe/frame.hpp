// Frames between a server process and pg_fin_helper: one byte kind, four bytes length (big-endian), payload.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace fin::pipe {

// To the helper: request (may go on over several frames), data, end. From it: progress, data, then result or error,
// end.
enum class Kind : char {
    request = 'R',   // JSON
    data = 'D',      // bytes of the file that goes in or comes out
    end = 'E',       // nothing follows
    progress = 'P',  // JSON {done, what}
    result = 'J',    // JSON, may go on over several frames
    error = 'X',     // JSON {code, message, detail, hint}
};

inline constexpr std::size_t max_payload = std::size_t{1} << 20;
inline constexpr std::size_t head_bytes = 5;

struct Frame {
    Kind kind = Kind::end;
    std::string_view payload;
};

// Appends the payload as one frame, as several where it is longer than a frame may be.
void append_frame(std::string& out, Kind kind, std::string_view payload);

// Takes bytes as they come and gives whole frames. Holds at most one frame and what was fed with its end.
class Decoder {
public:
    void feed(std::string_view bytes);
    // False where no whole frame is there yet. The payload lives until the next call of feed().
    // Throws Error{bad_data} for a kind that does not exist and a length that is not allowed.
    bool next(Frame& frame);
    // True where a frame has begun and not ended: the other side went away in the middle.
    bool in_the_middle() const { return at_ < buffer_.size(); }

private:
    std::string buffer_;
    std::size_t at_ = 0;
};

}  // namespace fin::pipe
