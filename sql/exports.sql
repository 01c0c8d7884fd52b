-- Reports out: fin_export and fin_chart, and what they stand on.
CREATE FUNCTION fin_draw_report(request jsonb, logo bytea) RETURNS bytea
    LANGUAGE c STABLE PARALLEL RESTRICTED COST 100000 AS 'MODULE_PATHNAME', 'fin_draw_report';
COMMENT ON FUNCTION fin_draw_report(jsonb, bytea) IS
    'An analysis as a PDF, drawn by pg_fin_helper. request: document, branding, workspace, source, language, created; logo: a PNG or SVG, or NULL. Same arguments, same bytes.';

CREATE FUNCTION fin_write_workbook(report_id uuid, request jsonb) RETURNS bytea
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 100000 AS 'MODULE_PATHNAME', 'fin_write_workbook';
COMMENT ON FUNCTION fin_write_workbook(uuid, jsonb) IS
    'An analysis and every transaction of a report as an XLSX workbook. request is that of fin_draw_report. Same arguments, same bytes.';

CREATE FUNCTION fin_draw_chart(document jsonb, name text, options jsonb DEFAULT '{}') RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS 'MODULE_PATHNAME', 'fin_draw_chart';
COMMENT ON FUNCTION fin_draw_chart(jsonb, text, jsonb) IS
    'A chart of an analysis document as SVG. Options: width, height, branding.';

CREATE FUNCTION fin_check_branding(branding jsonb) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'fin_check_branding';
COMMENT ON FUNCTION fin_check_branding(jsonb) IS
    'The branding as it is, or an error that says why it cannot be used: unknown keys, colours without contrast to paper, colours that look alike.';

CREATE FUNCTION fin_check_logo(content bytea) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'fin_check_logo';
COMMENT ON FUNCTION fin_check_logo(bytea) IS
    'The media type of a logo, or an error that says why it cannot be used: a PNG or a plain SVG of at most 512 KB without references to anything outside itself.';

CREATE FUNCTION fin_chart(report_id uuid, name text, options jsonb DEFAULT '{}') RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED COST 100000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    branding jsonb;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    SELECT coalesce(w.settings -> 'branding', '{}') INTO branding FROM fin.reports r JOIN fin.workspaces w ON w.id = r.workspace_id WHERE r.id = fin_chart.report_id;
    RETURN @extschema@.fin_draw_chart(@extschema@.fin_analysis(report_id, fin.export_options(report_id, options ->> 'language')), name,
        options || jsonb_build_object('branding', coalesce(branding, '{}') || coalesce(options -> 'branding', '{}')));
END $$;
COMMENT ON FUNCTION fin_chart(uuid, text, jsonb) IS
    'A chart of a report as SVG: revenue_trend, operating_profit, category_breakdown, monthly_comparison, profit_waterfall, cash, cash_flow, recommendations, forecast_revenue, forecast_expenses, forecast_profit, forecast_cash. Options: width, height, language, branding.';

CREATE FUNCTION fin_export(report_id uuid, format text, branding jsonb DEFAULT '{}') RETURNS bytea
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted  CONSTANT text := CASE lower(format) WHEN 'excel' THEN 'xlsx' ELSE lower(format) END;
    content bytea;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    PERFORM fin.is_one_of(wanted, ARRAY['pdf', 'xlsx', 'csv', 'json'], 'format');
    content := fin.export_content(report_id, wanted, CASE wanted WHEN 'csv' THEN 'transactions' ELSE 'report' END, branding);
    -- A transaction that only reads cannot write a log, and its export is still an export.
    IF NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' THEN
        PERFORM fin.audit('export', report_id::text, jsonb_build_object('format', wanted, 'bytes', octet_length(content)));
    END IF;
    RETURN content;
END $$;
COMMENT ON FUNCTION fin_export(uuid, text, jsonb) IS
    'A report as a file: pdf, xlsx (also called excel), csv of its transactions, json of all of it. branding (company, title, footer, primary, accent, language) goes before the workspace''s own. Writes an audit entry.';
