-- What people say about findings: verdicts, dismissals that stay, and tests that learn from them.
BEGIN;
SET client_min_messages = warning;
SELECT plan(83);
CREATE ROLE q_ann LOGIN; CREATE ROLE q_ben LOGIN; CREATE ROLE q_vera LOGIN; CREATE ROLE q_stranger LOGIN;
GRANT fin_user TO q_ann, q_ben, q_vera, q_stranger;

-- Some months of a company: rent, wages, two suppliers, three customers. Two invoices of Birch Supplies were paid twice.
CREATE FUNCTION pg_temp.book(months int, extra text DEFAULT '') RETURNS bytea LANGUAGE sql AS $$
    SELECT convert_to(E'date,amount,category,counterparty\n' || string_agg(line, E'\n' ORDER BY day, line) || E'\n' || extra, 'UTF8') FROM (
        SELECT (date '2023-01-01' + make_interval(months => m) + make_interval(days => d))::date AS day,
            to_char(date '2023-01-01' + make_interval(months => m) + make_interval(days => d), 'YYYY-MM-DD') || ',' || a || ',' || c || ',' || p AS line
        FROM generate_series(0, months - 1) m, LATERAL (VALUES
            (1, '-1500.00', 'Office rent', 'Harbor Estates'), (24, '-2400.00', 'Salaries', 'Keller Anna'), (24, '-2100.00', 'Salaries', 'Lowe Ben'),
            (6, (-700 - (m * 37) % 90)::text || '.15', 'Cost of goods sold', 'Birch Supplies'),
            (16, (-520 - (m * 53) % 110)::text || '.40', 'Cost of goods sold', 'Quarry Trading'),
            (9, (3100 + (m * 71) % 400)::text || '.00', 'Sales revenue', 'Falcon Works'),
            (13, (2900 + (m * 29) % 300)::text || '.50', 'Sales revenue', 'Orchard Labs'),
            (20, (3300 + (m * 43) % 350)::text || '.25', 'Sales revenue', 'Summit Media')) v(d, a, c, p)) rows
$$;
CREATE TEMP TABLE report(name text, id uuid);
CREATE TEMP TABLE made(name text, id uuid);
CREATE TEMP TABLE stored(name text, hash text);
GRANT ALL ON report, made, stored TO PUBLIC;
SET LOCAL SESSION AUTHORIZATION q_ann;
INSERT INTO report SELECT 'march', fin_import('march.csv', pg_temp.book(15, E'2024-03-09,-768.15,Cost of goods sold,Birch Supplies\n2024-02-19,-549.40,Cost of goods sold,Quarry Trading'));
CREATE FUNCTION pg_temp.id(report text DEFAULT 'march') RETURNS uuid LANGUAGE sql AS $$ SELECT r.id FROM report r WHERE r.name = report $$;
CREATE FUNCTION pg_temp.twice(report text DEFAULT 'march') RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(booked_on::text, ',' ORDER BY booked_on) FROM fin_anomalies(pg_temp.id(report)) WHERE kind = 'duplicate' AND severity <> 'low' $$;

-- What is meant.
SELECT is(fin_finding('anomaly:duplicate:17'), '{"subject": "anomaly", "code": "duplicate", "row_no": 17, "key": null}', 'a row is named by its number');
SELECT is(fin_finding('anomaly:gap:Rent: all | Harbor | 2024-03-01') ->> 'key', 'Rent: all | Harbor | 2024-03-01', 'what has no row by its key, colons and all');
SELECT is(fin_finding('risk:liquidity'), '{"subject": "risk", "code": "liquidity", "row_no": null, "key": null}', 'a risk by its code');
SELECT is(fin_finding('{"kind": "duplicate", "row_no": 17}'::text), fin_finding('anomaly:duplicate:17'), 'an object as text is one');
SELECT is(fin_finding('{"kind": "gap", "category": "Rent", "booked_on": "2024-03-01", "score": 1}'::jsonb) ->> 'key', 'Rent |  | 2024-03-01', 'a row of fin_anomalies has its key');
SELECT is(fin_finding('{"lever": "cut_category", "risk_code": "unprofitable"}'::jsonb), '{"subject": "recommendation", "code": "cut_category", "row_no": null, "key": "unprofitable"}', 'so has one of fin_recommendations');
SELECT throws_ok($$ SELECT fin_finding('anomaly:dup:17') $$, '22023', 'unknown anomaly kind ''dup''', 'an unknown kind is refused by name');
SELECT throws_ok($$ SELECT fin_finding('risk:runway') $$, '22023', 'unknown risk code ''runway''', 'an unknown code too');
SELECT throws_ok($$ SELECT fin_finding('bug:duplicate:17') $$, '22023', 'unknown subject ''bug'' of a finding', 'an unknown subject too');
SELECT throws_ok($$ SELECT fin_finding('{"kind": "duplicate", "row_no": "x"}'::jsonb) $$, '22023', NULL, 'and a row number that is none');
SELECT throws_ok($$ SELECT fin_finding('[1]'::jsonb) $$, '22023', NULL, 'an array is no finding');

