-- Where files lie, as far as it needs no bucket: rights, keys, times, removals, what the workers' functions agree on.
BEGIN;
SET client_min_messages = warning;
SELECT plan(44);
CREATE ROLE s_anna; CREATE ROLE s_boris; CREATE ROLE s_olga;
GRANT fin_user TO s_anna, s_boris; GRANT fin_admin TO s_olga;
CREATE FUNCTION pg_temp.as_role(who name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', who);
    EXECUTE statement INTO answer;
    RESET SESSION AUTHORIZATION;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TEMP TABLE kept(name text PRIMARY KEY, id uuid);
GRANT ALL ON kept TO PUBLIC;

-- Operators say where files go
INSERT INTO fin.providers (name, kind, base_url, settings) VALUES ('s_bucket', 's3', 'https://s3.example.com', '{"bucket": "reports", "access_key": "AK"}'),
    ('s_mail', 'smtp', 'smtp://mail.example.com', '{}');
SELECT matches(pg_temp.as_role('s_anna', $$ SELECT fin_storage_use('s_bucket') $$), '^42501', 'members do not say where files go');
SELECT matches(pg_temp.as_role('s_olga', $$ SELECT fin_storage_use('s_mail') $$), '^22023 no provider .* of kind s3', 'a mail server is no bucket');
SELECT throws_ok($$ SELECT fin_provider_set('x', 's3', 'https://s3.example.com', '{"bucket": "B"}') $$, '22023', NULL, 'a bucket that cannot be is refused when it is set');
SELECT throws_ok($$ SELECT fin_bucket_check('https://s3.example.com', '{"bucket": "abc"}') $$, '22023', 'a bucket needs the id of an access key in access_key', 'by name');
SELECT is(pg_temp.as_role('s_olga', $$ SELECT fin_storage_use('s_bucket', '1 day') $$), '', 'operators do');
SELECT throws_ok($$ UPDATE fin.storage SET after = '-1 day' $$, '23514', NULL, 'into the past nothing is stored');
SELECT matches(pg_temp.as_role('s_anna', $$ SELECT fin_storage_sweep() $$), '^42501', 'members do not sweep');
SELECT matches(pg_temp.as_role('s_olga', $$ SELECT fin_storage_sweep('{"depth": 1}') $$), '^22023 unknown option .depth.', 'options are checked by name');
SELECT matches(pg_temp.as_role('s_anna', $$ SELECT fin_file_link('00000000-0000-4000-8000-000000000000') $$), '^PT404', 'no link to what is not there');

-- Over REST a file that is here is given here
SELECT pg_temp.as_role('s_boris', $$ WITH put AS (INSERT INTO kept SELECT 'b', fin.file_put('b.csv', 'text/csv', 'bytes') RETURNING id) SELECT id FROM put $$);
SELECT is(pg_temp.as_role('s_boris', $$ SELECT convert_from(f.content, 'UTF8') || f.filename || f.media_type FROM kept k, api.get_file(k.id) f WHERE name = 'b' $$), 'bytesb.csvtext/csv', 'a stored file over REST');
SELECT is(pg_temp.as_role('s_boris', $$ SELECT api.file_link(id) ->> 'url' = '/files/' || id FROM kept WHERE name = 'b' $$), 'true', 'its address');
SELECT matches(pg_temp.as_role('s_anna', $$ SELECT f.content FROM kept k, api.get_file(k.id) f WHERE name = 'b' $$), '^PT404', 'not for a stranger');
UPDATE fin.files SET scan_state = 'held' WHERE id = (SELECT id FROM kept WHERE name = 'b');
SELECT matches(pg_temp.as_role('s_boris', $$ SELECT api.file_link(id) FROM kept WHERE name = 'b' $$), '^PT409', 'nor while it waits for the scanner');
DELETE FROM fin.jobs; DELETE FROM fin.files; DELETE FROM kept;

-- A new file queues its way into the bucket
SELECT pg_temp.as_role('s_anna', $$ WITH put AS (INSERT INTO kept SELECT 'a', fin.file_put('a.csv', 'text/csv', 'content') RETURNING id) SELECT id FROM put $$);
SELECT results_eq($$ SELECT j.kind, j.db_role::text COLLATE "default", j.status, j.run_at > now() + interval '23 hours' FROM fin.jobs j JOIN kept k ON j.payload ->> 'file_id' = k.id::text $$,
    $$ VALUES ('store_file', 'fin_user', 'queued', true) $$, 'a new file queues its way into the bucket, for later');
SELECT is(pg_temp.as_role('s_anna', $$ SELECT fin.file_put('a.csv', 'text/csv', 'content') = id FROM kept $$), 'true', 'the same again');
SELECT is((SELECT count(*)::int FROM fin.jobs j JOIN kept k ON j.payload ->> 'file_id' = k.id::text), 1, 'queues nothing more');
SELECT results_eq($$ SELECT b.state, b.size, b.purpose, b.report = k.id::text, b.days FROM kept k JOIN fin.files f USING (id), fin.store_begin(f.workspace_id, k.id) b $$,
    $$ VALUES ('here', 7::bigint, 'original', true, 90) $$, 'what a worker is told of it');
SELECT is((SELECT fin.store_piece(f.workspace_id, f.id, 1, 8) FROM fin.files f JOIN kept USING (id)), 'content'::bytea, 'and its bytes');

-- Only the newest claim of a running job drops bytes
UPDATE fin.jobs SET status = 'running', lease_token = 7, lease_until = now() + interval '1 minute' WHERE kind = 'store_file';
CREATE FUNCTION pg_temp.store(token bigint, began timestamptz DEFAULT clock_timestamp()) RETURNS text LANGUAGE sql AS $$
    SELECT fin.store_end(f.workspace_id, f.id, j.id, token, 's_bucket', 'uploads/u/r/original.csv', began)
    FROM fin.files f JOIN kept k USING (id), fin.jobs j WHERE j.payload ->> 'file_id' = k.id::text $$;
SELECT is(pg_temp.store(6), 'late', 'an older claim does not');
SELECT is(pg_temp.store(7, clock_timestamp() - interval '46 minutes'), 'late', 'nor one that took too long');
INSERT INTO fin.storage_removals (provider, object_key) VALUES ('s_bucket', 'uploads/u/r/original.csv');
SELECT is(pg_temp.store(7), 'removed', 'nor one whose object is about to be removed');
UPDATE fin.storage_removals SET ended_at = clock_timestamp() + interval '1 second';
SELECT is(pg_temp.store(7), 'removed', 'or was removed since it began');
UPDATE fin.storage_removals SET ended_at = clock_timestamp() - interval '1 second';
SELECT is(pg_temp.store(7, now() - interval '1 second'), 'changed', 'nor one that began before the file was put again');
SELECT is((SELECT count(*)::int FROM fin.file_chunks c JOIN kept k ON k.id = c.file_id), 1, 'the bytes are still here');
SELECT is(pg_temp.store(7), 'now', 'the newest does');
SELECT is_empty($$ SELECT FROM fin.file_chunks c JOIN kept k ON k.id = c.file_id $$, 'they are in the bucket alone');
SELECT throws_ok($$ SELECT fin.file_get(id) FROM kept $$, '55000', NULL, 'and are not given');
SELECT is((SELECT fin.is_here(id) FROM kept), false, 'they are not here');

SELECT matches(pg_temp.as_role('s_anna', 'SELECT content FROM kept, api.get_file(id)'), '^PT409 .* lies in a bucket', 'nor over REST');
-- And back
SELECT is((SELECT b.state || ' ' || b.provider || ' ' || b.key FROM fin.files f JOIN kept USING (id), fin.fetch_begin(f.workspace_id, f.id) b), 'stored s_bucket uploads/u/r/original.csv', 'where a worker finds them');
SELECT is((SELECT fin.fetch_piece(f.workspace_id, f.id, 'another key', 1, 'content') FROM fin.files f JOIN kept USING (id)), false, 'bytes of another object are not taken');
SELECT is((SELECT fin.fetch_piece(f.workspace_id, f.id, f.object_key, 1, 'content') FROM fin.files f JOIN kept USING (id)), true, 'its own are');
SELECT is((SELECT fin.is_here(id) FROM kept), false, 'before the last they are not given');
SELECT is((SELECT fin.fetch_end(f.workspace_id, f.id, f.object_key, '1 hour') FROM fin.files f JOIN kept USING (id)), true, 'they are whole');
SELECT is((SELECT fin.file_get(id) FROM kept), 'content'::bytea, 'then they are given');
UPDATE fin.files SET copy_until = now() - interval '1 second';
SELECT is(fin.copies_drop(), 1, 'after an hour');
SELECT is_empty($$ SELECT FROM fin.file_chunks c JOIN kept k ON k.id = c.file_id $$, 'they go again');

-- What the sweeper sees
SELECT results_eq($$ SELECT p.what, p.key FROM fin.sweep_page('s_bucket', 'uploads/', 'uploads0', '{uploads/u/r/original.csv,uploads/x,uploads/young}',
    ARRAY[now() - interval '2 hours', now() - interval '2 hours', now()]::text[], '{7,1,1}', clock_timestamp() + interval '1 second', '1 hour') p $$,
    $$ VALUES ('orphan', 'uploads/x') $$, 'objects that nobody has, but young ones');
SELECT results_eq($$ SELECT p.what, p.key FROM fin.sweep_page('s_bucket', 'uploads/', 'uploads0', '{uploads/u/r/original.csv}', ARRAY[now()]::text[], '{8}', clock_timestamp() + interval '1 second', '1 hour') p $$,
    $$ VALUES ('missing', 'uploads/u/r/original.csv') $$, 'an object of another size is not it');

-- How long
SELECT results_eq($$ SELECT fin.file_days(f.workspace_id, p) FROM fin.files f JOIN kept USING (id), unnest('{original,parsed,exported}'::text[]) p $$, ARRAY[90, 30, 30], 'days by purpose');
UPDATE fin.workspaces SET plan = 'premium', settings = '{"retention": {"originals_days": 365}}';
SELECT results_eq($$ SELECT fin.file_days(f.workspace_id, p) FROM fin.files f JOIN kept USING (id), unnest('{original,parsed,exported}'::text[]) p $$, ARRAY[365, 30, 0], 'by plan and setting');

-- A file that goes leaves a removal in the same transaction
DELETE FROM fin.storage_removals;
SELECT is(pg_temp.as_role('s_boris', 'WITH d AS (DELETE FROM fin.files RETURNING 1) SELECT count(*) FROM d'), '0', 'a stranger removes nothing');
SELECT is(pg_temp.as_role('s_anna', 'WITH d AS (DELETE FROM fin.files RETURNING 1) SELECT count(*) FROM d'), '1', 'its owner does');
SELECT results_eq($$ SELECT object_key FROM fin.storage_removals WHERE ended_at IS NULL $$, ARRAY['uploads/u/r/original.csv'], 'and leaves its object to be removed');
SELECT * FROM finish();
ROLLBACK;
