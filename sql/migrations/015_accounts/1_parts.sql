-- Parts of accounts: passwords and secrets, counting failures, sessions. Part of migration 15.

CREATE FUNCTION fin.audit_account(account uuid, action text, workspace_id uuid, detail jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO fin.audit_log (workspace_id, user_id, db_role, address, action, object, detail)
    VALUES (workspace_id, account, session_user, fin.client_address(), action, account::text, detail);
END $$;
COMMENT ON FUNCTION fin.audit_account(uuid, text, uuid, jsonb) IS 'Audit entry about an account nobody is signed in to yet. Internal: for definer functions only.';

CREATE FUNCTION fin.member_function(extension name, function name) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text;
BEGIN
    SELECT format('%I.%I', n.nspname, member_function.function) INTO found
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = member_function.extension;
    IF found IS NULL THEN
        RAISE EXCEPTION 'accounts need the extension %', extension USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = format('A superuser runs CREATE EXTENSION %I; it comes with PostgreSQL (postgresql-contrib).', extension);
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION fin.member_function(name, name) IS
    'The qualified name of a function of an extension, wherever that is installed: nothing in schema fin depends on extensions. Internal.';

CREATE FUNCTION fin.password_hash(password text) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made text;
BEGIN
    IF password IS NULL OR length(password) < 8 THEN
        RAISE EXCEPTION 'a password has at least 8 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- bcrypt looks at no more, and two passwords would be one.
    IF octet_length(convert_to(password, 'UTF8')) > 72 THEN
        RAISE EXCEPTION 'a password has at most 72 bytes' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('SELECT %s($1, %s(''bf'', 12))', fin.member_function('pgcrypto', 'crypt'), fin.member_function('pgcrypto', 'gen_salt'))
        INTO made USING password;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.password_hash(text) IS 'bcrypt of a new password, cost 12. Internal.';

CREATE FUNCTION fin.password_fits(password text, hash text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Of no password: whoever has none, or is not there, takes as long to be refused.
    nobody CONSTANT text := '$2a$12$QkjyM0dXWTmrrBZ0pmJlHuqBJ0EIpV5rY1lZ9vNnTjNhxTqHGV9Oa';
    made text;
BEGIN
    EXECUTE format('SELECT %s($1, $2)', fin.member_function('pgcrypto', 'crypt')) INTO made
        USING coalesce(password, ''), coalesce(hash, nobody);
    RETURN coalesce(made = hash AND octet_length(convert_to(password, 'UTF8')) <= 72, false);
END $$;
COMMENT ON FUNCTION fin.password_fits(text, text) IS 'Is it the password of this hash? Takes the same time where there is none. Internal.';

CREATE FUNCTION fin.random_text() RETURNS text
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- 244 bits of PostgreSQL's strong random numbers.
    SELECT encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex')
$$;
COMMENT ON FUNCTION fin.random_text() IS 'A secret that cannot be guessed: 64 hexadecimal digits. Internal.';

CREATE FUNCTION fin.text_hash(secret text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(convert_to(secret, 'UTF8'))
$$;
COMMENT ON FUNCTION fin.text_hash(text) IS 'SHA-256 of a secret that is long enough to need no salt. Internal.';

CREATE FUNCTION fin.proper_email(email text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- What a mail server takes without quotes, and no more.
    IF email IS NULL OR length(email) > 254
       OR email !~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$' THEN
        RAISE EXCEPTION 'this is no e-mail address' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN lower(email);
END $$;
COMMENT ON FUNCTION fin.proper_email(text) IS 'An e-mail address in lower case; refuses what is none. Internal.';

CREATE FUNCTION fin.refusal(status int, message text, hint text, headers jsonb DEFAULT '[]', details text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('response.status', status::text, true);
    PERFORM set_config('response.headers', (CASE status WHEN 401 THEN '[{"WWW-Authenticate": "Bearer"}]' ELSE '[]' END::jsonb || headers)::text, true);
    RETURN jsonb_build_object('code', 'PT' || status, 'message', message, 'details', details, 'hint', hint);
END $$;
COMMENT ON FUNCTION fin.refusal(int, text, text, jsonb, text) IS
    'An error as an answer: in the shape of all errors, but what was written stays written. Internal.';

CREATE FUNCTION fin.has_mail() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM fin.providers p WHERE p.kind = 'smtp')
$$;
COMMENT ON FUNCTION fin.has_mail() IS 'Has the operator set up a mail server? Internal.';

-- Counting failures --------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.attempt_refused(account text, purpose text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- By account and address, by account, by address. Registrations and resets count apart from sign-ins.
    most  CONSTANT int[] := ARRAY[5, 50, 100];
    span  CONSTANT interval := '15 minutes';
    who   bytea := fin.text_hash(account);
    -- Registrations that came about count for their address of mail alone: the next one is refused as soon either way.
    kinds CONSTANT text[] := CASE purpose WHEN 'register' THEN ARRAY['register', 'registered'] ELSE ARRAY[purpose] END;
    place inet := fin.client_address();
    until timestamptz;
BEGIN
    -- At most three at once of one account and address: together they could pass the counter before any has counted.
    FOR slot IN 1..4 LOOP
        IF slot = 4 THEN
            RETURN fin.refusal(429, 'too many attempts at once', 'Try again in a moment.', '[{"Retry-After": "1"}]');
        END IF;
        EXIT WHEN pg_try_advisory_xact_lock(hashtextextended(encode(who, 'hex') || coalesce(host(place), '') || purpose, slot));
    END LOOP;
    SELECT max(blocked) INTO until FROM (
        SELECT (SELECT f.at + span FROM fin.login_failures f
                WHERE f.account_hash = who AND f.address IS NOT DISTINCT FROM place AND f.purpose = ANY (kinds) AND f.at > clock_timestamp() - span
                ORDER BY f.at DESC OFFSET most[1] - 1 LIMIT 1)
        UNION ALL
        SELECT (SELECT f.at + span FROM fin.login_failures f
                WHERE f.account_hash = who AND f.purpose = ANY (kinds) AND f.at > clock_timestamp() - span
                ORDER BY f.at DESC OFFSET most[2] - 1 LIMIT 1)
        UNION ALL
        -- Behind a local socket nobody's address is known, and all would share one limit.
        SELECT (SELECT f.at + span FROM fin.login_failures f
                WHERE f.address = place AND f.purpose = attempt_refused.purpose AND f.at > clock_timestamp() - span
                ORDER BY f.at DESC OFFSET most[3] - 1 LIMIT 1)) b(blocked);
    IF until > clock_timestamp() THEN
        RETURN fin.refusal(429, 'too many failed attempts', 'Wait, or ask for a new password.',
            jsonb_build_array(jsonb_build_object('Retry-After', ceil(extract(epoch FROM until - clock_timestamp()))::int::text)));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.attempt_refused(text, text) IS
    'The answer 429 where there were too many failures: 5 in 15 minutes by account and address, 50 by account, 100 by address; else null. Internal.';

CREATE FUNCTION fin.attempt_failed(account text, purpose text, user_id uuid, reason text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO fin.login_failures (account_hash, address, purpose) VALUES (fin.text_hash(account), fin.client_address(), purpose);
    DELETE FROM fin.login_failures f WHERE f.at < now() - interval '1 day';
    PERFORM fin.audit_account(user_id, purpose || '_failed', NULL, jsonb_build_object('reason', reason));
END $$;
COMMENT ON FUNCTION fin.attempt_failed(text, text, uuid, text) IS 'Counts a failure and notes it in the audit log. Internal.';

-- Sessions -----------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.account_json(account uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('id', u.id, 'email', u.email, 'name', u.name, 'verified', u.verified_at IS NOT NULL,
                              'totp', u.totp_secret IS NOT NULL, 'createdAt', u.created_at)
    FROM fin.users u WHERE u.id = account
$$;
COMMENT ON FUNCTION fin.account_json(uuid) IS 'An account as the API shows it to its owner. Internal.';

CREATE FUNCTION fin.tokens_answer(account jsonb, workspace jsonb, session uuid, refresh_token text, cookies boolean) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    life    CONSTANT int := 900;       -- s of an access token
    whole   CONSTANT int := 2592000;   -- s of a refresh token: 30 days
    started bigint := extract(epoch FROM clock_timestamp());
    access  text;
    csrf    text;
    answer  jsonb := jsonb_build_object('user', account, 'expiresIn', life, 'workspace', workspace);
BEGIN
    EXECUTE format('SELECT %s($1)', fin.member_function('pg_fin', 'fin_access_token')) INTO access
        USING jsonb_strip_nulls(jsonb_build_object('sub', account -> 'id', 'ws', workspace -> 'id', 'sid', session, 'role', 'fin_user',
                                                   'iat', started, 'exp', started + life));
    IF NOT coalesce(cookies, false) THEN
        RETURN answer || jsonb_strip_nulls(jsonb_build_object('accessToken', access, 'refreshToken', refresh_token));
    END IF;
    -- Scripts of a page cannot read the tokens; what they send back as X-CSRF-Token other sites cannot read.
    EXECUTE format('SELECT %s($1)', fin.member_function('pg_fin', 'fin_csrf_token')) INTO csrf USING session;
    PERFORM set_config('response.headers', (
        jsonb_build_array(
            jsonb_build_object('Set-Cookie', format('fin_access=%s; Path=/; Max-Age=%s; HttpOnly; Secure; SameSite=Strict', access, life)),
            jsonb_build_object('Set-Cookie', format('fin_csrf=%s; Path=/; Max-Age=%s; Secure; SameSite=Strict', csrf, whole)))
        || CASE WHEN refresh_token IS NULL THEN '[]' ELSE jsonb_build_array(
            jsonb_build_object('Set-Cookie', format('fin_refresh=%s; Path=/; Max-Age=%s; HttpOnly; Secure; SameSite=Strict', refresh_token, whole))) END)::text, true);
    RETURN answer || jsonb_build_object('csrfToken', csrf);
END $$;
COMMENT ON FUNCTION fin.tokens_answer(jsonb, jsonb, uuid, text, boolean) IS
    'What a sign-in answers: account, workspace and tokens, or instead of tokens the cookies of a browser. Internal.';

CREATE FUNCTION fin.session_answer(session uuid, refresh_token text, cookies boolean) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s fin.sessions;
BEGIN
    SELECT * INTO STRICT s FROM fin.sessions f WHERE f.id = session;
    RETURN fin.tokens_answer(fin.account_json(s.user_id),
        (SELECT jsonb_build_object('id', w.id, 'name', w.name, 'plan', w.plan, 'language', w.language, 'role', m.role)
         FROM fin.workspaces w JOIN fin.memberships m ON m.workspace_id = w.id AND m.user_id = s.user_id WHERE w.id = s.workspace_id),
        s.id, refresh_token, cookies);
END $$;
COMMENT ON FUNCTION fin.session_answer(uuid, text, boolean) IS 'The answer of a sign-in to a session. Internal.';

CREATE FUNCTION fin.session_begin(account uuid, cookies boolean) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fresh text := fin.random_text();
    place uuid;
    made  uuid;
BEGIN
    -- The workspace of the last time, else that of the longest membership.
    SELECT m.workspace_id INTO place FROM fin.memberships m
        LEFT JOIN LATERAL (SELECT max(s.created_at) AS last FROM fin.sessions s WHERE s.user_id = account AND s.workspace_id = m.workspace_id) l ON true
    WHERE m.user_id = account ORDER BY l.last DESC NULLS LAST, m.created_at, m.workspace_id LIMIT 1;
    DELETE FROM fin.sessions s WHERE s.user_id = account AND coalesce(s.ended_at, s.expires_at) < now() - interval '30 days';
    INSERT INTO fin.sessions (workspace_id, user_id, refresh_hash, address, user_agent, expires_at)
    VALUES (place, account, fin.text_hash(fresh), fin.client_address(),
            left(nullif(current_setting('request.headers', true), '')::jsonb ->> 'user-agent', 200), now() + interval '30 days')
    RETURNING id INTO made;
    PERFORM fin.audit_account(account, 'login', place, jsonb_build_object('session', made));
    RETURN fin.session_answer(made, fresh, cookies);
END $$;
COMMENT ON FUNCTION fin.session_begin(uuid, boolean) IS 'Signs an account in: session, tokens, audit entry. Internal: who calls it has checked everything.';

CREATE FUNCTION fin.sessions_end(account uuid, one uuid DEFAULT NULL) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended int;
BEGIN
    UPDATE fin.sessions s SET ended_at = now(), refresh_hash = NULL
    WHERE s.user_id = account AND s.ended_at IS NULL AND (one IS NULL OR s.id = one);
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;
COMMENT ON FUNCTION fin.sessions_end(uuid, uuid) IS 'Ends all sessions of an account, or one; says how many. Internal.';

CREATE FUNCTION fin.person() RETURNS uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account uuid := fin.current_user_id();
BEGIN
    IF account IS NULL OR fin.claim('sid') IS NULL THEN
        RAISE EXCEPTION 'sign in first' USING ERRCODE = 'PT401',
            HINT = CASE WHEN fin.claim('key') IS NULL THEN 'Send an access token of POST /auth/login.' ELSE 'A key does not look after accounts.' END;
    END IF;
    RETURN account;
END $$;
COMMENT ON FUNCTION fin.person() IS 'The account of a signed-in person; refuses keys, ended sessions and nobody. Internal.';

CREATE FUNCTION fin.by_cookie(name text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT nullif(current_setting('request.cookies', true), '')::jsonb ->> name
    WHERE nullif(current_setting('request.headers', true), '')::jsonb ->> 'authorization' IS NULL
$$;
COMMENT ON FUNCTION fin.by_cookie(text) IS 'A cookie of a request that carries no token of its own. Internal.';