-- Verdicts.
SELECT is(pg_temp.twice(), '2024-02-19,2024-03-09', 'two payments look made twice');
CREATE TEMP TABLE twin AS SELECT row_no, booked_on FROM report, fin_anomalies(id) WHERE name = 'march' AND kind = 'duplicate' AND severity <> 'low';
GRANT ALL ON twin TO PUBLIC;
CREATE FUNCTION pg_temp.twin(day date) RETURNS text LANGUAGE sql AS $$ SELECT 'anomaly:duplicate:' || row_no FROM twin WHERE booked_on = day $$;
SELECT isnt(fin_feedback(pg_temp.id(), pg_temp.twin('2024-03-09'), 'right', 'we got it back'), NULL, 'one is confirmed');
SELECT results_eq($$ SELECT subject, code, verdict, comment FROM fin.feedback $$, $$ VALUES ('anomaly', 'duplicate', 'right', 'we got it back') $$, 'it is stored');
SELECT isnt((SELECT severity FROM fin.feedback), NULL, 'with how grave it was');
SELECT lives_ok($$ SELECT fin_feedback(pg_temp.id(), to_jsonb(a), 'wrong') FROM fin_anomalies(pg_temp.id()) a WHERE booked_on = '2024-02-19' AND kind = 'duplicate' $$, 'a row of fin_anomalies does as it is');
SELECT results_eq($$ SELECT confirmed, refuted, missed, precision FROM fin.quality WHERE code = 'duplicate' $$, $$ VALUES (1::bigint, 1::bigint, 0::bigint, 0.5::float8) $$, 'quality counts both');
SELECT lives_ok($$ SELECT fin_feedback(pg_temp.id(), pg_temp.twin('2024-02-19'), 'right') $$, 'one changes one''s mind');
SELECT results_eq($$ SELECT confirmed, refuted, precision FROM fin.quality WHERE code = 'duplicate' $$, $$ VALUES (2::bigint, 0::bigint, 1::float8) $$, 'the later word counts');
SELECT lives_ok($$ SELECT fin_feedback(pg_temp.id(), 'anomaly:sign_error:3', 'missed') $$, 'what should have been listed is reported');
SELECT results_eq($$ SELECT confirmed, missed, precision, recall FROM fin.quality WHERE code = 'sign_error' $$, $$ VALUES (0::bigint, 1::bigint, NULL::float8, 0::float8) $$, 'and counts as missed');
SELECT throws_ok($$ SELECT fin_feedback(pg_temp.id(), 'anomaly:sign_error:99999', 'missed') $$, 'P0002', NULL, 'a row that is not there cannot be missed');
SELECT throws_ok($$ SELECT fin_feedback(pg_temp.id(), pg_temp.twin('2024-03-09'), 'missed') $$, '22023', NULL, 'nor what is listed');
SELECT throws_ok($$ SELECT fin_feedback(pg_temp.id(), 'anomaly:duplicate:1', 'right') $$, 'P0002', NULL, 'a finding that nobody made cannot be right');
SELECT throws_ok($$ SELECT fin_feedback(pg_temp.id(), 'risk:liquidity', 'maybe') $$, '22023', 'unknown verdict ''maybe''', 'a verdict is one of four words');
SELECT throws_ok($$ SELECT fin_feedback(pg_temp.id(), NULL::text, 'right') $$, '22004', NULL, 'a verdict on nothing is refused');
SELECT throws_ok($$ SELECT fin_feedback('00000000-0000-0000-0000-000000000000', 'risk:liquidity', 'right') $$, '42704', NULL, 'a report that is not there is not found');
SELECT lives_ok($$ SELECT fin_feedback(pg_temp.id(), 'summary', 'right') $$, 'a summary can be right');
SELECT lives_ok($$ SELECT fin_feedback(pg_temp.id(), 'risk:supplier_concentration', 'right', NULL) $$, 'a risk too');

