// fin_analyze and its readers: one snapshot, one document, stored under the hash of everything it was made of.
#include "analysis/analysis.hpp"

#include "datum.hpp"
#include "hash/sha256.hpp"
#include "json/writer.hpp"
#include "ledger/content_hash.hpp"
#include "report_kinds.hpp"
#include "subject.hpp"

extern "C" {
#include "access/xact.h"
}

namespace {

using namespace fin;
using namespace fin::pg;

// A snapshot that sees what this very statement has written before, for reading everything from one state.
void push_fresh_snapshot() {
    guard([] {
        CommandCounterIncrement();
        PushActiveSnapshot(GetTransactionSnapshot());
    });
}
void pop_snapshot() {
    guard([] { PopActiveSnapshot(); });
}

struct Stored {
    pg_uuid_t id;
    Datum document;  // in the memory of the function's caller
};

std::optional<Stored> stored_analysis(Session& session, const Report& report, const std::string& input_hash) {
    const auto rows = session.run(
        "SELECT id, CASE WHEN review IS NULL THEN document ELSE jsonb_set(document || review, '{quality,sections,ai}',"
        " to_jsonb(CASE review -> 'ai' ->> 'source' WHEN 'models' THEN 'ok' ELSE 'not_available' END)) END"
        " FROM fin.analyses WHERE workspace_id = $1 AND report_id = $2 AND input_hash = $3",
        {uuid_param(report.workspace), uuid_param(report.id), text_param(input_hash)});
    if (rows.empty()) return std::nullopt;
    const Datum document = *rows.cell(0, 2);
    return Stored{*DatumGetUUIDP(*rows.cell(0, 1)), guard([&]() -> Datum {
                      auto* source = PG_DETOAST_DATUM(document);
                      auto* copy = static_cast<struct varlena*>(SPI_palloc(VARSIZE(source)));
                      memcpy(copy, source, VARSIZE(source));
                      return PointerGetDatum(copy);
                  })};
}

// Where another backend is counting a hit at this moment, ours is not counted: nobody waits for statistics.
void count_hit(Session& session, const pg_uuid_t& id) {
    session.run(
        "UPDATE fin.analyses SET hits = hits + 1, last_hit_at = clock_timestamp() WHERE id ="
        " (SELECT id FROM fin.analyses WHERE id = $1 FOR UPDATE SKIP LOCKED)",
        {uuid_param(id)});
}

// A viewer gets the answer and leaves no trace: storing takes an analyst.
bool may_store(Session& session, const Report& report) {
    return DatumGetBool(
        *session
             .run(
                 "SELECT NOT pg_catalog.row_security_active('fin.analyses') OR $1 = ANY (fin.workspaces_of('analyst'))",
                 {uuid_param(report.workspace)})
             .cell(0, 1));
}

void store(Session& session, const Report& report, const Made& made, const analysis::Options& options, Datum document) {
    session.run(
        "INSERT INTO fin.analyses (workspace_id, report_id, input_hash, options, document, document_hash, content_hash,"
        " engine, created_by) VALUES ($1, $2, $3, $4, $5, encode(sha256(convert_to($5::text, 'UTF8')), 'hex'), $6, $7,"
        " fin.current_user_id()) ON CONFLICT (workspace_id, report_id, input_hash) DO NOTHING",
        {uuid_param(report.workspace),
         uuid_param(report.id),
         text_param(made.input_hash),
         jsonb_param(options.canonical()),
         {JSONBOID, document},
         text_param(made.subject.content_hash),
         text_param(made.subject.engine)});
}

// Where AI is switched on for the workspace and models are set up: a job that reviews the analysis.
void ask_for_review(Session& session, const Report& report, const Made& made, const std::string& schema) {
    session.run("SELECT " + schema +
                    ".fin_enqueue_once('ai_review', jsonb_build_object('report_id', a.report_id, 'analysis_id', a.id), "
                    "a.id::text)"
                    " FROM fin.analyses a JOIN fin.ai_consents c ON c.workspace_id = a.workspace_id AND c.enabled"
                    " WHERE a.workspace_id = $1 AND a.report_id = $2 AND a.input_hash = $3 AND EXISTS (SELECT FROM "
                    "fin.ai_models m WHERE m.enabled)",
                {uuid_param(report.workspace), uuid_param(report.id), text_param(made.input_hash)});
}

}  // namespace

