-- Rights of schema fin: roles, owners, grants, policies. Everything here is repeated at each fin_setup(), because a
-- restore without the roles (or with pg_restore -x, -O) loses it. Policies name no role, so that they restore anywhere.

-- One row per policy. A policy compares with current_user = 'fin_definer' first where the identity functions themselves
-- read the table; elsewhere the bare membership test stays usable as an index condition.
CREATE FUNCTION fin_policies() RETURNS TABLE(relation text, policy text, command text, using_sql text, check_sql text, meaning text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 80 SET search_path = pg_catalog, pg_temp AS $policies$
WITH word(name, sql) AS (VALUES
    ('definer', $$current_user = 'fin_definer'$$),
    ('operator', $$(SELECT fin.is_admin())$$),
    ('me', $$(SELECT fin.current_user_id())$$),
    ('viewer', $$workspace_id = ANY ((SELECT fin.workspaces_of('viewer'))::uuid[])$$),
    ('analyst', $$workspace_id = ANY ((SELECT fin.workspaces_of('analyst'))::uuid[])$$),
    ('admin', $$workspace_id = ANY ((SELECT fin.workspaces_of('admin'))::uuid[])$$),
    ('owner', $$workspace_id = ANY ((SELECT fin.workspaces_of('owner'))::uuid[])$$)
), rule(relation, policy, command, using_sql, check_sql, meaning) AS (VALUES
    ('workspaces', 'read', 'SELECT', '{definer} OR id = ANY ((SELECT fin.workspaces_of(''viewer''))::uuid[]) OR {operator}', NULL, 'Members see their workspaces, operators all.'),
    ('workspaces', 'add', 'INSERT', NULL, '{definer} OR {operator}', 'Made by definer functions and operators.'),
    ('workspaces', 'change', 'UPDATE', '{definer} OR id = ANY ((SELECT fin.workspaces_of(''admin''))::uuid[]) OR {operator}', NULL, 'Admins change settings; plans are guarded by a trigger.'),
    ('workspaces', 'remove', 'DELETE', 'id = ANY ((SELECT fin.workspaces_of(''owner''))::uuid[])', NULL, 'Owners delete their workspace.'),

    ('users', 'read', 'SELECT', '{definer} OR id = ANY ((SELECT fin.colleagues())::uuid[]) OR id = {me} OR {operator}', NULL, 'One sees oneself and members of the same workspaces.'),
    ('users', 'add', 'INSERT', NULL, '{definer} OR {operator}', 'Made by definer functions and operators.'),
    ('users', 'change', 'UPDATE', '{definer} OR id = {me} OR {operator}', NULL, 'One changes one''s own name.'),

    ('memberships', 'read', 'SELECT', '{definer} OR {viewer} OR {operator}', NULL, 'Members see who else is one.'),
    ('memberships', 'add', 'INSERT', NULL, '{definer} OR {owner} OR ({admin} AND role IN (''analyst'', ''viewer'')) OR {operator}', 'Admins add analysts and viewers, owners anyone.'),
    ('memberships', 'change', 'UPDATE', '{definer} OR {owner} OR ({admin} AND role IN (''analyst'', ''viewer'')) OR {operator}', NULL, 'Admins change analysts and viewers, owners anyone.'),
    ('memberships', 'remove', 'DELETE', '{owner} OR ({admin} AND role IN (''analyst'', ''viewer'')) OR (user_id = {me} AND (SELECT fin.key_scopes()) IS NULL) OR {operator}', NULL, 'As for changing; anyone may leave, but no key for its creator.'),

    ('invitations', 'read', 'SELECT', '{definer} OR {admin}', NULL, 'Admins see who is invited.'),
    ('invitations', 'write', 'ALL', '{definer}', NULL, 'Made and used up by definer functions.'),
    ('invitations', 'remove', 'DELETE', '{owner} OR ({admin} AND role IN (''analyst'', ''viewer''))', NULL, 'Admins take back what they could have made.'),

    ('sessions', 'read', 'SELECT', '{definer} OR user_id = {me}', NULL, 'One sees one''s own sessions.'),
    ('sessions', 'add', 'INSERT', NULL, '{definer}', 'Made at sign-in.'),
    ('sessions', 'change', 'UPDATE', '{definer}', NULL, 'Rotated and ended by definer functions.'),
    ('sessions', 'remove', 'DELETE', '{definer}', NULL, 'Removed 30 days after their end.'),
    ('spent_tokens', 'all', 'ALL', '{definer}', NULL, 'Kept by definer functions.'),
    ('account_tokens', 'all', 'ALL', '{definer}', NULL, 'Kept by definer functions.'),
    ('login_failures', 'all', 'ALL', '{definer}', NULL, 'Counted by definer functions.'),
    ('login_failures', 'read', 'SELECT', '{operator}', NULL, 'Operators see what is going on.'),

    ('oidc_providers', 'read', 'SELECT', '{definer} OR {operator}', NULL, 'Operators see providers, without secrets; people through functions.'),
    ('oidc_providers', 'write', 'ALL', '{definer}', NULL, 'Set by operators through a definer function, which workers complete.'),
    ('oidc_providers', 'remove', 'DELETE', '{operator}', NULL, 'Operators remove providers.'),
    ('oidc_identities', 'read', 'SELECT', '{definer} OR user_id = {me}', NULL, 'One sees one''s own identities.'),
    ('oidc_identities', 'write', 'ALL', '{definer}', NULL, 'Connected and disconnected by definer functions.'),
    ('oidc_sign_ins', 'all', 'ALL', '{definer}', NULL, 'Kept by definer functions.'),

    ('api_keys', 'read', 'SELECT', '{definer} OR {admin}', NULL, 'Admins see the workspace''s keys, without their secrets.'),
    ('api_keys', 'add', 'INSERT', NULL, '{admin} AND created_by = {me}', 'Admins make keys in their own name.'),
    ('api_keys', 'change', 'UPDATE', '{definer} OR {admin}', NULL, 'Admins revoke keys.'),
    ('api_keys', 'remove', 'DELETE', '{admin}', NULL, 'Admins remove keys.'),

    ('files', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members read files.'),
    ('files', 'add', 'INSERT', NULL, '{definer}', 'Put by definer functions, which ask the virus scanner first.'),
    ('files', 'change', 'UPDATE', '{definer}', NULL, 'Scanned, stored and fetched by definer functions.'),
    ('files', 'remove', 'DELETE', '{definer} OR {admin} OR ({analyst} AND created_by = {me})', NULL, 'Analysts remove their own files, admins any.'),

    ('file_chunks', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members read files.'),
    ('file_chunks', 'add', 'INSERT', NULL, '{definer}', 'Written with their file.'),
    ('file_chunks', 'change', 'UPDATE', '{definer}', NULL, 'Fetched again from a bucket.'),
    ('file_chunks', 'remove', 'DELETE', '{definer}', NULL, 'Gone when they are in a bucket, or infected.'),
    ('storage', 'read', 'SELECT', 'true', NULL, 'Everybody with rights on the table may know where files go.'),
    ('storage', 'write', 'ALL', '{operator}', NULL, 'Operators say where files go.'),
    ('storage_removals', 'use', 'ALL', '{definer}', NULL, 'Kept by definer functions and workers.'),
    ('storage_removals', 'read', 'SELECT', '{operator}', NULL, 'Operators see what is still to leave a bucket.'),

    ('upload_pieces', 'use', 'ALL', '{definer}', NULL, 'Pieces come through the view fin.upload_chunks and leave by fin.upload_take.'),
    ('schedules', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members see schedules.'),
    ('schedules', 'add', 'INSERT', NULL, '{definer}', 'Made by fin.schedule_add, which checks kind, workspace and role.'),
    ('schedules', 'change', 'UPDATE', '{definer}', NULL, 'fin.schedules_run notes what it queued.'),
    ('schedules', 'remove', 'DELETE', '{admin}', NULL, 'Admins end schedules.'),
    ('schedule_clock', 'use', 'ALL', '{definer}', NULL, 'Kept by fin.schedules_run.'),
    ('exports', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members see exports.'),
    ('exports', 'add', 'INSERT', NULL, '{viewer} AND created_by = {me}', 'Members export in their own name.'),
    ('exports', 'store', 'UPDATE', '{analyst} AND created_by = {me}', NULL, 'Analysts keep the files of their own exports.'),
    ('logos', 'read', 'SELECT', '{viewer}', NULL, 'Members draw reports with it.'),
    ('logos', 'write', 'ALL', '{admin}', NULL, 'Admins change how reports look.'),

    ('reports', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members read reports.'),
    ('reports', 'add', 'INSERT', NULL, '{analyst} AND created_by = {me}', 'Analysts import and attach in their own name.'),
    ('reports', 'change', 'UPDATE', '{definer} OR {admin} OR ({analyst} AND created_by = {me})', NULL, 'Analysts finish their own imports.'),
    ('reports', 'remove', 'DELETE', '{admin} OR ({analyst} AND created_by = {me})', NULL, 'Analysts undo their own imports, admins any.'),

    ('transactions', 'read', 'SELECT', '{viewer}', NULL, 'Members read transactions.'),
    ('transactions', 'add', 'INSERT', NULL, 'report_id = ANY ((SELECT fin.reports_being_written())::uuid[])', 'Only into an unfinished import of one''s own; asked once per statement.'),

    ('category_kinds', 'read', 'SELECT', '{viewer}', NULL, 'Members read kinds.'),
    ('category_kinds', 'write', 'ALL', '{analyst}', NULL, 'Analysts set kinds.'),
    ('thresholds', 'read', 'SELECT', '{viewer}', NULL, 'Members read thresholds.'),
    ('thresholds', 'write', 'ALL', '{analyst}', NULL, 'Analysts set thresholds.'),

    ('analyses', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members read analyses.'),
    ('analyses', 'add', 'INSERT', NULL, '{analyst} AND created_by = {me}', 'Analysts analyse in their own name.'),
    ('analyses', 'change', 'UPDATE', '{definer} OR {analyst}', NULL, 'Analysts count hits; a definer function adds the review.'),
    ('analyses', 'remove', 'DELETE', '{analyst}', NULL, 'Analysts drop stored analyses.'),

    ('feedback', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members read feedback.'),
    ('feedback', 'add', 'INSERT', NULL, '{analyst} AND created_by = {me}', 'Analysts give feedback in their own name.'),
    ('feedback', 'remove', 'DELETE', '{admin} OR ({analyst} AND created_by = {me})', NULL, 'Analysts take back their own feedback, admins any.'),
    ('dismissals', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members read dismissals.'),
    ('dismissals', 'add', 'INSERT', NULL, '{analyst} AND created_by = {me}', 'Analysts dismiss findings in their own name.'),
    ('dismissals', 'change', 'UPDATE', '{admin} OR ({analyst} AND created_by = {me})', NULL, 'Analysts change reason and date of their own dismissals, admins of any.'),
    ('dismissals', 'remove', 'DELETE', '{admin} OR ({analyst} AND created_by = {me})', NULL, 'Analysts take back their own dismissals, admins any.'),

    ('strictness', 'read', 'SELECT', '{viewer}', NULL, 'Members read what was learned.'),
    ('strictness', 'write', 'ALL', '{analyst}', NULL, 'Analysts recalibrate.'),

    ('job_kinds', 'read', 'SELECT', 'true', NULL, 'Everybody with rights on the table may know what can be queued.'),
    ('job_kinds', 'write', 'ALL', '{operator}', NULL, 'Operators define what can be queued.'),
    ('jobs', 'read', 'SELECT', '{definer} OR {viewer} OR {operator}', NULL, 'Members see the workspace''s jobs, operators all.'),
    ('jobs', 'add', 'INSERT', NULL, '{definer}', 'Queued by fin_enqueue, which checks kind, workspace and role.'),
    ('jobs', 'change', 'UPDATE', '{definer}', NULL, 'Claimed and finished by definer functions.'),
    ('jobs', 'remove', 'DELETE', '{definer}', NULL, 'Removed by fin.jobs_prune a week after their end.'),
    ('job_attempts', 'read', 'SELECT', '{definer} OR {viewer} OR {operator}', NULL, 'As for jobs.'),
    ('job_attempts', 'add', 'INSERT', NULL, '{definer}', 'Written by definer functions.'),
    ('job_attempts', 'change', 'UPDATE', '{definer}', NULL, 'Written by definer functions.'),

    ('connections', 'all', 'ALL', '{admin}', NULL, 'Admins look after connections; the secret is not readable.'),
    ('connections', 'use', 'SELECT', '{definer}', NULL, 'Workers get a connection through a definer function.'),
    ('providers', 'read', 'SELECT', 'true', NULL, 'Everybody with rights on the table may know which services there are; the secret is not readable.'),
    ('providers', 'write', 'ALL', '{operator}', NULL, 'Operators define services.'),
    ('prompts', 'all', 'ALL', '{admin}', NULL, 'Admins look after prompts.'),
    ('prompts', 'use', 'SELECT', '{definer}', NULL, 'Reviews get the workspace''s style through a definer function.'),

    ('ai_models', 'read', 'SELECT', 'true', NULL, 'Everybody with rights on the table may know which models there are.'),
    ('ai_models', 'write', 'ALL', '{operator}', NULL, 'Operators define models, prices and limits.'),
    ('ai_consents', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members see whether AI is on; the key of the tokens is not readable.'),
    ('ai_consents', 'add', 'INSERT', NULL, '{admin} AND changed_by = {me}', 'Admins switch AI on and off in their own name.'),
    ('ai_consents', 'change', 'UPDATE', '{definer} OR {admin}', NULL, 'Admins change it; a definer function locks the budget.'),
    ('ai_calls', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members see what was asked and what it cost.'),
    ('ai_calls', 'add', 'INSERT', NULL, '{definer}', 'Written by workers through definer functions.'),
    ('ai_calls', 'change', 'UPDATE', '{definer}', NULL, 'Written by workers through definer functions.'),
    ('ai_answers', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members see stored answers.'),
    ('ai_answers', 'add', 'INSERT', NULL, '{definer}', 'Written by workers through definer functions.'),
    ('ai_answers', 'change', 'UPDATE', '{definer}', NULL, 'Hits are counted by definer functions.'),
    ('reviews', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members read reviews.'),
    ('reviews', 'add', 'INSERT', NULL, '{definer}', 'Written by workers through a definer function.'),
    ('review_statements', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members read reviews.'),
    ('review_statements', 'add', 'INSERT', NULL, '{definer}', 'Written by workers through a definer function.'),
    ('prompt_trials', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members see how styles compare.'),
    ('prompt_trials', 'add', 'INSERT', NULL, '{definer}', 'Written by workers through a definer function.'),
    ('category_suggestions', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members see suggestions.'),
    ('category_suggestions', 'add', 'INSERT', NULL, '{definer} OR ({analyst} AND source = ''rules'')', 'Analysts ask for suggestions by rule; models'' are written by workers.'),
    ('category_suggestions', 'change', 'UPDATE', '{definer} OR {analyst}', NULL, 'Analysts reject, definer functions accept.'),
    ('merchant_categories', 'read', 'SELECT', '{definer} OR {viewer}', NULL, 'Members see what models said of merchants.'),
    ('merchant_categories', 'add', 'INSERT', NULL, '{definer}', 'Written by workers through a definer function.'),
    ('transactions', 'categorise', 'UPDATE', '(category IS NULL OR length(category) = 0) AND report_id = ANY ((SELECT fin.reports_being_categorised())::uuid[])', 'report_id = ANY ((SELECT fin.reports_being_categorised())::uuid[])', 'Only rows without a category, in the transaction that accepts a suggestion; asked once per statement.'),
    ('notifications', 'read', 'SELECT', '{definer} OR (user_id = {me} AND {viewer} AND kind <> ''account'')', NULL, 'One reads one''s own messages while a member; tokens by mail alone.'),
    ('notifications', 'add', 'INSERT', NULL, '{definer}', 'Written by definer functions.'),
    ('notifications', 'change', 'UPDATE', 'user_id = {me} AND {viewer}', NULL, 'One marks one''s own messages as read.'),
    ('notifications', 'mail', 'UPDATE', '{definer}', NULL, 'A definer function notes that one was mailed.'),

    ('audit_log', 'read', 'SELECT', '{definer} OR {admin} OR {operator}', NULL, 'Admins read their workspace''s log, operators all.'),
    ('audit_log', 'add', 'INSERT', NULL, '{definer}', 'Written by triggers and definer functions only.'),
    ('audit_log', 'remove', 'DELETE', '{definer}', NULL, 'Removed by fin.audit_prune only.'),

    ('routes', 'read', 'SELECT', 'true', NULL, 'Nothing here belongs to a workspace.'),
    ('idempotency_keys', 'all', 'ALL', '{definer}', NULL, 'Read and written by definer functions only.'),
    ('plan_limits', 'read', 'SELECT', 'true', NULL, 'Everybody with rights on the table may know the limits.'),
    ('plan_limits', 'write', 'ALL', '{operator}', NULL, 'Operators set the limits.'),
    ('request_counts', 'all', 'ALL', '{definer}', NULL, 'Counted by a definer function.'),

    ('migrations', 'read', 'SELECT', 'true', NULL, 'Nothing here belongs to a workspace.')
)
SELECT r.relation, r.policy, r.command, spelled.using_sql, spelled.check_sql, r.meaning
FROM rule r, LATERAL (
    WITH RECURSIVE step(n, u, c) AS (
        SELECT 0, r.using_sql, r.check_sql
        UNION ALL
        SELECT s.n + 1, replace(s.u, '{' || w.name || '}', w.sql), replace(s.c, '{' || w.name || '}', w.sql)
        FROM step s JOIN (SELECT row_number() OVER () AS n, name, sql FROM word) w ON w.n = s.n + 1)
    SELECT s.u, s.c FROM step s ORDER BY s.n DESC LIMIT 1) spelled(using_sql, check_sql)
$policies$;
COMMENT ON FUNCTION fin_policies() IS 'The row-level security policies of schema fin, as fin_setup() makes them.';

CREATE FUNCTION fin_setup_rights() RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    item    record;
    changed int;
    before  text;
    after   text;
    -- Everything the grants below touch, to tell whether they changed anything.
    state   CONSTANT text := $state$
        SELECT md5(string_agg(fact, ',' ORDER BY fact)) FROM (
            SELECT c.oid::regclass || c.relacl::text AS fact FROM pg_class c WHERE c.relnamespace IN (to_regnamespace('fin'), to_regnamespace('api'))
            UNION ALL SELECT attrelid::regclass || attname || attacl::text FROM pg_attribute
                WHERE attacl IS NOT NULL AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace('fin'))
            UNION ALL SELECT p.oid::regprocedure || p.proacl::text FROM pg_proc p WHERE p.pronamespace IN (to_regnamespace('fin'), to_regnamespace('api'))
            UNION ALL SELECT n.nspname || n.nspacl::text FROM pg_namespace n WHERE n.nspname IN ('fin', 'api')) facts $state$;
BEGIN
    FOR item IN
        SELECT * FROM (VALUES
            ('fin_definer', 'NOLOGIN', 'owns the few SECURITY DEFINER functions of pg_fin'),
            ('fin_anon', 'NOLOGIN', 'a request to the API without a token'),
            ('fin_user', 'NOLOGIN', 'may use pg_fin; what it sees is decided by memberships'),
            ('fin_worker', 'NOLOGIN', 'what background workers of pg_fin need for the queue'),
            ('fin_admin', 'NOLOGIN', 'operator of this installation of pg_fin'),
            ('fin_authenticator', 'LOGIN NOINHERIT', 'the login of pg_fin''s API, becomes fin_anon or fin_user')) r(name, options, meaning)
    LOOP
        CONTINUE WHEN to_regrole(item.name) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE ROLE %I %s', item.name, item.options);
            EXECUTE format('COMMENT ON ROLE %I IS %L', item.name, item.meaning);
            RETURN NEXT format('role %s', item.name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- made in the same moment from another database of this cluster
        END;
    END LOOP;
    -- These roles are trusted with rights; somebody who could log in as one, or a planted one, would have them too.
    SELECT string_agg(rolname, ', ') INTO before FROM pg_roles
        WHERE rolname IN ('fin_definer', 'fin_anon', 'fin_user', 'fin_worker', 'fin_admin', 'fin_authenticator') AND (rolsuper OR rolbypassrls)
           OR rolname IN ('fin_definer', 'fin_worker') AND (rolcanlogin OR rolcreaterole OR EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = pg_roles.oid));
    IF before IS NOT NULL THEN
        RAISE EXCEPTION 'role % has more rights than pg_fin may give it', before USING ERRCODE = 'invalid_role_specification',
            HINT = 'None of its roles may be SUPERUSER or BYPASSRLS; fin_definer and fin_worker may not log in and have no members.';
    END IF;
    FOR item IN
        SELECT * FROM (VALUES ('fin_anon', 'fin_authenticator'), ('fin_user', 'fin_authenticator'), ('fin_user', 'fin_admin')) m(role, member)
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_auth_members WHERE roleid = to_regrole(item.role) AND member = to_regrole(item.member));
        EXECUTE format('GRANT %I TO %I', item.role, item.member);
        RETURN NEXT format('%s may become %s', item.member, item.role);
    END LOOP;

    changed := 0;
    FOR item IN
        SELECT p.oid::regprocedure AS function FROM pg_proc p
        WHERE p.pronamespace = to_regnamespace('fin') AND p.prosecdef AND p.proowner <> to_regrole('fin_definer')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO fin_definer', item.function);
        changed := changed + 1;
    END LOOP;
    IF changed > 0 THEN
        RETURN NEXT format('fin_definer owns %s definer functions', changed);
    END IF;

    changed := 0;
    FOR item IN
        SELECT c.oid::regclass AS relation FROM pg_class c
        WHERE c.relnamespace = to_regnamespace('fin') AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', item.relation);
        changed := changed + 1;
    END LOOP;
    IF changed > 0 THEN
        RETURN NEXT format('row-level security on %s tables', changed);
    END IF;
    changed := 0;
    FOR item IN
        SELECT f.* FROM @extschema@.fin_policies() f
        WHERE NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = to_regclass('fin.' || f.relation) AND p.polname = f.policy)
    LOOP
        EXECUTE format('CREATE POLICY %I ON fin.%I FOR %s', item.policy, item.relation, item.command)
            || coalesce(' USING (' || item.using_sql || ')', '') || coalesce(' WITH CHECK (' || item.check_sql || ')', '');
        EXECUTE format('COMMENT ON POLICY %I ON fin.%I IS %L', item.policy, item.relation, item.meaning);
        changed := changed + 1;
    END LOOP;
    IF changed > 0 THEN
        RETURN NEXT format('%s policies', changed);
    END IF;

    EXECUTE state INTO before;
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA fin FROM PUBLIC;
    GRANT USAGE ON SCHEMA fin, api TO fin_user, fin_definer;
    GRANT USAGE ON SCHEMA fin TO fin_worker;
    GRANT USAGE ON SCHEMA api TO fin_anon;
    GRANT USAGE ON SCHEMA fin TO fin_authenticator;
    GRANT SELECT ON fin.routes TO fin_authenticator, fin_user;

    GRANT SELECT ON fin.workspaces, fin.memberships, fin.files, fin.file_chunks, fin.reports, fin.transactions, fin.category_kinds,
        fin.thresholds, fin.analyses, fin.feedback, fin.dismissals, fin.job_kinds, fin.job_attempts, fin.prompts,
        fin.notifications, fin.audit_log, fin.migrations, fin.cache_stats, fin.strictness, fin.quality TO fin_user;
    REVOKE SELECT ON fin.jobs FROM fin_user;  -- what an earlier version granted
    GRANT SELECT (id, workspace_id, kind, payload, status, priority, user_id, db_role, run_at, attempts, failures, crashes, progress, result,
        error, created_at, finished_at, cancel_requested) ON fin.jobs TO fin_user;
    GRANT SELECT (id, email, name, db_role, disabled_at, created_at) ON fin.users TO fin_user;
    GRANT SELECT (id, workspace_id, user_id, address, user_agent, created_at, expires_at, ended_at) ON fin.sessions TO fin_user;
    GRANT SELECT (id, workspace_id, name, scopes, created_by, created_at, expires_at, revoked_at, last_used_at) ON fin.api_keys TO fin_user;
    GRANT SELECT (id, workspace_id, provider, name, settings, created_by, created_at) ON fin.connections TO fin_user;
    GRANT SELECT (name, kind, base_url, settings, changed_at) ON fin.providers TO fin_user;
    GRANT SELECT ON fin.prompt_trials, fin.category_suggestions, fin.merchant_categories TO fin_user;
    GRANT INSERT (workspace_id, report_id, merchant, inflow, counterparty, rows, category, source), UPDATE (status, decided_by, decided_at)
        ON fin.category_suggestions TO fin_user;
    GRANT SELECT ON fin.ai_models, fin.ai_calls, fin.ai_answers, fin.reviews, fin.review_statements TO fin_user;
    GRANT SELECT (workspace_id, enabled, daily_budget, changed_by, changed_at) ON fin.ai_consents TO fin_user;
    GRANT SELECT ON api.reports, api.transactions, api.analyses, api.jobs TO fin_user;

    GRANT UPDATE (name, language, settings), DELETE ON fin.workspaces TO fin_user;
    GRANT UPDATE (name) ON fin.users TO fin_user;
    GRANT INSERT, UPDATE (role), DELETE ON fin.memberships TO fin_user;
    GRANT INSERT (workspace_id, name, key_hash, scopes, created_by, expires_at), UPDATE (name, revoked_at), DELETE ON fin.api_keys TO fin_user;
    REVOKE INSERT ON fin.files, fin.file_chunks FROM fin_user;  -- what an earlier version granted
    GRANT DELETE ON fin.files TO fin_user;
    GRANT INSERT ON fin.transactions TO fin_user;
    GRANT UPDATE (category) ON fin.transactions TO fin_user;
    GRANT INSERT, DELETE ON fin.reports TO fin_user;
    GRANT UPDATE (status, error, period_from, period_to, currency, rows, skipped, content_hash, import_key, opening_balance, options,
        plan, relation, mapping, file_id, filename, completed_at) ON fin.reports TO fin_user;
    GRANT INSERT, UPDATE, DELETE ON fin.category_kinds, fin.thresholds TO fin_user;
    GRANT INSERT, DELETE, UPDATE (document, document_hash, hits, last_hit_at) ON fin.analyses TO fin_user;
    GRANT INSERT, DELETE ON fin.feedback, fin.dismissals TO fin_user;
    GRANT UPDATE (reason, until) ON fin.dismissals TO fin_user;
    GRANT INSERT, UPDATE, DELETE ON fin.strictness TO fin_user;
    GRANT INSERT, UPDATE, DELETE ON fin.connections, fin.prompts TO fin_user;
    GRANT INSERT (workspace_id, enabled, daily_budget, changed_by), UPDATE (enabled, daily_budget, changed_by, changed_at) ON fin.ai_consents TO fin_user;
    GRANT UPDATE (read_at) ON fin.notifications TO fin_user;

    GRANT INSERT ON fin.upload_chunks TO fin_user;
    GRANT SELECT, INSERT ON fin.exports TO fin_user;
    GRANT UPDATE (file_id) ON fin.exports TO fin_user;
    GRANT SELECT, INSERT, UPDATE, DELETE ON fin.logos TO fin_user;
    GRANT SELECT, DELETE ON fin.schedules TO fin_user;

    GRANT UPDATE (plan) ON fin.workspaces TO fin_admin;
    GRANT INSERT ON fin.workspaces TO fin_admin;
    GRANT INSERT (email, name, db_role), UPDATE (name, disabled_at) ON fin.users TO fin_admin;
    GRANT INSERT, UPDATE, DELETE ON fin.job_kinds, fin.providers, fin.ai_models TO fin_admin;

    -- Accounts: who is not signed in yet reaches them through functions alone.
    GRANT USAGE ON SCHEMA fin TO fin_anon, fin_authenticator;
    GRANT INSERT, UPDATE, DELETE ON fin.sessions, fin.spent_tokens, fin.account_tokens, fin.login_failures TO fin_definer;
    GRANT UPDATE ON fin.users TO fin_definer;
    GRANT UPDATE (last_used_at) ON fin.api_keys TO fin_definer;
    GRANT UPDATE (body) ON fin.notifications TO fin_definer;
    GRANT SELECT ON fin.login_failures TO fin_admin;
    GRANT EXECUTE ON FUNCTION fin.has_scope(text), fin.narrowed_role(text) TO fin_user, fin_definer;
    GRANT EXECUTE ON FUNCTION fin.key_scopes(), fin.client_address(), fin.person(), fin.me(), fin.keys_place(), fin.sign_out(boolean, uuid),
        fin.choose_workspace(uuid), fin.password_change(text, text), fin.totp_begin(text), fin.totp_confirm(text),
        fin.totp_disable(text, text) TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.register(text, text, text, boolean), fin.sign_in(text, text, text, boolean), fin.refresh(text),
        fin.password_reset_request(text), fin.password_reset(text, text), fin.verify(text, boolean) TO fin_anon, fin_user;
    GRANT EXECUTE ON FUNCTION fin.begin_with_key(text) TO fin_authenticator;
    GRANT EXECUTE ON FUNCTION fin.token_for_operator(text, text) TO fin_admin;
    GRANT EXECUTE ON FUNCTION api.auth_register(text, text, text, boolean), api.auth_login(text, text, text, boolean), api.auth_refresh(text),
        api.auth_password_reset_request(text), api.auth_password_reset(text, text), api.auth_verify(text, boolean) TO fin_anon, fin_user;
    GRANT EXECUTE ON FUNCTION api.auth_logout(boolean), api.auth_workspace(uuid), api.auth_password(text, text), api.auth_totp_begin(text),
        api.auth_totp_confirm(text), api.auth_totp_disable(text, text), api.auth_sessions(), api.auth_session_end(uuid), api.me(), api.keys(),
        api.key_add(text, text[], timestamptz), api.key_revoke(uuid) TO fin_user;
    GRANT INSERT, UPDATE, DELETE ON fin.invitations TO fin_definer;
    GRANT SELECT (id, workspace_id, email, role, invited_by, created_at, expires_at), DELETE ON fin.invitations TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.may_appoint(text, text), fin.invitation_object(uuid, uuid, text, text, uuid, timestamptz, timestamptz) TO fin_definer;
    GRANT INSERT, UPDATE, DELETE ON fin.oidc_providers, fin.oidc_identities, fin.oidc_sign_ins TO fin_definer;
    GRANT SELECT (name, title, issuer, client_id, redirect_uri, scopes, hosts, tenants, domains, links_addresses, makes_accounts, enabled, discovery,
        discovered_at, discovery_asked_at, keys, keys_good_until, keys_asked_at, changed_at), DELETE ON fin.oidc_providers TO fin_admin;
    GRANT SELECT ON fin.oidc_identities TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.oidc_provider_set(text, text, text, bytea, text, jsonb) TO fin_admin;
    GRANT EXECUTE ON FUNCTION fin.oidc_provider_for_worker(text), fin.oidc_discovered(text, text, jsonb), fin.oidc_keys_ask(text),
        fin.oidc_keys_store(text, text, jsonb, float8), fin.oidc_take(uuid), fin.oidc_known(uuid, jsonb), fin.oidc_failed(uuid, int, text) TO fin_worker;
    GRANT EXECUTE ON FUNCTION fin.oidc_list(), fin.oidc_start(text, text), fin.oidc_callback(text, text, text, text, text) TO fin_anon, fin_user;
    GRANT EXECUTE ON FUNCTION api.auth_oidc_list(), api.auth_oidc_start(text, text), api.auth_oidc_callback(text, text, text, text, text) TO fin_anon, fin_user;
    GRANT EXECUTE ON FUNCTION fin.oidc_connect(text, text, text), fin.oidc_remove(uuid) TO fin_user;
    GRANT EXECUTE ON FUNCTION @extschema@.fin_access_token(jsonb), @extschema@.fin_csrf_token(uuid), @extschema@.fin_totp_secret(),
        @extschema@.fin_totp_step(bytea, text[], text, timestamptz) TO fin_definer;
    FOR item IN
        SELECT DISTINCT e.extnamespace::regnamespace AS place FROM pg_extension e
        WHERE e.extname IN ('pg_fin', 'pgcrypto') AND NOT has_schema_privilege('fin_definer', e.extnamespace, 'USAGE')
    LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %s TO fin_definer', item.place);
    END LOOP;

    GRANT SELECT ON ALL TABLES IN SCHEMA fin TO fin_definer;
    GRANT INSERT ON fin.users, fin.workspaces, fin.memberships, fin.audit_log TO fin_definer;
    GRANT UPDATE ON fin.memberships, fin.reports, fin.workspaces TO fin_definer;
    GRANT DELETE ON fin.audit_log, fin.jobs TO fin_definer;
    GRANT INSERT, UPDATE, DELETE ON fin.idempotency_keys TO fin_definer;
    GRANT INSERT, UPDATE ON fin.jobs, fin.job_attempts TO fin_definer;
    GRANT INSERT, UPDATE (mailed_at) ON fin.notifications TO fin_definer;
    GRANT INSERT, DELETE, UPDATE (no) ON fin.upload_pieces TO fin_definer;
    -- Files: where their bytes lie and what the scanner said.
    GRANT INSERT, UPDATE, DELETE ON fin.files, fin.file_chunks, fin.storage_removals TO fin_definer;
    GRANT SELECT ON fin.storage TO fin_user;
    GRANT INSERT, UPDATE ON fin.storage TO fin_admin;
    GRANT SELECT ON fin.storage_removals TO fin_admin;
    GRANT EXECUTE ON FUNCTION fin.file_keep(text, text, bytea, text, uuid), fin.is_here(uuid), fin.file_link(uuid, int), fin.parsed_keep(uuid),
        fin.the_file(uuid) TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.scanned(text, text, bytea), fin.file_row(uuid, bytea, bigint, text, text, text, uuid, text), fin.file_jobs(uuid, text),
        fin.is_here(uuid), @extschema@.fin_scan(text, text, bytea, boolean),
        @extschema@.fin_presign(text, text, jsonb, bytea, text, text, text, int) TO fin_definer;
    GRANT EXECUTE ON FUNCTION fin.is_operator(name) TO fin_user, fin_worker;
    GRANT EXECUTE ON FUNCTION fin.scan_next(uuid, uuid, boolean), fin.scan_verdict(uuid, uuid, text), fin.storage_in_use(text), fin.store_begin(uuid, uuid),
        fin.store_piece(uuid, uuid, int, int), fin.store_end(uuid, uuid, bigint, bigint, text, text, timestamptz), fin.fetch_begin(uuid, uuid),
        fin.fetch_piece(uuid, uuid, text, int, bytea), fin.fetch_end(uuid, uuid, text, interval), fin.copies_drop(), fin.removal_next(bigint),
        fin.removal_end(bigint), fin.sweep_begin(), fin.sweep_page(text, text, text, text[], text[], bigint[], timestamptz, interval),
        fin.sweep_orphan(text, text), fin.sweep_missing(uuid, uuid, text, text), fin.sweep_unstored(uuid, interval), fin.sweep_end() TO fin_worker;
    GRANT EXECUTE ON FUNCTION fin.file_days(uuid, text) TO fin_user, fin_definer;
    GRANT INSERT, UPDATE ON fin.schedules, fin.schedule_clock TO fin_definer;
    GRANT INSERT ON fin.prompt_trials, fin.category_suggestions, fin.merchant_categories TO fin_definer;
    GRANT UPDATE ON fin.category_suggestions TO fin_definer;
    GRANT INSERT ON fin.ai_calls, fin.ai_answers, fin.reviews, fin.review_statements TO fin_definer;
    GRANT UPDATE ON fin.ai_calls, fin.ai_answers, fin.ai_consents, fin.analyses TO fin_definer;

    GRANT EXECUTE ON FUNCTION fin.claim(text), fin.current_user_id(), fin.roles_from(text), fin.workspaces_of(text), fin.role_in(uuid),
        fin.colleagues(), fin.reports_being_written(), fin.is_admin(), fin.writable_workspace(), fin.add_member(uuid, name, text),
        fin.audit(text, text, jsonb, uuid), fin.file_put(text, text, bytea), fin.file_get(uuid), fin.repeat_begin(text, text, text, text),
        fin.repeat_end(text, text, text, text, int, jsonb) TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.claim(text), fin.roles_from(text), fin.is_admin() TO fin_definer;
    GRANT EXECUTE ON FUNCTION fin.audit_prune(interval) TO fin_admin;
    GRANT EXECUTE ON FUNCTION fin.job_place(text, jsonb), fin.job_add(text, jsonb, text, timestamptz, text, name), fin.job_cancel(bigint),
        fin.job_requeue(bigint) TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.job_rank(timestamptz, text, text), fin.job_backoff(int, bigint) TO fin_definer;
    GRANT EXECUTE ON FUNCTION fin.jobs_claim(bigint, int, int, boolean, text[]),
        fin.jobs_finish(bigint[], bigint[], text[], jsonb[], text[], float8[]), fin.jobs_renew(bigint[], bigint[]), fin.jobs_release(bigint[], bigint[]),
        fin.jobs_recover(bigint, int, int[]), fin.jobs_outlook(), fin.job_progress(bigint, bigint, jsonb), fin.jobs_prune(interval) TO fin_worker;
    GRANT EXECUTE ON FUNCTION fin.notification_add(uuid, text, text, text, text, uuid, uuid[]) TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.connection_for(uuid, text, text), fin.notification_for_mail(uuid, uuid), fin.notification_mailed(uuid, uuid),
        fin.ai_access(uuid, text) TO fin_worker;
    GRANT EXECUTE ON FUNCTION fin.ai_setup(uuid), fin.ai_call_begin(uuid, jsonb, numeric), fin.ai_call_end(uuid, bigint, jsonb),
        fin.ai_answer_get(uuid, text), fin.ai_answer_put(uuid, text, text, jsonb), fin.review_store(uuid, jsonb), fin.prompt_trial_add(uuid, jsonb), fin.suggestions_store(uuid, uuid, jsonb),
        fin.suggestion_apply(uuid), fin.reports_being_categorised(), fin.is_grounded(text),
        fin.is_grounded_answer(jsonb), fin.number_words(), fin.number_word_form(text) TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.ai_require_worker(uuid), fin.is_grounded(text), fin.is_grounded_answer(jsonb), fin.number_words(),
        fin.number_word_form(text) TO fin_definer;
    GRANT SELECT ON fin.plan_limits TO fin_user;
    GRANT UPDATE (per_minute, per_hour) ON fin.plan_limits TO fin_admin;
    GRANT INSERT, UPDATE, DELETE ON fin.request_counts TO fin_definer;
    GRANT USAGE ON SCHEMA fin TO fin_authenticator;
    GRANT EXECUTE ON FUNCTION fin.count_requests(jsonb), fin.key_owners(jsonb) TO fin_authenticator;
    GRANT EXECUTE ON FUNCTION fin.plan_of_requester(text) TO fin_definer;
    -- The product's functions: PUBLIC executes none of them, members those that name no other right.
    FOR item IN
        SELECT p.oid::regprocedure AS function, p.prosecdef FROM pg_proc p
        WHERE p.pronamespace = to_regnamespace('api') AND p.proname IN (SELECT split_part(r.function, '.', 2) FROM fin.routes r) AND NOT p.prosecdef
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', item.function);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO fin_user', item.function);
    END LOOP;
    GRANT EXECUTE ON FUNCTION fin.is_foreign(text, text), fin.is_hidden(text, text) TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.upload_take(uuid, text, text), fin.own(text), fin.camel(jsonb), fin.is_one_of(text, text[], text), fin.is_page(int, int),
        fin.is_month(text), fin.needs_role(uuid, text), fin.the_report(uuid, text, boolean), fin.the_workspace(uuid, text), fin.report_object(fin.reports), fin.has_worker(),
        fin.enqueue(text, jsonb), fin.analysis(uuid, jsonb), fin.report_of_file(uuid, text, jsonb), fin.rows_as_csv(jsonb),
        fin.csv_cell(text, boolean), fin.export_csv(uuid, text), fin.export_name(fin.exports), fin.export_object(fin.exports),
        fin.export_options(uuid, text), fin.export_request(fin.reports, jsonb), fin.export_content(uuid, text, text, jsonb), fin.export_media_type(text),
        fin.export_status(fin.exports), fin.export_run(uuid, text, uuid, jsonb), fin.export_mail(uuid, jsonb),
        fin.finding_given(jsonb), fin.refresh_analysis(uuid), fin.is_not_mine(text, text, boolean), fin.the_job(bigint), fin.job_object(api.jobs), fin.schedule_add(text, jsonb, text, name),
        fin.schedule_object(fin.schedules), fin.member_object(fin.memberships), fin.may_appoint(text, text), fin.invite(uuid, text, text), fin.invitation_object(uuid, uuid, text, text, uuid, timestamptz, timestamptz),
        fin.accept_invitation(text), fin.the_member(uuid, uuid),
        fin.my_workspaces(), fin.workspace_add(text, text), fin.is_workspace(text, text) TO fin_user;
    GRANT EXECUTE ON FUNCTION fin.cron_field(text, int, int), fin.cron_is_due(text, timestamptz), fin.own(text) TO fin_definer;
    GRANT EXECUTE ON FUNCTION fin.schedules_run(timestamptz) TO fin_admin;
    EXECUTE state INTO after;
    IF before IS DISTINCT FROM after THEN
        RETURN NEXT 'grants';
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION fin_setup_rights() FROM PUBLIC;
COMMENT ON FUNCTION fin_setup_rights() IS 'The part of fin_setup() that is repeated every time: roles, owners, policies, grants. Says what was missing.';
