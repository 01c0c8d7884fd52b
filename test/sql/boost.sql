-- Gradient boosting in SQL: training, prediction, options by name, odd rows, hostile models, threads.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS pg_fin;
SELECT plan(38);

CREATE TEMP TABLE d AS
    SELECT i, sin(i)::float8 AS a, cos(i * 1.7)::float8 AS b, CASE WHEN i % 7 <> 0 THEN (i % 13)::float8 END AS c,
           (sin(i) + cos(i * 1.7) + coalesce(i % 13, 0) / 13.0 > 0.7)::int::float8 AS y
    FROM generate_series(1, 600) i;
CREATE TEMP TABLE m AS SELECT fin_boost_train(ARRAY[a, b, c], y) AS model FROM d;

SELECT is(pg_typeof(model)::text, 'json', 'a model is JSON') FROM m;
SELECT is(model -> 'learner' -> 'objective' ->> 'name', 'binary:logistic', 'of XGBoost''s own shape') FROM m;
SELECT is(json_array_length(model -> 'learner' -> 'gradient_booster' -> 'model' -> 'trees'), 100, 'with 100 trees') FROM m;
SELECT cmp_ok(count(*) FILTER (WHERE (fin_boost_predict(model, ARRAY[a, b, c]) > 0.5)::int = y), '>=', 595::bigint, 'it has learned') FROM d, m;
SELECT is_empty('SELECT 1 FROM d, m WHERE fin_boost_predict(model, ARRAY[a, b, c]) NOT BETWEEN 0 AND 1', 'predictions are probabilities');
SELECT is(fin_boost_predict_rows((SELECT model FROM m), array_agg(ARRAY[a, b, c] ORDER BY i)),
          array_agg(fin_boost_predict((SELECT model FROM m), ARRAY[a, b, c]) ORDER BY i), 'many rows at once: the same') FROM d;
SELECT is(fin_boost_predict_rows(model, '{}'), '{}'::float8[], 'no rows, no predictions') FROM m;
SELECT is(fin_boost_predict(model, ARRAY[0.1, 'NaN', 3]::float8[]), fin_boost_predict(model, ARRAY[0.1, NULL, 3]), 'NaN is a missing value') FROM m;
SELECT ok(fin_boost_predict(model, ARRAY['Infinity', '-Infinity', 1e300]::float8[]) BETWEEN 0 AND 1, 'infinity lies beyond every split') FROM m;
SELECT is(fin_boost_predict(NULL, ARRAY[1.0]), NULL, 'no model, no prediction');
SELECT is(fin_boost_predict(model, NULL), NULL, 'no row, no prediction') FROM m;
SELECT is(fin_boost_train(NULL::float8[], 1)::text, NULL, 'no rows, no model');
SELECT is((SELECT fin_boost_train(f, l)::text FROM (VALUES (ARRAY[1.0::float8], 1.0::float8), (NULL, 0), (ARRAY[2], NULL)) t(f, l)),
          fin_boost_train(ARRAY[1.0], 1)::text, 'rows without features or label are left out');

-- The same rows, the same bytes: whatever their order, how many threads, and what was trained before.
SELECT is((SELECT fin_boost_train(ARRAY[a, b, c], y ORDER BY i DESC)::text FROM d), model::text, 'the order of rows does not matter') FROM m;
SELECT is((SELECT fin_boost_train(ARRAY[a, b, c], y, '{"subsample": 0.5, "colsample": 0.5, "rounds": 9}' ORDER BY b)::text FROM d),
          (SELECT fin_boost_train(ARRAY[a, b, c], y, '{"subsample": 0.5, "colsample": 0.5, "rounds": 9}')::text FROM d), 'nor where chance takes a part of them');
SELECT is((SELECT fin_boost_train(ARRAY[a, b, c], y, '{"n_estimators": 5, "max_depth": 3, "learning_rate": 0.2}')::text FROM d),
          (SELECT fin_boost_train(ARRAY[a, b, c], y, '{"rounds": 5, "depth": 3, "eta": 0.2}')::text FROM d), 'XGBoost''s names are understood');
SELECT cmp_ok(max(p) - min(p), '<', 0.02::float8, 'a regression finds a mean')
    FROM (SELECT fin_boost_predict(fin_boost_train(ARRAY[a], 5, '{"objective": "reg:squarederror"}'), ARRAY[0.3]) AS p FROM d UNION ALL SELECT 5) t;
SELECT is_empty($$ SELECT 1 FROM (SELECT fin_boost_predict(m, ARRAY[x, 0.2]) < lag(fin_boost_predict(m, ARRAY[x, 0.2])) OVER (ORDER BY x) AS falls
                   FROM (SELECT fin_boost_train(ARRAY[a, b], y, '{"monotone": [1]}') AS m FROM d) t, generate_series(-1, 1, 0.01) x) t WHERE falls $$,
                'a constrained feature never lowers the prediction');

