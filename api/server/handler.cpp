#include "api/server/handler.hpp"

#include <cstdio>
#include <ctime>

#include "api/database/copy.hpp"
#include "api/logger.hpp"
#include "api/routes/call.hpp"
#include "api/routes/credentials.hpp"
#include "api/routes/events.hpp"
#include "api/routes/visit.hpp"
#include "api/server/response.hpp"

namespace fin::api {

namespace {

double seconds(Clock::duration span) { return std::chrono::duration<double>(span).count(); }

// While a query runs its io thread's tick looks whether the client is still there.
class Working {
public:
    Working(Client& client, Connection& connection) : client_(client) {
        client.working = &connection;
        client.working_since = Clock::now();
    }
    ~Working() { client_.working = nullptr; }
    Working(const Working&) = delete;
    Working& operator=(const Working&) = delete;

private:
    Client& client_;
};

struct Timing {
    Clock::duration jwt{}, parse{}, plan{}, transaction{}, response{};
};

void add_timing(Headers& headers, const Timing& timing) {
    std::string text;
    const auto add = [&](const char* name, Clock::duration span) {
        char number[64];
        const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
        std::snprintf(number, sizeof number, "%s%s;dur=%lld.%01lld", text.empty() ? "" : ", ", name,
                      static_cast<long long>(micro / 1000), static_cast<long long>(micro % 1000 / 100));
        text += number;
    };
    add("jwt", timing.jwt);
    add("parse", timing.parse);
    add("plan", timing.plan);
    add("transaction", timing.transaction);
    add("response", timing.response);
    headers.emplace_back("Server-Timing", std::move(text));
}

ApiError not_loaded(const Databases& databases) {
    return {503, "PGRST002", "Could not query the database for the schema cache. Retrying.",
            {},  {},         {{"Retry-After", std::to_string(databases.cache_retry.count())}}};
}

ApiError lost(const std::string& details) {
    return {503, "PGRST001", "Database client error. Retrying the connection.", details, {}, {{"Retry-After", "1"}}};
}

// What became of one try.
struct Attempt {
    std::optional<Exchanged> exchanged;
    std::optional<DatabaseError> failed;
    bool stale = false;
    std::optional<std::string> lost;
    std::optional<ApiError> refused;
};

Task<Attempt> attempt(Worker& worker, Client& client, Pool& pool, const Handling& handling, const ExchangeFacts& facts,
                      StreamSink& sink, Handled& handled) {
    Attempt result;
    const auto asked = Clock::now();
    auto begun = asked;
    try {
        Lease lease = co_await pool.acquire(worker.index);
        begun = Clock::now();
        worker.counters.pool_wait.observe(begun - asked);
        handled.wait_seconds += seconds(begun - asked);
        const Working working(client, *lease);
        if (handling.transaction()->copy != nullptr)
            result.exchanged.emplace(co_await exchange_with_copy(*lease, handling, facts));
        else
            result.exchanged.emplace(co_await exchange(*lease, handling, facts, sink));
    } catch (const StatementFailed& error) {
        result.failed = error.error;
        result.stale = error.stale;
    } catch (const ConnectionLost& error) {
        result.lost = error.message;
    } catch (const ApiError& error) {
        result.refused = error;
    }
    if (begun != asked) {
        const auto span = Clock::now() - begun;
        worker.counters.database.observe(span);
        handled.database_seconds += seconds(span);
    }
    if (client.gone) throw ClientGone();
    co_return result;
}

std::string application_name(const Request& request) {
    for (const auto& [name, value] : request.headers) {
        if (name != "traceparent") continue;
        if (const auto id = trace_id(value); !id.empty()) return "pg_fin_api " + std::string(id);
    }
    return {};
}

// Runs the transaction, on the standby where that is allowed, once more where nothing can have happened.
Task<Response> run(Worker& worker, Client& client, const Request& request, const Serving& serving,
                   const Databases& databases, const Identity& identity, const Handling& handling, StreamSink& sink,
                   Handled& handled) {
    const Transaction& wanted = *handling.transaction();
    const bool reads = wanted.access == Access::read_only;
    ExchangeFacts facts;
    facts.generation = serving.cache->generation;
    facts.prepare = serving.config->db_prepared_statements;
    facts.application_name = application_name(request);
    facts.want_position = databases.replica != nullptr;
    if (serving.config->log_query) announce("query: " + wanted.main.text);
    std::string writer;
    bool standby = false;
    if (databases.replica != nullptr) {
        writer = writer_of(identity, client.address);
        standby = reads && wanted.may_use_replica && databases.replica_usable->load(std::memory_order_relaxed) &&
                  !databases.writers->ahead(writer);
    }
    int retries = 0;
    while (true) {
        Pool& pool = standby ? *databases.replica : databases.primary;
        Attempt result = co_await attempt(worker, client, pool, handling, facts, sink, handled);
        if (result.exchanged) {
            handled.streamed = result.exchanged->streamed;
            handled.replica = standby;
            if (standby) worker.counters.replica_reads.add();
            if (handled.streamed) worker.counters.streams.add();
            if (result.exchanged->position) databases.writers->wrote(writer, *result.exchanged->position);
            co_return std::move(result.exchanged->response);
        }
        if (sink.begun) throw CutOff();
        if (result.lost && !reads && databases.replica != nullptr)  // committed or not: the standby may lack it
            databases.writers->may_have_written(writer);
        const bool elsewhere =
            standby && (result.lost || (result.failed && fails_on_standby_only(result.failed->sqlstate)) ||
                        (result.refused && result.refused->status >= 503));
        if (elsewhere) {
            standby = false;
            worker.counters.replica_fallbacks.add();
            continue;
        }
        // Nothing was changed: a read, or a transaction rolled back for a statement that is out of date. Each
        // connection of the pool may know an old one.
        if ((result.lost && reads && retries == 0) || (result.stale && retries <= serving.config->db_pool)) {
            ++retries;
            worker.counters.retries.add();
            continue;
        }
        if (result.refused) throw ApiError(*result.refused);
        if (result.failed) throw as_api_error(*result.failed, identity);
        throw lost(*result.lost);
    }
}

// An answer of the function behind a stream of events goes to nobody but the stream.
class NoSink final : public StreamSink {
public:
    Task<void> begin(Response) override { co_return; }
    Task<void> write(const std::string&) override { co_return; }
};

// The function of an events route once more, with the settings, the routes and the token's state of now.
Task<Response> ask_again(Worker& worker, Client& client, const Request& request, const Databases& databases,
                         Handled& handled) {
    const std::shared_ptr<const Serving> serving = worker.serving;
    const auto& table = serving->cache->routes;
    const routes::Match match = table != nullptr ? table->find(request.method, request.path) : routes::Match();
    if (match.route == nullptr) throw ApiError(404, "FIN404", "The route is gone");
    const Identity identity = routes::identify(request, *serving->authenticator, table->schema(), std::time(nullptr));
    const Context context{*serving->config, serving->cache, identity};
    const std::unique_ptr<Handling> handling = routes::understand(request, context, match);
    NoSink sink;
    Handled once;  // of this question; the stream itself goes on
    Response response = co_await run(worker, client, request, *serving, databases, identity, *handling, sink, once);
    handled.database_seconds += once.database_seconds;
    handled.wait_seconds += once.wait_seconds;
    co_return response;
}

Task<void> stream_route(Worker& worker, Client& client, const Request& request, const Databases& databases,
                        StreamSink& sink, Handled& handled) {
    const Response first = std::move(handled.response);
    routes::StreamFacts facts;
    facts.most = worker.serving->config->fin_max_streams;
    const routes::Ask ask = [&]() -> Task<Response> { return ask_again(worker, client, request, databases, handled); };
    handled.streamed = true;
    co_await routes::stream_events(worker, client, *databases.events, sink, first, ask, facts);
}

Task<Response> visit_route(Worker& worker, Client& client, const Request& request, const Databases& databases,
                           Handled& handled) {
    const routes::Ask ask = [&]() -> Task<Response> { return ask_again(worker, client, request, databases, handled); };
    Response response = co_await routes::wait_for_visit(worker, client, *databases.events, std::move(handled.response),
                                                        ask, worker.serving->config->fin_max_streams);
    co_return response;
}

}  // namespace

std::string writer_of(const Identity& identity, std::string_view address) {
    std::string writer = identity.role;
    writer += '\n';
    if (identity.anonymous) return writer.append(address);
    const auto claims = nlohmann::json::parse(identity.claims, nullptr, false);
    const auto subject = claims.is_object() ? claims.find("sub") : claims.end();
    if (claims.is_object() && subject != claims.end() && subject->is_string())
        return writer + subject->get_ref<const std::string&>();
    return writer + '\n' + identity.claims;
}

bool fails_on_standby_only(std::string_view sqlstate) {
    const auto of_class = [&](std::string_view start) { return sqlstate.substr(0, start.size()) == start; };
    // Conflicts with replay, resources, shutdown, objects not replayed yet, functions that write.
    return of_class("40") || of_class("53") || of_class("57P") || of_class("58") || of_class("42") ||
           sqlstate == "25006" || of_class("XX");
}

Task<Handled> handle(Worker& worker, Client& client, const Request& request, const Databases& databases,
                     StreamSink& sink) {
    Handled handled;
    const std::shared_ptr<const Serving> serving = worker.serving;
    const Config& config = *serving->config;
    if (is_preflight(request)) {
        handled.response = preflight_response(request, config);
        co_return handled;
    }
    Timing timing;
    std::optional<Limits::Verdict> verdict;
    std::optional<ApiError> refused;
    try {
        if (serving->cache == nullptr) throw not_loaded(databases);
        const bool timed = config.server_timing_enabled;
        auto last = timed ? Clock::now() : Clock::time_point();
        const auto lap = [&](Clock::duration& span) {
            if (!timed) return;
            const auto now = Clock::now();
            span = now - last;
            last = now;
        };
        const routes::Table* const table = serving->cache->routes.get();
        const Identity identity =
            table == nullptr ? serving->authenticator->identify(request, std::time(nullptr))
                             : routes::identify(request, *serving->authenticator, table->schema(), std::time(nullptr));
        handled.role = identity.role;
        if (databases.limits != nullptr) {
            const std::time_t now = std::time(nullptr);
            const std::string owner =
                identity.key.empty() ? std::string() : databases.key_owners->owner(identity.key, now);
            verdict = databases.limits->take(requester(identity, client.address, owner), now);
            if (!verdict->allowed) throw too_many(*verdict);
        }
        lap(timing.jwt);
        auto planning = last;
        worker.shapes.under(serving);
        const Context context{config, serving->cache, identity, timed ? &planning : nullptr, &worker.shapes};
        const routes::Match match = table != nullptr ? table->find(request.method, request.path) : routes::Match();
        const std::unique_ptr<Handling> handling =
            match.allow.empty() ? understand(request, context) : routes::understand(request, context, match);
        lap(timing.plan);
        timing.parse = std::min(timing.plan, planning - (last - timing.plan));
        timing.plan -= timing.parse;
        // The head of a stream goes out while the transaction is under way: it tells what it took so far.
        if (timed || verdict)
            sink.at_begin = [&timing, &verdict, timed, last](Headers& headers) {
                if (verdict) add_limit_headers(headers, *verdict);
                if (!timed) return;
                timing.transaction = Clock::now() - last;
                add_timing(headers, timing);
            };
        if (handling->transaction() == nullptr || handling->transaction()->shape == Shape::none) {
            handled.response = handling->respond(Answer{});
        } else {
            handled.response =
                co_await run(worker, client, request, *serving, databases, identity, *handling, sink, handled);
            lap(timing.transaction);
            const bool stays = match.route != nullptr && match.route->kind == routes::Kind::events;
            if (match.route != nullptr && match.route->kind == routes::Kind::visit && handled.response.status == 202)
                handled.response = co_await visit_route(worker, client, request, databases, handled);
            if (stays && handled.response.status == 200 && request.method == "GET")
                co_await stream_route(worker, client, request, databases, sink, handled);
        }
        lap(timing.response);
    } catch (const ApiError& error) {
        refused = error;
    } catch (const ClientGone&) {
        throw;
    } catch (const CutOff&) {
        throw;
    } catch (const std::exception& error) {
        refused.emplace(500, "PGRSTX00", error.what());
    }
    if (refused) {
        if (sink.begun) throw CutOff();
        handled.streamed = false;
        if (refused->status == 500) log_message(LogLevel::error, refused->code + " " + refused->message);
        handled.response = error_response(*refused, config);
    }
    if (handled.streamed) co_return handled;
    if (verdict) add_limit_headers(handled.response.headers, *verdict);
    if (config.server_timing_enabled) add_timing(handled.response.headers, timing);
    add_shared_headers(handled.response.headers, request, config);
    co_return handled;
}

}  // namespace fin::api
