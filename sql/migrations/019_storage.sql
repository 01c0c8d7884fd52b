-- Where the bytes of files lie, and what the virus scanner said of them. Files are put and got here alone: nobody but
-- these functions writes fin.files and fin.file_chunks, so that nothing comes in past the scanner.

CREATE TABLE fin.storage (
    is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    provider    text REFERENCES fin.providers,
    after       interval NOT NULL DEFAULT '1 minute' CHECK (after >= interval '0'),
    changed_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fin.storage IS 'Where new files go: no row or no provider: they stay in the database. Set by fin_storage_use.';
COMMENT ON COLUMN fin.storage.after IS 'How long a new file stays in the database first, where it can be imported without being fetched.';

ALTER TABLE fin.files
    ADD COLUMN report_id uuid,
    ADD COLUMN storage text REFERENCES fin.providers,
    ADD COLUMN object_key text,
    ADD COLUMN stored_at timestamptz,
    ADD COLUMN copy_until timestamptz,
    ADD COLUMN copy_is_whole boolean NOT NULL DEFAULT false,
    ADD COLUMN lost_at timestamptz,
    ADD FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE,
    ADD CHECK ((storage IS NULL) = (object_key IS NULL));
CREATE UNIQUE INDEX files_object ON fin.files (storage, object_key COLLATE "C") WHERE storage IS NOT NULL;
CREATE INDEX files_report ON fin.files (workspace_id, report_id) WHERE report_id IS NOT NULL;
-- One key in the bucket, so one file.
CREATE UNIQUE INDEX files_parsed ON fin.files (workspace_id, report_id) WHERE purpose = 'parsed';
CREATE INDEX files_here ON fin.files (kept_from) WHERE storage IS NULL AND scan_state <> 'infected';
COMMENT ON COLUMN fin.files.report_id IS 'The report that it was made of, for parsed and exported files.';
COMMENT ON COLUMN fin.files.storage IS 'The provider in whose bucket its bytes lie. Null: in fin.file_chunks.';
COMMENT ON COLUMN fin.files.object_key IS 'Its key in the bucket.';
COMMENT ON COLUMN fin.files.stored_at IS 'When its bytes were in the bucket, checked, and left fin.file_chunks.';
COMMENT ON COLUMN fin.files.copy_until IS 'Until then bytes fetched from the bucket stay in fin.file_chunks.';
COMMENT ON COLUMN fin.files.copy_is_whole IS 'All of them are there.';
COMMENT ON COLUMN fin.files.lost_at IS 'When the sweeper found that its object is gone.';

CREATE TABLE fin.storage_removals (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid,
    provider     text NOT NULL REFERENCES fin.providers ON DELETE CASCADE,
    object_key   text NOT NULL,
    asked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at     timestamptz
);
CREATE INDEX storage_removals_key ON fin.storage_removals (provider, object_key);
CREATE INDEX storage_removals_due ON fin.storage_removals (provider, id) WHERE ended_at IS NULL;
COMMENT ON TABLE fin.storage_removals IS
    'Objects that are to leave a bucket: written in the transaction that removes their file, done by workers, kept for a day so that no upload of the same key is taken for stored.';
COMMENT ON COLUMN fin.storage_removals.workspace_id IS 'Whose file it was; null for an object that belonged to none.';

CREATE FUNCTION fin.object_left() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO fin.storage_removals (workspace_id, provider, object_key) VALUES (OLD.workspace_id, OLD.storage, OLD.object_key);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.object_left() IS 'Trigger: a file that goes leaves an object to remove.';
CREATE TRIGGER object_left AFTER DELETE ON fin.files FOR EACH ROW WHEN (OLD.storage IS NOT NULL) EXECUTE FUNCTION fin.object_left();

-- The scanner -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.scanned(filename text, media_type text, content bytea) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    state text := 'unscanned';
BEGIN
    -- The scanner's settings belong to the extension; where it is not installed there is no scanner.
    IF EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_fin') THEN
        EXECUTE format('SELECT %s($1, $2, $3, true)', fin.own('fin_scan')) INTO state USING filename, media_type, content;
    END IF;
    RETURN state;
END $$;
COMMENT ON FUNCTION fin.scanned(text, text, bytea) IS
    'unscanned where no scanner is set up, clean, or held where it is down and the policy is hold. Anything else raises. Internal: before a file gets a row.';

CREATE FUNCTION fin.file_refused(facts jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place  uuid := (facts ->> 'workspace')::uuid;
    member uuid := (facts ->> 'user')::uuid;
BEGIN
    -- A workspace that the refused transaction itself has made does not exist for this one.
    IF EXISTS (SELECT FROM fin.workspaces w WHERE w.id = place) THEN
        INSERT INTO fin.files AS f (workspace_id, sha256, size, media_type, filename, scan_state, found, created_by)
        VALUES (place, decode(facts ->> 'sha256', 'hex'), (facts ->> 'size')::bigint, coalesce(facts ->> 'media_type', 'application/octet-stream'),
                coalesce(facts ->> 'filename', ''), 'infected', facts ->> 'found', (SELECT u.id FROM fin.users u WHERE u.id = member))
        ON CONFLICT ON CONSTRAINT files_content DO NOTHING;
    END IF;
    INSERT INTO fin.audit_log (workspace_id, user_id, db_role, address, action, object, detail)
    VALUES (place, member, facts ->> 'db_role', (facts ->> 'address')::inet, 'file_infected', facts ->> 'sha256',
            jsonb_build_object('filename', left(facts ->> 'filename', 1000), 'size', (facts ->> 'size')::bigint, 'found', facts ->> 'found'));
END $$;
COMMENT ON FUNCTION fin.file_refused(jsonb) IS
    'Notes an infected file, without its bytes. Called by fin_scan in a transaction of its own, which outlives the refusal.';

CREATE FUNCTION fin.scan_next(place uuid, after uuid, everything boolean) RETURNS TABLE(id uuid, size bigint)
    LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.id, f.size FROM fin.files f
    WHERE f.workspace_id = place AND f.storage IS NULL AND (f.scan_state = 'held' OR everything AND f.scan_state = 'unscanned')
      AND (after IS NULL OR f.id > after)
    ORDER BY f.id LIMIT 1
$$;
COMMENT ON FUNCTION fin.scan_next(uuid, uuid, boolean) IS 'For workers: the next file of a workspace that waits for the scanner.';

CREATE FUNCTION fin.scan_verdict(place uuid, file uuid, finding text) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known fin.files;
BEGIN
    SELECT * INTO known FROM fin.files f WHERE f.workspace_id = place AND f.id = file AND f.scan_state IN ('held', 'unscanned') FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'gone';
    END IF;
    UPDATE fin.files f SET scan_state = CASE WHEN finding IS NULL THEN 'clean' ELSE 'infected' END, found = finding
    WHERE f.workspace_id = place AND f.id = file;
    IF finding IS NULL THEN
        PERFORM fin.file_jobs(file, 'clean');
        RETURN 'clean';
    END IF;
    DELETE FROM fin.file_chunks c WHERE c.workspace_id = place AND c.file_id = file;
    UPDATE fin.reports r SET status = 'failed', error = format('the file is infected: %s', finding), completed_at = clock_timestamp()
    WHERE r.workspace_id = place AND r.file_id = file AND r.status = 'processing';
    INSERT INTO fin.audit_log (workspace_id, user_id, db_role, action, object, detail)
    VALUES (place, known.created_by, 'fin_worker', 'file_infected', encode(known.sha256, 'hex'),
            jsonb_build_object('filename', left(known.filename, 1000), 'size', known.size, 'found', finding));
    RETURN 'infected';
END $$;
COMMENT ON FUNCTION fin.scan_verdict(uuid, uuid, text) IS
    'For workers: what the scanner found in a file, null for nothing. The bytes of an infected one go, its row stays and says so.';

-- Putting and getting -----------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.file_row(place uuid, hash bytea, size bigint, filename text, media_type text, purpose text, report_id uuid, state text,
                             OUT id uuid, OUT is_empty boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    known fin.files;
BEGIN
    is_empty := true;
    INSERT INTO fin.files AS f (workspace_id, sha256, size, media_type, filename, purpose, report_id, scan_state)
    VALUES (place, hash, file_row.size, coalesce(nullif(file_row.media_type, ''), 'application/octet-stream'), file_row.filename, file_row.purpose,
            file_row.report_id, state)
    ON CONFLICT ON CONSTRAINT files_content DO NOTHING RETURNING f.id INTO file_row.id;
    IF file_row.id IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT * INTO STRICT known FROM fin.files f WHERE f.workspace_id = place AND f.sha256 = hash AND f.purpose = file_row.purpose FOR UPDATE;
    file_row.id := known.id;
    -- Its bytes are in a bucket, or they were thrown away: these take their place, and the bucket's clock begins anew.
    is_empty := known.storage IS NOT NULL OR known.scan_state = 'infected';
    IF is_empty THEN
        DELETE FROM fin.file_chunks c WHERE c.workspace_id = place AND c.file_id = known.id;
        UPDATE fin.files f SET kept_from = now(), scan_state = state, found = NULL, storage = NULL, object_key = NULL, stored_at = NULL,
            copy_until = NULL, copy_is_whole = false, lost_at = NULL WHERE f.workspace_id = place AND f.id = known.id;
    ELSIF known.kept_from < now() - interval '1 day' OR (known.scan_state <> state AND state = 'clean') THEN
        UPDATE fin.files f SET kept_from = now(), scan_state = CASE WHEN state = 'clean' THEN state ELSE f.scan_state END
        WHERE f.workspace_id = place AND f.id = known.id;
    END IF;
END $$;
COMMENT ON FUNCTION fin.file_row(uuid, bytea, bigint, text, text, text, uuid, text) IS
    'The row of a file with this content, made where there is none; is_empty: its bytes are to be written. Internal.';

CREATE FUNCTION fin.file_jobs(file uuid, state text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asker  name := CASE WHEN session_user = 'fin_worker' THEN fin.claim('db_role')::name ELSE 'fin_user' END;
    chosen fin.storage;
BEGIN
    IF state = 'held' THEN
        RAISE WARNING 'the virus scanner does not answer: the file is held until it does' USING DETAIL = format('File %s.', file);
        PERFORM fin.job_add('scan_files', '{}', NULL, now() + interval '10 seconds', 'held', asker);
    ELSE
        SELECT * INTO chosen FROM fin.storage s WHERE s.provider IS NOT NULL;
        IF NOT FOUND OR asker IS NULL THEN
            RETURN;
        END IF;
        -- One lane for the bucket: while it is down its jobs are left out.
        PERFORM fin.job_add('store_file', jsonb_build_object('file_id', file, 'storage', chosen.provider), NULL, now() + chosen.after, file::text, asker);
    END IF;
    IF EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_fin') THEN
        EXECUTE format('SELECT %s()', fin.own('fin_wake_workers'));
    END IF;
EXCEPTION WHEN insufficient_privilege OR invalid_parameter_value THEN
    -- Who may not queue it (a viewer's export) leaves it to the sweeper, which finds what nobody stored.
    RETURN;
END $$;
COMMENT ON FUNCTION fin.file_jobs(uuid, text) IS 'Queues what a new file waits for: the scanner, or the way into the bucket. Internal.';

CREATE FUNCTION fin.file_keep(filename text, media_type text, content bytea, purpose text DEFAULT 'original', report_id uuid DEFAULT NULL)
    RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    place uuid;
    state text;
    kept  record;
    piece CONSTANT int := 1048576;
BEGIN
    IF filename IS NULL OR content IS NULL THEN
        RAISE EXCEPTION 'a file needs a name and content' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF purpose = 'original' THEN
        place := fin.writable_workspace();
    ELSE
        SELECT r.workspace_id INTO place FROM fin.reports r
        WHERE r.id = report_id AND r.workspace_id = ANY (fin.workspaces_of(CASE purpose WHEN 'exported' THEN 'viewer' ELSE 'analyst' END));
        IF place IS NULL THEN
            RAISE EXCEPTION 'report % not found', coalesce(report_id::text, 'null') USING ERRCODE = 'undefined_object',
                DETAIL = 'There is no such report in a workspace in which you may do this.';
        END IF;
    END IF;
    -- Before the row: what is infected leaves none in this transaction. What pg_fin itself has made needs no scanner.
    state := CASE purpose WHEN 'original' THEN fin.scanned(filename, media_type, content) ELSE 'clean' END;
    SELECT * INTO kept FROM fin.file_row(place, sha256(content), octet_length(content)::bigint, filename, media_type, purpose, report_id, state);
    IF kept.is_empty THEN
        INSERT INTO fin.file_chunks (workspace_id, file_id, no, data)
        SELECT place, kept.id, i, substring(content FROM (i - 1) * piece + 1 FOR piece)
        FROM generate_series(1, (octet_length(content) + piece - 1) / piece) i;
    END IF;
    PERFORM fin.file_jobs(kept.id, state);
    RETURN kept.id;
END $$;
COMMENT ON FUNCTION fin.file_keep(text, text, bytea, text, uuid) IS
    'As fin.file_put, also for what was made of a report: purpose parsed or exported, in the workspace of the report.';

CREATE FUNCTION fin.file_put(filename text, media_type text, content bytea) RETURNS uuid
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT fin.file_keep(filename, media_type, content)
$$;
COMMENT ON FUNCTION fin.file_put(text, text, bytea) IS
    'Stores a file in the caller''s workspace. The same bytes again give the same file. Where a virus scanner is set up, an infected file is refused.';

CREATE FUNCTION fin.is_here(file_id uuid) RETURNS boolean
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT f.scan_state NOT IN ('held', 'infected') AND (f.storage IS NULL OR (f.copy_is_whole AND f.copy_until > now()))
                     FROM fin.files f WHERE f.id = is_here.file_id), true)
$$;
COMMENT ON FUNCTION fin.is_here(uuid) IS 'Can fin.file_get give this file now? True also for one that the caller does not see: file_get says so.';

CREATE FUNCTION fin.file_get(file_id uuid) RETURNS bytea
    LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    file    fin.files;
    content bytea;
BEGIN
    SELECT * INTO file FROM fin.files f WHERE f.id = file_get.file_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'file % does not exist', file_id USING ERRCODE = 'no_data_found',
            HINT = 'SELECT id, filename FROM fin.files lists those you may read.';
    END IF;
    IF file.scan_state = 'infected' THEN
        RAISE EXCEPTION 'file % is infected', file_id USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = coalesce(format('The virus scanner found %s.', file.found), '');
    ELSIF file.scan_state = 'held' THEN
        RAISE EXCEPTION 'file % is waiting for the virus scanner', file_id USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'It is scanned as soon as the scanner answers again.';
    ELSIF file.lost_at IS NOT NULL THEN
        RAISE EXCEPTION 'file % is lost', file_id USING ERRCODE = 'data_corrupted',
            DETAIL = format('Its object %s is not in the bucket of %s any more.', file.object_key, file.storage);
    ELSIF NOT fin.is_here(file_id) THEN
        RAISE EXCEPTION 'file % lies in the bucket of %', file_id, file.storage USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = format('SELECT fin_file_fetch(%L) brings it back for an hour, SELECT fin_file_link(%L) makes a link to it.', file_id, file_id);
    END IF;
    SELECT coalesce(string_agg(c.data, ''::bytea ORDER BY c.no), ''::bytea) INTO content
    FROM fin.file_chunks c WHERE c.workspace_id = file.workspace_id AND c.file_id = file.id;
    IF sha256(content) <> file.sha256 THEN
        RAISE EXCEPTION 'file % is damaged: % bytes, expected %', file_id, octet_length(content), file.size
            USING ERRCODE = 'data_corrupted';
    END IF;
    RETURN content;
END $$;
COMMENT ON FUNCTION fin.file_get(uuid) IS 'Content of a file the caller may read, checked against its hash.';

INSERT INTO fin.job_kinds (kind, priority, max_attempts, timeout, handler, min_role, holds_worker, lane_key) VALUES
    ('store_file', 'low', 8, '30 minutes', 'store_file', 'analyst', false, 'storage'),
    ('fetch_file', 'high', 5, '30 minutes', 'fetch_file', 'analyst', false, NULL),
    ('sweep_files', 'low', 3, '2 hours', 'sweep_files', 'analyst', false, NULL),
    ('scan_files', 'high', 20, '30 minutes', 'scan_files', 'analyst', true, NULL)
ON CONFLICT (kind) DO NOTHING;
