-- What a workspace sets for its own analyses: kinds of categories and lines of risks.
CREATE FUNCTION fin_set_kind(category text, kind text, counterparty text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kinds CONSTANT text[] := ARRAY['revenue', 'cogs', 'payroll', 'opex', 'tax', 'interest', 'capex', 'debt', 'equity',
                                   'transfer', 'refund', 'other'];
    place uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF category IS NULL AND counterparty IS NULL THEN
        RAISE EXCEPTION 'name a category, a counterparty or both' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF kind IS NULL OR NOT kind = ANY (kinds) THEN
        RAISE EXCEPTION 'unknown kind %', coalesce(quote_literal(kind), 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Kinds are ' || array_to_string(kinds, ', ') || '.';
    END IF;
    place := fin.writable_workspace();
    INSERT INTO fin.category_kinds AS k (workspace_id, category, counterparty, kind, source)
    VALUES (place, fin_set_kind.category, fin_set_kind.counterparty, fin_set_kind.kind, 'user')
    ON CONFLICT ON CONSTRAINT category_kinds_workspace_id_report_id_category_counterparty_key
    DO UPDATE SET kind = excluded.kind, source = 'user', set_by = excluded.set_by, set_at = excluded.set_at;
END $$;
COMMENT ON FUNCTION fin_set_kind(text, text, text) IS
    'Says what a category is (revenue, payroll, opex, ...) in all reports of the workspace; with a counterparty, only for that one.';

CREATE FUNCTION fin_reset_kind(category text, counterparty text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    place := fin.writable_workspace();
    DELETE FROM fin.category_kinds k
    WHERE k.workspace_id = place AND k.report_id IS NULL
      AND k.category IS NOT DISTINCT FROM fin_reset_kind.category
      AND k.counterparty IS NOT DISTINCT FROM fin_reset_kind.counterparty;
END $$;
COMMENT ON FUNCTION fin_reset_kind(text, text) IS 'Takes back fin_set_kind: the kind is inferred again.';

CREATE FUNCTION fin_set_threshold(code text, medium float8, high float8, critical float8) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    codes CONSTANT text[] := ARRAY['liquidity', 'burn_acceleration', 'revenue_decline', 'margin_erosion', 'expense_surge',
        'customer_concentration', 'supplier_concentration', 'revenue_volatility', 'unprofitable', 'payroll_burden', 'tax_gap',
        'negative_cash', 'seasonal_dependency', 'lost_customer', 'duplicate_payments', 'suspicious_payments', 'data_quality'];
    -- Risks that grow as their number falls; all others grow with it.
    falling CONSTANT text[] := ARRAY['liquidity', 'revenue_decline', 'unprofitable', 'negative_cash'];
    lines float8[] := array_remove(ARRAY[medium, high, critical], NULL);
    place uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF code IS NULL OR NOT code = ANY (codes) THEN
        RAISE EXCEPTION 'unknown risk code %', coalesce(quote_literal(code), 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Codes are ' || array_to_string(codes, ', ') || '.';
    END IF;
    IF EXISTS (SELECT FROM unnest(lines) l WHERE l IN ('NaN', 'Infinity', '-Infinity')) THEN
        RAISE EXCEPTION 'a threshold of % is no number', code USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF lines <> ARRAY(SELECT l FROM unnest(lines) l ORDER BY CASE WHEN code = ANY (falling) THEN -l ELSE l END) THEN
        RAISE EXCEPTION 'the lines of % must % from medium to critical', code,
            CASE WHEN code = ANY (falling) THEN 'fall' ELSE 'rise' END
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Given were %s.', array_to_string(lines, ', '));
    END IF;
    place := fin.writable_workspace();
    IF cardinality(lines) = 0 THEN
        DELETE FROM fin.thresholds t WHERE t.workspace_id = place AND t.code = fin_set_threshold.code;
        RETURN;
    END IF;
    INSERT INTO fin.thresholds AS t (workspace_id, code, medium, high, critical)
    VALUES (place, fin_set_threshold.code, fin_set_threshold.medium, fin_set_threshold.high, fin_set_threshold.critical)
    ON CONFLICT ON CONSTRAINT thresholds_pkey DO UPDATE
        SET medium = excluded.medium, high = excluded.high, critical = excluded.critical, set_by = excluded.set_by, set_at = excluded.set_at;
END $$;
COMMENT ON FUNCTION fin_set_threshold(text, float8, float8, float8) IS
    'Moves the lines from which a risk is medium, high and critical in this workspace. NULL leaves the default; three NULLs take all back.';
