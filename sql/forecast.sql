-- Forecasts: of any table's series by GROUP BY, of a report's revenue, expenses, profit and cash.
CREATE TYPE fin_forecast_point AS (
    step int, ts timestamptz, predicted float8, lo80 float8, hi80 float8, lo95 float8, hi95 float8,
    model text, status text, reason text);
COMMENT ON TYPE fin_forecast_point IS
    'One step of a forecast: its period''s first day at midnight, the prediction and its 80 % and 95 % intervals. A series without a forecast has one point whose status and reason say why.';
CREATE TYPE fin_backtest_score AS (
    model text, origins int, points int, mase float8, smape float8, coverage80 float8, coverage95 float8,
    width80 float8, width95 float8, status text, reason text);
COMMENT ON TYPE fin_backtest_score IS
    'How well a model would have forecast the series: errors, the share of values inside the intervals, and their width over the mean absolute value.';
CREATE TYPE fin_forecast_part AS (
    kind text, step int, ts timestamptz, name text, value float8, level float8, trend float8, season float8,
    event float8, remainder float8, model text, status text, reason text);
COMMENT ON TYPE fin_forecast_part IS
    'A line of an explanation. kind history and forecast: level + trend + season + event + remainder = value; parameter: name and value of the model; choice and note: name says it in words.';

CREATE FUNCTION fin_forecast_step(internal, date, float8, int) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 50 AS 'MODULE_PATHNAME', 'fin_forecast_step_date';
COMMENT ON FUNCTION fin_forecast_step(internal, date, float8, int) IS 'Part of fin_forecast, fin_backtest and fin_explain_forecast.';
CREATE FUNCTION fin_forecast_step(internal, date, float8, int, jsonb) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 50 AS 'MODULE_PATHNAME', 'fin_forecast_step_date';
COMMENT ON FUNCTION fin_forecast_step(internal, date, float8, int, jsonb) IS 'Part of fin_forecast, fin_backtest and fin_explain_forecast.';
CREATE FUNCTION fin_forecast_step(internal, timestamp, float8, int) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 50 AS 'MODULE_PATHNAME', 'fin_forecast_step_timestamp';
COMMENT ON FUNCTION fin_forecast_step(internal, timestamp, float8, int) IS 'Part of fin_forecast, fin_backtest and fin_explain_forecast.';
CREATE FUNCTION fin_forecast_step(internal, timestamp, float8, int, jsonb) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 50 AS 'MODULE_PATHNAME', 'fin_forecast_step_timestamp';
COMMENT ON FUNCTION fin_forecast_step(internal, timestamp, float8, int, jsonb) IS 'Part of fin_forecast, fin_backtest and fin_explain_forecast.';
CREATE FUNCTION fin_forecast_step(internal, timestamptz, float8, int) RETURNS internal
    LANGUAGE c STABLE PARALLEL SAFE COST 50 AS 'MODULE_PATHNAME', 'fin_forecast_step_timestamptz';
COMMENT ON FUNCTION fin_forecast_step(internal, timestamptz, float8, int) IS 'Part of fin_forecast, fin_backtest and fin_explain_forecast.';
CREATE FUNCTION fin_forecast_step(internal, timestamptz, float8, int, jsonb) RETURNS internal
    LANGUAGE c STABLE PARALLEL SAFE COST 50 AS 'MODULE_PATHNAME', 'fin_forecast_step_timestamptz';
