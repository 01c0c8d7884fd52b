# The bridge between C++ and PostgreSQL: an error of either side crosses the other's frames from every depth and arrives
# whole, every destructor on its way has run, and the session works on. Then the ways of errors under valgrind:
# AddressSanitizer, preloaded into Debian's postgres, blocks for ever in bindtextdomain before main has begun its work.
#
# FIN_BRIDGE_PROBE names the probe, test/bridge/bridge_probe.cpp.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

BAIL_OUT('FIN_BRIDGE_PROBE is not set') unless $ENV{FIN_BRIDGE_PROBE};
my $reports = PostgreSQL::Test::Utils::tempdir();
my $node;    # the server that is being tested

# --- a server with the probe's functions ------------------------------------------------------------------------------

my %function = (
	canaries  => '() RETURNS int',
	error     => '(depth int, code text, message text, detail text, hint text) RETURNS void',
	bytes     => '(depth int, message bytea) RETURNS void',
	fail      => '(depth int, how text) RETURNS void',
	sql       => '(depth int, statement text) RETURNS text',
	ladder    => '(level int, how text) RETURNS void',
	each_row  => '(workspace uuid, report uuid, how text, last int) RETURNS int',
	loop      => '(depth int) RETURNS bigint',
	restores  => '(how text) RETURNS text',
	exhaust   => '(by text) RETURNS void',
	overflow  => '(size int) RETURNS void');

sub functions
{
	my ($probe) = @_;
	my $sql = join '', map { "CREATE FUNCTION bridge_probe_$_$function{$_} LANGUAGE C VOLATILE STRICT AS '$probe', 'bridge_probe_$_';\n" } sort keys %function;
	return $sql . <<'SQL';
-- What a statement's error brings to an EXCEPTION block, and how many canaries it left alive.
CREATE FUNCTION caught(statement text, OUT state text, OUT message text, OUT detail text, OUT hint text, OUT context text,
    OUT constraint_name text, OUT canaries int) LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        EXECUTE statement;
        state := 'none';
    EXCEPTION WHEN OTHERS OR query_canceled THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
            hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT, constraint_name = CONSTRAINT_NAME;
    END;
    canaries := bridge_probe_canaries();
END $$;
CREATE FUNCTION raising() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'raised %', 7 USING ERRCODE = 'P0777', DETAIL = 'its detail', HINT = 'its hint';
END $$;
SQL
}

sub server
{
	my ($name, $probe) = @_;
	$node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '--locale=C', '-E', 'UTF8' ]);
	$node->append_conf('postgresql.conf', "fsync = off\nlog_min_messages = warning\nrestart_after_crash = on\nmax_stack_depth = '4MB'\n");
	$node->start;
	$node->safe_psql('postgres', functions($probe));
}

# What a script answers; where it breaks off, why.
sub one
{
	my ($status, $out, $error) = $node->psql('postgres', $_[0], on_error_stop => 1);
	return $status == 0 ? $out : "broke off: $error";
}

# The server's log tells of no crash.
sub nothing_broke
{
	my $log = slurp_file($node->logfile);
	# The launcher of logical replication ends so whenever a server stops.
	my @bad = grep { !/logical replication launcher/ } $log =~ /^(.*(?:terminated by signal|exited with exit code|PANIC|TRAP:|non-empty SPI stack).*)$/mg;
	is(join("\n", @bad), '', 'the server log tells of no crash and no SPI left open');
}

# --- what every build of the probe must do ----------------------------------------------------------------------------

sub errors_of_the_core
{
	my %state = (
		invalid_argument => '22023', out_of_domain => '22003', bad_data      => '22000', limit_exceeded => '54000',
		not_converged    => '22000', not_found     => '42704', not_ready     => '55000');
	my @depths = (0 .. 5, 17, 100, 1000);
	my ($got, $want) = ('', '');
	for my $code (sort keys %state)
	{
		$got .= one(<<"SQL") . "\n";
SELECT depth, c.* FROM unnest(ARRAY[${\join ',', @depths}]) depth,
    caught(format('SELECT bridge_probe_error(%s, ''$code'', ''сообщение %s'', ''подробность'', ''совет'')', depth, '%s')) c
SQL
		$want .= "$_|$state{$code}|сообщение %s|подробность|совет|" . statement_context("SELECT bridge_probe_error($_, '$code', 'сообщение %s', 'подробность', 'совет')") . "||0\n" for @depths;
	}
	is($got, $want, 'every ErrorCode has its SQLSTATE, message, detail and hint, from every depth');
	is(one("SELECT state, detail = '' AND hint = '', canaries FROM caught('SELECT bridge_probe_error(3, ''bad_data'', ''m'', '''', '''')')"),
		'22000|t|0', 'no detail and no hint stay none');
}

