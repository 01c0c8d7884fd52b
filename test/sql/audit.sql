-- The audit log: what writes to it, in whose name, and that nobody changes it.
BEGIN;
SET client_min_messages = warning;
SELECT plan(25);
CREATE ROLE a_boss; CREATE ROLE a_clerk; CREATE ROLE a_operator;
GRANT fin_user TO a_boss, a_clerk;
GRANT fin_admin TO a_operator;
CREATE TEMP TABLE known(name text, id uuid);
GRANT ALL ON known TO PUBLIC;

SET LOCAL SESSION AUTHORIZATION a_boss;
INSERT INTO known SELECT 'ws', fin.writable_workspace();
INSERT INTO known SELECT 'clerk', fin.add_member((SELECT id FROM known WHERE name = 'ws'), 'a_clerk', 'viewer');
SELECT fin.add_member((SELECT id FROM known WHERE name = 'ws'), 'a_clerk', 'analyst');
WITH r AS (INSERT INTO fin.reports(workspace_id, source, filename) SELECT id, 'import', 'jan.csv' FROM known WHERE name = 'ws' RETURNING id)
    INSERT INTO known SELECT 'import', id FROM r;
WITH r AS (INSERT INTO fin.reports(workspace_id, source, relation) SELECT id, 'attach', 'public.ledger' FROM known WHERE name = 'ws' RETURNING id)
    INSERT INTO known SELECT 'attach', id FROM r;
INSERT INTO fin.analyses(workspace_id, report_id, input_hash, document, document_hash, engine)
    SELECT w.id, r.id, 'i', '{"x": 1}', 'the hash', '1.0' FROM known w, known r WHERE w.name = 'ws' AND r.name = 'import';
UPDATE fin.analyses SET hits = hits + 1;
UPDATE fin.analyses SET document = '{"x": 2}', document_hash = 'another';
INSERT INTO fin.dismissals(workspace_id, report_id, subject, code) SELECT w.id, r.id, 'risk', 'liquidity' FROM known w, known r WHERE w.name = 'ws' AND r.name = 'import';
INSERT INTO fin.api_keys(workspace_id, name, key_hash) SELECT id, 'robot', 'top secret' FROM known WHERE name = 'ws';
UPDATE fin.api_keys SET revoked_at = now();
INSERT INTO fin.connections(workspace_id, provider, name, secret) SELECT id, 'bank', 'main', 'top secret' FROM known WHERE name = 'ws';
UPDATE fin.workspaces SET settings = '{"ai": true}';
INSERT INTO known SELECT 'file', fin.file_put('jan.csv', 'text/csv', 'bytes');
DELETE FROM fin.files;
SELECT fin.audit('export', (SELECT id::text FROM known WHERE name = 'import'), '{"format": "pdf"}');
DELETE FROM fin.reports WHERE source = 'attach';
DELETE FROM fin.reports;
DELETE FROM fin.memberships WHERE role = 'analyst';
RESET SESSION AUTHORIZATION;

CREATE TEMP VIEW entry AS SELECT l.*, k.name AS object_name FROM fin.audit_log l LEFT JOIN known k ON k.id::text = l.object
    WHERE l.workspace_id = (SELECT id FROM known WHERE name = 'ws');
SELECT results_eq('SELECT action FROM entry ORDER BY id', ARRAY['workspace_create', 'member_add', 'member_add', 'role_change', 'import', 'attach', 'analyse', 'analysis_change',
    'dismiss', 'key_create', 'key_change', 'connection_create', 'workspace_change', 'file_delete', 'export', 'attach_undo', 'import_undo', 'dismiss_undo', 'member_remove'],
    'every deed is there, in order, and counting a hit is none');
