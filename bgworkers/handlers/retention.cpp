#include "handlers.hpp"
#include "identity.hpp"
#include "payload.hpp"
#include "s3/moves.hpp"

namespace fin::workers {

namespace {

// settings.retention of the workspace: {"reports_days": 1095, "files_days": 365, "analyses_days": 90}. What is not
// named there is kept for good; comparing with NULL removes nothing. Files besides have a time by their purpose, which
// fin.file_days says (originals_days, parsed_days, exports_days).
constexpr const char* removal =
    "WITH keep AS (SELECT (w.settings #>> '{retention,reports_days}')::int AS reports, (w.settings #>> "
    "'{retention,files_days}')::int AS files, "
    "(w.settings #>> '{retention,analyses_days}')::int AS analyses FROM fin.workspaces w WHERE w.id = $1::uuid), "
    "reports AS (DELETE FROM fin.reports r USING keep k WHERE r.workspace_id = $1::uuid AND k.reports >= 1 "
    "AND r.created_at < now() - make_interval(days => k.reports) RETURNING 1), "
    "files AS (DELETE FROM fin.files f USING keep k, (SELECT p.purpose, fin.file_days($1::uuid, p.purpose) AS days "
    "FROM unnest('{original,parsed,exported}'::text[]) p(purpose)) d "
    "WHERE f.workspace_id = $1::uuid AND d.purpose = f.purpose AND ((k.files >= 1 "
    "AND f.created_at < now() - make_interval(days => k.files) "
    "AND NOT EXISTS (SELECT FROM fin.reports r WHERE r.workspace_id = f.workspace_id AND r.file_id = f.id)) "
    "OR (d.days >= 1 AND f.kept_from < now() - make_interval(days => d.days) "
    "AND NOT EXISTS (SELECT FROM fin.reports r WHERE r.workspace_id = f.workspace_id AND r.file_id = f.id "
    "AND r.status = 'processing'))) RETURNING 1), "
    "analyses AS (DELETE FROM fin.analyses a USING keep k WHERE a.workspace_id = $1::uuid AND k.analyses >= 1 "
    "AND coalesce(a.last_hit_at, a.created_at) < now() - make_interval(days => k.analyses) RETURNING 1) "
    "SELECT jsonb_build_object('reports', (SELECT count(*) FROM reports), 'files', (SELECT count(*) FROM files), "
    "'analyses', (SELECT count(*) FROM analyses))::text";

}  // namespace

Task<Outcome> handle_retention(Context& context) {
    try {
        std::string result;
        context.sql([&](pg::Session& session) {
            result = session.run(removal, {pg::text_param(context.job().workspace_id)}).text(0, 1);
        });
        // The rows are gone; what lies in a bucket follows now, or with the sweeper.
        Task<int> removing = remove_left_objects(context, 10'000);
        co_await removing;
        co_return Outcome::succeeded(result);
    } catch (const std::exception&) {
        co_return outcome_of_storage();
    }
}

}  // namespace fin::workers
