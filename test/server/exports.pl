# Reports out: what fin_export gives is what other programs read, jobs make it, mails carry it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('exports');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pg_fin'
max_worker_processes = 8
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
my $folder = PostgreSQL::Test::Utils::tempdir;
# The bytes that a statement gives, in a file.
sub bytes
{
	my ($role, $sql, $name) = @_;
	FinTest::spew("$folder/$name", pack('H*', as($role, "SELECT encode(($sql), 'hex')")));
	return "$folder/$name";
}
sub said { my ($out) = PostgreSQL::Test::Utils::run_command([@_]); return $out }

ask(q{CREATE EXTENSION pg_fin; SELECT fin_setup(); CREATE ROLE anna LOGIN; GRANT fin_user TO anna});
ok($node->poll_query_until($db, q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'pg_fin worker'}), 'a worker runs');

my $csv = FinTest::slurp("$FindBin::Bin/../data/hackclub/hackclub_2015_2017.csv");
$csv =~ s/'/''/g;
my $report = as('anna', "SELECT fin_import('Hack Club.csv', convert_to('$csv', 'UTF8'), '{\"currency\": \"USD\", \"opening_balance\": 12000}')");
like($report, qr/^[0-9a-f-]{36}$/, 'the ledger is there');
as('anna', "SELECT fin_analyze('$report')");
my $analysis = decode_json(as('anna', "SELECT fin_analysis('$report')"));

# --- PDF ----------------------------------------------------------------------------------------------------------------

# 12345.6 as print has it.
sub printed
{
	my ($amount, $language) = @_;
	my ($sign, $whole, $cents) = sprintf('%.2f', $amount) =~ /^(-?)(\d+)\.(\d\d)$/;
	my ($group, $point) = $language eq 'ru' ? (' ', ',') : (',', '.');
	1 while $whole =~ s/^(\d+)(\d{3})/$1$group$2/;
	return ($sign ? "\xe2\x88\x92" : '') . $whole . $point . $cents;
}

