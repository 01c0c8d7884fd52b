# What leaves the machine: HTTP through real workers against a server that misbehaves, sealed secrets, mail by SMTP.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use IPC::Open2;
use MIME::Base64;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $folder = PostgreSQL::Test::Utils::tempdir();
my @peers;

# --- peers and keys -----------------------------------------------------------------------------------------------------

sub run_quietly { system("@_ >/dev/null 2>&1") == 0 or die "failed: @_" }
run_quietly("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=tests -keyout $folder/ca.key -out $folder/ca.pem");
spew("$folder/names", 'subjectAltName=DNS:localhost,' . join(',', map {"IP:127.0.0.$_"} 1 .. 10));
run_quietly("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout $folder/peer.key -out $folder/peer.csr");
run_quietly("openssl x509 -req -days 2 -in $folder/peer.csr -CA $folder/ca.pem -CAkey $folder/ca.key -CAcreateserial -extfile $folder/names -out $folder/peer.pem");

# Starts a program of test/peers, which ends when its input is closed; returns the numbers of its first line.
sub peer
{
	my $program = "$FindBin::Bin/../peers/" . shift;
	my $pid = open2(my $output, my $input, $program, @_);
	my $line = <$output> // die "$program did not start";
	push @peers, [ $pid, $input, $output ];
	return $line =~ /(\d+)/g;
}
my ($http, $https) = peer('http_server', '--cert', "$folder/peer.pem", '--key', "$folder/peer.key");
mkdir "$folder/spool" or die;
my ($smtp) = peer('smtp_server', '--cert', "$folder/peer.pem", '--key', "$folder/peer.key", '--spool', "$folder/spool",
	'--user', 'mailer', '--password', 'the mail secret');
my ($plain_smtp) = peer('smtp_server', '--plain', '--spool', "$folder/spool");

sub new_key { return encode_base64(join('', map { chr int rand 256 } 1 .. 32), '') }
spew("$folder/key", new_key() . "\n");
chmod 0600, "$folder/key";

my $node = PostgreSQL::Test::Cluster->new('outbound');
$node->init;
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'pg_fin'
max_worker_processes = 8
pg_fin.max_workers = 1
log_statement = 'all'
log_min_duration_statement = 0
pg_fin.http_allow_hosts = 'localhost, 127.0.0.1, 127.0.0.2, 127.0.0.3, [::1], metadata.test'
pg_fin.http_allow_private = on
pg_fin.http_ca_file = '$folder/ca.pem'
pg_fin.secret_key_file = '$folder/key'
CONF
$node->start;
my $db = 'postgres';
sub ask { return $node->safe_psql($db, $_[0]) }
sub as
{
	my ($role, $sql) = @_;
	my ($status, $out, $error) = $node->psql($db, $sql, connstr => $node->connstr($db) . " user=$role", on_error_stop => 1);
	return $status == 0 ? $out : $error;
}
sub configure { my ($name, $value) = @_; ask("ALTER SYSTEM SET $name = '$value'"); ask('SELECT pg_reload_conf()'); sleep 0.3; return }

ask(q{CREATE EXTENSION pg_fin; SELECT fin_setup();
    CREATE ROLE anna LOGIN; CREATE ROLE boris LOGIN; CREATE ROLE carla LOGIN; GRANT fin_user TO anna, boris, carla;
    CREATE ROLE olga LOGIN; GRANT fin_admin TO olga});
my $ws = as('anna', 'SELECT fin.writable_workspace()');
as('anna', "SELECT fin.add_member('$ws', 'boris', 'analyst')");
as('boris', 'SELECT 1');

like(as('anna', q{SELECT fin_enqueue('http_request', '{"origin": "http://127.0.0.1"}')}), qr/unknown kind of job/, 'nobody can queue requests');
my $kind = q{INSERT INTO fin.job_kinds (kind, priority, max_attempts, timeout, handler, min_role, holds_worker, lane_key)
    VALUES ('http_request', 'low', 2, '20 seconds', 'http_request', 'owner', false, 'origin')};
