-- The product's own API: functions of schema api behind the addresses of fin.routes. They answer in camelCase, run as
-- who asks under row-level security, and say 404 (PT404) of what is foreign as of what is not there.

-- Uploads -----------------------------------------------------------------------------------------------------------------

CREATE UNLOGGED TABLE fin.upload_pieces (
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    user_id      uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    upload_id    uuid NOT NULL,
    no           int NOT NULL CHECK (no >= 1),
    data         bytea NOT NULL CHECK (octet_length(data) <= 1048576),
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (upload_id, no)
);
ALTER TABLE fin.upload_pieces ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE fin.upload_pieces IS 'Content of uploads on its way into fin.file_chunks. Empty but for the moment of an upload.';

-- COPY into a table with row-level security is refused, into a view with this trigger it is not.
CREATE VIEW fin.upload_chunks WITH (security_invoker = true) AS SELECT p.upload_id, p.no, p.data FROM fin.upload_pieces p;
COMMENT ON VIEW fin.upload_chunks IS 'Takes the pieces of an upload by COPY or INSERT: at most 1 MB each, numbered from 1.';

CREATE FUNCTION fin.upload_piece() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO fin.upload_pieces (workspace_id, user_id, upload_id, no, data)
    VALUES (fin.writable_workspace(), fin.current_user_id(), NEW.upload_id, NEW.no, NEW.data);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION fin.upload_piece() IS 'Trigger: keeps a piece of an upload in the name of who sends it. Asks for the right to write at each piece.';
CREATE TRIGGER upload_piece INSTEAD OF INSERT ON fin.upload_chunks FOR EACH ROW EXECUTE FUNCTION fin.upload_piece();

CREATE FUNCTION fin.upload_take(upload_id uuid, filename text, media_type text) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    place  uuid := fin.writable_workspace();
    member uuid := fin.current_user_id();
    -- The name alone: some browsers send the folder too.
    name   text := left(coalesce(nullif(btrim(regexp_replace(upload_take.filename, '^.*[/\\]', '')), ''), 'upload'), 255);
    facts  record;
    kept   record;
    state  text;
BEGIN
    SELECT count(*) AS pieces, min(p.no) AS first, max(p.no) AS last, sum(octet_length(p.data)) AS size,
           sha256(string_agg(p.data, ''::bytea ORDER BY p.no)) AS hash INTO facts
    FROM fin.upload_pieces p WHERE p.upload_id = upload_take.upload_id AND p.user_id = member AND p.workspace_id = place;
    IF facts.pieces = 0 OR facts.size = 0 THEN
        RAISE EXCEPTION 'the upload is empty' USING ERRCODE = 'invalid_parameter_value', HINT = 'Send the file as the body, or as the part "file" of a form.';
    END IF;
    IF facts.first <> 1 OR facts.last <> facts.pieces THEN
        RAISE EXCEPTION 'the upload has % pieces, numbered % to %', facts.pieces, facts.first, facts.last USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pieces are numbered from 1 without gaps.';
    END IF;
    -- Before the row: what is infected leaves none in this transaction.
    state := fin.scanned(name, upload_take.media_type,
        (SELECT string_agg(p.data, ''::bytea ORDER BY p.no) FROM fin.upload_pieces p
         WHERE p.upload_id = upload_take.upload_id AND p.user_id = member AND p.workspace_id = place));
    SELECT * INTO kept FROM fin.file_row(place, facts.hash, facts.size, name, upload_take.media_type, 'original', NULL, state);
    IF kept.is_empty THEN
        INSERT INTO fin.file_chunks (workspace_id, file_id, no, data)
        SELECT place, kept.id, p.no, p.data FROM fin.upload_pieces p WHERE p.upload_id = upload_take.upload_id AND p.user_id = member AND p.workspace_id = place;
    END IF;
    -- And what uploads that broke off may have left.
    DELETE FROM fin.upload_pieces p WHERE (p.upload_id, p.no) IN (
        SELECT o.upload_id, o.no FROM fin.upload_pieces o
        WHERE o.upload_id = upload_take.upload_id OR o.at < now() - interval '1 hour' FOR UPDATE SKIP LOCKED);
    PERFORM fin.file_jobs(kept.id, state);
    RETURN kept.id;
END $$;
COMMENT ON FUNCTION fin.upload_take(uuid, text, text) IS
    'Turns the pieces of an upload into a file of the caller''s workspace. The same bytes again give the same file.';

