# The second opinion: real workers, a server that speaks the models' interfaces and fails like them, what is stored.
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
my $pid = open2(my $server, my $to_server, "$FindBin::Bin/../peers/model_server");
my ($port) = (<$server> // die 'model_server did not start') =~ /(\d+)/;

spew("$folder/key", encode_base64(join('', map { chr int rand 256 } 1 .. 32), '') . "\n");
chmod 0600, "$folder/key";
my $node = PostgreSQL::Test::Cluster->new('review');
$node->init;
my $hosts = join ', ', map {"127.0.0.$_"} 1 .. 219;
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'pg_fin'
max_worker_processes = 8
pg_fin.max_workers = 1
pg_fin.http_allow_hosts = '$hosts'
pg_fin.http_allow_private = on
pg_fin.secret_key_file = '$folder/key'
log_statement = 'all'
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

ask(q{CREATE EXTENSION pg_fin; SELECT fin_setup();
    CREATE ROLE anna LOGIN; CREATE ROLE boris LOGIN; CREATE ROLE vera LOGIN; GRANT fin_user TO anna, boris, vera;
    CREATE ROLE olga LOGIN; GRANT fin_admin TO olga});
my $ws = as('anna', 'SELECT fin.writable_workspace()');
as('anna', "SELECT fin.add_member('$ws', 'boris', 'analyst'), fin.add_member('$ws', 'vera', 'viewer')");

# Every provider has an address of its own, so that one that fails closes no other's circuit.
my $address = 1;
sub provider
{
	my ($name, $base) = @_;
	++$address;
	is(as('olga', qq{SELECT fin_provider_set('$name', 'http', 'http://127.0.0.$address:$port$base', '{}', 'the model key')}), '', "provider $name") ;
	return;
}
my $deadline = 3;

# drafter, checker and fallback by the words that tell model_server how to behave
sub models
{
	my (%words) = @_;
	ask('DELETE FROM fin.ai_models');
	my %dialect = (drafter => 'openai_chat', checker => 'anthropic', fallback => 'compatible');
	for my $role (sort keys %words)
	{
		provider($role, $role eq 'checker' ? '' : '/v1');
		as('olga', qq{SELECT fin_ai_model_set('$role', '$role', '$role', '$dialect{$role}', '$words{$role}',
			'{"deadline": $deadline, "price_input": 2, "price_output": 8, "most_output": 2000}')});
	}
	ask('TRUNCATE fin.ai_answers');
	return;
}

my $months = 0;
sub ledger
{
	my ($seed, $extra) = @_;
	my @rows = ('date,amount,category,counterparty,description');
	for my $month (0 .. 17)
	{
		my $date = sprintf '%04d-%02d', 2024 + int($month / 12), 1 + $month % 12;
		push @rows, "$date-05," . (9000 + 150 * $month + $seed) . ',Sales,Acme Ltd,invoice', "$date-12," . (4000 - 60 * $month) . ',Sales,Beta GmbH,invoice',
		  "$date-10,-2500,Rent,Landlord LLC,rent", "$date-25,-7000,Salaries,Team,pay", "$date-15,-" . (900 + 40 * $month) . ',Marketing,AdCo,ads';
	}
	push @rows, $extra if $extra;
	my $csv = encode_base64(join("\n", @rows) . "\n", '');
	return as('anna', "SELECT fin_import('ledger $seed.csv', decode('$csv', 'base64'), '{\"currency\": \"EUR\", \"opening_balance\": 20000}')");
}
# Analyses and waits for the review; returns its job's status.
sub reviewed
{
	my ($report) = @_;
	as('anna', "SELECT fin_analyze('$report') IS NOT NULL");
	my $job = ask("SELECT max(id) FROM fin.jobs WHERE kind = 'ai_review' AND payload ->> 'report_id' = '$report'");
	return 'no job' unless $job;
	$node->poll_query_until($db, "SELECT status IN ('succeeded', 'dead', 'failed', 'cancelled') FROM fin.jobs WHERE id = $job") or diag "job $job does not end";
	return ask("SELECT status || coalesce(': ' || error, '') FROM fin.jobs WHERE id = $job");
}
sub ai { my ($report, $path) = @_; return as('anna', "SELECT fin_analyze('$report') #>> '{ai,$path}'") }
sub seen { my $log = `curl -s http://127.0.0.1:$port/seen`; return $log }

# --- without consent, without models --------------------------------------------------------------------------------------

my $first = ledger(1);
like($first, qr/^[0-9a-f-]{36}$/, 'a ledger');
is(reviewed($first), 'no job', 'nothing is asked before an admin switches AI on');
is(as('anna', "SELECT fin_analyze('$first') -> 'ai'"), 'null', 'and the document says so') ;
like(as('anna', "SELECT fin_review('$first')"), qr/AI is not switched on.*fin_ai_switch/s, 'asking for a review says what to do');
like(as('boris', "SET pg_fin.workspace = '$ws'; SELECT fin_ai_switch(true)"), qr/switched by admins/, 'an analyst does not switch it on');
like(as('anna', q{SELECT fin_ai_model_set('m', 'drafter', 'p', 'openai_chat', 'x')}), qr/set by operators/, 'nor does a member define a model');
models(drafter => 'good', checker => 'good');
is(as('anna', 'SELECT fin_ai_switch(true)'), '', 'an admin does');
is(ask("SELECT count(*) FROM fin.audit_log WHERE action = 'ai_consent'"), 1, 'which the audit log keeps');
is(as('anna', 'SELECT name_key FROM fin.ai_consents') =~ /permission denied/, 1, 'the key of the tokens is not for reading');

# --- a review ---------------------------------------------------------------------------------------------------------------

my $second = ledger(2);
is(reviewed($second), 'succeeded', 'a review');
is(ai($second, 'source'), 'models', 'stands in the analysis');
is(as('anna', "SELECT fin_analyze('$second') -> 'quality' -> 'sections' ->> 'ai'"), 'ok', 'whose sections say so');
cmp_ok(ai($second, 'agreement'), '==', 1, 'both agree');
cmp_ok(as('anna', "SELECT (fin_analyze('$second') ->> 'confidence')::numeric > (SELECT (document ->> 'confidence')::numeric FROM fin.analyses WHERE report_id = '$second' LIMIT 1) OR (fin_analyze('$second') ->> 'confidence')::numeric = 1"), 'eq', 't', 'which raises the confidence');
like(ai($second, 'statements,0,text'), qr/\d/, 'the text has our figures');
unlike(ai($second, 'statements,0,template'), qr/[0-9](?![0-9]*(\.\w+)?\}\})/, 'the template has none');
is(ai($second, 'statements,0,said_by') . ai($second, 'statements,0,checked_by'), 'drafterchecker', 'it says who said what');
my $analysis = ai($second, 'analysis_id');
my ($fact) = ai($second, 'statements,0,template') =~ /\{\{f:(\d+)\}\}/;
my $query = as('anna', "SELECT query FROM fin_fact('$analysis', $fact)");
like($query, qr/fin_analysis\('$second'\)/, 'a slot shows its query');
isnt(as('anna', $query), '', 'which runs');
is(as('anna', "SELECT fin_verify('$second') ->> 'verified'"), 'true', 'the engine\'s part still verifies');
is(as('vera', "SET pg_fin.workspace = '$ws'; SELECT count(*) > 0 FROM fin.review_statements"), 't', 'a viewer reads it');
like(as('anna', q{INSERT INTO fin.review_statements (workspace_id, review_id, no, text, fact_ids, said_by) SELECT workspace_id, id, 9, 'Fine {{f:1}}.', '{1}', 'me' FROM fin.reviews}), qr/permission denied/, 'nobody writes one by hand');
my ($status, undef, $error) = $node->psql($db, q{INSERT INTO fin.review_statements (workspace_id, review_id, no, text, fact_ids, said_by) SELECT workspace_id, id, 9, 'It is twelve {{f:1}}.', '{1}', 'me' FROM fin.reviews LIMIT 1});
like($error, qr/violates check constraint/, 'not even a superuser stores a number');

