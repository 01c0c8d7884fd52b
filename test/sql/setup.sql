-- fin_setup(): a second run does nothing, lost rights come back, strangers and foreign schemas are refused.
BEGIN;
SET client_min_messages = warning;
SELECT plan(32);

SELECT results_eq('SELECT fin_setup()', ARRAY['nothing to do: schema fin is at version ' || (SELECT max(version) FROM fin_migrations())],
    'a second run is a no-op');
SELECT results_eq('SELECT version, name FROM fin.migrations ORDER BY 1', 'SELECT version, name FROM fin_migrations() ORDER BY 1', 'what ran is recorded');
SELECT results_eq('SELECT checksum FROM fin.migrations ORDER BY version',
    $$ SELECT encode(sha256(convert_to(script, 'UTF8')), 'hex') FROM fin_migrations() ORDER BY version $$, 'with its checksum');

-- What a restore without roles leaves: other owners, no grants, PUBLIC at the definer functions.
SAVEPOINT whole;
CREATE TEMP TABLE whole AS SELECT polrelid, polname, pg_get_expr(polqual, polrelid) q, pg_get_expr(polwithcheck, polrelid) c FROM pg_policy;
ALTER FUNCTION fin.workspaces_of(text) OWNER TO CURRENT_USER;
GRANT EXECUTE ON FUNCTION fin.workspaces_of(text) TO PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA fin FROM fin_user, fin_definer;
DROP POLICY read ON fin.reports;
DROP POLICY add ON fin.transactions;
ALTER TABLE fin.reports DISABLE ROW LEVEL SECURITY;
REVOKE fin_user FROM fin_authenticator;
SELECT results_eq('SELECT fin_setup()', ARRAY['fin_authenticator may become fin_user', 'fin_definer owns 1 definer functions',
    'row-level security on 1 tables', '2 policies', 'grants'], 'says what it repaired');
SELECT is_definer('fin', 'workspaces_of', ARRAY['text'], 'still a definer function');
SELECT function_owner_is('fin', 'workspaces_of', ARRAY['text'], 'fin_definer', 'the owner is back');
SELECT ok(NOT has_function_privilege('public', 'fin.workspaces_of(text)', 'EXECUTE'), 'PUBLIC is out');
SELECT ok(has_table_privilege('fin_user', 'fin.reports', 'SELECT') AND has_table_privilege('fin_definer', 'fin.audit_log', 'INSERT'), 'grants are back');
SELECT is_empty('SELECT * FROM whole EXCEPT SELECT polrelid, polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy',
    'policies are back as they were');
SELECT ok((SELECT relrowsecurity FROM pg_class WHERE oid = 'fin.reports'::regclass), 'row-level security is on again');
SELECT ok(pg_has_role('fin_authenticator', 'fin_user', 'MEMBER'), 'the API may become fin_user again');
SELECT results_eq('SELECT count(*) FROM fin_setup() WHERE fin_setup LIKE ''nothing%''', ARRAY[1::bigint], 'and then there is nothing left to do');
ROLLBACK TO whole;

SAVEPOINT planted;
GRANT fin_definer TO fin_user;
SELECT throws_ok('SELECT fin_setup()', '0P000', NULL, 'a member of fin_definer is refused: it would act as the definer functions');
ROLLBACK TO planted;

-- A database where somebody else has a schema fin.
SAVEPOINT foreign_schema;
ALTER SCHEMA fin RENAME TO elsewhere;
CREATE SCHEMA fin;
SELECT throws_ok('SELECT fin_setup()', '42P06', 'a schema fin exists that fin_setup() did not make', 'a foreign schema fin is left alone');
ROLLBACK TO foreign_schema;
SAVEPOINT planted_schema;
CREATE ROLE planter;
ALTER SCHEMA fin OWNER TO planter;
SELECT throws_ok('SELECT fin_setup()', '42P06', NULL, 'so is one that a user planted, with whatever triggers it has');
ROLLBACK TO planted_schema;

SAVEPOINT newer;
INSERT INTO fin.migrations VALUES (9999, 'from the future', now(), '');
SELECT throws_ok('SELECT fin_setup()', '55000', NULL, 'a schema of a newer pg_fin is not touched');
ROLLBACK TO newer;

-- Where fin_setup() was never run every function says so, those written in SQL too.
SAVEPOINT without;
ALTER SCHEMA fin RENAME TO elsewhere;
SELECT throws_ok(call, '55000', 'pg_fin is not set up in this database', call)
FROM unnest(ARRAY['SELECT fin_enqueue(''noop'', ''{}'')', 'SELECT fin_enqueue_once(''noop'', ''{}'', ''key'')', 'SELECT fin_job(1)', 'SELECT fin_jobs()',
    'SELECT fin_cancel_job(1)', 'SELECT fin_requeue(1)', 'SELECT fin_set_kind(''Rent'', ''opex'')', 'SELECT fin_reset_kind(''Rent'')',
    'SELECT fin_set_threshold(''liquidity'', 9, 6, 3)', 'SELECT fin_import_undo(gen_random_uuid())', 'SELECT fin_analyze(gen_random_uuid())',
    'SELECT fin_forecast(gen_random_uuid())', 'SELECT fin_connection_set(''a'', ''b'')', 'SELECT fin_notify(gen_random_uuid(), ''a'')']) AS call;
ROLLBACK TO without;

CREATE ROLE nobody_special;
SET LOCAL SESSION AUTHORIZATION nobody_special;
SELECT set_config('fin_test.state', 'none', true);
DO $$ BEGIN PERFORM fin_setup(); EXCEPTION WHEN OTHERS THEN PERFORM set_config('fin_test.state', SQLSTATE || ' ' || SQLERRM, true); END $$;
RESET SESSION AUTHORIZATION;
SELECT is(current_setting('fin_test.state'), '42501 fin_setup() must be run by a superuser', 'superusers only');
SELECT is_empty($$ SELECT 1 FROM fin_policies() WHERE coalesce(using_sql, '') || coalesce(check_sql, '') LIKE '%{%}%' AND relation <> '' AND coalesce(using_sql, check_sql) ~ '\{[a-z]+\}' $$,
    'every word of the policies is spelled out');
SELECT * FROM finish();
ROLLBACK;
