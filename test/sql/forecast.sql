-- fin_forecast, fin_backtest and fin_explain_forecast over any table's series: the contract, odd series, parallel plans.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS pg_fin;
SET LOCAL TimeZone = 'UTC';
SELECT plan(47);

SELECT is((SELECT string_agg(attname || ' ' || format_type(atttypid, NULL), ', ' ORDER BY attnum) FROM pg_attribute
           WHERE attrelid = 'fin_forecast_point'::regtype::text::regclass AND attnum > 0),
    'step integer, ts timestamp with time zone, predicted double precision, lo80 double precision, hi80 double precision, lo95 double precision, hi95 double precision, model text, status text, reason text',
    'fin_forecast_point has the columns of the contract');
SELECT is((SELECT count(*) FROM pg_proc WHERE proname = 'fin_forecast' AND prokind = 'a' AND proparallel = 's' AND prorettype = 'fin_forecast_point[]'::regtype),
    6::bigint, 'the aggregate takes date, timestamp and timestamptz, with options and without, in parallel');
SELECT is((SELECT array_agg(DISTINCT pronargs ORDER BY pronargs) FROM pg_proc WHERE proname = 'fin_forecast' AND prokind = 'a'), ARRAY[3, 4]::smallint[], 'options may be left out');
SELECT is((SELECT string_agg(DISTINCT provolatile::text || proparallel::text, ',') FROM pg_proc WHERE oid = 'fin_forecast(uuid, int, jsonb)'::regprocedure), 'sr', 'the report form is stable');

-- 200 ordinary series of 48 months, and odd ones.
CREATE TEMP TABLE sales(shop text, month date, amount float8);
INSERT INTO sales
SELECT 'shop ' || to_char(s, 'FM000'), (date '2020-01-01' + make_interval(months => m))::date,
       100 * s + 20 * s * sin(m * pi() / 6) + m + ((s * 7919 + m * 104729) % 101) / 10.0
FROM generate_series(1, 200) s, generate_series(0, 47) m;
CREATE TEMP TABLE odd(shop text, month date, amount float8);
INSERT INTO odd SELECT 'constant', (date '2020-01-01' + make_interval(months => m))::date, 5 FROM generate_series(0, 35) m;
INSERT INTO odd SELECT 'zero', (date '2020-01-01' + make_interval(months => m))::date, 0 FROM generate_series(0, 35) m;
INSERT INTO odd SELECT 'huge', (date '2020-01-01' + make_interval(months => m))::date, 1e14 + 1e12 * (m % 7) FROM generate_series(0, 35) m;
INSERT INTO odd SELECT 'tiny', (date '2020-01-01' + make_interval(months => m))::date, 1e-9 * (1 + m % 5) FROM generate_series(0, 35) m;
INSERT INTO odd SELECT 'negative', (date '2020-01-01' + make_interval(months => m))::date, -100 - m % 9 FROM generate_series(0, 35) m;
INSERT INTO odd SELECT 'gap', (date '2020-01-01' + make_interval(months => m))::date, 100 + m % 9 FROM generate_series(0, 35) m WHERE m NOT IN (9, 10, 20);
INSERT INTO odd SELECT 'twice', (date '2020-01-01' + make_interval(months => m % 36))::date, 50 + m % 9 FROM generate_series(0, 71) m;
INSERT INTO odd SELECT 'outlier', (date '2020-01-01' + make_interval(months => m))::date, CASE m WHEN 20 THEN 1e6 ELSE 100 + m % 9 END FROM generate_series(0, 35) m;
INSERT INTO odd VALUES ('one', '2020-01-01', 7), ('two', '2020-01-01', 7), ('two', '2020-02-01', 8);
INSERT INTO odd SELECT 'infinite', (date '2020-01-01' + make_interval(months => m))::date, CASE m WHEN 4 THEN 'Infinity'::float8 ELSE 1 END FROM generate_series(0, 35) m;
INSERT INTO odd SELECT 'for ever', CASE m WHEN 35 THEN 'infinity' ELSE (date '2020-01-01' + make_interval(months => m))::date END, m FROM generate_series(0, 35) m;
INSERT INTO odd SELECT 'not a number', (date '2020-01-01' + make_interval(months => m))::date, CASE m % 9 WHEN 4 THEN 'NaN'::float8 ELSE 20 + m % 5 END FROM generate_series(0, 35) m;
INSERT INTO odd VALUES ('nothing', NULL, 1), ('nothing', '2020-01-01', NULL);

