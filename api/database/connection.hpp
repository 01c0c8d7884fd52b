// One connection to PostgreSQL, driven by an io thread without blocking it.
#pragma once
#include <libpq-fe.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "api/database/statements.hpp"
#include "api/io.hpp"
#include "api/sql/statement.hpp"

namespace fin::api {

// The connection ended while something was asked of it: whether that was done is not known.
struct ConnectionLost : std::exception {
    std::string message;
    explicit ConnectionLost(std::string text) : message(std::move(text)) {}
    const char* what() const noexcept override { return message.c_str(); }
};

// PostgreSQL refused a statement. What came before it in the transaction is rolled back.
struct StatementFailed : std::exception {
    DatabaseError error;
    bool stale = false;  // by a plan or name out of date, which is forgotten now: the next try prepares anew
    explicit StatementFailed(DatabaseError given) : error(std::move(given)) {}
    const char* what() const noexcept override { return error.message.c_str(); }
};

struct ResultDeleter {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ResultDeleter>;

DatabaseError error_of(const PGresult* result);

// Connects, which takes as long as it takes: for threads that serve nothing else. Throws ConnectionLost.
PGconn* connect_blocking(const std::string& uri, const char* application_name);

class Connection {
public:
    // Takes over an open connection; it joins an io thread with move_to.
    explicit Connection(PGconn* connection);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // To another io thread. Nothing may be under way.
    void move_to(const Executor& executor);

    PGconn* raw() const { return connection_; }
    bool usable() const;  // open, idle and not closed by the other side
    bool healthy() const { return !broken_ && PQtransactionStatus(connection_) == PQTRANS_IDLE; }
    void mark_broken() { broken_ = true; }

    // Sends what is in libpq's buffer, reading meanwhile so that neither side waits for the other.
    Task<void> flush();
    // Waits until PQgetResult gives without blocking.
    Task<void> ready();
    bool result_waits() { return PQisBusy(connection_) == 0; }
    // Waits for input outside of a query (notifications).
    Task<void> wait_readable(IoError& error);
    void interrupt();  // ends wait_readable early

    // One statement outside of a pipeline, as text. Throws StatementFailed, ConnectionLost.
    Task<Result> query(const std::string& text, const std::vector<std::optional<std::string>>& parameters);

    // Asks the server to give up what it does, from `helper` (a thread that may block).
    template <class Helper>
    void cancel(Helper& helper);
    bool cancelling() const { return *cancels_ > 0; }

    Statements statements;
    std::uint64_t generation = 0;  // of the schema cache the statements were prepared under
    std::uint64_t epoch = 0;       // of the pool: a connection of an older one is not used again
    Clock::time_point opened, idle_since;
    unsigned worker = 0;
    std::vector<const char*> arguments;  // room for the values of one statement

private:
    void receive();

    PGconn* connection_;
    std::unique_ptr<Descriptor> descriptor_;
    std::shared_ptr<std::atomic<int>> cancels_ = std::make_shared<std::atomic<int>>(0);
    bool broken_ = false;
};

template <class Helper>
void Connection::cancel(Helper& helper) {
    std::shared_ptr<PGcancel> request(PQgetCancel(connection_), PQfreeCancel);
    if (request == nullptr) return;
    ++*cancels_;
    asio::post(helper, [request, counter = cancels_] {
        char message[256];
        PQcancel(request.get(), message, sizeof message);  // a refusal changes nothing: the query runs to its end
        --*counter;
    });
}

}  // namespace fin::api
