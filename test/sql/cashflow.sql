-- Cash-flow aggregates against LibreOffice Calc (test/reference/cashflow_libreoffice.py), and where no answer exists.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS pg_fin;
SELECT plan(30);

CREATE TEMP TABLE flows (day date, amount float8);
INSERT INTO flows VALUES ('2008-01-01', -10000), ('2008-03-01', 2750), ('2008-10-30', 4250), ('2009-02-15', 3250), ('2009-04-01', 2750);

SELECT is(round(fin_xirr(amount, day)::numeric, 8), 0.37336253, 'XIRR of a small example') FROM flows;
SELECT is(fin_xirr(amount, day ORDER BY day DESC), (SELECT fin_xirr(amount, day) FROM flows), 'XIRR does not depend on order') FROM flows;
SELECT is(fin_xirr(amount, day), NULL, 'no XIRR without a change of sign') FROM flows WHERE amount > 0;
SELECT is(fin_xirr(amount, day), NULL, 'no XIRR of no rows') FROM flows WHERE false;
SELECT is(fin_xirr(amount, '2020-01-01'), NULL, 'no XIRR on one day') FROM flows;
SELECT is(fin_xirr(amount, day), (SELECT fin_xirr(amount, day) FROM flows), 'XIRR leaves rows with NULL out')
    FROM (SELECT * FROM flows UNION ALL VALUES (NULL::date, 1e6::float8), ('2009-01-01', NULL)) q;
SELECT throws_ok($$ SELECT fin_xirr('NaN', day) FROM flows $$, '22003', 'cash flow is not a finite number');
SELECT throws_ok($$ SELECT fin_xirr(1, 'infinity') $$, '22003', 'cash flow on an infinite date');

SELECT is(round(fin_irr(amount ORDER BY i)::numeric, 3), -0.021, 'IRR after four years')
    FROM unnest(ARRAY[-70000, 12000, 15000, 18000, 21000]::float8[]) WITH ORDINALITY f(amount, i);
SELECT is(round(fin_irr(amount ORDER BY i)::numeric, 3), 0.087, 'IRR after five years')
    FROM unnest(ARRAY[-70000, 12000, 15000, 18000, 21000, 26000]::float8[]) WITH ORDINALITY f(amount, i);
SELECT is(round(fin_irr(amount ORDER BY i)::numeric, 9), 0.250000000, 'of the rates 25 % and 400 % the one nearest to 0')
    FROM unnest(ARRAY[-1600, 10000, -10000]::float8[]) WITH ORDINALITY f(amount, i);
SELECT is(fin_irr(amount ORDER BY i), NULL, 'no IRR where no rate brings the value to zero')
    FROM unnest(ARRAY[1, -2, 2]::float8[]) WITH ORDINALITY f(amount, i);

SELECT is(round(fin_npv(0.1, amount ORDER BY i)::numeric, 2), 1188.44, 'NPV of a small example')
    FROM unnest(ARRAY[-10000, 3000, 4200, 6800]::float8[]) WITH ORDINALITY f(amount, i);
SELECT is(round((fin_npv(0.08, amount ORDER BY i) - 40000)::numeric, 2), 1922.06, 'NPV of another, less what is paid now')
    FROM unnest(ARRAY[8000, 9200, 10000, 12000, 14500]::float8[]) WITH ORDINALITY f(amount, i);
SELECT is(fin_npv(0.1, amount), NULL, 'no NPV of no rows') FROM flows WHERE false;
SELECT throws_ok($$ SELECT fin_npv(-1, amount) FROM flows $$, '22023', 'discount rate must be above -1');
SELECT throws_ok($$ SELECT fin_npv(amount / 1e6, amount) FROM flows $$, '22023', 'the discount rate changes between rows');

SELECT is(round(fin_cagr(value ORDER BY i)::numeric, 6), 0.238562, 'compound growth of four years')
    FROM unnest(ARRAY[10000, 8000, 15000, 19000]::float8[]) WITH ORDINALITY f(value, i);
SELECT is(fin_cagr(1.0), NULL, 'one value does not grow');
SELECT is(round(fin_cagr(10000, 19000, 3)::numeric, 6), 0.238562, 'compound growth from end to end');
SELECT is(fin_cagr(-1, 5, 2), NULL, 'no compound growth from a negative value');

SELECT results_eq(
    $$ SELECT g, round(fin_xirr(amount * g, day)::numeric, 6) FROM flows, generate_series(1, 3) g GROUP BY g ORDER BY g $$,
    $$ VALUES (1, 0.373363), (2, 0.373363), (3, 0.373363) $$, 'each group has its own state');

-- Parallel workers: the same flows 20,000 times over have the same rate.
CREATE TABLE many_flows AS SELECT f.* FROM flows f, generate_series(1, 20000);
ALTER TABLE many_flows SET (parallel_workers = 2);
ANALYZE many_flows;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE FUNCTION plan_of(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || statement;
END $$;
SELECT ok(EXISTS (SELECT 1 FROM plan_of('SELECT fin_xirr(amount, day) FROM many_flows') line WHERE line ~ 'Partial Aggregate'),
          'XIRR runs in parallel workers');
SELECT is(round(fin_xirr(amount, day)::numeric, 8), 0.37336253, 'and gives the same rate') FROM many_flows;

-- Every case of LibreOffice, within 1e-9 of the value; rates near 0 on 1 + rate.
\set reference `base64 -w 0 "$FIN_TEST_DATA/reference/cashflow.csv"`
CREATE TEMP TABLE reference AS
    SELECT no, f[1] AS function, nullif(f[2], '')::float8 AS rate, string_to_array(f[3], ' ')::float8[] AS amounts,
           string_to_array(f[4], ' ')::date[] AS days, f[5]::float8 AS value
    FROM string_to_table(convert_from(decode(:'reference', 'base64'), 'UTF8'), E'\n') WITH ORDINALITY l(line, no),
         string_to_array(line, ',') f
    WHERE no > 1 AND line <> '';
CREATE TEMP TABLE computed AS
    SELECT function, no, value, CASE function WHEN 'irr' THEN (SELECT fin_irr(a ORDER BY i) FROM unnest(amounts) WITH ORDINALITY u(a, i))
                                    WHEN 'xirr' THEN (SELECT fin_xirr(a, d) FROM unnest(amounts, days) u(a, d))
                                    WHEN 'npv' THEN (SELECT fin_npv(rate, a ORDER BY i) FROM unnest(amounts) WITH ORDINALITY u(a, i))
                                    WHEN 'cagr' THEN fin_cagr(amounts[1], amounts[2], rate) END AS ours
    FROM reference WHERE function <> 'xnpv';
SELECT is(string_agg(function || ' ' || count, ', ' ORDER BY function), 'cagr 31, irr 60, npv 63, xirr 80', 'the cases of LibreOffice are there')
    FROM (SELECT function, count(*) FROM computed GROUP BY 1) q;
SELECT is_empty('SELECT * FROM computed WHERE ours IS NULL', 'each has an answer');
SELECT is_empty(format('SELECT * FROM computed WHERE function = %L AND abs(ours - value) > 1e-9 * (abs(value) + (function IN (''irr'', ''xirr''))::int)', f),
                f || ' is that of LibreOffice')
    FROM unnest(ARRAY['irr', 'xirr', 'npv', 'cagr']) f;

SELECT * FROM finish();
ROLLBACK;
