-- Walks role x operation x own and foreign workspace, for database roles and for sessions of the API.
BEGIN;
SET client_min_messages = warning;

-- People. All may use pg_fin; what they may do is a row in memberships.
CREATE ROLE m_owner; CREATE ROLE m_admin; CREATE ROLE m_analyst; CREATE ROLE m_viewer; CREATE ROLE m_removed; CREATE ROLE m_stranger;
CREATE ROLE m_colleague; CREATE ROLE m_foreigner; CREATE ROLE m_newcomer;
GRANT fin_user TO m_owner, m_admin, m_analyst, m_viewer, m_removed, m_stranger, m_colleague, m_foreigner, m_newcomer;

-- Fixed ids, so that the operations below can be written down. own/foreign differ in the first digit only.
CREATE TEMP TABLE place(kind text, ws uuid, report uuid, unfinished uuid, file uuid, spare uuid);
INSERT INTO place SELECT k, (d || '0000000-0000-4000-8000-000000000001')::uuid, (d || '0000000-0000-4000-8000-000000000002')::uuid,
    (d || '0000000-0000-4000-8000-000000000003')::uuid, (d || '0000000-0000-4000-8000-000000000004')::uuid,
    (d || '0000000-0000-4000-8000-000000000005')::uuid
    FROM (VALUES ('own', '1'), ('foreign', '2')) v(k, d);
CREATE TEMP TABLE person(role name, member_role text, id uuid DEFAULT gen_random_uuid());
INSERT INTO person(role, member_role) VALUES ('m_owner', 'owner'), ('m_admin', 'admin'), ('m_analyst', 'analyst'), ('m_viewer', 'viewer'),
    ('m_removed', NULL), ('m_stranger', NULL), ('m_colleague', 'analyst'), ('m_foreigner', 'owner'), ('m_newcomer', NULL);
INSERT INTO fin.users(id, name, db_role, email) SELECT id, role, role, role || '@example.org' FROM person WHERE role <> 'm_newcomer';
INSERT INTO fin.workspaces(id, name) SELECT ws, kind FROM place;
INSERT INTO fin.memberships SELECT ws, id, member_role FROM person, place
    WHERE member_role IS NOT NULL AND (kind = 'foreign') = (role = 'm_foreigner');
INSERT INTO fin.memberships SELECT ws, id, 'owner' FROM person, place WHERE role = 'm_removed' AND kind = 'own';
-- A colleague's things in the own workspace, a foreigner's in the other.
CREATE TEMP TABLE author AS SELECT kind, ws, p.id FROM place, person p WHERE p.role = CASE kind WHEN 'own' THEN 'm_colleague' ELSE 'm_foreigner' END;
INSERT INTO fin.files(id, workspace_id, sha256, size, filename, created_by)
    SELECT file, p.ws, sha256('bytes'), 5, 'a.csv', a.id FROM place p JOIN author a USING (kind);
INSERT INTO fin.file_chunks SELECT ws, file, 1, 'bytes' FROM place;
INSERT INTO fin.reports(id, workspace_id, source, status, created_by, content_hash)
    SELECT report, p.ws, 'import', 'completed', a.id, 'hash' FROM place p JOIN author a USING (kind);
INSERT INTO fin.reports(id, workspace_id, source, status, created_by)
    SELECT unfinished, p.ws, 'import', 'processing', a.id FROM place p JOIN author a USING (kind);
