#include "api/database/exchange.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace fin::api {

namespace {

constexpr Oid bytea_type = 17;
constexpr std::size_t piece_size = 64 << 10;  // of a streamed body, gathered before it is sent

enum class Step { clean_up, prepare, begin, name, settings, pre_request, count, main, after, end, position, sync };

struct Sent {
    Step step;
    const std::string* text = nullptr;  // of Step::prepare
    std::string name = {};
};

const std::string& begin_text(Access access, const std::string& isolation) {
    static const std::array<std::array<std::string, 2>, 4> texts = [] {
        std::array<std::array<std::string, 2>, 4> made;
        const std::array<std::string, 4> levels = {"", " ISOLATION LEVEL READ COMMITTED",
                                                   " ISOLATION LEVEL REPEATABLE READ", " ISOLATION LEVEL SERIALIZABLE"};
        for (std::size_t level = 0; level < levels.size(); ++level)
            made[level] = {"BEGIN" + levels[level] + " READ ONLY", "BEGIN" + levels[level] + " READ WRITE"};
        return made;
    }();
    std::size_t level = 0;
    if (!isolation.empty()) {
        const char first = static_cast<char>(isolation[0] | 0x20);
        const char fourth = isolation.size() > 5 ? static_cast<char>(isolation[5] | 0x20) : ' ';
        level = first == 's' ? 3 : first == 'r' && fourth == 't' ? 2 : 1;  // repeaTable, read Committed
    }
    return texts[level][access == Access::read_only ? 0 : 1];
}

const std::string commit_text = "COMMIT", rollback_text = "ROLLBACK",
                  name_text = "SELECT set_config('application_name', $1, true)",
                  position_text = "SELECT pg_catalog.pg_current_wal_insert_lsn()";
const std::vector<std::optional<std::string>> no_values;

std::optional<std::string> text_cell(const PGresult* result, int column) {
    if (column >= PQnfields(result) || PQgetisnull(result, 0, column) != 0) return std::nullopt;
    const char* text = PQgetvalue(result, 0, column);
    const auto size = static_cast<std::size_t>(PQgetlength(result, 0, column));
    if (PQftype(result, column) == bytea_type) return decode_bytea(text, size);
    return std::string(text, size);
}

std::optional<std::int64_t> number_cell(const PGresult* result, int column) {
    if (column >= PQnfields(result) || PQgetisnull(result, 0, column) != 0) return std::nullopt;
    return std::strtoll(PQgetvalue(result, 0, column), nullptr, 10);
}

void read_answer(const PGresult* result, Answer& answer) {
    if (PQntuples(result) == 0) return;
    answer.page_total = number_cell(result, 0).value_or(0);
    answer.total = number_cell(result, 1);
    answer.body = text_cell(result, 2);
    answer.location = text_cell(result, 3);
    answer.response_headers = text_cell(result, 4);
    answer.response_status = text_cell(result, 5);
    answer.inserted = number_cell(result, 6);
}

std::string first_column(const PGresult* result) {
    std::string text;
    for (int row = 0; row < PQntuples(result); ++row) {
        if (row > 0) text += '\n';
        text.append(PQgetvalue(result, row, 0), static_cast<std::size_t>(PQgetlength(result, row, 0)));
    }
    return text;
}

bool ends_connection(const DatabaseError& error) {
    return error.sqlstate.rfind("57P0", 0) == 0 || error.sqlstate.rfind("08", 0) == 0;
}

// Whether the transaction that PostgreSQL itself begins with a pipeline and ends at its Sync is what is wanted.
bool needs_no_begin(const Transaction& wanted) {
    return wanted.access == Access::read_only && wanted.isolation.empty() && !wanted.roll_back && !wanted.after;
}

// The pipeline under way on a connection.
class Pipeline {
public:
    Pipeline(Connection& connection, bool prepare) : connection_(connection), prepare_(prepare) {
        sent_.reserve(12);
        if (PQenterPipelineMode(connection.raw()) == 0) lost();
    }

    void send(Step step, const std::string& text, const std::vector<std::optional<std::string>>& values) {
        auto& arguments = connection_.arguments;
        arguments.clear();
        for (const auto& value : values) arguments.push_back(value ? value->c_str() : nullptr);
        const int count = static_cast<int>(values.size());
        PGconn* raw = connection_.raw();
        if (!prepare_) {
            check(PQsendQueryParams(raw, text.c_str(), count, nullptr, arguments.data(), nullptr, nullptr, 0));
        } else {
            const char* name = connection_.statements.find(text);
            if (name != nullptr) {
                reused = true;
            } else {
                sent_.push_back({Step::prepare, &text, connection_.statements.new_name()});
                name = sent_.back().name.c_str();
                check(PQsendPrepare(raw, name, text.c_str(), 0, nullptr));
            }
            check(PQsendQueryPrepared(raw, name, count, arguments.data(), nullptr, nullptr, 0));
        }
        sent_.push_back({step});
    }

