# Training by libxgboost inside a server process: signals reach the session although the library's threads are there,
# between rounds; the process goes on or ends cleanly; a server without the library says so and predicts all the same.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('boost');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\n");
$node->start;
$node->safe_psql('postgres', q{CREATE EXTENSION pg_fin;
    CREATE TABLE d AS SELECT ARRAY[sin(i), cos(i * 1.7), i % 13, sin(i * 3.1)]::float8[] AS f, (sin(i) + cos(i * 1.7) > 0.2)::int AS y
        FROM generate_series(1, 20000) i;
    CREATE TABLE m AS SELECT fin_boost_train(f, y, '{"rounds": 5}') AS model FROM d;});
my $cores = `nproc` + 0;
my $threads = $cores > 1 ? 2 : 1;

my ($in, $out, $err) = ('', '', '');
sub session {
    ($in, $out, $err) = ('', '', '');
    my $session = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres'), '-v', 'VERBOSITY=verbose', '-f', '-'],
        '<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(300));
    $in .= "SELECT pg_backend_pid();\n\\echo over\n";
    $session->pump until $out =~ /^over$/m;
    my ($pid) = $out =~ /(\d+)/;
    return ($session, $pid);
}

# Rounds enough for minutes. At work means that the library's threads are there, or that the sort before it is over.
sub training {
    my ($session, $pid, $threads) = @_;
    ($out, $err) = ('', '');
    $in .= "SELECT length(fin_boost_train(f, y, '{\"rounds\": 10000, \"threads\": $threads}')::text) FROM d;\n\\echo over\n";
    $session->pump_nb;
    my $found = 0;
    for (1 .. 600) {
        my $state = $node->safe_psql('postgres', "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0) > 1 FROM pg_stat_activity WHERE pid = $pid AND state = 'active' AND query LIKE '%10000%'");
        my ($count) = slurp("/proc/$pid/status") =~ /Threads:\s+(\d+)/;
        $found = $state eq 't' && $count == $threads;
        last if $found;
        select undef, undef, undef, 0.1;
    }
    ok($found, "training is at work with $threads thread(s)");
    return;
}

for my $count (1, $threads) {
    my ($session, $pid) = session();
    training($session, $pid, $count);
    # The library's threads have every signal blocked but faults, so that the kernel gives signals to the session's own.
    for my $task (grep { $_ != $pid } map { /(\d+)$/ } glob "/proc/$pid/task/*") {
        my ($blocked) = slurp("/proc/$pid/task/$task/status") =~ /SigBlk:\s+([0-9a-f]+)/;
        for my $signal (1, 2, 3, 10, 12, 14, 15) {  # HUP INT QUIT USR1 USR2 ALRM TERM
            ok(hex($blocked) >> ($signal - 1) & 1, "thread $task has signal $signal blocked");
        }
    }
    is($node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)"), 't', 'it is cancelled');
    $session->pump until $out =~ /^over$/m;
    like($err, qr/ERROR:  57014: canceling statement due to user request/, 'the cancel is heard');
    $in .= "SELECT round(fin_boost_predict(model, ARRAY[0.5, 0.5, 1, 0])) FROM m;\n\\echo again\n";
    $session->pump until $out =~ /^again$/m;
    like($out, qr/^1$/m, 'and the session works on');
    training($session, $pid, $count);
    is($node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)"), 't', 'it is terminated');
    $session->pump until $err =~ /57P01/;
    like($err, qr/FATAL:  57P01: terminating connection due to administrator command/, 'and goes');
    $session->kill_kill;
}
my ($result, $stdout, $stderr) = $node->psql('postgres', "SET statement_timeout = 1500; SELECT fin_boost_train(f, y, '{\"rounds\": 10000}') FROM d");
like($stderr, qr/canceling statement due to statement timeout/, 'a timeout is heard too');
$node->stop;

# A file that is no library comes first on the path.
my $empty = "$ENV{TESTDIR}/empty";
mkdir $empty or die "$empty: $!";
spew("$empty/$_", 'no library') for 'libxgboost.so.0', 'libxgboost.so';
{
    local $ENV{LD_LIBRARY_PATH} = $empty;
    $node->start;
}
($result, $stdout, $stderr) = $node->psql('postgres', '\set VERBOSITY verbose
    SELECT fin_boost_train(f, y) FROM d');
like($stderr, qr/ERROR:  42704: libxgboost is not installed/, 'without the library training says so');
like($stderr, qr/HINT:  .*libxgboost0/, 'and names the package');
is($node->safe_psql('postgres', 'SELECT round(fin_boost_predict(model, ARRAY[0.5, 0.5, 1, 0])) FROM m'), '1', 'predictions need none');
$node->stop;
done_testing();
