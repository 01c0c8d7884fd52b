-- Schemas fin and api: tables, identity, files, audit. Run by fin_setup(); nothing here belongs to the extension.
-- Rights (grants, owners of definer functions, policies) are in sql/rights.sql, because a restore may lose them.

CREATE SCHEMA fin;
COMMENT ON SCHEMA fin IS 'Ledgers, analyses and accounts of pg_fin. Made and migrated by fin_setup().';

CREATE TABLE fin.migrations (
    version    int PRIMARY KEY,
    name       text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    checksum   text NOT NULL
);
COMMENT ON TABLE fin.migrations IS 'Which numbered scripts fin_setup() has run here.';
COMMENT ON COLUMN fin.migrations.checksum IS 'SHA-256 of the script as it was run.';

-- People and their workspaces ---------------------------------------------------------------------------------------

CREATE TABLE fin.workspaces (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    plan          text NOT NULL DEFAULT 'free' CHECK (plan IN ('free', 'premium')),
    language      text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'ru')),
    settings      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    personal_role name UNIQUE,
    created_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fin.workspaces IS 'What members share: reports, settings, thresholds. Everything else hangs on a workspace.';
COMMENT ON COLUMN fin.workspaces.plan IS 'Changed by fin_admin only.';
COMMENT ON COLUMN fin.workspaces.settings IS 'Branding, AI consent and other choices of the workspace''s admins.';
COMMENT ON COLUMN fin.workspaces.personal_role IS 'The database role whose personal workspace this is; null for a shared one.';

CREATE TABLE fin.users (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email         text UNIQUE CHECK (email = lower(email)),
    name          text NOT NULL DEFAULT '',
    db_role       name UNIQUE,
    password_hash text,
    totp_secret   bytea,
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CHECK (email IS NOT NULL OR db_role IS NOT NULL)
);
COMMENT ON TABLE fin.users IS 'A person or program: signs in by e-mail through the API, or is a database role.';
COMMENT ON COLUMN fin.users.db_role IS 'The session_user this row speaks for, by name, so that it survives a restore.';
COMMENT ON COLUMN fin.users.password_hash IS 'bcrypt; null for somebody who never signs in by password. Readable by definer functions only.';
COMMENT ON COLUMN fin.users.totp_secret IS 'Sealed second factor. Readable by definer functions only.';
COMMENT ON COLUMN fin.users.disabled_at IS 'From then on this identity counts as nobody.';

CREATE TABLE fin.memberships (
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    user_id      uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    role         text NOT NULL CHECK (role IN ('owner', 'admin', 'analyst', 'viewer')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX memberships_user ON fin.memberships (user_id);
COMMENT ON TABLE fin.memberships IS 'Who may do what in a workspace. Asked at every statement, so removal acts at once.';

CREATE TABLE fin.sessions (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid REFERENCES fin.workspaces ON DELETE SET NULL,
    user_id      uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    refresh_hash bytea,
    address      inet,
    user_agent   text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz
);
CREATE INDEX sessions_user ON fin.sessions (user_id);
COMMENT ON TABLE fin.sessions IS 'Sign-ins of the API. A token names its session (sid); one that has ended is refused.';
COMMENT ON COLUMN fin.sessions.workspace_id IS 'The workspace chosen in this session.';
COMMENT ON COLUMN fin.sessions.refresh_hash IS 'SHA-256 of the current refresh token. Readable by definer functions only.';

CREATE TABLE fin.api_keys (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    name         text NOT NULL,
    key_hash     bytea NOT NULL,
    scopes       text[] NOT NULL DEFAULT '{read}' CHECK (scopes <@ ARRAY['read', 'write', 'export']),
    created_by   uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_keys_workspace ON fin.api_keys (workspace_id);
COMMENT ON TABLE fin.api_keys IS 'Keys of programs: at most the rights of their creator, narrowed by scopes.';
COMMENT ON COLUMN fin.api_keys.key_hash IS 'SHA-256 of the secret; the secret itself is shown once and never stored.';

-- Files -------------------------------------------------------------------------------------------------------------

CREATE TABLE fin.files (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size         bigint NOT NULL CHECK (size >= 0),
    media_type   text NOT NULL DEFAULT 'application/octet-stream',
    filename     text NOT NULL,
    scan_state   text NOT NULL DEFAULT 'unscanned' CHECK (scan_state IN ('unscanned', 'held', 'clean', 'infected')),
    created_by   uuid REFERENCES fin.users ON DELETE SET NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, sha256)
);
COMMENT ON TABLE fin.files IS 'Uploaded files, one row per content and workspace. Bytes are reached through fin.file_put and fin.file_get only.';
COMMENT ON COLUMN fin.files.scan_state IS 'What the virus scanner said: held files wait for it, infected ones are never given out.';

CREATE TABLE fin.file_chunks (
    workspace_id uuid NOT NULL,
    file_id      uuid NOT NULL,
    no           int NOT NULL CHECK (no >= 1),
    data         bytea NOT NULL CHECK (octet_length(data) <= 1048576),
    PRIMARY KEY (workspace_id, file_id, no),
    FOREIGN KEY (workspace_id, file_id) REFERENCES fin.files (workspace_id, id) ON DELETE CASCADE
);
-- Uploaded files are often packed already, and compressing a chunk twice only costs time.
ALTER TABLE fin.file_chunks ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE fin.file_chunks IS 'Content of files in pieces of at most 1 MB, numbered from 1.';

-- Ledgers -----------------------------------------------------------------------------------------------------------

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
    created_by      uuid REFERENCES fin.users ON DELETE SET NULL,
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
    set_by       uuid REFERENCES fin.users ON DELETE SET NULL,
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
    set_by       uuid REFERENCES fin.users ON DELETE SET NULL,
    set_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, code)
);
COMMENT ON TABLE fin.thresholds IS 'Lines of risks where a workspace moved them; null leaves the default of that line.';

