// A program and what can become of it: its work is done or one error says why not, and nothing of it is left.
#include "pipe/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIN_SANITIZED 1
#endif
#endif

using namespace fin;
using namespace fin::pipe;
using How = BrokenWork::How;

namespace {

constexpr std::chrono::milliseconds long_time{60'000};

struct Answer {
    std::string result, data, progress;
};

Answer ask(const std::string& way, std::string_view content = {}, Limits limits = {long_time},
           const InterruptCheck& check = never_interrupted) {
    Answer answer;
    const Sinks sinks{[&](std::string_view bytes) { answer.data += bytes; },
                      [&](std::string_view json) { answer.progress += json; }};
    answer.result = run({FIN_PIPE_PEER, {way}}, "{\"a\": 1}", content, sinks, limits, check);
    return answer;
}

void expect_nothing_left() {
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

std::optional<BrokenWork> broken(const std::string& way, Limits limits = {long_time}) {
    std::optional<BrokenWork> error;
    try {
        ask(way, "content", limits);
    } catch (const BrokenWork& caught) {
        error = caught;
    }
    expect_nothing_left();
    return error;
}

TEST(Child, GetsTheContentAndGivesItsResult) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{70'000}, std::size_t{5'000'001}}) {
        std::string content(size, ' ');
        for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 31 % 251);
        const Answer answer = ask("echo", content);
        EXPECT_EQ(answer.result, "{\"bytes\": " + std::to_string(size) + "}");
        EXPECT_TRUE(answer.data == content) << size;
        EXPECT_EQ(answer.progress, "{\"done\": 1}");
    }
    expect_nothing_left();
}

TEST(Child, AnswersWhileContentIsStillGiven) {
    // The peer gives each byte back at once: more than all pipes hold, so that neither side may wait for the other.
    std::string given, back;
    const Sinks sinks{[&](std::string_view bytes) { back += bytes; }, {}};
    Conversation conversation({FIN_PIPE_PEER, {"echo-at-once"}}, "{}", sinks, {long_time}, never_interrupted);
    std::size_t before_the_end = 0;
    for (int i = 0; i < 60; ++i) {
        const std::string piece(static_cast<std::size_t>(i) * 9973, static_cast<char>('A' + i % 26));
        given += piece;
        conversation.give(piece);
        before_the_end = back.size();
    }
    EXPECT_EQ(conversation.finish(), "{\"bytes\": " + std::to_string(given.size()) + "}");
    EXPECT_TRUE(back == given);
    EXPECT_GT(before_the_end, given.size() / 2);
}

TEST(Child, ThatRefusesIsHeardBeforeAllIsGiven) {
    const std::string piece(100'000, 'x');
    Conversation conversation({FIN_PIPE_PEER, {"error"}}, "{}", {}, {long_time}, never_interrupted);
    EXPECT_THROW(for (;;) conversation.give(piece), Error);
}

TEST(Child, ThatIsLeftAloneIsGone) {
    {
        Conversation conversation({FIN_PIPE_PEER, {"hang"}}, "{}", {}, {long_time}, never_interrupted);
        conversation.give("some");
    }
    expect_nothing_left();
}

TEST(Child, SeesNothingOfItsParent) {
    const int mine = open("/dev/null", O_RDONLY);  // without close-on-exec, as careless code leaves it
    setenv("PGPASSWORD", "secret", 1);
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    const auto handler = signal(SIGPIPE, SIG_IGN);
    const Answer answer = ask("surroundings");
    signal(SIGPIPE, handler);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    unsetenv("PGPASSWORD");
    close(mine);
    EXPECT_EQ(answer.result, "0 1 2 free default own-group clean");
}

TEST(Child, MayAnswerWithoutReading) {
    EXPECT_EQ(ask("deaf", std::string(10'000'000, 'x')).result, "{}");
    expect_nothing_left();
}

TEST(Child, ThatReportsAnErrorThrowsIt) {
    try {
        ask("error", std::string(10'000'000, 'x'));
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(dynamic_cast<const BrokenWork*>(&error), nullptr);
        EXPECT_EQ(error.code, ErrorCode::limit_exceeded);
        EXPECT_STREQ(error.what(), "too much");
        EXPECT_EQ(error.detail, "of it");
        EXPECT_EQ(error.hint, "less");
    }
    expect_nothing_left();
}

TEST(Child, ThatBreaksIsOneErrorAndLeavesNothing) {
    const std::pair<const char*, How> ways[] = {
        {"crash", How::killed},       {"early", How::ended_early}, {"silent", How::nonsense},
        {"garbage", How::nonsense},   {"long", How::nonsense},     {"half", How::ended_early},
        {"no-result", How::nonsense}, {"request", How::nonsense},  {"late-data", How::nonsense},
        {"bad-error", How::nonsense}, {"flood", How::flood},       {"long-result", How::flood},
        {"processor", How::killed},   {"execute", How::killed}};
    for (const auto& way : ways) {
        Limits limits{long_time};
        limits.output = 10'000'000, limits.result = 3'000'000;
        const auto error = broken(way.first, limits);
        ASSERT_TRUE(error) << way.first;
        EXPECT_EQ(static_cast<int>(error->how), static_cast<int>(way.second))
            << way.first << ": " << error->what() << error->detail;
        EXPECT_FALSE(error->detail.empty()) << way.first;
    }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(FIN_SANITIZED)
// The address sanitizer takes more addresses than a limit would leave.
TEST(Child, ThatTakesTooMuchMemoryIsKilled) {
    const auto error = broken("memory");
    ASSERT_TRUE(error);
    EXPECT_EQ(static_cast<int>(error->how), static_cast<int>(How::killed));
}
#endif

TEST(Child, ThatHangsIsEndedAtTheDeadline) {
    for (const char* way : {"hang", "shout", "grandchild"}) {
        const auto error = broken(way, {std::chrono::milliseconds(300)});
        ASSERT_TRUE(error) << way;
        EXPECT_EQ(static_cast<int>(error->how), static_cast<int>(How::too_late)) << way;
    }
}

TEST(Child, TakesItsOwnChildrenAlong) {
    std::string grandchild;
    const Sinks sinks{{}, [&](std::string_view number) { grandchild += number; }};
    EXPECT_THROW(
        run({FIN_PIPE_PEER, {"grandchild"}}, "{}", "", sinks, {std::chrono::milliseconds(500)}, never_interrupted),
        BrokenWork);
    const pid_t pid = std::atoi(grandchild.c_str());
    ASSERT_GT(pid, 1);
    // Killed with its group; the first process reaps it, soon.
    for (int i = 0; i < 500 && kill(pid, 0) == 0; ++i) {
        const std::string state = "/proc/" + grandchild + "/stat";
        char text[256] = {};
        const int file = open(state.c_str(), O_RDONLY);
        const ssize_t got = file < 0 ? 0 : read(file, text, sizeof text - 1);
        if (file >= 0) close(file);
        if (got <= 0 || std::string_view(text).find(") Z") != std::string_view::npos) return;
        usleep(10'000);
    }
    EXPECT_NE(kill(pid, 0), 0);
}

TEST(Child, ThatDoesNotExistIsNotStarted) {
    for (const char* path : {"/nowhere/pg_fin_helper", "/etc/passwd", "/"}) {
        try {
            run({path, {}}, "{}", "", {}, {long_time}, never_interrupted);
            ADD_FAILURE() << path;
        } catch (const BrokenWork& error) {
            EXPECT_EQ(static_cast<int>(error.how), static_cast<int>(How::not_started));
            EXPECT_NE(std::string(error.what()).find(path), std::string::npos);
        }
        expect_nothing_left();
    }
}

TEST(Child, OfAnotherProgramIsNonsenseOrEarly) {
    for (const char* path : {"/bin/cat", "/bin/false", "/bin/true"}) {
        EXPECT_THROW(run({path, {}}, "{}", "content", {}, {long_time}, never_interrupted), BrokenWork) << path;
        expect_nothing_left();
    }
}

TEST(Child, SaysWhatItSaid) {
    const auto error = broken("early");
    ASSERT_TRUE(error);
    EXPECT_NE(error->detail.find("libsomething.so.1: cannot open shared object file"), std::string::npos)
        << error->detail;
}

struct Cancelled {};

TEST(Child, IsEndedWhereTheCheckThrows) {
    for (const char* way : {"hang", "flood"}) {
        int asked = 0;
        const auto check = [&] {
            if (++asked == 3) throw Cancelled{};
        };
        Limits limits{long_time};
        EXPECT_THROW(ask(way, "content", limits, check), Cancelled);
        expect_nothing_left();
    }
}

TEST(Child, IsEndedWhereASinkThrows) {
    const Sinks sinks{[](std::string_view) { throw Cancelled{}; }, {}};
    EXPECT_THROW(run({FIN_PIPE_PEER, {"flood"}}, "{}", "", sinks, {long_time}, never_interrupted), Cancelled);
    expect_nothing_left();
}

TEST(Child, IsWatchedFromStartToEnd) {
    static pid_t started, ended;
    started = ended = 0;
    const Watch watch{[](pid_t child) { started = child; }, [](pid_t child) { ended = child; }};
    run({FIN_PIPE_PEER, {"deaf"}}, "{}", "", {}, {long_time}, never_interrupted, watch);
    EXPECT_GT(started, 1);
    EXPECT_EQ(started, ended);
}

TEST(Sandbox, LetsAReaderOfPipesDoNothingElse) {
    EXPECT_EQ(ask("attempts").result,
              "read:refused write:refused socket:refused local:refused fork:refused kill:refused limit:refused ");
}

TEST(Sandbox, LetsAWriterMakeFilesWithoutANameOnly) {
    EXPECT_EQ(ask("attempts-writing").result,
              "read:refused write:refused socket:refused local:refused fork:refused kill:refused limit:refused "
              "unnamed:done link:refused linkable:refused ");
}

TEST(Sandbox, LetsAReaderOfFilesOnlyRead) {
    EXPECT_EQ(ask("attempts-reading").result,
              "read:done write:refused socket:refused local:refused fork:refused kill:refused limit:refused ");
}

}  // namespace
