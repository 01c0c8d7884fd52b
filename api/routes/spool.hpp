// An upload on its way: its bytes go into a file without a name, so that memory stays as it is whatever its size.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/request/request.hpp"
#include "api/routes/multipart.hpp"
#include "hash/sha256.hpp"

namespace fin::api {
struct Serving;
}

namespace fin::api::routes {

class Spool final : public BodySink, private PartTaker {
public:
    // head: of the request; most: bytes of the file. Throws ApiError 400, 503, 507.
    Spool(const Request& head, std::uint64_t most);
    ~Spool() override;
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    void take(std::string_view piece) override;  // throws ApiError 400, 413, 507
    void finish();                               // all is there. Throws ApiError 400

    const std::string& filename() const { return filename_; }
    const std::string& media_type() const { return media_type_; }
    const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }
    std::uint64_t size() const { return size_; }
    const std::string& hash() const { return hash_; }  // SHA-256 of file, names and fields, hexadecimal; after finish()
    // As many bytes as there are, at most `size`. Throws ApiError 507.
    std::size_t read(std::uint64_t offset, char* into, std::size_t size) const;

private:
    void begin(const Part& part) override;
    void data(std::string_view piece) override;
    void end() override;
    void write(std::string_view piece);
    void add_to_hash(std::string_view text);  // with its length, so that no two lists of texts look the same

    int file_ = -1;
    const std::uint64_t most_;
    std::uint64_t size_ = 0;
    std::size_t field_bytes_ = 0;
    std::unique_ptr<MultipartParser> parser_;  // null: the body is the file
    bool in_file_ = false, has_file_ = false;
    std::string filename_, media_type_, hash_;
    std::vector<std::pair<std::string, std::string>> fields_;
    hash::Sha256 digest_;
};

// Where the body of this request goes; null: into the request, as of any other. Throws ApiError: who may not ask at
// all is told before the bytes are sent.
std::shared_ptr<Spool> spool_for(const Request& head, const Serving& serving);

}  // namespace fin::api::routes