# A C function has no context of its own; the block that catches adds its line.
sub statement_context { return qq{SQL statement "$_[0]"\nPL/pgSQL function caught(text) line 4 at EXECUTE} }

sub long_texts
{
	# Beyond the buffers, with the cut at every place inside a character of two, three and four bytes.
	my $cut = one(<<'SQL');
SELECT count(*), bool_and(starts_with(m, message) AND octet_length(message) BETWEEN 1020 AND 1023),
    bool_and(starts_with(m, detail) AND octet_length(detail) BETWEEN 2044 AND 2047),
    bool_and(starts_with(m, hint) AND octet_length(hint) BETWEEN 1020 AND 1023), bool_and(state = '22023' AND canaries = 0)
FROM unnest(ARRAY['я', '€', '😀']) letter, generate_series(0, 3) shift, LATERAL (SELECT repeat('x', shift) || repeat(letter, 3000) AS m) long,
    caught(format('SELECT bridge_probe_error(%s, %L, %L, %L, %L)', shift, 'invalid_argument', m, m, m))
SQL
	is($cut, '12|t|t|t|t', 'long texts are cut at a whole character');
	is(one(q{SELECT state, message, canaries FROM caught($$SELECT bridge_probe_bytes(2, '\x61ff62c0af63e282'::bytea)$$)}),
		'22000|a?b??c|0', 'bytes that are no UTF-8 do not replace the error by another');
}

sub ways_to_fail
{
	my %want = (
		bad_alloc           => '53200|out of memory|||',
		length_error        => 'XX000|basic_string::_M_create|||',
		exception           => 'XX000|a plain exception, 100% "quoted"|||',
		int                 => 'XX000|unknown C++ exception|||',
		ereport             => '42P03|сообщение 42%|подробность|совет|1',
		guard_in_guard      => '42P03|сообщение 42%|подробность|совет|1',
		throw_through_guard => '22000|thrown below guard|||',
		palloc_too_large    => 'XX000|invalid memory alloc request size 1099511627776|||',
		palloc_huge         => '53200|out of memory|Failed on request of size 70368744177664 in memory context "ExprContext".||');
	for my $how (sort keys %want)
	{
		is(one(<<"SQL"), $want{$how} . "|9|9\n", "$how arrives whole from every depth");
SELECT state, message, detail, hint, max(nullif(regexp_count, 0)), count(*), count(*) FILTER (WHERE canaries = 0) || E'\\n'
FROM unnest(ARRAY[0, 1, 2, 3, 4, 5, 17, 100, 1000]) depth, caught(format('SELECT bridge_probe_fail(%s, ''$how'')', depth)) c,
    LATERAL (SELECT (length(context) - length(replace(context, 'context of the probe', ''))) / 20 AS regexp_count) n
GROUP BY 1, 2, 3, 4
SQL
		is(one("SELECT bridge_probe_restores('$how'), bridge_probe_canaries()"), '|0', "$how caught in C++ leaves the surroundings as they were");
	}
}

sub errors_of_sql
{
	is(one(q{SELECT state, message, canaries FROM caught($$SELECT bridge_probe_sql(7, 'SELECT 1 / 0')$$)}),
		'22012|division by zero|0', 'an error of a statement in C++');
	is(one(q{SELECT c.* FROM caught($$SELECT bridge_probe_sql(7, 'SELECT raising()')$$) c}), join('|',
		'P0777', 'raised 7', 'its detail', 'its hint', join("\n", 'PL/pgSQL function raising() line 3 at RAISE', 'SQL statement "SELECT raising()"',
			statement_context(q{SELECT bridge_probe_sql(7, 'SELECT raising()')})), '', '0'), 'RAISE below C++ below an EXCEPTION block: every line of context once');
	one('CREATE TABLE unique_numbers (number int CONSTRAINT only_once PRIMARY KEY); INSERT INTO unique_numbers VALUES (1)');
	is(one(q{SELECT state, detail, constraint_name, canaries FROM caught($$SELECT bridge_probe_sql(7, 'INSERT INTO unique_numbers VALUES (2), (1)')$$)}),
		'23505|Key (number)=(1) already exists.|only_once|0', 'a constraint keeps its name');
	is(one('SELECT count(*) FROM unique_numbers'), '1', '... and what was written before it is gone');
	is(one(q{SELECT state, canaries FROM caught($$SELECT bridge_probe_sql(7, 'SELEKT')$$)}), '42601|0', 'a syntax error');
	is(one(q{SELECT state, canaries FROM caught($$SELECT bridge_probe_sql(2, 'SELECT bridge_probe_sql(2, ''SELECT raising()'')')$$)}),
		'P0777|0', 'C++ below PostgreSQL below C++');
	for my $how (qw(nothing ereport exception int bad_alloc throw_through_guard))
	{
		is(one("SELECT count(DISTINCT state), max(canaries) FROM generate_series(0, 30, 3) level, caught(format('SELECT bridge_probe_ladder(%s, ''$how'')', level))"),
			'1|0', "$how through ladders of up to 30 functions, each below the other's SPI");
	}
	is(one(q{SELECT state, message, hint, canaries FROM caught('SELECT bridge_probe_ladder(30, ''ereport'')')}), '42P03|сообщение 42%|совет|0', '... and arrives whole');
}

