# The whole document comes from one snapshot: another session changes rows, kinds, risk lines, feedback and language while
# an analysis stands still between two of its statements, and the document is that of the state before, to the letter.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('snapshot');
$node->init;
$node->start;
my $run = sub { return $node->safe_psql('postgres', $_[0]); };
my $alice = sub { return $run->("SET SESSION AUTHORIZATION alice; $_[0]"); };

$run->('CREATE EXTENSION pg_fin');
$run->('SELECT fin_setup()');
$run->('CREATE ROLE alice LOGIN; GRANT fin_user TO alice; GRANT CREATE ON SCHEMA public TO alice');

# A gate on every table an analysis reads: a policy that waits while somebody holds the lock of that number. Triggers of
# the change itself run as fin_definer and pass.
my @places = qw(reports category_kinds thresholds feedback transactions);
$run->('CREATE FUNCTION gate(place int) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_lock_shared(42, place); RETURN pg_advisory_unlock_shared(42, place); END $$');
$run->("CREATE POLICY gate ON fin.$places[$_] AS RESTRICTIVE FOR SELECT USING (current_user = 'fin_definer' OR public.gate($_))") for 0 .. $#places;

# Twelve months of a small company.
my $rows = join ' UNION ALL ', map { "SELECT ('2023-01-01'::date + make_interval(months => m, days => $_->[0]))::date AS booked_on, ($_->[1] + m * $_->[2])::numeric AS amount, '$_->[3]' AS category, '$_->[4]' AS counterparty FROM generate_series(0, 11) m" }
    ([4, 9000, 110, 'Sales', 'Northwind'], [9, 4000, -35, 'Sales', 'Contoso'], [14, -5200, -20, 'Salaries', 'Staff'], [19, -2100, 0, 'Rent', 'Landlord'], [24, -900, -7, 'Licences', 'Software house']);
$alice->("CREATE TABLE ledger AS $rows; CREATE VIEW slow_ledger AS SELECT * FROM ledger WHERE gate(4)");
my $csv = "SELECT string_agg(booked_on || ',' || amount || ',' || category || ',' || counterparty, E'\\n' ORDER BY booked_on, category) FROM ledger";
$alice->("SELECT fin_attach('slow_ledger')");
$run->(<<'SQL');
INSERT INTO fin.category_kinds (workspace_id, category, kind, source) SELECT id, 'Licences', 'opex', 'user' FROM fin.workspaces;
INSERT INTO fin.thresholds (workspace_id, code, medium, high) SELECT id, 'customer_concentration', 0.1, 0.2 FROM fin.workspaces;
INSERT INTO fin.feedback (workspace_id, report_id, subject, verdict) SELECT workspace_id, id, 'summary', 'right' FROM fin.reports;
SQL

# Everything another session may change, in one transaction. Doing it twice gives a third state.
my $change = <<'SQL';
BEGIN;
UPDATE fin.transactions SET amount = amount * 1.5 WHERE amount > 0;
UPDATE public.ledger SET amount = amount * 1.5 WHERE amount > 0;
DELETE FROM public.ledger WHERE booked_on = (SELECT max(booked_on) FROM public.ledger);
UPDATE fin.category_kinds SET kind = CASE kind WHEN 'opex' THEN 'cogs' ELSE 'opex' END;
UPDATE fin.thresholds SET medium = 1.1 - medium, high = 1.3 - high;
UPDATE fin.workspaces SET language = CASE language WHEN 'en' THEN 'ru' ELSE 'en' END;
INSERT INTO fin.feedback (workspace_id, report_id, subject, verdict) SELECT workspace_id, id, 'summary', 'wrong' FROM fin.reports;
COMMIT;
SQL

# Runs the statement as alice, makes the change while it stands at the gate, and returns what it answered.
sub changed_meanwhile {
    my ($place, $statement) = @_;
    my $keeper = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres')], '<', \my $in, '>', \my $out, '2>', \my $err);
    $in = "SELECT pg_advisory_lock(42, $place); SELECT 'locked';\n";
    $keeper->pump until $out =~ /locked/;
    my $reader = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres') . ' user=alice', '-v', 'ON_ERROR_STOP=1', '-c', $statement], '>', \my $answer, '2>', \my $trouble);
    $node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 42 AND objid = $place AND NOT granted")
        or die "the analysis did not come to the gate of $places[$place]";
    $run->($change);
    $in .= "\\q\n";
    $keeper->finish;
    $reader->finish or diag $trouble;
    chomp $answer;
    return $answer;
}

my $attached = $run->("SELECT id FROM fin.reports WHERE source = 'attach'");
my $files = 0;
for my $source (qw(import attach)) {
    for my $function (qw(fin_analyze fin_analysis)) {
        for my $place (0 .. $#places) {
            my $report = $attached;
            if ($source eq 'import') {
                # A new file each time, so that its hash is known and the rows are the last thing that is read.
                ++$files;
                my $content = "Date,Amount,Category,Counterparty\n" . $run->($csv) . "\n";
                $report = $alice->("SELECT fin_import('ledger$files.csv', convert_to('$content', 'UTF8'))");
                $run->("INSERT INTO fin.feedback (workspace_id, report_id, subject, verdict) SELECT workspace_id, id, 'summary', 'right' FROM fin.reports WHERE id = '$report'");
            }
            my $what = "$function of an $source, changed at $places[$place]";
            my $before = $alice->("SELECT fin_analysis('$report')");
            my $during = changed_meanwhile($place, "SELECT $function('$report')");
            my $after = $alice->("SELECT fin_analysis('$report')");
            ok($before ne $after, "$what: the change matters");
            ok($during eq $before, "$what: the document is that of the state before")
                or diag($during eq $after ? 'it is that of the state after' : 'it is of neither state');
        }
    }
}

# What was stored meanwhile lies under the hash of the state it was made of: the next analysis is the new state's own.
my $now = $alice->("SELECT fin_analysis('$attached')");
is($alice->("SELECT fin_analyze('$attached')"), $now, 'fin_analyze and fin_analysis agree afterwards');
is($alice->("SELECT fin_verify('$attached') ->> 'verified'"), 'true', 'and fin_verify with them');

$node->stop;
done_testing();