CREATE TEMP TABLE made AS
SELECT shop, p.* FROM (SELECT shop, fin_forecast(month, amount, 6) AS points FROM (SELECT * FROM sales UNION ALL SELECT * FROM odd) q GROUP BY shop) g, unnest(points) p;
SELECT is((SELECT count(DISTINCT shop) FROM made), 214::bigint, 'every series has an answer, whatever the others are');
SELECT is_empty($$ SELECT shop FROM made WHERE status NOT IN ('ok', 'estimated', 'insufficient_data', 'not_applicable', 'undefined', 'infinite', 'not_available') $$, 'with a status of the contract');
SELECT is_empty($$ SELECT shop FROM made WHERE (status IN ('ok', 'estimated')) <> (predicted IS NOT NULL) OR status <> 'ok' AND reason IS NULL $$, 'and a prediction or a reason');
SELECT is_empty($$ SELECT shop, count(*) FROM made WHERE predicted IS NOT NULL GROUP BY shop HAVING array_agg(step ORDER BY step) <> ARRAY[1, 2, 3, 4, 5, 6] $$, 'the steps are those of the horizon');
SELECT is_empty($$ SELECT shop FROM made WHERE 'NaN' IN (predicted, lo80, hi80, lo95, hi95) OR greatest(abs(predicted), abs(lo95), abs(hi95)) = 'Infinity' $$, 'no NaN leaves');
SELECT is_empty($$ SELECT shop FROM made WHERE predicted IS NOT NULL AND NOT (lo95 <= lo80 AND lo80 < hi80 AND hi80 <= hi95 AND predicted BETWEEN lo80 AND hi80) $$, 'intervals are ordered around the prediction and have a width');
SELECT is((SELECT array_agg(ts ORDER BY step) FROM made WHERE shop = 'shop 001'),
    ARRAY['2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01', '2024-05-01', '2024-06-01']::timestamptz[], 'months follow the last one of the history');
SELECT cmp_ok((SELECT count(*) FROM made WHERE shop LIKE 'shop%' AND status IN ('ok', 'estimated')), '>=', 1200::bigint, 'ordinary series are forecast');
SELECT cmp_ok((SELECT max(abs(predicted / (100 * substr(shop, 6)::int) - 1)) FROM made WHERE shop LIKE 'shop%'), '<', 1::float8, 'near to what they were');
SELECT results_eq($$ SELECT DISTINCT shop, status FROM made WHERE shop IN ('infinite', 'for ever', 'nothing', 'one') ORDER BY shop $$,
    $$ VALUES ('for ever', 'undefined'), ('infinite', 'undefined'), ('nothing', 'insufficient_data'), ('one', 'insufficient_data') $$, 'series that cannot be forecast say so');
SELECT results_eq($$ SELECT shop, count(*), bool_and(step IS NULL AND ts IS NULL AND predicted IS NULL) FROM made WHERE predicted IS NULL GROUP BY shop ORDER BY shop LIMIT 1 $$,
    $$ VALUES ('for ever', 1::bigint, true) $$, 'in one row without figures');
SELECT is((SELECT reason FROM made WHERE shop = 'infinite'), 'a value is infinite', 'and say why');
SELECT is((SELECT (fin_forecast(month, amount, 6, '{"language": "ru"}'))[1].reason FROM odd WHERE shop = 'infinite'), 'одно из значений бесконечно', 'in Russian too');

SELECT is((SELECT fin_forecast(month, amount, 6)::text FROM sales WHERE shop = 'shop 007'),
    (SELECT fin_forecast(month, amount, 6)::text FROM (SELECT * FROM sales WHERE shop = 'shop 007' UNION ALL VALUES ('x', NULL::date, 1.0::float8), ('x', '2030-01-01', NULL)) q),
    'rows with NULL tell nothing');
