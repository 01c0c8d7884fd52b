// A program run for one piece of work: started with three pipes and nothing else of ours, talked to in frames, and
// gone - killed and reaped - whatever happened.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "interrupt.hpp"

namespace fin::pipe {

// Why a program did not do its work. What it says itself in an error frame is an Error of the code it names.
class BrokenWork : public Error {
public:
    enum class How {
        not_started,  // no such program, no right to run it
        ended_early,  // it left without a result
        killed,       // by a signal: a crash or a limit
        too_late,     // the deadline passed
        nonsense,     // it broke the protocol
        flood,        // it gave more than it may
    };
    BrokenWork(How how, const std::string& message, std::string detail = {}, std::string hint = {})
        : Error(how == How::flood || how == How::too_late ? ErrorCode::limit_exceeded : ErrorCode::not_ready, message,
                std::move(detail), std::move(hint)),
          how(how) {}
    How how;
};

struct Program {
    std::string path;
    std::vector<std::string> arguments;
    std::vector<std::string> environment = {"LC_ALL=C.UTF-8", "TZ=UTC", "PATH=/usr/bin:/bin"};
};

struct Limits {
    std::chrono::milliseconds deadline{60'000};
    std::size_t output = std::size_t{1} << 30;  // bytes of data frames
    std::size_t result = std::size_t{16} << 20;
};

struct Sinks {
    std::function<void(std::string_view)> data;      // each data frame
    std::function<void(std::string_view)> progress;  // each progress frame; may be empty
};

// Told of each child's start and end, so that a process that leaves without unwinding can reap it. May be empty.
struct Watch {
    void (*started)(pid_t child) = nullptr;
    void (*ended)(pid_t child) = nullptr;
};

// A program at work: content goes in piece by piece as it is made, while what the program gives comes out.
// `check` is asked about every 50 ms while it is waited and may throw, as the sinks may. The destructor kills and reaps
// what still runs. Every member throws BrokenWork, or the Error the program reports; after that nothing may be asked.
class Conversation {
public:
    Conversation(const Program& program, std::string_view request, const Sinks& sinks, const Limits& limits,
                 const InterruptCheck& check, const Watch& watch = {});
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    // Returns when at most two frames of all that was given wait here.
    void give(std::string_view content);
    // No more content: the program's result (JSON).
    std::string finish();

private:
    struct Sides;
    std::unique_ptr<Sides> sides_;
};

// The same for content that is there whole.
std::string run(const Program& program, std::string_view request, std::string_view content, const Sinks& sinks,
                const Limits& limits, const InterruptCheck& check, const Watch& watch = {});

}  // namespace fin::pipe