    void send_unprepared(Step step, const std::string& text) {
        check(PQsendQueryParams(connection_.raw(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
        sent_.push_back({step});
    }

    void sync() {
        check(PQpipelineSync(connection_.raw()));
        sent_.push_back({Step::sync});
    }

    bool finished() const { return next_ == sent_.size(); }
    const Sent& current() const { return sent_[next_]; }
    void advance() { ++next_; }

    // The next result of the current step; nullptr where the step is over. Errors are kept: the first one counts.
    Result take() {
        Result result(PQgetResult(connection_.raw()));
        if (result == nullptr) {
            if (PQstatus(connection_.raw()) == CONNECTION_BAD) lost();
            return result;
        }
        if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR) {
            DatabaseError error = error_of(result.get());
            if (PQstatus(connection_.raw()) == CONNECTION_BAD || ends_connection(error)) {
                connection_.mark_broken();
                throw ConnectionLost(error.message);
            }
            if (!failure) failure = std::move(error);
        }
        return result;
    }

    [[noreturn]] void lost() {
        connection_.mark_broken();
        throw ConnectionLost(PQerrorMessage(connection_.raw()));
    }

    std::optional<DatabaseError> failure;
    bool reused = false;  // a statement of an earlier pipeline

private:
    void check(int accepted) {
        if (accepted == 0) lost();
    }

    Connection& connection_;
    bool prepare_;
    std::vector<Sent> sent_;
    std::size_t next_ = 0;
};

// Reads to the end of what was sent, keeping what matters of each step.
class Reading {
public:
    Reading(Connection& connection, Pipeline& pipeline, const Handling& handling, Sink& sink)
        : connection_(connection),
          pipeline_(pipeline),
          handling_(handling),
          sink_(sink),
          shape_(handling.transaction()->shape) {}

    Task<void> run(bool stream) {
        for (; !pipeline_.finished(); pipeline_.advance()) {
            const Sent& sent = pipeline_.current();
            const bool rows = stream && sent.step == Step::main && PQsetSingleRowMode(connection_.raw()) != 0;
            bool over = false;
            while (!over) {
                if (!connection_.result_waits()) co_await connection_.ready();
                Result result = pipeline_.take();
                if (result == nullptr || PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) {
                    over = true;
                } else if (rows) {
                    co_await row(result.get());
                } else {
                    keep(sent, result.get());
                }
            }
        }
        // What fits into one piece is no stream: it goes out whole, with its length, or as an error.
        if (!held && !piece_.empty() && !pipeline_.failure && !refused) co_await send_piece();
    }

    Answer answer;
    std::optional<std::uint64_t> position;
    std::exception_ptr refused;    // what respond() threw at a streamed answer's first row
    std::optional<Response> held;  // of a streamed answer, until its first piece goes out
    bool begun = false, ended = false;

private:
    void keep(const Sent& sent, const PGresult* result) {
        const auto status = PQresultStatus(result);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return;
        switch (sent.step) {
            case Step::prepare: connection_.statements.prepared(*sent.text, sent.name); break;
            case Step::count: answer.explain = first_column(result); break;
            case Step::main:
                if (shape_ == Shape::plan)
                    answer.body = first_column(result) + "\n";
                else
                    read_answer(result, answer);
                break;
            case Step::end:
                // COMMIT of a transaction that failed unseen would say ROLLBACK.
                ended = true;
                committed_ = std::strcmp(PQcmdStatus(const_cast<PGresult*>(result)), "COMMIT") == 0;
                break;
            case Step::position:
                if (PQntuples(result) == 1) position = parse_position(PQgetvalue(result, 0, 0));
                break;
            default: break;
        }
    }

    Task<void> row(const PGresult* result) {
        const auto status = PQresultStatus(result);
        if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK) co_return;
        if (refused) co_return;
        if (!begun) {
            begun = true;
            read_answer(result, answer);
            try {
                held = handling_.respond(answer);
            } catch (...) {
                refused = std::current_exception();
                co_return;
            }
            if (answer.body) piece_ += *answer.body;
        } else if (status == PGRES_SINGLE_TUPLE && PQgetisnull(result, 0, 0) == 0) {
            const char* text = PQgetvalue(result, 0, 0);
            const auto size = static_cast<std::size_t>(PQgetlength(result, 0, 0));
            if (PQftype(result, 0) == bytea_type)
                piece_ += decode_bytea(text, size);
            else
                piece_.append(text, size);
        }
        if (piece_.size() >= piece_size) co_await send_piece();
    }

    Task<void> send_piece() {
        if (held) {
            Response response = std::move(*held);
            held.reset();
            co_await sink_.begin(std::move(response));
        }
        co_await sink_.write(piece_);
        piece_.clear();
    }

    Connection& connection_;
    Pipeline& pipeline_;
    const Handling& handling_;
    Sink& sink_;
    const Shape shape_;
    std::string piece_;

public:
    bool committed() const { return committed_; }
    std::string take_piece() { return std::move(piece_); }

private:
    bool committed_ = false;
};

// Ends what a failed or refused transaction left open.
Task<void> end_transaction(Connection& connection, Pipeline& pipeline, Reading& reading) {
    pipeline.send(Step::end, rollback_text, no_values);
    pipeline.sync();
    co_await connection.flush();
    co_await reading.run(false);
}

}  // namespace

std::optional<std::uint64_t> parse_position(const char* text) {
    const char* const end = text + std::strlen(text);
    std::uint64_t high = 0, low = 0;
    const auto first = std::from_chars(text, end, high, 16);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '/') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, low, 16);
    if (second.ec != std::errc() || second.ptr != end || high > 0xffffffffU || low > 0xffffffffU) return std::nullopt;
    return high << 32 | low;
}

