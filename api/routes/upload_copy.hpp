// A spooled upload as COPY ... FROM STDIN (FORMAT binary): pieces of a megabyte, numbered from one.
#pragma once
#include <memory>
#include <string>

#include "api/database/copy.hpp"
#include "api/routes/spool.hpp"

namespace fin::api::routes {

std::string random_uuid();

class UploadCopy final : public CopySource {
public:
    // schema: where upload_chunks is.
    UploadCopy(std::shared_ptr<const Spool> spool, const std::string& schema, std::string upload_id);

    std::string statement() const override;
    void rewind() override;
    bool next(std::string& piece) override;

private:
    enum class Stage { header, rows, trailer, over };

    const std::shared_ptr<const Spool> spool_;
    const std::string schema_, id_;
    Stage stage_ = Stage::header;
    std::uint64_t at_ = 0;
    std::string read_;
};

}  // namespace fin::api::routes
