// The other end for tests of pipe::run: a program that answers well, or badly in one of many ways.
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "pipe/error_text.hpp"
#include "pipe/frame.hpp"
#include "sandbox.hpp"

using namespace fin;
using namespace fin::pipe;

namespace {

void put(const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t written = write(STDOUT_FILENO, bytes.data() + at, bytes.size() - at);
        if (written <= 0) _exit(9);
        at += static_cast<std::size_t>(written);
    }
}

void put(Kind kind, std::string_view payload) {
    std::string bytes;
    append_frame(bytes, kind, payload);
    put(bytes);
}

// The bytes of all data frames up to the end.
std::string content() {
    Decoder decoder;
    std::string all;
    char buffer[65536];
    for (;;) {
        for (Frame frame; decoder.next(frame);) {
            if (frame.kind == Kind::end) return all;
            if (frame.kind == Kind::data) all += frame.payload;
        }
        const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
        if (got <= 0) return all + " (cut)";
        decoder.feed({buffer, static_cast<std::size_t>(got)});
    }
}

void answer(const std::string& json);

// Gives every piece back before it reads the next.
void echo_at_once() {
    Decoder decoder;
    std::size_t size = 0;
    char buffer[65536];
    for (;;) {
        for (Frame frame; decoder.next(frame);) {
            if (frame.kind == Kind::end) return answer("{\"bytes\": " + std::to_string(size) + "}");
            if (frame.kind != Kind::data) continue;
            size += frame.payload.size();
            if (!frame.payload.empty()) put(Kind::data, frame.payload);
        }
        const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
        if (got <= 0) _exit(9);
        decoder.feed({buffer, static_cast<std::size_t>(got)});
    }
}

void answer(const std::string& json) {
    put(Kind::result, json);
    put(Kind::end, {});
}

std::string surroundings() {
    std::string text;
    DIR* folder = opendir("/proc/self/fd");
    std::vector<int> open;
    while (const dirent* entry = readdir(folder))
        if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != dirfd(folder))
            open.push_back(std::atoi(entry->d_name));
    closedir(folder);
    for (const int number : open) text += std::to_string(number) + " ";
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, nullptr, &blocked);
    struct sigaction action {};
    sigaction(SIGPIPE, nullptr, &action);
    text += sigismember(&blocked, SIGUSR1) ? "blocked " : "free ";
    text += action.sa_handler == SIG_DFL ? "default " : "ignored ";
    text += getpgrp() == getpid() ? "own-group " : "same-group ";
    text += std::getenv("PGPASSWORD") ? "knows-secrets" : "clean";
    return text;
}

// Each attempt tells what the system said.
std::string attempts(const helper::Sandbox& sandbox) {
    if (!helper::limit_resources(sandbox) || !helper::filter_system_calls(sandbox)) return "no sandbox";
    const auto said = [](const char* what, long result) {
        return std::string(what) + (result >= 0 ? ":done " : errno == EPERM ? ":refused " : ":failed ");
    };
    std::string text = said("read", open("/etc/passwd", O_RDONLY));
    text += said("write", open("/tmp/pg_fin_peer", O_WRONLY | O_CREAT, 0600));
    text += said("socket", socket(AF_INET, SOCK_STREAM, 0));
    text += said("local", socket(AF_UNIX, SOCK_STREAM, 0));
    text += said("fork", fork());
    text += said("kill", kill(getppid(), 0));
    text += said("limit", [] {
        const rlimit more{1000, 1000};
        return setrlimit(RLIMIT_CPU, &more);
    }());
    if (sandbox.file_megabytes == 0) return text;
    const int unnamed = open("/tmp", O_TMPFILE | O_EXCL | O_RDWR, 0600);
    text += said("unnamed", unnamed);
    const std::string here = "/proc/self/fd/" + std::to_string(unnamed);
    text += said("link", linkat(AT_FDCWD, here.c_str(), AT_FDCWD, "/tmp/pg_fin_peer", AT_SYMLINK_FOLLOW));
    text += said("linkable", open("/tmp", O_TMPFILE | O_RDWR, 0600));
    return text;
}

[[noreturn]] void stay() {
    for (;;) pause();
}

void misbehave(const std::string& way) {
    if (way == "crash") std::abort();
    if (way == "hang") stay();
    if (way == "early") std::fputs("libsomething.so.1: cannot open shared object file\n", stderr), std::exit(127);
    if (way == "silent") close(STDOUT_FILENO), stay();
    if (way == "garbage") put("Hello, world"), stay();
    if (way == "long") put(std::string("D\xFF\xFF\xFF\xFF", 5)), stay();
    if (way == "half") put(std::string("J\0\0\0\x09{\"", 7)), std::exit(0);
    if (way == "no-result") put(Kind::end, {}), stay();
    if (way == "after-end") put(Kind::result, "{}"), put(Kind::end, {}), put(Kind::data, "more"), stay();
    if (way == "request") put(Kind::request, "{}"), stay();
    if (way == "late-data") put(Kind::result, "{}"), put(Kind::data, "x"), stay();
    if (way == "error") put(Kind::error, write_error({ErrorCode::limit_exceeded, "too much", "of it", "less"})), stay();
    if (way == "bad-error") put(Kind::error, "nope"), stay();
    if (way == "long-result")
        for (;;) put(Kind::result, std::string(max_payload, ' '));
    if (way == "flood")
        for (;;) put(Kind::data, std::string(max_payload, 'x'));
    if (way == "shout")
        for (;;) std::fputs("something to say, again and again\n", stderr);
    if (way == "grandchild") {
        const pid_t child = fork();
        if (child == 0) stay();
        put(Kind::progress, std::to_string(child));
        std::exit(0);  // the grandchild holds the output open
    }
    if (way == "memory" && helper::limit_resources({200, 5, false})) {
        std::vector<char*> blocks;
        for (;;) blocks.push_back(new char[std::size_t{8} << 20]);
    }
    if (way == "processor" && helper::limit_resources({200, 1, false}))
        for (volatile unsigned turns = 0;;) turns = turns + 1;
    if (way == "execute" && helper::limit_resources({200, 5, false}) && helper::filter_system_calls({200, 5, false})) {
        char* const words[] = {const_cast<char*>("/bin/true"), nullptr};
        execv(words[0], words);
    }
}

}  // namespace

int main(int count, char** words) {
    const std::string way = count > 1 ? words[1] : "";
    misbehave(way);
    if (way == "surroundings") return answer(surroundings()), 0;
    if (way == "attempts") return answer(attempts({200, 5, false})), 0;
    if (way == "attempts-reading") return answer(attempts({200, 5, true})), 0;
    if (way == "attempts-writing") return answer(attempts({200, 5, false, 1})), 0;
    if (way == "echo-at-once") return echo_at_once(), 0;
    if (way == "deaf") return close(STDIN_FILENO), answer("{}"), 0;  // it answers without reading what it is sent
    const std::string all = content();
    for (std::size_t at = 0; at < all.size(); at += 1000) put(Kind::data, std::string_view(all).substr(at, 1000));
    put(Kind::progress, "{\"done\": 1}");
    answer("{\"bytes\": " + std::to_string(all.size()) + "}");
    return 0;
}
