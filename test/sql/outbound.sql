-- Who may set up what leaves the machine, and what of it can be read. Sealing with a key is in test/server/outbound.pl.
BEGIN;
SET client_min_messages = warning;
SELECT plan(26);

CREATE ROLE o_owner; CREATE ROLE o_analyst; CREATE ROLE o_stranger; CREATE ROLE o_operator;
GRANT fin_user TO o_owner, o_analyst, o_stranger;
GRANT fin_admin TO o_operator;
CREATE TEMP TABLE place AS SELECT gen_random_uuid() AS ws;
INSERT INTO fin.workspaces (id, name) SELECT ws, 'outbound' FROM place;
INSERT INTO fin.users (name, db_role) SELECT r, r FROM unnest(ARRAY['o_owner', 'o_analyst', 'o_stranger']) r;
INSERT INTO fin.memberships (workspace_id, user_id, role)
    SELECT ws, u.id, substr(u.db_role, 3) FROM place, fin.users u WHERE u.db_role IN ('o_owner', 'o_analyst');
GRANT SELECT ON place TO PUBLIC;

-- Runs a statement as a role of its own session and answers with its text or SQLSTATE; what it did stays.
CREATE FUNCTION pg_temp.as_role(who name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SET SESSION AUTHORIZATION %I', who);
    BEGIN
        EXECUTE statement INTO answer;
    EXCEPTION WHEN OTHERS THEN
        answer := SQLSTATE;
    END;
    RESET SESSION AUTHORIZATION;
    RETURN answer;
END $$;

SELECT is(pg_temp.as_role('o_owner', $$SELECT fin_provider_set('bank', 'http', 'https://api.example.com')$$), '42501', 'a member defines no provider');
SELECT is(pg_temp.as_role('o_operator', $$SELECT fin_provider_set('bank', 'http', 'https://api.example.com', '{"a": 1}')$$), '', 'an operator does');
SELECT is(pg_temp.as_role('o_operator', $$SELECT fin_provider_set('files', 'http', 'file:///etc/passwd')$$), '23514', 'but none of another scheme');
SELECT is(pg_temp.as_role('o_operator', $$SELECT fin_provider_set('mail', 'smtp', 'https://mail.example.com')$$), '23514', 'nor mail over HTTP');
SELECT is(pg_temp.as_role('o_operator', $$SELECT fin_provider_set('mail', 'smtp', 'smtp://mail.example.com:587')$$), '', 'mail goes by SMTP');
SELECT is(pg_temp.as_role('o_owner', $$SELECT base_url FROM fin.providers WHERE name = 'bank'$$), 'https://api.example.com', 'members see where a provider is');
SELECT is(pg_temp.as_role('o_owner', $$SELECT secret FROM fin.providers$$), '42501', 'and not its secret');
SELECT is(pg_temp.as_role('o_owner', $$UPDATE fin.providers SET base_url = 'https://evil.example.com' RETURNING 1$$), '42501', 'nor move it');

SELECT matches(pg_temp.as_role('o_owner', $$SELECT fin_connection_set('main', 'bank', '{"b": 2}')$$), '^[0-9a-f-]{36}$', 'an owner connects');
SELECT is(pg_temp.as_role('o_analyst', $$SELECT fin_connection_set('main', 'bank')$$), '42501', 'an analyst does not');
SELECT is(pg_temp.as_role('o_owner', $$SELECT fin_connection_set('main', 'nobody')$$), '22023', 'an unknown provider');
SELECT is(pg_temp.as_role('o_owner', $$SELECT fin_connection_set('', 'bank')$$), '22023', 'a connection without a name');
SELECT is(pg_temp.as_role('o_owner', $$SELECT fin_connection_set('main', 'bank', '[]')$$), '22023', 'settings that are no object');
SELECT is(pg_temp.as_role('o_owner', $$SELECT fin_connection_set('main', 'bank', '{}', 'sesame')$$), '55000', 'no secret is taken without a key');
SELECT is(pg_temp.as_role('o_owner', $$SELECT secret FROM fin.connections$$), '42501', 'a secret is not readable');
SELECT is(pg_temp.as_role('o_owner', $$SELECT fin_connection_reseal()$$), '42501', 'nor resealed by members');

SELECT is((SELECT settings FROM fin.connection_for((SELECT ws FROM place), 'main', 'http')), '{"a": 1, "b": 2}', 'a worker gets both settings');
SELECT is_empty($$SELECT 1 FROM fin.connection_for(gen_random_uuid(), 'main', 'http')$$, 'of its own workspace');
SELECT is((SELECT provider FROM fin.connection_for((SELECT ws FROM place), NULL, 'smtp')), 'mail', 'the installation''s own where the workspace has none');
SELECT is(pg_temp.as_role('o_owner', $$SELECT base_url FROM fin.connection_for((SELECT ws FROM place), 'main', 'http')$$), '42501', 'which no member may ask');
SELECT is(pg_temp.as_role('o_owner', $$SELECT address FROM fin.notification_for_mail((SELECT ws FROM place), gen_random_uuid())$$), '42501', 'nor for addresses');

CREATE TEMP TABLE them AS SELECT substr(db_role, 3) AS who, id FROM fin.users WHERE db_role LIKE 'o\_%';
GRANT SELECT ON them TO PUBLIC;
SELECT matches(pg_temp.as_role('o_analyst', $$SELECT fin_notify((SELECT id FROM them WHERE who = 'owner'), 'Hello')$$), '^[0-9a-f-]{36}$', 'a message to a member');
SELECT is(pg_temp.as_role('o_owner', $$SELECT title FROM fin.notifications$$), 'Hello', 'who reads it');
SELECT is(pg_temp.as_role('o_analyst', $$SELECT fin_notify((SELECT id FROM them WHERE who = 'stranger'), 'Hello')$$), '22023', 'none to a stranger');
SELECT is(pg_temp.as_role('o_analyst', $$SELECT fin_notify((SELECT id FROM them WHERE who = 'owner'), 'Hello', files => ARRAY[gen_random_uuid()])$$), '22023', 'none with a file that is not there');
SELECT is((SELECT count(*) FROM fin.jobs WHERE kind = 'send_notification'), 0::bigint, 'nothing is mailed to who has no address');

SELECT * FROM finish();
ROLLBACK;
