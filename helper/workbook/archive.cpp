#include "workbook/archive.hpp"

#include <zlib.h>

#include <algorithm>

#include "workbook/refuse.hpp"

namespace fin::helper {

namespace {

constexpr std::uint64_t most_parts = 20'000;
constexpr std::uint64_t largest_part = std::uint64_t{768} << 20;
// A million rows of real sheets shrink to a tenth or, where columns repeat, a fiftieth.
constexpr std::uint64_t free_of_suspicion = std::uint64_t{32} << 20, most_ratio = 150;

[[noreturn]] void cut_off(const std::string& detail) { refuse("the workbook is damaged or cut off", detail); }

std::uint64_t little(std::string_view bytes, std::size_t at, std::size_t count) {
    if (at > bytes.size() || count > bytes.size() - at) cut_off("Its directory of parts ends too early.");
    std::uint64_t value = 0;
    for (std::size_t i = count; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
    return value;
}

std::string key_of(std::string_view name) {
    while (!name.empty() && name.front() == '/') name.remove_prefix(1);
    std::string key(name);
    for (char& c : key)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + 32);
        else if (c == '\\')
            c = '/';
    return key;
}

// zlib's state, ended whatever happens.
struct Inflater {
    z_stream stream{};
    Inflater() {
        if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

Archive::Archive(std::string_view content) : content_(content) {
    constexpr std::size_t tail = 22, longest_comment = 65'535;
    if (content.size() < tail) cut_off("It has " + std::to_string(content.size()) + " bytes.");
    const std::size_t earliest = content.size() > tail + longest_comment ? content.size() - tail - longest_comment : 0;
    std::size_t at = content.rfind("PK\x05\x06", content.size() - tail);
    if (at == std::string_view::npos || at < earliest) cut_off("The directory at its end is missing.");
    std::uint64_t count = little(content, at + 10, 2), bytes = little(content, at + 12, 4),
                  offset = little(content, at + 16, 4);
    if ((count == 0xFFFF || offset == 0xFFFFFFFF) && at >= 20 && content.substr(at - 20, 4) == "PK\x06\x07") {
        const std::uint64_t wide = little(content, at - 12, 8);
        if (wide > content.size() || content.substr(wide, 4) != "PK\x06\x06")
            cut_off("Its directory is not where it should be.");
        count = little(content, wide + 32, 8), bytes = little(content, wide + 40, 8),
        offset = little(content, wide + 48, 8);
    }
    if (count > most_parts)
        too_much("the workbook has too many parts", "It tells " + std::to_string(count) + " parts.");
    directory(at, offset, count, bytes);
}

void Archive::directory(std::size_t end, std::uint64_t offset, std::uint64_t count, std::uint64_t bytes) {
    if (offset > end || bytes > end - offset) cut_off("Its directory is not where it should be.");
    std::string_view rest = content_.substr(offset, end - offset);
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!rest.starts_with("PK\x01\x02")) cut_off("Its directory of parts ends too early.");
        Entry entry;
        entry.flags = static_cast<unsigned>(little(rest, 8, 2)),
        entry.method = static_cast<unsigned>(little(rest, 10, 2));
        entry.crc = static_cast<std::uint32_t>(little(rest, 16, 4));
        entry.packed = little(rest, 20, 4), entry.size = little(rest, 24, 4), entry.offset = little(rest, 42, 4);
        const std::size_t name = little(rest, 28, 2), extra = little(rest, 30, 2), comment = little(rest, 32, 2);
        if (46 + name + extra + comment > rest.size()) cut_off("Its directory of parts ends too early.");
        entry.name = rest.substr(46, name);
        std::string_view more = rest.substr(46 + name, extra);
        while (more.size() >= 4) {
            const std::size_t kind = little(more, 0, 2),
                              length = std::min<std::size_t>(little(more, 2, 2), more.size() - 4);
            std::size_t at = 4;
            // Sizes that do not fit 32 bits, in this order, each only where the short field says so.
            for (std::uint64_t* wide : {&entry.size, &entry.packed, &entry.offset})
                if (kind == 1 && *wide == 0xFFFFFFFF && at + 8 <= 4 + length) *wide = little(more, at, 8), at += 8;
            more.remove_prefix(4 + length);
        }
        rest.remove_prefix(46 + name + extra + comment);
        entries_.emplace(key_of(entry.name), std::move(entry));
    }
}

const Archive::Entry* Archive::find(std::string_view name) const {
    const auto found = entries_.find(key_of(name));
    return found == entries_.end() ? nullptr : &found->second;
}

std::uint64_t Archive::size(std::string_view name) const {
    const Entry* entry = find(name);
    return entry ? entry->size : 0;
}

std::string_view Archive::packed_bytes(const Entry& entry) const {
    if (entry.flags & 1)
        refuse("the workbook is encrypted", "Its part " + entry.name.substr(0, 100) + " is.",
               "Save it without a password and import that.");
    if (entry.offset > content_.size() || content_.size() - entry.offset < 30 ||
        content_.substr(entry.offset, 4) != "PK\x03\x04")
        cut_off("Its part " + entry.name.substr(0, 100) + " is not where it should be.");
    const std::string_view head = content_.substr(entry.offset);
    const std::uint64_t skip = 30 + little(head, 26, 2) + little(head, 28, 2);
    if (skip > head.size() || entry.packed > head.size() - skip)
        cut_off("Its part " + entry.name.substr(0, 100) + " is longer than the file.");
    return head.substr(skip, entry.packed);
}

void Archive::read(std::string_view name, const std::function<bool(std::string_view)>& sink) const {
    const Entry* entry = find(name);
    if (!entry)
        refuse("the workbook is damaged: a part is missing",
               "It has no part " + std::string(name.substr(0, 200)) + ".");
    const std::string_view packed = packed_bytes(*entry);
    const std::string part = "Its part " + entry->name.substr(0, 100);
    const std::uint64_t most = std::min(largest_part, std::max(free_of_suspicion, packed.size() * most_ratio));
    const auto bomb = [&] {
        too_much("the workbook is larger inside than may be read", part + " has " + std::to_string(packed.size()) +
                                                                       " bytes compressed and more than " +
                                                                       std::to_string(most >> 20) + " MB unpacked.");
    };
    if (entry->size > most) bomb();
    std::uint32_t crc = 0;
    std::uint64_t given = 0;
    const auto hand_over = [&](std::string_view piece) {
        given += piece.size();
        if (given > most) bomb();
        crc = static_cast<std::uint32_t>(
            crc32(crc, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size())));
        return piece.empty() || sink(piece);
    };
    constexpr std::size_t step = std::size_t{1} << 17;
    if (entry->method == 0) {
        for (std::size_t at = 0; at < packed.size(); at += step)
            if (!hand_over(packed.substr(at, step))) return;
    } else if (entry->method == 8) {
        Inflater inflater;
        auto& stream = inflater.stream;
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        stream.avail_in = static_cast<uInt>(packed.size());
        std::string buffer(step, '\0');
        for (int state = Z_OK; state != Z_STREAM_END;) {
            stream.next_out = reinterpret_cast<Bytef*>(buffer.data()), stream.avail_out = static_cast<uInt>(step);
            state = inflate(&stream, Z_NO_FLUSH);
            const std::size_t got = step - stream.avail_out;
            if ((state != Z_OK && state != Z_STREAM_END) || (got == 0 && state == Z_OK && stream.avail_in == 0))
                cut_off(part + " cannot be unpacked.");
            if (!hand_over({buffer.data(), got})) return;
        }
    } else {
        refuse("the workbook is packed in a way that is not known",
               part + " uses method " + std::to_string(entry->method) + ".");
    }
    if (crc != entry->crc) cut_off(part + " does not have the checksum it should have.");
}

std::string Archive::text(std::string_view name, std::size_t most) const {
    std::string text;
    read(name, [&](std::string_view piece) {
        if (text.size() + piece.size() > most)
            too_much("a part of the workbook is too large", "Its part " + std::string(name.substr(0, 100)) +
                                                                " has more than " + std::to_string(most >> 20) +
                                                                " MB.");
        text.append(piece);
        return true;
    });
    return text;
}

}  // namespace fin::helper
