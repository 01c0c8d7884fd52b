-- Files as people use them: the virus scanner, the bucket they lie in, links to them.
CREATE FUNCTION fin_scan(filename text, media_type text, content bytea, may_hold boolean) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100000 AS 'MODULE_PATHNAME', 'fin_scan';
REVOKE EXECUTE ON FUNCTION fin_scan(text, text, bytea, boolean) FROM PUBLIC;
COMMENT ON FUNCTION fin_scan(text, text, bytea, boolean) IS
    'Asks the virus scanner of pg_fin.clamd_socket: unscanned without one, clean, or held where it does not answer and may be held. Refuses and records what is infected. Internal: fin.file_put and uploads call it.';

CREATE FUNCTION fin_bucket_check(base_url text, settings jsonb) RETURNS void
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'fin_bucket_check';
COMMENT ON FUNCTION fin_bucket_check(text, jsonb) IS 'Refuses, by name, settings with which no bucket can be reached. Called by fin_provider_set and fin_storage_use.';

CREATE FUNCTION fin_presign(provider text, base_url text, settings jsonb, secret bytea, key text, filename text, media_type text, seconds int) RETURNS text
    LANGUAGE c STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_presign';
REVOKE EXECUTE ON FUNCTION fin_presign(text, text, jsonb, bytea, text, text, text, int) FROM PUBLIC;
COMMENT ON FUNCTION fin_presign(text, text, jsonb, bytea, text, text, text, int) IS
    'Signs a link to an object. Internal: fin.file_link calls it, which nobody can hand another secret to.';

CREATE FUNCTION fin_storage_use(provider text, after interval DEFAULT '1 minute') RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen record;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF NOT fin.is_admin() THEN
        RAISE EXCEPTION 'where files are stored is set by operators of the installation' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Members of the role fin_admin and superusers may.';
    END IF;
    IF provider IS NOT NULL THEN
        SELECT p.kind, p.base_url, p.settings INTO chosen FROM fin.providers p WHERE p.name = fin_storage_use.provider;
        IF chosen.kind IS DISTINCT FROM 's3' THEN
            RAISE EXCEPTION 'no provider % of kind s3 is set up', quote_literal(provider) USING ERRCODE = 'invalid_parameter_value',
                HINT = 'fin_provider_set(name, ''s3'', ''https://s3.example.com'', ''{"bucket": "...", "access_key": "..."}'', secret) makes one.';
        END IF;
        PERFORM @extschema@.fin_bucket_check(chosen.base_url, chosen.settings);
    END IF;
    INSERT INTO fin.storage AS s (provider, after) VALUES (fin_storage_use.provider, fin_storage_use.after)
    ON CONFLICT (is_only_row) DO UPDATE SET provider = excluded.provider, after = excluded.after, changed_at = now();
END $$;
COMMENT ON FUNCTION fin_storage_use(text, interval) IS
    'From now on new files go into the bucket of this provider (kind s3), after they were in the database for the time given; NULL: they stay in the database. Files already stored stay where they are. Operators only.';

CREATE FUNCTION fin_storage_sweep(options jsonb DEFAULT '{}') RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF NOT fin.is_operator(current_user) THEN
        RAISE EXCEPTION 'buckets are swept by operators of the installation' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Members of the role fin_admin and superusers may.';
    END IF;
    SELECT k INTO wrong FROM jsonb_object_keys(options) k WHERE k NOT IN ('grace', 'claim') ORDER BY 1 LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'unknown option %', quote_literal(wrong) USING ERRCODE = 'invalid_parameter_value', HINT = 'Options are grace and claim.';
    END IF;
    RETURN @extschema@.fin_enqueue_once('sweep_files', options, 'sweep');
END $$;
COMMENT ON FUNCTION fin_storage_sweep(jsonb) IS
    'Queues a job that compares the bucket with the files: removes objects and unfinished uploads that belong to none, names files whose object is gone, stores what was left behind. Operators only. Options: grace (seconds, 3600: what is younger is left alone), claim (true: the bucket belonged to another database).';

CREATE FUNCTION fin_file_fetch(file_id uuid) RETURNS bigint
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    SELECT f.workspace_id INTO place FROM fin.files f WHERE f.id = file_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'file % not found', file_id USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such file in a workspace you are a member of.';
    END IF;
    IF fin.is_here(file_id) THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('pg_fin.workspace', place::text, true);
    RETURN @extschema@.fin_enqueue_once('fetch_file', jsonb_build_object('file_id', file_id), file_id::text);
END $$;
COMMENT ON FUNCTION fin_file_fetch(uuid) IS
    'Queues a job that brings a file back from the bucket for an hour, so that fin.file_get can give it; returns the job''s number, NULL where the file is here already.';

CREATE FUNCTION fin_file_link(file_id uuid, valid interval DEFAULT '5 minutes') RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @extschema@.fin_require_setup();
    RETURN fin.file_link(file_id, least(extract(epoch FROM valid), 1e9)::int);
END $$;
COMMENT ON FUNCTION fin_file_link(uuid, interval) IS
    'A link by which anybody who has it can download a file from the bucket, for 1 second to 7 days. NULL for a file that is in the database: fin.file_get gives it.';