-- Dismissals.
SELECT fin_analyze(pg_temp.id());
INSERT INTO stored SELECT 'before', input_hash FROM fin.analyses;
INSERT INTO made SELECT 'march', fin_dismiss(pg_temp.id(), pg_temp.twin('2024-03-09'), 'two deliveries');
SELECT is(pg_temp.twice(), '2024-02-19', 'a dismissed finding is not listed');
SELECT fin_analyze(pg_temp.id());
SELECT isnt_empty($$ SELECT FROM fin.analyses WHERE input_hash <> ALL (SELECT hash FROM stored) $$, 'the stored analysis is not used past it');
SELECT is(pg_temp.twice(), '2024-02-19', 'nor is it listed in the next analysis');
SELECT results_eq($$ SELECT reason, booked_on, amount, counterparty, occurrence FROM fin.dismissals $$, $$ VALUES ('two deliveries', date '2024-03-09', -768.15, 'Birch Supplies', 1) $$, 'the payment is kept with it');
SELECT is(fin_dismiss(pg_temp.id(), pg_temp.twin('2024-03-09'), 'two deliveries, both needed', 'infinity'), (SELECT id FROM made WHERE name = 'march'), 'dismissed once more it is the same dismissal');
SELECT results_eq($$ SELECT reason, until FROM fin.dismissals $$, $$ VALUES ('two deliveries, both needed', 'infinity'::date) $$, 'with another reason and date');
SELECT throws_ok($$ SELECT fin_dismiss(pg_temp.id(), 'anomaly:duplicate:1') $$, 'P0002', NULL, 'what is not listed cannot be dismissed');
SELECT throws_ok($$ SELECT fin_dismiss(pg_temp.id(), 'risk:supplier_concentration', NULL, '2020-01-01') $$, '22023', NULL, 'nor until a day that is over');
SELECT throws_ok($$ SELECT fin_dismiss(pg_temp.id(), 'category:Salaries') $$, '22023', 'a category cannot be dismissed', 'nor can a category');

-- The next period's ledger holds the payment again, under other row numbers.
INSERT INTO report SELECT 'april', fin_import('april.csv', pg_temp.book(16, E'2024-03-09,-768.15,Cost of goods sold,BIRCH SUPPLIES\n2024-02-19,-549.40,Cost of goods sold,Quarry Trading'));
SELECT is(pg_temp.twice('april'), '2024-02-19', 'it does not come back with the next ledger');
-- Attached: no row number is kept, the payment is what counts.
CREATE TEMP TABLE attached AS SELECT t.* FROM fin_transactions(pg_temp.id()) t;
INSERT INTO report SELECT 'attached', fin_attach('attached');
SELECT is(pg_temp.twice('attached'), '2024-02-19', 'nor with an attached table');
SELECT lives_ok($$ SELECT fin_dismiss(pg_temp.id('attached'), to_jsonb(a)) FROM fin_anomalies(pg_temp.id('attached')) a WHERE kind = 'duplicate' AND booked_on = '2024-02-19' $$, 'a finding of an attached table is dismissed');
SELECT is(pg_temp.twice('attached'), NULL, 'and gone');
SELECT is(pg_temp.twice('march'), NULL, 'in the imported ledger too');
SELECT is(fin_restore_finding(pg_temp.id(), pg_temp.twin('2024-02-19')), true, 'from there it is taken back');
SELECT is(pg_temp.twice('march'), '2024-02-19', 'and listed again');
SELECT is(fin_restore_finding(pg_temp.id(), pg_temp.twin('2024-02-19')), false, 'once');
DELETE FROM fin.reports WHERE id = pg_temp.id('march');
SELECT is((SELECT count(*) FROM fin.dismissals WHERE report_id IS NULL), 1::bigint, 'a report that is taken back leaves its dismissals');
SELECT is(pg_temp.twice('april'), '2024-02-19', 'which hold elsewhere');
DELETE FROM report WHERE name = 'march';
UPDATE report SET name = 'march' WHERE name = 'april';

