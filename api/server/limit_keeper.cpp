#include "api/server/limit_keeper.hpp"

#include <ctime>

#include "api/database/control.hpp"
#include "api/database/exchange.hpp"
#include "api/database/helper_call.hpp"
#include "api/logger.hpp"

namespace fin::api {

namespace {

const std::string count_query = "SELECT fin.count_requests($1::text::jsonb)";
const std::string owners_query = "SELECT fin.key_owners($1::text::jsonb)";

}  // namespace

LimitKeeper::LimitKeeper(const Executor& executor, asio::thread_pool& helpers, std::string uri)
    : executor_(executor), helpers_(helpers), uri_(std::move(uri)) {}

Task<void> LimitKeeper::tell() {
    if (connection_ == nullptr) {
        const auto connect = [uri = uri_] {
            return std::make_shared<PGconn*>(connect_blocking(uri, "pg_fin_api limits"));
        };
        const std::shared_ptr<PGconn*> raw = co_await on_helper<std::shared_ptr<PGconn*>>(executor_, helpers_, connect);
        connection_ = std::make_unique<Connection>(*raw);
        connection_->move_to(executor_);
    }
    const std::vector<std::string> counted = {limits.collect(std::time(nullptr))};
    const schema::Rows rows = co_await rows_of(*connection_, count_query, counted);
    if (rows.size() == 1 && rows[0].size() == 1 && rows[0][0]) limits.told(*rows[0][0]);
    const std::vector<std::string> keys = {key_owners.ask()};
    if (keys[0].empty()) co_return;
    const schema::Rows owners = co_await rows_of(*connection_, owners_query, keys);
    if (owners.size() == 1 && owners[0].size() == 1 && owners[0][0]) key_owners.told(*owners[0][0], std::time(nullptr));
}

Task<void> LimitKeeper::run() {
    Timer pause(executor_);
    std::string last_failure;
    while (true) {
        pause.expires_after(std::chrono::seconds(1));
        IoError woken;
        co_await pause.async_wait(into(woken));
        std::string failure;
        try {
            co_await tell();
        } catch (const StatementFailed& error) {
            failure = error.error.message;
        } catch (const std::exception& error) {
            failure = error.what();
        }
        if (!failure.empty()) {
            limits.not_told();
            connection_.reset();
            // Each server alone goes on counting.
            if (failure != last_failure) log_message(LogLevel::warn, "limits: " + failure);
        }
        last_failure = failure;
    }
}

}  // namespace fin::api
