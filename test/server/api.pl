# pg_fin_api as clients and operators meet it: hostile bytes, slow clients, a full pool, a database that dies, the end.
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

my $node = PostgreSQL::Test::Cluster->new('served');
$node->init;
$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->start;
$node->safe_psql('postgres', q{
    CREATE ROLE authenticator LOGIN NOINHERIT; CREATE ROLE web_anon NOLOGIN; GRANT web_anon TO authenticator;
    CREATE TABLE items (id bigserial PRIMARY KEY, name text);
    INSERT INTO items (name) SELECT 'item ' || i FROM generate_series(1, 1000) i;
    CREATE TABLE pairs (id bigint, half int, PRIMARY KEY (id, half));
    CREATE FUNCTION nap(seconds float8) RETURNS text LANGUAGE sql AS 'SELECT pg_sleep(seconds)::text';
    CREATE FUNCTION who() RETURNS text LANGUAGE sql AS $$SELECT current_setting('application_name')$$;
    CREATE FUNCTION lines(n int) RETURNS TABLE (line text) LANGUAGE sql STABLE
        AS $$SELECT CASE WHEN i < n THEN repeat('x', 1000) ELSE (1 / (n - i))::text END FROM generate_series(1, n) i$$;
    GRANT ALL ON ALL TABLES IN SCHEMA public TO web_anon; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO web_anon;
});
my $uri = $node->connstr('postgres') . ' user=authenticator';
sub folder { return PostgreSQL::Test::Utils::tempdir() }
my $napping = q{SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%nap%' AND usename = 'authenticator'};

my $api = start_api(folder(), $uri, 'db-pool' => 2, 'db-pool-acquisition-timeout' => 1);

subtest 'answers' => sub {
    my ($status, $body, $headers) = $api->ask('GET', '/items?id=eq.7&select=id,name');
    is($status, 200, 'a row by its key');
    is_deeply(decode_json($body), [{ id => 7, name => 'item 7' }], 'is the row');
    like($headers->{server}, qr{^pg_fin_api/\d}, 'Server');
    like($headers->{date}, qr/GMT$/, 'Date');
    is(($api->ask('GET', '/nothing'))[0], 404, 'a table that is not there');
    is(($api->ask('POST', '/items', body => '{"name":"one more"}'))[0], 201, 'a row is written');
    is($node->safe_psql('postgres', q{SELECT count(*) FROM items WHERE name = 'one more'}), 1, 'and stays');
    my ($error, $text) = $api->ask('GET', '/items?id=eq.x');
    is($error, 400, 'an error of the database');
    is(decode_json($text)->{code}, '22P02', 'says its SQLSTATE');
    is(($api->ask('GET', '/items?id=eq.8'))[0], 200, 'and the connection is fit for the next');
};

subtest 'bytes' => sub {
    my $host = "Host: x\r\n";
    my $get = "GET /items?id=eq.1 HTTP/1.1\r\n";
    my $post = "POST /items HTTP/1.1\r\n${host}Content-Type: application/json\r\n";
    my $row = '{"name":"smuggled"}';
    my $length = length $row;
    my $one = "$get$host\r\n";
    my ($answer, $closed) = $api->raw($one . $one . $one . $one . $one);
    is(scalar(() = $answer =~ /HTTP\/1.1 200 OK/g), 5, 'five requests at once have five answers');
    is($closed, 0, 'and the connection stays');
    ($answer, $closed) = $api->raw("GET /items?id=eq.1 HTTP/1.0\r\n\r\n");
    like($answer, qr/^HTTP\/1.0 200/, 'HTTP/1.0');
    is($closed, 1, 'ends with its answer');
    ($answer) = $api->raw("HEAD /items?id=eq.1 HTTP/1.1\r\n$host\r\n");
    like($answer, qr/^HTTP\/1.1 200 .*\r\n\r\n$/s, 'HEAD has no body');
    ($answer) = $api->raw("${post}Expect: 100-continue\r\nContent-Length: $length\r\n\r\n", 0.3);
    like($answer, qr/^HTTP\/1.1 100 Continue\r\n\r\n$/, '100-continue is answered before the body');
    my %refused = (
        'both lengths' => "${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        'both lengths, turned' => "${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        'two lengths' => "${post}Content-Length: $length\r\nContent-Length: $length\r\n\r\n$row",
        'a list of lengths' => "${post}Content-Length: $length, $length\r\n\r\n$row",
        'a signed length' => "${post}Content-Length: +$length\r\n\r\n$row",
        'an endless length' => "${post}Content-Length: 99999999999999999999999\r\n\r\n$row",
        'another coding' => "${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        'an unknown coding' => "${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        'two codings' => "${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        'chunks in HTTP/1.0' => "POST /items HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        'a space before the colon' => "${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        'a folded header' => "${get}${host}X: a\r\n b\r\n\r\n",
        'bare line feeds' => "GET /items HTTP/1.1\nHost: x\n\n",
        'a zero byte' => "${get}${host}X: a\0b\r\n\r\n",
        'no host' => "$get\r\n",
        'two hosts' => "$get$host$host\r\n",
        'a chunk size that is none' => "${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n$row\r\n0\r\n\r\n",
        'a negative chunk' => "${post}Transfer-Encoding: chunked\r\n\r\n-1\r\n$row\r\n0\r\n\r\n",
        'an overflowing chunk' => "${post}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n$row\r\n0\r\n\r\n",
        'a chunk longer than it says' => "${post}Transfer-Encoding: chunked\r\n\r\n1\r\n$row\r\n0\r\n\r\n",
        'an endless chunk extension' => "${post}Transfer-Encoding: chunked\r\n\r\n1;" . 'x' x 150_000 . "\r\n",
        'TLS' => "\x16\x03\x01\x02\x00\x01\x00" x 20,
        'HTTP/2' => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    );
    for my $name (sort keys %refused) {
        # What follows would be a request of its own if the two sides disagreed on where the first one ends.
        my ($said, $ended) = $api->raw($refused{$name} . "${get}${host}\r\n");
        like($said, qr/^HTTP\/1.1 400 /, "$name: 400");
        is(scalar(() = $said =~ /HTTP\/1.1 \d/g), 1, "$name: one answer") or diag $said;
        is($ended, 1, "$name: the connection ends");
    }
    is($node->safe_psql('postgres', q{SELECT count(*) FROM items WHERE name = 'smuggled'}), 0, 'none of them wrote');
    like(($api->raw($get . $host . 'X: ' . 'a' x 70_000 . "\r\n\r\n"))[0], qr/^HTTP\/1.1 431 /, 'a head too large');
    like(($api->raw("${post}Content-Length: 100000000\r\n\r\nabc"))[0], qr/^HTTP\/1.1 413 /, 'a body too large');
    like(($api->raw("${post}Expect: tea\r\nContent-Length: $length\r\n\r\n$row"))[0], qr/^HTTP\/1.1 417 /, 'tea');
    ($answer) = $api->raw("${post}Transfer-Encoding: chunked\r\n\r\n4;a=b\r\n" . substr($row, 0, 4) . sprintf("\r\n%x\r\n",
        $length - 4) . substr($row, 4) . "\r\n0\r\nContent-Type: text/plain\r\n\r\n");
    like($answer, qr/^HTTP\/1.1 201 /, 'a body in chunks, with a trailer');
};

subtest 'slow clients' => sub {
    my $start = time;
    my $socket = $api->connect_raw;
    $socket->syswrite("GET /items?id=eq.1 HTTP/1.1\r\n");
    my $dripped = 0;
    local $SIG{PIPE} = 'IGNORE';
    while (time - $start < 10 && defined $socket->syswrite("X: y\r\n")) {
        my $ready = '';
        vec($ready, fileno $socket, 1) = 1;
        last if select($ready, undef, undef, 0.2);
        ++$dripped;
    }
    my ($answer, $closed) = $api->drain($socket, 3);
    like($answer, qr/^HTTP\/1.1 408 /, 'a head that drips in is ended');
    cmp_ok($dripped, '>', 3, 'after it had its time');
    is($closed, 1, 'with the connection');
    ($answer, $closed) = $api->raw("POST /items HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", 5);
    like($answer, qr/^HTTP\/1.1 408 /, 'a body that does not come too');
    my $reader = $api->connect_raw;
    $reader->syswrite("GET /rpc/lines?n=300000 HTTP/1.1\r\nHost: x\r\n\r\n");
    ok(wait_until(sub { $api->metric('pgfin_api_client_timeouts_total') >= 3 }, 20), 'and one that does not read');
    ok(wait_until(sub { $api->metric('pgfin_api_clients') <= 1 }, 10), 'its connection is gone');
};

subtest 'a long answer' => sub {
    my ($status, $body) = $api->ask('GET', '/rpc/lines?n=20000&limit=19999');
    is($status, 200, 'is sent');
    is(scalar @{ decode_json($body) }, 19999, 'whole');
    my ($text, $closed) = $api->raw("GET /rpc/lines?n=20000 HTTP/1.1\r\nHost: x\r\n\r\n", 5);
    if ($text =~ /^HTTP\/1.1 200/) {
        unlike($text, qr/\r\n0\r\n\r\n$/, 'an error in the middle leaves it without its end');
        is($closed, 1, 'and closes the connection');
    } else {
        like($text, qr/^HTTP\/1.1 400 .*22012/s, 'an error before the first piece is told');
    }
};

subtest 'a client that leaves' => sub {
    my $socket = $api->connect_raw;
    $socket->syswrite("POST /rpc/nap HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"seconds\":60}");
    ok(wait_until(sub { $node->safe_psql('postgres', $napping) == 1 }), 'its query runs');
    close $socket;
    ok(wait_until(sub { $node->safe_psql('postgres', $napping) == 0 }, 5), 'and is cancelled when it has gone');
    cmp_ok($api->metric('pgfin_api_cancelled_total'), '>=', 1, 'which is counted');
};

subtest 'a full pool' => sub {
    my @busy = map { $api->connect_raw } 1 .. 2;
    $_->syswrite("POST /rpc/nap HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"seconds\":3}") for @busy;
    ok(wait_until(sub { $node->safe_psql('postgres', $napping) == 2 }), 'both connections work');
    my ($status, $body) = $api->ask('GET', '/items?id=eq.1');
    is($status, 504, 'a third request waits in vain');
    is(decode_json($body)->{code}, 'PGRST003', 'and is told so');
    cmp_ok($api->metric('pgrst_db_pool_timeouts_total'), '>=', 1, 'which is counted');
    like(($api->drain($_, 5))[0], qr/^HTTP\/1.1 200/, 'the others end well') for @busy;
    is(($api->ask('GET', '/items?id=eq.1'))[0], 200, 'then there is room');
};

subtest 'traces' => sub {
    my $trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    my ($status, $body) = $api->ask('GET', '/rpc/who', headers => { traceparent => "00-$trace-00f067aa0ba902b7-01",
        Authorization => '' });
    is(decode_json("[$body]")->[0], "pg_fin_api $trace", 'the trace is the name of the transaction');
    my ($without) = ($api->ask('GET', '/rpc/who'))[1];
    is(decode_json("[$without]")->[0], 'pg_fin_api', 'of that one alone');
    $api->ask('GET', '/items?name=eq.hunter2&apikey=hunter2', headers => { Authorization => 'Bearer hunter2.a.b' });
    ok(wait_until(sub { slurp($api->{access}) =~ /"parameters":"name,apikey"/ }, 5), 'the access log names parameters');
    unlike(slurp($api->{access}), qr/hunter2/, 'and nothing of what they say');
    my @lines = map { decode_json($_) } lines_of(slurp($api->{access}));
    is((grep { ($_->{trace} // '') eq $trace } @lines), 1, 'and the trace');
};

subtest 'metrics' => sub {
    my $file = folder() . '/metrics';
    spew($file, $api->metrics);
    my $said = `promtool check metrics < $file 2>&1`;
    is($?, 0, 'promtool accepts them') or diag $said;
    unlike($said, qr/error/, 'without a word of error');
    like($api->metrics, qr/^\Q$_\E[ {]/m, $_)
        for qw(pgrst_db_pool_max pgrst_db_pool_available pgrst_db_pool_waiting pgrst_db_pool_timeouts_total
        pgrst_schema_cache_loads_total pgrst_schema_cache_query_time_seconds pgrst_jwt_cache_requests_total
        pgfin_api_requests_total pgfin_api_request_duration_seconds_bucket pgfin_api_database_duration_seconds_sum);
};

subtest 'reload' => sub {
    $node->safe_psql('postgres', 'CREATE TABLE fresh AS SELECT 1 AS a; GRANT SELECT ON fresh TO web_anon');
    is(($api->ask('GET', '/fresh'))[0], 404, 'a new table is not known');
    $node->safe_psql('postgres', q{NOTIFY pgrst, 'reload schema'});
    ok(wait_until(sub { ($api->ask('GET', '/fresh'))[0] == 200 }, 10), 'until it is told');
    $node->safe_psql('postgres', 'ALTER TABLE fresh ALTER a TYPE text');
    is(($api->ask('GET', '/fresh?a=eq.1'))[0], 200, 'a plan that is out of date is made anew');
    # Both connections know plans of a table that is then another one.
    my $known = sub { return join ',', map { ($api->ask('GET', '/fresh?select=*'))[0] } 1 .. 6 };
    is($known->(), '200,200,200,200,200,200', 'six reads') for 1 .. 2;
    $node->safe_psql('postgres', 'DROP TABLE fresh; CREATE TABLE fresh AS SELECT now() AS a; GRANT SELECT ON fresh TO web_anon');
    is($known->(), '200,200,200,200,200,200', 'of a table made anew');
    $node->safe_psql('postgres', q{CREATE FUNCTION refuse() RETURNS int LANGUAGE plpgsql AS
        $$BEGIN RAISE 'not here' USING ERRCODE = 'feature_not_supported'; END$$; NOTIFY pgrst});
    ok(wait_until(sub { my ($said, $why) = $api->ask('GET', '/rpc/refuse'); $said == 400 && $why =~ /0A000/ }, 10),
        'what is not supported is told and not tried for ever');
    $node->safe_psql('postgres', 'CREATE TABLE fresher AS SELECT 1 AS a; GRANT SELECT ON fresher TO web_anon');
    kill 'USR1', $api->{pid};
    ok(wait_until(sub { ($api->ask('GET', '/fresher'))[0] == 200 }, 10), 'a signal does the same');
};

# Writes rows one by one as fast as it goes, until told; which ones were acknowledged goes to a file.
sub start_writer {
    my ($port, $file, $seconds) = @_;
    my $pid = fork // die;
    return $pid if $pid;
    open my $out, '>', $file or POSIX::_exit(1);
    $out->autoflush(1);
    my $end = time + $seconds;
    my $http = HTTP::Tiny->new(timeout => 5);
    for (my $id = 1; time < $end; ++$id) {
        my $answer = $http->post("http://127.0.0.1:$port/pairs",
            { headers => { 'Content-Type' => 'application/json' },
              content => qq([{"id":$id,"half":1},{"id":$id,"half":2}]) });
        print $out "$id $answer->{status}\n";
        sleep 0.05 if $answer->{status} != 201;
    }
    POSIX::_exit(0);
}

sub check_writes {
    my ($file, $allowed) = @_;
    my %said = map { split / / } lines_of(slurp($file));
    my @acknowledged = grep { $said{$_} == 201 } keys %said;
    cmp_ok(scalar @acknowledged, '>', 10, 'rows were acknowledged');
    my %there = map { split /\|/ } lines_of($node->safe_psql('postgres', 'SELECT id, count(*) FROM pairs GROUP BY id'));
    is_deeply([grep { ($there{$_} // 0) != 2 } @acknowledged], [], 'all of them are there');
    is_deeply([grep { $there{$_} != 2 } keys %there], [], 'and none by half');
    is_deeply([grep { !$allowed->{ $said{$_} } } keys %said], [], 'no other answers than these');
    return \%said;
}

subtest 'the database is killed' => sub {
    my $file = folder() . '/said';
    my $writer = start_writer($api->{port}, $file, 8);
    sleep 1.5;
    my ($backend) = lines_of($node->safe_psql('postgres',
        q{SELECT pid FROM pg_stat_activity WHERE usename = 'authenticator' AND application_name = 'pg_fin_api' LIMIT 1}));
    kill 'KILL', $backend;  # the whole server restarts
    sleep 2;
    $node->stop('immediate');
    my ($status, $body, $headers) = $api->ask('GET', '/items?id=eq.1');
    is($status, 503, 'without a database: 503');
    like(decode_json($body)->{code}, qr/^PGRST00[01]$/, 'that says why');
    cmp_ok($headers->{'retry-after'}, '>=', 1, 'and when to come again');
    $node->start;
    ok(wait_until(sub { ($api->ask('GET', '/items?id=eq.1'))[0] == 200 }, 40), 'it is there again');
    waitpid $writer, 0;
    my $said = check_writes($file, { 201 => 1, 503 => 1 });
    cmp_ok(scalar(grep { $_ == 503 } values %$said), '>', 0, 'some were told to wait');
    $node->safe_psql('postgres', 'TRUNCATE pairs');
};

subtest 'the server is killed' => sub {
    my $file = folder() . '/said';
    my $writer = start_writer($api->{port}, $file, 4);
    sleep 1.5;
    my ($port, $admin) = @{$api}{qw(port admin)};
    $api->stop('KILL');
    $api = start_api(folder(), $uri, 'db-pool' => 2, port => $port, admin => $admin);
    waitpid $writer, 0;
    check_writes($file, { 201 => 1, 503 => 1, 599 => 1 });  # 599: the client found nobody there
};

subtest 'TLS and a Unix socket' => sub {
    my $folder = folder();
    my ($key, $certificate, $socket) = ("$folder/key.pem", "$folder/certificate.pem", "$folder/api.sock");
    system_or_bail('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
        '-addext', 'subjectAltName=DNS:localhost', '-keyout', $key, '-out', $certificate);
    my $secure = start_api(folder(), $uri, 'fin-tls-cert' => $certificate, 'fin-tls-key' => $key);
    my $url = "https://localhost:$secure->{port}/items?id=eq.7&select=id";
    my @curl = ('curl', '-s', '--cacert', $certificate, '--resolve', "localhost:$secure->{port}:127.0.0.1");
    my ($out) = run_command([@curl, $url]);
    is($out, '[{"id":7}]', 'an answer by TLS');
    ($out) = run_command([@curl, '--tls-max', '1.1', '-o', "$folder/none", '-w', '%{http_code}', $url]);
    is($out, '000', 'not by TLS 1.1');
    ($out) = run_command([@curl, "https://localhost:$secure->{port}/rpc/lines?n=3001&limit=3000"]);
    is(scalar @{ decode_json($out) }, 3000, 'a long one');
    unlike(($secure->raw("GET /items HTTP/1.1\r\nHost: x\r\n\r\n"))[0], qr/HTTP/, 'nothing without TLS');
    # A new certificate, as a renewal leaves it.
    system_or_bail('openssl', 'req', '-x509', '-key', $key, '-days', '2', '-subj', '/CN=localhost', '-addext',
        'subjectAltName=DNS:localhost,DNS:renewed', '-out', $certificate);
    kill 'USR2', $secure->{pid};
    ok(wait_until(sub {
        my ($said) = run_command(['bash', '-c',
            "openssl s_client -connect 127.0.0.1:$secure->{port} </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName"]);
        return $said =~ /DNS:renewed/;
    }, 10), 'a new certificate is taken at a signal');
    is($secure->stop, 0, 'and it ends well');
    my $local = start_api(folder(), $uri, 'server-unix-socket' => $socket, 'server-unix-socket-mode' => '600');
    ($out) = run_command(['curl', '-s', '--unix-socket', $socket, 'http://x/items?id=eq.7&select=id']);
    is($out, '[{"id":7}]', 'an answer by a Unix socket');
    is((stat $socket)[2] & 0777, 0600, 'with its mode');
    $local->stop('KILL');
    $local = start_api(folder(), $uri, 'server-unix-socket' => $socket);
    ($out) = run_command(['curl', '-s', '--unix-socket', $socket, 'http://x/items?id=eq.7&select=id']);
    is($out, '[{"id":7}]', 'a socket that was left behind is replaced');
    $local->stop;
    ok(!-e $socket, 'and gone at the end');
};

subtest 'settings' => sub {
    my $folder = folder();
    spew("$folder/wrong.conf", "server-port = \"many\"\n");
    my $program = $ENV{PG_FIN_API} // "$FindBin::Bin/../../build/release/api/pg_fin_api";
    my ($out, $err) = run_command([$program, '--check-config', "$folder/wrong.conf"]);
    is($? >> 8, 3, 'wrong settings have a status of their own');
    like($err, qr/server-port/, 'and are named');
    ($out, $err) = run_command([$program, "$folder/wrong.conf"]);
    is($? >> 8, 3, 'nothing is served with them');
    ($out, $err) = run_command([$program, "$folder/none.conf"]);
    is($? >> 8, 3, 'nor without the file');
    ($out, $err) = run_command([$program, '--no-such-option']);
    is($? >> 8, 2, 'wrong use');
    ($out) = run_command([$program, '--help']);
    like($out, qr/^NAME.*SYNOPSIS.*OPTIONS.*EXIT STATUS/s, '--help is a manual page');
    spew("$folder/right.conf", "db-uri = \"postgresql://u:hunter2\@h/d\"\njwt-secret = \"" . 'hunter2' x 6 . "\"\n");
    ($out) = run_command([$program, '--dump-config', "$folder/right.conf"]);
    like($out, qr/^db-pool = 10$/m, '--dump-config tells defaults');
    unlike($out, qr/hunter2/, 'and no secret');
    spew("$folder/taken.conf", "server-host = \"127.0.0.1\"\nserver-port = $api->{port}\n");
    ($out, $err) = run_command([$program, "$folder/taken.conf"]);
    is($? >> 8, 4, 'a port that is taken');
};

subtest 'the end' => sub {
    my $busy = $api->connect_raw;
    my $idle = $api->connect_raw;
    $busy->syswrite("POST /rpc/nap HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"seconds\":2}");
    ok(wait_until(sub { $node->safe_psql('postgres', $napping) == 1 }), 'a request is under way');
    kill 'TERM', $api->{pid};
    is(($api->drain($idle, 2))[1], 1, 'an idle connection is closed');
    is(IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $api->{port}), undef, 'nobody new is let in');
    my ($answer, $closed) = $api->drain($busy, 5);
    like($answer, qr/^HTTP\/1.1 200 .*Connection: close/s, 'what was under way is finished');
    waitpid $api->{pid}, 0;
    is($?, 0, 'and the program ends well');
    delete $api->{pid};
};

$node->stop;
done_testing();
