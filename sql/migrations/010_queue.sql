-- The queue: what fin.jobs needs to survive any crash, and the functions that workers call. Rights are in sql/rights.sql.

ALTER TABLE fin.job_kinds
    ADD COLUMN holds_worker boolean NOT NULL DEFAULT true,
    ADD COLUMN lane_key text;
COMMENT ON COLUMN fin.job_kinds.holds_worker IS 'True: its handler works rather than waits, so it has a worker to itself. False: many of them wait in one worker at once.';
COMMENT ON COLUMN fin.job_kinds.lane_key IS 'Key of the payload that names what its jobs wait for together (a connection, a host); one such lane that is down holds up no other.';

ALTER TABLE fin.jobs
    ADD COLUMN holds_worker boolean NOT NULL DEFAULT true,
    ADD COLUMN rank_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN lane text,
    ADD COLUMN dedup_key text CHECK (length(dedup_key) BETWEEN 1 AND 200),
    ADD COLUMN idempotency_key uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN failures int NOT NULL DEFAULT 0 CHECK (failures >= 0),
    ADD COLUMN crashes int NOT NULL DEFAULT 0 CHECK (crashes >= 0),
    ADD COLUMN lease_boot bigint,
    ADD COLUMN lease_worker int,
    ADD COLUMN cancel_requested boolean NOT NULL DEFAULT false,
    ADD COLUMN progress jsonb,
    -- Every claim and every end rewrites the row: leave room for it on its page.
    SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.1);
COMMENT ON COLUMN fin.jobs.attempts IS 'Number of the newest attempt. Only those that failed count against the kind''s max_attempts.';
COMMENT ON COLUMN fin.jobs.rank_at IS 'Place in the queue: run_at less the head start of its priority and plan.';
COMMENT ON COLUMN fin.jobs.holds_worker IS 'As its kind at the time of queueing; a job that was there at three crashes gets a worker to itself.';
COMMENT ON COLUMN fin.jobs.dedup_key IS 'While a job with this key waits in the workspace, another is not queued.';
COMMENT ON COLUMN fin.jobs.idempotency_key IS 'The same in every attempt: outside services tell by it that a request comes again.';
COMMENT ON COLUMN fin.jobs.failures IS 'Failed attempts since it was queued or requeued.';
COMMENT ON COLUMN fin.jobs.crashes IS 'Attempts lost to a crash since it was queued or requeued; the fifth makes it dead.';
COMMENT ON COLUMN fin.jobs.lease_boot IS 'Which start of the server claimed it. After a crash it is another.';
COMMENT ON COLUMN fin.jobs.lease_worker IS 'Number of the worker that claimed it, never used twice in one start of the server.';

ALTER TABLE fin.job_attempts DROP CONSTRAINT job_attempts_outcome_check,
    ADD CONSTRAINT job_attempts_outcome_check
    CHECK (outcome IN ('succeeded', 'failed', 'dead', 'cancelled', 'postponed', 'interrupted', 'crashed'));
COMMENT ON COLUMN fin.job_attempts.outcome IS 'Null while it runs. interrupted: its worker was stopped in good order; crashed: its worker or the server went away.';

CREATE INDEX jobs_ready ON fin.jobs (holds_worker, rank_at, id) WHERE status IN ('queued', 'failed');
CREATE INDEX jobs_leased ON fin.jobs (lease_boot) WHERE lease_boot IS NOT NULL;
CREATE INDEX jobs_finished ON fin.jobs (finished_at) WHERE status IN ('succeeded', 'dead', 'cancelled');
CREATE UNIQUE INDEX jobs_dedup ON fin.jobs (workspace_id, kind, dedup_key)
    WHERE dedup_key IS NOT NULL AND status IN ('queued', 'failed');