# --- what leaves ------------------------------------------------------------------------------------------------------------

my $log = seen();
unlike($log, qr/Acme|Beta GmbH|Landlord|AdCo/, 'no name leaves');
like($log, qr/\{\{n:[a-z]{8}\}\}/, 'but tokens do');
my $preview = as('anna', "SELECT fin_ai_preview('$second')");
unlike($preview, qr/Acme|Landlord/, 'the preview shows the same');
like($preview, qr/"enabled": true/, 'and whether it is on');
is(as('vera', "SET pg_fin.workspace = '$ws'; SELECT fin_ai_preview('$second') ->> 'facts_sha256'"), as('anna', "SELECT facts_hash FROM fin.reviews WHERE analysis_id = '$analysis'"), 'the hash of what left is that of the preview');
is(ask("SELECT count(*) FROM fin.audit_log WHERE action = 'ai_call' AND detail ->> 'status' = 'ok'"), 2, 'each call is in the audit log');
is(ask("SELECT bool_and(input_tokens > 100 AND cost > 0 AND cost < 0.1) FROM fin.ai_calls"), 't', 'with the provider\'s own tokens and what they cost');

# --- the cache --------------------------------------------------------------------------------------------------------------

ask('DELETE FROM fin.analyses');
`curl -s -X POST http://127.0.0.1:$port/forget`;
is(reviewed($second), 'succeeded', 'the same again');
is(seen(), '[]', 'asks nobody');
is(ask("SELECT hits FROM fin.cache_stats WHERE cache = 'ai_answers' AND workspace_id = '$ws'"), 2, 'the statistics of caches show it');
cmp_ok(ai($second, 'cost'), '==', 0, 'and costs nothing');

