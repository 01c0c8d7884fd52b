#include "report.hpp"

#include <algorithm>

#include "datum.hpp"
#include "relation_query.hpp"

namespace fin::pg {

Report find_report(Session& session, Datum id) {
    const auto found = session.run(
        "SELECT r.workspace_id, r.source, r.relation, r.mapping::text, r.filename, r.status, r.currency, "
        "r.content_hash,"
        " r.rows, r.skipped, r.opening_balance, w.language, r.error"
        " FROM fin.reports r JOIN fin.workspaces w ON w.id = r.workspace_id WHERE r.id = $1",
        {uuid_param(id)});
    Report report;
    report.id = *DatumGetUUIDP(id);
    report.id_text = uuid_text(id);
    if (found.empty())
        throw Error(ErrorCode::not_found, "report " + report.id_text + " not found",
                    "There is no such report in a workspace you are a member of.",
                    "SELECT id, filename, created_at FROM fin.reports lists your reports.");
    const auto text = [&](int column) { return found.text(0, column); };
    report.workspace = *DatumGetUUIDP(*found.cell(0, 1));
    report.attached = text(2) == "attach";
    report.relation = text(3);
    report.mapping = text(4);
    report.filename = text(5);
    report.status = text(6);
    report.currency = text(7);
    report.content_hash = text(8);
    if (const auto rows = found.cell(0, 9)) report.rows = DatumGetInt32(*rows);
    if (const auto skipped = found.cell(0, 10)) report.skipped = DatumGetInt32(*skipped);
    if (const auto opening = found.cell(0, 11)) report.opening = money_of(*opening);
    report.language = text(12);
    if (report.status != "completed")
        throw Error(ErrorCode::not_ready, "report " + report.id_text + " is " + report.status,
                    report.status == "failed" ? text(13) : "Its import has not completed.");
    return report;
}

namespace {

// The years in which a ledger can be, as in the importer; infinite dates lie outside.
constexpr ledger::Day earliest = ledger::day_of(1900, 1, 1), latest = ledger::day_of(2200, 12, 31);

struct Receiver {
    const std::function<void(const ledger::Row&)>* visit;
    MemoryContext scratch;  // detoasted texts and numerics of a few rows
    std::exception_ptr failure;
    std::size_t since_reset = 0, left_out = 0, out_of_range = 0;
};

std::string_view view_of(Datum value, bool null) { return null ? std::string_view() : plain_utf8_of(value); }

// Columns: row_no, booked_on, amount, currency, category, counterparty, account, description, balance.
// Below PostgreSQL frames: first PostgreSQL's part, which may longjmp and owns nothing, then ours, which lets nothing
// out.
bool receive(void* state, const Datum* values, const bool* nulls) {
    auto* receiver = static_cast<Receiver*>(state);
    if (nulls[1] || nulls[2]) {
        ++receiver->left_out;
        return true;
    }
    if (++receiver->since_reset == 512) {
        MemoryContextReset(receiver->scratch);
        receiver->since_reset = 0;
    }
    MemoryContext caller = MemoryContextSwitchTo(receiver->scratch);
    ledger::Row row;
    row.row_no = DatumGetInt32(values[0]);
    // Widened: an infinite date is the end of the range.
    const auto day = static_cast<std::int64_t>(DatumGetDateADT(values[1])) + postgres_epoch;
    row.booked_on = static_cast<ledger::Day>(std::clamp<std::int64_t>(day, earliest - 1, latest + 1));
    bool known = row.booked_on >= earliest && row.booked_on <= latest && money_of(values[2], row.amount);
    row.currency = view_of(values[3], nulls[3]);
    row.category = view_of(values[4], nulls[4]);
    row.counterparty = view_of(values[5], nulls[5]);
    row.account = view_of(values[6], nulls[6]);
    row.description = view_of(values[7], nulls[7]);
    if (!nulls[8]) {
        ledger::Money balance;
        known = known && money_of(values[8], balance);
        row.balance = balance;
    }
    MemoryContextSwitchTo(caller);
    try {
        if (!known)
            throw Error(ErrorCode::out_of_domain, "row " + std::to_string(row.row_no) + " cannot be computed with",
                        "Its date lies outside 1900 to 2200, or its amount or balance is NaN, infinite or beyond 900 "
                        "trillion.");
        (*receiver->visit)(row);
        return true;
    } catch (...) {
        receiver->failure = std::current_exception();
        return false;
    }
}

}  // namespace

std::size_t each_row(Session& session, const Report& report, Columns columns,
                     const std::function<void(const ledger::Row&)>& visit) {
    Receiver receiver{&visit, guard([] {
                          return AllocSetContextCreate(CurrentMemoryContext, "pg_fin rows", ALLOCSET_DEFAULT_SIZES);
                      }),
                      nullptr};
    const auto stream = [&](const std::string& sql, const std::vector<Parameter>& params) {
        session.stream(sql, params, receive, &receiver);
    };
    if (report.attached) {
        read_relation(session, report, stream);
    } else {
        const bool all = columns == Columns::all;
        stream(std::string("SELECT row_no, booked_on, amount, currency, category, counterparty, account, ") +
                   (all ? "description" : "CASE WHEN counterparty IS NULL THEN description END") +
                   ", balance FROM fin.transactions WHERE workspace_id = $1 AND report_id = $2" +
                   (all ? " ORDER BY row_no" : ""),
               {uuid_param(report.workspace), uuid_param(report.id)});
    }
    if (receiver.failure) std::rethrow_exception(receiver.failure);
    guard([&] { MemoryContextDelete(receiver.scratch); });
    return receiver.left_out;
}

}  // namespace fin::pg
