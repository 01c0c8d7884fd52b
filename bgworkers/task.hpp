// The coroutine type of job handlers: started when it is awaited, owned by whoever holds it, no PostgreSQL in it.
//
// g++ 12 miscompiles braced and aggregate temporaries inside a co_await expression: give every argument a name first.
#pragma once
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace fin::workers {

template <class T = void>
class Task;

namespace detail {

// What promises of all results share: who goes on when the coroutine has ended, and the exception that ended it.
struct PromiseBase {
    std::coroutine_handle<> awaiting;
    std::exception_ptr failure;

    struct Final {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
            const std::coroutine_handle<> next = ended.promise().awaiting;
            return next ? next : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Final final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { failure = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;

    Task<T> get_return_object() noexcept;
    void return_value(T result) { value.emplace(std::move(result)); }
    T take() {
        if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
        return std::move(*value);
    }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() {
        if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
    }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
public:
    using promise_type = detail::Promise<T>;

    Task() noexcept = default;
    explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    // Destroying a suspended task destroys what lives in it, the tasks it awaits among them: this is how a job is
    // cancelled.
    ~Task() {
        if (frame_) frame_.destroy();
    }

    // For the outermost task only: runs to its first wait. Others are started by co_await.
    void start() { frame_.resume(); }
    bool done() const noexcept { return !frame_ || frame_.done(); }
    // The result of a task that is done; throws what it threw.
    T take() { return frame_.promise().take(); }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
        frame_.promise().awaiting = awaiting;
        return frame_;
    }
    T await_resume() { return frame_.promise().take(); }

private:
    std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
    return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
    return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace detail

}  // namespace fin::workers
