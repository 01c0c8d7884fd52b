-- Signing in at somebody else: OpenID Connect, by authorization code with PKCE. Whom a provider names is kept by the pair
-- of issuer and subject; an address is only ever a hint. The questions to a provider are asked by workers.

CREATE TABLE fin.oidc_providers (
    name              text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    title             text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    issuer            text NOT NULL CHECK (issuer ~ '^https?://[!-~]+$'),
    client_id         text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 1000),
    client_secret     bytea,
    redirect_uri      text NOT NULL CHECK (redirect_uri ~ '^https?://[!-~]+$'),
    scopes            text[] NOT NULL CHECK ('openid' = ANY (scopes)),
    hosts             text[] NOT NULL DEFAULT '{}',
    tenants           text[] NOT NULL DEFAULT '{}',
    domains           text[] NOT NULL DEFAULT '{}',
    links_addresses   boolean NOT NULL DEFAULT true,
    makes_accounts    boolean NOT NULL DEFAULT true,
    enabled           boolean NOT NULL DEFAULT true,
    discovery         jsonb,
    discovered_at     timestamptz,
    discovery_asked_at timestamptz,
    keys              jsonb,
    keys_good_until   timestamptz,
    keys_asked_at     timestamptz,
    changed_at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fin.oidc_providers IS 'Where people may sign in instead of by password. Defined by operators: fin_oidc_provider_set().';
COMMENT ON COLUMN fin.oidc_providers.client_secret IS 'Sealed for this name and issuer; written and never read.';
COMMENT ON COLUMN fin.oidc_providers.hosts IS 'Hosts beside the issuer''s own at which its endpoints may be. Each must also be among pg_fin.http_allow_hosts.';
COMMENT ON COLUMN fin.oidc_providers.tenants IS 'Where the issuer stands for many organisations (Microsoft): those that may sign in.';
COMMENT ON COLUMN fin.oidc_providers.domains IS 'Where there are any: only people whose verified address, at Google whose organisation, is of one of them.';
COMMENT ON COLUMN fin.oidc_providers.links_addresses IS 'A verified address connects with the account that has verified the same one.';
COMMENT ON COLUMN fin.oidc_providers.makes_accounts IS 'Who has no account yet gets one.';
COMMENT ON COLUMN fin.oidc_providers.discovery IS 'Its configuration as it was last read by a worker, checked.';
COMMENT ON COLUMN fin.oidc_providers.keys IS 'Its public keys (JWKS). Asked for at most once a minute.';

CREATE TABLE fin.oidc_identities (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    issuer       text NOT NULL,
    subject      text NOT NULL,
    user_id      uuid NOT NULL REFERENCES fin.users ON DELETE CASCADE,
    provider     text NOT NULL,
    email        text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (issuer, subject)
);
CREATE INDEX oidc_identities_user ON fin.oidc_identities (user_id);
COMMENT ON TABLE fin.oidc_identities IS 'Who somebody is at a provider. The pair of issuer and subject is the person; the address may change.';

CREATE TABLE fin.oidc_sign_ins (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    state_hash   bytea NOT NULL UNIQUE,
    browser_hash bytea NOT NULL,
    provider     text NOT NULL REFERENCES fin.oidc_providers ON UPDATE CASCADE ON DELETE CASCADE,
    nonce        text NOT NULL,
    verifier     text,
    return_to    text,
    for_user     uuid REFERENCES fin.users ON DELETE CASCADE,
    for_session  uuid REFERENCES fin.sessions ON DELETE CASCADE,
    status       text NOT NULL DEFAULT 'started' CHECK (status IN ('started', 'waiting', 'asking', 'known', 'failed', 'used')),
    code         text,
    code_hash    bytea,
    returned_at  timestamptz,
    person       jsonb,
    failure      jsonb,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL DEFAULT now() + interval '10 minutes'
);
CREATE INDEX oidc_sign_ins_expires ON fin.oidc_sign_ins (expires_at);
CREATE INDEX oidc_sign_ins_user ON fin.oidc_sign_ins (for_user) WHERE for_user IS NOT NULL;
CREATE INDEX oidc_sign_ins_session ON fin.oidc_sign_ins (for_session) WHERE for_session IS NOT NULL;
COMMENT ON TABLE fin.oidc_sign_ins IS 'Sign-ins under way at a provider, for ten minutes. Each state counts once, in the browser that began.';
COMMENT ON COLUMN fin.oidc_sign_ins.for_user IS 'The signed-in account that is to be connected; null where somebody signs in.';
COMMENT ON COLUMN fin.oidc_sign_ins.status IS 'started; waiting (back with a code), asking (a worker exchanges it), known or failed, used.';
COMMENT ON COLUMN fin.oidc_sign_ins.code IS 'Until a worker takes it, once.';

ALTER TABLE fin.users
    ADD COLUMN from_provider text,
    DROP CONSTRAINT users_check,
    ADD CONSTRAINT users_check CHECK (email IS NOT NULL OR db_role IS NOT NULL OR from_provider IS NOT NULL);
COMMENT ON COLUMN fin.users.from_provider IS 'The provider whose sign-in made the account; its address may be unknown.';

INSERT INTO fin.job_kinds (kind, priority, max_attempts, timeout, handler, min_role, holds_worker, lane_key) VALUES
    ('oidc_sign_in', 'critical', 1, '30 seconds', 'oidc_sign_in', 'owner', false, NULL),
    ('oidc_discovery', 'high', 2, '30 seconds', 'oidc_discovery', 'owner', false, NULL)
ON CONFLICT (kind) DO NOTHING;
