// A zip archive in memory: its directory, and the parts inflated piece by piece. Nothing is ever written to a file, so
// names are only names.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace fin::helper {

class Archive {
public:
    // The content must outlive the archive. Throws Error{bad_data} where it is none or cut off.
    explicit Archive(std::string_view content);

    bool has(std::string_view name) const { return find(name) != nullptr; }
    // Uncompressed bytes, as the directory tells; 0 where there is no such part.
    std::uint64_t size(std::string_view name) const;
    std::size_t parts() const { return entries_.size(); }

    // Hands the part over in pieces; the sink returns false to stop. Throws Error for a part that is missing, damaged,
    // encrypted, or larger or compressed more than parts of workbooks are.
    void read(std::string_view name, const std::function<bool(std::string_view)>& sink) const;
    // A small part as a whole.
    std::string text(std::string_view name, std::size_t most) const;

private:
    struct Entry {
        std::string name;
        std::uint64_t packed = 0, size = 0, offset = 0;
        std::uint32_t crc = 0;
        unsigned method = 0, flags = 0;
    };
    const Entry* find(std::string_view name) const;
    std::string_view packed_bytes(const Entry& entry) const;
    void directory(std::size_t at, std::uint64_t offset, std::uint64_t count, std::uint64_t bytes);

    std::string_view content_;
    std::map<std::string, Entry, std::less<>> entries_;  // by name in lower case, without a slash in front
};

}  // namespace fin::helper
