-- fin_analyze and its sisters, on Hack Club's ledger.
\set content `base64 -w 0 "$FIN_TEST_DATA/hackclub/hackclub_2015_2017.csv"`
BEGIN;
SELECT plan(45);
CREATE ROLE fin_test_ann LOGIN;
CREATE ROLE fin_test_vera LOGIN;
GRANT fin_user TO fin_test_ann, fin_test_vera;
CREATE TEMP TABLE book(id uuid);
CREATE TEMP TABLE result(name text, document jsonb);
GRANT ALL ON book, result TO PUBLIC;
SET LOCAL SESSION AUTHORIZATION fin_test_ann;
INSERT INTO book SELECT fin_import('hackclub.csv', decode(:'content', 'base64'));
CREATE FUNCTION pg_temp.figure(text, text) RETURNS double precision LANGUAGE sql AS
    $$ SELECT m.value FROM book, fin_metrics(id) m WHERE m.metric = $1 AND m.period = $2 $$;

-- Totals of the file by awk: income 307350.68, spending -301578.29.
SELECT results_eq('SELECT count(*), sum(amount) FILTER (WHERE amount > 0), sum(amount) FILTER (WHERE amount < 0) FROM book, fin_transactions(id)',
    $$ VALUES (1350::bigint, 307350.68, -301578.29) $$, 'every row is there');
SELECT is_empty($$ SELECT 1 FROM fin.analyses $$, 'nothing is stored yet');
INSERT INTO result SELECT 'read', fin_analysis(id) FROM book;
SELECT is_empty($$ SELECT 1 FROM fin.analyses $$, 'fin_analysis stores nothing');
INSERT INTO result SELECT 'stored', fin_analyze(id) FROM book;
SELECT is((SELECT count(*) FROM fin.analyses), 1::bigint, 'fin_analyze stores its document');
SELECT is((SELECT document::text FROM result WHERE name = 'read'), (SELECT document::text FROM result WHERE name = 'stored'), 'both are the same to the byte');
INSERT INTO result SELECT 'again', fin_analyze(id) FROM book;
SELECT is((SELECT document::text FROM result WHERE name = 'again'), (SELECT document::text FROM result WHERE name = 'stored'), 'the second answer is the first');
SELECT results_eq($$ SELECT entries, hits, misses FROM fin.cache_stats WHERE cache = 'analyses' $$, $$ VALUES (1::bigint, 1::bigint, 1::bigint) $$, 'and came from the store');

SELECT is((SELECT array_agg(key ORDER BY key COLLATE "C") FROM result, jsonb_object_keys(document) key WHERE name = 'stored'),
    ARRAY['ai', 'anomalies', 'categories', 'comparison', 'confidence', 'currency', 'dashboard', 'engine', 'forecast', 'metrics', 'monthly', 'period', 'quality',
        'recommendations', 'recurring', 'report_id', 'risks', 'summary'], 'the document has its sections');