SELECT isnt_empty($$ SELECT FROM fin_risks(pg_temp.id()) WHERE code = 'supplier_concentration' $$, 'a risk holds');
SELECT lives_ok($$ SELECT fin_dismiss(pg_temp.id(), 'risk:supplier_concentration', 'the landlord', current_date + 30) $$, 'it is put aside for a month');
SELECT is_empty($$ SELECT FROM fin_risks(pg_temp.id()) WHERE code = 'supplier_concentration' $$, 'and is not listed');
SELECT is_empty($$ SELECT FROM fin_recommendations(pg_temp.id()) WHERE risk_code = 'supplier_concentration' $$, 'nor is what to do about it');
SELECT fin_set_threshold('supplier_concentration', 0.1, 0.2, 0.3);
SELECT is((SELECT severity FROM fin_risks(pg_temp.id()) WHERE code = 'supplier_concentration'), 'critical', 'it is back once it is worse');
SELECT fin_set_threshold('supplier_concentration', NULL, NULL, NULL);
RESET SESSION AUTHORIZATION;
UPDATE fin.dismissals SET until = current_date - 1 WHERE subject = 'risk';
SET LOCAL SESSION AUTHORIZATION q_ann;
SELECT isnt_empty($$ SELECT FROM fin_risks(pg_temp.id()) WHERE code = 'supplier_concentration' $$, 'and once its time is over');

-- Calibration.
SELECT results_eq($$ SELECT fin_learned_strictness(c, r, m) FROM (VALUES (0, 0, 0), (1000, 0, 0), (0, 1000000, 0), (0, 0, 1000000)) v(c, r, m) $$,
    ARRAY[1, 1, 4, 0.5]::float8[], 'strictness is 1 without verdicts and where all are right, and stays within its bounds');
SELECT is_empty($$ SELECT FROM generate_series(0, 20) c, generate_series(0, 20) r, generate_series(0, 20) m
    WHERE fin_learned_strictness(c, r + 1, m) < fin_learned_strictness(c, r, m) OR fin_learned_strictness(c, r, m + 1) > fin_learned_strictness(c, r, m) $$,
    'it never falls with what was wrong, never rises with what was missed');
SELECT is_empty('SELECT FROM fin_recalibrate()', 'a few verdicts change nothing');
INSERT INTO fin.feedback(workspace_id, report_id, subject, code, row_no, verdict)
    SELECT r.workspace_id, r.id, 'anomaly', 'duplicate', i, 'wrong' FROM fin.reports r, generate_series(1, 30) i WHERE r.id = pg_temp.id();
INSERT INTO fin.feedback(workspace_id, report_id, subject, code, row_no, verdict)
    SELECT r.workspace_id, r.id, 'anomaly', 'sign_error', i, 'missed' FROM fin.reports r, generate_series(1, 30) i WHERE r.id = pg_temp.id();
INSERT INTO fin.feedback(workspace_id, report_id, subject, code, row_no, verdict)
    SELECT r.workspace_id, r.id, 'anomaly', 'split_payment', i, 'right' FROM fin.reports r, generate_series(1, 30) i WHERE r.id = pg_temp.id();
INSERT INTO fin.feedback(workspace_id, report_id, subject, code, row_no, verdict)
    SELECT r.workspace_id, r.id, 'risk', 'supplier_concentration', i, 'wrong' FROM fin.reports r, generate_series(1, 30) i WHERE r.id = pg_temp.id();
SELECT results_eq($$ SELECT subject, code, before, after > 2.5 AND after <= 4, after < 1 AND after >= 0.5, why FROM fin_recalibrate() $$,
    $$ VALUES ('anomaly', 'duplicate', 1::float8, true, false, '30 of 30 listed were wrong, 0 were missed: it asks for more'),
              ('anomaly', 'sign_error', 1, false, true, '0 of 0 listed were wrong, 30 were missed: it asks for less, as far as it goes'),
              ('risk', 'supplier_concentration', 1, true, false, '30 of 30 listed were wrong, 0 were missed: it asks for more') $$,
    'many change what they are about, and it says why');
SELECT is_empty('SELECT FROM fin_recalibrate()', 'a second run changes nothing');
SELECT is((SELECT strictness > 2.5 FROM fin.quality WHERE code = 'duplicate'), true, 'quality shows it');
SELECT is(pg_temp.twice('march'), NULL, 'repeats of this size are a watch list now');
SELECT is_empty($$ SELECT FROM fin_risks(pg_temp.id()) WHERE code = 'supplier_concentration' AND severity <> 'low' AND (evidence -> 0 ->> 'line')::float8 <= 0.4 $$, 'the line of the risk has moved');
SELECT results_eq($$ SELECT object, detail ->> 'verdicts' FROM (SELECT * FROM fin.audit_log WHERE action = 'recalibrate' ORDER BY id) a $$,
    $$ VALUES ('anomaly:duplicate', '30'), ('anomaly:sign_error', '30'), ('risk:supplier_concentration', '30') $$, 'what was learned is in the audit log');
