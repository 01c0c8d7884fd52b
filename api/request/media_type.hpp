// Media types as they are asked for (Accept) and given (Content-Type).
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fin::api::request {

struct MediaType {
    enum class Kind {
        json,
        geojson,
        csv,
        plain,
        xml,
        openapi,
        form,
        octets,
        any,
        other,
        array_stripped,
        object,
        plan,
    };
    Kind kind = Kind::json;
    std::string text;             // as it was written: of `other`
    bool nulls_stripped = false;  // of object
    // plan
    bool plan_json = false;
    std::vector<std::string_view> plan_options;  // analyze, verbose, settings, buffers, wal; in that order
    std::shared_ptr<const MediaType> plan_of;

    static MediaType parse(std::string_view text);
    std::string mime() const;          // without charset, in its normal form
    std::string content_type() const;  // as the header says it
};

// The types of an Accept header, best first; absent or empty: */*.
std::vector<MediaType> parse_accept(std::string_view header);

}  // namespace fin::api::request
