#include "workbook/compound.hpp"

#include <algorithm>

#include "workbook/bytes.hpp"
#include "workbook/refuse.hpp"

namespace fin::helper {

namespace {

constexpr std::uint32_t last_special = 0xFFFFFFFA;  // from here on numbers are marks: end of chain, free, tables
constexpr std::size_t most_entries = 100'000;

[[noreturn]] void damaged(const char* what) { refuse("the workbook is damaged or cut off", what); }

void append_numbers(std::vector<std::uint32_t>& numbers, std::string_view bytes) {
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) numbers.push_back(u32(bytes, at));
}

}  // namespace

CompoundFile::CompoundFile(std::string_view content) : content_(content) {
    const unsigned shift = u16(content, 30), small_shift = u16(content, 32);
    if (content.size() < 1536 || (shift != 9 && shift != 12) || small_shift != 6) damaged("Its head is not whole.");
    sector_bytes_ = std::size_t{1} << shift;
    small_limit_ = u32(content, 56);
    const std::size_t sectors = content.size() / sector_bytes_;

    // The table of chains: its first 109 sectors are named in the head, the rest in a chain of their own.
    std::vector<std::uint32_t> tables;
    append_numbers(tables, content.substr(76, 436));
    std::uint32_t more = u32(content, 68);
    for (std::size_t read = 0; more < last_special; ++read) {
        if (read > sectors) damaged("Its tables go in a circle.");
        const std::string_view part = sector(more);
        append_numbers(tables, part.substr(0, part.size() - 4));
        more = u32(part, part.size() - 4);
    }
    for (const std::uint32_t table : tables)
        if (table < last_special && next_.size() <= sectors) append_numbers(next_, sector(table));

    const std::string directory = chain(u32(content, 48), most_entries * 128);
    for (std::size_t at = 0; at + 128 <= directory.size(); at += 128) {
        const std::string_view bytes = std::string_view(directory).substr(at, 128);
        Entry entry;
        const std::size_t length = std::min<std::size_t>(u16(bytes, 64), 64);
        for (std::size_t i = 0; i + 2 < length + 1 && bytes[i]; i += 2) entry.name += bytes[i];
        entry.type = static_cast<unsigned char>(bytes[66]);
        entry.start = u32(bytes, 116);
        entry.size = shift == 9 ? u32(bytes, 120) : little(bytes, 120, 8);
        entries_.push_back(std::move(entry));
    }
    if (entries_.empty() || entries_[0].type != 5) damaged("Its folder of streams is not there.");
    if (u32(content, 60) < last_special) append_numbers(small_next_, chain(u32(content, 60), content.size()));
    if (!small_next_.empty()) small_ = chain(entries_[0].start, content.size());
}

std::string_view CompoundFile::sector(std::uint32_t number) const {
    const std::uint64_t at = (std::uint64_t{number} + 1) * sector_bytes_;
    if (at >= content_.size()) damaged("A part of it lies behind its end.");
    return content_.substr(at, sector_bytes_);
}

std::string CompoundFile::chain(std::uint32_t start, std::uint64_t most) const {
    std::string bytes;
    for (std::uint32_t at = start; at < last_special && bytes.size() < most;) {
        if (bytes.size() > content_.size()) damaged("A chain of it goes in a circle.");
        bytes += sector(at);
        if (at >= next_.size()) damaged("A chain of it leads nowhere.");
        at = next_[at];
    }
    if (bytes.size() > most) bytes.resize(most);
    return bytes;
}

std::string CompoundFile::small_chain(std::uint32_t start, std::uint64_t most) const {
    std::string bytes;
    for (std::uint32_t at = start; at < last_special && bytes.size() < most;) {
        if (bytes.size() > small_.size()) damaged("A chain of it goes in a circle.");
        if (at >= small_next_.size() || std::uint64_t{at} * small_bytes_ >= small_.size())
            damaged("A chain of it leads nowhere.");
        bytes += std::string_view(small_).substr(at * small_bytes_, small_bytes_);
        at = small_next_[at];
    }
    if (bytes.size() > most) bytes.resize(most);
    return bytes;
}

bool CompoundFile::has(std::string_view name) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return entry.type == 2 && entry.name == name; });
}

std::string CompoundFile::stream(std::string_view name) const {
    for (const Entry& entry : entries_)
        if (entry.type == 2 && entry.name == name)
            return entry.size < small_limit_ ? small_chain(entry.start, entry.size) : chain(entry.start, entry.size);
    return {};
}

}  // namespace fin::helper
