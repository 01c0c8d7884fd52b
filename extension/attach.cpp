// fin_attach: an existing table or view becomes a report without copying a row.
#include <nlohmann/json.hpp>

#include "datum.hpp"
#include "relation_query.hpp"
#include "spi.hpp"

extern "C" {
#include "catalog/pg_class.h"
}

using namespace fin;
using namespace fin::pg;

FIN_FUNCTION(fin_attach) {
    const Oid relation = PG_GETARG_OID(0);
    const std::string mapping = json_text(PG_GETARG_DATUM(1));
    require_schema();
    const char* qualified = guard([&]() -> const char* {
        const char kind = get_rel_relkind(relation);
        if (kind != RELKIND_RELATION && kind != RELKIND_VIEW && kind != RELKIND_MATVIEW &&
            kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_FOREIGN_TABLE)
            ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("only a table or a view can be attached"),
                            errdetail("Relation %u is neither.", relation)));
        return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation));
    });

    Session session(Access::write);
    Report report;
    report.attached = true;
    report.relation = qualified;
    report.mapping = map_columns(session, relation, mapping);
    report.id_text = "(new)";
    // One read as the caller: rights, types and amounts are known to be in order before the report exists.
    std::int32_t rows = 0;
    std::optional<ledger::Day> from, to;
    const auto left_out = each_row(session, report, Columns::all, [&](const ledger::Row& row) {
        ++rows;
        from = from ? std::min(*from, row.booked_on) : row.booked_on;
        to = to ? std::max(*to, row.booked_on) : row.booked_on;
    });
    // A statement of its own: the first write of a person makes the workspace, and the next statement sees the person.
    const pg_uuid_t workspace = *DatumGetUUIDP(*session.run("SELECT fin.writable_workspace()").cell(0, 1));
    const auto inserted = session.run(
        "INSERT INTO fin.reports (workspace_id, source, filename, status, relation, mapping, rows, skipped, "
        "period_from,"
        " period_to, currency, created_by, completed_at)"
        " VALUES ($7, 'attach', $1, 'completed', $1, $2, $3, $4, $5, $6, $2 ->> 'currency_code',"
        " fin.current_user_id(), clock_timestamp()) RETURNING id",
        {text_param(report.relation),
         jsonb_param(report.mapping),
         int_param(rows),
         int_param(static_cast<std::int32_t>(left_out)),
         {DATEOID, from ? date_of(*from) : 0, !from},
         {DATEOID, to ? date_of(*to) : 0, !to},
         uuid_param(workspace)});
    auto* id = static_cast<pg_uuid_t*>(guard([] { return SPI_palloc(sizeof(pg_uuid_t)); }));
    memcpy(id, DatumGetPointer(*inserted.cell(0, 1)), sizeof *id);
    session.finish();
    return UUIDPGetDatum(id);
}
