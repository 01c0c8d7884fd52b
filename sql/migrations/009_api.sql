-- Schema api: what the REST server exposes.

-- Many installations have a schema api already; its owner and comment are left alone.
CREATE SCHEMA IF NOT EXISTS api;
CREATE VIEW api.reports WITH (security_invoker = true) AS
    SELECT id, workspace_id, source, filename, file_id, status, error, period_from, period_to, currency, rows, skipped,
           opening_balance, options, relation, mapping, created_by, created_at, completed_at
    FROM fin.reports;
COMMENT ON VIEW api.reports IS 'Ledgers of the caller''s workspaces.';
CREATE VIEW api.transactions WITH (security_invoker = true) AS
    SELECT workspace_id, report_id, row_no, booked_on, amount, currency, category, counterparty, account, description, balance
    FROM fin.transactions;
COMMENT ON VIEW api.transactions IS 'Rows of imported ledgers.';
CREATE VIEW api.analyses WITH (security_invoker = true) AS
    SELECT id, workspace_id, report_id, options, document, engine, created_by, created_at
    FROM fin.analyses;
COMMENT ON VIEW api.analyses IS 'Stored analyses.';