INSERT INTO fin.job_kinds (kind, priority, max_attempts, timeout, handler, min_role, holds_worker, lane_key) VALUES
    ('analyze_report', 'high', 3, '10 minutes', 'analyze_report', 'analyst', true, NULL),
    ('ai_review', 'high', 3, '5 minutes', 'ai_review', 'analyst', false, NULL),
    ('send_notification', 'high', 5, '2 minutes', 'send_notification', 'analyst', false, NULL),
    ('generate_forecast', 'medium', 2, '10 minutes', 'generate_forecast', 'analyst', true, NULL),
    ('export_pdf', 'medium', 2, '5 minutes', 'export_pdf', 'viewer', true, NULL),
    ('export_xlsx', 'medium', 2, '5 minutes', 'export_xlsx', 'viewer', true, NULL),
    ('sync_integration', 'low', 5, '30 minutes', 'sync_integration', 'analyst', false, 'connection_id'),
    ('retention', 'low', 3, '30 minutes', 'retention', 'admin', true, NULL),
    ('noop', 'medium', 1, '1 minute', 'noop', 'analyst', false, NULL)
ON CONFLICT (kind) DO NOTHING;

-- Identity in a worker ----------------------------------------------------------------------------------------------

-- A worker's session_user is fin_worker, which nobody can log in as, and only its own C++ may set pg_fin.job_identity.
CREATE OR REPLACE FUNCTION fin.claim(name text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user = 'fin_worker' THEN
        RETURN nullif(current_setting('pg_fin.job_identity', true), '')::jsonb ->> name;
    END IF;
    -- Anyone may set request.jwt.claims; only the API's own login has verified them.
    IF session_user <> 'fin_authenticator' THEN
        RETURN NULL;
    END IF;
    RETURN nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> name;
END $$;
COMMENT ON FUNCTION fin.claim(text) IS 'A claim of the verified token, in a worker of the job''s stored identity; null in any other session.';

CREATE OR REPLACE FUNCTION fin.current_user_id() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    subject uuid;
    session uuid;
BEGIN
    IF session_user NOT IN ('fin_authenticator', 'fin_worker') THEN
        RETURN (SELECT u.id FROM fin.users u WHERE u.db_role = session_user AND u.disabled_at IS NULL);
    END IF;
    subject := fin.claim('sub')::uuid;
    session := fin.claim('sid')::uuid;
    IF session IS NOT NULL AND NOT EXISTS (
        SELECT FROM fin.sessions s
        WHERE s.id = session AND s.user_id = subject AND s.ended_at IS NULL AND s.expires_at > now()) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT u.id FROM fin.users u WHERE u.id = subject AND u.disabled_at IS NULL);
END $$;
COMMENT ON FUNCTION fin.current_user_id() IS
    'Who is asking: the token''s subject in a session of the API, who queued the job in a worker, else the row of session_user. Null for nobody.';