like(as('anna', $kind), qr/permission denied|row-level security/, 'and no member adds the kind');
is(as('olga', $kind), '', 'until an operator adds the kind');

# --- requests -----------------------------------------------------------------------------------------------------------

sub queue_request
{
	my ($payload, $at) = @_;
	return ask("SELECT fin_enqueue('http_request', \$\${$payload}\$\$)");
}
# How a job ended: succeeded, or how it was refused. One that will be tried again counts as ended.
sub ended
{
	my ($id) = @_;
	$node->poll_query_until($db, "SELECT status IN ('succeeded', 'dead', 'cancelled', 'failed') OR EXISTS (SELECT FROM fin.job_attempts a WHERE a.job_id = $id AND a.outcome = 'postponed') FROM fin.jobs WHERE id = $id")
	  or diag "job $id does not end";
	return ask("SELECT status || coalesce(': ' || error, '') FROM fin.jobs WHERE id = $id");
}
sub request { return ended(queue_request($_[0])) }
sub result { my ($id, $path) = @_; return ask("SELECT result #>> '{$path}' FROM fin.jobs WHERE id = $id") }
my $here = qq{"origin": "http://127.0.0.1:$http"};

my $id = queue_request(qq{$here, "path": "/echo?x=1", "method": "POST", "body": "hello", "headers": {"X-Mine": "1"}});
is(ended($id), 'succeeded', 'a request succeeds');
my $body = result($id, 'body');
like($body, qr/"method": "POST", "target": "\/echo\?x=1"/, 'it arrived as asked');
like($body, qr/"body": "hello"/, 'with its body');
my $key = ask("SELECT idempotency_key FROM fin.jobs WHERE id = $id");
like($body, qr/"idempotency-key": "$key"/, 'and with the idempotency key that was stored when it was queued');
unlike($body, qr/content-type/, 'no content type is made up');

$id = queue_request(qq{"origin": "https://localhost:$https", "path": "/echo"});
is(ended($id), 'succeeded', 'over TLS, by name, under an authority of our own');
is(request(qq{"origin": "http://[::1]:$http", "path": "/echo"}), 'succeeded', 'over IPv6') if grep {/::1/} `cat /proc/net/if_inet6 2>/dev/null | sed 's/^0*1 /::1 /'`;

like(request(qq{$here, "path": "/redirect"}), qr/^dead: .* answered 302 .*redirects are not followed/, 'redirects are not followed');
for my $status (400, 401, 403, 404, 422)
{
	like(request(qq{$here, "path": "/status/$status"}), qr/^dead: http:\/\/127.0.0.1:$http answered $status \(attempts in a row: 1\)/, "$status is final");
}
like(request(qq{$here, "path": "/status/503?x-should-retry=false"}), qr/^dead: .*503 \(attempts in a row: 1\)/, 'x-should-retry: false overrules 503');
for my $status (408, 409, 429, 529)
{
	$id = queue_request(qq{"origin": "http://127.0.0.2:$http", "path": "/flaky/2/of_$status?status=$status&Retry-After-Ms=50", "method": "POST"});
	is(ended($id), 'succeeded', "$status is tried again");
	is(result($id, 'attempts'), 3, 'twice');
	$id = queue_request(qq{$here, "path": "/seen/of_$status"});
	ended($id);
	my %keys = map { $_ => 1 } result($id, 'body') =~ /"([0-9a-f-]{36})"/g;
	is(scalar(keys %keys), 1, 'with one idempotency key');
}
# Both forms of Retry-After: longer than a request waits, so the queue waits.
my $later = q{SELECT extract(epoch FROM run_at - now()) > 80 AND extract(epoch FROM run_at - now()) < 130 FROM fin.jobs WHERE id = };
$id = queue_request(qq{$here, "path": "/status/429?Retry-After=120"});
like(ended($id), qr/^failed: .*429/, 'a long Retry-After in seconds');
is(ask($later . $id), 't', 'puts the job off');
$id = queue_request(qq{$here, "path": "/dated/503/120"});
like(ended($id), qr/^failed: .*503/, 'a long Retry-After as a date');
is(ask($later . $id), 't', 'puts the job off too');