SELECT is((SELECT fin_forecast(month, amount, 6)::text FROM sales WHERE shop = 'shop 007'),
    (SELECT fin_forecast(month, amount, 6 ORDER BY amount)::text FROM sales WHERE shop = 'shop 007'), 'the order of rows does not matter');
SELECT is((SELECT fin_forecast(month, amount, 6)::text FROM sales WHERE shop = 'shop 007'),
    (SELECT fin_forecast(month::timestamp + interval '13 hours', amount, 6)::text FROM sales WHERE shop = 'shop 007'), 'a timestamp counts by its day');
SELECT is((SELECT fin_forecast(month, amount, 6)::text FROM sales WHERE shop = 'shop 007'),
    (SELECT fin_forecast(month, amount, 6, '{}')::text FROM sales WHERE shop = 'shop 007'), 'no options are the default ones');
-- 20:00 in UTC on the last day of a month is the first of the next in Tokyo.
SET LOCAL TimeZone = 'Asia/Tokyo';
SELECT is((SELECT fin_forecast(month, amount, 3)::text FROM sales WHERE shop = 'shop 007'),
    (SELECT fin_forecast((month::timestamp AT TIME ZONE 'UTC') - interval '4 hours', amount, 3)::text FROM sales WHERE shop = 'shop 007'), 'a timestamptz counts by the day of the session''s time zone');
SELECT is((SELECT (fin_forecast(month, amount, 1))[1].ts FROM sales WHERE shop = 'shop 007'), '2024-01-01 00:00 Asia/Tokyo', 'and midnight is that zone''s');
SET LOCAL TimeZone = 'UTC';

-- The workers of a parallel plan, and threads without one, give what one process alone gives.
CREATE TABLE fin_test_sales AS SELECT * FROM sales ORDER BY shop, month;
CREATE TABLE fin_test_shuffled AS SELECT * FROM sales ORDER BY month, shop;
ANALYZE fin_test_sales, fin_test_shuffled;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; whole text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP whole := whole || line || E'\n'; END LOOP;
    RETURN whole;
END $$;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE alone AS SELECT shop, fin_forecast(month, amount, 6)::text AS points FROM fin_test_sales GROUP BY shop;
SET LOCAL max_parallel_workers_per_gather = 2;
CREATE TEMP TABLE helped AS SELECT shop, fin_forecast(month, amount, 6)::text AS points FROM sales GROUP BY shop;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT alike(pg_temp.plan_of('SELECT shop, fin_forecast(month, amount, 6) FROM fin_test_sales GROUP BY shop'), '%Workers Planned%Partial%Aggregate%Parallel Seq Scan%', 'GROUP BY is planned with parallel workers');
CREATE TEMP TABLE side_by_side AS SELECT shop, fin_forecast(month, amount, 6)::text AS points FROM fin_test_sales GROUP BY shop;
CREATE TEMP TABLE shuffled AS SELECT shop, fin_forecast(month, amount, 6)::text AS points FROM fin_test_shuffled GROUP BY shop;
SELECT set_eq('SELECT * FROM side_by_side', 'SELECT * FROM alone', 'parallel workers give the same forecasts');
SELECT set_eq('SELECT * FROM shuffled', 'SELECT * FROM alone', 'also where each of them sees a part of every series');
SELECT set_eq('SELECT * FROM helped', 'SELECT * FROM alone', 'and so do threads where there are no workers');
SET LOCAL enable_hashagg = off;
CREATE TEMP TABLE sorted AS SELECT shop, fin_forecast(month, amount, 6)::text AS points FROM fin_test_shuffled GROUP BY shop;
SELECT set_eq('SELECT * FROM sorted', 'SELECT * FROM alone', 'sorted groups too');
SET LOCAL enable_hashagg = on;
CREATE TEMP TABLE rolled AS SELECT shop, month IS NULL AS total, fin_forecast(month, amount, 6)::text AS points FROM fin_test_shuffled GROUP BY ROLLUP (shop), month IS NULL;
SELECT is((SELECT count(*) FROM rolled JOIN alone USING (shop, points)), 200::bigint, 'grouping sets do not disturb each other');
SELECT lives_ok($$ SELECT shop, fin_forecast(month, amount, 6) FROM fin_test_shuffled GROUP BY shop LIMIT 3 $$, 'a statement may end before its groups do');
SELECT is((SELECT count(DISTINCT f::text) FROM (SELECT fin_forecast(month, amount, 2) OVER (ORDER BY month) AS f FROM sales WHERE shop = 'shop 001') q) > 12, true, 'a window''s forecast moves with its rows');

