// fin_drivers: what a change of a metric between two months is made of.
#include "metrics/drivers.hpp"

#include "datum.hpp"
#include "report_kinds.hpp"
#include "rowset.hpp"
#include "subject.hpp"

using namespace fin;
using namespace fin::pg;

FIN_FUNCTION(fin_drivers) {
    require_schema();
    Rowset result(fcinfo);
    const std::string metric(utf8_of(PG_GETARG_DATUM(1)));
    const auto from = ledger::month_of(pg::day_of(PG_GETARG_DATUM(2))),
               to = ledger::month_of(pg::day_of(PG_GETARG_DATUM(3)));
    Session session(Access::read);
    const Report report = find_report(session, PG_GETARG_DATUM(0));
    auto made = subject_of(session, report, {});
    auto& subject = made.load(session);
    auto& ledger = subject.built.ledger;
    if (ledger.empty()) throw Error(ErrorCode::bad_data, "report " + report.id_text + " has no rows");
    ledger::assign_kinds(ledger, subject.rules, check_interrupts);
    const auto monthly = ledger::by_month(ledger, check_interrupts);
    const auto recurring = ledger::find_recurring(ledger, check_interrupts);
    for (const auto& driver : metrics::drivers({ledger, monthly, recurring}, metric, from, to, check_interrupts)) {
        check_interrupts();
        const Datum name = text_of(driver.driver), member = text_of(driver.member);
        result.add<3>([&](Datum* values, bool*) {
            values[0] = name;
            values[1] = member;
            values[2] = DirectFunctionCall3(numeric_in, CStringGetDatum(driver.delta.c_str()),
                                            ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
        });
    }
    session.finish();
    return 0;
}
