
-- The bucket --------------------------------------------------------------------------------------------------------------
-- What workers call for jobs store_file, fetch_file, sweep_files and retention. Between the database and a bucket there
-- is no common transaction. The order makes up for it: bytes leave the database only after they were read back from the
-- bucket, by a claim of the job that still counts; an object leaves the bucket only after it was written down that it
-- is to go, and no upload that began before it went is taken for stored.

CREATE FUNCTION fin.storage_in_use(wanted text DEFAULT NULL) RETURNS TABLE(provider text, base_url text, settings jsonb, secret bytea)
    LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.name, p.base_url, p.settings, p.secret FROM fin.providers p
    WHERE p.kind = 's3' AND p.name = coalesce(wanted, (SELECT s.provider FROM fin.storage s))
$$;
COMMENT ON FUNCTION fin.storage_in_use(text) IS 'For workers: the bucket that new files go to, or one by name, with its sealed secret.';

CREATE FUNCTION fin.still_holds(job bigint, token bigint) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM fin.jobs j WHERE j.id = job AND j.lease_token = token AND j.status = 'running' AND NOT j.cancel_requested
        AND j.lease_until > clock_timestamp() FOR UPDATE;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION fin.still_holds(bigint, bigint) IS 'Does this claim of a job still count? Nobody can take the job over before the end of the transaction.';

