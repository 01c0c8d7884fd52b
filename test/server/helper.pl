# pg_fin_helper and its backend: whatever becomes of the program, the caller gets one clear error, a cancel is heard
# at once, the session works on, and neither process nor file is left behind.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use FinSession;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $files = "$ENV{TESTDIR}/helper_files";
system_or_bail('python3', "$FindBin::Bin/../hostile/make_files.py", $files);

my $node = PostgreSQL::Test::Cluster->new('helper');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nrestart_after_crash = on\nlog_min_messages = info\n");
$node->start;
my $run = sub { return $node->safe_psql('postgres', $_[0]); };
$run->('CREATE EXTENSION pg_fin; SELECT fin_setup()');
my $content = sub { return "pg_read_binary_file('$files/$_[0]')"; };
my $import = sub { return "SELECT fin_import('$_[0]', " . $content->($_[0]) . ')'; };

# Children of a process, dead ones too.
sub children_of {
    my ($parent) = @_;
    my @children;
    for my $path (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $path or next;
        my $stat = <$file> // '';
        push @children, $1 if $stat =~ /^(\d+) \(.*\) \S+ $parent /s;
    }
    return @children;
}

# A program in place of the helper.
my $programs = 0;
sub program {
    my ($text) = @_;
    my $path = "$files/program_" . ++$programs;
    spew($path, $text);
    chmod 0755, $path;
    return $path;
}

# One session makes all calls.
my $session = FinSession->new($node);
my $call = sub { return $session->call(@_); };
my $answer = sub { return $session->answer; };
my $ask = sub { return $session->ask(@_); };
my ($pid) = $ask->('SELECT pg_backend_pid()') =~ /(\d+)/;