SELECT is_empty($$ SELECT 1 FROM result, jsonb_array_elements(document -> 'anomalies') a WHERE name = 'stored' AND (a ->> 'reason' IS NULL OR a ->> 'severity' IS NULL OR a ->> 'at_stake' IS NULL) $$, 'anomalies have a severity, a reason and their money');
SELECT is((SELECT array_agg(key ORDER BY key) FROM result, jsonb_object_keys(document -> 'forecast') key WHERE name = 'stored'), ARRAY['cash', 'expenses', 'profit', 'revenue', 'runway', 'series'], 'the forecast has its series');
SELECT is((SELECT document #>> '{quality,sections,ai}' FROM result WHERE name = 'stored'), 'not_available', 'quality says what was not looked for');
SELECT is((SELECT document #>> '{period,complete_months}' FROM result WHERE name = 'stored'), (SELECT count(*)::text FROM result, jsonb_array_elements(document -> 'monthly') m WHERE name = 'stored' AND (m -> 'complete')::boolean), 'complete months are counted');

SELECT results_eq($$ SELECT m ->> 'month', (m ->> 'inflow')::numeric, (m ->> 'outflow')::numeric, (m ->> 'rows')::bigint FROM result, jsonb_array_elements(document -> 'monthly') m WHERE name = 'stored' $$,
    $$ SELECT to_char(booked_on, 'YYYY-MM'), coalesce(sum(amount) FILTER (WHERE amount > 0), 0), coalesce(-sum(amount) FILTER (WHERE amount < 0), 0), count(*)
       FROM fin.transactions GROUP BY 1 ORDER BY 1 $$, 'monthly income and expense are those of one line of SQL');
SELECT results_eq($$ SELECT (m ->> 'revenue')::numeric, (m ->> 'expenses')::numeric FROM result, jsonb_array_elements(document -> 'monthly') m WHERE name = 'stored' $$,
    $$ SELECT coalesce(sum(amount) FILTER (WHERE kind IN ('revenue', 'refund')), 0), coalesce(-sum(amount) FILTER (WHERE kind IN ('cogs', 'opex', 'payroll')), 0)
       FROM book, fin_transactions(id) GROUP BY date_trunc('month', booked_on::timestamp) ORDER BY date_trunc('month', booked_on::timestamp) $$, 'revenue and expenses are those of the kinds');
SELECT is((SELECT sum((c ->> 'amount')::numeric) FROM result, jsonb_array_elements(document -> 'categories') c WHERE name = 'stored'), 5772.39, 'categories sum to the ledger');
SELECT is((SELECT (document #>> '{dashboard,metrics,totalRevenue}')::float8 FROM result WHERE name = 'stored'), pg_temp.figure('revenue', 'all'), 'the dashboard shows the metric');
SELECT is(round((pg_temp.figure('revenue', 'all') - pg_temp.figure('expenses', 'all'))::numeric, 4), round(pg_temp.figure('operating_profit', 'all')::numeric, 4), 'profit is revenue less expenses');
SELECT is_empty($$ SELECT 1 FROM book, fin_metrics(id) WHERE status NOT IN ('ok', 'estimated', 'insufficient_data', 'not_applicable', 'undefined', 'infinite', 'not_available')
    OR (status = 'ok') <> (value IS NOT NULL AND reason IS NULL) AND status NOT IN ('estimated', 'infinite') $$, 'a metric has a value or a reason');
SELECT set_eq($$ SELECT DISTINCT severity FROM book, fin_risks(id) WHERE severity NOT IN ('low', 'medium', 'high', 'critical') $$, ARRAY[]::text[], 'risks have their severities');
SELECT cmp_ok((SELECT count(*) FROM book, fin_recommendations(id)), '>', 0::bigint, 'something is recommended');
SELECT is_empty($$ SELECT 1 FROM book, fin_recommendations(id) WHERE action IS NULL OR lever IS NULL OR effect_monthly IS NULL OR priority NOT IN ('low', 'medium', 'high') $$, 'each with action, lever and effect');
SELECT is((SELECT count(*) FROM book, fin_anomalies(id)), (SELECT jsonb_array_length(document -> 'anomalies') FROM result WHERE name = 'stored')::bigint, 'fin_anomalies lists what the document has');

SELECT is((SELECT sum(delta) FROM book, fin_drivers(id, 'revenue', '2017-06-01', '2017-10-01')),
    (SELECT sum(amount) FILTER (WHERE date_trunc('month', booked_on) = '2017-10-01') - sum(amount) FILTER (WHERE date_trunc('month', booked_on) = '2017-06-01')
     FROM book, fin_transactions(id) WHERE kind IN ('revenue', 'refund') AND date_trunc('month', booked_on) IN ('2017-06-01', '2017-10-01')), 'drivers of revenue sum exactly to its change');
SELECT is((SELECT sum(delta) FROM book, fin_drivers(id, 'expenses', '2017-06-01', '2017-10-01')),
    (SELECT -sum(amount) FILTER (WHERE date_trunc('month', booked_on) = '2017-10-01') + sum(amount) FILTER (WHERE date_trunc('month', booked_on) = '2017-06-01')
     FROM book, fin_transactions(id) WHERE kind IN ('cogs', 'opex', 'payroll') AND date_trunc('month', booked_on) IN ('2017-06-01', '2017-10-01')), 'and so do those of expenses');
SELECT throws_ok($$ SELECT fin_drivers(id, 'luck', '2017-06-01', '2017-10-01') FROM book $$, '22023', NULL, 'a metric without drivers is refused');

SELECT alike((SELECT fin_analyze(id, '{"language": "ru"}') #>> '{summary,text}' FROM book), 'За 3% выручка составила%', 'the summary speaks Russian');
SELECT alike((SELECT document #>> '{summary,text}' FROM result WHERE name = 'stored'), 'Over 3% revenue was%', 'and English');
SELECT is_empty($$ SELECT r ->> 'reason' FROM book, jsonb_each(fin_analysis(id, '{"language": "ru"}') -> 'metrics') m, jsonb_array_elements(m.value -> 'periods') r
    WHERE r ->> 'reason' ~ '[A-Za-z]' $$, 'and gives its reasons in Russian');
SELECT throws_ok($$ SELECT fin_analyze(id, '{"langauge": "ru"}') FROM book $$, '22023', 'unknown option "langauge"', 'an unknown option is refused by name');
SELECT throws_ok($$ SELECT fin_analyze(id, '{"language": "fr"}') FROM book $$, '22023', NULL, 'so is a language that we do not speak');
SELECT isnt((SELECT fin_analyze(id, '{"opening_balance": 10000}') #> '{dashboard,metrics,runway}' FROM book), NULL, 'with an opening balance there is a runway');
SELECT throws_ok($$ SELECT fin_analyze('00000000-0000-0000-0000-000000000000') $$, '42704', NULL, 'a report that is not there is not found');
SELECT is(fin_analyze(NULL), NULL, 'NULL gives NULL');

SELECT is((SELECT fin_verify(id) -> 'verified' FROM book), 'true', 'the report verifies');
SELECT fin_set_kind('Expenses:Operating:Other', 'capex');
SELECT isnt((SELECT fin_analyze(id)::text FROM book), (SELECT document::text FROM result WHERE name = 'stored'), 'a kind that is set shows in the next analysis');
SELECT is((SELECT DISTINCT kind FROM book, fin_transactions(id) WHERE category = 'Expenses:Operating:Other'), 'capex', 'and in the rows');
SELECT fin_set_threshold('payroll_burden', 0.01, 0.02, 0.03);
SELECT is((SELECT severity FROM book, fin_risks(id) WHERE code = 'payroll_burden'), 'critical', 'a threshold that is set moves the risk');

-- One dismissal taken back, another made: as many as before, and still another state.
INSERT INTO fin.dismissals (workspace_id, report_id, subject, code) SELECT r.workspace_id, r.id, 'risk', 'payroll_burden' FROM fin.reports r JOIN book USING (id);
INSERT INTO result SELECT 'dismissed', fin_analyze(id) FROM book;
CREATE TEMP TABLE hashes AS SELECT input_hash FROM fin.analyses;
DELETE FROM fin.dismissals;
INSERT INTO fin.dismissals (workspace_id, report_id, subject, code) SELECT r.workspace_id, r.id, 'risk', 'runway' FROM fin.reports r JOIN book USING (id);
INSERT INTO result SELECT 'dismissed another', fin_analyze(id) FROM book;
SELECT isnt_empty('SELECT input_hash FROM fin.analyses EXCEPT SELECT input_hash FROM hashes', 'a dismissal that takes the place of another is not answered from the store');

SELECT lives_ok($$ SELECT fin.add_member(workspace_id, 'fin_test_vera', 'viewer') FROM fin.reports $$, 'a viewer joins');
CREATE TEMP TABLE counted AS SELECT count(*) AS n FROM fin.analyses;
GRANT SELECT ON counted TO PUBLIC;
SET LOCAL SESSION AUTHORIZATION fin_test_vera;
SELECT is((SELECT fin_analyze(id, '{"opening_balance": 77}')::text FROM book), (SELECT fin_analysis(id, '{"opening_balance": 77}')::text FROM book), 'a viewer gets the answer');
SELECT is((SELECT count(*) FROM fin.analyses), (SELECT n FROM counted), 'and stores nothing');

RESET SESSION AUTHORIZATION;
UPDATE fin.transactions SET amount = amount - 1 WHERE row_no = 7 AND report_id = (SELECT id FROM book);
SELECT is((SELECT fin_verify(id) -> 'rows_match' FROM book), 'false', 'a row changed behind our back is noticed');
SELECT is((SELECT sum((m ->> 'net_cash_flow')::numeric) FROM book, jsonb_array_elements(fin_analyze(id) -> 'monthly') m), 5771.39, 'and the next analysis reads it');
CREATE TEMP TABLE empty_book(date date, amount numeric);
SELECT throws_ok($$ SELECT fin_analyze(fin_attach('empty_book')) $$, '22000', NULL, 'a report without rows cannot be analysed');
SELECT is((SELECT count(*) FROM fin.audit_log WHERE action = 'analyse'), (SELECT count(*) FROM fin.analyses), 'each stored analysis is in the audit log');
SELECT * FROM finish();
ROLLBACK;
