// The parts of a ZIP archive, read by its central directory and checked.
#pragma once
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>
#include <map>
#include <string>

namespace fin::helper::test {

inline std::map<std::string, std::string> unpacked(const std::string& bytes) {
    const auto little = [&](std::size_t at, std::size_t n) {
        std::size_t value = 0;
        for (std::size_t i = n; i > 0; --i) value = value << 8U | static_cast<unsigned char>(bytes.at(at + i - 1));
        return value;
    };
    std::map<std::string, std::string> parts;
    const std::size_t tail = bytes.size() - 22;
    EXPECT_EQ(bytes.substr(tail, 4), std::string("PK\x05\x06", 4));
    std::size_t at = little(tail + 16, 4);
    for (std::size_t i = 0; i < little(tail + 10, 2); ++i) {
        EXPECT_EQ(bytes.substr(at, 4), std::string("PK\x01\x02", 4));
        const std::size_t packed = little(at + 20, 4), size = little(at + 24, 4), length = little(at + 28, 2),
                          start = little(at + 42, 4);
        const std::string name = bytes.substr(at + 46, length);
        EXPECT_EQ(bytes.substr(start, 4), std::string("PK\x03\x04", 4)) << name;
        EXPECT_EQ(little(start + 14, 4), little(at + 16, 4)) << name << ": the head of the part tells another checksum";
        std::string content(size, '\0');
        if (little(at + 10, 2) == 0) {
            content = bytes.substr(start + 30 + little(start + 26, 2) + little(start + 28, 2), packed);
        } else {
            z_stream z{};
            EXPECT_EQ(inflateInit2(&z, -MAX_WBITS), Z_OK);
            std::string source = bytes.substr(start + 30 + little(start + 26, 2) + little(start + 28, 2), packed);
            z.next_in = reinterpret_cast<Bytef*>(source.data()), z.avail_in = static_cast<uInt>(packed);
            z.next_out = reinterpret_cast<Bytef*>(content.data()), z.avail_out = static_cast<uInt>(size);
            EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END) << name;
            inflateEnd(&z);
        }
        EXPECT_EQ(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(size)), little(at + 16, 4))
            << name;
        EXPECT_TRUE(parts.emplace(name, content).second) << name << " is there twice";
        at += 46 + length + little(at + 30, 2) + little(at + 32, 2);
    }
    return parts;
}

inline std::string bytes_of_file(FILE* file) {
    std::string bytes;
    char buffer[65536];
    std::rewind(file);
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, file)) > 0;) bytes.append(buffer, got);
    return bytes;
}

}  // namespace fin::helper::test
