// Watches the standby: may reads go there now?
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "api/database/pool.hpp"
#include "api/database/replica.hpp"

namespace fin::api {

class StandbyWatch {
public:
    StandbyWatch(const Executor& executor, asio::thread_pool& helpers, Pool& pool, std::string primary_uri,
                 std::string standby_uri, std::chrono::milliseconds max_lag);
    Task<void> run();
    void stop();

    std::atomic<bool> usable{false};
    std::atomic<std::int64_t> lag_ms{-1};  // -1: not known
    Writers writers;

private:
    Task<void> open(std::unique_ptr<Connection>& connection, const std::string& uri);
    Task<void> look();

    Executor executor_;
    asio::thread_pool& helpers_;
    Pool& pool_;
    const std::string primary_uri_, standby_uri_;
    const std::chrono::milliseconds max_lag_;
    std::unique_ptr<Connection> primary_, standby_;
    Lag lag_;
    Timer pause_;
    bool stopping_ = false;
};

}  // namespace fin::api
