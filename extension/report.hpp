// A report and its rows, wherever they are kept: imported into fin.transactions or attached in the user's own table.
#pragma once
#include "ledger/ledger.hpp"
#include "spi.hpp"

namespace fin::pg {

struct Report {
    pg_uuid_t id{}, workspace{};
    std::string id_text;
    bool attached = false;
    std::string relation, mapping;  // attached: qualified name; JSON object role -> column
    std::string filename, status, currency, content_hash, language;
    std::int32_t rows = 0, skipped = 0;
    std::optional<ledger::Money> opening;
};

// The report as the caller may see it. Throws Error{not_found} where there is none or it is another workspace's,
// Error{not_ready} where its import has not completed.
Report find_report(Session& session, Datum id);

enum class Columns {
    for_analysis,  // no balance unless it gives the opening; description only where there is no counterparty
    all,           // everything that was stored, in order of row_no
};

// Calls visit for every row; rows of an attached table without date or amount are left out and counted in the result.
// visit may throw; it must not call PostgreSQL.
std::size_t each_row(Session& session, const Report& report, Columns columns,
                     const std::function<void(const ledger::Row&)>& visit);

// Mapping role -> column of a relation, from the caller's mapping and, for roles it leaves open, the columns' names and
// types. Throws Error{invalid_argument} naming what is missing or unknown. Used by fin_attach.
std::string map_columns(Session& session, Oid relation, std::string_view mapping);

}  // namespace fin::pg
