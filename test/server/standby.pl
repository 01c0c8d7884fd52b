# Reading functions work on a standby; what writes says that it cannot.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->safe_psql('postgres', 'CREATE EXTENSION pg_fin; SELECT fin_setup()');
my $id = $primary->safe_psql('postgres', q{
    SELECT fin_import('a.csv', convert_to(E'Date,Payee,Category,Amount\n' || string_agg(
        format(E'%s,Acme,Sales,1000\n%s,Landlord,Rent,-400\n', d::date, d::date + 3), ''), 'UTF8'))
    FROM generate_series('2023-01-05'::timestamp, '2024-03-05', '1 month') d});
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);

my $document = $standby->safe_psql('postgres', "SELECT fin_analysis('$id')");
is($document, $primary->safe_psql('postgres', "SELECT fin_analysis('$id')"), 'the standby gives the same document');
for my $call ("fin_metrics('$id')", "fin_transactions('$id')", "fin_drivers('$id', 'revenue', '2023-02-01', '2023-05-01')",
    "fin_risks('$id')", "fin_recommendations('$id')", "fin_anomalies('$id')", "fin_forecast('$id', 6, '{}')",
    "fin_backtest('$id')", "fin_explain_forecast('$id')") {
    my ($code, $out, $err) = $standby->psql('postgres', "SELECT count(*) FROM $call");
    is($code, 0, "$call reads on a standby") or diag $err;
}
is($standby->safe_psql('postgres', "SELECT fin_verify('$id') -> 'rows_match'"), 'true', 'rows verify there');
my ($code, $out, $err) = $standby->psql('postgres', "SELECT fin_analyze('$id')");
isnt($code, 0, 'fin_analyze writes and says so');
like($err, qr/read-only transaction/, 'in the words of PostgreSQL');

$primary->stop;
$standby->promote;
is($standby->safe_psql('postgres', "SELECT fin_analyze('$id')"), $document, 'after promotion it analyses');
$standby->stop;
done_testing();
