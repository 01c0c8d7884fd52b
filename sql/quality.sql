-- What people say about findings: verdicts, dismissals, and what is learned from them.

CREATE FUNCTION fin_finding(finding jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kinds CONSTANT text[] := ARRAY['duplicate', 'amount_outlier', 'sign_error', 'split_payment', 'new_counterparty', 'miscategorized',
        'round_amount', 'off_calendar', 'missing_recurring', 'amount_change', 'level_shift', 'gap', 'benford', 'stale_balance'];
    codes CONSTANT text[] := ARRAY['liquidity', 'burn_acceleration', 'revenue_decline', 'margin_erosion', 'expense_surge',
        'customer_concentration', 'supplier_concentration', 'revenue_volatility', 'unprofitable', 'payroll_burden', 'tax_gap',
        'negative_cash', 'seasonal_dependency', 'lost_customer', 'duplicate_payments', 'suspicious_payments', 'data_quality'];
    subject text := finding ->> 'subject';
    code    text;
    row_no  int;
    key     text;
BEGIN
    IF jsonb_typeof(finding) <> 'object' THEN
        RAISE EXCEPTION 'a finding is a JSON object or a text such as ''anomaly:duplicate:17''' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- A row of fin_anomalies, fin_recommendations or fin_risks as it is.
    subject := coalesce(subject, CASE WHEN finding ? 'kind' THEN 'anomaly' WHEN finding ? 'lever' THEN 'recommendation'
                                      WHEN finding ? 'code' THEN 'risk' END);
    code := CASE subject WHEN 'anomaly' THEN coalesce(finding ->> 'kind', finding ->> 'code')
                         WHEN 'recommendation' THEN coalesce(finding ->> 'lever', finding ->> 'code')
                         ELSE finding ->> 'code' END;
    IF subject IS NULL OR NOT subject = ANY (ARRAY['anomaly', 'risk', 'recommendation', 'category', 'summary']) THEN
        RAISE EXCEPTION 'unknown subject % of a finding', coalesce(quote_literal(subject), 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Subjects are anomaly, risk, recommendation, category, summary.';
    END IF;
    IF subject = 'anomaly' AND (code IS NULL OR NOT code = ANY (kinds)) THEN
        RAISE EXCEPTION 'unknown anomaly kind %', coalesce(quote_literal(code), 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Kinds are ' || array_to_string(kinds, ', ') || '.';
    END IF;
    IF subject = 'risk' AND (code IS NULL OR NOT code = ANY (codes)) THEN
        RAISE EXCEPTION 'unknown risk code %', coalesce(quote_literal(code), 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Codes are ' || array_to_string(codes, ', ') || '.';
    END IF;
    IF code IS NULL AND subject <> 'summary' THEN
        RAISE EXCEPTION 'a finding about a % names its code', subject USING ERRCODE = 'invalid_parameter_value';
    END IF;
    BEGIN
        row_no := (finding ->> 'row_no')::int;
    EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range THEN
        RAISE EXCEPTION 'the row number % is none', quote_literal(finding ->> 'row_no') USING ERRCODE = 'invalid_parameter_value';
    END;
    IF subject = 'anomaly' AND row_no IS NULL THEN
        key := coalesce(finding ->> 'key', coalesce(finding ->> 'category', '') || ' | ' || coalesce(finding ->> 'counterparty', '')
                                               || ' | ' || coalesce(finding ->> 'booked_on', ''));
    ELSIF subject = 'recommendation' THEN
        key := coalesce(finding ->> 'key', finding ->> 'risk_code');
    END IF;
    RETURN jsonb_build_object('subject', subject, 'code', code, 'row_no', CASE subject WHEN 'anomaly' THEN row_no END, 'key', key);
END $$;
COMMENT ON FUNCTION fin_finding(jsonb) IS
    'Which finding is meant: subject, code, row_no and key of an object, or of a whole row of fin_anomalies, fin_risks or fin_recommendations as jsonb.';

CREATE FUNCTION fin_finding(finding text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part text[];
BEGIN
    IF left(ltrim(finding), 1) = '{' THEN
        RETURN @extschema@.fin_finding(finding::jsonb);
    END IF;
    -- The rest after the second colon is one text: keys may have colons of their own.
    part := regexp_match(finding, '^\s*([^:]*?)\s*(?::\s*([^:]*?)\s*)?(?::\s*(.*?)\s*)?$');
    RETURN @extschema@.fin_finding(jsonb_strip_nulls(jsonb_build_object('subject', part[1],
        CASE part[1] WHEN 'anomaly' THEN 'kind' ELSE 'code' END, nullif(part[2], ''),
        CASE WHEN part[1] = 'anomaly' AND part[3] ~ '^\d+$' THEN 'row_no' ELSE 'key' END, nullif(part[3], ''))));
END $$;
COMMENT ON FUNCTION fin_finding(text) IS
    'Which finding is meant by a text: ''anomaly:duplicate:17'' (row 17), ''anomaly:missing_recurring:Rent | Harbor | 2024-03-01'', ''risk:liquidity'', ''recommendation:cut_category'', ''category:Travel'', ''summary'', or a JSON object.';

CREATE FUNCTION fin_finding_place(report_id uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid := (SELECT r.workspace_id FROM fin.reports r WHERE r.id = fin_finding_place.report_id);
BEGIN
    IF place IS NULL THEN
        RAISE EXCEPTION 'report % not found', coalesce(report_id::text, 'NULL') USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such report in a workspace you are a member of.',
            HINT = 'SELECT id, filename, created_at FROM fin.reports lists your reports.';
    END IF;
    IF row_security_active('fin.feedback') AND NOT place = ANY (fin.workspaces_of('analyst')) THEN
        RAISE EXCEPTION 'your role in the workspace of report % is %, writing needs analyst or higher', report_id, fin.role_in(place)
            USING ERRCODE = 'insufficient_privilege', HINT = 'An admin of the workspace can change your role.';
    END IF;
    RETURN place;
END $$;
COMMENT ON FUNCTION fin_finding_place(uuid) IS 'The workspace of a report in which the caller may write about findings. Internal.';

-- What the analysis says of it at this moment; null where it says nothing.
CREATE FUNCTION fin_finding_listed(report_id uuid, finding jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    document jsonb := @extschema@.fin_analysis(report_id);
    listed   jsonb;
BEGIN
    CASE finding ->> 'subject'
        WHEN 'anomaly' THEN
            SELECT a INTO listed FROM jsonb_array_elements(document -> 'anomalies') a
            WHERE a ->> 'kind' = finding ->> 'code' AND @extschema@.fin_finding(a) - 'subject' = finding - 'subject';
        WHEN 'risk' THEN
            SELECT r INTO listed FROM jsonb_array_elements(document -> 'risks') r WHERE r ->> 'code' = finding ->> 'code';
        WHEN 'recommendation' THEN
            SELECT r INTO listed FROM jsonb_array_elements(document -> 'recommendations') r
            WHERE r ->> 'lever' = finding ->> 'code' AND (finding ->> 'key' IS NULL OR r ->> 'risk_code' = finding ->> 'key') LIMIT 1;
        WHEN 'category' THEN
            SELECT c INTO listed FROM jsonb_array_elements(document -> 'categories') c
            WHERE c ->> 'category' = finding ->> 'code' LIMIT 1;
        ELSE
            listed := document -> 'summary';
    END CASE;
    RETURN listed;
END $$;
COMMENT ON FUNCTION fin_finding_listed(uuid, jsonb) IS 'The finding as the current analysis of the report lists it; null where it does not. Internal.';

CREATE FUNCTION fin_feedback(report_id uuid, finding jsonb, verdict text, comment text DEFAULT NULL) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place  uuid;
    meant  jsonb;
    listed jsonb;
    made   uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF finding IS NULL THEN
        RAISE EXCEPTION 'name the finding' USING ERRCODE = 'null_value_not_allowed', HINT = 'For example ''anomaly:duplicate:17'' or ''risk:liquidity''.';
    END IF;
    IF verdict IS NULL OR NOT verdict = ANY (ARRAY['right', 'wrong', 'missed', 'done']) THEN
        RAISE EXCEPTION 'unknown verdict %', coalesce(quote_literal(verdict), 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Verdicts are right, wrong, missed (it should have been listed) and done.';
    END IF;
    meant := @extschema@.fin_finding(finding);
    place := @extschema@.fin_finding_place(report_id);
    listed := @extschema@.fin_finding_listed(report_id, meant);
    IF verdict = 'missed' AND listed IS NOT NULL AND listed ->> 'severity' <> 'low' THEN
        RAISE EXCEPTION 'this finding is listed, it was not missed' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Say whether it is right or wrong.';
    END IF;
    -- A verdict that changes, and one on what was put aside, is about something that was listed once.
    IF verdict <> 'missed' AND listed IS NULL
       AND NOT EXISTS (SELECT FROM fin.dismissals d WHERE d.workspace_id = place AND d.report_id = fin_feedback.report_id AND d.subject = meant ->> 'subject'
                       AND d.code = meant ->> 'code' AND d.row_no IS NOT DISTINCT FROM (meant ->> 'row_no')::int AND d.key IS NOT DISTINCT FROM meant ->> 'key')
       AND NOT EXISTS (SELECT FROM fin.feedback f WHERE f.workspace_id = place AND f.report_id = fin_feedback.report_id AND f.subject = meant ->> 'subject'
                       AND f.code = meant ->> 'code' AND f.row_no IS NOT DISTINCT FROM (meant ->> 'row_no')::int AND f.key IS NOT DISTINCT FROM meant ->> 'key') THEN
        RAISE EXCEPTION 'the analysis of report % does not list this finding', report_id USING ERRCODE = 'no_data_found',
            DETAIL = meant::text, HINT = 'fin_anomalies, fin_risks and fin_recommendations list what there is; the verdict missed is for what should be there.';
    END IF;
    IF verdict = 'missed' AND meant ? 'row_no' AND meant ->> 'row_no' IS NOT NULL
       AND EXISTS (SELECT FROM fin.reports r WHERE r.id = fin_feedback.report_id AND r.source = 'import')
       AND NOT EXISTS (SELECT FROM fin.transactions t WHERE t.workspace_id = place AND t.report_id = fin_feedback.report_id AND t.row_no = (meant ->> 'row_no')::int) THEN
        RAISE EXCEPTION 'report % has no row %', report_id, meant ->> 'row_no' USING ERRCODE = 'no_data_found';
    END IF;
    -- One's later word takes the place of the earlier one.
    DELETE FROM fin.feedback f
    WHERE f.workspace_id = place AND f.report_id = fin_feedback.report_id AND f.subject = meant ->> 'subject'
      AND f.code IS NOT DISTINCT FROM meant ->> 'code' AND f.row_no IS NOT DISTINCT FROM (meant ->> 'row_no')::int
      AND f.key IS NOT DISTINCT FROM meant ->> 'key' AND f.created_by = fin.current_user_id();
    INSERT INTO fin.feedback (workspace_id, report_id, subject, code, row_no, key, severity, verdict, comment, created_at)
    VALUES (place, fin_feedback.report_id, meant ->> 'subject', meant ->> 'code', (meant ->> 'row_no')::int, meant ->> 'key',
            listed ->> 'severity', fin_feedback.verdict, fin_feedback.comment, clock_timestamp())
    RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin_feedback(uuid, jsonb, text, text) IS
    'Stores a verdict on a finding: right, wrong, missed (it should have been listed) or done. The finding is an object {subject, code or kind, row_no or key} or a whole row, as in to_jsonb(a) FROM fin_anomalies(..) a.';

CREATE FUNCTION fin_feedback(report_id uuid, finding text, verdict text, comment text DEFAULT NULL) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @extschema@.fin_require_setup();
    RETURN @extschema@.fin_feedback(report_id, @extschema@.fin_finding(finding), verdict, comment);
END $$;
COMMENT ON FUNCTION fin_feedback(uuid, text, text, text) IS
    'Stores a verdict on a finding named by a text such as ''anomaly:duplicate:17'' or ''risk:liquidity''; see fin_finding(text).';

CREATE FUNCTION fin_dismiss(report_id uuid, finding jsonb, reason text DEFAULT NULL, until date DEFAULT NULL) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place  uuid;
    meant  jsonb;
    listed jsonb;
    rank   int;
    made   uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF finding IS NULL THEN
        RAISE EXCEPTION 'name the finding' USING ERRCODE = 'null_value_not_allowed', HINT = 'For example ''anomaly:duplicate:17'' or ''risk:liquidity''.';
    END IF;
    IF until < current_date THEN
        RAISE EXCEPTION 'the finding would be back at once: % is over', until USING ERRCODE = 'invalid_parameter_value';
    END IF;
    meant := @extschema@.fin_finding(finding);
    IF NOT meant ->> 'subject' = ANY (ARRAY['anomaly', 'risk', 'recommendation']) THEN
        RAISE EXCEPTION 'a % cannot be dismissed', meant ->> 'subject' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Anomalies, risks and recommendations can.';
    END IF;
    place := @extschema@.fin_finding_place(report_id);
    SELECT d.id INTO made FROM fin.dismissals d
    WHERE d.workspace_id = place AND d.report_id = fin_dismiss.report_id AND d.subject = meant ->> 'subject' AND d.code = meant ->> 'code'
      AND d.row_no IS NOT DISTINCT FROM (meant ->> 'row_no')::int AND d.key IS NOT DISTINCT FROM meant ->> 'key';
    IF made IS NOT NULL THEN
        UPDATE fin.dismissals d SET reason = coalesce(fin_dismiss.reason, d.reason), until = fin_dismiss.until WHERE d.id = made;
        IF NOT FOUND AND (fin_dismiss.reason IS NOT NULL OR fin_dismiss.until IS NOT NULL) THEN
            RAISE EXCEPTION 'a colleague has dismissed this finding' USING ERRCODE = 'insufficient_privilege',
                HINT = 'It is put aside already; an admin of the workspace can change reason and date.';
        END IF;
        RETURN made;
    END IF;
    listed := @extschema@.fin_finding_listed(report_id, meant);
    IF listed IS NULL THEN
        RAISE EXCEPTION 'the analysis of report % does not list this finding', report_id USING ERRCODE = 'no_data_found',
            DETAIL = meant::text, HINT = 'fin_anomalies, fin_risks and fin_recommendations list what there is.';
    END IF;
    -- Which of several equal rows: the second one dismissed leaves a third to be found.
    SELECT count(*) INTO rank FROM fin.transactions t JOIN fin.transactions own
        ON own.workspace_id = t.workspace_id AND own.report_id = t.report_id AND own.row_no = (meant ->> 'row_no')::int
    WHERE t.workspace_id = place AND t.report_id = fin_dismiss.report_id AND t.row_no <= own.row_no AND t.booked_on = own.booked_on
      AND t.amount = own.amount AND t.counterparty IS NOT DISTINCT FROM own.counterparty;
    INSERT INTO fin.dismissals (workspace_id, report_id, subject, code, row_no, key, severity, booked_on, amount, counterparty, occurrence, reason, until)
    VALUES (place, fin_dismiss.report_id, meant ->> 'subject', meant ->> 'code', (meant ->> 'row_no')::int, meant ->> 'key', listed ->> 'severity',
            (listed ->> 'booked_on')::date, (listed ->> 'amount')::numeric, listed ->> 'counterparty', nullif(rank, 0),
            fin_dismiss.reason, fin_dismiss.until)
    RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin_dismiss(uuid, jsonb, text, date) IS
    'Puts a finding aside, for good or until a date. It is not listed again in this report, nor in other reports of the workspace that hold the same payment. Dismissed once more: reason and date are replaced. Undone by fin_restore_finding.';

CREATE FUNCTION fin_dismiss(report_id uuid, finding text, reason text DEFAULT NULL, until date DEFAULT NULL) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @extschema@.fin_require_setup();
    RETURN @extschema@.fin_dismiss(report_id, @extschema@.fin_finding(finding), reason, until);
END $$;
COMMENT ON FUNCTION fin_dismiss(uuid, text, text, date) IS
    'Puts a finding aside that is named by a text such as ''anomaly:duplicate:17''; see fin_finding(text).';

CREATE FUNCTION fin_restore_finding(report_id uuid, finding jsonb) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
    meant jsonb;
    known uuid[];
    taken int;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF finding IS NULL THEN
        RETURN NULL;
    END IF;
    meant := @extschema@.fin_finding(finding);
    place := @extschema@.fin_finding_place(report_id);
    -- Dismissed here, or elsewhere as the same payment, key or risk.
    known := ARRAY(
        SELECT d.id FROM fin.dismissals d
        LEFT JOIN fin.transactions t ON t.workspace_id = place AND t.report_id = fin_restore_finding.report_id AND t.row_no = (meant ->> 'row_no')::int
        WHERE d.workspace_id = place AND d.subject = meant ->> 'subject' AND d.code = meant ->> 'code'
          AND CASE WHEN d.report_id = fin_restore_finding.report_id
                   THEN d.row_no IS NOT DISTINCT FROM (meant ->> 'row_no')::int AND d.key IS NOT DISTINCT FROM meant ->> 'key'
                   WHEN meant ->> 'row_no' IS NOT NULL THEN d.booked_on = t.booked_on AND d.amount = t.amount AND d.row_no IS NOT NULL
                   ELSE d.key IS NOT DISTINCT FROM meant ->> 'key' END);
    DELETE FROM fin.dismissals d WHERE d.id = ANY (known);
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken < cardinality(known) THEN
        RAISE EXCEPTION 'a colleague has dismissed this finding' USING ERRCODE = 'insufficient_privilege',
            HINT = 'An admin of the workspace can take it back.';
    END IF;
    RETURN taken > 0;
END $$;
COMMENT ON FUNCTION fin_restore_finding(uuid, jsonb) IS
    'Takes fin_dismiss back: the finding is listed again. False where it was not dismissed. Analysts take back their own dismissals, admins any.';

CREATE FUNCTION fin_restore_finding(report_id uuid, finding text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @extschema@.fin_require_setup();
    RETURN @extschema@.fin_restore_finding(report_id, @extschema@.fin_finding(finding));
END $$;
COMMENT ON FUNCTION fin_restore_finding(uuid, text) IS 'Takes fin_dismiss back for a finding named by a text; see fin_finding(text).';

CREATE FUNCTION fin_learned_strictness(confirmed bigint, refuted bigint, missed bigint) RETURNS float8
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    -- A tenth of wrong ones, and of missed ones, is what a test is shipped for; eight findings of that kind are assumed
    -- beside those with a verdict, so that a few words do not turn it over.
    SELECT round(least(4, greatest(0.5, power(4, ((refuted + 0.8) / (confirmed + refuted + 8.0) - (missed + 0.8) / (confirmed + missed + 8.0)) / 0.9)))::numeric, 4)::float8
$$;
COMMENT ON FUNCTION fin_learned_strictness(bigint, bigint, bigint) IS
    'Strictness that verdicts ask for, within 0.5 and 4: rises with those refuted, falls with those missed, goes to 1 with those confirmed. What fin_recalibrate uses.';

CREATE FUNCTION fin_recalibrate(workspace uuid DEFAULT NULL)
    RETURNS TABLE(subject text, code text, before float8, after float8, confirmed bigint, refuted bigint, missed bigint, why text)
    LANGUAGE plpgsql VOLATILE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    least_verdicts CONSTANT int := 8;
    place uuid := workspace;
    item  record;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF place IS NULL THEN
        place := fin.writable_workspace();
    ELSIF row_security_active('fin.strictness') AND NOT place = ANY (fin.workspaces_of('analyst')) THEN
        RAISE EXCEPTION 'you may not recalibrate workspace %', place USING ERRCODE = 'insufficient_privilege',
            HINT = 'It takes an analyst of that workspace. SELECT id, name FROM fin.workspaces lists yours.';
    END IF;
    FOR item IN
        SELECT q.subject, q.code, q.confirmed, q.refuted, q.missed, s.strictness AS kept,
               coalesce(s.strictness, 1) AS was,
               CASE WHEN q.confirmed + q.refuted + q.missed < least_verdicts THEN 1
                    ELSE @extschema@.fin_learned_strictness(q.confirmed, q.refuted, q.missed) END AS wanted
        FROM fin.quality q LEFT JOIN fin.strictness s ON s.workspace_id = q.workspace_id AND s.subject = q.subject AND s.code = q.code
        WHERE q.workspace_id = place AND q.subject IN ('anomaly', 'risk')
        UNION ALL
        -- What was learned from verdicts that were taken back.
        SELECT s.subject, s.code, 0, 0, 0, s.strictness, s.strictness, 1
        FROM fin.strictness s
        WHERE s.workspace_id = place
          AND NOT EXISTS (SELECT FROM fin.quality q WHERE q.workspace_id = place AND q.subject = s.subject AND q.code = s.code)
        ORDER BY 1, 2
    LOOP
        -- Changes that nobody would notice are left alone.
        CONTINUE WHEN abs(ln(item.wanted / item.was)) < 0.05 AND NOT (item.wanted = 1 AND item.kept IS NOT NULL);
        IF item.wanted = 1 THEN
            DELETE FROM fin.strictness s WHERE s.workspace_id = place AND s.subject = item.subject AND s.code = item.code;
        ELSE
            INSERT INTO fin.strictness AS s (workspace_id, subject, code, strictness, verdicts)
            VALUES (place, item.subject, item.code, item.wanted, (item.confirmed + item.refuted + item.missed)::int)
            ON CONFLICT ON CONSTRAINT strictness_pkey DO UPDATE
                SET strictness = excluded.strictness, verdicts = excluded.verdicts, learned_by = excluded.learned_by, learned_at = now();
        END IF;
        subject := item.subject;
        code := item.code;
        before := item.was;
        after := item.wanted;
        confirmed := item.confirmed;
        refuted := item.refuted;
        missed := item.missed;
        why := CASE
            WHEN item.confirmed + item.refuted + item.missed < least_verdicts
                THEN format('fewer than %s verdicts are left: as shipped', least_verdicts)
            ELSE format('%s of %s listed were wrong, %s were missed: it asks for %s', item.refuted, item.confirmed + item.refuted, item.missed,
                CASE WHEN item.wanted > item.was THEN 'more' ELSE 'less' END)
                || CASE WHEN item.wanted IN (0.5, 4) THEN ', as far as it goes' ELSE '' END END;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION fin_recalibrate(uuid) IS
    'Learns from verdicts how strict each test is in this workspace (default: the chosen one), within 0.5 and 4, where at least 8 findings have one. Lists what changed and why. The same verdicts give the same result, so a second run changes nothing.';

CREATE FUNCTION fin_forget_calibration(workspace uuid DEFAULT NULL) RETURNS int
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place     uuid := workspace;
    forgotten int;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF place IS NULL THEN
        place := fin.writable_workspace();
    ELSIF row_security_active('fin.strictness') AND NOT place = ANY (fin.workspaces_of('analyst')) THEN
        RAISE EXCEPTION 'you may not recalibrate workspace %', place USING ERRCODE = 'insufficient_privilege',
            HINT = 'It takes an analyst of that workspace. SELECT id, name FROM fin.workspaces lists yours.';
    END IF;
    DELETE FROM fin.strictness s WHERE s.workspace_id = place;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
COMMENT ON FUNCTION fin_forget_calibration(uuid) IS
    'Takes fin_recalibrate back: every test is as shipped again. The verdicts stay. Returns how many tests that changes.';
