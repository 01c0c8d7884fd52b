-- The isolation forest in SQL: fit, predict and score agree; odd rows and damaged models.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS pg_fin;
SELECT plan(30);

-- Points on a circle and one in the middle of nowhere.
CREATE TEMP TABLE points AS
    SELECT i, CASE WHEN i = 400 THEN 9 ELSE sin(i) END AS x, CASE WHEN i = 400 THEN -9 ELSE cos(i) END AS y FROM generate_series(1, 400) i;
CREATE TEMP TABLE model AS SELECT fin_isolation_fit(ARRAY[x, y]) AS model FROM points;
CREATE TEMP TABLE scored AS
    SELECT i, fin_isolation_score(ARRAY[x, y]) OVER () AS score, fin_isolation_predict(model, ARRAY[x, y]) AS predicted FROM points, model;

SELECT is(i, 400, 'the outlier scores highest') FROM scored ORDER BY score DESC LIMIT 1;
SELECT cmp_ok(score, '>', 0.7::float8, 'and far above the others') FROM scored WHERE i = 400;
SELECT is_empty('SELECT 1 FROM scored WHERE score <= 0 OR score >= 1 OR score IS NULL', 'scores lie between 0 and 1');
SELECT is_empty('SELECT 1 FROM scored WHERE score <> predicted', 'the window scores as fit and predict do');
SELECT is((SELECT fin_isolation_fit(ARRAY[x, y] ORDER BY i DESC) FROM points), model, 'the order of rows does not matter') FROM model;
SELECT is((SELECT fin_isolation_fit(ARRAY[x * 1024, y / 4] ORDER BY i) FROM points) = model, false, 'the model knows its units') FROM model;
SELECT results_eq('SELECT fin_isolation_score(ARRAY[x * 1024, y / 4]) OVER () FROM points ORDER BY i', 'SELECT score FROM scored ORDER BY i', 'the scores do not');
SELECT results_eq('SELECT fin_isolation_score(ARRAY[x, y]) OVER (ORDER BY i ROWS 3 PRECEDING) FROM points ORDER BY i', 'SELECT score FROM scored ORDER BY i', 'order and frame do not matter');
SELECT results_eq($$ SELECT fin_isolation_score(ARRAY[x, y]) OVER (PARTITION BY i % 2) FROM points WHERE i % 2 = 0 ORDER BY i $$,
                  $$ SELECT fin_isolation_score(ARRAY[x, y]) OVER () FROM points WHERE i % 2 = 0 ORDER BY i $$, 'partitions are scored apart');
SELECT is(fin_isolation_predict(model, ARRAY[NULL, NULL]::float8[]), NULL, 'a row without any known value has no score') FROM model;
SELECT ok(fin_isolation_predict(model, ARRAY[NULL, 0.5]) BETWEEN 0.3 AND 0.8, 'a missing value is nothing odd') FROM model;
SELECT is(fin_isolation_predict(model, ARRAY['NaN', 0.5]::float8[]), fin_isolation_predict(model, ARRAY[NULL, 0.5]), 'NaN is a missing value') FROM model;
SELECT is(fin_isolation_predict(model, ARRAY['Infinity', 0.5]::float8[]), fin_isolation_predict(model, ARRAY[9, 0.5]), 'infinity is the greatest value seen') FROM model;
SELECT is(fin_isolation_predict(NULL, ARRAY[1, 2]), NULL, 'no model, no score');
SELECT is(fin_isolation_fit(NULL), NULL, 'no rows, no model');
SELECT is(fin_isolation_fit(ARRAY[NULL]::float8[]), NULL, 'nothing known, no model');
SELECT is(fin_isolation_score(ARRAY[7]) OVER (), 0.5::float8, 'one row is as usual as itself');
SELECT results_eq('SELECT round((fin_isolation_score(ARRAY[7, NULL]) OVER ())::numeric, 6) FROM generate_series(1, 500)', 'SELECT 0.5 FROM generate_series(1, 500)', 'so are equal rows');
SELECT results_eq('SELECT fin_isolation_score(v) OVER () FROM (VALUES (NULL::float8[]), (ARRAY[1.0]), (NULL)) t(v)', 'VALUES (NULL), (0.5), (NULL::float8)', 'a row of NULL is left out');

SELECT throws_ok('SELECT fin_isolation_fit(v) FROM (VALUES (ARRAY[1, 2]), (ARRAY[1])) t(v)', '22023', 'rows have different numbers of features');
SELECT throws_ok('SELECT fin_isolation_score(v) OVER () FROM (VALUES (ARRAY[1, 2]), (ARRAY[1, 2, 3])) t(v)', '22023', 'rows have different numbers of features');
SELECT throws_ok($$ SELECT fin_isolation_fit('{}'::float8[]) $$, '22023', 'features are empty');
SELECT throws_ok('SELECT fin_isolation_fit(ARRAY[[1, 2], [3, 4]])', '22023', 'features have more than one dimension');
SELECT throws_ok('SELECT fin_isolation_fit(array_fill(1::float8, ARRAY[1000000]))', '54000', 'too many features');
SELECT throws_ok('SELECT fin_isolation_predict(model, ARRAY[1, 2, 3]) FROM model', '22023', 'the row has another number of features than the model');
SELECT throws_ok($$ SELECT fin_isolation_predict('', ARRAY[1]) $$, '22000', 'not a model of an isolation forest');
SELECT throws_ok($$ SELECT fin_isolation_predict('FIF1 but no more', ARRAY[1]) $$, '22000', 'not a model of an isolation forest');
SELECT throws_ok('SELECT fin_isolation_predict(set_byte(model, 500, get_byte(model, 500) # 1), ARRAY[1, 2]) FROM model', '22000', 'not a model of an isolation forest');

-- Two models in turn: the one read before must not answer for the other.
CREATE TEMP TABLE models AS SELECT g, fin_isolation_fit(ARRAY[x + g, y]) AS model FROM points, generate_series(0, 1) g GROUP BY g;
SELECT is(count(DISTINCT fin_isolation_predict(model, ARRAY[1.5, 0.5])), 2::bigint, 'each model scores for itself') FROM models, generate_series(1, 3);
SELECT is_empty($$ SELECT 1 FROM points, models m0, models m1 WHERE m0.g = 0 AND m1.g = 1 AND i % 40 = 0
                   AND fin_isolation_predict(CASE WHEN i % 80 = 0 THEN m0.model ELSE m1.model END, ARRAY[x, y]) IS DISTINCT FROM
                       CASE WHEN i % 80 = 0 THEN fin_isolation_predict(m0.model, ARRAY[x, y]) ELSE fin_isolation_predict(m1.model, ARRAY[x, y]) END $$,
                'also row by row');

SELECT * FROM finish();
ROLLBACK;
