-- Accounts of the product's API: sign-in by password and one-time code, sessions with rotating tokens, keys of programs.
-- Functions that count a failure return it and set response.status, because a RAISE would take the count back.

ALTER TABLE fin.users
    ADD COLUMN verified_at timestamptz,
    ADD COLUMN waits_for_mail boolean NOT NULL DEFAULT false,
    ADD COLUMN totp_pending bytea,
    ADD COLUMN totp_last bigint,
    ADD COLUMN recovery_hashes bytea[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN fin.users.verified_at IS 'When somebody showed to read the mail of this address.';
COMMENT ON COLUMN fin.users.waits_for_mail IS 'Registered while a mail server was set up: signs in only after the address is verified.';
COMMENT ON COLUMN fin.users.totp_pending IS 'Sealed second factor that is not confirmed yet. Readable by definer functions only.';
COMMENT ON COLUMN fin.users.totp_last IS 'Step of the last one-time code that was accepted: no code counts twice.';
COMMENT ON COLUMN fin.users.recovery_hashes IS 'SHA-256 of the codes for a lost second factor, each good once.';

CREATE UNIQUE INDEX sessions_refresh ON fin.sessions (refresh_hash);

CREATE TABLE fin.spent_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES fin.sessions ON DELETE CASCADE,
    spent_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX spent_tokens_session ON fin.spent_tokens (session_id);
COMMENT ON TABLE fin.spent_tokens IS 'Refresh tokens that were exchanged. Whoever shows one again ends the session: somebody has a copy.';

CREATE TABLE fin.account_tokens (
    token_hash    bytea PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    purpose       text NOT NULL CHECK (purpose IN ('verify', 'reset')),
    password_hash text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    CHECK (purpose = 'verify' OR password_hash IS NULL)
);
CREATE INDEX account_tokens_user ON fin.account_tokens (user_id);
COMMENT ON TABLE fin.account_tokens IS 'Tokens that were mailed, or given out by an operator: to verify an address, to reset a password. Removed when used.';
COMMENT ON COLUMN fin.account_tokens.password_hash IS
    'Password of the registration that this token confirms, so that nobody else''s registration of the same address counts.';

CREATE TABLE fin.login_failures (
    account_hash bytea NOT NULL,
    address      inet,
    purpose      text NOT NULL,
    at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX login_failures_account ON fin.login_failures (account_hash, at);
CREATE INDEX login_failures_address ON fin.login_failures (address, at);
CREATE INDEX login_failures_at ON fin.login_failures (at);
COMMENT ON TABLE fin.login_failures IS 'Failed sign-ins, registrations and resets of the last day, whether there is such an account or not.';
COMMENT ON COLUMN fin.login_failures.account_hash IS 'SHA-256 of the e-mail address as it was given: strangers'' addresses are not kept.';

INSERT INTO fin.job_kinds (kind, priority, max_attempts, timeout, handler, min_role, holds_worker, lane_key)
    VALUES ('account_mail', 'high', 5, '2 minutes', 'send_notification', 'viewer', false, NULL) ON CONFLICT (kind) DO NOTHING;

-- fin_setup() makes policies that are missing: these two say something else than before.
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN SELECT p.polname, p.polrelid::regclass AS relation FROM pg_policy p
        WHERE (p.polrelid, p.polname) IN (('fin.memberships'::regclass, 'remove'), ('fin.notifications'::regclass, 'read'))
    LOOP
        EXECUTE format('DROP POLICY %I ON %s', old.polname, old.relation);
    END LOOP;
END $$;

-- Who is asking, with keys -------------------------------------------------------------------------------------------

CREATE FUNCTION fin.key_scopes() RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key uuid;
BEGIN
    IF session_user <> 'fin_authenticator' THEN
        RETURN NULL;
    END IF;
    key := fin.claim('key')::uuid;
    IF key IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN coalesce((SELECT k.scopes FROM fin.api_keys k
                     WHERE k.id = key AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())), '{}');
END $$;
COMMENT ON FUNCTION fin.key_scopes() IS 'What the key that is asking may do; empty once it is revoked; null where no key is asking.';

CREATE FUNCTION fin.has_scope(scope text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(scope = ANY (fin.key_scopes()), true);
END $$;
COMMENT ON FUNCTION fin.has_scope(text) IS 'May whoever is asking read, write or export, as far as its key decides? People may; their role decides.';

-- A key is for work with data: it never manages people, keys or the workspace, whatever its creator may.
CREATE FUNCTION fin.narrowed_role(role text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    scopes text[] := fin.key_scopes();
BEGIN
    IF scopes IS NULL OR role IS NULL THEN
        RETURN role;
    END IF;
    RETURN CASE WHEN 'write' = ANY (scopes) THEN CASE role WHEN 'viewer' THEN 'viewer' ELSE 'analyst' END
                WHEN scopes && ARRAY['read', 'export'] THEN 'viewer' END;
END $$;
COMMENT ON FUNCTION fin.narrowed_role(text) IS
    'What is left of a member''s role: all of it for people; for a key at most analyst with the scope write, viewer with read or export.';

CREATE OR REPLACE FUNCTION fin.current_user_id() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    subject uuid;
    session uuid;
    key     uuid;
    known   record;
BEGIN
    IF session_user NOT IN ('fin_authenticator', 'fin_worker') THEN
        RETURN (SELECT u.id FROM fin.users u WHERE u.db_role = session_user AND u.disabled_at IS NULL);
    END IF;
    subject := fin.claim('sub')::uuid;
    session := fin.claim('sid')::uuid;
    key := fin.claim('key')::uuid;
    IF session IS NOT NULL AND NOT EXISTS (
        SELECT FROM fin.sessions s
        WHERE s.id = session AND s.user_id = subject AND s.ended_at IS NULL AND s.expires_at > now()) THEN
        RAISE EXCEPTION 'the session has ended' USING ERRCODE = 'PT401', HINT = 'Sign in again.';
    END IF;
    IF key IS NOT NULL AND NOT EXISTS (
        SELECT FROM fin.api_keys k
        WHERE k.id = key AND k.created_by = subject AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())) THEN
        RETURN NULL;
    END IF;
    SELECT u.id, u.disabled_at INTO known FROM fin.users u WHERE u.id = subject;
    IF known.disabled_at IS NULL THEN
        RETURN known.id;
    ELSIF session_user = 'fin_authenticator' THEN
        RAISE EXCEPTION 'the account is closed' USING ERRCODE = 'PT401', HINT = 'An operator of the installation can open it again.';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.current_user_id() IS
    'Who is asking: the token''s subject or the key''s creator in a session of the API, who queued the job in a worker, else the row of session_user. Null for nobody.';

CREATE OR REPLACE FUNCTION fin.workspaces_of(min_role text) RETURNS uuid[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    roles  text[] := fin.roles_from(min_role);
    member uuid := fin.current_user_id();
    chosen uuid := fin.claim('ws')::uuid;
BEGIN
    IF fin.key_scopes() IS NOT NULL THEN
        roles := ARRAY(SELECT r FROM unnest(fin.roles_from('viewer')) r WHERE fin.narrowed_role(r) = ANY (roles));
    END IF;
    RETURN ARRAY(SELECT m.workspace_id FROM fin.memberships m
                 WHERE m.user_id = member AND m.role = ANY (roles) AND (chosen IS NULL OR m.workspace_id = chosen)
                 ORDER BY 1);
END $$;

CREATE OR REPLACE FUNCTION fin.role_in(workspace_id uuid) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen uuid := fin.claim('ws')::uuid;
BEGIN
    IF chosen <> workspace_id THEN
        RETURN NULL;
    END IF;
    RETURN fin.narrowed_role((SELECT m.role FROM fin.memberships m
                              WHERE m.workspace_id = role_in.workspace_id AND m.user_id = fin.current_user_id()));
END $$;

CREATE OR REPLACE FUNCTION fin.writable_workspace() RETURNS uuid
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
    IF NOT coalesce(fin.narrowed_role(its_role) = ANY (fin.roles_from('analyst')), false) AND its_role <> 'viewer' THEN
        RAISE EXCEPTION 'this key may not write' USING ERRCODE = 'insufficient_privilege', HINT = 'It needs the scope write.';
    END IF;
    IF NOT its_role = ANY (fin.roles_from('analyst')) THEN
        SELECT w.name INTO its_name FROM fin.workspaces w WHERE w.id = chosen;
        RAISE EXCEPTION 'your role in workspace "%" is %, writing needs analyst or higher', its_name, its_role
            USING ERRCODE = 'insufficient_privilege', HINT = 'An admin of the workspace can change your role.';
    END IF;
    RETURN chosen;
END $$;

CREATE FUNCTION fin.client_address() RETURNS inet
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    header text;
BEGIN
    -- The REST server says from where the request came; anyone else could say anything. Behind a proxy that is the
    -- proxy, and the server's file of settings names the header in which it tells whose request it passes on.
    IF session_user = 'fin_authenticator' THEN
        header := nullif(current_setting('request.headers', true), '')::jsonb ->> lower(current_setting('app.settings.fin_address_header', true));
        -- Of a list the last counts: what stands before it the client may have written itself.
        RETURN coalesce(nullif(btrim(substring(header FROM '[^,]*$')), ''), nullif(current_setting('request.address', true), ''))::inet;
    END IF;
    RETURN inet_client_addr();
EXCEPTION WHEN invalid_text_representation THEN
    RETURN NULL;
END $$;
COMMENT ON FUNCTION fin.client_address() IS
    'Where the request came from: the last address in the header named by app.settings.fin_address_header, else what the REST server says in request.address; for others that of the connection. Null where it is not known.';

CREATE OR REPLACE FUNCTION fin.audit_write(workspace_id uuid, action text, object text, before_hash text, after_hash text, detail jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO fin.audit_log (workspace_id, user_id, db_role, address, action, object, before_hash, after_hash, detail)
    VALUES (workspace_id, fin.current_user_id(),
            CASE WHEN session_user = 'fin_worker' THEN coalesce(fin.claim('db_role'), session_user) ELSE session_user END,
            fin.client_address(), action, object, before_hash, after_hash,
            CASE WHEN fin.claim('key') IS NULL OR session_user = 'fin_worker' THEN detail
                 ELSE coalesce(detail, '{}') || jsonb_build_object('key', fin.claim('key')) END);
END $$;

CREATE OR REPLACE FUNCTION fin.audit(action text, object text, detail jsonb DEFAULT NULL, workspace_id uuid DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid := workspace_id;
BEGIN
    -- Each export passes here, also where nothing can be written.
    IF action = 'export' AND NOT fin.has_scope('export') THEN
        RAISE EXCEPTION 'this key may not export' USING ERRCODE = 'insufficient_privilege', HINT = 'It needs the scope export.';
    END IF;
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
