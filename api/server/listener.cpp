#include "api/server/listener.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <stdexcept>

namespace fin::api {

namespace {

using asio::ip::tcp;

constexpr int backlog = 4096;

IoError try_listen(Acceptor& acceptor, const tcp::endpoint& endpoint, bool both_families) {
    IoError error;
    acceptor.open(endpoint.protocol(), error);
    if (error) return error;
    acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(!both_families), error);
    const asio::generic::stream_protocol::endpoint generic(endpoint);
    acceptor.bind(generic, error);
    if (!error) acceptor.listen(backlog, error);
    if (error) {
        IoError ignored;
        acceptor.close(ignored);
    }
    return error;
}

}  // namespace

Acceptor listen_on(const Executor& executor, const std::string& host, int port) {
    struct Choice {
        tcp::endpoint endpoint;
        bool both = false;
    };
    const auto number = static_cast<unsigned short>(port);
    const Choice four{tcp::endpoint(tcp::v4(), number)}, six{tcp::endpoint(tcp::v6(), number)},
        both{tcp::endpoint(tcp::v6(), number), true};
    std::vector<Choice> choices;
    if (host == "!4")
        choices = {four};
    else if (host == "!6")
        choices = {six};
    else if (host == "*4")
        choices = {four, both};
    else if (host == "*" || host == "*6")
        choices = {both, four};
    if (choices.empty()) {
        asio::io_context resolving;
        tcp::resolver resolver(resolving);
        IoError error;
        const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
        if (error) throw std::runtime_error("server-host " + host + ": " + error.message());
        for (const auto& entry : found) choices.push_back({entry.endpoint()});
    }
    IoError error;
    for (const auto& choice : choices) {
        Acceptor acceptor(executor);
        error = try_listen(acceptor, choice.endpoint, choice.both);
        if (!error) return acceptor;
    }
    throw std::runtime_error("cannot listen on " + host + " port " + std::to_string(port) + ": " + error.message());
}

Acceptor listen_on_path(const Executor& executor, const std::string& path, int mode) {
    const auto fail = [&](const std::string& why) -> std::runtime_error {
        return std::runtime_error("server-unix-socket " + path + ": " + why);
    };
    if (path.size() >= sizeof(sockaddr_un::sun_path)) throw fail("the path is too long");
    const asio::local::stream_protocol::endpoint endpoint(path);
    struct stat facts = {};
    if (::lstat(path.c_str(), &facts) == 0) {
        if (!S_ISSOCK(facts.st_mode)) throw fail("there is something that is no socket");
        asio::io_context probing;
        asio::local::stream_protocol::socket probe(probing);
        IoError error;
        probe.connect(endpoint, error);
        if (!error) throw fail("another server listens there");
        ::unlink(path.c_str());
    }
    Acceptor acceptor(executor);
    IoError error;
    acceptor.open(endpoint.protocol(), error);
    // Not even for a moment open to more than the mode says.
    const auto mask = ::umask(0177);
    if (!error) acceptor.bind(asio::generic::stream_protocol::endpoint(endpoint), error);
    ::umask(mask);
    if (!error && ::chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) throw fail("its mode cannot be set");
    if (!error) acceptor.listen(backlog, error);
    if (error) throw fail(error.message());
    return acceptor;
}

int port_of(const Acceptor& acceptor) {
    IoError error;
    const auto endpoint = acceptor.local_endpoint(error);
    if (error) return 0;
    const auto* address = reinterpret_cast<const sockaddr*>(endpoint.data());
    if (address->sa_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(address)->sin_port);
    if (address->sa_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(address)->sin6_port);
    return 0;
}

std::string address_of(const Socket& socket) {
    IoError error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return "unknown";
    const auto* address = reinterpret_cast<const sockaddr*>(endpoint.data());
    char text[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET)
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
    else if (address->sa_family == AF_INET6)
        ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text, sizeof text);
    else
        return "unix";
    return text;
}

Task<void> accept_all(Acceptor& acceptor, std::function<Executor()> choose, std::function<void(Socket)> arrived) {
    while (acceptor.is_open()) {
        const Executor target = choose();
        Socket socket(target);
        IoError error;
        co_await acceptor.async_accept(socket, into(error));
        if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
        if (error) {  // too many open files, most likely: others have to go first
            Timer pause(acceptor.get_executor(), std::chrono::milliseconds(100));
            IoError ignored;
            co_await pause.async_wait(into(ignored));
            continue;
        }
        IoError ignored;
        socket.non_blocking(true, ignored);
        if (address_of(socket) != "unix") socket.set_option(tcp::no_delay(true), ignored);
        arrived(std::move(socket));
    }
}

}  // namespace fin::api