sub rows_that_fail
{
	one(<<'SQL');
CREATE SCHEMA fin;
CREATE TABLE fin.transactions (workspace_id uuid, report_id uuid, row_no int, booked_on date, amount numeric, currency text,
    category text, counterparty text, account text, description text, balance numeric);
INSERT INTO fin.transactions SELECT '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', n,
    '2020-01-01', n, 'EUR', repeat('c', n), 'p', 'a', repeat('долго ', n), n FROM generate_series(1, 2000) n;
SQL
	my $call = sub {
		my ($how, $last) = @_;
		return "SELECT bridge_probe_each_row('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', '$how', $last)";
	};
	is(one($call->('nothing', 700)), '2000', 'each_row without an error');
	my %want = (
		ereport   => '42P03|сообщение 42%|подробность|совет|0', guard_in_guard => '42P03|сообщение 42%|подробность|совет|0',
		exception => 'XX000|a plain exception, 100% "quoted"|||0', int => 'XX000|unknown C++ exception|||0', bad_alloc => '53200|out of memory|||0',
		unknown   => '22023|no such way to fail: unknown|||0');
	for my $how (sort keys %want)
	{
		for my $row (1, 700, 2000)
		{
			my $statement = $call->($how, $row) =~ s/'/''/gr;
			is(one("SELECT state, message, detail, hint, canaries FROM caught('$statement')"), $want{$how}, "$how in each_row's visitor at row $row");
		}
	}
	one("UPDATE fin.transactions SET amount = 'NaN' WHERE row_no = 1500");
	my $statement = $call->('nothing', 0) =~ s/'/''/gr;
	is(one("SELECT state, message, canaries FROM caught('$statement')"), '22003|row 1500 cannot be computed with|0', 'a row that each_row refuses');
	one("UPDATE fin.transactions SET amount = 1 WHERE row_no = 1500; ALTER TABLE fin.transactions ADD CHECK (row_no < 3000) NOT VALID");
	one('ALTER TABLE fin.transactions RENAME TO numbers; CREATE VIEW fin.transactions AS SELECT workspace_id, report_id, row_no, booked_on, amount / (1500 - row_no) AS amount, currency, category, counterparty, account, description, balance FROM fin.numbers');
	is(one("SELECT state, message, canaries FROM caught('$statement')"), '22012|division by zero|0', 'an error of the query below each_row');
}

sub a_thousand_times
{
	my $memory = one(<<'SQL');
CREATE TEMP TABLE used (round int, bytes bigint);
DO $$
DECLARE wrong int := 0; ways text[] := ARRAY['ereport', 'exception', 'int', 'bad_alloc', 'guard_in_guard', 'throw_through_guard', 'palloc_too_large'];
BEGIN
    FOR round IN 1..1000 LOOP
        BEGIN
            IF round % 3 = 0 THEN PERFORM bridge_probe_sql(5, 'SELECT raising()');
            ELSIF round % 3 = 1 THEN PERFORM bridge_probe_ladder(2, ways[1 + round % 7]);
            ELSE PERFORM bridge_probe_fail(20, ways[1 + round % 7]);
            END IF;
            wrong := wrong + 1;
        EXCEPTION WHEN OTHERS THEN
            IF bridge_probe_canaries() <> 0 THEN wrong := wrong + 1; END IF;
        END;
        IF round IN (200, 600, 1000) THEN INSERT INTO used SELECT round, sum(total_bytes) FROM pg_backend_memory_contexts; END IF;
    END LOOP;
    IF wrong <> 0 THEN RAISE 'wrong %', wrong; END IF;
END $$;
SELECT bridge_probe_canaries(), (SELECT bytes FROM used WHERE round = 1000) - (SELECT bytes FROM used WHERE round = 600);
SQL
	my ($canaries, $growth) = split /\|/, $memory;
	is($canaries, '0', 'a thousand errors in EXCEPTION blocks of one session leave no canary');
	cmp_ok($growth, '<', 64 * 1024, "... and no memory: $growth bytes more after 400 errors more");
}

