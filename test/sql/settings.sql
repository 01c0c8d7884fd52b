-- What a workspace sets for its analyses, and what ends the reuse of stored ones.
BEGIN;
SET client_min_messages = warning;
SELECT plan(27);

SELECT lives_ok($$ SELECT fin_set_kind('Rent', 'opex') $$, 'a kind is set');
SELECT lives_ok($$ SELECT fin_set_kind('Rent', 'cogs') $$, 'and changed');
SELECT lives_ok($$ SELECT fin_set_kind('Rent', 'capex', 'Landlord') $$, 'another for one counterparty');
SELECT lives_ok($$ SELECT fin_set_kind(NULL, 'payroll', 'Anna') $$, 'or for a counterparty in every category');
CREATE TEMP TABLE place AS SELECT fin.writable_workspace() AS id;
PREPARE kinds AS SELECT category, counterparty, kind, source, report_id FROM fin.category_kinds WHERE workspace_id = (SELECT id FROM place) ORDER BY 1, 2;
SELECT results_eq('kinds', $$ VALUES ('Rent', 'Landlord', 'capex', 'user', NULL::uuid), ('Rent', NULL, 'cogs', 'user', NULL), (NULL, 'Anna', 'payroll', 'user', NULL) $$,
    'one row each, NULL being a value like others');
SELECT isnt_empty($$ SELECT FROM fin.category_kinds WHERE set_by = fin.current_user_id() $$, 'with who set it');
SELECT throws_ok($$ SELECT fin_set_kind('Rent', 'rent') $$, '22023', 'unknown kind ''rent''', 'an unknown kind is refused by name');
SELECT throws_ok($$ SELECT fin_set_kind('Rent', NULL) $$, '22023', 'unknown kind NULL', 'NULL is none');
SELECT throws_ok($$ SELECT fin_set_kind(NULL, 'opex') $$, '22004', NULL, 'a kind of nothing is refused');
SELECT lives_ok($$ SELECT fin_reset_kind('Rent') $$, 'a kind is taken back');
SELECT lives_ok($$ SELECT fin_reset_kind(NULL, 'Anna') $$, 'that of a counterparty too');
SELECT results_eq('kinds', $$ VALUES ('Rent', 'Landlord', 'capex', 'user', NULL::uuid) $$, 'and no other');

SELECT lives_ok($$ SELECT fin_set_threshold('liquidity', 12, 8, NULL) $$, 'lines are moved');
SELECT lives_ok($$ SELECT fin_set_threshold('customer_concentration', 0.2, 0.3, 0.4) $$, 'those that rise too');
PREPARE lines AS SELECT code, medium, high, critical FROM fin.thresholds WHERE workspace_id = (SELECT id FROM place) ORDER BY 1;
SELECT results_eq('lines', $$ VALUES ('customer_concentration', 0.2::float8, 0.3::float8, 0.4::float8), ('liquidity', 12, 8, NULL) $$, 'as given');
SELECT throws_ok($$ SELECT fin_set_threshold('liqidity', 1, 1, 1) $$, '22023', 'unknown risk code ''liqidity''', 'an unknown code is refused by name');
SELECT throws_ok($$ SELECT fin_set_threshold('liquidity', 3, 6, 9) $$, '22023', 'the lines of liquidity must fall from medium to critical', 'lines in the wrong order too');
SELECT throws_ok($$ SELECT fin_set_threshold('expense_surge', 3, NULL, 2) $$, '22023', 'the lines of expense_surge must rise from medium to critical', 'also with a gap');
SELECT throws_ok($$ SELECT fin_set_threshold('tax_gap', 'NaN', NULL, NULL) $$, '22023', NULL, 'what is no number too');
SELECT lives_ok($$ SELECT fin_set_threshold('liquidity', NULL, NULL, NULL) $$, 'three NULLs take all back');
SELECT results_eq('lines', $$ VALUES ('customer_concentration', 0.2::float8, 0.3::float8, 0.4::float8) $$, 'and leave the others');

-- A change by hand: the content hash of that report is forgotten, of no other.
CREATE TEMP TABLE mine(name text, id uuid DEFAULT gen_random_uuid());
INSERT INTO mine(name) VALUES ('a'), ('b'), ('c');
INSERT INTO fin.reports(id, workspace_id, source, status, content_hash) SELECT m.id, p.id, 'import', 'processing', 'hash' FROM mine m, place p;
INSERT INTO fin.transactions(workspace_id, report_id, row_no, booked_on, amount) SELECT p.id, m.id, i, '2024-01-01', i FROM mine m, place p, generate_series(1, 3) i;
UPDATE fin.reports SET status = 'completed' WHERE id IN (SELECT id FROM mine);
PREPARE hashed AS SELECT name FROM mine JOIN fin.reports USING (id) WHERE content_hash IS NOT NULL ORDER BY 1;
SELECT results_eq('hashed', ARRAY['a', 'b', 'c'], 'an import keeps its hash');
UPDATE fin.transactions SET amount = 7 WHERE report_id = (SELECT id FROM mine WHERE name = 'a') AND row_no = 1;
SELECT results_eq('hashed', ARRAY['b', 'c'], 'an UPDATE forgets it');
DELETE FROM fin.transactions WHERE report_id = (SELECT id FROM mine WHERE name = 'b') AND row_no = 1;
SELECT results_eq('hashed', ARRAY['c'], 'a DELETE too');
SAVEPOINT moved;
UPDATE fin.transactions SET report_id = (SELECT id FROM mine WHERE name = 'c'), row_no = 99 WHERE report_id = (SELECT id FROM mine WHERE name = 'a') AND row_no = 1;
SELECT is_empty('hashed', 'a row moved into a report changes that one');
ROLLBACK TO moved;
TRUNCATE fin.transactions;
SELECT is_empty('hashed', 'TRUNCATE all');
SELECT throws_ok($$ UPDATE fin.reports SET status = 'processing' WHERE id IN (SELECT id FROM mine) $$, '55000', NULL, 'a finished report takes no more rows');
SELECT * FROM finish();
ROLLBACK;
