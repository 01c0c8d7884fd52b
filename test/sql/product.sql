-- The functions behind the named routes, as members of two workspaces who come with the claims of a token.
\set content `base64 -w 0 "$FIN_TEST_DATA/hackclub/hackclub_2015_2017.csv"`
BEGIN;
SET client_min_messages = warning;
SELECT no_plan();

CREATE TEMP TABLE person(who text PRIMARY KEY, id uuid DEFAULT gen_random_uuid(), ws uuid, role text);
INSERT INTO person(who, ws, role) VALUES
    ('olga', 'a0000000-0000-4000-8000-000000000001', 'owner'), ('adam', 'a0000000-0000-4000-8000-000000000001', 'admin'),
    ('anna', 'a0000000-0000-4000-8000-000000000001', 'analyst'), ('andy', 'a0000000-0000-4000-8000-000000000001', 'analyst'),
    ('vera', 'a0000000-0000-4000-8000-000000000001', 'viewer'), ('boris', 'b0000000-0000-4000-8000-000000000001', 'owner'),
    ('nobody', 'a0000000-0000-4000-8000-000000000001', NULL);
INSERT INTO fin.workspaces(id, name) VALUES ('a0000000-0000-4000-8000-000000000001', 'Arbor'), ('b0000000-0000-4000-8000-000000000001', 'Boreal');
INSERT INTO fin.users(id, email, name) SELECT id, who || '@example.org', who FROM person;
INSERT INTO fin.memberships(workspace_id, user_id, role) SELECT ws, id, role FROM person WHERE role IS NOT NULL;
CREATE TEMP TABLE said(name text PRIMARY KEY, answer jsonb);
GRANT ALL ON person, said TO PUBLIC;
CREATE TEMP TABLE ledger AS SELECT decode(:'content', 'base64') AS content;
GRANT SELECT ON ledger TO PUBLIC;