SELECT is(fin_forget_calibration(), 3, 'it is forgotten');
SELECT is(pg_temp.twice('march'), '2024-02-19', 'and the test is as shipped');
SELECT isnt_empty('SELECT FROM fin_recalibrate()', 'the verdicts are still there');
DELETE FROM fin.feedback;
SELECT is((SELECT count(*) FROM fin_recalibrate() WHERE after = 1), 3::bigint, 'without them nothing is left of it');

-- Who may.
SELECT lives_ok($$ SELECT fin.add_member(workspace_id, r.name::name, 'viewer') FROM fin.reports, (VALUES ('q_vera')) r(name) WHERE id = pg_temp.id() $$, 'a viewer joins');
SELECT lives_ok($$ SELECT fin.add_member(workspace_id, 'q_ben', 'analyst') FROM fin.reports WHERE id = pg_temp.id() $$, 'a colleague too');
SELECT lives_ok($$ SELECT fin_dismiss(pg_temp.id(), a.f) FROM (SELECT to_jsonb(a) AS f FROM fin_anomalies(pg_temp.id()) a WHERE kind = 'duplicate' LIMIT 1) a $$, 'an owner dismisses');
CREATE TEMP TABLE put AS SELECT 'anomaly:duplicate:' || row_no AS f FROM fin.dismissals WHERE report_id = pg_temp.id() AND subject = 'anomaly';
GRANT ALL ON put TO PUBLIC;
SET LOCAL SESSION AUTHORIZATION q_ben;
SELECT throws_ok($$ SELECT fin_restore_finding(pg_temp.id(), f) FROM put $$, '42501', 'a colleague has dismissed this finding', 'a colleague cannot take that back');
SELECT throws_ok($$ SELECT fin_dismiss(pg_temp.id(), f, 'because', NULL) FROM put $$, '42501', NULL, 'nor give another reason');
SELECT lives_ok($$ SELECT fin_dismiss(pg_temp.id(), f) FROM put $$, 'and may say it again');
SET LOCAL SESSION AUTHORIZATION q_vera;
SELECT isnt_empty('SELECT FROM fin.dismissals', 'a viewer reads dismissals');
SELECT throws_ok($$ SELECT fin_feedback(pg_temp.id(), 'summary', 'right') $$, '42501', NULL, 'and gives no verdict');
SELECT throws_ok($$ SELECT fin_dismiss(pg_temp.id(), 'risk:customer_concentration') $$, '42501', NULL, 'dismisses nothing');
SELECT throws_ok($$ SELECT fin_recalibrate(workspace_id) FROM fin.reports WHERE id = pg_temp.id() $$, '42501', NULL, 'and recalibrates nothing');
RESET SESSION AUTHORIZATION;
CREATE TEMP TABLE place AS SELECT workspace_id AS ws FROM fin.reports WHERE id = pg_temp.id();
GRANT ALL ON place TO PUBLIC;
SET LOCAL SESSION AUTHORIZATION q_stranger;
SELECT throws_ok($$ SELECT fin_feedback(pg_temp.id(), 'summary', 'right') $$, '42704', NULL, 'a stranger finds no report');
SELECT throws_ok($$ SELECT fin_recalibrate(ws) FROM place $$, '42501', NULL, 'and no workspace to recalibrate');
SELECT throws_ok($$ SELECT fin_forget_calibration(ws) FROM place $$, '42501', NULL, 'or to forget');
SELECT is_empty('SELECT FROM fin.quality', 'and sees no quality');
RESET SESSION AUTHORIZATION;
SELECT isnt_empty($$ SELECT FROM fin.audit_log WHERE action = 'dismiss' AND after_hash IS NOT NULL AND before_hash IS NULL $$, 'a dismissal is in the audit log');
SELECT isnt_empty($$ SELECT FROM fin.audit_log WHERE action = 'dismiss_undo' AND before_hash IS NOT NULL AND after_hash IS NULL $$, 'so is its undoing');
SELECT * FROM finish();
ROLLBACK;