for my $language ('en', 'ru')
{
	my $pdf = bytes('anna', "fin_export('$report', 'pdf', '{\"language\": \"$language\"}')", "$language.pdf");
	my ($checked, $complaints) = PostgreSQL::Test::Utils::run_command(['qpdf', '--check', $pdf]);
	unlike($checked . $complaints, qr/WARNING|damaged|ERROR/, "$language: qpdf finds nothing wrong");
	my ($pages) = said('pdfinfo', $pdf) =~ /^Pages:\s+(\d+)/m;
	ok($pages >= 8 && $pages <= 15, "$language: $pages pages");
	my @fonts = grep { /Lato/ } FinTest::lines_of(said('pdffonts', $pdf));
	ok(@fonts > 0 && !grep({ !/yes yes yes/ } @fonts), "$language: every font is embedded, a subset and maps back to Unicode");
	my $text = said('pdftotext', '-layout', $pdf, '-') =~ s/\xc2\xa0/ /gr;
	my @missing;
	for my $metric ('revenue', 'expenses', 'operating_profit', 'net_profit', 'cash_balance')
	{
		push @missing, $metric if index($text, printed($analysis->{metrics}{$metric}{value}, $language)) < 0;
	}
	for my $month (@{ $analysis->{monthly} })
	{
		for my $figure ('inflow', 'outflow', 'revenue', 'expenses', 'cash')
		{
			push @missing, "$month->{month} $figure" if index($text, printed($month->{$figure}, $language)) < 0;
		}
	}
	for my $list ($analysis->{recommendations}, $analysis->{forecast}{cash})
	{
		push @missing, $_->{action} // $_->{month}
			for grep { index($text, printed($_->{effect_monthly} // $_->{predicted}, $language)) < 0 } @$list;
	}
	is(join(', ', @missing), '', "$language: the figures are those of the analysis");
}
like(said('pdftotext', "$folder/ru.pdf", '-'), qr/Главные показатели/, 'Cyrillic can be selected');
is(as('anna', "SELECT fin_export('$report', 'pdf') = fin_export('$report', 'pdf')"), 't', 'the same bytes again');
my $outline = said('qpdf', '--qdf', '--object-streams=disable', "$folder/en.pdf", '-');
cmp_ok(scalar(() = $outline =~ m{/Type /Outline|/Dest |/Title }g), '>=', 13, 'chapters are bookmarks');
cmp_ok(scalar(() = $outline =~ m{/Subtype /Link}g), '>=', 12, 'the contents lead to their pages');
like(said('pdfinfo', "$folder/en.pdf"), qr/^Tagged: +yes/m, 'its structure is told');

# --- branding -----------------------------------------------------------------------------------------------------------

my $svg = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><rect width="120" height="40" rx="6" fill="#004d40"/></svg>';
as('anna', "INSERT INTO fin.logos (workspace_id, content, media_type) SELECT id, convert_to('$svg', 'UTF8'), 'image/png' FROM fin.workspaces");
is(as('anna', 'SELECT media_type FROM fin.logos'), 'image/svg+xml', 'a logo is what its bytes say');
as('anna', q{SELECT api.change_branding('{"company": "Arbor Labs", "footer": "For the board only", "primary": "#004d40"}')});
my $branded = said('pdftotext', bytes('anna', "fin_export('$report', 'pdf')", 'branded.pdf'), '-');
like($branded, qr/Arbor Labs/, 'the company is on it');
like($branded, qr/For the board only/, 'and its footer');
like(as('anna', q{SELECT api.change_branding('{"primary": "#ffff00"}')}), qr/cannot be read on white paper/, 'yellow is refused');
like(as('anna', q{INSERT INTO fin.logos (workspace_id, content, media_type) SELECT id, '<svg><image href="file:///etc/passwd"/></svg>', 'image/svg+xml' FROM fin.workspaces
    ON CONFLICT (workspace_id) DO UPDATE SET content = excluded.content}), qr/outside itself/, 'so is a logo that looks elsewhere');

# --- workbook -----------------------------------------------------------------------------------------------------------

my $book = bytes('anna', "fin_export('$report', 'excel')", 'book.xlsx');
my %facts = map { /^(texts that begin like formulas|\S+) (.*)$/ ? ($1, $2) : () } FinTest::lines_of(said('/usr/bin/python3', "$FindBin::Bin/workbook_facts.py", $book));
is($facts{sheets}, 'Summary Metrics Monthly Categories Anomalies Risks Recommendations Forecast Transactions Pivot', 'every sheet is there');
cmp_ok($facts{charts}, '>=', 6, 'native charts');
cmp_ok($facts{conditions}, '>=', 10, 'conditional formats');
cmp_ok($facts{filters}, '>=', 8, 'filters');
cmp_ok($facts{frozen}, '>=', 8, 'heads stay');
cmp_ok($facts{formulas}, '>=', 50, 'formulas');
is($facts{pivot}, 'True Transactions A1:J1351', 'a pivot table over every transaction, refreshed when opened');
is($facts{transactions}, as('anna', "SELECT count(*) || ' ' || round(sum(amount), 2) FROM fin_transactions('$report')"), 'transactions to the cent');
is($facts{summary}, as('anna', "SELECT format('%s %s %s %s %s %s', round(r, 4), round(e, 4), round(r - e, 4), round((r - e) / r, 4), round(f, 4), round(t, 4)) FROM
    (SELECT sum((m ->> 'revenue')::numeric) r, sum((m ->> 'expenses')::numeric) e, sum((m ->> 'net_cash_flow')::numeric) f FROM
    jsonb_array_elements(fin_analysis('$report') -> 'monthly') m WHERE (m ->> 'complete')::bool) x, (SELECT sum(amount) t FROM fin_transactions('$report')) y"), 'sums are those of the analysis');
is(as('anna', "SELECT fin_export('$report', 'xlsx') = fin_export('$report', 'excel')"), 't', 'the same bytes again');

my $hostile = as('anna', q{SELECT fin_import('h.csv', convert_to(E'Date,Amount,Category,Description\n2024-01-02,-5,=cmd|x,"=HYPERLINK(""http://x"")"\n2024-01-03,-6,+A,@SUM(A1)\n2024-01-04,7,-B,plain\n', 'UTF8'))});
%facts = map { /^(texts that begin like formulas) (.*)$/ ? ($1, $2) : () } FinTest::lines_of(said('/usr/bin/python3', "$FindBin::Bin/workbook_facts.py", bytes('anna', "fin_export('$hostile', 'xlsx')", 'hostile.xlsx')));
is($facts{'texts that begin like formulas'}, 5, 'a text that looks like a formula is a text');

# --- jobs and mail ------------------------------------------------------------------------------------------------------

for my $format ('pdf', 'xlsx')
{
	my $made = decode_json(as('anna', "SELECT api.export_report('$report', '$format')"));
	is($made->{status}, 'processing', "$format: a worker makes it");
	ok($node->poll_query_until($db, "SELECT status = 'succeeded' FROM fin.jobs WHERE id = $made->{jobId}"), "$format: and has made it")
		or diag(ask("SELECT status, error FROM fin.jobs WHERE id = $made->{jobId}"));
	my $listed = decode_json(as('anna', "SELECT api.list_exports('$report')"))->{exports}[0];
	is("$listed->{exportId} $listed->{status}", "$made->{exportId} completed", "$format: it is listed");
	is($listed->{bytes}, as('anna', "SELECT octet_length(content) FROM api.get_export('$made->{exportId}')"), "$format: its file is what is fetched");
	is(as('anna', "SELECT content = fin_export('$report', '$format') FROM api.get_export('$made->{exportId}')"), 't', "$format: the bytes of fin_export");
}
ask(q{UPDATE fin.users SET email = 'anna@example.org' WHERE db_role = 'anna'});
my $job = as('anna', "SELECT fin_enqueue('export_pdf', jsonb_build_object('report_id', '$report', 'mail', '[]'::jsonb))");
ok($node->poll_query_until($db, "SELECT status = 'succeeded' FROM fin.jobs WHERE id = $job"), 'a schedule\'s job needs a report and no export')
	or diag(ask("SELECT status, error FROM fin.jobs WHERE id = $job"));
is(ask("SELECT count(*) FROM fin.notifications n JOIN fin.files f ON f.id = n.files[1] WHERE n.report_id = '$report' AND f.media_type = 'application/pdf'"), 1, 'a message carries the PDF');
is(ask("SELECT count(*) FROM fin.jobs WHERE kind = 'send_notification'"), 1, 'and is on its way');

# --- a helper that fails ------------------------------------------------------------------------------------------------

ask(q{ALTER SYSTEM SET pg_fin.helper_path = '/nowhere/pg_fin_helper'; SELECT pg_reload_conf()});
like(as('anna', "SELECT length(fin_export('$report', 'pdf', '{\"title\": \"another\"}'))"), qr/pg_fin_helper cannot be started/, 'without its helper one clear error');
like(as('anna', "SELECT length(fin_export('$report', 'xlsx'))"), qr/pg_fin_helper cannot be started/, 'for a workbook too');
like(as('anna', "SELECT length(fin_export('$report', 'csv'))"), qr/^\d+$/, 'csv needs none');

$node->stop;
done_testing();
