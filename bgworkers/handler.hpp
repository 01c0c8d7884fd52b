// What a job handler is: straight-line code that gets a job, runs short transactions as the job's identity and may
// wait.
//
//   Task<Outcome> handle_example(Context& context) {
//       std::string report;
//       context.sql([&](pg::Session& session) { report = ...; });   // one transaction as the job's role and identity
//       Request request = ...;                                      // named first, see task.hpp
//       Exchange exchange(client, request);                         // no transaction or snapshot is open from here
//       co_await exchange;
//       context.sql([&](pg::Session& session) { ... });
//       co_return Outcome::succeeded();
//   }
//
// A handler is called again with the same job where the server crashed before its result was stored: what it does
// outside PostgreSQL carries job().idempotency_key. An exception is a failed attempt; Dead and Postpone say more.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "scheduler.hpp"
#include "task.hpp"

namespace fin::pg {
class Session;
}

namespace fin::workers {

class Queue;

struct Job {
    std::int64_t id = 0;
    std::int64_t token = 0;    // of this claim; the result counts only while it is the job's newest
    int attempt = 0;           // from 1; counts interrupted attempts too
    std::string workspace_id;  // texts are UTF-8; empty for work of the installation itself
    std::string user_id;
    std::string db_role;     // as queued; what runs is `role`
    std::uint32_t role = 0;  // its oid; fin_user where db_role is a superuser
    std::string kind;
    std::string handler;
    std::string payload;          // JSON
    std::string idempotency_key;  // a UUID, the same in every attempt
    double timeout = 0;           // seconds that one attempt may take
    bool holds_worker = false;    // runs alone in its worker, because it does not wait but work
    std::string lane;             // what it waits for together with others; empty for none
    std::string refusal;          // why it may not run at all: its member was removed
};

enum class Ending {
    succeeded,
    failed,     // counts; will be tried again while the kind has attempts left
    dead,       // trying again cannot help
    postponed,  // counts as no attempt: a host that is down, a limit that is reached
};

struct Outcome {
    Ending ending = Ending::succeeded;
    std::string result;           // JSON; empty for none
    std::string error;            // for people; no secret in it
    std::optional<double> delay;  // seconds until the next try, at least; Retry-After belongs here
    bool closes_lane = false;     // until then this worker takes no other job of the same lane

    static Outcome succeeded(std::string result = {}) { return {Ending::succeeded, std::move(result), {}, {}, false}; }
    static Outcome failed(std::string error, std::optional<double> delay = {}) {
        return {Ending::failed, {}, std::move(error), delay, false};
    }
    static Outcome dead(std::string error) { return {Ending::dead, {}, std::move(error), {}, false}; }
    static Outcome postponed(std::string why, double delay, bool closes_lane = false) {
        return {Ending::postponed, {}, std::move(why), delay, closes_lane};
    }
};

// A statement of a job failed. The transaction is rolled back and nothing of it is left but these words.
class SqlError : public std::runtime_error {
public:
    SqlError(const std::string& message, std::string sqlstate, std::string detail)
        : std::runtime_error(message), sqlstate(std::move(sqlstate)), detail(std::move(detail)) {}
    std::string sqlstate;
    std::string detail;
};

class Context {
public:
    // Everything given must outlive the context.
    Context(const Job& job, Scheduler& scheduler, Queue& queue, Instant deadline)
        : job_(job), scheduler_(scheduler), queue_(queue), deadline_(deadline) {}

    const Job& job() const { return job_; }
    Scheduler& scheduler() const { return scheduler_; }
    // Where the attempt is ended as timed out, by destroying the handler's coroutine.
    Instant deadline() const { return deadline_; }

    // Runs `work` in a transaction of its own under the role and identity that queued the job, in a security-restricted
    // operation, and commits. Throws SqlError. Never waits inside: `work` is a plain function.
    void sql(const std::function<void(pg::Session&)>& work) const;
    // The same as fin_worker, for what the job's member may not see, a sealed secret: definer functions granted to it.
    void worker_sql(const std::function<void(pg::Session&)>& work) const;
    // How far the job is, 0 to 1, for whoever looks at fin_job() or listens to channel fin_jobs.
    void progress(double done, const std::string& what) const;

private:
    const Job& job_;
    Scheduler& scheduler_;
    Queue& queue_;
    Instant deadline_;
};

using Handler = Task<Outcome> (*)(Context&);

// The handler that job_kinds.handler names; nullptr where this library has none.
Handler find_handler(const std::string& name);

}  // namespace fin::workers
