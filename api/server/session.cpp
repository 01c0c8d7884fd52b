#include "api/server/session.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <type_traits>

#include "api/routes/security_headers.hpp"
#include "api/routes/spool.hpp"
#include "api/server/response.hpp"

namespace fin::api {

namespace {

constexpr std::size_t first_buffer = 4 << 10, largest_buffer = 96 << 10;
constexpr std::chrono::seconds keep_alive_time(120);  // between two requests
constexpr std::chrono::seconds lingering_time(1);     // for a client to read why it was refused
constexpr int client_gone = 499;                      // for the log: there was nobody to answer
constexpr std::uint64_t upload_framing = 1 << 20;     // what multipart adds to a file
constexpr std::uint64_t least_rate = 1024;            // bytes per second, else the client counts as silent

// What of a request counts for the log after it is moved.
struct Answered {
    int status = 0;
    std::uint64_t bytes = 0;
    bool cut_off = false;
};

template <class Stream>
class Session final : public Client, public StreamSink, public std::enable_shared_from_this<Session<Stream>> {
public:
    template <class... Tls>
    Session(Worker& worker, const Databases& databases, Socket socket, const std::string& from, Tls&&... tls)
        : worker_(worker), databases_(databases), stream_(std::move(socket), std::forward<Tls>(tls)...) {
        address = peer_ = from;
        worker_.enter(*this);
    }
    ~Session() override { worker_.leave(*this); }

    Task<void> run() {
        try {
            if constexpr (!std::is_same_v<Stream, Socket>) co_await handshake();
            bool more = true;
            while (more) more = co_await serve_one();
        } catch (const ClientGone&) {
        } catch (const CutOff&) {
            reset();  // where the end of the connection is the end of the answer, it must not look like one
        } catch (const std::exception&) {  // the connection is of no use any more
        }
        close();
    }

    void expire() override {
        IoError ignored;
        if (expired_) {
            close();
        } else {
            expired_ = true;
            deadline = Clock::now() + lingering_time;
            socket().cancel(ignored);
        }
    }
    void hang_up() override { close(); }
    int file() override { return socket().native_handle(); }

    Task<void> begin(Response response) override {
        begun = true;
        answered_.status = response.status;
        if (at_begin) at_begin(response.headers);
        mute_ = request_->method == "HEAD" || !response.has_body;
        add_shared_headers(response.headers, *request_, *worker_.serving->config);
        keep_ = keep_ && !old_ && !worker_.draining;
        framing_ = mute_ ? Framing::none : old_ ? Framing::until_close : Framing::chunked;
        HeadFacts facts;
        facts.date = worker_.date();
        facts.framing = framing_;
        facts.close = !keep_;
        facts.http_1_0 = old_;
        out_.clear();
        append_head(out_, response, facts);
        co_return;
    }

    Task<void> write(const std::string& piece) override {
        if (mute_ || piece.empty()) co_return;
        if (framing_ == Framing::chunked) {
            std::array<char, 20> size;
            const auto end = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16).ptr;
            out_.append(size.data(), end);
            out_ += "\r\n";
        }
        const std::string_view tail = framing_ == Framing::chunked ? "\r\n" : "";
        co_await send(out_, piece, tail);
        out_.clear();
    }

private:
    Socket& socket() {
        if constexpr (std::is_same_v<Stream, Socket>)
            return stream_;
        else
            return stream_.next_layer();
    }

    Clock::duration silence() const { return std::chrono::seconds(worker_.serving->config->fin_client_timeout); }

    // A client may be slow, but not without end.
    void allow(Clock::time_point since, std::uint64_t bytes) {
        const auto now = Clock::now();
        const auto earned = since + silence() + std::chrono::seconds(bytes / least_rate);
        deadline = std::min(now + silence(), earned);
    }

    Task<void> handshake() {
        idle = false;
        deadline = Clock::now() + silence();
        if constexpr (!std::is_same_v<Stream, Socket>) co_await stream_.async_handshake(Stream::server, awaiting);
    }

    std::string_view input() const { return {buffer_.data() + first_, last_ - first_}; }

    // More bytes; 0: there are none, or no time for them.
    Task<std::size_t> fill() {
        if (first_ == last_) first_ = last_ = 0;
        if (last_ == buffer_.size()) {
            if (first_ > 0) {
                std::memmove(buffer_.data(), buffer_.data() + first_, last_ - first_);
                last_ -= first_;
                first_ = 0;
            } else {
                buffer_.resize(std::min(largest_buffer, std::max(first_buffer, buffer_.size() * 2)));
            }
        }
        if (last_ == buffer_.size()) co_return 0;
        IoError error;
        const auto room = asio::buffer(buffer_.data() + last_, buffer_.size() - last_);
        const std::size_t got = co_await stream_.async_read_some(room, into(error));
        if (error) co_return 0;
        last_ += got;
        worker_.counters.bytes_in.add(got);
        co_return got;
    }

