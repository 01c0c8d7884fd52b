-- Findings without a row, as a user sees them: fin_anomalies of a report with things missing, moved and paused.
BEGIN;
SELECT plan(17);
CREATE ROLE fin_test_ann LOGIN;
GRANT fin_user TO fin_test_ann;
CREATE TEMP TABLE book(name text, id uuid);
GRANT ALL ON book TO PUBLIC;
-- 36 months: sales to three customers, rent, two salaries, materials. Nothing is odd.
CREATE TEMP TABLE sound AS
    SELECT (date '2021-01-01' + make_interval(months => m))::date + 4 + 3 * c AS date, round((20000 + (m * 7919 + c * 104729) % 1601)::numeric, 2) AS amount, 'Sales' AS category, (ARRAY['Borealis', 'Cardinal', 'Dunmore'])[c + 1] AS counterparty FROM generate_series(0, 35) m, generate_series(0, 2) c
    UNION ALL SELECT (date '2021-01-01' + make_interval(months => m))::date, -6000, 'Rent', 'Harbor Estates' FROM generate_series(0, 35) m
    UNION ALL SELECT (date '2021-01-01' + make_interval(months => m))::date + 27, -9000 - 100 * p, 'Salaries', (ARRAY['J. Moss', 'P. Lind'])[p + 1] FROM generate_series(0, 35) m, generate_series(0, 1) p
    UNION ALL SELECT (date '2021-01-01' + make_interval(months => m))::date + 3 + 6 * k, -round((2500 + (m * 1299709 + k * 15485863) % 307)::numeric, 2), 'Materials', (ARRAY['Acorn Supply', 'Birch Parts', 'Cedar Goods', 'Dogwood Trade'])[k + 1] FROM generate_series(0, 35) m, generate_series(0, 3) k;
-- The same with the rent of March 2022 not paid and raised by 3 % from 2023 on, materials three times as dear from
-- June 2023 on, and no row at all in September 2021.
CREATE TEMP TABLE odd AS
    SELECT date, CASE WHEN category = 'Materials' AND date >= '2023-06-01' THEN 4 * amount
                      WHEN category = 'Rent' AND date >= '2023-01-01' THEN 1.03 * amount ELSE amount END AS amount, category, counterparty
    FROM sound
    WHERE NOT (category = 'Rent' AND date = '2022-03-01') AND date_trunc('month', date) <> '2021-09-01';
GRANT ALL ON sound, odd TO PUBLIC;

SET LOCAL SESSION AUTHORIZATION fin_test_ann;
CREATE FUNCTION pg_temp.csv(rows text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE body text;
BEGIN
    EXECUTE format('SELECT string_agg(format(%L, date, amount, category, counterparty), E''\n'' ORDER BY date, category, counterparty) FROM %I', '%s,%s,%s,%s', rows) INTO body;
    RETURN convert_to(E'date,amount,category,counterparty\n' || body || E'\n', 'UTF8');
END $$;
INSERT INTO book SELECT 'sound', fin_import('sound.csv', pg_temp.csv('sound'));
INSERT INTO book SELECT 'odd', fin_import('odd.csv', pg_temp.csv('odd'));
SELECT id AS sound FROM book WHERE name = 'sound' \gset
SELECT id AS odd FROM book WHERE name = 'odd' \gset
CREATE TEMP TABLE found AS SELECT * FROM fin_anomalies(:'odd') WHERE row_no IS NULL;

SELECT is_empty(format('SELECT * FROM fin_anomalies(%L) WHERE row_no IS NULL AND severity <> ''low''', :'sound'),
    'a sound company has no finding without a row that is more than information');
SELECT results_eq('SELECT DISTINCT kind FROM found ORDER BY 1', ARRAY['amount_change', 'gap', 'level_shift', 'missing_recurring'], 'all that was planted is found, and nothing else');

SELECT is((SELECT booked_on FROM found WHERE kind = 'missing_recurring'), date '2022-03-01', 'the rent that was not paid is found on the day it was due');
SELECT is((SELECT counterparty FROM found WHERE kind = 'missing_recurring'), 'Harbor Estates', 'with the landlord');
SELECT is((SELECT expected FROM found WHERE kind = 'missing_recurring'), -6000.0000, 'and the amount that was expected');
SELECT isnt((SELECT severity FROM found WHERE kind = 'missing_recurring'), 'low', 'it is more than information');
SELECT ok((SELECT reason LIKE '%2022-03-01%' FROM found WHERE kind = 'missing_recurring'), 'the reason names the day');

SELECT is((SELECT severity FROM found WHERE kind = 'amount_change'), 'low', 'a rent that is indexed is information');
SELECT is((SELECT amount FROM found WHERE kind = 'amount_change'), -6180.0000, 'with the new amount');
SELECT is((SELECT expected FROM found WHERE kind = 'amount_change'), -6000.0000, 'and the old one');

SELECT is((SELECT count(*) FROM found WHERE kind = 'level_shift'), 1::bigint, 'materials that became dearer are told once, and not again as the total');
SELECT is((SELECT booked_on || ' ' || category FROM found WHERE kind = 'level_shift'), '2023-06-01 Materials', 'in their first month');
SELECT isnt((SELECT severity FROM found WHERE kind = 'level_shift'), 'low', 'and are more than information');

SELECT is((SELECT booked_on FROM found WHERE kind = 'gap'), date '2021-09-01', 'the month without rows is found');
SELECT ok((SELECT amount IS NULL AND expected IS NULL FROM found WHERE kind = 'gap'), 'no amount stands for it');
SELECT is_empty($$ SELECT * FROM found WHERE NOT score BETWEEN 0 AND 1 OR reason IS NULL OR booked_on IS NULL $$, 'every finding has a score, a day and a reason');
SELECT is_empty(format($$ SELECT * FROM jsonb_array_elements(fin_analyze(%L, '{"language": "ru"}') -> 'anomalies') a WHERE a ->> 'row_no' IS NULL AND a ->> 'reason' !~ '[а-я]' $$, :'odd'),
    'reasons are Russian where that is asked for');
SELECT * FROM finish();
ROLLBACK;
