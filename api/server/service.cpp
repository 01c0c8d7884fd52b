#include "api/server/service.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <thread>

#include "api/database/place.hpp"
#include "api/logger.hpp"
#include "api/server/admin.hpp"
#include "api/server/schema_text.hpp"
#include "api/server/session.hpp"
#include "api/server/tls.hpp"

namespace fin::api {

namespace {

constexpr int lost_database = 1;
constexpr std::chrono::seconds grace(30);  // for requests under way when the server is told to end

void raise_open_files() {
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Service::Service(LoadConfig load) : load_(std::move(load)) {}
Service::~Service() = default;

int Service::run() {
    config_ = std::make_shared<const Config>(load_({}));
    set_log_level(config_->log_level);
    for (const auto& warning : config_->warnings) log_message(LogLevel::warn, warning);
    raise_open_files();
    serving_.config = config_;
    serving_.authenticator = std::make_shared<const Authenticator>(*config_);
    serving_.proxies = std::make_shared<const Proxies>(config_->fin_trusted_proxies);
    if (!config_->fin_tls_cert.empty()) serving_.tls = tls_context(config_->fin_tls_cert, config_->fin_tls_key);
    log_file_ = std::make_unique<LogFile>(config_->fin_access_log);
    make_workers();
    make_databases();
    listen();
    listen_admin();
    publish();
    asio::signal_set signals(control_, SIGTERM, SIGINT);
    signals.add(SIGUSR1);
    signals.add(SIGUSR2);
    std::function<void(const IoError&, int)> on_signal = [&](const IoError& error, int number) {
        if (error) return;
        if (number == SIGUSR1) {
            keeper_->reload(false, true);
        } else if (number == SIGUSR2) {
            keeper_->reload(true, false);
        } else if (!stopping_) {
            stop();
        } else {
            control_.stop();  // asked twice: at once
        }
        signals.async_wait(on_signal);
    };
    signals.async_wait(on_signal);

    std::vector<std::thread> threads;
    for (const auto& worker : workers_) {
        asio::co_spawn(
            worker->context.get_executor(), [&worker = *worker]() -> Task<void> { return worker.tick(); },
            asio::detached);
        threads.emplace_back([&worker = *worker] { worker.context.run(); });
    }
    asio::co_spawn(
        control_.get_executor(), [this]() -> Task<void> { return keeper_->run(); }, asio::detached);
    asio::co_spawn(
        control_.get_executor(), [this]() -> Task<void> { return keep_house(); }, asio::detached);
    if (watch_ != nullptr)
        asio::co_spawn(
            control_.get_executor(), [this]() -> Task<void> { return watch_->run(); }, asio::detached);
    if (limit_keeper_ != nullptr)
        asio::co_spawn(
            control_.get_executor(), [this]() -> Task<void> { return limit_keeper_->run(); }, asio::detached);
    control_.run();

    for (const auto& worker : workers_) worker->context.stop();
    for (auto& thread : threads) thread.join();
    for (const auto& worker : workers_) worker->flush_log();
    if (!config_->server_unix_socket.empty()) ::unlink(config_->server_unix_socket.c_str());
    return exit_status_;
}

void Service::make_workers() {
    // The database's processes need cores as well: beside them fewer threads that sleep less answer more requests.
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const unsigned ours = on_this_machine(config_->db_uri) ? (cores + 1) / 2 : cores;
    const int wanted = config_->fin_threads > 0 ? config_->fin_threads : static_cast<int>(ours);
    for (int i = 0; i < wanted; ++i)
        workers_.push_back(std::make_unique<Worker>(static_cast<unsigned>(i), *log_file_, helpers_));
}

void Service::make_databases() {
    std::vector<Executor> executors;
    for (const auto& worker : workers_) executors.push_back(worker->context.get_executor());
    PoolOptions options;
    options.uri = config_->db_uri;
    options.size = config_->db_pool;
    options.acquisition_timeout = std::chrono::seconds(config_->db_pool_acquisition_timeout);
    options.max_lifetime = std::chrono::seconds(config_->db_pool_max_lifetime);
    options.max_idle = std::chrono::seconds(config_->db_pool_max_idletime);
    primary_ = std::make_unique<Pool>(options, executors, helpers_);
    databases_.emplace(Databases{*primary_});
    if (!config_->fin_replica_uri.empty()) {
        options.uri = config_->fin_replica_uri;
        replica_ = std::make_unique<Pool>(options, executors, helpers_);
        watch_ = std::make_unique<StandbyWatch>(control_.get_executor(), helpers_, *replica_, config_->db_uri,
                                                config_->fin_replica_uri,
                                                std::chrono::milliseconds(config_->fin_replica_max_lag));
        databases_->replica = replica_.get();
        databases_->replica_usable = &watch_->usable;
        databases_->writers = &watch_->writers;
    }
    if (config_->fin_limits) {
        limit_keeper_ = std::make_unique<LimitKeeper>(control_.get_executor(), helpers_, config_->db_uri);
        databases_->limits = &limit_keeper_->limits;
        databases_->key_owners = &limit_keeper_->key_owners;
    }
    Keeper::Hooks hooks;
    hooks.config = [this] { return config_; };
    hooks.settings = [this](const std::map<std::string, std::string>& settings) { reload_settings(settings); };
    hooks.cache = [this](schema::CachePtr cache, double query_ms, double parse_ms) {
        log_message(LogLevel::info, "schema cache: " + std::to_string(cache->relations.size()) + " relations, " +
                                        std::to_string(cache->functions.size()) + " functions, read in " +
                                        std::to_string(static_cast<int>(query_ms)) + " ms, put together in " +
                                        std::to_string(static_cast<int>(parse_ms)) + " ms");
        serving_.cache = std::move(cache);
        publish();
    };
    hooks.failed = [this](const std::string& failure) {
        // db-pool-automatic-recovery=false: whoever supervises the server is to start it again.
        if (config_->db_pool_automatic_recovery || !keeper_->state().loaded) return;
        log_message(LogLevel::crit, "the database is gone, and db-pool-automatic-recovery is off: " + failure);
        exit_status_ = lost_database;
        control_.stop();
    };
    events_ = std::make_unique<EventHub>(control_.get_executor());
    events_->changed = [this] { keeper_->events_changed(); };
    hooks.events = databases_->events = events_.get();
    keeper_ = std::make_unique<Keeper>(control_.get_executor(), helpers_, *primary_, std::move(hooks));
}

void Service::reload_settings(const std::map<std::string, std::string>& database_settings) {
    auto fresh = std::make_shared<const Config>(load_(database_settings));
    std::shared_ptr<asio::ssl::context> tls;
    try {
        if (!fresh->fin_tls_cert.empty()) tls = tls_context(fresh->fin_tls_cert, fresh->fin_tls_key);
        log_file_->reopen();
    } catch (const std::runtime_error& error) {
        throw ConfigError(error.what());
    }
    // A client that came by TLS is answered by TLS, whatever the file says now.
    if ((tls == nullptr) == (serving_.tls == nullptr)) serving_.tls = tls;
    serving_.authenticator = std::make_shared<const Authenticator>(*fresh);
    serving_.proxies = std::make_shared<const Proxies>(fresh->fin_trusted_proxies);
    serving_.config = config_ = fresh;
    set_log_level(config_->log_level);
    publish();
}

void Service::publish() {
    for (const auto& worker : workers_) {
        // Each thread counts references of its own.
        auto copy = std::make_shared<const Serving>(serving_);
        asio::post(worker->context, [&worker = *worker, copy] { worker.serving = copy; });
    }
}

Executor Service::choose() {
    // The thread with the fewest clients; among equals in turn.
    ++turn_;
    chosen_ = workers_[turn_ % workers_.size()].get();
    for (const auto& worker : workers_)
        if (worker->load < chosen_->load) chosen_ = worker.get();
    return chosen_->context.get_executor();
}

void Service::arrived(Socket socket) {
    Worker& worker = *chosen_;
    ++worker.load;
    const auto moved = std::make_shared<Socket>(std::move(socket));
    asio::post(worker.context, [this, &worker, moved] {
        std::string address = address_of(*moved);
        if (worker.serving->tls != nullptr)
            start_tls_session(worker, *databases_, std::move(*moved), std::move(address));
        else
            start_session(worker, *databases_, std::move(*moved), std::move(address));
    });
}

void Service::listen() {
    const Executor executor = workers_.front()->context.get_executor();
    if (!config_->server_unix_socket.empty()) {
        acceptor_.emplace(listen_on_path(executor, config_->server_unix_socket, config_->server_unix_socket_mode));
        announce("listening on " + config_->server_unix_socket);
    } else {
        acceptor_.emplace(listen_on(executor, config_->server_host, config_->server_port));
        announce("listening on port " + std::to_string(port_of(*acceptor_)));
    }
    listening_ = true;
    asio::co_spawn(
        executor,
        [this]() -> Task<void> {
            return accept_all(
                *acceptor_, [this] { return choose(); }, [this](Socket socket) { arrived(std::move(socket)); });
        },
        asio::detached);
}

void Service::listen_admin() {
    if (!config_->admin_server_port) return;
    const std::string host = config_->admin_server_host.empty() ? config_->server_host : config_->admin_server_host;
    admin_.emplace(listen_on(control_.get_executor(), host, *config_->admin_server_port));
    announce("admin server on port " + std::to_string(port_of(*admin_)));
    asio::co_spawn(
        control_.get_executor(),
        [this]() -> Task<void> {
            return accept_all(
                *admin_, [this] { return Executor(control_.get_executor()); },
                [this](Socket socket) {
                    const auto moved = std::make_shared<Socket>(std::move(socket));
                    asio::co_spawn(
                        control_.get_executor(),
                        [this, moved]() -> Task<void> {
                            return serve_admin(std::move(*moved),
                                               [this](const Request& request) { return admin_answer(request); });
                        },
                        asio::detached);
                });
        },
        asio::detached);
}

void Service::stop() {
    stopping_ = true;
    listening_ = false;
    log_message(LogLevel::info, "ending: requests under way are finished");
    asio::post(workers_.front()->context, [this] {
        IoError ignored;
        acceptor_->close(ignored);
    });
    for (const auto& worker : workers_) asio::post(worker->context, [&worker = *worker] { worker.drain(); });
    asio::co_spawn(
        control_.get_executor(), [this]() -> Task<void> { return wait_for_end(); }, asio::detached);
}

Task<void> Service::keep_house() {
    Timer timer(control_.get_executor());
    for (unsigned turn = 1;; ++turn) {
        timer.expires_after(std::chrono::milliseconds(100));
        IoError ignored;
        co_await timer.async_wait(into(ignored));
        for (Pool* pool : {primary_.get(), replica_.get()}) {
            if (pool == nullptr) continue;
            pool->expire();
            if (turn % 10 == 0) pool->tidy();
        }
    }
}

Task<void> Service::wait_for_end() {
    const auto last = Clock::now() + grace;
    Timer timer(control_.get_executor());
    bool busy = true;
    while (busy && Clock::now() < last) {
        timer.expires_after(std::chrono::milliseconds(20));
        IoError ignored;
        co_await timer.async_wait(into(ignored));
        busy = std::any_of(workers_.begin(), workers_.end(), [](const auto& worker) { return worker->load > 0; });
    }
    if (busy) log_message(LogLevel::warn, "some requests did not end in time");
    control_.stop();
}

Response Service::admin_answer(const Request& request) const {
    Response response;
    const auto& state = keeper_->state();
    response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    if (request.method != "GET" && request.method != "HEAD") {
        response.status = 405;
    } else if (request.path == "/live") {
        response.status = listening_ ? 200 : 500;
    } else if (request.path == "/ready") {
        response.status = !listening_ ? 500 : state.connected && state.loaded ? 200 : 503;
    } else if (request.path == "/metrics") {
        response.headers.front().second = "text/plain; version=0.0.4; charset=utf-8";
        response.body = metrics();
    } else if (request.path == "/config") {
        response.body = config_->dump();
    } else if (request.path == "/schema_cache") {
        response.headers.front().second = "application/json; charset=utf-8";
        if (serving_.cache != nullptr)
            response.body = schema_text(*serving_.cache);
        else
            response.status = 503;
    } else {
        response.status = 404;
    }
    return response;
}

std::string Service::metrics() const {
    std::vector<const Counters*> threads;
    for (const auto& worker : workers_) threads.push_back(&worker->counters);
    std::vector<Gauge> gauges;
    const auto add = [&](std::string name, std::string help, std::string type, double value, std::string labels = {}) {
        gauges.push_back({std::move(name), std::move(help), std::move(type), value, std::move(labels)});
    };
    const auto& state = keeper_->state();
    add("pgrst_schema_cache_query_time_seconds", "The query time in seconds of the last schema cache load", "gauge",
        state.query_seconds);
    add("pgrst_schema_cache_loads_total", "The total number of times the schema cache was loaded", "counter",
        static_cast<double>(state.loads), "status=\"SUCCESS\"");
    add("pgrst_schema_cache_loads_total", "", "counter", static_cast<double>(state.failures), "status=\"FAIL\"");
    const auto pool = primary_->gauges();
    add("pgrst_db_pool_timeouts_total", "The total number of pool connection timeouts", "counter",
        static_cast<double>(pool.timeouts));
    add("pgrst_db_pool_available", "Available connections in the pool", "gauge", pool.available);
    add("pgrst_db_pool_waiting", "Requests waiting to acquire a pool connection", "gauge", pool.waiting);
    add("pgrst_db_pool_max", "Max pool connections", "gauge", pool.max);
    add("pgfin_api_pool_open", "Connections to the primary that are open", "gauge", pool.open);
    add("pgfin_api_pool_opened_total", "Connections to the primary that were opened", "counter",
        static_cast<double>(pool.opened));
    add("pgfin_api_pool_failed_total", "Connections to the primary that could not be opened", "counter",
        static_cast<double>(pool.failed));
    add("pgfin_api_pool_handed_over_total", "Connections that went from one io thread to another", "counter",
        static_cast<double>(pool.handed_over));
    const auto jwt = serving_.authenticator->cache_counts();
    add("pgrst_jwt_cache_requests_total", "The total number of JWT cache lookups", "counter",
        static_cast<double>(jwt.requests));
    add("pgrst_jwt_cache_hits_total", "The total number of JWT cache hits", "counter", static_cast<double>(jwt.hits));
    add("pgrst_jwt_cache_evictions_total", "The total number of JWT cache evictions", "counter",
        static_cast<double>(jwt.evictions));
    if (watch_ != nullptr) {
        const auto standby = replica_->gauges();
        add("pgfin_api_replica_usable", "Whether reads go to the standby", "gauge", watch_->usable ? 1 : 0);
        add("pgfin_api_replica_lag_seconds", "Lag of the standby; -1: not known", "gauge",
            watch_->lag_ms < 0 ? -1.0 : static_cast<double>(watch_->lag_ms) / 1000);
        add("pgfin_api_replica_pool_open", "Connections to the standby that are open", "gauge", standby.open);
        add("pgfin_api_replica_writers", "Clients whose last write the standby has not replayed", "gauge",
            static_cast<double>(watch_->writers.size()));
    }
    return metrics_text(threads, gauges);
}

}  // namespace fin::api
