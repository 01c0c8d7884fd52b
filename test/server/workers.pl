# Launcher and workers on a real server: jobs run as who queued them, workers come and go, nothing of them is in the way.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('workers');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pg_fin'
restart_after_crash = on
max_worker_processes = 8
log_min_messages = log
CONF
$node->start;

my $db = 'postgres';
sub ask { return $node->safe_psql($db, $_[0]) }
# Answers of a role's own session, or what went wrong.
sub as
{
	my ($role, $sql) = @_;
	my ($status, $out, $error) = $node->psql($db, $sql, connstr => $node->connstr($db) . " user=$role", on_error_stop => 1);
	return $status == 0 ? $out : $error;
}
sub until_true { return $node->poll_query_until($db, $_[0]) }
sub job { return ask("SELECT status || coalesce(': ' || error, '') FROM fin.jobs WHERE id = $_[0]") }
sub job_ends { my ($id) = @_; until_true("SELECT status IN ('succeeded', 'dead', 'cancelled') FROM fin.jobs WHERE id = $id"); return job($id) }
my $workers = q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'pg_fin worker'};
sub pid_of_worker { return ask(q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'pg_fin worker' ORDER BY 1 LIMIT 1}) }

is(ask(q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'pg_fin launcher'}), 1, 'the launcher runs');
ok(until_true("$workers" =~ s/SELECT count\(\*\)/SELECT count(*) = 0/r), 'no worker where there is no pg_fin');
ask(q{CREATE EXTENSION pg_fin; SELECT fin_setup();
    CREATE ROLE anna LOGIN; CREATE ROLE boris LOGIN; GRANT fin_user TO anna, boris; GRANT CREATE, USAGE ON SCHEMA public TO anna, boris});
ok(until_true("$workers" =~ s/SELECT count\(\*\)/SELECT count(*) = 1/r), 'one starts by itself after fin_setup()');

# --- identity -----------------------------------------------------------------------------------------------------------

my $id = as('anna', q{SELECT fin_enqueue('noop', '{}')});
is(job_ends($id), 'succeeded', 'a job runs');
is(ask("SELECT pid > 0 AND state = 'idle' AND done >= 1 FROM fin_workers() WHERE role = 'worker'"), 't', 'fin_workers() shows who did it');
is(ask("SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'pg_fin%' AND backend_xmin IS NOT NULL"), 0, 'an idle worker holds no snapshot');

# An attached view tells who reads it.
as('anna', q{
    CREATE TABLE seen (session_user_ text, current_user_ text, identity uuid, claims text);
    GRANT INSERT ON seen TO PUBLIC;
    CREATE FUNCTION look() RETURNS date LANGUAGE plpgsql VOLATILE AS
        $$ BEGIN
            INSERT INTO public.seen VALUES (session_user, current_user, fin.current_user_id(), current_setting('request.jwt.claims', true));
            RETURN date '2024-01-01';
        END $$;
    CREATE VIEW book AS SELECT public.look() AS booked_on, 10.0::numeric AS amount UNION ALL SELECT date '2024-02-01', -3});
my $report = as('anna', q{SELECT fin_attach('book')});
ask('TRUNCATE seen');
$id = as('anna', qq{SELECT fin_enqueue('analyze_report', '{"report_id": "$report"}')});
is(job_ends($id), 'succeeded', 'an attached view is analysed');
is(ask(q{SELECT DISTINCT session_user_, current_user_, identity = (SELECT id FROM fin.users WHERE db_role = 'anna') FROM seen}),
	'fin_worker|anna|t', 'as the role and identity that queued the job');
is(ask(qq{SELECT db_role, user_id = (SELECT id FROM fin.users WHERE db_role = 'anna') FROM fin.audit_log WHERE action = 'analyse' AND object = '$report' ORDER BY id DESC LIMIT 1}),
	'anna|t', 'and the audit log says so');

