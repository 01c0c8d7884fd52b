-- The queue as people use it: what takes long or leaves the machine becomes a job, and background workers run it.
CREATE FUNCTION fin_wake_workers() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_wake_workers';
COMMENT ON FUNCTION fin_wake_workers() IS
    'Wakes this database''s workers when the transaction commits. fin_enqueue does it; needed by hand only after jobs were restored or copied.';

CREATE FUNCTION fin_enqueue(kind text, payload jsonb, priority text DEFAULT NULL, run_at timestamptz DEFAULT now()) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint := fin.job_add(kind, payload, priority, run_at, NULL, current_user);
BEGIN
    PERFORM @extschema@.fin_wake_workers();
    RETURN made;
END $$;
COMMENT ON FUNCTION fin_enqueue(text, jsonb, text, timestamptz) IS
    'Queues a job in the caller''s name and returns its number. It runs with the caller''s rights, at run_at or soon after; priority NULL is that of the kind. SELECT * FROM fin.job_kinds lists the kinds.';

CREATE FUNCTION fin_enqueue_once(kind text, payload jsonb, dedup_key text, priority text DEFAULT NULL, run_at timestamptz DEFAULT now())
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF dedup_key IS NULL THEN
        RAISE EXCEPTION 'dedup_key is NULL' USING ERRCODE = 'null_value_not_allowed', HINT = 'fin_enqueue queues a job without one.';
    END IF;
    made := fin.job_add(kind, payload, priority, run_at, dedup_key, current_user);
    PERFORM @extschema@.fin_wake_workers();
    RETURN made;
END $$;
COMMENT ON FUNCTION fin_enqueue_once(text, jsonb, text, text, timestamptz) IS
    'As fin_enqueue, but while a job of this kind with the same dedup_key waits in the workspace its number is returned and nothing is queued. One that runs already does not count.';

CREATE FUNCTION fin_job(job_id bigint)
    RETURNS TABLE(id bigint, kind text, status text, priority text, payload jsonb, progress jsonb, result jsonb, error text,
                  run_at timestamptz, created_at timestamptz, finished_at timestamptz, attempts jsonb)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT j.id, j.kind, j.status, j.priority, j.payload, j.progress, j.result, j.error, j.run_at, j.created_at, j.finished_at,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('attempt', a.attempt, 'started_at', a.started_at, 'ended_at', a.ended_at,
                                                         'outcome', a.outcome, 'error', a.error) ORDER BY a.attempt), '[]')
            FROM fin.job_attempts a WHERE a.job_id = j.id)
    FROM api.jobs j WHERE j.id = fin_job.job_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'job % not found', job_id USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such job in a workspace you are a member of; finished ones are kept 7 days.';
    END IF;
END $$;
COMMENT ON FUNCTION fin_job(bigint) IS 'One job with all of its attempts.';

