-- The queue: who may put what in, and what becomes of jobs as workers' calls go by. Time is moved by moving run_at.
BEGIN;
SET client_min_messages = warning;
SELECT plan(104);

CREATE ROLE q_owner; CREATE ROLE q_admin; CREATE ROLE q_analyst; CREATE ROLE q_viewer; CREATE ROLE q_stranger;
GRANT fin_user TO q_owner, q_admin, q_analyst, q_viewer, q_stranger;
CREATE TEMP TABLE place AS SELECT gen_random_uuid() AS ws, gen_random_uuid() AS report;
INSERT INTO fin.workspaces (id, name) SELECT ws, 'queue' FROM place;
INSERT INTO fin.users (name, db_role) SELECT r, r FROM unnest(ARRAY['q_owner', 'q_admin', 'q_analyst', 'q_viewer', 'q_stranger']) r;
INSERT INTO fin.memberships (workspace_id, user_id, role)
    SELECT ws, u.id, substr(u.db_role, 3) FROM place, fin.users u WHERE u.db_role IN ('q_owner', 'q_admin', 'q_analyst', 'q_viewer');
INSERT INTO fin.reports (id, workspace_id, source, status) SELECT report, ws, 'import', 'completed' FROM place;
GRANT SELECT ON place TO PUBLIC;

