# pg_fin_api with a standby: reads go there while it is close enough, a client reads its own writes, loss and promotion.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use ApiServer;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->safe_psql('postgres', q{
    CREATE ROLE authenticator LOGIN NOINHERIT; CREATE ROLE web_anon NOLOGIN; GRANT web_anon TO authenticator;
    CREATE TABLE notes (id bigserial PRIMARY KEY, text text); INSERT INTO notes (text) VALUES ('first');
    CREATE FUNCTION place() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT pg_is_in_recovery()';
    GRANT ALL ON ALL TABLES IN SCHEMA public TO web_anon; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO web_anon;
});
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

my $api = start_api(PostgreSQL::Test::Utils::tempdir(), $primary->connstr('postgres') . ' user=authenticator',
    'fin-replica-uri' => $standby->connstr('postgres') . ' user=authenticator', 'fin-replica-max-lag' => 1000,
    'db-pool' => 3);

# Where a read is answered: t on the standby.
sub place {
    my ($status, $body) = $api->ask('GET', '/rpc/place');
    return $status == 200 ? ($body =~ /true/ ? 'standby' : 'primary') : $status;
}

ok(wait_until(sub { place() eq 'standby' }), 'reads go to the standby');
is($api->metric('pgfin_api_replica_usable'), 1, 'which is told');
cmp_ok($api->metric('pgfin_api_replica_lag_seconds'), '>=', 0, 'with its lag');
is(($api->ask('POST', '/rpc/place', body => '{}'))[0], 200, 'a call by POST is answered');

subtest 'own writes' => sub {
    $standby->append_conf('postgresql.conf', 'recovery_min_apply_delay = 400ms');
    $standby->reload;
    my ($stale, $primary_reads) = (0, 0);
    for my $turn (1 .. 15) {
        my ($status) = $api->ask('POST', '/notes', body => qq({"text":"turn $turn"}));
        is($status, 201, "turn $turn is written") if $status != 201;
        my ($code, $body) = $api->ask('GET', "/notes?text=eq.turn%20$turn");
        ++$stale unless $code == 200 && @{ decode_json($body) } == 1;
        ++$primary_reads if place() eq 'primary';
    }
    is($stale, 0, 'a client sees what it wrote, though the standby is behind');
    cmp_ok($primary_reads, '>', 10, 'because its reads go to the primary meanwhile');
    ok(wait_until(sub { place() eq 'standby' }), 'and back when the standby has it');
    is(scalar @{ decode_json(($api->ask('GET', '/notes?text=like.turn*'))[1]) }, 15, 'with all of it');
};

subtest 'lag' => sub {
    $standby->append_conf('postgresql.conf', 'recovery_min_apply_delay = 1h');
    $standby->reload;
    # Written past the server: nobody's own write.
    $primary->safe_psql('postgres', q{INSERT INTO notes (text) VALUES ('elsewhere')});
    ok(wait_until(sub { $api->metric('pgfin_api_replica_usable') == 0 }), 'a standby too far behind is left');
    is(place(), 'primary', 'for the primary');
    is(scalar @{ decode_json(($api->ask('GET', '/notes?text=eq.elsewhere'))[1]) }, 1, 'which has it');
    $standby->append_conf('postgresql.conf', 'recovery_min_apply_delay = 0');
    $standby->reload;
    ok(wait_until(sub { place() eq 'standby' }), 'and taken again when it has caught up');
};

subtest 'loss' => sub {
    $standby->stop('immediate');
    my %seen;
    for (1 .. 20) {
        $seen{ place() }++;
        sleep 0.05;
    }
    is_deeply([keys %seen], ['primary'], 'without the standby every read is answered by the primary') or diag explain \%seen;
    $standby->start;
    ok(wait_until(sub { place() eq 'standby' }), 'until it is back');
};

subtest 'promotion' => sub {
    $standby->promote;
    ok(wait_until(sub { $api->metric('pgfin_api_replica_usable') == 0 }), 'a promoted standby is no standby');
    is(($api->ask('POST', '/notes', body => '{"text":"after"}'))[0], 201, 'writes go to the primary');
    is(scalar @{ decode_json(($api->ask('GET', '/notes?text=eq.after'))[1]) }, 1, 'and reads too');
    is(place(), 'primary', 'all of them');
};

$api->stop;
$standby->stop;
$primary->stop;
done_testing();