like(request(qq{$here, "path": "/cut", "retries": 0}), qr/^failed: http:\/\/127.0.0.1:$http: .*connected/, 'an answer that breaks off will be tried again');
like(request(qq{$here, "path": "/drip/1000", "timeout": 1, "retries": 0}), qr/^failed: .*timed out/i, 'one that drips is given up');
like(request(qq{$here, "path": "/wait/30", "timeout": 1, "retries": 0}), qr/^failed: .*timed out/i, 'one that does not come too');
like(request(qq{$here, "path": "/big/200"}), qr/^dead: .*more than 4194304 bytes/, '200 MB are not taken');
like(request(qq{$here, "path": "/headers/200"}), qr/^dead: .*headers have more than/, 'nor endless headers');
is(request(qq{"origin": "http://127.0.0.3:$http", "path": "/echo"}), 'succeeded', 'the worker lives');

# --- refusals -----------------------------------------------------------------------------------------------------------

like(request(qq{"origin": "http://127.0.0.4:$http"}), qr/^dead: http:\/\/127.0.0.4:$http is not among pg_fin.http_allow_hosts/, 'a host that is not listed');
like(request(q{"origin": "file:///etc/passwd"}), qr/^dead: /, 'no other scheme');
like(request(qq{"origin": "http://user:pw\@127.0.0.1:$http"}), qr/^dead: .*must not carry/, 'no password in a URL');
like(request(qq{$here, "headers": {"X": "a\\r\\nHost: b"}}), qr/^dead: .*not one line/, 'no line break in a header');
like(request(qq{$here, "headers": {"Host": "b"}}), qr/^dead: .*set by pg_fin itself/, 'no host of one\'s own');
configure('pg_fin.http_allow_private', 'off');
for my $host ('127.0.0.1', '2130706433', '0x7f.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254')
{
	my $listed = $host eq '[::ffff:127.0.0.1]' || $host eq '169.254.169.254';
	configure('pg_fin.http_allow_hosts', "localhost, 127.0.0.1, [::1], [::ffff:127.0.0.1], [::ffff:7f00:1], 169.254.169.254");
	my $address = request(qq{"origin": "http://$host:$https", "retries": 0});
	like($address, qr/^dead: .*pg_fin.http_allow_private does not allow/, "$host is refused");
}
configure('pg_fin.http_allow_private', 'on');
configure('pg_fin.http_allow_hosts', 'localhost, 127.0.0.1, 127.0.0.2, 127.0.0.3, 127.0.0.9');
my ($status, undef, $complaint) = $node->psql($db, q{ALTER SYSTEM SET pg_fin.http_allow_hosts = '*.com'});
like($complaint, qr/invalid value for parameter.*whole top domain/s, 'a list that allows too much is refused');

# --- a dead host holds up no other --------------------------------------------------------------------------------------

my $dead = do { require IO::Socket::INET; my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.9', Listen => 1); $s->sockport };    # nobody listens there any more
ask(qq{SELECT count(fin_enqueue('http_request', '{"origin": "http://127.0.0.9:$dead", "retries": 0}')) FROM generate_series(1, 10000)});
my $begin = time;
$id = queue_request(qq{$here, "path": "/echo"});
ask("UPDATE fin.jobs SET rank_at = now() + interval '1 second' WHERE false");
is(ended($id), 'succeeded', 'behind 10,000 requests to a dead host another one gets through');
note sprintf('after %.2f s', time - $begin);
like(ask("SELECT string_agg(DISTINCT error, '; ') FROM fin.jobs WHERE lane LIKE '%:$dead' AND error IS NOT NULL"), qr/is left alone/, 'whose circuit is open');
cmp_ok(ask("SELECT count(*) FROM fin.jobs WHERE lane LIKE '%:$dead' AND status = 'dead'"), '<', 1000, 'they wait and do not die');
ask("DELETE FROM fin.jobs WHERE lane LIKE '%:$dead' AND status <> 'running'");

# --- nothing is held while it waits -------------------------------------------------------------------------------------

$id = queue_request(qq{"origin": "http://127.0.0.2:$http", "path": "/wait/3"});
$node->poll_query_until($db, "SELECT status = 'running' FROM fin.jobs WHERE id = $id");
sleep 0.5;
is(ask(q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'pg_fin worker' AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL OR xact_start IS NOT NULL)}),
	0, 'no transaction and no snapshot while a request waits');
