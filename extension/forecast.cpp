// SQL face of the forecasts of any table's series: fin_forecast, fin_backtest and fin_explain_forecast as aggregates.
//
// PostgreSQL calls an aggregate's final function in the leader of a parallel statement only, and the forecast is what
// takes time. So the forecast is made where a worker hands its states over (the serial function), for every series
// that looks whole there; the leader makes what is left: series that the scan cut at the edge of a block.
#include "aggregate_state.hpp"
#include "datum.hpp"
#include "forecast/crew.hpp"
#include "forecast_rows.hpp"

extern "C" {
#include "access/parallel.h"
#include "optimizer/cost.h"
#include "utils/timestamp.h"
}

using namespace fin;
using namespace fin::pg;
using forecast::Gathered;

namespace {

// Years that calendars of people cover: beyond them a date is a mistake that would fill memory with empty periods.
constexpr std::int64_t earliest = ledger::day_of(1, 1, 1), latest = ledger::day_of(9999, 12, 31);

// All series of one aggregate in one process.
struct Group {
    forecast::Crew crew;
    forecast::Census census;
};

struct Series : forecast::CrewMember {
    Group* group = nullptr;  // nullptr: only passing through
};

// The state, known to its group. The group lives as long as the plan's node, which is longer than any of its states.
Series& series_of(FunctionCallInfo fcinfo) {
    auto& series = state_of<Series>(fcinfo);
    if (!series.group) {
        if (!fcinfo->flinfo->fn_extra) fcinfo->flinfo->fn_extra = state_in<Group>(fcinfo->flinfo->fn_mcxt);
        series.group = static_cast<Group*>(fcinfo->flinfo->fn_extra);
        series.group->crew.enlist(series);
    }
    series.group->crew.changing(series);
    return series;
}

// Threads stand in for parallel workers where PostgreSQL has none, so they keep to its limits for those.
int helpers() {
    if (IsParallelWorker() || max_parallel_workers_per_gather == 0) return 0;
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    return std::max(0, std::min({max_parallel_workers_per_gather, max_parallel_workers, cores - 1}));
}

// ts, value, horizon [, options]: a row without date or value tells nothing; gaps are seen by the calendar.
Datum step(FunctionCallInfo fcinfo, const std::function<std::optional<std::int64_t>(Datum)>& day_of_stamp) {
    auto& series = series_of(fcinfo);
    auto& gathered = series.gathered;
    auto& census = series.group->census;
    if (!gathered.asked()) {
        if (PG_ARGISNULL(3)) throw Error(ErrorCode::invalid_argument, "horizon must not be NULL");
        const int horizon = PG_GETARG_INT32(3);
        if (horizon < 1 || horizon > 1000)
            throw Error(ErrorCode::invalid_argument, "horizon must lie between 1 and 1000",
                        "It is " + std::to_string(horizon) + ".");
        gathered.ask(horizon, PG_NARGS() > 4 && !PG_ARGISNULL(4) ? json_text(PG_GETARG_DATUM(4)) : "{}");
        ++census.series;
    }
    if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return PointerGetDatum(&series);
    const auto day = day_of_stamp(PG_GETARG_DATUM(1));
    const double value = PG_GETARG_FLOAT8(2);
    if (!day || *day < earliest || *day > latest) {
        gathered.refuse({"a date lies outside the years 1 to 9999", "дата лежит вне 1-9999 годов"});
    } else if (std::isinf(value)) {
        gathered.refuse({"a value is infinite", "одно из значений бесконечно"});
    } else {
        gathered.add(*day, value);
        ++census.observations;
        census.latest = std::max(census.latest, *day);
    }
    return PointerGetDatum(&series);
}

std::optional<std::int64_t> day_of_date(Datum stamp) {
    const DateADT date = DatumGetDateADT(stamp);
    if (DATE_NOT_FINITE(date)) return std::nullopt;
    return static_cast<std::int64_t>(date) + postgres_epoch;
}

std::optional<std::int64_t> day_of_timestamp(Datum stamp) {
    const Timestamp time = DatumGetTimestamp(stamp);
    if (TIMESTAMP_NOT_FINITE(time)) return std::nullopt;
    const std::int64_t days = time / USECS_PER_DAY;
    return days - (time % USECS_PER_DAY < 0) + postgres_epoch;
}

// The day that the session's clock on the wall showed.
std::optional<std::int64_t> day_of_timestamptz(Datum stamp) {
    if (TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(stamp))) return std::nullopt;
    return day_of_timestamp(guard([&] { return DirectFunctionCall1(timestamptz_timestamp, stamp); }));
}

