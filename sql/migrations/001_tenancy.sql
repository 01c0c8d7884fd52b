-- Schema fin, its list of migrations, people and their workspaces. Run by fin_setup(), like every file of this folder;
-- nothing here belongs to the extension. Rights (grants, owners of definer functions, policies) are in sql/rights.sql,
-- because a restore may lose them.

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
