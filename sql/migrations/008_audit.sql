-- The audit log: append only, written by triggers and definer functions.

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
    hidden CONSTANT text[] := ARRAY['secret', 'key_hash', 'password_hash', 'totp_secret', 'refresh_hash', 'token_hash', 'document'];
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
            WHEN 'invitations' THEN jsonb_build_object('role', fact ->> 'role')
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
