#include "api/database/connection.hpp"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>

namespace fin::api {

namespace {

std::string last_words(const PGconn* connection) {
    std::string text = PQerrorMessage(connection);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text.empty() ? "the connection to the database ended" : text;
}

}  // namespace

DatabaseError error_of(const PGresult* result) {
    const auto field = [&](int code) {
        const char* text = PQresultErrorField(result, code);
        return std::string(text == nullptr ? "" : text);
    };
    DatabaseError error{field(PG_DIAG_SQLSTATE), field(PG_DIAG_MESSAGE_PRIMARY), field(PG_DIAG_MESSAGE_DETAIL),
                        field(PG_DIAG_MESSAGE_HINT)};
    if (error.message.empty()) error.message = PQresultErrorMessage(result);
    return error;
}

PGconn* connect_blocking(const std::string& uri, const char* application_name) {
    // The URI comes last, so that whatever it names wins over what stands here.
    const char* const names[] = {"connect_timeout",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "fallback_application_name",
                                 "client_encoding",
                                 "dbname",
                                 nullptr};
    const char* const values[] = {"10", "30", "10", "3", application_name, "UTF8", uri.c_str(), nullptr};
    PGconn* connection = PQconnectdbParams(names, values, 1);
    if (connection == nullptr) throw std::bad_alloc();
    if (PQstatus(connection) != CONNECTION_OK) {
        ConnectionLost lost(last_words(connection));
        PQfinish(connection);
        throw lost;
    }
    // Warnings and notices are the database's own log's affair.
    PQsetNoticeReceiver(
        connection, [](void*, const PGresult*) {}, nullptr);
    PQsetnonblocking(connection, 1);
    return connection;
}

Connection::Connection(PGconn* connection) : connection_(connection) { opened = idle_since = Clock::now(); }

Connection::~Connection() {
    if (descriptor_ != nullptr) descriptor_->release();  // libpq closes it
    PQfinish(connection_);
}

void Connection::move_to(const Executor& executor) {
    if (descriptor_ != nullptr) descriptor_->release();
    descriptor_ = std::make_unique<Descriptor>(executor, PQsocket(connection_));
}

bool Connection::usable() const {
    if (!healthy() || PQstatus(connection_) != CONNECTION_OK) return false;
    char byte;
    const auto got = ::recv(PQsocket(connection_), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    // Bytes of an idle connection are its farewell, or a change of a setting, which is read with the next answer.
    if (got == 0) return false;
    return got > 0 ? byte != 'E' : errno == EAGAIN || errno == EWOULDBLOCK;
}

void Connection::receive() {
    if (PQconsumeInput(connection_) == 0) {
        broken_ = true;
        throw ConnectionLost(last_words(connection_));
    }
}

Task<void> Connection::flush() {
    while (true) {
        const int left = PQflush(connection_);
        if (left == 0) co_return;
        if (left < 0) {
            // The server may have said why before it closed: its words are in the results.
            broken_ = true;
            throw ConnectionLost(last_words(connection_));
        }
        // A server that cannot write its answers does not read either: look at both directions now and then.
        const auto waiting = std::make_shared<bool>(true);
        Timer nudge(descriptor_->get_executor(), std::chrono::milliseconds(20));
        nudge.async_wait([this, waiting](IoError error) {
            if (!error && *waiting) descriptor_->cancel();
        });
        IoError error;
        co_await descriptor_->async_wait(Descriptor::wait_write, into(error));
        *waiting = false;
        nudge.cancel();
        receive();
    }
}

Task<void> Connection::ready() {
    while (PQisBusy(connection_) != 0) {
        IoError error;
        co_await descriptor_->async_wait(Descriptor::wait_read, into(error));
        if (error && error != asio::error::operation_aborted) {
            broken_ = true;
            throw ConnectionLost(error.message());
        }
        receive();
    }
}

Task<void> Connection::wait_readable(IoError& error) {
    co_await descriptor_->async_wait(Descriptor::wait_read, into(error));
    if (!error) receive();
}

void Connection::interrupt() {
    if (descriptor_ == nullptr) return;
    IoError ignored;
    descriptor_->cancel(ignored);
}

Task<Result> Connection::query(const std::string& text, const std::vector<std::optional<std::string>>& parameters) {
    arguments.clear();
    for (const auto& value : parameters) arguments.push_back(value ? value->c_str() : nullptr);
    if (PQsendQueryParams(connection_, text.c_str(), static_cast<int>(parameters.size()), nullptr, arguments.data(),
                          nullptr, nullptr, 0) == 0) {
        broken_ = true;
        throw ConnectionLost(last_words(connection_));
    }
    co_await flush();
    Result last;
    while (true) {
        co_await ready();
        Result result(PQgetResult(connection_));
        if (result == nullptr) break;
        if (last == nullptr || PQresultStatus(last.get()) != PGRES_FATAL_ERROR) last = std::move(result);
    }
    if (last == nullptr || PQstatus(connection_) == CONNECTION_BAD) {
        broken_ = true;
        throw ConnectionLost(last_words(connection_));
    }
    const auto status = PQresultStatus(last.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw StatementFailed(error_of(last.get()));
    co_return last;
}

}  // namespace fin::api
