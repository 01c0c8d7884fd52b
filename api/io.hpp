// The coroutine, socket and timer types of the server: one executor type, so that nothing is erased on the way.
#pragma once
// Boost 1.74 looks for clang's coroutines under experimental/ alone; the fuzz targets and clang-tidy read this with it.
#if defined(__clang__) && !defined(BOOST_ASIO_HAS_CO_AWAIT)
#define BOOST_ASIO_HAS_CO_AWAIT 1
#define BOOST_ASIO_HAS_STD_COROUTINE 1
#endif
#include <utility>  // before awaitable.hpp of Boost 1.74, which uses std::exchange without including it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>

namespace fin::api {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;
template <class T = void>
using Task = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> awaiting{};
using IoError = boost::system::error_code;
using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;  // TCP and Unix alike
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

// What an awaited operation says instead of throwing.
inline auto into(IoError& error) { return asio::redirect_error(awaiting, error); }

inline std::int64_t milliseconds(Clock::duration span) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

}  // namespace fin::api
