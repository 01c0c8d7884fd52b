// Statements from C++: run as the caller, errors as exceptions.
#pragma once
#include <initializer_list>

#include "bridge.hpp"

namespace fin::pg {

// A value for $1, $2, ...; absent is NULL.
struct Parameter {
    Oid type;
    Datum value = 0;
    bool null = false;
};
Parameter text_param(std::string_view utf8);
Parameter optional_text_param(const std::optional<std::string>& utf8);
Parameter jsonb_param(std::string_view json);
inline Parameter uuid_param(Datum uuid) { return {UUIDOID, uuid}; }
// `uuid` must outlive the parameter.
inline Parameter uuid_param(const pg_uuid_t& uuid) { return {UUIDOID, UUIDPGetDatum(&uuid)}; }
inline Parameter int_param(std::int32_t number) { return {INT4OID, Int32GetDatum(number)}; }

// Whether a statement may write, and which snapshot it sees.
enum class Access {
    read,   // the snapshot of the calling statement; works on a standby
    write,  // a new command of this transaction: sees what was written before
};

// A connection to SPI for the life of one function body. Results live until finish().
class Session {
public:
    explicit Session(Access access = Access::read);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    // Call on the way out in good order. After an error PostgreSQL itself cleans up.
    void finish();

    Access access() const { return access_; }

    // Rows of the result; cells by column number from 1.
    class Rows {
    public:
        std::uint64_t size() const { return size_; }
        bool empty() const { return size_ == 0; }
        // nullopt: NULL.
        std::optional<Datum> cell(std::uint64_t row, int column) const;
        std::string text(std::uint64_t row, int column) const;              // UTF-8 of a text column; empty for NULL
        std::optional<double> number(std::uint64_t row, int column) const;  // of a float8 column

    private:
        friend class Session;
        SPITupleTable* table_ = nullptr;
        std::uint64_t size_ = 0;
    };
    Rows run(const std::string& sql, std::initializer_list<Parameter> params = {});

    // Streams the result to f(values, nulls, n) without storing it. f is called below PostgreSQL frames: it may call
    // PostgreSQL as PostgreSQL code does and must not let an exception out; return false to stop. It allocates in the
    // memory that was current when stream() was called.
    using Visit = bool (*)(void* state, const Datum* values, const bool* nulls);
    void stream(const std::string& sql, const std::vector<Parameter>& params, Visit visit, void* state);

private:
    Access access_;
};

// Throws unless fin_setup() has been run in this database.
void require_schema();

// The schema a function of the extension is in, quoted: where its sisters are.
std::string own_schema(Oid function);

}  // namespace fin::pg
