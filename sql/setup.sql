-- fin_setup(): makes and migrates the schemas fin and api as ordinary objects, so that pg_dump carries them whole
-- and DROP EXTENSION leaves the ledgers where they are.
CREATE FUNCTION fin_setup() RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    migration record;
    newest    int;
    line      text;
    done      int := 0;
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'fin_setup() must be run by a superuser' USING ERRCODE = 'insufficient_privilege',
            HINT = 'It makes roles and hands functions to them. Ask the administrator of this database to run SELECT fin_setup().';
    END IF;
    -- Two at once take turns; the second finds nothing to do. The number is "fin_setup" in ASCII.
    PERFORM pg_advisory_xact_lock(7379569577231349872);

    IF to_regnamespace('fin') IS NOT NULL
       AND (to_regclass('fin.migrations') IS NULL
            OR NOT (SELECT o.rolsuper FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner WHERE n.nspname = 'fin')) THEN
        RAISE EXCEPTION 'a schema fin exists that fin_setup() did not make' USING ERRCODE = 'duplicate_schema',
            DETAIL = 'A schema of pg_fin is owned by a superuser and has the table fin.migrations.',
            HINT = 'Rename or drop it: ALTER SCHEMA fin RENAME TO another_name.';
    END IF;

    FOR migration IN
        SELECT m.version, m.name, m.script, encode(sha256(convert_to(m.script, 'UTF8')), 'hex') AS checksum
        FROM @extschema@.fin_migrations() m ORDER BY m.version
    LOOP
        newest := migration.version;
        IF to_regclass('fin.migrations') IS NOT NULL THEN
            CONTINUE WHEN EXISTS (SELECT FROM fin.migrations f WHERE f.version = migration.version);
        END IF;
        EXECUTE migration.script;
        INSERT INTO fin.migrations (version, name, checksum) VALUES (migration.version, migration.name, migration.checksum);
        done := done + 1;
        RETURN NEXT format('migration %s: %s', migration.version, migration.name);
    END LOOP;

    SELECT max(f.version)::text INTO line FROM fin.migrations f HAVING max(f.version) > newest;
    IF line IS NOT NULL THEN
        RAISE EXCEPTION 'schema fin is at version %, this pg_fin knows only %', line, newest
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Install the newer pg_fin: ALTER EXTENSION pg_fin UPDATE.';
    END IF;

    -- Passwords are hashed by pgcrypto. Everything else works without it.
    IF NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pgcrypto') THEN
        BEGIN
            CREATE EXTENSION pgcrypto SCHEMA @extschema@;
            done := done + 1;
            RETURN NEXT 'extension pgcrypto';
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'accounts need the extension pgcrypto, which could not be created: %', SQLERRM
                USING HINT = 'It comes with PostgreSQL (postgresql-contrib): CREATE EXTENSION pgcrypto, then SELECT fin_setup() again.';
        END;
    END IF;

    FOR line IN SELECT r FROM @extschema@.fin_setup_rights() r LOOP
        done := done + 1;
        RETURN NEXT line;
    END LOOP;
    -- Jobs that were restored are looked for, and workers find out that this database has a queue.
    IF to_regprocedure('@extschema@.fin_wake_workers()') IS NOT NULL THEN
        PERFORM @extschema@.fin_wake_workers();
    END IF;
    IF done = 0 THEN
        RETURN NEXT format('nothing to do: schema fin is at version %s', newest);
    END IF;
END $$;
COMMENT ON FUNCTION fin_setup() IS
    'Makes or migrates the schemas fin and api and repairs their rights, for example after a restore. Superusers only. Says what it did.';

CREATE FUNCTION fin_require_setup() RETURNS void
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'fin_require_setup';
COMMENT ON FUNCTION fin_require_setup() IS
    'Refuses, with the hint to run fin_setup(), where this database has no schema fin yet. Other functions of pg_fin call it.';
