#include "handlers.hpp"
#include "identity.hpp"
#include "payload.hpp"

namespace fin::workers {

namespace {

// settings.retention of the workspace: {"reports_days": 1095, "files_days": 365, "analyses_days": 90}. What is not
// named there is kept for good. Comparing with NULL removes nothing.
constexpr const char* removal =
    "WITH keep AS (SELECT (w.settings #>> '{retention,reports_days}')::int AS reports, (w.settings #>> "
    "'{retention,files_days}')::int AS files, "
    "(w.settings #>> '{retention,analyses_days}')::int AS analyses FROM fin.workspaces w WHERE w.id = $1::uuid), "
    "reports AS (DELETE FROM fin.reports r USING keep k WHERE r.workspace_id = $1::uuid AND k.reports >= 1 "
    "AND r.created_at < now() - make_interval(days => k.reports) RETURNING 1), "
    "files AS (DELETE FROM fin.files f USING keep k WHERE f.workspace_id = $1::uuid AND k.files >= 1 "
    "AND f.created_at < now() - make_interval(days => k.files) "
    "AND NOT EXISTS (SELECT FROM fin.reports r WHERE r.workspace_id = f.workspace_id AND r.file_id = f.id) RETURNING "
    "1), "
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
        co_return Outcome::succeeded(result);
    } catch (const SqlError& error) {
        co_return outcome_of(error);
    }
}

}  // namespace fin::workers