# What a hostile view tries: to become somebody else.
for my $try (
	[ 'SET SESSION AUTHORIZATION postgres', qr/within security-/ ],
	[ 'SET ROLE fin_worker', qr/within security-/ ],
	[ 'RESET SESSION AUTHORIZATION', qr/within security-/ ],
	[ q{SELECT set_config('pg_fin.job_identity', '{"sub": "00000000-0000-0000-0000-000000000001"}', false)}, qr/permission denied to set parameter/ ],
	[ 'CREATE TEMP TABLE planted (x int)', qr/within security-restricted operation/ ],
	[ q{SELECT fin.jobs_claim(0, 1, 1, false, '{}')}, qr/permission denied for function/ ])
{
	my ($statement, $refusal) = @$try;
	my $quoted = $statement =~ s/'/''/gr;
	as('anna', qq{CREATE OR REPLACE FUNCTION look() RETURNS date LANGUAGE plpgsql AS \$\$ BEGIN EXECUTE '$quoted'; RETURN date '2024-01-01'; END \$\$});
	$id = as('anna', qq{SELECT fin_enqueue('analyze_report', '{"report_id": "$report", "options": {"opening_balance": 1}}')});
	like(job_ends($id), $refusal, "a job may not: $statement");
}
as('anna', q{CREATE OR REPLACE FUNCTION look() RETURNS date LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('search_path', 'public', false), set_config('work_mem', '77MB', false); RETURN date '2024-01-01'; END $$});
is(job_ends(as('anna', qq{SELECT fin_enqueue('analyze_report', '{"report_id": "$report", "options": {"opening_balance": 2}}')})), 'succeeded', 'a job may set what anyone may');
as('anna', q{CREATE OR REPLACE FUNCTION look() RETURNS date LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'work_mem is %', current_setting('work_mem'); END $$});
unlike(job_ends(as('anna', qq{SELECT fin_enqueue('analyze_report', '{"report_id": "$report", "options": {"opening_balance": 3}}')})), qr/77MB/, 'and it ends with the job');
as('anna', q{CREATE OR REPLACE FUNCTION look() RETURNS date LANGUAGE sql AS $$ SELECT date '2024-01-01' $$});

# A superuser's job has the rights of an ordinary member.
ask(q{CREATE TABLE secret (booked_on date, amount numeric); INSERT INTO secret VALUES ('2024-01-01', 1)});
my $own = ask(q{SELECT fin_attach('secret')});
like(job_ends(ask(qq{SELECT fin_enqueue('analyze_report', '{"report_id": "$own"}')})), qr/^dead: .*permission denied/, 'nothing runs as a superuser');

# Membership is asked again when the job starts.
my $place = ask(q{SELECT m.workspace_id FROM fin.memberships m JOIN fin.users u ON u.id = m.user_id WHERE u.db_role = 'anna'});
as('anna', qq{SELECT fin.add_member('$place', 'boris', 'analyst')});
$id = as('boris', qq{SET pg_fin.workspace = '$place'; SELECT fin_enqueue('noop', '{}', NULL, now() + interval '1 second')});
ask(q{DELETE FROM fin.memberships WHERE user_id = (SELECT id FROM fin.users WHERE db_role = 'boris')});
like(job_ends($id), qr/^dead: .*no member/, "a removed member's job ends dead");

# --- files ----------------------------------------------------------------------------------------------------------------

$id = as('anna', q{SELECT fin_enqueue('analyze_report', jsonb_build_object('file_id', fin.file_put('good.csv', 'text/csv',
    convert_to(E'Date,Payee,Category,Amount\n2024-01-01,A,Sales,100.00\n2024-02-01,B,Rent,-20.00\n', 'UTF8'))))});
is(job_ends($id), 'succeeded', 'a stored file is imported and analysed');
is(as('anna', qq{SELECT r.status, r.rows FROM fin_job($id) j, fin.reports r WHERE r.id = (j.result ->> 'report_id')::uuid}), 'completed|2', 'its report is there');
$id = as('anna', q{SELECT fin_enqueue('analyze_report', jsonb_build_object('file_id', fin.file_put('bad.csv', 'text/csv',
    convert_to(E'Date,Payee,Category,Amount\n2024-01-01,A,Sales,100.00\n2024-02-01,B,Rent,oops\n', 'UTF8'))))});
