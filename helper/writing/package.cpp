#include "writing/package.hpp"

#include <minizip/unzip.h>
#include <minizip/zip.h>
#include <zlib.h>

#include <array>
#include <memory>

#include "error.hpp"
#include "writing/zip_files.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t piece = std::size_t{1} << 16;
constexpr uLong no_time = 0x00210000;  // 1980-01-01, the first day that ZIP knows: no clock

void must(bool good, const std::string& what) {
    if (!good) throw Error(ErrorCode::not_ready, "the package of the workbook could not be finished", what);
}

class Reader {
public:
    explicit Reader(FILE* file) {
        auto functions = functions_over_files();
        zip_ = unzOpen2_64(file, &functions);
        must(zip_ != nullptr, "It is no ZIP archive.");
    }
    ~Reader() { unzClose(zip_); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    bool first() { return unzGoToFirstFile(zip_) == UNZ_OK; }
    bool next() { return unzGoToNextFile(zip_) == UNZ_OK; }
    std::string name() {
        std::array<char, 512> name{};
        must(unzGetCurrentFileInfo64(zip_, &about_, name.data(), name.size() - 1, nullptr, 0, nullptr, 0) == UNZ_OK,
             "A part has no description.");
        return name.data();
    }
    const unz_file_info64& about() const { return about_; }  // of what name() named
    // Its bytes, packed as they are or unpacked. `take` gets them in pieces.
    template <class Take>
    void bytes(bool packed, int& method, const Take& take) {
        int level = 0;
        must(unzOpenCurrentFile2(zip_, &method, &level, packed ? 1 : 0) == UNZ_OK, "A part cannot be opened.");
        for (int got = 0; (got = unzReadCurrentFile(zip_, buffer_.data(), piece)) != 0;) {
            must(got > 0, "A part cannot be read.");
            take(std::string_view(buffer_.data(), static_cast<std::size_t>(got)));
        }
        must(unzCloseCurrentFile(zip_) == UNZ_OK, "A part is not what its checksum tells.");
    }

private:
    unzFile zip_ = nullptr;
    unz_file_info64 about_{};
    std::array<char, piece> buffer_{};
};

class Writer {
public:
    explicit Writer(FILE* file) {
        auto functions = functions_over_files();
        zip_ = zipOpen2_64(file, APPEND_STATUS_CREATE, nullptr, &functions);
        must(zip_ != nullptr, "It cannot be begun.");
    }
    ~Writer() {
        if (zip_) zipClose(zip_, nullptr);
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void begin(const std::string& name, int method, bool packed) {
        zip_fileinfo about{};
        about.dosDate = no_time;
        must(zipOpenNewFileInZip2(zip_, name.c_str(), &about, nullptr, 0, nullptr, 0, nullptr, method,
                                  Z_DEFAULT_COMPRESSION, packed ? 1 : 0) == ZIP_OK,
             "A part cannot be begun.");
    }
    void write(std::string_view bytes) {
        must(zipWriteInFileInZip(zip_, bytes.data(), static_cast<unsigned>(bytes.size())) == ZIP_OK,
             "A part cannot be written.");
    }
    void end() { must(zipCloseFileInZip(zip_) == ZIP_OK, "A part cannot be ended."); }
    void end_packed(ZPOS64_T size, uLong checksum) {
        must(zipCloseFileInZipRaw64(zip_, size, checksum) == ZIP_OK, "A part cannot be ended.");
    }
    void part(const Part& part) {
        begin(part.name, Z_DEFLATED, false);
        write(part.content);
        end();
    }
    void finish() { must(zipClose(std::exchange(zip_, nullptr), nullptr) == ZIP_OK, "It cannot be ended."); }

private:
    zipFile zip_ = nullptr;
};

// The part with what belongs into it; an empty text where nothing does.
std::string changed(Reader& reader, const std::string& name, const std::vector<Insertion>& insertions,
                    std::size_t& done) {
    std::string content;
    for (const Insertion& insertion : insertions) {
        if (insertion.part != name) continue;
        int method = 0;
        if (content.empty()) reader.bytes(false, method, [&](std::string_view bytes) { content += bytes; });
        const std::size_t at = content.rfind(insertion.before);
        must(at != std::string::npos, name + " has no " + insertion.before + ".");
        content.insert(at, insertion.text);
        ++done;
    }
    return content;
}

}  // namespace

void add_to_package(FILE* from, FILE* to, const std::vector<Insertion>& insertions, const std::vector<Part>& parts) {
    Reader reader(from);
    Writer writer(to);
    std::size_t done = 0;
    must(reader.first(), "It is empty.");
    do {
        const std::string name = reader.name();
        if (const std::string content = changed(reader, name, insertions, done); !content.empty()) {
            writer.part({name, content});
            continue;
        }
        writer.begin(name, static_cast<int>(reader.about().compression_method), true);
        int method = 0;
        reader.bytes(true, method, [&](std::string_view bytes) { writer.write(bytes); });
        writer.end_packed(reader.about().uncompressed_size, reader.about().crc);
    } while (reader.next());
    must(done == insertions.size(), "A part that belongs to it is missing.");
    for (const Part& part : parts) writer.part(part);
    writer.finish();
}

}  // namespace fin::helper
