-- Identity: who is asking, in which workspaces and as what, and what keeps a workspace's people in order.
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
