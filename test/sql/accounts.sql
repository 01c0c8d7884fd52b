-- Accounts: registration, sign-in, rotating tokens, limits, second factor, reset, keys. As the API's login calls them.
-- The keys of the installation are files, so this test makes two beside the data and takes them back.
\set QUIET 1
SELECT current_setting('data_directory') || '/accounts_test_' AS prefix \gset
SELECT 'umask 077; cat > ' || quote_literal(:'prefix' || 'tokens') AS to_tokens, 'umask 077; cat > ' || quote_literal(:'prefix' || 'secrets') AS to_secrets,
    'rm -f ' || quote_literal(:'prefix' || 'tokens') || ' ' || quote_literal(:'prefix' || 'secrets') || '; cat' AS to_nothing,
    :'prefix' || 'tokens' AS tokens, :'prefix' || 'secrets' AS secrets \gset
COPY (SELECT '{"keys":[{"kty":"oct","kid":"one","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}]}') TO PROGRAM :'to_tokens';
COPY (SELECT repeat('5a', 32)) TO PROGRAM :'to_secrets';
ALTER SYSTEM SET pg_fin.jwt_secret_file = :'tokens';
ALTER SYSTEM SET pg_fin.secret_key_file = :'secrets';
DO $$ BEGIN PERFORM pg_reload_conf(); END $$;
DO $$ BEGIN PERFORM pg_sleep(1); END $$;

BEGIN;
SET client_min_messages = warning;
SELECT plan(158);
CREATE ROLE acc_operator; GRANT fin_admin TO acc_operator;
CREATE ROLE acc_psql; GRANT fin_user TO acc_psql;

