-- Import: a file or a table becomes a report.
CREATE FUNCTION fin_import(filename text, content bytea, options jsonb DEFAULT '{}') RETURNS uuid
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 100000 AS 'MODULE_PATHNAME', 'fin_import';
COMMENT ON FUNCTION fin_import(text, bytea, jsonb) IS
    'Imports a ledger file (CSV and its cousins, OFX, QIF, MT940, camt, 1C) as a report and returns its id: whole, or an error that names row or entry, column or field and value and nothing stored. The same bytes with the same options return the existing report.';

CREATE FUNCTION fin_import(file_id uuid, options jsonb DEFAULT '{}') RETURNS uuid
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stored record;
    report uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    SELECT f.filename INTO stored FROM fin.files f WHERE f.id = file_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'file % not found', file_id USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such file in a workspace you are a member of.';
    END IF;
    report := @extschema@.fin_import(stored.filename, fin.file_get(file_id), options);
    UPDATE fin.reports r SET file_id = fin_import.file_id WHERE r.id = report AND r.file_id IS NULL;
    RETURN report;
END $$;
COMMENT ON FUNCTION fin_import(uuid, jsonb) IS 'Imports a file that fin.file_put has stored.';

CREATE FUNCTION fin_import_key(content_sha256 text, options jsonb DEFAULT '{}') RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'fin_import_key';
COMMENT ON FUNCTION fin_import_key(text, jsonb) IS
    'What fin.reports.import_key is for a file with this SHA-256 (hexadecimal) and these options. Refuses options that fin_import does not know.';

CREATE FUNCTION fin_import_into(report_id uuid, content bytea) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 100000 AS 'MODULE_PATHNAME', 'fin_import_into';
COMMENT ON FUNCTION fin_import_into(uuid, bytea) IS
    'Reads a ledger file into a report of the caller that has the status processing, with the options it was made with, and completes it. Internal: fin_import_waiting calls it.';

CREATE FUNCTION fin_import_waiting(report_id uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    file uuid;
BEGIN
    PERFORM @extschema@.fin_require_setup();
    -- Locked: of two that try at once the second finds it done.
    SELECT r.file_id INTO file FROM fin.reports r
    WHERE r.id = fin_import_waiting.report_id AND r.source = 'import' AND r.status = 'processing' AND r.file_id IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM @extschema@.fin_import_into(report_id, fin.file_get(file));
    RETURN true;
END $$;
COMMENT ON FUNCTION fin_import_waiting(uuid) IS
    'Imports the file of a report that was uploaded and waits for its rows (status processing). False where it does not wait.';

CREATE FUNCTION fin_import_preview(filename text, content bytea, options jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 AS 'MODULE_PATHNAME', 'fin_import_preview';
COMMENT ON FUNCTION fin_import_preview(text, bytea, jsonb) IS
    'What fin_import would make of a file: dialect, columns, five raw and parsed rows, totals, errors and warnings. Writes nothing.';

CREATE FUNCTION fin_import_undo(report_id uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM @extschema@.fin_require_setup();
    DELETE FROM fin.reports r WHERE r.id = report_id;
    IF NOT FOUND THEN
        PERFORM FROM fin.reports r WHERE r.id = report_id;
        IF FOUND THEN
            RAISE EXCEPTION 'report % is not yours to undo', report_id USING ERRCODE = 'insufficient_privilege',
                DETAIL = 'An analyst undoes own imports, an admin any of the workspace.';
        END IF;
        RAISE EXCEPTION 'report % not found', report_id USING ERRCODE = 'undefined_object',
            DETAIL = 'There is no such report in a workspace you are a member of.';
    END IF;
END $$;
COMMENT ON FUNCTION fin_import_undo(uuid) IS
    'Takes a report back with its rows and analyses, in one transaction. Of an attached table only the report goes.';

CREATE FUNCTION fin_attach(relation regclass, mapping jsonb DEFAULT '{}') RETURNS uuid
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 10000 AS 'MODULE_PATHNAME', 'fin_attach';
COMMENT ON FUNCTION fin_attach(regclass, jsonb) IS
    'Makes an existing table or view a report without copying a row. mapping: role (date, amount, debit, credit, category, counterparty, account, currency, description, balance, row_no) to column name; roles it leaves open are found by name. Every reader needs SELECT on the relation.';

CREATE FUNCTION fin_transactions(report_id uuid)
    RETURNS TABLE(row_no int, booked_on date, amount numeric, currency text, category text, kind text, counterparty text, account text, description text)
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 10000 ROWS 1000 AS 'MODULE_PATHNAME', 'fin_transactions';
COMMENT ON FUNCTION fin_transactions(uuid) IS 'The rows of a report, imported or attached, with the kind that the analysis gives each.';
