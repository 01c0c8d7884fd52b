// The queue as a worker sees it: one transaction per call, as fin_worker.
#pragma once
#include <string>
#include <vector>

#include "handler.hpp"

namespace fin::workers {

// How one attempt of a job ended, until it is stored.
struct Finished {
    std::int64_t id = 0;
    std::int64_t token = 0;
    std::string ending;  // as fin.jobs_finish spells it
    Outcome outcome;
};

struct Wanted {
    int many = 0;                           // jobs that wait: at most this many
    bool holding = false;                   // one that holds its worker
    std::vector<std::string> closed_lanes;  // none of these
};

struct Outlook {
    int due = 0, holding_due = 0;
    double next_in = 60;  // seconds until another job is due, where that is known
};

// Thrown where extension or schema are gone: the worker has nothing left to do here.
class NothingHere : public std::exception {};

class Queue {
public:
    // boot and number: of this start of the server and of this worker.
    Queue(std::int64_t boot, int number) : boot_(boot), number_(number) {}

    // Stores what has finished and claims what is wanted, in one transaction.
    std::vector<Job> exchange(const std::vector<Finished>& finished, const Wanted& wanted);
    // Renews the leases of these jobs; answers which of them must stop.
    std::vector<std::int64_t> renew(const std::vector<const Job*>& jobs);
    // Gives back what is not finished. Waits for no lock; false: one was not free.
    bool release(const std::vector<const Job*>& jobs);
    // Gives back what workers that are not `alive` have left.
    int recover(int newest, const std::vector<int>& alive);
    Outlook outlook();
    void prune();
    void progress(const Job& job, double done, const std::string& what);

private:
    std::int64_t boot_;
    int number_;
};

}  // namespace fin::workers
