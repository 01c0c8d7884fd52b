#include "workbook/biff.hpp"

#include "importer/unicode.hpp"
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
    constexpr unsigned goes_on = 0x3C;
    Record record = first;
    do {
        parts_.push_back(record.body);
        record = record_at(stream, record.next);
    } while (record.id == goes_on);
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

std::string RecordText::characters(std::size_t length, bool wide) {
    std::string text;
    char32_t high = 0;
    const auto put = [&](char32_t code) {
        if (code >= 0xD800 && code < 0xDC00) {
            high = code;
        } else if (code >= 0xDC00 && code < 0xE000) {
            importer::append_code_point(text, high ? 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) : 0xFFFD);
            high = 0;
        } else {
            importer::append_code_point(text, code);
        }
    };
    while (length > 0 && !at_end()) {
        const std::string_view part = parts_[part_];
        const std::size_t width = wide ? 2 : 1;
        for (; length > 0 && at_ + width <= part.size(); at_ += width, --length)
            put(wide ? u16(part, at_) : static_cast<unsigned char>(part[at_]));
        if (length == 0) break;
        ++part_, at_ = 0;
        if (!at_end() && !parts_[part_].empty()) wide = parts_[part_][at_++] & 1;
    }
    settle();
    return text;
}

}  // namespace fin::helper