like(job_ends($id), qr/^dead: .*oops/, 'a file with an error cannot become one by trying again');
like(as('anna', q{SELECT error FROM fin.reports WHERE status = 'failed' AND filename = 'bad.csv'}), qr/row 2, column "Amount": "oops"/, 'and its report is failed, with row, column and value');

my $imported = as('anna', qq{SELECT id FROM fin.reports WHERE filename = 'good.csv' AND status = 'completed'});
$id = as('anna', qq{SELECT fin_enqueue('generate_forecast', '{"report_id": "$imported", "horizon": 3}')});
is(job_ends($id), 'succeeded', 'a forecast is computed');
is(as('anna', qq{SELECT jsonb_array_length(j.result -> 'forecast') = (SELECT count(*) FROM fin_forecast('$imported'::uuid, 3)) FROM fin_job($id) j}), 't', 'as fin_forecast answers');
like(job_ends(as('anna', qq{SELECT fin_enqueue('generate_forecast', '{"report_id": "$imported", "horizon": "many"}')})), qr/^dead: horizon in the payload is not a whole number/, 'a payload that cannot be worked with is dead at once');
my $member = ask(q{SELECT m.workspace_id FROM fin.memberships m JOIN fin.users u ON u.id = m.user_id WHERE u.db_role = 'anna'});
ask(qq{UPDATE fin.workspaces SET settings = '{"retention": {"reports_days": 30}}' WHERE id = '$member'; UPDATE fin.reports SET created_at = now() - interval '40 days' WHERE id = '$imported'});
$id = as('anna', q{SELECT fin_enqueue('retention', '{}')});
is(job_ends($id), 'succeeded', 'retention runs');
is(ask("SELECT result ->> 'reports' FROM fin.jobs WHERE id = $id") . ask("SELECT count(*) FROM fin.reports WHERE id = '$imported'"), '10', 'and removes what the workspace does not keep');

# --- uploads --------------------------------------------------------------------------------------------------------------

# The report is there before its rows; who listens hears of the end.
sub upload
{
	my ($name, $text) = @_;
	return as('anna', qq{
		BEGIN;
		INSERT INTO fin.upload_chunks VALUES ('00000000-0000-4000-8000-000000000001', 1, convert_to(E'$text', 'UTF8'));
		SELECT u ->> 'reportId' AS report, u ->> 'status' AS status, 'fin_report_' || (u ->> 'reportId') AS channel, 'fin_job_' || (u ->> 'jobId') AS job_channel
		FROM api.upload_report('00000000-0000-4000-8000-000000000001', '$name') u \\gset
		LISTEN :"channel";
		LISTEN :"job_channel";
		COMMIT;
		\\echo :report :status
		DO \$\$ BEGIN
			FOR i IN 1..600 LOOP
				EXIT WHEN (SELECT r.status <> 'processing' FROM fin.reports r WHERE r.filename = '$name');
				PERFORM pg_sleep(0.05);
			END LOOP;
		END \$\$;
		SELECT pg_sleep(0.5);
		SELECT r.status || ' ' || coalesce(r.rows::text, r.error) FROM fin.reports r WHERE r.filename = '$name';
	});
}
my $said = upload('sent.csv', 'Date,Amount,Category\\n2024-01-01,100,Sales\\n2024-02-01,-20,Rent\\n');
like($said, qr/^[0-9a-f-]{36} processing$/m, 'an upload is answered before it is read');
like($said, qr/^completed 2$/m, 'and a worker reads it into that report');
like($said, qr/notification "fin_report_[0-9a-f-]{36}" with payload "\{"id": "[0-9a-f-]{36}", "status": "completed"\}"/, 'who follows the report hears of it');
like($said, qr/notification "fin_job_\d+" with payload "\{"id": \d+, "status": "running"\}"/, 'and of its job');
is(as('anna', q{SELECT count(*) FROM fin.analyses a JOIN fin.reports r ON r.id = a.report_id WHERE r.filename = 'sent.csv'}), 1, 'its analysis is stored');
$said = upload('wrong.csv', 'Date,Amount\\n2024-01-01,100\\n2024-02-01,oops\\n');
like($said, qr/^failed row 2, column "Amount": "oops"/m, 'what cannot be read is a report that failed and says where');

# --- cancel, delay, retry -------------------------------------------------------------------------------------------------

