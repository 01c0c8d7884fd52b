#include "api/routes/spool.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "api/request/text.hpp"
#include "api/routes/credentials.hpp"
#include "api/routes/table.hpp"
#include "api/server/worker.hpp"

namespace fin::api::routes {

namespace {

constexpr int most_at_once = 32;  // bounds the disk they take together
constexpr std::size_t most_field_bytes = 64 << 10;

std::atomic<int> open_spools{0};

ApiError no_room(const std::string& why) {
    return ApiError(507, "FIN507", "The upload cannot be kept for now", why, {}, {{"Retry-After", "30"}});
}

int open_nameless() {
    const char* folder = std::getenv("TMPDIR");
    const std::string path = folder != nullptr && *folder != '\0' ? folder : "/var/tmp";
    int file = ::open(path.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) {  // a file system that cannot
        std::string name = path + "/pg_fin_api-XXXXXX";
        file = ::mkostemp(name.data(), O_CLOEXEC);
        if (file >= 0) ::unlink(name.c_str());
    }
    return file;
}

}  // namespace

Spool::Spool(const Request& head, std::uint64_t most) : most_(most) {
    const std::string type = head.header("content-type");
    if (const auto boundary = multipart_boundary(type)) {
        parser_ = std::make_unique<MultipartParser>(*boundary, static_cast<PartTaker&>(*this));
    } else {
        media_type_ = request::trimmed(std::string_view(type).substr(0, type.find(';')));
        filename_ = plain_filename(header_parameter(head.header("content-disposition"), "filename").value_or(""));
        in_file_ = has_file_ = true;
    }
    for (const request::Pair& pair : request::form_pairs(head.query))
        if (pair.key == "filename") filename_ = plain_filename(pair.value);
    if (++open_spools > most_at_once) {
        --open_spools;
        throw ApiError(503, "FIN503", "Too many uploads at once", {}, {}, {{"Retry-After", "5"}});
    }
    file_ = open_nameless();
    if (file_ < 0) {
        --open_spools;
        throw no_room(std::strerror(errno));
    }
}

Spool::~Spool() {
    if (file_ < 0) return;
    ::close(file_);
    --open_spools;
}

void Spool::take(std::string_view piece) {
    if (parser_ != nullptr)
        parser_->take(piece);
    else
        data(piece);
}

void Spool::finish() {
    if (!hash_.empty()) return;
    if (parser_ != nullptr) parser_->finish();
    if (!has_file_ || size_ == 0)
        throw ApiError(400, "FIN400", "The upload holds no file",
                       "The file is the part `file` of multipart/form-data, or the whole body.");
    add_to_hash(filename_);
    add_to_hash(media_type_);
    for (const auto& [name, value] : fields_) {
        add_to_hash(name);
        add_to_hash(value);
    }
    hash_ = digest_.hex();
}

std::size_t Spool::read(std::uint64_t offset, char* into, std::size_t size) const {
    std::size_t got = 0;
    while (got < size) {
        const auto count = ::pread(file_, into + got, size - got, static_cast<off_t>(offset + got));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw no_room(std::strerror(errno));
        if (count == 0) break;
        got += static_cast<std::size_t>(count);
    }
    return got;
}

void Spool::begin(const Part& part) {
    in_file_ = part.name == "file";
    if (in_file_) {
        if (has_file_) throw ApiError(400, "FIN400", "The upload holds several files");
        has_file_ = true;
        media_type_ = part.media_type;
        if (filename_.empty()) filename_ = plain_filename(part.filename.value_or(""));
    } else {
        field_bytes_ += part.name.size();
        fields_.emplace_back(part.name, "");
    }
}

void Spool::data(std::string_view piece) {
    if (in_file_) {
        write(piece);
        return;
    }
    field_bytes_ += piece.size();
    if (field_bytes_ > most_field_bytes) throw ApiError(413, "FIN413", "The upload's fields are too large");
    fields_.back().second += piece;
}

void Spool::end() { in_file_ = false; }

void Spool::write(std::string_view piece) {
    if (piece.size() > most_ - size_)
        throw ApiError(413, "FIN413", "The file is too large",
                       "At most " + std::to_string(most_) + " bytes are taken.");
    size_ += piece.size();
    digest_.add(piece);
    while (!piece.empty()) {
        const auto count = ::write(file_, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw no_room(std::strerror(errno));
        piece.remove_prefix(static_cast<std::size_t>(count));
    }
}

void Spool::add_to_hash(std::string_view text) {
    const std::string framed = "\n" + std::to_string(text.size()) + ":" + std::string(text);
    digest_.add(framed);
}

std::shared_ptr<Spool> spool_for(const Request& head, const Serving& serving) {
    if (serving.cache == nullptr || serving.cache->routes == nullptr) return nullptr;
    const Match match = serving.cache->routes->find(head.method, head.path);
    if (match.route == nullptr || match.route->kind != Kind::upload) return nullptr;
    const Identity identity =
        identify(head, *serving.authenticator, serving.cache->routes->schema(), std::time(nullptr));
    if (identity.anonymous)
        throw ApiError(401, "FIN401", "Uploads need a token", {}, {}, {{"WWW-Authenticate", "Bearer"}});
    return std::make_shared<Spool>(head, static_cast<std::uint64_t>(serving.config->fin_max_upload));
}

}  // namespace fin::api::routes