sub session_goes_on
{
	my $session = $node->background_psql('postgres', on_error_stop => 0);
	$session->query('\set VERBOSITY verbose');
	my @tries = (
		[ q{SELECT bridge_probe_error(9, 'not_ready', 'm', 'd', 'h')}, qr/^psql.*ERROR:  55000: m\nDETAIL:  d\nHINT:  h\n/ ],
		[ q{SELECT bridge_probe_fail(9, 'ereport')}, qr/ERROR:  42P03: сообщение 42%\nDETAIL:  подробность\nHINT:  совет\nCONTEXT:  context of the probe\n/ ],
		[ q{SELECT bridge_probe_fail(9, 'bad_alloc')}, qr/ERROR:  53200: out of memory\n/ ],
		[ q{SELECT bridge_probe_fail(9, 'throw_through_guard')}, qr/ERROR:  22000: thrown below guard\n/ ],
		[ q{SELECT bridge_probe_sql(9, 'SELECT raising()')}, qr/ERROR:  P0777: raised 7\nDETAIL:  its detail\nHINT:  its hint\nCONTEXT:  PL\/pgSQL function raising\(\) line 3 at RAISE\nSQL statement "SELECT raising\(\)"\n/ ]);
	my $pid = $session->query('SELECT pg_backend_pid()');
	for my $try (@tries)
	{
		$session->{stderr} = '';
		$session->query($try->[0]);
		like($session->{stderr}, $try->[1], "the client sees: $try->[0]");
		is($session->query('SELECT bridge_probe_canaries(), sum(n), pg_backend_pid() FROM generate_series(1, 100) n'), "0|5050|$pid", '... and the session goes on');
	}
	$session->quit;
}

# The long loop of a session, ended from another one. Returns what the client was told and the milliseconds it took.
sub end_loop
{
	my ($by) = @_;
	my $session = $node->background_psql('postgres', on_error_stop => 0, timeout => $PostgreSQL::Test::Utils::timeout_default);
	$session->query('\set VERBOSITY verbose');
	my $pid = $session->query('SELECT pg_backend_pid()');
	$session->{stderr} = '';
	$session->{stdin} .= "SELECT bridge_probe_loop(9);\n";
	$session->{run}->pump_nb;
	$node->poll_query_until('postgres', "SELECT state = 'active' AND query ~ 'probe_loop' FROM pg_stat_activity WHERE pid = $pid") or die 'the loop did not start';
	my $asked = one("SELECT extract(epoch FROM clock_timestamp()) FROM (SELECT $by($pid)) done");
	if ($by eq 'pg_terminate_backend')
	{
		eval { $session->{run}->finish };
		return ($session->{stderr}, '');
	}
	my ($answer) = $session->query('SELECT extract(epoch FROM clock_timestamp()), bridge_probe_canaries()');
	my ($ended, $canaries) = split /\|/, $answer;
	$session->quit;
	return ($session->{stderr}, $canaries, 1000 * ($ended - $asked));
}

sub interrupts
{
	my ($said, $canaries, $milliseconds) = end_loop('pg_cancel_backend');
	like($said, qr/ERROR:  57014: canceling statement due to user request/, 'pg_cancel_backend ends a long loop of the core');
	is($canaries, '0', '... and its frames are gone');
	diag(sprintf 'cancel answered in %.1f ms', $milliseconds);
	($said) = end_loop('pg_terminate_backend');
	like($said, qr/FATAL:  57P01: terminating connection due to administrator command/, 'pg_terminate_backend ends the session');
	for my $statement ('SELECT bridge_probe_loop(9)', q{SELECT bridge_probe_sql(9, 'SELECT pg_sleep(60)')}, q{SELECT bridge_probe_sql(9, 'SELECT bridge_probe_loop(9)')})
	{
		my (undef, undef, $stderr) = $node->psql('postgres', "SET statement_timeout = '60ms'; $statement");
		like($stderr, qr/canceling statement due to statement timeout/, "statement timeout: $statement");
		is(one("SET statement_timeout = '60ms'; SELECT state, canaries FROM caught(\$\$$statement\$\$)"), '57014|0', '... caught in an EXCEPTION block');
	}
}

