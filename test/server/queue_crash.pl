# Workers killed and servers stopped at once, at random moments under load: no job is lost, none finishes twice, every
# attempt is accounted for. FIN_QUEUE_KILLS (30) and FIN_QUEUE_STOPS (3) say how often; bench/soak asks for more.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $kills = $ENV{FIN_QUEUE_KILLS} // 30;
my $stops = $ENV{FIN_QUEUE_STOPS} // 3;
my $batch = 400;
srand 42;

my $node = PostgreSQL::Test::Cluster->new('queue_crash');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pg_fin'
restart_after_crash = on
max_worker_processes = 16
pg_fin.max_workers = 3
CONF
$node->start;
$node->safe_psql('postgres', q{
    CREATE EXTENSION pg_fin; SELECT fin_setup();
    SELECT fin_import('a.csv', convert_to(E'Date,Payee,Category,Amount\n' || string_agg(
        format(E'%s,Payee %s,Category %s,%s.25\n', date '2022-01-01' + i % 700, i % 50, i % 20, i % 997 - 400), ''), 'UTF8'))
    FROM generate_series(1, 3000) i;
    -- Whoever ends a job leaves a line here, in the same transaction.
    CREATE TABLE ended (job bigint, status text);
    CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
        'BEGIN INSERT INTO ended VALUES (NEW.id, NEW.status); RETURN NULL; END';
    CREATE TRIGGER note_end AFTER UPDATE ON fin.jobs FOR EACH ROW
        WHEN (NEW.status IN ('succeeded', 'dead', 'cancelled') AND OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION note_end();
    -- Attempts at a poison job crash the server; one that was merely near must not die of it.
    UPDATE fin.job_kinds SET max_attempts = 3 WHERE kind = 'noop'});

# Each statement in a transaction of its own. Statements are arguments: a psql that finds no server would leave a pipe with
# nobody at its other end.
sub answer
{
	my @arguments = map { ('-c', $_) } @_;
	my ($out, $err) = ('', '');
	my $good = IPC::Run::run(['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), @arguments], '<', \undef, '>', \$out, '2>', \$err);
	chomp $out;
	return ($good, $out);
}

# Whether the query came to say t before `seconds` were over.
sub comes_true
{
	my ($query, $seconds) = @_;
	my $until = time + $seconds;
	while (time < $until)
	{
		my ($good, $out) = answer($query);
		return 1 if $good && $out eq 't';
		sleep 0.1;
	}
	return 0;
}

my $acknowledged = 0;
# Queues jobs until the server takes them: one that does not answer has not promised anything.
sub load_up
{
	my $until = time + 60;
	while (time < $until)
	{
		my ($good, $out) = answer("SELECT count(fin_enqueue('noop', '{}')) FROM generate_series(1, $batch)",
			q{SELECT count(fin_enqueue('analyze_report', jsonb_build_object('report_id', r.id, 'options', jsonb_build_object('opening_balance', n + random()))))
			FROM fin.reports r, generate_series(1, 4) n});
		if ($good)
		{
			$acknowledged += $_ for split /\n/, $out;
			return;
		}
		sleep 0.1;
	}
	die 'the server takes no jobs';
}

sub worker_pids
{
	my ($good, $out) = answer(q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'pg_fin worker'});
	return $good ? split(/\n/, $out) : ();
}

# Up to a third of a second, most often a few hundredths: while a batch is at work, wherever in it.
sub a_moment { return rand(0.7)**3; }

my $killed = 0;
my $deadline = time + 30 + 6 * $kills;
while ($killed < $kills && time < $deadline)
{
	load_up();
	sleep a_moment();
	my @pids = worker_pids();
	next unless @pids;
	note "kill -9 on purpose: worker process $pids[0]" if $killed == 0;
	kill 'KILL', $pids[ rand @pids ] and ++$killed;
	comes_true('SELECT true', 180) or die 'the server did not come back';
}
is($killed, $kills, "$kills workers were killed");

for (1 .. $stops)
{
	load_up();
	sleep a_moment();
	$node->stop('immediate');
	$node->start;
}

comes_true(q{SELECT count(*) = 0 FROM fin.jobs WHERE status NOT IN ('succeeded', 'dead', 'cancelled')}, 180 + 2 * $kills)
  or diag $node->safe_psql('postgres', 'SELECT status, kind, count(*), max(crashes), min(run_at), now() FROM fin.jobs GROUP BY 1, 2');

my $ask = sub { return $node->safe_psql('postgres', $_[0]) };
my $jobs = $ask->('SELECT count(*) FROM fin.jobs');
cmp_ok($acknowledged, '>=', ($kills + $stops) * $batch, "$acknowledged jobs were queued");
cmp_ok($jobs, '>=', $acknowledged, 'no job that was promised is lost');
is($ask->(q{SELECT status, count(*) FROM fin.jobs GROUP BY 1}), "succeeded|$jobs", 'every job succeeded');
is($ask->('SELECT count(*), count(DISTINCT job) FROM ended'), "$jobs|$jobs", 'each ended once');
is($ask->(q{SELECT count(*) FROM (SELECT job_id FROM fin.job_attempts WHERE outcome = 'succeeded' GROUP BY 1 HAVING count(*) <> 1) twice}), 0, 'with one successful attempt');
is($ask->('SELECT count(*) FROM fin.job_attempts WHERE outcome IS NULL OR ended_at IS NULL'), 0, 'every attempt has an end');
is($ask->('SELECT count(*) FROM fin.jobs j WHERE j.attempts <> (SELECT count(*) FROM fin.job_attempts a WHERE a.job_id = j.id)
              OR j.attempts <> (SELECT max(attempt) FROM fin.job_attempts a WHERE a.job_id = j.id)'), 0, 'and none is missing');
is($ask->(q{SELECT count(*) FROM fin.jobs j WHERE j.crashes <> (SELECT count(*) FROM fin.job_attempts a WHERE a.job_id = j.id AND a.outcome = 'crashed')}), 0, 'crashes are counted one by one');
cmp_ok($ask->(q{SELECT count(*) FROM fin.job_attempts WHERE outcome = 'crashed'}), '>', 0, 'some were in the middle of it');
note $ask->('SELECT outcome, count(*) FROM fin.job_attempts GROUP BY 1 ORDER BY 1');
$node->stop;

my $log = slurp_file($node->logfile);
my @bad = $log =~ /^(.*terminated by signal (?:4|6|7|8|11)\b.*)$/mg;
is(join("\n", @bad), '', 'nothing crashed by itself');
unlike($log, qr/PANIC|TRAP:/, 'no panic');
done_testing();
