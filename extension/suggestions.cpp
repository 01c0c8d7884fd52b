// Categories for rows without one: the merchant's name, and what accepting a suggestion changes.
#include "datum.hpp"
#include "ledger/content_hash.hpp"
#include "ledger/payee.hpp"
#include "report.hpp"
#include "spi.hpp"

namespace {

using namespace fin;
using namespace fin::pg;

std::string array_text(const std::vector<std::int32_t>& numbers) {
    std::string text = "{";
    for (const auto number : numbers) text += (text.size() > 1 ? "," : "") + std::to_string(number);
    return text + "}";
}

}  // namespace

FIN_FUNCTION(fin_merchant) { return text_of(ledger::payee_key(utf8_of(PG_GETARG_DATUM(0)))); }

FIN_FUNCTION(fin_suggestion_accept) {
    require_schema();
    Session session(Access::write);
    const auto accepted =
        session.run("SELECT report_id, merchant, inflow::text, category FROM fin.suggestion_apply($1)",
                    {uuid_param(PG_GETARG_DATUM(0))});
    const Report report = find_report(session, *accepted.cell(0, 1));
    const std::string merchant = accepted.text(0, 2), category = accepted.text(0, 4);
    const bool inflow = accepted.text(0, 3) == "true";

    std::vector<std::int32_t> rows;
    each_row(session, report, Columns::all, [&](const ledger::Row& row) {
        if (row.category.empty() && (row.amount.units > 0) == inflow && !row.counterparty.empty() &&
            ledger::payee_key(row.counterparty) == merchant)
            rows.push_back(row.row_no);
    });
    const auto changed = session.run(
        "WITH changed AS (UPDATE fin.transactions t SET category = $3 WHERE t.workspace_id = $4 AND t.report_id = $1 "
        "AND t.row_no = ANY ($2::int[])"
        " AND coalesce(t.category, '') = '' RETURNING 1) SELECT count(*)::int FROM changed",
        {uuid_param(report.id), text_param(array_text(rows)), text_param(category), uuid_param(report.workspace)});
    const Datum count = *changed.cell(0, 1);

    ledger::ContentHash hash;
    each_row(session, report, Columns::all, [&](const ledger::Row& row) { hash.add(row); });
    session.run("UPDATE fin.reports SET content_hash = $2 WHERE id = $1",
                {uuid_param(report.id), text_param(hash.hex())});
    session.finish();
    return count;
}
