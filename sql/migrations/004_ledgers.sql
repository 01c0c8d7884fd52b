-- Ledgers: reports, their transactions, the kinds and risk lines a workspace set; what keeps content hashes true.

CREATE TABLE fin.reports (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id    uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    source          text NOT NULL CHECK (source IN ('import', 'attach')),
    filename        text,
    file_id         uuid,
    status          text NOT NULL DEFAULT 'processing' CHECK (status IN ('processing', 'completed', 'failed')),
    error           text,
    period_from     date,
    period_to       date,
    currency        text,
    rows            int CHECK (rows >= 0),
    skipped         int CHECK (skipped >= 0),
    content_hash    text,
    import_key      text,
    opening_balance numeric(20,4),
    options         jsonb NOT NULL DEFAULT '{}',
    plan            jsonb,
    relation        text,
    mapping         jsonb,
    created_by      uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    completed_at    timestamptz,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, file_id) REFERENCES fin.files (workspace_id, id) ON DELETE SET NULL (file_id)
);
CREATE INDEX reports_import_key ON fin.reports (workspace_id, import_key);
-- Asked at every batch of an import: which reports may this user fill?
CREATE INDEX reports_in_processing ON fin.reports (created_by) WHERE status = 'processing';
COMMENT ON TABLE fin.reports IS 'A ledger under analysis: an imported file, or a table of the user''s own (attach).';
COMMENT ON COLUMN fin.reports.rows IS 'Number of stored transactions.';
COMMENT ON COLUMN fin.reports.skipped IS 'Data records not stored: failed, pending and total rows.';
COMMENT ON COLUMN fin.reports.content_hash IS 'Hash of the transactions; null where they changed by hand since, or were never hashed.';
COMMENT ON COLUMN fin.reports.import_key IS 'Hash of file and options: the same again gives this report back.';
COMMENT ON COLUMN fin.reports.opening_balance IS 'Cash before the first row, where the file or the user states it.';
COMMENT ON COLUMN fin.reports.options IS 'Options as given by the caller.';
COMMENT ON COLUMN fin.reports.plan IS 'How the file was read: dialect, columns, formats.';
COMMENT ON COLUMN fin.reports.relation IS 'The attached table or view, schema-qualified, by name so that it survives a restore.';
COMMENT ON COLUMN fin.reports.mapping IS 'Which column of the attached relation is which.';

CREATE TABLE fin.transactions (
    workspace_id uuid NOT NULL,
    report_id    uuid NOT NULL,
    row_no       int NOT NULL,
    booked_on    date NOT NULL,
    amount       numeric(20,4) NOT NULL,
    currency     text,
    category     text,
    counterparty text,
    account      text,
    description  text,
    balance      numeric(20,4),
    PRIMARY KEY (workspace_id, report_id, row_no),
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE fin.transactions IS 'Rows of imported ledgers. Name workspace_id and report_id together: the key begins with both.';
COMMENT ON COLUMN fin.transactions.row_no IS 'Number of the data record in the file, from 1; skipped records keep their number.';
COMMENT ON COLUMN fin.transactions.amount IS 'Signed: income above 0, expense below.';
COMMENT ON COLUMN fin.transactions.balance IS 'Running balance as the file states it after this row.';

CREATE TABLE fin.category_kinds (
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    report_id    uuid,
    category     text,
    counterparty text,
    kind         text NOT NULL CHECK (kind IN ('revenue', 'cogs', 'payroll', 'opex', 'tax', 'interest', 'capex', 'debt',
                                               'equity', 'transfer', 'refund', 'other')),
    source       text NOT NULL CHECK (source IN ('user', 'words', 'sign')),
    set_by       uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    set_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (workspace_id, report_id, category, counterparty),
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE fin.category_kinds IS 'Kind of a category (and counterparty): inferred for a report, or set by a user for the workspace.';
COMMENT ON COLUMN fin.category_kinds.report_id IS 'Null: holds for every report of the workspace and wins over what was inferred.';

CREATE TABLE fin.thresholds (
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    code         text NOT NULL,
    medium       float8,
    high         float8,
    critical     float8,
    set_by       uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    set_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, code)
);
COMMENT ON TABLE fin.thresholds IS 'Lines of risks where a workspace moved them; null leaves the default of that line.';

CREATE FUNCTION fin.reports_being_written() RETURNS uuid[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine   uuid[] := fin.workspaces_of('analyst');
    member uuid := fin.current_user_id();
BEGIN
    RETURN ARRAY(SELECT r.id FROM fin.reports r
                 WHERE r.status = 'processing' AND r.created_by = member AND r.workspace_id = ANY (mine));
END $$;
COMMENT ON FUNCTION fin.reports_being_written() IS 'Unfinished imports of the caller, the only reports that take new transactions.';

CREATE FUNCTION fin.guard_report() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'report % is %, it takes no more transactions', OLD.id, OLD.status
        USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Import the complete file as a new report.';
END $$;
COMMENT ON FUNCTION fin.guard_report() IS 'Trigger: a finished report never opens again, so that its content hash stays true.';
CREATE TRIGGER guard_report BEFORE UPDATE OF status ON fin.reports
    FOR EACH ROW WHEN (OLD.status <> 'processing' AND NEW.status = 'processing') EXECUTE FUNCTION fin.guard_report();

-- A change by hand ends the reuse of stored analyses: the hash they are found by is gone.
CREATE FUNCTION fin.forget_content_hash() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE fin.reports SET content_hash = NULL WHERE source = 'import' AND content_hash IS NOT NULL;
    ELSE
        UPDATE fin.reports r SET content_hash = NULL
        WHERE r.content_hash IS NOT NULL AND r.id IN (SELECT DISTINCT g.report_id FROM gone g);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE fin.reports r SET content_hash = NULL
        WHERE r.content_hash IS NOT NULL AND r.id IN (SELECT DISTINCT c.report_id FROM come c);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.forget_content_hash() IS 'Trigger: transactions changed by hand, so the content hash of their reports no longer holds.';
CREATE TRIGGER forget_content_hash_update AFTER UPDATE ON fin.transactions
    REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION fin.forget_content_hash();
CREATE TRIGGER forget_content_hash_delete AFTER DELETE ON fin.transactions
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION fin.forget_content_hash();
CREATE TRIGGER forget_content_hash_truncate AFTER TRUNCATE ON fin.transactions
    FOR EACH STATEMENT EXECUTE FUNCTION fin.forget_content_hash();
