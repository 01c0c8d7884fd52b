# The virus scanner: a real clamd that knows one signature, and one that fails on demand. What is infected is refused and
# noted, what cannot be scanned is never taken for clean.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use Digest::SHA qw(sha256_hex);
use File::Copy qw(copy);
use IPC::Open2;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $folder = PostgreSQL::Test::Utils::tempdir_short();
# Put together here, so that no scanner takes this file for one.
my $eicar = join '', 'X5O!P%@AP[4\PZX54(P^)7CC)7}', '$EICAR-STANDARD-', 'ANTIVIRUS-TEST-FILE!', '$H+H*';
my $eicar_hex = unpack 'H*', $eicar;

# --- clamd --------------------------------------------------------------------------------------------------------------

mkdir "$folder/signatures" or die;
spew("$folder/signatures/test.ndb", "Eicar-Test-Signature:0:*:$eicar_hex\n");
spew("$folder/clamd.conf", <<"CONF");
DatabaseDirectory $folder/signatures
LocalSocket $folder/clamd.sock
Foreground yes
LogFile $folder/clamd.log
TemporaryDirectory $folder
StreamMaxLength 2M
MaxFileSize 2M
MaxScanSize 20M
AlertExceedsMax yes
CONF
# A copy: where the machine confines programs by their path, clamd may read the folders of its package alone.
copy('/usr/sbin/clamd', "$folder/clamd") && chmod 0755, "$folder/clamd" or die "/usr/sbin/clamd: $!";
my $clamd;
sub until_so { my ($so) = @_; for (1 .. 300) { return 1 if $so->(); sleep 0.2 } return 0 }
sub start_clamd
{
	$clamd = fork // die 'no process';
	if ($clamd == 0)
	{
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', '/dev/null';
		exec "$folder/clamd", '-c', "$folder/clamd.conf" or die "clamd: $!";
	}
	return until_so(sub { -S "$folder/clamd.sock" });
}
sub stop_clamd { kill 'TERM', $clamd; waitpid $clamd, 0; unlink "$folder/clamd.sock"; return }
ok(start_clamd(), 'clamd runs') or BAIL_OUT(-e "$folder/clamd.log" ? slurp("$folder/clamd.log") : 'no log of clamd');

