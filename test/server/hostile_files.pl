# Every file of test/hostile/make_files.py through fin_import on a real server: each ends in the error it should, or in the
# rows it should, within 10 seconds and 300 MB, and nothing is left behind.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $files = "$ENV{TESTDIR}/hostile_files";
system_or_bail('python3', "$FindBin::Bin/../hostile/make_files.py", $files);
my @manifest = map { [split /\t/] } lines_of(slurp("$files/manifest.tsv"));
cmp_ok(scalar @manifest, '>=', 80, 'there are ' . @manifest . ' files');

my $node = PostgreSQL::Test::Cluster->new('hostile');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\n");
$node->start;
my $run = sub { return $node->safe_psql('postgres', $_[0]); };
$run->('CREATE EXTENSION pg_fin; SELECT fin_setup()');

my ($in, $out, $err) = ('', '', '');
my $session = IPC::Run::start(
    ['psql', '-XAtq', '-d', $node->connstr('postgres'), '-v', 'VERBOSITY=verbose', '-f', '-'],
    '<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(900));
my $ask = sub {
    my ($statement) = @_;
    ($out, $err) = ('', '');
    $in .= "$statement;\n\\echo over\n";
    $session->pump until $out =~ s/^over\n//m;
    return $out;
};
my ($pid) = $ask->('SELECT pg_backend_pid()') =~ /(\d+)/;
$ask->("SET statement_timeout = '10s'");

sub children {
    my $count = 0;
    for my $path (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $path or next;
        $count++ if (<$file> // '') =~ /^\d+ \(.*\) \S+ $pid /s;
    }
    return $count;
}
my $left = q{SELECT (SELECT count(*) FROM fin.reports), (SELECT count(*) FROM fin.transactions), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')};
my $temporary = sub { return join ' ', sort +glob($node->data_dir . '/base/pgsql_tmp/*'), glob('/tmp/evil*'), glob("$ENV{TESTDIR}/evil*") };
my $files_before = $temporary->();
my @workbooks;

for my $entry (@manifest) {
    my ($name, $expected, $what) = @$entry;
    push @workbooks, "$files/$name" if slurp("$files/$name") =~ /\A(?:PK|\xD0\xCF\x11\xE0)/;
    # Undone in the same statement block, so that what one file leaves is nothing or its report.
    $ask->("BEGIN");
    my $id = $ask->("SELECT fin_import('$name', pg_read_binary_file('$files/$name'))");
    my $message = $err;
    my $rows = $message ? 'none' : $ask->("SELECT 'rows ' || rows FROM fin.reports WHERE id = '" . ($id =~ s/\s//gr) . q{'});
    chomp $rows;
    $ask->('ROLLBACK');
    my ($error) = $message =~ /^(?:psql:[^ ]* )?ERROR:  (.*?)(?:^LOCATION|\z)/ms;
    if (defined $error) {
        ok($error =~ /\A(?:22|54|55)\w{3}: / && $error =~ /$expected/, "$name: $what") or diag $message;
    } else {
        ok($rows =~ /\A(?:$expected)\z/, "$name: $what") or diag "$rows, expected $expected; $message";
    }
    is(children(), 0, "$name: no process is left");
}
is($run->($left), '0|0|0', 'no report, no row, no lock is left');
is($temporary->(), $files_before, 'no file is left');

# The preview tells the same in its document instead of failing.
for my $name (qw(cut_50.xlsx zeros_1gb.xlsx entities_laughs.xlsx million_columns.xlsx password.xls)) {
    like($ask->("SELECT fin_import_preview('$name', pg_read_binary_file('$files/$name')) -> 'errors' -> 0 ->> 'message'"), qr/workbook|columns/, "$name: previewed");
}

# Memory: of the backend that has read them all, and of the helper for each.
my ($peak) = slurp("/proc/$pid/status") =~ /^VmHWM:\s+(\d+) kB/m;
cmp_ok($peak, '<', 300 * 1024, "the backend's peak is below 300 MB ($peak kB)");
my $helper = `pg_config --bindir`;
chomp $helper;
my ($measured) = run_command(['python3', "$FindBin::Bin/../hostile/peak_memory.py", "$helper/pg_fin_helper", @workbooks]);
my @measured = map { [split /\t/] } lines_of($measured);
is(scalar @measured, scalar @workbooks, 'the helper was measured on every workbook');
my ($largest) = sort { $b->[1] <=> $a->[1] } @measured;
cmp_ok($largest->[1], '<', 300 * 1024, "the helper's peak is below 300 MB ($largest->[1] kB for $largest->[0])");
is(scalar(grep { $_->[3] =~ /signal/ } @measured), 0, 'and no workbook crashes it') or diag join "\n", map { "@$_" } grep { $_->[3] =~ /signal/ } @measured;

$ask->('SELECT 1');
$in .= "\\q\n";
$session->finish;
my $log = slurp($node->logfile);
unlike($log, qr/terminated by signal|PANIC|server process .* exited/, 'the log knows of no signal');
$node->stop;
done_testing();
