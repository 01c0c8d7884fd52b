-- Benford's law for any column of amounts.
CREATE FUNCTION fin_benford_step(internal, float8) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_benford_step';
COMMENT ON FUNCTION fin_benford_step(internal, float8) IS 'Part of fin_benford.';
CREATE FUNCTION fin_benford_final(internal) RETURNS jsonb
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'fin_benford_final';
COMMENT ON FUNCTION fin_benford_final(internal) IS 'Part of fin_benford.';
CREATE FUNCTION fin_benford_combine(internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_benford_combine';
COMMENT ON FUNCTION fin_benford_combine(internal, internal) IS 'Part of fin_benford.';
CREATE FUNCTION fin_benford_serial(internal) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_benford_serial';
COMMENT ON FUNCTION fin_benford_serial(internal) IS 'Part of fin_benford.';
CREATE FUNCTION fin_benford_deserial(bytea, internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_benford_deserial';
COMMENT ON FUNCTION fin_benford_deserial(bytea, internal) IS 'Part of fin_benford.';
CREATE AGGREGATE fin_benford(amount float8) (
    sfunc = fin_benford_step, stype = internal, finalfunc = fin_benford_final,
    combinefunc = fin_benford_combine, serialfunc = fin_benford_serial, deserialfunc = fin_benford_deserial, parallel = safe);
COMMENT ON AGGREGATE fin_benford(float8) IS
    'Whether the leading digits of amounts follow Benford''s law: {status, reason, n, left_out, least, greatest, first_digit, first_two}; each test has verdict (conforming, marginal, nonconforming), mad with the limit for this n, chi_square, degrees_of_freedom, p_value, counts and the digits in surplus. Status is insufficient_data below 300 amounts and not_applicable below three orders of magnitude. Signs do not matter; zeros, NaN and infinities are left out.';