std::string decode_bytea(const char* text, std::size_t size) {
    if (size < 2 || text[0] != '\\' || text[1] != 'x') return {text, size};
    const auto nibble = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10); };
    std::string bytes((size - 2) / 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(nibble(text[2 + 2 * i]) << 4 | nibble(text[3 + 2 * i]));
    return bytes;
}

Task<Exchanged> exchange(Connection& connection, const Handling& handling, const ExchangeFacts& facts, Sink& sink) {
    const Transaction& wanted = *handling.transaction();
    const bool stream = wanted.shape == Shape::stream;
    const bool writes = wanted.access == Access::read_write;
    Pipeline pipeline(connection, facts.prepare);

    if (connection.generation != facts.generation) {
        if (connection.statements.size() > 0) pipeline.send_unprepared(Step::clean_up, "DEALLOCATE ALL");
        connection.statements.clear();
        connection.generation = facts.generation;
    }
    for (std::string name = connection.statements.surplus(); !name.empty(); name = connection.statements.surplus())
        pipeline.send_unprepared(Step::clean_up, "DEALLOCATE " + name);

    const bool bracketed = !needs_no_begin(wanted);
    if (bracketed) pipeline.send(Step::begin, begin_text(wanted.access, wanted.isolation), no_values);
    std::vector<std::optional<std::string>> name_values;
    if (!facts.application_name.empty()) {
        name_values.emplace_back(facts.application_name);
        pipeline.send(Step::name, name_text, name_values);
    }
    if (!wanted.settings.text.empty()) pipeline.send(Step::settings, wanted.settings.text, wanted.settings.parameters);
    if (wanted.pre_request) pipeline.send(Step::pre_request, wanted.pre_request->text, wanted.pre_request->parameters);
    if (wanted.count) pipeline.send(Step::count, wanted.count->text, wanted.count->parameters);
    pipeline.send(Step::main, wanted.main.text, wanted.main.parameters);
    if (wanted.after) pipeline.send(Step::after, wanted.after->text, wanted.after->parameters);
    const bool ends_here = !(wanted.respond_before_commit && writes && !wanted.roll_back);
    const bool position = facts.want_position && writes && !wanted.roll_back;
    if (ends_here && bracketed) {
        pipeline.send(Step::end, wanted.roll_back ? rollback_text : commit_text, no_values);
        if (position) pipeline.send(Step::position, position_text, no_values);
    }
    pipeline.sync();

    Reading reading(connection, pipeline, handling, sink);
    Exchanged exchanged;
    std::exception_ptr refused;
    try {
        co_await connection.flush();
        co_await reading.run(stream);
        refused = reading.refused;
        if (!pipeline.failure && !refused && !stream) {
            try {
                exchanged.response = handling.respond(reading.answer);
            } catch (...) {
                refused = std::current_exception();
            }
        }
        if (!ends_here && !pipeline.failure && !refused) {
            pipeline.send(Step::end, commit_text, no_values);
            if (position) pipeline.send(Step::position, position_text, no_values);
            pipeline.sync();
            co_await connection.flush();
            co_await reading.run(false);
        }
        if (PQtransactionStatus(connection.raw()) != PQTRANS_IDLE)
            co_await end_transaction(connection, pipeline, reading);
    } catch (...) {
        connection.mark_broken();  // results are left unread, or the other side is gone
        throw;
    }
    if (PQexitPipelineMode(connection.raw()) == 0) connection.mark_broken();
    if (pipeline.failure) {
        // The statements are gone (DISCARD, a pooler between) or were made for other tables: prepared anew next time.
        const std::string& state = pipeline.failure->sqlstate;
        const bool outdated = state == "26000" || state == "0A000" || state == "42P05";
        if (outdated) connection.generation = ~std::uint64_t{0};
        StatementFailed failed(std::move(*pipeline.failure));
        failed.stale = outdated && pipeline.reused;
        throw failed;
    }
    if (refused) std::rethrow_exception(refused);
    if (bracketed && !wanted.roll_back && !reading.committed()) {
        connection.mark_broken();
        throw ConnectionLost("the transaction ended without COMMIT");
    }
    if (reading.held) {
        exchanged.response = std::move(*reading.held);
        exchanged.response.body = reading.take_piece();
    }
    exchanged.streamed = stream && !reading.held;
    exchanged.position = reading.position;
    co_return exchanged;
}

}  // namespace fin::api