-- Runs a query as a member in a session of the API and answers with its text, or SQLSTATE; what it did stays.
CREATE FUNCTION pg_temp.as_member(person text, query text, variadic args text[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    claims text := (SELECT json_strip_nulls(json_build_object('sub', p.id, 'ws', p.ws, 'role', 'fin_user', 'sid', (SELECT s.id FROM fin.sessions s WHERE s.user_id = p.id))) FROM person p WHERE p.who = person);
BEGIN
    PERFORM set_config('request.jwt.claims', claims, true), set_config('response.status', '', true);
    SET LOCAL SESSION AUTHORIZATION fin_authenticator;
    SET LOCAL ROLE fin_user;
    BEGIN
        IF query ~ '^\s*(INSERT|DELETE)' THEN
            EXECUTE format(query, variadic args);
        ELSE
            EXECUTE format(query, variadic args) INTO answer;
        END IF;
    EXCEPTION WHEN OTHERS THEN
        answer := SQLSTATE;
    END;
    RESET SESSION AUTHORIZATION;
    RETURN answer;
END $$;
-- Keeps an answer under a name, so that what comes next may use its ids.
CREATE FUNCTION pg_temp.keep(name text, person text, query text, variadic args text[] DEFAULT '{}') RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    answer text := pg_temp.as_member(person, query, variadic args);
BEGIN
    INSERT INTO said VALUES (name, CASE WHEN answer LIKE '{%' THEN answer::jsonb ELSE to_jsonb(answer) END);
    RETURN (SELECT s.answer FROM said s WHERE s.name = keep.name);
END $$;
CREATE FUNCTION pg_temp.said(name text, key text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$ SELECT CASE WHEN key IS NULL THEN answer::text ELSE answer #>> string_to_array(key, '.') END FROM said s WHERE s.name = said.name $$;
CREATE FUNCTION pg_temp.status() RETURNS text LANGUAGE sql AS $$ SELECT current_setting('response.status', true) $$;
-- What a server without workers says, whatever cluster this test runs in.
CREATE TEMP TABLE worker(is_there boolean);
GRANT SELECT ON worker TO PUBLIC;
INSERT INTO worker VALUES (false);
CREATE OR REPLACE FUNCTION fin.has_worker() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT is_there FROM pg_temp.worker';

-- Uploads
SELECT is(pg_temp.as_member('anna', $$ WITH put AS (INSERT INTO fin.upload_chunks (upload_id, no, data)
    SELECT 'a0000000-0000-4000-8000-0000000000f1', i + 1, substring(content FROM i * 20000 + 1 FOR 20000) FROM ledger, generate_series(0, (octet_length(content) - 1) / 20000) i RETURNING data)
    SELECT count(*) > 3 FROM put $$), '42501', 'pieces are put and not read back');
SELECT is(pg_temp.as_member('anna', $$ INSERT INTO fin.upload_chunks (upload_id, no, data)
    SELECT 'a0000000-0000-4000-8000-0000000000f1', i + 1, substring(content FROM i * 20000 + 1 FOR 20000) FROM ledger, generate_series(0, (octet_length(content) - 1) / 20000) i $$), NULL, 'an analyst sends the pieces of a file');
SELECT cmp_ok((SELECT count(*) FROM fin.upload_pieces), '>', 3::bigint, 'which wait');
SELECT is(pg_temp.as_member('vera', $$ INSERT INTO fin.upload_chunks VALUES (gen_random_uuid(), 1, 'x') $$), '42501', 'a viewer sends none');
SELECT is(pg_temp.as_member('nobody', $$ INSERT INTO fin.upload_chunks VALUES (gen_random_uuid(), 1, 'x') $$), '42501', 'nor does who is no member');
SELECT is(pg_temp.as_member('anna', 'SELECT count(*) FROM fin.upload_chunks'), '42501', 'nobody reads pieces');
SELECT is(pg_temp.as_member('anna', 'SELECT count(*) FROM fin.upload_pieces'), '42501', 'nor their table');
SELECT is(pg_temp.as_member('anna', 'DELETE FROM fin.upload_chunks'), '42501', 'nor removes them');
SELECT is(pg_temp.as_member('anna', $$ INSERT INTO fin.upload_chunks VALUES (gen_random_uuid(), 1, convert_to(repeat('x', 1048577), 'UTF8')) $$), '23514', 'no piece is larger than 1 MB');
SELECT is(pg_temp.as_member('andy', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f1', 'stolen.csv') $$), '22023', 'a colleague''s upload is not taken');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f1', 'stolen.csv') $$), '22023', 'nor a stranger''s');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f1', 'x.csv', options => '{"colour": "red"}') $$), '22023', 'an unknown option is refused');
-- Somebody who guessed the number of an upload adds a piece of his own.
SELECT pg_temp.as_member('boris', $$ INSERT INTO fin.upload_chunks VALUES ('a0000000-0000-4000-8000-0000000000f1', 1000, 'planted') $$);
SELECT is(pg_temp.keep('hack', 'anna', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f1', 'C:\books\hackclub.csv', 'text/csv') $$) ->> 'status', 'completed', 'without a worker the upload is read before the answer');
SELECT is(pg_temp.status(), '201', 'which says that it is made');
SELECT is_empty('SELECT FROM fin.upload_pieces', 'no piece is left');
SELECT is((SELECT sha256(content) FROM ledger), (SELECT sha256(fin.file_get(r.file_id)) FROM fin.reports r WHERE r.id = pg_temp.said('hack', 'reportId')::uuid), 'the file is stored as it was');
SELECT is((SELECT f.media_type || ' ' || f.filename FROM fin.files f), 'text/csv hackclub.csv', 'under the name without its folder');
SELECT is((SELECT count(*) FROM fin.analyses), 1::bigint, 'its analysis is stored');
SELECT is((SELECT created_by FROM fin.reports), (SELECT id FROM person WHERE who = 'anna'), 'in the name of who sent it');
INSERT INTO fin.upload_pieces (workspace_id, user_id, upload_id, no, data, at) SELECT ws, id, gen_random_uuid(), 1, 'left', now() - interval '2 hours' FROM person WHERE who = 'andy';
SELECT pg_temp.as_member('andy', $$ INSERT INTO fin.upload_chunks SELECT 'a0000000-0000-4000-8000-0000000000f2', 1, content FROM ledger $$);
SELECT is((pg_temp.keep('again', 'andy', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f2', 'other.csv') $$) ->> 'reportId'), pg_temp.said('hack', 'reportId'), 'the same bytes again are the same report');
SELECT is(pg_temp.said('again', 'duplicate'), 'true', 'and said to be');
SELECT is((SELECT count(*) FROM fin.files), 1::bigint, 'stored once');
SELECT is_empty('SELECT FROM fin.upload_pieces', 'leftovers of uploads that broke off are gone');
SELECT pg_temp.as_member('boris', $$ INSERT INTO fin.upload_chunks SELECT 'b0000000-0000-4000-8000-0000000000f2', 1, content FROM ledger $$);
SELECT isnt(pg_temp.keep('boreal', 'boris', $$ SELECT api.upload_report('b0000000-0000-4000-8000-0000000000f2', 'boreal.csv') $$) ->> 'reportId', pg_temp.said('hack', 'reportId'), 'in another workspace they are another');
SELECT pg_temp.as_member('anna', $$ INSERT INTO fin.upload_chunks VALUES ('a0000000-0000-4000-8000-0000000000f3', 1, 'Date,Amount'), ('a0000000-0000-4000-8000-0000000000f3', 3, 'x') $$);
SELECT is(pg_temp.as_member('anna', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f3', 'gap.csv') $$), '22023', 'pieces with a gap are no file');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.upload_report(gen_random_uuid(), 'none.csv') $$), '22023', 'nor is nothing');
SELECT pg_temp.as_member('anna', $$ INSERT INTO fin.upload_chunks VALUES ('a0000000-0000-4000-8000-0000000000f4', 1, convert_to(E'Date,Amount\n2024-01-01,1\n2024-01-02,abc\n', 'UTF8')) $$);
SELECT is(pg_temp.as_member('anna', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f4', 'bad.csv', options => '"{\"colour\": 1}"') $$), '22023', 'options of a form are read');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f4', 'bad.csv', options => '"colour"') $$), '22P02', 'where they are JSON');
SELECT is(pg_temp.keep('bad', 'anna', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f4', 'bad.csv') $$) ->> 'status', 'failed', 'a file that cannot be read is a report that failed');
SELECT matches(pg_temp.said('bad', 'error'), 'row 2', 'and says where');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_analysis('%s') $$, pg_temp.said('bad', 'reportId')), 'PT409', 'which has no analysis');

-- With a worker the answer comes before the work.
UPDATE worker SET is_there = true;
SELECT pg_temp.as_member('anna', $$ INSERT INTO fin.upload_chunks VALUES ('a0000000-0000-4000-8000-0000000000f5', 1, convert_to(E'Date,Amount,Category\n2024-01-01,1,Sales\n2024-01-02,-2,"=HYPERLINK(""x"")"\n', 'UTF8')) $$);
SELECT is(pg_temp.keep('later', 'anna', $$ SELECT api.upload_report('a0000000-0000-4000-8000-0000000000f5', 'later.csv', options => '{"currency": "EUR"}') $$) ->> 'status', 'processing', 'a worker reads it later');
SELECT is(pg_temp.status(), '', 'with the status of its route');
SELECT is((SELECT j.kind || ' ' || (j.payload ->> 'report_id') FROM fin.jobs j WHERE j.id = pg_temp.said('later', 'jobId')::bigint), 'analyze_report ' || pg_temp.said('later', 'reportId'), 'by a job that is queued');
SELECT is(pg_temp.keep('event', 'vera', $$ SELECT api.report_events('%s') $$, pg_temp.said('later', 'reportId')) ->> 'channel', 'fin_report_' || pg_temp.said('later', 'reportId'), 'whose progress has a channel');
SELECT is(pg_temp.said('event', 'state.status') || pg_temp.said('event', 'state.done'), 'processingfalse', 'and is not done');
SELECT is(pg_temp.as_member('anna', $$ SELECT fin_import_waiting('%s') $$, pg_temp.said('later', 'reportId')), 'true', 'what the worker calls reads the file');
SELECT is(pg_temp.as_member('anna', $$ SELECT fin_import_waiting('%s') $$, pg_temp.said('later', 'reportId')), 'false', 'once');
SELECT is((SELECT (r.status, r.rows, r.currency)::text FROM fin.reports r WHERE r.id = pg_temp.said('later', 'reportId')::uuid), '(completed,2,EUR)', 'into the report that was there, with its options');
SELECT is((SELECT r.import_key FROM fin.reports r WHERE r.id = pg_temp.said('later', 'reportId')::uuid),
    fin_import_key(encode(sha256(convert_to(E'Date,Amount,Category\n2024-01-01,1,Sales\n2024-01-02,-2,"=HYPERLINK(""x"")"\n', 'UTF8')), 'hex'), '{"currency": "eur", "duplicate": "new"}'), 'by which fin_import finds it too');
SELECT is(pg_temp.as_member('anna', $$ SELECT fin_import('again.csv', convert_to(E'Date,Amount,Category\n2024-01-01,1,Sales\n2024-01-02,-2,"=HYPERLINK(""x"")"\n', 'UTF8'), '{"currency": "EUR"}') $$), pg_temp.said('later', 'reportId'), 'as it does');
UPDATE fin.jobs SET status = 'succeeded' WHERE id = pg_temp.said('later', 'jobId')::bigint;
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_events('%s') #> '{state,done}' $$, pg_temp.said('later', 'reportId')), 'true', 'when the job has ended it is done');
SELECT pg_temp.keep('dead', 'anna', $$ SELECT api.create_report('dead.csv', E'Date,Amount\n2024-01-01,1\n') $$);
UPDATE fin.jobs SET status = 'dead', error = 'the server crashed' WHERE id = pg_temp.said('dead', 'jobId')::bigint;
SELECT is((SELECT r.status || ': ' || r.error FROM fin.reports r WHERE r.id = pg_temp.said('dead', 'reportId')::uuid), 'failed: the server crashed', 'a job that ended without reading it ends the report');
SELECT pg_temp.keep('cancelled', 'anna', $$ SELECT api.create_report('c.csv', E'Date,Amount\n2024-01-03,1\n') $$);
SELECT is(pg_temp.as_member('vera', $$ SELECT api.cancel_job(%s) $$, pg_temp.said('cancelled', 'jobId')), '42501', 'a viewer cancels no job');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.cancel_job(%s) $$, pg_temp.said('cancelled', 'jobId')), 'PT404', 'a stranger finds none');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.cancel_job(%s) ->> 'status' $$, pg_temp.said('cancelled', 'jobId')), 'cancelled', 'who queued it does');
SELECT is((SELECT r.status FROM fin.reports r WHERE r.id = pg_temp.said('cancelled', 'reportId')::uuid), 'failed', 'and its report has failed');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.requeue_job(%s) ->> 'status' $$, pg_temp.said('later', 'jobId')), 'PT409', 'a job that succeeded is not queued again');
UPDATE worker SET is_there = false;

-- Reports of other things
SELECT is(pg_temp.keep('rows', 'anna', $$ SELECT api.create_report(rows => '[{"date": "2024-01-05", "amount": -12.5, "category": "Rent, \"a\""}, {"amount": "100.25", "date": "2024-02-05", "counterparty": "Acme"}]') $$) ->> 'status', 'completed', 'a report of rows');
SELECT results_eq($$ SELECT row_no, booked_on, amount, category, counterparty FROM fin.transactions WHERE report_id = pg_temp.said('rows', 'reportId')::uuid ORDER BY 1 $$,
    $$ VALUES (1, date '2024-01-05', -12.5, 'Rent, "a"', NULL), (2, date '2024-02-05', 100.25, NULL, 'Acme') $$, 'holds them');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.create_report(rows => '[{"date": "2024-01-05", "amount": 1, "colour": "red"}]') $$), '22023', 'an unknown field is refused');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.create_report(rows => '[1]') $$), '22023', 'as are rows that are none');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.create_report(rows => '[]', content => 'x') $$), '22023', 'and two sources at once');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.create_report(content => E'Date,Amount\n2024-01-01,5\n') $$), '42501', 'a viewer makes no report');
