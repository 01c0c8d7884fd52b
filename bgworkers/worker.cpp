#include "worker.hpp"

#include <algorithm>

#include "heartbeat.hpp"
#include "identity.hpp"
#include "settings.hpp"

extern "C" {
#include "access/xact.h"
#include "pgstat.h"
#include "postmaster/interrupt.h"
#include "utils/backend_status.h"
}

namespace fin::workers {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int batch = 100;        // claimed at once
constexpr int in_flight = 1'000;  // waiting at once in one worker
constexpr int in_lane = 100;      // of them in one lane
constexpr seconds idle_before_leaving{10};
constexpr seconds between_renewals{15};
constexpr seconds between_recoveries{10};
constexpr std::chrono::minutes between_prunings{5};
constexpr seconds between_polls{5};  // a wake-up that got lost costs no more than this
constexpr seconds holding_patience{10};

Instant deadline_of(double seconds_left) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds_left));
}

std::string words_of(Ending ending) {
    switch (ending) {
        case Ending::succeeded: return "succeeded";
        case Ending::failed: return "failed";
        case Ending::dead: return "dead";
        case Ending::postponed: return "postponed";
    }
    return "failed";
}

std::string timed_out(const Job& job) {
    return "timed out after " + std::to_string(static_cast<long>(job.timeout)) + " s";
}

}  // namespace

void Context::sql(const std::function<void(pg::Session&)>& work) const {
    const double left = std::chrono::duration<double>(deadline_ - Clock::now()).count();
    try {
        as_job(job_, left, work);
    } catch (const SqlError& error) {
        // PostgreSQL calls it a statement's timeout; it is the job's.
        if (error.sqlstate != "57014" || Clock::now() + milliseconds(100) < deadline_) throw;
        throw SqlError(timed_out(job_), error.sqlstate, {});
    }
}
void Context::worker_sql(const std::function<void(pg::Session&)>& work) const { as_worker(work); }
void Context::progress(double done, const std::string& what) const { queue_.progress(job_, done, what); }

Worker::Worker(Slot& slot, int number, Oid database)
    : slot_(slot), database_(database), number_(number), queue_(state->boot, number) {
    renewed_ = pruned_ = worked_ = expired_ = held_ = Clock::now();
    // At once: what an earlier start of the server has left.
    recovered_ = pruned_ - std::chrono::hours(1);
}

void Worker::show(Phase phase, const Job* job) {
    {
        const Locked locked;
        if (slot_.phase != Phase::abandoned) slot_.phase = phase;
        slot_.job = job ? job->id : 0;
        slot_.jobs = static_cast<int>(running_.size());
    }
    std::string text;
    if (job)
        text = "pg_fin: " + job->kind + " " + std::to_string(job->id);
    else if (!running_.empty())
        text = "pg_fin: " + std::to_string(running_.size()) + " jobs in flight";
    pgstat_report_activity(job ? STATE_RUNNING : STATE_IDLE, text.c_str());
}

void Worker::run() {
    add_sources(loop_);
    MemoryContext turn = AllocSetContextCreate(TopMemoryContext, "pg_fin worker", ALLOCSET_DEFAULT_SIZES);
    for (int failures = 0;;) {
        MemoryContextSwitchTo(turn);
        MemoryContextReset(turn);
        try {
            attend();
            const bool busy = work();
            failures = 0;
            if (!busy && may_leave(Clock::now())) return;
            if (!busy) rest();
        } catch (const SqlError& failure) {
            // A failure of the queue itself, not of a job: a lock timeout, a full disk, a migration under way.
            const int level = ++failures < 10 ? WARNING : LOG;
            ereport(level,
                    (errmsg("pg_fin worker: %s", failure.what()), errdetail("SQLSTATE %s.", failure.sqlstate.c_str())));
            if (failures >= 10) throw;
            loop_.turn(Clock::now() + seconds(1));
        }
    }
}

// Everything that is to be done at once; false: nothing was.
bool Worker::work() {
    std::vector<Job> jobs = exchange();
    bool busy = !jobs.empty();
    // More wait than this worker takes now: the launcher is told, before a handler keeps this worker busy.
    const bool more = busy && (jobs.front().holds_worker || jobs.size() == static_cast<std::size_t>(batch));
    if (more && Clock::now() - looked_ > milliseconds(500)) look_ahead();
    for (Job& job : jobs) start(std::move(job));
    collect();
    busy = housekeep(Clock::now()) || busy || !finished_.empty();
    if (busy) worked_ = Clock::now();
    return busy;
}

