-- How many requests one may send: counted by every REST server, added up here, so that all of them keep one limit.

CREATE TABLE fin.plan_limits (
    plan       text PRIMARY KEY CHECK (plan IN ('anonymous', 'free', 'premium')),
    per_minute int NOT NULL CHECK (per_minute >= 1),
    per_hour   int NOT NULL CHECK (per_hour >= per_minute)
);
COMMENT ON TABLE fin.plan_limits IS
    'Requests a user may send in a minute and an hour, by the best plan among the user''s workspaces; without a token: an address. Changed by fin_admin.';
INSERT INTO fin.plan_limits VALUES ('anonymous', 300, 3000), ('free', 1000, 20000), ('premium', 3000, 100000);

-- A crash may forget what the last hour counted.
CREATE UNLOGGED TABLE fin.request_counts (
    who    text NOT NULL CHECK (length(who) BETWEEN 1 AND 200),
    span   text NOT NULL CHECK (span IN ('minute', 'hour')),
    starts timestamptz NOT NULL,
    n      bigint NOT NULL CHECK (n >= 0),
    PRIMARY KEY (who, span, starts)
);
CREATE INDEX request_counts_starts ON fin.request_counts (starts);
COMMENT ON TABLE fin.request_counts IS 'Requests of a user or an address in a minute and an hour, of all REST servers together.';
COMMENT ON COLUMN fin.request_counts.who IS 'user:<id> or address:<address>.';

CREATE FUNCTION fin.count_requests(counted jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer jsonb;
BEGIN
    -- In one order, so that two servers never wait for each other.
    INSERT INTO fin.request_counts AS c (who, span, starts, n)
    SELECT k.key, s.span, date_trunc(s.span, to_timestamp((k.value ->> 'minute')::bigint * 60), 'UTC'), (k.value ->> 'n')::bigint
    FROM jsonb_each(counted) k, (VALUES ('hour'), ('minute')) s(span)
    WHERE length(k.key) BETWEEN 1 AND 200
    ORDER BY 1, 2
    ON CONFLICT ON CONSTRAINT request_counts_pkey DO UPDATE SET n = c.n + excluded.n;

    SELECT coalesce(jsonb_object_agg(k.key, jsonb_build_object(
        'minute', coalesce((SELECT c.n FROM fin.request_counts c WHERE c.who = k.key AND c.span = 'minute'
                            AND c.starts = date_trunc('minute', to_timestamp((k.value ->> 'minute')::bigint * 60), 'UTC')), 0),
        'hour', coalesce((SELECT c.n FROM fin.request_counts c WHERE c.who = k.key AND c.span = 'hour'
                          AND c.starts = date_trunc('hour', to_timestamp((k.value ->> 'minute')::bigint * 60), 'UTC')), 0),
        'perMinute', l.per_minute, 'perHour', l.per_hour)), '{}') INTO answer
    FROM jsonb_each(counted) k
    JOIN fin.plan_limits l ON l.plan = fin.plan_of_requester(k.key);

    DELETE FROM fin.request_counts c WHERE c.starts < now() - interval '2 hours';
    RETURN answer;
END $$;
COMMENT ON FUNCTION fin.count_requests(jsonb) IS
    'Adds what a REST server counted, {"user:<id>": {"minute": <minutes since 1970>, "n": <requests>}}, and answers what all servers counted and what is allowed.';

CREATE FUNCTION fin.key_owners(keys jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_object_agg(g.name, u.id), '{}')
            FROM (SELECT n.name, split_part(n.name, ':', 1)::uuid AS id, decode(split_part(n.name, ':', 2), 'hex') AS hash
                  FROM jsonb_array_elements_text(keys) n(name) WHERE n.name ~ '^[0-9a-f]{32}:[0-9a-f]{64}$') g
            JOIN fin.api_keys k ON k.id = g.id AND k.key_hash = g.hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
            JOIN fin.users u ON u.id = k.created_by AND u.disabled_at IS NULL);
END $$;
COMMENT ON FUNCTION fin.key_owners(jsonb) IS
    'For REST servers, which count the requests of a key for its owner: users of keys given as ["<id>:<SHA-256 of the secret>"], of those that are valid.';

CREATE FUNCTION fin.plan_of_requester(who text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    member uuid;
BEGIN
    IF who !~ '^user:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        -- A token whose subject is no account of ours is somebody all the same.
        RETURN CASE WHEN who LIKE 'user:%' THEN 'free' ELSE 'anonymous' END;
    END IF;
    member := substr(who, 6)::uuid;
    RETURN CASE WHEN EXISTS (SELECT FROM fin.memberships m JOIN fin.workspaces w ON w.id = m.workspace_id
                             WHERE m.user_id = member AND w.plan = 'premium')
                THEN 'premium' ELSE 'free' END;
END $$;
COMMENT ON FUNCTION fin.plan_of_requester(text) IS 'The plan whose limits hold for a user or an address.';