CREATE TABLE public.product_entries AS SELECT date '2024-01-01' + i AS day, (i * 10)::numeric AS amount FROM generate_series(1, 20) i;
GRANT SELECT ON public.product_entries TO fin_user;
SELECT is(pg_temp.keep('attached', 'anna', $$ SELECT api.create_report(relation => 'public.product_entries', mapping => '{"date": "day"}') $$) ->> 'status', 'completed', 'a table becomes a report');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s') ->> 'total' $$, pg_temp.said('attached', 'reportId')), '20', 'whose rows are read where they are');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.create_report(relation => 'public.no_such_table') $$), 'PT404', 'a table that is not there');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.create_report(relation => 'fin.sessions') $$), 'PT404', 'is like one that may not be read');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.create_report(relation => '%s') $$, r), 'PT404', format('%s is no ledger', r)) FROM unnest('{pg_stat_activity,pg_catalog.pg_class,fin.transactions,api.jobs,information_schema.tables}'::text[]) r;
SELECT is(pg_temp.as_member('vera', $$ SELECT api.create_report(relation => 'public.product_entries') $$), '42501', 'a viewer attaches nothing');

-- Lists
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_reports() ->> 'total' $$), '7', 'a viewer lists the workspace''s reports');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.list_reports() ->> 'total' $$), '1', 'a stranger those of another');
SELECT is(pg_temp.as_member('nobody', $$ SELECT api.list_reports() ->> 'total' $$), '0', 'nobody none');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_reports(status => 'failed') ->> 'total' $$), '3', 'by status');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_reports(search => 'HACK') #>> '{reports,0,filename}' $$), 'hackclub.csv', 'by name');
SELECT is(pg_temp.as_member('vera', $$ SELECT jsonb_array_length(api.list_reports("limit" => 2, "offset" => 1) -> 'reports') $$), '2', 'by pages');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_reports("limit" => 0) $$), '22023', 'of at least one');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_reports(status => 'lost') $$), '22023', 'an unknown status is refused');
UPDATE fin.reports SET created_at = now() + interval '1 hour' WHERE id = pg_temp.said('rows', 'reportId')::uuid;
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_reports() #>> '{reports,0,id}' $$), pg_temp.said('rows', 'reportId'), 'the newest first');
SELECT is(pg_temp.keep('one', 'vera', $$ SELECT api.get_report('%s') $$, pg_temp.said('hack', 'reportId')) ->> 'rows', '1350', 'a viewer reads a report');
SELECT is((SELECT jsonb_typeof(answer -> 'rows') || ' ' || (answer ->> 'periodFrom') FROM said WHERE name = 'one'), 'number 2015-01-24', 'numbers are numbers, dates ISO');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.change_report('%s', 'Books 2015') ->> 'filename' $$, pg_temp.said('hack', 'reportId')), 'Books 2015', 'its analyst renames it');
SELECT is(pg_temp.as_member('andy', $$ SELECT api.change_report('%s', 'Mine') $$, pg_temp.said('hack', 'reportId')), '42501', 'another does not');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.change_report('%s', 'hackclub.csv') ->> 'filename' $$, pg_temp.said('hack', 'reportId')), 'hackclub.csv', 'an admin does');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.change_report('%s', 'Mine') $$, pg_temp.said('hack', 'reportId')), '42501', 'a viewer does not');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.change_report('%s', ' ') $$, pg_temp.said('hack', 'reportId')), '22023', 'a report has a name');

