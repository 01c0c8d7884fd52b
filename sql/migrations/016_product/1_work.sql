-- Part of 016_product.sql: the dashboard, verdicts on findings, jobs and their progress, schedules, members and workspaces.

-- Dashboard ---------------------------------------------------------------------------------------------------------------

CREATE FUNCTION api.dashboard(report_id uuid DEFAULT NULL, workspace_id uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    place    uuid;
    report   fin.reports;
    document jsonb;
BEGIN
    IF dashboard.report_id IS NULL THEN
        place := fin.the_workspace(dashboard.workspace_id);
        SELECT * INTO report FROM fin.reports r WHERE r.workspace_id = place AND r.status = 'completed' ORDER BY r.created_at DESC, r.id LIMIT 1;
    ELSE
        report := fin.the_report(dashboard.report_id, 'viewer', true);
        place := report.workspace_id;
    END IF;
    IF report.id IS NOT NULL THEN
        document := fin.analysis(report.id);
    END IF;
    RETURN jsonb_build_object(
        'workspace', (SELECT jsonb_build_object('id', w.id, 'name', w.name, 'plan', w.plan, 'language', w.language, 'role', fin.role_in(w.id)) FROM fin.workspaces w WHERE w.id = place),
        'reports', (SELECT jsonb_build_object('total', count(*), 'processing', count(*) FILTER (WHERE r.status = 'processing'),
                        'completed', count(*) FILTER (WHERE r.status = 'completed'), 'failed', count(*) FILTER (WHERE r.status = 'failed')) FROM fin.reports r WHERE r.workspace_id = place),
        'recentReports', (SELECT coalesce(jsonb_agg(fin.report_object(o.r) ORDER BY (o.r).created_at DESC, (o.r).id), '[]')
                          FROM (SELECT r FROM fin.reports r WHERE r.workspace_id = place ORDER BY r.created_at DESC, r.id LIMIT 5) o),
        'jobs', (SELECT jsonb_build_object('queued', count(*) FILTER (WHERE j.status IN ('queued', 'failed')), 'running', count(*) FILTER (WHERE j.status = 'running'),
                     'dead', count(*) FILTER (WHERE j.status = 'dead')) FROM api.jobs j WHERE j.workspace_id = place),
        'unreadNotifications', (SELECT count(*) FROM fin.notifications n WHERE n.workspace_id = place AND n.read_at IS NULL),
        'report', CASE WHEN report.id IS NOT NULL THEN fin.report_object(report) END,
        'metrics', document #> '{dashboard,metrics}', 'charts', fin.camel(document #> '{dashboard,charts}'), 'topRisks', fin.camel(document #> '{dashboard,topRisks}'),
        'anomalies', (SELECT jsonb_object_agg(s.severity, s.n) FROM (
            SELECT v.severity, count(a) AS n FROM unnest('{critical,high,medium,low}'::text[]) v(severity)
            LEFT JOIN jsonb_array_elements(document -> 'anomalies') a ON a ->> 'severity' = v.severity GROUP BY v.severity) s),
        'recommendations', (SELECT coalesce(jsonb_agg(fin.camel(x.value) ORDER BY x.ordinality), '[]')
                            FROM jsonb_array_elements(document -> 'recommendations') WITH ORDINALITY x WHERE x.ordinality <= 3),
        'summary', document #>> '{summary,text}', 'confidence', document -> 'confidence');
END $$;
COMMENT ON FUNCTION api.dashboard(uuid, uuid) IS 'What a member sees first: how the workspace stands, and the figures of its newest completed report or of the one that is named.';

-- Verdicts ----------------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.finding_given(finding jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    meant jsonb;
BEGIN
    IF jsonb_typeof(finding) = 'string' THEN
        EXECUTE format('SELECT %s($1)', fin.own('fin_finding')) INTO meant USING finding #>> '{}';
        RETURN meant;
    END IF;
    -- A finding as this API lists it is spelled its way.
    IF jsonb_typeof(finding) = 'object' THEN
        SELECT jsonb_object_agg(coalesce(('{"rowNo": "row_no", "bookedOn": "booked_on", "riskCode": "risk_code", "atStake": "at_stake", "effectMonthly": "effect_monthly"}'::jsonb) ->> f.key, f.key), f.value)
        INTO meant FROM jsonb_each(finding) f;
    END IF;
    RETURN coalesce(meant, finding);
END $$;
COMMENT ON FUNCTION fin.finding_given(jsonb) IS 'A finding as fin_feedback and fin_dismiss take it, of a text such as "risk:liquidity" or of an object of this API.';

-- What people say changes what the analysis depends on. A worker makes the new one, so that readers find it stored.
CREATE FUNCTION fin.refresh_analysis(report_id uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM fin.analyses a WHERE a.report_id = refresh_analysis.report_id) THEN
        EXECUTE format('SELECT %s($1, $2, $3)', fin.own('fin_enqueue_once'))
            USING 'analyze_report', jsonb_build_object('report_id', report_id), report_id::text;
    END IF;
END $$;
COMMENT ON FUNCTION fin.refresh_analysis(uuid) IS
    'Queues the analysis of a report that was analysed before, unless it waits already.';

CREATE FUNCTION api.give_feedback(report_id uuid, finding jsonb, verdict text, comment text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made uuid;
BEGIN
    PERFORM fin.the_report(report_id, 'analyst', true);
    EXECUTE format('SELECT %s($1, $2, $3, $4)', fin.own('fin_feedback')) INTO made USING report_id, fin.finding_given(finding), verdict, comment;
    PERFORM fin.refresh_analysis(report_id);
    RETURN jsonb_build_object('feedbackId', made, 'reportId', report_id, 'verdict', verdict);
EXCEPTION WHEN no_data_found THEN
    RAISE EXCEPTION '%', SQLERRM USING ERRCODE = 'PT404';
END $$;
COMMENT ON FUNCTION api.give_feedback(uuid, jsonb, text, text) IS 'A verdict on a finding: right, wrong, missed or done. finding is a text such as "anomaly:duplicate:17" or a finding as it is listed.';

CREATE FUNCTION api.list_feedback(report_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('feedback', coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'reportId', f.report_id, 'subject', f.subject, 'code', f.code,
        'rowNo', f.row_no,
        'key', f.key, 'verdict', f.verdict, 'comment', f.comment, 'createdBy', f.created_by, 'createdAt', f.created_at) ORDER BY f.created_at DESC, f.id) FILTER (WHERE f.id IS NOT NULL), '[]'))
    FROM fin.the_report(report_id) r LEFT JOIN fin.feedback f ON f.workspace_id = r.workspace_id AND f.report_id = r.id
$$;
COMMENT ON FUNCTION api.list_feedback(uuid) IS 'Verdicts on the findings of a report, newest first.';

CREATE FUNCTION api.remove_feedback(feedback_id uuid) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    about uuid;
BEGIN
    IF fin.is_hidden('feedback', feedback_id::text) THEN
        PERFORM fin.is_not_mine('feedback', feedback_id::text, false);
    END IF;
    DELETE FROM fin.feedback f WHERE f.id = feedback_id RETURNING f.report_id INTO about;
    IF NOT FOUND THEN
        PERFORM fin.is_not_mine('feedback', feedback_id::text, EXISTS (SELECT FROM fin.feedback f WHERE f.id = feedback_id));
    END IF;
    PERFORM fin.refresh_analysis(about);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION api.remove_feedback(uuid) IS 'Takes a verdict back: one''s own, or as an admin any.';

CREATE FUNCTION fin.is_not_mine(what text, id text, is_seen boolean) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF is_seen THEN
        RAISE EXCEPTION '% % is not yours to change', what, id USING ERRCODE = 'insufficient_privilege',
            HINT = 'Analysts change what they made, admins of the workspace what anybody did.';
    END IF;
    RAISE EXCEPTION '% % not found', what, id USING ERRCODE = 'PT404', DETAIL = 'There is none in a workspace you are a member of.';
END $$;
COMMENT ON FUNCTION fin.is_not_mine(text, text, boolean) IS 'Says why nothing was changed: no right where the caller sees it, else not found.';

CREATE FUNCTION api.dismiss_finding(report_id uuid, finding jsonb, reason text DEFAULT NULL, until date DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made uuid;
BEGIN
    PERFORM fin.the_report(report_id, 'analyst', true);
    EXECUTE format('SELECT %s($1, $2, $3, $4)', fin.own('fin_dismiss')) INTO made USING report_id, fin.finding_given(finding), reason, until;
    PERFORM fin.refresh_analysis(report_id);
    RETURN jsonb_build_object('dismissalId', made, 'reportId', report_id, 'until', until);
EXCEPTION WHEN no_data_found THEN
    RAISE EXCEPTION '%', SQLERRM USING ERRCODE = 'PT404';
END $$;
COMMENT ON FUNCTION api.dismiss_finding(uuid, jsonb, text, date) IS 'Puts a finding aside, for good or until a date: it is not listed again.';

CREATE FUNCTION api.list_dismissals(report_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('dismissals', coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'reportId', d.report_id, 'subject', d.subject, 'code', d.code,
        'rowNo', d.row_no,
        'key', d.key, 'reason', d.reason, 'until', d.until, 'createdBy', d.created_by, 'createdAt', d.created_at) ORDER BY d.created_at DESC, d.id) FILTER (WHERE d.id IS NOT NULL), '[]'))
    FROM fin.the_report(report_id) r LEFT JOIN fin.dismissals d ON d.workspace_id = r.workspace_id AND d.report_id = r.id
$$;
COMMENT ON FUNCTION api.list_dismissals(uuid) IS 'Findings of a report that were put aside, newest first.';

CREATE FUNCTION api.remove_dismissal(dismissal_id uuid) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    about uuid;
BEGIN
    IF fin.is_hidden('dismissal', dismissal_id::text) THEN
        PERFORM fin.is_not_mine('dismissal', dismissal_id::text, false);
    END IF;
    DELETE FROM fin.dismissals d WHERE d.id = dismissal_id RETURNING d.report_id INTO about;
    IF NOT FOUND THEN
        PERFORM fin.is_not_mine('dismissal', dismissal_id::text, EXISTS (SELECT FROM fin.dismissals d WHERE d.id = dismissal_id));
    END IF;
    PERFORM fin.refresh_analysis(about);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION api.remove_dismissal(uuid) IS 'Lists a finding again that was put aside.';

-- Jobs and progress -------------------------------------------------------------------------------------------------------

CREATE INDEX jobs_report ON fin.jobs ((payload ->> 'report_id'), id) WHERE payload ? 'report_id';

CREATE FUNCTION fin.job_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- An upload whose job has ended without reading it waits for nobody any more.
    IF NEW.kind = 'analyze_report' AND NEW.status IN ('dead', 'cancelled') AND NEW.payload ? 'report_id' THEN
        UPDATE fin.reports r SET status = 'failed', error = coalesce(NEW.error, 'the import was ' || NEW.status), completed_at = clock_timestamp()
        WHERE r.workspace_id = NEW.workspace_id AND r.id = (NEW.payload ->> 'report_id')::uuid AND r.status = 'processing';
    END IF;
    -- Ids and words for a status only: every session of the database may listen.
    PERFORM pg_notify('fin_job_' || NEW.id, jsonb_build_object('id', NEW.id, 'status', NEW.status)::text);
    IF NEW.payload ? 'report_id' THEN
        PERFORM pg_notify('fin_report_' || (NEW.payload ->> 'report_id'),
            jsonb_build_object('id', NEW.payload ->> 'report_id', 'job', NEW.id, 'status', NEW.status)::text);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.job_changed() IS 'Trigger: tells who follows a job or its report, and ends the report of an upload whose job will not be tried again.';
-- Jobs of kind noop measure the queue itself.
CREATE TRIGGER job_changed AFTER UPDATE OF status, progress ON fin.jobs FOR EACH ROW
    WHEN (NEW.kind <> 'noop' AND (OLD.status IS DISTINCT FROM NEW.status OR OLD.progress IS DISTINCT FROM NEW.progress)) EXECUTE FUNCTION fin.job_changed();

CREATE FUNCTION fin.report_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('fin_report_' || NEW.id, jsonb_build_object('id', NEW.id, 'status', NEW.status)::text);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.report_changed() IS 'Trigger: tells who follows a report.';
CREATE TRIGGER report_changed AFTER UPDATE OF status ON fin.reports FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION fin.report_changed();

CREATE FUNCTION fin.the_job(job_id bigint) RETURNS api.jobs
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job api.jobs;
BEGIN
    IF NOT fin.is_hidden('job', job_id::text) THEN
        SELECT * INTO job FROM api.jobs j WHERE j.id = job_id;
    END IF;
    IF job.id IS NULL THEN
        RAISE EXCEPTION 'job % not found', coalesce(job_id::text, 'null') USING ERRCODE = 'PT404',
            DETAIL = 'There is no such job in a workspace you are a member of; finished ones are kept 7 days.';
    END IF;
    RETURN job;
END $$;
COMMENT ON FUNCTION fin.the_job(bigint) IS 'A job that the caller sees.';

CREATE FUNCTION fin.job_object(job api.jobs) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('id', job.id, 'workspaceId', job.workspace_id, 'kind', job.kind, 'reportId', job.payload ->> 'report_id', 'status', job.status,
        'priority', job.priority,
        'attempts', job.attempts, 'progress', job.progress, 'error', job.error, 'runAt', job.run_at, 'createdAt', job.created_at, 'finishedAt', job.finished_at)
$$;
COMMENT ON FUNCTION fin.job_object(api.jobs) IS 'A job as the product''s API shows it.';

CREATE FUNCTION api.list_jobs(status text DEFAULT NULL, kind text DEFAULT NULL, report_id uuid DEFAULT NULL, "limit" int DEFAULT 50,
    "offset" int DEFAULT 0) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer jsonb;
BEGIN
    PERFORM fin.is_page("limit", "offset"), fin.is_one_of(list_jobs.status, ARRAY['queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled'], 'status');
    WITH found_ones AS (
        SELECT j FROM api.jobs j WHERE (list_jobs.status IS NULL OR j.status = list_jobs.status) AND (list_jobs.kind IS NULL OR j.kind = list_jobs.kind)
                                   AND (list_jobs.report_id IS NULL OR j.payload ->> 'report_id' = list_jobs.report_id::text)
    ), page AS (SELECT f.j FROM found_ones f ORDER BY (f.j).id DESC LIMIT list_jobs."limit" OFFSET list_jobs."offset")
    SELECT jsonb_build_object('jobs', (SELECT coalesce(jsonb_agg(fin.job_object(p.j) ORDER BY (p.j).id DESC), '[]') FROM page p),
                              'total', (SELECT count(*) FROM found_ones)) INTO answer;
    RETURN answer;
END $$;
COMMENT ON FUNCTION api.list_jobs(text, text, uuid, int, int) IS 'Jobs of the workspace, newest first, a page at a time. failed ones will be tried again, dead ones will not.';

CREATE FUNCTION api.get_job(job_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT fin.job_object(j) || jsonb_build_object('result', fin.camel(j.result), 'history', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('attempt', a.attempt, 'startedAt', a.started_at, 'endedAt', a.ended_at, 'outcome', a.outcome,
            'error', a.error) ORDER BY a.attempt), '[]')
        FROM fin.job_attempts a WHERE a.job_id = j.id))
    FROM fin.the_job(job_id) j
