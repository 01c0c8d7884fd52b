// Records of old Excel workbooks (BIFF 5 and 8) and the texts in them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fin::helper {

struct Record {
    unsigned id = 0;
    std::string_view body;
    std::size_t next = 0;  // where the next record begins
};

// Throws Error{bad_data} for a record that is longer than the stream. id 0: the stream is at its end.
Record record_at(std::string_view stream, std::size_t at);

// A text and what may go on in records behind it. A text that is cut by the end of a record goes on behind a byte that
// tells anew how wide its characters are.
class RecordText {
public:
    RecordText(std::string_view stream, const Record& first);
    bool at_end() const { return part_ >= parts_.size(); }
    std::uint64_t number(std::size_t bytes);
    void skip(std::uint64_t bytes);
    // `length` characters, each of one or two bytes, as UTF-8.
    std::string characters(std::size_t length, bool wide);

private:
    void settle();  // over the ends of parts
    std::vector<std::string_view> parts_;
    std::size_t part_ = 0, at_ = 0;
};

}  // namespace fin::helper
