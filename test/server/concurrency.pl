# Things done at the same moment: first writes of one role, fin_setup() twice, the same file, two owners who remove each other.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('concurrency');
$node->init;
$node->start;
my $run = sub { return $node->safe_psql('postgres', $_[0]); };

# Many sessions that wait for a lock, then start together: the race is not left to chance.
sub together {
    my ($count, $user, @scripts) = @_;
    my $gate = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres')], '<', \my $in, '>', \my $out, '2>', \my $err);
    $in = "SELECT pg_advisory_lock(1); SELECT 'locked';\n";
    $gate->pump until $out =~ /locked/;
    my @sessions;
    for my $i (0 .. $count - 1) {
        # From a file: input through a pipe would flow only while somebody pumps it.
        my $file = "$ENV{TESTDIR}/session_$i.sql";
        spew($file, "SELECT pg_advisory_lock_shared(1);\n$scripts[$i % @scripts]\n");
        my $session = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres') . ($user ? " user=$user" : ''), '-v', 'ON_ERROR_STOP=1', '-f', $file], '>', \my $text, '2>', \my $trouble);
        push @sessions, [$session, \$text, \$trouble];
    }
    $node->poll_query_until('postgres', "SELECT count(*) = $count FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND NOT granted") or die 'sessions did not come';
    $in .= "SELECT pg_advisory_unlock(1);\n\\q\n";
    $gate->finish;
    my @ended;
    for my $session (@sessions) {
        $session->[0]->finish;
        push @ended, [$session->[0]->result // 0, ${ $session->[1] }, ${ $session->[2] }];
    }
    return @ended;
}

$run->('CREATE EXTENSION pg_fin');
my @setups = together(4, undef, 'SELECT fin_setup();');
is(scalar(grep { $_->[0] == 0 } @setups), 4, 'four fin_setup() at once all succeed') or diag map { $_->[2] } @setups;
is(scalar(grep { $_->[1] =~ /nothing to do/ } @setups), 3, 'one does it, three find nothing to do');

$run->('CREATE ROLE alice LOGIN; GRANT fin_user TO alice');
my @writes = together(8, 'alice', 'SELECT fin.writable_workspace();');
is(scalar(grep { $_->[0] == 0 } @writes), 8, 'eight first writes at once all succeed') or diag map { $_->[2] } @writes;
is($run->('SELECT count(*) FROM fin.workspaces'), '1', 'and make one workspace');
is($run->('SELECT count(*) FROM fin.memberships'), '1', 'with one membership');

my @puts = together(8, 'alice', "SELECT fin.file_put('a.csv', NULL, convert_to(repeat('x', 3000000), 'UTF8'));");
is(scalar(grep { $_->[0] == 0 } @puts), 8, 'eight uploads of the same bytes all succeed') or diag map { $_->[2] } @puts;
is($run->('SELECT count(*) FROM fin.files'), '1', 'and make one file');
is($run->('SELECT octet_length(fin.file_get(id)) FROM fin.files'), '3000000', 'that is whole');

$run->("CREATE ROLE bob LOGIN; GRANT fin_user TO bob; SELECT fin.add_member(id, 'bob', 'owner') FROM fin.workspaces");
my @leaving = together(2, undef, map { "SET SESSION AUTHORIZATION $_->[0]; DELETE FROM fin.memberships m USING fin.users u WHERE u.id = m.user_id AND u.db_role = '$_->[1]';" }
    ['alice', 'bob'], ['bob', 'alice']);
is($run->("SELECT count(*) FROM fin.memberships WHERE role = 'owner'"), '1', 'two owners who remove each other leave one') or diag map { $_->[2] } @leaving;

unlike(slurp($node->logfile), qr/terminated by signal/, 'no crash on the way');
$node->stop;
done_testing();