-- Analyses; totals of the file by awk: income 307350.68, spending -301578.29, 1350 rows.
SELECT is(pg_temp.keep('document', 'vera', $$ SELECT api.report_analysis('%s') $$, pg_temp.said('hack', 'reportId')) #>> '{period,lastCompleteMonth}',
    (SELECT left(fin_analysis(pg_temp.said('hack', 'reportId')::uuid) #>> '{period,last_complete_month}', 10)), 'a viewer reads the analysis in camelCase');
SELECT is((SELECT count(*) FROM said, LATERAL jsonb_path_query(answer, '$.anomalies[*].keyvalue()') k WHERE name = 'document' AND k ->> 'key' LIKE '%\_%'), 0::bigint, 'to the last key');
SELECT is((SELECT count(*) FROM fin.analyses a WHERE a.report_id = pg_temp.said('hack', 'reportId')::uuid), 1::bigint, 'reading stores nothing');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_analysis('%s', language => 'ru') #>> '{summary,language}' $$, pg_temp.said('hack', 'reportId')), 'ru', 'in another language');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.analyze_report('%s') $$, pg_temp.said('hack', 'reportId')), '42501', 'a viewer does not analyse');
SELECT is(pg_temp.as_member('andy', $$ SELECT api.analyze_report('%s', '{"language": "ru"}') #>> '{summary,language}' $$, pg_temp.said('hack', 'reportId')), 'ru', 'an analyst does');
SELECT is((SELECT count(*) FROM fin.analyses a WHERE a.report_id = pg_temp.said('hack', 'reportId')::uuid), 2::bigint, 'which is stored');
SELECT is(pg_temp.as_member('andy', $$ SELECT api.analyze_report('%s', '{"colour": 1}') $$, pg_temp.said('hack', 'reportId')), '22023', 'an unknown option is refused');
SELECT matches(pg_temp.as_member('andy', $$ SELECT api.analyze_report('%s', background => true) ->> 'jobId' $$, pg_temp.said('hack', 'reportId')), '^\d+$', 'or queues a job');
SELECT is(pg_temp.status(), '202', 'which is accepted');
SELECT is(pg_temp.as_member('vera', $$ SELECT jsonb_array_length(api.report_metrics('%s') -> 'metrics') $$, pg_temp.said('hack', 'reportId')),
    (SELECT count(*)::text FROM fin_metrics(pg_temp.said('hack', 'reportId')::uuid)), 'metrics are those of fin_metrics');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_metrics('%s', 'revenue', 'all') #>> '{metrics,0,value}' $$, pg_temp.said('hack', 'reportId'))::numeric,
    (SELECT value::numeric FROM fin_metrics(pg_temp.said('hack', 'reportId')::uuid) WHERE metric = 'revenue' AND period = 'all'), 'one of them for one period');
SELECT is(pg_temp.as_member('vera', $$ SELECT jsonb_array_length(api.report_anomalies('%s') -> 'anomalies') $$, pg_temp.said('hack', 'reportId')),
    (SELECT count(*)::text FROM fin_anomalies(pg_temp.said('hack', 'reportId')::uuid)), 'anomalies');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_anomalies('%s', severity => 'dreadful') $$, pg_temp.said('hack', 'reportId')), '22023', 'of a known severity');
SELECT is(pg_temp.as_member('vera', $$ SELECT jsonb_array_length(api.report_risks('%s') -> 'risks') $$, pg_temp.said('hack', 'reportId')),
    (SELECT count(*)::text FROM fin_risks(pg_temp.said('hack', 'reportId')::uuid)), 'risks');
SELECT is(pg_temp.as_member('vera', $$ SELECT jsonb_array_length(api.report_recommendations('%s') -> 'recommendations') $$, pg_temp.said('hack', 'reportId')),
    (SELECT count(*)::text FROM fin_recommendations(pg_temp.said('hack', 'reportId')::uuid)), 'recommendations');
SELECT is(pg_temp.keep('drivers', 'vera', $$ SELECT api.report_drivers('%s', 'net_cash_flow', '2016-05', '2016-06') $$, pg_temp.said('hack', 'reportId')) ->> 'change',
    (SELECT trim_scale(sum(amount) FILTER (WHERE booked_on >= '2016-06-01') - sum(amount) FILTER (WHERE booked_on < '2016-06-01'))::text FROM fin.transactions
     WHERE report_id = pg_temp.said('hack', 'reportId')::uuid AND booked_on >= '2016-05-01' AND booked_on < '2016-07-01'), 'drivers sum to the change');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_drivers('%s') ->> 'toMonth' $$, pg_temp.said('hack', 'reportId')), left(pg_temp.said('document', 'period.lastCompleteMonth'), 7), 'by default of the last complete month');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_drivers('%s', from_month => 'May') $$, pg_temp.said('hack', 'reportId')), '22023', 'a month is YYYY-MM');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_forecast('%s') #>> '{forecast,runway,status}' $$, pg_temp.said('hack', 'reportId')), pg_temp.said('document', 'forecast.runway.status'), 'a viewer reads the forecast');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.forecast_report('%s') $$, pg_temp.said('hack', 'reportId')), '42501', 'and makes none');
SELECT is(pg_temp.as_member('anna', $$ SELECT jsonb_array_length(api.forecast_report('%s', 4) #> '{forecast,revenue}') $$, pg_temp.said('hack', 'reportId')), '4', 'an analyst does');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.forecast_report('%s', 4) #>> '{forecast,revenue,0,month}' $$, pg_temp.said('hack', 'reportId')), pg_temp.said('document', 'forecast.revenue.0.month'), 'spelled as in the analysis');

-- Transactions
SELECT is(pg_temp.keep('all', 'vera', $$ SELECT api.report_transactions('%s', "limit" => 1000) $$, pg_temp.said('hack', 'reportId')) ->> 'total', '1350', 'every row is found');
SELECT is(pg_temp.said('all', 'income') || ' ' || pg_temp.said('all', 'expenses'), '307350.68 -301578.29', 'with what they sum to');
SELECT is((SELECT jsonb_array_length(answer -> 'transactions') FROM said WHERE name = 'all'), 1000, 'a page of them');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s', month => '2016-02') ->> 'total' $$, pg_temp.said('hack', 'reportId')),
    (SELECT count(*)::text FROM fin.transactions WHERE report_id = pg_temp.said('hack', 'reportId')::uuid AND booked_on BETWEEN '2016-02-01' AND '2016-02-29'), 'of a month');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s', counterparty => 'Lyft') ->> 'total' $$, pg_temp.said('hack', 'reportId')),
    (SELECT count(*)::text FROM fin.transactions WHERE report_id = pg_temp.said('hack', 'reportId')::uuid AND counterparty = 'Lyft'), 'of a counterparty');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s', min_amount => -50, max_amount => -40.5) ->> 'total' $$, pg_temp.said('hack', 'reportId')),
    (SELECT count(*)::text FROM fin.transactions WHERE report_id = pg_temp.said('hack', 'reportId')::uuid AND amount BETWEEN -50 AND -40.5), 'of a range');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s', search => 'rent for') ->> 'total' $$, pg_temp.said('hack', 'reportId')),
    (SELECT count(*)::text FROM fin.transactions WHERE report_id = pg_temp.said('hack', 'reportId')::uuid AND concat_ws(E'\n', counterparty, description, category) ILIKE '%rent for%'), 'by a word');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s', search => '%%') ->> 'total' $$, pg_temp.said('hack', 'reportId')),
    (SELECT count(*)::text FROM fin.transactions WHERE report_id = pg_temp.said('hack', 'reportId')::uuid AND position('%' IN concat_ws(E'\n', counterparty, description, category)) > 0), 'whose signs are taken as they are');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s', sort => '-amount', "limit" => 1) #>> '{transactions,0,amount}' $$, pg_temp.said('hack', 'reportId')),
    (SELECT trim_scale(max(amount))::text FROM fin.transactions WHERE report_id = pg_temp.said('hack', 'reportId')::uuid), 'sorted');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s', "limit" => 1, "offset" => 7) #>> '{transactions,0,rowNo}' $$, pg_temp.said('hack', 'reportId')), '8', 'paged');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s', sort => 'amount; DROP TABLE x') $$, pg_temp.said('hack', 'reportId')), '22023', 'by a known field');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.report_transactions('%s', category => '') ->> 'total' $$, pg_temp.said('rows', 'reportId')), '1', 'an empty category asks for rows without one');

-- Exports
SELECT is(pg_temp.keep('csv', 'vera', $$ SELECT api.export_report('%s') $$, pg_temp.said('later', 'reportId')) ->> 'filename', 'later-transactions.csv', 'a viewer exports');
SELECT is(pg_temp.as_member('vera', $$ SELECT convert_from(content, 'UTF8') FROM api.get_export('%s') $$, pg_temp.said('csv', 'exportId')),
    U&'\FEFF' || E'row_no,booked_on,amount,currency,category,kind,counterparty,account,description\r\n1,2024-01-01,1.00,EUR,Sales,revenue,,,\r\n2,2024-01-02,-2.00,EUR,"''=HYPERLINK(""x"")",opex,,,\r\n',
    'numbers keep their sign, what a spreadsheet would run does not run');
