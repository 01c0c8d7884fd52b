# An import is whole or not there: cancelled, its server stopped at once, its backend killed.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('crash');
$node->init;
$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->start;
$node->safe_psql('postgres', q{
    CREATE EXTENSION pg_fin; SELECT fin_setup();
    CREATE TABLE file AS SELECT convert_to(E'Date,Payee,Category,Amount\n' || string_agg(
        format(E'%s,Payee %s,Category %s,%s.25\n', date '2022-01-01' + i % 900, i % 500, i % 20, i % 997 - 400), ''), 'UTF8') AS content
    FROM generate_series(1, 200000) i});
my $nothing = 'SELECT (SELECT count(*) FROM fin.reports), (SELECT count(*) FROM fin.transactions), (SELECT count(*) FROM fin.category_kinds)';

my ($code, $out, $err) = $node->psql('postgres', "SET statement_timeout = '300ms'; SELECT fin_import('a.csv', content) FROM file", extra_params => ['-v', 'VERBOSITY=verbose']);
like($err, qr/57014/, 'a cancelled import ends as cancelled');
is($node->safe_psql('postgres', $nothing), '0|0|0', 'and leaves nothing');

# Starts an import and waits until rows are on their way: in the second half of it nothing is visible to others.
sub import_under_way {
    my $session = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "SELECT fin_import('a.csv', content) FROM file"], '<', \undef, '>', \my $text, '2>', \my $trouble);
    $node->poll_query_until('postgres', "SELECT count(*) > 0 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'transactions' AND l.mode = 'RowExclusiveLock'")
        or die 'the import did not start';
    return $session;
}

my $session = import_under_way();
$node->stop('immediate');
$session->finish;
$node->start;
is($node->safe_psql('postgres', $nothing), '0|0|0', 'a server stopped at once leaves nothing of the import');

$session = import_under_way();
my $pid = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT fin_import%'");
note "kill -9 on purpose: server process $pid";
kill 'KILL', $pid;
$session->finish;
$node->poll_query_until('postgres', 'SELECT true') or die 'the server did not come back';
is($node->safe_psql('postgres', $nothing), '0|0|0', 'nor does a killed backend');

my $id = $node->safe_psql('postgres', "SELECT fin_import('a.csv', content) FROM file");
$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', "SELECT count(*) FROM fin.transactions WHERE report_id = '$id'"), 200000, 'a finished import survives a crash whole');
is($node->safe_psql('postgres', "SELECT fin_verify('$id') -> 'rows_match'"), 'true', 'and verifies');
$node->stop;
done_testing();
