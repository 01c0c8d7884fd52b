#include "pipe/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include "pipe/error_text.hpp"
#include "pipe/frame.hpp"

namespace fin::pipe {

namespace {

using Clock = std::chrono::steady_clock;
using How = BrokenWork::How;

constexpr std::size_t most_said = 2000;     // of what the program writes to its standard error
constexpr int tick_milliseconds = 50;       // how often `check` is asked while nothing happens
constexpr int farewell_milliseconds = 500;  // from the end of its output to its exit

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    int get() const { return number_; }
    bool open() const { return number_ >= 0; }
    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

private:
    int number_ = -1;
};

[[noreturn]] void cannot_start(const std::string& path, int error) {
    throw BrokenWork(How::not_started, "the program " + path + " cannot be started",
                     std::generic_category().message(error) + ".");
}

// Above the three that the child's own take the place of.
Descriptor high(int number) {
    Descriptor low(number);
    return Descriptor(fcntl(number, F_DUPFD_CLOEXEC, 3));
}

class Child {
public:
    Child(const Program& program, const Watch& watch) : watch_(watch) {
        int in[2], out[2], said[2];
        // A socket for its standard input: writing to one that is gone can then be told to send no SIGPIPE.
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0) cannot_start(program.path, errno);
        Descriptor child_in = high(in[0]);
        input = high(in[1]);
        if (pipe2(out, O_CLOEXEC) != 0) cannot_start(program.path, errno);
        output = high(out[0]);
        Descriptor child_out = high(out[1]);
        if (pipe2(said, O_CLOEXEC) != 0) cannot_start(program.path, errno);
        errors = high(said[0]);
        Descriptor child_said = high(said[1]);
        for (const Descriptor* one : {&child_in, &input, &output, &child_out, &errors, &child_said})
            if (!one->open()) cannot_start(program.path, EMFILE);
        for (const Descriptor* one : {&input, &output, &errors}) fcntl(one->get(), F_SETFL, O_NONBLOCK);
        start(program, child_in.get(), child_out.get(), child_said.get());
    }
    ~Child() {
        kill();
        reap(true);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void kill() const {
        if (pid_ > 0) ::kill(-pid_, SIGKILL), ::kill(pid_, SIGKILL);
    }
    // The status it ended with; nullopt where it still runs and is not waited for.
    std::optional<int> reap(bool wait) {
        while (pid_ > 0) {
            const pid_t got = waitpid(pid_, &status_, wait ? 0 : WNOHANG);
            if (got == 0) return std::nullopt;
            if (got < 0 && errno == EINTR) continue;
            // Where somebody else has reaped it, there is nothing to tell.
            if (got < 0) status_ = 0;
            if (watch_.ended) watch_.ended(pid_);
            pid_ = 0;
        }
        return status_;
    }

    Descriptor input, output, errors;

private:
    void start(const Program& program, int in, int out, int said) {
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        sigset_t none, all;
        sigemptyset(&none), sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
        std::vector<char*> arguments{const_cast<char*>(program.path.c_str())}, environment;
        for (const auto& one : program.arguments) arguments.push_back(const_cast<char*>(one.c_str()));
        for (const auto& one : program.environment) environment.push_back(const_cast<char*>(one.c_str()));
        arguments.push_back(nullptr), environment.push_back(nullptr);
        const int error =
            posix_spawn(&pid_, program.path.c_str(), &actions, &attributes, arguments.data(), environment.data());
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        if (error != 0) {
            pid_ = 0;
            cannot_start(program.path, error);
        }
        if (watch_.started) watch_.started(pid_);
    }

    Watch watch_;
    pid_t pid_ = 0;
    int status_ = 0;
};

// One conversation from the request to the end.
class Exchange {
public:
    Exchange(Child& child, std::string_view request, const Sinks& sinks, const Limits& limits,
             const InterruptCheck& check)
        : child_(child), sinks_(sinks), limits_(limits), check_(check), last_(Clock::now() + limits.deadline) {
        append_frame(sending_, Kind::request, request);
    }

    void give(std::string_view content) {
        while (!content.empty()) {
            append_frame(sending_, Kind::data, content.substr(0, max_payload));
            content.remove_prefix(std::min(content.size(), max_payload));
            turn(0);
            // A program that wants no more or has answered already gets no more.
            while (hears() && waiting() > max_payload) turn(tick_milliseconds);
            if (!hears()) return;
        }
    }

    std::string finish() {
        append_frame(sending_, Kind::end, {});
        all_given_ = true;
        while (!ended_) turn(tick_milliseconds);
        return std::move(result_);
    }

private:
    bool hears() const { return !ended_ && child_.input.open(); }
    std::size_t waiting() const { return sending_.size() - sent_; }

    // Waits until something can be read or written, but not longer than told, and does it.
    void turn(int milliseconds) {
        const bool sends = waiting() > 0 && child_.input.open();
        pollfd ends[3] = {{child_.output.get(), POLLIN, 0},
                          {child_.errors.get(), POLLIN, 0},
                          {sends ? child_.input.get() : -1, POLLOUT, 0}};
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(last_ - Clock::now()).count();
        poll(ends, 3, static_cast<int>(std::clamp<long long>(left, 0, milliseconds)));
        check_();
        if (Clock::now() >= last_)
            throw BrokenWork(How::too_late, "the work took too long",
                             "It was given " + std::to_string(limits_.deadline.count() / 1000) + " seconds.");
        if (ends[1].revents) listen();
        if (ends[0].revents) receive();
        if (ends[2].revents) send();
        if (!ended_ && !child_.output.open()) gone();
    }

