-- The second opinion of models on an analysis, as people switch it on, see what leaves and read what was said.
CREATE FUNCTION fin_ai_switch(enabled boolean, daily_budget numeric DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    place := fin.writable_workspace();
    IF NOT place = ANY (fin.workspaces_of('admin')) THEN
        RAISE EXCEPTION 'AI is switched by admins of the workspace' USING ERRCODE = 'insufficient_privilege',
            HINT = 'An admin or owner of the workspace can change your role.';
    END IF;
    IF enabled IS NULL OR daily_budget < 0 OR daily_budget = 'NaN' THEN
        RAISE EXCEPTION 'enabled is true or false, daily_budget an amount of money' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF enabled AND NOT EXISTS (SELECT FROM fin.ai_models m WHERE m.enabled) THEN
        RAISE NOTICE 'no model is set up yet' USING HINT = 'An operator of the installation does that with fin_ai_model_set.';
    END IF;
    INSERT INTO fin.ai_consents AS c (workspace_id, enabled, daily_budget, changed_by)
    VALUES (place, fin_ai_switch.enabled, coalesce(fin_ai_switch.daily_budget, 5), fin.current_user_id())
    ON CONFLICT ON CONSTRAINT ai_consents_pkey DO UPDATE
    SET enabled = excluded.enabled, daily_budget = coalesce(fin_ai_switch.daily_budget, c.daily_budget), changed_by = excluded.changed_by, changed_at = now();
END $$;
COMMENT ON FUNCTION fin_ai_switch(boolean, numeric) IS
    'Allows or forbids that facts of the workspace go to the models; admins only, audited, off until somebody switches it on. daily_budget is money a day (UTC) in the currency of the models'' prices; NULL keeps it (5 at first). fin_ai_preview shows what would leave.';

CREATE FUNCTION fin_ai_model_set(name text, role text, provider text, dialect text, model text, settings jsonb DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    unknown text;
    own     text[] := ARRAY['response_format', 'token_field', 'system_role', 'reasoning_effort'];
BEGIN
    PERFORM @extschema@.fin_require_setup();
    IF NOT fin.is_admin() THEN
        RAISE EXCEPTION 'models are set by operators of the installation' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Members of the role fin_admin and superusers may.';
    END IF;
    IF settings IS NULL OR jsonb_typeof(settings) <> 'object' THEN
        RAISE EXCEPTION 'settings of a model are a JSON object' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT k INTO unknown FROM jsonb_object_keys(settings) k
    WHERE NOT k = ANY (own || ARRAY['weight', 'most_output', 'deadline', 'price_input', 'price_cached', 'price_cache_write', 'price_output', 'enabled'])
    ORDER BY k LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'unknown setting "%" of a model', unknown USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Known are weight, most_output, deadline, price_input, price_cached, price_cache_write, price_output, enabled, response_format, token_field, system_role, reasoning_effort.';
    END IF;
    IF NOT EXISTS (SELECT FROM fin.providers p WHERE p.name = fin_ai_model_set.provider AND p.kind = 'http') THEN
        RAISE EXCEPTION 'unknown provider %', coalesce(quote_literal(provider), 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'fin_provider_set makes one of kind http, with its base URL and key.';
    END IF;
    DELETE FROM fin.ai_models m WHERE m.name = fin_ai_model_set.name;
    INSERT INTO fin.ai_models (name, role, provider, dialect, model, weight, most_output, deadline, price_input, price_cached, price_cache_write,
                               price_output, settings, enabled)
    SELECT fin_ai_model_set.name, fin_ai_model_set.role, fin_ai_model_set.provider, fin_ai_model_set.dialect, fin_ai_model_set.model,
           coalesce(s.weight, CASE fin_ai_model_set.role WHEN 'checker' THEN 0.3 ELSE 0.7 END), coalesce(s.most_output, 4096), coalesce(s.deadline, 45),
           coalesce(s.price_input, 0), coalesce(s.price_cached, s.price_input, 0), coalesce(s.price_cache_write, s.price_input, 0),
           coalesce(s.price_output, 0),
           (SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') FROM jsonb_each(fin_ai_model_set.settings) e WHERE e.key = ANY (own)),
           coalesce(s.enabled, true)
    FROM jsonb_to_record(fin_ai_model_set.settings) AS s(weight numeric, most_output int, deadline int, price_input numeric, price_cached numeric,
                                                         price_cache_write numeric, price_output numeric, enabled boolean);
END $$;
COMMENT ON FUNCTION fin_ai_model_set(text, text, text, text, text, jsonb) IS
    'Makes or replaces a model: role drafter, checker or fallback; dialect openai_chat, openai_responses, anthropic or compatible; prices for a million tokens, weight, most_output tokens and deadline in seconds in settings. Operators only. One model of a role is enabled at a time.';

CREATE FUNCTION fin_ai_preview(report_id uuid) RETURNS jsonb
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 100000 AS 'MODULE_PATHNAME', 'fin_ai_preview';
COMMENT ON FUNCTION fin_ai_preview(uuid) IS
    'What would leave for a review of the report: instructions, facts with names as tokens, models, SHA-256. Sends nothing; audited.';

CREATE FUNCTION fin_review(report_id uuid) RETURNS bigint
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    SELECT r.workspace_id INTO place FROM fin.reports r WHERE r.id = fin_review.report_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'report % not found', report_id USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such report in a workspace you are a member of.';
    END IF;
    IF NOT EXISTS (SELECT FROM fin.ai_consents c WHERE c.workspace_id = place AND c.enabled) THEN
        RAISE EXCEPTION 'AI is not switched on in the workspace' USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'An admin switches it on with SELECT fin_ai_switch(true); fin_ai_preview shows what would leave.';
    END IF;
    RETURN @extschema@.fin_enqueue_once('ai_review', jsonb_build_object('report_id', report_id), report_id::text);
END $$;
COMMENT ON FUNCTION fin_review(uuid) IS
    'Queues a review of the report''s latest analysis by the models and returns the job''s number. fin_analyze does it by itself for new analyses while AI is on. NOTIFY comes on channel fin_analyses.';

CREATE FUNCTION fin_fact(analysis_id uuid, id int)
    RETURNS TABLE(metric text, name text, period text, value text, change text, unit text, query text)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM @extschema@.fin_require_setup();
    RETURN QUERY
    SELECT f.metric,
           -- Names come back on display.
           (SELECT coalesce(string_agg(CASE WHEN part.n % 2 = 1 THEN part.said ELSE coalesce(r.names ->> part.said, part.said) END, '' ORDER BY part.n), '')
            FROM regexp_split_to_table(regexp_replace(f.name, '\{\{n:([a-z]{8})\}\}', E'\x01\\1\x01', 'g'), E'\x01') WITH ORDINALITY AS part(said, n)),
           f.period, f.value, nullif(f.change, ''), f.unit, replace(f.query, '$1', quote_literal(r.report_id))
    FROM fin.reviews r
    CROSS JOIN LATERAL jsonb_to_recordset(r.facts) AS f(id int, metric text, name text, period text, value text, change text, unit text, query text)
    WHERE r.analysis_id = fin_fact.analysis_id AND f.id = fin_fact.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'fact % of analysis % not found', id, analysis_id USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such fact in a review of a workspace you are a member of.';
    END IF;
END $$;
COMMENT ON FUNCTION fin_fact(uuid, int) IS 'The fact behind a slot {{f:id}} of a review, with the query that gives its figure again.';

CREATE FUNCTION fin_prompt_problem(body text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'fin_prompt_problem';
COMMENT ON FUNCTION fin_prompt_problem(text) IS 'Why a style may not be used in prompts; NULL: it may. Called by fin_prompt_set.';

CREATE FUNCTION fin_prompt_set(body text) RETURNS int
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place   uuid;
    problem text;
    made    int;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    place := fin.writable_workspace();
    IF NOT place = ANY (fin.workspaces_of('admin')) THEN
        RAISE EXCEPTION 'prompts are set by admins of the workspace' USING ERRCODE = 'insufficient_privilege',
            HINT = 'An admin or owner of the workspace can change your role.';
    END IF;
    problem := @extschema@.fin_prompt_problem(body);
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION 'this style cannot be used: %', problem USING ERRCODE = 'invalid_parameter_value',
            HINT = 'A style says how to write; which figures may stand where is the engine''s own rule.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('fin.prompts ' || place, 0));
    INSERT INTO fin.prompts (workspace_id, name, version, body, created_by)
    SELECT place, 'review', coalesce(max(p.version), 0) + 1, fin_prompt_set.body, fin.current_user_id()
    FROM fin.prompts p WHERE p.workspace_id = place AND p.name = 'review'
    RETURNING version INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION fin_prompt_set(text) IS
    'Gives the workspace a style of its own for reviews, as a new version; admins only. The rules about figures stay the engine''s. fin_prompt_reset goes back to the default.';

CREATE FUNCTION fin_prompt_reset() RETURNS int
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place   uuid;
    removed int;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    place := fin.writable_workspace();
    IF NOT place = ANY (fin.workspaces_of('admin')) THEN
        RAISE EXCEPTION 'prompts are set by admins of the workspace' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM fin.prompts p WHERE p.workspace_id = place AND p.name = 'review';
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
COMMENT ON FUNCTION fin_prompt_reset() IS 'Goes back to the default style of reviews; returns how many versions of the workspace''s own were removed. Admins only.';

CREATE FUNCTION fin_prompt_compare(reports int DEFAULT 5) RETURNS bigint
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    place := fin.writable_workspace();
    IF NOT place = ANY (fin.workspaces_of('admin')) THEN
        RAISE EXCEPTION 'prompts are compared by admins of the workspace' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF reports NOT BETWEEN 1 AND 50 THEN
        RAISE EXCEPTION 'from 1 to 50 reports are compared, not %', reports USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT FROM fin.prompts p WHERE p.workspace_id = place AND p.name = 'review') THEN
        RAISE EXCEPTION 'the workspace has no style of its own' USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'fin_prompt_set makes one.';
    END IF;
    IF NOT EXISTS (SELECT FROM fin.ai_consents c WHERE c.workspace_id = place AND c.enabled) THEN
        RAISE EXCEPTION 'AI is not switched on in the workspace' USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'An admin switches it on with SELECT fin_ai_switch(true).';
    END IF;
    RETURN @extschema@.fin_enqueue('prompt_compare', jsonb_build_object('reports', reports));
END $$;
COMMENT ON FUNCTION fin_prompt_compare(int) IS
    'Queues a comparison of the workspace''s own style of reviews with the default, on its latest analysed reports, within the day''s budget; admins only. Stores no review. fin_prompt_comparison shows the outcome.';

CREATE FUNCTION fin_prompt_comparison(job_id bigint DEFAULT NULL)
    RETURNS TABLE(variant text, prompt text, reports int, drafted int, stored int, refused int, agreement double precision, cost numeric, seconds double precision)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM @extschema@.fin_require_setup();
    RETURN QUERY
    SELECT t.variant, t.prompt, count(*)::int, sum(t.drafted)::int, sum(t.stored)::int, sum(t.refused)::int, avg(t.agreement), sum(t.cost), avg(t.seconds)
    FROM fin.prompt_trials t
    WHERE t.workspace_id = fin.writable_workspace()
      AND t.job_id = coalesce(fin_prompt_comparison.job_id, (SELECT max(l.job_id) FROM fin.prompt_trials l WHERE l.workspace_id = fin.writable_workspace()))
    GROUP BY t.variant, t.prompt ORDER BY t.variant;
END $$;
COMMENT ON FUNCTION fin_prompt_comparison(bigint) IS
    'How the default style and the workspace''s own did: statements drafted and stored, answers refused, agreement of the checker, cost, seconds a report. NULL: the latest comparison.';

CREATE FUNCTION fin_merchant(counterparty text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'fin_merchant';
COMMENT ON FUNCTION fin_merchant(text) IS
    'One name for one counterparty: case, card and reference numbers, dates, punctuation and legal forms taken off.';

CREATE FUNCTION fin_suggest_categories(report_id uuid) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place   uuid;
    made    int;
    unknown int;
    job     bigint;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    SELECT r.workspace_id INTO place FROM fin.reports r WHERE r.id = fin_suggest_categories.report_id AND r.source = 'import';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'report % not found', report_id USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such imported report in a workspace you are a member of.';
    END IF;
    -- The workspace's own habit first: at least three rows of the merchant, four fifths of them in one category.
    WITH missing AS (
        SELECT @extschema@.fin_merchant(t.counterparty) AS merchant, t.amount > 0 AS inflow, min(t.counterparty) AS counterparty, count(*)::int AS rows
        FROM fin.transactions t
        WHERE t.workspace_id = place AND t.report_id = fin_suggest_categories.report_id AND coalesce(t.category, '') = '' AND coalesce(t.counterparty, '') <> ''
        GROUP BY 1, 2
    ), habit AS (
        SELECT h.merchant, h.inflow, h.category, h.n, sum(h.n) OVER (PARTITION BY h.merchant, h.inflow) AS of_all
        FROM (SELECT @extschema@.fin_merchant(t.counterparty) AS merchant, t.amount > 0 AS inflow, t.category, count(*) AS n
              FROM fin.transactions t WHERE t.workspace_id = place AND t.category <> '' AND t.counterparty <> '' GROUP BY 1, 2, 3) h
    )
    INSERT INTO fin.category_suggestions (workspace_id, report_id, merchant, inflow, counterparty, rows, category, source)
    SELECT place, fin_suggest_categories.report_id, m.merchant, m.inflow, m.counterparty, m.rows, h.category, 'rules'
    FROM missing m JOIN habit h ON h.merchant = m.merchant AND h.inflow = m.inflow AND h.of_all >= 3 AND h.n >= 0.8 * h.of_all
    ON CONFLICT ON CONSTRAINT category_suggestions_workspace_id_report_id_merchant_inflow_key DO NOTHING;
    GET DIAGNOSTICS made = ROW_COUNT;
    SELECT count(DISTINCT (@extschema@.fin_merchant(t.counterparty), t.amount > 0)) INTO unknown FROM fin.transactions t
    WHERE t.workspace_id = place AND t.report_id = fin_suggest_categories.report_id AND coalesce(t.category, '') = '' AND coalesce(t.counterparty, '') <> ''
      AND NOT EXISTS (SELECT FROM fin.category_suggestions s WHERE s.workspace_id = place AND s.report_id = fin_suggest_categories.report_id
                      AND s.merchant = @extschema@.fin_merchant(t.counterparty) AND s.inflow = (t.amount > 0));
    IF unknown > 0 AND EXISTS (SELECT FROM fin.ai_consents c WHERE c.workspace_id = place AND c.enabled)
       AND EXISTS (SELECT FROM fin.ai_models m WHERE m.enabled AND m.role IN ('drafter', 'fallback')) THEN
        job := @extschema@.fin_enqueue_once('ai_categories', jsonb_build_object('report_id', report_id), report_id::text);
    END IF;
    RETURN jsonb_build_object('by_rules', made, 'merchants_left', unknown, 'job_id', job);
END $$;
COMMENT ON FUNCTION fin_suggest_categories(uuid) IS
    'Suggests categories for rows without one: by the workspace''s own habit at once, and, while AI is on, by a model in a job, asked once per merchant. Returns how many by rules, how many merchants are left and the job''s number. SELECT * FROM fin.category_suggestions lists them; nothing changes until one is accepted.';

CREATE FUNCTION fin_suggestion_accept(suggestion_id uuid) RETURNS int
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'fin_suggestion_accept';
COMMENT ON FUNCTION fin_suggestion_accept(uuid) IS
    'Gives the rows of the suggestion its category and returns how many there were. For the report''s importer and admins; audited. The report''s hash is made anew.';

CREATE FUNCTION fin_suggestion_reject(suggestion_id uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @extschema@.fin_require_setup();
    UPDATE fin.category_suggestions s SET status = 'rejected', decided_by = fin.current_user_id(), decided_at = now()
    WHERE s.id = suggestion_id AND s.status = 'open';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'suggestion % not found', suggestion_id USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such open suggestion in a workspace where you are an analyst.';
    END IF;
END $$;
COMMENT ON FUNCTION fin_suggestion_reject(uuid) IS 'Puts a suggestion aside; it is not made again for this report. Audited.';
