// Little-endian numbers: read from bytes that may end too early, and written.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace fin::helper {

// 0 where the bytes end before: what is missing is then found by what it should have led to.
inline std::uint64_t little(std::string_view bytes, std::size_t at, std::size_t count) {
    if (at > bytes.size() || count > bytes.size() - at) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = count; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
    return value;
}
inline std::uint16_t u16(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(little(bytes, at, 2));
}
inline std::uint32_t u32(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint32_t>(little(bytes, at, 4));
}

inline void append_little(std::string& out, std::uint64_t value, int bytes) {
    for (; bytes > 0; --bytes, value >>= 8) out += static_cast<char>(value);
}

}  // namespace fin::helper
