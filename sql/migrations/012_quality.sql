-- What people say about findings, put to use: verdicts, dismissals that outlive a report, how strict each test is.

ALTER TABLE fin.feedback ADD COLUMN key text, ADD COLUMN severity text CHECK (severity IN ('low', 'medium', 'high', 'critical'));
COMMENT ON COLUMN fin.feedback.key IS 'What a finding without a row is known by: category | counterparty | date.';
COMMENT ON COLUMN fin.feedback.severity IS 'Of the finding when the verdict was given.';

-- A dismissal is of a payment, not of a row number: it holds in the next report that has the payment too, and stays when
-- its report is taken back.
ALTER TABLE fin.dismissals
    ALTER COLUMN report_id DROP NOT NULL,
    ADD COLUMN key text,
    ADD COLUMN severity text CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    ADD COLUMN booked_on date,
    ADD COLUMN amount numeric(20,4),
    ADD COLUMN counterparty text,
    ADD COLUMN occurrence int CHECK (occurrence > 0),
    DROP CONSTRAINT dismissals_workspace_id_report_id_fkey,
    DROP CONSTRAINT dismissals_workspace_id_report_id_subject_code_row_no_key,
    ADD FOREIGN KEY (workspace_id) REFERENCES fin.workspaces ON DELETE CASCADE,
    ADD FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE SET NULL (report_id);
CREATE UNIQUE INDEX dismissals_finding ON fin.dismissals (workspace_id, report_id, subject, code, row_no, key) NULLS NOT DISTINCT
    WHERE report_id IS NOT NULL;
CREATE INDEX dismissals_workspace ON fin.dismissals (workspace_id, subject);
COMMENT ON COLUMN fin.dismissals.report_id IS 'Where it was dismissed; null once that report was taken back.';
COMMENT ON COLUMN fin.dismissals.key IS 'What a finding without a row is known by: category | counterparty | date.';
COMMENT ON COLUMN fin.dismissals.severity IS 'Of the finding when it was dismissed; in later reports a risk comes back when it has become worse.';
COMMENT ON COLUMN fin.dismissals.booked_on IS 'Date of the row; with amount and counterparty it finds the row in other reports.';
COMMENT ON COLUMN fin.dismissals.occurrence IS 'Which of several rows with the same date, amount and counterparty; null: any.';

CREATE FUNCTION fin.drop_dismissal() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM fin.dismissals d WHERE d.id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.drop_dismissal() IS 'Trigger: what was put aside in one report alone goes with it. Runs as the table''s owner, for the foreign key.';
CREATE TRIGGER report_gone AFTER UPDATE OF report_id ON fin.dismissals FOR EACH ROW
    WHEN (NEW.report_id IS NULL AND (NEW.subject <> 'anomaly' OR NEW.row_no IS NULL AND NEW.key LIKE ' |  | %'))
    EXECUTE FUNCTION fin.drop_dismissal();

CREATE TABLE fin.strictness (
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    subject      text NOT NULL CHECK (subject IN ('anomaly', 'risk')),
    code         text NOT NULL,
    strictness   float8 NOT NULL CHECK (strictness BETWEEN 0.5 AND 4),
    verdicts     int NOT NULL CHECK (verdicts > 0),
    learned_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    learned_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, subject, code)
);
COMMENT ON TABLE fin.strictness IS 'What fin_recalibrate has learned from verdicts: 1 is as shipped, more asks for more before something is said.';
COMMENT ON COLUMN fin.strictness.code IS 'Anomaly kind or risk code.';
COMMENT ON COLUMN fin.strictness.verdicts IS 'How many findings with a verdict it was learned from.';

-- The latest verdict of each finding counts.
CREATE VIEW fin.quality WITH (security_invoker = true) AS
    WITH latest AS (
        SELECT DISTINCT ON (f.workspace_id, f.report_id, f.subject, f.code, f.row_no, f.key) f.*
        FROM fin.feedback f
        ORDER BY f.workspace_id, f.report_id, f.subject, f.code, f.row_no, f.key, f.created_at DESC, f.id)
    SELECT l.workspace_id, l.subject, l.code,
           count(*) FILTER (WHERE l.verdict = 'right') AS confirmed,
           count(*) FILTER (WHERE l.verdict = 'wrong') AS refuted,
           count(*) FILTER (WHERE l.verdict = 'missed') AS missed,
           count(*) FILTER (WHERE l.verdict = 'done') AS done,
           count(*) FILTER (WHERE l.verdict = 'right')::float8
               / nullif(count(*) FILTER (WHERE l.verdict IN ('right', 'wrong')), 0) AS precision,
           count(*) FILTER (WHERE l.verdict = 'right')::float8
               / nullif(count(*) FILTER (WHERE l.verdict IN ('right', 'missed')), 0) AS recall,
           coalesce(s.strictness, 1) AS strictness,
           max(l.created_at) AS last_verdict_at
    FROM latest l LEFT JOIN fin.strictness s USING (workspace_id, subject, code)
    GROUP BY l.workspace_id, l.subject, l.code, s.strictness;
COMMENT ON VIEW fin.quality IS
    'Live quality of findings by kind or code, from what people said: precision of what was listed, recall as far as misses were reported.';

CREATE FUNCTION fin.audit_finding() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    action text := CASE TG_OP WHEN 'INSERT' THEN TG_ARGV[0] WHEN 'UPDATE' THEN TG_ARGV[1] ELSE TG_ARGV[2] END;
    before jsonb;
    after  jsonb;
    fact   jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
    fact := coalesce(after, before);
    -- A report that goes lets go of its dismissals, and a workspace of what it learned: that is in the log already.
    IF TG_TABLE_NAME = 'dismissals' AND TG_OP = 'UPDATE' AND before - 'report_id' = after - 'report_id' THEN
        RETURN NULL;
    END IF;
    PERFORM fin.audit_write((fact ->> 'workspace_id')::uuid, action,
        coalesce(fact ->> 'id', (fact ->> 'subject') || ':' || (fact ->> 'code')),
        encode(sha256(convert_to(before::text, 'UTF8')), 'hex'), encode(sha256(convert_to(after::text, 'UTF8')), 'hex'),
        CASE TG_TABLE_NAME WHEN 'strictness'
            THEN jsonb_build_object('before', before -> 'strictness', 'after', after -> 'strictness', 'verdicts', fact -> 'verdicts')
            ELSE jsonb_strip_nulls(jsonb_build_object('report_id', fact ->> 'report_id', 'subject', fact ->> 'subject',
                'code', fact ->> 'code', 'row_no', fact -> 'row_no', 'key', fact ->> 'key')) END);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.audit_finding() IS 'Trigger: writes the audit entry of a dismissal or of a learned strictness. Arguments: action on insert, update, delete.';

DROP TRIGGER audit_dismissal ON fin.dismissals;
CREATE TRIGGER audit_dismissal AFTER INSERT OR UPDATE OR DELETE ON fin.dismissals
    FOR EACH ROW EXECUTE FUNCTION fin.audit_finding('dismiss', 'dismiss_change', 'dismiss_undo');
CREATE TRIGGER audit_strictness AFTER INSERT OR UPDATE OR DELETE ON fin.strictness
    FOR EACH ROW EXECUTE FUNCTION fin.audit_finding('recalibrate', 'recalibrate', 'recalibrate_undo');
