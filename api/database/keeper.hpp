// Keeps what is served in step with the database: schema cache and settings at the start, at NOTIFY, at a signal and
// after every lost connection. Requests go on with the old ones meanwhile.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "api/database/control.hpp"
#include "api/database/event_hub.hpp"
#include "api/database/pool.hpp"

namespace fin::api {

class Keeper {
public:
    struct Hooks {
        std::function<std::shared_ptr<const Config>()> config;  // the newest
        // New settings of the database, none where db-config is off. Throws ConfigError: the old ones stay.
        std::function<void(const std::map<std::string, std::string>&)> settings;
        std::function<void(schema::CachePtr, double query_ms, double parse_ms)> cache;
        std::function<void(const std::string&)> failed;  // the cache could not be read
        EventHub* events = nullptr;                      // whose channels are listened to as well
    };
    struct State {
        std::atomic<bool> connected{false}, listening{false}, loaded{false}, loading{false};
        std::atomic<std::uint64_t> loads{0}, failures{0};
        std::atomic<double> query_seconds{0}, parse_seconds{0};
    };

    Keeper(const Executor& executor, asio::thread_pool& helpers, Pool& pool, Hooks hooks);

    Task<void> run();
    void reload(bool config, bool schema);  // on the executor's thread
    void events_changed();                  // on the executor's thread: the hub wants other channels
    void stop();                            // on the executor's thread
    const State& state() const { return state_; }

private:
    Task<void> serve(Connection& connection);
    Task<void> listen(Connection& connection, const std::string& channel);
    Task<void> load(Connection& connection, bool config, bool schema);
    Task<void> follow_events(Connection& connection);
    Task<void> read_routes(Connection& connection, const std::string& table, std::shared_ptr<schema::Rows>& rows);
    Task<void> pause(std::chrono::milliseconds span);
    void collect(Connection& connection);  // notifications

    Executor executor_;
    asio::thread_pool& helpers_;
    Pool& pool_;
    Hooks hooks_;
    State state_;
    Timer pause_;
    Connection* connection_ = nullptr;
    std::string channel_;  // of the connection: where reloads are asked for
    bool want_config_ = false, want_schema_ = false, stopping_ = false;
    std::uint64_t generation_ = 0;
    std::string last_failure_;
};

}  // namespace fin::api
