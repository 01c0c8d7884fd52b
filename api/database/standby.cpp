#include "api/database/standby.hpp"

#include <algorithm>

#include "api/database/control.hpp"
#include "api/database/exchange.hpp"
#include "api/database/helper_call.hpp"
#include "api/logger.hpp"

namespace fin::api {

namespace {

const std::string primary_query = "SELECT pg_is_in_recovery(), pg_current_wal_flush_lsn()";
// On a server that is no standby the position is of no use: null then.
const std::string standby_query = "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn()";
const std::vector<std::string> none;

std::optional<std::uint64_t> position_in(const schema::Rows& rows, const char* recovery) {
    if (rows.size() != 1 || rows[0].size() != 2 || rows[0][0] != recovery || !rows[0][1]) return std::nullopt;
    return parse_position(rows[0][1]->c_str());
}

}  // namespace

StandbyWatch::StandbyWatch(const Executor& executor, asio::thread_pool& helpers, Pool& pool, std::string primary_uri,
                           std::string standby_uri, std::chrono::milliseconds max_lag)
    : executor_(executor),
      helpers_(helpers),
      pool_(pool),
      primary_uri_(std::move(primary_uri)),
      standby_uri_(std::move(standby_uri)),
      max_lag_(max_lag),
      pause_(executor) {}

void StandbyWatch::stop() {
    stopping_ = true;
    pause_.cancel();
}

Task<void> StandbyWatch::open(std::unique_ptr<Connection>& connection, const std::string& uri) {
    if (connection != nullptr) co_return;
    const auto connect = [uri] { return std::make_shared<PGconn*>(connect_blocking(uri, "pg_fin_api watch")); };
    const std::shared_ptr<PGconn*> raw = co_await on_helper<std::shared_ptr<PGconn*>>(executor_, helpers_, connect);
    connection = std::make_unique<Connection>(*raw);
    connection->move_to(executor_);
}

Task<void> StandbyWatch::look() {
    // First the primary: what it said then the standby has replayed or not.
    co_await open(primary_, primary_uri_);
    const auto asked = Clock::now();
    const schema::Rows ahead = co_await rows_of(*primary_, primary_query, none);
    const auto primary = position_in(ahead, "f");
    if (!primary) throw ConnectionLost("db-uri is no primary");
    lag_.primary_at(asked, *primary);
    writers.primary_at(*primary);
    co_await open(standby_, standby_uri_);
    const schema::Rows behind = co_await rows_of(*standby_, standby_query, none);
    const auto replayed = position_in(behind, "t");
    if (!replayed) throw ConnectionLost("the standby is none: it was promoted");
    lag_.replayed(*replayed);
    writers.replayed(*replayed);
}

Task<void> StandbyWatch::run() {
    const auto step = std::clamp(max_lag_ / 4, std::chrono::milliseconds(50), std::chrono::milliseconds(1000));
    std::string last_failure;
    while (!stopping_) {
        std::string failure;
        try {
            co_await look();
        } catch (const StatementFailed& error) {
            failure = error.error.message;
        } catch (const std::exception& error) {
            failure = error.what();
        }
        const auto now = Clock::now();
        if (!failure.empty()) {
            // What was known is of two servers that may not be what they were.
            if (standby_ != nullptr) pool_.renew();
            primary_.reset();
            standby_.reset();
            lag_ = Lag();
            if (failure != last_failure) log_message(LogLevel::warn, "standby: " + failure);
        }
        last_failure = failure;
        const auto lag = lag_.at(now);
        const bool good = failure.empty() && lag <= max_lag_;
        if (good && !usable) {
            pool_.reachable();
            log_message(LogLevel::info, "standby: takes reads");
        }
        usable = good;
        lag_ms = lag == std::chrono::milliseconds::max() ? -1 : lag.count();
        pause_.expires_after(failure.empty() ? step : std::chrono::milliseconds(1000));
        IoError woken;
        co_await pause_.async_wait(into(woken));
    }
}

}  // namespace fin::api