    Task<bool> serve_one() {
        const Config& config = *worker_.serving->config;
        ParserLimits limits;
        limits.body = static_cast<std::uint64_t>(config.fin_max_body);
        RequestParser parser(limits);
        if (worker_.serving->cache != nullptr && worker_.serving->cache->routes != nullptr) {
            parser.divert([this](const Request& head) { return routes::spool_for(head, *worker_.serving); },
                          static_cast<std::uint64_t>(config.fin_max_upload) + upload_framing);
        }
        request_ = &parser.request();
        address = peer_;
        begun = mute_ = false;
        at_begin = nullptr;
        old_ = false;
        answered_ = {};
        idle = input().empty();
        auto started = Clock::now();
        deadline = started + (idle ? Clock::duration(keep_alive_time) : silence());
        std::optional<ApiError> refused;
        bool complete = false;
        try {
            complete = co_await read_request(parser, started);
        } catch (const ApiError& error) {
            refused = error;
        }
        if (refused) {
            worker_.counters.bad_requests.add();
            co_await refuse(*refused, started);
            co_return false;
        }
        if (!complete) {
            if (expired_ && !idle) {
                const ApiError late(408, "FIN408", "The request was not complete in time");
                co_await refuse(late, started);
            }
            co_return false;
        }
        old_ = parser.http_1_0();
        keep_ = parser.keep_alive();
        deadline = Clock::time_point::max();
        started = Clock::now();
        // One connection of a proxy carries the requests of many.
        address = worker_.serving->proxies->client(*request_, peer_);
        if (address != "unix") request_->address = address;
        StreamSink& sink = *this;
        Client& client = *this;
        Handled handled;
        try {
            handled = co_await handle(worker_, client, *request_, databases_, sink);
            if (handled.streamed) {
                if (framing_ == Framing::chunked) out_ += "0\r\n\r\n";
                if (!out_.empty()) co_await send(out_, {}, {});
            } else {
                co_await respond(handled.response);
            }
        } catch (const std::exception&) {
            answered_.cut_off = true;
            if (answered_.status == 0) answered_.status = client_gone;
            record(handled, started);
            throw;
        }
        record(handled, started);
        deadline = Clock::time_point::max();
        if (buffer_.size() > 4 * first_buffer && first_ == last_) {  // what a long body needed
            first_ = last_ = 0;
            std::vector<char>(first_buffer).swap(buffer_);
        }
        co_return keep_;
    }

    Task<bool> read_request(RequestParser& parser, Clock::time_point& started) {
        std::uint64_t received = 0;
        bool continued = false;
        while (!parser.done()) {
            std::size_t taken = 0;
            if (!input().empty()) {
                taken = parser.take(input());
                first_ += taken;
                if (parser.done()) break;
            }
            if (taken > 0 && !input().empty()) continue;
            if (parser.head_done() && !continued && parser.expects_continue() && received == 0 && input().empty()) {
                continued = true;
                co_await send("HTTP/1.1 100 Continue\r\n\r\n", {}, {});
            }
            const std::size_t got = co_await fill();
            if (got == 0) co_return false;
            if (idle) {
                idle = false;
                started = Clock::now();
                deadline = started + silence();
            }
            // A head must be there within the time; a body as long as it keeps coming.
            if (parser.head_done()) {
                received += got;
                allow(started, received);
            }
        }
        idle = false;
        co_return true;
    }

    Task<void> respond(Response& response) {
        answered_.status = response.status;
        keep_ = keep_ && !worker_.draining;
        const bool bodiless = response.status == 204 || response.status == 304;
        const bool muted = bodiless || !response.has_body || request_->method == "HEAD";
        HeadFacts facts;
        facts.date = worker_.date();
        facts.framing = bodiless || request_->method == "HEAD" ? Framing::none : Framing::length;
        facts.length = muted ? 0 : response.body.size();
        facts.close = !keep_;
        facts.http_1_0 = old_;
        facts.keep_alive_spoken = old_ && keep_;
        out_.clear();
        append_head(out_, response, facts);
        const std::string_view body = muted ? std::string_view() : std::string_view(response.body);
        co_await send(out_, body, {});
    }