COMMENT ON FUNCTION fin_forecast_step(internal, timestamptz, float8, int, jsonb) IS 'Part of fin_forecast, fin_backtest and fin_explain_forecast.';
CREATE FUNCTION fin_forecast_combine(internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_forecast_combine';
COMMENT ON FUNCTION fin_forecast_combine(internal, internal) IS 'Part of fin_forecast.';
CREATE FUNCTION fin_forecast_serial(internal) RETURNS bytea
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_forecast_serial';
COMMENT ON FUNCTION fin_forecast_serial(internal) IS 'Part of fin_forecast: forecasts in the workers of a parallel statement.';
CREATE FUNCTION fin_forecast_deserial(bytea, internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_forecast_deserial';
COMMENT ON FUNCTION fin_forecast_deserial(bytea, internal) IS 'Part of fin_forecast.';
CREATE FUNCTION fin_forecast_final(internal) RETURNS fin_forecast_point[]
    LANGUAGE c STABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'fin_forecast_final';
COMMENT ON FUNCTION fin_forecast_final(internal) IS 'Part of fin_forecast.';
CREATE FUNCTION fin_backtest_final(internal) RETURNS fin_backtest_score[]
    LANGUAGE c STABLE PARALLEL SAFE COST 100000 AS 'MODULE_PATHNAME', 'fin_backtest_final';
COMMENT ON FUNCTION fin_backtest_final(internal) IS 'Part of fin_backtest.';
CREATE FUNCTION fin_explain_forecast_final(internal) RETURNS fin_forecast_part[]
    LANGUAGE c STABLE PARALLEL SAFE COST 100000 AS 'MODULE_PATHNAME', 'fin_explain_forecast_final';
COMMENT ON FUNCTION fin_explain_forecast_final(internal) IS 'Part of fin_explain_forecast.';

CREATE AGGREGATE fin_forecast(ts date, value float8, horizon int) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_forecast_final,
    combinefunc = fin_forecast_combine, serialfunc = fin_forecast_serial, deserialfunc = fin_forecast_deserial,
    parallel = safe);
COMMENT ON AGGREGATE fin_forecast(date, float8, int) IS
    'Forecast of the series in the group: GROUP BY forecasts thousands of series in one statement, by parallel workers where the table is large enough. ts is taken by its day (of the session''s time zone); rows with NULL are left out; several values of a period are added up. A series that cannot be forecast has one point with status and reason. Options: events, frequency, language, last_incomplete, model, nonnegative, period.';
CREATE AGGREGATE fin_forecast(ts date, value float8, horizon int, options jsonb) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_forecast_final,
    combinefunc = fin_forecast_combine, serialfunc = fin_forecast_serial, deserialfunc = fin_forecast_deserial,
    parallel = safe);
COMMENT ON AGGREGATE fin_forecast(date, float8, int, jsonb) IS
    'Forecast of the series in the group: GROUP BY forecasts thousands of series in one statement, by parallel workers where the table is large enough. ts is taken by its day (of the session''s time zone); rows with NULL are left out; several values of a period are added up. A series that cannot be forecast has one point with status and reason. Options: events, frequency, language, last_incomplete, model, nonnegative, period.';
CREATE AGGREGATE fin_forecast(ts timestamp, value float8, horizon int) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_forecast_final,
    combinefunc = fin_forecast_combine, serialfunc = fin_forecast_serial, deserialfunc = fin_forecast_deserial,
    parallel = safe);
COMMENT ON AGGREGATE fin_forecast(timestamp, float8, int) IS
    'Forecast of the series in the group: GROUP BY forecasts thousands of series in one statement, by parallel workers where the table is large enough. ts is taken by its day (of the session''s time zone); rows with NULL are left out; several values of a period are added up. A series that cannot be forecast has one point with status and reason. Options: events, frequency, language, last_incomplete, model, nonnegative, period.';
CREATE AGGREGATE fin_forecast(ts timestamp, value float8, horizon int, options jsonb) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_forecast_final,
    combinefunc = fin_forecast_combine, serialfunc = fin_forecast_serial, deserialfunc = fin_forecast_deserial,
    parallel = safe);
COMMENT ON AGGREGATE fin_forecast(timestamp, float8, int, jsonb) IS
    'Forecast of the series in the group: GROUP BY forecasts thousands of series in one statement, by parallel workers where the table is large enough. ts is taken by its day (of the session''s time zone); rows with NULL are left out; several values of a period are added up. A series that cannot be forecast has one point with status and reason. Options: events, frequency, language, last_incomplete, model, nonnegative, period.';
CREATE AGGREGATE fin_forecast(ts timestamptz, value float8, horizon int) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_forecast_final,
    combinefunc = fin_forecast_combine, serialfunc = fin_forecast_serial, deserialfunc = fin_forecast_deserial,
    parallel = safe);
COMMENT ON AGGREGATE fin_forecast(timestamptz, float8, int) IS
    'Forecast of the series in the group: GROUP BY forecasts thousands of series in one statement, by parallel workers where the table is large enough. ts is taken by its day (of the session''s time zone); rows with NULL are left out; several values of a period are added up. A series that cannot be forecast has one point with status and reason. Options: events, frequency, language, last_incomplete, model, nonnegative, period.';
