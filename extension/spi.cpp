#include "spi.hpp"

#include <unordered_map>

#include "datum.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "executor/tuptable.h"
#include "nodes/params.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace fin::pg {

Parameter text_param(std::string_view utf8) { return {TEXTOID, text_of(utf8)}; }
Parameter optional_text_param(const std::optional<std::string>& utf8) {
    return utf8 && !utf8->empty() ? text_param(std::string_view(*utf8)) : Parameter{TEXTOID, 0, true};
}
Parameter jsonb_param(std::string_view json) { return {JSONBOID, jsonb_of(json)}; }

namespace {

void expect(int code, const char* what) {
    if (code < 0) throw Error(ErrorCode::not_ready, std::string(what) + " failed", SPI_result_code_string(code));
}

struct Streamer {
    DestReceiver receiver;
    Session::Visit visit;
    void* state;
    MemoryContext caller;
};

// An exception that the visitor keeps for later holds its PgError in the memory that is current here. The executor's
// own ends before the exception is thrown again, stream()'s caller's does not.
bool receive(TupleTableSlot* slot, DestReceiver* self) {
    slot_getallattrs(slot);
    const auto* streamer = reinterpret_cast<Streamer*>(self);
    MemoryContext executor = MemoryContextSwitchTo(streamer->caller);
    const bool more = streamer->visit(streamer->state, slot->tts_values, slot->tts_isnull);
    MemoryContextSwitchTo(executor);
    return more;
}
void startup(DestReceiver*, int, TupleDesc) {}
void nothing(DestReceiver*) {}

ParamListInfo list_of(const Parameter* params, std::size_t count) {
    if (count == 0) return nullptr;
    ParamListInfo list = makeParamList(static_cast<int>(count));
    for (std::size_t i = 0; i < count; ++i) {
        list->params[i].ptype = params[i].type;
        list->params[i].value = params[i].value;
        list->params[i].isnull = params[i].null;
        list->params[i].pflags = PARAM_FLAG_CONST;
    }
    return list;
}

}  // namespace

Session::Session(Access access) : access_(access) {
    expect(guard([] { return SPI_connect(); }), "connecting to SPI");
}

void Session::finish() {
    expect(guard([] { return SPI_finish(); }), "leaving SPI");
}

namespace {

// Plans are kept for the session: planning costs more than running most of these statements. PostgreSQL plans again
// where a table, a policy or the role has changed. The texts are constants of this library, so the map stays small.
SPIPlanPtr plan_of(const std::string& sql, std::initializer_list<Parameter> params) {
    static std::unordered_map<std::string, SPIPlanPtr> plans;
    SPIPlanPtr& plan = plans[sql];
    if (!plan)
        plan = guard([&] {
            auto* types = static_cast<Oid*>(palloc(sizeof(Oid) * (params.size() + 1)));
            std::size_t count = 0;
            for (const Parameter& param : params) types[count++] = param.type;
            SPIPlanPtr prepared = SPI_prepare(sql.c_str(), static_cast<int>(count), types);
            if (!prepared) elog(ERROR, "preparing a statement failed: %s", SPI_result_code_string(SPI_result));
            SPI_keepplan(prepared);
            return prepared;
        });
    return plan;
}

}  // namespace

Session::Rows Session::run(const std::string& sql, std::initializer_list<Parameter> params) {
    const SPIPlanPtr plan = plan_of(sql, params);
    const int code = guard([&] {
        SPIExecuteOptions options;
        memset(&options, 0, sizeof options);
        options.params = list_of(params.begin(), params.size());
        options.read_only = access_ == Access::read;
        return SPI_execute_plan_extended(plan, &options);
    });
    expect(code, "a statement");
    Rows rows;
    rows.table_ = SPI_tuptable;
    rows.size_ = SPI_processed;
    return rows;
}

void Session::stream(const std::string& sql, const std::vector<Parameter>& params, Visit visit, void* state) {
    const int code = guard([&] {
        auto* streamer = static_cast<Streamer*>(palloc0(sizeof(Streamer)));
        streamer->receiver.receiveSlot = receive;
        streamer->receiver.rStartup = startup;
        streamer->receiver.rShutdown = nothing;
        streamer->receiver.rDestroy = nothing;
        streamer->receiver.mydest = DestNone;
        streamer->visit = visit;
        streamer->state = state;
        streamer->caller = CurrentMemoryContext;
        SPIExecuteOptions options;
        memset(&options, 0, sizeof options);
        options.params = list_of(params.data(), params.size());
        options.read_only = access_ == Access::read;
        options.dest = &streamer->receiver;
        return SPI_execute_extended(sql.c_str(), &options);
    });
    expect(code, "a query");
}

std::optional<Datum> Session::Rows::cell(std::uint64_t row, int column) const {
    bool null = false;
    const Datum value = guard([&] { return SPI_getbinval(table_->vals[row], table_->tupdesc, column, &null); });
    if (null) return std::nullopt;
    return value;
}

std::string Session::Rows::text(std::uint64_t row, int column) const {
    const auto value = cell(row, column);
    return value ? std::string(utf8_of(*value)) : std::string();
}

std::optional<double> Session::Rows::number(std::uint64_t row, int column) const {
    const auto value = cell(row, column);
    return value ? std::optional(DatumGetFloat8(*value)) : std::nullopt;
}

void require_schema() {
    const bool there = guard([] {
        const Oid schema = get_namespace_oid("fin", true);
        return OidIsValid(schema) && OidIsValid(get_relname_relid("transactions", schema));
    });
    if (!there)
        throw Error(ErrorCode::not_ready, "pg_fin is not set up in this database",
                    "Schema fin with its tables is missing.", "Run SELECT fin_setup(); as a superuser.");
}

std::string own_schema(Oid function) {
    const char* name =
        guard([&]() -> const char* { return quote_identifier(get_namespace_name(get_func_namespace(function))); });
    return name;
}

}  // namespace fin::pg