SELECT is(fin.csv_cell(v, true), w, format('the cell %s is safe', v)) FROM (VALUES ('=1', '''=1'), ('+1', '''+1'), ('-1', '''-1'), ('@x', '''@x'), ('  =1', '''  =1'), (E'\t=1', E'''\t=1'), ('a=1', 'a=1'), ('a,b', '"a,b"'), (NULL, '')) c(v, w);
SELECT is(fin.csv_cell('-1', false), '-1', 'a number is one');
SELECT is((SELECT count(*) FROM fin.audit_log l WHERE l.action = 'export' AND l.user_id = (SELECT id FROM person WHERE who = 'vera')), 1::bigint, 'which the log tells');
SELECT is(pg_temp.as_member('boris', $$ SELECT media_type FROM api.get_export('%s') $$, pg_temp.said('csv', 'exportId')), 'PT404', 'a stranger does not find it');
SELECT is(pg_temp.as_member('vera', $$ SELECT media_type FROM api.get_export('00000000-0000-4000-8000-000000000000') $$), 'PT404', 'as what is not there');
SELECT is(pg_temp.as_member('vera', $$ SELECT g.media_type FROM set_config('request.jwt.claims', (current_setting('request.jwt.claims')::jsonb || '{"scopes": ["read"]}')::text, true),
    LATERAL api.get_export('%s') g WHERE set_config <> '' $$, pg_temp.said('csv', 'exportId')), '42501', 'nor does a key that may only read');
SELECT pg_temp.keep('json', 'anna', $$ SELECT api.export_report('%s', 'json') $$, pg_temp.said('hack', 'reportId'));
SELECT is(pg_temp.as_member('vera', $$ SELECT jsonb_array_length(convert_from(content, 'UTF8')::jsonb -> 'transactions') FROM api.get_export('%s') $$, pg_temp.said('json', 'exportId')), '1350', 'json holds the whole report');
SELECT pg_temp.keep('csv ' || c, 'vera', $$ SELECT api.export_report('%s', 'csv', '%s') $$, pg_temp.said('hack', 'reportId'), c) FROM unnest('{metrics,anomalies,risks,recommendations}'::text[]) c;
SELECT is(pg_temp.as_member('vera', $$ SELECT array_length(regexp_split_to_array(convert_from(content, 'UTF8'), E'\r\n'), 1) - 2 FROM api.get_export('%s') $$, pg_temp.said('csv metrics', 'exportId')),
    (SELECT count(*)::text FROM fin_metrics(pg_temp.said('hack', 'reportId')::uuid)), 'metrics as csv');
SELECT is(pg_temp.as_member('vera', $$ SELECT (regexp_split_to_array(convert_from(content, 'UTF8'), E'\r\n'))[1] FROM api.get_export('%s') $$, pg_temp.said('csv ' || c, 'exportId')), U&'\FEFF' || header, c || ' as csv')
    FROM (VALUES ('anomalies', 'row_no,booked_on,amount,category,counterparty,kind,score,severity,expected,reason'), ('risks', 'code,severity,score,title,impact'), ('recommendations', 'priority,action,effect_monthly,lever,risk_code')) v(c, header);
SELECT is(pg_temp.as_member('vera', $$ SELECT api.export_report('%s', 'docx') $$, pg_temp.said('hack', 'reportId')), '22023', 'an unknown format is refused');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.export_report('%s', 'csv', 'report') $$, pg_temp.said('hack', 'reportId')), '22023', 'so is a csv of everything');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.list_exports() ->> 'total' $$), '0', 'lists hold one''s own workspace''s');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_exports('%s') ->> 'total' $$, pg_temp.said('hack', 'reportId')), '5', 'by report');

-- The dashboard
SELECT is(pg_temp.keep('board', 'vera', $$ SELECT api.dashboard('%s') $$, pg_temp.said('hack', 'reportId')) #>> '{metrics,totalRevenue}', pg_temp.said('document', 'dashboard.metrics.totalRevenue'), 'the dashboard of a report');
SELECT is(pg_temp.said('board', 'reports.total') || ' ' || pg_temp.said('board', 'workspace.role') || ' ' || pg_temp.said('board', 'workspace.name'), '7 viewer Arbor', 'and of the workspace');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.dashboard() #>> '{report,id}' $$), pg_temp.said('rows', 'reportId'), 'by default of the newest report');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.dashboard(workspace_id => 'b0000000-0000-4000-8000-000000000001') $$), 'PT404', 'not of another workspace');

-- Verdicts
SELECT pg_temp.keep('anomaly', 'vera', $$ SELECT api.report_anomalies('%s') #> '{anomalies,0}' $$, pg_temp.said('hack', 'reportId'));
SELECT is(pg_temp.as_member('vera', $$ SELECT api.give_feedback('%s', %L, 'right') $$, pg_temp.said('hack', 'reportId'), pg_temp.said('anomaly')), '42501', 'a viewer has no say');
SELECT matches(pg_temp.keep('verdict', 'anna', $$ SELECT api.give_feedback('%s', %L, 'right', 'indeed') $$, pg_temp.said('hack', 'reportId'), pg_temp.said('anomaly')) ->> 'feedbackId', '^[0-9a-f-]{36}$', 'an analyst says of a finding as it is listed');
SELECT is((SELECT count(*) FROM fin.jobs WHERE kind = 'analyze_report' AND status = 'queued' AND dedup_key = pg_temp.said('hack', 'reportId')), 1::bigint,
    'and the analysis is queued, so that readers find the new one');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_feedback('%s') #>> '{feedback,0,comment}' $$, pg_temp.said('hack', 'reportId')), 'indeed', 'which members read');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.give_feedback('%s', '"anomaly:duplicate:999999"', 'right') $$, pg_temp.said('hack', 'reportId')), 'PT404', 'a finding that is not listed is not found');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.give_feedback('%s', '"weather"', 'right') $$, pg_temp.said('hack', 'reportId')), '22023', 'what is no finding is refused');
SELECT is(pg_temp.as_member('andy', $$ SELECT api.remove_feedback('%s') $$, pg_temp.said('verdict', 'feedbackId')), '42501', 'a colleague does not take it back');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.remove_feedback('%s') $$, pg_temp.said('verdict', 'feedbackId')), 'PT404', 'a stranger does not find it');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.remove_feedback('%s') $$, pg_temp.said('verdict', 'feedbackId')), NULL, 'who said it does');
SELECT is((SELECT count(*) FROM fin.jobs WHERE kind = 'analyze_report' AND status = 'queued' AND dedup_key = pg_temp.said('hack', 'reportId')), 1::bigint,
    'once, however much is said');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.dismiss_finding('%s', %L) $$, pg_temp.said('hack', 'reportId'), pg_temp.said('anomaly')), '42501', 'a viewer puts nothing aside');
