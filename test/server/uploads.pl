# Uploads over HTTP while the REST server and PostgreSQL are killed: what got an answer is there and analysed, once; what got
# none is sent again with the same Idempotency-Key. The full size is bench/product.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use ApiServer;
use HTTP::Tiny;
use JSON::PP qw(decode_json encode_json);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my ($uploads, $rows) = (60, 150);
my $node = PostgreSQL::Test::Cluster->new('uploads');
my $key = $node->basedir . '/tokens';
$node->init;
spew($key, "0123456789abcdef0123456789abcdef\n");
chmod 0600, $key;
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'pg_fin'
pg_fin.jwt_secret_file = '$key'
max_worker_processes = 16
CONF
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION pg_fin; SELECT fin_setup()');

my $uri = sprintf "postgresql://fin_authenticator@/postgres?host=%s&port=%d", $node->host, $node->port;
my %settings = ('db-schemas' => 'api', 'db-anon-role' => 'fin_anon', 'jwt-secret' => "\@$key", 'fin-routes' => 'fin.routes');
my $api = start_api($node->basedir, $uri, %settings);
my %address = (port => $api->{port}, admin => $api->{admin});

my ($status, $body) = $api->ask(POST => '/auth/register', body => encode_json({ email => 'ann@example.org', password => 'hidden horse', name => 'Ann' }));
is($status, 201, 'a person registers') or BAIL_OUT($body);
my $token = decode_json($body)->{accessToken};

# A ledger that differs from every other one.
sub ledger {
    my ($number) = @_;
    my @lines = ('Date,Counterparty,Category,Amount');
    for my $i (0 .. $rows - 1) {
        push @lines, sprintf '2024-%02d-%02d,Company %d,%s,%s', 1 + $i % 12, 1 + $i % 28, $i % 7, $i % 3 ? 'Rent' : 'Sales', ($i % 3 ? -1 : 3) * ($number + $i + 0.25);
    }
    return join("\n", @lines) . "\n";
}

my ($again, %reports) = (0);
sub upload {
    my ($number) = @_;
    my $client = HTTP::Tiny->new(timeout => 15);
    for my $try (1 .. 400) {
        my $answer = $client->request(POST => "http://127.0.0.1:$address{port}/reports/upload?filename=upload-$number.csv", {
            headers => { Authorization => "Bearer $token", 'Content-Type' => 'text/csv', 'Idempotency-Key' => "upload-$number" },
            content => ledger($number),
        });
        if ($answer->{status} =~ /^20[012]$/) {
            $reports{ decode_json($answer->{content})->{reportId} } = 1;
            return;
        }
        # 599: no answer; 409: the first of this key is still at work.
        die "upload $number: $answer->{status} $answer->{content}" unless $answer->{status} =~ /^(409|503|504|599)$/;
        ++$again;
        sleep 0.1;
    }
    die "upload $number was not taken";
}

for my $number (1 .. $uploads) {
    if ($number == 20) {
        $api->stop('KILL');
        $api = start_api($node->basedir, $uri, %settings, %address, wait => 0);
    }
    if ($number == 40) {
        my ($pid) = slurp($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
        $node->kill9;
        wait_until(sub { !kill 0, $pid }) or die 'PostgreSQL survived';
        # Its processes notice and end; until the last has, there is no start.
        wait_until(sub { $node->start(fail_ok => 1) }) or die 'PostgreSQL does not start';
    }
    upload($number);
}
cmp_ok($again, '>', 0, "the kills were noticed: $again requests were sent again");
is(scalar keys %reports, $uploads, 'each upload was answered with a report of its own');
ok($node->poll_query_until('postgres', "SELECT count(*) = $uploads FROM fin.reports r WHERE status = 'completed' AND EXISTS (SELECT FROM fin.analyses a WHERE a.report_id = r.id)"),
    'all are read and analysed') or diag $node->safe_psql('postgres', 'SELECT status, error, count(*) FROM fin.reports GROUP BY 1, 2');
is($node->safe_psql('postgres', 'SELECT count(*) FROM fin.reports'), $uploads, 'none is there twice');
is($node->safe_psql('postgres', 'SELECT count(*) FROM fin.transactions'), $uploads * $rows, 'no row is missing or doubled');
is($node->safe_psql('postgres', 'SELECT count(*) FROM fin.upload_pieces'), 0, 'no piece of a broken upload is left');
is($api->stop, 0, 'the server ends in order');
$node->stop;
done_testing();
