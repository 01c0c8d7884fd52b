-- Cash-flow mathematics for any table: present value, rates of return, compound growth.
-- Where order counts, call the aggregate with ORDER BY inside: fin_irr(amount ORDER BY period).
CREATE FUNCTION fin_npv_step(internal, float8, float8) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_npv_step';
COMMENT ON FUNCTION fin_npv_step(internal, float8, float8) IS 'Part of fin_npv.';
CREATE FUNCTION fin_npv_final(internal) RETURNS float8
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_npv_final';
COMMENT ON FUNCTION fin_npv_final(internal) IS 'Part of fin_npv.';
CREATE AGGREGATE fin_npv(rate float8, amount float8) (
    sfunc = fin_npv_step, stype = internal, finalfunc = fin_npv_final, parallel = safe);
COMMENT ON AGGREGATE fin_npv(float8, float8) IS
    'Net present value of equally spaced amounts, the first one period from now, as NPV in spreadsheets: fin_npv(0.1, amount ORDER BY period). Rows with NULL are left out and take no period.';

CREATE FUNCTION fin_irr_step(internal, float8) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_irr_step';
COMMENT ON FUNCTION fin_irr_step(internal, float8) IS 'Part of fin_irr.';
CREATE FUNCTION fin_irr_final(internal) RETURNS float8
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'fin_irr_final';
COMMENT ON FUNCTION fin_irr_final(internal) IS 'Part of fin_irr.';
CREATE AGGREGATE fin_irr(amount float8) (
    sfunc = fin_irr_step, stype = internal, finalfunc = fin_irr_final, parallel = safe);
COMMENT ON AGGREGATE fin_irr(float8) IS
    'Internal rate of return per period of equally spaced amounts, as IRR in spreadsheets: fin_irr(amount ORDER BY period). NULL where no rate exists (one sign only, or no rate brings the value to zero); of several rates the one nearest to 0.';

CREATE FUNCTION fin_xirr_step(internal, float8, date) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_xirr_step';
COMMENT ON FUNCTION fin_xirr_step(internal, float8, date) IS 'Part of fin_xirr.';
CREATE FUNCTION fin_xirr_final(internal) RETURNS float8
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'fin_xirr_final';
COMMENT ON FUNCTION fin_xirr_final(internal) IS 'Part of fin_xirr.';
CREATE FUNCTION fin_xirr_combine(internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'fin_xirr_combine';
COMMENT ON FUNCTION fin_xirr_combine(internal, internal) IS 'Part of fin_xirr.';
CREATE FUNCTION fin_xirr_serial(internal) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'fin_xirr_serial';
COMMENT ON FUNCTION fin_xirr_serial(internal) IS 'Part of fin_xirr.';
CREATE FUNCTION fin_xirr_deserial(bytea, internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'fin_xirr_deserial';
COMMENT ON FUNCTION fin_xirr_deserial(bytea, internal) IS 'Part of fin_xirr.';
CREATE AGGREGATE fin_xirr(amount float8, day date) (
    sfunc = fin_xirr_step, stype = internal, finalfunc = fin_xirr_final,
    combinefunc = fin_xirr_combine, serialfunc = fin_xirr_serial, deserialfunc = fin_xirr_deserial, parallel = safe);
COMMENT ON AGGREGATE fin_xirr(float8, date) IS
    'Annual internal rate of return of dated cash flows with day count 365, as XIRR in spreadsheets; the order of rows does not matter. NULL where no rate exists (one sign only, one day only, or no rate brings the value to zero); of several rates the one nearest to 0.';

CREATE FUNCTION fin_cagr_step(internal, float8) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_cagr_step';
COMMENT ON FUNCTION fin_cagr_step(internal, float8) IS 'Part of fin_cagr.';
CREATE FUNCTION fin_cagr_final(internal) RETURNS float8
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_cagr_final';
COMMENT ON FUNCTION fin_cagr_final(internal) IS 'Part of fin_cagr.';
CREATE AGGREGATE fin_cagr(value float8) (
    sfunc = fin_cagr_step, stype = internal, finalfunc = fin_cagr_final, parallel = safe);
COMMENT ON AGGREGATE fin_cagr(float8) IS
    'Compound growth per period from the first value to the last: fin_cagr(revenue ORDER BY year). NULL for fewer than two values or where the first or last is not positive.';
CREATE FUNCTION fin_cagr(first float8, last float8, years float8) RETURNS float8
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'fin_cagr';
COMMENT ON FUNCTION fin_cagr(float8, float8, float8) IS
    'Compound annual growth from first to last over years. NULL where an end or the span is not positive.';
