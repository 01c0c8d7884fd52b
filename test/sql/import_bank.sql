-- The banks' formats: imported, previewed and analysed; the corpus of hostile files ends in its named errors.
-- Files are read from the folder that FIN_TEST_DATA names.
\set ofx1 `base64 -w0 "$FIN_TEST_DATA/imports/ofx1_two_accounts.ofx"`
\set ofx2 `base64 -w0 "$FIN_TEST_DATA/imports/ofx2.ofx"`
\set qif `base64 -w0 "$FIN_TEST_DATA/imports/accounts.qif"`
\set qif_dmy `base64 -w0 "$FIN_TEST_DATA/imports/dmy_windows1252.qif"`
\set mt940_de `base64 -w0 "$FIN_TEST_DATA/imports/german.mt940"`
\set mt940_nl `base64 -w0 "$FIN_TEST_DATA/imports/dutch.mt940"`
\set camt053 `base64 -w0 "$FIN_TEST_DATA/imports/statement.camt053.xml"`
\set camt052 `base64 -w0 "$FIN_TEST_DATA/imports/report.camt052.xml"`
\set cb1251 `base64 -w0 "$FIN_TEST_DATA/imports/client_bank_windows1251.txt"`
\set cb866 `base64 -w0 "$FIN_TEST_DATA/imports/client_bank_cp866.txt"`
\set hostile `base64 -w0 "$FIN_TEST_DATA/hostile/bank.tsv"`
BEGIN;
CREATE ROLE fin_test_ann LOGIN;
GRANT fin_user TO fin_test_ann;

