#include "api/server/admin.hpp"

#include <array>
#include <boost/asio/write.hpp>
#include <ctime>
#include <memory>

#include "api/server/parser.hpp"
#include "api/server/response.hpp"

namespace fin::api {

Task<void> serve_admin(Socket socket, AdminAnswer answer) {
    // A monitor that says nothing is not waited for.
    const auto open = std::make_shared<bool>(true);
    Timer limit(socket.get_executor(), std::chrono::seconds(10));
    limit.async_wait([&socket, open](IoError error) {
        IoError ignored;
        if (!error && *open) socket.close(ignored);
    });
    ParserLimits limits;
    limits.body = 0;
    limits.head = 16 << 10;
    RequestParser parser(limits);
    std::string data, out;
    Response response;
    try {
        IoError error;
        while (!parser.done() && !error) {
            data.erase(0, parser.take(data));
            if (parser.done()) break;
            std::array<char, 4096> block;
            const auto room = asio::buffer(block.data(), block.size());
            const std::size_t got = co_await socket.async_read_some(room, into(error));
            data.append(block.data(), got);
        }
        if (parser.done()) response = answer(parser.request());
    } catch (const ApiError& refused) {
        response.status = refused.status;
        response.body = refused.message + "\n";
    } catch (const std::exception& failed) {
        response.status = 500;
        response.body = std::string(failed.what()) + "\n";
    }
    const std::string date = http_date(std::time(nullptr));
    HeadFacts facts;
    facts.date = date;
    facts.length = response.body.size();
    facts.close = true;
    append_head(out, response, facts);
    if (parser.request().method != "HEAD") out += response.body;
    IoError ignored;
    const auto bytes = asio::buffer(out.data(), out.size());
    co_await asio::async_write(socket, bytes, into(ignored));
    *open = false;
    limit.cancel();
    socket.shutdown(Socket::shutdown_both, ignored);
}

}  // namespace fin::api