SELECT matches(pg_temp.keep('dismissal', 'anna', $$ SELECT api.dismiss_finding('%s', %L, 'known') $$, pg_temp.said('hack', 'reportId'), pg_temp.said('anomaly')) ->> 'dismissalId', '^[0-9a-f-]{36}$', 'an analyst does');
SELECT is(pg_temp.as_member('vera', $$ SELECT count(*) FROM jsonb_array_elements(api.report_anomalies('%s') -> 'anomalies') a WHERE a @> %L $$, pg_temp.said('hack', 'reportId'), pg_temp.said('anomaly')), '0', 'and it is not listed again');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_dismissals('%s') #>> '{dismissals,0,reason}' $$, pg_temp.said('hack', 'reportId')), 'known', 'but among what was put aside');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.remove_dismissal('%s') $$, pg_temp.said('dismissal', 'dismissalId')), NULL, 'until it is taken back');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.remove_dismissal('%s') $$, pg_temp.said('dismissal', 'dismissalId')), 'PT404', 'once');

-- Jobs
SELECT is(pg_temp.as_member('vera', $$ SELECT api.get_job(%s) ->> 'status' $$, pg_temp.said('later', 'jobId')), 'succeeded', 'members see jobs');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.get_job(%s) $$, pg_temp.said('later', 'jobId')), 'PT404', 'strangers do not');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.list_jobs() ->> 'total' $$), '0', 'nor list them');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_jobs(status => 'dead') #>> '{jobs,0,error}' $$), 'the server crashed', 'by status');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_jobs(report_id => '%s') ->> 'total' $$, pg_temp.said('later', 'reportId')), '1', 'by report');
SELECT is(pg_temp.as_member('vera', $$ SELECT (api.job_events(%s) ->> 'channel') || (api.job_events(%1$s) #>> '{state,done}') $$, pg_temp.said('later', 'jobId')), format('fin_job_%strue', pg_temp.said('later', 'jobId')), 'progress of a job');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.job_events(%s) $$, pg_temp.said('later', 'jobId')), 'PT404', 'is not a stranger''s');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.requeue_job(%s) ->> 'status' $$, pg_temp.said('dead', 'jobId')), 'queued', 'a dead job is queued again');

-- Schedules
SELECT is(pg_temp.as_member('adam', $$ SELECT api.add_schedule('analyze_report', '30 6 * * 1', '{"reportId": "%s"}') $$, pg_temp.said('hack', 'reportId')), '0A000', 'without a clock there are no schedules');
SELECT is(fin.schedules_run('2024-01-01 06:30+00'), 0, 'the clock ticks');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.add_schedule('analyze_report', '30 6 * * 1', '{"reportId": "%s"}') $$, pg_temp.said('hack', 'reportId')), '42501', 'an analyst makes none');
SELECT is(pg_temp.as_member('anna', $$ SELECT fin.schedule_add('analyze_report', '{"report_id": "%s"}', '30 6 * * 1', current_user) $$, pg_temp.said('hack', 'reportId')), '42501', 'not by the function beneath either');
SELECT is(pg_temp.as_member('adam', $$ SELECT fin.schedule_add('analyze_report', '{"report_id": "%s"}', '30 6 * * 1', 'postgres') $$, pg_temp.said('hack', 'reportId')), '42501', 'and for no other role');
SELECT is(pg_temp.keep('schedule', 'adam', $$ SELECT api.add_schedule('analyze_report', '30 6 * * 1', '{"reportId": "%s"}') $$, pg_temp.said('hack', 'reportId')) ->> 'kind', 'analyze_report', 'an admin does');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.add_schedule('analyze_report', '30 6 * * 1', '{"reportId": "%s"}') $$, pg_temp.said('boreal', 'reportId')), 'PT404', 'not for a foreign report');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.add_schedule('noop', '%s') $$, c), '22023', format('%s is no schedule', c)) FROM unnest('{"* * *",60 * * * *,0 0 0 * *,*/0 * * * *,5-1 * * * *,a * * * *,0 0 1 1 8}'::text[]) c;
SELECT is(fin.schedules_run('2024-01-08 06:29+00'), 0, 'before its minute nothing is queued');
SELECT is(fin.schedules_run('2024-01-08 06:30:41+00'), 1, 'in it a job is');
SELECT is(fin.schedules_run('2024-01-08 06:30:59+00'), 0, 'once');
SELECT is((SELECT (j.kind, j.user_id, j.db_role, j.workspace_id)::text FROM fin.jobs j WHERE j.id = (SELECT last_job_id FROM fin.schedules)),
    (SELECT ('analyze_report', id, 'fin_user', ws)::text FROM person WHERE who = 'adam'), 'in the name of who made it');
UPDATE fin.memberships SET role = 'viewer' WHERE user_id = (SELECT id FROM person WHERE who = 'adam');
SELECT is(fin.schedules_run('2024-01-15 06:30+00'), 0, 'who may not queue it any more queues nothing');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_schedules() #>> '{schedules,0,error}' $$), 'who made the schedule may not do so any more', 'and the schedule says so');
UPDATE fin.memberships SET role = 'admin' WHERE user_id = (SELECT id FROM person WHERE who = 'adam');
SELECT is(fin.cron_is_due(c, t::timestamptz), d, format('%s at %s', c, t)) FROM (VALUES ('*/15 * * * *', '2024-01-01 00:45+00', true), ('*/15 * * * *', '2024-01-01 00:46+00', false),
    ('0 9-17/4 * * *', '2024-01-01 13:00+00', true), ('0 0 1 * 5', '2024-03-01 00:00+00', true), ('0 0 1 * 5', '2024-03-08 00:00+00', true), ('0 0 1 * 5', '2024-03-09 00:00+00', false),
    ('0 0 * * 7', '2024-03-10 00:00+00', true), ('0 0 29 2 *', '2024-02-29 00:00+00', true), ('0 6 * * 1', '2024-03-11 08:00+02', true)) v(c, t, d);
SELECT is(pg_temp.as_member('anna', $$ SELECT api.remove_schedule(%s) $$, pg_temp.said('schedule', 'id')), '42501', 'an analyst ends no schedule');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.remove_schedule(%s) $$, pg_temp.said('schedule', 'id')), 'PT404', 'a stranger finds none');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.remove_schedule(%s) $$, pg_temp.said('schedule', 'id')), NULL, 'an admin does');
SELECT is(pg_temp.as_member('anna', 'SELECT fin.schedules_run()'), '42501', 'members do not turn the clock');

-- Members
SELECT is(pg_temp.keep('members', 'vera', 'SELECT api.list_members()') #>> '{members,0,email}', 'olga@example.org', 'a viewer lists members, owners first');
SELECT is((SELECT jsonb_array_length(answer -> 'members') FROM said WHERE name = 'members'), 5, 'all of them');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.list_members('b0000000-0000-4000-8000-000000000001') $$), 'PT404', 'of no other workspace');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.add_member('boris@example.org') $$), '42501', 'an analyst adds nobody');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.add_member('boris@example.org', 'admin') $$), '42501', 'an admin no admin');
SELECT is(pg_temp.keep('nobodys', 'adam', $$ SELECT api.add_member('no.one@example.org', 'analyst') $$) - ARRAY['id', 'token', 'email'], pg_temp.keep('invited', 'adam', $$ SELECT api.add_member('Boris@Example.org ', 'analyst') $$) - ARRAY['id', 'token', 'email'],
    'an invitation does not tell whether there is such an account');
