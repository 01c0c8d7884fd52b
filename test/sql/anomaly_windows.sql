-- Robust windows against the same statistics by percentile_cont over each row's frame.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS pg_fin;
SELECT plan(30);

CREATE TABLE windowed AS
    SELECT i, i % 4 AS part, i / 7 AS tied, CASE WHEN i % 11 = 0 THEN NULL ELSE (i * 7919) % 13 + CASE WHEN i = 500 THEN 1000 ELSE 0 END END::float8 AS value
    FROM generate_series(1, 600) i;
-- Robust z-score of a value among others, by the definition.
CREATE FUNCTION z_by_definition(value float8, frame float8[]) RETURNS float8 LANGUAGE sql AS $$
    WITH centre AS (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY e) AS median FROM unnest(frame) e),
         spread AS (SELECT min(median) AS median, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(e - median)) AS mad, avg(abs(e - median)) AS mean
                    FROM unnest(frame) e, centre)
    SELECT CASE WHEN value IS NULL OR median IS NULL THEN NULL WHEN value = median THEN 0 WHEN mad > 0 THEN (value - median) / (1.482602218505602 * mad)
                WHEN mean > 0 THEN (value - median) / (1.2533141373155003 * mean) ELSE sign(value - median) * 'Infinity'::float8 END
    FROM spread $$;
CREATE FUNCTION differences(frame text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT fin_zscore(value) OVER w AS ours, z_by_definition(value, array_agg(value) OVER w) AS theirs FROM windowed WINDOW w AS (%s)) q
                    WHERE ours IS DISTINCT FROM theirs AND NOT coalesce(abs(ours - theirs) < 1e-9 * (1 + abs(theirs)), false)', frame) INTO found;
    RETURN found;
END $$;
SELECT is(differences(frame), 0::bigint, 'z-score by the definition: OVER (' || frame || ')')
    FROM unnest(ARRAY['', 'PARTITION BY part', 'ORDER BY i', 'PARTITION BY part ORDER BY i', 'ORDER BY tied',
                      'ORDER BY tied RANGE BETWEEN 3 PRECEDING AND 1 FOLLOWING', 'ORDER BY i DESC ROWS BETWEEN 30 PRECEDING AND 1 PRECEDING',
                      'ORDER BY tied GROUPS BETWEEN 2 PRECEDING AND CURRENT ROW', 'ORDER BY i ROWS BETWEEN 5 FOLLOWING AND 9 FOLLOWING',
                      'ORDER BY i ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
                      'ORDER BY tied, i ROWS BETWEEN 10 PRECEDING AND 10 FOLLOWING EXCLUDE CURRENT ROW',
                      'ORDER BY tied ROWS BETWEEN 10 PRECEDING AND 10 FOLLOWING EXCLUDE GROUP',
                      'ORDER BY tied ROWS BETWEEN 3 PRECEDING AND 4 FOLLOWING EXCLUDE TIES',
                      'ORDER BY tied ROWS BETWEEN 9 PRECEDING AND 3 PRECEDING EXCLUDE GROUP']) frame;

SELECT results_eq('SELECT i FROM (SELECT i, fin_anomaly(value) OVER () AS odd FROM windowed) q WHERE odd', ARRAY[500], 'the planted value is the only anomaly');
SELECT is_empty('SELECT i FROM (SELECT i, fin_anomaly(value, 1e6) OVER () AS odd FROM windowed) q WHERE odd', 'a higher threshold finds none');
SELECT is(count(*) FILTER (WHERE odd IS NULL), 54::bigint, 'NULL is neither odd nor usual') FROM (SELECT fin_anomaly(value) OVER () AS odd FROM windowed) q;
SELECT results_eq('SELECT fin_anomaly(v) OVER () FROM unnest(ARRAY[1, 1.1, 1, 900]) v', 'SELECT false FROM generate_series(1, 4)', 'of four values none is odd');
SELECT results_eq('SELECT fin_anomaly(v) OVER () FROM unnest(ARRAY[1, 1.1, 1, 0.9, 900]) v', 'VALUES (false), (false), (false), (false), (true)', 'of five one is');
SELECT results_eq('SELECT fin_zscore(v) OVER () FROM unnest(ARRAY[0.1, 0.1, 0.1]::float8[]) v', 'VALUES (0::float8), (0), (0)', 'equal values are not odd');
SELECT results_eq('SELECT fin_zscore(v) OVER (ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) FROM unnest(ARRAY[5, 5, 5, 6, 4]) WITH ORDINALITY u(v, i)',
                  $$ VALUES (NULL::float8), (0), (0), ('Infinity'), (-1 / (1.2533141373155003 * 0.25)) $$, 'beside its own history: none, equal, never seen before');
SELECT results_eq($$ SELECT fin_zscore(v) OVER () FROM unnest(ARRAY['-Infinity', 1, 2, 3, 'Infinity', 'NaN']::float8[]) v $$,
                  $$ VALUES ('-Infinity'::float8), (-1 / 1.482602218505602), (0), (1 / 1.482602218505602), ('Infinity'), (NULL) $$, 'infinities lie at the ends, NaN is no value');
SELECT is(fin_zscore(12.5::numeric) OVER (), 0::float8, 'one row, numeric');
SELECT is(fin_zscore(NULL) OVER (), NULL, 'NULL has no z-score');
SELECT is_empty('SELECT fin_zscore(value) OVER () FROM windowed WHERE false', 'no rows, no answer');
SELECT throws_ok('SELECT fin_anomaly(1, 0) OVER ()', '22023', 'the threshold of fin_anomaly must be above 0');
SELECT throws_ok('SELECT fin_anomaly(1, NULL) OVER ()', '22023', 'the threshold of fin_anomaly must be above 0');
SELECT throws_ok('SELECT fin_zscore(1)', '42809');

-- A partition that does not fit into work_mem is read from a file; a long window must not take quadratic time.
SET LOCAL work_mem = '64kB';
SET LOCAL statement_timeout = '60s';
SELECT is(count(z), 100000::bigint, 'a large partition') FROM (SELECT fin_zscore(i) OVER () AS z FROM generate_series(1, 100000) i) q;
SELECT is(count(z), 100000::bigint, 'a running frame over it') FROM (SELECT fin_zscore(i) OVER (ORDER BY i) AS z FROM generate_series(1, 100000) i) q;

SELECT * FROM finish();
ROLLBACK;