ask('CREATE DATABASE other');
ask('DROP DATABASE other');
pass('nor does it hold up DROP DATABASE');
my $slow = queue_request(qq{"origin": "http://127.0.0.2:$http", "path": "/wait/15"});
$node->poll_query_until($db, "SELECT status = 'running' FROM fin.jobs WHERE id = $slow");
my $pid = ask(q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'pg_fin worker'});
$begin = time;
ask("SELECT fin_cancel_job($slow)");
like(ended($slow), qr/^cancelled/, 'a request in flight can be cancelled');
cmp_ok(time - $begin, '<', 10, 'without waiting for its answer');

# --- secrets ------------------------------------------------------------------------------------------------------------

like(as('anna', qq{SELECT fin_provider_set('bank', 'http', 'http://127.0.0.1:$http')}), qr/set by operators/, 'members define no provider');
is(as('olga', qq{SELECT fin_provider_set('bank', 'http', 'http://127.0.0.1:$http')}), '', 'operators do');
like(as('boris', "SET pg_fin.workspace = '$ws'; SELECT fin_connection_set('main', 'bank', '{}', 'sesame')"), qr/set by admins/, 'analysts set no connection');
my $secret = 'open-sesame-4711';
like(as('anna', "SELECT fin_connection_set('main', 'bank', '{}', '$secret')"), qr/^[0-9a-f-]{36}$/, 'admins do');
like(as('anna', "SELECT fin_connection_set('main', 'bank', '{}', '$secret'), 1 / 0"), qr/division by zero/, 'a statement that fails');
like(as('anna', "SELECT fin_connection_set('main', 'bank', '{}', '$secret') )"), qr/syntax error/, 'and one that is no statement');
is(as('anna', "SELECT fin_connection_set('main', 'bank', '{}', '$secret') IS NOT NULL; SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%s_same-4711%' AND pid <> pg_backend_pid()"), "t\n0", 'set again');
like(as('anna', 'SELECT secret FROM fin.connections'), qr/permission denied/, 'nobody reads it, not even sealed');
unlike(pack('H*', ask("SELECT string_agg(encode(secret, 'hex'), '') FROM fin.connections")), qr/\Q$secret\E/, 'it is not stored as it is');
$id = as('anna', q{SELECT fin_enqueue('http_request', '{"connection": "main", "path": "/echo"}')});
is(ended($id), 'succeeded', 'a worker opens it');
like(result($id, 'body'), qr/"authorization": "Bearer $secret"/, 'and sends it where the provider is');
ask("UPDATE fin.jobs SET result = NULL WHERE id = $id");
$id = as('carla', q{SELECT fin_enqueue('http_request', '{"connection": "main", "path": "/echo"}')});
like(ended($id), qr/^dead: the workspace has no connection main/, 'another workspace has no such connection');
as('carla', "SELECT fin_connection_set('main', 'bank', '{}', 'another')");
ask("UPDATE fin.connections c SET secret = (SELECT o.secret FROM fin.connections o WHERE o.workspace_id = '$ws') WHERE workspace_id <> '$ws'");
$id = as('carla', q{SELECT fin_enqueue('http_request', '{"connection": "main", "path": "/echo"}')});
like(ended($id), qr/^failed: the stored secret cannot be opened/, 'and a sealed secret moved there does not open');
ask("DELETE FROM fin.connections WHERE workspace_id <> '$ws'");