    // Says what is wrong and waits a moment, so that the client can read it before the connection is reset.
    Task<void> refuse(const ApiError& error, Clock::time_point started) {
        keep_ = false;
        Handled handled;
        const Config& config = *worker_.serving->config;
        handled.response = error_response(error, config);
        if (!config.fin_routes.empty()) routes::add_security_headers(handled.response.headers, config);
        deadline = Clock::now() + lingering_time;
        co_await respond(handled.response);
        record(handled, started);
        IoError ignored;
        socket().shutdown(Socket::shutdown_send, ignored);
        deadline = Clock::now() + lingering_time;
        expired_ = true;
        std::size_t thrown_away = 0, got = 1;
        while (got > 0 && thrown_away < (4 << 20)) {
            first_ = last_ = 0;
            got = co_await fill();
            thrown_away += got;
        }
    }

    // All of the parts, in one system call where the client reads fast enough.
    Task<void> send(std::string_view head, std::string_view body, std::string_view tail) {
        std::array<asio::const_buffer, 3> parts = {asio::buffer(head.data(), head.size()),
                                                   asio::buffer(body.data(), body.size()),
                                                   asio::buffer(tail.data(), tail.size())};
        std::size_t left = head.size() + body.size() + tail.size();
        answered_.bytes += left;
        worker_.counters.bytes_out.add(left);
        if constexpr (std::is_same_v<Stream, Socket>) left -= send_now(parts, left);
        const auto started = Clock::now();
        std::uint64_t sent = 0;
        while (left > 0) {
            allow(started, sent);
            IoError error;
            const std::size_t written = co_await stream_.async_write_some(parts, into(error));
            if (error) throw ClientGone();
            skip(parts, written);
            left -= written;
            sent += written;
        }
    }

    std::size_t send_now(std::array<asio::const_buffer, 3>& parts, std::size_t size) {
        std::array<iovec, 3> vectors;
        for (std::size_t i = 0; i < parts.size(); ++i)
            vectors[i] = {const_cast<void*>(parts[i].data()), parts[i].size()};
        msghdr message = {};
        message.msg_iov = vectors.data();
        message.msg_iovlen = vectors.size();
        const auto written = ::sendmsg(socket().native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (written < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return 0;
            throw ClientGone();
        }
        const auto count = std::min(static_cast<std::size_t>(written), size);
        skip(parts, count);
        return count;
    }

    static void skip(std::array<asio::const_buffer, 3>& parts, std::size_t count) {
        for (auto& part : parts) {
            const auto here = std::min(count, part.size());
            part += here;
            count -= here;
        }
    }

    void record(const Handled& handled, Clock::time_point started) {
        const auto span = Clock::now() - started;
        worker_.counters.request(request_->method, answered_.status);
        worker_.counters.duration.observe(span);
        LogEntry entry;
        const auto wall = std::chrono::system_clock::now().time_since_epoch();
        entry.at = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
        entry.request = request_;
        entry.client = address;
        entry.role = handled.role;
        entry.status = answered_.status;
        entry.bytes = answered_.bytes;
        entry.seconds = std::chrono::duration<double>(span).count();
        entry.database_seconds = handled.database_seconds;
        entry.wait_seconds = handled.wait_seconds;
        entry.replica = handled.replica;
        entry.cut_off = answered_.cut_off;
        worker_.log(entry);
    }

    void reset() {
        const linger now = {1, 0};
        ::setsockopt(socket().native_handle(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }

    void close() {
        IoError ignored;
        socket().close(ignored);
    }

    Worker& worker_;
    const Databases& databases_;
    Stream stream_;
    std::vector<char> buffer_;
    std::size_t first_ = 0, last_ = 0;  // what is read and not yet taken
    std::string out_;
    std::string peer_;  // whose connection it is; address: whose request
    Request* request_ = nullptr;
    Answered answered_;
    Framing framing_ = Framing::length;
    bool expired_ = false, keep_ = true, old_ = false, mute_ = false;
};

template <class Stream, class... Tls>
void start(Worker& worker, const Databases& databases, Socket socket, std::string address, Tls&&... tls) {
    const auto session = std::make_shared<Session<Stream>>(worker, databases, std::move(socket), std::move(address),
                                                           std::forward<Tls>(tls)...);
    asio::co_spawn(
        worker.context.get_executor(), [session]() -> Task<void> { return session->run(); }, asio::detached);
}

}  // namespace

void start_session(Worker& worker, const Databases& databases, Socket socket, std::string address) {
    start<Socket>(worker, databases, std::move(socket), std::move(address));
}

void start_tls_session(Worker& worker, const Databases& databases, Socket socket, std::string address) {
    start<TlsStream>(worker, databases, std::move(socket), std::move(address), *worker.serving->tls);
}

}  // namespace fin::api
