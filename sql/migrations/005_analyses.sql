-- Analyses, what people say about them, and how often stored ones answered.

CREATE TABLE fin.analyses (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id  uuid NOT NULL,
    report_id     uuid NOT NULL,
    input_hash    text NOT NULL,
    options       jsonb NOT NULL DEFAULT '{}',
    document      jsonb NOT NULL,
    document_hash text NOT NULL,
    content_hash  text,
    engine        text NOT NULL,
    hits          bigint NOT NULL DEFAULT 0,
    last_hit_at   timestamptz,
    created_by    uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, report_id, input_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
-- Written and read all the time: lz4 is several times faster than pglz at the same size. Not every build of PostgreSQL has it.
DO $$
BEGIN
    ALTER TABLE fin.analyses ALTER COLUMN document SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END $$;
COMMENT ON TABLE fin.analyses IS 'Stored analyses: the same content, options and engine answer from here.';
COMMENT ON COLUMN fin.analyses.input_hash IS 'Hash of everything the document depends on: content, options, kinds, thresholds, feedback, engine.';
COMMENT ON COLUMN fin.analyses.hits IS 'How often this row answered instead of a new computation.';

CREATE TABLE fin.feedback (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL,
    report_id    uuid NOT NULL,
    subject      text NOT NULL CHECK (subject IN ('anomaly', 'risk', 'recommendation', 'category', 'summary')),
    code         text,
    row_no       int,
    verdict      text NOT NULL CHECK (verdict IN ('right', 'wrong', 'missed', 'done')),
    comment      text,
    created_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX feedback_report ON fin.feedback (workspace_id, report_id);
COMMENT ON TABLE fin.feedback IS 'What users say about findings; quality is measured from it.';
COMMENT ON COLUMN fin.feedback.code IS 'Risk code or anomaly kind.';

CREATE TABLE fin.dismissals (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL,
    report_id    uuid NOT NULL,
    subject      text NOT NULL CHECK (subject IN ('anomaly', 'risk', 'recommendation')),
    code         text NOT NULL,
    row_no       int,
    reason       text,
    until        date,
    created_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (workspace_id, report_id, subject, code, row_no),
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE fin.dismissals IS 'Findings a user put aside, and until when.';

CREATE VIEW fin.cache_stats WITH (security_invoker = true) AS
    SELECT a.workspace_id, 'analyses'::text AS cache, count(*) AS entries, coalesce(sum(a.hits), 0)::bigint AS hits, count(*) AS misses
    FROM fin.analyses a GROUP BY a.workspace_id;
COMMENT ON VIEW fin.cache_stats IS 'How often stored analyses answered. Each entry was one miss.';