SELECT is(pg_temp.said('invited', 'email') || ' ' || pg_temp.said('invited', 'role'), 'boris@example.org analyst', 'it is for an address and a role');
SELECT is((SELECT count(*)::int FROM fin.memberships m JOIN person p ON p.id = m.user_id WHERE p.who = 'boris'), 1, 'and makes nobody a member by itself');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.add_member('no address') $$), '22023', 'it needs an address');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.add_member('vera@example.org', 'viewer') $$), 'PT409', 'of somebody who is no member');
SELECT is(pg_temp.as_member('adam', $$ SELECT jsonb_array_length(api.list_invitations() -> 'invitations') $$), '2', 'admins list invitations');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.list_invitations() #> '{invitations,0}' ? 'token' $$), 'false', 'without their codes');
SELECT is(pg_temp.as_member('adam', 'SELECT token_hash FROM fin.invitations'), '42501', 'of which nobody sees the hash');
SELECT is(pg_temp.as_member('anna', 'SELECT api.list_invitations()'), '42501', 'an analyst does not');
SELECT is(pg_temp.as_member('anna', 'SELECT count(*) FROM fin.invitations'), '0', 'nor in the table');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.remove_invitation('%s') $$, pg_temp.said('nobodys', 'id')), 'PT404', 'nor takes one back');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.accept_invitation('%s') $$, pg_temp.said('invited', 'token')), 'PT401', 'it is accepted by who is signed in');
INSERT INTO fin.sessions (user_id, refresh_hash, expires_at) SELECT id, convert_to(who, 'UTF8'), now() + interval '1 day' FROM person WHERE who IN ('boris', 'nobody');
SELECT is(pg_temp.as_member('nobody', $$ SELECT api.accept_invitation('%s') $$, pg_temp.said('invited', 'token')), 'PT404', 'to that address');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.accept_invitation('%s') $$, pg_temp.said('nobodys', 'token')), 'PT404', 'and to no other');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.accept_invitation('%s') $$, repeat('0', 64)), 'PT404', 'with its code');
UPDATE fin.memberships SET role = 'viewer' WHERE user_id = (SELECT id FROM person WHERE who = 'adam');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.accept_invitation('%s') $$, pg_temp.said('invited', 'token')), 'PT404', 'while who invited may do so');
UPDATE fin.memberships SET role = 'admin' WHERE user_id = (SELECT id FROM person WHERE who = 'adam');
SELECT is(pg_temp.keep('second', 'olga', $$ SELECT api.add_member('boris@example.org', 'owner') $$) ->> 'role', 'owner', 'another one takes its place');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.accept_invitation('%s') $$, pg_temp.said('invited', 'token')), 'PT404', 'so that the first counts no more');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.remove_invitation('%s') $$, pg_temp.said('second', 'id')), 'PT404', 'an admin does not take back an owner''s');
SELECT is(pg_temp.keep('third', 'adam', $$ SELECT api.add_member('boris@example.org', 'analyst') $$) ->> 'role', 'analyst', 'but may make it a smaller one');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.accept_invitation('%s') ->> 'role' $$, pg_temp.said('third', 'token')), 'analyst', 'accepted, one is a member');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.accept_invitation('%s') $$, pg_temp.said('third', 'token')), 'PT404', 'by a code that counts once');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.remove_invitation('%s') $$, pg_temp.said('nobodys', 'id')), NULL, 'an admin takes an invitation back');
SELECT is((SELECT count(*)::int FROM fin.invitations), 0, 'and none is left');
SELECT set_has($$ SELECT action FROM fin.audit_log WHERE at >= now() $$, $$ SELECT unnest(ARRAY['member_invite', 'invitation_end', 'member_add']) $$, 'the audit log knows of all that');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.change_member('%s', 'king') $$, (SELECT id::text FROM person WHERE who = 'boris')), '22023', 'to a role there is');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.change_member('%s', 'viewer') ->> 'role' $$, (SELECT id::text FROM person WHERE who = 'boris')), 'viewer', 'whose role he changes');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.change_member('%s', 'owner') $$, (SELECT id::text FROM person WHERE who = 'boris')), '42501', 'not to owner');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.change_member('%s', 'viewer') $$, (SELECT id::text FROM person WHERE who = 'olga')), '42501', 'nor an owner''s');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.change_member('%s', 'viewer') $$, (SELECT id::text FROM person WHERE who = 'vera')), '42501', 'an analyst changes none');
SELECT is(pg_temp.as_member('olga', $$ SELECT api.change_member('%s', 'viewer') $$, (SELECT id::text FROM person WHERE who = 'olga')), 'PT409', 'the last owner stays one');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.remove_member('%s') $$, (SELECT id::text FROM person WHERE who = 'vera')), '42501', 'an analyst removes nobody');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.remove_member('%s') $$, (SELECT id::text FROM person WHERE who = 'nobody')), 'PT404', 'who is no member is not found');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.remove_member('%s') $$, (SELECT id::text FROM person WHERE who = 'boris')), NULL, 'an admin removes');
SELECT is(pg_temp.as_member('andy', $$ SELECT api.remove_member('%s') $$, (SELECT id::text FROM person WHERE who = 'andy')), NULL, 'anybody leaves');
SELECT is(pg_temp.as_member('andy', 'SELECT api.list_members()'), 'PT404', 'and is out at once');

-- Workspaces
SELECT is(pg_temp.keep('made', 'boris', $$ SELECT api.add_workspace('Second', 'ru') $$) ->> 'role', 'owner', 'who makes a workspace owns it');
SELECT is(pg_temp.as_member('boris', $$ SELECT jsonb_array_length(api.list_workspaces() -> 'workspaces') $$), '2', 'and lists it whichever is chosen');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.get_workspace('%s') $$, pg_temp.said('made', 'id')), 'PT404', 'but works in the chosen one');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.add_workspace(' ') $$), '22023', 'a workspace has a name');
SELECT is(pg_temp.as_member('boris', $$ SELECT api.add_workspace('x', 'fr') $$), '22023', 'and a language there is');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.change_workspace('a0000000-0000-4000-8000-000000000001', name => 'Mine') $$), '42501', 'an analyst changes none');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.change_workspace('a0000000-0000-4000-8000-000000000001', settings => '{"a": 1, "b": 2}') ->> 'name' $$), 'Arbor', 'an admin does');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.change_workspace('a0000000-0000-4000-8000-000000000001', name => 'Arbor 2', settings => '{"a": null, "c": 3}') -> 'settings' $$), '{"b": 2, "c": 3}', 'what is not named stays, null takes back');
SELECT is(pg_temp.as_member('adam', $$ SELECT api.change_workspace('b0000000-0000-4000-8000-000000000001', name => 'Mine') $$), 'PT404', 'another''s is not found');
SELECT is(pg_temp.as_member('vera', $$ SELECT api.get_workspace('a0000000-0000-4000-8000-000000000001') ->> 'members' $$), '4', 'a viewer reads it');

