-- fin_attach: a table or view as a report, without a copy and with the caller's own privileges.
BEGIN;
SELECT plan(23);
CREATE ROLE fin_test_ann LOGIN;
CREATE ROLE fin_test_bob LOGIN;
GRANT fin_user TO fin_test_ann, fin_test_bob;

CREATE TABLE public.fin_test_book(paid_on timestamptz, total numeric, payee text, category text, note varchar(50));
INSERT INTO public.fin_test_book VALUES
    ('2024-01-31 23:30+00', 1000, 'Acme', 'Sales', 'a'), ('2024-02-10', 1000, 'Acme', 'Sales', 'b'),
    ('2024-03-31', 1200.5, 'Acme', 'Sales', 'c'), ('2024-01-05', -400, 'Landlord', 'Rent', NULL),
    ('2024-02-05', -400, 'Landlord', 'Rent', NULL), ('2024-03-05', -400, 'Landlord', 'Rent', NULL), (NULL, 5, 'x', 'y', NULL);
GRANT SELECT ON public.fin_test_book TO fin_test_ann;

SELECT throws_ok($$ SELECT fin_attach('fin_test_book', '{"data": "paid_on"}') $$, '22023', 'unknown mapping key "data"', 'an unknown role is refused by name');
SELECT throws_ok($$ SELECT fin_attach('fin_test_book', '{"date": "nowhere"}') $$, '22023', 'column "nowhere" does not exist', 'an unknown column is refused by name');
SELECT throws_ok($$ SELECT fin_attach('fin_test_book', '{"date": "payee"}') $$, '22023', 'column "payee" cannot be the date', 'a text is no date');
SELECT throws_ok($$ SELECT fin_attach('pg_catalog.pg_authid') $$, '22023', 'no date column found', 'a table without dates is no ledger');
SELECT throws_ok($$ SELECT fin_attach('fin.reports_pkey') $$, '42809', 'only a table or a view can be attached', 'an index is no ledger');

SET LOCAL SESSION AUTHORIZATION fin_test_bob;
SELECT throws_ok($$ SELECT fin_attach('fin_test_book') $$, '42501', NULL, 'nobody attaches what they may not read');

SET LOCAL SESSION AUTHORIZATION fin_test_ann;
CREATE TEMP TABLE attached AS SELECT fin_attach('fin_test_book') AS id;
GRANT SELECT ON attached TO PUBLIC;
SELECT is((SELECT (source, status, rows, skipped)::text FROM fin.reports r JOIN attached USING (id)), '(attach,completed,6,1)',
    'the report knows its rows and how many have no date or amount');
SELECT is((SELECT created_by FROM fin.reports r JOIN attached USING (id)), fin.current_user_id(), 'and who made it');
SELECT is((SELECT period_from FROM fin.reports r JOIN attached USING (id)), date '2024-01-05', 'and its period');
SELECT results_eq($$ SELECT t.row_no, t.booked_on, t.amount, t.category, t.kind, t.counterparty, t.description FROM attached, fin_transactions(id) t WHERE t.row_no IN (1, 2) ORDER BY 1 $$,
    $$ VALUES (1, date '2024-01-05', -400.00, 'Rent', 'opex', 'Landlord', NULL), (2, date '2024-01-31', 1000.00, 'Sales', 'revenue', 'Acme', 'a') $$,
    'rows are numbered in the order of their content, days are those of UTC');
