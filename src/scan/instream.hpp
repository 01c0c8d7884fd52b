// What is said to clamd and what it says: the INSTREAM command of its protocol. No socket here.
#pragma once
#include <string>
#include <string_view>

namespace fin::scan {

// Sent before the pieces, and after the last.
inline constexpr std::string_view instream_begin{"zINSTREAM\0", 10};
inline constexpr std::string_view instream_end{"\0\0\0\0", 4};
inline constexpr std::size_t largest_piece = 64 << 10;
// A reply that is longer is none.
inline constexpr std::size_t longest_reply = 4096;

// The four bytes before a piece of this size.
std::string piece_header(std::size_t size);

enum class Finding {
    clean,
    infected,   // what was found is in `words`
    too_large,  // more than clamd takes: it has not seen all of it
    failed,     // anything else: not scanned
};

struct Verdict {
    Finding finding = Finding::failed;
    std::string words;  // name of what was found, or what went wrong; printable ASCII
};

// Of a whole reply without its final NUL. Only the exact words for a clean stream count as clean.
Verdict verdict_of(std::string_view reply);

}  // namespace fin::scan