# A new key before the old one; after resealing the old one may go.
my $old = slurp("$folder/key");
my $new = new_key() . "\n";
spew("$folder/key", $new . $old);
chmod 0600, "$folder/key";
$id = as('anna', q{SELECT fin_enqueue('http_request', '{"connection": "main", "path": "/echo"}')});
is(ended($id), 'succeeded', 'with a new key what the old one sealed still opens');
like(as('olga', 'SELECT fin_connection_reseal()'), qr/permission denied/, 'resealing is not for operators');
is(ask('SELECT fin_connection_reseal()'), 1, 'but for superusers');
spew("$folder/key", $new);
chmod 0600, "$folder/key";
$id = as('anna', q{SELECT fin_enqueue('http_request', '{"connection": "main", "path": "/echo"}')});
is(ended($id), 'succeeded', 'then the old key is not needed');
chmod 0644, "$folder/key";
like(as('anna', "SELECT fin_connection_set('other', 'bank', '{}', 'x')"), qr/open to others/, 'a key that others can read is not used');
chmod 0600, "$folder/key";
configure('pg_fin.secret_key_file', '');
like(as('anna', "SELECT fin_connection_set('other', 'bank', '{}', 'x')"), qr/no key to seal secrets with/, 'without a key nothing is sealed');
configure('pg_fin.secret_key_command', "cat $folder/key");
$id = as('anna', q{SELECT fin_enqueue('http_request', '{"connection": "main", "path": "/echo"}')});
is(ended($id), 'succeeded', 'a command can give the key');

# --- mail ---------------------------------------------------------------------------------------------------------------

my %user = map { my $role = $_; $role => ask("SELECT id FROM fin.users WHERE db_role = '$role'") } qw(anna boris carla);
ask("UPDATE fin.users SET email = db_role || '\@example.com' WHERE db_role IN ('anna', 'boris')");
like(as('anna', "SELECT fin_notify('$user{carla}', 'x')"), qr/no member of the workspace/, 'mail goes to members only');
sub mail_job { my ($notification) = @_; return ask("SELECT id FROM fin.jobs WHERE payload ->> 'notification_id' = '$notification'") }
my $message = as('anna', "SELECT fin_notify('$user{boris}', 'Nobody sends it')");
like(ended(mail_job($message)), qr/^dead: no provider of kind smtp is set up/, 'without a mail server a message waits in the table');
as('olga', qq{SELECT fin_provider_set('mail', 'smtp', 'smtp://localhost:$smtp', '{"from": "reports\@example.org", "from_name": "Отчёты", "username": "mailer"}', 'the mail secret')});
my $file = as('anna', q{SELECT fin.file_put('отчёт за март.csv', 'text/csv', convert_to(E'date;amount\n2024-03-01;10\n', 'UTF8'))});
$message = as('anna', "SELECT fin_notify('$user{boris}', 'Runway is short: 3 months', E'Cash <falls>\nfaster.', 'risk', 'high', NULL, ARRAY['$file'::uuid])");
is(ended(mail_job($message)), 'succeeded', 'a message is mailed by STARTTLS and login');
my $mail = slurp("$folder/spool/1.eml");
like($mail, qr/^X-Envelope-From: reports\@example.org\r\nX-Envelope-To: boris\@example.com\r\nX-Secured: yes/, 'to its member, encrypted');
like($mail, qr/^Subject: Runway is short: 3 months\r$/m, 'with its title as the subject');
like($mail, qr/^From: =\?UTF-8\?B\?\S+\?=\r\n <reports\@example.org>\r$/m, 'a sender in Cyrillic');
like($mail, qr/^Message-ID: <$message\@example.org>\r$/m, 'an id that stays the same');
like($mail, qr/text\/plain.*Hello, .*Cash <falls>.*text\/html.*Cash &lt;falls&gt;<br>/s, 'text and HTML');
like($mail, qr/filename\*0\*=UTF-8''%D0%BE/, 'and the file');
is(ask("SELECT mailed_at IS NOT NULL FROM fin.notifications WHERE id = '$message'"), 't', 'and the table knows');
ask("SELECT fin_requeue(id) FROM fin.jobs WHERE payload ->> 'notification_id' = '$message' AND status = 'dead'");
as('anna', "SELECT fin_enqueue('send_notification', '{\"notification_id\": \"$message\"}')");
sleep 1;
ok(!-e "$folder/spool/2.eml", 'what was mailed is not mailed again');

