#include "scan/client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace fin::scan {

namespace {

using Clock = std::chrono::steady_clock;

class Socket {
public:
    Socket() : descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() {
        if (descriptor >= 0) close(descriptor);
    }
    const int descriptor;
};

// What is to be sent, piece by piece without a copy of the content.
class Outgoing {
public:
    explicit Outgoing(std::string_view content) : content_(content), now_(instream_begin) {}
    std::string_view next() {
        while (now_.empty() && stage_ != Stage::done) advance();
        return now_;
    }
    void sent(std::size_t size) { now_.remove_prefix(size); }

private:
    enum class Stage { begin, header, piece, end, done };
    void advance() {
        if (stage_ == Stage::header) {
            now_ = content_.substr(0, largest_piece);
            content_.remove_prefix(now_.size());
            stage_ = Stage::piece;
        } else if (stage_ == Stage::end) {
            stage_ = Stage::done;
        } else if (content_.empty()) {
            now_ = instream_end;
            stage_ = Stage::end;
        } else {
            header_ = piece_header(std::min(content_.size(), largest_piece));
            now_ = header_;
            stage_ = Stage::header;
        }
    }
    std::string_view content_, now_;
    std::string header_;
    Stage stage_ = Stage::begin;
};

Verdict failed(const std::string& words) { return {Finding::failed, words}; }
std::string words_of(int code) { return std::strerror(code); }  // NOLINT(concurrency-mt-unsafe)

}  // namespace

Verdict ask(const std::string& path, std::string_view content, double seconds, const InterruptCheck& interrupt) {
    const Clock::time_point deadline =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) return failed("the path of its socket is no path");
    std::memcpy(address.sun_path, path.data(), path.size());
    const Socket socket;
    if (socket.descriptor < 0) return failed("no socket could be made: " + words_of(errno));
    // A full queue of a local socket says EAGAIN at once; it is worth a moment's patience.
    while (connect(socket.descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        if (errno == EINTR || errno == EAGAIN) {
            interrupt();
            if (Clock::now() >= deadline) return failed("it takes no connection");
            poll(nullptr, 0, 20);
            continue;
        }
        return failed("it is not there: " + words_of(errno));
    }
    Outgoing outgoing(content);
    std::string reply;
    bool sending = true, whole = false;
    for (;;) {
        interrupt();
        if (Clock::now() >= deadline) return failed("it did not answer in time");
        pollfd wait{socket.descriptor, static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), 0};
        if (poll(&wait, 1, 50) < 0 && errno != EINTR) return failed("poll: " + words_of(errno));
        if (sending && (wait.revents & POLLOUT) != 0) {
            const std::string_view next = outgoing.next();
            const ssize_t sent = next.empty() ? 0 : send(socket.descriptor, next.data(), next.size(), MSG_NOSIGNAL);
            if (sent >= 0)
                outgoing.sent(static_cast<std::size_t>(sent));
            else if (errno != EAGAIN && errno != EINTR)
                sending = false;  // it has heard enough: why is in its reply
            if (sent >= 0 && outgoing.next().empty()) whole = true, sending = false;
        }
        if ((wait.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            char buffer[1024];
            const ssize_t got = recv(socket.descriptor, buffer, sizeof buffer, 0);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            if (got < 0)
                return reply.empty() ? failed("it broke off: " + words_of(errno))
                                     : failed("it broke off in its answer");
            if (got == 0) return reply.empty() ? verdict_of({}) : failed("it broke off in its answer");
            reply.append(buffer, static_cast<std::size_t>(got));
            const auto end = reply.find('\0');
            if (end != std::string::npos) {
                Verdict verdict = verdict_of(std::string_view(reply).substr(0, end));
                // Before it has heard everything it cannot know that there is nothing.
                if (verdict.finding == Finding::clean && (!whole || end + 1 != reply.size()))
                    return failed("it answered before it was asked");
                return verdict;
            }
            if (reply.size() > longest_reply) return failed("its answer has no end");
        }
    }
}

}  // namespace fin::scan
