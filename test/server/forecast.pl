# A GROUP BY over many series that is cancelled, or whose backend is ended, while workers and threads forecast.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use IPC::Run;
use Test::More;
use Time::HiRes qw(usleep);

my $node = PostgreSQL::Test::Cluster->new('forecast');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
    CREATE EXTENSION pg_fin;
    CREATE TABLE series AS
        SELECT s, (date '2015-01-01' + make_interval(months => m))::date AS month, 100 + s % 7 + 10 * sin(m * pi() / 6) + hashint4(s * 128 + m) % 100 / 10.0 AS value
        FROM generate_series(1, 3000) s, generate_series(0, 119) m;
    ANALYZE series});
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
my $query = 'SELECT count(f) FROM (SELECT s, fin_forecast(month, value, 12) AS f FROM series GROUP BY s) q';
# With workers; with threads only; and the leader alone.
my %plans = (
    workers => "SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;",
    threads => "SET min_parallel_table_scan_size = '10GB'; SET max_parallel_workers_per_gather = 4;",
    alone => "SET max_parallel_workers_per_gather = 0;");
for my $plan (sort keys %plans) {
    my ($code, $out, $err) = $node->psql('postgres', "SET statement_timeout = '1s'; $plans{$plan} $query");
    isnt($code, 0, "$plan: the statement ends before its time");
    like($err, qr/canceling statement due to statement timeout/, 'by its time limit');

    my $victim = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "$plans{$plan} $query"], '<', \undef, '>', \my $text, '2>', \my $trouble);
    my $at_work = "FROM pg_stat_activity WHERE query LIKE '%count(f)%' AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state = 'active'";
    ok($node->poll_query_until('postgres', "SELECT count(*) = 1 $at_work"), 'another one is at work');
    usleep(300_000);
    is($node->safe_psql('postgres', "SELECT pg_terminate_backend(pid, 10000) $at_work"), 't', 'and its backend ends when told to');
    $victim->finish;
    like($trouble, qr/terminating connection due to administrator command/, 'in good order');
}
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started, 'the server ran on all the while');
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'parallel worker'"), '0', 'no worker is left');
unlike(slurp($node->logfile), qr/PANIC|terminated by signal|TRAP/, 'nothing crashed');
is($node->safe_psql('postgres', "$plans{threads} " . ($query =~ s/FROM series/FROM series WHERE s < 50/r)), '49', 'and forecasts go on');
$node->stop;
done_testing();
