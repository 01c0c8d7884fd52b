// Who goes on when: order, sleepers, and waits that are destroyed before their turn.
#include "scheduler.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "task.hpp"

namespace fin::workers {
namespace {

using std::chrono::seconds;

Task<> note(Wait& wait, std::string& log, char name) {
    co_await wait;
    log += name;
}
Task<> sleep_and_note(Scheduler& scheduler, Instant until, std::string& log, char name) {
    Sleep sleep(scheduler, until);
    co_await sleep;
    log += name;
}
// Wakes another while it runs itself.
Task<> wake_on(Wait& wait, Wait& next, std::string& log, char name) {
    co_await wait;
    log += name;
    next.wake();
}

TEST(Scheduler, ResumesInTheOrderOfWaking) {
    Scheduler scheduler;
    std::string log;
    Wait a(scheduler), b(scheduler), c(scheduler);
    Task<> first = note(a, log, 'a'), second = note(b, log, 'b'), third = note(c, log, 'c');
    for (Task<>* task : {&first, &second, &third}) task->start();
    c.wake();
    a.wake();
    a.wake();
    EXPECT_TRUE(scheduler.has_ready());
    scheduler.turn(Instant());
    EXPECT_EQ(log, "ca") << "woken twice is resumed once";
    EXPECT_FALSE(scheduler.has_ready());
    EXPECT_FALSE(second.done());
}

TEST(Scheduler, WokenBeforeItIsAwaitedDoesNotSuspend) {
    Scheduler scheduler;
    std::string log;
    Wait wait(scheduler);
    wait.wake();
    Task<> task = note(wait, log, 'a');
    task.start();
    EXPECT_EQ(log, "a");
}

TEST(Scheduler, LeavesWhatBecomesReadyForTheNextTurn) {
    Scheduler scheduler;
    std::string log;
    Wait a(scheduler), b(scheduler);
    Task<> first = wake_on(a, b, log, 'a'), second = note(b, log, 'b');
    first.start();
    second.start();
    a.wake();
    scheduler.turn(Instant());
    EXPECT_EQ(log, "a");
    scheduler.turn(Instant());
    EXPECT_EQ(log, "ab");
}

TEST(Scheduler, WakesSleepersByTime) {
    Scheduler scheduler;
    std::string log;
    const Instant start;
    Task<> late = sleep_and_note(scheduler, start + seconds(20), log, 'l');
    Task<> early = sleep_and_note(scheduler, start + seconds(10), log, 'e');
    late.start();
    early.start();
    EXPECT_EQ(scheduler.next(), start + seconds(10));
    scheduler.turn(start + seconds(9));
    EXPECT_EQ(log, "");
    scheduler.turn(start + seconds(10));
    EXPECT_EQ(log, "e");
    EXPECT_EQ(scheduler.next(), start + seconds(20));
    scheduler.turn(start + seconds(30));
    EXPECT_EQ(log, "el");
    EXPECT_EQ(scheduler.next(), std::nullopt);
}

TEST(Scheduler, ForgetsWhatIsDestroyed) {
    Scheduler scheduler;
    std::string log;
    Wait kept(scheduler);
    Task<> survivor = note(kept, log, 'k');
    survivor.start();
    {
        Wait gone(scheduler);
        Task<> ready = note(gone, log, 'g');
        Task<> asleep = sleep_and_note(scheduler, Instant() + seconds(1), log, 's');
        ready.start();
        asleep.start();
        gone.wake();
    }
    EXPECT_FALSE(scheduler.has_ready());
    EXPECT_EQ(scheduler.next(), std::nullopt);
    kept.wake();
    scheduler.turn(Instant() + seconds(5));
    EXPECT_EQ(log, "k");
}

// A task that is resumed may destroy another that was to be resumed in the same turn.
TEST(Scheduler, SurvivesTheEndOfOneThatIsReady) {
    Scheduler scheduler;
    std::string log;
    Wait first(scheduler), second(scheduler);
    auto victim = std::make_unique<Task<>>(note(second, log, 'v'));
    victim->start();
    struct Killer {
        static Task<> run(Wait& wait, std::unique_ptr<Task<>>& victim, std::unique_ptr<Wait>& of) {
            co_await wait;
            victim.reset();
            of.reset();
        }
    };
    auto doomed = std::make_unique<Wait>(scheduler);
    auto other = std::make_unique<Task<>>(note(*doomed, log, 'd'));
    other->start();
    Task<> killer = Killer::run(first, other, doomed);
    killer.start();
    first.wake();
    doomed->wake();
    second.wake();
    scheduler.turn(Instant());
    EXPECT_EQ(log, "v");
    EXPECT_TRUE(killer.done());
}

}  // namespace
}  // namespace fin::workers