# --- providers that fail ----------------------------------------------------------------------------------------------------

sub outcome
{
	my ($words, %also) = @_;
	models(drafter => $words, checker => 'good', %also);
	my $report = ledger(100 + $address);
	my $begin = time;
	my $ended = reviewed($report);
	my $seconds = time - $begin;
	cmp_ok($seconds, '<', 12, "$words: in time");
	is($ended, 'succeeded', "$words: the review ends");
	return ($report, ai($report, 'source'), as('anna', "SELECT string_agg(p ->> 'status', ' ') FROM jsonb_array_elements(fin_analyze('$report') -> 'ai' -> 'providers') p"));
}
my %expected = (
	'hang' => 'no_answer', 'drip' => 'no_answer', 'cut' => 'no_answer', 'status-400' => 'http_400', 'status-401' => 'http_401', 'status-408' => 'http_408',
	'status-409' => 'http_409', 'status-429' => 'http_429', 'status-500' => 'http_500', 'status-503' => 'http_503', 'status-529' => 'http_529',
	'truncated' => 'truncated', 'refusal' => 'refused', 'filtered' => 'filtered', 'nonsense' => 'nonsense', 'broken' => 'nonsense', 'empty' => 'empty');
for my $words (sort keys %expected)
{
	my ($report, $source, $statuses) = outcome($words);
	is($source, 'template', "$words: the template stands in");
	like($statuses, qr/^$expected{$words} ok$/, "$words: it says what happened");
	is(as('anna', "SELECT fin_analyze('$report') -> 'ai' -> 'judgments' -> 0 ->> 'drafter'"), '', "$words: the checker judges alone");
}
{
	my (undef, $source, $statuses) = outcome('huge-200');
	is("$source $statuses", 'template no_answer ok', 'an answer of 200 MB is not taken');
	(undef, $source, $statuses) = outcome('flaky-503-1');
	is("$source $statuses", 'models ok ok', 'one that fails once is asked again');
	(undef, $source, $statuses) = outcome('flaky-429-1+pause-1');
	is("$source $statuses", 'models ok ok', 'after the pause it asks for');
	(undef, $source, $statuses) = outcome('status-429+pause-60');
	is("$source $statuses", 'template http_429 ok', 'one that asks for a minute is not waited for');
	(undef, $source, $statuses) = outcome('schema');
	is("$source $statuses", 'template refused_text refused_text ok', 'an answer of another shape is asked for once more');
	(undef, $source, $statuses) = outcome('status-500', fallback => 'good');
	is("$source $statuses", 'models http_500 ok ok', 'the fallback writes where the drafter cannot');
	(undef, $source, $statuses) = outcome('nousage');
	is("$source $statuses", 'models ok ok', 'an answer without token counts is an answer');
	is(ask("SELECT cost > 0.01 FROM fin.ai_calls WHERE purpose = 'draft' ORDER BY id DESC LIMIT 1"), 't', 'whose cost is the most that it can be');
}
# Faults in texts: one more try, then what stands without them.
for my $words ('numbers', 'words', 'unknown', 'link', 'injected', 'direction')
{
	my (undef, $source, $statuses) = outcome($words);
	is("$source $statuses", 'models refused_text ok ok', "$words: the second try is good");
	my ($report) = outcome("$words+stubborn");
	is(ai($report, 'source'), 'models', "$words+stubborn: the other statements stand");
	is(as('anna', "SELECT bool_and(fin.is_grounded(text)) FROM fin.review_statements"), 't', "$words: nothing of it is stored");
}
unlike(ask('SELECT string_agg(document::text || coalesce(review::text, \'\'), \'\') FROM fin.analyses') . ask('SELECT coalesce(string_agg(answer::text, \'\'), \'\') FROM fin.ai_answers'), qr/evil\.example|12,345 in all/, 'no fault is anywhere');

