# Accounts in a server: what they need and say when it is missing, guesses at the same moment, logs, dump and restore.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('accounts');
my $key = $node->basedir . '/tokens';
$node->init;
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'pg_fin'
log_statement = 'all'
log_min_duration_statement = 0
log_parameter_max_length_on_error = -1
CONF
$node->start;
my $run = sub { return $node->safe_psql('postgres', $_[0]); };

# Statements of one transaction as the REST server's login, without a token; what they answer, or the error.
sub ask {
    my ($statement, $database) = @_;
    my ($status, $out, $trouble) = $node->psql($database // 'postgres', "BEGIN; SET LOCAL ROLE fin_anon; SELECT $statement; COMMIT;", extra_params => ['-U', 'fin_authenticator']);
    return $status == 0 ? $out : $trouble;
}

# Many at once.
sub together {
    my ($count, $statement) = @_;
    my @sessions;
    for (1 .. $count) {
        my $text = "BEGIN; SET LOCAL ROLE fin_anon; SELECT $statement; COMMIT;";
        my ($out, $trouble);
        push @sessions, [IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres') . ' user=fin_authenticator', '-c', $text], '>', \$out, '2>', \$trouble), \$out, \$trouble];
    }
    $_->[0]->finish for @sessions;
    return map { ${ $_->[1] } . ${ $_->[2] } } @sessions;
}

like($run->('CREATE EXTENSION pg_fin; SELECT fin_setup()'), qr/^extension pgcrypto$/m, 'fin_setup() creates pgcrypto');
my $register = q{api.auth_register('ann@example.org', 'hidden horse')};
like(ask($register), qr/there is no key to sign access tokens with.*pg_fin\.jwt_secret_file/s, 'without a key nobody registers, and the hint says what to set');
spew($key, "0123456789abcdef0123456789abcdef\n");
chmod 0644, $key;
$run->("ALTER SYSTEM SET pg_fin.jwt_secret_file = '$key'");
$node->reload;
$node->poll_query_until('postgres', "SELECT current_setting('pg_fin.jwt_secret_file') = '$key'") or die 'not read again';
like(ask($register), qr/is open to others/, 'a key that others can read is none');
chmod 0600, $key;
$run->('DROP EXTENSION pgcrypto');
like(ask($register), qr/accounts need the extension pgcrypto.*CREATE EXTENSION pgcrypto/s, 'without pgcrypto an error says so');
is($run->('SELECT count(*) FROM fin.users'), '0', 'and nothing is made');
is($run->('SELECT fin_setup()'), 'extension pgcrypto', 'fin_setup() brings it back');
my $answer = ask($register);
my ($access, $refresh) = $answer =~ /"accessToken": "([^"]+)".*"refreshToken": "([^"]+)"/ or die $answer;

# Guesses at the same moment do not pass the counter: at most three are looked at together.
my @guesses = together(12, q{api.auth_login('ann@example.org', 'hidden guess')});
my $looked_at = grep { /wrong e-mail address or password/ } @guesses;
my $refused = grep { /too many/ } @guesses;
is($looked_at + $refused, 12, 'each of twelve guesses is answered') or diag @guesses;
cmp_ok($looked_at, '<=', 7, 'few of them are looked at');
cmp_ok($looked_at, '>', 0, 'some are');
is($run->('SELECT count(*) FROM fin.login_failures WHERE purpose = \'login\''), $looked_at, 'all that were are counted');

# One refresh token, many at once: one gets new tokens, and because a copy was about the session ends.
my @refreshes = together(8, "api.auth_refresh('$refresh')");
is(scalar(grep { /"refreshToken"/ } @refreshes), 1, 'a refresh token shown eight times at once counts once') or diag @refreshes;
is($run->('SELECT count(*) FROM fin.sessions WHERE ended_at IS NULL'), '0', 'and its session ends');

# Another key: tokens of the old one are the server's to refuse, but sign-in goes on.
$run->('DELETE FROM fin.login_failures');
like(ask(q{api.auth_login('ann@example.org', 'hidden horse')}), qr/"accessToken"/, 'the account is as it was');
ask(q{api.auth_login('ann@example.org', 'hidden mistake', no_such_argument => 1)});

# What a dump carries is enough to sign in elsewhere.
$run->('CREATE DATABASE other');
my $dump = $node->basedir . '/accounts.dump';
run_log(['pg_dump', '-Fc', '-f', $dump, '-d', $node->connstr('postgres')]) or die 'no dump';
run_log(['pg_restore', '-1', '-d', $node->connstr('other'), $dump]) or die 'no restore';
is($node->safe_psql('other', 'SELECT fin_setup()') =~ /migration/ ? 'migrates' : 'restored', 'restored', 'a restored database needs no migration');
like(ask(q{api.auth_login('ann@example.org', 'hidden horse')}, 'other'), qr/"accessToken"/, 'people sign in there with their passwords');

my $log = slurp($node->logfile);
like($log, qr/a statement that carries a secret is not logged/, 'statements are logged, and that one is left out');
unlike($log, qr/hidden (horse|guess|mistake)/, 'no password is in the log');
unlike($log, qr/\Q$refresh\E/, 'nor a refresh token');
unlike($log, qr/\Q$access\E/, 'nor an access token');
done_testing();
