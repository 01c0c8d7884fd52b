-- Repeatable requests: whose key it is, what it stands for, what another request gets, when it ends; who reads the routes.
BEGIN;
SET client_min_messages = warning;
SELECT plan(23);

INSERT INTO fin.users(id, name, email) VALUES ('10000000-0000-4000-8000-000000000001', 'Ann', 'ann@example.org'), ('10000000-0000-4000-8000-000000000002', 'Ben', 'ben@example.org');
INSERT INTO fin.workspaces(id, name) VALUES ('20000000-0000-4000-8000-000000000001', 'first'), ('20000000-0000-4000-8000-000000000002', 'second');
INSERT INTO fin.memberships(workspace_id, user_id, role) SELECT w.id, '10000000-0000-4000-8000-000000000001', 'owner' FROM fin.workspaces w WHERE w.name IN ('first', 'second');

-- What the server asks in one statement, as somebody: the answer, or the SQLSTATE. person 0: nobody.
CREATE FUNCTION pg_temp.repeat(person int, key text, hash text, place int DEFAULT NULL, path text DEFAULT '/reports', said jsonb DEFAULT '{"made": 1}', role name DEFAULT 'fin_user')
    RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; stored jsonb;
BEGIN
    PERFORM set_config('request.jwt.claims', jsonb_strip_nulls(jsonb_build_object('sub', '10000000-0000-4000-8000-00000000000' || nullif(person, 0),
        'ws', '20000000-0000-4000-8000-00000000000' || place))::text, true);
    SET LOCAL SESSION AUTHORIZATION fin_authenticator;
    EXECUTE format('SET LOCAL ROLE %I', role);
    stored := fin.repeat_begin(key, 'POST', path, hash);
    answer := coalesce('again ' || stored::text, 'new ' || fin.repeat_end(key, 'POST', path, hash, 201, said)::text);
    RESET ROLE;
    RESET SESSION AUTHORIZATION;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.try(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL SESSION AUTHORIZATION fin_authenticator;
    EXECUTE format('SET LOCAL ROLE %I', role);
    EXECUTE statement;
    RESET ROLE;
    RESET SESSION AUTHORIZATION;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

SELECT is(pg_temp.repeat(1, 'k', 'h'), 'new {"body": {"made": 1}, "status": "201", "headers": null}', 'a new key');
SELECT is(pg_temp.repeat(1, 'k', 'h'), 'again {"body": {"made": 1}, "status": "201", "headers": null}', 'the same request again');
SELECT is(pg_temp.repeat(1, 'k', 'other'), 'PT422', 'the key with another body');
SELECT is(pg_temp.repeat(1, 'k', 'h', path => '/other'), 'PT422', 'the key with another address');
SELECT is(pg_temp.repeat(1, 'k2', 'h', said => NULL), 'new {"body": null, "status": "204", "headers": null}', 'an answer without a body');
DO $$ BEGIN PERFORM set_config('response.status', '202', true), set_config('response.headers', '[{"Location": "/x"}]', true); END $$;
SELECT is(pg_temp.repeat(1, 'k3', 'h'), 'new {"body": {"made": 1}, "status": "202", "headers": [{"Location": "/x"}]}', 'with what the function set');
DO $$ BEGIN PERFORM set_config('response.status', '', true), set_config('response.headers', '', true); END $$;
SELECT is(pg_temp.repeat(1, 'k3', 'h'), 'again {"body": {"made": 1}, "status": "202", "headers": [{"Location": "/x"}]}', 'which is repeated');
SELECT matches(pg_temp.repeat(2, 'k', 'h'), '^new ', 'keys are of a person');
SELECT matches(pg_temp.repeat(1, 'k', 'h', 1), '^new ', 'and of a workspace');
SELECT matches(pg_temp.repeat(1, 'k', 'h', 2), '^new ', 'each');
SELECT matches(pg_temp.repeat(1, 'k', 'h', 2), '^again ', 'for itself');
SELECT matches(pg_temp.repeat(2, 'k', 'h', 1), '^again ', 'a workspace that one is no member of is none');
SELECT is(pg_temp.repeat(0, 'k', 'h'), 'PT401', 'nobody has no keys');
SELECT is(pg_temp.repeat(1, 'k', 'h', role => 'fin_anon'), '42501', 'nor has a request without a token');
SELECT is(pg_temp.repeat(1, 'k', 'h', role => 'fin_authenticator'), '42501', 'nor the server by itself');

SELECT is(pg_temp.try('fin_user', 'SELECT FROM fin.idempotency_keys'), '42501', 'the answers themselves are not to be read');
SELECT is(pg_temp.try('fin_user', 'SELECT FROM fin.routes'), 'done', 'routes are');
SELECT is(pg_temp.try('fin_user', $$INSERT INTO fin.routes(method, path, function, summary) VALUES ('GET', '/x', 'api.x', '')$$), '42501', 'but not written');
SELECT is(pg_temp.try('fin_authenticator', 'SELECT FROM fin.routes'), 'done', 'the server reads them too');

UPDATE fin.idempotency_keys SET expires_at = now() - interval '1 second' WHERE user_id = '10000000-0000-4000-8000-000000000001' AND workspace_id IS NULL;
SELECT matches(pg_temp.repeat(1, 'k', 'other'), '^new ', 'a key that has ended is new');
SELECT is((SELECT count(*)::int FROM fin.idempotency_keys WHERE expires_at < now()), 0, 'what has ended is removed by the next request');
DELETE FROM fin.workspaces WHERE id = '20000000-0000-4000-8000-000000000001';
SELECT is((SELECT count(*)::int FROM fin.idempotency_keys WHERE workspace_id = '20000000-0000-4000-8000-000000000001'), 0, 'a workspace takes its keys along');
DELETE FROM fin.users WHERE id = '10000000-0000-4000-8000-000000000002';
SELECT is((SELECT count(*)::int FROM fin.idempotency_keys WHERE user_id = '10000000-0000-4000-8000-000000000002'), 0, 'and so does a person');
SELECT * FROM finish();
ROLLBACK;