my $node = PostgreSQL::Test::Cluster->new('scan');
$node->init;
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'pg_fin'
max_worker_processes = 8
pg_fin.max_workers = 1
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
sub configure
{
	my ($name, $value) = @_;
	ask("ALTER SYSTEM SET $name = '$value'");
	ask('SELECT pg_reload_conf()');
	$node->poll_query_until($db, "SELECT setting = '$value' FROM pg_settings WHERE name = '$name'");
	return;
}
sub put { my ($name, $hex, $settings) = @_; return as('anna', ($settings // '') . "SELECT fin.file_put('$name', 'text/csv', decode('$hex', 'hex'))") }
sub state_of { my ($id) = @_; return ask("SELECT scan_state || ' ' || (SELECT count(*) FROM fin.file_chunks c WHERE c.file_id = f.id) FROM fin.files f WHERE f.id = '$id'") }
sub hex_of { return unpack 'H*', $_[0] }
my $uuid = qr/^[0-9a-f-]{36}$/m;

ask(q{CREATE EXTENSION pg_fin; SELECT fin_setup(); CREATE ROLE anna LOGIN; GRANT fin_user TO anna});
my $early = put('before.csv', hex_of('before there was a scanner'));
is(state_of($early), 'unscanned 1', 'without a scanner nothing is scanned');
configure('pg_fin.clamd_socket', "$folder/clamd.sock");
like(as('anna', 'SHOW pg_fin.clamd_socket'), qr/permission denied|must be superuser/, 'where the scanner is, members do not read');
like(as('anna', "SET pg_fin.clamd_socket = ''"), qr/cannot be changed/, 'and cannot change');

# --- what is infected ---------------------------------------------------------------------------------------------------

my $clean = put('clean.csv', hex_of("Date,Payee,Category,Amount\n2024-01-01,A,Sales,100.00\n"));
is(state_of($clean), 'clean 1', 'a clean file is stored as clean');
like(put('virus.csv', $eicar_hex), qr/the file is infected: Eicar-Test-Signature.*audit log has an entry/s, 'an infected one is refused');
my $hash = sha256_hex($eicar);
is(ask("SELECT f.scan_state, f.found, f.filename, f.size, f.created_by = u.id, (SELECT count(*) FROM fin.file_chunks c WHERE c.file_id = f.id) FROM fin.files f, fin.users u WHERE encode(f.sha256, 'hex') = '$hash' AND u.db_role = 'anna'"),
	'infected|Eicar-Test-Signature.UNOFFICIAL|virus.csv|68|t|0', 'a row says so, without the bytes');
is(ask("SELECT a.action, a.db_role, a.detail ->> 'found', a.workspace_id IS NOT NULL FROM fin.audit_log a WHERE a.object = '$hash'"),
	'file_infected|anna|Eicar-Test-Signature.UNOFFICIAL|t', 'and the audit log');
my $infected = ask("SELECT id FROM fin.files WHERE encode(sha256, 'hex') = '$hash'");
like(as('anna', "SELECT fin.file_get('$infected')"), qr/is infected/, 'it is given to nobody');
like(as('anna', "SELECT fin_import('$infected'::uuid)"), qr/is infected/, 'nor imported');
like(put('again.csv', $eicar_hex), qr/the file is infected/, 'a second time too');
is(ask("SELECT count(*) FROM fin.audit_log WHERE object = '$hash'"), 2, 'with an entry of its own');
my $border = 'x' x 65530 . $eicar . 'x' x 1000;
like(put('border.csv', hex_of($border)), qr/the file is infected/, 'across the border of two pieces it is found');
like(as('anna', "SELECT fin_import('virus.csv', decode('$eicar_hex', 'hex'))"), qr/the file is infected/, 'bytes that are imported without being stored are scanned');
like(as('anna', "BEGIN; INSERT INTO fin.upload_chunks VALUES ('00000000-0000-4000-8000-000000000001', 1, decode('" . hex_of(substr $eicar, 0, 30) . "', 'hex')), ('00000000-0000-4000-8000-000000000001', 2, decode('" . hex_of(substr $eicar, 30) . "', 'hex')); SELECT api.upload_report('00000000-0000-4000-8000-000000000001', 'up.csv'); COMMIT"),
	qr/the file is infected/, 'so are uploads');
like(as('anna', q{SELECT api.create_report(content => convert_from(decode('} . $eicar_hex . q{', 'hex'), 'UTF8'))}), qr/the file is infected/, 'and reports of a text');
is(ask('SELECT count(*) FROM fin.reports'), 0, 'none of them became a report');
like(as('anna', "BEGIN; SAVEPOINT a; SELECT fin.file_put('x', NULL, decode('$eicar_hex', 'hex')); ROLLBACK TO a; COMMIT"), qr/the file is infected/, 'in a transaction that goes on');
is(ask("SELECT count(*) FROM fin.audit_log WHERE action = 'file_infected'"), 7, 'each is noted');
like(as('anna', "SELECT fin_scan('x', NULL, 'x', true)"), qr/permission denied/, 'nobody asks the scanner by hand');
# A database role whose first write is an infected file: its workspace goes with the transaction, the note stays.
ask('CREATE ROLE nora LOGIN; GRANT fin_user TO nora');
like(as('nora', "SELECT fin.file_put('first.csv', NULL, decode('$eicar_hex', 'hex'))"), qr/the file is infected.*audit log has an entry/s, 'a first write');
is(ask(q{SELECT count(*) FROM fin.audit_log WHERE action = 'file_infected' AND db_role = 'nora'}), 1, 'is noted too');

# --- what is too large --------------------------------------------------------------------------------------------------

my $large = "SELECT fin.file_put('large.csv', NULL, convert_to(repeat('0123456789abcdef', 180000), 'UTF8'))";
like(as('anna', $large), qr/larger than what the virus scanner looks at/, 'more than clamd takes is not clean');
configure('pg_fin.scan_max_size', '1024');
like(as('anna', "SELECT fin.file_put('large.csv', NULL, convert_to(repeat('x', 1048577), 'UTF8'))"), qr/larger than what the virus scanner looks at/, 'nor more than the setting says');
like(as('anna', "SELECT fin.file_put('fits.csv', NULL, convert_to(repeat('x', 1048576), 'UTF8'))"), $uuid, 'what fits is');
is(ask(q{SELECT count(*) FROM fin.files WHERE filename = 'large.csv'}), 0, 'nothing of it is stored');

# --- a scanner that is down ---------------------------------------------------------------------------------------------

stop_clamd();
like(put('down.csv', hex_of('while it is down')), qr/the virus scanner does not answer.*it is not there/s, 'policy refuse: an error');
is(ask(q{SELECT count(*) FROM fin.files WHERE filename = 'down.csv'}), 0, 'and nothing stored');
configure('pg_fin.scan_policy', 'hold');
my $csv = "Date,Payee,Category,Amount\n2024-01-01,A,Sales,100.00\n2024-02-01,B,Rent,-20.00\n";
my $held = put('held.csv', hex_of($csv)) =~ /$uuid/ ? $& : '';
is(state_of($held), 'held 1', 'policy hold: it is stored and held');
like(as('anna', "SELECT fin.file_get('$held')"), qr/waiting for the virus scanner/, 'and given to nobody');
like(as('anna', "SELECT fin_import('held.csv', decode('" . hex_of($csv) . "', 'hex'))"), qr/the virus scanner does not answer/, 'what cannot be held is refused');
my $report = as('anna', "BEGIN; INSERT INTO fin.upload_chunks VALUES ('00000000-0000-4000-8000-000000000002', 1, decode('" . hex_of($csv . "2024-03-01,C,Sales,5\n") . "', 'hex')); SELECT api.upload_report('00000000-0000-4000-8000-000000000002', 'waits.csv') ->> 'reportId'; COMMIT");
$report = $report =~ $uuid ? $& : '';
my $sick = put('sick.csv', hex_of("x$eicar")) =~ /$uuid/ ? $& : '';
is(state_of($sick), 'held 1', 'an infected one is held as well: nobody knows yet');
$node->poll_query_until($db, q{SELECT EXISTS (SELECT FROM fin.job_attempts a JOIN fin.jobs j ON j.id = a.job_id WHERE j.kind = 'scan_files' AND a.outcome = 'postponed')});
is(ask("SELECT status FROM fin.reports WHERE id = '$report'"), 'processing', 'a report of a held file waits');
ok(start_clamd(), 'clamd runs again');
ask(q{UPDATE fin.jobs SET run_at = now(), rank_at = now() WHERE kind = 'scan_files' AND status IN ('queued', 'failed'); SELECT fin_wake_workers()});
ok($node->poll_query_until($db, "SELECT scan_state = 'clean' FROM fin.files WHERE id = '$held'"), 'a job scans it then');
is(as('anna', "SELECT convert_from(fin.file_get('$held'), 'UTF8')"), $csv, 'and it is given');
ok($node->poll_query_until($db, "SELECT scan_state = 'infected' FROM fin.files WHERE id = '$sick'"), 'the infected one is found');
is(state_of($sick), 'infected 0', 'and its bytes are gone');
is(ask(q{SELECT count(*) FROM fin.audit_log WHERE action = 'file_infected' AND detail ->> 'filename' = 'sick.csv'}), 1, 'which is noted');
ask(q{UPDATE fin.jobs SET run_at = now(), rank_at = now() WHERE kind = 'analyze_report' AND status IN ('queued', 'failed'); SELECT fin_wake_workers()});
ok($node->poll_query_until($db, "SELECT status = 'completed' FROM fin.reports WHERE id = '$report'"), 'the report that waited is read');
my $id = as('anna', q{SELECT fin_enqueue('scan_files', '{"all": true}')});
ok($node->poll_query_until($db, "SELECT status = 'succeeded' FROM fin.jobs WHERE id = $id"), 'what came before the scanner can be scanned');
is(state_of($early), 'clean 1', 'and is clean');

# --- one that misbehaves ------------------------------------------------------------------------------------------------

stop_clamd();
configure('pg_fin.scan_policy', 'refuse');
configure('pg_fin.scan_timeout', '2');
my %words = (slow => qr/did not answer in time/, cut => qr/broke off in its answer/, nonsense => qr/it said: HTTP/, mute => qr/closed the connection without a word/,
	limit => qr/larger than what the virus scanner looks at/, early => qr/answered before it was asked/);
my $n = 0;
for my $behaviour (sort keys %words)
{
	my $pid = open2(my $said, my $ear, "$FindBin::Bin/../peers/clamd_server", "$folder/clamd.sock", $behaviour);
	<$said>;
	like(as('anna', "SELECT fin.file_put('bad.csv', NULL, convert_to(repeat('$n', 900000), 'UTF8'))"), $words{$behaviour}, "a scanner that is $behaviour is not believed");
	if ($behaviour eq 'slow')
	{
		configure('pg_fin.scan_timeout', '600');
		my $begin = time;
		like(put('slow.csv', '00', q{SET statement_timeout = '500ms'; }), qr/statement timeout/, 'waiting for it can be cancelled');
		cmp_ok(time - $begin, '<', 5, 'at once');
		configure('pg_fin.scan_timeout', '2');
	}
	close $ear;
	waitpid $pid, 0;
	++$n;
}
is(ask(q{SELECT count(*) FROM fin.files WHERE filename IN ('bad.csv', 'slow.csv')}), 0, 'and nothing is stored');

$node->stop('fast');
my $log = slurp($node->logfile);
like($log, qr/pg_fin: an infected file was refused: Eicar-Test-Signature/, 'the log has a line of each');
unlike($log, qr/terminated by signal/, 'and no crash');
done_testing();
