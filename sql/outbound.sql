-- What leaves the machine, as people set it up: providers, connections with sealed secrets, messages by mail.
CREATE FUNCTION fin_seal(place text[], secret text) RETURNS bytea
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_seal';
COMMENT ON FUNCTION fin_seal(text[], text) IS
    'Seals a secret with the installation''s key for one place only. No function of SQL opens it. Called by fin_connection_set and fin_provider_set.';

CREATE FUNCTION fin_connection_set(name text, provider text, settings jsonb DEFAULT '{}', secret text DEFAULT NULL) RETURNS uuid
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place  uuid;
    known  record;
    id     uuid;
    sealed bytea;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    place := fin.writable_workspace();
    IF NOT place = ANY (fin.workspaces_of('admin')) THEN
        RAISE EXCEPTION 'connections are set by admins of the workspace' USING ERRCODE = 'insufficient_privilege',
            HINT = 'An admin or owner of the workspace can change your role.';
    END IF;
    IF name IS NULL OR length(name) NOT BETWEEN 1 AND 200 THEN
        RAISE EXCEPTION 'a connection has a name of 1 to 200 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF settings IS NULL OR jsonb_typeof(settings) <> 'object' THEN
        RAISE EXCEPTION 'settings of a connection are a JSON object' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT FROM fin.providers p WHERE p.name = fin_connection_set.provider) THEN
        RAISE EXCEPTION 'unknown provider %', coalesce(quote_literal(provider), 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'SELECT name, kind, base_url FROM fin.providers lists those that the operator has set up.';
    END IF;
    SELECT c.id, c.provider INTO known FROM fin.connections c WHERE c.workspace_id = place AND c.name = fin_connection_set.name;
    id := coalesce(known.id, gen_random_uuid());
    -- For this connection to this provider: moved elsewhere, it does not open.
    sealed := @extschema@.fin_seal(ARRAY['connection', place::text, id::text, provider], secret);
    IF known.id IS NULL THEN
        INSERT INTO fin.connections (id, workspace_id, provider, name, settings, secret)
        VALUES (id, place, fin_connection_set.provider, fin_connection_set.name, fin_connection_set.settings, sealed);
    ELSIF secret IS NULL AND known.provider = provider THEN
        UPDATE fin.connections c SET settings = fin_connection_set.settings WHERE c.id = known.id;
    ELSE
        UPDATE fin.connections c SET provider = fin_connection_set.provider, settings = fin_connection_set.settings, secret = sealed
        WHERE c.id = known.id;
    END IF;
    RETURN id;
END $$;
COMMENT ON FUNCTION fin_connection_set(text, text, jsonb, text) IS
    'Makes or changes a connection of the workspace to a provider; admins only. secret is sealed and cannot be read again; NULL keeps the stored one while the provider stays the same. Pass it as a parameter of the statement.';

CREATE FUNCTION fin_provider_set(name text, kind text, base_url text, settings jsonb DEFAULT '{}', secret text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sealed bytea;
    known  record;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF NOT fin.is_admin() THEN
        RAISE EXCEPTION 'providers are set by operators of the installation' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Members of the role fin_admin and superusers may.';
    END IF;
    IF kind = 's3' THEN
        PERFORM @extschema@.fin_bucket_check(base_url, settings);
    END IF;
    sealed := @extschema@.fin_seal(ARRAY['provider', name, base_url], secret);
    SELECT p.base_url INTO known FROM fin.providers p WHERE p.name = fin_provider_set.name FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO fin.providers (name, kind, base_url, settings, secret)
        VALUES (fin_provider_set.name, fin_provider_set.kind, fin_provider_set.base_url, fin_provider_set.settings, sealed);
    ELSIF secret IS NULL AND known.base_url = base_url THEN
        UPDATE fin.providers p SET kind = fin_provider_set.kind, settings = fin_provider_set.settings, changed_at = now()
        WHERE p.name = fin_provider_set.name;
    ELSE
        UPDATE fin.providers p SET kind = fin_provider_set.kind, base_url = fin_provider_set.base_url, settings = fin_provider_set.settings,
            secret = sealed, changed_at = now()
        WHERE p.name = fin_provider_set.name;
    END IF;
END $$;
COMMENT ON FUNCTION fin_provider_set(text, text, text, jsonb, text) IS
    'Makes or changes an outside service of the installation (kind http, smtp or s3); operators only. Its host must also be among pg_fin.http_allow_hosts. A secret is for workspaces without a connection of their own; NULL keeps it while base_url stays the same.';

CREATE FUNCTION fin_connection_reseal() RETURNS int
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_connection_reseal';
REVOKE EXECUTE ON FUNCTION fin_connection_reseal() FROM PUBLIC;
COMMENT ON FUNCTION fin_connection_reseal() IS
    'Seals every secret with the newest key, after a new one was put before the old one in pg_fin.secret_key_file, second factors of accounts included; returns how many there were. Superusers only. Afterwards the old key may go.';

CREATE FUNCTION fin_notify(user_id uuid, title text, body text DEFAULT '', kind text DEFAULT 'message', severity text DEFAULT 'low',
                           report_id uuid DEFAULT NULL, files uuid[] DEFAULT '{}') RETURNS uuid
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    made := fin.notification_add(user_id, title, body, kind, severity, report_id, files);
    IF (SELECT u.email FROM fin.users u WHERE u.id = fin_notify.user_id) IS NOT NULL THEN
        PERFORM @extschema@.fin_enqueue('send_notification', jsonb_build_object('notification_id', made)
                                        || CASE WHEN report_id IS NULL THEN '{}' ELSE jsonb_build_object('report_id', report_id) END);
    END IF;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin_notify(uuid, text, text, text, text, uuid, uuid[]) IS
    'Leaves a message for a member of the workspace and, where the member has an e-mail address, queues its sending; returns its id. files are attached.';
