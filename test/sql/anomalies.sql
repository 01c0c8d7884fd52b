-- fin_anomalies: what it returns of a small company with one anomaly of each kind, and of Hack Club's ledger.
BEGIN;
SELECT plan(21);
CREATE ROLE fin_test_ann LOGIN;
GRANT fin_user TO fin_test_ann;
CREATE TEMP TABLE book(name text, id uuid);
GRANT ALL ON book TO PUBLIC;

-- Two years of a company: customers, suppliers, rent, cleaning twice a week at one price. Amounts vary with the row's number.
CREATE TEMP TABLE rows_of_company AS
    SELECT m + day AS day, amount::numeric(12, 2), category, counterparty FROM generate_series(0, 23) i,
        LATERAL (SELECT ('2022-01-01'::date + make_interval(months => i))::date AS m) months,
        LATERAL (SELECT 3 + k AS day, 12000 + (i * 37 + k * 101) % 900 + 0.17 AS amount, 'Sales' AS category, 'Customer ' || chr(65 + k) AS counterparty FROM generate_series(0, 7) k
            UNION ALL SELECT 5 + 2 * k, -5000 - (i * 53 + k * 17) % 400 - 0.31, 'Materials', 'Supplier ' || chr(65 + k) FROM generate_series(0, 5) k
            UNION ALL SELECT 9 + 3 * k, -700 - (i * 31 + k * 71) % 300 - 0.09, 'Marketing', 'Agency ' || chr(65 + k) FROM generate_series(0, 3) k
            UNION ALL SELECT 1, -4000, 'Rent', 'Harbor Estates'
            UNION ALL SELECT d, -350, 'Cleaning', 'Brightclean' FROM unnest(ARRAY[2, 5, 9, 12, 16, 19, 23, 26]) d) r;
GRANT SELECT, UPDATE ON rows_of_company TO PUBLIC;
CREATE FUNCTION pg_temp.file_of(condition text DEFAULT '') RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE lines text;
BEGIN
    SELECT E'Date,Amount,Category,Counterparty\n' || string_agg(format('%s,%s,%s,%s', day, amount, category, counterparty), E'\n' ORDER BY day, category, counterparty, amount)
        INTO lines FROM rows_of_company;
    RETURN convert_to(lines || condition, 'UTF8');
END $$;
SET LOCAL SESSION AUTHORIZATION fin_test_ann;
INSERT INTO book SELECT 'clean', fin_import('clean.csv', pg_temp.file_of());
UPDATE rows_of_company SET amount = -amount WHERE counterparty = 'Supplier D' AND day = '2023-05-12';
INSERT INTO book SELECT 'troubled', fin_import('troubled.csv', pg_temp.file_of(E'\n2023-06-03,-4000.00,Rent,Harbor Estates\n2023-07-12,-61234.50,Materials,Supplier B\n2023-08-20,-21000.40,Marketing,Quickfix Holdings\n'
    '2023-09-14,-5311.30,Marketing,Supplier C\n2023-10-11,-4910.00,Marketing,Agency A\n2023-10-12,-4870.50,Marketing,Agency A\n2023-10-13,-4930.20,Marketing,Agency A'));

SELECT is_empty($$ SELECT 1 FROM book, fin_anomalies(id) WHERE name = 'clean' AND severity <> 'low' AND row_no IS NOT NULL $$, 'of an honest company no row holds');
SELECT is((SELECT count(*) FROM rows_of_company WHERE category = 'Cleaning'), 192::bigint, 'though it is billed equal amounts twice a week');
CREATE TEMP TABLE found AS SELECT a.* FROM book, fin_anomalies(id) a WHERE name = 'troubled' AND severity <> 'low' AND row_no IS NOT NULL;
SELECT set_eq('SELECT booked_on, amount, kind FROM found', $$ VALUES
    ('2023-06-03'::date, -4000.00, 'duplicate'), ('2023-07-12', -61234.50, 'amount_outlier'), ('2023-08-20', -21000.40, 'new_counterparty'),
    ('2023-09-14', -5311.30, 'miscategorized'), ('2023-05-12', 5099.31, 'sign_error'),
    ('2023-10-11', -4910.00, 'split_payment'), ('2023-10-12', -4870.50, 'split_payment'), ('2023-10-13', -4930.20, 'split_payment') $$, 'of the other one, what was planted and nothing else');