-- Runs a statement as a role of its own session and answers with its text or SQLSTATE; what it did stays.
CREATE FUNCTION pg_temp.as_role(who name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SET SESSION AUTHORIZATION %I', who);
    BEGIN
        EXECUTE statement INTO answer;
    EXCEPTION WHEN OTHERS THEN
        answer := SQLSTATE;
    END;
    RESET SESSION AUTHORIZATION;
    RETURN answer;
END $$;
-- What a worker does.
CREATE FUNCTION pg_temp.claim(at_most int DEFAULT 10, holding boolean DEFAULT false, closed text[] DEFAULT '{}') RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT c.id, c.token, c.attempt, c.refusal FROM fin.jobs_claim(1, 1, at_most, holding, closed) c;
END $$;
CREATE FUNCTION pg_temp.claimed(at_most int DEFAULT 10, holding boolean DEFAULT false, closed text[] DEFAULT '{}') RETURNS bigint[] LANGUAGE sql AS
    $$ SELECT array_agg(c.id) FROM fin.jobs_claim(1, 1, at_most, holding, closed) c $$;
CREATE FUNCTION pg_temp.finish(job bigint, outcome text, delay float8 DEFAULT NULL) RETURNS bigint LANGUAGE sql AS
    $$ SELECT f FROM fin.jobs_finish(ARRAY[job], ARRAY[(SELECT lease_token FROM fin.jobs WHERE id = job)], ARRAY[outcome], ARRAY[NULL::jsonb], ARRAY['why'], ARRAY[delay]) f $$;
CREATE FUNCTION pg_temp.due(job bigint) RETURNS void LANGUAGE sql AS $$ UPDATE fin.jobs SET run_at = now(), rank_at = now() WHERE id = job $$;
CREATE FUNCTION pg_temp.state(job bigint) RETURNS text LANGUAGE sql AS
    $$ SELECT format('%s %s/%s/%s', status, attempts, failures, crashes) FROM fin.jobs WHERE id = job $$;
CREATE FUNCTION pg_temp.noop(who name DEFAULT 'q_analyst') RETURNS bigint LANGUAGE sql AS
    $$ SELECT pg_temp.as_role(who, 'SELECT fin_enqueue(''noop'', ''{}'')')::bigint $$;

-- Kinds ----------------------------------------------------------------------------------------------------------------
SELECT results_eq($$ SELECT kind, priority, max_attempts FROM fin.job_kinds WHERE kind IN ('analyze_report', 'ai_review', 'send_notification',
        'generate_forecast', 'export_pdf', 'export_xlsx', 'sync_integration', 'retention', 'noop') ORDER BY kind COLLATE "C" $$,
    $$ VALUES ('ai_review', 'high', 3), ('analyze_report', 'high', 3), ('export_pdf', 'medium', 2), ('export_xlsx', 'medium', 2),
        ('generate_forecast', 'medium', 2), ('noop', 'medium', 1), ('retention', 'low', 3), ('send_notification', 'high', 5),
        ('sync_integration', 'low', 5) $$, 'kinds, their priorities and attempts');

-- Who may enqueue what ---------------------------------------------------------------------------------------------------
SELECT is(pg_temp.as_role(who::name, statement), expected, format('%s: %s', who, meaning))
FROM (SELECT who, format(statement, p.report) AS statement, expected, meaning FROM place p, (VALUES
    ('q_owner',    'SELECT fin_enqueue(''retention'', ''{}'') > 0', 'true', 'may clean up'),
    ('q_admin',    'SELECT fin_enqueue(''retention'', ''{}'') > 0', 'true', 'may clean up'),
    ('q_analyst',  'SELECT fin_enqueue(''retention'', ''{}'')', '42501', 'may not clean up'),
    ('q_analyst',  'SELECT fin_enqueue(''analyze_report'', ''{"report_id": "%s"}'') > 0', 'true', 'may analyse'),
    ('q_viewer',   'SELECT fin_enqueue(''analyze_report'', ''{"report_id": "%s"}'')', '42501', 'may not analyse'),
    ('q_viewer',   'SELECT fin_enqueue(''export_pdf'', ''{"report_id": "%s"}'') > 0', 'true', 'may export'),
    ('q_viewer',   'SELECT fin_enqueue(''noop'', ''{}'')', '42501', 'may not do nothing'),
    ('q_stranger', 'SELECT fin_enqueue(''export_pdf'', ''{"report_id": "%s"}'')', '42704', 'sees no such report'),
    ('q_stranger', 'SELECT fin_enqueue(''noop'', ''{}'') > 0', 'true', 'has a workspace of its own'),
    ('q_analyst',  'SELECT fin_enqueue(''unknown'', ''{}'')', '22023', 'an unknown kind'),
    ('q_analyst',  'SELECT fin_enqueue(NULL, ''{}'')', '22023', 'no kind'),
    ('q_analyst',  'SELECT fin_enqueue(''noop'', ''[1]'')', '22023', 'a payload that is no object'),
    ('q_analyst',  'SELECT fin_enqueue(''noop'', jsonb_build_object(''a'', repeat(''x'', 1100000)))', '54000', 'a payload that is too long'),
    ('q_analyst',  'SELECT fin_enqueue(''noop'', ''{}'', ''urgent'')', '22023', 'an unknown priority'),
    ('q_analyst',  'SELECT fin_enqueue(''noop'', ''{}'', NULL, ''infinity'')', '22023', 'a job that is never due'),
    ('q_analyst',  'SELECT fin_enqueue(''analyze_report'', ''{"report_id": "no id"}'')', '22023', 'a report_id that is none'),
    ('q_analyst',  'SELECT fin.job_add(''noop'', ''{}'', NULL, NULL, NULL, ''q_owner'')', '42501', 'cannot queue in another role''s name'),
    ('q_analyst',  'SELECT fin.jobs_claim(1, 1, 1, false, ''{}'')', '42501', 'cannot claim'),
    ('q_analyst',  'SELECT fin.jobs_finish(''{}'', ''{}'', ''{}'', ''{}'', ''{}'', ''{}'')', '42501', 'cannot finish'),
    ('q_analyst',  'INSERT INTO fin.jobs (workspace_id, kind, db_role) SELECT ws, ''noop'', ''postgres'' FROM place RETURNING 1', '42501', 'cannot write into the table'),
    ('q_analyst',  'UPDATE fin.jobs SET status = ''queued'' RETURNING 1', '42501', 'nor change it'),
    ('q_analyst',  'SELECT lease_token FROM fin.jobs', '42501', 'nor see a fencing token'),
    ('fin_anon',   'SELECT fin_enqueue(''noop'', ''{}'')', '42501', 'may nothing')
) v(who, statement, expected, meaning)) q;
SELECT is((SELECT count(*)::int FROM fin.jobs j, place p WHERE j.workspace_id = p.ws), 4, 'what was refused is not there');
SELECT is((SELECT format('%s %s %s', j.db_role, u.db_role, j.priority) FROM fin.jobs j JOIN fin.users u ON u.id = j.user_id JOIN place p ON p.ws = j.workspace_id WHERE kind = 'export_pdf'),
    'q_viewer q_viewer medium', 'role and identity are stored');
SELECT is(pg_temp.as_role('q_viewer', 'SELECT count(*) FROM fin_jobs()'), '4', 'members see the jobs of their workspace');
SELECT is(pg_temp.as_role('q_stranger', 'SELECT count(*) FROM api.jobs'), '1', 'others their own');
SELECT is(pg_temp.as_role('q_viewer', 'SELECT count(*) FROM fin_jobs(''queued'', ''retention'', 1)'), '1', 'fin_jobs filters');
SELECT is(pg_temp.as_role('q_viewer', 'SELECT count(*) FROM fin_jobs(''lost'')'), '22023', 'and knows the statuses');
SELECT is(pg_temp.as_role('q_stranger', format('SELECT fin_job(%s)', (SELECT max(id) FROM fin.jobs j, place p WHERE j.workspace_id = p.ws))), '42704', 'a foreign job is not found');
DELETE FROM fin.jobs;

-- Claims -------------------------------------------------------------------------------------------------------------------
CREATE TEMP TABLE job (name text PRIMARY KEY, id bigint);
INSERT INTO job SELECT 'a', pg_temp.noop();
SELECT is(pg_temp.claimed(), ARRAY[(SELECT id FROM job)], 'a due job is claimed');
SELECT is(pg_temp.state((SELECT id FROM job)), 'running 1/0/0', 'and runs');
SELECT is(pg_temp.claimed(), NULL, 'by one only');
SELECT is(pg_temp.finish((SELECT id FROM job), 'succeeded'), (SELECT id FROM job), 'it is finished');
SELECT is(pg_temp.finish((SELECT id FROM job), 'succeeded'), NULL, 'once');
SELECT is(pg_temp.state((SELECT id FROM job)), 'succeeded 1/0/0', 'and has succeeded');
SELECT results_eq('SELECT attempt, outcome, ended_at IS NOT NULL FROM fin.job_attempts', $$ VALUES (1, 'succeeded', true) $$, 'with one attempt');
SELECT isnt((SELECT finished_at FROM fin.jobs), NULL, 'at a time');

-- Fencing: what an older claim says does not count.
TRUNCATE job; INSERT INTO job SELECT 'a', pg_temp.noop();
SELECT lives_ok('SELECT pg_temp.claimed()', 'claimed');
CREATE TEMP TABLE old_claim AS SELECT lease_token AS token, idempotency_key FROM fin.jobs JOIN job USING (id);
UPDATE fin.jobs j SET lease_until = now() - interval '1 second' FROM job WHERE j.id = job.id;
SELECT is(fin.jobs_recover(1, 1, ARRAY[1]), 1, 'a lease that ran out is found');
SELECT is(pg_temp.state((SELECT id FROM job)), 'queued 1/0/1', 'its attempt counts as a crash, not as a failure');
SELECT lives_ok('SELECT pg_temp.claimed()', 'claimed again');
SELECT is((SELECT count(*)::int FROM job, old_claim o, fin.jobs_finish(ARRAY[job.id], ARRAY[o.token], '{succeeded}', ARRAY[NULL::jsonb], '{NULL}', '{NULL}')), 0, 'the first claim cannot finish it any more');
SELECT is((SELECT count(*)::int FROM job, old_claim o, fin.jobs_renew(ARRAY[job.id], ARRAY[o.token])), 1, 'and is told to stop');
SELECT is((SELECT count(*)::int FROM fin.jobs_renew(ARRAY[(SELECT id FROM job)], ARRAY[(SELECT lease_token FROM fin.jobs JOIN job USING (id))])), 0, 'the second goes on');
SELECT is((SELECT j.idempotency_key FROM fin.jobs j JOIN job USING (id)), (SELECT idempotency_key FROM old_claim), 'the idempotency key is the same');
SELECT is(pg_temp.finish((SELECT id FROM job), 'succeeded'), (SELECT id FROM job), 'the second finishes it');
SELECT results_eq('SELECT attempt, outcome FROM fin.job_attempts a JOIN job ON job.id = a.job_id ORDER BY 1', $$ VALUES (1, 'crashed'), (2, 'succeeded') $$, 'both attempts are on record');

-- Backoff and death ----------------------------------------------------------------------------------------------------------
SELECT is((SELECT array_agg(b BETWEEN make_interval(secs => 0.75 * d) AND make_interval(secs => 1.25 * d))
    FROM (VALUES (1, 5), (2, 10), (3, 20), (8, 640), (11, 3600), (25, 3600)) v(n, d), LATERAL fin.job_backoff(n, 4711) b), ARRAY[true, true, true, true, true, true], 'pauses double up to an hour');
SELECT cmp_ok((SELECT count(DISTINCT fin.job_backoff(3, i))::int FROM generate_series(1, 100) i), '>', 90, 'and are spread');
UPDATE fin.job_kinds SET max_attempts = 3 WHERE kind = 'noop';
TRUNCATE job; INSERT INTO job SELECT 'a', pg_temp.noop();
SELECT ok(pg_temp.claimed() IS NOT NULL AND pg_temp.finish((SELECT id FROM job), 'failed') IS NOT NULL, 'an attempt fails');
SELECT is(pg_temp.state((SELECT id FROM job)), 'failed 1/1/0', 'the job will be tried again');
SELECT ok((SELECT run_at BETWEEN now() + interval '3.75 s' AND now() + interval '6.25 s' AND run_at - rank_at = interval '5 minutes' FROM fin.jobs JOIN job USING (id)), 'after a pause');
SELECT is(pg_temp.claimed(), NULL, 'not before');
SELECT pg_temp.due((SELECT id FROM job)) \g /dev/null
SELECT ok(pg_temp.claimed() IS NOT NULL AND pg_temp.finish((SELECT id FROM job), 'failed', 1000) IS NOT NULL, 'fails again, and asks for a longer pause');
SELECT ok((SELECT run_at >= now() + interval '1000 s' FROM fin.jobs JOIN job USING (id)), 'which it gets');
SELECT pg_temp.due((SELECT id FROM job)) \g /dev/null
SELECT ok(pg_temp.claimed() IS NOT NULL AND pg_temp.finish((SELECT id FROM job), 'failed') IS NOT NULL, 'fails a third time');
SELECT is(pg_temp.state((SELECT id FROM job)), 'dead 3/3/0', 'and is dead');
SELECT is((SELECT error FROM fin.jobs JOIN job USING (id)), 'why', 'with its error');
SELECT is(pg_temp.as_role('q_stranger', format('SELECT fin_requeue(%s)', (SELECT id FROM job))), '42704', 'a stranger cannot requeue it');
SELECT is(pg_temp.as_role('q_viewer', format('SELECT fin_requeue(%s)', (SELECT id FROM job))), '42501', 'nor a viewer');
SELECT is(pg_temp.as_role('q_analyst', format('SELECT fin_requeue(%s)', (SELECT id FROM job))), '', 'who queued it may');
SELECT is(pg_temp.state((SELECT id FROM job)), 'queued 3/0/0', 'it has all of its attempts again');
SELECT is(pg_temp.as_role('q_admin', format('SELECT fin_requeue(%s)', (SELECT id FROM job))), '55000', 'a waiting job is not requeued');
SELECT ok(pg_temp.claimed() IS NOT NULL AND pg_temp.finish((SELECT id FROM job), 'postponed', 0.5) IS NOT NULL, 'postponed');
SELECT is(pg_temp.state((SELECT id FROM job)), 'queued 4/0/0', 'counts as no failure');
SELECT pg_temp.due((SELECT id FROM job)) \g /dev/null
SELECT ok(pg_temp.claimed() IS NOT NULL AND pg_temp.finish((SELECT id FROM job), 'dead') IS NOT NULL, 'a handler that knows better');
SELECT is(pg_temp.state((SELECT id FROM job)), 'dead 5/0/0', 'ends a job at once');

-- Poison: five crashes -------------------------------------------------------------------------------------------------------
TRUNCATE job; INSERT INTO job SELECT 'a', pg_temp.noop();
CREATE FUNCTION pg_temp.crash(number bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.due(number);
    IF pg_temp.claimed(10, (SELECT holds_worker FROM fin.jobs WHERE id = number)) IS NULL THEN RETURN 'not claimed'; END IF;
    PERFORM fin.jobs_recover(2, 0, '{}');  -- of another start of the server
    UPDATE fin.jobs SET lease_boot = NULL WHERE id = number AND lease_boot = 1;
    RETURN pg_temp.state(number) || (SELECT CASE WHEN holds_worker THEN ' alone' ELSE '' END FROM fin.jobs WHERE id = number);
END $$;
SELECT is(pg_temp.crash((SELECT id FROM job)), 'queued 1/0/1', 'one crash');
SELECT is((SELECT run_at FROM fin.jobs JOIN job USING (id)), now(), 'once is tried again at once');
SELECT is(pg_temp.crash((SELECT id FROM job)), 'queued 2/0/2', 'two');
SELECT ok((SELECT run_at > now() FROM fin.jobs JOIN job USING (id)), 'then after a pause');
SELECT is(pg_temp.crash((SELECT id FROM job)), 'queued 3/0/3 alone', 'from the third on it has a worker to itself');
SELECT is(pg_temp.crash((SELECT id FROM job)), 'queued 4/0/4 alone', 'four');
SELECT is(pg_temp.crash((SELECT id FROM job)), 'dead 5/0/5 alone', 'five make it dead');
SELECT is((SELECT count(*)::int FROM fin.job_attempts a JOIN job ON job.id = a.job_id WHERE outcome = 'crashed'), 5, 'each on record');

-- Whose jobs are given back: not those of the living.
TRUNCATE job; INSERT INTO job SELECT 'a', pg_temp.noop();
SELECT ok(pg_temp.claimed() IS NOT NULL AND fin.jobs_recover(1, 1, ARRAY[1]) = 0, 'a living worker keeps its job');
SELECT is(fin.jobs_recover(1, 0, '{}'), 0, 'one that is newer than the list of the living, too');
SELECT is(fin.jobs_release(ARRAY[(SELECT id FROM job)], ARRAY[(SELECT lease_token FROM fin.jobs JOIN job USING (id))]), 1, 'a worker that is stopped gives it back');
SELECT is(pg_temp.state((SELECT id FROM job)) || ' ' || (SELECT outcome FROM fin.job_attempts a JOIN job ON job.id = a.job_id), 'queued 1/0/0 interrupted', 'which counts for nothing');

-- Cancel -----------------------------------------------------------------------------------------------------------------------
SELECT is(pg_temp.as_role('q_viewer', format('SELECT fin_cancel_job(%s)', (SELECT id FROM job))), '42501', 'a viewer cannot cancel');
SELECT is(pg_temp.as_role('q_admin', format('SELECT fin_cancel_job(%s)', (SELECT id FROM job))), 'cancelled', 'an admin cancels another''s job');
SELECT is(pg_temp.claimed(), NULL, 'a cancelled job is not claimed');
TRUNCATE job; INSERT INTO job SELECT 'a', pg_temp.noop();
SELECT ok(pg_temp.claimed() IS NOT NULL AND pg_temp.as_role('q_analyst', format('SELECT fin_cancel_job(%s)', (SELECT id FROM job))) = 'running', 'a running job is asked to stop');
SELECT is((SELECT count(*)::int FROM fin.jobs_renew(ARRAY[(SELECT id FROM job)], ARRAY[(SELECT lease_token FROM fin.jobs JOIN job USING (id))])), 1, 'its worker is told');
SELECT is(pg_temp.finish((SELECT id FROM job), 'failed'), (SELECT id FROM job), 'it ends');
SELECT is(pg_temp.state((SELECT id FROM job)), 'cancelled 1/1/0', 'cancelled and not tried again');

-- Deduplication, delay, order, lanes -------------------------------------------------------------------------------------------
DELETE FROM fin.jobs; TRUNCATE job;
INSERT INTO job SELECT n, pg_temp.as_role('q_analyst', 'SELECT fin_enqueue_once(''noop'', ''{}'', ''nightly'')')::bigint FROM unnest(ARRAY['a', 'b']) n;
SELECT is((SELECT count(DISTINCT id)::int FROM job), 1, 'the same key while one waits gives that one');
SELECT ok(pg_temp.claimed() IS NOT NULL, 'it runs');
INSERT INTO job SELECT 'c', pg_temp.as_role('q_analyst', 'SELECT fin_enqueue_once(''noop'', ''{}'', ''nightly'')')::bigint;
SELECT is((SELECT count(DISTINCT id)::int FROM job), 2, 'one that runs does not stand in the way of the next');
SELECT ok(pg_temp.finish((SELECT id FROM job WHERE name = 'a'), 'failed') IS NOT NULL, 'the first fails while the second waits');
SELECT is((SELECT array_agg(dedup_key ORDER BY id) FROM fin.jobs), ARRAY[NULL, 'nightly'], 'and goes back without the key');
DELETE FROM fin.jobs; TRUNCATE job;
INSERT INTO job SELECT 'later', pg_temp.as_role('q_analyst', 'SELECT fin_enqueue(''noop'', ''{}'', NULL, now() + interval ''1 hour'')')::bigint;
SELECT is(pg_temp.claimed(), NULL, 'a delayed job waits');
SELECT ok((SELECT next_in BETWEEN 3500 AND 3601 AND due = 0 FROM fin.jobs_outlook()), 'and its time is known');
DELETE FROM fin.jobs; TRUNCATE job;
INSERT INTO job SELECT p, pg_temp.as_role('q_analyst', format('SELECT fin_enqueue(''noop'', ''{}'', %L)', p))::bigint FROM unnest(ARRAY['low', 'medium', 'high', 'critical']) p;
INSERT INTO job SELECT 'old', pg_temp.as_role('q_analyst', 'SELECT fin_enqueue(''noop'', ''{}'', ''low'', now() - interval ''35 minutes'')')::bigint;
UPDATE fin.workspaces SET plan = 'premium' WHERE personal_role = 'q_stranger';
INSERT INTO job SELECT 'premium', pg_temp.as_role('q_stranger', 'SELECT fin_enqueue(''noop'', ''{}'')')::bigint;
SELECT results_eq('SELECT job.name FROM unnest(pg_temp.claimed()) WITH ORDINALITY c(id, n) JOIN job USING (id) ORDER BY n',
    $$ VALUES ('old'), ('critical'), ('premium'), ('high'), ('medium'), ('low') $$, 'a head start in time: premium and priority first, but nothing waits for ever');
DELETE FROM fin.jobs; TRUNCATE job;
INSERT INTO job SELECT l, pg_temp.as_role('q_analyst', format('SELECT fin_enqueue(''sync_integration'', ''{"connection_id": "%s"}'')', l))::bigint FROM unnest(ARRAY['x', 'y']) l;
SELECT results_eq($$ SELECT job.name FROM unnest(pg_temp.claimed(10, false, ARRAY['sync_integration:x'])) c(id) JOIN job USING (id) $$, $$ VALUES ('y') $$, 'a lane that is closed holds up no other');

-- Rights are asked again at the claim -------------------------------------------------------------------------------------------
DELETE FROM fin.jobs; TRUNCATE job; INSERT INTO job SELECT 'a', pg_temp.noop();
UPDATE fin.memberships SET role = 'viewer' WHERE user_id = (SELECT id FROM fin.users WHERE db_role = 'q_analyst');
SELECT matches((SELECT c.refusal FROM fin.jobs_claim(1, 1, 1, false, '{}') c), 'no member of the workspace with the role it needs', 'who may no longer queue it is told to the worker');
UPDATE fin.jobs SET status = 'queued', db_role = 'q_nobody'; UPDATE fin.memberships SET role = 'analyst' WHERE user_id = (SELECT id FROM fin.users WHERE db_role = 'q_analyst');
SELECT matches((SELECT c.refusal FROM fin.jobs_claim(1, 1, 1, false, '{}') c), 'does not exist any more', 'so is a role that was dropped');
UPDATE fin.jobs SET status = 'queued', db_role = current_user;
SELECT is((SELECT c.role FROM fin.jobs_claim(1, 1, 1, false, '{}') c), 'fin_user'::regrole::oid, 'a superuser''s job runs as fin_user');

-- Keeping and schedules -----------------------------------------------------------------------------------------------------------
UPDATE fin.jobs SET status = 'succeeded', finished_at = now() - interval '6 days';
SELECT is(fin.jobs_prune(), 0, 'a finished job is kept');
UPDATE fin.jobs SET finished_at = now() - interval '8 days';
SELECT is(fin.jobs_prune(), 1, 'for seven days');
SELECT is((SELECT count(*)::int FROM fin.job_attempts), 0, 'its attempts go with it');
SELECT is(pg_temp.as_role('q_analyst', 'SELECT fin_schedule(''noop'', ''{}'', ''* * * * * *'')'), CASE WHEN to_regnamespace('cron') IS NULL THEN '0A000' ELSE '22023' END, 'a schedule has five fields, and needs pg_cron');
SELECT * FROM finish();
ROLLBACK;
