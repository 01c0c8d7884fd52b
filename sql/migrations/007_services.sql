-- Outside services and wordings that admins of a workspace set up; messages to members.

CREATE TABLE fin.connections (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    provider     text NOT NULL,
    name         text NOT NULL,
    settings     jsonb NOT NULL DEFAULT '{}',
    secret       bytea,
    created_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
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
    created_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
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

