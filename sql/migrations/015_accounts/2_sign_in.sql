-- Sign-in: registration, password and one-time code, rotating tokens, reset by mail. Part of migration 15.

CREATE FUNCTION fin.token_issue(account uuid, purpose text, password_hash text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    token text := fin.random_text();
BEGIN
    DELETE FROM fin.account_tokens t WHERE t.user_id = account AND (t.purpose = 'reset' AND token_issue.purpose = 'reset' OR t.expires_at < now());
    INSERT INTO fin.account_tokens (token_hash, user_id, purpose, password_hash, expires_at)
    VALUES (fin.text_hash(token), account, token_issue.purpose, token_issue.password_hash,
            now() + CASE token_issue.purpose WHEN 'reset' THEN interval '1 hour' ELSE interval '3 days' END);
    RETURN token;
END $$;
COMMENT ON FUNCTION fin.token_issue(uuid, text, text) IS 'A new token to verify an address (3 days) or reset a password (1 hour, the only one). Internal.';

CREATE FUNCTION fin.token_for_operator(email text, purpose text) RETURNS text
    LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account uuid;
BEGIN
    IF NOT purpose IN ('verify', 'reset') THEN
        RAISE EXCEPTION 'unknown purpose %', quote_literal(purpose) USING ERRCODE = 'invalid_parameter_value', HINT = 'It is verify or reset.';
    END IF;
    SELECT u.id INTO account FROM fin.users u WHERE u.email = lower(token_for_operator.email);
    IF account IS NULL THEN
        RAISE EXCEPTION 'nobody is registered as %', quote_literal(email) USING ERRCODE = 'no_data_found';
    END IF;
    PERFORM fin.audit_account(account, 'token_issue', NULL, jsonb_build_object('purpose', purpose));
    RETURN fin.token_issue(account, purpose);
END $$;
COMMENT ON FUNCTION fin.token_for_operator(text, text) IS 'Behind fin_account_token(): for operators.';

CREATE FUNCTION fin.account_mail(account uuid, purpose text, token text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place record;
    words text[];
    sent  uuid;
BEGIN
    -- Mail is sent for a workspace; any of the account's will do.
    SELECT w.id, w.language, w.plan INTO place FROM fin.memberships m JOIN fin.workspaces w ON w.id = m.workspace_id
    WHERE m.user_id = account ORDER BY m.created_at, w.id LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    words := CASE purpose || ' ' || place.language
        WHEN 'verify ru' THEN ARRAY['Подтвердите адрес', 'Код подтверждения: %s' || E'\n\n' || 'Он действует три дня. Если вы не регистрировались, ничего делать не нужно.']
        WHEN 'reset ru' THEN ARRAY['Новый пароль', 'Код для смены пароля: %s' || E'\n\n' || 'Он действует один час. Если вы его не запрашивали, ничего делать не нужно.']
        WHEN 'connected ru' THEN ARRAY['Новый способ входа', 'К вашей учётной записи подключён вход через %s. Если это были не вы, смените пароль и отключите его.']
        WHEN 'invited ru' THEN ARRAY['Приглашение', 'Вас пригласили в рабочее пространство. Код приглашения: %s' || E'\n\n' || 'Он действует две недели.']
        WHEN 'known ru' THEN ARRAY['Вы уже зарегистрированы', 'Кто-то пытался зарегистрировать этот адрес ещё раз. Если это были вы, войдите или запросите новый пароль.']
        WHEN 'verify en' THEN ARRAY['Confirm your address', 'Your code of confirmation: %s' || E'\n\n' || 'It is valid for three days. If you did not register, there is nothing to do.']
        WHEN 'reset en' THEN ARRAY['A new password', 'Your code for a new password: %s' || E'\n\n' || 'It is valid for one hour. If you did not ask for it, there is nothing to do.']
        WHEN 'connected en' THEN ARRAY['A new way to sign in', 'Signing in by %s was connected with your account. If it was not you, change the password and disconnect it.']
        WHEN 'invited en' THEN ARRAY['An invitation', 'You are invited to a workspace. The code of the invitation: %s' || E'\n\n' || 'It is valid for two weeks.']
        ELSE ARRAY['You are registered already', 'Somebody tried to register this address again. If it was you, sign in or ask for a new password.'] END;
    INSERT INTO fin.notifications (workspace_id, user_id, kind, severity, title, body)
    VALUES (place.id, account, 'account', 'high', words[1], format(words[2], token)) RETURNING id INTO sent;
    INSERT INTO fin.jobs (workspace_id, kind, payload, priority, user_id, db_role, run_at, rank_at)
    VALUES (place.id, 'account_mail', jsonb_build_object('notification_id', sent), 'high', account, 'fin_user', now(),
            fin.job_rank(now(), 'high', place.plan));
    EXECUTE format('SELECT %s()', fin.member_function('pg_fin', 'fin_wake_workers'));
END $$;
COMMENT ON FUNCTION fin.account_mail(uuid, text, text) IS 'Queues a mail about the account in the language of its workspace. Its text is no message that members read. Internal.';

CREATE OR REPLACE FUNCTION fin.notification_mailed(place uuid, wanted uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- A token stays no longer than it has to.
    UPDATE fin.notifications n SET mailed_at = clock_timestamp(), body = CASE n.kind WHEN 'account' THEN '' ELSE n.body END
    WHERE n.workspace_id = place AND n.id = wanted AND n.mailed_at IS NULL
$$;

-- Sign-in ------------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.register(email text, password text, name text, cookies boolean) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    started CONSTANT timestamptz := clock_timestamp();
    address CONSTANT text := fin.proper_email(register.email);
    called  CONSTANT text := coalesce(nullif(btrim(register.name), ''), split_part(address, '@', 1));
    mails   CONSTANT boolean := fin.has_mail();
    answer  jsonb;
    hash    text;
    account uuid;
    known   fin.users;
    place   uuid;
BEGIN
    IF length(called) > 200 THEN
        RAISE EXCEPTION 'a name has at most 200 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    answer := fin.attempt_refused(address, 'register');
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    hash := fin.password_hash(register.password);
    INSERT INTO fin.users (email, name, password_hash, waits_for_mail) VALUES (address, called, CASE WHEN mails THEN NULL ELSE hash END, mails)
        ON CONFLICT (email) DO NOTHING RETURNING id INTO account;
    IF account IS NOT NULL THEN
        INSERT INTO fin.workspaces (name) VALUES (called) RETURNING id INTO place;
        INSERT INTO fin.memberships (workspace_id, user_id, role) VALUES (place, account, 'owner');
        PERFORM fin.audit_account(account, 'register', place, NULL);
    END IF;
    IF NOT mails THEN
        IF account IS NULL THEN
            -- The answer of a new account, as late, with tokens of a session that is none: it does not tell that the
            -- address is taken, and gives nothing.
            PERFORM fin.attempt_failed(address, 'register', NULL, 'taken');
            answer := fin.tokens_answer(
                jsonb_build_object('id', gen_random_uuid(), 'email', address, 'name', called, 'verified', false, 'totp', false, 'createdAt', now()),
                jsonb_build_object('id', gen_random_uuid(), 'name', called, 'plan', 'free', 'language', 'en', 'role', 'owner'),
                gen_random_uuid(), fin.random_text(), register.cookies);
        ELSE
            INSERT INTO fin.login_failures (account_hash, address, purpose) VALUES (fin.text_hash(address), fin.client_address(), 'registered');
            answer := fin.session_begin(account, register.cookies);
        END IF;
        PERFORM pg_sleep_until(started + interval '1 second');
        RETURN answer;
    END IF;
    -- Whether the address was known is told by mail alone.
    INSERT INTO fin.login_failures (account_hash, address, purpose) VALUES (fin.text_hash(address), fin.client_address(), 'register');
    SELECT * INTO known FROM fin.users u WHERE u.email = address;
    IF known.waits_for_mail AND known.verified_at IS NULL THEN
        PERFORM fin.account_mail(known.id, 'verify', fin.token_issue(known.id, 'verify', hash));
    ELSE
        PERFORM fin.account_mail(known.id, 'known', '');
    END IF;
    PERFORM set_config('response.status', '202', true), pg_sleep_until(started + interval '1 second');
    RETURN jsonb_build_object('status', 'verification_sent', 'email', address);
END $$;
COMMENT ON FUNCTION fin.register(text, text, text, boolean) IS
    'A new account with a workspace of its own, signed in. Where mail is set up the address is verified first. A known address gets the same answer.';

CREATE FUNCTION fin.second_factor(account uuid, code text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain CONSTANT text := lower(regexp_replace(coalesce(code, ''), '[[:space:]-]', '', 'g'));
    u     fin.users;
    step  bigint;
BEGIN
    SELECT * INTO STRICT u FROM fin.users f WHERE f.id = account FOR NO KEY UPDATE;
    EXECUTE format('SELECT %s($1, ARRAY[''totp'', $2::text], $3, clock_timestamp())', fin.member_function('pg_fin', 'fin_totp_step'))
        INTO step USING u.totp_secret, account, plain;
    IF step > coalesce(u.totp_last, -1) THEN
        UPDATE fin.users f SET totp_last = step WHERE f.id = account;
        RETURN true;
    END IF;
    IF fin.text_hash(plain) = ANY (u.recovery_hashes) THEN
        UPDATE fin.users f SET recovery_hashes = array_remove(f.recovery_hashes, fin.text_hash(plain)) WHERE f.id = account;
        PERFORM fin.audit_account(account, 'recovery_code_used', NULL, jsonb_build_object('left', cardinality(u.recovery_hashes) - 1));
        RETURN true;
    END IF;
    RETURN false;
END $$;
COMMENT ON FUNCTION fin.second_factor(uuid, text) IS 'Is it a one-time code that was not used, or a recovery code? Uses it up. Internal.';

CREATE FUNCTION fin.sign_in(email text, password text, totp text, cookies boolean) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    address CONSTANT text := lower(coalesce(sign_in.email, ''));
    answer  jsonb := fin.attempt_refused(address, 'login');
    known   fin.users;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT * INTO known FROM fin.users u WHERE u.email = address AND u.disabled_at IS NULL;
    IF NOT fin.password_fits(sign_in.password, known.password_hash) THEN
        PERFORM fin.attempt_failed(address, 'login', known.id, 'password');
        RETURN fin.refusal(401, 'wrong e-mail address or password', 'POST /auth/password/reset-request asks for a new password.');
    END IF;
    IF known.totp_secret IS NOT NULL THEN
        IF sign_in.totp IS NULL THEN
            RETURN fin.refusal(401, 'a one-time code is needed', 'Send it as totp with the password.', details => 'totp');
        END IF;
        IF NOT fin.second_factor(known.id, sign_in.totp) THEN
            PERFORM fin.attempt_failed(address, 'login', known.id, 'totp');
            RETURN fin.refusal(401, 'wrong one-time code', 'A code counts once; wait for the next.', details => 'totp');
        END IF;
    END IF;
    RETURN fin.session_begin(known.id, sign_in.cookies);
END $$;
COMMENT ON FUNCTION fin.sign_in(text, text, text, boolean) IS 'Signs in by password and, where it is switched on, a one-time code. Says the same, as late, whether there is such an account or not.';

CREATE FUNCTION fin.refresh(refresh_token text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    cookie CONSTANT text := CASE WHEN refresh_token IS NULL THEN fin.by_cookie('fin_refresh') END;
    given  CONSTANT bytea := fin.text_hash(coalesce(refresh_token, cookie));
    fresh  CONSTANT text := fin.random_text();
    s      fin.sessions;
    csrf   text;
BEGIN
    SELECT f.* INTO s FROM fin.sessions f JOIN fin.users u ON u.id = f.user_id AND u.disabled_at IS NULL
    WHERE f.refresh_hash = given AND f.ended_at IS NULL AND f.expires_at > now() FOR UPDATE OF f;
    IF NOT FOUND THEN
        -- A copy is about: whoever has it, the session is over.
        SELECT f.* INTO s FROM fin.spent_tokens t JOIN fin.sessions f ON f.id = t.session_id WHERE t.token_hash = given AND f.ended_at IS NULL;
        IF FOUND THEN
            PERFORM fin.sessions_end(s.user_id, s.id);
            PERFORM fin.audit_account(s.user_id, 'refresh_reuse', s.workspace_id, jsonb_build_object('session', s.id));
        END IF;
        RETURN fin.refusal(401, 'the refresh token is not valid', 'Sign in again.');
    END IF;
    IF cookie IS NOT NULL THEN
        EXECUTE format('SELECT %s($1)', fin.member_function('pg_fin', 'fin_csrf_token')) INTO csrf USING s.id;
        -- What the page sends back is what it could read, and it belongs to this session.
        IF csrf IS DISTINCT FROM nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-csrf-token'
           OR csrf IS DISTINCT FROM fin.by_cookie('fin_csrf') THEN
            RETURN fin.refusal(403, 'the header X-CSRF-Token is missing or wrong', 'Send the value of the cookie fin_csrf.');
        END IF;
    END IF;
    INSERT INTO fin.spent_tokens (token_hash, session_id) VALUES (given, s.id);
    UPDATE fin.sessions f SET refresh_hash = fin.text_hash(fresh), expires_at = now() + interval '30 days',
        -- Whoever was removed from the workspace chooses another.
        workspace_id = (SELECT m.workspace_id FROM fin.memberships m WHERE m.user_id = s.user_id ORDER BY m.workspace_id = s.workspace_id DESC NULLS LAST, m.created_at LIMIT 1)
    WHERE f.id = s.id;
    RETURN fin.session_answer(s.id, fresh, cookie IS NOT NULL);
END $$;
COMMENT ON FUNCTION fin.refresh(text) IS 'Exchanges a refresh token, from the body or a cookie, for new tokens. One that was exchanged before ends its session.';

CREATE FUNCTION fin.sign_out(everywhere boolean, session_id uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.person();
    one     CONSTANT uuid := CASE WHEN NOT everywhere THEN coalesce(session_id, fin.claim('sid')::uuid) END;
    by_it   CONSTANT boolean := fin.by_cookie('fin_access') IS NOT NULL AND session_id IS NULL;
BEGIN
    PERFORM fin.audit_account(account, 'logout', fin.claim('ws')::uuid, jsonb_build_object('session', coalesce(one::text, 'all')));
    IF fin.sessions_end(account, one) = 0 THEN
        RAISE EXCEPTION 'session % not found', one USING ERRCODE = 'PT404', DETAIL = 'It has ended, or it is not yours.';
    END IF;
    IF by_it THEN
        PERFORM set_config('response.headers', (SELECT jsonb_agg(jsonb_build_object('Set-Cookie', c || '=; Path=/; Max-Age=0; Secure; SameSite=Strict'))
                                                FROM unnest(ARRAY['fin_access', 'fin_refresh', 'fin_csrf']) c)::text, true);
    END IF;
END $$;
COMMENT ON FUNCTION fin.sign_out(boolean, uuid) IS 'Ends all sessions of the caller, or one. Its tokens are refused from then on.';

CREATE FUNCTION fin.choose_workspace(workspace_id uuid) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.person();
    session CONSTANT uuid := fin.claim('sid')::uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM fin.memberships m WHERE m.user_id = account AND m.workspace_id = choose_workspace.workspace_id) THEN
        RAISE EXCEPTION 'you are no member of workspace %', coalesce(workspace_id::text, 'NULL') USING ERRCODE = 'PT404', HINT = 'GET /me lists yours.';
    END IF;
    UPDATE fin.sessions s SET workspace_id = choose_workspace.workspace_id WHERE s.id = session;
    RETURN fin.session_answer(session, NULL, fin.by_cookie('fin_access') IS NOT NULL);
END $$;
COMMENT ON FUNCTION fin.choose_workspace(uuid) IS 'Works in another of one''s workspaces from now on: answers an access token for it.';

-- Passwords ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.password_again(account uuid, password text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known  fin.users;
    answer jsonb;
BEGIN
    SELECT * INTO STRICT known FROM fin.users u WHERE u.id = account;
    answer := fin.attempt_refused(coalesce(known.email, account::text), 'login');
    IF answer IS NULL AND NOT fin.password_fits(password, known.password_hash) THEN
        PERFORM fin.attempt_failed(coalesce(known.email, account::text), 'login', account, 'password');
        RETURN fin.refusal(403, 'wrong password', NULL);
    END IF;
    RETURN answer;
END $$;
COMMENT ON FUNCTION fin.password_again(uuid, text) IS 'Asks a signed-in person for the password once more: null, or the refusal. Internal.';

CREATE FUNCTION fin.password_set(account uuid, hash text, action text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE fin.users u SET password_hash = hash WHERE u.id = account;
    DELETE FROM fin.account_tokens t WHERE t.user_id = account;
    PERFORM fin.sessions_end(account);
    PERFORM fin.audit_account(account, action, NULL, NULL);
END $$;
COMMENT ON FUNCTION fin.password_set(uuid, text, text) IS 'Stores a password; every session and every token that was mailed ends. Internal.';

CREATE FUNCTION fin.password_change(password text, new_password text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.person();
    answer  jsonb := fin.password_again(account, password);
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    PERFORM fin.password_set(account, fin.password_hash(new_password), 'password_change');
    RETURN fin.session_begin(account, fin.by_cookie('fin_access') IS NOT NULL);
END $$;
COMMENT ON FUNCTION fin.password_change(text, text) IS 'Changes one''s password: all sessions end, and a new one begins.';

CREATE FUNCTION fin.password_reset_request(email text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    started CONSTANT timestamptz := clock_timestamp();
    address CONSTANT text := lower(coalesce(password_reset_request.email, ''));
    answer  jsonb := fin.attempt_refused(address, 'reset');
    account uuid;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    SELECT u.id INTO account FROM fin.users u WHERE u.email = address AND u.disabled_at IS NULL;
    PERFORM fin.attempt_failed(address, 'reset', account, 'requested');
    IF account IS NOT NULL AND fin.has_mail() THEN
        PERFORM fin.account_mail(account, 'reset', fin.token_issue(account, 'reset'));
    END IF;
    -- As late for an address that nobody has.
    PERFORM pg_sleep_until(started + interval '0.3 seconds');
    RETURN jsonb_build_object('status', CASE WHEN fin.has_mail() THEN 'sent' ELSE 'ask_operator' END);
END $$;
COMMENT ON FUNCTION fin.password_reset_request(text) IS 'Mails a token for a new password, if there is such an account; the answer does not tell.';

CREATE FUNCTION fin.password_reset(token text, password text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hash    CONSTANT text := fin.password_hash(password);
    account uuid;
BEGIN
    DELETE FROM fin.account_tokens t WHERE t.token_hash = fin.text_hash(token) AND t.purpose = 'reset' AND t.expires_at > now()
        RETURNING t.user_id INTO account;
    IF account IS NULL THEN
        RETURN fin.refusal(400, 'this token is not valid any more', 'Ask for a new one.');
    END IF;
    UPDATE fin.users u SET verified_at = coalesce(u.verified_at, now()) WHERE u.id = account;
    PERFORM fin.password_set(account, hash, 'password_reset');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.password_reset(text, text) IS 'Sets a new password by a token that was mailed, or given out by an operator. All sessions end.';

CREATE FUNCTION fin.verify(token text, cookies boolean) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    used  fin.account_tokens;
    known fin.users;
BEGIN
    DELETE FROM fin.account_tokens t WHERE t.token_hash = fin.text_hash(token) AND t.purpose = 'verify' AND t.expires_at > now() RETURNING t.* INTO used;
    SELECT * INTO known FROM fin.users u WHERE u.id = used.user_id AND u.disabled_at IS NULL FOR NO KEY UPDATE;
    IF known.id IS NULL THEN
        RETURN fin.refusal(400, 'this token is not valid any more', 'Register or ask for a new one.');
    END IF;
    UPDATE fin.users u SET verified_at = coalesce(u.verified_at, now()) WHERE u.id = known.id;
    PERFORM fin.audit_account(known.id, 'verify', NULL, NULL);
    IF known.verified_at IS NULL AND known.waits_for_mail AND used.password_hash IS NOT NULL THEN
        PERFORM fin.password_set(known.id, used.password_hash, 'password_set');
        RETURN fin.session_begin(known.id, cookies);
    END IF;
    RETURN jsonb_build_object('status', 'verified');
END $$;
COMMENT ON FUNCTION fin.verify(text, boolean) IS 'Verifies an address by the token that was mailed; where the account waited for it, signs in.';