CREATE AGGREGATE fin_forecast(ts timestamptz, value float8, horizon int, options jsonb) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_forecast_final,
    combinefunc = fin_forecast_combine, serialfunc = fin_forecast_serial, deserialfunc = fin_forecast_deserial,
    parallel = safe);
COMMENT ON AGGREGATE fin_forecast(timestamptz, float8, int, jsonb) IS
    'Forecast of the series in the group: GROUP BY forecasts thousands of series in one statement, by parallel workers where the table is large enough. ts is taken by its day (of the session''s time zone); rows with NULL are left out; several values of a period are added up. A series that cannot be forecast has one point with status and reason. Options: events, frequency, language, last_incomplete, model, nonnegative, period.';

CREATE AGGREGATE fin_backtest(ts date, value float8, horizon int) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_backtest_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_backtest(date, float8, int) IS
    'How well each model would have forecast the series: forecasts at past moments against what came. Options: events, frequency, language, last_incomplete, models, nonnegative, origins, period.';
CREATE AGGREGATE fin_backtest(ts date, value float8, horizon int, options jsonb) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_backtest_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_backtest(date, float8, int, jsonb) IS
    'How well each model would have forecast the series: forecasts at past moments against what came. Options: events, frequency, language, last_incomplete, models, nonnegative, origins, period.';
CREATE AGGREGATE fin_backtest(ts timestamp, value float8, horizon int) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_backtest_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_backtest(timestamp, float8, int) IS
    'How well each model would have forecast the series: forecasts at past moments against what came. Options: events, frequency, language, last_incomplete, models, nonnegative, origins, period.';
CREATE AGGREGATE fin_backtest(ts timestamp, value float8, horizon int, options jsonb) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_backtest_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_backtest(timestamp, float8, int, jsonb) IS
    'How well each model would have forecast the series: forecasts at past moments against what came. Options: events, frequency, language, last_incomplete, models, nonnegative, origins, period.';
CREATE AGGREGATE fin_backtest(ts timestamptz, value float8, horizon int) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_backtest_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_backtest(timestamptz, float8, int) IS
    'How well each model would have forecast the series: forecasts at past moments against what came. Options: events, frequency, language, last_incomplete, models, nonnegative, origins, period.';
CREATE AGGREGATE fin_backtest(ts timestamptz, value float8, horizon int, options jsonb) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_backtest_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_backtest(timestamptz, float8, int, jsonb) IS
    'How well each model would have forecast the series: forecasts at past moments against what came. Options: events, frequency, language, last_incomplete, models, nonnegative, origins, period.';

CREATE AGGREGATE fin_explain_forecast(ts date, value float8, horizon int) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_explain_forecast_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_explain_forecast(date, float8, int) IS
    'What a forecast is made of: each past and future value as level + trend + season + event + remainder, the model''s parameters, why it was chosen, what was mended. Options as for fin_forecast.';
CREATE AGGREGATE fin_explain_forecast(ts date, value float8, horizon int, options jsonb) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_explain_forecast_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_explain_forecast(date, float8, int, jsonb) IS
    'What a forecast is made of: each past and future value as level + trend + season + event + remainder, the model''s parameters, why it was chosen, what was mended. Options as for fin_forecast.';
CREATE AGGREGATE fin_explain_forecast(ts timestamp, value float8, horizon int) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_explain_forecast_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_explain_forecast(timestamp, float8, int) IS
    'What a forecast is made of: each past and future value as level + trend + season + event + remainder, the model''s parameters, why it was chosen, what was mended. Options as for fin_forecast.';
CREATE AGGREGATE fin_explain_forecast(ts timestamp, value float8, horizon int, options jsonb) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_explain_forecast_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_explain_forecast(timestamp, float8, int, jsonb) IS
    'What a forecast is made of: each past and future value as level + trend + season + event + remainder, the model''s parameters, why it was chosen, what was mended. Options as for fin_forecast.';
CREATE AGGREGATE fin_explain_forecast(ts timestamptz, value float8, horizon int) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_explain_forecast_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_explain_forecast(timestamptz, float8, int) IS
    'What a forecast is made of: each past and future value as level + trend + season + event + remainder, the model''s parameters, why it was chosen, what was mended. Options as for fin_forecast.';