$$;
COMMENT ON FUNCTION api.get_job(bigint) IS 'A job with its result and every attempt.';

CREATE FUNCTION api.cancel_job(job_id bigint) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    state text;
BEGIN
    PERFORM fin.the_job(job_id);
    EXECUTE format('SELECT %s($1)', fin.own('fin_cancel_job')) INTO state USING job_id;
    RETURN jsonb_build_object('id', job_id, 'status', state);
END $$;
COMMENT ON FUNCTION api.cancel_job(bigint) IS 'Cancels a job that waits; a running one is asked to stop (status running) and soon has.';

CREATE FUNCTION api.requeue_job(job_id bigint) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM fin.the_job(job_id);
    EXECUTE format('SELECT %s($1)', fin.own('fin_requeue')) USING job_id;
    RETURN jsonb_build_object('id', job_id, 'status', 'queued');
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    RAISE EXCEPTION '%', SQLERRM USING ERRCODE = 'PT409';
END $$;
COMMENT ON FUNCTION api.requeue_job(bigint) IS 'Queues a dead or cancelled job again.';

CREATE FUNCTION api.job_events(job_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('channel', 'fin_job_' || j.id, 'state', jsonb_build_object('id', j.id, 'kind', j.kind, 'reportId', j.payload ->> 'report_id',
        'status', j.status,
        'progress', j.progress, 'error', j.error, 'done', j.status IN ('succeeded', 'dead', 'cancelled')))
    FROM fin.the_job(job_id) j
$$;
COMMENT ON FUNCTION api.job_events(bigint) IS 'How far a job is, and the channel that tells when that changes.';

CREATE FUNCTION api.report_events(report_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    report fin.reports := fin.the_report(report_id);
    job    api.jobs;
BEGIN
    SELECT * INTO job FROM api.jobs j WHERE j.payload ? 'report_id' AND j.payload ->> 'report_id' = report_events.report_id::text
        AND j.kind = 'analyze_report' ORDER BY j.id DESC LIMIT 1;
    RETURN jsonb_build_object('channel', 'fin_report_' || report.id, 'state', jsonb_build_object('id', report.id, 'status', report.status,
        'error', coalesce(report.error, job.error), 'rows', report.rows,
        'analyzed', EXISTS (SELECT FROM fin.analyses a WHERE a.workspace_id = report.workspace_id AND a.report_id = report.id),
        'job', CASE WHEN job.id IS NOT NULL THEN jsonb_build_object('id', job.id, 'status', job.status, 'progress', job.progress) END,
        'done', report.status = 'failed' OR (report.status = 'completed' AND (job.id IS NULL OR job.status IN ('succeeded', 'dead', 'cancelled')))));
END $$;
COMMENT ON FUNCTION api.report_events(uuid) IS 'How far the import and the analysis of a report are, and the channel that tells when that changes.';

-- Schedules ---------------------------------------------------------------------------------------------------------------

CREATE TABLE fin.schedules (
    id           bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    kind         text NOT NULL REFERENCES fin.job_kinds,
    payload      jsonb NOT NULL,
    cron         text NOT NULL,
    user_id      uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    db_role      name NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_run_at  timestamptz,
    last_job_id  bigint,
    error        text
);
CREATE INDEX schedules_workspace ON fin.schedules (workspace_id);
COMMENT ON TABLE fin.schedules IS 'Jobs that are queued again and again, in the name of who made the schedule.';
COMMENT ON COLUMN fin.schedules.cron IS 'Minute, hour, day of the month, month, day of the week, in GMT.';
COMMENT ON COLUMN fin.schedules.error IS 'Why the last time nothing was queued.';

CREATE TABLE fin.schedule_clock (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    ticked_at timestamptz NOT NULL
);
COMMENT ON TABLE fin.schedule_clock IS 'When fin.schedules_run was last called: without somebody who calls it each minute no schedule is taken.';

CREATE FUNCTION fin.cron_field(field text, low int, high int) RETURNS int[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part   text;
    bounds text[];
    first  int;
    last   int;
    chosen int[] := '{}';
BEGIN
    FOREACH part IN ARRAY string_to_array(field, ',') LOOP
        bounds := regexp_match(part, '^(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?$');
        first := coalesce(bounds[1]::int, low);
        last := CASE WHEN bounds[2] IS NOT NULL THEN bounds[2]::int WHEN bounds[1] IS NULL OR bounds[3] IS NOT NULL THEN high ELSE first END;
        IF bounds IS NULL OR first < low OR last > high OR first > last OR bounds[3]::int = 0 THEN
            RAISE EXCEPTION '% in a schedule is none of *, a, a-b, */n of % to %', quote_literal(part), low, high USING ERRCODE = 'invalid_parameter_value',
                HINT = 'Every Monday at 6:30 GMT is "30 6 * * 1".';
        END IF;
        chosen := chosen || ARRAY(SELECT generate_series(first, last, coalesce(bounds[3]::int, 1)));
    END LOOP;
    RETURN chosen;
END $$;
COMMENT ON FUNCTION fin.cron_field(text, int, int) IS 'The numbers that a field of a cron line stands for.';

CREATE FUNCTION fin.cron_is_due(cron text, minute timestamptz) RETURNS boolean
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    field text[] := regexp_split_to_array(btrim(cron), '\s+');
    at    timestamp := minute AT TIME ZONE 'UTC';
    clock boolean[];
    day   boolean;
    week  boolean;
BEGIN
    IF cardinality(field) <> 5 THEN
        RAISE EXCEPTION 'a schedule has five fields: minute, hour, day of the month, month, day of the week' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given was %s.', quote_literal(cron)), HINT = 'Every Monday at 6:30 GMT is "30 6 * * 1".';
    END IF;
    -- All fields are read before any counts, so that a wrong one is found whatever the minute.
    day := extract(day FROM at)::int = ANY (fin.cron_field(field[3], 1, 31));
    week := extract(dow FROM at)::int = ANY (ARRAY(SELECT d % 7 FROM unnest(fin.cron_field(field[5], 0, 7)) d));
    clock := ARRAY[extract(minute FROM at)::int = ANY (fin.cron_field(field[1], 0, 59)), extract(hour FROM at)::int = ANY (fin.cron_field(field[2], 0, 23)),
                   extract(month FROM at)::int = ANY (fin.cron_field(field[4], 1, 12))];
    -- As cron does: where both days are restricted either will do.
    RETURN true = ALL (clock) AND CASE WHEN left(field[3], 1) = '*' OR left(field[5], 1) = '*' THEN day AND week ELSE day OR week END;
END $$;
COMMENT ON FUNCTION fin.cron_is_due(text, timestamptz) IS 'Does a cron line (in GMT) name this minute? Refuses a line that is none.';

CREATE FUNCTION fin.schedules_run(minute timestamptz DEFAULT now()) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due    fin.schedules;
    made   bigint;
    queued int := 0;
BEGIN
    minute := date_trunc('minute', minute);
    INSERT INTO fin.schedule_clock AS c (ticked_at) VALUES (now()) ON CONFLICT ON CONSTRAINT schedule_clock_pkey DO UPDATE SET ticked_at = excluded.ticked_at;
    FOR due IN
        SELECT * FROM fin.schedules s WHERE fin.cron_is_due(s.cron, minute) AND coalesce(s.last_run_at < minute, true) ORDER BY s.id FOR UPDATE SKIP LOCKED
    LOOP
        -- Asked again when the job starts; asked here so that nothing piles up for somebody who left.
        INSERT INTO fin.jobs (workspace_id, kind, payload, priority, user_id, db_role, run_at, rank_at, holds_worker, lane)
        SELECT due.workspace_id, k.kind, due.payload, k.priority, due.user_id, due.db_role, now(), fin.job_rank(now(), k.priority, w.plan), k.holds_worker,
               k.kind || ':' || (due.payload ->> k.lane_key)
        FROM fin.job_kinds k, fin.workspaces w, fin.memberships m, fin.users u
        WHERE k.kind = due.kind AND w.id = due.workspace_id AND m.workspace_id = w.id AND m.user_id = due.user_id AND m.role = ANY (fin.roles_from(k.min_role))
          AND u.id = m.user_id AND u.disabled_at IS NULL AND to_regrole(quote_ident(due.db_role)) IS NOT NULL
        RETURNING id INTO made;
        queued := queued + (made IS NOT NULL)::int;
        UPDATE fin.schedules s SET last_run_at = minute, last_job_id = coalesce(made, s.last_job_id),
            error = CASE WHEN made IS NULL THEN 'who made the schedule may not do so any more' END WHERE s.id = due.id;
        made := NULL;
    END LOOP;
    IF queued > 0 THEN
        EXECUTE format('SELECT %s()', fin.own('fin_wake_workers'));
    END IF;
    RETURN queued;
END $$;
COMMENT ON FUNCTION fin.schedules_run(timestamptz) IS
    'Queues the jobs of the schedules that name this minute. Called each minute, for example by pg_cron: SELECT cron.schedule(''pg_fin schedules'', ''* * * * *'', ''SELECT fin.schedules_run()'').';

CREATE FUNCTION fin.schedule_add(kind text, payload jsonb, cron text, db_role name) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid := fin.job_place(schedule_add.kind, schedule_add.payload);
    made  bigint;
BEGIN
    IF NOT coalesce(fin.role_in(place) = ANY (fin.roles_from('admin')), false) THEN
        RAISE EXCEPTION 'your role in the workspace is %, schedules are made by admins', fin.role_in(place) USING ERRCODE = 'insufficient_privilege',
            HINT = 'An admin of the workspace can change your role.';
    END IF;
    IF NOT EXISTS (SELECT FROM fin.schedule_clock c WHERE c.ticked_at > now() - interval '5 minutes') THEN
        RAISE EXCEPTION 'nothing keeps the time of schedules in this database' USING ERRCODE = 'feature_not_supported',
            HINT = 'An administrator sets up pg_cron and runs: SELECT cron.schedule(''pg_fin schedules'', ''* * * * *'', ''SELECT fin.schedules_run()'');';
    END IF;
    PERFORM fin.cron_is_due(schedule_add.cron, now());
    -- As in fin.job_add: for no role but one that the caller could take.
    IF schedule_add.db_role IS NULL OR NOT pg_has_role(session_user, schedule_add.db_role, 'MEMBER') THEN
        RAISE EXCEPTION 'a schedule cannot be made for role %', quote_ident(schedule_add.db_role) USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- The lock keeps the number of them true when several are made at once.
    PERFORM FROM fin.workspaces w WHERE w.id = place FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM fin.schedules s WHERE s.workspace_id = place) >= 100 THEN
        RAISE EXCEPTION 'the workspace has 100 schedules, more it cannot have' USING ERRCODE = 'PT409';
    END IF;
    INSERT INTO fin.schedules (workspace_id, kind, payload, cron, user_id, db_role)
    VALUES (place, schedule_add.kind, schedule_add.payload, btrim(schedule_add.cron), fin.current_user_id(), schedule_add.db_role) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.schedule_add(text, jsonb, text, name) IS 'Keeps a schedule in the caller''s name, after the checks of fin_enqueue. Called by api.add_schedule.';

CREATE FUNCTION fin.schedule_object(schedule fin.schedules) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('id', schedule.id, 'workspaceId', schedule.workspace_id, 'kind', schedule.kind, 'payload', schedule.payload, 'cron', schedule.cron,
        'createdBy', schedule.user_id, 'createdAt', schedule.created_at, 'lastRunAt', schedule.last_run_at, 'lastJobId', schedule.last_job_id, 'error', schedule.error)
$$;
COMMENT ON FUNCTION fin.schedule_object(fin.schedules) IS 'A schedule as the product''s API shows it.';

CREATE FUNCTION api.list_schedules() RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('schedules', coalesce(jsonb_agg(fin.schedule_object(s) ORDER BY s.id), '[]')) FROM fin.schedules s
$$;
COMMENT ON FUNCTION api.list_schedules() IS 'Schedules of the workspace.';

CREATE FUNCTION api.add_schedule(kind text, cron text, payload jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    -- Here too fields are spelled as in the rest of this API.
    IF payload ? 'reportId' THEN
        payload := payload - 'reportId' || jsonb_build_object('report_id', (fin.the_report((payload ->> 'reportId')::uuid)).id);
    END IF;
    made := fin.schedule_add(kind, payload, cron, current_user);
    RETURN (SELECT fin.schedule_object(s) FROM fin.schedules s WHERE s.id = made);
END $$;
COMMENT ON FUNCTION api.add_schedule(text, text, jsonb) IS 'Queues a job of this kind again and again. cron has five fields, in GMT: "30 6 * * 1" is every Monday at 6:30.';

CREATE FUNCTION api.remove_schedule(schedule_id bigint) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF fin.is_hidden('schedule', schedule_id::text) THEN
        PERFORM fin.is_not_mine('schedule', schedule_id::text, false);
    END IF;
    DELETE FROM fin.schedules s WHERE s.id = schedule_id;
    IF NOT FOUND THEN
        PERFORM fin.is_not_mine('schedule', schedule_id::text, EXISTS (SELECT FROM fin.schedules s WHERE s.id = schedule_id));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION api.remove_schedule(bigint) IS 'Ends a schedule. Jobs that it has queued stay.';

-- Members and workspaces --------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.member_object(member fin.memberships) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('userId', u.id, 'workspaceId', member.workspace_id, 'email', u.email, 'name', u.name, 'role', member.role, 'since', member.created_at)
    FROM fin.users u WHERE u.id = member.user_id
$$;
COMMENT ON FUNCTION fin.member_object(fin.memberships) IS 'A member as the product''s API shows it.';

CREATE FUNCTION api.list_members(workspace_id uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('members', coalesce(jsonb_agg(fin.member_object(m)
        ORDER BY array_position('{owner,admin,analyst,viewer}', m.role), m.created_at, m.user_id), '[]'))
    FROM fin.memberships m WHERE m.workspace_id = (SELECT fin.the_workspace(list_members.workspace_id))
$$;
COMMENT ON FUNCTION api.list_members(uuid) IS 'Members of the workspace, owners first.';

-- Whether somebody has an account is nobody else's business: an invitation looks the same either way, and who is invited
-- decides. The code goes by mail where that is set up and there is an account, and in any case to who invites.
CREATE TABLE fin.invitations (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    email        text NOT NULL,
    role         text NOT NULL CHECK (role IN ('owner', 'admin', 'analyst', 'viewer')),
    token_hash   bytea NOT NULL UNIQUE,
    invited_by   uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL DEFAULT now() + interval '14 days',
    UNIQUE (workspace_id, email)
);
CREATE INDEX invitations_invited_by ON fin.invitations (invited_by);
COMMENT ON TABLE fin.invitations IS 'People who were invited to a workspace and have not accepted yet, whether they have an account or not.';
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON fin.invitations
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('member_invite', 'member_invite', 'invitation_end');

CREATE FUNCTION fin.may_appoint(own text, role text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(own = 'owner' OR (own = 'admin' AND role IN ('analyst', 'viewer')), false)
$$;
COMMENT ON FUNCTION fin.may_appoint(text, text) IS 'May a member of that role give somebody this role? Admins analysts and viewers, owners any.';

CREATE FUNCTION fin.invite(workspace_id uuid, email text, role text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    started CONSTANT timestamptz := clock_timestamp();
    token   CONSTANT text := fin.random_text();
    address text;
    them    uuid;
    made    fin.invitations;
BEGIN
    PERFORM fin.roles_from(invite.role);
    IF NOT fin.may_appoint(fin.role_in(invite.workspace_id), invite.role) THEN
        RAISE EXCEPTION 'you may not make anybody % of this workspace', invite.role USING ERRCODE = 'insufficient_privilege',
            HINT = 'Admins of a workspace appoint analysts and viewers, its owners also admins and owners.';
    END IF;
    address := fin.proper_email(btrim(invite.email));
    SELECT u.id INTO them FROM fin.users u WHERE u.email = address AND u.disabled_at IS NULL;
    -- The members of one's own workspace are no secret.
    IF EXISTS (SELECT FROM fin.memberships m WHERE m.workspace_id = invite.workspace_id AND m.user_id = them) THEN
        RAISE EXCEPTION '% is a member of the workspace already', quote_literal(address) USING ERRCODE = 'PT409', HINT = 'PATCH /members/:user_id changes a role.';
    END IF;
    DELETE FROM fin.invitations i WHERE i.workspace_id = invite.workspace_id AND i.expires_at < now();
    IF (SELECT count(*) FROM fin.invitations i WHERE i.workspace_id = invite.workspace_id) >= 200 THEN
        RAISE EXCEPTION 'the workspace has 200 open invitations, more it cannot have' USING ERRCODE = 'PT409', HINT = 'DELETE /invitations/:invitation_id takes one back.';
    END IF;
    INSERT INTO fin.invitations AS i (workspace_id, email, role, token_hash, invited_by)
    VALUES (invite.workspace_id, address, invite.role, fin.text_hash(token), fin.current_user_id())
    ON CONFLICT ON CONSTRAINT invitations_workspace_id_email_key DO UPDATE
        SET role = excluded.role, token_hash = excluded.token_hash, invited_by = excluded.invited_by, created_at = now(), expires_at = excluded.expires_at
    RETURNING * INTO made;
    IF fin.has_mail() THEN
        IF them IS NOT NULL THEN
            PERFORM fin.account_mail(them, 'invited', token);
        END IF;
        PERFORM pg_sleep_until(started + interval '0.2 seconds');
    END IF;
    RETURN fin.invitation_object(made.id, made.workspace_id, made.email, made.role, made.invited_by, made.created_at, made.expires_at)
        || jsonb_build_object('token', token);
END $$;
COMMENT ON FUNCTION fin.invite(uuid, text, text) IS 'Invites somebody to a workspace; another invitation of the same address takes the place of the first. Called by api.add_member.';

CREATE FUNCTION fin.invitation_object(id uuid, workspace_id uuid, email text, role text, invited_by uuid, created_at timestamptz, expires_at timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('id', id, 'workspaceId', workspace_id, 'email', email, 'role', role, 'invitedBy', invited_by,
        'createdAt', created_at, 'expiresAt', expires_at)
$$;
COMMENT ON FUNCTION fin.invitation_object(uuid, uuid, text, text, uuid, timestamptz, timestamptz) IS 'An invitation as the product''s API shows it.';

CREATE FUNCTION fin.accept_invitation(token text) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    account CONSTANT uuid := fin.person();
    i       fin.invitations;
BEGIN
    SELECT f.* INTO i FROM fin.invitations f WHERE f.token_hash = fin.text_hash(token) AND f.expires_at > now() FOR UPDATE;
    -- Not for whoever found it, and not when who invited may not do so any more. All in the same words.
    IF i.id IS NULL OR i.email IS DISTINCT FROM (SELECT u.email FROM fin.users u WHERE u.id = account)
       OR NOT fin.may_appoint((SELECT m.role FROM fin.memberships m JOIN fin.users u ON u.id = m.user_id AND u.disabled_at IS NULL
                               WHERE m.workspace_id = i.workspace_id AND m.user_id = i.invited_by), i.role) THEN
        RAISE EXCEPTION 'this invitation is not valid' USING ERRCODE = 'PT404', HINT = 'It is for the address that was invited, for two weeks. Ask for a new one.';
    END IF;
    INSERT INTO fin.memberships (workspace_id, user_id, role) VALUES (i.workspace_id, account, i.role) ON CONFLICT DO NOTHING;
    DELETE FROM fin.invitations f WHERE f.id = i.id;
    RETURN i.workspace_id;
END $$;
COMMENT ON FUNCTION fin.accept_invitation(text) IS 'Makes the caller a member of the workspace that the invitation is of.';

CREATE FUNCTION api.add_member(email text, role text DEFAULT 'viewer', workspace_id uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT fin.invite(fin.the_workspace(workspace_id, 'admin'), email, role)
$$;
COMMENT ON FUNCTION api.add_member(text, text, uuid) IS
    'Invites somebody to the workspace. The answer holds the code that makes him a member, this once, and does not tell whether he has an account. Admins appoint analysts and viewers, owners anyone.';

CREATE FUNCTION api.list_invitations(workspace_id uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('invitations', coalesce(jsonb_agg(fin.invitation_object(i.id, i.workspace_id, i.email, i.role, i.invited_by, i.created_at, i.expires_at) ORDER BY i.created_at, i.id), '[]'))
    FROM fin.invitations i WHERE i.workspace_id = (SELECT fin.the_workspace(list_invitations.workspace_id, 'admin')) AND i.expires_at > now()
$$;
COMMENT ON FUNCTION api.list_invitations(uuid) IS 'Open invitations to the workspace. For its admins.';

CREATE FUNCTION api.remove_invitation(invitation_id uuid) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM fin.invitations i WHERE i.id = invitation_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'invitation % not found', coalesce(invitation_id::text, 'null') USING ERRCODE = 'PT404', HINT = 'GET /invitations lists those that you may take back.';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION api.remove_invitation(uuid) IS 'Takes an invitation back.';

CREATE FUNCTION api.accept_invitation(token text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place CONSTANT uuid := fin.accept_invitation(token);
BEGIN
    RETURN (SELECT jsonb_build_object('id', w.id, 'name', w.name, 'plan', w.plan, 'language', w.language, 'role', w.role, 'isChosen', w.is_chosen)
            FROM fin.my_workspaces() w WHERE w.id = place);
END $$;
COMMENT ON FUNCTION api.accept_invitation(text) IS 'Accepts an invitation: answers the workspace one is a member of from now on. POST /auth/workspace chooses it.';

CREATE FUNCTION fin.the_member(workspace_id uuid, user_id uuid) RETURNS fin.memberships
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member fin.memberships;
BEGIN
    SELECT * INTO member FROM fin.memberships m WHERE m.workspace_id = the_member.workspace_id AND m.user_id = the_member.user_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'member % not found', coalesce(user_id::text, 'null') USING ERRCODE = 'PT404', DETAIL = 'There is no such member of the workspace.';
    END IF;
    RETURN member;
END $$;
COMMENT ON FUNCTION fin.the_member(uuid, uuid) IS 'A membership that the caller sees.';

CREATE FUNCTION api.change_member(user_id uuid, role text, workspace_id uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member fin.memberships := fin.the_member(fin.the_workspace(change_member.workspace_id), change_member.user_id);
BEGIN
    PERFORM fin.needs_role(member.workspace_id, 'admin'), fin.roles_from(change_member.role);
    UPDATE fin.memberships m SET role = change_member.role WHERE m.workspace_id = member.workspace_id AND m.user_id = member.user_id RETURNING * INTO member;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the role of an admin or owner is changed by an owner' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN fin.member_object(member);
EXCEPTION WHEN integrity_constraint_violation THEN
    RAISE EXCEPTION '%', SQLERRM USING ERRCODE = 'PT409', HINT = 'Make somebody else an owner first.';
END $$;
COMMENT ON FUNCTION api.change_member(uuid, text, uuid) IS 'Gives a member another role: admins among analysts and viewers, owners anyone.';

CREATE FUNCTION api.remove_member(user_id uuid, workspace_id uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member fin.memberships := fin.the_member(fin.the_workspace(remove_member.workspace_id), remove_member.user_id);
BEGIN
    DELETE FROM fin.memberships m WHERE m.workspace_id = member.workspace_id AND m.user_id = member.user_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'member % is not yours to remove', member.user_id USING ERRCODE = 'insufficient_privilege',
            HINT = 'Admins remove analysts and viewers, owners anyone; anybody may leave.';
    END IF;
    RETURN NULL;
EXCEPTION WHEN integrity_constraint_violation THEN
    RAISE EXCEPTION '%', SQLERRM USING ERRCODE = 'PT409', HINT = 'Make somebody else an owner first.';
END $$;
COMMENT ON FUNCTION api.remove_member(uuid, uuid) IS 'Ends a membership, at once. One''s own is leaving.';

CREATE FUNCTION fin.my_workspaces() RETURNS TABLE(id uuid, name text, plan text, language text, settings jsonb, role text, is_chosen boolean, created_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    member uuid := fin.current_user_id();
    chosen uuid := fin.claim('ws')::uuid;
BEGIN
    -- A person may learn where else to go; a key (it has scopes) belongs to one workspace.
    RETURN QUERY SELECT w.id, w.name, w.plan, w.language, w.settings, m.role, coalesce(w.id = chosen, false), w.created_at
    FROM fin.memberships m JOIN fin.workspaces w ON w.id = m.workspace_id
    WHERE m.user_id = member AND (fin.claim('scopes') IS NULL OR chosen IS NULL OR w.id = chosen);
END $$;
COMMENT ON FUNCTION fin.my_workspaces() IS 'Workspaces that the caller is a member of, whichever of them is chosen.';

CREATE FUNCTION api.list_workspaces() RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('workspaces', coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'plan', w.plan, 'language', w.language, 'role', w.role,
        'isChosen', w.is_chosen, 'createdAt', w.created_at) ORDER BY w.created_at, w.id), '[]')) FROM fin.my_workspaces() w
$$;
COMMENT ON FUNCTION api.list_workspaces() IS 'Workspaces that one is a member of, and as what. POST /auth/workspace chooses one.';

CREATE FUNCTION api.get_workspace(workspace_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('id', w.id, 'name', w.name, 'plan', w.plan, 'language', w.language, 'settings', w.settings, 'role', fin.role_in(w.id),
        'members', (SELECT count(*) FROM fin.memberships m WHERE m.workspace_id = w.id), 'createdAt', w.created_at)
    FROM fin.workspaces w WHERE w.id = (SELECT fin.the_workspace(get_workspace.workspace_id))
$$;
COMMENT ON FUNCTION api.get_workspace(uuid) IS 'A workspace with its settings.';

CREATE FUNCTION fin.workspace_add(name text, language text) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member uuid := fin.current_user_id();
    made   uuid;
BEGIN
    IF member IS NULL OR fin.claim('scopes') IS NOT NULL THEN
        RAISE EXCEPTION 'a workspace is made by a person who is signed in' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('pg_fin workspaces ' || member, 0));
    IF (SELECT count(*) FROM fin.memberships m WHERE m.user_id = member AND m.role = 'owner') >= 20 THEN
        RAISE EXCEPTION 'you own 20 workspaces, more you cannot make' USING ERRCODE = 'PT409';
    END IF;
    INSERT INTO fin.workspaces (name, language) VALUES (btrim(workspace_add.name), workspace_add.language) RETURNING id INTO made;
    INSERT INTO fin.memberships (workspace_id, user_id, role) VALUES (made, member, 'owner');
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.workspace_add(text, text) IS 'Makes a workspace that the caller owns. Called by api.add_workspace.';

CREATE FUNCTION fin.is_workspace(name text, language text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF btrim(name) = '' OR length(name) > 200 THEN
        RAISE EXCEPTION 'a name has 1 to 200 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM fin.is_one_of(language, ARRAY['en', 'ru'], 'language');
END $$;
COMMENT ON FUNCTION fin.is_workspace(text, text) IS 'Refuses a name or a language that a workspace cannot have.';

CREATE FUNCTION api.add_workspace(name text, language text DEFAULT 'en') RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made uuid;
BEGIN
    PERFORM fin.is_workspace(add_workspace.name, add_workspace.language);
    made := fin.workspace_add(add_workspace.name, coalesce(add_workspace.language, 'en'));
    -- A token that has chosen another workspace does not see the new one yet.
    RETURN (SELECT jsonb_build_object('id', w.id, 'name', w.name, 'plan', w.plan, 'language', w.language, 'role', w.role, 'isChosen', w.is_chosen,
            'createdAt', w.created_at)
            FROM fin.my_workspaces() w WHERE w.id = made);
END $$;
COMMENT ON FUNCTION api.add_workspace(text, text) IS 'Makes a workspace that the caller owns.';

CREATE FUNCTION api.change_workspace(workspace_id uuid, name text DEFAULT NULL, language text DEFAULT NULL, settings jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid := fin.the_workspace(change_workspace.workspace_id, 'admin');
BEGIN
    PERFORM fin.is_workspace(change_workspace.name, change_workspace.language);
    IF jsonb_typeof(change_workspace.settings) <> 'object' OR octet_length(change_workspace.settings::text) > 65536 THEN
        RAISE EXCEPTION 'settings are a JSON object of at most 64 KB' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Settings that are not named stay; null takes one back.
    UPDATE fin.workspaces w SET name = coalesce(btrim(change_workspace.name), w.name), language = coalesce(change_workspace.language, w.language),
        settings = CASE WHEN change_workspace.settings IS NULL THEN w.settings ELSE (SELECT coalesce(jsonb_object_agg(s.key, s.value), '{}')
            FROM jsonb_each(w.settings || change_workspace.settings) s WHERE s.value <> 'null') END WHERE w.id = place;
    RETURN api.get_workspace(place);
END $$;
COMMENT ON FUNCTION api.change_workspace(uuid, text, text, jsonb) IS 'Changes name, language and settings of a workspace; settings that are not named stay, null removes one.';

-- Addresses ---------------------------------------------------------------------------------------------------------------

INSERT INTO fin.routes (method, path, function, kind, status, cached, summary) VALUES
    ('GET', '/dashboard', 'api.dashboard', 'call', 200, true, 'How the workspace stands'),
    ('GET', '/reports/:report_id/feedback', 'api.list_feedback', 'call', 200, false, 'Verdicts on findings'),
    ('POST', '/reports/:report_id/feedback', 'api.give_feedback', 'call', 201, false, 'A verdict on a finding'),
    ('POST', '/feedback', 'api.give_feedback', 'call', 201, false, 'A verdict on a finding'),
    ('DELETE', '/feedback/:feedback_id', 'api.remove_feedback', 'call', 204, false, 'Take a verdict back'),
    ('GET', '/reports/:report_id/dismissals', 'api.list_dismissals', 'call', 200, false, 'Findings put aside'),
    ('POST', '/reports/:report_id/dismissals', 'api.dismiss_finding', 'call', 201, false, 'Put a finding aside'),
    ('DELETE', '/dismissals/:dismissal_id', 'api.remove_dismissal', 'call', 204, false, 'List a finding again'),
    ('GET', '/jobs', 'api.list_jobs', 'call', 200, false, 'Jobs, newest first'),
    ('GET', '/jobs/:job_id', 'api.get_job', 'call', 200, false, 'One job'),
    ('POST', '/jobs/:job_id/cancel', 'api.cancel_job', 'call', 200, false, 'Cancel a job'),
    ('POST', '/jobs/:job_id/requeue', 'api.requeue_job', 'call', 200, false, 'Queue a dead job again'),
    ('GET', '/jobs/:job_id/events', 'api.job_events', 'events', 200, false, 'Progress of a job'),
    ('GET', '/reports/:report_id/events', 'api.report_events', 'events', 200, false, 'Progress of a report'),
    ('GET', '/schedules', 'api.list_schedules', 'call', 200, false, 'Schedules'),
    ('POST', '/schedules', 'api.add_schedule', 'call', 201, false, 'Queue a job again and again'),
    ('DELETE', '/schedules/:schedule_id', 'api.remove_schedule', 'call', 204, false, 'End a schedule'),
    ('GET', '/members', 'api.list_members', 'call', 200, false, 'Members of the workspace'),
    ('GET', '/invitations', 'api.list_invitations', 'call', 200, false, 'Open invitations'),
    ('DELETE', '/invitations/:invitation_id', 'api.remove_invitation', 'call', 204, false, 'Take an invitation back'),
    ('PATCH', '/members/:user_id', 'api.change_member', 'call', 200, false, 'Give a member another role'),
    ('DELETE', '/members/:user_id', 'api.remove_member', 'call', 204, false, 'Remove a member, or leave'),
    ('GET', '/workspaces', 'api.list_workspaces', 'call', 200, false, 'Workspaces one is a member of'),
    ('POST', '/workspaces', 'api.add_workspace', 'call', 201, false, 'Make a workspace'),
    ('GET', '/workspaces/:workspace_id', 'api.get_workspace', 'call', 200, false, 'A workspace'),
    ('PATCH', '/workspaces/:workspace_id', 'api.change_workspace', 'call', 200, false, 'Change a workspace');
-- What holds a code is not kept for a repetition.
INSERT INTO fin.routes (method, path, function, kind, status, cached, repeats, summary) VALUES
    ('POST', '/members', 'api.add_member', 'call', 201, false, 'free', 'Invite somebody'),
    ('POST', '/invitations/accept', 'api.accept_invitation', 'call', 200, false, 'free', 'Accept an invitation');
