-- Second factors, keys of programs, and the functions and routes by which the API reaches accounts. Part of migration 15.

CREATE FUNCTION fin.totp_begin(password text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.person();
    answer  jsonb := fin.password_again(account, password);
    secret  text;
    sealed  bytea;
    known   fin.users;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO STRICT known FROM fin.users u WHERE u.id = account FOR NO KEY UPDATE;
    IF known.totp_secret IS NOT NULL THEN
        RETURN fin.refusal(409, 'one-time codes are switched on already', 'Switch them off first.');
    END IF;
    EXECUTE format('SELECT %s()', fin.member_function('pg_fin', 'fin_totp_secret')) INTO secret;
    EXECUTE format('SELECT %s(ARRAY[''totp'', $1::text], $2)', fin.member_function('pg_fin', 'fin_seal')) INTO sealed USING account, secret;
    UPDATE fin.users u SET totp_pending = sealed WHERE u.id = account;
    RETURN jsonb_build_object('secret', secret, 'uri', format('otpauth://totp/pg_fin:%s?secret=%s&issuer=pg_fin&algorithm=SHA1&digits=6&period=30',
                                                              replace(coalesce(known.email, account::text), '%', '%25'), secret));
END $$;
COMMENT ON FUNCTION fin.totp_begin(text) IS 'A new secret for an authenticator app. It counts once fin.totp_confirm has seen a code of it.';

CREATE FUNCTION fin.totp_confirm(totp text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.person();
    known   fin.users;
    answer  jsonb;
    step    bigint;
    codes   text[];
BEGIN
    SELECT * INTO STRICT known FROM fin.users u WHERE u.id = account FOR NO KEY UPDATE;
    answer := fin.attempt_refused(coalesce(known.email, account::text), 'login');
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    IF known.totp_pending IS NULL THEN
        RETURN fin.refusal(409, 'there is no secret to confirm', 'POST /auth/totp makes one.');
    END IF;
    EXECUTE format('SELECT %s($1, ARRAY[''totp'', $2::text], $3, clock_timestamp())', fin.member_function('pg_fin', 'fin_totp_step'))
        INTO step USING known.totp_pending, account, regexp_replace(coalesce(totp, ''), '[[:space:]]', '', 'g');
    IF step IS NULL THEN
        PERFORM fin.attempt_failed(coalesce(known.email, account::text), 'login', account, 'totp');
        RETURN fin.refusal(400, 'wrong one-time code', 'Is the clock of the device right?', details => 'totp');
    END IF;
    codes := ARRAY(SELECT regexp_replace(left(fin.random_text(), 16), '(....)(?=.)', '\1-', 'g') FROM generate_series(1, 10));
    UPDATE fin.users u SET totp_secret = u.totp_pending, totp_pending = NULL, totp_last = step,
        recovery_hashes = ARRAY(SELECT fin.text_hash(replace(c, '-', '')) FROM unnest(codes) c)
    WHERE u.id = account;
    PERFORM fin.audit_account(account, 'totp_on', NULL, NULL);
    RETURN jsonb_build_object('recoveryCodes', codes);
END $$;
COMMENT ON FUNCTION fin.totp_confirm(text) IS 'Switches one-time codes on and answers ten recovery codes, which are shown this once.';

CREATE FUNCTION fin.totp_disable(password text, totp text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.person();
    answer  jsonb := fin.password_again(account, password);
    known   fin.users;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO STRICT known FROM fin.users u WHERE u.id = account;
    IF known.totp_secret IS NOT NULL AND NOT fin.second_factor(account, totp) THEN
        PERFORM fin.attempt_failed(coalesce(known.email, account::text), 'login', account, 'totp');
        RETURN fin.refusal(403, 'wrong one-time code', 'A code counts once; wait for the next.', details => 'totp');
    END IF;
    UPDATE fin.users u SET totp_secret = NULL, totp_pending = NULL, totp_last = NULL, recovery_hashes = '{}' WHERE u.id = account;
    PERFORM fin.audit_account(account, 'totp_off', NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.totp_disable(text, text) IS 'Switches one-time codes off, by password and a code.';

CREATE FUNCTION fin.begin_with_key(key text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parts CONSTANT text[] := regexp_match(key, '^fin_([0-9a-f]{32})_([0-9a-f]{64})$');
    known fin.api_keys;
BEGIN
    SELECT k.* INTO known FROM fin.api_keys k JOIN fin.users u ON u.id = k.created_by AND u.disabled_at IS NULL
    WHERE k.id = parts[1]::uuid AND k.key_hash = fin.text_hash(parts[2]) AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > now())
      AND EXISTS (SELECT FROM fin.memberships m WHERE m.workspace_id = k.workspace_id AND m.user_id = k.created_by);
    IF known.id IS NULL THEN
        RAISE EXCEPTION 'this key is not valid' USING ERRCODE = 'PT401', HINT = 'An admin of the workspace makes a new one.';
    END IF;
    -- Once a minute is enough, and nobody waits for it.
    IF current_setting('transaction_read_only') = 'off' AND coalesce(known.last_used_at < now() - interval '1 minute', true) THEN
        UPDATE fin.api_keys k SET last_used_at = now()
        WHERE k.id = (SELECT f.id FROM fin.api_keys f WHERE f.id = known.id FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
    PERFORM set_config('request.jwt.claims', jsonb_build_object('sub', known.created_by, 'ws', known.workspace_id, 'role', 'fin_user',
                                                                'key', known.id, 'scopes', known.scopes)::text, true);
END $$;
COMMENT ON FUNCTION fin.begin_with_key(text) IS
    'For the REST server, at the start of a transaction: takes the identity of a key fin_<id>_<secret> as claims. SET LOCAL ROLE fin_user follows.';

CREATE FUNCTION fin.me() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.current_user_id();
    key     CONSTANT text[] := fin.key_scopes();
    chosen  CONSTANT uuid := fin.claim('ws')::uuid;
BEGIN
    IF account IS NULL THEN
        RAISE EXCEPTION 'nobody is signed in' USING ERRCODE = 'PT401', HINT = 'Send an access token or a key.';
    END IF;
    RETURN jsonb_build_object('user', fin.account_json(account), 'workspaceId', chosen, 'sessionId', fin.claim('sid'), 'scopes', key,
        'workspaces', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'plan', w.plan, 'language', w.language,
                                                                    'role', fin.narrowed_role(m.role)) ORDER BY m.created_at, w.id), '[]')
                       FROM fin.memberships m JOIN fin.workspaces w ON w.id = m.workspace_id
                       WHERE m.user_id = account AND (key IS NULL OR w.id = chosen)));
END $$;
COMMENT ON FUNCTION fin.me() IS 'Who is asking, in which workspaces and as what.';

CREATE FUNCTION fin.keys_place() RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- A database role makes keys too; a key makes none.
    account CONSTANT uuid := CASE WHEN session_user = 'fin_authenticator' THEN fin.person() END;
    place   CONSTANT uuid := fin.writable_workspace();
BEGIN
    IF NOT place = ANY (fin.workspaces_of('admin')) THEN
        RAISE EXCEPTION 'keys are looked after by admins of the workspace' USING ERRCODE = 'insufficient_privilege',
            HINT = 'An admin or owner of the workspace can change your role.';
    END IF;
    RETURN place;
END $$;
COMMENT ON FUNCTION fin.keys_place() IS 'The workspace whose keys the caller looks after. Internal.';

-- What the API calls: with the caller's rights, behind each one function of schema fin -------------------------------

CREATE FUNCTION api.auth_register(email text, password text, name text DEFAULT NULL, cookies boolean DEFAULT false) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.register(email, password, name, cookies) $$;
COMMENT ON FUNCTION api.auth_register(text, text, text, boolean) IS 'Makes an account with a workspace of its own and signs it in.';
CREATE FUNCTION api.auth_login(email text, password text, totp text DEFAULT NULL, cookies boolean DEFAULT false) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.sign_in(email, password, totp, cookies) $$;
COMMENT ON FUNCTION api.auth_login(text, text, text, boolean) IS 'Signs in; totp is a one-time code or a recovery code where they are switched on.';
CREATE FUNCTION api.auth_refresh(refresh_token text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.refresh(refresh_token) $$;
COMMENT ON FUNCTION api.auth_refresh(text) IS 'New tokens for a refresh token, which counts once. Without one the cookie counts.';
CREATE FUNCTION api.auth_logout(everywhere boolean DEFAULT true) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT NULL::jsonb FROM fin.sign_out(everywhere, NULL) $$;
COMMENT ON FUNCTION api.auth_logout(boolean) IS 'Ends all sessions of the caller, or with everywhere false this one.';
CREATE FUNCTION api.auth_workspace(workspace_id uuid) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.choose_workspace(workspace_id) $$;
COMMENT ON FUNCTION api.auth_workspace(uuid) IS 'Works in another workspace of the caller: answers an access token for it.';
CREATE FUNCTION api.auth_password(password text, new_password text) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.password_change(password, new_password) $$;
COMMENT ON FUNCTION api.auth_password(text, text) IS 'Changes the password. All sessions end; the answer is a new one.';
CREATE FUNCTION api.auth_password_reset_request(email text) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.password_reset_request(email) $$;
COMMENT ON FUNCTION api.auth_password_reset_request(text) IS 'Mails a token for a new password. The answer is the same where there is no such account.';
CREATE FUNCTION api.auth_password_reset(token text, password text) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.password_reset(token, password) $$;
COMMENT ON FUNCTION api.auth_password_reset(text, text) IS 'Sets a new password by the token that was mailed. All sessions end.';
CREATE FUNCTION api.auth_verify(token text, cookies boolean DEFAULT false) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.verify(token, cookies) $$;
COMMENT ON FUNCTION api.auth_verify(text, boolean) IS 'Verifies the address by the token that was mailed.';
CREATE FUNCTION api.auth_totp_begin(password text) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.totp_begin(password) $$;
COMMENT ON FUNCTION api.auth_totp_begin(text) IS 'A secret for an authenticator app, to be confirmed with a code of it.';
CREATE FUNCTION api.auth_totp_confirm(totp text) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.totp_confirm(totp) $$;
COMMENT ON FUNCTION api.auth_totp_confirm(text) IS 'Switches one-time codes on; answers the recovery codes.';
CREATE FUNCTION api.auth_totp_disable(password text, totp text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.totp_disable(password, totp) $$;
COMMENT ON FUNCTION api.auth_totp_disable(text, text) IS 'Switches one-time codes off.';

CREATE FUNCTION api.auth_sessions() RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'createdAt', s.created_at, 'expiresAt', s.expires_at, 'address', host(s.address),
                                                 'userAgent', s.user_agent, 'workspaceId', s.workspace_id,
                                                 'current', s.id = fin.claim('sid')::uuid) ORDER BY s.created_at DESC, s.id), '[]')
    FROM fin.sessions s, fin.person() p WHERE s.user_id = p AND s.ended_at IS NULL AND s.expires_at > now()
