#include "forecast_rows.hpp"

#include "datum.hpp"

extern "C" {
#include "utils/timestamp.h"
#include "utils/typcache.h"
}

namespace fin::pg {

namespace {

// Below guard().
Datum plain_datum(const Cell& cell) {
    switch (cell.is) {
        case Cell::Is::null: return 0;
        case Cell::Is::integer: return Int32GetDatum(static_cast<std::int32_t>(cell.integer));
        case Cell::Is::number: return Float8GetDatum(cell.number);
        case Cell::Is::text: return plain_text_of(cell.text);
        case Cell::Is::day:
            return DirectFunctionCall1(date_timestamptz, date_of(static_cast<ledger::Day>(cell.integer)));
    }
    return 0;
}

}  // namespace

Datum array_of_rows(FunctionCallInfo fcinfo, const std::vector<Cell>& cells, std::size_t width) {
    const std::size_t rows = cells.size() / width;
    return guard([&]() -> Datum {
        const Oid type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
        const TupleDesc description = lookup_rowtype_tupdesc_copy(type, -1);
        if (description->natts != static_cast<int>(width)) elog(ERROR, "type %u has another number of columns", type);
        auto* rows_out = static_cast<Datum*>(palloc(rows * sizeof(Datum)));
        auto* values = static_cast<Datum*>(palloc(width * sizeof(Datum)));
        auto* nulls = static_cast<bool*>(palloc(width * sizeof(bool)));
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t column = 0; column < width; ++column) {
                const Cell& cell = cells[row * width + column];
                nulls[column] = cell.is == Cell::Is::null;
                values[column] = plain_datum(cell);
            }
            rows_out[row] = HeapTupleGetDatum(heap_form_tuple(description, values, nulls));
        }
        return PointerGetDatum(construct_array(rows_out, static_cast<int>(rows), type, -1, false, TYPALIGN_DOUBLE));
    });
}

}  // namespace fin::pg
