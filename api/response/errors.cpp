#include "api/response/errors.hpp"

#include <array>
#include <string_view>

#include "api/request/text.hpp"

namespace fin::api {

namespace {

using nlohmann::json;

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }
bool ends(std::string_view text, std::string_view with) {
    return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}

struct Mapping {
    std::string_view state;  // as long as it decides
    int status;
};
// Longer ones come before the classes they belong to.
constexpr std::array<Mapping, 33> mappings = {{
    {"08", 503},    {"09", 500},    {"0L", 403},    {"0P", 403},    {"23503", 409}, {"23505", 409}, {"25006", 405},
    {"21000", 500}, {"22023", 400}, {"25", 500},    {"28", 403},    {"2D", 500},    {"38", 500},    {"39", 500},
    {"3B", 500},    {"40", 500},    {"53400", 500}, {"53", 503},    {"54", 500},    {"55", 500},    {"57P01", 503},
    {"57", 500},    {"58", 500},    {"F0", 500},    {"HV", 500},    {"P0001", 400}, {"P0", 500},    {"XX", 500},
    {"42883", 404}, {"42P01", 404}, {"42P17", 500}, {"42501", 403}, {"", 400},
}};

int status_of(const DatabaseError& error, const Identity& identity) {
    if (error.sqlstate == "21000" && ends(error.message, "requires a WHERE clause")) return 400;
    if (error.sqlstate == "22023" && begins(error.message, "role") && ends(error.message, "does not exist")) return 401;
    if (error.sqlstate == "42883" && begins(error.message, "function xmlagg(")) return 406;
    if (error.sqlstate == "42501" && identity.anonymous) return 401;
    for (const Mapping& mapping : mappings)
        if (begins(error.sqlstate, mapping.state)) return mapping.status;
    return 400;
}

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

ApiError unreadable_raise(const std::string& details, bool of_message) {
    return ApiError(500, "PGRST121", "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error", details,
                    of_message ? "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional "
                                 "keys: 'details', 'hint'."
                               : "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional "
                                 "key: 'status_text'.");
}

bool is_text(const json& object, const char* key) { return object.contains(key) && object[key].is_string(); }
bool is_text_or_absent(const json& object, const char* key) {
    return !object.contains(key) || object[key].is_null() || object[key].is_string();
}

// RAISE SQLSTATE 'PGRST': the function decides on everything.
ApiError raised(const DatabaseError& error) {
    const json message = json::parse(error.message, nullptr, false);
    if (!message.is_object() || !is_text(message, "code") || !is_text(message, "message") ||
        !is_text_or_absent(message, "details") || !is_text_or_absent(message, "hint"))
        return unreadable_raise("Invalid JSON value for MESSAGE: '" + error.message + "'", true);
    if (error.detail.empty()) return unreadable_raise("DETAIL is missing in the RAISE statement", false);
    const json detail = json::parse(error.detail, nullptr, false);
    const bool readable = detail.is_object() && detail.contains("status") && detail["status"].is_number_integer() &&
                          detail.contains("headers") && detail["headers"].is_object() &&
                          is_text_or_absent(detail, "status_text");
    Headers headers;
    bool texts = readable;
    if (readable)
        for (const auto& [name, value] : detail["headers"].items()) {
            texts = texts && value.is_string();
            if (value.is_string()) headers.emplace_back(name, value.get<std::string>());
        }
    const long long status = readable ? detail["status"].get<long long>() : 0;
    if (!texts || status < 100 || status > 999)
        return unreadable_raise("Invalid JSON value for DETAIL: '" + error.detail + "'", false);
    ApiError out(static_cast<int>(status), message["code"].get<std::string>(), message["message"].get<std::string>(),
                 message.value("details", json()), message.value("hint", json()), std::move(headers));
    if (is_text(detail, "status_text")) out.reason = detail["status_text"].get<std::string>();
    return out;
}

// SQLSTATE PTxyz: the status is xyz, the message its reason.
ApiError chosen_status(const DatabaseError& error) {
    int status = 0;
    for (const char c : std::string_view(error.sqlstate).substr(2))
        status = c < '0' || c > '9' ? 0 : status * 10 + c - '0';
    const bool known = status >= 100 && status <= 999;
    ApiError out(known ? status : 500, error.sqlstate, error.message, text_or_null(error.detail),
                 text_or_null(error.hint));
    if (known) out.reason = error.message;
    return out;
}

void append_value(std::string& out, const json& value) {
    if (value.is_string())
        request::append_json_string(out, value.get_ref<const std::string&>());
    else
        out += value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

ApiError as_api_error(const DatabaseError& error, const Identity& identity) {
    if (error.sqlstate == "PGRST") return raised(error);
    if (begins(error.sqlstate, "PT") && error.sqlstate.size() == 5) {
        ApiError out = chosen_status(error);
        if (out.status == 401) out.headers.emplace_back("WWW-Authenticate", "Bearer");
        return out;
    }
    ApiError out(status_of(error, identity), error.sqlstate, error.message, text_or_null(error.detail),
                 text_or_null(error.hint));
    if (out.status == 401) out.headers.emplace_back("WWW-Authenticate", "Bearer");
    return out;
}

std::string safe_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out.push_back(c);
    return out;
}

Headers safe_headers(const Headers& headers) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    Headers out;
    out.reserve(headers.size());
    for (const auto& [name, value] : headers) {
        bool is_token = !name.empty();
        for (const char c : name)
            is_token = is_token && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                    marks.find(c) != std::string_view::npos);
        if (is_token) out.emplace_back(name, safe_line(value));
    }
    return out;
}

std::string error_body(const ApiError& error, const Config& config) {
    std::string out = "{\"code\":";
    request::append_json_string(out, error.code);
    if (!config.client_error_minimal) {
        out += ",\"details\":";
        append_value(out, error.details);
        out += ",\"hint\":";
        append_value(out, error.hint);
    }
    out += ",\"message\":";
    request::append_json_string(out, error.message);
    out += "}";
    return out;
}

Response error_response(const ApiError& error, const Config& config) {
    Response response;
    response.status = error.status;
    response.reason = safe_line(error.reason);
    response.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    response.headers.emplace_back("Proxy-Status", "PostgREST; error=" + error.code);
    for (const auto& header : error.headers) response.headers.push_back(header);
    response.headers = safe_headers(response.headers);
    response.body = error_body(error, config);
    return response;
}

}  // namespace fin::api
