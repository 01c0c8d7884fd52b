-- Sign-in at another provider without a provider: what operators set, what the worker's functions give and take, whose
-- account it is, and that nobody else reaches any of it. The way over the network is in test/api/sign_on.test.mjs.
BEGIN;
SET client_min_messages = warning;
SELECT no_plan();
CREATE ROLE sso_operator; GRANT fin_admin TO sso_operator;
CREATE ROLE sso_psql; GRANT fin_user TO sso_psql;
CREATE TEMP TABLE launcher(is_there boolean);
INSERT INTO launcher VALUES (true);
GRANT SELECT ON launcher TO PUBLIC;
CREATE OR REPLACE FUNCTION fin.has_launcher() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT is_there FROM pg_temp.launcher';

-- A statement in somebody's session: its text, or SQLSTATE.
CREATE FUNCTION pg_temp.as_role(who name, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', who);
    IF who = 'fin_authenticator' THEN SET LOCAL ROLE fin_anon; END IF;
    BEGIN
        EXECUTE query INTO answer;
    EXCEPTION WHEN OTHERS THEN
        answer := SQLSTATE;
    END;
    RESET SESSION AUTHORIZATION;
    RETURN answer;
END $$;
-- A request to the API without a token: {status, body, headers}.
CREATE FUNCTION pg_temp.ask(call text, browser text DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM set_config('response.status', '', true), set_config('response.headers', '', true), set_config('request.jwt.claims', '{"role": "fin_anon"}', true),
            set_config('request.cookies', jsonb_strip_nulls(jsonb_build_object('__Host-fin_oidc', browser))::text, true);
    answer := pg_temp.as_role('fin_authenticator', 'SELECT ' || call);
    RETURN jsonb_build_object('status', coalesce(nullif(current_setting('response.status', true), ''), CASE WHEN answer ~ '^[A-Z0-9]{5}$' THEN answer ELSE '200' END),
        'body', CASE WHEN answer LIKE '{%' THEN answer::jsonb END, 'headers', coalesce(nullif(current_setting('response.headers', true), ''), '[]')::jsonb);
END $$;

-- Operators.
SELECT is(pg_temp.as_role('sso_psql', $$ SELECT fin_oidc_provider_set('p', 'https://id.example.org', 'c', NULL, 'https://fin.example.org/auth/oidc/p/callback') $$), '42501', 'members set no providers');
SELECT is(pg_temp.as_role('sso_psql', $$ SELECT fin.oidc_provider_set('p', 'https://id.example.org', 'c', NULL, 'https://fin.example.org/auth/oidc/p/callback', '{}') $$), '42501', 'nor from the side');
SELECT is(pg_temp.as_role('sso_operator', $$ SELECT fin_oidc_provider_set('p', 'https://id.example.org', 'c', NULL, 'https://fin.example.org/auth/oidc/p/callback', '{"colour": 1}') $$), '22023', 'an unknown option is refused');
SELECT is(pg_temp.as_role('sso_operator', format('SELECT fin_oidc_provider_set(%L, %L, %L, NULL, %L, %L)', n, i, 'c', r, o)), state, format('%s %s %s %s is refused', n, i, r, o))
    FROM (VALUES ('P', 'https://a.b', 'https://c.d/x', '{}', '23514'), ('p', 'ftp://a.b', 'https://c.d/x', '{}', '23514'), ('p', 'https://a.b c', 'https://c.d/x', '{}', '23514'),
                 ('p', 'https://a.b', 'c.d', '{}', '23514'), ('p', 'https://a.b', 'https://c.d/x', '{"scopes": ["email"]}', '23514'), ('p', 'https://a.b', 'https://c.d/x', '{"hosts": "x"}', '22023')) v(n, i, r, o, state);
SELECT is(pg_temp.as_role('sso_operator', $$ SELECT fin_oidc_provider_set('p', 'https://id.example.org', 'c 1', NULL, 'https://fin.example.org/auth/oidc/p/callback', '{"title": "Id", "domains": []}') $$), '', 'operators set them');
SELECT results_eq($$ SELECT kind, workspace_id IS NULL, priority FROM fin.jobs WHERE payload ->> 'provider' = 'p' $$, $$ VALUES ('oidc_discovery', true, 'high') $$, 'a worker is to read the configuration');
SELECT is(pg_temp.as_role('sso_operator', 'SELECT count(client_secret) FROM fin.oidc_providers'), '42501', 'nobody reads secrets');
SELECT is(pg_temp.as_role('sso_psql', 'SELECT count(name) FROM fin.oidc_providers'), '42501', 'members do not look into the table');
SELECT is(pg_temp.as_role('sso_psql', 'SELECT count(*) FROM fin.oidc_sign_ins'), '42501', 'nor at sign-ins under way');
SELECT is(pg_temp.as_role('sso_psql', 'SELECT count(*) FROM api.jobs WHERE workspace_id IS NULL'), '0', 'nor see the installation''s jobs');
SELECT is(pg_temp.ask('api.auth_oidc_list()') -> 'body', '{"providers": [{"name": "p", "title": "Id"}]}', 'everybody may know their names');
SELECT is(pg_temp.ask($$ api.auth_oidc_start('p') $$) ->> 'status', '503', 'nobody is sent there before its configuration is known');
SELECT is((SELECT count(*)::int FROM fin.jobs WHERE kind = 'oidc_discovery'), 1, 'which is asked for once a minute');
UPDATE fin.oidc_providers SET discovery_asked_at = now() - interval '2 minutes';
SELECT is(pg_temp.ask($$ api.auth_oidc_start('p') $$) ->> 'status', '503', 'still');
SELECT is((SELECT count(*)::int FROM fin.jobs WHERE kind = 'oidc_discovery'), 2, 'then again');

-- Workers' functions are theirs alone.
SELECT is_empty($$ SELECT p.oid::regprocedure, r FROM pg_proc p, unnest(ARRAY['fin_anon', 'fin_user', 'fin_admin', 'fin_authenticator']) r WHERE p.pronamespace = 'fin'::regnamespace
    AND p.proname IN ('oidc_provider_for_worker', 'oidc_discovered', 'oidc_keys_ask', 'oidc_keys_store', 'oidc_take', 'oidc_known', 'oidc_failed', 'oidc_account', 'oidc_begin', 'oidc_refused', 'oidc_discover', 'installation_job')
    AND has_function_privilege(r, p.oid, 'EXECUTE') $$, 'nobody says by hand who somebody is');
SELECT is(pg_temp.as_role('fin_worker', $$ SELECT fin.oidc_discovered('p', 'https://other.example.org', '{}') $$), NULL, 'a worker that comes late');
SELECT ok((SELECT discovery IS NULL FROM fin.oidc_providers), 'stores nothing for another issuer');
SELECT pg_temp.as_role('fin_worker', $$ SELECT fin.oidc_discovered('p', 'https://id.example.org', '{"issuer": "https://id.example.org", "authorization_endpoint": "https://id.example.org/a?x=1", "authorization_response_iss_parameter_supported": true}') $$) \g /dev/null
SELECT is(pg_temp.as_role('fin_worker', $$ SELECT fin.oidc_keys_ask('p') $$), 'true', 'keys may be asked for');
SELECT is(pg_temp.as_role('fin_worker', $$ SELECT fin.oidc_keys_ask('p') $$), 'false', 'once a minute');
SELECT pg_temp.as_role('fin_worker', $$ SELECT fin.oidc_keys_store('p', 'https://id.example.org', '{"keys": []}', 1e9) $$) \g /dev/null
SELECT ok((SELECT keys_good_until <= clock_timestamp() + interval '1 day' FROM fin.oidc_providers), 'and are kept a day at most');

-- Texts in addresses.
SELECT is(fin.url_encoded('a b+&=ж/~-._'), 'a%20b%2B%26%3D%D0%B6%2F~-._', 'percent-encoding');
SELECT is(fin.url_encoded(''), '', 'of nothing');
SELECT lives_ok(format('SELECT fin.local_page(%L)', page), page || ' is a page of ours') FROM unnest(ARRAY['/', '/a', '/a//b', '/a?b=c#d', '/a/../b', '/~x']) page;
SELECT throws_ok(format('SELECT fin.local_page(%L)', page), '22023', NULL, format('%L is not', page))
    FROM unnest(ARRAY['', 'a', '//a', '/\a', E'/\t/a', E'/a\nb', '/a b', '/a\b', 'https://a', '/ж', '/' || repeat('a', 2000)]) page;

-- Sign-ins: by state, browser and time, once.
CREATE TEMP TABLE begun(name text, url text, browser text);
CREATE FUNCTION pg_temp.begin_one(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb := pg_temp.ask($q$ api.auth_oidc_start('p') $q$);
BEGIN
    INSERT INTO begun VALUES (name, answer #>> '{headers,0,Location}', substring(answer #>> '{headers,1,Set-Cookie}' FROM '=([0-9a-f]{64});'));
END $$;
CREATE FUNCTION pg_temp.back(name text, code text DEFAULT 'code', more text DEFAULT $$, iss => 'https://id.example.org'$$) RETURNS jsonb LANGUAGE sql AS $$
    SELECT pg_temp.ask(format('api.auth_oidc_callback(%L, %L, %L%s)', 'p', back.code, substring(b.url FROM 'state=([0-9a-f]+)'), back.more), b.browser) FROM begun b WHERE b.name = back.name $$;
CREATE FUNCTION pg_temp.sign_in_of(name text) RETURNS fin.oidc_sign_ins LANGUAGE sql AS $$
    SELECT s FROM fin.oidc_sign_ins s, begun b WHERE b.name = sign_in_of.name AND s.state_hash = sha256(convert_to(substring(b.url FROM 'state=([0-9a-f]+)'), 'UTF8')) $$;
UPDATE launcher SET is_there = false;
SELECT is(pg_temp.ask($$ api.auth_oidc_start('p') $$) ->> 'status', '503', 'without workers nobody is sent away');
UPDATE launcher SET is_there = true;
SELECT pg_temp.begin_one(n) FROM unnest(ARRAY['one', 'two', 'late', 'no iss']) n \g /dev/null
SELECT matches((SELECT url FROM begun WHERE name = 'one'), '^https://id\.example\.org/a\?x=1&response_type=code&client_id=c%201&redirect_uri=https%3A%2F%2Ffin\.example\.org%2Fauth%2Foidc%2Fp%2Fcallback&scope=openid%20email%20profile&state=[0-9a-f]{64}&nonce=[0-9a-f]{64}&code_challenge=[A-Za-z0-9_-]{43}&code_challenge_method=S256$', 'the address of the provider');
SELECT is(substring(url FROM 'code_challenge=([^&]+)'), translate(encode(sha256(convert_to((pg_temp.sign_in_of('one')).verifier, 'UTF8')), 'base64'), '+/=', '-_'), 'the challenge is the hash of what is kept') FROM begun WHERE name = 'one';
SELECT is(pg_temp.ask(format('api.auth_oidc_callback(%L, %L, %L)', 'p', 'code', substring(url FROM 'state=([0-9a-f]+)')), repeat('0', 64)) ->> 'status', '400', 'another browser is refused') FROM begun WHERE name = 'one';
SELECT is(pg_temp.back('one') ->> 'status', '202', 'the one that began waits');
SELECT is(pg_temp.back('one') #>> '{body,channel}', 'fin_oidc_' || (pg_temp.sign_in_of('one')).id, 'for a word on its channel');
SELECT is(pg_temp.back('one', 'another') ->> 'status', '400', 'with one code');
SELECT results_eq($$ SELECT priority, user_id IS NULL, payload ->> 'sign_in' FROM fin.jobs WHERE kind = 'oidc_sign_in' $$, $$ SELECT 'critical', true, (pg_temp.sign_in_of('one')).id::text $$, 'one job, which holds no secret');
SELECT is(pg_temp.as_role('fin_worker', format('SELECT t.code || t.nonce FROM fin.oidc_take(%L) t', (pg_temp.sign_in_of('one')).id)), 'code' || (SELECT substring(url FROM 'nonce=([0-9a-f]+)') FROM begun WHERE name = 'one'), 'a worker takes the code');
SELECT is(pg_temp.as_role('fin_worker', format('SELECT t.code FROM fin.oidc_take(%L) t', (pg_temp.sign_in_of('one')).id)), NULL, 'once');
SELECT ok((SELECT s.code IS NULL AND s.verifier IS NULL FROM pg_temp.sign_in_of('one') s), 'and it is not kept');
SELECT is(pg_temp.back('one') ->> 'status', '202', 'meanwhile one waits');
SELECT pg_temp.as_role('fin_worker', format('SELECT fin.oidc_failed(%L, 502, %L)', (pg_temp.sign_in_of('one')).id, 'no luck')) \g /dev/null
SELECT is(pg_temp.back('one') -> 'body' ->> 'message', 'no luck', 'and is told what went wrong');
SELECT is(pg_temp.back('one') ->> 'status', '400', 'once');
SELECT pg_temp.as_role('fin_worker', format('SELECT fin.oidc_known(%L, %L)', (pg_temp.sign_in_of('one')).id, '{"issuer": "https://id.example.org", "subject": "1"}')) \g /dev/null
SELECT is(pg_temp.back('one') ->> 'status', '400', 'what is over stays so, whatever comes later');
SELECT is(pg_temp.back('no iss', 'code', '') ->> 'status', '400', 'a provider that says who it is must do so');
UPDATE fin.oidc_sign_ins SET expires_at = now() - interval '1 second' WHERE id = (pg_temp.sign_in_of('late')).id;
SELECT is(pg_temp.back('late') ->> 'status', '400', 'ten minutes later it is too late');
SELECT is(pg_temp.back('two') ->> 'status', '202', 'several run in one browser');
UPDATE fin.oidc_sign_ins SET returned_at = returned_at - interval '40 seconds' WHERE id = (pg_temp.sign_in_of('two')).id;
SELECT is(pg_temp.back('two') ->> 'status', '504', 'nobody waits for ever');
SELECT is((SELECT count(*)::int FROM fin.users WHERE from_provider IS NOT NULL), 0, 'no account came of any of it');
SELECT pg_temp.begin_one('three') \g /dev/null
SELECT ok((pg_temp.sign_in_of('late')).id IS NULL, 'what has expired is removed');

-- Whose account it is.
CREATE FUNCTION pg_temp.account(person jsonb, for_user uuid DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    s fin.oidc_sign_ins;
BEGIN
    s.provider := 'p'; s.person := '{"issuer": "https://id.example.org"}' || account.person; s.for_user := account.for_user;
    RETURN fin.oidc_account(s);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
INSERT INTO fin.users (id, email, verified_at, totp_secret, password_hash, waits_for_mail, disabled_at) VALUES
    ('d0000000-0000-4000-8000-000000000001', 'verified@example.org', now(), NULL, 'x', false, NULL), ('d0000000-0000-4000-8000-000000000002', 'unverified@example.org', NULL, NULL, 'x', false, NULL),
    ('d0000000-0000-4000-8000-000000000003', 'totp@example.org', now(), 'x', 'x', false, NULL), ('d0000000-0000-4000-8000-000000000004', 'disabled@example.org', now(), NULL, 'x', false, now()),
    ('d0000000-0000-4000-8000-000000000005', 'waiting@example.org', NULL, NULL, NULL, true, NULL);
INSERT INTO fin.account_tokens (token_hash, user_id, purpose, password_hash, expires_at) VALUES ('t', 'd0000000-0000-4000-8000-000000000005', 'verify', 'of somebody', now() + interval '1 day');
SELECT is(pg_temp.account('{"subject": "v", "email": "Verified@Example.org"}'), 'd0000000-0000-4000-8000-000000000001', 'the same verified address');
SELECT is(pg_temp.account('{"subject": "v", "email": "unverified@example.org"}'), 'd0000000-0000-4000-8000-000000000001', 'from then on the identity, whatever its address is');
SELECT is(pg_temp.account(format('{"subject": "%s", "email": "%s@example.org"}', n, n)::jsonb), 'PT409', n || ': an address is too little') FROM unnest(ARRAY['unverified', 'totp', 'disabled']) n;
SELECT is(pg_temp.account('{"subject": "w", "email": "waiting@example.org"}'), 'd0000000-0000-4000-8000-000000000005', 'an account that nobody has confirmed goes to who owns the address');
SELECT is((SELECT count(*)::int FROM fin.account_tokens), 0, 'and passwords that wait for a mail are gone');
SELECT isnt(pg_temp.account('{"subject": "x", "email": "not an address"}'), 'PT409', 'an address that is none does not count');
SELECT isnt(pg_temp.account('{"subject": "new", "email": "new@example.org", "name": "New"}'), 'PT409', 'who is new gets an account');
SELECT results_eq($$ SELECT u.name, u.verified_at IS NOT NULL, u.password_hash IS NULL, m.role FROM fin.users u JOIN fin.memberships m ON m.user_id = u.id WHERE u.email = 'new@example.org' $$, $$ VALUES ('New', true, true, 'owner') $$, 'with a workspace and without a password');
SELECT is(pg_temp.account('{"subject": "v"}', 'd0000000-0000-4000-8000-000000000003'), 'PT401', 'nobody is connected without the session that asked');
INSERT INTO fin.sessions (id, user_id, refresh_hash, expires_at) VALUES ('e0000000-0000-4000-8000-000000000003', 'd0000000-0000-4000-8000-000000000003', 'r', now() + interval '1 day');
UPDATE fin.oidc_providers SET makes_accounts = false;
SELECT is(pg_temp.account('{"subject": "stranger"}'), 'PT403', 'where none are made there is none');
UPDATE fin.oidc_providers SET domains = '{example.org}';
SELECT is(pg_temp.account('{"subject": "v"}'), 'PT403', 'an organisation is shown by an address');
SELECT is(pg_temp.account('{"subject": "v", "email": "v@evil.example"}'), 'PT403', 'of it');
SELECT is(pg_temp.account('{"subject": "v", "email": "v@example.org"}'), 'd0000000-0000-4000-8000-000000000001', 'then one signs in');
SELECT is(pg_temp.account('{"issuer": "https://accounts.google.com", "subject": "v", "email": "v@example.org"}'), 'PT403', 'at Google an address alone does not show it');
UPDATE fin.users SET disabled_at = now() WHERE email = 'verified@example.org';
SELECT is(pg_temp.account('{"subject": "v", "email": "v@example.org"}'), 'PT403', 'a disabled account stays closed');

-- With a mail server the owner is told of a new way in, and who is invited of the invitation.
UPDATE fin.oidc_providers SET makes_accounts = true, domains = '{}';
INSERT INTO fin.providers (name, kind, base_url) VALUES ('mail', 'smtp', 'smtp://mail.example.org');
INSERT INTO fin.users (id, email, verified_at) VALUES ('d0000000-0000-4000-8000-000000000006', 'told@example.org', now()), ('d0000000-0000-4000-8000-000000000007', 'host@example.org', now());
INSERT INTO fin.workspaces (id, name, language) VALUES ('f0000000-0000-4000-8000-000000000006', 'Told', 'ru'), ('f0000000-0000-4000-8000-000000000007', 'Host', 'en');
INSERT INTO fin.memberships (workspace_id, user_id, role) VALUES ('f0000000-0000-4000-8000-000000000006', 'd0000000-0000-4000-8000-000000000006', 'owner'), ('f0000000-0000-4000-8000-000000000007', 'd0000000-0000-4000-8000-000000000007', 'owner');
INSERT INTO fin.sessions (id, user_id, refresh_hash, expires_at) VALUES ('e0000000-0000-4000-8000-000000000007', 'd0000000-0000-4000-8000-000000000007', 's', now() + interval '1 day');
SELECT is(pg_temp.account('{"subject": "told", "email": "told@example.org"}'), 'd0000000-0000-4000-8000-000000000006', 'an account is connected by its address');
SELECT results_eq($$ SELECT title, body LIKE '%Id%' FROM fin.notifications WHERE user_id = 'd0000000-0000-4000-8000-000000000006' $$, $$ VALUES ('Новый способ входа', true) $$, 'and its owner told, in his language');
SELECT set_config('request.jwt.claims', '{"role": "fin_user", "sub": "d0000000-0000-4000-8000-000000000007", "sid": "e0000000-0000-4000-8000-000000000007", "ws": "f0000000-0000-4000-8000-000000000007"}', true) \g /dev/null
SET LOCAL SESSION AUTHORIZATION fin_authenticator;
SET LOCAL ROLE fin_user;
SELECT set_config('fin_test.known', api.add_member('told@example.org', 'viewer')::text, true), set_config('fin_test.unknown', api.add_member('untold@example.org', 'viewer')::text, true) \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(current_setting('fin_test.known')::jsonb) k), (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(current_setting('fin_test.unknown')::jsonb) k), 'an invitation looks the same for who has no account');
SELECT is((SELECT substring(n.body FROM '[0-9a-f]{64}') FROM fin.notifications n WHERE n.title = 'Приглашение'), current_setting('fin_test.known')::jsonb ->> 'token', 'who has one gets its code by mail');
SELECT is((SELECT count(*)::int FROM fin.jobs WHERE kind = 'account_mail'), 2, 'mails are queued');
SELECT set_has($$ SELECT action FROM fin.audit_log WHERE at >= now() $$, $$ VALUES ('oidc_provider_set'), ('oidc_failed'), ('identity_add'), ('register') $$, 'all of it is in the audit log');
SELECT * FROM finish();
ROLLBACK;