# --- the checker ------------------------------------------------------------------------------------------------------------

{
	models(drafter => 'good', checker => 'doubt');
	my $report = ledger(900);
	is(reviewed($report), 'succeeded', 'a checker that doubts everything');
	is(ai($report, 'source'), 'template', 'leaves the template');
	models(drafter => 'severe', checker => 'good');
	$report = ledger(901);
	reviewed($report);
	my $engine = as('anna', "SELECT string_agg(code || severity, ' ' ORDER BY code) FROM fin_risks('$report')");
	unlike($engine, qr/critical.*critical.*critical/, 'votes change no finding');
	cmp_ok(ai($report, 'agreement'), '<', 1, 'they lower the agreement') if ai($report, 'judgments,0,engine') && ai($report, 'judgments,0,engine') ne 'critical';
	models(drafter => 'good', checker => 'status-500');
	$report = ledger(902);
	reviewed($report);
	is(ai($report, 'source'), 'models', 'without a checker the drafter\'s statements stand');
	is(ai($report, 'confidence_factor'), '0.95', 'with less confidence');
}

# --- hostile texts ------------------------------------------------------------------------------------------------------------

# Every line of the corpus as a memo, a counterparty and a category, one as the file's name, one as a column's header.
{
	models(drafter => 'good', checker => 'good');
	my @hostile = grep {/\S/} split /\n/, slurp("$FindBin::Bin/../data/injections.txt");
	my @rows = map { (my $quoted = $_) =~ s/"/""/g; qq{"$quoted"} } @hostile;
	my $csv = join "\n", "date,amount,category,counterparty,description,$rows[1]", (map { "2024-0$_-05,9000,Sales,Acme Ltd,x,y" } 1 .. 9),
	  (map { sprintf '2024-%02d-1%d,-%d,%s,%s,%s,z', 1 + $_ % 9, $_ % 9, 20 + $_, $rows[$_], $rows[$_], $rows[$_] } 0 .. $#rows);
	(my $name = $hostile[0]) =~ s/'/''/g;
	my $content = encode_base64("$csv\n", '');
	`curl -s -X POST http://127.0.0.1:$port/forget`;
	my $report = as('anna', "SELECT fin_import('$name.csv', decode('$content', 'base64'), '{\"encoding\": \"UTF-8\"}')");
	is(reviewed($report), 'succeeded', 'a ledger of hostile texts is reviewed');
	is(ai($report, 'source'), 'models', 'by the models');
	my $sent = seen();
	utf8::decode($sent);
	unlike($sent, qr/evil|ignore all|disregard|override|mainten|игнорируй|забудь|промпт/i, 'and none of them has left');
	is(as('anna', "SELECT bool_and(fin.is_grounded(text)) FROM fin.review_statements"), 't', 'nor is any stored');
	is(as('anna', "SELECT bool_and(j ->> 'ensemble' = j ->> 'engine') FROM jsonb_array_elements(fin_analyze('$report') -> 'ai' -> 'judgments') j"), 't', 'no severity has changed');
}

# --- budget, consent taken back -----------------------------------------------------------------------------------------------

models(drafter => 'good', checker => 'good');
as('anna', 'SELECT fin_ai_switch(true, 0)');
`curl -s -X POST http://127.0.0.1:$port/forget`;
my $poor = ledger(910);
is(reviewed($poor), 'succeeded', 'without money the review ends');
is(seen(), '[]', 'and asks nobody');
is(ai($poor, 'source'), 'template', 'the template stands in');
as('anna', 'SELECT fin_ai_switch(false, 5)');
is(reviewed(ledger(911)), 'no job', 'switched off, nothing is queued');
as('anna', 'SELECT fin_ai_switch(true)');

# --- keys -----------------------------------------------------------------------------------------------------------------------

is(as('olga', qq{SELECT fin_provider_set('drafter', 'http', 'http://127.0.0.218:$port/v1', '{}', 'a wrong key')}), '', 'a wrong key');
my $wrong = ledger(912);
reviewed($wrong);
is(as('anna', "SELECT fin_analyze('$wrong') -> 'ai' -> 'providers' -> 0 ->> 'status'"), 'http_401', 'is refused by the provider');
is(as('anna', q{SELECT fin_connection_set('own', 'drafter', '{}', 'the model key') IS NOT NULL}), 't', 'the workspace\'s own key');
my $own = ledger(913);
reviewed($own);
is(as('anna', "SELECT fin_analyze('$own') -> 'ai' -> 'providers' -> 0 ->> 'status'"), 'ok', 'is used before the installation\'s');

# --- prompts ----------------------------------------------------------------------------------------------------------------------

like(as('boris', "SET pg_fin.workspace = '$ws'; SELECT fin_prompt_set('x')"), qr/set by admins/, 'an analyst sets no prompt');
like(as('anna', q{SELECT fin_prompt_set('Write {{f:1}}.')}), qr/cannot be used: it has braces/, 'a style with slots is refused');
like(as('anna', q{SELECT fin_prompt_set('Link to http://us.example')}), qr/cannot be used/, 'one with links too');
is(as('anna', q{SELECT fin_prompt_set('Short and dry.')}), '1', 'a style of one\'s own is a version');
`curl -s -X POST http://127.0.0.1:$port/forget`;
my $styled = ledger(914);
reviewed($styled);
like(seen(), qr/Short and dry/, 'and is sent');
is(ai($styled, 'prompt'), 'review-1/own-1', 'the review says which');
is(as('anna', 'SELECT fin_prompt_reset()'), '1', 'and back');

# --- many at once, who waits ---------------------------------------------------------------------------------------------------------

# Of patience: the machine may have other things to do, and 100 requests at once are the most that a host gets.
$deadline = 60;
models(drafter => 'good+wait-1', checker => 'good+wait-1');
as('anna', 'SELECT fin_ai_switch(true, 1000)');
{
	my $begin = time;
	reviewed(ledger(1999));
	note sprintf 'import to reviewed analysis, providers answering in 1 s: %.2f s', time - $begin;
}
my @reports = map { ledger(1000 + $_) } 1 .. 40;
my $all = join ',', map {"'$_'"} @reports;
my $begin = time;
as('anna', "SELECT count(fin_analyze(r::uuid)) FROM unnest(ARRAY[$all]) r");
$node->poll_query_until($db, "SELECT count(*) = 40 FROM fin.reviews WHERE report_id IN ($all)") or diag 'reviews are missing';
my $took = time - $begin;
cmp_ok($took, '<', 40, sprintf('40 reviews of 2 s each run beside each other (%.1f s)', $took));
is(ask("SELECT count(*) FROM fin.reviews WHERE report_id IN ($all) AND source = 'models'"), 40, 'all by models');

# Whoever waits hears of it.
{
	require IPC::Run;
	my ($in, $out) = ("LISTEN fin_analyses;\n\\echo ready\n", '');
	my $listener = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr($db) ], '<', \$in, '>', \$out, '2>&1', IPC::Run::timeout(60));
	$listener->pump until $out =~ /ready/;
	my $waiting = ledger(2000);
	is(reviewed($waiting), 'succeeded', 'a review somebody waits for');
	$in .= "SELECT 'asked';\n";
	$listener->pump until $out =~ /asked.*fin_analyses/s;
	like($out, qr/"report_id": "$waiting"/, 'the client that waits is notified');
	$in .= "\\q\n";
	$listener->finish;
}