# Where the database speaks another encoding the error must not drown in the conversion of its text.
sub other_encodings
{
	my ($probe) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
	local $ENV{PGCLIENTENCODING} = 'UTF8';
	$node->safe_psql('latin', "CREATE FUNCTION bridge_probe_error(depth int, code text, message text, detail text, hint text) RETURNS void LANGUAGE C AS '$probe', 'bridge_probe_error';
CREATE FUNCTION bridge_probe_bytes(depth int, message bytea) RETURNS void LANGUAGE C AS '$probe', 'bridge_probe_bytes'");
	my $in_latin = sub { my (undef, undef, $stderr) = $node->psql('latin', "\\set VERBOSITY verbose\n$_[0]"); return $stderr };
	like($in_latin->(q{SELECT bridge_probe_error(3, 'not_found', 'größer', 'é', 'ñ')}), qr/ERROR:  42704: größer\nDETAIL:  é\nHINT:  ñ\n/, 'LATIN1: what it can say');
	like($in_latin->(q{SELECT bridge_probe_bytes(3, decode('c3a920d0bfd180d0b820e282ac2e', 'hex'))}), qr/ERROR:  22000: é \?\?\? \?\.\n/, 'LATIN1: what it cannot say is a question mark');
}

sub exhaustion
{
	for my $by (qw(heap palloc))
	{
		is(one("SELECT state, message, canaries FROM caught('SELECT bridge_probe_exhaust(''$by'')')"), '53200|out of memory|0', "no memory left at all, $by: an error");
		my (undef, undef, $stderr) = $node->psql('postgres', "\\set VERBOSITY verbose\nSELECT bridge_probe_exhaust('$by');\nSELECT 1 / bridge_probe_canaries()", on_error_stop => 0);
		like($stderr, qr/ERROR:  53200: out of memory\n(?:.*\n)*.*ERROR:  22012: division by zero/, '... also to the client, whose session goes on');
	}
}

sub everything
{
	my ($probe) = @_;
	errors_of_the_core();
	long_texts();
	ways_to_fail();
	errors_of_sql();
	rows_that_fail();
	a_thousand_times();
	session_goes_on();
	interrupts();
	other_encodings($probe);
}

# --- as it ships --------------------------------------------------------------------------------------------------------

subtest 'as it ships' => sub {
	server('bridge', $ENV{FIN_BRIDGE_PROBE});
	everything($ENV{FIN_BRIDGE_PROBE});
	exhaustion();
	$node->stop;
	nothing_broke();
};

# --- under valgrind -----------------------------------------------------------------------------------------------------

# A server of one process under memcheck: accesses to memory that is not the program's, on the ways of errors. PostgreSQL
# writes padding it never set, so that values alone are not checked. Memcheck's own operator new cannot throw, so that
# bad_alloc stays with the run above.
sub under_valgrind
{
	my (@statements) = @_;
	my $script = "$reports/script.sql";
	append_to_file($script, join('', map { "$_\n" } @statements));
	my $postgres = $node->config_data('--bindir') . '/postgres';
	my $report   = "$reports/memcheck." . scalar(@statements);
	my $out      = '';
	IPC::Run::run(
		[ 'valgrind', '--quiet', '--undef-value-errors=no', "--log-file=$report", $postgres, '--single', '-D', $node->data_dir, 'postgres' ],
		'<', $script, '>&', \$out);
	unlink $script;
	return ($out, slurp_file($report));
}

subtest 'under valgrind' => sub {
	server('bridge_memcheck', $ENV{FIN_BRIDGE_PROBE});
	rows_that_fail();
	one('DROP VIEW fin.transactions; ALTER TABLE fin.numbers RENAME TO transactions');
	$node->stop;
	my $row = q{SELECT bridge_probe_each_row('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', '%s', 1000)};
	my @ways = qw(length_error exception int ereport guard_in_guard throw_through_guard palloc_too_large);
	my @statements = (
		(map { ("SELECT bridge_probe_fail(0, '$_')", "SELECT bridge_probe_fail(100, '$_')", "SELECT bridge_probe_ladder(3, '$_')", sprintf($row, $_)) } @ways),
		"SELECT bridge_probe_error(5, 'bad_data', repeat('я', 3000), repeat('€', 3000), repeat('x', 3000))",
		"SELECT bridge_probe_sql(5, 'SELECT raising()')");
	my ($out, $report) = under_valgrind(@statements);
	my $errors = () = $out =~ /ERROR: /g;
	is($errors, scalar @statements, 'every statement ends with its error and the next one runs');
	is($report, '', 'memcheck reports nothing');

	# Memcheck sees an error that is really there; otherwise its silence above says nothing.
	($out, $report) = under_valgrind('SELECT bridge_probe_overflow(24)');
	like($report, qr/Invalid write of size 1.*bridge_probe_overflow/s, 'a write behind a block of the heap is reported with its place');
};

done_testing();
