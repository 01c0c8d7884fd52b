// Reads multipart/form-data (RFC 7578) as it arrives, holding no more than a part's head and a boundary.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fin::api::routes {

struct Part {
    std::string name, media_type;
    std::optional<std::string> filename;
};

// Who takes the parts, one after the other.
class PartTaker {
public:
    virtual ~PartTaker() = default;
    virtual void begin(const Part& part) = 0;
    virtual void data(std::string_view piece) = 0;
    virtual void end() = 0;
};

class MultipartParser {
public:
    MultipartParser(const std::string& boundary, PartTaker& taker);

    // Throws ApiError 400, and what the taker throws.
    void take(std::string_view data);
    void finish() const;  // throws ApiError 400 where the last boundary is missing

private:
    enum class State { before, head_begins, head, body, over };

    bool step();
    bool find_boundary();
    bool begin_head();
    bool read_head();

    const std::string delimiter_;  // with the line break before it
    PartTaker& taker_;
    State state_ = State::before;
    std::string held_ = "\r\n";  // as if a line had ended before the first boundary
    int parts_ = 0;
};

// Of a Content-Type that is multipart/form-data. Throws ApiError 400 where it has none that can be used.
std::optional<std::string> multipart_boundary(std::string_view content_type);
// A parameter of a header's value: name="text" or name=text; as filename*=UTF-8'' too.
std::optional<std::string> header_parameter(std::string_view value, std::string_view name);
// Without folders and control characters, of a length that file systems take.
std::string plain_filename(std::string_view name);

}  // namespace fin::api::routes