my $left = q{SELECT (SELECT count(*) FROM fin.reports), (SELECT count(*) FROM fin.transactions), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')};
my $temporary = sub { return join ' ', glob($node->data_dir . '/base/pgsql_tmp/*'), glob('/tmp/pg_fin*') };
my $before = $run->($left);
my $files_before = $temporary->();

sub nothing_left {
    my ($what) = @_;
    is($run->($left), $before, "$what: no report, no row, no lock");
    is_deeply([children_of($pid)], [], "$what: no process");
    is($temporary->(), $files_before, "$what: no file");
    return;
}

# expect(what, program, pattern of the error)
sub expect {
    my ($what, $program, $pattern) = @_;
    $ask->("SET pg_fin.helper_path = '$program'");
    $ask->($import->('sound.xlsx'));
    like($session->error, $pattern, $what);
    unlike($session->error, qr/XX000/, "$what: no internal error");
    like($session->error, qr/^HINT:  \S/m, "$what: with a hint");
    nothing_left($what);
    return;
}

expect('a helper that is missing', '/nowhere/pg_fin_helper', qr/55000: pg_fin_helper cannot be started.*No such file/s);
expect('a helper that is no program', "$files/manifest.tsv", qr/55000: pg_fin_helper cannot be started.*Permission denied/s);
expect('a wrong program that echoes', '/bin/cat', qr/55000: pg_fin_helper does not answer as it should/);
expect('a wrong program that leaves', '/bin/true', qr/55000: pg_fin_helper does not answer as it should.*exit code is 0/s);
expect('a program without a library', program("#!/bin/sh\necho 'libexpat.so.1: cannot open shared object file' >&2\nexit 127\n"),
    qr/55000: .*exit code is 127. It said: libexpat.so.1: cannot open shared object file/s);
expect('a program that talks nonsense', program("#!/bin/sh\nprintf 'HTTP/1.1 200 OK'\nsleep 100\n"), qr/55000: .*unknown kind/s);
expect('a crash', program("#!/bin/sh\nkill -SEGV \$\$\n"), qr/22000: the work on the file broke off in pg_fin_helper.*signal 11/s);
expect('a limit', program("#!/bin/sh\nkill -XCPU \$\$\n"), qr/22000: the work on the file broke off.*processor time/s);
expect('a flood', program("#!/usr/bin/perl\n\$| = 1; my \$frame = pack('AN', 'D', 1 << 20) . 'x' x (1 << 20); print \$frame while 1;\n"), qr/54000: the work on the file gives more/);
expect('a crash in the middle of its data', program("#!/usr/bin/perl\n\$| = 1; print pack('AN', 'D', 4), 'Date'; kill 'ABRT', \$\$;\n"), qr/22000: the work on the file broke off.*signal 6/s);

# A program that never ends, and all ways to end waiting for it.
my $hangs = program("#!/usr/bin/perl\nsleep 1000;\n");
$ask->("SET pg_fin.helper_path = '$hangs'");
$ask->("SET statement_timeout = '300ms'");
$ask->($import->('sound.xlsx'));
like($session->error, qr/57014: canceling statement due to statement timeout/, 'a statement timeout is heard');
$ask->('SET statement_timeout = 0');
nothing_left('timeout');

my $fastest = 1e9;
for (1 .. 5) {
    $call->($import->('sound.xlsx'));
    my @helpers;
    for (1 .. 1000) { last if (@helpers = children_of($pid)); usleep(10_000); }
    is(scalar @helpers, 1, 'the program is at work');
    my $from = time;
    kill 'INT', $pid;    # what pg_cancel_backend sends
    $answer->();
    my $took = time - $from;
    $fastest = $took if $took < $fastest;
    like($session->error, qr/57014: canceling statement due to user request/, 'a cancel is heard');
    nothing_left('cancel');
}
cmp_ok($fastest, '<', 0.1, sprintf('within 100 ms (%.0f ms)', 1000 * $fastest));

$call->($import->('sound.xlsx'));
my @helpers;
for (1 .. 1000) { last if (@helpers = children_of($pid)); usleep(10_000); }
kill 'KILL', @helpers;
$answer->();
like($session->error, qr/22000: the work on the file broke off.*signal 9/s, 'a helper that somebody kills is an error');
nothing_left('killed');

$call->("SELECT fin_import_preview('a.xlsx', " . $content->('sound.xlsx') . ')');
for (1 .. 1000) { last if (@helpers = children_of($pid)); usleep(10_000); }
kill 'INT', $pid;
$answer->();
like($session->error, qr/57014/, 'a preview is cancelled as well');
nothing_left('preview');

# A workbook that is written while its rows are read, by the real program and its temporary files.
$ask->('RESET pg_fin.helper_path');
$run->(q{CREATE TABLE many AS SELECT date '2022-01-01' + i % 730 AS booked_on, (i % 100 - 60)::numeric AS amount, 'Category ' || i % 40 AS category,
    'Reference ' || i AS description FROM generate_series(1, 100000) i});
my $many = $run->("SELECT fin_attach('many')");
$run->("SELECT fin_analyze('$many') IS NULL");
my $imported = $before;
$before = $run->($left);
for my $end ([KILL => qr/22000: the work on the file broke off.*signal 9/s], [INT => qr/57014: canceling statement due to user request/])
{
    my ($signal, $pattern) = @$end;
    $call->("SELECT length(fin_export('$many', 'xlsx'))");
    for (1 .. 2000) { last if (@helpers = children_of($pid)); usleep(10_000); }
    usleep(300_000);
    # Sorts of the session have named files there meanwhile.
    is_deeply([grep { !m{/pgsql_tmp\d} } glob($node->data_dir . '/base/pgsql_tmp/*')], [], "export, $signal: its files have no names");
    kill $signal, $signal eq 'KILL' ? @helpers : $pid;
    $answer->();
    like($session->error, $pattern, "export, $signal: one error");
    nothing_left("export, $signal");
}
cmp_ok($ask->("SELECT length(fin_export('$many', 'xlsx'))"), '>', 1_000_000, 'the next export is whole') or diag $session->error;
nothing_left('export');
$run->("SELECT fin_import_undo('$many'); DROP TABLE many");
is($run->($left), $imported, 'the report is gone again');

# The setting is the superuser's.
$run->('CREATE ROLE somebody; GRANT fin_user TO somebody');
$ask->('SET ROLE somebody');
$ask->("SET pg_fin.helper_path = '/bin/cat'");
like($session->error, qr/42501: permission denied to set parameter "pg_fin.helper_path"/, 'nobody else may choose the program');
$ask->('RESET ROLE');

# The session is as good as new.
$ask->('RESET pg_fin.helper_path');
like($ask->($import->('sound.xlsx')), qr/[0-9a-f-]{36}/, 'the same session imports the same file with the right program') or diag $session->error;
is($run->('SELECT rows, status FROM fin.reports'), '3|completed', 'whole');
is(scalar(children_of($pid)), 0, 'and no process is left of it');
like($ask->("SELECT fin_import_preview('a.csv', " . $content->('sound.xlsx') . ')'), qr/"sheet": "Ledger"/, 'a preview tells the sheet');
$ask->("SELECT fin_import('sheet.xlsx', " . $content->('sound.xlsx') . q{, '{"sheet": "Other"}')});
like($session->error, qr/22023: the workbook has no sheet "Other".*Its sheets are "Ledger"/s, 'a sheet that is not there is refused with the names of those that are');
$ask->("SELECT fin_import('date_large.xlsx', " . $content->('date_large.xlsx') . ')');
like($session->error, qr/row 9, column "Date": "99999999" is not a date.*It is cell A9 of sheet "Ledger", data record 4/s, 'an error names sheet, row and cell');
like($ask->('SELECT fin_import_preview(\'date_large.xlsx\', ' . $content->('date_large.xlsx') . ')'), qr/"row": 4/, 'a preview lists it');

