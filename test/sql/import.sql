-- fin_import, its preview and its undo.
BEGIN;
SELECT plan(31);
CREATE ROLE fin_test_ann LOGIN;
CREATE ROLE fin_test_bob LOGIN;
GRANT fin_user TO fin_test_ann, fin_test_bob;
CREATE FUNCTION pg_temp.csv(text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT convert_to($1, 'UTF8') $$;
CREATE TEMP TABLE file AS SELECT pg_temp.csv(E'Date,Payee,Category,Amount,Status\n'
    '2024-01-05,Landlord,Rent,"-1,400.00",done\n2024-01-31,Acme,Sales,"2,000.50",done\n2024-01-31,Acme,Sales,"2,000.50",done\n'
    '2024-02-01,Acme,Sales,5.00,pending\n2024-02-05,Landlord,Rent,"-1,400.00",done\n') AS content;
CREATE TEMP TABLE made(name text, id uuid);
GRANT ALL ON file, made TO PUBLIC;

SET LOCAL SESSION AUTHORIZATION fin_test_ann;
SELECT is((SELECT fin_import_preview('a.csv', content) #>> '{columns,3,role}' FROM file), 'amount', 'the preview tells the columns');
SELECT is((SELECT fin_import_preview('a.csv', content) -> 'rows' FROM file), '4', 'and how many rows would be stored');
SELECT is((SELECT fin_import_preview('a.csv', content) -> 'skipped' FROM file), '1', 'and how many not');
SELECT is_empty('SELECT 1 FROM fin.reports', 'a preview writes nothing');
SELECT is(jsonb_array_length((SELECT fin_import_preview('a.csv', pg_temp.csv(E'Date,Amount\n2024-01-01,1\n2024-13-01,2\n')) -> 'errors')), 1, 'a preview collects errors');

INSERT INTO made SELECT 'first', fin_import('a.csv', content) FROM file;
SELECT results_eq($$ SELECT row_no, booked_on, amount, category, kind, counterparty FROM made, fin_transactions(id) $$,
    $$ VALUES (1, date '2024-01-05', -1400.00, 'Rent', 'opex', 'Landlord'), (2, date '2024-01-31', 2000.50, 'Sales', 'revenue', 'Acme'),
        (3, date '2024-01-31', 2000.50, 'Sales', 'revenue', 'Acme'), (5, date '2024-02-05', -1400.00, 'Rent', 'opex', 'Landlord') $$,
    'equal rows are both kept, a pending one is not, and each row keeps its number');
SELECT is((SELECT (status, rows, skipped, period_from, period_to, source)::text FROM fin.reports), '(completed,4,1,2024-01-05,2024-02-05,import)', 'the report says what it holds');
SELECT isnt((SELECT content_hash FROM fin.reports), NULL, 'and the hash of its rows');
SELECT is((SELECT created_by FROM fin.reports), fin.current_user_id(), 'and who made it');
SELECT results_eq($$ SELECT category, kind, source FROM fin.category_kinds ORDER BY 1 $$, $$ VALUES ('Rent', 'opex', 'words'), ('Sales', 'revenue', 'words') $$,
    'kinds are stored with the report');

INSERT INTO made SELECT 'again', fin_import('b.csv', content) FROM file;
SELECT is((SELECT count(DISTINCT id) FROM made), 1::bigint, 'the same bytes give the report that is there');
INSERT INTO made SELECT 'other options', fin_import('a.csv', content, '{"currency": "EUR"}') FROM file;
SELECT is((SELECT count(DISTINCT id) FROM made), 2::bigint, 'with other options they are another report');
SELECT is((SELECT currency FROM fin.reports r JOIN made USING (id) WHERE name = 'other options'), 'EUR', 'in the currency that was named');
INSERT INTO made SELECT 'new', fin_import('a.csv', content, '{"duplicate": "new"}') FROM file;
SELECT is((SELECT count(DISTINCT id) FROM made), 3::bigint, 'duplicate: new imports again');
SELECT is((SELECT content_hash FROM fin.reports r JOIN made USING (id) WHERE name = 'new'), (SELECT content_hash FROM fin.reports r JOIN made USING (id) WHERE name = 'first'),
    'equal rows have an equal hash');

SELECT throws_ok($$ SELECT fin_import('a.csv', content, '{"delimeter": ";"}') FROM file $$, '22023', NULL, 'an unknown option is refused');
SELECT throws_like($$ SELECT fin_import('a.csv', content, '{"delimeter": ";"}') FROM file $$, '%delimeter%', 'by name');
SELECT throws_ok($$ SELECT fin_import('a.csv', pg_temp.csv('')) $$, '22000', NULL, 'an empty file is refused');
SELECT throws_like($$ SELECT fin_import('a.csv', pg_temp.csv(E'Date,Amount\n2024-01-01,1\n2024-01-02,2\n2024-01-03,abc\n')) $$, '%row 3%', 'a bad amount is refused with its row');
SELECT throws_ok($$ SELECT fin_import('a.csv', pg_temp.csv(E'Date,Amount\n01/02/2024,1\n03/04/2024,2\n02/05/2024,2\n')) $$, '22000', NULL, 'two date formats that fit are a question');
SELECT throws_like($$ SELECT fin_import('a.csv', pg_temp.csv(E'Supplier,Total\nAcme,1\nBeta,2\n')) $$, '%no ledger%', 'totals without dates are no ledger');
SELECT is((SELECT count(*) FROM fin.reports), 3::bigint, 'what is refused leaves nothing behind');
SELECT is((SELECT count(*) FROM fin.transactions), 12::bigint, 'not a row');

INSERT INTO made SELECT 'stored', fin_import(fin.file_put('c.csv', 'text/csv', pg_temp.csv(E'Date;Betrag;Name\n31.12.2023;-1.234,56;Muster GmbH\n01.01.2024;10,00;Muster GmbH\n')));
SELECT is((SELECT (r.filename, f.filename, r.rows)::text FROM made JOIN fin.reports r USING (id) JOIN fin.files f ON f.id = r.file_id WHERE name = 'stored'), '(c.csv,c.csv,2)',
    'a stored file becomes a report that remembers it');

SET LOCAL SESSION AUTHORIZATION fin_test_bob;
SELECT throws_ok($$ SELECT fin_import_undo(id) FROM made WHERE name = 'first' $$, '42704', NULL, 'a stranger cannot undo what he cannot see');
SELECT lives_ok($$ INSERT INTO made SELECT 'bob', fin_import('a.csv', content) FROM file $$, 'the same bytes in another workspace');
SELECT is((SELECT count(DISTINCT id) FROM made), 5::bigint, 'are a report of their own');
SELECT is((SELECT count(*) FROM fin.transactions), 4::bigint, 'of which only its own rows are seen');

SET LOCAL SESSION AUTHORIZATION fin_test_ann;
SELECT lives_ok($$ SELECT fin_import_undo(id) FROM made WHERE name = 'first' $$, 'undo');
SELECT is_empty($$ SELECT 1 FROM fin.transactions t JOIN made ON made.id = t.report_id AND name = 'first' $$, 'takes the rows along');
SELECT throws_ok($$ SELECT fin_import_undo(id) FROM made WHERE name = 'first' $$, '42704', NULL, 'once');
SELECT * FROM finish();
ROLLBACK;
