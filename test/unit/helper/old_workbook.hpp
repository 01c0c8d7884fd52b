// Makes XLS workbooks out of records, as they are needed to show odd features.
#pragma once
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "package.hpp"

namespace fin::helper::test {

inline std::string record(unsigned id, const std::string& body = "") {
    return bytes_of(id, 2) + bytes_of(body.size(), 2) + body;
}
inline std::string double_bytes(double value) {
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&bits, &value, sizeof bits);
    return bytes_of(bits, 8);
}
inline std::string place(unsigned row, unsigned column, unsigned format = 0) {
    return bytes_of(row, 2) + bytes_of(column, 2) + bytes_of(format, 2);
}
inline std::string number(unsigned row, unsigned column, double value, unsigned format = 0) {
    return record(0x203, place(row, column, format) + double_bytes(value));
}
inline std::string label(unsigned row, unsigned column, const std::string& text) {
    return record(0x204, place(row, column) + bytes_of(text.size(), 2) + std::string(1, '\0') + text);
}
inline std::string shared(unsigned row, unsigned column, unsigned index) {
    return record(0xFD, place(row, column) + bytes_of(index, 4));
}
// A formula whose tokens nobody reads; its stored value is eight bytes.
inline std::string formula(unsigned row, unsigned column, const std::string& value, unsigned format = 0) {
    return record(0x06, place(row, column, format) + value + bytes_of(0, 6) + bytes_of(3, 2) + "\x1E\x01" + '\0');
}
inline std::string marked(unsigned mark, unsigned value) {
    return bytes_of(mark, 2) + bytes_of(value, 2) + bytes_of(0, 2) + "\xFF\xFF";
}

struct Old {
    std::string before;                 // records in front of the list of sheets
    std::vector<std::string> sheets;    // records of each
    std::vector<unsigned> states = {};  // 0 visible, 1 hidden
    unsigned version = 0x600;

    std::string stream() const {
        const std::string begin = bytes_of(version, 2), more = bytes_of(0, 12);
        std::string head = record(0x809, begin + bytes_of(5, 2) + more) + before;
        const std::size_t each = 4 + 7 + (version == 0x600 ? 2 : 1);
        std::size_t at = head.size() + each * sheets.size() + 4;
        std::string body;
        for (std::size_t i = 0; i < sheets.size(); ++i) {
            const unsigned state = i < states.size() ? states[i] : 0;
            const std::string name(1, static_cast<char>('A' + i));
            head += record(
                0x85, bytes_of(at + body.size(), 4) + bytes_of(state, 1) + bytes_of(0, 1) +
                          (version == 0x600 ? bytes_of(1, 1) + std::string(1, '\0') + name : bytes_of(1, 1) + name));
            body += record(0x809, begin + bytes_of(16, 2) + more) + sheets[i] + record(0x0A);
        }
        return head + record(0x0A) + body;
    }

    // In a compound file of one stream: its sectors, the folder, the table of chains.
    std::string bytes() const {
        std::string body = stream();
        body.resize(std::max<std::size_t>(4096, (body.size() + 511) / 512 * 512));
        const std::size_t sectors = body.size() / 512;
        const auto entry = [](const std::string& name, unsigned type, std::size_t start, std::size_t size) {
            std::string bytes;
            for (const char c : name) bytes += std::string(1, c) + '\0';
            bytes.resize(64);
            bytes += bytes_of(2 * name.size() + 2, 2) + bytes_of(type, 1);
            bytes.resize(116);
            return bytes + bytes_of(start, 4) + bytes_of(size, 4) + bytes_of(0, 4);
        };
        std::string folder =
            entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry(version == 0x600 ? "Workbook" : "Book", 2, 0, body.size());
        folder.resize(512);
        std::string table;
        for (std::size_t i = 1; i < sectors; ++i) table += bytes_of(i, 4);
        table += bytes_of(0xFFFFFFFE, 4) + bytes_of(0xFFFFFFFE, 4) + bytes_of(0xFFFFFFFD, 4);
        while (table.size() < 512) table += bytes_of(0xFFFFFFFF, 4);
        std::string head = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
        head.resize(24);
        head += bytes_of(62, 2) + bytes_of(3, 2) + bytes_of(0xFFFE, 2) + bytes_of(9, 2) + bytes_of(6, 2);
        head.resize(44);
        head += bytes_of(1, 4) + bytes_of(sectors, 4) + bytes_of(0, 4) + bytes_of(4096, 4) + bytes_of(0xFFFFFFFE, 4) +
                bytes_of(0, 4) + bytes_of(0xFFFFFFFE, 4) + bytes_of(0, 4) + bytes_of(sectors + 1, 4);
        while (head.size() < 512) head += bytes_of(0xFFFFFFFF, 4);
        return head + body + folder + table;
    }
};

inline const std::string formats =
    record(0xE0, bytes_of(0, 2) + bytes_of(0, 2)) + record(0xE0, bytes_of(0, 2) + bytes_of(14, 2));

}  // namespace fin::helper::test
