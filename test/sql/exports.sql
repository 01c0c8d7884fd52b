-- fin_export and fin_chart, branding, and files that import again to the same report.
\set content `base64 -w 0 "$FIN_TEST_DATA/hackclub/hackclub_2015_2017.csv"`
BEGIN;
SELECT plan(43);
CREATE ROLE fin_test_ann LOGIN;
CREATE ROLE fin_test_vera LOGIN;
CREATE ROLE fin_test_eve LOGIN;
GRANT fin_user TO fin_test_ann, fin_test_vera, fin_test_eve;
CREATE TEMP TABLE book(name text, id uuid);
GRANT ALL ON book TO PUBLIC;
SET LOCAL SESSION AUTHORIZATION fin_test_ann;
INSERT INTO book SELECT 'hack', fin_import('hackclub.csv', decode(:'content', 'base64'), '{"currency": "USD"}');
CREATE FUNCTION pg_temp.the(text) RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT id FROM pg_temp.book WHERE name = $1 $$;
CREATE FUNCTION pg_temp.rows_of(uuid) RETURNS SETOF text LANGUAGE sql STABLE AS
    $$ SELECT concat_ws('|', t.booked_on, t.amount, t.currency, t.category, t.kind, t.counterparty, t.account, t.description) FROM fin_transactions($1) t $$;

-- Formats.
SELECT is(substr(fin_export(pg_temp.the('hack'), 'pdf'), 1, 5), '%PDF-'::bytea, 'pdf');
SELECT is(substr(fin_export(pg_temp.the('hack'), 'xlsx'), 1, 2), 'PK'::bytea, 'xlsx');
SELECT is(substr(fin_export(pg_temp.the('hack'), 'Excel'), 1, 2), 'PK'::bytea, 'excel is another word for it');
SELECT is(substr(fin_export(pg_temp.the('hack'), 'csv'), 4, 16), 'row_no,booked_on'::bytea, 'csv');
SELECT is(jsonb_array_length(convert_from(fin_export(pg_temp.the('hack'), 'json'), 'UTF8')::jsonb -> 'transactions'), 1350, 'json holds every row');
SELECT throws_ok($$ SELECT fin_export(pg_temp.the('hack'), 'docx') $$, '22023', 'unknown format ''docx''', 'no other');
SELECT is((SELECT count(*) FROM fin.analyses), 0::bigint, 'an export stores no analysis');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$ SELECT detail ->> 'format' FROM fin.audit_log WHERE action = 'export' ORDER BY at, id $$, ARRAY['pdf', 'xlsx', 'xlsx', 'csv', 'json'], 'each is in the audit log');
SET LOCAL SESSION AUTHORIZATION fin_test_ann;

-- They import again to the same report.
INSERT INTO book SELECT 'again', fin_import('again.csv', fin_export(pg_temp.the('hack'), 'csv'), '{"duplicate": "new"}');
SELECT results_eq($$ SELECT pg_temp.rows_of(pg_temp.the('again')) $$, $$ SELECT pg_temp.rows_of(pg_temp.the('hack')) $$, 'the csv gives the same rows');
SELECT is((SELECT jsonb_object_agg(metric || period, value) FROM fin_metrics(pg_temp.the('again'))), (SELECT jsonb_object_agg(metric || period, value) FROM fin_metrics(pg_temp.the('hack'))), 'and the same figures');
INSERT INTO book SELECT 'hostile', fin_import('h.csv', convert_to(E'Date,Amount,Category,Description\n2024-01-02,-5,=cmd|x,"=HYPERLINK(""http://x"")"\n2024-01-03,-6,+A,@SUM(A1)\n2024-01-04,7,-B,plain\n', 'UTF8'));
SELECT unalike(convert_from(fin_export(pg_temp.the('hostile'), 'csv'), 'UTF8'), '%,=%', 'no cell begins with =');
SELECT unalike(convert_from(fin_export(pg_temp.the('hostile'), 'csv'), 'UTF8'), '%,@%', 'or @');
INSERT INTO book SELECT 'tame', fin_import('tame.csv', fin_export(pg_temp.the('hostile'), 'csv'), '{"duplicate": "new"}');
SELECT results_eq($$ SELECT pg_temp.rows_of(pg_temp.the('tame')) $$, $$ SELECT pg_temp.rows_of(pg_temp.the('hostile')) $$, 'the mark goes when it is imported');
INSERT INTO book SELECT 'json', (api.create_report(filename => 'j', rows => (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('date', t -> 'bookedOn', 'amount', t -> 'amount', 'currency', t -> 'currency',
    'category', t -> 'category', 'counterparty', t -> 'counterparty', 'account', t -> 'account', 'description', t -> 'description')))
    FROM jsonb_array_elements(convert_from(fin_export(pg_temp.the('hack'), 'json'), 'UTF8')::jsonb -> 'transactions') t)) ->> 'reportId')::uuid;