$id = as('anna', q{SELECT fin_enqueue('noop', '{}', NULL, now() + interval '1.5 seconds')});
is(job_ends($id), 'succeeded', 'a delayed job runs');
is(ask("SELECT a.started_at BETWEEN j.run_at AND j.run_at + interval '1 second' FROM fin.jobs j JOIN fin.job_attempts a ON a.job_id = j.id WHERE j.id = $id"), 't', 'not before its time and soon after');
as('anna', q{CREATE OR REPLACE FUNCTION look() RETURNS date LANGUAGE sql VOLATILE AS $$ SELECT date '2024-01-01' + (pg_sleep(60) IS NULL)::int $$});
my $slow = qq{SELECT fin_enqueue('analyze_report', '{"report_id": "$report", "options": {"opening_balance": 4}}')};
$id = as('anna', $slow);
until_true("SELECT status = 'running' FROM fin.jobs WHERE id = $id");
ok(until_true("SELECT count(*) = 1 FROM fin_workers() WHERE job_id = $id AND state = 'working'"), 'fin_workers() shows the job that runs');
is(ask(qq{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'pg_fin worker' AND query LIKE 'pg_fin: analyze_report $id'}), 1, 'and so does pg_stat_activity');
my $other = as('anna', q{SELECT fin_enqueue('noop', '{}')});
is(job_ends($other), 'succeeded', 'another worker starts where all are busy');
is(as('anna', "SELECT fin_cancel_job($id)"), 'running', 'a running job is asked to stop');
is(job_ends($id), 'cancelled: canceling statement due to user request', 'and stops');
is(as('anna', "SELECT fin_cancel_job($id)"), 'cancelled', 'once');
as('anna', "SELECT fin_requeue($id)");
until_true("SELECT status = 'running' FROM fin.jobs WHERE id = $id");
as('anna', "SELECT fin_cancel_job($id)");
like(job_ends($id), qr/^cancelled/, 'a requeued job runs again and is cancelled again');
ask(q{UPDATE fin.job_kinds SET timeout = '1 second', max_attempts = 1 WHERE kind = 'analyze_report'});
is(job_ends(as('anna', $slow =~ s/: 4\}/: 5}/r)), 'dead: timed out after 1 s', 'a job ends at its time limit');
ask(q{UPDATE fin.job_kinds SET timeout = '10 minutes', max_attempts = 3 WHERE kind = 'analyze_report'});

# Many that need a worker each, queued at once.
as('anna', qq{SELECT fin_enqueue('analyze_report', jsonb_build_object('report_id', '$report', 'options', jsonb_build_object('opening_balance', 100 + n))) FROM generate_series(1, 8) n});
ok(until_true(q{SELECT count(*) = 5 FROM fin_workers() WHERE state = 'working' AND role = 'worker'}), 'as many workers as pg_fin.max_workers start with the length of the queue');
as('anna', q{SELECT fin_cancel_job(id) FROM fin_jobs() WHERE kind = 'analyze_report' AND status IN ('queued', 'running')});
ok(until_true(q{SELECT count(*) = 0 FROM fin.jobs WHERE status IN ('queued', 'running')}), 'all are cancelled at once');

# --- stopping ----------------------------------------------------------------------------------------------------------------

sub slow_job_runs
{
	my $slow_id = as('anna', $slow);
	until_true("SELECT status = 'running' FROM fin.jobs WHERE id = $slow_id");
	until_true("SELECT count(*) = 1 FROM fin_workers() WHERE job_id = $slow_id AND state = 'working'");
	return ($slow_id, ask("SELECT pid FROM fin_workers() WHERE job_id = $slow_id"));
}
my ($running, $pid) = slow_job_runs();
my $begun = time;
ask("SELECT pg_terminate_backend($pid)");
ok(until_true("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $pid"), 'SIGTERM ends a worker in the middle of a job');
note sprintf 'a worker at work ended after %.2f s', time - $begun;
is(ask("SELECT outcome FROM fin.job_attempts WHERE job_id = $running AND attempt = 1"), 'interrupted', 'whose attempt counts for nothing');
ok(until_true("SELECT status = 'running' AND attempts = 2 AND crashes = 0 AND failures = 0 FROM fin.jobs WHERE id = $running"), 'the job goes on in another');
$begun = time;
$node->stop('fast');
note sprintf 'the server with a job at work stopped after %.2f s', time - $begun;
$node->start;
ok(until_true("SELECT status = 'running' AND attempts = 3 AND crashes = 0 FROM fin.jobs WHERE id = $running"), 'and again after the server was stopped and started');
as('anna', "SELECT fin_cancel_job($running)");
job_ends($running);