-- What the functions share ------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.own(name text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place text := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_fin');
BEGIN
    IF place IS NULL THEN
        RAISE EXCEPTION 'the extension pg_fin is not installed in this database' USING ERRCODE = 'undefined_object', HINT = 'CREATE EXTENSION pg_fin;';
    END IF;
    RETURN format('%I.%I', place, name);
END $$;
COMMENT ON FUNCTION fin.own(text) IS 'A function of the extension with its schema, for EXECUTE: what is made here must not depend on where the extension is.';

CREATE FUNCTION fin.camel(document jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    spelled jsonb;
BEGIN
    EXECUTE format('SELECT %s($1)', fin.own('fin_camel_case')) INTO spelled USING document;
    RETURN spelled;
END $$;
COMMENT ON FUNCTION fin.camel(jsonb) IS 'A document as the product''s API spells it.';

CREATE FUNCTION fin.is_one_of(value text, choices text[], what text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT value = ANY (choices) THEN
        RAISE EXCEPTION 'unknown % %', what, quote_literal(value) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'One of ' || array_to_string(choices, ', ') || '.';
    END IF;
END $$;
COMMENT ON FUNCTION fin.is_one_of(text, text[], text) IS 'Refuses a value that is none of the choices. NULL passes: it was not given.';

CREATE FUNCTION fin.is_page(at_most int, skipped int) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF at_most IS NULL OR at_most NOT BETWEEN 1 AND 1000 OR skipped IS NULL OR skipped < 0 THEN
        RAISE EXCEPTION 'limit % and offset % are no page', coalesce(at_most::text, 'null'), coalesce(skipped::text, 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'limit is 1 to 1000, offset 0 or more.';
    END IF;
END $$;
COMMENT ON FUNCTION fin.is_page(int, int) IS 'Refuses a limit or an offset that makes no page.';

CREATE FUNCTION fin.needs_role(workspace_id uuid, min_role text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF row_security_active('fin.reports') AND NOT workspace_id = ANY (fin.workspaces_of(min_role)) THEN
        RAISE EXCEPTION 'your role in the workspace is %, this needs % or higher', fin.role_in(workspace_id), min_role
            USING ERRCODE = 'insufficient_privilege', HINT = 'An admin of the workspace can change your role.';
    END IF;
END $$;
COMMENT ON FUNCTION fin.needs_role(uuid, text) IS 'Refuses who has a lower role in this workspace.';

-- Row-level security asks for the caller's workspaces only where a row was found, so it takes longer to find a foreign row
-- than to find none. Here both are asked for first, and what is foreign is looked at no longer than what is not there.
CREATE FUNCTION fin.is_foreign(what text, id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine  uuid[] := fin.workspaces_of('viewer');
    place uuid;
BEGIN
    CASE what
        WHEN 'report' THEN SELECT r.workspace_id INTO place FROM fin.reports r WHERE r.id = is_foreign.id::uuid;
        WHEN 'export' THEN SELECT e.workspace_id INTO place FROM fin.exports e WHERE e.id = is_foreign.id::uuid;
        WHEN 'file' THEN SELECT f.workspace_id INTO place FROM fin.files f WHERE f.id = is_foreign.id::uuid;
        WHEN 'job' THEN SELECT j.workspace_id INTO place FROM fin.jobs j WHERE j.id = is_foreign.id::bigint;
        WHEN 'feedback' THEN SELECT f.workspace_id INTO place FROM fin.feedback f WHERE f.id = is_foreign.id::uuid;
        WHEN 'dismissal' THEN SELECT d.workspace_id INTO place FROM fin.dismissals d WHERE d.id = is_foreign.id::uuid;
        WHEN 'schedule' THEN SELECT s.workspace_id INTO place FROM fin.schedules s WHERE s.id = is_foreign.id::bigint;
    END CASE;
    RETURN NOT coalesce(place = ANY (mine), false);
END $$;
COMMENT ON FUNCTION fin.is_foreign(text, text) IS
    'Is there no report, export, file, job, feedback, dismissal or schedule of this id in a workspace of the caller? Takes as long where it is another''s as where there is none.';

CREATE FUNCTION fin.is_hidden(what text, id text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN row_security_active('fin.reports') AND NOT fin.is_admin() THEN fin.is_foreign(what, id) ELSE false END
$$;
COMMENT ON FUNCTION fin.is_hidden(text, text) IS 'fin.is_foreign for members; operators and superusers see more.';

CREATE FUNCTION fin.the_report(report_id uuid, min_role text DEFAULT 'viewer', is_ready boolean DEFAULT false) RETURNS fin.reports
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    report fin.reports;
BEGIN
    IF NOT fin.is_hidden('report', report_id::text) THEN
        SELECT * INTO report FROM fin.reports r WHERE r.id = the_report.report_id;
    END IF;
    IF report.id IS NULL THEN
        RAISE EXCEPTION 'report % not found', coalesce(report_id::text, 'null') USING ERRCODE = 'PT404',
            DETAIL = 'There is no such report in a workspace you are a member of.';
    END IF;
    PERFORM fin.needs_role(report.workspace_id, min_role);
    IF is_ready AND report.status <> 'completed' THEN
        RAISE EXCEPTION 'report % is %', report_id, report.status USING ERRCODE = 'PT409',
            DETAIL = coalesce(report.error, 'Its import has not completed.'), HINT = format('GET /reports/%s/events tells when it has.', report_id);
    END IF;
    RETURN report;
END $$;
COMMENT ON FUNCTION fin.the_report(uuid, text, boolean) IS 'A report for a caller with this role at least; is_ready asks for one that is completed.';

CREATE FUNCTION fin.the_workspace(workspace_id uuid DEFAULT NULL, min_role text DEFAULT 'viewer') RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid[] := fin.workspaces_of('viewer');
    meant uuid := coalesce(the_workspace.workspace_id, fin.claim('ws')::uuid, nullif(current_setting('pg_fin.workspace', true), '')::uuid,
                           CASE cardinality(mine) WHEN 1 THEN mine[1] END);
BEGIN
    IF meant IS NULL AND cardinality(mine) > 1 THEN
        RAISE EXCEPTION 'you are a member of % workspaces, none is chosen', cardinality(mine) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Name one as workspaceId, or choose one by POST /auth/workspace.';
    END IF;
    IF meant IS NULL OR NOT meant = ANY (mine) THEN
        RAISE EXCEPTION 'workspace % not found', coalesce(meant::text, '') USING ERRCODE = 'PT404', DETAIL = 'You are no member of it.';
    END IF;
    PERFORM fin.needs_role(meant, min_role);
    RETURN meant;
END $$;
COMMENT ON FUNCTION fin.the_workspace(uuid, text) IS 'The workspace that is named, else the chosen one, else the only one, for a caller with this role at least.';

CREATE FUNCTION fin.report_object(report fin.reports) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('id', report.id, 'workspaceId', report.workspace_id, 'source', report.source, 'filename', report.filename,
        'fileId', report.file_id, 'status', report.status, 'error', report.error, 'periodFrom', report.period_from, 'periodTo', report.period_to,
        'currency', report.currency, 'rows', report.rows, 'skipped', report.skipped, 'openingBalance', trim_scale(report.opening_balance),
        'relation', report.relation, 'createdBy', report.created_by, 'createdAt', report.created_at, 'completedAt', report.completed_at)
$$;
COMMENT ON FUNCTION fin.report_object(fin.reports) IS 'A report as the product''s API shows it.';

CREATE FUNCTION fin.has_worker() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_one boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %s() w WHERE w.role = ''worker'' AND w.database = current_database())', fin.own('fin_workers')) INTO found_one;
    RETURN found_one;
END $$;
COMMENT ON FUNCTION fin.has_worker() IS 'Does a background worker look after this database''s queue at this moment?';

CREATE FUNCTION fin.enqueue(kind text, payload jsonb) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    EXECUTE format('SELECT %s($1, $2, NULL::text, now())', fin.own('fin_enqueue')) INTO made USING kind, payload;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.enqueue(text, jsonb) IS 'fin_enqueue for the functions of schema api.';

CREATE FUNCTION fin.analysis(report_id uuid, options jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    document jsonb;
BEGIN
    PERFORM fin.the_report(report_id, 'viewer', true);
    EXECUTE format('SELECT %s($1, $2)', fin.own('fin_analysis')) INTO document USING report_id, options;
    RETURN document;
END $$;
COMMENT ON FUNCTION fin.analysis(uuid, jsonb) IS 'fin_analysis of a report that the caller may read, for the functions of schema api.';

-- Reports -----------------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.report_of_file(file_id uuid, filename text, options jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place  uuid := fin.writable_workspace();
    key    text;
    report fin.reports;
    job    bigint;
    words  text;
    detail text;
BEGIN
    EXECUTE format('SELECT %s(encode(f.sha256, ''hex''), $2) FROM fin.files f WHERE f.id = $1', fin.own('fin_import_key')) INTO key USING file_id, options;
    -- Of two at once the second finds the first's.
    PERFORM pg_advisory_xact_lock(hashtextextended('pg_fin import ' || place || key, 0));
    IF options ->> 'duplicate' IS DISTINCT FROM 'new' THEN
        SELECT * INTO report FROM fin.reports r
        WHERE r.workspace_id = place AND r.import_key = key AND r.status IN ('processing', 'completed') ORDER BY r.created_at, r.id LIMIT 1;
        IF FOUND THEN
            PERFORM set_config('response.status', '200', true);
            RETURN jsonb_build_object('reportId', report.id, 'status', report.status, 'duplicate', true);
        END IF;
    END IF;
    INSERT INTO fin.reports (workspace_id, source, filename, file_id, status, import_key, options)
    VALUES (place, 'import', report_of_file.filename, report_of_file.file_id, 'processing', key, report_of_file.options - 'duplicate') RETURNING * INTO report;
    -- One whose bytes are not here waits: for the scanner, or for the bucket.
    IF fin.has_worker() OR NOT fin.is_here(file_id) THEN
        job := fin.enqueue('analyze_report', jsonb_build_object('report_id', report.id));
        RETURN jsonb_build_object('reportId', report.id, 'status', 'processing', 'jobId', job);
    END IF;
    BEGIN
        EXECUTE format('SELECT %s($1)', fin.own('fin_import_waiting')) USING report.id;
        EXECUTE format('SELECT %s($1, $2)', fin.own('fin_analyze')) USING report.id, jsonb '{}';
    EXCEPTION WHEN OTHERS THEN
        -- What may pass by itself is the caller's to try again.
        IF left(SQLSTATE, 2) IN ('40', '53', '57', '58', 'XX') THEN
            RAISE;
        END IF;
        GET STACKED DIAGNOSTICS words = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
        UPDATE fin.reports r SET status = 'failed', error = words || coalesce(': ' || nullif(detail, ''), ''), completed_at = clock_timestamp()
            WHERE r.id = report.id;
    END;
    SELECT * INTO report FROM fin.reports r WHERE r.id = report.id;
    PERFORM set_config('response.status', '201', true);
    RETURN jsonb_strip_nulls(jsonb_build_object('reportId', report.id, 'status', report.status, 'error', report.error));
END $$;
COMMENT ON FUNCTION fin.report_of_file(uuid, text, jsonb) IS
    'A report of a stored file: made at once with status processing and read by a worker, or read before the answer where no worker runs.';

CREATE FUNCTION fin.rows_as_csv(rows jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fields CONSTANT text[] := ARRAY['date', 'amount', 'currency', 'category', 'counterparty', 'account', 'description', 'balance'];
    used   text[];
    wrong  text;
    csv    text;
BEGIN
    IF jsonb_typeof(rows) <> 'array' OR jsonb_array_length(rows) NOT BETWEEN 1 AND 100000
       OR EXISTS (SELECT FROM jsonb_array_elements(rows) r WHERE jsonb_typeof(r) <> 'object') THEN
        RAISE EXCEPTION 'rows is no array of 1 to 100000 objects' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'For example [{"date": "2024-01-31", "amount": -12.5, "category": "Rent"}].';
    END IF;
    SELECT array_agg(DISTINCT k) INTO used FROM jsonb_array_elements(rows) r, jsonb_object_keys(r) k;
    SELECT k INTO wrong FROM unnest(used) k WHERE NOT k = ANY (fields) ORDER BY 1 LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'unknown field % of a row', quote_literal(wrong) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Fields are ' || array_to_string(fields, ', ') || '.';
    END IF;
    used := ARRAY(SELECT f FROM unnest(fields) WITH ORDINALITY x(f, n) WHERE f = ANY (used) OR n <= 2 ORDER BY n);
    SELECT array_to_string(used, ',') || E'\n' || string_agg((
               SELECT string_agg('"' || replace(coalesce(r.value ->> f, ''), '"', '""') || '"', ',' ORDER BY n) FROM unnest(used) WITH ORDINALITY x(f, n)),
                   E'\n' ORDER BY r.ordinality) || E'\n'
    INTO csv FROM jsonb_array_elements(rows) WITH ORDINALITY r;
    RETURN csv;
END $$;
COMMENT ON FUNCTION fin.rows_as_csv(jsonb) IS 'Transactions given as JSON, as the file that the importer reads.';

CREATE FUNCTION api.create_report(filename text DEFAULT NULL, content text DEFAULT NULL, rows jsonb DEFAULT NULL, relation text DEFAULT NULL,
                                  mapping jsonb DEFAULT '{}', options jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name  text := coalesce(nullif(btrim(filename), ''), CASE WHEN rows IS NULL THEN 'report.csv' ELSE 'rows.csv' END);
    named regclass;
    made  uuid;
BEGIN
    IF num_nonnulls(content, rows, relation) <> 1 THEN
        RAISE EXCEPTION 'a report is made of one of content, rows and relation' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'content: the text of a CSV file; rows: transactions as JSON; relation: a table or view to attach. Files go to POST /reports/upload.';
    END IF;
    IF relation IS NULL THEN
        IF rows IS NOT NULL THEN
            options := jsonb '{"delimiter": ",", "decimal": ".", "header_row": 1}' || options;
        END IF;
        RETURN fin.report_of_file(fin.file_put(name, 'text/csv', convert_to(coalesce(content, fin.rows_as_csv(rows)), 'UTF8')), name, options);
    END IF;
    PERFORM fin.writable_workspace();
    named := to_regclass(relation);
    -- What the server and pg_fin keep for themselves is nobody's ledger.
    IF named IS NULL OR NOT has_table_privilege(named, 'SELECT')
       OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE c.oid = named AND (n.nspname LIKE 'pg\_%' OR n.nspname IN ('information_schema', 'fin', 'api'))) THEN
        RAISE EXCEPTION 'relation % not found', quote_literal(relation) USING ERRCODE = 'PT404', DETAIL = 'There is none of this name that you may read.',
            HINT = 'Name it with its schema, for example "bank.entries".';
    END IF;
    EXECUTE format('SELECT %s($1, $2)', fin.own('fin_attach')) INTO made USING named, mapping;
    PERFORM set_config('response.status', '201', true);
    RETURN jsonb_build_object('reportId', made, 'status', 'completed');
END $$;
COMMENT ON FUNCTION api.create_report(text, text, jsonb, text, jsonb, jsonb) IS
    'Makes a report of the text of a CSV file (content), of transactions as JSON (rows), or of a table or view that stays where it is (relation, mapping).';

CREATE FUNCTION api.upload_report(upload_id uuid, filename text, media_type text DEFAULT NULL, options jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    file uuid := fin.upload_take(upload_id, filename, media_type);
BEGIN
    -- Beside a file, in a form or in the query, everything is text.
    IF jsonb_typeof(options) = 'string' THEN
        options := (options #>> '{}')::jsonb;
    END IF;
    -- Under the name of this upload, which may be another than that of the same bytes before.
    RETURN fin.report_of_file(file, left(coalesce(nullif(btrim(regexp_replace(filename, '^.*[/\\]', '')), ''), 'upload'), 255), options);
END $$;
COMMENT ON FUNCTION api.upload_report(uuid, text, text, jsonb) IS
    'Makes a report of an uploaded file; options are those of fin_import. Answers at once with status processing where a background worker runs, else when it is done.';

CREATE FUNCTION api.list_reports("limit" int DEFAULT 50, "offset" int DEFAULT 0, status text DEFAULT NULL, search text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer jsonb;
BEGIN
    PERFORM fin.is_page("limit", "offset"), fin.is_one_of(list_reports.status, ARRAY['processing', 'completed', 'failed'], 'status');
    WITH found_ones AS (
        SELECT r FROM fin.reports r
        WHERE (list_reports.status IS NULL OR r.status = list_reports.status)
          AND (search IS NULL OR position(lower(search) IN lower(coalesce(r.filename, r.relation))) > 0)
    ), page AS (
        SELECT f.r FROM found_ones f ORDER BY (f.r).created_at DESC, (f.r).id LIMIT list_reports."limit" OFFSET list_reports."offset")
    SELECT jsonb_build_object('reports', (SELECT coalesce(jsonb_agg(fin.report_object(p.r) ORDER BY (p.r).created_at DESC, (p.r).id), '[]') FROM page p),
                              'total', (SELECT count(*) FROM found_ones)) INTO answer;
    RETURN answer;
END $$;
COMMENT ON FUNCTION api.list_reports(int, int, text, text) IS 'Reports of the caller''s workspace, newest first, a page at a time; search looks into their names.';

CREATE FUNCTION api.get_report(report_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT fin.report_object(r) || jsonb_build_object('options', r.options, 'plan', fin.camel(r.plan), 'mapping', r.mapping) FROM fin.the_report(report_id) r
$$;
COMMENT ON FUNCTION api.get_report(uuid) IS 'A report: its status, what was read and how.';

CREATE FUNCTION api.change_report(report_id uuid, filename text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    report fin.reports := fin.the_report(report_id, 'analyst');
BEGIN
    IF nullif(btrim(filename), '') IS NULL OR length(filename) > 255 THEN
        RAISE EXCEPTION 'a name has 1 to 255 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE fin.reports r SET filename = btrim(change_report.filename) WHERE r.id = report.id RETURNING * INTO report;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'report % is not yours to change', report_id USING ERRCODE = 'insufficient_privilege',
            DETAIL = 'An analyst changes own reports, an admin any of the workspace.';
    END IF;
    RETURN fin.report_object(report);
END $$;
COMMENT ON FUNCTION api.change_report(uuid, text) IS 'Gives a report another name.';

CREATE FUNCTION api.remove_report(report_id uuid) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM fin.the_report(report_id, 'analyst');
    EXECUTE format('SELECT %s($1)', fin.own('fin_import_undo')) USING report_id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION api.remove_report(uuid) IS 'Takes a report back with its transactions and analyses. Of an attached table only the report goes.';

-- Analyses ----------------------------------------------------------------------------------------------------------------

CREATE FUNCTION api.analyze_report(report_id uuid, options jsonb DEFAULT '{}', background boolean DEFAULT false) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    document jsonb;
BEGIN
    PERFORM fin.the_report(report_id, 'analyst', true);
    IF background THEN
        PERFORM set_config('response.status', '202', true);
        RETURN jsonb_build_object('reportId', report_id, 'status', 'queued',
            'jobId', fin.enqueue('analyze_report', jsonb_build_object('report_id', report_id, 'options', options)));
    END IF;
    EXECUTE format('SELECT %s($1, $2)', fin.own('fin_analyze')) INTO document USING report_id, options;
    RETURN fin.camel(document);
END $$;
COMMENT ON FUNCTION api.analyze_report(uuid, jsonb, boolean) IS
    'Analyses a report and stores the document. Options are those of fin_analyze; background queues a job instead and answers with its number.';

CREATE FUNCTION api.report_analysis(report_id uuid, language text DEFAULT NULL, currency text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT fin.camel(fin.analysis(report_id, jsonb_strip_nulls(jsonb_build_object('language', language, 'currency', currency))))
$$;
COMMENT ON FUNCTION api.report_analysis(uuid, text, text) IS 'The analysis of a report: the stored document, or what it would be.';

CREATE FUNCTION api.report_metrics(report_id uuid, metric text DEFAULT NULL, period text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('reportId', report_id, 'metrics', fin.camel(coalesce(
        jsonb_agg(jsonb_build_object('metric', m.key) || p.value ORDER BY m.key, p.ordinality), '[]')))
    FROM jsonb_each(fin.analysis(report_id) -> 'metrics') m, jsonb_array_elements(m.value -> 'periods') WITH ORDINALITY p
    WHERE (report_metrics.metric IS NULL OR m.key = report_metrics.metric) AND (report_metrics.period IS NULL OR p.value ->> 'period' = report_metrics.period)
$$;
COMMENT ON FUNCTION api.report_metrics(uuid, text, text) IS 'Every metric of a report for every period (all, T3, T6, T12, P12, YYYY-MM), or one of them.';

CREATE FUNCTION api.report_anomalies(report_id uuid, severity text DEFAULT NULL, kind text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    listed jsonb := fin.analysis(report_id) -> 'anomalies';
BEGIN
    PERFORM fin.is_one_of(severity, ARRAY['low', 'medium', 'high', 'critical'], 'severity');
    RETURN jsonb_build_object('reportId', report_id, 'anomalies', fin.camel((
        SELECT coalesce(jsonb_agg(a.value ORDER BY a.ordinality), '[]') FROM jsonb_array_elements(listed) WITH ORDINALITY a
        WHERE (severity IS NULL OR a.value ->> 'severity' = severity) AND (kind IS NULL OR a.value ->> 'kind' = kind))));
END $$;
COMMENT ON FUNCTION api.report_anomalies(uuid, text, text) IS 'What is not as it should be in a report, most severe first.';

CREATE FUNCTION api.report_risks(report_id uuid, severity text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    listed jsonb := fin.analysis(report_id) -> 'risks';
BEGIN
    PERFORM fin.is_one_of(severity, ARRAY['low', 'medium', 'high', 'critical'], 'severity');
    RETURN jsonb_build_object('reportId', report_id, 'risks', fin.camel((
        SELECT coalesce(jsonb_agg(r.value ORDER BY r.ordinality), '[]') FROM jsonb_array_elements(listed) WITH ORDINALITY r
        WHERE severity IS NULL OR r.value ->> 'severity' = severity)));
END $$;
COMMENT ON FUNCTION api.report_risks(uuid, text) IS 'Risks of a report with the numbers used, most severe first; low ones are a watch list.';

CREATE FUNCTION api.report_recommendations(report_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('reportId', report_id, 'recommendations', fin.camel(fin.analysis(report_id) -> 'recommendations'))
$$;
COMMENT ON FUNCTION api.report_recommendations(uuid) IS 'What to do, with its effect in money a month.';

CREATE FUNCTION api.report_drivers(report_id uuid, metric text DEFAULT 'net_profit', from_month text DEFAULT NULL, to_month text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_one date;
    first_one date;
    rows jsonb;
BEGIN
    PERFORM fin.the_report(report_id, 'viewer', true), fin.is_month(from_month), fin.is_month(to_month);
    -- By default the last complete month against the one before.
    last_one := (coalesce(to_month, left(fin.analysis(report_id) #>> '{period,last_complete_month}', 7)) || '-01')::date;
    first_one := coalesce((from_month || '-01')::date, (last_one - interval '1 month')::date);
    IF last_one IS NULL THEN
        RAISE EXCEPTION 'report % has no complete month', report_id USING ERRCODE = 'PT409', HINT = 'Name the months: fromMonth and toMonth.';
    END IF;
    EXECUTE format('SELECT coalesce(jsonb_agg(jsonb_build_object(''driver'', d.driver, ''member'', d.member, ''delta'', trim_scale(d.delta)) ORDER BY d.no), ''[]'')
                    FROM %s($1, $2, $3, $4) WITH ORDINALITY AS d(driver, member, delta, no)', fin.own('fin_drivers'))
        INTO rows USING report_id, metric, first_one, last_one;
    RETURN jsonb_build_object('reportId', report_id, 'metric', metric, 'fromMonth', to_char(first_one, 'YYYY-MM'), 'toMonth', to_char(last_one, 'YYYY-MM'),
        'change', (SELECT coalesce(trim_scale(sum((d ->> 'delta')::numeric)), 0) FROM jsonb_array_elements(rows) d), 'drivers', rows);
END $$;
COMMENT ON FUNCTION api.report_drivers(uuid, text, text, text) IS
    'What the change of a metric between two months is made of; the rows sum to the change. By default the last complete month against the one before.';

CREATE FUNCTION fin.is_month(month text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF month !~ '^[0-9]{4}-(0[1-9]|1[0-2])$' THEN
        RAISE EXCEPTION '% is no month', quote_literal(month) USING ERRCODE = 'invalid_parameter_value', HINT = 'For example 2024-03.';
    END IF;
END $$;
COMMENT ON FUNCTION fin.is_month(text) IS 'Refuses a text that is no month such as 2024-03. NULL passes: it was not given.';

CREATE FUNCTION api.report_transactions(report_id uuid, month text DEFAULT NULL, date_from date DEFAULT NULL, date_to date DEFAULT NULL,
                                        category text DEFAULT NULL, kind text DEFAULT NULL, counterparty text DEFAULT NULL, account text DEFAULT NULL,
                                        currency text DEFAULT NULL, min_amount numeric DEFAULT NULL, max_amount numeric DEFAULT NULL, search text DEFAULT NULL,
                                        sort text DEFAULT 'rowNo', "limit" int DEFAULT 100, "offset" int DEFAULT 0) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fields CONSTANT jsonb := '{"rowNo": "row_no", "bookedOn": "booked_on", "amount": "amount", "category": "category", "kind": "kind", "counterparty": "counterparty"}';
    by_field text := fields ->> ltrim(sort, '-');
    downward text := CASE WHEN left(sort, 1) = '-' THEN 'DESC NULLS LAST' ELSE 'ASC NULLS LAST' END;
    answer jsonb;
BEGIN
    PERFORM fin.the_report(report_id, 'viewer', true), fin.is_page("limit", "offset"), fin.is_month(month);
    IF by_field IS NULL THEN
        RAISE EXCEPTION 'unknown sort %', quote_literal(sort) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'One of ' || (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(fields) k) || '; a minus in front turns it round.';
    END IF;
    IF month IS NOT NULL THEN
        date_from := greatest(date_from, (month || '-01')::date);
        date_to := least(date_to, ((month || '-01')::date + interval '1 month - 1 day')::date);
    END IF;
    -- An empty category or counterparty asks for rows without one.
    EXECUTE format($sql$
        WITH found_ones AS MATERIALIZED (
            SELECT t.* FROM %1$s($1) t
            WHERE ($2 IS NULL OR t.booked_on >= $2) AND ($3 IS NULL OR t.booked_on <= $3)
              AND ($4 IS NULL OR coalesce(t.category, '') = $4) AND ($5 IS NULL OR t.kind = $5) AND ($6 IS NULL OR coalesce(t.counterparty, '') = $6)
              AND ($7 IS NULL OR coalesce(t.account, '') = $7) AND ($8 IS NULL OR t.currency = $8)
              AND ($9 IS NULL OR t.amount >= $9) AND ($10 IS NULL OR t.amount <= $10)
              AND ($11 IS NULL OR position(lower($11) IN lower(concat_ws(E'\n', t.counterparty, t.description, t.category, t.account))) > 0)
        ), page AS (
            SELECT f.*, row_number() OVER (ORDER BY f.%2$I %3$s, f.row_no) AS place FROM found_ones f ORDER BY place LIMIT $12 OFFSET $13)
        SELECT jsonb_build_object(
            'transactions', (SELECT coalesce(jsonb_agg(jsonb_build_object('rowNo', p.row_no, 'bookedOn', p.booked_on, 'amount', trim_scale(p.amount), 'currency', p.currency,
                'category', p.category, 'kind', p.kind, 'counterparty', p.counterparty, 'account', p.account, 'description', p.description) ORDER BY p.place), '[]') FROM page p),
            'total', count(*), 'income', coalesce(trim_scale(sum(f.amount) FILTER (WHERE f.amount > 0)), 0),
            'expenses', coalesce(trim_scale(sum(f.amount) FILTER (WHERE f.amount < 0)), 0)) FROM found_ones f
        $sql$, fin.own('fin_transactions'), by_field, downward)
    INTO answer USING report_id, date_from, date_to, category, kind, counterparty, account, currency, min_amount, max_amount, nullif(search, ''), "limit", "offset";
    RETURN answer;
END $$;
COMMENT ON FUNCTION api.report_transactions(uuid, text, date, date, text, text, text, text, text, numeric, numeric, text, text, int, int) IS
    'Transactions of a report, filtered, sorted and by pages; total, income and expenses are of all that were found. search looks into counterparty, description, category and account.';

CREATE FUNCTION api.forecast_report(report_id uuid, horizon int DEFAULT 6, options jsonb DEFAULT '{}', background boolean DEFAULT false) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    series jsonb;
BEGIN
    PERFORM fin.the_report(report_id, 'analyst', true);
    IF background THEN
        PERFORM set_config('response.status', '202', true);
        RETURN jsonb_build_object('reportId', report_id, 'status', 'queued', 'jobId',
            fin.enqueue('generate_forecast', jsonb_build_object('report_id', report_id, 'horizon', horizon, 'options', options)));
    END IF;
    EXECUTE format('SELECT jsonb_object_agg(s.series, s.points) FROM (SELECT f.series, jsonb_agg(to_jsonb(f) - ''series'' || jsonb_build_object(''month'', to_char(f.month, ''YYYY-MM'')) ORDER BY f.month) AS points
                    FROM %s($1, $2, $3) f GROUP BY f.series) s', fin.own('fin_forecast')) INTO series USING report_id, horizon, options;
    RETURN jsonb_build_object('reportId', report_id, 'horizon', horizon, 'forecast', fin.camel(series));
END $$;
COMMENT ON FUNCTION api.forecast_report(uuid, int, jsonb, boolean) IS
    'Revenue, expenses, profit and cash of the next months. Options are those of fin_forecast; background queues a job whose result it will be.';

CREATE FUNCTION api.report_forecast(report_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('reportId', report_id, 'forecast', fin.camel(fin.analysis(report_id) -> 'forecast'))
$$;
COMMENT ON FUNCTION api.report_forecast(uuid) IS 'The forecast of the analysis: six months and the runway.';

-- Exports -----------------------------------------------------------------------------------------------------------------

CREATE TABLE fin.exports (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL,
    report_id    uuid NOT NULL,
    format       text NOT NULL CHECK (format IN ('csv', 'json', 'pdf', 'xlsx')),
    content      text NOT NULL CHECK (content IN ('transactions', 'metrics', 'anomalies', 'risks', 'recommendations', 'report')),
    created_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX exports_report ON fin.exports (workspace_id, report_id);
COMMENT ON TABLE fin.exports IS 'Exports that were asked for. Their bytes are made when they are fetched.';
COMMENT ON COLUMN fin.exports.content IS 'What a CSV file holds; report: all of it, for the other formats.';

CREATE FUNCTION fin.csv_cell(value text, is_text boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    -- A spreadsheet would run what begins with one of these; the mark in front makes it a text. Numbers keep their sign.
    SELECT CASE WHEN safe ~ '[",\n\r]' THEN '"' || replace(safe, '"', '""') || '"' ELSE safe END
    FROM (SELECT CASE WHEN is_text AND value ~ '^\s*[=+@-]|^[\t\r\n]' THEN '''' || value ELSE coalesce(value, '') END) c(safe)
$$;
COMMENT ON FUNCTION fin.csv_cell(text, boolean) IS 'A cell of a CSV file that no spreadsheet takes for a formula.';

CREATE FUNCTION fin.export_csv(report_id uuid, content text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' AS $$
DECLARE
    -- Columns in the words of SQL; a plus: a number or a date, whose sign is its own.
    columns CONSTANT jsonb := '{
        "transactions": "row_no+ booked_on+ amount+ currency category kind counterparty account description",
        "metrics": "metric period value+ unit status reason n+",
        "anomalies": "row_no+ booked_on+ amount+ category counterparty kind score+ severity expected+ reason",
        "risks": "code severity score+ title impact+",
        "recommendations": "priority action effect_monthly+ lever risk_code"}';
    names   text[] := string_to_array(columns ->> content, ' ');
    line    text := (SELECT string_agg(format('fin.csv_cell(t.%I::text, %L)', rtrim(c, '+'), right(c, 1) <> '+'), ' || '','' || ' ORDER BY n)
                     FROM unnest(names) WITH ORDINALITY x(c, n));
    csv     text;
BEGIN
    EXECUTE format('SELECT string_agg(%s, E''\r\n'' ORDER BY t.ordinality) FROM %s($1) WITH ORDINALITY t', line, fin.own('fin_' || content))
        INTO csv USING report_id;
    RETURN replace(array_to_string(names, ','), '+', '') || E'\r\n' || coalesce(csv || E'\r\n', '');
END $$;
COMMENT ON FUNCTION fin.export_csv(uuid, text) IS 'Transactions or findings of a report as a CSV file.';

CREATE FUNCTION fin.export_name(export fin.exports) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(nullif(regexp_replace(regexp_replace(coalesce(r.filename, r.relation), '\.[^.]{1,5}$', ''), '[[:cntrl:]"/\\:*?<>|]+', '_', 'g'), ''), 'report')
           || CASE export.content WHEN 'report' THEN '' ELSE '-' || export.content END || '.' || export.format
    FROM fin.reports r WHERE r.id = export.report_id
$$;
COMMENT ON FUNCTION fin.export_name(fin.exports) IS 'The name of an export''s file.';

CREATE FUNCTION fin.export_object(export fin.exports) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('exportId', export.id, 'reportId', export.report_id, 'format', export.format, 'content', export.content, 'status', 'completed',
        'filename', fin.export_name(export), 'url', '/exports/' || export.id, 'createdAt', export.created_at)
$$;
COMMENT ON FUNCTION fin.export_object(fin.exports) IS 'An export as the product''s API shows it.';

CREATE FUNCTION api.export_report(report_id uuid, format text DEFAULT 'csv', content text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    report fin.reports := fin.the_report(report_id, 'viewer', true);
    made   fin.exports;
BEGIN
    PERFORM fin.is_one_of(format, ARRAY['csv', 'json', 'pdf', 'xlsx'], 'format'),
            fin.is_one_of(content, ARRAY['transactions', 'metrics', 'anomalies', 'risks', 'recommendations', 'report'], 'content');
    IF format IN ('pdf', 'xlsx') AND to_regprocedure(fin.own('fin_export') || '(uuid, text, jsonb)') IS NULL THEN
        RAISE EXCEPTION 'this installation does not export as %', format USING ERRCODE = 'feature_not_supported', HINT = 'It exports csv and json.';
    END IF;
    content := coalesce(content, CASE format WHEN 'csv' THEN 'transactions' ELSE 'report' END);
    IF (format = 'csv') = (content = 'report') THEN
        RAISE EXCEPTION 'no % of %', format, content USING ERRCODE = 'invalid_parameter_value',
            HINT = 'A csv holds transactions, metrics, anomalies, risks or recommendations; every other format the whole report.';
    END IF;
    INSERT INTO fin.exports AS e (workspace_id, report_id, format, content)
    VALUES (report.workspace_id, report.id, export_report.format, export_report.content) RETURNING e.* INTO made;
    PERFORM fin.audit('export', report.id::text, jsonb_build_object('export', made.id, 'format', format, 'content', content));
    RETURN fin.export_object(made);
END $$;
COMMENT ON FUNCTION api.export_report(uuid, text, text) IS
    'Asks for an export: csv of transactions, metrics, anomalies, risks or recommendations, or json of the whole report. url is where its file is.';

CREATE FUNCTION api.list_exports(report_id uuid DEFAULT NULL, "limit" int DEFAULT 50, "offset" int DEFAULT 0) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer jsonb;
BEGIN
    PERFORM fin.is_page("limit", "offset");
    IF report_id IS NOT NULL THEN
        PERFORM fin.the_report(report_id);
    END IF;
    SELECT jsonb_build_object('exports', coalesce(jsonb_agg(fin.export_object(p.e) ORDER BY (p.e).created_at DESC, (p.e).id), '[]'),
        'total', (SELECT count(*) FROM fin.exports e WHERE list_exports.report_id IS NULL OR e.report_id = list_exports.report_id)) INTO answer
    FROM (SELECT e FROM fin.exports e WHERE list_exports.report_id IS NULL OR e.report_id = list_exports.report_id
          ORDER BY e.created_at DESC, e.id LIMIT list_exports."limit" OFFSET list_exports."offset") p;
    RETURN answer;
END $$;
COMMENT ON FUNCTION api.list_exports(uuid, int, int) IS 'Exports of the workspace or of a report, newest first, a page at a time.';

CREATE FUNCTION api.get_export(export_id uuid, OUT media_type text, OUT filename text, OUT content bytea)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    export fin.exports;
    listed jsonb;
BEGIN
    IF NOT fin.is_hidden('export', export_id::text) THEN
        SELECT * INTO export FROM fin.exports e WHERE e.id = export_id;
    END IF;
    IF export.id IS NULL THEN
        RAISE EXCEPTION 'export % not found', export_id USING ERRCODE = 'PT404', DETAIL = 'There is no such export in a workspace you are a member of.';
    END IF;
    PERFORM fin.the_report(export.report_id, 'viewer', true);
    -- Keys have scopes, people have not.
    IF NOT coalesce(fin.claim('scopes')::jsonb ? 'export', true) THEN
        RAISE EXCEPTION 'this key may not export' USING ERRCODE = 'insufficient_privilege', HINT = 'It needs the scope export.';
    END IF;
    filename := fin.export_name(export);
    CASE export.format
        WHEN 'csv' THEN
            media_type := 'text/csv; charset=utf-8';
            -- The mark by which spreadsheets know UTF-8.
            content := '\xefbbbf'::bytea || convert_to(fin.export_csv(export.report_id, export.content), 'UTF8');
        WHEN 'json' THEN
            media_type := 'application/json';
            EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object(''amount'', trim_scale(t.amount)) ORDER BY t.row_no), ''[]'') FROM %s($1) t', fin.own('fin_transactions'))
                INTO listed USING export.report_id;
            content := convert_to(jsonb_build_object('report', api.get_report(export.report_id), 'analysis', fin.camel(fin.analysis(export.report_id)),
                'transactions', fin.camel(listed))::text, 'UTF8');
        ELSE
            media_type := CASE export.format WHEN 'pdf' THEN 'application/pdf' ELSE 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' END;
            EXECUTE format('SELECT %s($1, $2, $3)', fin.own('fin_export')) INTO content USING export.report_id, export.format, jsonb '{}';
    END CASE;
END $$;
COMMENT ON FUNCTION api.get_export(uuid) IS 'The file of an export.';

-- Addresses ---------------------------------------------------------------------------------------------------------------

INSERT INTO fin.routes (method, path, function, kind, status, cached, summary) VALUES
    ('GET', '/reports', 'api.list_reports', 'call', 200, false, 'Reports, newest first'),
    ('POST', '/reports', 'api.create_report', 'call', 202, false, 'A report of CSV text, of rows or of a table'),
    ('POST', '/reports/upload', 'api.upload_report', 'upload', 202, false, 'A report of an uploaded file'),
    ('GET', '/reports/:report_id', 'api.get_report', 'call', 200, false, 'One report'),
    ('PATCH', '/reports/:report_id', 'api.change_report', 'call', 200, false, 'Rename a report'),
    ('DELETE', '/reports/:report_id', 'api.remove_report', 'call', 204, false, 'Take a report back'),
    ('POST', '/analyze', 'api.analyze_report', 'call', 200, false, 'Analyse a report'),
    ('POST', '/reports/:report_id/analyze', 'api.analyze_report', 'call', 200, false, 'Analyse a report'),
    ('GET', '/reports/:report_id/analysis', 'api.report_analysis', 'call', 200, true, 'The analysis'),
    ('GET', '/reports/:report_id/metrics', 'api.report_metrics', 'call', 200, true, 'Metrics by period'),
    ('GET', '/reports/:report_id/anomalies', 'api.report_anomalies', 'call', 200, true, 'What is not as it should be'),
    ('GET', '/reports/:report_id/risks', 'api.report_risks', 'call', 200, true, 'Risks'),
    ('GET', '/reports/:report_id/recommendations', 'api.report_recommendations', 'call', 200, true, 'What to do'),
    ('GET', '/reports/:report_id/drivers', 'api.report_drivers', 'call', 200, true, 'What a change is made of'),
    ('GET', '/reports/:report_id/transactions', 'api.report_transactions', 'call', 200, true, 'Transactions: filter, search, sort, page'),
    ('GET', '/reports/:report_id/forecast', 'api.report_forecast', 'call', 200, true, 'The forecast of the analysis'),
    ('POST', '/reports/:report_id/forecast', 'api.forecast_report', 'call', 200, false, 'A forecast with options'),
    ('POST', '/reports/:report_id/export', 'api.export_report', 'call', 201, false, 'Ask for an export'),
    ('POST', '/export', 'api.export_report', 'call', 201, false, 'Ask for an export'),
    ('GET', '/exports', 'api.list_exports', 'call', 200, false, 'Exports, newest first'),
    ('GET', '/exports/:export_id', 'api.get_export', 'file', 200, false, 'The file of an export');
