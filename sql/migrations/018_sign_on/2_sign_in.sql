-- The way to a provider and back, and whose account it is. Part of migration 18.

CREATE FUNCTION fin.url_encoded(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(CASE WHEN chr(b) ~ '[A-Za-z0-9._~-]' AND b < 128 THEN chr(b) ELSE '%' || upper(lpad(to_hex(b), 2, '0')) END, '' ORDER BY i), '')
    FROM (SELECT i, get_byte(t.bytes, i) AS b FROM (SELECT convert_to(words, 'UTF8') AS bytes) t, generate_series(0, octet_length(t.bytes) - 1) i) c
$$;
COMMENT ON FUNCTION fin.url_encoded(text) IS 'Percent-encoded for a query string. Internal.';

CREATE FUNCTION fin.local_page(page text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- A path on this host and nothing that a browser could read as another: no //host, no /\host, no blanks.
    IF page !~ '^/([!-.0-[\]^-~][!-[\]^-~]*)?$' OR length(page) > 2000 THEN
        RAISE EXCEPTION 'returnTo must be a path of this site' USING ERRCODE = 'invalid_parameter_value', HINT = 'For example /reports.';
    END IF;
    RETURN page;
END $$;
COMMENT ON FUNCTION fin.local_page(text) IS 'A path of one''s own site to go on at; refuses everything else. Internal.';

CREATE FUNCTION fin.oidc_browser() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- Browsers let nobody but this host itself, over TLS, set a cookie of such a name.
    SELECT substring(nullif(current_setting('request.cookies', true), '')::jsonb ->> '__Host-fin_oidc' FROM '^[0-9a-f]{64}$')
$$;
COMMENT ON FUNCTION fin.oidc_browser() IS 'The secret by which the browser that began a sign-in is known again. Internal.';

CREATE FUNCTION fin.oidc_provider(provider text) RETURNS fin.oidc_providers
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_one fin.oidc_providers;
BEGIN
    SELECT * INTO found_one FROM fin.oidc_providers p WHERE p.name = provider AND p.enabled;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'provider % not found', quote_literal(provider) USING ERRCODE = 'PT404', HINT = 'GET /auth/oidc lists them.';
    END IF;
    RETURN found_one;
END $$;
COMMENT ON FUNCTION fin.oidc_provider(text) IS 'A provider by name; PT404. Internal.';

CREATE FUNCTION fin.has_launcher() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_one boolean;
BEGIN
    -- A worker that is busy elsewhere, or not started yet, comes when there is a job.
    EXECUTE format('SELECT EXISTS (SELECT FROM %s() w WHERE w.role = ''launcher'')', fin.member_function('pg_fin', 'fin_workers')) INTO found_one;
    RETURN found_one;
END $$;
COMMENT ON FUNCTION fin.has_launcher() IS 'Do background workers run in this cluster? Internal.';

CREATE FUNCTION fin.oidc_begin(provider text, return_to text, account uuid) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p        CONSTANT fin.oidc_providers := fin.oidc_provider(provider);
    page     CONSTANT text := fin.local_page(return_to);
    state    CONSTANT text := fin.random_text();
    nonce    CONSTANT text := fin.random_text();
    verifier CONSTANT text := fin.random_text();
    browser  CONSTANT text := coalesce(fin.oidc_browser(), fin.random_text());
    endpoint CONSTANT text := p.discovery ->> 'authorization_endpoint';
BEGIN
    IF endpoint IS NULL OR coalesce(p.discovered_at < now() - interval '1 day', true) THEN
        PERFORM fin.oidc_discover(p.name);
    END IF;
    IF endpoint IS NULL THEN
        RETURN fin.refusal(503, 'the provider has not been reached yet', 'Try again in a moment.', '[{"Retry-After": "5"}]');
    END IF;
    IF NOT fin.has_launcher() THEN
        RETURN fin.refusal(503, 'signing in by a provider is not possible now', 'No background worker of pg_fin runs.', '[{"Retry-After": "30"}]');
    END IF;
    DELETE FROM fin.oidc_sign_ins s WHERE s.ctid IN (
        SELECT e.ctid FROM fin.oidc_sign_ins e WHERE e.expires_at < now() ORDER BY e.expires_at LIMIT 100 FOR UPDATE SKIP LOCKED);
    INSERT INTO fin.oidc_sign_ins (state_hash, browser_hash, provider, nonce, verifier, return_to, for_user, for_session)
    VALUES (fin.text_hash(state), fin.text_hash(browser), p.name, nonce, verifier, page, account,
            CASE WHEN account IS NOT NULL THEN fin.claim('sid')::uuid END);
    -- Lax: the browser comes back from the provider's site.
    PERFORM set_config('response.headers', jsonb_build_array(jsonb_build_object('Set-Cookie',
        format('__Host-fin_oidc=%s; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax', browser)))::text, true);
    RETURN jsonb_build_object('url', endpoint || CASE WHEN strpos(endpoint, '?') > 0 THEN '&' ELSE '?' END
        || concat_ws('&', 'response_type=code', 'client_id=' || fin.url_encoded(p.client_id), 'redirect_uri=' || fin.url_encoded(p.redirect_uri),
                     'scope=' || fin.url_encoded(array_to_string(p.scopes, ' ')), 'state=' || state, 'nonce=' || nonce,
                     'code_challenge=' || translate(encode(fin.text_hash(verifier), 'base64'), '+/=', '-_'), 'code_challenge_method=S256'));
END $$;
COMMENT ON FUNCTION fin.oidc_begin(text, text, uuid) IS 'Begins a sign-in, or connects an account: {url} of the provider, and the cookie. Internal.';

CREATE FUNCTION fin.oidc_start(provider text, return_to text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    begun CONSTANT jsonb := fin.oidc_begin(provider, return_to, NULL);
BEGIN
    IF NOT begun ? 'url' THEN
        RETURN begun;
    END IF;
    PERFORM set_config('response.status', '302', true), set_config('response.headers',
        (jsonb_build_array(jsonb_build_object('Location', begun ->> 'url')) || current_setting('response.headers')::jsonb)::text, true);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.oidc_start(text, text) IS 'Sends the browser to the provider.';

CREATE FUNCTION fin.oidc_connect(provider text, password text, return_to text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.person();
    answer  jsonb;
BEGIN
    -- A second door to the account: who opens it shows more than a token, where there is more.
    IF (SELECT u.password_hash IS NOT NULL FROM fin.users u WHERE u.id = account) THEN
        answer := fin.password_again(account, oidc_connect.password);
    END IF;
    RETURN coalesce(answer, fin.oidc_begin(provider, return_to, account));
END $$;
COMMENT ON FUNCTION fin.oidc_connect(text, text, text) IS 'Connects the caller''s account with an identity at a provider: {url} where the browser goes on.';

-- Back from the provider ---------------------------------------------------------------------------------------------

CREATE FUNCTION fin.oidc_refused(status int, message text, hint text, details text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO fin.login_failures (account_hash, address, purpose) VALUES (fin.text_hash('oidc'), fin.client_address(), 'oidc');
    PERFORM fin.audit_account(NULL, 'oidc_failed', NULL, jsonb_build_object('reason', message));
    RETURN fin.refusal(status, message, hint, details => details);
END $$;
COMMENT ON FUNCTION fin.oidc_refused(int, text, text, text) IS 'A sign-in by a provider that came to nothing: counted for its address, noted, answered. Internal.';

CREATE FUNCTION fin.oidc_account(s fin.oidc_sign_ins) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p       CONSTANT fin.oidc_providers := fin.oidc_provider(s.provider);
    its     CONSTANT text := s.person ->> 'issuer';
    whose   CONSTANT text := s.person ->> 'subject';
    address text;
    known   fin.users;
    account uuid;
    called  text;
    place   uuid;
BEGIN
    BEGIN
        address := CASE WHEN s.person ? 'email' THEN fin.proper_email(s.person ->> 'email') END;
    EXCEPTION WHEN invalid_parameter_value THEN
        NULL;  -- an address that we could not write to is none
    END;
    -- At Google an address of the organisation may belong to a private account: hd says whose it is.
    IF cardinality(p.domains) > 0 AND NOT coalesce(
        lower(CASE its WHEN 'https://accounts.google.com' THEN s.person ->> 'hosted' ELSE split_part(address, '@', 2) END) = ANY (p.domains), false) THEN
        RAISE EXCEPTION 'this identity is not of an organisation that may sign in here' USING ERRCODE = 'PT403';
    END IF;

    UPDATE fin.oidc_identities i SET last_used_at = now(), email = coalesce(address, i.email)
    WHERE i.issuer = its AND i.subject = whose AND (s.for_user IS NULL OR i.user_id = s.for_user) RETURNING i.user_id INTO account;
    IF FOUND THEN
        PERFORM FROM fin.users u WHERE u.id = account AND u.disabled_at IS NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the account of this identity is disabled' USING ERRCODE = 'PT403';
        END IF;
        RETURN account;
    END IF;

    IF s.for_user IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM fin.sessions f JOIN fin.users u ON u.id = f.user_id AND u.disabled_at IS NULL
                       WHERE f.id = s.for_session AND f.user_id = s.for_user AND f.ended_at IS NULL AND f.expires_at > now()) THEN
            RAISE EXCEPTION 'the session that wanted to connect this identity has ended' USING ERRCODE = 'PT401', HINT = 'Sign in and begin again.';
        END IF;
        account := s.for_user;
    ELSIF address IS NOT NULL THEN
        SELECT * INTO known FROM fin.users u WHERE u.email = address FOR NO KEY UPDATE;
        IF known.id IS NOT NULL AND NOT p.links_addresses THEN
            RAISE EXCEPTION 'an account with the address of this identity exists' USING ERRCODE = 'PT409',
                HINT = 'Sign in to it and connect the provider: POST /auth/oidc/:provider/connect.';
        ELSIF known.id IS NOT NULL AND known.waits_for_mail AND known.verified_at IS NULL AND known.password_hash IS NULL AND known.disabled_at IS NULL THEN
            -- Registered and never confirmed: nobody has signed in to it, and whoever asked for it knows none of its passwords.
            DELETE FROM fin.account_tokens t WHERE t.user_id = known.id;
            UPDATE fin.users u SET verified_at = now() WHERE u.id = known.id;
            account := known.id;
        ELSIF known.id IS NOT NULL AND (known.disabled_at IS NOT NULL OR known.verified_at IS NULL OR known.totp_secret IS NOT NULL) THEN
            -- Not verified: somebody else may have registered it. With one-time codes: an address alone is too little.
            RAISE EXCEPTION 'an account with the address of this identity exists' USING ERRCODE = 'PT409',
                HINT = 'Sign in to it and connect the provider: POST /auth/oidc/:provider/connect.';
        ELSE
            account := known.id;
        END IF;
    END IF;

    IF account IS NULL THEN
        IF NOT p.makes_accounts THEN
            RAISE EXCEPTION 'no account is connected with this identity' USING ERRCODE = 'PT403', HINT = 'Sign in another way and connect the provider.';
        END IF;
        called := left(coalesce(nullif(btrim(s.person ->> 'name'), ''), split_part(address, '@', 1), p.title), 200);
        INSERT INTO fin.users (email, name, verified_at, from_provider) VALUES (address, called, CASE WHEN address IS NOT NULL THEN now() END, p.name)
        RETURNING id INTO account;
        INSERT INTO fin.workspaces (name) VALUES (called) RETURNING id INTO place;
        INSERT INTO fin.memberships (workspace_id, user_id, role) VALUES (place, account, 'owner');
        PERFORM fin.audit_account(account, 'register', place, jsonb_build_object('provider', p.name));
    ELSIF s.for_user IS NULL AND fin.has_mail() THEN
        PERFORM fin.account_mail(account, 'connected', p.title);
    END IF;
    -- Taken meanwhile by another account: one of the two is told.
    INSERT INTO fin.oidc_identities (issuer, subject, user_id, provider, email) VALUES (its, whose, account, p.name, address);
    PERFORM fin.audit_account(account, 'identity_add', NULL, jsonb_build_object('provider', p.name, 'issuer', its, 'by',
        CASE WHEN s.for_user IS NOT NULL THEN 'account' WHEN place IS NULL THEN 'address' ELSE 'registration' END));
    RETURN account;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'this identity, or its address, belongs to another account' USING ERRCODE = 'PT409';
END $$;
COMMENT ON FUNCTION fin.oidc_account(fin.oidc_sign_ins) IS
    'The account of a verified person: that of the identity, the one that wanted to be connected, one with the same verified address, or a new one. Refuses by errors. Internal.';

CREATE FUNCTION fin.oidc_callback(provider text, code text, state text, error text, iss text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    patience CONSTANT interval := '35 seconds';
    p        CONSTANT fin.oidc_providers := fin.oidc_provider(oidc_callback.provider);
    begin_again CONSTANT text := 'Begin again: GET /auth/oidc/:provider/start.';
    s        fin.oidc_sign_ins;
    account  uuid;
    answer   jsonb;
    why      text;
    what_now text;
    how      text;
BEGIN
    IF (SELECT count(*) FROM (SELECT FROM fin.login_failures f WHERE f.address = fin.client_address() AND f.purpose = 'oidc'
                                 AND f.at > clock_timestamp() - interval '15 minutes' LIMIT 50) n) >= 50 THEN
        RETURN fin.refusal(429, 'too many failed sign-ins', 'Wait a quarter of an hour.', '[{"Retry-After": "900"}]');
    END IF;
    SELECT * INTO s FROM fin.oidc_sign_ins f
    WHERE f.state_hash = fin.text_hash(oidc_callback.state) AND f.provider = p.name AND f.browser_hash = fin.text_hash(fin.oidc_browser())
      AND f.expires_at > now() AND f.status <> 'used' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN fin.oidc_refused(400, 'this sign-in is not under way in this browser', begin_again);
    END IF;

    IF s.status = 'started' THEN
        UPDATE fin.oidc_sign_ins f SET status = 'used' WHERE f.id = s.id;
        -- RFC 9207: another provider's answer is not mixed up with this one's.
        IF oidc_callback.iss IS DISTINCT FROM p.discovery ->> 'issuer' AND position('{tenantid}' IN p.discovery ->> 'issuer') = 0
           AND (oidc_callback.iss IS NOT NULL OR p.discovery -> 'authorization_response_iss_parameter_supported' = 'true') THEN
            RETURN fin.oidc_refused(400, 'another provider has answered', begin_again);
        END IF;
        IF oidc_callback.error IS NOT NULL THEN
            RETURN fin.oidc_refused(403, 'the provider has not signed you in', begin_again, substring(oidc_callback.error FROM '^[a-z_]{1,50}$'));
        END IF;
        IF coalesce(oidc_callback.code, '') = '' OR length(oidc_callback.code) > 4000 THEN
            RETURN fin.oidc_refused(400, 'the provider has sent no code', begin_again);
        END IF;
        UPDATE fin.oidc_sign_ins f SET status = 'waiting', code = oidc_callback.code, code_hash = fin.text_hash(oidc_callback.code), returned_at = clock_timestamp()
        WHERE f.id = s.id;
        PERFORM fin.installation_job('oidc_sign_in', jsonb_build_object('sign_in', s.id)), set_config('response.status', '202', true);
        RETURN jsonb_build_object('channel', 'fin_oidc_' || s.id, 'state', jsonb_build_object('done', false));
    END IF;
    IF s.code_hash IS DISTINCT FROM fin.text_hash(oidc_callback.code) THEN
        RETURN fin.oidc_refused(400, 'this sign-in is under way with another code', begin_again);
    END IF;
    IF s.status IN ('waiting', 'asking') THEN
        IF s.returned_at < clock_timestamp() - patience THEN
            UPDATE fin.oidc_sign_ins f SET status = 'used', code = NULL WHERE f.id = s.id;
            RETURN fin.oidc_refused(504, 'the provider did not answer in time', begin_again);
        END IF;
        PERFORM set_config('response.status', '202', true);
        RETURN jsonb_build_object('channel', 'fin_oidc_' || s.id, 'state', jsonb_build_object('done', false));
    END IF;

    UPDATE fin.oidc_sign_ins f SET status = 'used', person = NULL, failure = NULL WHERE f.id = s.id;
    IF s.status = 'failed' THEN
        RETURN fin.oidc_refused((s.failure ->> 'status')::int, s.failure ->> 'message', begin_again);
    END IF;
    BEGIN
        account := fin.oidc_account(s);
    EXCEPTION WHEN SQLSTATE 'PT401' OR SQLSTATE 'PT403' OR SQLSTATE 'PT409' THEN
        -- What it wrote is undone; that it was tried stays.
        GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, what_now = PG_EXCEPTION_HINT, how = RETURNED_SQLSTATE;
        RETURN fin.oidc_refused(substr(how, 3)::int, why, nullif(what_now, ''));
    END;
    IF s.for_user IS NOT NULL THEN
        answer := jsonb_build_object('status', 'connected', 'provider', p.name);
    ELSE
        answer := fin.session_begin(account, s.return_to IS NOT NULL);
    END IF;
    IF s.return_to IS NULL THEN
        RETURN answer;
    END IF;
    PERFORM set_config('response.status', '303', true), set_config('response.headers', (jsonb_build_array(jsonb_build_object('Location', s.return_to))
        || coalesce(nullif(current_setting('response.headers', true), ''), '[]')::jsonb)::text, true);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.oidc_callback(text, text, text, text, text) IS
    'Back from the provider: has a worker exchange the code (202 until it is done), then signs in. Only the browser that began, once, with one code.';

CREATE FUNCTION fin.oidc_remove(identity_id uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.person();
    gone    fin.oidc_identities;
BEGIN
    PERFORM FROM fin.users u WHERE u.id = account FOR NO KEY UPDATE;
    DELETE FROM fin.oidc_identities i WHERE i.id = identity_id AND i.user_id = account RETURNING * INTO gone;
    IF gone.id IS NULL THEN
        RAISE EXCEPTION 'identity % not found', coalesce(identity_id::text, 'null') USING ERRCODE = 'PT404', HINT = 'GET /auth/identities lists yours.';
    END IF;
    IF NOT EXISTS (SELECT FROM fin.oidc_identities i WHERE i.user_id = account)
       AND (SELECT u.password_hash IS NULL FROM fin.users u WHERE u.id = account) THEN
        RAISE EXCEPTION 'there would be no way left to sign in' USING ERRCODE = 'PT409', HINT = 'Set a password first: POST /auth/password/reset-request.';
    END IF;
    PERFORM fin.audit_account(account, 'identity_remove', NULL, jsonb_build_object('provider', gone.provider, 'issuer', gone.issuer));
END $$;
COMMENT ON FUNCTION fin.oidc_remove(uuid) IS 'Disconnects an identity of the caller; not the last way to sign in.';

-- What the API calls -------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.oidc_list() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('providers', coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'title', p.title) ORDER BY p.title, p.name), '[]'))
    FROM fin.oidc_providers p WHERE p.enabled
$$;
COMMENT ON FUNCTION fin.oidc_list() IS 'Providers by which one may sign in.';

CREATE FUNCTION api.auth_oidc_list() RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.oidc_list() $$;
COMMENT ON FUNCTION api.auth_oidc_list() IS 'Providers by which one may sign in.';
CREATE FUNCTION api.auth_oidc_start(provider text, return_to text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.oidc_start(provider, return_to) $$;
COMMENT ON FUNCTION api.auth_oidc_start(text, text) IS 'Sends the browser to the provider (302). With return_to the way ends there, signed in by cookies; without, with tokens as JSON.';
CREATE FUNCTION api.auth_oidc_callback(provider text, code text DEFAULT NULL, state text DEFAULT NULL, error text DEFAULT NULL, iss text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.oidc_callback(provider, code, state, error, iss) $$;
COMMENT ON FUNCTION api.auth_oidc_callback(text, text, text, text, text) IS 'Where the provider sends the browser back to.';
CREATE FUNCTION api.auth_oidc_connect(provider text, password text DEFAULT NULL, return_to text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT fin.oidc_connect(provider, password, return_to) $$;
COMMENT ON FUNCTION api.auth_oidc_connect(text, text, text) IS 'Connects one''s account with an identity at a provider: answers the address where the browser goes on.';
CREATE FUNCTION api.auth_identities() RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('identities', coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'provider', i.provider, 'email', i.email, 'createdAt', i.created_at,
                                                                                  'lastUsedAt', i.last_used_at) ORDER BY i.created_at, i.id), '[]'))
    FROM fin.oidc_identities i, fin.person() p WHERE i.user_id = p
$$;
COMMENT ON FUNCTION api.auth_identities() IS 'Identities at providers that the caller''s account is connected with.';
CREATE FUNCTION api.auth_identity_remove(identity_id uuid) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT NULL::jsonb FROM fin.oidc_remove(identity_id) $$;
COMMENT ON FUNCTION api.auth_identity_remove(uuid) IS 'Disconnects an identity.';

INSERT INTO fin.routes (method, path, function, kind, status, repeats, summary) VALUES
    ('GET', '/auth/oidc', 'api.auth_oidc_list', 'call', 200, 'free', 'List providers'),
    ('GET', '/auth/oidc/:provider/start', 'api.auth_oidc_start', 'visit', 200, 'free', 'Sign in by a provider'),
    ('GET', '/auth/oidc/:provider/callback', 'api.auth_oidc_callback', 'visit', 200, 'free', 'Come back from a provider'),
    ('POST', '/auth/oidc/:provider/connect', 'api.auth_oidc_connect', 'call', 200, 'free', 'Connect an identity'),
    ('GET', '/auth/identities', 'api.auth_identities', 'call', 200, 'free', 'List connected identities'),
    ('DELETE', '/auth/identities/:identity_id', 'api.auth_identity_remove', 'call', 204, 'keyed', 'Disconnect an identity');