-- \n, \r, \xHH, \\ and \{1000*text} are bytes; the rest is UTF-8.
CREATE FUNCTION pg_temp.decoded(given text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    result bytea := '';
    part text[];
BEGIN
    FOR part IN SELECT regexp_matches(given, '(\\\{\d+\*[^}]*\}|\\x..|\\.|[^\\]+)', 'g') LOOP
        result := result || CASE
            WHEN part[1] ~ '^\\\{' THEN decode(repeat(encode(pg_temp.decoded(rtrim(split_part(part[1], '*', 2), '}')), 'hex'),
                split_part(substr(part[1], 3), '*', 1)::int), 'hex')
            WHEN part[1] ~ '^\\x' THEN decode(substr(part[1], 3), 'hex')
            WHEN part[1] = '\n' THEN '\x0a'
            WHEN part[1] = '\r' THEN '\x0d'
            WHEN part[1] ~ '^\\' THEN convert_to(substr(part[1], 2), 'UTF8')
            ELSE convert_to(part[1], 'UTF8') END;
    END LOOP;
    RETURN result;
END $$;
CREATE TEMP TABLE hostile AS SELECT n, split_part(line, E'\t', 1) AS name, split_part(line, E'\t', 2) AS message, split_part(line, E'\t', 3) AS content
    FROM string_to_table(convert_from(decode(:'hostile', 'base64'), 'UTF8'), E'\n') WITH ORDINALITY AS l(line, n) WHERE line <> '' AND line NOT LIKE '#%';
CREATE TEMP TABLE sample(n int, name text, content bytea, format text, rows int, skipped int, inflow numeric, outflow numeric, currency text, opening numeric, report uuid);
INSERT INTO sample VALUES
    (1, 'ofx1', decode(:'ofx1', 'base64'), 'ofx', 6, 1, 2500.00, -1516.55, 'EUR', 5000.00),
    (2, 'ofx2', decode(:'ofx2', 'base64'), 'ofx', 4, 1, 1234.50, -152.09, NULL, NULL),
    (3, 'qif', decode(:'qif', 'base64'), 'qif', 6, 3, 3750.75, -680.00, NULL, 1050.00),
    (4, 'qif_dmy', decode(:'qif_dmy', 'base64'), 'qif', 2, 0, 12.00, -1234.56, NULL, NULL),
    (5, 'mt940_de', decode(:'mt940_de', 'base64'), 'mt940', 6, 1, 2251.50, -466.24, NULL, NULL),
    (6, 'mt940_nl', decode(:'mt940_nl', 'base64'), 'mt940', 3, 0, 100.00, -100.00, 'EUR', 0),
    (7, 'camt053', decode(:'camt053', 'base64'), 'camt053', 5, 1, 6100.00, -1110.00, 'EUR', -500.00),
    (8, 'camt052', decode(:'camt052', 'base64'), 'camt053', 2, 0, 5.50, -20.00, 'CHF', NULL),
    (9, '1c windows', decode(:'cb1251', 'base64'), '1c', 4, 0, 5000.00, -1770.25, NULL, NULL),
    (10, '1c dos', decode(:'cb866', 'base64'), '1c', 4, 0, 5000.00, -1770.25, NULL, NULL);
GRANT ALL ON hostile, sample TO PUBLIC;
SELECT plan((SELECT count(*)::int FROM hostile) + 3 * (SELECT count(*)::int FROM sample) + 13);

SET LOCAL SESSION AUTHORIZATION fin_test_ann;
SELECT is((p #>> '{dialect,format}', (p -> 'rows')::int, (p -> 'skipped')::int, (p #> '{totals,inflow}')::numeric, (p #> '{totals,outflow}')::numeric, p -> 'errors')::text,
    (format, rows, skipped, inflow, outflow, '[]'::jsonb)::text, name || ': preview') FROM sample, fin_import_preview(name, content) p ORDER BY n;
UPDATE sample SET report = fin_import(name, content);
SELECT is((SELECT (r.rows, r.skipped, round(sum(t.amount) FILTER (WHERE t.amount > 0), 2), round(sum(t.amount) FILTER (WHERE t.amount < 0), 2), r.currency, round(r.opening_balance, 2))::text
        FROM fin.reports r JOIN fin.transactions t ON t.report_id = r.id WHERE r.id = s.report GROUP BY r.id, r.rows, r.skipped, r.currency, r.opening_balance),
    (SELECT (s.rows, s.skipped, s.inflow, s.outflow, s.currency, round(s.opening, 2))::text), name || ': report') FROM sample s ORDER BY n;
SELECT ok(jsonb_typeof(fin_analyze(report) -> 'metrics') = 'object', name || ': analysis') FROM sample ORDER BY n;

SELECT results_eq($$ SELECT category, kind FROM fin_transactions((SELECT report FROM sample WHERE name = 'qif')) WHERE category LIKE 'Transfer%' ORDER BY row_no $$,
    $$ VALUES ('Transfer: Savings', 'transfer'), ('Transfer: Checking', 'transfer') $$, 'a transfer between accounts is one');
SELECT is((SELECT kind FROM fin_transactions((SELECT report FROM sample WHERE name = 'mt940_de')) WHERE row_no = 5), 'opex', 'what the bank charges is an expense');
SELECT is((SELECT kind FROM fin_transactions((SELECT report FROM sample WHERE name = 'ofx1')) WHERE row_no = 7), 'interest', 'and interest is interest');
SELECT results_eq($$ SELECT row_no, booked_on, amount, currency, counterparty, account, description FROM fin_transactions((SELECT report FROM sample WHERE name = '1c windows')) WHERE row_no < 3 $$,
    $$ VALUES (1, date '2024-01-09', 5000.00, 'RUB', 'ООО "Ромашка"', '40702810500000000007', 'Оплата по счёту № 5'),
        (2, date '2024-01-10', -1250.25, 'RUB', 'ИНН 7802345678 АО "Аренда"', '40702810500000000007', 'Аренда офиса за январь') $$, 'fields of 1C');
SELECT is((SELECT plan #>> '{dialect,format}' FROM fin.reports JOIN sample ON report = id WHERE name = 'camt053'), 'camt053', 'the report remembers its format');
SELECT is((SELECT balance FROM fin.transactions JOIN sample ON report = report_id WHERE name = 'camt053' AND row_no = 5), 4490.00, 'and the closing balance its last entry');
SELECT is(fin_import('again', (SELECT content FROM sample WHERE name = 'ofx1')), (SELECT report FROM sample WHERE name = 'ofx1'), 'the same bytes give the report that is there');
SELECT throws_ok($$ SELECT fin_import('a', content, '{"delimiter": ";"}') FROM sample WHERE name = 'ofx1' $$, '22023', 'option delimiter is for delimited tables', 'an option without sense is refused by name');
SELECT throws_ok($$ SELECT fin_import('a', convert_to(E'!Type:Bank\nD25/12/23\nT1.50\n^\nD26/12/23\nT1.5x\n^\n', 'UTF8')) $$, '22000',
    'entry 2, field "T": "1.5x" is not an amount, expected a number with decimal mark "."', 'a bad entry is named');
SELECT lives_ok($$ SELECT fin_import_undo(report) FROM sample WHERE name = 'qif_dmy' $$, 'undo');

SET LOCAL statement_timeout = '10s';
CREATE FUNCTION pg_temp.said(content bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM fin_import('file', content);
    RETURN 'imported';
EXCEPTION WHEN OTHERS THEN
    RETURN CASE WHEN SQLSTATE IN ('22000', '54000') THEN SQLERRM ELSE SQLSTATE || ' ' || SQLERRM END;
END $$;
CREATE TEMP TABLE before AS SELECT (SELECT count(*) FROM fin.reports) AS reports, (SELECT count(*) FROM fin.transactions) AS rows;
-- Each in a statement of its own, so that the time allowed is that of one file.
SELECT format('SELECT is(left(pg_temp.said(pg_temp.decoded(content)), length(message)), message, name) FROM hostile WHERE n = %s', n) FROM hostile ORDER BY n \gexec
SELECT is((SELECT count(*) FROM fin.reports), (SELECT reports FROM before), 'nothing is left of what was refused');
SELECT is((SELECT count(*) FROM fin.transactions), (SELECT rows FROM before), 'not a row');
SELECT ok((SELECT count(*) FROM hostile) >= 70, 'the corpus is whole');
SELECT * FROM finish();
ROLLBACK;
