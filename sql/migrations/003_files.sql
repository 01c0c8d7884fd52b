-- Uploaded files. The functions that put and get them are in 019_storage.sql.

CREATE TABLE fin.files (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL REFERENCES fin.workspaces ON DELETE CASCADE,
    sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size         bigint NOT NULL CHECK (size >= 0),
    media_type   text NOT NULL DEFAULT 'application/octet-stream',
    filename     text NOT NULL,
    purpose      text NOT NULL DEFAULT 'original' CHECK (purpose IN ('original', 'parsed', 'exported')),
    scan_state   text NOT NULL DEFAULT 'unscanned' CHECK (scan_state IN ('unscanned', 'held', 'clean', 'infected')),
    found        text,
    created_by   uuid DEFAULT fin.current_user_id() REFERENCES fin.users ON DELETE SET NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    kept_from    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, id),
    CONSTRAINT files_content UNIQUE (workspace_id, sha256, purpose)
);
COMMENT ON TABLE fin.files IS 'Uploaded files, one row per content, purpose and workspace. Bytes are reached through fin.file_put and fin.file_get only.';
COMMENT ON COLUMN fin.files.purpose IS 'original: as it was uploaded; parsed: rows of a report as JSON; exported: made for a report. Each is kept for a time of its own.';
COMMENT ON COLUMN fin.files.scan_state IS 'What the virus scanner said: held files wait for it, infected ones have no bytes any more.';
COMMENT ON COLUMN fin.files.found IS 'What the scanner found in an infected file.';
COMMENT ON COLUMN fin.files.kept_from IS 'When it was last put: from then on the time counts for which it is kept.';

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
