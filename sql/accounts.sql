-- What accounts need of the library: signed tokens, one-time codes. For the definer functions of schema fin alone.
CREATE FUNCTION fin_access_token(claims jsonb) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_access_token';
REVOKE EXECUTE ON FUNCTION fin_access_token(jsonb) FROM PUBLIC;
COMMENT ON FUNCTION fin_access_token(jsonb) IS
    'Signs claims (HS256) with the first key of pg_fin.jwt_secret_file. For definer functions only.';

CREATE FUNCTION fin_csrf_token(session uuid) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_csrf_token';
REVOKE EXECUTE ON FUNCTION fin_csrf_token(uuid) FROM PUBLIC;
COMMENT ON FUNCTION fin_csrf_token(uuid) IS
    'HMAC-SHA-256 of "pg_fin csrf <session>" with the same key, base64url: what a browser sends back as X-CSRF-Token. For definer functions only.';

CREATE FUNCTION fin_totp_secret() RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_totp_secret';
REVOKE EXECUTE ON FUNCTION fin_totp_secret() FROM PUBLIC;
COMMENT ON FUNCTION fin_totp_secret() IS 'A new secret of one-time codes: 160 random bits in base32. For definer functions only.';

CREATE FUNCTION fin_totp_step(sealed bytea, place text[], code text, at timestamptz) RETURNS bigint
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_totp_step';
REVOKE EXECUTE ON FUNCTION fin_totp_step(bytea, text[], text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION fin_totp_step(bytea, text[], text, timestamptz) IS
    'The step (30 s, RFC 6238) whose code this is, one before and one after counted in; NULL for no such. The sealed secret is opened in memory only. For definer functions only.';

CREATE FUNCTION fin_account_token(email text, purpose text DEFAULT 'reset') RETURNS text
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @extschema@.fin_require_setup();
    RETURN fin.token_for_operator(email, purpose);
END $$;
COMMENT ON FUNCTION fin_account_token(text, text) IS
    'For operators (fin_admin), above all where no mail server is set up: a new token that resets a password or, with purpose verify, verifies an address. Its hash alone is stored; making one is in the audit log.';
