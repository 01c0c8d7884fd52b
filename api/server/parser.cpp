#include "api/server/parser.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/impl/basic_parser.hpp>
#include <string>

namespace fin::api {

namespace http = boost::beast::http;

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A line that begins with white space continues the one before it (RFC 7230 obs-fold): intermediaries disagree on it.
bool has_folded_line(std::string_view head) {
    for (auto at = head.find('\n'); at != std::string_view::npos && at + 1 < head.size(); at = head.find('\n', at + 1))
        if (head[at + 1] == ' ' || head[at + 1] == '\t') return true;
    return false;
}

// Lines may have been taken before: then the head can end right where `rest` begins.
std::size_t end_of_head(std::string_view rest) { return rest.substr(0, 2) == "\r\n" ? 0 : rest.find("\r\n\r\n"); }

}  // namespace

RequestParser::RequestParser(const ParserLimits& limits) : limits_(limits) {
    Base::header_limit(limits.head);
    Base::body_limit(limits.body);
    Base::eager(true);
    request_.headers.reserve(16);
}

void RequestParser::divert(Decide decide, std::uint64_t most) {
    decide_ = std::move(decide);
    most_diverted_ = most;
    Base::body_limit(std::max(most, limits_.body));
}

void RequestParser::refuse(int status, const char* message, const char* details) {
    throw ApiError(status, "FIN" + std::to_string(status), message,
                   details == nullptr ? nlohmann::json{} : nlohmann::json(details));
}

std::size_t RequestParser::take(std::string_view data) {
    std::size_t total = 0;
    while (!done() && total < data.size()) {
        const std::string_view rest = data.substr(total);
        const bool was_head = !head_done();
        error_code error;
        const auto taken = Base::put(boost::asio::const_buffer(rest.data(), rest.size()), error);
        if (was_head && fault_ == nullptr && has_folded_line(rest.substr(0, std::min(taken, end_of_head(rest)))))
            fault_ = "A header field is folded over several lines";
        if (fault_ != nullptr) refuse(400, "The request is malformed", fault_);
        total += taken;
        // Beast counts the bytes of a line, not of the lines it took before.
        if (was_head && !head_done()) head_size_ += taken;
        if (head_size_ > limits_.head) refuse(431, "The request's header fields are too large", nullptr);
        const bool head_ended = was_head && head_done();
        if (head_ended) check_head();  // before anything of the body counts
        if (error == http::error::need_more) {
            // Lines of chunk sizes and trailers are held until they are complete: bounded like the head.
            if (!was_head && chunked_ && data.size() - total > limits_.chunk)
                refuse(400, "The request is malformed", "A chunk's size line is too long");
            break;
        }
        if (error == http::error::header_limit) refuse(431, "The request's header fields are too large", nullptr);
        if (error == http::error::body_limit) refuse(413, "The request's body is too large", nullptr);
        if (error) refuse(400, "The request is malformed", error.message().c_str());
        // The caller looks at the head before the body is read.
        if (head_ended || taken == 0) break;
    }
    return total;
}

void RequestParser::check_head() {
    if (fault_ == nullptr && (hosts_ > 1 || (hosts_ == 0 && version_ == 11)))
        fault_ = "A request names its host exactly once";
    if (fault_ == nullptr && codings_ > 0 && (version_ == 10 || !chunked_ || lengths_ > 0))
        fault_ = "Transfer-Encoding must be chunked, once, in HTTP/1.1 and without Content-Length";
    if (fault_ != nullptr) refuse(400, "The request is malformed", fault_);
    if (expects_other_) refuse(417, "Only 100-continue can be expected", nullptr);
    if (version_ == 10) expects_continue_ = false;
}

void RequestParser::on_request_impl(verb, string_view method, string_view target, int version, error_code&) {
    version_ = version;
    request_.method.assign(method.data(), method.size());
    std::string_view rest(target.data(), target.size());
    if (!rest.empty() && rest.front() != '/' && rest != "*") {  // absolute form, as sent to a proxy
        const auto scheme = rest.find("://");
        if (scheme == std::string_view::npos) {
            fault_ = "The target is no path";
            return;
        }
        const auto path = rest.find_first_of("/?", scheme + 3);
        rest = path == std::string_view::npos ? std::string_view("/") : rest.substr(path);
    }
    rest = rest.substr(0, rest.find('#'));
    const auto question = rest.find('?');
    request_.path = rest.substr(0, question);
    if (question != std::string_view::npos) request_.query = rest.substr(question + 1);
    if (request_.path.empty()) request_.path = "/";
}

void RequestParser::on_field_impl(field known, string_view name, string_view value, error_code&) {
    if (!in_head_) return;  // a trailer says nothing about the request
    std::string lowered(name.data(), name.size());
    std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
    switch (known) {
        case field::host: ++hosts_; break;
        case field::content_length:
            if (++lengths_ > 1) fault_ = "Content-Length is given twice";
            if (!std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; }))
                fault_ = "Content-Length is no number";
            break;
        case field::transfer_encoding:
            if (++codings_ > 1) fault_ = "Transfer-Encoding is given twice";
            chunked_ = boost::beast::iequals(value, "chunked");
            break;
        case field::expect:
            (boost::beast::iequals(value, "100-continue") ? expects_continue_ : expects_other_) = true;
            break;
        default: break;
    }
    request_.headers.emplace_back(std::move(lowered), std::string(value.data(), value.size()));
}

void RequestParser::on_header_impl(error_code&) {
    in_head_ = false;
    if (decide_ == nullptr || fault_ != nullptr) return;
    request_.upload = decide_(request_);
    if (request_.upload != nullptr) limits_.body = most_diverted_;
    const auto length = Base::content_length();  // refused before the client is told to go on
    if (length && *length > limits_.body) refuse(413, "The request's body is too large", nullptr);
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
    if (!length) return;
    missing_ = *length;
    if (request_.upload != nullptr) return;
    // A promise of the client: believed as far as it costs little.
    request_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, 1 << 20)));
}

std::size_t RequestParser::on_body_impl(string_view body, error_code&) {
    take_body({body.data(), body.size()});
    missing_ -= std::min<std::uint64_t>(missing_, body.size());
    return body.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, string_view, error_code& error) {
    const std::uint64_t before = request_.upload != nullptr ? taken_ : request_.body.size();
    if (size > limits_.body || before > limits_.body - size) error = http::error::body_limit;
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code&) {
    take_body({body.data(), body.size()});
    return body.size();
}

void RequestParser::take_body(std::string_view piece) {
    if (request_.upload == nullptr) {
        request_.body.append(piece);
        return;
    }
    taken_ += piece.size();
    request_.upload->take(piece);
}

}  // namespace fin::api
