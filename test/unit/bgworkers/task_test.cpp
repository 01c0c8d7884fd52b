// Coroutines of job handlers: results, exceptions, destruction while they wait.
#include "task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "scheduler.hpp"

namespace fin::workers {
namespace {

// Counts how many of it live: a frame that is not destroyed keeps one.
struct Canary {
    static inline int alive = 0;
    Canary() { ++alive; }
    Canary(const Canary&) { ++alive; }
    ~Canary() { --alive; }
};

Task<std::string> word(Wait& wait, std::string given) {
    const Canary canary;
    co_await wait;
    co_return given + "!";
}
Task<std::string> sentence(Wait& wait) {
    const Canary canary;
    Task<std::string> inner = word(wait, "a text that is too long to be kept inside the string itself");
    std::string said = co_await inner;
    co_return said + "?";
}
Task<int> failing(Wait& wait) {
    const Canary canary;
    co_await wait;
    throw std::runtime_error("on purpose");
}
Task<std::string> catching(Wait& wait) {
    try {
        Task<int> inner = failing(wait);
        co_await inner;
        co_return "nothing was thrown";
    } catch (const std::runtime_error& error) {
        co_return error.what();
    }
}
Task<int> deep(int depth) {
    if (depth == 0) co_return 0;
    Task<int> inner = deep(depth - 1);
    const int below = co_await inner;
    co_return below + 1;
}

TEST(Task, GivesItsResultToWhoAwaitsIt) {
    Scheduler scheduler;
    Wait wait(scheduler);
    Task<std::string> task = sentence(wait);
    EXPECT_EQ(Canary::alive, 0) << "it begins when it is started";
    task.start();
    EXPECT_FALSE(task.done());
    wait.wake();
    EXPECT_FALSE(task.done()) << "waking is no resuming";
    scheduler.turn(Instant());
    ASSERT_TRUE(task.done());
    EXPECT_EQ(task.take(), "a text that is too long to be kept inside the string itself!?");
    EXPECT_EQ(Canary::alive, 0);
}

TEST(Task, CarriesAnExceptionThroughEveryAwait) {
    Scheduler scheduler;
    Wait wait(scheduler);
    Task<std::string> task = catching(wait);
    task.start();
    wait.wake();
    scheduler.turn(Instant());
    ASSERT_TRUE(task.done());
    EXPECT_EQ(task.take(), "on purpose");
    EXPECT_EQ(Canary::alive, 0);

    Wait second(scheduler);
    Task<int> thrown = failing(second);
    thrown.start();
    second.wake();
    scheduler.turn(Instant());
    EXPECT_THROW(thrown.take(), std::runtime_error);
}

TEST(Task, DestroyedWhileItWaitsDestroysWhatLivesInIt) {
    Scheduler scheduler;
    Wait wait(scheduler);
    {
        Task<std::string> task = sentence(wait);
        task.start();
        EXPECT_EQ(Canary::alive, 2);
    }
    EXPECT_EQ(Canary::alive, 0);
}

TEST(Task, MovesWithoutMovingTheFrame) {
    Scheduler scheduler;
    Wait wait(scheduler);
    Task<std::string> task;
    EXPECT_TRUE(task.done()) << "an empty one has nothing to do";
    task = sentence(wait);
    task.start();
    Task<std::string> other = std::move(task);
    wait.wake();
    scheduler.turn(Instant());
    EXPECT_TRUE(other.done());
    EXPECT_EQ(Canary::alive, 0);
}

TEST(Task, ReturnsAlongALongChain) {
    Task<int> task = deep(2000);
    task.start();
    ASSERT_TRUE(task.done());
    EXPECT_EQ(task.take(), 2000);
}

}  // namespace
}  // namespace fin::workers