# --- a worker that hangs ------------------------------------------------------------------------------------------------------

ask(q{ALTER SYSTEM SET pg_fin.worker_patience = '2s'});
ask('SELECT pg_reload_conf()');
$pid = pid_of_worker();
kill 'STOP', $pid;
ok(until_true("SELECT count(*) = 1 FROM fin_workers() WHERE pid = $pid AND state = 'abandoned'"), 'a worker without heartbeat is abandoned');
is(job_ends(as('anna', q{SELECT fin_enqueue('noop', '{}')})), 'succeeded', 'and replaced');
kill 'CONT', $pid;
ok(until_true("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $pid"), 'it ends as soon as it can');
ask(q{ALTER SYSTEM RESET pg_fin.worker_patience});
ask('SELECT pg_reload_conf()');

# --- in nobody's way ------------------------------------------------------------------------------------------------------------

ask('CREATE DATABASE other');
$db = 'other';
ask(q{CREATE EXTENSION pg_fin; SELECT fin_setup(); SELECT fin_enqueue('noop', '{}')});
ok(until_true(q{SELECT status = 'succeeded' FROM fin.jobs}), 'a second database has its own worker');
$db = 'postgres';
for my $statement ('CREATE DATABASE copied TEMPLATE other', 'ALTER DATABASE other RENAME TO another', 'DROP DATABASE another', 'DROP DATABASE copied')
{
	my ($status, undef, $error) = $node->psql($db, $statement);
	is($status == 0 ? '' : $error, '', "$statement is not blocked");
}
($running, $pid) = slow_job_runs();
for my $statement ('ALTER EXTENSION pg_fin SET SCHEMA public', 'DROP EXTENSION pg_fin')
{
	my ($status, undef, $error) = $node->psql($db, "SET lock_timeout = '5s'; $statement", on_error_stop => 1);
	is($status == 0 ? '' : $error, '', "$statement is not blocked by a job at work");
}
ask("SELECT pg_cancel_backend($pid)");
ok(until_true("$workers" =~ s/SELECT count\(\*\)/SELECT count(*) = 0/r), 'workers leave a database that pg_fin has left');
ask('CREATE EXTENSION pg_fin; SELECT fin_setup()');
ok(until_true("$workers" =~ s/SELECT count\(\*\)/SELECT count(*) >= 1/r), 'and come back with it');

# --- no place for a worker ---------------------------------------------------------------------------------------------------------

ask(q{ALTER SYSTEM SET pg_fin.max_workers = 0});
$node->restart;
$id = as('anna', q{SELECT fin_enqueue('noop', '{}')});
is(ask($workers), 0, 'max_workers = 0: no worker');
ask(q{ALTER SYSTEM RESET pg_fin.max_workers});
ask('SELECT pg_reload_conf()');
is(job_ends($id), 'succeeded', 'a reload lets them start again');

$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
is(ask('SELECT count(*) FROM fin_workers()'), 0, 'without preload there are no workers');
like(ask(q{SELECT fin_enqueue('noop', '{}')}), qr/^\d+$/, 'jobs may be queued');
like(as('anna', qq{SELECT fin_analyze('$report', '{"opening_balance": 1}') ->> 'report_id'}), qr/^\Q$report\E$/, 'and what needs no worker works') if as('anna', q{CREATE OR REPLACE FUNCTION look() RETURNS date LANGUAGE sql AS $$ SELECT date '2024-01-01' $$}) eq '';
$node->stop;
my $log = slurp_file($node->logfile);
is(join("\n", $log =~ /^(.*(?:terminated by signal|PANIC|TRAP:).*)$/mg), '', 'nothing crashed');
done_testing();
