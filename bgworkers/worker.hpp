// One worker process: claims jobs of its database, runs their handlers, stores how they ended.
#pragma once
#include <map>
#include <memory>
#include <unordered_map>

#include "loop.hpp"
#include "queue.hpp"
#include "state.hpp"

namespace fin::workers {

class Worker {
public:
    Worker(Slot& slot, int number, Oid database);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // Until there is nothing left to do here. Throws NothingHere, or what made going on impossible.
    void run();
    // Gives back every job that is not stored as finished. For the way out, also from inside a handler.
    void release() noexcept;

private:
    struct Running {
        Running(Job&& given, Scheduler& scheduler, Queue& queue, Instant until)
            : job(std::move(given)), context(job, scheduler, queue, until) {}
        Job job;
        Context context;
        Outcome outcome;
        Task<> task;
    };

    static Task<> supervise(Running& running, std::vector<Running*>& ended);

    bool work();
    void attend();
    bool housekeep(Instant now);
    void renew();
    void expire(Instant now);
    int recover();
    void look_ahead();
    void rest();
    bool may_leave(Instant now) const;
    std::vector<Job> exchange();
    std::vector<Job> exchange_one_by_one(const Wanted& wanted);
    void start(Job job);
    void collect();
    void finish(Job& job, Outcome outcome);
    Wanted wanted(Instant now);
    void show(Phase phase, const Job* job);

    Slot& slot_;
    Oid database_;
    int number_;
    Queue queue_;
    Loop loop_;
    std::unordered_map<std::int64_t, std::unique_ptr<Running>> running_;
    std::vector<Running*> ended_;
    std::vector<Finished> finished_;
    std::map<std::string, int> lanes_;             // jobs in flight by lane
    std::map<std::string, Instant> closed_lanes_;  // and those that are closed until when
    bool prefer_holding_ = true;
    bool draining_ = false;
    Outlook outlook_;
    Instant renewed_, recovered_, pruned_, worked_, expired_, held_, looked_;
};

}  // namespace fin::workers