# --- the same 200 at once, and again -----------------------------------------------------------------------------------------

models(drafter => 'good+wait-1', checker => 'good+wait-1');
@reports = map { ledger(3000 + $_) } 1 .. 200;
$all = join ',', map {"'$_'"} @reports;
my $reviews = "SELECT count(*) = 200 FROM fin.reviews WHERE report_id IN ($all) AND source = 'models'";
as('anna', "SELECT count(fin_analyze(r::uuid)) FROM unnest(ARRAY[$all]) r");
$begin = time;
$node->poll_query_until($db, $reviews) or diag 'reviews are missing';
note sprintf '200 reviews by one worker: %.1f s', time - $begin;
is(ask("SELECT count(*) FROM fin.ai_calls WHERE status = 'ok' AND report_id IN ($all)"), 400, '200 reviews by one worker, two calls each');
ask("DELETE FROM fin.analyses WHERE report_id IN ($all)");
`curl -s -X POST http://127.0.0.1:$port/forget`;
as('anna', "SELECT count(fin_analyze(r::uuid)) FROM unnest(ARRAY[$all]) r");
$node->poll_query_until($db, $reviews) or diag 'reviews are missing';
is(seen(), '[]', 'the second run over unchanged data makes no call');
is(ask("SELECT count(*) FROM fin.ai_calls WHERE report_id IN ($all)"), 400, 'and costs nothing');