$$;
COMMENT ON FUNCTION api.auth_sessions() IS 'Where the caller is signed in.';
CREATE FUNCTION api.auth_session_end(session_id uuid) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT NULL::jsonb FROM fin.sign_out(false, session_id) $$;
COMMENT ON FUNCTION api.auth_session_end(uuid) IS 'Ends one session of the caller.';
CREATE FUNCTION api.me() RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.me() $$;
COMMENT ON FUNCTION api.me() IS 'Who is asking, in which workspaces and as what.';

CREATE FUNCTION api.keys() RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place CONSTANT uuid := fin.keys_place();
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'name', k.name, 'scopes', k.scopes, 'createdBy', k.created_by, 'createdAt', k.created_at,
                                                         'expiresAt', k.expires_at, 'revokedAt', k.revoked_at, 'lastUsedAt', k.last_used_at)
                                      ORDER BY k.created_at, k.id), '[]')
            FROM fin.api_keys k WHERE k.workspace_id = place);
END $$;
COMMENT ON FUNCTION api.keys() IS 'Keys of the workspace, without their secrets. For its admins.';
CREATE FUNCTION api.key_add(name text, scopes text[] DEFAULT '{read}', expires_at timestamptz DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place  CONSTANT uuid := fin.keys_place();
    secret CONSTANT text := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
    wanted CONSTANT text[] := ARRAY(SELECT DISTINCT s FROM unnest(key_add.scopes) s ORDER BY s);
    made   uuid;
BEGIN
    IF key_add.name IS NULL OR length(key_add.name) NOT BETWEEN 1 AND 200 THEN
        RAISE EXCEPTION 'a key has a name of 1 to 200 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF cardinality(wanted) = 0 OR NOT wanted <@ ARRAY['read', 'write', 'export'] OR array_position(wanted, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'unknown scopes' USING ERRCODE = 'invalid_parameter_value', HINT = 'Scopes are read, write, export; at least one.';
    END IF;
    IF key_add.expires_at <= now() THEN
        RAISE EXCEPTION 'the key would have expired already' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO fin.api_keys AS k (workspace_id, name, key_hash, scopes, expires_at)
    VALUES (place, key_add.name, sha256(convert_to(secret, 'UTF8')), wanted, key_add.expires_at) RETURNING k.id INTO made;
    RETURN jsonb_build_object('id', made, 'name', key_add.name, 'scopes', wanted, 'expiresAt', key_add.expires_at,
                              'key', format('fin_%s_%s', replace(made::text, '-', ''), secret));
END $$;
COMMENT ON FUNCTION api.key_add(text, text[], timestamptz) IS 'Makes a key with scopes read, write, export. The answer is the only time it is shown.';
CREATE FUNCTION api.key_revoke(key_id uuid) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place CONSTANT uuid := fin.keys_place();
BEGIN
    UPDATE fin.api_keys k SET revoked_at = now() WHERE k.id = key_id AND k.workspace_id = place AND k.revoked_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'key % not found', key_id USING ERRCODE = 'PT404', HINT = 'GET /keys lists those of the workspace.';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION api.key_revoke(uuid) IS 'Revokes a key; it is refused from then on.';

REVOKE ALL ON FUNCTION api.auth_register(text, text, text, boolean), api.auth_login(text, text, text, boolean), api.auth_refresh(text),
    api.auth_logout(boolean), api.auth_workspace(uuid), api.auth_password(text, text), api.auth_password_reset_request(text),
    api.auth_password_reset(text, text), api.auth_verify(text, boolean), api.auth_totp_begin(text), api.auth_totp_confirm(text),
    api.auth_totp_disable(text, text), api.auth_sessions(), api.auth_session_end(uuid), api.me(), api.keys(),
    api.key_add(text, text[], timestamptz), api.key_revoke(uuid) FROM PUBLIC;

INSERT INTO fin.routes (method, path, function, status, repeats, summary) VALUES
    ('POST', '/auth/register', 'api.auth_register', 201, 'free', 'Register'),
    ('POST', '/auth/login', 'api.auth_login', 200, 'free', 'Sign in'),
    ('POST', '/auth/refresh', 'api.auth_refresh', 200, 'free', 'Exchange a refresh token'),
    ('POST', '/auth/logout', 'api.auth_logout', 204, 'free', 'Sign out'),
    ('POST', '/auth/workspace', 'api.auth_workspace', 200, 'free', 'Choose a workspace'),
    ('POST', '/auth/password', 'api.auth_password', 200, 'free', 'Change the password'),
    ('POST', '/auth/password/reset-request', 'api.auth_password_reset_request', 202, 'free', 'Ask for a new password'),
    ('POST', '/auth/password/reset', 'api.auth_password_reset', 204, 'free', 'Set a new password by a mailed token'),
    ('POST', '/auth/verify', 'api.auth_verify', 200, 'free', 'Verify an e-mail address'),
    ('POST', '/auth/totp', 'api.auth_totp_begin', 200, 'free', 'Set up one-time codes'),
    ('POST', '/auth/totp/confirm', 'api.auth_totp_confirm', 200, 'free', 'Switch one-time codes on'),
    ('POST', '/auth/totp/disable', 'api.auth_totp_disable', 204, 'free', 'Switch one-time codes off'),
    ('GET', '/auth/sessions', 'api.auth_sessions', 200, 'keyed', 'List sessions'),
    ('DELETE', '/auth/sessions/:session_id', 'api.auth_session_end', 204, 'keyed', 'End a session'),
    ('GET', '/me', 'api.me', 200, 'keyed', 'Who is asking'),
    ('GET', '/keys', 'api.keys', 200, 'keyed', 'List keys'),
    ('POST', '/keys', 'api.key_add', 201, 'free', 'Make a key'),
    ('DELETE', '/keys/:key_id', 'api.key_revoke', 204, 'keyed', 'Revoke a key');