CREATE FUNCTION fin_jobs(with_status text DEFAULT NULL, of_kind text DEFAULT NULL, at_most int DEFAULT 100)
    RETURNS TABLE(id bigint, kind text, status text, priority text, attempts int, run_at timestamptz, created_at timestamptz,
                  finished_at timestamptz, error text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF with_status NOT IN ('queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled') THEN
        RAISE EXCEPTION 'unknown status %', quote_literal(with_status) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'A job is queued, running, succeeded, failed (will be tried again), dead or cancelled.';
    END IF;
    RETURN QUERY
    SELECT j.id, j.kind, j.status, j.priority, j.attempts, j.run_at, j.created_at, j.finished_at, j.error
    FROM api.jobs j
    WHERE (with_status IS NULL OR j.status = with_status) AND (of_kind IS NULL OR j.kind = of_kind)
    ORDER BY j.id DESC LIMIT greatest(at_most, 0);
END $$;
COMMENT ON FUNCTION fin_jobs(text, text, int) IS 'The newest jobs of the caller''s workspaces, all or those with this status and kind.';

CREATE FUNCTION fin_cancel_job(job_id bigint) RETURNS text
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    state text := fin.job_cancel(job_id);
BEGIN
    IF state = 'running' THEN
        PERFORM @extschema@.fin_interrupt_job(job_id);
    END IF;
    RETURN state;
END $$;
COMMENT ON FUNCTION fin_cancel_job(bigint) IS
    'Cancels a job. Answers cancelled where it had not begun; running where its worker is asked to stop it; else how the job had ended before.';

-- Harmless in the wrong hands: the worker looks whether the job is really cancelled.
CREATE FUNCTION fin_interrupt_job(job_id bigint) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_interrupt_job';
COMMENT ON FUNCTION fin_interrupt_job(bigint) IS
    'Asks workers, when the transaction commits, to look whether one of their jobs was cancelled. Called by fin_cancel_job.';

CREATE FUNCTION fin_requeue(job_id bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM fin.job_requeue(job_id);
    PERFORM @extschema@.fin_wake_workers();
END $$;
COMMENT ON FUNCTION fin_requeue(bigint) IS 'Queues a dead or cancelled job again, with all of its attempts, still in the name of who queued it first.';

CREATE FUNCTION fin_workers()
    RETURNS TABLE(pid int, database text, role text, state text, job_id bigint, jobs int, done bigint, started_at timestamptz,
                  heartbeat_at timestamptz)
    LANGUAGE c VOLATILE PARALLEL SAFE ROWS 5 AS 'MODULE_PATHNAME', 'fin_workers';
COMMENT ON FUNCTION fin_workers() IS
    'The launcher and the workers of this cluster: starting, idle, working, waiting (jobs in flight, none of them works) or abandoned (without heartbeat, replaced). No row where pg_fin is not preloaded.';

-- Schedules: pg_cron keeps the time.
CREATE FUNCTION fin_schedule(kind text, payload jsonb, cron text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
    made  bigint;
BEGIN
    IF to_regprocedure('cron.schedule(text,text,text)') IS NULL THEN
        RAISE EXCEPTION 'schedules need the extension pg_cron in this database' USING ERRCODE = 'feature_not_supported',
            HINT = 'Package postgresql-15-cron; shared_preload_libraries = ''pg_cron, pg_fin''; cron.database_name = this database; then CREATE EXTENSION pg_cron.';
    END IF;
    IF session_user = 'fin_authenticator' THEN
        RAISE EXCEPTION 'a schedule is made by a database role' USING ERRCODE = 'feature_not_supported',
            DETAIL = 'pg_cron opens a session of the role that made the schedule, and a person of the API has none.',
            HINT = 'Let a database role that is a member of the workspace make it.';
    END IF;
    IF cardinality(regexp_split_to_array(btrim(cron), '\s+')) <> 5 THEN
        RAISE EXCEPTION 'a schedule has five fields: minute, hour, day of the month, month, day of the week' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given was %s.', quote_literal(cron)), HINT = 'Every Monday at 6:30 GMT is ''30 6 * * 1''.';
    END IF;
    place := fin.job_place(kind, payload);
    -- Called again with the same kind and payload it moves that schedule. The workspace is set before fin_enqueue asks for it.
    EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO made USING
        format('pg_fin %s %s', left(encode(sha256(convert_to(place::text || payload::text, 'UTF8')), 'hex'), 16), kind), cron,
        format('SELECT @extschema@.fin_enqueue(%L, %L::jsonb) FROM set_config(''pg_fin.workspace'', %L, true)', kind, payload, place);
    RETURN made;
EXCEPTION WHEN insufficient_privilege THEN
    IF has_schema_privilege(current_user, 'cron', 'USAGE') THEN
        RAISE;
    END IF;
    RAISE EXCEPTION 'role % may not use pg_cron', quote_ident(current_user) USING ERRCODE = 'insufficient_privilege',
        HINT = format('GRANT USAGE ON SCHEMA cron TO %I;', current_user);
END $$;
COMMENT ON FUNCTION fin_schedule(text, jsonb, text) IS
    'Queues such a job again and again, by pg_cron and in the caller''s name; returns the number of the schedule. Five fields, in GMT. The same kind and payload again move the schedule.';

CREATE FUNCTION fin_unschedule(schedule_id bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ours boolean;
BEGIN
    IF to_regprocedure('cron.unschedule(bigint)') IS NULL THEN
        RAISE EXCEPTION 'schedules need the extension pg_cron in this database' USING ERRCODE = 'feature_not_supported';
    END IF;
    EXECUTE 'SELECT jobname LIKE ''pg_fin %'' FROM cron.job WHERE jobid = $1' INTO ours USING schedule_id;
    IF ours IS NOT TRUE THEN
        RAISE EXCEPTION 'schedule % not found', schedule_id USING ERRCODE = 'undefined_object',
            HINT = 'SELECT jobid, jobname, schedule FROM cron.job lists yours.';
    END IF;
    EXECUTE 'SELECT cron.unschedule($1)' USING schedule_id;
END $$;
COMMENT ON FUNCTION fin_unschedule(bigint) IS 'Ends a schedule of fin_schedule. Jobs that it has queued already stay.';
