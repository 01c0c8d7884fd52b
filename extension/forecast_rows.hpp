// Forecasts as PostgreSQL's values: arrays of the types of sql/forecast.sql.
#pragma once
#include "bridge.hpp"
#include "forecast/gathered.hpp"

namespace fin::pg {

// A value of a composite type's column; the text is UTF-8 and must outlive the row.
struct Cell {
    enum class Is { null, integer, number, text, day } is = Is::null;
    std::int64_t integer = 0;
    double number = 0;
    std::string_view text;

    static Cell of(int integer) { return {Is::integer, integer, 0, {}}; }
    // NULL where it is not finite.
    static Cell of(double number) { return {std::isfinite(number) ? Is::number : Is::null, 0, number, {}}; }
    // NULL where it is empty.
    static Cell of(std::string_view text) { return {text.empty() ? Is::null : Is::text, 0, 0, text}; }
    // Midnight of a local day, as timestamptz.
    static Cell midnight(std::int64_t day) { return {Is::day, day, 0, {}}; }
};

// The composites of the array that the called function returns, one of `width` cells after the other.
Datum array_of_rows(FunctionCallInfo fcinfo, const std::vector<Cell>& cells, std::size_t width);

}  // namespace fin::pg