    void send() {
        const ssize_t put = ::send(child_.input.get(), sending_.data() + sent_, waiting(), MSG_NOSIGNAL);
        if (put < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (put < 0) return child_.input.close();  // it wants no more; what it says tells why
        sent_ += static_cast<std::size_t>(put);
        if (waiting() == 0 && all_given_) child_.input.close();
        // What is gone is forgotten at once, or in large pieces.
        if (waiting() == 0 || sent_ > max_payload) sending_.erase(0, std::exchange(sent_, 0));
    }

    void receive() {
        const ssize_t got = read(child_.output.get(), buffer_, sizeof buffer_);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) return child_.output.close();
        try {
            decoder_.feed({buffer_, static_cast<std::size_t>(got)});
            for (Frame frame; next(frame);) take(frame);
        } catch (const Nonsense& nonsense) {
            throw BrokenWork(How::nonsense, "the program does not speak the helper's language", nonsense.what);
        }
    }

    struct Nonsense {
        std::string what;
    };

    bool next(Frame& frame) {
        try {
            return decoder_.next(frame);
        } catch (const Error& error) {
            throw Nonsense{std::string(error.what()) + ". " + error.detail};
        }
    }

    void take(const Frame& frame) {
        if (ended_) throw Nonsense{"It goes on after its end."};
        switch (frame.kind) {
            case Kind::progress:
                if (sinks_.progress) sinks_.progress(frame.payload);
                return;
            case Kind::data:
                if (answered_) throw Nonsense{"Data after the result."};
                given_ += frame.payload.size();
                if (given_ > limits_.output) flood("data", limits_.output);
                if (sinks_.data) sinks_.data(frame.payload);
                return;
            case Kind::result:
                answered_ = true;
                if (result_.size() + frame.payload.size() > limits_.result) flood("result", limits_.result);
                result_.append(frame.payload);
                return;
            case Kind::error: reported(frame.payload);
            case Kind::end:
                if (!answered_) throw Nonsense{"An end without a result."};
                ended_ = true;
                return;
            case Kind::request: break;
        }
        throw Nonsense{"A request came back."};
    }

    [[noreturn]] static void reported(std::string_view payload) {
        std::optional<Error> error;
        try {
            error = read_error(payload);
        } catch (const std::exception&) {
            throw Nonsense{"An error that is no JSON object with a message."};
        }
        throw Error(*error);
    }

    [[noreturn]] static void flood(const char* what, std::size_t most) {
        throw BrokenWork(How::flood, "the program gives more than it may",
                         "Its " + std::string(what) + " is longer than " + std::to_string(most) + " bytes.");
    }

    void listen() {
        char text[512];
        const ssize_t got = read(child_.errors.get(), text, sizeof text);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) return child_.errors.close();
        said_.append(text, std::min(static_cast<std::size_t>(got), most_said - said_.size()));
    }

    // Its output ended before its work: what became of it?
    [[noreturn]] void gone() {
        const auto patience = Clock::now() + std::chrono::milliseconds(farewell_milliseconds);
        auto status = child_.reap(false);
        while (!status && Clock::now() < patience) {
            poll(nullptr, 0, 5);
            check_();
            status = child_.reap(false);
        }
        while (child_.errors.open() && said_.size() < most_said) {
            const std::size_t before = said_.size();
            listen();
            if (said_.size() == before) break;
        }
        if (!status)
            throw BrokenWork(How::nonsense, "the program closed its output and stayed", "It gave no result." + said());
        if (WIFSIGNALED(*status)) {
            const int signal = WTERMSIG(*status);
            throw BrokenWork(How::killed, "the program was ended by signal " + std::to_string(signal),
                             std::string(signal_reason(signal)) + said());
        }
        throw BrokenWork(How::ended_early, "the program left without a result",
                         "Its exit code is " + std::to_string(WEXITSTATUS(*status)) + "." + said());
    }

    static const char* signal_reason(int signal) {
        switch (signal) {
            case SIGXCPU: return "It used all the processor time it may.";
            case SIGKILL: return "Somebody or a limit of the system ended it.";
            case SIGSYS: return "It asked the system for what it may not have.";
            case SIGXFSZ: return "It wrote a file longer than it may.";
            default: return "It crashed.";
        }
    }

    // The first lines of its standard error, for the administrator: a library that is missing is named there.
    std::string said() const {
        std::string text;
        for (const char c : said_) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
        while (!text.empty() && text.back() == ' ') text.pop_back();
        return text.empty() ? text : " It said: " + text;
    }

    Child& child_;
    Sinks sinks_;
    Limits limits_;
    InterruptCheck check_;
    Clock::time_point last_;
    std::string sending_, result_, said_;
    std::size_t sent_ = 0, given_ = 0;
    bool all_given_ = false, answered_ = false, ended_ = false;
    Decoder decoder_;
    char buffer_[std::size_t{1} << 16];
};

}  // namespace

struct Conversation::Sides {
    Sides(const Program& program, std::string_view request, const Sinks& sinks, const Limits& limits,
          const InterruptCheck& check, const Watch& watch)
        : child(program, watch), exchange(child, request, sinks, limits, check) {}
    Child child;
    Exchange exchange;
};

Conversation::Conversation(const Program& program, std::string_view request, const Sinks& sinks, const Limits& limits,
                           const InterruptCheck& check, const Watch& watch)
    : sides_(std::make_unique<Sides>(program, request, sinks, limits, check, watch)) {}

Conversation::~Conversation() = default;

void Conversation::give(std::string_view content) { sides_->exchange.give(content); }

std::string Conversation::finish() { return sides_->exchange.finish(); }

std::string run(const Program& program, std::string_view request, std::string_view content, const Sinks& sinks,
                const Limits& limits, const InterruptCheck& check, const Watch& watch) {
    Conversation conversation(program, request, sinks, limits, check, watch);
    conversation.give(content);
    return conversation.finish();
}

}  // namespace fin::pipe
