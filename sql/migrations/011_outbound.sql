-- What leaves the machine: services that operators define, the secrets of connections, mail to members.

CREATE TABLE fin.providers (
    name       text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9_.-]{0,62}$'),
    kind       text NOT NULL CHECK (kind IN ('http', 'smtp', 's3')),
    base_url   text NOT NULL CHECK (base_url ~ CASE kind WHEN 'smtp' THEN '^smtps?://[!-~]+$' ELSE '^https?://[!-~]+$' END),
    settings   jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    secret     bytea,
    changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fin.providers IS 'Outside services of the installation. Operators alone say where they are; workspaces connect to them by name.';
COMMENT ON COLUMN fin.providers.secret IS 'The installation''s own, for workspaces without a connection. Sealed; written and never read.';

ALTER TABLE fin.notifications
    ADD COLUMN files uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(files) <= 10),
    ADD COLUMN mailed_at timestamptz;
COMMENT ON COLUMN fin.notifications.files IS 'Files of the workspace that its mail carries.';
COMMENT ON COLUMN fin.notifications.mailed_at IS 'When a mail server took it. Null: not yet, or nothing to send it to.';

CREATE FUNCTION fin.connection_for(place uuid, wanted_name text, wanted_kind text)
    RETURNS TABLE(connection_id uuid, provider text, kind text, base_url text, settings jsonb, secret bytea)
    LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.id, p.name, p.kind, p.base_url, p.settings || c.settings, c.secret
    FROM fin.connections c JOIN fin.providers p ON p.name = c.provider
    WHERE c.workspace_id = place AND (c.name = wanted_name OR wanted_name IS NULL) AND (p.kind = wanted_kind OR wanted_kind IS NULL)
    ORDER BY c.created_at, c.id LIMIT 1;
    IF NOT FOUND AND wanted_name IS NULL THEN
        RETURN QUERY SELECT NULL::uuid, p.name, p.kind, p.base_url, p.settings, p.secret
        FROM fin.providers p WHERE p.kind = wanted_kind ORDER BY p.name LIMIT 1;
    END IF;
END $$;
COMMENT ON FUNCTION fin.connection_for(uuid, text, text) IS
    'For workers: a connection of a workspace by name or kind with its sealed secret; without one of the kind, the installation''s own provider.';

CREATE FUNCTION fin.notification_add(user_id uuid, title text, body text, kind text, severity text, report_id uuid, files uuid[]) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
    made  uuid;
BEGIN
    IF report_id IS NOT NULL THEN
        SELECT r.workspace_id INTO place FROM fin.reports r
        WHERE r.id = notification_add.report_id AND r.workspace_id = ANY (fin.workspaces_of('analyst'));
    ELSE
        place := fin.writable_workspace();
    END IF;
    IF place IS NULL OR NOT place = ANY (fin.workspaces_of('analyst')) THEN
        RAISE EXCEPTION 'you may not send messages there' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Analysts of a workspace and those above them send messages to its members.';
    END IF;
    IF NOT EXISTS (SELECT FROM fin.memberships m WHERE m.workspace_id = place AND m.user_id = notification_add.user_id) THEN
        RAISE EXCEPTION 'user % is no member of the workspace', coalesce(user_id::text, 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Messages go to members of the workspace only.';
    END IF;
    IF EXISTS (SELECT FROM unnest(notification_add.files) f(id)
               WHERE NOT EXISTS (SELECT FROM fin.files s WHERE s.id = f.id AND s.workspace_id = place)) THEN
        RAISE EXCEPTION 'a file of the message is none of the workspace' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'SELECT id, filename FROM fin.files lists those you may send.';
    END IF;
    INSERT INTO fin.notifications (workspace_id, user_id, kind, severity, title, body, report_id, files)
    VALUES (place, notification_add.user_id, notification_add.kind, notification_add.severity, notification_add.title,
            notification_add.body, notification_add.report_id, coalesce(notification_add.files, '{}'))
    RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin.notification_add(uuid, text, text, text, text, uuid, uuid[]) IS 'Stores a message to a member of the workspace. Called by fin_notify.';

CREATE FUNCTION fin.notification_for_mail(place uuid, wanted uuid)
    RETURNS TABLE(address text, recipient text, language text, workspace text, severity text, title text, body text, files uuid[],
                  created_at timestamptz, mailed_at timestamptz)
    LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- Of members only: who has left since gets nothing.
    SELECT u.email, u.name, w.language, w.name, n.severity, n.title, n.body, n.files, n.created_at, n.mailed_at
    FROM fin.notifications n JOIN fin.users u ON u.id = n.user_id AND u.disabled_at IS NULL JOIN fin.workspaces w ON w.id = n.workspace_id
    WHERE n.workspace_id = place AND n.id = wanted
      AND EXISTS (SELECT FROM fin.memberships m WHERE m.workspace_id = n.workspace_id AND m.user_id = n.user_id)
$$;
COMMENT ON FUNCTION fin.notification_for_mail(uuid, uuid) IS 'For workers: a message, whom it goes to and in which language.';

CREATE FUNCTION fin.notification_mailed(place uuid, wanted uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE fin.notifications n SET mailed_at = clock_timestamp() WHERE n.workspace_id = place AND n.id = wanted AND n.mailed_at IS NULL
$$;
COMMENT ON FUNCTION fin.notification_mailed(uuid, uuid) IS 'For workers: the mail server has taken the message.';