const Gathered& gathered_or_nothing(FunctionCallInfo fcinfo, Gathered& nothing) {
    const auto* series = given_state<Series>(fcinfo, 0);
    return series ? series->gathered : nothing;
}

}  // namespace

FIN_FUNCTION(fin_forecast_step_date) { return step(fcinfo, day_of_date); }
FIN_FUNCTION(fin_forecast_step_timestamp) { return step(fcinfo, day_of_timestamp); }
FIN_FUNCTION(fin_forecast_step_timestamptz) { return step(fcinfo, day_of_timestamptz); }

FIN_FUNCTION(fin_forecast_combine) {
    auto* other = given_state<Series>(fcinfo, 1);
    if (!other) return unchanged_state(fcinfo);
    auto& series = series_of(fcinfo);
    series.gathered.merge(std::move(other->gathered));
    return PointerGetDatum(&series);
}

FIN_FUNCTION(fin_forecast_serial) {
    auto* series = given_state<Series>(fcinfo, 0);
    auto& gathered = series->gathered;
    if (series->group && gathered.looks_whole(series->group->census)) gathered.answer(check_interrupts);
    const std::string state = gathered.bytes();
    if (state.size() > MaxAllocSize / 2)
        throw Error(ErrorCode::limit_exceeded, "a series is too long for a parallel statement", {},
                    "SET max_parallel_workers_per_gather = 0.");
    auto* bytes = guard([&] { return static_cast<bytea*>(palloc(VARHDRSZ + state.size())); });
    SET_VARSIZE(bytes, VARHDRSZ + state.size());
    std::memcpy(VARDATA(bytes), state.data(), state.size());
    PG_RETURN_BYTEA_P(bytes);
}

// Between the processes of one statement only: the bytes never outlive it.
FIN_FUNCTION(fin_forecast_deserial) {
    if (!AggCheckCallContext(fcinfo, nullptr))
        throw Error(ErrorCode::invalid_argument, "this function is a part of an aggregate and cannot be called alone");
    const auto bytes = bytes_of(PG_GETARG_DATUM(0));
    auto* series = state_in<Series>(CurrentMemoryContext);
    series->gathered = Gathered::of(bytes);
    return PointerGetDatum(series);
}

// One composite for each step; a series without a forecast gives one row that says why.
FIN_FUNCTION(fin_forecast_final) {
    Gathered nothing;
    nothing.ask(1, "{}");
    auto* series = given_state<Series>(fcinfo, 0);
    const auto& answer = series && series->group ? series->group->crew.answer(*series, helpers(), check_interrupts)
                                                 : nothing.answer(check_interrupts);
    constexpr std::size_t width = 10;
    std::vector<Cell> cells;
    const Cell model = Cell::of(std::string_view(answer.model)), status = Cell::of(metrics::name(answer.status)),
               reason = Cell::of(std::string_view(answer.reason));
    if (answer.points.empty()) {
        cells.resize(width - 3);
        cells.insert(cells.end(), {model, status, reason});
    }
    for (std::size_t i = 0; i < answer.points.size(); ++i) {
        const auto& point = answer.points[i];
        cells.insert(cells.end(), {Cell::of(static_cast<int>(i) + 1), Cell::midnight(point.day),
                                   Cell::of(point.predicted), Cell::of(point.lo80), Cell::of(point.hi80),
                                   Cell::of(point.lo95), Cell::of(point.hi95), model, status, reason});
    }
    return array_of_rows(fcinfo, cells, width);
}

