// Runs a call that may block on a helper thread while its coroutine waits.
#pragma once
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <memory>
#include <optional>

#include "api/io.hpp"

namespace fin::api {

template <class Value, class Call>
Task<Value> on_helper(Executor executor, asio::thread_pool& helpers, Call call) {
    struct Shared {
        explicit Shared(const Executor& e) : timer(e, Clock::time_point::max()) {}
        Timer timer;
        std::optional<Value> value;
        std::exception_ptr failure;
        bool done = false;
    };
    const auto shared = std::make_shared<Shared>(executor);
    asio::post(helpers, [shared, executor, call] {
        try {
            shared->value.emplace(call());
        } catch (...) {
            shared->failure = std::current_exception();
        }
        asio::post(executor, [shared] {
            shared->done = true;
            shared->timer.cancel();
        });
    });
    while (!shared->done) {
        IoError woken;
        co_await shared->timer.async_wait(into(woken));
    }
    if (shared->failure) std::rethrow_exception(shared->failure);
    co_return std::move(*shared->value);
}

}  // namespace fin::api
