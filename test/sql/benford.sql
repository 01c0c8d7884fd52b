-- Benford's law in SQL: verdicts, statuses, parallel workers.
\pset fieldsep '\n'
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS pg_fin;
SELECT plan(17);

-- Powers of 2 follow the law; equal steps do not.
CREATE TABLE powers AS SELECT 2::float8 ^ (i / 100.0) AS amount FROM generate_series(1, 3000) i;
CREATE TABLE steps AS SELECT i::float8 AS amount FROM generate_series(1, 9999) i;
SELECT is(b ->> 'status', 'ok', 'powers: the test applies'),
       is(b #>> '{first_digit,verdict}', 'conforming', 'their first digits follow the law'),
       is(b #>> '{first_two,verdict}', 'conforming', 'their first two as well'),
       is((b ->> 'n')::int, 3000, 'all are counted'),
       is(round((b #>> '{first_digit,limit}')::numeric, 6), 0.006390, 'the limit fits 3,000 amounts: 0.35 / sqrt(n)')
    FROM (SELECT fin_benford(amount) AS b FROM powers) q;
SELECT is(b #>> '{first_digit,verdict}', 'nonconforming', 'steps: first digits do not'),
       is(b #>> '{first_digit,counts}', '[1111, 1111, 1111, 1111, 1111, 1111, 1111, 1111, 1111]', 'each digit occurs as often'),
       -- mean |1/9 - log10(1 + 1/d)| = 2 (log10(4) - 3/9) / 9
       is(round((b #>> '{first_digit,mad}')::numeric, 6), round((2 * (log(4) - 3.0 / 9) / 9)::numeric, 6), 'the MAD by hand'),
       is((b #>> '{first_digit,degrees_of_freedom}')::int, 8, 'degrees of freedom'),
       ok((b #>> '{first_digit,p_value}')::float8 < 1e-100, 'chance does not make this')
    FROM (SELECT fin_benford(amount) AS b FROM steps) q;
SELECT is((SELECT fin_benford(-amount) FROM powers), (SELECT fin_benford(amount) FROM powers), 'signs do not matter');
SELECT is(fin_benford(amount) ->> 'left_out', '3', 'zeros, NaN and infinities are counted apart, NULL is nothing')
    FROM unnest(ARRAY[0, 'NaN', 'Infinity', NULL, 5]::float8[]) amount;
SELECT is(fin_benford(amount) ->> 'status', 'insufficient_data', 'too few amounts') FROM powers WHERE amount < 4;
SELECT is(fin_benford(amount) ->> 'status', 'not_applicable', 'too narrow a range') FROM steps WHERE amount > 1000;
SELECT is(fin_benford(amount) ->> 'reason', 'at least 300 amounts other than zero are needed, there are 0', 'no rows: a reason') FROM steps WHERE false;

ALTER TABLE steps SET (parallel_workers = 2);
ANALYZE steps;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE FUNCTION plan_of(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || statement;
END $$;
SELECT ok(EXISTS (SELECT 1 FROM plan_of('SELECT fin_benford(amount) FROM steps') line WHERE line ~ 'Partial Aggregate'), 'it runs in parallel workers');
CREATE TEMP TABLE together AS SELECT fin_benford(amount) AS b FROM steps;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is((SELECT b FROM together), fin_benford(amount), 'and gives the same') FROM steps;

SELECT * FROM finish();
ROLLBACK;
