// Forecasts many series with a few helping threads: whoever asks for one finds the next ones made.
//
// Only forecasts run in the threads: pure C++ on data that the crew owns while they run. The one who asks computes too,
// so that a crew without helpers gives the same answers in the same order.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "forecast/gathered.hpp"

namespace fin::forecast {

class Crew;

// A series that a crew may forecast ahead. Its owner says so before he changes it.
struct CrewMember {
    CrewMember() = default;
    CrewMember(const CrewMember&) = delete;
    CrewMember& operator=(const CrewMember&) = delete;
    ~CrewMember();

    Gathered gathered;

private:
    friend class Crew;
    enum class State { open, taken, done };
    Crew* crew_ = nullptr;
    std::size_t place_ = 0;
    State state_ = State::open;
};

// All functions are called by one thread, the owner's.
class Crew {
public:
    Crew() = default;
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;
    ~Crew();  // after its members

    void enlist(CrewMember& member);
    void dismiss(CrewMember& member);
    // The member's series is about to change: no helper reads it or any other from here until the next answer.
    void changing(CrewMember& member);

    // The member's answer. Where many others are open, up to `helpers` threads go on with them meanwhile.
    const Answer& answer(CrewMember& member, int helpers, const InterruptCheck& check);

private:
    // Fewer are done before threads have started.
    static constexpr std::size_t worth_helping = 16;

    void start(int helpers);
    void pause();
    void stop();
    void help();

    std::mutex mutex_;
    std::condition_variable for_helpers_, for_owner_;
    std::vector<CrewMember*> members_;
    std::vector<std::thread> threads_;
    std::size_t cursor_ = 0;               // members before it are taken, done or were skipped
    int busy_ = 0;                         // helpers at work
    bool working_ = false;                 // helpers may take members
    std::atomic<bool> cancelled_ = false;  // what helpers are at is not wanted any more
    bool ending_ = false;
};

}  // namespace fin::forecast
