#include "report_kinds.hpp"

#include <algorithm>

#include "datum.hpp"
#include "json/writer.hpp"
#include "ledger/payee.hpp"

namespace fin::pg {

ledger::KindRules kind_rules(Session& session, const Report& report) {
    const auto rows = session.run(
        "SELECT category, counterparty, kind FROM fin.category_kinds WHERE workspace_id = $1 AND report_id IS NULL",
        {uuid_param(report.workspace)});
    ledger::KindRules rules;
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
        const auto kind = ledger::kind_named(rows.text(i, 3));
        const std::string category = rows.text(i, 1), counterparty = rows.text(i, 2);
        if (kind && !counterparty.empty()) rules.by_counterparty.emplace(ledger::payee_key(counterparty), *kind);
        if (kind && !category.empty()) rules.by_category.emplace(ledger::payee_key(category), *kind);
    }
    return rules;
}

void store_kinds(Session& session, const pg_uuid_t& workspace, const pg_uuid_t& report, ledger::Ledger& ledger) {
    // In batches, between which a cancel is heard; usually it is one.
    constexpr std::size_t batch = 1000;
    const auto all = ledger::assign_kinds(ledger, {}, check_interrupts);
    for (std::size_t from = 0; from < all.size(); from += batch) {
        json::Writer kinds;
        kinds.begin_array();
        for (std::size_t i = from; i < std::min(all.size(), from + batch); ++i)
            kinds.begin_object()
                .field("category", all[i].category)
                .field("kind", name(all[i].kind))
                .field("source", all[i].source)
                .end_object();
        kinds.end_array();
        check_interrupts();
        session.run(
            "INSERT INTO fin.category_kinds (workspace_id, report_id, category, kind, source)"
            " SELECT $1, $2, k.category, k.kind, k.source FROM jsonb_to_recordset($3) AS k(category text, kind text, "
            "source text)",
            {uuid_param(workspace), uuid_param(report), jsonb_param(kinds.text())});
    }
}

}  // namespace fin::pg