-- Analyses and what people say about them ---------------------------------------------------------------------------

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
    created_by    uuid REFERENCES fin.users ON DELETE SET NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, report_id, input_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
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
    created_by   uuid REFERENCES fin.users ON DELETE SET NULL,
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
    created_by   uuid REFERENCES fin.users ON DELETE SET NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (workspace_id, report_id, subject, code, row_no),
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE fin.dismissals IS 'Findings a user put aside, and until when.';

-- Jobs --------------------------------------------------------------------------------------------------------------

CREATE TABLE fin.job_kinds (
    kind         text PRIMARY KEY,
    priority     text NOT NULL DEFAULT 'medium' CHECK (priority IN ('low', 'medium', 'high', 'critical')),
    max_attempts int NOT NULL DEFAULT 5 CHECK (max_attempts > 0),
    timeout      interval NOT NULL DEFAULT '5 minutes' CHECK (timeout > interval '0'),
    handler      text NOT NULL,
    min_role     text NOT NULL DEFAULT 'analyst' CHECK (min_role IN ('owner', 'admin', 'analyst', 'viewer'))
);
COMMENT ON TABLE fin.job_kinds IS 'What may be queued, by whom, and who handles it. Belongs to the installation, not to a workspace.';
COMMENT ON COLUMN fin.job_kinds.min_role IS 'Least role in the workspace that may enqueue this kind.';

CREATE TABLE fin.jobs (
    id            bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    workspace_id  uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    kind          text NOT NULL REFERENCES fin.job_kinds,
    payload       jsonb NOT NULL DEFAULT '{}',
    status        text NOT NULL DEFAULT 'queued'
                  CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled')),
    priority      text NOT NULL DEFAULT 'medium' CHECK (priority IN ('low', 'medium', 'high', 'critical')),
    user_id       uuid REFERENCES fin.users ON DELETE SET NULL,
    db_role       name NOT NULL,
    run_at        timestamptz NOT NULL DEFAULT now(),
    attempts      int NOT NULL DEFAULT 0,
    lease_token   bigint NOT NULL DEFAULT 0,
    lease_until   timestamptz,
    result        jsonb,
    error         text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz
);
CREATE INDEX jobs_due ON fin.jobs (run_at) WHERE status IN ('queued', 'failed');
CREATE INDEX jobs_workspace ON fin.jobs (workspace_id, id);
COMMENT ON TABLE fin.jobs IS 'The queue. A job runs as the role and identity that enqueued it.';
COMMENT ON COLUMN fin.jobs.status IS 'failed will be tried again; dead will not.';
COMMENT ON COLUMN fin.jobs.lease_token IS 'Grows with every claim; a worker whose token is older may no longer write the result.';

