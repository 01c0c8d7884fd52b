// The server as a whole: threads, listeners, databases, signals, reloads and the end.
#pragma once
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/database/keeper.hpp"
#include "api/database/standby.hpp"
#include "api/server/handler.hpp"
#include "api/server/limit_keeper.hpp"
#include "api/server/listener.hpp"
#include "api/server/worker.hpp"

namespace fin::api {

// File and environment, with the settings of the database on top. Throws ConfigError.
using LoadConfig = std::function<Config(const std::map<std::string, std::string>& database_settings)>;

class Service {
public:
    explicit Service(LoadConfig load);
    ~Service();

    // Serves until a signal ends it; the exit status. Throws ConfigError and std::runtime_error where it cannot begin.
    int run();

private:
    void make_workers();
    void make_databases();
    void listen();
    void listen_admin();
    void publish();  // what requests are answered by, to all io threads
    void reload_settings(const std::map<std::string, std::string>& database_settings);
    void stop();
    Task<void> keep_house();  // of the pools
    Task<void> wait_for_end();
    Response admin_answer(const Request& request) const;
    std::string metrics() const;
    Executor choose();
    void arrived(Socket socket);

    const LoadConfig load_;
    std::shared_ptr<const Config> config_;  // of the control thread
    Serving serving_;
    std::unique_ptr<LogFile> log_file_;
    asio::thread_pool helpers_{8};  // for what may block: connecting, cancelling, putting the schema cache together
    asio::io_context control_{1};
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<Pool> primary_, replica_;
    std::unique_ptr<StandbyWatch> watch_;
    std::unique_ptr<EventHub> events_;
    std::unique_ptr<LimitKeeper> limit_keeper_;  // null: no limits
    std::unique_ptr<Keeper> keeper_;
    std::optional<Databases> databases_;
    std::optional<Acceptor> acceptor_, admin_;
    Worker* chosen_ = nullptr;  // of the thread that accepts
    std::size_t turn_ = 0;
    std::atomic<bool> listening_{false};
    bool stopping_ = false;
    int exit_status_ = 0;
};

}  // namespace fin::api
