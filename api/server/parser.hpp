// Reads one HTTP/1 request from bytes as they arrive: Beast's parser, stricter where requests could be smuggled.
#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "api/error.hpp"
#include "api/request/request.hpp"

namespace fin::api {

struct ParserLimits {
    std::uint32_t head = 64 << 10;   // bytes of request line and header fields
    std::uint64_t body = 64 << 20;   // bytes of the body after decoding
    std::uint32_t chunk = 16 << 10;  // bytes of a chunk's size line, or of the trailer
};

class RequestParser : private boost::beast::http::basic_parser<true> {
    using Base = boost::beast::http::basic_parser<true>;

public:
    explicit RequestParser(const ParserLimits& limits);

    // At the end of the head `decide` says where the body goes, which may be `most` bytes then; null: into the request.
    using Decide = std::function<std::shared_ptr<BodySink>(const Request& head)>;
    void divert(Decide decide, std::uint64_t most);

    // Takes what it can of `data` and returns how many bytes; 0 with done() false: more is needed.
    // Throws ApiError for what cannot be read; the connection must be closed then.
    std::size_t take(std::string_view data);

    bool head_done() const { return Base::is_header_done(); }
    bool done() const { return Base::is_done(); }
    bool started() const { return Base::got_some(); }
    bool keep_alive() const { return Base::keep_alive(); }
    bool http_1_0() const { return version_ == 10; }
    bool expects_continue() const { return expects_continue_; }
    std::uint64_t missing() const { return missing_; }  // bytes of the body still to come, where the length is known
    Request& request() { return request_; }

private:
    void check_head();
    [[noreturn]] static void refuse(int status, const char* message, const char* details);

    using verb = boost::beast::http::verb;
    using field = boost::beast::http::field;
    using string_view = boost::beast::string_view;
    using error_code = boost::beast::error_code;
    void on_request_impl(verb, string_view method, string_view target, int version, error_code&) override;
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(field, string_view name, string_view value, error_code&) override;
    void on_header_impl(error_code&) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
    std::size_t on_body_impl(string_view body, error_code&) override;
    void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code&) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, string_view body, error_code&) override;
    void on_finish_impl(error_code&) override {}

    void take_body(std::string_view piece);

    ParserLimits limits_;
    Decide decide_;
    std::uint64_t most_diverted_ = 0, taken_ = 0;  // taken: by the sink
    Request request_;
    const char* fault_ = nullptr;  // what is wrong with the head, found in a callback
    int version_ = 11, hosts_ = 0, lengths_ = 0, codings_ = 0;
    bool in_head_ = true, chunked_ = false, expects_continue_ = false, expects_other_ = false;
    std::uint64_t missing_ = 0;
    std::size_t head_size_ = 0;  // bytes of lines taken before the head was complete
};

}  // namespace fin::api