-- A request as the REST server makes it. who: claims of a token, a key, or null for nobody.
-- Answers {status, body, headers}, or for an error {status: SQLSTATE, body: message}.
CREATE FUNCTION pg_temp.ask(who jsonb, statement text, cookies jsonb DEFAULT '{}', headers jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    body jsonb;
    told jsonb;
BEGIN
    PERFORM set_config('response.status', '', true), set_config('response.headers', '', true), set_config('request.cookies', cookies::text, true),
            set_config('request.headers', headers::text, true), set_config('request.jwt.claims', '{"role": "fin_anon"}', true);
    IF jsonb_typeof(who) = 'object' THEN PERFORM set_config('request.jwt.claims', who::text, true); END IF;
    BEGIN
        SET LOCAL SESSION AUTHORIZATION fin_authenticator;
        IF jsonb_typeof(who) = 'string' THEN PERFORM fin.begin_with_key(who #>> '{}'); END IF;
        IF who IS NULL THEN SET LOCAL ROLE fin_anon; ELSE SET LOCAL ROLE fin_user; END IF;
        EXECUTE 'SELECT ' || statement INTO body;
    EXCEPTION WHEN OTHERS THEN
        RETURN jsonb_build_object('status', SQLSTATE, 'body', SQLERRM);
    END;
    told := jsonb_build_object('status', coalesce(nullif(current_setting('response.status', true), ''), '200'), 'body', body,
                               'headers', coalesce(nullif(current_setting('response.headers', true), ''), '[]')::jsonb);
    RESET SESSION AUTHORIZATION;
    RETURN told;
END $$;
CREATE FUNCTION pg_temp.claims(answer jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT convert_from(decode(rpad(t, (length(t) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb
    FROM translate(split_part(answer #>> '{body,accessToken}', '.', 2), '-_', '+/') t $$;
-- Another implementation of TOTP than the one that is tested.
CREATE FUNCTION pg_temp.code(secret text, ahead int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    bits bit varying := B'';
    key  bytea := '';
    hash bytea;
    at   int;
BEGIN
    FOR i IN 1..length(secret) LOOP bits := bits || (position(substr(secret, i, 1) IN 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567') - 1)::bit(5); END LOOP;
    FOR i IN 0..length(bits) / 8 - 1 LOOP key := key || decode(lpad(to_hex(substring(bits FROM i * 8 + 1 FOR 8)::bit(8)::int), 2, '0'), 'hex'); END LOOP;
    hash := hmac(int8send(floor(extract(epoch FROM clock_timestamp()) / 30)::bigint + ahead), key, 'sha1');
    at := get_byte(hash, 19) & 15;
    RETURN lpad(((((get_byte(hash, at) & 127)::bigint << 24) | (get_byte(hash, at + 1) << 16) | (get_byte(hash, at + 2) << 8) | get_byte(hash, at + 3)) % 1000000)::text, 6, '0');
END $$;
CREATE TEMP TABLE got(name text PRIMARY KEY, a jsonb);
CREATE FUNCTION pg_temp.a(wanted text) RETURNS jsonb LANGUAGE sql AS $$ SELECT g.a FROM got g WHERE g.name = wanted $$;
CREATE FUNCTION pg_temp.status(wanted text) RETURNS text LANGUAGE sql AS $$ SELECT g.a ->> 'status' FROM got g WHERE g.name = wanted $$;
CREATE FUNCTION pg_temp.token(wanted text) RETURNS text LANGUAGE sql AS $$ SELECT g.a #>> '{body,refreshToken}' FROM got g WHERE g.name = wanted $$;
CREATE FUNCTION pg_temp.who(wanted text) RETURNS jsonb LANGUAGE sql AS $$ SELECT pg_temp.claims(g.a) FROM got g WHERE g.name = wanted $$;
CREATE FUNCTION pg_temp.from_address(address text) RETURNS void LANGUAGE sql AS $$ SELECT set_config('request.address', address, true) $$;

-- Registration.
INSERT INTO got VALUES ('ann', pg_temp.ask(NULL, $$ api.auth_register('Ann@Example.org', 'correct horse', 'Ann') $$, headers => '{"user-agent": "a browser"}'));
SELECT is(pg_temp.status('ann'), '200', 'anybody may register');
SELECT is((pg_temp.a('ann') #> '{body,user}') - 'id' - 'createdAt', '{"email": "ann@example.org", "name": "Ann", "verified": false, "totp": false}', 'the account, its address in lower case');
SELECT is((pg_temp.a('ann') #> '{body,workspace}') - 'id', '{"name": "Ann", "plan": "free", "role": "owner", "language": "en"}', 'owns a workspace');
SELECT is(pg_temp.who('ann') - 'iat' - 'exp' - 'sid', jsonb_build_object('sub', pg_temp.a('ann') #> '{body,user,id}', 'ws', pg_temp.a('ann') #> '{body,workspace,id}', 'role', 'fin_user'),
    'the token says who, where and as what');
SELECT is((pg_temp.who('ann') ->> 'exp')::bigint - (pg_temp.who('ann') ->> 'iat')::bigint, 900::bigint, 'for 15 minutes');
SELECT is(convert_from(decode(split_part(pg_temp.a('ann') #>> '{body,accessToken}', '.', 1) || repeat('=', (4 - length(split_part(pg_temp.a('ann') #>> '{body,accessToken}', '.', 1)) % 4) % 4), 'base64'), 'UTF8')::jsonb,
    '{"alg": "HS256", "kid": "one", "typ": "JWT"}', 'signed with the first key, by its name');
SELECT is(translate(encode(hmac(split_part(t, '.', 1) || '.' || split_part(t, '.', 2), '0123456789abcdef0123456789abcdef', 'sha256'), 'base64'), '+/=', '-_'), split_part(t, '.', 3), 'as pgcrypto signs')
    FROM (SELECT pg_temp.a('ann') #>> '{body,accessToken}' AS t) t;
SELECT results_eq($$ SELECT left(password_hash, 7), verified_at IS NULL FROM fin.users WHERE email = 'ann@example.org' $$, $$ VALUES ('$2a$12$', true) $$, 'bcrypt of cost 12');
SELECT results_eq($$ SELECT refresh_hash = sha256(convert_to(pg_temp.token('ann'), 'UTF8')), user_agent, round(extract(epoch FROM expires_at - now()) / 86400)::int FROM fin.sessions $$,
    $$ VALUES (true, 'a browser', 30) $$, 'the refresh token is stored as its hash, for 30 days');
-- A second registration of an address answers as the first and is none.
CREATE FUNCTION pg_temp.shape(answer jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_object_agg(k, CASE jsonb_typeof(answer -> k) WHEN 'object' THEN pg_temp.shape(answer -> k) WHEN 'string' THEN to_jsonb(length(answer ->> k)) ELSE answer -> k END) FROM jsonb_object_keys(answer) k $$;
INSERT INTO got VALUES ('again', pg_temp.ask(NULL, $$ api.auth_register('ann@example.ORG', 'another horse', 'Ann') $$));
SELECT is(pg_temp.shape((pg_temp.a('again') #- '{body,user,createdAt}' #- '{body,accessToken}') - 'headers'), pg_temp.shape((pg_temp.a('ann') #- '{body,user,createdAt}' #- '{body,accessToken}') - 'headers'), 'an address that is taken gets the answer of a new one');
SELECT is(pg_temp.who('again') - ARRAY['sub', 'ws', 'sid', 'iat', 'exp'], pg_temp.who('ann') - ARRAY['sub', 'ws', 'sid', 'iat', 'exp'], 'with tokens of the same shape');
SELECT is(pg_temp.ask(pg_temp.who('again'), 'api.me()') ->> 'status', 'PT401', 'which open nothing');
SELECT is(pg_temp.ask(NULL, format('api.auth_refresh(%L)', pg_temp.token('again'))) ->> 'status', '401', 'neither of them');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'another horse') $$) ->> 'status', '401', 'nor does the password');
SELECT results_eq($$ SELECT count(*)::int, (SELECT count(*)::int FROM fin.sessions) FROM fin.users WHERE email LIKE 'ann@%' $$, $$ VALUES (1, 1) $$, 'nothing is made');
SELECT is((SELECT array_agg(regexp_replace(h ->> 'Set-Cookie', '=[^;]*', '=')) FROM jsonb_array_elements(pg_temp.ask(NULL, $$ api.auth_register('ann@example.org', 'another horse', cookies => true) $$) -> 'headers') h),
    ARRAY['fin_access=; Path=/; Max-Age=900; HttpOnly; Secure; SameSite=Strict', 'fin_csrf=; Path=/; Max-Age=2592000; Secure; SameSite=Strict', 'fin_refresh=; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict'], 'as cookies too');
SELECT is(pg_temp.ask(NULL, format('api.auth_register(%L, %L)', mail, password)) ->> 'status', '22023', format('%s with %s characters is refused', replace(mail, E'\r\n', ' '), length(password)))
    FROM (VALUES ('bob@example.org', 'seven77'), ('bob@example.org', repeat('x', 73)), ('bob@example.org', repeat('ж', 37)), ('no address', 'correct horse'),
                 (E'bob@example.org\r\nBcc: x@y.z', 'correct horse'), ('bob@localhost', 'correct horse')) v(mail, password);
INSERT INTO got VALUES ('long', pg_temp.ask(NULL, format('api.auth_register(''long@example.org'', %L)', repeat('x', 72))));
SELECT is(pg_temp.status('long'), '200', '72 bytes are taken');
SELECT is(pg_temp.ask(NULL, format('api.auth_login(''long@example.org'', %L)', repeat('x', 73))) ->> 'status', '401', 'and a 73rd is not left out of account');

SELECT pg_temp.from_address('192.0.2.77');
SELECT is((SELECT array_agg(pg_temp.ask(NULL, $$ api.auth_register('long@example.org', 'some password') $$) ->> 'status') FROM generate_series(1, 6)),
    (SELECT array_agg(pg_temp.ask(NULL, $$ api.auth_register('zoe@example.org', 'some password') $$) ->> 'status') FROM generate_series(1, 6)), 'registering often is refused as soon where it succeeded once');
SELECT pg_temp.from_address('');
DELETE FROM fin.login_failures;

-- Sign-in says the same whether there is such an account or not.
INSERT INTO got VALUES ('login', pg_temp.ask(NULL, $$ api.auth_login('ANN@example.org', 'correct horse') $$)),
    ('wrong', pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'wrong horse') $$)), ('nobody', pg_temp.ask(NULL, $$ api.auth_login('nobody@example.org', 'wrong horse') $$));
SELECT is(pg_temp.a('login') #> '{body,user}', pg_temp.a('ann') #> '{body,user}', 'the password signs in');
SELECT isnt(pg_temp.who('login') ->> 'sid', pg_temp.who('ann') ->> 'sid', 'to a session of its own');
SELECT is(pg_temp.status('wrong'), '401', 'a wrong one does not');
SELECT is(pg_temp.a('wrong'), pg_temp.a('nobody'), 'and nobody is refused in the same words');
SELECT results_eq($$ SELECT action, detail ->> 'reason', user_id IS NULL FROM fin.audit_log WHERE action = 'login_failed' AND at >= now() ORDER BY id OFFSET 2 $$,
    $$ VALUES ('login_failed', 'password', false), ('login_failed', 'password', true) $$, 'both failures are in the audit log');
SELECT is((SELECT count(*)::int FROM fin.login_failures WHERE account_hash = sha256('nobody@example.org')), 1, 'and are counted');
SELECT is(pg_temp.ask(pg_temp.who('login'), 'api.me()') #> '{body}', jsonb_build_object('user', pg_temp.a('ann') #> '{body,user}', 'workspaceId', pg_temp.who('ann') -> 'ws', 'sessionId', pg_temp.who('login') -> 'sid', 'scopes', NULL,
    'workspaces', jsonb_build_array(pg_temp.a('ann') #> '{body,workspace}')), 'GET /me');
SELECT is(pg_temp.ask(NULL, 'api.me()') ->> 'status', '42501', 'is for those who are signed in');
SELECT is(pg_temp.ask('{"role": "fin_user"}', 'api.me()') ->> 'status', 'PT401', 'a token of nobody is told to sign in');

-- Limits: 5 by account and address, 50 by account, 100 by address, each in 15 minutes.
SELECT pg_temp.from_address('192.0.2.1');
INSERT INTO got SELECT 'guess ' || i, pg_temp.ask(NULL, $$ api.auth_login('guessed@example.org', 'wrong horse') $$) FROM generate_series(1, 6) i;
SELECT results_eq($$ SELECT a ->> 'status' FROM got WHERE name LIKE 'guess %' ORDER BY name $$, ARRAY['401', '401', '401', '401', '401', '429'], 'the sixth guess is refused');
SELECT ok((pg_temp.a('guess 6') #>> '{headers,0,Retry-After}')::int BETWEEN 800 AND 900, 'with the time to wait');
SELECT is(pg_temp.a('guess 6') #>> '{body,code}', 'PT429', 'in the shape of all errors');
UPDATE fin.login_failures SET account_hash = sha256('ann@example.org') WHERE address = '192.0.2.1';
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$) ->> 'status', '429', 'even the right password is not looked at');
SELECT pg_temp.from_address('192.0.2.2');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$) ->> 'status', '200', 'from elsewhere the account is open');
SELECT is((SELECT host(address) FROM fin.sessions ORDER BY created_at DESC, address NULLS LAST LIMIT 1), '192.0.2.2', 'the session keeps the address');
INSERT INTO fin.login_failures (account_hash, address, purpose) SELECT sha256('ann@example.org'), '198.51.100.1'::inet + i, 'login' FROM generate_series(1, 45) i;
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$) ->> 'status', '429', 'until fifty failed from everywhere');
UPDATE fin.login_failures SET at = at - interval '16 minutes';
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$) ->> 'status', '200', 'a quarter of an hour later it is open again');
INSERT INTO fin.login_failures (account_hash, address, purpose) SELECT sha256(convert_to('x' || i, 'UTF8')), '192.0.2.2', 'login' FROM generate_series(1, 100) i;
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$) ->> 'status', '429', 'an address that failed a hundred times is refused for all');
SELECT pg_temp.from_address('not an address');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$) ->> 'status', '200', 'an address that is none is no address');
SELECT pg_temp.from_address('192.0.2.2');
SELECT set_config('app.settings.fin_address_header', 'X-Forwarded-For', true) \g /dev/null
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$, headers => '{"x-forwarded-for": "192.0.2.9, 192.0.2.3"}') ->> 'status', '200', 'behind a proxy that passes them on, clients count each for itself');
SELECT is((SELECT count(*)::int FROM fin.sessions WHERE address = '192.0.2.3'), 1, 'by the address the proxy has seen, not the one a client may have claimed');
SELECT set_config('app.settings.fin_address_header', '', true) \g /dev/null
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$, headers => '{"x-forwarded-for": "192.0.2.3"}') ->> 'status', '429', 'without one the header counts for nothing');
SELECT pg_temp.from_address('');
DELETE FROM fin.login_failures;

-- Rotating refresh tokens.
INSERT INTO got VALUES ('second', pg_temp.ask(NULL, format('api.auth_refresh(%L)', pg_temp.token('login'))));
SELECT is(pg_temp.who('second') - 'iat' - 'exp', pg_temp.who('login') - 'iat' - 'exp', 'a refresh token gives a token of the same session');
SELECT isnt(pg_temp.token('second'), pg_temp.token('login'), 'and another refresh token');
INSERT INTO got VALUES ('third', pg_temp.ask(NULL, format('api.auth_refresh(%L)', pg_temp.token('second'))));
SELECT is(pg_temp.status('third'), '200', 'which counts');
SELECT is(pg_temp.ask(pg_temp.who('third'), 'api.me()') ->> 'status', '200', 'its token too');
INSERT INTO got VALUES ('reuse', pg_temp.ask(NULL, format('api.auth_refresh(%L)', pg_temp.token('login'))));
SELECT is(pg_temp.status('reuse'), '401', 'an old one does not');
SELECT is(pg_temp.ask(NULL, format('api.auth_refresh(%L)', pg_temp.token('third'))) ->> 'status', '401', 'and ends its family');
SELECT is(pg_temp.ask(pg_temp.who('third'), 'api.me()') ->> 'status', 'PT401', 'access tokens included, at once');
SELECT is(pg_temp.ask(pg_temp.who('third'), 'to_jsonb(count(*)) FROM fin.workspaces') ->> 'status', 'PT401', 'which are refused by every table');
SELECT is(pg_temp.ask(pg_temp.who('ann'), 'api.me()') ->> 'status', '200', 'other sessions live on');
SELECT is((SELECT count(*)::int FROM fin.audit_log WHERE action = 'refresh_reuse' AND at >= now()), 1, 'it is in the audit log');
SELECT is(pg_temp.a('reuse') -> 'body', pg_temp.ask(NULL, $$ api.auth_refresh('nonsense') $$) -> 'body', 'a token that never was is refused in the same words');
SELECT is(pg_temp.ask(NULL, 'api.auth_refresh()') ->> 'status', '401', 'so is none');
UPDATE fin.sessions SET expires_at = now() - interval '1 second' WHERE id = (pg_temp.who('ann') ->> 'sid')::uuid;
SELECT is(pg_temp.ask(NULL, format('api.auth_refresh(%L)', pg_temp.token('ann'))) ->> 'status', '401', 'after 30 days it is over');

-- Sessions: list, end one, end all.
INSERT INTO got VALUES ('a1', pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$)), ('a2', pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$));
INSERT INTO got VALUES ('bob', pg_temp.ask(NULL, $$ api.auth_register('bob@example.org', 'battery staple', 'Bob') $$));
INSERT INTO got VALUES ('list', pg_temp.ask(pg_temp.who('a1'), 'api.auth_sessions()'));
SELECT set_eq($$ SELECT s ->> 'id', (s ->> 'current')::boolean FROM jsonb_array_elements(pg_temp.a('list') -> 'body') s WHERE s ->> 'id' IN (pg_temp.who('a1') ->> 'sid', pg_temp.who('a2') ->> 'sid', pg_temp.who('bob') ->> 'sid') $$,
    $$ VALUES (pg_temp.who('a1') ->> 'sid', true), (pg_temp.who('a2') ->> 'sid', false) $$, 'one sees one''s own sessions, and which is this');
SELECT is(pg_temp.ask(pg_temp.who('a1'), format('api.auth_session_end(%L)', pg_temp.who('bob') ->> 'sid')) ->> 'status', 'PT404', 'another''s session is not found');
SELECT is(pg_temp.ask(pg_temp.who('bob'), 'api.me()') ->> 'status', '200', 'and lives on');
SELECT is(pg_temp.ask(pg_temp.who('a1'), format('api.auth_session_end(%L)', pg_temp.who('a2') ->> 'sid')) ->> 'status', '200', 'one''s own can be ended');
SELECT is(pg_temp.ask(pg_temp.who('a2'), 'api.me()') ->> 'status', 'PT401', 'at once');
INSERT INTO got VALUES ('a3', pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$));
SELECT is(pg_temp.ask(pg_temp.who('a3'), 'api.auth_logout(false)') -> 'body', 'null'::jsonb, 'signing out answers nothing');
SELECT is(pg_temp.ask(pg_temp.who('a1'), 'api.me()') ->> 'status', '200', 'and can leave other sessions alone');
SELECT is(pg_temp.ask(pg_temp.who('a1'), 'api.auth_logout()') ->> 'status', '200', 'or end all');
SELECT is((SELECT count(*)::int FROM fin.sessions s WHERE s.user_id = (pg_temp.who('a1') ->> 'sub')::uuid AND s.ended_at IS NULL AND s.expires_at > now()), 0, 'which it did');
SELECT is(pg_temp.ask(pg_temp.who('a1'), 'api.auth_logout()') ->> 'status', 'PT401', 'once');

-- Change of the password.
INSERT INTO got VALUES ('p1', pg_temp.ask(NULL, $$ api.auth_login('bob@example.org', 'battery staple') $$));
SELECT is(pg_temp.ask(pg_temp.who('p1'), $$ api.auth_password('wrong', 'tr0ub4dor') $$) ->> 'status', '403', 'the password is changed by who knows it');
SELECT is(pg_temp.ask(pg_temp.who('p1'), $$ api.auth_password('battery staple', 'short') $$) ->> 'status', '22023', 'to one that is long enough');
INSERT INTO got VALUES ('p2', pg_temp.ask(pg_temp.who('p1'), $$ api.auth_password('battery staple', 'tr0ub4dor') $$));
SELECT is(pg_temp.ask(pg_temp.who('bob'), 'api.me()') ->> 'status', 'PT401', 'all sessions end');
SELECT is(pg_temp.ask(pg_temp.who('p2'), 'api.me()') ->> 'status', '200', 'and a new one begins');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('bob@example.org', 'battery staple') $$) ->> 'status', '401', 'the old password is gone');

-- Reset without a mail server: the operator hands out the token.
INSERT INTO got VALUES ('r1', pg_temp.ask(NULL, $$ api.auth_password_reset_request('bob@example.org') $$)), ('r2', pg_temp.ask(NULL, $$ api.auth_password_reset_request('nobody@example.org') $$));
SELECT is(pg_temp.a('r1'), pg_temp.a('r2'), 'asking for a new password tells nothing');
SELECT is(pg_temp.a('r1') #>> '{body,status}', 'ask_operator', 'but whom to ask');
SET LOCAL SESSION AUTHORIZATION acc_psql;
SELECT set_config('fin_test.state', 'made', true) \g /dev/null
DO $$ BEGIN PERFORM fin_account_token('bob@example.org'); EXCEPTION WHEN OTHERS THEN PERFORM set_config('fin_test.state', SQLSTATE, true); END $$;
SET LOCAL SESSION AUTHORIZATION acc_operator;
SELECT set_config('fin_test.token', fin_account_token('Bob@example.org'), true) \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT is(current_setting('fin_test.state'), '42501', 'a user makes no tokens');
SELECT matches(current_setting('fin_test.token'), '^[0-9a-f]{64}$', 'an operator does');
SELECT is((SELECT count(*)::int FROM fin.account_tokens t WHERE t::text LIKE '%' || current_setting('fin_test.token') || '%'), 0, 'only its hash is stored');
SELECT is(pg_temp.ask(NULL, $$ api.auth_password_reset('nonsense', 'new password') $$) ->> 'status', '400', 'a token that is none resets nothing');
SELECT is(pg_temp.ask(NULL, format('api.auth_verify(%L)', current_setting('fin_test.token'))) ->> 'status', '400', 'one to reset verifies nothing');
SELECT is(pg_temp.ask(NULL, format('api.auth_password_reset(%L, ''new password'')', current_setting('fin_test.token'))) ->> 'status', '200', 'it sets a password');
SELECT is(pg_temp.ask(NULL, format('api.auth_password_reset(%L, ''new password'')', current_setting('fin_test.token'))) ->> 'status', '400', 'once');
SELECT is(pg_temp.ask(pg_temp.who('p2'), 'api.me()') ->> 'status', 'PT401', 'all sessions end');
INSERT INTO got VALUES ('b', pg_temp.ask(NULL, $$ api.auth_login('bob@example.org', 'new password') $$));
SELECT is(pg_temp.a('b') #> '{body,user,verified}', 'true', 'the new password signs in, and the address counts as verified');
SELECT set_config('fin_test.token', fin_account_token('bob@example.org'), true) \g /dev/null
UPDATE fin.account_tokens SET expires_at = now();
SELECT is(pg_temp.ask(NULL, format('api.auth_password_reset(%L, ''new password'')', current_setting('fin_test.token'))) ->> 'status', '400', 'a token ends by itself');

-- With a mail server the address is verified first, and registering tells nothing.
INSERT INTO fin.providers (name, kind, base_url) VALUES ('post', 'smtp', 'smtp://mail.example.org');
INSERT INTO got VALUES ('m1', pg_temp.ask(NULL, $$ api.auth_register('carol@example.org', 'carols secret', 'Carol') $$)), ('m2', pg_temp.ask(NULL, $$ api.auth_register('bob@example.org', 'carols secret') $$));
SELECT is(pg_temp.a('m1') #- '{body,email}', pg_temp.a('m2') #- '{body,email}', 'a new address and a known one get one answer');
SELECT is(pg_temp.status('m1'), '202', 'accepted');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('carol@example.org', 'carols secret') $$) ->> 'status', '401', 'before the mail is read there is no way in');
SELECT results_eq($$ SELECT u.email, j.kind, j.db_role = 'fin_user', left(n.title, 7) FROM fin.jobs j JOIN fin.users u ON u.id = j.user_id JOIN fin.notifications n ON n.id = (j.payload ->> 'notification_id')::uuid ORDER BY j.id $$,
    $$ VALUES ('carol@example.org', 'account_mail', true, 'Confirm'), ('bob@example.org', 'account_mail', true, 'You are') $$, 'both get a mail, each another');
SELECT is(pg_temp.ask(pg_temp.who('b'), 'to_jsonb(count(*)) FROM fin.notifications') -> 'body', '0', 'which nobody reads as a message');
SELECT set_config('fin_test.token', (SELECT substring(body FROM '[0-9a-f]{64}') FROM fin.notifications WHERE title LIKE 'Confirm%'), true) \g /dev/null
SELECT fin.notification_mailed(workspace_id, id) FROM fin.notifications \g /dev/null
SELECT is((SELECT count(*)::int FROM fin.notifications WHERE kind = 'account' AND body <> ''), 0, 'sent, its text is gone');
SELECT is((SELECT count(*)::int FROM fin.notifications WHERE kind = 'account' AND mailed_at IS NOT NULL), 2, 'and noted');
-- Somebody else registers the address meanwhile: whoever reads the mail decides by the code which password counts.
INSERT INTO got VALUES ('m3', pg_temp.ask(NULL, $$ api.auth_register('carol@example.org', 'an intruder', 'Carol') $$));
INSERT INTO got VALUES ('carol', pg_temp.ask(NULL, format('api.auth_verify(%L)', current_setting('fin_test.token'))));
SELECT is(pg_temp.a('carol') #> '{body,user,verified}', 'true', 'the code verifies and signs in');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('carol@example.org', 'an intruder') $$) ->> 'status', '401', 'with the password it was made for, not another''s');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('carol@example.org', 'carols secret') $$) ->> 'status', '200', 'which signs in from now on');
SELECT is(pg_temp.ask(NULL, $$ api.auth_password_reset_request('carol@example.org') $$) -> 'body', '{"status": "sent"}', 'a reset is mailed');
SELECT is((SELECT count(*)::int FROM fin.account_tokens WHERE user_id = (pg_temp.who('carol') ->> 'sub')::uuid), 1, 'as one token');
DELETE FROM fin.providers;
DELETE FROM fin.login_failures;

-- Second factor.
SELECT is(pg_temp.ask(pg_temp.who('carol'), $$ api.auth_totp_begin('wrong') $$) ->> 'status', '403', 'a second factor takes the password again');
INSERT INTO got VALUES ('totp', pg_temp.ask(pg_temp.who('carol'), $$ api.auth_totp_begin('carols secret') $$));
SELECT is(pg_temp.a('totp') #>> '{body,uri}', 'otpauth://totp/pg_fin:carol@example.org?secret=' || (pg_temp.a('totp') #>> '{body,secret}') || '&issuer=pg_fin&algorithm=SHA1&digits=6&period=30', 'its secret, as apps take it');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('carol@example.org', 'carols secret') $$) ->> 'status', '200', 'it does not count before it is confirmed');
SELECT is(pg_temp.ask(pg_temp.who('carol'), $$ api.auth_totp_confirm('12345') $$) ->> 'status', '400', 'with a code');
SELECT set_config('fin_test.code', pg_temp.code(pg_temp.a('totp') #>> '{body,secret}', 0), true) \g /dev/null
INSERT INTO got VALUES ('codes', pg_temp.ask(pg_temp.who('carol'), format('api.auth_totp_confirm(%L)', current_setting('fin_test.code'))));
SELECT is(jsonb_array_length(pg_temp.a('codes') #> '{body,recoveryCodes}'), 10, 'ten recovery codes');
SELECT results_eq($$ SELECT left(encode(totp_secret, 'hex'), 6), position(convert_to(pg_temp.a('totp') #>> '{body,secret}', 'UTF8') IN totp_secret), totp_pending IS NULL FROM fin.users WHERE email = 'carol@example.org' $$,
    $$ VALUES ('465301', 0, true) $$, 'the secret is sealed');
INSERT INTO got VALUES ('t1', pg_temp.ask(NULL, $$ api.auth_login('carol@example.org', 'carols secret') $$));
SELECT is(pg_temp.status('t1') || ' ' || (pg_temp.a('t1') #>> '{body,details}'), '401 totp', 'the password alone is not enough');
SELECT is(pg_temp.ask(NULL, format('api.auth_login(''carol@example.org'', ''carols secret'', %L)', current_setting('fin_test.code'))) ->> 'status', '401', 'a code that was used is not taken again');
SELECT set_config('fin_test.code', pg_temp.code(pg_temp.a('totp') #>> '{body,secret}', 1), true) \g /dev/null
SELECT is(pg_temp.ask(NULL, format('api.auth_login(''carol@example.org'', ''carols secret'', %L)', current_setting('fin_test.code'))) ->> 'status', '200', 'the next one is');
SELECT is(pg_temp.ask(NULL, format('api.auth_login(''carol@example.org'', ''carols secret'', %L)', upper(pg_temp.a('codes') #>> '{body,recoveryCodes,3}'))) ->> 'status', '200', 'so is a recovery code');
SELECT is(pg_temp.ask(NULL, format('api.auth_login(''carol@example.org'', ''carols secret'', %L)', pg_temp.a('codes') #>> '{body,recoveryCodes,3}')) ->> 'status', '401', 'once');
DELETE FROM fin.login_failures;
-- A new key of the installation before the old one, then alone.
COPY (SELECT repeat(k, 32) FROM (VALUES ('6b'), ('5a')) v(k)) TO PROGRAM :'to_secrets';
SELECT is(fin_connection_reseal(), 1, 'secrets are sealed anew when the key changes');
COPY (SELECT repeat('6b', 32)) TO PROGRAM :'to_secrets';
SELECT is(pg_temp.ask(pg_temp.who('carol'), $$ api.auth_totp_begin('carols secret') $$) ->> 'status', '409', 'a token alone does not replace it');
SELECT is(pg_temp.ask(pg_temp.who('carol'), $$ api.auth_totp_disable('carols secret') $$) ->> 'status', '403', 'nor switch it off');
SELECT is(pg_temp.ask(pg_temp.who('carol'), format('api.auth_totp_disable(''carols secret'', %L)', pg_temp.a('codes') #>> '{body,recoveryCodes,4}')) ->> 'status', '200', 'password and code do');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('carol@example.org', 'carols secret') $$) ->> 'status', '200', 'then the password is enough again');

-- Cookies of a browser.
INSERT INTO got VALUES ('cookies', pg_temp.ask(NULL, $$ api.auth_login('bob@example.org', 'new password', cookies => true) $$));
SELECT is(pg_temp.a('cookies') #> '{body}' ?| ARRAY['accessToken', 'refreshToken'], false, 'a page sees no token');
SELECT results_eq($$ SELECT regexp_replace(h ->> 'Set-Cookie', '=[^;]*', '=') FROM jsonb_array_elements(pg_temp.a('cookies') -> 'headers') h $$,
    ARRAY['fin_access=; Path=/; Max-Age=900; HttpOnly; Secure; SameSite=Strict', 'fin_csrf=; Path=/; Max-Age=2592000; Secure; SameSite=Strict', 'fin_refresh=; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict'], 'the cookies do');
CREATE TEMP TABLE jar AS SELECT jsonb_object_agg(split_part(h ->> 'Set-Cookie', '=', 1), split_part(split_part(h ->> 'Set-Cookie', '=', 2), ';', 1)) AS c FROM jsonb_array_elements(pg_temp.a('cookies') -> 'headers') h;
SELECT is(pg_temp.a('cookies') #>> '{body,csrfToken}', (SELECT c ->> 'fin_csrf' FROM jar), 'which holds what scripts send back');
SELECT is((SELECT translate(encode(hmac('pg_fin csrf ' || s.id, '0123456789abcdef0123456789abcdef', 'sha256'), 'base64'), '+/=', '-_') FROM fin.sessions s
    WHERE s.refresh_hash = sha256(convert_to((SELECT c ->> 'fin_refresh' FROM jar), 'UTF8'))), (SELECT c ->> 'fin_csrf' FROM jar), 'bound to the session');
SELECT is(pg_temp.ask(NULL, 'api.auth_refresh()', c) ->> 'status', '403', 'a cookie without it refreshes nothing') FROM jar;
SELECT is(pg_temp.ask(NULL, 'api.auth_refresh()', c, '{"x-csrf-token": "nonsense"}') ->> 'status', '403', 'nor with another') FROM jar;
INSERT INTO got SELECT 'rotated', pg_temp.ask(NULL, 'api.auth_refresh()', c, jsonb_build_object('x-csrf-token', c ->> 'fin_csrf')) FROM jar;
SELECT is(jsonb_array_length(pg_temp.a('rotated') -> 'headers'), 3, 'with it there are new cookies');

-- Workspaces: chosen among one's own; removal acts at once.
INSERT INTO got VALUES ('ann', pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$)) ON CONFLICT (name) DO UPDATE SET a = excluded.a;
CREATE TEMP TABLE place AS SELECT (pg_temp.who('ann') ->> 'ws')::uuid AS ann, (pg_temp.who('b') ->> 'ws')::uuid AS bob, (pg_temp.who('b') ->> 'sub')::uuid AS bob_id;
SELECT is(pg_temp.ask(pg_temp.who('b'), format('api.auth_workspace(%L)', ann)) ->> 'status', 'PT404', 'a foreign workspace cannot be chosen') FROM place;
INSERT INTO fin.memberships SELECT ann, bob_id, 'admin' FROM place;
INSERT INTO got SELECT 'moved', pg_temp.ask(pg_temp.who('b'), format('api.auth_workspace(%L)', ann)) FROM place;
SELECT is(pg_temp.who('moved') ->> 'ws', (SELECT ann::text FROM place), 'one''s own can');
SELECT is(pg_temp.a('moved') #>> '{body,workspace,role}', 'admin', 'with the role there');
SELECT is(pg_temp.ask(pg_temp.who('moved'), 'to_jsonb(array_agg(id)) FROM fin.workspaces') -> 'body', (SELECT jsonb_build_array(ann) FROM place), 'the token sees that workspace');

-- Keys of programs, made by an admin.
INSERT INTO got SELECT s, pg_temp.ask(pg_temp.who('moved'), format('api.key_add(%L, %L)', s, ARRAY[s])) FROM unnest(ARRAY['read', 'write', 'export']) s;
CREATE FUNCTION pg_temp.key(wanted text) RETURNS jsonb LANGUAGE sql AS $$ SELECT g.a #> '{body,key}' FROM got g WHERE g.name = wanted $$;
SELECT matches(pg_temp.key('read') #>> '{}', '^fin_[0-9a-f]{32}_[0-9a-f]{64}$', 'a key');
SELECT is((SELECT count(*)::int FROM fin.api_keys k WHERE k::text LIKE '%' || split_part(pg_temp.key('read') #>> '{}', '_', 3) || '%'), 0, 'is stored as its hash');
SELECT is(jsonb_object_agg(g.name, pg_temp.ask(pg_temp.key(g.name), 'to_jsonb(fin.role_in(m.ann)) FROM (SELECT (fin.claim(''ws''))::uuid AS ann) m') #>> '{body}'),
    '{"export": "viewer", "read": "viewer", "write": "analyst"}', 'what it is comes from its scopes, and is no admin') FROM got g WHERE g.name IN ('read', 'write', 'export');
SELECT is(jsonb_object_agg(g.name, pg_temp.ask(pg_temp.key(g.name), 'to_jsonb(fin.writable_workspace())') ->> 'status'),
    '{"export": "42501", "read": "42501", "write": "200"}', 'only with write does it write') FROM got g WHERE g.name IN ('read', 'write', 'export');
SELECT is(jsonb_object_agg(g.name, pg_temp.ask(pg_temp.key(g.name), 'to_jsonb(x) FROM (SELECT fin.audit(''export'', ''x'')::text AS x) q') ->> 'status'),
    '{"export": "200", "read": "42501", "write": "42501"}', 'only with export does it export') FROM got g WHERE g.name IN ('read', 'write', 'export');
SELECT is(pg_temp.ask(pg_temp.key('write'), 'to_jsonb(count(*)) FROM fin.api_keys') -> 'body', '0', 'it sees no keys');
SELECT is(pg_temp.ask(pg_temp.key('write'), $$ api.key_add('more', '{read,write,export}') $$) ->> 'status', 'PT401', 'makes none');
SELECT is(pg_temp.ask(pg_temp.key('write'), $$ api.auth_password('new password', 'mine from now') $$) ->> 'status', 'PT401', 'changes no password');
SELECT is(pg_temp.ask(pg_temp.key('read'), 'api.me()') #> '{body,scopes}', '["read"]', 'and knows what it is');
SELECT is(pg_temp.ask(to_jsonb(k), 'api.me()') ->> 'status', 'PT401', coalesce(left(k, 8), 'null') || ' is no key')
    FROM unnest(ARRAY['fin_', 'fin_x_y', replace(pg_temp.key('read') #>> '{}', 'fin_', 'fin_0'), overlay(pg_temp.key('read') #>> '{}' PLACING repeat('0', 64) FROM 38)]) k;
SELECT is(pg_temp.ask(pg_temp.who('moved'), $$ api.key_add('x', '{admin}') $$) ->> 'status', '22023', 'there are three scopes');
SELECT is(pg_temp.ask(pg_temp.who('ann'), $$ to_jsonb(x) FROM (SELECT fin.begin_with_key('x')::text AS x) q $$) ->> 'status', '42501', 'only the server takes keys');
UPDATE fin.memberships m SET role = 'viewer' FROM place p WHERE m.user_id = p.bob_id AND m.workspace_id = p.ann;
SELECT is(pg_temp.ask(pg_temp.key('write'), 'to_jsonb(fin.writable_workspace())') ->> 'status', '42501', 'a key may no more than its creator may now');
SELECT is(pg_temp.ask(pg_temp.who('moved'), 'api.keys()') ->> 'status', '42501', 'who is no admin any more sees no keys');
SELECT is(pg_temp.ask(pg_temp.who('ann'), format('api.key_revoke(%L)', pg_temp.a('export') #>> '{body,id}')) ->> 'status', '200', 'an owner revokes a key');
SELECT is(pg_temp.ask(pg_temp.key('export'), 'api.me()') ->> 'status', 'PT401', 'at once');
UPDATE fin.api_keys SET expires_at = now() WHERE name = 'read';
SELECT is(pg_temp.ask(pg_temp.key('read'), 'api.me()') ->> 'status', 'PT401', 'a key ends when it was said to');
DELETE FROM fin.memberships m USING place p WHERE m.user_id = p.bob_id AND m.workspace_id = p.ann;
SELECT is(pg_temp.ask(pg_temp.key('write'), 'api.me()') ->> 'status', 'PT401', 'and with its creator''s membership');
SELECT is(pg_temp.ask(pg_temp.who('moved'), 'to_jsonb(count(*)) FROM fin.workspaces') -> 'body', '0', 'as does a token of the removed');

-- A database role makes keys for its programs.
SET LOCAL SESSION AUTHORIZATION acc_psql;
SELECT set_config('fin_test.key', api.key_add('nightly', '{write,write,read}')::text, true) \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT is(pg_temp.ask(current_setting('fin_test.key')::jsonb -> 'key', 'api.me()') #>> '{body,workspaces,0,name}', 'acc_psql', 'a key of a database role is in its workspace');
SELECT is(pg_temp.ask(current_setting('fin_test.key')::jsonb -> 'key', 'api.me()') #> '{body,scopes}', '["read", "write"]', 'each scope once');

-- Nobody comes in from the side.
SELECT set_eq($$ SELECT p.proname::text FROM pg_proc p WHERE p.pronamespace = 'fin'::regnamespace AND has_function_privilege('fin_anon', p.oid, 'EXECUTE') $$,
    ARRAY['register', 'sign_in', 'refresh', 'password_reset_request', 'password_reset', 'verify', 'oidc_list', 'oidc_start', 'oidc_callback'], 'without a token one reaches these and no other');
SELECT is_empty($$ SELECT p.proname FROM pg_proc p, unnest(ARRAY['fin_anon', 'fin_user', 'fin_authenticator', 'fin_worker']) r
    WHERE p.proname IN ('fin_access_token', 'fin_csrf_token', 'fin_totp_secret', 'fin_totp_step', 'session_begin', 'session_answer', 'tokens_answer', 'oidc_account', 'oidc_begin', 'installation_job', 'token_issue', 'password_set', 'second_factor') AND has_function_privilege(r, p.oid, 'EXECUTE') $$,
    'nobody signs tokens or opens sessions by hand');
SELECT is_empty($$ SELECT r.path FROM fin.routes r LEFT JOIN pg_proc p ON p.oid = (SELECT f.oid FROM pg_proc f WHERE f.pronamespace = 'api'::regnamespace AND 'api.' || f.proname = r.function)
    WHERE r.path ~ '^/(auth|keys|me)' AND NOT coalesce(has_function_privilege('fin_user', p.oid, 'EXECUTE'), false) $$, 'every route leads to a function');
UPDATE fin.users SET disabled_at = now() WHERE email = 'ann@example.org';
SELECT is(pg_temp.ask(pg_temp.who('ann'), 'api.me()') ->> 'status', 'PT401', 'a disabled account is refused');
SELECT is(pg_temp.ask(NULL, $$ api.auth_login('ann@example.org', 'correct horse') $$) ->> 'status', '401', 'signed in or not');
SELECT is(pg_temp.ask(NULL, format('api.auth_refresh(%L)', pg_temp.token('ann'))) ->> 'status', '401', 'by password or token');

-- What the audit log tells, and what it does not.
SELECT set_has($$ SELECT action FROM fin.audit_log WHERE at >= now() $$, $$ SELECT unnest(ARRAY['register', 'login', 'login_failed', 'register_failed', 'refresh_reuse', 'logout', 'password_change', 'password_reset', 'reset_failed',
    'token_issue', 'verify', 'totp_on', 'totp_off', 'recovery_code_used', 'key_create', 'key_change', 'role_change', 'member_remove']) $$, 'the audit log knows all of it');
SELECT is_empty($$ SELECT l.* FROM fin.audit_log l, (SELECT a #>> '{body,refreshToken}' s FROM got UNION SELECT a #>> '{body,secret}' FROM got UNION SELECT a #>> '{body,key}' FROM got UNION SELECT split_part(a #>> '{body,accessToken}', '.', 3) FROM got
    UNION VALUES ('correct horse'), ('new password'), ('carols secret')) s WHERE length(s.s) > 5 AND l::text LIKE '%' || s.s || '%' $$, 'and no secret');
SELECT * FROM finish();
ROLLBACK;

COPY (SELECT '') TO PROGRAM :'to_nothing';
ALTER SYSTEM RESET pg_fin.jwt_secret_file;
ALTER SYSTEM RESET pg_fin.secret_key_file;
DO $$ BEGIN PERFORM pg_reload_conf(); END $$;
