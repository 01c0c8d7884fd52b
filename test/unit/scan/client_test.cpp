// The client against a scanner of our own on a local socket: what it sends, and every way in which an answer can fail.
#include "scan/client.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <stdexcept>
#include <thread>

namespace {

using namespace fin::scan;

// One connection, handed to `behave` in a thread; the socket's file goes at the end.
class Scanner {
public:
    explicit Scanner(std::function<void(int)> behave)
        : path_("/tmp/fin_scan_" + std::to_string(getpid()) + ".sock"), listener_(socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path_.data(), path_.size());
        unlink(path_.c_str());
        if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            listen(listener_, 1) != 0)
            throw std::runtime_error("no socket");
        thread_ = std::thread([this, behave = std::move(behave)] {
            const int one = accept(listener_, nullptr, nullptr);
            behave(one);
            close(one);
        });
    }
    ~Scanner() {
        thread_.join();
        close(listener_);
        unlink(path_.c_str());
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
    int listener_;
    std::thread thread_;
};

void say(int socket, std::string_view text) { (void)!send(socket, text.data(), text.size(), MSG_NOSIGNAL); }

// Reads a whole INSTREAM and returns its content.
std::string hear(int socket) {
    std::string all;
    char buffer[8192];
    const auto read_to = [&](std::size_t size) {
        while (all.size() < size) {
            const ssize_t got = recv(socket, buffer, sizeof buffer, 0);
            if (got <= 0) return false;
            all.append(buffer, static_cast<std::size_t>(got));
        }
        return true;
    };
    std::string content;
    if (!read_to(10) || all.substr(0, 10) != instream_begin) return "no command";
    for (std::size_t at = 10;;) {
        if (!read_to(at + 4)) return "broken off";
        std::size_t size = 0;
        for (int i = 0; i < 4; ++i)
            size = size << 8 | static_cast<unsigned char>(all[at + static_cast<std::size_t>(i)]);
        at += 4;
        if (size == 0) return content;
        if (!read_to(at + size)) return "broken off";
        content += all.substr(at, size);
        at += size;
    }
}

Verdict asked(std::function<void(int)> behave, std::string_view content, double seconds = 20) {
    const Scanner scanner(std::move(behave));
    return ask(scanner.path(), content, seconds, fin::never_interrupted);
}

TEST(ScanClient, SendsEverythingAndBelievesTheAnswer) {
    std::string large;
    for (int i = 0; i < 200'000; ++i) large += static_cast<char>(i * 7919 >> 3);
    for (const std::string& content : {std::string(), std::string("x"), large}) {
        std::string heard;
        const Verdict verdict =
            asked([&](int s) { heard = hear(s), say(s, std::string_view("stream: OK\0", 11)); }, content);
        EXPECT_EQ(verdict.finding, Finding::clean) << verdict.words;
        EXPECT_EQ(heard, content);
    }
    const Verdict found = asked([](int s) { hear(s), say(s, std::string_view("stream: X FOUND\0", 16)); }, "x");
    EXPECT_EQ(found.finding, Finding::infected);
}

TEST(ScanClient, AnswerInTheMiddleOfTheStreamIsRead) {
    const Verdict verdict = asked([](int s) { say(s, std::string_view("INSTREAM size limit exceeded. ERROR\0", 36)); },
                                  std::string(8 << 20, 'x'));
    EXPECT_EQ(verdict.finding, Finding::too_large);
    EXPECT_NE(asked([](int s) { say(s, std::string_view("stream: OK\0", 11)); }, std::string(8 << 20, 'x')).finding,
              Finding::clean);
}

TEST(ScanClient, WhatFailsIsNotClean) {
    EXPECT_EQ(asked([](int s) { hear(s); }, "x").finding, Finding::failed);
    EXPECT_EQ(asked([](int s) { hear(s), say(s, "stream: OK"); }, "x").finding, Finding::failed)
        << "cut off before its end";
    EXPECT_EQ(asked([](int s) { hear(s), say(s, std::string_view("nonsense\0", 9)); }, "x").finding, Finding::failed);
    EXPECT_EQ(asked([](int s) { hear(s), say(s, std::string_view("stream: OK\0stream: OK\0", 22)); }, "x").finding,
              Finding::failed);
    EXPECT_EQ(asked([](int s) { hear(s), say(s, std::string(100'000, 'x')); }, "x").finding, Finding::failed);
    EXPECT_EQ(ask("/nowhere/clamd.sock", "x", 1, fin::never_interrupted).finding, Finding::failed);
    EXPECT_EQ(ask(std::string(200, 'x'), "x", 1, fin::never_interrupted).finding, Finding::failed);
    EXPECT_EQ(ask("", "x", 1, fin::never_interrupted).finding, Finding::failed);
}

TEST(ScanClient, DoesNotWaitForEver) {
    const Verdict verdict = asked(
        [](int s) {
            char c = 0;
            while (recv(s, &c, 1, 0) > 0) {
            }
        },
        "x", 0.2);
    EXPECT_EQ(verdict.finding, Finding::failed);
    EXPECT_NE(verdict.words.find("in time"), std::string::npos);
}

TEST(ScanClient, CanBeInterrupted) {
    const Scanner scanner([](int s) {
        char c = 0;
        while (recv(s, &c, 1, 0) > 0) {
        }
    });
    int asked = 0;
    EXPECT_THROW(ask(scanner.path(), "x", 60,
                     [&] {
                         if (++asked > 3) throw std::runtime_error("cancelled");
                     }),
                 std::runtime_error);
}

}  // namespace
