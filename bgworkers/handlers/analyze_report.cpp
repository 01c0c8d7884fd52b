#include "handlers.hpp"
#include "identity.hpp"
#include "payload.hpp"
#include "s3/moves.hpp"

namespace fin::workers {

namespace {

// Where nothing could be imported people still find the file among the reports, with what was wrong with it.
void store_failure(const Context& context, const std::string& file, const std::string& words) {
    context.sql([&](pg::Session& session) {
        session.run(
            "UPDATE fin.reports SET status = 'failed', error = $3, completed_at = now() "
            "WHERE workspace_id = $1::uuid AND file_id = $2::uuid AND status IN ('failed', 'processing') AND "
            "created_by = fin.current_user_id()",
            {pg::text_param(context.job().workspace_id), pg::text_param(file), pg::text_param(words)});
        session.run(
            "INSERT INTO fin.reports (workspace_id, source, filename, file_id, status, error, completed_at) "
            "SELECT f.workspace_id, 'import', f.filename, f.id, 'failed', $3, now() FROM fin.files f "
            "WHERE f.workspace_id = $1::uuid AND f.id = $2::uuid "
            "AND NOT EXISTS (SELECT FROM fin.reports r WHERE r.workspace_id = f.workspace_id AND r.file_id = f.id AND "
            "r.status = 'failed')",
            {pg::text_param(context.job().workspace_id), pg::text_param(file), pg::text_param(words)});
    });
}

std::string import(const Context& context, const std::string& file, const std::string& options) {
    std::string report;
    context.sql([&](pg::Session& session) {
        const auto rows = session.run("SELECT " + extension_schema() + ".fin_import($1::uuid, $2)::text",
                                      {pg::text_param(file), pg::jsonb_param(options)});
        report = rows.text(0, 1);
        // An earlier attempt may have left word of a failure that is none any more.
        session.run(
            "DELETE FROM fin.reports r WHERE r.workspace_id = $1::uuid AND r.file_id = $2::uuid AND r.status = "
            "'failed' "
            "AND r.created_by = fin.current_user_id()",
            {pg::text_param(context.job().workspace_id), pg::text_param(file)});
    });
    return report;
}

// A report that was uploaded waits for its rows; any other has them.
bool import_waiting(const Context& context, const std::string& report) {
    bool imported = false;
    context.sql([&](pg::Session& session) {
        imported =
            session
                .run("SELECT " + extension_schema() + ".fin_import_waiting($1::uuid)::text", {pg::text_param(report)})
                .text(0, 1) == "true";
    });
    return imported;
}

// The file of a report that waits for its rows; empty where it waits for none.
std::string file_of(const Context& context, const std::string& report) {
    std::string file;
    context.sql([&](pg::Session& session) {
        const auto rows =
            session.run("SELECT r.file_id::text FROM fin.reports r WHERE r.id = $1::uuid AND r.status = 'processing'",
                        {pg::text_param(report)});
        if (!rows.empty()) file = rows.text(0, 1);
    });
    return file;
}

void analyze(const Context& context, const std::string& report, const std::string& options) {
    context.sql([&](pg::Session& session) {
        session.run("SELECT " + extension_schema() + ".fin_analyze($1::uuid, $2)",
                    {pg::text_param(report), pg::jsonb_param(options)});
    });
}

}  // namespace

Task<Outcome> handle_analyze_report(Context& context) {
    std::string file;
    try {
        const Payload payload(context.job());
        std::string report;
        if (payload.has("report_id")) report = payload.text("report_id");
        const std::string source = report.empty() ? payload.text("file_id") : file_of(context, report);
        if (!source.empty()) {
            // Its bytes may lie in a bucket, or with the virus scanner.
            Task<std::string> fetching = fetch_file(context, context.job().workspace_id, source);
            const std::string state = co_await fetching;
            if (state == "held") co_return Outcome::postponed("the file waits for the virus scanner", 15);
            if (state == "infected" || state == "lost") co_return Outcome::dead("the file is " + state);
        }
        if (!report.empty()) {
            if (import_waiting(context, report)) context.progress(0.5, "imported");
        } else {
            file = payload.text("file_id");
            report = import(context, file, payload.object("import"));
            context.progress(0.5, "imported");
        }
        analyze(context, report, payload.object("options"));
        const nlohmann::json result = {{"report_id", report}};
        co_return Outcome::succeeded(result.dump());
    } catch (const BadPayload& error) {
        co_return Outcome::dead(error.what());
    } catch (const SqlError& error) {
        if (!file.empty()) store_failure(context, file, words_of(error));
        co_return outcome_of(error);
    } catch (const std::exception&) {
        co_return outcome_of_storage();
    }
}

}  // namespace fin::workers