# A real workbook of 1997's kind. What it must give was read by xlrd: test/reference/birmingham_xls.py.
SKIP: {
    my $birmingham = ($ENV{FIN_SHARED_DATA} // '') . '/ledgers/birmingham_pcard_april-2022.xls';
    skip "$birmingham is not there", 1 unless -e $birmingham;
    my ($report) = $ask->("SELECT fin_import('april.xls', pg_read_binary_file('$birmingham'), "
        . q('{"columns": {"amount": "TRANS ORIGINAL NET AMT"}}') . ')') =~ /([0-9a-f-]{36})/;
    is($report && $run->("SELECT count(*), sum(amount), min(booked_on), max(booked_on) FROM fin.transactions WHERE report_id = '$report'"),
        '2922|-444563.7700|2022-03-31|2022-05-03', 'Birmingham: rows, total and days') or diag $session->error;
}

# A session that is ended while the helper works takes it along: by itself, and by its death where nobody can.
$ask->("SET pg_fin.helper_path = '$hangs'");
$call->($import->('cut_10.xlsx'));
for (1 .. 1000) { last if (@helpers = children_of($pid)); usleep(10_000); }
$run->("SELECT pg_terminate_backend($pid)");
$session->finish;
my $alive = 1;
for (1 .. 500) { last if !($alive = kill 0, @helpers); usleep(10_000); }
is($alive, 0, 'a terminated session takes its helper along');

# A workbook that keeps the real helper busy for a while.
my $busy = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "SELECT count(fin_import('f.xlsx', c)) FROM generate_series(1, 1000), LATERAL (SELECT " . $content->('strings_many.xlsx') . " AS c) x"],
    '<', \undef, '>', \my $text, '2>', \my $trouble);
$node->poll_query_until('postgres', "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'SELECT count(fin_import%'");
$pid = $run->("SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT count(fin_import%'");
for (1 .. 1000) { last if (@helpers = children_of($pid)); usleep(5_000); }
is(scalar @helpers, 1, 'the helper is at work');
note "kill -9 on purpose: server process $pid";
kill 'KILL', $pid;
$busy->finish;
for (1 .. 500) { last if !($alive = kill 0, @helpers); usleep(10_000); }
is($alive, 0, 'a helper dies with its backend');
$node->poll_query_until('postgres', 'SELECT true') or die 'the server did not come back';

my $log = slurp($node->logfile);
is(scalar(() = $log =~ /terminated by signal/g), 1, 'the log knows of one signal: the one sent on purpose') or diag $log =~ /(.*terminated by signal.*)/;
unlike($log, qr/PANIC|TRAP/, 'and of nothing worse');
$node->stop;
done_testing();