INSERT INTO fin.transactions(workspace_id, report_id, row_no, booked_on, amount) SELECT ws, report, 1, '2024-01-01', 10 FROM place;
INSERT INTO fin.category_kinds(workspace_id, category, kind, source) SELECT ws, 'Rent', 'opex', 'user' FROM place;
INSERT INTO fin.thresholds(workspace_id, code, high) SELECT ws, 'liquidity', 5 FROM place;
INSERT INTO fin.analyses(workspace_id, report_id, input_hash, document, document_hash, engine) SELECT ws, report, 'i', '{}', 'd', '1' FROM place;
INSERT INTO fin.feedback(workspace_id, report_id, subject, verdict, created_by) SELECT ws, report, 'risk', 'wrong', a.id FROM place JOIN author a USING (kind, ws);
INSERT INTO fin.dismissals(workspace_id, report_id, subject, code, created_by) SELECT ws, report, 'risk', 'liquidity', a.id FROM place JOIN author a USING (kind, ws);
INSERT INTO fin.strictness(workspace_id, subject, code, strictness, verdicts) SELECT ws, 'anomaly', 'duplicate', 2, 9 FROM place;
INSERT INTO fin.connections(workspace_id, provider, name, secret) SELECT ws, 'p', 'c', 'sealed' FROM place;
INSERT INTO fin.prompts(workspace_id, name, body) SELECT ws, 'p', 'b' FROM place;
INSERT INTO fin.api_keys(workspace_id, name, key_hash, created_by) SELECT ws, 'k', 'h', id FROM author;
INSERT INTO fin.job_kinds(kind, handler) VALUES ('matrix', 'none');
INSERT INTO fin.jobs(workspace_id, kind, db_role) SELECT ws, 'matrix', 'postgres' FROM place;
INSERT INTO fin.exports(workspace_id, report_id, format, content, created_by) SELECT ws, report, 'csv', 'transactions', a.id FROM place JOIN author a USING (kind, ws);
INSERT INTO fin.schedules(workspace_id, kind, payload, cron, user_id, db_role) SELECT ws, 'matrix', '{}', '0 0 * * *', id, 'postgres' FROM author;
INSERT INTO fin.sessions(id, user_id, expires_at) SELECT id, id, now() + interval '1 day' FROM person WHERE role <> 'm_newcomer';
-- The one who was an owner a moment ago: removal acts at once, in the same transaction even.
DELETE FROM fin.memberships m USING person p WHERE m.user_id = p.id AND p.role = 'm_removed';

