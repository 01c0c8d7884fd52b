// A server of canned answers on a port of the loopback interface, in a thread of the test.
#pragma once
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace fin::test {

class HttpServer {
public:
    HttpServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 128) != 0 ||
            getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("no loopback port");
        port_ = ntohs(address.sin_port);
        accepting_ = std::thread([this] { accept_all(); });
    }
    ~HttpServer() {
        shutdown(listener_, SHUT_RDWR);
        accepting_.join();
        for (std::thread& one : serving_) one.join();
        close(listener_);
    }
    int port() const { return port_; }
    std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
    // The n-th request for `path` gets the n-th answer, later ones the last. An empty answer: none, until the client
    // hangs up.
    void answer(const std::string& path, std::vector<std::string> answers) { answers_[path] = std::move(answers); }
    std::vector<std::string> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    int most_at_once() const { return most_; }

private:
    void accept_all() {
        for (int client = 0; (client = accept(listener_, nullptr, nullptr)) >= 0;)
            serving_.emplace_back([this, client] { serve(client); });
    }
    void serve(int client) {
        const int now = ++open_;
        for (int most = most_; now > most && !most_.compare_exchange_weak(most, now);) continue;
        std::string read;
        char piece[4096];
        for (ssize_t count = 0;
             read.find("\r\n\r\n") == std::string::npos && (count = recv(client, piece, sizeof piece, 0)) > 0;)
            read.append(piece, static_cast<std::size_t>(count));
        const std::string text = reply(read);
        if (text.empty())
            while (recv(client, piece, sizeof piece, 0) > 0) continue;
        else
            (void)!send(client, text.data(), text.size(), MSG_NOSIGNAL);
        --open_;
        close(client);
    }
    std::string reply(const std::string& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        const auto start = request.find(' ') + 1;
        const std::string path = request.substr(start, request.find(' ', start) - start);
        const auto found = answers_.find(path);
        if (found == answers_.end()) return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        const std::size_t nth = asked_[path]++;
        return found->second[std::min(nth, found->second.size() - 1)];
    }

    int listener_, port_ = 0;
    std::map<std::string, std::vector<std::string>> answers_;  // set before the first request
    std::map<std::string, std::size_t> asked_;
    std::vector<std::string> requests_;
    std::mutex mutex_;
    std::atomic<int> open_{0}, most_{0};
    std::thread accepting_;
    std::vector<std::thread> serving_;
};

}  // namespace fin::test