SELECT set_config('fin_test.read', fin_import_waiting(pg_temp.the('json'))::text, true);  -- where a worker would
SELECT results_eq($$ SELECT pg_temp.rows_of(pg_temp.the('json')) $$, $$ SELECT pg_temp.rows_of(pg_temp.the('hack')) $$, 'the json gives the same rows');

-- Charts.
SELECT alike(fin_chart(pg_temp.the('hack'), name), '<svg %</svg>%', 'chart ' || name)
FROM unnest(ARRAY['revenue_trend', 'operating_profit', 'category_breakdown', 'monthly_comparison', 'profit_waterfall', 'cash', 'cash_flow', 'recommendations',
    'forecast_revenue', 'forecast_expenses', 'forecast_profit', 'forecast_cash']) name;
SELECT alike(fin_chart(pg_temp.the('hack'), 'cash', '{"language": "ru", "width": 400, "height": 200}'), '%viewBox="0 0 400 200"%Остаток денег%', 'in the size and language asked for');
SELECT throws_ok($$ SELECT fin_chart(pg_temp.the('hack'), 'pie') $$, '22023', 'there is no chart "pie"', 'no other chart');
SELECT throws_ok($$ SELECT fin_chart(pg_temp.the('hack'), 'cash', '{"size": 1}') $$, '22023', 'unknown option "size" of a chart', 'no other option');
SELECT is((SELECT media_type FROM api.report_chart(pg_temp.the('hack'), 'cash')), 'image/svg+xml', 'and over REST');

-- Branding.
SELECT is(api.change_branding('{"company": "Arbor", "primary": "#004d40"}') -> 'branding' ->> 'company', 'Arbor', 'a branding is kept');
SELECT throws_ok($$ SELECT api.change_branding('{"primary": "#ffff00"}') $$, '22023', 'branding: primary cannot be read on white paper', 'unless nobody could read it');
SELECT throws_ok($$ SELECT api.change_workspace(fin.the_workspace(), settings => '{"branding": {"colour": "red"}}') $$, '22023', 'branding: unknown key "colour"', 'whichever way it comes');
INSERT INTO fin.logos (workspace_id, content, media_type) SELECT w.id, convert_to('<svg xmlns="http://www.w3.org/2000/svg"/>', 'UTF8'), 'image/png' FROM fin.workspaces w;
SELECT is((SELECT api.get_branding() -> 'logo' ->> 'mediaType'), 'image/svg+xml', 'a logo is what its bytes say');
SELECT throws_ok($$ UPDATE fin.logos SET content = 'GIF89a' $$, '22000', 'the logo cannot be used', 'and nothing else');
SELECT api.remove_logo();
SELECT is((SELECT api.get_branding() -> 'logo'), 'null'::jsonb, 'it can be taken away');

-- A viewer exports and keeps no file; the look of reports is none of his business.
RESET SESSION AUTHORIZATION;
INSERT INTO fin.users (db_role, name) VALUES ('fin_test_vera', 'Vera');
INSERT INTO fin.memberships (workspace_id, user_id, role) SELECT r.workspace_id, u.id, 'viewer' FROM fin.reports r, fin.users u WHERE r.id = pg_temp.the('hack') AND u.db_role = 'fin_test_vera';
SET LOCAL SESSION AUTHORIZATION fin_test_vera;
CREATE TEMP TABLE made(id uuid);
INSERT INTO made SELECT fin.export_run(pg_temp.the('hack'), 'pdf');
SELECT results_eq('SELECT e.file_id, fin.export_status(e) FROM fin.exports e JOIN made ON made.id = e.id', $$ VALUES (NULL::uuid, 'completed') $$, 'a viewer''s export has no file');
SELECT is((SELECT substr(content, 1, 5) FROM made, api.get_export(made.id)), '%PDF-'::bytea, 'and is made when it is fetched');
SELECT throws_ok($$ SELECT api.change_branding('{}') $$, '42501', NULL, 'a viewer does not change how reports look');
SELECT throws_ok($$ SELECT api.remove_logo() $$, '42501', NULL, 'nor the logo');

-- Others.
SET LOCAL SESSION AUTHORIZATION fin_test_eve;
SELECT throws_ok(format($$ SELECT fin_export(%L, 'pdf') $$, pg_temp.the('hack')), 'PT404', NULL, 'another''s report is none');
SELECT throws_ok(format($$ SELECT fin_chart(%L, 'cash') $$, pg_temp.the('hack')), NULL, NULL, 'nor are its charts');
SELECT is_empty($$ SELECT FROM fin.logos $$, 'nor its logo');

RESET SESSION AUTHORIZATION;
SELECT * FROM finish();
ROLLBACK;
