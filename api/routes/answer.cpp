#include "api/routes/answer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/request/text.hpp"
#include "api/response/errors.hpp"
#include "hash/sha256.hpp"

namespace fin::api::routes {

using nlohmann::json;

namespace {

void remove(Headers& headers, const std::string& name) {
    headers.erase(std::remove_if(headers.begin(), headers.end(),
                                 [&](const auto& header) { return request::equal_ignoring_case(header.first, name); }),
                  headers.end());
}

bool is_media_type_text(std::string_view text) {
    return text.find('/') != std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

void describe_file(Response& response, const std::optional<std::string>& facts) {
    const json given = json::parse(facts.value_or("null"), nullptr, false);
    const auto text = [&](std::size_t at, const char* otherwise) {
        const bool there = given.is_array() && given.size() == 2 && given[at].is_string();
        return there ? given[at].get<std::string>() : std::string(otherwise);
    };
    std::string type = text(0, "");
    if (!is_media_type_text(type)) type = "application/octet-stream";
    response.headers.emplace_back("Content-Type", std::move(type));
    response.headers.emplace_back("Content-Disposition", content_disposition(text(1, "file")));
    // Whatever the bytes are, a browser runs nothing of them.
    response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
}

}  // namespace

std::string entity_tag(std::string_view body) { return '"' + hash::sha256(body).substr(0, 32) + '"'; }

bool tag_matches(std::string_view none_match, std::string_view tag) {
    for (std::string_view part : request::split(none_match, ',')) {
        part = request::trimmed(part);
        if (part == "*") return true;
        if (part.substr(0, 2) == "W/") part.remove_prefix(2);  // If-None-Match compares weakly (RFC 9110, 13.1.2)
        if (part == tag) return true;
    }
    return false;
}

std::string content_disposition(std::string_view filename) {
    std::string plain;
    for (const char c : filename)
        plain += c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '/' && c != '%' ? c : '_';
    return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + request::percent_encoded(filename);
}

void apply_settings(Response& response, const Answer& answer) {
    if (answer.response_headers) {
        const json given = json::parse(*answer.response_headers, nullptr, false);
        Headers headers;
        bool readable = given.is_array();
        for (std::size_t i = 0; readable && i < given.size(); ++i) {
            readable = given[i].is_object() && given[i].size() == 1 && given[i].begin()->is_string();
            if (readable) headers.emplace_back(given[i].begin().key(), given[i].begin()->get<std::string>());
        }
        if (!readable)
            throw ApiError(500, "PGRST111",
                           "response.headers guc must be a JSON array composed of objects with a single key and a "
                           "string value");
        for (const auto& [name, value] : headers) remove(response.headers, name);
        response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    }
    if (answer.response_status) {
        const std::string& text = *answer.response_status;
        const bool readable = text.size() == 3 && text[0] >= '1' && text[0] <= '9' &&
                              std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!readable) throw ApiError(500, "PGRST112", "response.status guc must be a valid status code");
        response.status = std::stoi(text);
    }
}

Response answer_of(const Asked& asked, const Answer& answer) {
    const Route& route = *asked.route;
    Response response;
    response.status = route.status;
    const bool file = route.kind == Kind::file;
    if (file && !answer.body) throw ApiError(404, "FIN404", "There is no such file");
    if (answer.body) response.body = *answer.body;
    if (file)
        describe_file(response, answer.location);
    else if (answer.body)
        response.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    else
        response.status = 204;
    if (!file && answer.location) response.headers.emplace_back("Idempotency-Replayed", "true");
    response.headers.emplace_back("Cache-Control", route.cached ? "private, no-cache" : "no-store");
    apply_settings(response, answer);
    if (route.cached && response.status == 200) {
        std::string tag = entity_tag(response.body);
        if (!asked.none_match.empty() && tag_matches(asked.none_match, tag)) {
            response.status = 304;
            remove(response.headers, "Content-Type");
        }
        response.headers.emplace_back("ETag", std::move(tag));
        response.headers.emplace_back("Vary", "Authorization, Cookie");
    }
    if (asked.head || response.status == 204 || response.status == 304) {
        response.has_body = false;
        response.body.clear();
    }
    response.headers = safe_headers(response.headers);
    return response;
}

}  // namespace fin::api::routes