-- Runs statements as somebody and takes everything back. Says how many rows the last one touched, or the SQLSTATE.
-- way: psql = a database role; api = the API's login with verified claims; anon = the API without a token;
-- forged = a database role that sets the claims of m_owner by hand.
CREATE FUNCTION pg_temp.try(who name, way text, statements text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    uid uuid := (SELECT id FROM person WHERE role = CASE way WHEN 'forged' THEN 'm_owner' ELSE who END);
    n   bigint;
BEGIN
    statements := replace(statements, '{me}', (SELECT quote_literal(id) FROM person WHERE role = who));
    BEGIN
        IF way IN ('api', 'forged') THEN
            PERFORM set_config('request.jwt.claims', json_build_object('sub', uid, 'sid', uid, 'role', 'fin_user')::text, true);
        END IF;
        EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', CASE WHEN way IN ('api', 'anon') THEN 'fin_authenticator' ELSE who END);
        IF way IN ('api', 'anon') THEN
            EXECUTE format('SET LOCAL ROLE %I', CASE way WHEN 'api' THEN 'fin_user' ELSE 'fin_anon' END);
        END IF;
        EXECUTE statements;
        GET DIAGNOSTICS n = ROW_COUNT;
        RAISE EXCEPTION USING ERRCODE = 'FINOK', MESSAGE = n::text;
    EXCEPTION
        WHEN SQLSTATE 'FINOK' THEN RETURN SQLERRM;
        WHEN OTHERS THEN RETURN SQLSTATE;
    END;
END $$;

CREATE TEMP TABLE operation(name text, least text, statements text);
INSERT INTO operation VALUES
    ('read workspace', 'viewer', 'SELECT FROM fin.workspaces WHERE id = {ws}'),
    ('read members', 'viewer', 'SELECT FROM fin.memberships WHERE workspace_id = {ws}'),
    ('read reports', 'viewer', 'SELECT FROM fin.reports WHERE id = {report}'),
    ('read reports of the API', 'viewer', 'SELECT FROM api.reports WHERE id = {report}'),
    ('read transactions', 'viewer', 'SELECT FROM fin.transactions WHERE report_id = {report}'),
    ('read transactions of the API', 'viewer', 'SELECT FROM api.transactions WHERE report_id = {report}'),
    ('read analyses', 'viewer', 'SELECT FROM fin.analyses WHERE report_id = {report}'),
    ('read analyses of the API', 'viewer', 'SELECT FROM api.analyses WHERE report_id = {report}'),
    ('read cache statistics', 'viewer', 'SELECT FROM fin.cache_stats WHERE workspace_id = {ws}'),
    ('read file', 'viewer', 'SELECT FROM fin.files WHERE id = {file}'),
    ('read file content', 'viewer', 'SELECT fin.file_get({file})'),
    ('read kinds', 'viewer', 'SELECT FROM fin.category_kinds WHERE workspace_id = {ws}'),
    ('read thresholds', 'viewer', 'SELECT FROM fin.thresholds WHERE workspace_id = {ws}'),
    ('read feedback', 'viewer', 'SELECT FROM fin.feedback WHERE workspace_id = {ws}'),
    ('read dismissals', 'viewer', 'SELECT FROM fin.dismissals WHERE workspace_id = {ws}'),
    ('read what was learned', 'viewer', 'SELECT FROM fin.strictness WHERE workspace_id = {ws}'),
    ('read quality', 'viewer', 'SELECT FROM fin.quality WHERE workspace_id = {ws}'),
    ('read jobs', 'viewer', 'SELECT FROM fin.jobs WHERE workspace_id = {ws}'),
    ('read exports', 'viewer', 'SELECT FROM fin.exports WHERE workspace_id = {ws}'),
    ('read schedules', 'viewer', 'SELECT FROM fin.schedules WHERE workspace_id = {ws}'),
    ('ask for an export', 'viewer', 'INSERT INTO fin.exports(workspace_id, report_id, format, content) VALUES ({ws}, {report}, ''csv'', ''transactions'')'),
    ('note an export', 'viewer', 'SELECT fin.audit(''export'', {report}::text)'),
    ('import', 'analyst', 'INSERT INTO fin.reports(workspace_id, source) VALUES ({ws}, ''import'')'),
    ('import rows', 'analyst', 'INSERT INTO fin.reports(id, workspace_id, source) VALUES ({spare}, {ws}, ''import'');
        INSERT INTO fin.transactions(workspace_id, report_id, row_no, booked_on, amount) SELECT {ws}, {spare}, i, ''2024-01-01'', 1 FROM generate_series(1, 3) i'),
    ('finish an import', 'analyst', 'INSERT INTO fin.reports(id, workspace_id, source) VALUES ({spare}, {ws}, ''import'');
        UPDATE fin.reports SET status = ''completed'', content_hash = ''h'' WHERE id = {spare}'),
    ('undo own import', 'analyst', 'INSERT INTO fin.reports(id, workspace_id, source) VALUES ({spare}, {ws}, ''import'');
        DELETE FROM fin.reports WHERE id = {spare}'),
    ('attach', 'analyst', 'INSERT INTO fin.reports(workspace_id, source, relation) VALUES ({ws}, ''attach'', ''public.t'')'),
    ('analyse', 'analyst', 'INSERT INTO fin.analyses(workspace_id, report_id, input_hash, document, document_hash, engine) VALUES ({ws}, {report}, ''n'', ''{}'', ''d'', ''1'')'),
    ('count a hit', 'analyst', 'UPDATE fin.analyses SET hits = hits + 1 WHERE report_id = {report}'),
    ('drop an analysis', 'analyst', 'DELETE FROM fin.analyses WHERE report_id = {report}'),
    ('give feedback', 'analyst', 'INSERT INTO fin.feedback(workspace_id, report_id, subject, verdict) VALUES ({ws}, {report}, ''risk'', ''right'')'),
    ('dismiss', 'analyst', 'INSERT INTO fin.dismissals(workspace_id, report_id, subject, code) VALUES ({ws}, {report}, ''risk'', ''tax_gap'')'),
    ('recalibrate', 'analyst', 'SELECT FROM fin_recalibrate({ws}) HAVING count(*) >= 0'),
    ('learn', 'analyst', 'INSERT INTO fin.strictness(workspace_id, subject, code, strictness, verdicts) VALUES ({ws}, ''risk'', ''liquidity'', 2, 9)'),
    ('forget what was learned', 'analyst', 'DELETE FROM fin.strictness WHERE workspace_id = {ws}'),
    ('set a kind', 'analyst', 'INSERT INTO fin.category_kinds(workspace_id, category, kind, source) VALUES ({ws}, ''X'', ''opex'', ''user'')'),
    ('change a kind', 'analyst', 'UPDATE fin.category_kinds SET kind = ''cogs'' WHERE workspace_id = {ws}'),
    ('set a threshold', 'analyst', 'INSERT INTO fin.thresholds(workspace_id, code, high) VALUES ({ws}, ''tax_gap'', 1)'),
    ('drop a threshold', 'analyst', 'DELETE FROM fin.thresholds WHERE workspace_id = {ws}'),
    ('add a file past the scanner', 'nobody', 'INSERT INTO fin.files(workspace_id, sha256, size, filename) VALUES ({ws}, sha256(''x''), 1, ''x'')'),
    ('put a file', 'analyst', 'SET LOCAL pg_fin.workspace = {ws}; SELECT fin.file_put(''x'', NULL, ''x'')'),
    ('choose for writing', 'analyst', 'SET LOCAL pg_fin.workspace = {ws}; SELECT fin.writable_workspace()'),
    ('send a piece of an upload', 'analyst', 'SET LOCAL pg_fin.workspace = {ws}; INSERT INTO fin.upload_chunks VALUES (gen_random_uuid(), 1, ''x'')'),
    ('end a schedule', 'admin', 'DELETE FROM fin.schedules WHERE workspace_id = {ws}'),
    ('undo a colleague''s import', 'admin', 'DELETE FROM fin.reports WHERE id = {report}'),
    ('remove a colleague''s file', 'admin', 'DELETE FROM fin.files WHERE id = {file}'),
    ('remove a colleague''s feedback', 'admin', 'DELETE FROM fin.feedback WHERE workspace_id = {ws}'),
    ('remove a colleague''s dismissal', 'admin', 'DELETE FROM fin.dismissals WHERE workspace_id = {ws}'),
    ('add an analyst', 'admin', 'INSERT INTO fin.memberships(workspace_id, user_id, role) VALUES ({ws}, {stranger}, ''analyst'')'),
    ('add an analyst by name', 'admin', 'SELECT fin.add_member({ws}, ''m_stranger'', ''analyst'')'),
    ('demote an analyst', 'admin', 'UPDATE fin.memberships SET role = ''viewer'' WHERE workspace_id = {ws} AND user_id = {colleague}'),
    ('remove an analyst', 'admin', 'DELETE FROM fin.memberships WHERE workspace_id = {ws} AND user_id = {colleague}'),
    ('change settings', 'admin', 'UPDATE fin.workspaces SET settings = ''{"ai": true}'' WHERE id = {ws}'),
    ('read connections', 'admin', 'SELECT name FROM fin.connections WHERE workspace_id = {ws}'),
    ('add a connection', 'admin', 'INSERT INTO fin.connections(workspace_id, provider, name, secret) VALUES ({ws}, ''p'', ''n'', ''s'')'),
    ('change a secret', 'admin', 'UPDATE fin.connections SET secret = ''t'' WHERE workspace_id = {ws}'),
    ('read prompts', 'admin', 'SELECT FROM fin.prompts WHERE workspace_id = {ws}'),
    ('add a prompt', 'admin', 'INSERT INTO fin.prompts(workspace_id, name, body) VALUES ({ws}, ''n'', ''b'')'),
    ('read API keys', 'admin', 'SELECT name FROM fin.api_keys WHERE workspace_id = {ws}'),
    ('add an API key', 'admin', 'INSERT INTO fin.api_keys(workspace_id, name, key_hash) VALUES ({ws}, ''n'', ''h'')'),
    ('revoke an API key', 'admin', 'UPDATE fin.api_keys SET revoked_at = now() WHERE workspace_id = {ws}'),
    ('read the audit log', 'admin', 'SELECT FROM fin.audit_log WHERE workspace_id = {ws}'),
    ('appoint an admin', 'owner', 'INSERT INTO fin.memberships(workspace_id, user_id, role) VALUES ({ws}, {stranger}, ''admin'')'),
    ('appoint an admin by name', 'owner', 'SELECT fin.add_member({ws}, ''m_stranger'', ''admin'')'),
    ('promote an analyst to owner', 'owner', 'UPDATE fin.memberships SET role = ''owner'' WHERE workspace_id = {ws} AND user_id = {colleague}'),
    ('demote an admin', 'owner', 'UPDATE fin.memberships SET role = ''viewer'' WHERE workspace_id = {ws} AND role = ''admin'' AND user_id = {admin}'),
    ('demote an admin by name', 'owner', 'SELECT fin.add_member({ws}, ''m_admin'', ''viewer'')'),
    ('delete the workspace', 'owner', 'DELETE FROM fin.workspaces WHERE id = {ws}'),
    ('change the plan', 'nobody', 'UPDATE fin.workspaces SET plan = ''premium'' WHERE id = {ws}'),
    ('make a workspace', 'nobody', 'INSERT INTO fin.workspaces(name) VALUES (''mine'')'),
    ('import in another''s name', 'nobody', 'INSERT INTO fin.reports(workspace_id, source, created_by) VALUES ({ws}, ''import'', {stranger})'),
    ('rows into a colleague''s import', 'nobody', 'INSERT INTO fin.transactions(workspace_id, report_id, row_no, booked_on, amount) VALUES ({ws}, {unfinished}, 1, ''2024-01-01'', 1)'),
    ('rows into a finished report', 'nobody', 'INSERT INTO fin.reports(id, workspace_id, source, status) VALUES ({spare}, {ws}, ''import'', ''completed'');
        INSERT INTO fin.transactions(workspace_id, report_id, row_no, booked_on, amount) VALUES ({ws}, {spare}, 1, ''2024-01-01'', 1)'),
    ('change a transaction', 'nobody', 'UPDATE fin.transactions SET amount = 1 WHERE report_id = {report}'),
    ('remove a transaction', 'nobody', 'DELETE FROM fin.transactions WHERE report_id = {report}'),
    ('bytes into a colleague''s file', 'nobody', 'INSERT INTO fin.file_chunks VALUES ({ws}, {file}, 2, ''x'')'),
    ('see removals', 'nobody', 'SELECT FROM fin.storage_removals'),
    ('say where files go', 'nobody', 'INSERT INTO fin.storage (provider) VALUES (NULL)'),
    ('take bytes away', 'nobody', 'DELETE FROM fin.file_chunks WHERE file_id = {file}'),
    ('sign a link with a secret', 'nobody', 'SELECT fin.storage_in_use()'),
    ('say a file is clean', 'nobody', 'UPDATE fin.files SET scan_state = ''clean'' WHERE id = {file}'),
    ('move a report', 'nobody', 'UPDATE fin.reports SET workspace_id = {foreign} WHERE id = {report}'),
    ('move a membership', 'nobody', 'UPDATE fin.memberships SET workspace_id = {foreign} WHERE user_id = {me}'),
    ('read a sealed secret', 'nobody', 'SELECT secret FROM fin.connections WHERE workspace_id = {ws}'),
    ('read a key''s hash', 'nobody', 'SELECT key_hash FROM fin.api_keys WHERE workspace_id = {ws}'),
    ('read a password''s hash', 'nobody', 'SELECT password_hash FROM fin.users'),
    ('read a second factor', 'nobody', 'SELECT totp_secret FROM fin.users'),
    ('read recovery codes', 'nobody', 'SELECT recovery_hashes FROM fin.users'),
    ('read tokens by mail', 'nobody', 'SELECT FROM fin.account_tokens'),
    ('read spent tokens', 'nobody', 'SELECT FROM fin.spent_tokens'),
    ('read failures of others', 'nobody', 'SELECT FROM fin.login_failures'),
    ('open a session', 'nobody', 'SELECT fin.session_begin({me}, false)'),
    ('sign a token', 'nobody', 'SELECT fin_access_token(''{}'')'),
    ('hand out a token', 'nobody', 'SELECT fin_account_token(''m_owner@example.org'')'),
    ('end a colleague''s sessions', 'nobody', 'SELECT fin.sessions_end({colleague})'),
    ('be a key by hand', 'nobody', 'SELECT fin.begin_with_key(''fin_x'')'),
    ('take another''s role', 'nobody', 'UPDATE fin.users SET db_role = NULL WHERE id = {colleague}'),
    ('rename another', 'nobody', 'UPDATE fin.users SET name = ''x'' WHERE id = {colleague}'),
    ('make a session', 'nobody', 'INSERT INTO fin.sessions(user_id, expires_at) VALUES ({me}, now())'),
    ('queue past fin_enqueue', 'nobody', 'INSERT INTO fin.jobs(workspace_id, kind, db_role) VALUES ({ws}, ''matrix'', ''postgres'')'),
    ('schedule past its function', 'nobody', 'INSERT INTO fin.schedules(workspace_id, kind, payload, cron, user_id, db_role) VALUES ({ws}, ''matrix'', ''{}'', ''0 0 * * *'', {me}, ''postgres'')'),
    ('turn the clock of schedules', 'nobody', 'SELECT fin.schedules_run()'),
    ('read pieces of uploads', 'nobody', 'SELECT FROM fin.upload_pieces'),
    ('export in another''s name', 'nobody', 'INSERT INTO fin.exports(workspace_id, report_id, format, content, created_by) VALUES ({ws}, {report}, ''csv'', ''transactions'', {stranger})'),
    ('define a job kind', 'nobody', 'INSERT INTO fin.job_kinds(kind, handler) VALUES (''k'', ''h'')'),
    ('write an audit row', 'nobody', 'INSERT INTO fin.audit_log(workspace_id, db_role, action) VALUES ({ws}, ''x'', ''import'')'),
    ('write an audit row by function', 'nobody', 'SELECT fin.audit_write({ws}, ''import'', NULL, NULL, NULL, NULL)'),
    ('change an audit row', 'nobody', 'UPDATE fin.audit_log SET action = ''x'''),
    ('remove an audit row', 'nobody', 'DELETE FROM fin.audit_log'),
    ('prune the audit log', 'nobody', 'SELECT fin.audit_prune(''1 year'')');

CREATE TEMP TABLE actor(who name, way text, role text);
INSERT INTO actor
    SELECT role, way, member_role FROM person, unnest('{psql,api}'::text[]) way
        WHERE role IN ('m_owner', 'm_admin', 'm_analyst', 'm_viewer', 'm_removed', 'm_stranger')
    UNION ALL VALUES ('m_stranger', 'forged', NULL), ('m_stranger', 'anon', NULL);

CREATE TEMP TABLE outcome AS
    SELECT a.who, a.way, o.name, p.kind,
           p.kind = 'own' AND o.least <> 'nobody' AND a.role = ANY (fin.roles_from(o.least)) IS TRUE AS may,
           pg_temp.try(a.who, a.way, (
               SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(o.statements, '{ws}', quote_literal(p.ws)),
                   '{report}', quote_literal(p.report)), '{unfinished}', quote_literal(p.unfinished)), '{file}', quote_literal(p.file)),
                   '{spare}', quote_literal(p.spare)), '{foreign}', (SELECT quote_literal(f.ws) FROM place f WHERE f.kind = 'foreign')),
                   '{stranger}', (SELECT quote_literal(id) FROM person WHERE role = 'm_stranger')),
                   '{colleague}', (SELECT quote_literal(id) FROM author WHERE kind = p.kind)),
                   '{admin}', (SELECT quote_literal(id) FROM person WHERE role = 'm_admin')))) AS got
    FROM actor a, operation o, place p
    WHERE o.least <> 'nobody' OR p.kind = 'own';