ask("UPDATE fin.workspaces SET language = 'ru' WHERE id = '$ws'");
$message = as('anna', "SELECT fin_notify('$user{boris}', 'Запаса денег на три месяца', 'Расходы растут.', 'risk', 'critical')");
is(ended(mail_job($message)), 'succeeded', 'in Russian');
my $parsed = `/usr/bin/python3 - $folder/spool/2.eml <<'PY'
import email, email.policy, sys
with open(sys.argv[1], "rb") as file:
    mail = email.message_from_binary_file(file, policy=email.policy.default)
print(mail["subject"], "|", mail["from"].addresses[0].display_name)
print(mail.get_body(("plain",)).get_content())
print(mail.get_body(("html",)).get_content(), mail.defects)
PY`;
like($parsed, qr/^Запаса денег на три месяца \| Отчёты\n/, 'another program reads the subject');
like($parsed, qr/Здравствуйте, .*Важность: критическая.*<html lang="ru">.*\[\]$/s, 'and both bodies, without a defect');

ask(q{UPDATE fin.users SET email = 'later@example.com' WHERE db_role = 'boris'});
like(ended(mail_job(as('anna', "SELECT fin_notify('$user{boris}', 'x')"))), qr/^failed: .*451/, '451 is tried again');
ask(q{UPDATE fin.users SET email = 'never@example.com' WHERE db_role = 'boris'});
like(ended(mail_job(as('anna', "SELECT fin_notify('$user{boris}', 'x')"))), qr/^dead: .*550/, '550 is final');
as('olga', qq{SELECT fin_provider_set('mail', 'smtp', 'smtp://localhost:$smtp', '{"from": "reports\@example.org", "username": "mailer"}', 'wrong password')});
ask(q{UPDATE fin.users SET email = 'boris@example.com' WHERE db_role = 'boris'});
like(ended(mail_job(as('anna', "SELECT fin_notify('$user{boris}', 'x')"))), qr/^dead: smtp:\/\/localhost:$smtp: /, 'a wrong login is final');
as('olga', qq{SELECT fin_provider_set('mail', 'smtp', 'smtp://localhost:$plain_smtp', '{"from": "reports\@example.org"}')});
like(ended(mail_job(as('anna', "SELECT fin_notify('$user{boris}', 'x')"))), qr/^dead: .*(STARTTLS|SSL|TLS)/, 'a server without STARTTLS gets nothing');
ok(!-e "$folder/spool/3.eml", 'nothing at all');

# --- traces -------------------------------------------------------------------------------------------------------------

$begin = time;
$slow = queue_request(qq{"origin": "http://127.0.0.2:$http", "path": "/wait/15"});
$node->poll_query_until($db, "SELECT status = 'running' FROM fin.jobs WHERE id = $slow");
$begin = time;
$node->stop('fast');
cmp_ok(time - $begin, '<', 5, 'the server stops with a request in flight');
my $log = slurp($node->logfile);
ok($log !~ /open-sesame|the mail secret|wrong password/, 'no secret in the log') or diag grep {/open-sesame|the mail secret|wrong password/} split /^/, $log;
ok($log !~ /terminated by signal/, 'and no crash');
ok($log !~ /\Q$_\E/, 'nor a key') for map { s/\s//gr } $old, $new;

for my $peer (@peers)
{
	close $peer->[1];
	waitpid $peer->[0], 0;
}
done_testing();
