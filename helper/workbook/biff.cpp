#include "workbook/biff.hpp"

#include "workbook/bytes.hpp"
#include "workbook/refuse.hpp"

namespace fin::helper {

Record record_at(std::string_view stream, std::size_t at) {
    if (at >= stream.size() || stream.size() - at < 4) return {0, {}, stream.size()};
    const std::size_t length = u16(stream, at + 2);
    if (length > stream.size() - at - 4)
        refuse("the workbook is damaged or cut off",
               "A record at byte " + std::to_string(at) + " is longer than the rest.");
    return {u16(stream, at), stream.substr(at + 4, length), at + 4 + length};
}

RecordText::RecordText(std::string_view stream, const Record& first) {
    Record record = first;
    do {
        parts_.push_back(record.body);
        record = record_at(stream, record.next);
    } while (record.id == biff::goes_on);
    settle();
}

void RecordText::settle() {
    while (part_ < parts_.size() && at_ >= parts_[part_].size()) ++part_, at_ = 0;
}

std::uint64_t RecordText::number(std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes && !at_end(); ++i) {
        value |= std::uint64_t{static_cast<unsigned char>(parts_[part_][at_++])} << (8 * i);
        settle();
    }
    return value;
}

void RecordText::skip(std::uint64_t bytes) {
    while (bytes > 0 && !at_end()) {
        const std::uint64_t step = std::min<std::uint64_t>(bytes, parts_[part_].size() - at_);
        at_ += step, bytes -= step;
        settle();
    }
}

std::u16string RecordText::characters(std::size_t length, bool wide) {
    std::u16string text;
    while (length > 0 && !at_end()) {
        const std::string_view part = parts_[part_];
        const std::size_t width = wide ? 2 : 1;
        for (; length > 0 && at_ + width <= part.size(); at_ += width, --length)
            text += static_cast<char16_t>(wide ? u16(part, at_) : static_cast<unsigned char>(part[at_]));
        if (length == 0) break;
        ++part_, at_ = 0;
        if (!at_end() && !parts_[part_].empty()) wide = parts_[part_][at_++] & 1;
    }
    settle();
    return text;
}

}  // namespace fin::helper