SELECT results_eq('SELECT DISTINCT db_role FROM entry', ARRAY['a_boss'::name], 'in the name of who was logged in, definer functions or not');
SELECT results_eq($$ SELECT DISTINCT user_id FROM entry WHERE action <> 'workspace_create' $$, $$ SELECT id FROM fin.users WHERE db_role = 'a_boss' $$, 'with the user');
SELECT results_eq($$ SELECT detail ->> 'before', detail ->> 'after' FROM entry WHERE action = 'role_change' $$, $$ VALUES ('viewer', 'analyst') $$, 'a role change says from what to what');
SELECT results_eq($$ SELECT object_name, detail ->> 'filename' FROM entry WHERE action = 'import' $$, $$ VALUES ('import', 'jan.csv') $$, 'an import names report and file');
SELECT results_eq($$ SELECT object_name, detail ->> 'relation' FROM entry WHERE action = 'attach' $$, $$ VALUES ('attach', 'public.ledger') $$, 'an attach its relation');
SELECT results_eq($$ SELECT object_name, after_hash FROM entry WHERE action = 'analyse' $$, $$ VALUES ('import', 'the hash') $$, 'an analysis its document''s hash');
SELECT results_eq($$ SELECT before_hash, after_hash FROM entry WHERE action = 'analysis_change' $$, $$ VALUES ('the hash', 'another') $$, 'a changed document both hashes');
SELECT results_eq($$ SELECT object_name, detail ->> 'format' FROM entry WHERE action = 'export' $$, $$ VALUES ('import', 'pdf') $$, 'an export what was exported');
SELECT ok(bool_and((before_hash IS NULL) = (action ~ '(create|add|import|attach|analyse|dismiss|export)$') AND (after_hash IS NULL) = (action ~ '(undo|delete|remove|export)$')),
    'hashes before and after where there was a before and an after') FROM entry;
SELECT ok(bool_and(coalesce(before_hash <> after_hash, true)), 'which differ where something changed') FROM entry;
SELECT is_empty($$ SELECT * FROM entry e WHERE e::text ~* '(top|746f70).*secret' OR e::text LIKE '%746f7020736563726574%' $$, 'no secret in it');

-- Nobody changes it, a superuser neither.
SELECT throws_ok('UPDATE fin.audit_log SET action = ''nothing''', '42501', 'the audit log is append only', 'no UPDATE');
SELECT throws_ok('DELETE FROM fin.audit_log', '42501', 'the audit log is append only', 'no DELETE');
SELECT throws_ok('TRUNCATE fin.audit_log', '42501', 'the audit log is append only', 'no TRUNCATE');

-- What fin.audit refuses.
SELECT throws_ok($$ SELECT fin.audit('import', 'x') $$, '22023', NULL, 'no forged import');
SELECT throws_ok($$ SELECT fin.audit('login', 'x') $$, '22023', NULL, 'no forged sign-in');
SELECT throws_ok($$ SELECT fin.audit('export', repeat('x', 2000)) $$, '54000', NULL, 'no flood');
SET LOCAL SESSION AUTHORIZATION a_clerk;
DO $$ BEGIN PERFORM fin.audit('export', 'x', NULL, (SELECT id FROM known WHERE name = 'ws')); PERFORM set_config('fin_test.state', 'written', true);
EXCEPTION WHEN OTHERS THEN PERFORM set_config('fin_test.state', SQLSTATE, true); END $$;
RESET SESSION AUTHORIZATION;
SELECT is(current_setting('fin_test.state'), '42501', 'nor a line in a workspace one has left');

-- It outlives what it tells of.
DELETE FROM fin.workspaces WHERE id = (SELECT id FROM known WHERE name = 'ws');
DELETE FROM fin.users WHERE db_role = 'a_boss';
SELECT is((SELECT count(*)::int FROM entry WHERE action = 'workspace_delete'), 1, 'a workspace''s end is noted');
SELECT cmp_ok((SELECT count(*)::int FROM entry), '>', 18, 'and its past stays');

-- Retention.
SELECT throws_ok($$ SELECT fin.audit_prune('89 days') $$, '22023', NULL, 'entries are kept at least 90 days');
ALTER TABLE fin.audit_log DISABLE TRIGGER guard_audit;
UPDATE fin.audit_log SET at = now() - interval '2 years' WHERE action = 'import' AND workspace_id = (SELECT id FROM known WHERE name = 'ws');
ALTER TABLE fin.audit_log ENABLE TRIGGER guard_audit;
SET LOCAL SESSION AUTHORIZATION a_operator;
SELECT set_config('fin_test.state', fin.audit_prune('1 year')::text, true);
RESET SESSION AUTHORIZATION;
SELECT cmp_ok(current_setting('fin_test.state')::int, '>=', 1, 'an operator removes what is older');
SELECT is_empty($$ SELECT FROM entry WHERE action = 'import' $$, 'it is gone');
SELECT isnt_empty($$ SELECT FROM fin.audit_log WHERE action = 'audit_prune' AND db_role = 'a_operator' AND detail ->> 'keep' = '1 year' $$, 'and the log says so');
SELECT * FROM finish();
ROLLBACK;
