// Tells the database each second what this server counted, and learns what all servers did and whose API keys are.
#pragma once
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>

#include "api/database/connection.hpp"
#include "api/io.hpp"
#include "api/server/key_owners.hpp"
#include "api/server/limits.hpp"

namespace fin::api {

class LimitKeeper {
public:
    LimitKeeper(const Executor& executor, asio::thread_pool& helpers, std::string uri);
    Task<void> run();  // for as long as its executor runs

    Limits limits;
    KeyOwners key_owners;

private:
    Task<void> tell();

    Executor executor_;
    asio::thread_pool& helpers_;
    const std::string uri_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace fin::api
