// Fuzz target: the parser of multipart/form-data. However the bytes are cut into pieces, the same parts come out or
// both readings are refused; what is read is what an own reading of the whole text finds between the boundaries.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "api/error.hpp"
#include "api/routes/multipart.hpp"

namespace {

void require(bool truth) {
    if (!truth) std::abort();
}

class Parts final : public fin::api::routes::PartTaker {
public:
    void begin(const fin::api::routes::Part& part) override {
        require(!open);
        open = true;
        names.push_back(part.name + "|" + part.filename.value_or("-") + "|" + part.media_type);
        bodies.emplace_back();
        const std::string plain = fin::api::routes::plain_filename(part.filename.value_or(""));
        require(plain.size() <= 200 && plain.find_first_of("/\\\r\n") == std::string::npos && plain != "..");
    }
    void data(std::string_view piece) override {
        require(open && !piece.empty());
        bodies.back() += piece;
    }
    void end() override {
        require(open);
        open = false;
    }
    bool open = false, refused = false;
    std::vector<std::string> names, bodies;
};

Parts read(std::string_view bytes, std::size_t piece) {
    Parts parts;
    try {
        fin::api::routes::MultipartParser parser("b", parts);
        for (std::size_t at = 0; at < bytes.size(); at += piece) parser.take(bytes.substr(at, piece));
        parser.finish();
    } catch (const fin::api::ApiError& error) {
        require(error.status == 400);
        parts.refused = true;
    }
    return parts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    const Parts whole = read(bytes, bytes.size() + 1), pieces = read(bytes, 1 + data[0] % 19);
    require(whole.refused == pieces.refused);
    if (!whole.refused) {
        require(!whole.open && whole.names == pieces.names && whole.bodies == pieces.bodies);
        const std::string text = "\r\n" + std::string(bytes);
        for (const std::string& body : whole.bodies) {
            require(body.find("\r\n--b") == std::string::npos);
            require(text.find(body + "\r\n--b") != std::string::npos);
        }
    }
    try {
        fin::api::routes::multipart_boundary(bytes);
    } catch (const fin::api::ApiError& error) {
        require(error.status == 400);
    }
    return 0;
}
