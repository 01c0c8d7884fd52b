// fin_transactions: the one source of rows for drill-down and exports, each with the kind the analysis gives it.
#include <unordered_map>

#include "datum.hpp"
#include "report_kinds.hpp"
#include "rowset.hpp"

namespace {

using namespace fin;
using namespace fin::pg;

using KindOfRow = std::unordered_map<std::int32_t, ledger::Kind>;

void add_kinds(ledger::Builder& builder, const ledger::KindRules& rules, KindOfRow& kinds) {
    auto built = builder.build(check_interrupts);
    const InterruptCheck check = check_interrupts;
    ledger::assign_kinds(built.ledger, rules, check);
    Pulse pulse(check);
    for (std::size_t i = 0; i < built.ledger.size(); ++i) pulse(), kinds[built.ledger.row_no[i]] = built.ledger.kind[i];
}

// The main currency's rows as the analysis reads them; those of other currencies among themselves.
KindOfRow kinds_of(Session& session, const Report& report) {
    const auto rules = kind_rules(session, report);
    KindOfRow kinds;
    ledger::Builder builder;
    std::size_t rows = 0;
    each_row(session, report, Columns::for_analysis, [&](const ledger::Row& row) { builder.add(row), ++rows; });
    add_kinds(builder, rules, kinds);
    if (kinds.size() < rows) {
        ledger::Builder others;
        each_row(session, report, Columns::for_analysis, [&](const ledger::Row& row) {
            if (kinds.contains(row.row_no)) return;
            ledger::Row as_one = row;
            as_one.currency = {};
            others.add(as_one);
        });
        add_kinds(others, rules, kinds);
    }
    return kinds;
}

// Below guard().
void put_text(std::string_view utf8, Datum& value, bool& null) {
    null = utf8.empty();
    if (!null) value = plain_text_of(utf8);
}

}  // namespace

FIN_FUNCTION(fin_transactions) {
    require_schema();
    Rowset result(fcinfo);
    Session session(Access::read);
    const Report report = find_report(session, PG_GETARG_DATUM(0));
    const auto kinds = kinds_of(session, report);
    each_row(session, report, Columns::all, [&](const ledger::Row& row) {
        const auto kind = name(kinds.at(row.row_no));
        result.add<9>([&](Datum* values, bool* nulls) {
            values[0] = Int32GetDatum(row.row_no);
            values[1] = date_of(row.booked_on);
            values[2] = plain_numeric_of(row.amount);
            put_text(row.currency, values[3], nulls[3]);
            put_text(row.category, values[4], nulls[4]);
            put_text(kind, values[5], nulls[5]);
            put_text(row.counterparty, values[6], nulls[6]);
            put_text(row.account, values[7], nulls[7]);
            put_text(row.description, values[8], nulls[8]);
        });
    });
    session.finish();
    return 0;
}
