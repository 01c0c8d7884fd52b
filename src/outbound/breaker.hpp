// Circuit breakers: a host that fails time after time is left alone for a while, then tried with one request.
#pragma once
#include <chrono>
#include <map>
#include <string>

namespace fin::outbound {

class Breaker {
public:
    using Instant = std::chrono::steady_clock::time_point;

    static constexpr int failures_to_open = 5;
    static constexpr std::chrono::seconds first_pause{5};
    static constexpr std::chrono::seconds longest_pause{300};
    // How long one trial may take until another is let through.
    static constexpr std::chrono::seconds trial_patience{15};

    // What a request that begins now is to do.
    struct Entry {
        bool allowed = true;
        bool trial = false;                           // the one request that finds out whether the host is back
        std::chrono::steady_clock::duration pause{};  // not allowed: until then
    };
    Entry enter(const std::string& host, Instant now);

    // How a request ended that was allowed to begin at `began`. An answer that says no is a success: the host is there.
    void succeeded(const std::string& host);
    void failed(const std::string& host, Instant began, Instant now);
    // The trial was given up before it ended: another may begin.
    void abandoned(const std::string& host);

private:
    struct State {
        int failures = 0;  // one after the other
        int openings = 0;  // without a success between
        Instant opened{}, until{};
        bool open = false, trying = false;
    };
    void open(State& state, Instant now);
    std::map<std::string, State> hosts_;  // only hosts that have failed
};

}  // namespace fin::outbound
