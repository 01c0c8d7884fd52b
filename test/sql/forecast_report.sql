-- fin_forecast, fin_backtest and fin_explain_forecast of a report, and the forecast in its analysis.
\set content `base64 -w 0 "$FIN_TEST_DATA/hackclub/hackclub_2015_2017.csv"`
BEGIN;
SELECT plan(47);
CREATE ROLE fin_test_ann LOGIN;
CREATE ROLE fin_test_vera LOGIN;
CREATE ROLE fin_test_otto LOGIN;
GRANT fin_user TO fin_test_ann, fin_test_vera, fin_test_otto;
CREATE TEMP TABLE book(name text, id uuid);
GRANT ALL ON book TO PUBLIC;
-- A company that burns: 36 months, sales of 50,000 with a season, costs of 60,000, insurance of 24,000 each March,
-- taxes each quarter, 700,000 at the start.
CREATE TEMP TABLE burning AS
    SELECT (date '2021-01-01' + make_interval(months => m))::date + 9 AS date, round((50000 + 8000 * sin(m * pi() / 6) + (m * 7919) % 3001)::numeric, 2) AS amount, 'Sales' AS category, 'Customers' AS counterparty FROM generate_series(0, 35) m
    UNION ALL SELECT (date '2021-01-01' + make_interval(months => m))::date, -20000, 'Rent', 'Harbor Estates' FROM generate_series(0, 35) m
    UNION ALL SELECT (date '2021-01-01' + make_interval(months => m))::date + 27, -round((40000 + (m * 104729) % 2003)::numeric, 2), 'Salaries', 'Staff' FROM generate_series(0, 35) m
    UNION ALL SELECT (date '2021-03-15' + make_interval(years => y))::date, -24000, 'Insurance', 'Safe Harbour Mutual' FROM generate_series(0, 2) y
    UNION ALL SELECT (date '2021-01-20' + make_interval(months => 3 * q))::date, -6000, 'Taxes', 'Tax office' FROM generate_series(0, 11) q
    UNION ALL SELECT date '2023-12-31', -1, 'Bank fees', 'Bank';
CREATE TEMP TABLE young AS SELECT * FROM burning WHERE date < '2021-04-01';
GRANT ALL ON burning, young TO PUBLIC;

