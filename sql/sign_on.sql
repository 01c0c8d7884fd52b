-- Signing in at somebody else, as operators set it up.
CREATE FUNCTION fin_oidc_provider_set(name text, issuer text, client_id text, client_secret text, redirect_uri text, options jsonb DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF NOT fin.is_admin() THEN
        RAISE EXCEPTION 'providers are set by operators of the installation' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Members of the role fin_admin and superusers may.';
    END IF;
    PERFORM fin.oidc_provider_set(name, issuer, client_id, @extschema@.fin_seal(ARRAY['oidc', name, issuer], client_secret), redirect_uri,
                                  coalesce(options, '{}'));
END $$;
COMMENT ON FUNCTION fin_oidc_provider_set(text, text, text, text, text, jsonb) IS
    'Makes or changes a provider of OpenID Connect by which people sign in; operators only. redirect_uri is this API''s /auth/oidc/<name>/callback as the provider knows it. client_secret is sealed; NULL keeps it while the issuer stays the same, or is none. Options: title, scopes, hosts, tenants, domains, links_addresses, makes_accounts, enabled. Its hosts must also be among pg_fin.http_allow_hosts.';
