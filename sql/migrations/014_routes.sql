-- Named routes: short addresses of the product's own API, each an alias of one function of schema api.

CREATE TABLE fin.routes (
    method   text NOT NULL CHECK (method IN ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
    path     text NOT NULL CHECK (path ~ '^(/([a-z0-9_-]+|:[a-z][a-z0-9_]*))+$'),
    function text NOT NULL CHECK (function ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$'),
    kind     text NOT NULL DEFAULT 'call' CHECK (kind IN ('call', 'upload', 'events', 'file')),
    status   int NOT NULL DEFAULT 200 CHECK (status BETWEEN 200 AND 299),
    cached   boolean NOT NULL DEFAULT false,
    repeats  text NOT NULL DEFAULT 'keyed' CHECK (repeats IN ('keyed', 'free')),
    summary  text NOT NULL,
    PRIMARY KEY (method, path)
);
COMMENT ON TABLE fin.routes IS 'Addresses of the product''s API. The REST server serves them when its setting fin-routes names this table.';
COMMENT ON COLUMN fin.routes.path IS 'Segments; one that starts with a colon is an argument of that name, for example /reports/:report_id.';
COMMENT ON COLUMN fin.routes.function IS 'Schema and name of the function. Its arguments come from the path, the query and the body.';
COMMENT ON COLUMN fin.routes.kind IS
    'call: arguments in, JSON out; upload: the body is a file, which reaches the function as its argument upload_id; events: server-sent events until done; file: the answer is bytes with a name.';
COMMENT ON COLUMN fin.routes.status IS 'Status of a success, unless the function sets response.status.';
COMMENT ON COLUMN fin.routes.cached IS 'Answers carry an ETag, and If-None-Match is answered with 304.';
COMMENT ON COLUMN fin.routes.repeats IS
    'keyed: a POST with an Idempotency-Key that was seen before answers as then; free: the header is not looked at.';
