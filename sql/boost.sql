-- Gradient boosting: a model as a value in XGBoost's JSON, predictions by it.
CREATE FUNCTION fin_boost_train_step(internal, float8[], float8) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'fin_boost_train_step';
COMMENT ON FUNCTION fin_boost_train_step(internal, float8[], float8) IS 'Part of fin_boost_train.';
CREATE FUNCTION fin_boost_train_step(internal, float8[], float8, jsonb) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'fin_boost_train_step';
COMMENT ON FUNCTION fin_boost_train_step(internal, float8[], float8, jsonb) IS 'Part of fin_boost_train.';
CREATE FUNCTION fin_boost_train_final(internal) RETURNS json
    LANGUAGE c STABLE PARALLEL SAFE COST 1000000 AS 'MODULE_PATHNAME', 'fin_boost_train_final';
COMMENT ON FUNCTION fin_boost_train_final(internal) IS 'Part of fin_boost_train.';
CREATE AGGREGATE fin_boost_train(features float8[], label float8) (
    sfunc = fin_boost_train_step, stype = internal, finalfunc = fin_boost_train_final, parallel = safe);
COMMENT ON AGGREGATE fin_boost_train(float8[], float8) IS
    'Trees of gradient boosting that tell the label from the features, as a model for fin_boost_predict and for XGBoost itself (its JSON). By default the label is 1 or 0 and predictions are probabilities. NULL or NaN within a row is a missing value; rows without features or label are left out; NULL where no row is left. The same rows give the same model, whatever their order. Needs libxgboost on the server.';
CREATE AGGREGATE fin_boost_train(features float8[], label float8, options jsonb) (
    sfunc = fin_boost_train_step, stype = internal, finalfunc = fin_boost_train_final, parallel = safe);
COMMENT ON AGGREGATE fin_boost_train(float8[], float8, jsonb) IS
    'fin_boost_train with options: objective, rounds (100), depth (6), eta (0.3), gamma, subsample, colsample, lambda, alpha, min_child_weight, monotone (-1, 0, 1 for each feature), base_score, scale_pos_weight, max_bin, seed, tree_method (hist, exact), threads (1). XGBoost''s names are understood too. The first row''s options count.';

CREATE FUNCTION fin_boost_predict(model json, features float8[]) RETURNS float8
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 500 AS 'MODULE_PATHNAME', 'fin_boost_predict';
COMMENT ON FUNCTION fin_boost_predict(json, float8[]) IS
    'What a model of fin_boost_train or of XGBoost (its JSON; trees, one target) predicts for a row, to the last bit of float32. NULL or NaN within the row is a missing value. Needs no libxgboost.';
CREATE FUNCTION fin_boost_predict_rows(model json, rows float8[]) RETURNS float8[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS 'MODULE_PATHNAME', 'fin_boost_predict_rows';
COMMENT ON FUNCTION fin_boost_predict_rows(json, float8[]) IS
    'fin_boost_predict for many rows at once: an array of two dimensions, as array_agg makes of arrays. One prediction for each row, in their order.';