-- Refused is either an error of rights or no row touched; any other error would be a mistake of this test. An SQLSTATE has
-- five characters, no count here has.
SELECT plan((SELECT count(*)::int FROM outcome) + 20);
SELECT CASE WHEN may THEN ok(got ~ '^[1-9][0-9]{0,3}$', label || ' is allowed: ' || got)
            ELSE ok(got IN ('42501', '0', '28000', 'P0002'), label || ' is refused: ' || got) END
FROM (SELECT *, format('%s of %s by %s (%s)', name, kind, who, way) AS label FROM outcome) o;

-- Identity, word by word.
SELECT is(pg_temp.try('m_owner', 'psql', 'SELECT FROM fin.users WHERE id = fin.current_user_id() AND db_role = ''m_owner'''), '1', 'a database role is its own row');
SELECT is(pg_temp.try('m_stranger', 'forged', 'SELECT WHERE fin.current_user_id() = {me}'), '1', 'claims set by hand change nobody''s identity');
SELECT is(pg_temp.try('m_owner', 'api', 'SELECT WHERE fin.current_user_id() = {me}'), '1', 'claims of the API are the identity');
SELECT is(pg_temp.try('m_owner', 'psql', 'SET ROLE fin_user; SELECT WHERE fin.current_user_id() = {me}'), '1', 'SET ROLE does not change the identity');
SELECT is(pg_temp.try('m_newcomer', 'psql', 'SELECT count(*) FROM fin.reports; SELECT FROM fin.users'), '0', 'a read makes nothing');
SELECT is(pg_temp.try('m_newcomer', 'psql', 'SELECT fin.writable_workspace(); SELECT FROM fin.memberships WHERE role = ''owner'''), '1', 'the first write makes a personal workspace');
SELECT is(pg_temp.try('m_newcomer', 'psql', 'SELECT fin.writable_workspace(); SELECT WHERE fin.writable_workspace() = fin.writable_workspace()'), '1', 'and only once');
SELECT is(pg_temp.try('m_newcomer', 'api', 'SELECT fin.writable_workspace()'), 'PT401', 'a token of nobody writes nothing');
SELECT is(pg_temp.try('m_stranger', 'anon', 'SELECT fin.writable_workspace()'), '42501', 'without a token neither');
SELECT is(pg_temp.try('m_owner', 'psql', format('SET pg_fin.workspace = %L; SELECT fin.writable_workspace()', (SELECT ws FROM place WHERE kind = 'foreign'))), '42501', 'a foreign workspace cannot be chosen');
SELECT is(pg_temp.try('m_owner', 'psql', 'SET pg_fin.workspace = ''nonsense''; SELECT fin.writable_workspace()'), '22023', 'a choice that is no id is refused by name');
SELECT is(pg_temp.try('m_viewer', 'psql', 'SELECT fin.writable_workspace()'), '42501', 'a viewer writes nothing');

