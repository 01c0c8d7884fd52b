-- Exports and branding.

-- Branding ----------------------------------------------------------------------------------------------------------------

CREATE TABLE fin.logos (
    workspace_id uuid PRIMARY KEY REFERENCES fin.workspaces ON DELETE CASCADE,
    content      bytea NOT NULL CHECK (octet_length(content) <= 524288),
    media_type   text NOT NULL CHECK (media_type IN ('image/png', 'image/svg+xml')),
    changed_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    changed_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fin.logos IS 'The logo of a workspace''s reports. Not a file of the workspace: those may be removed after some days.';
COMMENT ON COLUMN fin.logos.media_type IS 'What the bytes are, not what their sender called them.';

CREATE FUNCTION fin.check_branding() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.settings ? 'branding' AND (TG_OP = 'INSERT' OR OLD.settings -> 'branding' IS DISTINCT FROM NEW.settings -> 'branding') THEN
        EXECUTE format('SELECT %s($1)', fin.own('fin_check_branding')) USING NEW.settings -> 'branding';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION fin.check_branding() IS 'No branding is kept that a report could not be drawn with.';
CREATE TRIGGER workspaces_branding BEFORE INSERT OR UPDATE OF settings ON fin.workspaces FOR EACH ROW EXECUTE FUNCTION fin.check_branding();

CREATE FUNCTION fin.check_logo() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('SELECT %s($1)', fin.own('fin_check_logo')) INTO NEW.media_type USING NEW.content;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION fin.check_logo() IS 'No logo is kept that is none; its type is what the bytes say.';
CREATE TRIGGER logos_check BEFORE INSERT OR UPDATE ON fin.logos FOR EACH ROW EXECUTE FUNCTION fin.check_logo();

CREATE FUNCTION api.get_branding(workspace_id uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('workspaceId', w.id, 'branding', coalesce(w.settings -> 'branding', '{}'),
        'logo', (SELECT jsonb_build_object('mediaType', l.media_type, 'bytes', octet_length(l.content), 'changedAt', l.changed_at)
                 FROM fin.logos l WHERE l.workspace_id = w.id))
    FROM fin.workspaces w WHERE w.id = fin.the_workspace(get_branding.workspace_id)
$$;
COMMENT ON FUNCTION api.get_branding(uuid) IS 'How the workspace''s reports look: company, title, footer, colours, logo.';

CREATE FUNCTION api.change_branding(branding jsonb, workspace_id uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid := fin.the_workspace(change_branding.workspace_id, 'admin');
BEGIN
    PERFORM api.change_workspace(place, settings => jsonb_build_object('branding', branding));
    RETURN api.get_branding(place);
END $$;
COMMENT ON FUNCTION api.change_branding(jsonb, uuid) IS
    'Sets how the workspace''s reports look: company, title, footer, primary and accent (colours as #17456f), language. Colours that cannot be read on paper are refused.';

CREATE FUNCTION api.upload_logo(upload_id uuid, filename text, media_type text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid := fin.the_workspace(NULL, 'admin');
    file  uuid := fin.upload_take(upload_id, filename, media_type);  -- by itself: what reads it sees what was there before its statement
BEGIN
    INSERT INTO fin.logos AS l (workspace_id, content, media_type) VALUES (place, fin.file_get(file), 'image/png')
    ON CONFLICT ON CONSTRAINT logos_pkey DO UPDATE SET content = excluded.content, changed_by = fin.current_user_id(), changed_at = now();
    RETURN api.get_branding(place);
END $$;
COMMENT ON FUNCTION api.upload_logo(uuid, text, text) IS 'Takes an uploaded PNG or SVG as the logo of the workspace''s reports.';

CREATE FUNCTION api.remove_logo() RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid := fin.the_workspace(NULL, 'admin');
BEGIN
    DELETE FROM fin.logos l WHERE l.workspace_id = place;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION api.remove_logo() IS 'Reports go without a logo again.';

-- Files -------------------------------------------------------------------------------------------------------------------

ALTER TABLE fin.exports
    ADD COLUMN job_id bigint,
    ADD COLUMN file_id uuid,
    ADD COLUMN branding jsonb NOT NULL DEFAULT '{}',
    ADD FOREIGN KEY (workspace_id, file_id) REFERENCES fin.files (workspace_id, id) ON DELETE SET NULL (file_id);
COMMENT ON TABLE fin.exports IS 'Exports that were asked for. A worker makes pdf and xlsx; what has no file is made when it is fetched.';
COMMENT ON COLUMN fin.exports.job_id IS 'The job that makes its file; null: made when it is fetched.';
COMMENT ON COLUMN fin.exports.file_id IS 'Its file, once made. Null again where the workspace does not keep files that long: it is then made when it is fetched.';
COMMENT ON COLUMN fin.exports.branding IS 'What was asked for beyond the workspace''s own branding.';
CREATE INDEX exports_file ON fin.exports (workspace_id, file_id) WHERE file_id IS NOT NULL;

CREATE FUNCTION fin.export_options(report_id uuid, language text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    -- An export shows what people have seen: the latest analysis with its opening balance, currency and rates.
    SELECT coalesce((SELECT a.options FROM fin.analyses a WHERE a.report_id = export_options.report_id ORDER BY a.created_at DESC, a.id LIMIT 1), '{}')
        || CASE WHEN language IS NULL THEN '{}' ELSE jsonb_build_object('language', language) END
$$;
COMMENT ON FUNCTION fin.export_options(uuid, text) IS 'Options of the analysis that exports of a report show.';

CREATE FUNCTION fin.export_request(report fin.reports, branding jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place   fin.workspaces;
    merged  jsonb;
BEGIN
    SELECT * INTO STRICT place FROM fin.workspaces w WHERE w.id = report.workspace_id;
    merged := coalesce(place.settings -> 'branding', '{}') || coalesce(export_request.branding, '{}');
    RETURN jsonb_build_object('document', fin.analysis(report.id, fin.export_options(report.id, merged ->> 'language')), 'branding', merged,
        'workspace', place.name, 'source', coalesce(report.filename, report.relation),
        'created', to_char(report.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        || jsonb_build_object('language', coalesce(merged ->> 'language', place.language));
END $$;
COMMENT ON FUNCTION fin.export_request(fin.reports, jsonb) IS 'What a report is drawn from: its analysis, the workspace''s branding, names and dates.';

CREATE FUNCTION fin.export_content(report_id uuid, format text, content text, branding jsonb DEFAULT '{}') RETURNS bytea
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    report fin.reports := fin.the_report(report_id, 'viewer', true);
    listed jsonb;
    made   bytea;
BEGIN
    -- Keys have scopes, people have not.
    IF NOT coalesce(fin.claim('scopes')::jsonb ? 'export', true) THEN
        RAISE EXCEPTION 'this key may not export' USING ERRCODE = 'insufficient_privilege', HINT = 'It needs the scope export.';
    END IF;
    CASE format
        WHEN 'csv' THEN
            -- The mark by which spreadsheets know UTF-8.
            RETURN '\xefbbbf'::bytea || convert_to(fin.export_csv(report_id, content), 'UTF8');
        WHEN 'json' THEN
            EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object(''amount'', trim_scale(t.amount)) ORDER BY t.row_no), ''[]'') FROM %s($1) t', fin.own('fin_transactions'))
                INTO listed USING report_id;
            RETURN convert_to(jsonb_build_object('report', api.get_report(report_id), 'analysis', fin.camel(fin.analysis(report_id)),
                'transactions', fin.camel(listed))::text, 'UTF8');
        WHEN 'pdf' THEN
            EXECUTE format('SELECT %s($1, $2)', fin.own('fin_draw_report')) INTO made
                USING fin.export_request(report, branding), (SELECT l.content FROM fin.logos l WHERE l.workspace_id = report.workspace_id);
            RETURN made;
        WHEN 'xlsx' THEN
            EXECUTE format('SELECT %s($1, $2)', fin.own('fin_write_workbook')) INTO made USING report_id, fin.export_request(report, branding);
            RETURN made;
    END CASE;
END $$;
COMMENT ON FUNCTION fin.export_content(uuid, text, text, jsonb) IS 'The bytes of an export for a caller who may read the report.';

CREATE FUNCTION fin.export_media_type(format text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE format WHEN 'csv' THEN 'text/csv; charset=utf-8' WHEN 'json' THEN 'application/json' WHEN 'pdf' THEN 'application/pdf'
                       ELSE 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' END
$$;
COMMENT ON FUNCTION fin.export_media_type(text) IS 'The media type of a format.';

-- How a job of an export stands decides how the export does.
CREATE FUNCTION fin.export_status(export fin.exports) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN export.job_id IS NULL OR export.file_id IS NOT NULL THEN 'completed'
        ELSE coalesce((SELECT CASE WHEN j.status IN ('queued', 'running', 'failed') THEN 'processing' WHEN j.status = 'succeeded' THEN 'completed' ELSE 'failed' END
                       FROM api.jobs j WHERE j.id = export.job_id), 'completed') END
$$;
COMMENT ON FUNCTION fin.export_status(fin.exports) IS 'processing, completed or failed.';

CREATE OR REPLACE FUNCTION fin.export_object(export fin.exports) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('exportId', export.id, 'reportId', export.report_id, 'format', export.format, 'content', export.content,
        'status', fin.export_status(export), 'jobId', export.job_id, 'bytes', (SELECT f.size FROM fin.files f WHERE f.id = export.file_id),
        'filename', fin.export_name(export), 'url', '/exports/' || export.id, 'createdAt', export.created_at)
$$;

DROP FUNCTION api.export_report(uuid, text, text);
CREATE FUNCTION api.export_report(report_id uuid, format text DEFAULT 'csv', content text DEFAULT NULL, branding jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    report fin.reports := fin.the_report(report_id, 'viewer', true);
    wanted CONSTANT text := CASE lower(format) WHEN 'excel' THEN 'xlsx' ELSE lower(format) END;
    fresh  CONSTANT uuid := gen_random_uuid();
    made   fin.exports;
BEGIN
    PERFORM fin.is_one_of(wanted, ARRAY['csv', 'json', 'pdf', 'xlsx'], 'format'),
            fin.is_one_of(content, ARRAY['transactions', 'metrics', 'anomalies', 'risks', 'recommendations', 'report'], 'content');
    EXECUTE format('SELECT %s($1)', fin.own('fin_check_branding')) USING branding;
    content := coalesce(content, CASE wanted WHEN 'csv' THEN 'transactions' ELSE 'report' END);
    IF (wanted = 'csv') = (content = 'report') THEN
        RAISE EXCEPTION 'no % of %', wanted, content USING ERRCODE = 'invalid_parameter_value',
            HINT = 'A csv holds transactions, metrics, anomalies, risks or recommendations; every other format the whole report.';
    END IF;
    INSERT INTO fin.exports AS e (id, workspace_id, report_id, format, content, branding, job_id)
    VALUES (fresh, report.workspace_id, report.id, wanted, export_report.content, export_report.branding,
        CASE WHEN wanted IN ('pdf', 'xlsx') AND fin.has_worker()
             THEN fin.enqueue('export_' || wanted, jsonb_build_object('report_id', report.id, 'export_id', fresh)) END) RETURNING e.* INTO made;
    PERFORM fin.audit('export', report.id::text, jsonb_build_object('export', made.id, 'format', wanted, 'content', content));
    RETURN fin.export_object(made);
END $$;
COMMENT ON FUNCTION api.export_report(uuid, text, text, jsonb) IS
    'Asks for an export: pdf or xlsx of the whole report, made by a worker; csv of transactions, metrics, anomalies, risks or recommendations; json of the whole report. url is where its file is.';

CREATE OR REPLACE FUNCTION api.get_export(export_id uuid, OUT media_type text, OUT filename text, OUT content bytea)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    export fin.exports;
BEGIN
    IF NOT fin.is_hidden('export', export_id::text) THEN
        SELECT * INTO export FROM fin.exports e WHERE e.id = export_id;
    END IF;
    IF export.id IS NULL THEN
        RAISE EXCEPTION 'export % not found', export_id USING ERRCODE = 'PT404', DETAIL = 'There is no such export in a workspace you are a member of.';
    END IF;
    IF fin.export_status(export) = 'processing' THEN
        RAISE EXCEPTION 'export % is not made yet', export_id USING ERRCODE = 'PT409', DETAIL = 'A worker makes it.',
            HINT = format('GET /jobs/%s/events tells when it is.', export.job_id);
    END IF;
    filename := fin.export_name(export);
    media_type := fin.export_media_type(export.format);
    IF export.file_id IS NOT NULL AND fin.is_here(export.file_id) AND coalesce(fin.claim('scopes')::jsonb ? 'export', true) THEN
        content := fin.file_get(export.file_id);
    ELSE
        content := fin.export_content(export.report_id, export.format, export.content, export.branding);
    END IF;
END $$;
COMMENT ON FUNCTION api.get_export(uuid) IS 'The file of an export.';

-- What the jobs export_pdf and export_xlsx do: makes the file of an export, and the export where there is none yet.
CREATE FUNCTION fin.export_run(report_id uuid, format text, export_id uuid DEFAULT NULL, branding jsonb DEFAULT '{}') RETURNS uuid
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    report fin.reports := fin.the_report(report_id, 'viewer', true);
    export fin.exports;
BEGIN
    IF export_id IS NULL THEN
        INSERT INTO fin.exports AS e (workspace_id, report_id, format, content, branding)
        VALUES (report.workspace_id, report.id, export_run.format, 'report', export_run.branding) RETURNING e.* INTO export;
        PERFORM fin.audit('export', report.id::text, jsonb_build_object('export', export.id, 'format', format, 'content', 'report'));
    ELSE
        SELECT * INTO export FROM fin.exports e WHERE e.id = export_run.export_id AND e.report_id = report.id AND e.created_by = fin.current_user_id();
        IF NOT FOUND THEN
            RAISE EXCEPTION 'export % of report % not found', export_id, report_id USING ERRCODE = 'no_data_found', DETAIL = 'It is not there, or somebody else asked for it.';
        END IF;
    END IF;
    -- A viewer keeps no files in the workspace: his export is made when he fetches it.
    IF export.file_id IS NULL AND report.workspace_id = ANY (fin.workspaces_of('analyst')) THEN
        UPDATE fin.exports e SET file_id = fin.file_keep(fin.export_name(export), fin.export_media_type(export.format),
            fin.export_content(export.report_id, export.format, export.content, export.branding), 'exported', export.report_id) WHERE e.id = export.id;
    END IF;
    RETURN export.id;
END $$;
COMMENT ON FUNCTION fin.export_run(uuid, text, uuid, jsonb) IS 'Makes the file of an export and keeps it among the workspace''s files. For the jobs export_pdf and export_xlsx.';

CREATE FUNCTION fin.export_mail(export_id uuid, members jsonb) RETURNS int
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    export fin.exports;
    report fin.reports;
    ru     boolean;
    told   int;
BEGIN
    SELECT * INTO export FROM fin.exports e WHERE e.id = export_mail.export_id AND e.created_by = fin.current_user_id();
    IF NOT FOUND OR export.file_id IS NULL THEN
        RAISE EXCEPTION 'export % has no file to mail', export_id USING ERRCODE = 'no_data_found', HINT = 'An analyst''s export has one.';
    END IF;
    report := fin.the_report(export.report_id);
    ru := (SELECT w.language = 'ru' FROM fin.workspaces w WHERE w.id = export.workspace_id);
    -- Nobody but members gets it; [] is the one who asked.
    EXECUTE format($sql$ SELECT count(%s(m.user_id, $1, $2, 'report', 'low', $3, ARRAY[$4]))
        FROM (SELECT DISTINCT x.id::uuid AS user_id FROM jsonb_array_elements_text(CASE $5 WHEN '[]' THEN jsonb_build_array(fin.current_user_id()) ELSE $5 END) x(id)) m $sql$, fin.own('fin_notify'))
        INTO told USING CASE WHEN ru THEN 'Финансовый отчёт: ' ELSE 'Financial report: ' END || coalesce(report.filename, report.relation),
            CASE WHEN ru THEN 'Отчёт приложен к этому письму.' ELSE 'The report is attached to this message.' END, report.id, export.file_id, members;
    RETURN told;
END $$;
COMMENT ON FUNCTION fin.export_mail(uuid, jsonb) IS 'Sends members of the workspace a message that carries the file of an export; members: their ids, [] for the one who asked. Returns how many.';

INSERT INTO fin.routes (method, path, function, kind, status, cached, summary) VALUES
    ('GET', '/branding', 'api.get_branding', 'call', 200, false, 'How reports look'),
    ('PUT', '/branding', 'api.change_branding', 'call', 200, false, 'Change how reports look'),
    ('POST', '/branding/logo', 'api.upload_logo', 'upload', 200, false, 'Upload the logo of reports'),
    ('DELETE', '/branding/logo', 'api.remove_logo', 'call', 204, false, 'Reports without a logo'),
    ('GET', '/reports/:report_id/charts/:name', 'api.report_chart', 'file', 200, false, 'A chart as SVG');

CREATE FUNCTION api.report_chart(report_id uuid, name text, OUT media_type text, OUT filename text, OUT content bytea)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    drawn text;
BEGIN
    PERFORM fin.the_report(report_id, 'viewer', true);
    EXECUTE format('SELECT %s($1, $2, %L)', fin.own('fin_chart'), '{}') INTO drawn USING report_id, name;
    media_type := 'image/svg+xml';
    filename := name || '.svg';
    content := convert_to(drawn, 'UTF8');
END $$;
COMMENT ON FUNCTION api.report_chart(uuid, text) IS 'A chart of a report as SVG, by the names fin_chart knows.';