# --- styles compared ------------------------------------------------------------------------------------------------------------

models(drafter => 'good', checker => 'good');
like(as('anna', 'SELECT fin_prompt_compare(2)'), qr/no style of its own/, 'there is nothing to compare without a style');
as('anna', q{SELECT fin_prompt_set('Dry.')});
my $job = as('anna', 'SELECT fin_prompt_compare(2)');
$node->poll_query_until($db, "SELECT status IN ('succeeded', 'dead') FROM fin.jobs WHERE id = $job");
is(as('anna', "SELECT string_agg(variant || ' ' || reports || ' ' || (stored > 0) || ' ' || (agreement = 1), ', ') FROM fin_prompt_comparison($job)"),
	'default 2 true true, own 2 true true', 'both styles on two past reports');
is(ask("SELECT count(*) FROM fin.reviews r JOIN fin.jobs j ON j.id = $job WHERE r.created_at > j.created_at"), 0, 'no review is stored');
as('anna', 'SELECT fin_prompt_reset()');

# --- categories --------------------------------------------------------------------------------------------------------------------

my @rows = ('date,amount,category,counterparty');
push @rows, "2025-01-0$_,-100,Rent,Landlord LLC" for 1 .. 5;
push @rows, '2025-02-01,-100,,Landlord LLC', '2025-02-02,-40,,Stationery House', '2025-02-03,-41,,STATIONERY HOUSE 003392', '2025-02-04,-10,,Mr John Smith', '2025-02-05,-10,,Petrov Ivan Petrovich ann@mail.example';
my $bare = do { my $csv = encode_base64(join("\n", @rows) . "\n", ''); as('anna', "SELECT fin_import('bare.csv', decode('$csv', 'base64'))") };
`curl -s -X POST http://127.0.0.1:$port/forget`;
my $said = as('anna', "SELECT fin_suggest_categories('$bare')");
like($said, qr/"by_rules": 1,/, 'the workspace\'s habit first');
($job) = $said =~ /"job_id": (\d+)/;
$node->poll_query_until($db, "SELECT status IN ('succeeded', 'dead') FROM fin.jobs WHERE id = $job");
is(as('anna', "SELECT string_agg(counterparty || '>' || source || '>' || rows, ', ' ORDER BY counterparty) FROM fin.category_suggestions WHERE report_id = '$bare'"),
	'Landlord LLC>rules>1, STATIONERY HOUSE 003392>model>2', 'then a model for the merchants left')
  or diag ask("SELECT concat(status, result, error) FROM fin.jobs WHERE id = $job");