-- Options and rows that are refused, each by name.
SELECT throws_ok($$ SELECT fin_boost_train(ARRAY[a], y, '{"speed": 1}') FROM d $$, '22023', 'unknown option "speed"');
SELECT throws_ok($$ SELECT fin_boost_train(ARRAY[a], y, '{"depth": 40}') FROM d $$, '22023', 'option "depth" must be a whole number from 1 to 16');
SELECT throws_ok($$ SELECT fin_boost_train(ARRAY[a], y, '{"monotone": [1, 0]}') FROM d $$, '22023', 'option "monotone" is longer than the rows');
SELECT throws_ok($$ SELECT fin_boost_train(ARRAY[a], y, '{"rounds": 10000, "depth": 16}') FROM d $$, '54000', 'the model could become too large');
SELECT throws_ok('SELECT fin_boost_train(v, 1) FROM (VALUES (ARRAY[1.0, 2]), (ARRAY[1])) t(v)', '22023', 'rows have different numbers of features');
SELECT throws_ok($$ SELECT fin_boost_train('{}'::float8[], 1) $$, '22023', 'features are empty');
SELECT throws_ok('SELECT fin_boost_train(ARRAY[[1.0, 2], [3, 4]], 1)', '22023', 'features have more than one dimension');
SELECT throws_ok($$ SELECT fin_boost_train(ARRAY['Infinity'::float8], 1) $$, '22023', 'a feature is infinite or beyond float32');
SELECT throws_ok('SELECT fin_boost_train(ARRAY[1.0], 2)', '22023', 'a label does not fit objective binary:logistic');
SELECT throws_ok('SELECT fin_boost_predict(model, ARRAY[1.0]) FROM m', '22023', 'the row has another number of features than the model');
SELECT throws_ok('SELECT fin_boost_predict_rows(model, ARRAY[1.0, 2, 3]) FROM m', '22023', 'rows are no array of two dimensions');

-- Models that somebody else has written.
SELECT throws_ok($$ SELECT fin_boost_predict('{}', ARRAY[1.0]) $$, '22000', 'not a model of gradient boosting');
SELECT throws_ok($$ SELECT fin_boost_predict('[1, 2]', ARRAY[1.0]) $$, '22000', 'not a model of gradient boosting');
SELECT throws_ok($$ SELECT fin_boost_predict(replace(model::text, '"left_children":[1,', '"left_children":[0,')::json, ARRAY[1.0, 2, 3]) FROM m $$, '22000', 'not a model of gradient boosting', 'a tree that leads back to its root');
SELECT throws_ok($$ SELECT fin_boost_predict(replace(model::text, '"left_children":[1,', '"left_children":[999999999,')::json, ARRAY[1.0, 2, 3]) FROM m $$, '22000', 'not a model of gradient boosting', 'a tree that leads out of itself');
SELECT throws_ok($$ SELECT fin_boost_predict(replace(model::text, '"num_feature":"3","num_target"', '"num_feature":"1","num_target"')::json, ARRAY[1.0]) FROM m $$, '22000', 'not a model of gradient boosting');
SELECT is(fin_boost_predict(model::jsonb::json, ARRAY[a, b, c]), fin_boost_predict(model, ARRAY[a, b, c]), 'a model survives jsonb') FROM d, m WHERE i = 5;

-- Two models in turn: the one read before must not answer for the other.
CREATE TEMP TABLE two AS SELECT g, fin_boost_train(ARRAY[a, b], CASE g WHEN 0 THEN y ELSE 1 - y END, '{"rounds": 20}') AS model FROM d, generate_series(0, 1) g GROUP BY g;
SELECT is_empty($$ SELECT 1 FROM d, two p, two q WHERE p.g = 0 AND q.g = 1 AND i % 40 = 0
                   AND fin_boost_predict(CASE WHEN i % 80 = 0 THEN p.model ELSE q.model END, ARRAY[a, b]) IS DISTINCT FROM
                       CASE WHEN i % 80 = 0 THEN fin_boost_predict(p.model, ARRAY[a, b]) ELSE fin_boost_predict(q.model, ARRAY[a, b]) END $$,
                'each model predicts for itself, row by row');

-- One thread unless more are asked for: the library starts none by itself.
SELECT is(substring(pg_read_file('/proc/self/status') FROM 'Threads:\s+(\d+)'), '1', 'training has started no thread');
SELECT lives_ok($$ SELECT fin_boost_train(ARRAY[a, b, c], y, '{"rounds": 3, "threads": 1}') FROM d $$, 'threads can be named');

SELECT * FROM finish();
ROLLBACK;