CREATE FUNCTION fin.file_days(place uuid, purpose text) RETURNS int
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE purpose
        WHEN 'original' THEN coalesce((w.settings #>> '{retention,originals_days}')::int, 90)
        WHEN 'parsed' THEN coalesce((w.settings #>> '{retention,parsed_days}')::int, 30)
        ELSE coalesce((w.settings #>> '{retention,exports_days}')::int, CASE w.plan WHEN 'premium' THEN 0 ELSE 30 END) END
    FROM fin.workspaces w WHERE w.id = place
$$;
COMMENT ON FUNCTION fin.file_days(uuid, text) IS 'How many days files of a purpose are kept in a workspace; 0: for good.';

CREATE FUNCTION fin.store_begin(place uuid, file uuid)
    RETURNS TABLE(state text, size bigint, sha256 text, filename text, media_type text, purpose text, member text, report text, days int, began text)
    LANGUAGE sql VOLATILE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN f.scan_state IN ('held', 'infected') THEN f.scan_state
                WHEN f.storage IS NOT NULL THEN 'stored'
                -- A report that is still to be read from it would only fetch it back.
                WHEN EXISTS (SELECT FROM fin.reports r WHERE r.workspace_id = f.workspace_id AND r.file_id = f.id AND r.status = 'processing'
                               AND r.created_at > now() - interval '1 day') THEN 'awaited'
                ELSE 'here' END,
           f.size, encode(f.sha256, 'hex'), f.filename, f.media_type, f.purpose, coalesce(f.created_by::text, 'nobody'),
           coalesce(f.report_id, (SELECT r.id FROM fin.reports r WHERE r.workspace_id = f.workspace_id AND r.file_id = f.id
                                  ORDER BY r.created_at, r.id LIMIT 1), f.id)::text,
           fin.file_days(f.workspace_id, f.purpose), clock_timestamp()::text
    FROM fin.files f WHERE f.workspace_id = place AND f.id = file
$$;
COMMENT ON FUNCTION fin.store_begin(uuid, uuid) IS 'For workers: what is to be known of a file that goes into the bucket.';

CREATE FUNCTION fin.store_piece(place uuid, file uuid, first int, pieces int) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(c.data, ''::bytea ORDER BY c.no), '') FROM fin.file_chunks c
    WHERE c.workspace_id = place AND c.file_id = file AND c.no >= first AND c.no < first + pieces
$$;
COMMENT ON FUNCTION fin.store_piece(uuid, uuid, int, int) IS 'For workers: consecutive pieces of a file, joined.';

CREATE FUNCTION fin.store_end(place uuid, file uuid, job bigint, token bigint, provider text, key text, began timestamptz) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known fin.files;
BEGIN
    -- The sweeper leaves objects alone that are younger than an hour: an upload that old may have lost its object again.
    IF NOT fin.still_holds(job, token) OR began < clock_timestamp() - interval '45 minutes' THEN
        RETURN 'late';
    END IF;
    -- Against a removal of the same key that is being written down at this moment.
    PERFORM pg_advisory_xact_lock(hashtextextended('pg_fin object ' || provider || ' ' || key, 0));
    SELECT * INTO known FROM fin.files f WHERE f.workspace_id = place AND f.id = file FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'gone';
    END IF;
    IF known.storage IS NOT NULL THEN
        RETURN 'stored';
    END IF;
    -- Put again since, or no longer clean.
    IF known.kept_from > began OR known.scan_state IN ('held', 'infected') THEN
        RETURN 'changed';
    END IF;
    IF EXISTS (SELECT FROM fin.storage_removals r WHERE r.provider = store_end.provider AND r.object_key = key
                 AND (r.ended_at IS NULL OR r.ended_at >= began)) THEN
        RETURN 'removed';
    END IF;
    IF EXISTS (SELECT FROM fin.files f WHERE f.storage = store_end.provider AND f.object_key = key AND f.id <> file) THEN
        RETURN 'taken';
    END IF;
    DELETE FROM fin.file_chunks c WHERE c.workspace_id = place AND c.file_id = file;
    UPDATE fin.files f SET storage = store_end.provider, object_key = key, stored_at = now(), copy_until = NULL, copy_is_whole = false, lost_at = NULL
    WHERE f.workspace_id = place AND f.id = file;
    RETURN 'now';
END $$;
COMMENT ON FUNCTION fin.store_end(uuid, uuid, bigint, bigint, text, text, timestamptz) IS
    'For workers: the object is in the bucket and was checked; the pieces in the database go in the same transaction. Answers now, or why not.';

CREATE FUNCTION fin.fetch_begin(place uuid, file uuid)
    RETURNS TABLE(state text, size bigint, sha256 text, provider text, key text)
    LANGUAGE plpgsql VOLATILE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    -- Pieces that come are safe from whoever clears away for as long as a job may take.
    UPDATE fin.files f SET copy_until = now() + interval '1 hour'
    WHERE f.workspace_id = place AND f.id = file AND f.storage IS NOT NULL;
    RETURN QUERY
    SELECT CASE WHEN f.scan_state IN ('held', 'infected') THEN f.scan_state WHEN f.lost_at IS NOT NULL THEN 'lost'
                WHEN f.storage IS NULL OR (f.copy_is_whole AND f.copy_until > now()) THEN 'here' ELSE 'stored' END,
           f.size, encode(f.sha256, 'hex'), f.storage, f.object_key
    FROM fin.files f WHERE f.workspace_id = place AND f.id = file;
END $$;
COMMENT ON FUNCTION fin.fetch_begin(uuid, uuid) IS 'For workers: where a file lies; a copy that is here stays for another hour.';

CREATE FUNCTION fin.fetch_piece(place uuid, file uuid, key text, first int, content bytea) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    piece CONSTANT int := 1048576;
BEGIN
    PERFORM FROM fin.files f WHERE f.workspace_id = place AND f.id = file AND f.object_key = key FOR SHARE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO fin.file_chunks AS c (workspace_id, file_id, no, data)
    SELECT place, file, first + i, substring(content FROM i * piece + 1 FOR piece)
    FROM generate_series(0, (octet_length(content) + piece - 1) / piece - 1) i
    ON CONFLICT (workspace_id, file_id, no) DO UPDATE SET data = excluded.data;
    RETURN true;
END $$;
COMMENT ON FUNCTION fin.fetch_piece(uuid, uuid, text, int, bytea) IS 'For workers: bytes of an object come back, from this piece on. False: the file has moved on.';

CREATE FUNCTION fin.fetch_end(place uuid, file uuid, key text, keep interval) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE fin.files f SET copy_is_whole = true, copy_until = now() + keep
    WHERE f.workspace_id = place AND f.id = file AND f.object_key = key;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION fin.fetch_end(uuid, uuid, text, interval) IS 'For workers: all bytes of a file are here and have its hash.';

CREATE FUNCTION fin.copies_drop() RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dropped int := 0;
    old     record;
BEGIN
    FOR old IN
        SELECT f.workspace_id, f.id FROM fin.files f
        WHERE f.storage IS NOT NULL AND f.copy_until < now() LIMIT 1000 FOR UPDATE SKIP LOCKED
    LOOP
        DELETE FROM fin.file_chunks c WHERE c.workspace_id = old.workspace_id AND c.file_id = old.id;
        UPDATE fin.files f SET copy_until = NULL, copy_is_whole = false WHERE f.workspace_id = old.workspace_id AND f.id = old.id;
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
COMMENT ON FUNCTION fin.copies_drop() IS 'For workers: fetched bytes whose hour is over go.';

CREATE FUNCTION fin.removal_next(after bigint) RETURNS TABLE(id bigint, provider text, key text, is_needed boolean)
    LANGUAGE plpgsql VOLATILE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    due record;
BEGIN
    SELECT r.id, r.provider, r.object_key INTO due FROM fin.storage_removals r WHERE r.ended_at IS NULL AND r.id > after ORDER BY r.id LIMIT 1;
    IF due.id IS NULL THEN
        RETURN;
    END IF;
    -- From here on no upload of this key that has begun is taken for stored (fin.store_end looks for the row under the same lock).
    PERFORM pg_advisory_xact_lock(hashtextextended('pg_fin object ' || due.provider || ' ' || due.object_key, 0));
    RETURN QUERY SELECT due.id, due.provider, due.object_key,
        NOT EXISTS (SELECT FROM fin.files f WHERE f.storage = due.provider AND f.object_key = due.object_key);
END $$;
COMMENT ON FUNCTION fin.removal_next(bigint) IS 'For workers: the next object that is to leave a bucket; not needed where a file has that key again.';

CREATE FUNCTION fin.removal_end(removal bigint) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE fin.storage_removals r SET ended_at = clock_timestamp() WHERE r.id = removal
$$;
COMMENT ON FUNCTION fin.removal_end(bigint) IS 'For workers: the object is not in the bucket any more.';

-- The sweeper -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.sweep_begin() RETURNS TABLE(owner text, began text)
    LANGUAGE sql VOLATILE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- A restored copy of this database is another: it must not sweep the bucket of the one it was copied from.
    SELECT (SELECT c.system_identifier FROM pg_control_system() c) || '/' || (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()),
           clock_timestamp()::text
$$;
COMMENT ON FUNCTION fin.sweep_begin() IS 'For workers: what this database is called in the mark of its bucket, and the time.';

CREATE FUNCTION fin.sweep_page(provider text, after text, last text, keys text[], changed text[], sizes bigint[], began timestamptz, grace interval)
    RETURNS TABLE(what text, key text, place uuid, file uuid)
    LANGUAGE sql STABLE ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- last null: the list ends here. Keys compare by their bytes, as S3 sorts them.
    WITH listed AS (SELECT u.key, u.at::timestamptz AS at, u.size FROM unnest(keys, changed, sizes) u(key, at, size)),
    known AS (
        SELECT f.object_key COLLATE "C" AS key, f.workspace_id, f.id, f.size, f.lost_at FROM fin.files f
        WHERE f.storage = sweep_page.provider AND f.stored_at < began AND f.object_key COLLATE "C" > sweep_page.after
          AND (sweep_page.last IS NULL OR f.object_key COLLATE "C" <= sweep_page.last))
    SELECT 'orphan', l.key, NULL::uuid, NULL::uuid FROM listed l
    WHERE l.at < began - grace
      AND NOT EXISTS (SELECT FROM fin.files f WHERE f.storage = sweep_page.provider AND f.object_key COLLATE "C" = l.key COLLATE "C")
    UNION ALL
    SELECT 'missing', k.key, k.workspace_id, k.id FROM known k
    WHERE k.lost_at IS NULL AND NOT EXISTS (SELECT FROM listed l WHERE l.key COLLATE "C" = k.key AND l.size = k.size)
$$;
COMMENT ON FUNCTION fin.sweep_page(text, text, text, text[], text[], bigint[], timestamptz, interval) IS
    'For workers: what a page of a bucket''s list and the files do not agree on. missing: not listed, or with another size.';

CREATE FUNCTION fin.sweep_orphan(provider text, key text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('pg_fin object ' || provider || ' ' || key, 0));
    IF EXISTS (SELECT FROM fin.files f WHERE f.storage = sweep_orphan.provider AND f.object_key = key) THEN
        RETURN NULL;
    END IF;
    INSERT INTO fin.storage_removals (provider, object_key) VALUES (sweep_orphan.provider, key) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.sweep_orphan(text, text) IS 'For workers: writes down that an object nobody has is to go. Null: somebody has it now.';

CREATE FUNCTION fin.sweep_missing(place uuid, file uuid, provider text, key text) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known fin.files;
    days  int;
BEGIN
    SELECT * INTO known FROM fin.files f
    WHERE f.workspace_id = place AND f.id = file AND f.storage = sweep_missing.provider AND f.object_key = key AND f.lost_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'gone';
    END IF;
    days := fin.file_days(place, known.purpose);
    IF days > 0 AND known.stored_at < now() - make_interval(days => days) THEN
        -- The bucket's own rule was faster than the retention job.
        DELETE FROM fin.files f WHERE f.workspace_id = place AND f.id = file;
        RETURN 'expired';
    END IF;
    IF known.copy_is_whole AND known.copy_until > now() THEN
        UPDATE fin.files f SET storage = NULL, object_key = NULL, stored_at = NULL, copy_until = NULL, copy_is_whole = false
        WHERE f.workspace_id = place AND f.id = file;
        RETURN 'restored';
    END IF;
    UPDATE fin.files f SET lost_at = now() WHERE f.workspace_id = place AND f.id = file;
    INSERT INTO fin.audit_log (workspace_id, user_id, db_role, action, object, detail)
    VALUES (place, known.created_by, 'fin_worker', 'file_lost', encode(known.sha256, 'hex'), jsonb_build_object('filename', left(known.filename, 1000),
            'storage', provider, 'key', key));
    RETURN 'lost';
END $$;
COMMENT ON FUNCTION fin.sweep_missing(uuid, uuid, text, text) IS
    'For workers: the object of a file is gone. expired: its time was over; restored: a copy is here and is stored again; lost: written down as such.';

CREATE FUNCTION fin.sweep_unstored(after uuid, grace interval) RETURNS TABLE(place uuid, file uuid)
    LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.workspace_id, f.id FROM fin.files f
    WHERE f.storage IS NULL AND f.scan_state IN ('unscanned', 'clean') AND f.kept_from < now() - grace AND f.id > after
    ORDER BY f.id LIMIT 1
$$;
COMMENT ON FUNCTION fin.sweep_unstored(uuid, interval) IS 'For workers: the next file that should be in the bucket and is not.';

CREATE FUNCTION fin.sweep_end() RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM fin.storage_removals r WHERE r.ended_at < now() - interval '1 day'
$$;
COMMENT ON FUNCTION fin.sweep_end() IS 'For workers: removals that are long done are forgotten.';

CREATE FUNCTION fin.is_operator(db_role name) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = db_role AND pg_has_role(r.oid, 'fin_admin', 'MEMBER'))
$$;
COMMENT ON FUNCTION fin.is_operator(name) IS 'Is this role an operator of the installation? A bucket belongs to all workspaces: only they sweep it.';

-- What people do with files -----------------------------------------------------------------------------------------------

CREATE FUNCTION fin.file_link(file_id uuid, seconds int) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    file   fin.files;
    place  record;
    link   text;
BEGIN
    SELECT * INTO file FROM fin.files f WHERE f.id = file_link.file_id AND f.workspace_id = ANY (fin.workspaces_of('viewer'));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'file % not found', coalesce(file_id::text, 'null') USING ERRCODE = 'PT404',
            DETAIL = 'There is no such file in a workspace you are a member of.';
    END IF;
    IF file.storage IS NULL OR file.lost_at IS NOT NULL OR file.scan_state IN ('held', 'infected') THEN
        RETURN NULL;
    END IF;
    SELECT * INTO STRICT place FROM fin.storage_in_use(file.storage);
    EXECUTE format('SELECT %s($1, $2, $3, $4, $5, $6, $7, $8)', fin.own('fin_presign'))
        INTO link USING place.provider, place.base_url, place.settings, place.secret, file.object_key, file.filename, file.media_type, seconds;
    RETURN link;
END $$;
COMMENT ON FUNCTION fin.file_link(uuid, int) IS 'A signed link to a file in a bucket; null for one that is not there. Called by fin_file_link.';

CREATE FUNCTION fin.parsed_keep(file_id uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    report fin.reports;
    rows   jsonb;
BEGIN
    -- Of a very large one the rows are in the database and nowhere else.
    FOR report IN
        SELECT * FROM fin.reports r WHERE r.file_id = parsed_keep.file_id AND r.status = 'completed' AND r.source = 'import' AND r.rows <= 100000
          AND NOT EXISTS (SELECT FROM fin.files f WHERE f.workspace_id = r.workspace_id AND f.report_id = r.id AND f.purpose = 'parsed') ORDER BY r.id
    LOOP
        EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.row_no), ''[]'') FROM %s($1) t', fin.own('fin_transactions')) INTO rows USING report.id;
        RETURN NEXT fin.file_keep('parsed.json', 'application/json', convert_to(jsonb_build_object('report_id', report.id, 'filename', report.filename,
            'currency', report.currency, 'period', jsonb_build_array(report.period_from, report.period_to), 'skipped', report.skipped,
            'plan', report.plan, 'transactions', rows)::text, 'UTF8'), 'parsed', report.id);
    END LOOP;
END $$;
COMMENT ON FUNCTION fin.parsed_keep(uuid) IS 'The rows of the reports of a file, as files of their own: what was read goes into the bucket beside what was uploaded.';

-- Over REST ---------------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.the_file(file_id uuid) RETURNS fin.files
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    file fin.files;
BEGIN
    IF NOT fin.is_hidden('file', file_id::text) THEN
        SELECT * INTO file FROM fin.files f WHERE f.id = file_id;
    END IF;
    IF file.id IS NULL THEN
        RAISE EXCEPTION 'file % not found', coalesce(file_id::text, 'null') USING ERRCODE = 'PT404',
            DETAIL = 'There is no such file in a workspace you are a member of.';
    END IF;
    IF file.scan_state IN ('held', 'infected') THEN
        RAISE EXCEPTION 'file % is %', file_id, CASE file.scan_state WHEN 'held' THEN 'waiting for the virus scanner' ELSE 'infected' END
            USING ERRCODE = 'PT409';
    END IF;
    RETURN file;
END $$;
COMMENT ON FUNCTION fin.the_file(uuid) IS 'A file that the caller sees and may be given.';

CREATE FUNCTION api.get_file(file_id uuid, OUT media_type text, OUT filename text, OUT content bytea)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    file fin.files := fin.the_file(file_id);
BEGIN
    IF NOT fin.is_here(file_id) THEN
        RAISE EXCEPTION 'file % lies in a bucket', file_id USING ERRCODE = 'PT409',
            HINT = format('GET /files/%s/link makes a link to it.', file_id);
    END IF;
    media_type := file.media_type;
    filename := file.filename;
    content := fin.file_get(file_id);
END $$;
COMMENT ON FUNCTION api.get_file(uuid) IS 'A stored file, such as the original of a report. 409 for one that lies in a bucket: ask for a link.';

CREATE FUNCTION api.file_link(file_id uuid, seconds int DEFAULT 300) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    file fin.files := fin.the_file(file_id);
BEGIN
    -- A link goes out of this server; one that asks for a file that is here finds it here.
    RETURN jsonb_build_object('fileId', file.id, 'filename', file.filename, 'mediaType', file.media_type, 'size', file.size,
        'url', coalesce(fin.file_link(file_id, seconds), '/files/' || file.id),
        'expiresAt', CASE WHEN file.storage IS NOT NULL THEN now() + make_interval(secs => seconds) END);
END $$;
COMMENT ON FUNCTION api.file_link(uuid, int) IS 'Where a file can be downloaded: a signed link into the bucket, good for so many seconds, or the address of this API.';

INSERT INTO fin.routes (method, path, function, kind, status, cached, summary) VALUES
    ('GET', '/files/:file_id', 'api.get_file', 'file', 200, false, 'A stored file'),
    ('GET', '/files/:file_id/link', 'api.file_link', 'call', 200, false, 'A link to a stored file');