SELECT throws_ok($$ SELECT fin_forecast(month, amount, 6, '{"modell": "ets"}') FROM sales $$, '22023', 'unknown option "modell"', 'an unknown option is refused by name');
SELECT throws_ok($$ SELECT fin_forecast(month, amount, 6, '{"model": "oracle"}') FROM sales $$, '22023', NULL, 'so is a model that there is not');
SELECT throws_ok($$ SELECT fin_forecast(month, amount, 6, '{"period": 0}') FROM sales $$, '22023', 'option "period" must be a whole number from 1 to 366', 'and a value that is none');
SELECT throws_ok($$ SELECT fin_forecast(month, amount, 0) FROM sales $$, '22023', 'horizon must lie between 1 and 1000', 'a horizon begins at 1');
SELECT throws_ok($$ SELECT fin_forecast(month, amount, NULL) FROM sales $$, '22023', 'horizon must not be NULL', 'and is a number');
SELECT throws_ok($$ SELECT fin_forecast(month, amount, 6, '{"models": ["ets"]}') FROM sales $$, '22023', 'unknown option "models"', 'options of a backtest are its own');

CREATE TEMP TABLE scores AS SELECT s.* FROM (SELECT fin_backtest(month, amount, 3, '{"models": ["theta", "seasonal_naive"], "origins": 4}') AS all_scores FROM sales WHERE shop = 'shop 002') q, unnest(all_scores) s;
SELECT set_eq('SELECT model FROM scores', ARRAY['theta', 'seasonal_naive'], 'fin_backtest scores the models that are named');
SELECT is_empty($$ SELECT 1 FROM scores WHERE NOT (mase >= 0 AND smape BETWEEN 0 AND 200 AND coverage80 BETWEEN 0 AND 1 AND coverage95 BETWEEN coverage80 AND 1 AND width80 > 0 AND width95 >= width80 AND origins = 4) $$, 'with scores that can be');
SELECT is((SELECT count(*) FROM unnest((SELECT fin_backtest(month, amount, 3) FROM odd WHERE shop = 'nothing')) s WHERE status = 'insufficient_data'), 1::bigint, 'nothing to score is said');

CREATE TEMP TABLE explained AS SELECT e.* FROM (SELECT fin_explain_forecast(month, amount, 6) AS parts FROM sales WHERE shop = 'shop 003') q, unnest(parts) e;
SELECT is_empty($$ SELECT step FROM explained WHERE kind IN ('history', 'forecast') AND NOT abs(level + trend + season + event + remainder - value) <= 1e-6 * greatest(1, abs(value)) $$, 'parts add up to the value');
SELECT results_eq($$ SELECT kind, count(*) FROM explained WHERE kind IN ('history', 'forecast') GROUP BY 1 ORDER BY 1 $$, $$ VALUES ('forecast', 6::bigint), ('history', 48) $$, 'in every month, past and future');
SELECT results_eq($$ SELECT value FROM explained WHERE kind = 'forecast' ORDER BY step $$, $$ SELECT predicted FROM made WHERE shop = 'shop 003' ORDER BY step $$, 'and the future ones are the forecast');
SELECT cmp_ok((SELECT count(*) FROM explained WHERE kind = 'parameter' AND name IS NOT NULL AND value IS NOT NULL), '>', 0::bigint, 'the parameters are there');

SELECT cmp_ok((SELECT fin_seasonal_strength(sin(m * pi() / 6) ORDER BY m) FROM generate_series(0, 59) m), '>', 0.99::float8, 'a pure season explains everything');
SELECT is((SELECT fin_seasonal_strength((m % 4)::float8, 4 ORDER BY m) FROM generate_series(0, 59) m) > 0.99, true, 'a season of quarters too');
SELECT is((SELECT fin_seasonal_strength(m::float8 ORDER BY m) FROM generate_series(0, 22) m), NULL, 'less than two years tell of no season');
SELECT * FROM finish();
ROLLBACK;