void Worker::rest() {
    show(running_.empty() ? Phase::idle : Phase::waiting, nullptr);
    if (running_.empty() || Clock::now() - looked_ > milliseconds(500)) look_ahead();
    Clock::duration pause = std::min<Clock::duration>(between_polls, milliseconds(patience) / 3);
    const auto next_due = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(outlook_.next_in));
    pause = std::min(pause, std::max<Clock::duration>(next_due, milliseconds(1)));
    if (!running_.empty()) pause = std::min<Clock::duration>(pause, seconds(1));  // deadlines
    const Instant until = Clock::now() + pause;
    // Turns that let jobs in flight go on and end none are not worth a look at the queue.
    bool woken = false;
    while (!woken && ended_.empty() && Clock::now() < until) {
        woken = loop_.turn(until);
        beat(slot_);
    }
    collect();
}

void Worker::attend() {
    // A cancel that came too late for its job is meant for no other.
    QueryCancelPending = false;
    pg::check_interrupts();
    if (ConfigReloadPending) {
        ConfigReloadPending = false;
        pg::guard([] { ProcessConfigFile(PGC_SIGHUP); });
    }
    beat(slot_);
    bool quit = false, look = false;
    {
        const Locked locked;
        quit = slot_.quit;
        look = slot_.look;
        slot_.look = false;
    }
    if (quit && running_.empty()) throw NothingHere();
    if (look) renew();
}

// True: jobs came back to the queue.
bool Worker::housekeep(Instant now) {
    expire(now);
    if (now - renewed_ > between_renewals) renew();
    if (now - pruned_ > between_prunings) {
        pruned_ = now;
        queue_.prune();
    }
    return now - recovered_ > between_recoveries && recover() > 0;
}

void Worker::renew() {
    renewed_ = Clock::now();
    if (running_.empty()) return;
    std::vector<const Job*> jobs;
    jobs.reserve(running_.size());
    for (const auto& [id, running] : running_) jobs.push_back(&running->job);
    for (const std::int64_t id : queue_.renew(jobs)) {
        const auto found = running_.find(id);
        if (found == running_.end()) continue;
        // Where another has claimed it since, the token is old and this is stored nowhere.
        Finished cancelled;
        cancelled.id = id;
        cancelled.token = found->second->job.token;
        cancelled.ending = "cancelled";
        --lanes_[found->second->job.lane];
        running_.erase(found);
        finished_.push_back(std::move(cancelled));
    }
}

void Worker::expire(Instant now) {
    if (now - expired_ < milliseconds(100)) return;
    expired_ = now;
    for (auto next = running_.begin(); next != running_.end();) {
        const auto running = next++;
        if (running->second->context.deadline() > now) continue;
        Job job = std::move(running->second->job);
        --lanes_[job.lane];
        running_.erase(running);
        finish(job, Outcome::failed(timed_out(job)));
    }
}

int Worker::recover() {
    recovered_ = Clock::now();
    std::vector<int> alive;
    int newest = 0;
    {
        const Locked locked(LW_SHARED);
        newest = state->newest;
        for (const Slot& slot : state->slots)
            if (slot.phase != Phase::free && slot.phase != Phase::abandoned) alive.push_back(slot.number);
    }
    const int found = queue_.recover(newest, alive);
    if (found > 0) ereport(LOG, (errmsg("pg_fin: %d jobs of workers that are gone go back to the queue", found)));
    return found;
}

// What waits, for the launcher; when the next is due, for oneself.
void Worker::look_ahead() {
    looked_ = Clock::now();
    outlook_ = queue_.outlook();
    if (outlook_.holding_due == 0) held_ = Clock::now();
    draining_ = outlook_.holding_due > 0 && Clock::now() - held_ > holding_patience;
    const Locked locked;
    Database* database = find_database(database_);
    if (!database) return;
    database->due = outlook_.due;
    database->holding_due = outlook_.holding_due;
    database->looked_at = GetCurrentTimestamp();
    if (outlook_.due > 0) set_latch_of(state->launcher_procno);
}

// An extra worker goes when it had nothing to do for a while; the first of a database stays.
bool Worker::may_leave(Instant now) const {
    if (!running_.empty() || now - worked_ < idle_before_leaving) return false;
    const Locked locked(LW_SHARED);
    return std::any_of(std::begin(state->slots), std::end(state->slots), [this](const Slot& slot) {
        return slot.phase != Phase::free && slot.phase != Phase::abandoned && slot.database == database_ &&
               slot.number < number_;
    });
}

