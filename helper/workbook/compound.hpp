// A compound file (OLE): the folder of streams that old Office files are.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fin::helper {

class CompoundFile {
public:
    // Throws Error{bad_data} where it is none or damaged.
    explicit CompoundFile(std::string_view content);
    bool has(std::string_view name) const;
    // The stream's bytes. Empty where there is no such stream.
    std::string stream(std::string_view name) const;

private:
    struct Entry {
        std::string name;  // UTF-16 cut to bytes: all names that matter are ASCII
        unsigned type = 0;
        std::uint32_t start = 0;
        std::uint64_t size = 0;
    };
    std::string_view sector(std::uint32_t number) const;
    // The bytes of a chain of sectors, at most `most` of them. A chain cannot be longer than the file.
    std::string chain(std::uint32_t start, std::uint64_t most) const;
    std::string small_chain(std::uint32_t start, std::uint64_t most) const;

    std::string_view content_;
    std::size_t sector_bytes_ = 512, small_bytes_ = 64;
    std::uint64_t small_limit_ = 4096;
    std::vector<std::uint32_t> next_, small_next_;
    std::string small_;
    std::vector<Entry> entries_;
};

}  // namespace fin::helper