FIN_FUNCTION(fin_analyze) {
    require_schema();
    const auto options = analysis::Options::parse(json_text(PG_GETARG_DATUM(1)));
    push_fresh_snapshot();
    Session reading(Access::read);
    const Report report = find_report(reading, PG_GETARG_DATUM(0));
    auto made = subject_of(reading, report, options);
    const auto known = stored_analysis(reading, report, made.input_hash);
    const std::string computed = known ? std::string() : analysis::document(made.load(reading), check_interrupts);
    reading.finish();
    pop_snapshot();

    const Datum document = known ? known->document : jsonb_of(computed);
    Session writing(Access::write);
    if (may_store(writing, report)) {
        if (known) {
            count_hit(writing, known->id);
        } else {
            store(writing, report, made, options, document);
            ask_for_review(writing, report, made, own_schema(fcinfo->flinfo->fn_oid));
        }
    }
    writing.finish();
    return document;
}

// The same document without storing it: for viewers, standbys and the set-returning functions.
FIN_FUNCTION(fin_analysis) {
    require_schema();
    const auto options = analysis::Options::parse(json_text(PG_GETARG_DATUM(1)));
    Session session(Access::read);
    const Report report = find_report(session, PG_GETARG_DATUM(0));
    auto made = subject_of(session, report, options);
    if (const auto known = stored_analysis(session, report, made.input_hash)) {
        session.finish();
        return known->document;
    }
    const std::string document = analysis::document(made.load(session), check_interrupts);
    session.finish();
    return jsonb_of(document);
}

// Reads every row again and compares: the rows with the hash of the import, the latest stored analysis with a new one.
FIN_FUNCTION(fin_verify) {
    require_schema();
    Session session(Access::read);
    const Report report = find_report(session, PG_GETARG_DATUM(0));
    ledger::ContentHash hash;
    each_row(session, report, Columns::all, [&](const ledger::Row& row) { hash.add(row); });
    const std::string content_hash = hash.hex();
    const auto latest = session.run(
        "SELECT options, document_hash, content_hash, engine, input_hash FROM fin.analyses"
        " WHERE workspace_id = $1 AND report_id = $2 ORDER BY created_at DESC, id LIMIT 1",
        {uuid_param(report.workspace), uuid_param(report.id)});
    // An attached table may change: what must match there is the state that the latest analysis saw.
    const std::string promised = !report.attached ? report.content_hash : latest.empty() ? "" : latest.text(0, 3);

    json::Writer out;
    out.begin_object().field("report_id", report.id_text);
    out.field("content_hash", content_hash).key("stored_content_hash");
    if (promised.empty())
        out.null();
    else
        out.value(std::string_view(promised));
    const bool rows_match = content_hash == promised;
    out.field("rows_match", rows_match).key("analysis");
    bool analysis_matches = true;
    if (latest.empty()) {
        out.null();
    } else {
        const auto options = analysis::Options::parse(json_text(*latest.cell(0, 1)));
        auto made = subject_of(session, report, options);
        const std::string document = analysis::document(made.load(session), check_interrupts);
        const auto hashed =
            session.run("SELECT encode(sha256(convert_to($1::text, 'UTF8')), 'hex')", {jsonb_param(document)});
        analysis_matches = hashed.text(0, 1) == latest.text(0, 2);
        out.begin_object().field("engine", latest.text(0, 4)).field("document_hash", hashed.text(0, 1));
        out.field("stored_document_hash", latest.text(0, 2)).field("document_matches", analysis_matches);
        out.field("current", made.input_hash == latest.text(0, 5)).end_object();
    }
    out.field("verified", rows_match && analysis_matches).end_object();
    session.finish();
    return jsonb_of(out.text());
}