Wanted Worker::wanted(Instant now) {
    Wanted wanted;
    for (auto lane = closed_lanes_.begin(); lane != closed_lanes_.end();)
        lane = lane->second <= now ? closed_lanes_.erase(lane) : std::next(lane);
    for (const auto& [lane, until] : closed_lanes_) wanted.closed_lanes.push_back(lane);
    for (const auto& [lane, jobs] : lanes_)
        if (!lane.empty() && jobs >= in_lane) wanted.closed_lanes.push_back(lane);
    const bool holds =
        std::any_of(running_.begin(), running_.end(), [](const auto& entry) { return entry.second->job.holds_worker; });
    // A job that holds its worker is alone in it; where such jobs wait for long, the others are let run out.
    wanted.holding = running_.empty();
    if (!holds && !draining_) wanted.many = std::min(batch, in_flight - static_cast<int>(running_.size()));
    return wanted;
}

std::vector<Job> Worker::exchange() {
    Wanted want = wanted(Clock::now());
    // Both sorts take turns at coming first.
    if (want.holding && !prefer_holding_ && want.many > 0) want.holding = false;
    std::vector<Job> jobs;
    if (finished_.empty() && !want.holding && want.many == 0) return jobs;
    try {
        jobs = queue_.exchange(finished_, want);
        finished_.clear();
    } catch (const SqlError&) {
        if (finished_.empty()) throw;
        jobs = exchange_one_by_one(want);
    }
    if (jobs.empty() && running_.empty() && !want.holding) {
        want.holding = true;
        jobs = queue_.exchange({}, want);
    }
    prefer_holding_ = jobs.empty() || !jobs.front().holds_worker;
    return jobs;
}

// One result that cannot be stored must not keep the others from being stored.
std::vector<Job> Worker::exchange_one_by_one(const Wanted& wanted) {
    while (!finished_.empty()) {
        Finished& one = finished_.back();
        try {
            queue_.exchange({one}, {});
        } catch (const SqlError& failure) {
            one.ending = words_of(Ending::failed);
            one.outcome = Outcome::failed("its result could not be stored: SQLSTATE " + failure.sqlstate);
            queue_.exchange({one}, {});
        }
        finished_.pop_back();
    }
    return queue_.exchange({}, wanted);
}

Task<> Worker::supervise(Running& running, std::vector<Running*>& ended) {
    try {
        const Handler handler = find_handler(running.job.handler);
        if (!running.job.refusal.empty()) {
            running.outcome = Outcome::dead(running.job.refusal);
        } else if (!handler) {
            running.outcome = Outcome::dead("this pg_fin has no handler " + running.job.handler);
        } else {
            Task<Outcome> work = handler(running.context);
            running.outcome = co_await work;
        }
    } catch (const SqlError& failure) {
        running.outcome = Outcome::failed(failure.what());
    } catch (const NothingHere&) {
        running.outcome = Outcome::postponed("the extension is gone", 1);
    } catch (const std::exception& failure) {
        running.outcome = Outcome::failed(failure.what());
    }
    ended.push_back(&running);
}

void Worker::start(Job job) {
    const bool holds = job.holds_worker;
    const double timeout = job.timeout;
    const std::int64_t id = job.id;
    ++lanes_[job.lane];
    auto owned = std::make_unique<Running>(std::move(job), loop_.scheduler(), queue_, deadline_of(timeout));
    Running& running = *owned;
    running_.insert_or_assign(id, std::move(owned));
    running.task = supervise(running, ended_);
    if (holds) {
        show(Phase::working, &running.job);
        const Heartbeat steady(slot_, timeout);
        running.task.start();
    } else {
        running.task.start();
    }
}

void Worker::collect() {
    for (Running* const running : ended_) {
        Job job = std::move(running->job);
        Outcome outcome = std::move(running->outcome);
        running_.erase(job.id);
        --lanes_[job.lane];
        if (outcome.closes_lane && !job.lane.empty()) closed_lanes_[job.lane] = deadline_of(outcome.delay.value_or(1));
        finish(job, std::move(outcome));
    }
    ended_.clear();
}

void Worker::finish(Job& job, Outcome outcome) {
    Finished finished;
    finished.id = job.id;
    finished.token = job.token;
    finished.ending = words_of(outcome.ending);
    finished.outcome = std::move(outcome);
    finished_.push_back(std::move(finished));
    const Locked locked;
    ++slot_.done;
}

void Worker::release() noexcept {
    try {
        std::vector<Job> unsaved;
        unsaved.reserve(finished_.size());
        for (const Finished& one : finished_) {
            Job job;
            job.id = one.id;
            job.token = one.token;
            unsaved.push_back(job);
        }
        std::vector<const Job*> jobs;
        jobs.reserve(unsaved.size() + running_.size());
        for (const Job& job : unsaved) jobs.push_back(&job);
        for (const auto& [id, running] : running_) jobs.push_back(&running->job);
        if (jobs.empty()) return;
        pg::guard([] { AbortOutOfAnyTransaction(); });
        queue_.release(jobs);
    } catch (...) {
        // They are found by the others: this worker is not among the living any more.
    }
}

}  // namespace fin::workers
