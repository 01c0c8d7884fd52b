# A cancelled import or analysis leaves nothing half done, whatever it was doing: no report, no row, no kind, no stored
# analysis, no lock. The session goes on and the same call succeeds afterwards. How soon a cancel is heard is measured by
# bench/cancel_latency.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use FinSession;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rows = 200_000;
my $node = PostgreSQL::Test::Cluster->new('cancel');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\n");
$node->start;
my $run = sub { return $node->safe_psql('postgres', $_[0]); };

$run->('CREATE EXTENSION pg_fin; SELECT fin_setup()');
$run->(qq{CREATE TABLE files (name text PRIMARY KEY, content bytea);
    INSERT INTO files SELECT 'usual', convert_to('Date,Counterparty,Category,Description,Amount' || E'\\n' || string_agg(
        concat_ws(',', date '2022-01-01' + i / 200, 'Counterparty ' || i % 500, 'Category ' || i % 40, 'Invoice ' || i, i % 900 - 700 || '.50'),
        E'\\n' ORDER BY i), 'UTF8') FROM generate_series(1, $rows) i;
    INSERT INTO files SELECT 'many', convert_to('Date,Counterparty,Category,Description,Amount' || E'\\n' || string_agg(
        concat_ws(',', date '2022-01-01' + i / 200, '', 'Category ' || i, '', i % 900 - 700 || '.50'), E'\\n' ORDER BY i), 'UTF8')
        FROM generate_series(1, $rows) i;});
my $import = sub { return "SELECT fin_import('$_[0].csv', content) FROM files WHERE name = '$_[0]'"; };

# What an import or an analysis leaves behind, as other sessions see it.
my $left = q{SELECT (SELECT count(*) FROM fin.reports), (SELECT count(*) FROM fin.transactions),
    (SELECT count(*) FROM fin.category_kinds), (SELECT count(*) FROM fin.analyses),
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')};

# One session makes all calls, so that each call after a cancelled one shows that the session works on.
my $session = FinSession->new($node);
my ($pid) = $session->ask('SELECT pg_backend_pid()') =~ /(\d+)/;
my $works = "(SELECT state = 'active' FROM pg_stat_activity WHERE pid = $pid)";

# cancel_at(what, statement, condition): cancels the statement once the condition holds.
sub cancel_at {
    my ($what, $statement, $condition) = @_;
    my $before = $run->($left);
    $session->call($statement);
    ok($node->poll_query_until('postgres', "SELECT $condition"), "$what: the moment comes");
    is($run->("SELECT $works AND pg_cancel_backend($pid)"), 't', "$what: it is at work and is cancelled");
    $session->answer;
    like($session->error, qr/ERROR:  57014: canceling statement due to user request/, "$what: the cancel is what it says");
    is($run->($left), $before, "$what: nothing is left");
    return;
}

my $size = sub { return $run->("SELECT pg_relation_size('fin.$_[0]')"); };
cancel_at('import, looking at the file', $import->('usual'),
    "EXISTS (SELECT FROM pg_locks WHERE pid = $pid AND locktype = 'advisory' AND granted)");
cancel_at('import, storing rows', $import->('usual'), "pg_relation_size('fin.transactions') > " . ($size->('transactions') + 4_000_000));
cancel_at('import, storing kinds', $import->('many'), "pg_relation_size('fin.category_kinds') > " . ($size->('category_kinds') + 100_000));

my ($report) = $session->ask($import->('usual')) =~ /([0-9a-f-]{36})/;
ok($report, 'the same import succeeds afterwards, in the same session') or diag $session->error;
is($run->("SELECT rows, status FROM fin.reports"), "$rows|completed", 'its report is whole');
is($run->('SELECT count(*), count(DISTINCT row_no) FROM fin.transactions'), "$rows|$rows", 'with each row once');

# One statement of many analyses is always in the middle of one.
my $analyse = sub {
    return "SELECT count(fin_analyze('$report', jsonb_build_object('opening_balance', i))) FROM generate_series(1, $_[0]) i";
};
my $reads = "EXISTS (SELECT FROM pg_locks l WHERE l.pid = $pid AND l.relation = 'fin.thresholds'::regclass)";
cancel_at('analysis', $analyse->(100_000), $reads);
cancel_at('analysis, some of them stored', $analyse->(100_000), "pg_relation_size('fin.analyses') > " . ($size->('analyses') + 20_000));
cancel_at('drivers', "SELECT count(d) FROM generate_series(1, 100000) i, LATERAL fin_drivers('$report', 'operating_profit', date '2023-01-01' + i % 28, date '2023-06-01') d", $reads);

like($session->ask($analyse->(3)), qr/^3$/m, 'analyses succeed afterwards, in the same session') or diag $session->error;
is($run->('SELECT count(*) FROM fin.analyses'), '3', 'and are stored');
$session->leave;
done_testing();
