-- The analysis document and its set-returning sisters.
CREATE FUNCTION fin_analyze(report_id uuid, options jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 100000 AS 'MODULE_PATHNAME', 'fin_analyze';
COMMENT ON FUNCTION fin_analyze(uuid, jsonb) IS
    'Computes, stores and returns the analysis document of a report, all of it from one snapshot. Answers from the stored document until rows, kinds, thresholds, feedback or the engine change. Options: language, currency, rates, opening_balance.';

CREATE FUNCTION fin_analysis(report_id uuid, options jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 100000 AS 'MODULE_PATHNAME', 'fin_analysis';
COMMENT ON FUNCTION fin_analysis(uuid, jsonb) IS
    'The document of fin_analyze without storing it: for viewers and standbys. Options as there.';

CREATE FUNCTION fin_verify(report_id uuid) RETURNS jsonb
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 100000 AS 'MODULE_PATHNAME', 'fin_verify';
COMMENT ON FUNCTION fin_verify(uuid) IS
    'Reads every row of a report again and recomputes its latest analysis: rows_match, analysis.document_matches and verified say whether both are what was stored.';

CREATE FUNCTION fin_metrics(report_id uuid)
    RETURNS TABLE(metric text, period text, value double precision, unit text, status text, reason text, n int, inputs jsonb)
    LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 300 SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.key, p.period, p.value, p.unit, p.status, p.reason, p.n, p.inputs
    FROM jsonb_each(@extschema@.fin_analysis(report_id) -> 'metrics') m
    CROSS JOIN LATERAL jsonb_to_recordset(m.value -> 'periods')
        AS p(period text, value double precision, unit text, status text, reason text, n int, inputs jsonb)
$$;
COMMENT ON FUNCTION fin_metrics(uuid) IS
    'Every metric for every period it is defined for: all, T3, T6, T12, P12 or YYYY-MM. What cannot be computed has a status and a reason.';

CREATE FUNCTION fin_anomalies(report_id uuid)
    RETURNS TABLE(row_no int, booked_on date, amount numeric, category text, counterparty text, kind text, score double precision, severity text, expected numeric, reason text)
    LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.*
    FROM jsonb_to_recordset(@extschema@.fin_analysis(report_id) -> 'anomalies')
        AS a(row_no int, booked_on date, amount numeric, category text, counterparty text, kind text, score double precision, severity text, expected numeric, reason text)
$$;
COMMENT ON FUNCTION fin_anomalies(uuid) IS
    'What is not as it should be in a report, most severe first: medium and above holds, low is a watch list. expected and reason say what was expected and why it is odd; row_no is NULL where no row stands for it.';

CREATE FUNCTION fin_risks(report_id uuid)
    RETURNS TABLE(code text, severity text, score double precision, title text, evidence jsonb, impact numeric)
    LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.*
    FROM jsonb_to_recordset(@extschema@.fin_analysis(report_id) -> 'risks')
        AS r(code text, severity text, score double precision, title text, evidence jsonb, impact numeric)
$$;
COMMENT ON FUNCTION fin_risks(uuid) IS
    'The risks that hold (medium and above) and those close to their line (low), most severe first, with the numbers used. impact is money per month.';

CREATE FUNCTION fin_recommendations(report_id uuid)
    RETURNS TABLE(priority text, action text, effect_monthly numeric, lever text, risk_code text, evidence jsonb)
    LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 8 SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.*
    FROM jsonb_to_recordset(@extschema@.fin_analysis(report_id) -> 'recommendations')
        AS r(priority text, action text, effect_monthly numeric, lever text, risk_code text, evidence jsonb)
$$;
COMMENT ON FUNCTION fin_recommendations(uuid) IS 'What to do, with the effect in money a month and the lever that computes it.';

CREATE FUNCTION fin_drivers(report_id uuid, metric text, from_month date, to_month date)
    RETURNS TABLE(driver text, member text, delta numeric)
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 100 AS 'MODULE_PATHNAME', 'fin_drivers';
COMMENT ON FUNCTION fin_drivers(uuid, text, date, date) IS
    'What the change of a metric between two months is made of. The rows sum exactly to the change.';
