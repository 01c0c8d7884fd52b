// One io thread: its clients, its numbers, and what it serves. Nothing here is shared while requests are answered.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <ctime>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "api/auth/jwt.hpp"
#include "api/config/config.hpp"
#include "api/database/connection.hpp"
#include "api/io.hpp"
#include "api/request/proxies.hpp"
#include "api/response/shapes.hpp"
#include "api/schema/cache.hpp"
#include "api/server/access_log.hpp"
#include "api/server/metrics.hpp"

namespace fin::api {

// What requests are answered by; a reload replaces it as a whole.
struct Serving {
    std::shared_ptr<const Config> config;
    std::shared_ptr<const Authenticator> authenticator;
    schema::CachePtr cache;  // null: not loaded yet
    std::shared_ptr<asio::ssl::context> tls;
    std::shared_ptr<const Proxies> proxies = std::make_shared<const Proxies>();
};

// A client's connection as its io thread's tick sees it.
class Client {
public:
    virtual ~Client() = default;
    virtual void expire() = 0;  // the deadline has passed
    virtual void hang_up() = 0;
    virtual int file() = 0;

    Clock::time_point deadline = Clock::time_point::max();
    bool idle = true;               // between two requests
    Connection* working = nullptr;  // where its query runs
    Clock::time_point working_since{};
    bool gone = false;  // left before its answer; its query is cancelled
    std::string address;
    std::list<Client*>::iterator place;
};

class Worker {
public:
    Worker(unsigned number, LogFile& log_file, asio::thread_pool& helpers)
        : index(number), log_file_(log_file), helpers_(helpers) {}

    void enter(Client& client);
    void leave(Client& client);
    Task<void> tick();  // for as long as the thread runs
    void drain();       // no further request on any connection
    void log(const LogEntry& entry);
    void flush_log();
    std::string_view date();  // of this second, for the Date header
    std::size_t clients() const { return clients_.size(); }

    const unsigned index;
    asio::io_context context{1};
    std::shared_ptr<const Serving> serving = std::make_shared<Serving>();
    Counters counters;
    Shapes shapes;
    bool draining = false;
    std::atomic<int> load{0};  // clients given to this thread, for the one that gives them

private:
    void watch(Client& client, Clock::time_point now);

    LogFile& log_file_;
    asio::thread_pool& helpers_;
    std::list<Client*> clients_;
    std::string lines_, date_;
    std::time_t date_of_ = 0;
};

}  // namespace fin::api
