// Writes a ZIP archive as a stream: nothing is held but the directory, and the same content gives the same bytes.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fin::exporter {

class ZipWriter {
public:
    using Sink = std::function<void(std::string_view)>;
    explicit ZipWriter(Sink sink);
    ~ZipWriter();
    ZipWriter(const ZipWriter&) = delete;
    ZipWriter& operator=(const ZipWriter&) = delete;

    void begin(std::string_view name);
    void write(std::string_view bytes);
    void end();
    void entry(std::string_view name, std::string_view bytes) {
        begin(name);
        write(bytes);
        end();
    }
    void finish();

private:
    struct Entry {
        std::string name;
        std::uint32_t checksum = 0;
        std::uint64_t packed = 0, size = 0, at = 0;
    };
    struct Stream;  // of zlib
    void put(std::string_view bytes);
    void deflate_some(std::string_view bytes, bool last);

    Sink sink_;
    std::unique_ptr<Stream> stream_;
    std::vector<Entry> entries_;
    std::uint64_t at_ = 0;
};

}  // namespace fin::exporter