SET LOCAL SESSION AUTHORIZATION fin_test_ann;
INSERT INTO book SELECT 'hackclub', fin_import('hackclub.csv', decode(:'content', 'base64'));
CREATE FUNCTION pg_temp.csv(rows text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE body text;
BEGIN
    EXECUTE format('SELECT string_agg(format(%L, date, amount, category, counterparty), E''\n'' ORDER BY date, category) FROM %I', '%s,%s,%s,%s', rows) INTO body;
    RETURN convert_to(E'date,amount,category,counterparty\n' || body || E'\n', 'UTF8');
END $$;
INSERT INTO book SELECT 'burning', fin_import('burning.csv', pg_temp.csv('burning'), '{"opening_balance": 700000}');
INSERT INTO book SELECT 'young', fin_import('young.csv', pg_temp.csv('young'));

SELECT is(pg_get_function_result('fin_forecast(uuid, int, jsonb)'::regprocedure),
    'TABLE(series text, month date, predicted double precision, lo80 double precision, hi80 double precision, lo95 double precision, hi95 double precision, optimistic double precision, pessimistic double precision, model text, status text, reason text)',
    'fin_forecast returns what the contract says');
SELECT is(pg_get_function_arguments('fin_forecast(uuid, int, jsonb)'::regprocedure), 'report_id uuid, horizon integer DEFAULT 6, options jsonb DEFAULT ''{}''::jsonb', 'and takes what it says');
SELECT id AS report FROM book WHERE name = 'hackclub' \gset
SELECT id AS burning FROM book WHERE name = 'burning' \gset
SELECT id AS young FROM book WHERE name = 'young' \gset
-- psql writes the id into the statement: all three arguments are untyped literals or plain numbers.
SELECT count(*) AS untyped FROM fin_forecast(:'report', 6, '{}') \gset
SELECT is(:untyped, 24, 'untyped literals find the report form');
SELECT is((SELECT count(*) FROM fin_forecast(:'report')), 24::bigint, 'horizon and options may be left out');
SELECT is((SELECT count(*) FROM fin_forecast(report_id => :'report', horizon => 2)), 8::bigint, 'or be given by name');

CREATE TEMP TABLE cast_of AS SELECT b.name, f.* FROM book b, fin_forecast(b.id, 12) f WHERE b.name <> 'young';
SELECT results_eq($$ SELECT DISTINCT series FROM cast_of ORDER BY 1 $$, ARRAY['cash', 'expenses', 'profit', 'revenue'], 'the series are those of the contract');
SELECT is_empty($$ SELECT * FROM cast_of WHERE status NOT IN ('ok', 'estimated') $$, 'three years are history enough');
SELECT is_empty($$ SELECT p.month FROM cast_of p JOIN cast_of r USING (name, month) JOIN cast_of e USING (name, month)
    WHERE p.series = 'profit' AND r.series = 'revenue' AND e.series = 'expenses'
      AND (p.predicted <> r.predicted - e.predicted OR p.optimistic <> r.optimistic - e.optimistic OR p.pessimistic <> r.pessimistic - e.pessimistic) $$,
    'profit is revenue less expenses in every row, to the last digit');
SELECT is((SELECT sum(predicted) FROM cast_of WHERE series = 'profit'), (SELECT sum(CASE series WHEN 'revenue' THEN predicted ELSE -predicted END) FROM cast_of WHERE series IN ('revenue', 'expenses')), 'and over all months');
SELECT is_empty($$ SELECT * FROM cast_of WHERE NOT (lo95 <= lo80 AND lo80 < predicted AND predicted < hi80 AND hi80 <= hi95) $$, 'intervals are ordered and have a width');
SELECT is_empty($$ SELECT * FROM cast_of WHERE series IN ('revenue', 'profit', 'cash') AND NOT (pessimistic <= predicted AND predicted <= optimistic) $$, 'scenarios lie on both sides');
SELECT is_empty($$ SELECT p.month FROM cast_of p JOIN cast_of r USING (name, month) JOIN cast_of e USING (name, month)
    WHERE p.series = 'profit' AND r.series = 'revenue' AND e.series = 'expenses' AND name = 'burning'
      AND (p.lo80 <= r.lo80 - e.hi80 OR p.hi80 >= r.hi80 - e.lo80) $$, 'the interval of a difference is narrower than the difference of intervals');
SELECT is((SELECT array_agg(month ORDER BY month) FROM fin_forecast(:'burning', 3) WHERE series = 'cash'), ARRAY['2024-01-01', '2024-02-01', '2024-03-01']::date[], 'months follow the last complete one');
SELECT is((SELECT count(*) FROM (SELECT f.predicted FROM fin_forecast(:'burning', 3) f EXCEPT SELECT predicted FROM cast_of WHERE name = 'burning') q), 0::bigint, 'a shorter horizon sees the same future');
SELECT is((SELECT array_agg(predicted ORDER BY month) FROM fin_forecast(:'burning', 3, '{"opening_balance": 800000}') WHERE series = 'cash'),
    (SELECT array_agg(predicted + 100000 ORDER BY month) FROM fin_forecast(:'burning', 3) WHERE series = 'cash'), 'what is there today is there in the forecast');
SELECT is((SELECT array_agg(f::text) FROM fin_forecast(:'burning', 6) f), (SELECT array_agg(f::text) FROM fin_forecast(:'burning', 6) f), 'the same question, the same answer');

-- 24,000 of insurance fall in March and in no other month.
SELECT is((SELECT event FROM fin_explain_forecast(:'burning', 6) WHERE series = 'expenses' AND kind = 'forecast' AND month = '2024-03-01'), 24000::float8, 'a yearly payment is put at its month');
SELECT is((SELECT max(event) FROM fin_explain_forecast(:'burning', 6) WHERE series = 'expenses' AND kind = 'forecast' AND month <> '2024-03-01'), 0::float8, 'and at no other');
SELECT is_empty($$ SELECT * FROM book b, fin_explain_forecast(b.id, 6) WHERE kind IN ('history', 'forecast') AND value IS NOT NULL AND NOT abs(level + trend + season + event + remainder - value) <= 1e-6 * greatest(1, abs(value)) $$, 'parts add up to the value, past and future');
SELECT results_eq($$ SELECT x.value FROM book b, fin_explain_forecast(b.id, 12) x WHERE b.name = 'burning' AND kind = 'forecast' ORDER BY series, month $$, $$ SELECT predicted FROM cast_of WHERE name = 'burning' ORDER BY series, month $$, 'what is explained is the forecast');
SELECT results_eq($$ SELECT round(sum(x.value)::numeric, 2) FROM book b, fin_explain_forecast(b.id) x WHERE b.name = 'burning' AND kind = 'history' AND series = 'revenue' $$, $$ SELECT sum(amount) FROM burning WHERE category = 'Sales' $$, 'and its history is the ledger''s');
SELECT cmp_ok((SELECT count(*) FROM fin_explain_forecast(:'burning') WHERE kind = 'parameter'), '>', 0::bigint, 'with the models'' parameters');

SELECT results_eq($$ SELECT DISTINCT series, model FROM book b, fin_backtest(b.id, 3, '{"models": ["theta", "drift"], "origins": 3}') WHERE b.name = 'burning' ORDER BY 1, 2 $$,
    $$ VALUES ('expenses', 'drift'), ('expenses', 'theta'), ('revenue', 'drift'), ('revenue', 'theta') $$, 'fin_backtest scores both series');
SELECT is_empty($$ SELECT * FROM book b, fin_backtest(b.id, 3, '{"models": ["theta", "drift"], "origins": 3}') WHERE b.name = 'burning' AND NOT (mase >= 0 AND coverage95 BETWEEN 0 AND 1 AND width80 > 0 AND status IN ('ok', 'estimated')) $$, 'with figures that can be');

SELECT results_eq($$ SELECT series, month, predicted, status, reason IS NOT NULL FROM fin_forecast((SELECT id FROM book WHERE name = 'young')) ORDER BY series $$,
    $$ VALUES ('cash', NULL::date, NULL::float8, 'insufficient_data', true), ('expenses', NULL, NULL, 'insufficient_data', true), ('profit', NULL, NULL, 'insufficient_data', true), ('revenue', NULL, NULL, 'insufficient_data', true) $$,
    'too little history gives a reason for each series');
SELECT is((SELECT fin_analysis(id) #>> '{forecast,runway,status}' FROM book WHERE name = 'young'), 'insufficient_data', 'and for the runway');
SELECT is((SELECT fin_analysis(id) #>> '{quality,sections,forecast}' FROM book WHERE name = 'young'), 'insufficient_data', 'and quality says so');
SELECT is((SELECT status FROM fin_metrics(:'young') WHERE metric = 'zero_cash_date'), 'insufficient_data', 'nor is there a day when cash ends');

SELECT throws_ok($$ SELECT * FROM book b, fin_forecast(b.id, 6, '{"horizn": 3}') $$, '22023', 'unknown option "horizn"', 'an unknown option is refused by name');
SELECT throws_ok($$ SELECT * FROM book b, fin_forecast(b.id, 0) $$, '22023', NULL, 'a horizon begins at 1');
SELECT throws_ok($$ SELECT * FROM book b, fin_forecast(b.id, 6, '{"model": "oracle"}') $$, '22023', NULL, 'a model that there is not is refused');
SELECT throws_ok($$ SELECT * FROM fin_forecast('00000000-0000-0000-0000-000000000000') $$, '42704', NULL, 'a report that is not there is not found');

-- The document.
CREATE TEMP TABLE result AS SELECT name, fin_analyze(id) AS document FROM book;
GRANT SELECT ON result, cast_of TO PUBLIC;
SELECT results_eq($$ SELECT s.series, p ->> 'month', (p ->> 'predicted')::float8, (p ->> 'hi95')::float8 FROM result, unnest(ARRAY['cash', 'expenses', 'profit', 'revenue']) s(series), jsonb_array_elements(document -> 'forecast' -> s.series) p WHERE name = 'burning' ORDER BY 1, 2 $$,
    $$ SELECT series, to_char(month, 'YYYY-MM'), predicted, hi95 FROM cast_of WHERE name = 'burning' AND month < '2024-07-01' ORDER BY 1, 2 $$, 'the document and fin_forecast say the same');
SELECT is_empty($$ SELECT 1 FROM result, jsonb_array_elements(document #> '{forecast,profit}') WITH ORDINALITY p(profit, i), jsonb_array_elements(document #> '{forecast,revenue}') WITH ORDINALITY r(revenue, j), jsonb_array_elements(document #> '{forecast,expenses}') WITH ORDINALITY e(expenses, k)
    WHERE i = j AND i = k AND (profit ->> 'predicted')::numeric <> (revenue ->> 'predicted')::numeric - (expenses ->> 'predicted')::numeric $$, 'profit is exact there as well');
SELECT is((SELECT document #>> '{quality,sections,forecast}' IN ('ok', 'estimated') FROM result WHERE name = 'burning'), true, 'quality says that it is there');
CREATE TEMP TABLE runway AS SELECT (r ->> 'months')::float8 AS months, (r ->> 'low')::float8 AS low, (r ->> 'high')::float8 AS high, (r ->> 'confidence')::float8 AS confidence, r ->> 'status' AS status FROM result, LATERAL (SELECT document #> '{forecast,runway}') q(r) WHERE name = 'burning';
-- Burn: about 13,500 a month with insurance and taxes; on the last day of 2023 there is this much:
SELECT is((SELECT low <= months AND months <= coalesce(high, 60) AND confidence BETWEEN 0.02 AND 0.98 AND status = 'ok' FROM runway), true, 'the runway lies in its interval');
SELECT cmp_ok((SELECT abs(months - (700000 + (SELECT sum(amount) FROM burning)) / 13500.0) FROM runway), '<', 3.0::float8, 'and is what cash and burn make of it');
SELECT is((SELECT (fin_analysis(id, '{"opening_balance": 750000}') #>> '{forecast,runway,months}')::float8 > (SELECT months FROM runway) FROM book WHERE name = 'burning'), true, 'more cash lasts longer');
SELECT is((SELECT fin_analysis(id) #>> '{forecast,runway,status}' FROM book WHERE name = 'hackclub'), 'insufficient_data', 'without an opening balance there is no runway');
CREATE TEMP TABLE poor AS SELECT fin_analysis(id, '{"opening_balance": 730000}') AS document FROM book WHERE name = 'burning';
SELECT is((SELECT document #>> '{metrics,zero_cash_date,status}' FROM poor), CASE WHEN (SELECT bool_or((p ->> 'predicted')::float8 < 0) FROM poor, jsonb_array_elements(document #> '{forecast,cash}') p) THEN 'ok' ELSE 'not_applicable' END, 'zero_cash_date holds where the forecast of cash crosses zero');
CREATE TEMP TABLE poorer AS SELECT fin_analysis(id, jsonb_build_object('opening_balance', 20000 - (SELECT sum(amount) FROM burning))) AS document FROM book WHERE name = 'burning';
SELECT is((SELECT document #>> '{metrics,zero_cash_date,status}' FROM poorer), 'ok', 'with 20,000 left there is a date');
SELECT results_eq($$ SELECT document #>> '{metrics,zero_cash_date,periods,0,inputs,date}' FROM poorer $$, $$ SELECT min(p ->> 'month') || '-01' FROM poorer, jsonb_array_elements(document #> '{forecast,cash}') p WHERE (p ->> 'predicted')::float8 < 0 $$, 'of the first month that ends below zero');
SELECT is((SELECT r #>> '{severity}' FROM poorer, jsonb_array_elements(document -> 'risks') r WHERE r ->> 'code' = 'negative_cash'), 'high', 'and negative_cash says that it comes soon');
SELECT is((SELECT bool_and(r -> 'evidence' ? 'runway_months_with_it') FROM poorer, jsonb_array_elements(document -> 'recommendations') r WHERE (r ->> 'effect_monthly')::numeric > 0), true, 'recommendations say what they do to the runway');

SELECT lives_ok($$ SELECT fin.add_member(workspace_id, 'fin_test_vera', 'viewer') FROM fin.reports LIMIT 1 $$, 'a viewer joins');
SET LOCAL SESSION AUTHORIZATION fin_test_vera;
SELECT is((SELECT count(*) FROM fin_forecast(:'burning')), 24::bigint, 'a viewer sees forecasts');
SET LOCAL SESSION AUTHORIZATION fin_test_otto;
SELECT throws_ok($$ SELECT * FROM book b, fin_forecast(b.id) $$, '42704', NULL, 'a stranger does not');
SELECT * FROM finish();
ROLLBACK;
