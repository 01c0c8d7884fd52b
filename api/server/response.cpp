#include "api/server/response.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <cstdio>

#include "api/routes/security_headers.hpp"
#include "api/server/version.hpp"

namespace fin::api {

namespace {

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

bool has(const Headers& headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(), [&](const auto& header) { return same(header.first, name); });
}

// Values can come from the database (response.headers): a line break in one would begin another header.
void append_clean(std::string& out, std::string_view text) {
    const auto control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
    if (std::none_of(text.begin(), text.end(), control)) {
        out += text;
        return;
    }
    for (const char c : text) out += control(static_cast<unsigned char>(c)) ? ' ' : c;
}

bool is_token(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

bool origin_allowed(const Config& config, const std::string& origin) {
    const auto& allowed = config.server_cors_allowed_origins;
    return allowed.empty() || std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
}

void add_origin(Headers& headers, const Config& config, std::string origin) {
    if (config.server_cors_allowed_origins.empty()) {
        headers.emplace_back("Access-Control-Allow-Origin", "*");
        return;
    }
    headers.emplace_back("Access-Control-Allow-Origin", std::move(origin));
    headers.emplace_back("Access-Control-Allow-Credentials", "true");
}

}  // namespace

std::string_view reason_phrase(int status) {
    if (status == 416) return "Range Not Satisfiable";
    const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
    if (known == boost::beast::http::status::unknown) return "Status";
    const auto text = boost::beast::http::obsolete_reason(known);
    return {text.data(), text.size()};
}

std::string http_date(std::time_t now) {
    constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm parts = {};
    gmtime_r(&now, &parts);
    std::array<char, 64> text;
    const int length = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                     days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                                     months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                                     parts.tm_hour, parts.tm_min, parts.tm_sec);
    return {text.data(), static_cast<std::size_t>(length)};
}

bool is_preflight(const Request& request) {
    return request.method == "OPTIONS" && request.has_header("origin") &&
           request.has_header("access-control-request-method");
}

Response preflight_response(const Request& request, const Config& config) {
    Response response;
    if (!config.fin_routes.empty()) routes::add_security_headers(response.headers, config);
    std::string origin = request.header("origin");
    if (!origin_allowed(config, origin)) return response;
    add_origin(response.headers, config, std::move(origin));
    response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD");
    std::string allowed = "Authorization";
    const std::string asked = request.header("access-control-request-headers");
    for (std::size_t at = 0; at < asked.size();) {
        const std::size_t end = std::min(asked.find(',', at), asked.size());
        const std::size_t first = std::min(asked.find_first_not_of(" \t", at), end);
        if (const std::size_t last = asked.find_last_not_of(" \t", end - 1); end > first)
            allowed += ", " + asked.substr(first, last + 1 - first);
        at = end + 1;
    }
    allowed += ", Accept, Accept-Language, Content-Language";
    response.headers.emplace_back("Access-Control-Allow-Headers", std::move(allowed));
    response.headers.emplace_back("Access-Control-Max-Age", "86400");
    return response;
}

void add_shared_headers(Headers& headers, const Request& request, const Config& config) {
    if (!config.fin_routes.empty()) routes::add_security_headers(headers, config);
    for (const auto& [name, value] : request.headers) {
        if (name == "origin" && origin_allowed(config, value)) {
            if (!has(headers, "Access-Control-Allow-Origin")) add_origin(headers, config, value);
            headers.emplace_back("Access-Control-Expose-Headers",
                                 "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, "
                                 "Server, Transfer-Encoding, Range-Unit");
        }
    }
    if (request.method == "OPTIONS" && config.server_cors_allowed_origins.empty() &&
        !has(headers, "Access-Control-Allow-Origin"))
        add_origin(headers, config, {});
    if (config.server_trace_header.empty()) return;
    for (const auto& [name, value] : request.headers)
        if (same(name, config.server_trace_header)) headers.emplace_back(config.server_trace_header, value);
}

void append_head(std::string& out, const Response& response, const HeadFacts& facts) {
    out += facts.http_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
    append_clean(out, response.reason.empty() ? reason_phrase(response.status) : std::string_view(response.reason));
    out += "\r\nDate: ";
    out += facts.date;
    out += "\r\nServer: pg_fin_api/" FIN_API_VERSION "\r\n";
    for (const auto& [name, value] : response.headers) {
        // How the message is framed is known here alone.
        if (!is_token(name) || same(name, "Content-Length") || same(name, "Transfer-Encoding") ||
            same(name, "Connection"))
            continue;
        out += name;
        out += ": ";
        append_clean(out, value);
        out += "\r\n";
    }
    if (facts.framing == Framing::length) {
        out += "Content-Length: ";
        append_number(out, facts.length);
        out += "\r\n";
    } else if (facts.framing == Framing::chunked) {
        out += "Transfer-Encoding: chunked\r\n";
    }
    if (facts.close)
        out += "Connection: close\r\n";
    else if (facts.keep_alive_spoken)
        out += "Connection: keep-alive\r\n";
    out += "\r\n";
}

}  // namespace fin::api
