#include "api/routes/upload_copy.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <new>

#include "api/sql/writer.hpp"

namespace fin::api::routes {

namespace {

constexpr std::uint64_t chunk = 1 << 20;   // of fin.upload_chunks
constexpr std::size_t portion = 64 << 10;  // read and sent at once: a chunk may be divided among messages

void append_number(std::string& out, std::uint32_t number, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xFF);
}

std::string bytes_of(const std::string& uuid) {
    std::string bytes;
    int high = -1;
    for (const char c : uuid) {
        if (c == '-') continue;
        const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
        if (high < 0) {
            high = digit;
        } else {
            bytes += static_cast<char>(high << 4 | digit);
            high = -1;
        }
    }
    return bytes;
}

}  // namespace

std::string random_uuid() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::bad_alloc();
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text.append({digits[bytes[i] >> 4], digits[bytes[i] & 15]});
    }
    return text;
}

UploadCopy::UploadCopy(std::shared_ptr<const Spool> spool, const std::string& schema, std::string upload_id)
    : spool_(std::move(spool)), schema_(schema), id_(std::move(upload_id)) {}

std::string UploadCopy::statement() const {
    sql::Writer out;
    out << "COPY " << schema::Name{schema_, "upload_chunks"} << " (upload_id, no, data) FROM STDIN (FORMAT binary)";
    return out.take().text;
}

void UploadCopy::rewind() {
    stage_ = Stage::header;
    at_ = 0;
}

bool UploadCopy::next(std::string& piece) {
    piece.clear();
    if (stage_ == Stage::header) {
        piece.append("PGCOPY\n\377\r\n\0", 11);
        append_number(piece, 0, 4);  // flags
        append_number(piece, 0, 4);  // length of an extension
        stage_ = Stage::rows;
    }
    if (stage_ == Stage::rows && at_ == spool_->size()) stage_ = Stage::trailer;
    if (stage_ == Stage::trailer) {
        append_number(piece, 0xFFFF, 2);
        stage_ = Stage::over;
        return true;
    }
    if (stage_ == Stage::over) return false;
    if (at_ % chunk == 0) {
        append_number(piece, 3, 2);  // columns
        append_number(piece, 16, 4);
        piece += bytes_of(id_);
        append_number(piece, 4, 4);
        append_number(piece, static_cast<std::uint32_t>(at_ / chunk + 1), 4);
        append_number(piece, static_cast<std::uint32_t>(std::min(chunk, spool_->size() - at_)), 4);
    }
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>({portion, spool_->size() - at_, chunk - at_ % chunk}));
    read_.resize(wanted);
    if (spool_->read(at_, read_.data(), wanted) != wanted)
        throw ApiError(507, "FIN507", "The upload cannot be read again");
    piece += read_;
    at_ += wanted;
    return true;
}

}  // namespace fin::api::routes
