# Files in a bucket: real workers, npm's s3rver behind a proxy that fails on demand, AWS's own client reading what was
# written, and crashes between the database and the bucket in both directions.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use Digest::SHA qw(sha256_hex);
use IPC::Open2;
use MIME::Base64;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $packages = $ENV{FIN_STORAGE_PACKAGES} // "$FindBin::Bin/../storage";
my $folder = PostgreSQL::Test::Utils::tempdir();
my $secret = 'S3RVER';

# --- the bucket ---------------------------------------------------------------------------------------------------------

mkdir "$folder/s3" or die;
my $server = open2(my $said, my $ear, 'node', "$FindBin::Bin/../peers/s3_server.mjs", $packages, "$folder/s3");
my ($port, $named_port) = (<$said> // die 'the S3 server did not start') =~ /s3 (\d+) host (\d+)/;
my $endpoint = "http://127.0.0.1:$port";

sub client { my $out = `node $packages/client.mjs $endpoint @{[ map {"'$_'"} @_ ]} 2>&1`; chomp $out; return $out }
sub bucket { return client('list') =~ s/^pg_fin-owner\.json \d+\n?//mr }
sub control { my ($wish) = @_; system("curl -s -d '$wish' $endpoint/__control >/dev/null") == 0 or die; return }
sub fail_next { my ($method, $how, $times, $query) = @_; control(sprintf '{"fail": {"method": "%s", "how": "%s", "times": %d, "query": "%s"}}', $method, $how, $times // 1, $query // ''); return }
sub seen { return scalar `curl -s $endpoint/__log` }

# --- the database -------------------------------------------------------------------------------------------------------

spew("$folder/key", encode_base64(join('', map { chr int rand 256 } 1 .. 32), '') . "\n");
chmod 0600, "$folder/key";
my $node = PostgreSQL::Test::Cluster->new('storage');
$node->init;
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'pg_fin'
restart_after_crash = on
max_worker_processes = 8
pg_fin.max_workers = 2
log_statement = 'all'
pg_fin.http_allow_hosts = '127.0.0.1'
pg_fin.http_allow_private = on
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
# Waits for something outside the database, a minute at most.
sub until_so { my ($so) = @_; for (1 .. 300) { return 1 if $so->(); sleep 0.2 } return 0 }
sub wait_for { my ($sql) = @_; return $node->poll_query_until($db, $sql) }
# How a job ended; one that will be tried again counts as ended.
sub ended
{
	my ($id) = @_;
	wait_for("SELECT status IN ('succeeded', 'dead', 'cancelled', 'failed') FROM fin.jobs WHERE id = $id") or diag "job $id does not end";
	return ask("SELECT status || coalesce(': ' || error, '') || coalesce(' ' || result::text, '') FROM fin.jobs WHERE id = $id");
}
sub put { my ($name, $text) = @_; return as('anna', "SELECT fin.file_put('$name', 'text/csv', convert_to(E'$text', 'UTF8'))") }
# Queues the storing of a file, where none waits already.
sub store { my ($file) = @_; return as('anna', qq{SELECT fin_enqueue('store_file', '{"file_id": "$file"}')}) }
sub where_is { my ($file) = @_; return ask("SELECT coalesce(f.storage || ' ' || f.object_key, 'here') || ' ' || (SELECT count(*) FROM fin.file_chunks c WHERE c.file_id = f.id) FROM fin.files f WHERE f.id = '$file'") }
sub sweep { my ($options) = @_; return ended(ask("SELECT fin_storage_sweep('$options')")) }
# kill -9 of the workers, after which PostgreSQL restarts all of its sessions.
sub crash_worker
{
	kill 9, split /\n/, ask(q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'pg_fin worker'});
	sleep 0.5;
	until_so(sub { my ($status) = $node->psql($db, 'SELECT 1'); return $status == 0 }) or die 'the server does not come back';
	return;
}

ask(q{CREATE EXTENSION pg_fin; SELECT fin_setup(); CREATE ROLE anna LOGIN; CREATE ROLE carla LOGIN; GRANT fin_user TO anna, carla;
    CREATE ROLE olga LOGIN; GRANT fin_admin TO olga});
my $settings = '{"bucket": "reports", "access_key": "S3RVER", "region": "eu-central-1", "path_style": true}';
like(as('anna', "SELECT fin_provider_set('bucket', 's3', '$endpoint', '$settings', '$secret')"), qr/set by operators/, 'members define no bucket');
like(as('olga', "SELECT fin_provider_set('bucket', 's3', '$endpoint', '{\"bucket\": \"reports\", \"acces_key\": \"x\"}', '$secret')"), qr/unknown setting acces_key/, 'settings are checked by name');
like(as('olga', "SELECT fin_provider_set('bucket', 's3', '$endpoint/path', '$settings', '$secret')"), qr/without a path/, 'so is the address');
is(as('olga', "SELECT fin_provider_set('bucket', 's3', '$endpoint', '$settings', '$secret')"), '', 'operators define one');
like(as('anna', "SELECT fin_storage_use('bucket')"), qr/set by operators/, 'members choose none');
like(as('olga', "SELECT fin_storage_use('another')"), qr/no provider 'another' of kind s3/, 'one that is not there cannot be chosen');
is(as('olga', "SELECT fin_storage_use('bucket', '1 hour')"), '', 'operators choose one');
like(as('olga', 'SELECT secret FROM fin.providers'), qr/permission denied/, 'and nobody reads the key');

# --- there and back -----------------------------------------------------------------------------------------------------

my $csv = 'Date,Payee,Category,Amount\n2024-01-01,A,Sales,100.00\n2024-02-01,B,Rent,-20.00\n';
my $hash = sha256_hex($csv =~ s/\\n/\n/gr);
my $file = put('Januar.CSV', $csv);
my $report = as('anna', "SELECT fin_import('$file'::uuid)");
my $anna = ask(q{SELECT id FROM fin.users WHERE db_role = 'anna'});
like(where_is($file), qr/^here 1$/, 'a new file is in the database');
is(ask(qq{SELECT count(*) FROM fin.jobs WHERE kind = 'store_file' AND payload ->> 'file_id' = '$file' AND run_at > now() + interval '50 minutes'}), 1, 'and goes into the bucket later');
like(ended(store($file)), qr/^succeeded.*"stored": "now"/, 'a job stores it') or do { diag seen(); BAIL_OUT('nothing can be stored') };
is(where_is($file), "bucket uploads/$anna/$report/original.csv 0", 'then its bytes are in the bucket alone');
like(bucket(), qr/^uploads\/$anna\/$report\/original\.csv 78$/m, 'where another client sees it');
is(client('get', "uploads/$anna/$report/original.csv"), "78 $hash text/csv $hash", 'byte for byte, with its type and hash');
my $sent = seen();
like($sent, qr/"url":"[^"]*original\.csv","headers":\{[^}]*"x-amz-tagging":"fin_days=90"/, 'and the days that it is kept');
like(bucket(), qr/^uploads\/$anna\/$report\/parsed\.json \d+$/m, 'what was read from it lies beside it');
like($sent, qr/"url":"[^"]*parsed\.json","headers":\{[^}]*"x-amz-tagging":"fin_days=30"/, 'for fewer days');
like(ended(store($file)), qr/^succeeded.*"stored": "stored"/, 'storing it again does nothing');
like($sent, qr/"x-amz-checksum-sha256":/, 'uploads carry a checksum');

like(as('anna', "SELECT fin.file_get('$file')"), qr/lies in the bucket of bucket.*fin_file_fetch/s, 'its bytes are not given while they are away');
my $id = as('anna', "SELECT fin_file_fetch('$file')");
like(ended($id), qr/^succeeded/, 'a job fetches them');
is(as('anna', "SELECT encode(sha256(fin.file_get('$file')), 'hex')"), $hash, 'and they are given');
is(as('anna', "SELECT fin_file_fetch('$file') IS NULL"), 't', 'what is here is not fetched');
like(as('carla', "SELECT fin_file_fetch('$file')"), qr/not found/, 'nor for a stranger');
ask("UPDATE fin.files SET copy_until = now() - interval '1 second' WHERE id = '$file'");
like(as('anna', "SELECT fin.file_get('$file')"), qr/lies in the bucket/, 'after their hour they are not given');
ask("DELETE FROM fin.reports WHERE id = '$report'");
like(ended(as('anna', qq{SELECT fin_enqueue('analyze_report', '{"file_id": "$file"}')})), qr/^succeeded/, 'an analysis fetches its file by itself');
is(ask("SELECT rows FROM fin.reports WHERE file_id = '$file'"), 2, 'all of it');
is(put('Januar.CSV', $csv), $file, 'the same bytes again are the same file');
is(where_is($file), 'here 1', 'which is here again');
like(ended(store($file)), qr/^succeeded.*"stored": "now"/, 'and is stored again');

# --- links --------------------------------------------------------------------------------------------------------------

my $link = as('anna', "SELECT fin_file_link('$file', '60 seconds')");
like($link, qr/^\Q$endpoint\E\/reports\/uploads\/.*X-Amz-Expires=60&/, 'a link');
is(client('fetch', $link), "200 $hash attachment; filename=\"Januar.CSV\"; filename*=UTF-8''Januar.CSV", 'that anybody can follow, signed as another program signs it');
like(client('fetch', $link =~ s/response-content-type=text%2Fcsv/response-content-type=text%2Fhtml/r =~ s/Signature=\K(.)/$1 eq 'a' ? 'b' : 'a'/er), qr/^403/, 'and good for nothing else');
like(as('carla', "SELECT fin_file_link('$file')"), qr/not found/, 'a stranger gets none');
like(as('anna', "SELECT fin_file_link('$file', '8 days')"), qr/1 second to 7 days/, 'nor is one good for long');
is(as('anna', "SELECT fin_file_link('" . put('x.csv', 'x') . "') IS NULL"), 't', 'a file in the database has none');
like(as('anna', "SELECT fin_presign('bucket', 'http://x', '{}', '', '', '', '', 1)"), qr/permission denied/, 'nobody signs by hand');

# --- large files --------------------------------------------------------------------------------------------------------

sub large
{
	my ($megabytes, $seed) = @_;
	my $made = as('anna', "SELECT fin.file_put('large-$seed.bin', NULL, (SELECT string_agg(sha256(('$seed' || i)::bytea), ''::bytea ORDER BY i) FROM generate_series(1, $megabytes * 32768) i))");
	return ($made, ask("SELECT encode(sha256, 'hex') FROM fin.files WHERE id = '$made'"));
}
my ($large, $large_hash) = large(20, 'a');
seen();
like(ended(store($large)), qr/^succeeded.*"now"/, '20 MB are stored');
my $log = seen();
is(scalar(() = $log =~ /"method":"PUT","url":"[^"]*partNumber=/g), 3, 'in three parts');
like($log, qr/"method":"GET","url":"[^"]*large|"range":"bytes=16777216-20971519"/, 'and read back, where the service says no checksum');
like(client('get', "uploads/$anna/$large/original.bin"), qr/^20971520 $large_hash application\/octet-stream/, 'another client gets them whole');
like(ended(as('anna', "SELECT fin_file_fetch('$large')")), qr/^succeeded/, 'they are fetched');
is(as('anna', "SELECT encode(sha256(fin.file_get('$large')), 'hex')"), $large_hash, 'whole');
control('{"checksums": true}');
my ($other, $other_hash) = large(9, 'b');
seen();
like(ended(store($other)), qr/^succeeded.*"now"/, 'where the service says a checksum');
unlike(seen(), qr/"range":/, 'nothing is read back');
like(ended(store(put('small.csv', 'a small one'))), qr/^succeeded.*"now"/, 'of a small file too');
control('{"checksums": false}');

# --- the bucket in the host -----------------------------------------------------------------------------------------------

# Bucket 127 of the service 0.0.1: a host that is an address. It is the same bucket, by another way.
my $by_host = $settings =~ s/"reports"/"127"/r =~ s/, "path_style": true//r;
is(as('olga', "SELECT fin_provider_set('host', 's3', 'http://0.0.1:$named_port', '$by_host', '$secret')"), '', 'a bucket that the host names');
is(as('olga', "SELECT fin_storage_use('host', '1 hour')"), '', 'is chosen');
my $named = put('named.csv', 'by its host');
seen();
like(ended(store($named)), qr/^succeeded.*"now"/, 'takes a file');
like(seen(), qr/"method":"PUT","url":"\/uploads\/[^"]*original\.csv","headers":\{[^}]*"host":"127\.0\.0\.1:$named_port"/, 'whose path has no bucket');
is(where_is($named), "host uploads/$anna/$named/original.csv 0", 'where it belongs');
is(client('get', "uploads/$anna/$named/original.csv") =~ s/ .*//r, length 'by its host', 'and another client sees it');
$link = as('anna', "SELECT fin_file_link('$named', '60 seconds')");
like($link, qr/^http:\/\/127\.0\.0\.1:$named_port\/uploads\/.*X-Amz-Expires=60&/, 'its link');
like(client('fetch', $link), qr/^200 @{[ sha256_hex('by its host') ]} /, 'is good');
like(ended(as('anna', "SELECT fin_file_fetch('$named')")), qr/^succeeded/, 'it is fetched');
is(as('anna', "SELECT convert_from(fin.file_get('$named'), 'UTF8')"), 'by its host', 'whole');
my ($wide, $wide_hash) = large(9, 'e');
like(ended(store($wide)), qr/^succeeded.*"now"/, 'so is a file in parts');
like(client('get', "uploads/$anna/$wide/original.bin"), qr/ $wide_hash /, 'stored');
ask("DELETE FROM fin.files WHERE id IN ('$named', '$wide')");
like(sweep('{}'), qr/^succeeded.*"orphans": 0,/, 'the sweeper lists the bucket');
unlike(bucket(), qr/$named|$wide/, 'and removes what has no file any more');
is(as('olga', "SELECT fin_storage_use('bucket', '1 hour')"), '', 'back to the path');

# --- a bucket that misbehaves -------------------------------------------------------------------------------------------

my $n = 0;
for my $how (qw(503 429 500 cut drop slow))
{
	my $one = put("$how.csv", "content " . $n++);
	fail_next('PUT', $how);
	like(ended(store($one)), qr/^succeeded.*"now"/, "an upload that met $how once succeeds");
	like(where_is($one), qr/^bucket .* 0$/, 'and is stored');
}
my %words = ('503' => qr/^failed: the bucket at 127.0.0.1:$port answered PUT with 503 SlowDown \(attempts in a row: 3\)/,
	skew => qr/^failed: .*403 RequestTimeTooSkewed: the clocks/, 403 => qr/^dead: .*403 AccessDenied/);
for my $how (sort keys %words)
{
	my $one = put("$how.csv", "more content " . $n++);
	fail_next('PUT', $how, 3);
	like(ended(store($one)), $words{$how}, "$how that stays is said in words");
	is(where_is($one), 'here 1', 'and the bytes stay here');
	control('{"forget": true}');
	ask("DELETE FROM fin.jobs WHERE payload ->> 'file_id' = '$one'");
	ask('SELECT pg_sleep(5)') if $how eq '503';    # the circuit of the host
}
my $one = put('flip.csv', 'content that gets damaged');
fail_next('GET', 'flip');
like(ended(store($one)), qr/^failed: the object in the bucket has other bytes/, 'an object with other bytes is noticed');
is(where_is($one), 'here 1', 'and the bytes stay here');
ask("UPDATE fin.jobs SET run_at = now(), rank_at = now() WHERE status = 'failed'; SELECT fin_wake_workers()");
ok(wait_for("SELECT storage IS NOT NULL FROM fin.files WHERE id = '$one'"), 'another attempt stores it');
fail_next('GET', 'flip');
like(ended(as('anna', "SELECT fin_file_fetch('$one')")), qr/^failed: the object in the bucket has other bytes/, 'damage on the way back is noticed');
like(as('anna', "SELECT fin.file_get('$one')"), qr/lies in the bucket/, 'and nothing of it is given');
ask("DELETE FROM fin.jobs WHERE status = 'failed'");
my ($third) = large(9, 'c');
fail_next('POST', 'error200', 1, 'uploadId');
like(ended(store($third)), qr/^failed: .*POST with 200 InternalError/, 'an error with status 200 is an error');
like(where_is($third), qr/^here 9$/, 'the bytes stay');
like(seen(), qr/"uploads":\[\]/, 'and the upload is taken back');
ask("DELETE FROM fin.jobs WHERE status = 'failed'");
for my $how (qw(nonsense entity))
{
	fail_next('GET', $how, 1, 'list-type');
	like(sweep('{}'), qr/^failed: (no XML of S3|S3 answered with no)/, "a list that is $how is no list");
	ask("DELETE FROM fin.jobs WHERE kind = 'sweep_files'");
}

# --- crashes ------------------------------------------------------------------------------------------------------------

# The object is there and the worker does not know it yet.
my $torn = put('torn.csv', 'uploaded and not committed');
fail_next('HEAD', 'hang');
$id = store($torn);
ok(until_so(sub { bucket() =~ /$torn/ }), 'an object is there');
is(where_is($torn), 'here 1', 'between upload and commit the bytes are on both sides');
crash_worker();
like(ended($id), qr/^succeeded.*"now"/, 'after kill -9 of the worker the job is done again');
like(where_is($torn), qr/^bucket .* 0$/, 'and nothing is lost');
# On the way back, with a part of the bytes here.
ask("UPDATE fin.files SET copy_until = now() - interval '1 second' WHERE id = '$large'");
ask('SELECT fin.copies_drop()');
fail_next('GET', 'hang', 1, $large);
$id = as('anna', "SELECT fin_file_fetch('$large')");
$node->poll_query_until($db, "SELECT status = 'running' FROM fin.jobs WHERE id = $id");
sleep 0.5;
like(as('anna', "SELECT fin.file_get('$large')"), qr/lies in the bucket/, 'half a file is given to nobody');
crash_worker();
like(ended($id), qr/^succeeded/, 'after kill -9 it is fetched again');
is(as('anna', "SELECT encode(sha256(fin.file_get('$large')), 'hex')"), $large_hash, 'whole');
# The same, and the file goes meanwhile: nobody has the object any more.
my $left = put('left.csv', 'uploaded and removed');
fail_next('HEAD', 'hang');
$id = store($left);
ok(until_so(sub { bucket() =~ /$left/ }), 'an object is there');
ask("DELETE FROM fin.jobs WHERE id = $id; DELETE FROM fin.files WHERE id = '$left'");
crash_worker();
like(bucket(), qr/$left/, 'an object that no file has');
# An upload in parts that nobody ends.
fail_next('PUT', 'hang', 1, 'partNumber=2');
my ($parts) = large(20, 'd');
$id = store($parts);
ok(until_so(sub { seen() =~ /partNumber=2/ }), 'a part is on its way');
ask("DELETE FROM fin.jobs WHERE id = $id; DELETE FROM fin.files WHERE id = '$parts'");
crash_worker();
like(seen(), qr/"uploads":\["\w+"\]/, 'an upload that nobody ends');
# A file is gone, its object is removed, and the worker does not know it yet.
ask("DELETE FROM fin.files WHERE id = '$torn'");
is(ask('SELECT count(*) FROM fin.storage_removals WHERE ended_at IS NULL'), 1, 'what is to go from the bucket is written down with the removal of the file');
fail_next('DELETE', 'hang');
$id = ask(q{SELECT fin_storage_sweep('{}')});
ok(until_so(sub { bucket() !~ /$torn/ }), 'the object is gone');
crash_worker();
like(ended($id), qr/^succeeded/, 'a removal that was cut off is done again');
is(ask('SELECT count(*) FROM fin.storage_removals WHERE ended_at IS NULL'), 0, 'nothing is left to remove');
like(bucket(), qr/$left/, 'what is younger than an hour is left alone');
sleep 1.5;
my $swept = sweep('{"grace": 0}');
# The other is the first one's, which was stored again for another report.
like($swept, qr/^succeeded.*"orphans": 2,/, 'the sweeper removes the object that no file has');
like($swept, qr/"uploads_ended": 1\b/, 'and ends the upload');
unlike(bucket(), qr/$left/, 'it is gone');
like(seen(), qr/"uploads":\[\]/, 'so is the upload');
my %known = map { $_ => 1 } split /\n/, ask('SELECT object_key FROM fin.files WHERE storage IS NOT NULL');
is_deeply([ grep { !$known{ s/ \d+$//r } } split /\n/, bucket() ], [], 'every object has a file');
is(ask("SELECT count(*) FROM fin.files WHERE storage IS NULL"), 0, 'what had stayed behind was stored');
# The server itself.
my $whole = put('whole.csv', 'the server dies');
fail_next('HEAD', 'hang');
$id = store($whole);
ok(until_so(sub { bucket() =~ /$whole/ }), 'an object is there');
$node->stop('immediate');
$node->start;
like(ended($id), qr/^succeeded.*"now"/, 'after an immediate stop too');
# A late worker: its claim does not count any more.
my $late = put('late.csv', 'too late');
is(ask("SELECT fin.store_end(f.workspace_id, f.id, 1, 1, 'bucket', 'k', clock_timestamp()) FROM fin.files f WHERE f.id = '$late'"), 'late', 'a claim that does not count drops no bytes');

# --- the sweeper --------------------------------------------------------------------------------------------------------

my $key = ask("SELECT object_key FROM fin.files WHERE id = '$whole'");
client('delete', $key);
client('put', 'uploads/x/y/original.csv', 'nobody\'s' =~ s/'//r);
client('put', 'elsewhere/z', 'not ours');
sleep 1.1;
$swept = sweep('{"grace": 0}');
like($swept, qr/"lost": 1,.*"orphans": 1,/, 'an object that is gone and one too many are found');
like($swept, qr/\Q$key\E/, 'by name');
like(as('anna', "SELECT fin.file_get('$whole')"), qr/is lost/, 'its file says so');
is(ask("SELECT count(*) FROM fin.audit_log WHERE action = 'file_lost' AND detail ->> 'key' = '$key'"), 1, 'and the audit log');
like(bucket(), qr/^elsewhere\/z/m, 'what is not under its folders is left alone');
is(put('whole.csv', 'the server dies'), $whole, 'put again');
is(as('anna', "SELECT convert_from(fin.file_get('$whole'), 'UTF8')"), 'the server dies', 'it is there again');
client('put', 'pg_fin-owner.json', '{"owner": "another"}');
like(sweep('{"grace": 0}'), qr/^dead: .*belongs to another database/, 'the bucket of another database is not swept');
like(sweep('{"grace": 0, "claim": true}'), qr/^succeeded/, 'until an operator says so');
like(as('anna', q{SELECT fin_storage_sweep()}), qr/swept by operators/, 'members do not sweep');
like(ended(as('anna', q{SELECT fin_enqueue('sweep_files', '{"grace": 0}')})), qr/^dead: .*operators/, 'by no other way');

# --- time ---------------------------------------------------------------------------------------------------------------

ask("UPDATE fin.files SET kept_from = now() - interval '91 days' WHERE id = '$file'; UPDATE fin.files SET kept_from = now() - interval '89 days' WHERE id = '$other'");
$key = ask("SELECT object_key FROM fin.files WHERE id = '$file'");
like(ended(as('anna', q{SELECT fin_enqueue('retention', '{}')})), qr/^succeeded.*"files": 1/, 'originals go after 90 days');
unlike(bucket(), qr/^\Q$key\E/m, 'from the bucket too');
is(ask("SELECT count(*) FROM fin.reports WHERE id IN (SELECT id FROM fin.reports WHERE filename = 'Januar.CSV' AND status = 'completed')"), 1, 'their reports stay');
my $kept = ask("SELECT id FROM fin.reports WHERE filename = 'Januar.CSV' AND status = 'completed'");
my $export = as('anna', "SELECT fin.file_keep('Januar.pdf', 'application/pdf', 'an export', 'exported', '$kept')");
like(ended(store($export)), qr/^succeeded.*"now"/, 'an export is stored');
like(ask("SELECT object_key FROM fin.files WHERE id = '$export'"), qr/^exports\/$anna\/$kept\/Januar-[0-9a-f]{12}\.pdf$/, 'in its folder');
ask("UPDATE fin.files SET kept_from = now() - interval '31 days' WHERE id = '$export'; UPDATE fin.workspaces SET plan = 'premium'");
like(ended(as('anna', q{SELECT fin_enqueue('retention', '{}')})), qr/^succeeded.*"files": 0/, 'a premium workspace keeps its exports');
ask("UPDATE fin.workspaces SET plan = 'free'");
like(ended(as('anna', q{SELECT fin_enqueue('retention', '{}')})), qr/^succeeded.*"files": 1/, 'a free one for 30 days');
unlike(bucket(), qr/^exports/m, 'then they are gone');
as('olga', "SELECT fin_provider_set('bucket', 's3', '$endpoint', '" . ($settings =~ s/\}$/, "lifecycle": true}/r) . "')");
like(sweep('{}'), qr/^succeeded.*"lifecycle": true/, 'rules are put into the bucket where it is asked for');
like(seen(), qr/"lifecycle":"<LifecycleConfiguration.*<Tag><Key>fin_days<\/Key><Value>30<\/Value>.*<Days>90<\/Days>.*AbortIncompleteMultipartUpload/, 'of days and of unfinished uploads');
is(as('olga', 'SELECT fin_storage_use(NULL)'), '', 'operators go back to the database');
like(where_is(put('home.csv', 'stays at home')), qr/^here 1$/, 'then files stay there');

# --- traces -------------------------------------------------------------------------------------------------------------

as('olga', "SELECT fin_provider_set('bucket', 's3', '$endpoint', '$settings', '{\"secret_key\": \"hidden-4711\", \"session_token\": \"token-4712\"}')");
as('olga', "SELECT fin_storage_use('bucket', '1 hour')");
like(ended(store(put('token.csv', 'with a token'))), qr/^dead: .*403 SignatureDoesNotMatch/, 'a wrong key is said so');
like(seen(), qr/"x-amz-security-token":"token-4712"/, 'a session token is sent');
$node->stop('fast');
my $text = slurp($node->logfile);
ok($text !~ /hidden-4711|token-4712/, 'no secret in the log');
is(scalar(() = $text =~ /terminated by signal (?!9)/g), 0, 'and no crash but those asked for');
close $ear;
waitpid $server, 0;
done_testing();
