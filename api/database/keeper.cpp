#include "api/database/keeper.hpp"

#include "api/database/helper_call.hpp"
#include "api/logger.hpp"
#include "api/routes/table.hpp"

namespace fin::api {

namespace {

constexpr std::chrono::milliseconds debounce(100);  // notifications of one migration come in a bunch

std::string quoted_channel(Connection& connection, const std::string& name) {
    char* quoted = PQescapeIdentifier(connection.raw(), name.data(), name.size());
    if (quoted == nullptr) throw ConnectionLost("db-channel is no name of a channel");
    std::string text = quoted;
    PQfreemem(quoted);
    return text;
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

Keeper::Keeper(const Executor& executor, asio::thread_pool& helpers, Pool& pool, Hooks hooks)
    : executor_(executor), helpers_(helpers), pool_(pool), hooks_(std::move(hooks)), pause_(executor) {}

Task<void> Keeper::pause(std::chrono::milliseconds span) {
    pause_.expires_after(span);
    IoError woken;
    co_await pause_.async_wait(into(woken));
}

void Keeper::reload(bool config, bool schema) {
    want_config_ = want_config_ || config;
    want_schema_ = want_schema_ || schema;
    if (connection_ != nullptr) connection_->interrupt();
}

void Keeper::events_changed() {
    if (connection_ != nullptr) connection_->interrupt();
}

void Keeper::stop() {
    stopping_ = true;
    pause_.cancel();
    if (connection_ != nullptr) connection_->interrupt();
}

Task<void> Keeper::run() {
    Backoff backoff;
    while (!stopping_) {
        std::string failure;
        try {
            const std::string uri = hooks_.config()->db_uri;
            const auto open = [uri] {
                return std::make_shared<Connection>(connect_blocking(uri, "pg_fin_api control"));
            };
            const std::shared_ptr<Connection> connection =
                co_await on_helper<std::shared_ptr<Connection>>(executor_, helpers_, open);
            connection->move_to(executor_);
            state_.connected = true;
            pool_.reachable();
            connection_ = connection.get();
            co_await serve(*connection);
            backoff.reset();
        } catch (const ConnectionLost& error) {
            failure = error.message;
            if (state_.listening) backoff.reset();  // it worked: the next try comes soon
        } catch (const StatementFailed& error) {
            failure = error.error.sqlstate + " " + error.error.message;
        } catch (const std::exception& error) {
            failure = error.what();
        }
        connection_ = nullptr;
        state_.connected = state_.listening = false;
        if (hooks_.events != nullptr) hooks_.events->lost();
        if (stopping_) break;
        if (failure != last_failure_) log_message(LogLevel::error, "database: " + failure);
        last_failure_ = failure;
        ++state_.failures;
        hooks_.failed(failure);
        co_await pause(backoff.next());
    }
}

Task<void> Keeper::listen(Connection& connection, const std::string& channel) {
    const std::vector<std::string> none;
    const std::string statement = "LISTEN " + quoted_channel(connection, channel);
    try {
        co_await rows_of(connection, statement, none);
    } catch (const StatementFailed& error) {  // a standby, or a pooler between: it serves all the same
        log_message(LogLevel::warn, "no notifications: " + error.error.message);
    }
}

// LISTEN and UNLISTEN for whoever waits for events.
Task<void> Keeper::follow_events(Connection& connection) {
    const std::vector<std::string> none;
    while (const auto change = hooks_.events->take_change()) {
        const std::string statement =
            (change->listen ? "LISTEN " : "UNLISTEN ") + quoted_channel(connection, change->channel);
        bool accepted = true;
        try {
            // The server's own channel is listened to for reloads, whoever waits for events there.
            if (change->listen || change->channel != channel_) co_await rows_of(connection, statement, none);
        } catch (const StatementFailed& error) {
            log_message(LogLevel::warn, "no events: " + error.error.message);
            accepted = false;
        }
        hooks_.events->done(*change, accepted);
    }
}

Task<void> Keeper::serve(Connection& connection) {
    const auto config = hooks_.config();
    channel_ = config->db_channel;
    if (config->db_channel_enabled) co_await listen(connection, config->db_channel);
    // After LISTEN, so that no change between the two goes unnoticed.
    co_await load(connection, true, true);
    state_.listening = true;
    last_failure_.clear();
    log_message(LogLevel::info, "database connected, schema cache loaded");
    while (!stopping_) {
        collect(connection);
        if (want_config_ || want_schema_) {
            co_await pause(debounce);
            collect(connection);
            const bool load_config = want_config_, load_schema = want_schema_;
            want_config_ = want_schema_ = false;
            try {
                co_await load(connection, load_config, load_schema);
            } catch (const StatementFailed& error) {
                log_message(LogLevel::error, "reload: " + error.error.sqlstate + " " + error.error.message);
                ++state_.failures;
            }
            continue;
        }
        if (hooks_.events != nullptr) co_await follow_events(connection);
        collect(connection);  // what came with the answers
        if (want_config_ || want_schema_) continue;
        IoError error;
        co_await connection.wait_readable(error);
        if (error && error != asio::error::operation_aborted) throw ConnectionLost(error.message());
    }
}

void Keeper::collect(Connection& connection) {
    // libpq closes the socket when it reads the end: waiting for more would be for ever.
    if (PQconsumeInput(connection.raw()) == 0) throw ConnectionLost(PQerrorMessage(connection.raw()));
    while (PGnotify* notice = PQnotifies(connection.raw())) {
        const std::string payload = notice->extra == nullptr ? "" : notice->extra;
        const std::string channel = notice->relname;
        PQfreemem(notice);
        if (hooks_.events != nullptr) hooks_.events->notified(channel, payload);
        if (channel != channel_) continue;
        want_schema_ = want_schema_ || payload.empty() || payload == "reload schema";
        want_config_ = want_config_ || payload.empty() || payload == "reload config";
    }
}

// Without the table there are no routes; the dialect goes on.
Task<void> Keeper::read_routes(Connection& connection, const std::string& table, std::shared_ptr<schema::Rows>& rows) {
    const std::vector<std::string> none;
    const std::string query = routes::table_query(routes::table_name(table));
    rows = std::make_shared<schema::Rows>();
    try {
        *rows = co_await rows_of(connection, query, none);
    } catch (const StatementFailed& error) {
        log_message(LogLevel::error, "fin-routes: " + error.error.message);
    }
}

Task<void> Keeper::load(Connection& connection, bool config, bool schema) {
    if (config) {
        std::map<std::string, std::string> settings;
        const auto before = hooks_.config();
        if (before->db_config) settings = co_await read_settings(connection, before->db_pre_config);
        try {
            hooks_.settings(settings);
        } catch (const ConfigError& error) {
            log_message(LogLevel::error, "settings: " + error.message + "; the old ones stay");
        }
    }
    if (!schema) co_return;
    state_.loading = true;
    const auto start = Clock::now();
    const auto now = hooks_.config();
    const auto queries = schema::load_queries(now->db_schemas, now->db_extra_search_path, now->db_hoisted_tx_settings,
                                              PQserverVersion(connection.raw()));
    std::shared_ptr<std::vector<schema::Rows>> answers;
    try {
        std::vector<schema::Rows> read = co_await read_schema(connection, queries);
        answers = std::make_shared<std::vector<schema::Rows>>(std::move(read));
    } catch (...) {
        state_.loading = false;
        throw;
    }
    std::shared_ptr<schema::Rows> routes;
    if (!now->fin_routes.empty()) co_await read_routes(connection, now->fin_routes, routes);
    const double query_seconds = seconds_since(start);
    const auto middle = Clock::now();
    const std::uint64_t generation = ++generation_;
    // Large schemas take a while to put together: not on a thread that serves.
    const auto put_together = [answers, generation, routes, now]() -> schema::CachePtr {
        const auto cache = schema::assemble(std::move(*answers), generation);
        if (routes == nullptr) return cache;
        std::vector<std::string> left_out;
        cache->routes = std::make_shared<const routes::Table>(*routes, *cache,
                                                              routes::table_name(now->fin_routes).schema, left_out);
        for (const auto& line : left_out) log_message(LogLevel::warn, line);
        return cache;
    };
    const schema::CachePtr cache = co_await on_helper<schema::CachePtr>(executor_, helpers_, put_together);
    state_.query_seconds = query_seconds;
    state_.parse_seconds = seconds_since(middle);
    hooks_.cache(cache, query_seconds * 1000, state_.parse_seconds * 1000);
    state_.loaded = true;
    state_.loading = false;
    ++state_.loads;
}

}  // namespace fin::api
