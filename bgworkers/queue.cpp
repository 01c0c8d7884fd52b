#include "queue.hpp"

#include <nlohmann/json.hpp>

#include "datum.hpp"
#include "identity.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "storage/lmgr.h"
}

namespace fin::workers {

namespace {

using pg::Parameter;

// An array of `type`; `null` says which elements are.
Parameter array_of(Oid array, Oid type, int length, bool by_value, char align, std::vector<Datum> values,
                   std::vector<char> nulls = {}) {
    nulls.resize(values.size(), 0);
    const Datum made = pg::guard([&] {
        if (values.empty()) return PointerGetDatum(construct_empty_array(type));
        int count = static_cast<int>(values.size()), lower = 1;
        return PointerGetDatum(construct_md_array(values.data(), reinterpret_cast<bool*>(nulls.data()), 1, &count,
                                                  &lower, type, length, by_value, align));
    });
    return {array, made};
}

Parameter bigints(const std::vector<std::int64_t>& numbers) {
    std::vector<Datum> values;
    values.reserve(numbers.size());
    for (const std::int64_t number : numbers) values.push_back(Int64GetDatum(number));
    return array_of(INT8ARRAYOID, INT8OID, 8, true, 'd', values);
}
Parameter ints(const std::vector<int>& numbers) {
    std::vector<Datum> values;
    values.reserve(numbers.size());
    for (const int number : numbers) values.push_back(Int32GetDatum(number));
    return array_of(INT4ARRAYOID, INT4OID, 4, true, 'i', values);
}
// Empty is NULL.
Parameter texts(const std::vector<std::string>& words, bool json = false) {
    std::vector<Datum> values;
    std::vector<char> nulls;
    for (const std::string& word : words) {
        nulls.push_back(word.empty() ? 1 : 0);
        values.push_back(word.empty() ? Datum(0) : json ? pg::jsonb_of(word) : pg::text_of(word));
    }
    return json ? array_of(JSONBARRAYOID, JSONBOID, -1, false, 'i', values, nulls)
                : array_of(TEXTARRAYOID, TEXTOID, -1, false, 'i', values, nulls);
}

template <class Get>
auto each(const std::vector<Finished>& finished, Get get) {
    std::vector<decltype(get(finished[0]))> values;
    values.reserve(finished.size());
    for (const Finished& one : finished) values.push_back(get(one));
    return values;
}

void store(pg::Session& session, const std::vector<Finished>& finished) {
    std::vector<Datum> delays;
    delays.reserve(finished.size());
    for (const Finished& one : finished) delays.push_back(Float8GetDatum(one.outcome.delay.value_or(0)));
    session.run("SELECT fin.jobs_finish($1, $2, $3, $4, $5, $6)",
                {bigints(each(finished, [](const Finished& f) { return f.id; })),
                 bigints(each(finished, [](const Finished& f) { return f.token; })),
                 texts(each(finished, [](const Finished& f) { return f.ending; })),
                 texts(each(finished, [](const Finished& f) { return f.outcome.result; }), true),
                 texts(each(finished, [](const Finished& f) { return f.outcome.error; })),
                 array_of(FLOAT8ARRAYOID, FLOAT8OID, 8, true, 'd', delays)});
}

void claim(pg::Session& session, std::int64_t boot, int number, int many, bool holding,
           const std::vector<std::string>& closed, std::vector<Job>& jobs) {
    const auto rows = session.run(
        "SELECT c.id, c.token, c.attempt, coalesce(c.workspace_id::text, ''), coalesce(c.user_id::text, ''), "
        "c.db_role::text, "
        "c.role, c.kind, "
        "c.handler, c.payload::text, c.idempotency_key::text, c.timeout, c.holds_worker, coalesce(c.lane, ''), "
        "coalesce(c.refusal, '') "
        "FROM fin.jobs_claim($1, $2, $3, $4, $5) c",
        {Parameter{INT8OID, Int64GetDatum(boot)}, pg::int_param(number), pg::int_param(many),
         Parameter{BOOLOID, BoolGetDatum(holding)}, texts(closed)});
    for (std::uint64_t row = 0; row < rows.size(); ++row) {
        Job job;
        job.id = DatumGetInt64(*rows.cell(row, 1));
        job.token = DatumGetInt64(*rows.cell(row, 2));
        job.attempt = DatumGetInt32(*rows.cell(row, 3));
        job.workspace_id = rows.text(row, 4);
        job.user_id = rows.text(row, 5);
        job.db_role = rows.text(row, 6);
        job.role = DatumGetObjectId(rows.cell(row, 7).value_or(0));
        job.kind = rows.text(row, 8);
        job.handler = rows.text(row, 9);
        job.payload = rows.text(row, 10);
        job.idempotency_key = rows.text(row, 11);
        job.timeout = *rows.number(row, 12);
        job.holds_worker = DatumGetBool(*rows.cell(row, 13));
        job.lane = rows.text(row, 14);
        job.refusal = rows.text(row, 15);
        jobs.push_back(std::move(job));
    }
}

std::vector<std::int64_t> ids_of(const std::vector<const Job*>& jobs) {
    std::vector<std::int64_t> ids;
    ids.reserve(jobs.size());
    for (const Job* job : jobs) ids.push_back(job->id);
    return ids;
}
std::vector<std::int64_t> tokens_of(const std::vector<const Job*>& jobs) {
    std::vector<std::int64_t> tokens;
    tokens.reserve(jobs.size());
    for (const Job* job : jobs) tokens.push_back(job->token);
    return tokens;
}

}  // namespace

std::vector<Job> Queue::exchange(const std::vector<Finished>& finished, const Wanted& wanted) {
    std::vector<Job> jobs;
    as_worker([&](pg::Session& session) {
        if (extension_schema().empty()) throw NothingHere();
        if (!finished.empty()) store(session, finished);
        if (wanted.holding) claim(session, boot_, number_, 1, true, wanted.closed_lanes, jobs);
        // A job that holds its worker is alone in it.
        if (jobs.empty() && wanted.many > 0)
            claim(session, boot_, number_, wanted.many, false, wanted.closed_lanes, jobs);
    });
    return jobs;
}

std::vector<std::int64_t> Queue::renew(const std::vector<const Job*>& jobs) {
    std::vector<std::int64_t> stop;
    as_worker([&](pg::Session& session) {
        const auto rows =
            session.run("SELECT r FROM fin.jobs_renew($1, $2) r", {bigints(ids_of(jobs)), bigints(tokens_of(jobs))});
        for (std::uint64_t row = 0; row < rows.size(); ++row) stop.push_back(DatumGetInt64(*rows.cell(row, 1)));
    });
    return stop;
}

bool Queue::release(const std::vector<const Job*>& jobs) {
    bool free = false;
    as_worker([&](pg::Session& session) {
        free = pg::guard([] {
            const Oid schema = get_namespace_oid("fin", true);
            const Oid table = OidIsValid(schema) ? get_relname_relid("jobs", schema) : InvalidOid;
            const Oid attempts = OidIsValid(schema) ? get_relname_relid("job_attempts", schema) : InvalidOid;
            return OidIsValid(table) && OidIsValid(attempts) && ConditionalLockRelationOid(table, RowExclusiveLock) &&
                   ConditionalLockRelationOid(attempts, RowExclusiveLock);
        });
        if (free) session.run("SELECT fin.jobs_release($1, $2)", {bigints(ids_of(jobs)), bigints(tokens_of(jobs))});
    });
    return free;
}

int Queue::recover(int newest, const std::vector<int>& alive) {
    int found = 0;
    as_worker([&](pg::Session& session) {
        const auto rows = session.run("SELECT fin.jobs_recover($1, $2, $3)",
                                      {Parameter{INT8OID, Int64GetDatum(boot_)}, pg::int_param(newest), ints(alive)});
        found = DatumGetInt32(*rows.cell(0, 1));
    });
    return found;
}

Outlook Queue::outlook() {
    Outlook outlook;
    as_worker([&](pg::Session& session) {
        const auto rows = session.run("SELECT o.due, o.holding_due, o.next_in FROM fin.jobs_outlook() o");
        outlook.due = DatumGetInt32(*rows.cell(0, 1));
        outlook.holding_due = DatumGetInt32(*rows.cell(0, 2));
        outlook.next_in = rows.number(0, 3).value_or(60);
    });
    return outlook;
}

void Queue::prune() {
    as_worker([](pg::Session& session) { session.run("SELECT fin.jobs_prune()"); });
}

void Queue::progress(const Job& job, double done, const std::string& what) {
    const nlohmann::json state = {{"done", done}, {"what", what}};
    const std::string text = state.dump();
    as_worker([&](pg::Session& session) {
        session.run("SELECT fin.job_progress($1, $2, $3)",
                    {Parameter{INT8OID, Int64GetDatum(job.id)}, Parameter{INT8OID, Int64GetDatum(job.token)},
                     pg::jsonb_param(text)});
    });
}

}  // namespace fin::workers