CREATE TABLE fin.job_attempts (
    workspace_id uuid NOT NULL,
    job_id       bigint NOT NULL REFERENCES fin.jobs ON DELETE CASCADE,
    attempt      int NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    outcome      text CHECK (outcome IN ('succeeded', 'failed', 'dead', 'cancelled')),
    error        text,
    PRIMARY KEY (job_id, attempt)
);
COMMENT ON TABLE fin.job_attempts IS 'Each try of a job and how it ended.';

-- What admins of a workspace set up ---------------------------------------------------------------------------------

CREATE TABLE fin.connections (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    provider     text NOT NULL,
    name         text NOT NULL,
    settings     jsonb NOT NULL DEFAULT '{}',
    secret       bytea,
    created_by   uuid REFERENCES fin.users ON DELETE SET NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, name)
);
COMMENT ON TABLE fin.connections IS 'Outside services of a workspace.';
COMMENT ON COLUMN fin.connections.secret IS 'Sealed with the installation''s key before it gets here. Users write it and never read it.';

CREATE TABLE fin.prompts (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    name         text NOT NULL,
    version      int NOT NULL DEFAULT 1,
    body         text NOT NULL,
    created_by   uuid REFERENCES fin.users ON DELETE SET NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, name, version)
);
COMMENT ON TABLE fin.prompts IS 'Wordings a workspace uses instead of the built-in ones. A change is a new version.';