SELECT is((SELECT count(*) FROM found JOIN book ON name = 'troubled' JOIN fin_transactions(id) t USING (row_no, booked_on, amount)), 8::bigint, 'row numbers are those of the rows');
SELECT is((SELECT category || '/' || counterparty FROM found WHERE kind = 'duplicate'), 'Rent/Harbor Estates', 'category and counterparty are named');
SELECT is((SELECT expected FROM found WHERE kind = 'duplicate'), 0.00, 'one payment was expected, no second one');
SELECT is((SELECT expected FROM found WHERE kind = 'sign_error'), -5099.31, 'a turned sign was expected the other way round');
SELECT ok((SELECT expected BETWEEN -5500 AND -5000 FROM found WHERE kind = 'amount_outlier'), 'an outlier at the level of its counterparty');
SELECT alike((SELECT reason FROM found WHERE kind = 'miscategorized'), '%“Materials”%“Marketing”%', 'the reason names both categories');
SELECT alike((SELECT reason FROM found WHERE kind = 'amount_outlier'), '%61,234.50%', 'and the money, with cents');
SELECT ok((SELECT bool_and(score >= 0.5 AND score < 1) FROM found), 'what holds has a score of a half and more');
SELECT is_empty($$ SELECT 1 FROM book, fin_anomalies(id) WHERE name = 'troubled' AND severity = 'low' AND score >= 0.5 $$, 'the watch list has less');
SELECT is_empty($$ SELECT 1 FROM book, jsonb_array_elements(fin_analysis(id, '{"language": "ru"}') -> 'anomalies') a WHERE a ->> 'reason' !~ '[а-я]' $$, 'a Russian document gives its reasons in Russian');
SELECT is((SELECT fin_analysis(id) #>> '{quality,sections,anomalies}' FROM book WHERE name = 'clean'), 'ok', 'quality says that they were looked for');
SELECT is((SELECT sum((a ->> 'at_stake')::numeric) FROM book, jsonb_array_elements(fin_analysis(id) -> 'anomalies') a WHERE name = 'troubled' AND a ->> 'kind' = 'duplicate' AND a ->> 'severity' <> 'low'), 4000.00, 'the document says what is at stake');
SELECT is((SELECT fin_analysis(id) -> 'anomalies' FROM book WHERE name = 'troubled'), (SELECT fin_analysis(id) -> 'anomalies' FROM book WHERE name = 'troubled'), 'the same rows, the same findings');
SELECT ok((SELECT fin_verify(id) -> 'rows_match' = 'true' FROM book WHERE name = 'troubled'), 'the report still verifies');
SELECT ok((SELECT bool_and(severity IN ('low', 'medium', 'high', 'critical') AND kind IN ('duplicate', 'amount_outlier', 'sign_error', 'split_payment', 'new_counterparty', 'miscategorized',
    'round_amount', 'off_calendar', 'missing_recurring', 'amount_change', 'level_shift', 'gap', 'benford', 'stale_balance')) FROM book, fin_anomalies(id)), 'kinds and severities are the words of the taxonomy');
SELECT ok((SELECT array_agg(severity ORDER BY n) = array_agg(severity ORDER BY array_position(ARRAY['critical', 'high', 'medium', 'low'], severity), n)
    FROM book, fin_anomalies(id) WITH ORDINALITY AS a(row_no, booked_on, amount, category, counterparty, kind, score, severity, expected, reason, n) WHERE name = 'troubled'), 'most severe first');
SELECT is_empty('SELECT fin_anomalies(NULL)', 'NULL gives nothing');
SELECT throws_ok($$ SELECT * FROM fin_anomalies('00000000-0000-0000-0000-000000000000') $$, '42704', NULL, 'a report that is not there is not found');
SELECT * FROM finish();
ROLLBACK;
