-- What routes.test.mjs serves beside the books: schema fin as far as sql/migrations/014_routes.sql needs it, and a few
-- functions with their routes. The test puts that file where its name stands.
SET client_min_messages = warning;
DO $$
BEGIN
    IF to_regrole('fin_user') IS NULL THEN CREATE ROLE fin_user NOLOGIN; END IF;
    IF to_regrole('fin_anon') IS NULL THEN CREATE ROLE fin_anon NOLOGIN; END IF;
END $$;
GRANT fin_user, fin_anon TO api_gate;
CREATE SCHEMA fin;
CREATE SCHEMA api;
CREATE TABLE fin.workspaces (id uuid PRIMARY KEY);
CREATE TABLE fin.users (id uuid PRIMARY KEY);
INSERT INTO fin.workspaces VALUES ('a0000000-0000-4000-8000-000000000001'), ('a0000000-0000-4000-8000-000000000002');
INSERT INTO fin.users VALUES ('b0000000-0000-4000-8000-000000000001'), ('b0000000-0000-4000-8000-000000000002');
CREATE FUNCTION fin.claim(name text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> name $$;
CREATE FUNCTION fin.current_user_id() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT fin.claim('sub')::uuid $$;
CREATE FUNCTION fin.workspaces_of(min_role text) RETURNS uuid[] LANGUAGE sql STABLE AS $$ SELECT ARRAY[fin.claim('ws')::uuid] $$;
-- (migration)
CREATE UNLOGGED TABLE fin.upload_chunks (upload_id uuid, no int, data bytea);
CREATE FUNCTION fin.begin_with_key(key text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF key <> 'fin_one_secret' THEN RAISE EXCEPTION 'the API key is not valid' USING ERRCODE = 'PT401'; END IF;
    PERFORM set_config('request.jwt.claims', '{"role": "fin_user", "sub": "b0000000-0000-4000-8000-000000000001", "by": "key"}', true);
END $$;
REVOKE ALL ON FUNCTION fin.begin_with_key(text) FROM PUBLIC;

CREATE TABLE api.note (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, author text DEFAULT fin.claim('sub'));
CREATE TABLE api.kept_file (id uuid PRIMARY KEY, filename text, media_type text, size bigint, pieces int, longest int, hash text, content bytea);
CREATE TABLE api.progress (id int PRIMARY KEY, percent int NOT NULL, reader text);

CREATE FUNCTION api.note_add(title text, rank int DEFAULT NULL, amount numeric DEFAULT NULL, tags text[] DEFAULT NULL, due_date date DEFAULT NULL, details jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql AS $$
DECLARE made int;
BEGIN
    INSERT INTO api.note (title) VALUES (note_add.title) RETURNING id INTO made;
    RETURN jsonb_build_object('noteId', made, 'title', title, 'rank', rank, 'amount', amount, 'tags', tags, 'dueDate', due_date, 'details', details);
END $$;
CREATE FUNCTION api.note_get(note_id int, locale text DEFAULT 'en') RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE found jsonb := (SELECT jsonb_build_object('noteId', id, 'title', n.title, 'locale', locale) FROM api.note n WHERE n.id = note_id);
BEGIN
    IF found IS NULL THEN RAISE EXCEPTION 'there is no such note' USING ERRCODE = 'PT404', DETAIL = 'none', HINT = 'look again'; END IF;
    RETURN found;
END $$;
CREATE FUNCTION api.note_remove(note_id int) RETURNS void LANGUAGE sql AS $$ DELETE FROM api.note WHERE id = note_id $$;
CREATE FUNCTION api.note_newest() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT jsonb_build_object('newest', max(id)) FROM api.note $$;
CREATE FUNCTION api.note_replace(note_id int, body jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('noteId', note_id, 'body', body) $$;
CREATE FUNCTION api.echo(word text, other text DEFAULT NULL) RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT jsonb_build_object('word', word, 'other', other) $$;
CREATE FUNCTION api.nothing() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT NULL::jsonb $$;
CREATE FUNCTION api.own_status() RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('response.status', '202', true), set_config('response.headers', '[{"X-Own": "yes"}, {"Set-Cookie": "a=1"}, {"Set-Cookie": "b=2"}]', true);
    RETURN '{"ok": true}';
END $$;
CREATE FUNCTION api.me() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT jsonb_build_object('role', current_user, 'sub', fin.claim('sub'), 'by', fin.claim('by')) $$;
CREATE FUNCTION api.me_change() RETURNS jsonb LANGUAGE sql AS $$ SELECT api.me() $$;
CREATE FUNCTION api.wait_a_moment() RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.7); RETURN '{"waited": true}'; END $$;
CREATE FUNCTION api.fails_once(title text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    IF title = 'bad' THEN RAISE EXCEPTION 'no' USING ERRCODE = '22023'; END IF;
    RETURN api.note_add(title);
END $$;
CREATE FUNCTION api.file_add(upload_id uuid, filename text, media_type text, comment text DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE all_bytes bytea := (SELECT string_agg(c.data, '' ORDER BY c.no) FROM fin.upload_chunks c WHERE c.upload_id = file_add.upload_id);
BEGIN
    IF comment = 'refuse' THEN RAISE EXCEPTION 'refused' USING ERRCODE = 'PT422'; END IF;
    INSERT INTO api.kept_file SELECT file_add.upload_id, file_add.filename, file_add.media_type, length(all_bytes), count(*), max(length(c.data)), encode(sha256(all_bytes), 'hex'),
        CASE WHEN length(all_bytes) < 100000 THEN all_bytes END FROM fin.upload_chunks c WHERE c.upload_id = file_add.upload_id;
    DELETE FROM fin.upload_chunks c WHERE c.upload_id = file_add.upload_id;
    RETURN (SELECT jsonb_build_object('id', k.id, 'filename', k.filename, 'mediaType', k.media_type, 'size', k.size, 'pieces', k.pieces, 'longest', k.longest, 'hash', k.hash, 'comment', file_add.comment)
            FROM api.kept_file k WHERE k.id = file_add.upload_id);
END $$;
CREATE FUNCTION api.file_get(file_id uuid) RETURNS TABLE(media_type text, filename text, content bytea) LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT k.media_type, k.filename, k.content FROM api.kept_file k WHERE k.id = file_id $$;
CREATE FUNCTION api.progress_events(id int) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE known api.progress := (SELECT p FROM api.progress p WHERE p.id = progress_events.id);
BEGIN
    IF known IS NULL OR known.reader IS DISTINCT FROM fin.claim('sub') THEN RAISE EXCEPTION 'there is no such progress' USING ERRCODE = 'PT404'; END IF;
    RETURN jsonb_build_object('channel', 'progress_' || id, 'state', jsonb_build_object('percent', known.percent, 'done', known.percent = 100));
END $$;
CREATE FUNCTION api.overloaded(a int) RETURNS jsonb LANGUAGE sql AS $$ SELECT '1'::jsonb $$;
CREATE FUNCTION api.overloaded(a text) RETURNS jsonb LANGUAGE sql AS $$ SELECT '2'::jsonb $$;
CREATE FUNCTION api.says_text() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;

INSERT INTO fin.routes (method, path, function, kind, status, cached, repeats, summary) VALUES
    ('POST', '/notes', 'api.note_add', 'call', 201, false, 'keyed', ''),
    ('POST', '/notes/free', 'api.note_add', 'call', 201, false, 'free', ''),
    ('POST', '/notes/slow', 'api.wait_a_moment', 'call', 200, false, 'keyed', ''),
    ('POST', '/notes/once', 'api.fails_once', 'call', 200, false, 'keyed', ''),
    ('GET', '/notes/newest', 'api.note_newest', 'call', 200, true, 'keyed', ''),
    ('GET', '/notes/:note_id', 'api.note_get', 'call', 200, true, 'keyed', ''),
    ('PUT', '/notes/:note_id', 'api.note_replace', 'call', 200, false, 'keyed', ''),
    ('DELETE', '/notes/:note_id', 'api.note_remove', 'call', 200, false, 'keyed', ''),
    ('GET', '/echo/:word', 'api.echo', 'call', 200, false, 'keyed', ''),
    ('POST', '/echo', 'api.echo', 'call', 200, false, 'keyed', ''),
    ('GET', '/nothing', 'api.nothing', 'call', 200, false, 'keyed', ''),
    ('POST', '/own-status', 'api.own_status', 'call', 200, false, 'keyed', ''),
    ('GET', '/me', 'api.me', 'call', 200, false, 'keyed', ''),
    ('POST', '/me', 'api.me_change', 'call', 200, false, 'keyed', ''),
    ('GET', '/party', 'api.me', 'call', 200, false, 'keyed', ''),
    ('POST', '/files', 'api.file_add', 'upload', 201, false, 'keyed', ''),
    ('GET', '/files/:file_id', 'api.file_get', 'file', 200, true, 'keyed', ''),
    ('GET', '/progress/:id/events', 'api.progress_events', 'events', 200, false, 'free', ''),
    ('GET', '/absent', 'api.not_there', 'call', 200, false, 'keyed', ''),
    ('GET', '/overloaded', 'api.overloaded', 'call', 200, false, 'keyed', ''),
    ('GET', '/text', 'api.says_text', 'call', 200, false, 'keyed', ''),
    ('GET', '/wrong/:name', 'api.me', 'call', 200, false, 'keyed', '');

-- What sql/rights.sql gives.
ALTER FUNCTION fin.repeat_begin(text, text, text, text) OWNER TO postgres;
GRANT USAGE ON SCHEMA fin TO api_gate, fin_user, fin_anon;
GRANT USAGE ON SCHEMA api TO fin_user, fin_anon;
GRANT SELECT ON fin.routes TO api_gate;
GRANT EXECUTE ON FUNCTION fin.begin_with_key(text) TO api_gate;
GRANT INSERT ON fin.upload_chunks TO fin_user;
GRANT ALL ON api.note, api.progress TO fin_user;
GRANT SELECT ON api.note TO fin_anon;
