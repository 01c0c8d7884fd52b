-- Isolation forest for any table: a model as a value, scores by a model, scores within a partition.
CREATE FUNCTION fin_isolation_fit_step(internal, float8[]) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'fin_isolation_fit_step';
COMMENT ON FUNCTION fin_isolation_fit_step(internal, float8[]) IS 'Part of fin_isolation_fit.';
CREATE FUNCTION fin_isolation_fit_final(internal) RETURNS bytea
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000 AS 'MODULE_PATHNAME', 'fin_isolation_fit_final';
COMMENT ON FUNCTION fin_isolation_fit_final(internal) IS 'Part of fin_isolation_fit.';
CREATE AGGREGATE fin_isolation_fit(features float8[]) (
    sfunc = fin_isolation_fit_step, stype = internal, finalfunc = fin_isolation_fit_final, parallel = safe);
COMMENT ON AGGREGATE fin_isolation_fit(float8[]) IS
    'An isolation forest (100 trees of 256 rows) grown from rows of equally many features, as a model for fin_isolation_predict. NULL or NaN within a row is a missing value; rows of nothing else are left out; NULL where no row is left. The same rows give the same bytes; of more than 65,536 rows (fewer when wide) a fixed random sample is used, which depends on their order.';

CREATE FUNCTION fin_isolation_predict(model bytea, features float8[]) RETURNS float8
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 500 AS 'MODULE_PATHNAME', 'fin_isolation_predict';
COMMENT ON FUNCTION fin_isolation_predict(bytea, float8[]) IS
    'How strange a row is to a model of fin_isolation_fit, between 0 and 1: about 0.5 for a row like all others, nearer to 1 the fewer cuts isolate it. NULL for a row without any known value.';

CREATE FUNCTION fin_isolation_score(features float8[]) RETURNS float8
    LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'fin_isolation_score';
COMMENT ON FUNCTION fin_isolation_score(float8[]) IS
    'How strange each row is within its partition: fin_isolation_score(ARRAY[a, b]) OVER (PARTITION BY c). Fits and scores as fin_isolation_fit and fin_isolation_predict do; order and frame of the window do not matter. NULL for a row without any known value.';
