-- What operators say of providers, and what workers fetch and store. Part of migration 18.

CREATE FUNCTION fin.installation_job(kind text, payload jsonb) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    INSERT INTO fin.jobs (kind, payload, priority, db_role, run_at, rank_at, holds_worker)
    SELECT k.kind, installation_job.payload, k.priority, 'fin_user', now(), fin.job_rank(now(), k.priority, 'free'), k.holds_worker
    FROM fin.job_kinds k WHERE k.kind = installation_job.kind RETURNING id INTO STRICT made;
    EXECUTE format('SELECT %s()', fin.member_function('pg_fin', 'fin_wake_workers'));
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.installation_job(text, jsonb) IS 'Queues work of the installation itself, of no workspace and in nobody''s name. Internal.';

CREATE FUNCTION fin.oidc_discover(provider text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE fin.oidc_providers p SET discovery_asked_at = clock_timestamp()
    WHERE p.name = provider AND p.enabled AND coalesce(p.discovery_asked_at < clock_timestamp() - interval '1 minute', true);
    IF FOUND THEN
        PERFORM fin.installation_job('oidc_discovery', jsonb_build_object('provider', provider));
    END IF;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION fin.oidc_discover(text) IS 'Has a worker read a provider''s configuration and keys, at most once a minute. Internal.';

CREATE FUNCTION fin.oidc_provider_set(name text, issuer text, client_id text, client_secret bytea, redirect_uri text, options jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    known fin.oidc_providers;
    wrong text;
BEGIN
    SELECT string_agg(quote_literal(k), ', ') INTO wrong FROM jsonb_object_keys(options) k
    WHERE k NOT IN ('title', 'scopes', 'hosts', 'tenants', 'domains', 'links_addresses', 'makes_accounts', 'enabled');
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'unknown option %', wrong USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Options are title, scopes, hosts, tenants, domains, links_addresses, makes_accounts, enabled.';
    END IF;
    SELECT * INTO known FROM fin.oidc_providers p WHERE p.name = oidc_provider_set.name FOR UPDATE;
    INSERT INTO fin.oidc_providers AS p (name, title, issuer, client_id, client_secret, redirect_uri, scopes, hosts, tenants, domains,
                                         links_addresses, makes_accounts, enabled)
    VALUES (oidc_provider_set.name, coalesce(options ->> 'title', known.title, oidc_provider_set.name), oidc_provider_set.issuer,
            oidc_provider_set.client_id,
            coalesce(oidc_provider_set.client_secret, CASE WHEN known.issuer = oidc_provider_set.issuer THEN known.client_secret END),
            oidc_provider_set.redirect_uri,
            coalesce(fin.texts_of(options -> 'scopes'), known.scopes, '{openid,email,profile}'),
            coalesce(fin.texts_of(options -> 'hosts'), known.hosts, '{}'), coalesce(fin.texts_of(options -> 'tenants'), known.tenants, '{}'),
            coalesce((SELECT array_agg(lower(d)) FROM unnest(fin.texts_of(options -> 'domains')) d), known.domains, '{}'),
            coalesce((options ->> 'links_addresses')::boolean, known.links_addresses, true),
            coalesce((options ->> 'makes_accounts')::boolean, known.makes_accounts, true),
            coalesce((options ->> 'enabled')::boolean, known.enabled, true))
    ON CONFLICT (name) DO UPDATE SET title = excluded.title, issuer = excluded.issuer, client_id = excluded.client_id,
        client_secret = excluded.client_secret, redirect_uri = excluded.redirect_uri, scopes = excluded.scopes, hosts = excluded.hosts,
        tenants = excluded.tenants, domains = excluded.domains, links_addresses = excluded.links_addresses,
        makes_accounts = excluded.makes_accounts, enabled = excluded.enabled, changed_at = now(), discovery_asked_at = NULL,
        -- What was read of another place, or under other rules, is nothing here.
        discovery = NULL, discovered_at = NULL,
        keys = CASE WHEN p.issuer = excluded.issuer THEN p.keys END, keys_good_until = CASE WHEN p.issuer = excluded.issuer THEN p.keys_good_until END,
        keys_asked_at = NULL;
    DELETE FROM fin.oidc_sign_ins s WHERE s.provider = oidc_provider_set.name;
    PERFORM fin.audit_write(NULL, 'oidc_provider_set', oidc_provider_set.name, NULL, NULL, jsonb_build_object('issuer', oidc_provider_set.issuer));
    PERFORM fin.oidc_discover(oidc_provider_set.name);
END $$;
COMMENT ON FUNCTION fin.oidc_provider_set(text, text, text, bytea, text, jsonb) IS 'Behind fin_oidc_provider_set(), which seals the secret: for operators.';

CREATE FUNCTION fin.texts_of(list jsonb) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(list) <> 'array' OR EXISTS (SELECT FROM jsonb_array_elements(list) e WHERE jsonb_typeof(e) <> 'string') THEN
        RAISE EXCEPTION '% is no list of texts', list USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN ARRAY(SELECT jsonb_array_elements_text(list));
END $$;
COMMENT ON FUNCTION fin.texts_of(jsonb) IS 'A JSON array of texts as an array. Internal.';

-- What workers call --------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.oidc_provider_for_worker(provider text)
    RETURNS TABLE(name text, issuer text, client_id text, client_secret bytea, redirect_uri text, hosts text, tenants jsonb, discovery jsonb,
                  discovery_is_old boolean, keys jsonb, keys_are_old boolean)
    LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.name, p.issuer, p.client_id, p.client_secret, p.redirect_uri, array_to_string(p.hosts, ','), to_jsonb(p.tenants), p.discovery,
           coalesce(p.discovered_at < now() - interval '1 day', true), p.keys, coalesce(p.keys_good_until < now(), true)
    FROM fin.oidc_providers p WHERE p.name = provider AND p.enabled
$$;
COMMENT ON FUNCTION fin.oidc_provider_for_worker(text) IS 'For workers: a provider with its sealed secret and what was read of it.';

CREATE FUNCTION fin.oidc_discovered(provider text, issuer text, document jsonb) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE fin.oidc_providers p SET discovery = document, discovered_at = clock_timestamp()
    WHERE p.name = provider AND p.issuer = oidc_discovered.issuer
$$;
COMMENT ON FUNCTION fin.oidc_discovered(text, text, jsonb) IS 'For workers: stores a configuration that was read and checked, unless the provider has another issuer by now.';

CREATE FUNCTION fin.oidc_keys_ask(provider text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE fin.oidc_providers p SET keys_asked_at = clock_timestamp()
    WHERE p.name = provider AND coalesce(p.keys_asked_at < clock_timestamp() - interval '1 minute', true);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION fin.oidc_keys_ask(text) IS 'For workers: may the provider''s keys be asked for now? Once a minute, whoever asks: made-up keys are no lever to call it.';

CREATE FUNCTION fin.oidc_keys_store(provider text, issuer text, keys jsonb, seconds float8) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE fin.oidc_providers p SET keys = oidc_keys_store.keys, keys_good_until = clock_timestamp() + make_interval(secs => least(seconds, 86400))
    WHERE p.name = provider AND p.issuer = oidc_keys_store.issuer
$$;
COMMENT ON FUNCTION fin.oidc_keys_store(text, text, jsonb, float8) IS 'For workers: keeps a provider''s keys for so long, a day at most.';

CREATE FUNCTION fin.oidc_take(sign_in uuid) RETURNS TABLE(provider text, code text, verifier text, nonce text)
    LANGUAGE plpgsql VOLATILE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    s fin.oidc_sign_ins;
BEGIN
    SELECT * INTO s FROM fin.oidc_sign_ins f WHERE f.id = sign_in AND f.status = 'waiting' AND f.expires_at > now() FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE fin.oidc_sign_ins f SET status = 'asking', code = NULL, verifier = NULL WHERE f.id = s.id;
    RETURN QUERY SELECT s.provider, s.code, s.verifier, s.nonce;
END $$;
COMMENT ON FUNCTION fin.oidc_take(uuid) IS 'For workers: the code of a sign-in, once. It is not there a second time, whatever becomes of the first.';

CREATE FUNCTION fin.oidc_known(sign_in uuid, person jsonb) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE fin.oidc_sign_ins s SET status = 'known', person = oidc_known.person WHERE s.id = sign_in AND s.status = 'asking';
    SELECT pg_notify('fin_oidc_' || sign_in, '');
$$;
COMMENT ON FUNCTION fin.oidc_known(uuid, jsonb) IS 'For workers: who it is, by a token that was verified.';

CREATE FUNCTION fin.oidc_failed(sign_in uuid, status int, message text) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE fin.oidc_sign_ins s SET status = 'failed', failure = jsonb_build_object('status', oidc_failed.status, 'message', message)
    WHERE s.id = sign_in AND s.status IN ('waiting', 'asking');
    SELECT pg_notify('fin_oidc_' || sign_in, '');
$$;
COMMENT ON FUNCTION fin.oidc_failed(uuid, int, text) IS 'For workers: nobody is known, and what the person is told.';