CREATE TABLE fin.notifications (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    user_id      uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    kind         text NOT NULL,
    severity     text NOT NULL DEFAULT 'low' CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    title        text NOT NULL,
    body         text NOT NULL DEFAULT '',
    report_id    uuid,
    created_at   timestamptz NOT NULL DEFAULT now(),
    read_at      timestamptz,
    FOREIGN KEY (workspace_id, report_id) REFERENCES fin.reports (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX notifications_user ON fin.notifications (user_id, created_at);
COMMENT ON TABLE fin.notifications IS 'Messages to one member.';

CREATE TABLE fin.audit_log (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    workspace_id uuid,
    user_id      uuid,
    db_role      name NOT NULL,
    address      inet,
    action       text NOT NULL,
    object       text,
    before_hash  text,
    after_hash   text,
    detail       jsonb
);
CREATE INDEX audit_log_workspace ON fin.audit_log (workspace_id, id);
COMMENT ON TABLE fin.audit_log IS 'Who did what. Append only; outlives users and workspaces, so it references neither.';
COMMENT ON COLUMN fin.audit_log.before_hash IS 'SHA-256 of the row before, secrets left out; null where there was none.';
COMMENT ON COLUMN fin.audit_log.after_hash IS 'SHA-256 of the row after, secrets left out; null where none is left.';

-- Identity ----------------------------------------------------------------------------------------------------------
-- PL/pgSQL where plain SQL would do: its plans are kept, and these run at every statement.

CREATE FUNCTION fin.claim(name text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Anyone may set request.jwt.claims; only the API's own login has verified them.
    IF session_user <> 'fin_authenticator' THEN
        RETURN NULL;
    END IF;
    RETURN nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> name;
END $$;
COMMENT ON FUNCTION fin.claim(text) IS 'A claim of the verified token; null in any session that is not the API''s.';

CREATE FUNCTION fin.current_user_id() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    subject uuid;
    session uuid;
BEGIN
    IF session_user <> 'fin_authenticator' THEN
        RETURN (SELECT u.id FROM fin.users u WHERE u.db_role = session_user AND u.disabled_at IS NULL);
    END IF;
    subject := fin.claim('sub')::uuid;
    session := fin.claim('sid')::uuid;
    IF session IS NOT NULL AND NOT EXISTS (
        SELECT FROM fin.sessions s
        WHERE s.id = session AND s.user_id = subject AND s.ended_at IS NULL AND s.expires_at > now()) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT u.id FROM fin.users u WHERE u.id = subject AND u.disabled_at IS NULL);
END $$;
COMMENT ON FUNCTION fin.current_user_id() IS
    'Who is asking: the token''s subject in a session of the API, else the row of session_user. Null for nobody.';

CREATE FUNCTION fin.roles_from(min_role text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ladder CONSTANT text[] := ARRAY['viewer', 'analyst', 'admin', 'owner'];
    step int := array_position(ladder, min_role);
BEGIN
    IF step IS NULL THEN
        RAISE EXCEPTION 'unknown role %', coalesce(quote_literal(min_role), 'NULL')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Roles are ' || array_to_string(ladder, ', ') || '.';
    END IF;
    RETURN ladder[step:];
END $$;
COMMENT ON FUNCTION fin.roles_from(text) IS 'The membership roles that may do what min_role may.';

CREATE FUNCTION fin.workspaces_of(min_role text) RETURNS uuid[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    roles  text[] := fin.roles_from(min_role);
    member uuid := fin.current_user_id();
    chosen uuid := fin.claim('ws')::uuid;
BEGIN
    RETURN ARRAY(SELECT m.workspace_id FROM fin.memberships m
                 WHERE m.user_id = member AND m.role = ANY (roles) AND (chosen IS NULL OR m.workspace_id = chosen)
                 ORDER BY 1);
END $$;
COMMENT ON FUNCTION fin.workspaces_of(text) IS
    'Workspaces where the caller has at least this role. Policies ask it in a sub-select, once per statement.';

CREATE FUNCTION fin.role_in(workspace_id uuid) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen uuid := fin.claim('ws')::uuid;
BEGIN
    IF chosen <> workspace_id THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT m.role FROM fin.memberships m
            WHERE m.workspace_id = role_in.workspace_id AND m.user_id = fin.current_user_id());
END $$;
COMMENT ON FUNCTION fin.role_in(uuid) IS 'The caller''s role in a workspace; null for none.';

CREATE FUNCTION fin.colleagues() RETURNS uuid[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid[] := fin.workspaces_of('viewer');
BEGIN
    RETURN ARRAY(SELECT DISTINCT m.user_id FROM fin.memberships m WHERE m.workspace_id = ANY (mine));
END $$;
COMMENT ON FUNCTION fin.colleagues() IS 'Members of the caller''s workspaces, the caller among them.';

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

CREATE FUNCTION fin.is_admin() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN pg_has_role(current_user, 'fin_admin', 'MEMBER');
END $$;
COMMENT ON FUNCTION fin.is_admin() IS 'Is the current role an operator of the installation (fin_admin, superusers)?';

CREATE FUNCTION fin.writable_workspace() RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member   uuid := fin.current_user_id();
    setting  text := nullif(current_setting('pg_fin.workspace', true), '');
    chosen   uuid;
    choices  uuid[];
    its_role text;
    its_name text;
BEGIN
    IF member IS NULL AND session_user = 'fin_authenticator' THEN
        RAISE EXCEPTION 'nobody is signed in' USING ERRCODE = 'invalid_authorization_specification',
            HINT = 'Send a token whose session has not ended.';
    END IF;
    -- The account itself is asked: another session's first write may have made it since `member` was looked up.
    IF member IS NULL AND EXISTS (SELECT FROM fin.users u WHERE u.db_role = session_user AND u.disabled_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the account of role % is disabled', session_user USING ERRCODE = 'invalid_authorization_specification';
    END IF;

    BEGIN
        chosen := coalesce(fin.claim('ws'), setting)::uuid;
    EXCEPTION WHEN invalid_text_representation THEN
        RAISE EXCEPTION 'the chosen workspace % is no id', quote_literal(coalesce(fin.claim('ws'), setting))
            USING ERRCODE = 'invalid_parameter_value', HINT = 'SELECT id, name FROM fin.workspaces lists yours.';
    END;

    IF chosen IS NULL THEN
        choices := ARRAY(SELECT m.workspace_id FROM fin.memberships m WHERE m.user_id = member);
        chosen := coalesce((SELECT w.id FROM fin.workspaces w WHERE w.personal_role = session_user AND w.id = ANY (choices)),
                           CASE WHEN cardinality(choices) = 1 THEN choices[1] END);
        IF chosen IS NULL AND cardinality(choices) > 1 THEN
            RAISE EXCEPTION 'you are a member of % workspaces, none is chosen', cardinality(choices)
                USING ERRCODE = 'invalid_parameter_value',
                      HINT = 'SET pg_fin.workspace to one of: SELECT id, name FROM fin.workspaces.';
        END IF;
        IF chosen IS NULL AND session_user = 'fin_authenticator' THEN
            RAISE EXCEPTION 'you are a member of no workspace' USING ERRCODE = 'insufficient_privilege',
                HINT = 'Ask an admin of a workspace to add you.';
        END IF;
        IF chosen IS NULL THEN
            RETURN fin.make_personal_workspace();
        END IF;
    END IF;

    SELECT m.role INTO its_role FROM fin.memberships m WHERE m.workspace_id = chosen AND m.user_id = member;
    IF its_role IS NULL THEN
        -- Same words whether it exists or not: ids of others are nobody's business.
        RAISE EXCEPTION 'you are no member of workspace %', chosen USING ERRCODE = 'insufficient_privilege',
            HINT = 'SELECT id, name FROM fin.workspaces lists yours.';
    END IF;
    IF NOT its_role = ANY (fin.roles_from('analyst')) THEN
        SELECT w.name INTO its_name FROM fin.workspaces w WHERE w.id = chosen;
        RAISE EXCEPTION 'your role in workspace "%" is %, writing needs analyst or higher', its_name, its_role
            USING ERRCODE = 'insufficient_privilege', HINT = 'An admin of the workspace can change your role.';
    END IF;
    RETURN chosen;
END $$;
COMMENT ON FUNCTION fin.writable_workspace() IS
    'The workspace a write goes to, after checking the caller''s role. The first write of a database role makes its personal one. Call it in a statement of its own, before the write.';

CREATE FUNCTION fin.make_personal_workspace() RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member uuid;
    made   uuid;
BEGIN
    -- Two first writes at once: the second waits at the unique key, then finds what the first has made.
    INSERT INTO fin.users (db_role, name) VALUES (session_user, session_user) ON CONFLICT (db_role) DO NOTHING;
    SELECT u.id INTO STRICT member FROM fin.users u WHERE u.db_role = session_user;
    INSERT INTO fin.workspaces (name, personal_role) VALUES (session_user, session_user) ON CONFLICT (personal_role) DO NOTHING;
    SELECT w.id INTO STRICT made FROM fin.workspaces w WHERE w.personal_role = session_user;
    INSERT INTO fin.memberships (workspace_id, user_id, role) VALUES (made, member, 'owner') ON CONFLICT DO NOTHING;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.make_personal_workspace() IS 'Account, workspace and ownership of a database role at its first write. Internal.';

ALTER TABLE fin.files ALTER COLUMN created_by SET DEFAULT fin.current_user_id();
ALTER TABLE fin.reports ALTER COLUMN created_by SET DEFAULT fin.current_user_id();
ALTER TABLE fin.category_kinds ALTER COLUMN set_by SET DEFAULT fin.current_user_id();
ALTER TABLE fin.thresholds ALTER COLUMN set_by SET DEFAULT fin.current_user_id();
ALTER TABLE fin.analyses ALTER COLUMN created_by SET DEFAULT fin.current_user_id();
ALTER TABLE fin.feedback ALTER COLUMN created_by SET DEFAULT fin.current_user_id();
ALTER TABLE fin.dismissals ALTER COLUMN created_by SET DEFAULT fin.current_user_id();
ALTER TABLE fin.connections ALTER COLUMN created_by SET DEFAULT fin.current_user_id();
ALTER TABLE fin.prompts ALTER COLUMN created_by SET DEFAULT fin.current_user_id();
ALTER TABLE fin.api_keys ALTER COLUMN created_by SET DEFAULT fin.current_user_id();

CREATE FUNCTION fin.add_member(workspace_id uuid, db_role name, role text) RETURNS uuid
    LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own  text := fin.role_in(workspace_id);
    was  text;
    them uuid;
BEGIN
    PERFORM fin.roles_from(role);
    SELECT u.id INTO them FROM fin.users u WHERE u.db_role = add_member.db_role;
    SELECT m.role INTO was FROM fin.memberships m WHERE m.workspace_id = add_member.workspace_id AND m.user_id = them;
    -- session_user, because inside this function current_user is its owner.
    IF NOT pg_has_role(session_user, 'fin_admin', 'MEMBER') AND NOT coalesce(own = 'owner', false)
       AND NOT coalesce(own = 'admin' AND role IN ('analyst', 'viewer') AND coalesce(was, role) IN ('analyst', 'viewer'), false) THEN
        RAISE EXCEPTION 'you may not make % % of this workspace', quote_ident(db_role), role
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Admins of a workspace appoint analysts and viewers, its owners also admins and owners.';
    END IF;
    IF them IS NULL THEN
        IF to_regrole(quote_ident(db_role)) IS NULL THEN
            RAISE EXCEPTION 'role % does not exist', quote_ident(db_role) USING ERRCODE = 'undefined_object';
        END IF;
        INSERT INTO fin.users (db_role, name) VALUES (add_member.db_role, add_member.db_role) RETURNING id INTO them;
    END IF;
    INSERT INTO fin.memberships AS m (workspace_id, user_id, role) VALUES (add_member.workspace_id, them, add_member.role)
        ON CONFLICT ON CONSTRAINT memberships_pkey DO UPDATE SET role = excluded.role WHERE m.role <> excluded.role;
    RETURN them;
END $$;
COMMENT ON FUNCTION fin.add_member(uuid, name, text) IS
    'Makes a database role a member of a workspace, or changes its role there. It also needs GRANT fin_user.';

-- Guards ------------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.guard_plan() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.plan IS DISTINCT FROM (CASE TG_OP WHEN 'INSERT' THEN 'free' ELSE OLD.plan END)
       AND NOT pg_has_role(current_user, 'fin_admin', 'MEMBER') THEN
        RAISE EXCEPTION 'the plan of a workspace is changed by fin_admin only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION fin.guard_plan() IS 'Trigger: plans change only by fin_admin.';
CREATE TRIGGER guard_plan BEFORE INSERT OR UPDATE OF plan ON fin.workspaces
    FOR EACH ROW EXECUTE FUNCTION fin.guard_plan();

CREATE FUNCTION fin.guard_last_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.role <> 'owner' OR (TG_OP = 'UPDATE' AND NEW.role = 'owner' AND NEW.workspace_id = OLD.workspace_id) THEN
        RETURN NULL;
    END IF;
    -- The lock makes two owners who remove each other take turns. No row: the workspace itself is being deleted.
    PERFORM FROM fin.workspaces w WHERE w.id = OLD.workspace_id FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (SELECT FROM fin.memberships m WHERE m.workspace_id = OLD.workspace_id AND m.role = 'owner') THEN
        RAISE EXCEPTION 'a workspace keeps at least one owner' USING ERRCODE = 'integrity_constraint_violation',
            HINT = 'Make somebody else an owner first, or delete the workspace.';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.guard_last_owner() IS 'Trigger: the last owner of a workspace stays.';
CREATE TRIGGER guard_last_owner AFTER UPDATE OR DELETE ON fin.memberships
    FOR EACH ROW EXECUTE FUNCTION fin.guard_last_owner();

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

-- Audit -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION fin.audit_write(workspace_id uuid, action text, object text, before_hash text, after_hash text, detail jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO fin.audit_log (workspace_id, user_id, db_role, address, action, object, before_hash, after_hash, detail)
    VALUES (workspace_id, fin.current_user_id(), session_user, inet_client_addr(), action, object, before_hash, after_hash, detail);
END $$;
COMMENT ON FUNCTION fin.audit_write(uuid, text, text, text, text, jsonb) IS 'Writes an audit row in the caller''s name. Internal: for definer functions only.';

CREATE FUNCTION fin.audit(action text, object text, detail jsonb DEFAULT NULL, workspace_id uuid DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid := workspace_id;
BEGIN
    -- A standby cannot write, and an export from it is still an export.
    IF pg_is_in_recovery() THEN
        RETURN;
    END IF;
    -- What has a table row is written by triggers, sign-ins by their own functions: neither may be claimed here.
    IF action IS NULL OR action NOT IN ('export', 'verify', 'forecast', 'ai_preview') THEN
        RAISE EXCEPTION 'action % is not written by fin.audit', coalesce(quote_literal(action), 'NULL')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'It takes export, verify, forecast, ai_preview.';
    END IF;
    IF octet_length(object) > 1000 OR octet_length(detail::text) > 8000 THEN
        RAISE EXCEPTION 'the audit entry is too long' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    IF place IS NULL THEN
        SELECT r.workspace_id INTO place FROM fin.reports r WHERE r.id::text = object;
    END IF;
    IF place IS NOT NULL AND NOT place = ANY (fin.workspaces_of('viewer'))
       AND NOT pg_has_role(session_user, 'fin_admin', 'MEMBER') THEN
        RAISE EXCEPTION 'you are no member of that workspace' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM fin.audit_write(place, action, object, NULL, NULL, detail);
END $$;
COMMENT ON FUNCTION fin.audit(text, text, jsonb, uuid) IS 'Audit entry of a feature that changes no row, such as an export. The workspace is that of the report named as object.';

CREATE FUNCTION fin.audit_row() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Left out of hashes: secrets, and what is long and hashed already.
    hidden CONSTANT text[] := ARRAY['secret', 'key_hash', 'password_hash', 'totp_secret', 'refresh_hash', 'document'];
    before jsonb;
    after  jsonb;
    fact   jsonb;
    action text := CASE TG_OP WHEN 'INSERT' THEN TG_ARGV[0] WHEN 'UPDATE' THEN TG_ARGV[1] ELSE TG_ARGV[2] END;
BEGIN
    IF TG_TABLE_NAME = 'analyses' THEN
        PERFORM fin.audit_write(NEW.workspace_id, action, NEW.report_id::text,
                                CASE WHEN TG_OP = 'UPDATE' THEN OLD.document_hash END, NEW.document_hash,
                                jsonb_build_object('engine', NEW.engine));
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD) - hidden; END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW) - hidden; END IF;
    fact := coalesce(after, before);
    IF TG_TABLE_NAME = 'reports' AND fact ->> 'source' = 'attach' THEN
        action := replace(action, 'import', 'attach');
    END IF;
    PERFORM fin.audit_write(
        CASE TG_TABLE_NAME WHEN 'workspaces' THEN fact ->> 'id' ELSE fact ->> 'workspace_id' END::uuid,
        action,
        coalesce(fact ->> 'id', fact ->> 'user_id'),
        encode(sha256(convert_to(before::text, 'UTF8')), 'hex'),
        encode(sha256(convert_to(after::text, 'UTF8')), 'hex'),
        CASE TG_TABLE_NAME
            WHEN 'memberships' THEN jsonb_build_object('before', before ->> 'role', 'after', after ->> 'role')
            WHEN 'workspaces' THEN jsonb_build_object('name', fact ->> 'name', 'plan', fact ->> 'plan')
            WHEN 'reports' THEN jsonb_strip_nulls(jsonb_build_object('filename', fact ->> 'filename', 'relation', fact ->> 'relation', 'status', fact ->> 'status'))
            WHEN 'files' THEN jsonb_build_object('filename', fact ->> 'filename', 'sha256', fact ->> 'sha256')
            WHEN 'dismissals' THEN jsonb_build_object('report_id', fact ->> 'report_id', 'subject', fact ->> 'subject', 'code', fact ->> 'code')
            ELSE jsonb_build_object('name', fact ->> 'name')
        END);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.audit_row() IS 'Trigger: writes the audit entry of a changed row. Arguments: action on insert, update, delete.';

CREATE TRIGGER audit_workspace AFTER INSERT OR UPDATE OR DELETE ON fin.workspaces
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('workspace_create', 'workspace_change', 'workspace_delete');
CREATE TRIGGER audit_membership AFTER INSERT OR UPDATE OR DELETE ON fin.memberships
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('member_add', 'role_change', 'member_remove');
CREATE TRIGGER audit_api_key AFTER INSERT OR UPDATE OF name, key_hash, scopes, expires_at, revoked_at OR DELETE ON fin.api_keys
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('key_create', 'key_change', 'key_delete');
CREATE TRIGGER audit_connection AFTER INSERT OR UPDATE OR DELETE ON fin.connections
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('connection_create', 'connection_change', 'connection_delete');
CREATE TRIGGER audit_report AFTER INSERT OR DELETE ON fin.reports
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('import', 'import_change', 'import_undo');
CREATE TRIGGER audit_analysis AFTER INSERT OR UPDATE OF document, document_hash ON fin.analyses
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('analyse', 'analysis_change');
CREATE TRIGGER audit_dismissal AFTER INSERT OR UPDATE OR DELETE ON fin.dismissals
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('dismiss', 'dismiss_change', 'dismiss_undo');
CREATE TRIGGER audit_file AFTER DELETE ON fin.files
    FOR EACH ROW EXECUTE FUNCTION fin.audit_row('file_add', 'file_change', 'file_delete');

CREATE FUNCTION fin.guard_audit() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- The one way out is fin.audit_prune, whose owner nobody can log in as.
    IF TG_OP = 'DELETE' AND current_user = 'fin_definer' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the audit log is append only' USING ERRCODE = 'insufficient_privilege',
        HINT = 'Old entries are removed by fin.audit_prune.';
END $$;
COMMENT ON FUNCTION fin.guard_audit() IS 'Trigger: audit entries are neither changed nor removed.';
CREATE TRIGGER guard_audit BEFORE UPDATE OR DELETE OR TRUNCATE ON fin.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION fin.guard_audit();

CREATE FUNCTION fin.audit_prune(keep interval) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    removed bigint;
BEGIN
    IF keep IS NULL OR now() - keep > now() - interval '90 days' THEN
        RAISE EXCEPTION 'audit entries are kept at least 90 days' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM fin.audit_log a WHERE a.at < now() - keep;
    GET DIAGNOSTICS removed = ROW_COUNT;
    PERFORM fin.audit_write(NULL, 'audit_prune', NULL, NULL, NULL, jsonb_build_object('keep', keep::text, 'removed', removed));
    RETURN removed;
END $$;
COMMENT ON FUNCTION fin.audit_prune(interval) IS 'Removes audit entries older than keep (at least 90 days) and says so in the log. For fin_admin.';

-- Files: the only way to their bytes --------------------------------------------------------------------------------

CREATE FUNCTION fin.file_put(filename text, media_type text, content bytea) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place  uuid := fin.writable_workspace();
    hash   bytea := sha256(content);
    known  uuid;
    piece  CONSTANT int := 1048576;
BEGIN
    IF filename IS NULL OR content IS NULL THEN
        RAISE EXCEPTION 'a file needs a name and content' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    INSERT INTO fin.files (workspace_id, sha256, size, media_type, filename)
    VALUES (place, hash, octet_length(content), coalesce(file_put.media_type, 'application/octet-stream'), file_put.filename)
    ON CONFLICT ON CONSTRAINT files_workspace_id_sha256_key DO NOTHING
    RETURNING id INTO known;
    IF known IS NULL THEN
        SELECT f.id INTO STRICT known FROM fin.files f WHERE f.workspace_id = place AND f.sha256 = hash;
        RETURN known;
    END IF;
    INSERT INTO fin.file_chunks (workspace_id, file_id, no, data)
    SELECT place, known, i, substring(content FROM (i - 1) * piece + 1 FOR piece)
    FROM generate_series(1, (octet_length(content) + piece - 1) / piece) i;
    RETURN known;
END $$;
COMMENT ON FUNCTION fin.file_put(text, text, bytea) IS 'Stores a file in the caller''s workspace. The same bytes again give the same file.';

CREATE FUNCTION fin.file_get(file_id uuid) RETURNS bytea
    LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    file    fin.files;
    content bytea;
BEGIN
    SELECT * INTO file FROM fin.files f WHERE f.id = file_get.file_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'file % does not exist', file_id USING ERRCODE = 'no_data_found',
            HINT = 'SELECT id, filename FROM fin.files lists those you may read.';
    END IF;
    IF file.scan_state IN ('held', 'infected') THEN
        RAISE EXCEPTION 'file % is %', file_id, CASE file.scan_state WHEN 'held' THEN 'waiting for the virus scanner' ELSE 'infected' END
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    SELECT coalesce(string_agg(c.data, ''::bytea ORDER BY c.no), ''::bytea) INTO content
    FROM fin.file_chunks c WHERE c.workspace_id = file.workspace_id AND c.file_id = file.id;
    IF sha256(content) <> file.sha256 THEN
        RAISE EXCEPTION 'file % is damaged: % bytes, expected %', file_id, octet_length(content), file.size
            USING ERRCODE = 'data_corrupted';
    END IF;
    RETURN content;
END $$;
COMMENT ON FUNCTION fin.file_get(uuid) IS 'Content of a file the caller may read, checked against its hash.';

-- What others see ---------------------------------------------------------------------------------------------------

CREATE VIEW fin.cache_stats WITH (security_invoker = true) AS
    SELECT a.workspace_id, 'analyses'::text AS cache, count(*) AS entries, coalesce(sum(a.hits), 0)::bigint AS hits, count(*) AS misses
    FROM fin.analyses a GROUP BY a.workspace_id;
COMMENT ON VIEW fin.cache_stats IS 'How often stored analyses answered. Each entry was one miss.';

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
