// The bytes of an isolation forest and the arithmetic that growing and scoring must share. Little-endian:
//
//   "FIF1"  checksum u64 (FNV-1a of all that follows)  features u32  trees u32  rows of a tree u32
//   per feature: least f64, factor f64, missing u32
//   per tree, its nodes in preorder: a cut is feature u16, threshold u32; a leaf is 0xFFFF, rows u16
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace fin::anomaly {

inline constexpr std::string_view model_magic = "FIF1";
inline constexpr std::uint16_t leaf_mark = 0xFFFF;
// Magic and checksum: tells two models apart without reading them.
inline constexpr std::size_t model_head = 12;

// Values are moved to [0, 1] in double, whatever their unit, and then compared as the bits of a float: floats >= 0 are
// ordered as unsigned integers are. What is below the least value seen in fitting is at its place: no cut lies there.
inline std::uint32_t scaled(double value, double least, double factor) {
    const double place = (value * 0.5 - least * 0.5) * factor;  // halves: the difference of two doubles may overflow
    return place > 0 ? std::bit_cast<std::uint32_t>(static_cast<float>(place < 2 ? place : 2)) : 0U;
}

// Average length of an unsuccessful search in a binary tree of n rows: equation 1 of the paper.
inline double average_path(std::size_t rows) {
    if (rows <= 1) return 0;
    if (rows == 2) return 1;
    const auto n = static_cast<double>(rows);
    constexpr double euler = 0.57721566490153286061;
    return 2 * (std::log(n - 1) + euler) - 2 * (n - 1) / n;
}

inline std::uint64_t checksum(std::string_view bytes) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3ULL;
    return hash;
}

template <class T>
void append(std::string& bytes, T value) {
    static_assert(std::endian::native == std::endian::little);
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes.append(raw, sizeof value);
}

}  // namespace fin::anomaly