-- What is got is got in a transaction that only reads: on a standby too.
CREATE FUNCTION pg_temp.only_reads(person text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    claims text := (SELECT json_build_object('sub', p.id, 'ws', p.ws, 'role', 'fin_user') FROM person p WHERE p.who = person);
BEGIN
    PERFORM set_config('request.jwt.claims', claims, true);
    SET LOCAL SESSION AUTHORIZATION fin_authenticator;
    SET LOCAL ROLE fin_user;
    BEGIN
        SET LOCAL transaction_read_only = on;
        EXECUTE query INTO answer;
        RAISE EXCEPTION USING ERRCODE = 'FINOK';
    EXCEPTION
        WHEN SQLSTATE 'FINOK' THEN NULL;
        WHEN OTHERS THEN answer := SQLSTATE;
    END;
    RESET SESSION AUTHORIZATION;
    RETURN answer;
END $$;
SELECT matches(pg_temp.only_reads('vera', 'SELECT ' || replace(replace(replace(c, '{report}', quote_literal(pg_temp.said('hack', 'reportId'))), '{job}', pg_temp.said('later', 'jobId')), '{export}', quote_literal(pg_temp.said('csv', 'exportId')))),
    '^[{(]', c || ' only reads')
FROM unnest(ARRAY['api.list_reports()', 'api.get_report({report})', 'api.report_analysis({report})', 'api.report_metrics({report})', 'api.report_anomalies({report})', 'api.report_risks({report})',
    'api.report_recommendations({report})', 'api.report_drivers({report})', 'api.report_transactions({report})', 'api.report_forecast({report})', 'api.list_exports()', 'api.get_export({export})', 'api.dashboard()',
    'api.list_feedback({report})', 'api.list_dismissals({report})', 'api.list_jobs()', 'api.get_job({job})', 'api.job_events({job})', 'api.report_events({report})', 'api.list_schedules()', 'api.list_members()',
    'api.list_workspaces()', 'api.get_workspace(''a0000000-0000-4000-8000-000000000001'')']) c;

-- Foreign and absent ids answer alike, in every function that takes a report.
CREATE TEMP TABLE refusal AS
    SELECT f.call, p.person, i.id, pg_temp.as_member(p.person, 'SELECT ' || f.call, i.id) AS got
    FROM unnest(ARRAY['api.get_report(''%s'')', 'api.change_report(''%s'', ''x'')', 'api.remove_report(''%s'')', 'api.analyze_report(''%s'')', 'api.report_analysis(''%s'')', 'api.report_metrics(''%s'')',
        'api.report_anomalies(''%s'')', 'api.report_risks(''%s'')', 'api.report_recommendations(''%s'')', 'api.report_drivers(''%s'')', 'api.report_transactions(''%s'')', 'api.report_forecast(''%s'')',
        'api.forecast_report(''%s'')', 'api.export_report(''%s'')', 'api.list_exports(''%s'')', 'api.dashboard(''%s'')', 'api.give_feedback(''%s'', ''"risk:liquidity"'', ''right'')', 'api.list_feedback(''%s'')',
        'api.dismiss_finding(''%s'', ''"risk:liquidity"'')', 'api.list_dismissals(''%s'')', 'api.report_events(''%s'')']) f(call),
        (VALUES ('boris', pg_temp.said('hack', 'reportId')), ('boris', '00000000-0000-4000-8000-000000000000'), ('nobody', pg_temp.said('hack', 'reportId')), ('anna', pg_temp.said('boreal', 'reportId'))) i(who, id), LATERAL (SELECT i.who) p(person);
SELECT is(got, 'PT404', format('%s by %s is not found', replace(call, '%s', left(id, 8)), person)) FROM refusal;
SELECT is((SELECT count(*) FROM fin.reports r WHERE r.id IN (pg_temp.said('hack', 'reportId')::uuid, pg_temp.said('boreal', 'reportId')::uuid)), 2::bigint, 'and nothing has changed');

-- Taking back
SELECT is(pg_temp.as_member('vera', $$ SELECT api.remove_report('%s') $$, pg_temp.said('hack', 'reportId')), '42501', 'a viewer removes nothing');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.remove_report('%s') $$, pg_temp.said('hack', 'reportId')), NULL, 'who made a report takes it back');
SELECT is(pg_temp.as_member('anna', $$ SELECT api.remove_report('%s') $$, pg_temp.said('hack', 'reportId')), 'PT404', 'once');
SELECT is_empty($$ SELECT FROM fin.exports e WHERE e.report_id = pg_temp.said('hack', 'reportId')::uuid $$, 'its exports go with it');

-- Spelling
SELECT is(fin_camel_case(d::jsonb), c::jsonb, format('%s in camelCase', d)) FROM (VALUES
    ('{"booked_on": 1, "hi80": 2, "a_b_c": {"d_1": [{"e_f": "g_h"}]}}', '{"bookedOn": 1, "hi80": 2, "aBC": {"d1": [{"eF": "g_h"}]}}'),
    ('{"Acme_Inc": 1, "_x": 2, "x_": 3, "a__b": 4, "a b_c": 5, "": 6, "é_a": 7}', '{"Acme_Inc": 1, "_x": 2, "x_": 3, "a__b": 4, "a b_c": 5, "": 6, "é_a": 7}'),
    ('"a_b"', '"a_b"'), ('[]', '[]'), ('{}', '{}'), ('null', 'null'), ('[1, "x_y", {"k_v": null}]', '[1, "x_y", {"kV": null}]')) v(d, c);

-- Every route of schema api leads somewhere.
CREATE TEMP TABLE target AS
    SELECT r.method || ' ' || r.path AS route, r.*, p.oid, p.prosecdef, coalesce(p.proargnames, '{}') AS names, p.prorettype,
           ARRAY(SELECT m[1] FROM regexp_matches(r.path, ':([a-z0-9_]+)', 'g') m) AS in_path
    FROM fin.routes r LEFT JOIN pg_proc p ON p.pronamespace = to_regnamespace(split_part(r.function, '.', 1)) AND p.proname = split_part(r.function, '.', 2);
SELECT is_empty('SELECT route FROM target WHERE oid IS NULL', 'each function of a route is there');
SELECT is_empty('SELECT route FROM target GROUP BY route HAVING count(*) > 1', 'and one alone has its name');
SELECT is_empty($$ SELECT route FROM target WHERE obj_description(oid, 'pg_proc') IS NULL $$, 'with a comment');
SELECT is_empty('SELECT route FROM target WHERE NOT in_path <@ names', 'and a parameter for each argument of the path');
SELECT is_empty($$ SELECT route FROM target WHERE prorettype <> CASE kind WHEN 'file' THEN 'record' ELSE 'jsonb' END::regtype $$, 'it answers with jsonb, a file with a record');
SELECT is_empty($$ SELECT route FROM target WHERE kind = 'upload' AND NOT names @> '{upload_id,filename,media_type}' $$, 'an upload takes the upload');
SELECT is_empty($$ SELECT route FROM target WHERE method <> 'POST' AND kind = 'upload' $$, 'uploads are posted');
SELECT is_empty($$ SELECT route FROM target WHERE path NOT LIKE '/auth/%' AND has_function_privilege('fin_anon', oid, 'EXECUTE') $$, 'who has no token executes none but those of signing in');
SELECT is_empty($$ SELECT route FROM target t JOIN pg_proc p USING (oid) WHERE t.method = 'GET' AND t.kind NOT IN ('events', 'visit') AND p.provolatile = 'v' $$, 'what is got changes nothing');
SELECT * FROM finish();
ROLLBACK;