FIN_FUNCTION(fin_backtest_final) {
    Gathered nothing;
    const Gathered& series = gathered_or_nothing(fcinfo, nothing);
    constexpr std::size_t width = 11;
    std::vector<Cell> cells;
    if (series.size() == 0 || !series.refusal().en.empty()) {
        cells.resize(width - 2);
        cells.push_back(Cell::of(metrics::name(metrics::Status::insufficient_data)));
        cells.push_back(Cell::of(series.refusal().en.empty() ? std::string_view("no observations")
                                                             : std::string_view(series.refusal().en)));
        return array_of_rows(fcinfo, cells, width);
    }
    const auto request = forecast::Request::parse(series.options(), forecast::Use::backtest);
    const auto scores = forecast::backtest(series.observations(), series.horizon(), request.origins, request.models,
                                           request.options, check_interrupts);
    for (const auto& score : scores)
        cells.insert(cells.end(), {Cell::of(std::string_view(score.model)), Cell::of(score.origins),
                                   Cell::of(score.points), Cell::of(score.mase), Cell::of(score.smape),
                                   Cell::of(score.coverage80), Cell::of(score.coverage95), Cell::of(score.width80),
                                   Cell::of(score.width95), Cell::of(metrics::name(score.status)),
                                   Cell::of(std::string_view(request.in_words(score.reason)))});
    return array_of_rows(fcinfo, cells, width);
}

namespace {

// kind, step, ts, name, value, level, trend, season, event, remainder, model, status, reason
constexpr std::size_t explained_width = 13;

void add_parts(std::vector<Cell>& cells, std::string_view kind, int step, std::int64_t day, double value,
               const forecast::Parts& parts, const std::vector<Cell>& ends) {
    cells.insert(cells.end(),
                 {Cell::of(kind), Cell::of(step), Cell::midnight(day), Cell(), Cell::of(value), Cell::of(parts.level),
                  Cell::of(parts.trend), Cell::of(parts.season), Cell::of(parts.event), Cell::of(parts.remainder)});
    cells.insert(cells.end(), ends.begin(), ends.end());
}

}  // namespace

FIN_FUNCTION(fin_explain_forecast_final) {
    Gathered nothing;
    nothing.ask(1, "{}");
    const Gathered& series = gathered_or_nothing(fcinfo, nothing);
    const auto request = forecast::Request::parse(series.options(), forecast::Use::forecast);
    forecast::Forecast made;
    if (!series.refusal().en.empty())
        made.status = metrics::Status::undefined, made.reason = series.refusal();
    else
        made = forecast::forecast(series.observations(), series.horizon(), request.options, check_interrupts);
    std::vector<Cell> cells;
    const std::vector<Cell> ends = {Cell::of(std::string_view(made.model)), Cell::of(metrics::name(made.status)),
                                    Cell::of(std::string_view(request.in_words(made.reason)))};
    const auto add_note = [&](std::string_view kind, std::string_view text) {
        cells.insert(cells.end(), {Cell::of(kind), Cell(), Cell(), Cell::of(text)});
        cells.resize(cells.size() + 6);
        cells.insert(cells.end(), ends.begin(), ends.end());
    };
    for (std::size_t i = 0; i < made.history.size() && i < made.values.size(); ++i)
        add_parts(cells, "history", static_cast<int>(i) - static_cast<int>(made.history.size()) + 1, made.days[i],
                  made.values[i], made.history[i], ends);
    for (std::size_t i = 0; i < made.future.size() && i < made.points.size(); ++i)
        add_parts(cells, "forecast", static_cast<int>(i) + 1, made.points[i].day, made.points[i].predicted,
                  made.future[i], ends);
    for (const auto& parameter : made.parameters) {
        cells.insert(cells.end(), {Cell::of(std::string_view("parameter")), Cell(), Cell(),
                                   Cell::of(std::string_view(parameter.name)), Cell::of(parameter.value)});
        cells.resize(cells.size() + 5);
        cells.insert(cells.end(), ends.begin(), ends.end());
    }
    if (!made.choice.en.empty()) add_note("choice", request.in_words(made.choice));
    for (const auto& note : made.notes) add_note("note", request.in_words(note));
    if (cells.empty()) {
        cells.resize(explained_width - ends.size());
        cells.insert(cells.end(), ends.begin(), ends.end());
    }
    return array_of_rows(fcinfo, cells, explained_width);
}