-- A session that has ended, an account that is disabled, the ws claim.
UPDATE fin.sessions SET ended_at = now() WHERE id = (SELECT id FROM person WHERE role = 'm_analyst');
SELECT is(pg_temp.try('m_analyst', 'api', 'SELECT FROM fin.reports'), 'PT401', 'a token whose session has ended is refused');
UPDATE fin.users SET disabled_at = now() WHERE db_role = 'm_analyst';
SELECT is(pg_temp.try('m_analyst', 'psql', 'SELECT FROM fin.reports'), '0', 'a disabled account sees nothing');
UPDATE fin.sessions SET ended_at = NULL WHERE id = (SELECT id FROM person WHERE role = 'm_analyst');
SELECT is(pg_temp.try('m_analyst', 'api', 'SELECT FROM fin.reports'), 'PT401', 'and its tokens are refused');
SELECT is(pg_temp.try('m_owner', 'api', format('SELECT set_config(''request.jwt.claims'', (current_setting(''request.jwt.claims'')::jsonb || ''{"ws": "%s"}'')::text, true); SELECT FROM fin.reports',
    (SELECT ws FROM place WHERE kind = 'foreign'))), '0', 'the ws claim narrows and never widens');

-- An import pays for its policies once per statement, a read finds its rows by the key.
CREATE FUNCTION pg_temp.plan_of(who name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    plan text := '';
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', who);
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || statement LOOP plan := plan || line || E'\n'; END LOOP;
    RESET SESSION AUTHORIZATION;
    RETURN plan;
END $$;
SELECT ok(p LIKE '%InitPlan 1%' AND p NOT LIKE '%SubPlan%', 'the policy of an import is an InitPlan, nothing per row')
    FROM place, LATERAL (SELECT pg_temp.plan_of('m_owner', format('INSERT INTO fin.transactions(workspace_id, report_id, row_no, booked_on, amount)
    SELECT %L, %L, i, ''2024-01-01'', 1 FROM generate_series(1, 1000) i', ws, report)) AS p) e
    WHERE kind = 'own';
SET LOCAL enable_seqscan = off;
SELECT matches(pg_temp.plan_of('m_owner', format('SELECT sum(amount) FROM fin.transactions WHERE workspace_id = %L AND report_id = %L', ws, report)),
    'InitPlan 1.*(Index|Bitmap).*transactions_pkey.*Index Cond: [^\n]*ANY \(\$0\)', 'a policy is an index condition, asked once') FROM place WHERE kind = 'own';

-- Owners.
SELECT is(pg_temp.try('m_owner', 'psql', 'DELETE FROM fin.memberships WHERE user_id = {me}'), '23000', 'the last owner stays');
SELECT is(pg_temp.try('m_viewer', 'psql', 'DELETE FROM fin.memberships WHERE user_id = {me}'), '1', 'anyone else may leave');

SELECT * FROM finish();
ROLLBACK;
