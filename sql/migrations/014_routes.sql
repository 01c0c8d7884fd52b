-- Named routes: short addresses of the product's own API, each an alias of one function of schema api.

CREATE TABLE fin.routes (
    method   text NOT NULL CHECK (method IN ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
    path     text NOT NULL CHECK (path ~ '^(/([a-z0-9_-]+|:[a-z][a-z0-9_]*))+$'),
    function text NOT NULL CHECK (function ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$'),
    kind     text NOT NULL DEFAULT 'call' CHECK (kind IN ('call', 'upload', 'events', 'file', 'visit')),
    status   int NOT NULL DEFAULT 200 CHECK (status BETWEEN 200 AND 299),
    cached   boolean NOT NULL DEFAULT false,
    repeats  text NOT NULL DEFAULT 'keyed' CHECK (repeats IN ('keyed', 'free')),
    summary  text NOT NULL,
    example  jsonb CHECK (jsonb_typeof(example) = 'object'),
    answer   jsonb,
    PRIMARY KEY (method, path)
);
COMMENT ON TABLE fin.routes IS 'Addresses of the product''s API. The REST server serves them when its setting fin-routes names this table.';
COMMENT ON COLUMN fin.routes.path IS 'Segments; one that starts with a colon is an argument of that name, for example /reports/:report_id.';
COMMENT ON COLUMN fin.routes.function IS 'Schema and name of the function. Its arguments come from the path, the query and the body.';
COMMENT ON COLUMN fin.routes.kind IS
    'call: arguments in, JSON out; upload: the body is a file, which reaches the function as its argument upload_id; events: server-sent events until done; file: the answer is bytes with a name; visit: a GET that a browser is sent to, which may write, and where the answer is 202 {channel, state} is asked again until it is another.';
COMMENT ON COLUMN fin.routes.status IS 'Status of a success, unless the function sets response.status.';
COMMENT ON COLUMN fin.routes.cached IS 'Answers carry an ETag, and If-None-Match is answered with 304.';
COMMENT ON COLUMN fin.routes.repeats IS
    'keyed: a POST with an Idempotency-Key that was seen before answers as then; free: the header is not looked at.';
COMMENT ON COLUMN fin.routes.example IS
    'A request: {"path", "query", "body"} with arguments as they are sent, "file" of an upload; "also" holds answers of other statuses, {"202": {...}}.';
COMMENT ON COLUMN fin.routes.answer IS
    'The answer to it, of which OpenAPI takes example and schema. A key that ends in a question mark may be null or absent; an empty object has keys that are not told.';

-- Requests that may be sent twice ----------------------------------------------------------------------------------------
-- What answers a repetition is written by the transaction of the first request: either both are there or neither.

CREATE TABLE fin.idempotency_keys (
    workspace_id uuid REFERENCES fin.workspaces ON DELETE CASCADE,
    user_id      uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    method       text NOT NULL,
    path         text NOT NULL,
    body_hash    text NOT NULL,
    answer       jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL DEFAULT now() + interval '1 day',
    UNIQUE NULLS NOT DISTINCT (user_id, workspace_id, key)
);
CREATE INDEX idempotency_keys_expires_at ON fin.idempotency_keys (expires_at);
CREATE INDEX idempotency_keys_workspace_id ON fin.idempotency_keys (workspace_id);
COMMENT ON TABLE fin.idempotency_keys IS 'Answers to POST requests with an Idempotency-Key, for a day: the same request again is answered by them.';
COMMENT ON COLUMN fin.idempotency_keys.workspace_id IS 'That the token chose; null where it chose none.';
COMMENT ON COLUMN fin.idempotency_keys.body_hash IS 'SHA-256, hexadecimal. The key with another body, method or path is refused.';
COMMENT ON COLUMN fin.idempotency_keys.answer IS '{"status", "headers", "body"}';

CREATE FUNCTION fin.repeat_place() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w FROM unnest(fin.workspaces_of('viewer')) w WHERE w = fin.claim('ws')::uuid
$$;
COMMENT ON FUNCTION fin.repeat_place() IS 'The workspace that the token chose; null where the caller is no member of it any more. Internal.';

CREATE FUNCTION fin.repeat_begin(key text, method text, path text, body_hash text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member uuid := fin.current_user_id();
    place  uuid := fin.repeat_place();
    known  fin.idempotency_keys;
BEGIN
    IF member IS NULL THEN
        RAISE EXCEPTION 'nobody is signed in' USING ERRCODE = 'PT401', HINT = 'Send a token whose session has not ended.';
    END IF;
    -- Held until the first request's transaction ends: whoever does not get it came while that one is at work.
    IF NOT pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', 'fin.idempotency_keys', member, place, repeat_begin.key), 0)) THEN
        RAISE EXCEPTION 'a request with this Idempotency-Key is being answered' USING ERRCODE = 'PT409',
            HINT = 'Send it again in a moment.';
    END IF;
    DELETE FROM fin.idempotency_keys k WHERE k.ctid IN (
        SELECT e.ctid FROM fin.idempotency_keys e WHERE e.expires_at < now() ORDER BY e.expires_at LIMIT 100 FOR UPDATE SKIP LOCKED);
    DELETE FROM fin.idempotency_keys k
        WHERE k.user_id = member AND k.workspace_id IS NOT DISTINCT FROM place AND k.key = repeat_begin.key AND k.expires_at < now();
    SELECT * INTO known FROM fin.idempotency_keys k
        WHERE k.user_id = member AND k.workspace_id IS NOT DISTINCT FROM place AND k.key = repeat_begin.key;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF (known.method, known.path, known.body_hash) IS DISTINCT FROM (repeat_begin.method, repeat_begin.path, repeat_begin.body_hash) THEN
        RAISE EXCEPTION 'this Idempotency-Key was used for another request' USING ERRCODE = 'PT422',
            HINT = 'A new request needs a new key.';
    END IF;
    RETURN known.answer;
END $$;
COMMENT ON FUNCTION fin.repeat_begin(text, text, text, text) IS
    'The answer to the same request of the caller before, as {"status", "headers", "body"}; null where the key is new. Raises PT409 while that request is at work, PT422 where the key was used for another one.';

CREATE FUNCTION fin.repeat_end(key text, method text, path text, body_hash text, status int, body jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer jsonb := jsonb_build_object(
        'status', coalesce(nullif(current_setting('response.status', true), ''), CASE WHEN body IS NULL THEN '204' ELSE status::text END),
        'headers', nullif(current_setting('response.headers', true), '')::jsonb, 'body', body);
BEGIN
    INSERT INTO fin.idempotency_keys (workspace_id, user_id, key, method, path, body_hash, answer)
        VALUES (fin.repeat_place(), fin.current_user_id(), repeat_end.key, repeat_end.method, repeat_end.path, repeat_end.body_hash, answer);
    RETURN answer;
END $$;
COMMENT ON FUNCTION fin.repeat_end(text, text, text, text, int, jsonb) IS
    'Keeps the answer to a request that fin.repeat_begin did not know, with what response.status and response.headers say; returns it.';