unlike(seen(), qr/smith|petrov|mail\.example/i, 'people are not asked about');
is(as('anna', "SELECT count(*) FROM fin_transactions('$bare') WHERE category = ''  OR category IS NULL"), 5, 'nothing has changed yet');
is(as('boris', "SET pg_fin.workspace = '$ws'; SELECT fin_suggestion_accept(id) FROM fin.category_suggestions WHERE source = 'model'") =~ /cannot be accepted/, 1, 'an analyst changes no import of another');
is(as('anna', "SELECT fin_suggestion_accept(id) FROM fin.category_suggestions WHERE source = 'model'"), 2, 'accepted: both rows');
is(as('anna', "SELECT fin_verify('$bare') ->> 'rows_match'"), 'true', 'the report\'s hash is made anew');
is(as('anna', "SELECT count(*) FROM fin_transactions('$bare') WHERE category = ''  OR category IS NULL"), 3, 'they have it now');
like(as('anna', "SELECT fin_suggestion_accept(id) FROM fin.category_suggestions WHERE source = 'model'"), qr/cannot be accepted/, 'only once');
models(drafter => 'doubt', checker => 'good');
ask('TRUNCATE fin.merchant_categories');
$rows[-3] = '2025-02-03,-41,,Unknown Thing';
my $other = do { my $csv = encode_base64(join("\n", @rows) . "\n", ''); as('anna', "SELECT fin_import('other.csv', decode('$csv', 'base64'))") };
($job) = as('anna', "SELECT fin_suggest_categories('$other')") =~ /"job_id": (\d+)/;
$node->poll_query_until($db, "SELECT status IN ('succeeded', 'dead') FROM fin.jobs WHERE id = $job");
is(as('anna', "SELECT count(*) FROM fin.category_suggestions WHERE report_id = '$other' AND source = 'model'"), 0, 'null beats a wrong guess');
`curl -s -X POST http://127.0.0.1:$port/forget`;
($job) = as('anna', "SELECT fin_suggest_categories('$other')") =~ /"job_id": (\d+)/;
$node->poll_query_until($db, "SELECT status IN ('succeeded', 'dead') FROM fin.jobs WHERE id = $job");
is(seen(), '[]', 'and a merchant is asked about once');

# --- secrets --------------------------------------------------------------------------------------------------------------------------

unlike(slurp($node->logfile), qr/Bearer|x-api-key/, 'no header of a request is in the log');

close $to_server;
waitpid $pid, 0;
$node->stop;
done_testing();