CREATE OR REPLACE FUNCTION fin.audit_write(workspace_id uuid, action text, object text, before_hash text, after_hash text, detail jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO fin.audit_log (workspace_id, user_id, db_role, address, action, object, before_hash, after_hash, detail)
    VALUES (workspace_id, fin.current_user_id(),
            CASE WHEN session_user = 'fin_worker' THEN coalesce(fin.claim('db_role'), session_user) ELSE session_user END,
            inet_client_addr(), action, object, before_hash, after_hash, detail);
END $$;

-- Putting a job into the queue --------------------------------------------------------------------------------------

CREATE FUNCTION fin.job_rank(run_at timestamptz, priority text, plan text) RETURNS timestamptz
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT run_at - CASE priority WHEN 'critical' THEN interval '30 minutes' WHEN 'high' THEN interval '15 minutes'
                                  WHEN 'medium' THEN interval '5 minutes' ELSE interval '0' END
                  - CASE plan WHEN 'premium' THEN interval '20 minutes' ELSE interval '0' END
$$;
COMMENT ON FUNCTION fin.job_rank(timestamptz, text, text) IS
    'Place of a job in the queue: a head start in time rather than a class of its own, so that nothing waits for ever.';

CREATE FUNCTION fin.job_backoff(failures int, seed bigint) RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    -- 5 s, 10 s, 20 s ... up to an hour, spread by a quarter each way so that jobs that failed together come back apart.
    SELECT make_interval(secs => least(3600, 5 * 2 ^ least(failures - 1, 20))
                                 * (0.75 + 0.5 * ((hashint8extended(seed, failures) & 1048575) / 1048576.0)))
$$;
COMMENT ON FUNCTION fin.job_backoff(int, bigint) IS 'Pause after the n-th failure of the job with this id.';

CREATE FUNCTION fin.job_place(kind text, payload jsonb) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted fin.job_kinds;
    place  uuid;
    own    text;
BEGIN
    SELECT * INTO wanted FROM fin.job_kinds k WHERE k.kind = job_place.kind;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown kind of job %', coalesce(quote_literal(kind), 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Kinds are ' || (SELECT string_agg(k.kind, ', ' ORDER BY k.kind) FROM fin.job_kinds k) || '.';
    END IF;
    IF jsonb_typeof(payload) <> 'object' THEN
        RAISE EXCEPTION 'the payload of a job is a JSON object, not %', jsonb_typeof(payload) USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF octet_length(payload::text) > 1048576 THEN
        RAISE EXCEPTION 'the payload has % bytes, more than 1048576', octet_length(payload::text)
            USING ERRCODE = 'program_limit_exceeded', HINT = 'Store large content by fin.file_put and name the file.';
    END IF;
    -- A job about a report belongs where the report does.
    IF payload ? 'report_id' THEN
        BEGIN
            SELECT r.workspace_id INTO place FROM fin.reports r WHERE r.id = (payload ->> 'report_id')::uuid;
        EXCEPTION WHEN invalid_text_representation THEN
            RAISE EXCEPTION 'report_id % is no id', payload -> 'report_id' USING ERRCODE = 'invalid_parameter_value';
        END;
        own := fin.role_in(place);
        IF own IS NULL THEN
            RAISE EXCEPTION 'report % not found', payload ->> 'report_id' USING ERRCODE = 'undefined_object',
                DETAIL = 'There is no such report in a workspace you are a member of.';
        END IF;
    ELSE
        place := fin.writable_workspace();
        own := fin.role_in(place);
    END IF;
    IF NOT coalesce(own = ANY (fin.roles_from(wanted.min_role)), false) THEN
        RAISE EXCEPTION 'your role in the workspace is %, a job of kind % needs % or higher', own, kind, wanted.min_role
            USING ERRCODE = 'insufficient_privilege', HINT = 'An admin of the workspace can change your role.';
    END IF;
    RETURN place;
END $$;
COMMENT ON FUNCTION fin.job_place(text, jsonb) IS 'The workspace a job would belong to, after checking kind, payload and the caller''s role.';

CREATE FUNCTION fin.job_add(kind text, payload jsonb, priority text, run_at timestamptz, dedup_key text, db_role name) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    content jsonb := coalesce(job_add.payload, '{}');
    place   uuid := fin.job_place(job_add.kind, content);
    start   timestamptz := coalesce(job_add.run_at, now());
    wanted  fin.job_kinds;
    made    bigint;
BEGIN
    SELECT * INTO STRICT wanted FROM fin.job_kinds k WHERE k.kind = job_add.kind;
    IF job_add.priority NOT IN ('low', 'medium', 'high', 'critical') THEN
        RAISE EXCEPTION 'unknown priority %', quote_literal(job_add.priority) USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Priorities are low, medium, high, critical; NULL takes that of the kind.';
    END IF;
    IF NOT isfinite(start) OR start > now() + interval '1 year' THEN
        RAISE EXCEPTION 'a job cannot be due at %', start USING ERRCODE = 'invalid_parameter_value',
            HINT = 'It may be due at most a year from now.';
    END IF;
    -- The caller could SET ROLE to any role it is a member of; a job may run as no other.
    IF job_add.db_role IS NULL OR (session_user = 'fin_worker' AND job_add.db_role IS DISTINCT FROM fin.claim('db_role')::name)
       OR (session_user <> 'fin_worker' AND NOT pg_has_role(session_user, job_add.db_role, 'MEMBER')) THEN
        RAISE EXCEPTION 'a job cannot be queued for role %', quote_ident(job_add.db_role) USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOOP
        INSERT INTO fin.jobs (workspace_id, kind, payload, priority, user_id, db_role, run_at, rank_at, holds_worker, lane, dedup_key)
        SELECT place, wanted.kind, content, p.priority, fin.current_user_id(), job_add.db_role, start,
               fin.job_rank(start, p.priority, w.plan), wanted.holds_worker,
               wanted.kind || ':' || (content ->> wanted.lane_key), job_add.dedup_key
        FROM fin.workspaces w, coalesce(job_add.priority, wanted.priority) p(priority) WHERE w.id = place
        ON CONFLICT (workspace_id, kind, dedup_key) WHERE dedup_key IS NOT NULL AND status IN ('queued', 'failed') DO NOTHING
        RETURNING id INTO made;
        EXIT WHEN made IS NOT NULL;
        -- Not there any more: a worker has just claimed it, so the new one is queued after all.
        SELECT j.id INTO made FROM fin.jobs j
        WHERE j.workspace_id = place AND j.kind = wanted.kind AND j.dedup_key = job_add.dedup_key AND j.status IN ('queued', 'failed');
        EXIT WHEN made IS NOT NULL;
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.job_add(text, jsonb, text, timestamptz, text, name) IS
    'Queues a job in the caller''s name, or finds the one with the same dedup_key that waits already. Called by fin_enqueue.';

-- What workers call -------------------------------------------------------------------------------------------------
-- A queue's size changes faster than its statistics. These functions therefore leave the planner no choice but the
-- indexes: a plan that was good for an empty queue reads ten thousand rows for each job of a full one.

CREATE FUNCTION fin.jobs_claim(boot bigint, worker int, at_most int, holding boolean, closed_lanes text[])
    RETURNS TABLE(id bigint, token bigint, attempt int, workspace_id uuid, user_id uuid, db_role name, role oid, kind text, handler text,
                  payload jsonb, idempotency_key uuid, timeout float8, holds_worker boolean, lane text, refusal text)
    LANGUAGE plpgsql VOLATILE ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_sort = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH picked AS MATERIALIZED (
        SELECT j.id FROM fin.jobs j
        WHERE j.status IN ('queued', 'failed') AND j.holds_worker = holding AND j.rank_at <= now() AND j.run_at <= now()
          AND (j.lane IS NULL OR NOT j.lane = ANY (closed_lanes))
        ORDER BY j.rank_at, j.id LIMIT at_most FOR UPDATE SKIP LOCKED
    ), claimed AS (
        -- A job that holds its worker is not renewed while it works: its lease outlasts its timeout.
        UPDATE fin.jobs j
        SET status = 'running', attempts = j.attempts + 1, lease_token = j.lease_token + 1, lease_boot = boot, lease_worker = worker,
            lease_until = now() + CASE WHEN j.holds_worker THEN k.timeout + interval '3 minutes' ELSE interval '1 minute' END
        FROM picked p, fin.job_kinds k WHERE j.id = p.id AND k.kind = j.kind
        RETURNING j.*, k.handler, extract(epoch FROM k.timeout)::float8 AS seconds, k.min_role
    ), started AS (
        INSERT INTO fin.job_attempts (workspace_id, job_id, attempt) SELECT c.workspace_id, c.id, c.attempts FROM claimed c
    )
    SELECT c.id, c.lease_token, c.attempts, c.workspace_id, c.user_id,
           -- Never as a superuser, nor past row-level security: what such a role queues runs with an ordinary member's rights.
           c.db_role, CASE WHEN r.rolsuper OR r.rolbypassrls THEN 'fin_user'::regrole::oid ELSE r.oid END,
           c.kind, c.handler, c.payload, c.idempotency_key, c.seconds, c.holds_worker, c.lane,
           CASE WHEN r.rolname IS NULL THEN format('role %s, which queued the job, does not exist any more', quote_ident(c.db_role))
                WHEN c.workspace_id IS NOT NULL AND NOT EXISTS (SELECT FROM fin.memberships m JOIN fin.users u ON u.id = m.user_id
                                 WHERE m.workspace_id = c.workspace_id AND m.user_id = c.user_id AND u.disabled_at IS NULL
                                   AND m.role = ANY (fin.roles_from(c.min_role)))
                THEN 'who queued the job may not do so any more: no member of the workspace with the role it needs' END
    FROM claimed c LEFT JOIN pg_roles r ON r.rolname = c.db_role
    ORDER BY c.rank_at, c.id;
END $$;
COMMENT ON FUNCTION fin.jobs_claim(bigint, int, int, boolean, text[]) IS
    'Claims due jobs for a worker: status, attempt and lease in one statement. refusal says why a job may not run at all.';

CREATE FUNCTION fin.jobs_finish(ids bigint[], tokens bigint[], outcomes text[], results jsonb[], errors text[], delays float8[])
    RETURNS SETOF bigint
    LANGUAGE plpgsql VOLATILE ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_sort = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH given AS (
        SELECT * FROM unnest(ids, tokens, outcomes, results, errors, delays) g(id, token, outcome, result, error, delay)
    ), judged AS (
        SELECT g.*, j.attempts, j.failures + (g.outcome = 'failed')::int AS failures,
               CASE WHEN g.outcome IN ('succeeded', 'dead', 'cancelled') THEN g.outcome
                    WHEN j.cancel_requested THEN 'cancelled'
                    WHEN g.outcome = 'failed' AND j.failures + 1 >= k.max_attempts THEN 'dead'
                    WHEN g.outcome = 'failed' THEN 'failed'
                    WHEN j.failures > 0 THEN 'failed'
                    ELSE 'queued' END AS status,
               CASE g.outcome WHEN 'failed' THEN now() + greatest(fin.job_backoff(j.failures + 1, j.id), make_interval(secs => coalesce(g.delay, 0)))
                              WHEN 'postponed' THEN now() + make_interval(secs => greatest(g.delay, 0.1))
                              ELSE j.run_at END AS due
        FROM given g JOIN fin.jobs j ON j.id = g.id AND j.lease_token = g.token AND j.status = 'running' JOIN fin.job_kinds k ON k.kind = j.kind
        FOR UPDATE OF j
    ), finished AS (
        UPDATE fin.jobs j
        SET status = v.status, failures = v.failures, lease_until = NULL, lease_boot = NULL, lease_worker = NULL,
            result = v.result, error = v.error, run_at = v.due, rank_at = j.rank_at + (v.due - j.run_at),
            finished_at = CASE WHEN v.status IN ('succeeded', 'dead', 'cancelled') THEN now() END,
            -- A newer job with the same key waits already: this one goes back without it.
            dedup_key = CASE WHEN j.dedup_key IS NULL OR NOT EXISTS (
                SELECT FROM fin.jobs o WHERE o.workspace_id = j.workspace_id AND o.kind = j.kind AND o.dedup_key = j.dedup_key
                                         AND o.status IN ('queued', 'failed')) THEN j.dedup_key END
        FROM judged v WHERE j.id = v.id
        RETURNING j.id, j.attempts, j.status, v.outcome, v.error
    ), ended AS (
        UPDATE fin.job_attempts a
        SET ended_at = clock_timestamp(), error = f.error,
            outcome = CASE WHEN f.status IN ('dead', 'cancelled') AND f.outcome <> 'succeeded' THEN f.status ELSE f.outcome END
        FROM finished f WHERE a.job_id = f.id AND a.attempt = f.attempts
    )
    SELECT f.id FROM finished f, LATERAL (SELECT pg_notify('fin_jobs', format('{"id":%s,"status":"%s"}', f.id, f.status))) n;
END $$;
COMMENT ON FUNCTION fin.jobs_finish(bigint[], bigint[], text[], jsonb[], text[], float8[]) IS
    'Stores how jobs ended, of those whose newest claim has this token; returns their ids. Outcomes: succeeded, failed, dead, postponed, cancelled.';

CREATE FUNCTION fin.jobs_release(ids bigint[], tokens bigint[]) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_sort = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    released int;
BEGIN
    -- Its worker is on its way out and waits for nobody; what it cannot give back is found by fin.jobs_recover.
    WITH mine AS MATERIALIZED (
        SELECT j.id FROM fin.jobs j JOIN unnest(ids, tokens) g(id, token) ON j.id = g.id AND j.lease_token = g.token
        WHERE j.status = 'running' FOR UPDATE OF j SKIP LOCKED
    ), back AS (
        UPDATE fin.jobs j
        SET status = CASE WHEN j.cancel_requested THEN 'cancelled' WHEN j.failures > 0 THEN 'failed' ELSE 'queued' END,
            finished_at = CASE WHEN j.cancel_requested THEN now() END, lease_until = NULL, lease_boot = NULL, lease_worker = NULL,
            dedup_key = CASE WHEN j.dedup_key IS NULL OR NOT EXISTS (
                SELECT FROM fin.jobs o WHERE o.workspace_id = j.workspace_id AND o.kind = j.kind AND o.dedup_key = j.dedup_key
                                         AND o.status IN ('queued', 'failed')) THEN j.dedup_key END
        FROM mine m WHERE j.id = m.id RETURNING j.id, j.attempts
    ), ended AS (
        UPDATE fin.job_attempts a SET ended_at = clock_timestamp(), outcome = 'interrupted'
        FROM back b WHERE a.job_id = b.id AND a.attempt = b.attempts
    )
    SELECT count(*) INTO released FROM back;
    RETURN released;
END $$;
COMMENT ON FUNCTION fin.jobs_release(bigint[], bigint[]) IS 'Gives back what a worker that is being stopped has not finished. The attempt counts for nothing.';

CREATE FUNCTION fin.jobs_renew(ids bigint[], tokens bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql VOLATILE ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_sort = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    UPDATE fin.jobs j SET lease_until = greatest(j.lease_until, now() + interval '1 minute')
    FROM unnest(ids, tokens) g(id, token)
    WHERE j.id = g.id AND j.lease_token = g.token AND j.status = 'running' AND NOT j.cancel_requested;
    RETURN QUERY
    SELECT g.id FROM unnest(ids, tokens) g(id, token)
    WHERE NOT EXISTS (SELECT FROM fin.jobs j WHERE j.id = g.id AND j.lease_token = g.token AND j.status = 'running' AND NOT j.cancel_requested);
END $$;
COMMENT ON FUNCTION fin.jobs_renew(bigint[], bigint[]) IS 'Renews the leases of a worker''s jobs; returns those that it must stop: cancelled, or claimed by another since.';

CREATE FUNCTION fin.jobs_recover(boot bigint, newest_worker int, alive int[]) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_sort = off SET jit = off AS $$
DECLARE
    found int;
BEGIN
    WITH lost AS MATERIALIZED (
        SELECT j.id, j.crashes + 1 AS crashes FROM fin.jobs j
        WHERE j.lease_boot IS NOT NULL AND j.status = 'running'
          AND (j.lease_boot <> boot OR j.lease_until < now()
               OR (j.lease_worker <= newest_worker AND NOT j.lease_worker = ANY (alive)))
        FOR UPDATE SKIP LOCKED
    ), judged AS (
        SELECT l.*, CASE WHEN l.crashes >= 5 THEN 'dead' WHEN j.cancel_requested THEN 'cancelled'
                         WHEN j.failures > 0 THEN 'failed' ELSE 'queued' END AS status,
               -- A pause from the second crash on: a job that crashes the server leaves time to do something about it.
               CASE WHEN l.crashes > 1 THEN make_interval(secs => 2 ^ l.crashes) ELSE interval '0' END AS pause
        FROM lost l JOIN fin.jobs j ON j.id = l.id
    ), back AS (
        UPDATE fin.jobs j
        SET status = v.status, crashes = v.crashes, lease_until = NULL, lease_boot = NULL, lease_worker = NULL,
            run_at = now() + v.pause, rank_at = j.rank_at + (now() + v.pause - j.run_at), holds_worker = j.holds_worker OR v.crashes >= 3,
            error = CASE WHEN v.status = 'dead' THEN format('the server or its worker crashed in %s attempts of this job', v.crashes) ELSE j.error END,
            finished_at = CASE WHEN v.status IN ('dead', 'cancelled') THEN now() END,
            dedup_key = CASE WHEN j.dedup_key IS NULL OR NOT EXISTS (
                SELECT FROM fin.jobs o WHERE o.workspace_id = j.workspace_id AND o.kind = j.kind AND o.dedup_key = j.dedup_key
                                         AND o.status IN ('queued', 'failed')) THEN j.dedup_key END
        FROM judged v WHERE j.id = v.id
        RETURNING j.id, j.attempts, j.status
    ), ended AS (
        UPDATE fin.job_attempts a SET ended_at = clock_timestamp(), outcome = 'crashed'
        FROM back b WHERE a.job_id = b.id AND a.attempt = b.attempts
    )
    SELECT count(*) INTO found FROM back b, LATERAL (SELECT pg_notify('fin_jobs', format('{"id":%s,"status":"%s"}', b.id, b.status))) n;
    RETURN found;
END $$;
COMMENT ON FUNCTION fin.jobs_recover(bigint, int, int[]) IS
    'Gives back the jobs of workers that are gone: of an earlier start of the server, not among the living, or past their lease. Counts the attempt as crashed.';

CREATE FUNCTION fin.jobs_outlook(OUT due int, OUT holding_due int, OUT next_in float8)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Up to a thousand: more workers than that many jobs call for there will not be.
    SELECT count(*), count(*) FILTER (WHERE q.holds_worker) INTO due, holding_due
    FROM (SELECT j.holds_worker FROM fin.jobs j WHERE j.status IN ('queued', 'failed') AND j.run_at <= now() ORDER BY j.run_at LIMIT 1000) q;
    SELECT extract(epoch FROM j.run_at - clock_timestamp())::float8 INTO next_in
    FROM fin.jobs j WHERE j.status IN ('queued', 'failed') AND j.run_at > now() ORDER BY j.run_at LIMIT 1;
END $$;
COMMENT ON FUNCTION fin.jobs_outlook() IS 'How many jobs are due, how many of them need a worker to themselves, and in how many seconds the next will be.';

CREATE FUNCTION fin.job_progress(id bigint, token bigint, progress jsonb) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE fin.jobs j SET progress = job_progress.progress
    WHERE j.id = job_progress.id AND j.lease_token = job_progress.token AND j.status = 'running' AND NOT j.cancel_requested;
    PERFORM pg_notify('fin_jobs', jsonb_build_object('id', id, 'status', 'running', 'done', progress -> 'done')::text) WHERE FOUND;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION fin.job_progress(bigint, bigint, jsonb) IS 'Stores and notifies how far a job is. False: it was cancelled or is no longer this claim''s.';

CREATE FUNCTION fin.jobs_prune(keep interval DEFAULT '7 days') RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    removed int;
BEGIN
    DELETE FROM fin.jobs j WHERE j.id IN (
        SELECT o.id FROM fin.jobs o WHERE o.status IN ('succeeded', 'dead', 'cancelled') AND o.finished_at < now() - keep
        ORDER BY o.finished_at LIMIT 10000 FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
COMMENT ON FUNCTION fin.jobs_prune(interval) IS 'Removes finished jobs older than keep, at most 10,000 at a time. Workers call it every few minutes.';

-- What people do with jobs ------------------------------------------------------------------------------------------

CREATE FUNCTION fin.job_to_change(job_id bigint) RETURNS fin.jobs
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job fin.jobs;
    own text;
BEGIN
    SELECT * INTO job FROM fin.jobs j WHERE j.id = job_id FOR UPDATE;
    own := fin.role_in(job.workspace_id);
    IF own IS NULL AND NOT pg_has_role(session_user, 'fin_admin', 'MEMBER') OR job.id IS NULL THEN
        RAISE EXCEPTION 'job % not found', job_id USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such job in a workspace you are a member of.';
    END IF;
    -- One's own while one may still queue its like; another's as an admin.
    IF NOT pg_has_role(session_user, 'fin_admin', 'MEMBER') AND NOT own = ANY (fin.roles_from('admin'))
       AND NOT (job.user_id IS NOT DISTINCT FROM fin.current_user_id()
                AND own = ANY (fin.roles_from((SELECT k.min_role FROM fin.job_kinds k WHERE k.kind = job.kind)))) THEN
        RAISE EXCEPTION 'job % is not yours to change', job_id USING ERRCODE = 'insufficient_privilege',
            HINT = 'Admins of the workspace may cancel and requeue the jobs of others.';
    END IF;
    RETURN job;
END $$;
COMMENT ON FUNCTION fin.job_to_change(bigint) IS 'Locks a job that the caller may cancel or requeue.';

CREATE FUNCTION fin.job_cancel(job_id bigint) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job fin.jobs := fin.job_to_change(job_id);
BEGIN
    IF job.status IN ('queued', 'failed') THEN
        UPDATE fin.jobs j SET status = 'cancelled', finished_at = now() WHERE j.id = job_id;
        PERFORM pg_notify('fin_jobs', format('{"id":%s,"status":"cancelled"}', job_id));
        RETURN 'cancelled';
    END IF;
    IF job.status = 'running' THEN
        UPDATE fin.jobs j SET cancel_requested = true WHERE j.id = job_id;
    END IF;
    RETURN job.status;
END $$;
COMMENT ON FUNCTION fin.job_cancel(bigint) IS 'Cancels a waiting job; asks the worker of a running one to stop it. Called by fin_cancel_job.';

CREATE FUNCTION fin.job_requeue(job_id bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job fin.jobs := fin.job_to_change(job_id);
BEGIN
    IF job.status NOT IN ('dead', 'cancelled') THEN
        RAISE EXCEPTION 'job % is %, only dead and cancelled jobs are queued again', job_id, job.status
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE fin.jobs j
    SET status = 'queued', failures = 0, crashes = 0, cancel_requested = false, run_at = now(), finished_at = NULL, error = NULL,
        progress = NULL, dedup_key = NULL,
        rank_at = fin.job_rank(now(), j.priority, coalesce((SELECT w.plan FROM fin.workspaces w WHERE w.id = j.workspace_id), 'free'))
    WHERE j.id = job_id;
    PERFORM pg_notify('fin_jobs', format('{"id":%s,"status":"queued"}', job_id));
END $$;
COMMENT ON FUNCTION fin.job_requeue(bigint) IS 'Queues a dead or cancelled job again with all of its attempts. Called by fin_requeue.';

CREATE VIEW api.jobs WITH (security_invoker = true) AS
    SELECT id, workspace_id, kind, payload, status, priority, user_id, db_role, run_at, attempts, failures, crashes, progress, result,
           error, created_at, finished_at
    FROM fin.jobs;
COMMENT ON VIEW api.jobs IS 'Jobs of the caller''s workspaces.';