SELECT is((SELECT fin_analyze(id) #>> '{dashboard,metrics,totalRevenue}' FROM attached)::numeric, 3200.5, 'the analysis reads the table');
SELECT is((SELECT fin_analysis(id) #>> '{quality,without_date_or_amount}' FROM attached), '1', 'and says what it left out');

RESET SESSION AUTHORIZATION;
INSERT INTO public.fin_test_book VALUES ('2024-03-20', 99.5, 'Acme', 'Sales', NULL);
SET LOCAL SESSION AUTHORIZATION fin_test_ann;
SELECT is((SELECT fin_analyze(id) #>> '{dashboard,metrics,totalRevenue}' FROM attached)::numeric, 3300.0, 'changes in the table show in the next analysis');

SET LOCAL SESSION AUTHORIZATION fin_test_bob;
SELECT throws_ok($$ SELECT fin_analyze(id) FROM attached $$, '42704', NULL, 'a stranger does not find the report');
RESET SESSION AUTHORIZATION;
REVOKE SELECT ON public.fin_test_book FROM fin_test_ann;
SET LOCAL SESSION AUTHORIZATION fin_test_ann;
SELECT throws_ok($$ SELECT fin_analyze(id) FROM attached $$, '42501', NULL, 'the right to read is asked at every analysis');
RESET SESSION AUTHORIZATION;

-- A view whose function would like to be run by a superuser.
GRANT CREATE ON SCHEMA public TO fin_test_ann;
GRANT SELECT ON public.fin_test_book TO fin_test_ann;
SET LOCAL SESSION AUTHORIZATION fin_test_ann;
CREATE FUNCTION public.fin_test_who(text) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT $1 || ' by ' || current_user $$;
CREATE VIEW public.fin_test_view AS SELECT paid_on AS date, total AS amount, public.fin_test_who(payee) AS counterparty FROM public.fin_test_book;
SELECT set_config('fin_test.id', fin_attach('fin_test_view')::text, true);
RESET SESSION AUTHORIZATION;
SELECT is((SELECT DISTINCT counterparty FROM fin_transactions(current_setting('fin_test.id')::uuid) WHERE counterparty LIKE 'Acme%'), 'Acme by fin_test_ann',
    'functions in an attached view gain no rights from a superuser who analyses it');
SELECT is(current_user, session_user, 'and the superuser is itself again afterwards');

CREATE TABLE public.fin_test_sides(date date, debit float8, credit float8, currency text);
INSERT INTO public.fin_test_sides VALUES ('2024-01-01', 10.25, NULL, 'eur'), ('2024-01-02', NULL, 20, 'eur'), ('2024-01-03', NULL, NULL, 'eur');
SELECT set_config('fin_test.sides', fin_attach('fin_test_sides')::text, true);
SELECT results_eq($$ SELECT amount, currency FROM fin_transactions(current_setting('fin_test.sides')::uuid) $$, $$ VALUES (-10.25, 'EUR'), (20.00, 'EUR') $$, 'debit and credit columns become one signed amount');
INSERT INTO public.fin_test_sides VALUES ('2024-01-04', 'NaN', NULL, 'eur');
SELECT throws_ok($$ SELECT fin_attach('fin_test_sides') $$, '22003', NULL, 'NaN is refused with its row');
CREATE TABLE public.fin_test_far(date date, amount numeric);
INSERT INTO public.fin_test_far VALUES ('infinity', 1);
SELECT throws_ok($$ SELECT fin_attach('fin_test_far') $$, '22003', 'row 1 cannot be computed with', 'an infinite date is refused');
UPDATE public.fin_test_far SET date = '4713-01-01 BC';
SELECT throws_ok($$ SELECT fin_attach('fin_test_far') $$, '22003', 'row 1 cannot be computed with', 'and so is one before all ledgers');
SELECT throws_ok($$ DROP TABLE public.fin_test_book CASCADE; SELECT fin_analyze(id) FROM attached $$, '42704', 'attached relation public.fin_test_book does not exist', 'a dropped table is named');
-- Rows that differ only in currency and balance: their order in the table must not show.
RESET SESSION AUTHORIZATION;
CREATE TABLE twins(date date, amount numeric, currency text, balance numeric);
INSERT INTO twins VALUES ('2024-01-05', 10, 'USD', 30), ('2024-01-05', 10, 'EUR', 20), ('2024-01-05', 10, 'EUR', 10);
CREATE TEMP TABLE twins_report AS SELECT fin_attach('twins') AS id;
CREATE TEMP TABLE twins_hash AS SELECT fin_verify(id) ->> 'content_hash' AS hash FROM twins_report;
TRUNCATE twins;
INSERT INTO twins VALUES ('2024-01-05', 10, 'EUR', 10), ('2024-01-05', 10, 'USD', 30), ('2024-01-05', 10, 'EUR', 20);
SELECT is((SELECT fin_verify(id) ->> 'content_hash' FROM twins_report), (SELECT hash FROM twins_hash), 'the order of a table without a key does not show');
SELECT * FROM finish();
ROLLBACK;