CREATE AGGREGATE fin_explain_forecast(ts timestamptz, value float8, horizon int, options jsonb) (
    sfunc = fin_forecast_step, stype = internal, sspace = 200, finalfunc = fin_explain_forecast_final,
    parallel = safe);
COMMENT ON AGGREGATE fin_explain_forecast(timestamptz, float8, int, jsonb) IS
    'What a forecast is made of: each past and future value as level + trend + season + event + remainder, the model''s parameters, why it was chosen, what was mended. Options as for fin_forecast.';

CREATE FUNCTION fin_forecast(report_id uuid, horizon int DEFAULT 6, options jsonb DEFAULT '{}')
    RETURNS TABLE(series text, month date, predicted float8, lo80 float8, hi80 float8, lo95 float8, hi95 float8,
                  optimistic float8, pessimistic float8, model text, status text, reason text)
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 24 AS 'MODULE_PATHNAME', 'fin_forecast_report';
COMMENT ON FUNCTION fin_forecast(uuid, int, jsonb) IS
    'Revenue, expenses, profit and cash of a report over the months after its last complete one. Profit is revenue - expenses in every row; cash and its intervals come from joint simulated paths; payments that recur are put at their dates. A series without a forecast has one row that says why. Options: currency, language, model, opening_balance, rates.';

CREATE FUNCTION fin_backtest(report_id uuid, horizon int DEFAULT 6, options jsonb DEFAULT '{}')
    RETURNS TABLE(series text, model text, origins int, points int, mase float8, smape float8, coverage80 float8,
                  coverage95 float8, width80 float8, width95 float8, status text, reason text)
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 28 AS 'MODULE_PATHNAME', 'fin_backtest_report';
COMMENT ON FUNCTION fin_backtest(uuid, int, jsonb) IS
    'How well each model would have forecast the revenue and expenses of a report: forecasts at past months, with what was known then, against what came. mase below 1 beats the naive forecast; coverage is the share of values inside the intervals, width their mean width over the mean absolute value. Options: currency, language, models, opening_balance, origins, rates.';

CREATE FUNCTION fin_explain_forecast(report_id uuid, horizon int DEFAULT 6, options jsonb DEFAULT '{}')
    RETURNS TABLE(series text, kind text, month date, name text, value float8, level float8, trend float8, season float8,
                  event float8, remainder float8, model text, status text, reason text)
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 150 AS 'MODULE_PATHNAME', 'fin_explain_forecast_report';
COMMENT ON FUNCTION fin_explain_forecast(uuid, int, jsonb) IS
    'What the forecast of a report is made of. kind history and forecast: level + trend + season + event + remainder = value, month by month, events being payments that recur at known dates; parameter: the model''s; choice and note: why this model, what was mended. Options as for fin_forecast.';

CREATE FUNCTION fin_seasonal_strength_step(internal, float8) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_seasonal_strength_step';
COMMENT ON FUNCTION fin_seasonal_strength_step(internal, float8) IS 'Part of fin_seasonal_strength.';
CREATE FUNCTION fin_seasonal_strength_step(internal, float8, int) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_seasonal_strength_step';
COMMENT ON FUNCTION fin_seasonal_strength_step(internal, float8, int) IS 'Part of fin_seasonal_strength.';
CREATE FUNCTION fin_seasonal_strength_final(internal) RETURNS float8
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'fin_seasonal_strength_final';
COMMENT ON FUNCTION fin_seasonal_strength_final(internal) IS 'Part of fin_seasonal_strength.';
CREATE AGGREGATE fin_seasonal_strength(value float8) (
    sfunc = fin_seasonal_strength_step, stype = internal, finalfunc = fin_seasonal_strength_final, parallel = safe);
COMMENT ON AGGREGATE fin_seasonal_strength(float8) IS
    'How much of a monthly series its season explains, from 0 to 1 (Wang, Smith and Hyndman 2006, by STL): fin_seasonal_strength(value ORDER BY month). NULL for fewer than two years or values that do not vary.';
CREATE AGGREGATE fin_seasonal_strength(value float8, period int) (
    sfunc = fin_seasonal_strength_step, stype = internal, finalfunc = fin_seasonal_strength_final, parallel = safe);
COMMENT ON AGGREGATE fin_seasonal_strength(float8, int) IS
    'The same for a season of `period` values: 4 for quarters, 7 for days of the week.';