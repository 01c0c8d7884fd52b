-- Uploaded files, and the only way to their bytes.

CREATE TABLE fin.files (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size         bigint NOT NULL CHECK (size >= 0),
    media_type   text NOT NULL DEFAULT 'application/octet-stream',
    filename     text NOT NULL,
    scan_state   text NOT NULL DEFAULT 'unscanned' CHECK (scan_state IN ('unscanned', 'held', 'clean', 'infected')),
    created_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
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
