-- fin.file_put and fin.file_get: content in pieces, one file per content and workspace, damage noticed.
BEGIN;
SET client_min_messages = warning;
SELECT plan(16);
CREATE ROLE f_one; CREATE ROLE f_two;
GRANT fin_user TO f_one, f_two;
GRANT CREATE ON SCHEMA public TO f_one, f_two;
CREATE TEMP TABLE kept(name text PRIMARY KEY, id uuid, content bytea);
GRANT ALL ON kept TO PUBLIC;
-- 2.5 MB with no repeating piece; the border cases; nothing at all.
INSERT INTO kept(name, content)
    SELECT 'large', string_agg(sha256(i::text::bytea), ''::bytea ORDER BY i) FROM generate_series(1, 81920) i
    UNION ALL SELECT 'border', string_agg(sha256(i::text::bytea), ''::bytea ORDER BY i) FROM generate_series(1, 32768) i
    UNION ALL SELECT 'beyond', '\x00'::bytea || string_agg(sha256(i::text::bytea), ''::bytea ORDER BY i) FROM generate_series(1, 32768) i
    UNION ALL SELECT 'empty', '';

SET LOCAL SESSION AUTHORIZATION f_one;
UPDATE kept SET id = fin.file_put(name || '.csv', 'text/csv', content);
RESET SESSION AUTHORIZATION;

SELECT results_eq($$ SELECT k.name, count(c.*)::int FROM kept k LEFT JOIN fin.file_chunks c ON c.file_id = k.id GROUP BY 1 ORDER BY 1 $$,
    $$ VALUES ('beyond', 2), ('border', 1), ('empty', 0), ('large', 3) $$, 'pieces of 1 MB');
SELECT results_eq($$ SELECT name, fin.file_get(id) = content FROM kept ORDER BY 1 $$,
    $$ VALUES ('beyond', true), ('border', true), ('empty', true), ('large', true) $$, 'come back byte for byte');
SELECT results_eq($$ SELECT f.size, f.media_type, f.filename, f.scan_state, encode(f.sha256, 'hex') = encode(sha256(k.content), 'hex')
    FROM fin.files f JOIN kept k USING (id) WHERE name = 'large' $$, $$ VALUES (2621440::bigint, 'text/csv', 'large.csv', 'unscanned', true) $$, 'with size, type, name and hash');

SET LOCAL SESSION AUTHORIZATION f_one;
CREATE TABLE public.f_again AS SELECT fin.file_put('other name', NULL, content) AS id FROM kept WHERE name = 'border';
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT id FROM f_again', $$ SELECT id FROM kept WHERE name = 'border' $$, 'the same bytes again are the same file');
SELECT is((SELECT count(*)::int FROM fin.file_chunks c JOIN kept k ON k.id = c.file_id WHERE name = 'border'), 1, 'stored once');

SET LOCAL SESSION AUTHORIZATION f_two;
CREATE TABLE public.f_foreign AS SELECT fin.file_put('mine', NULL, content) AS id FROM kept WHERE name = 'border';
CREATE TABLE public.f_seen AS SELECT id FROM fin.files;
DO $$ BEGIN PERFORM fin.file_get(id) FROM kept WHERE name = 'border';
    PERFORM set_config('fin_test.state', 'read', true);
EXCEPTION WHEN OTHERS THEN PERFORM set_config('fin_test.state', SQLSTATE, true); END $$;
RESET SESSION AUTHORIZATION;
SELECT isnt_empty($$ SELECT FROM f_foreign f, kept k WHERE k.name = 'border' AND f.id <> k.id $$, 'in another workspace it is another file');
SELECT results_eq('SELECT id FROM f_seen', 'SELECT id FROM f_foreign', 'which does not tell that the first exists');
SELECT is(current_setting('fin_test.state'), 'P0002', 'and the first cannot be read');

SELECT throws_ok($$ INSERT INTO fin.file_chunks SELECT workspace_id, id, 99, convert_to(repeat('x', 1048577), 'UTF8') FROM fin.files LIMIT 1 $$, '23514', NULL, 'no piece is larger than 1 MB');
SELECT throws_ok($$ SELECT fin.file_put(NULL, 'text/csv', 'x') $$, '22004', NULL, 'a file has a name');
SELECT throws_ok($$ SELECT fin.file_put('x', 'text/csv', NULL) $$, '22004', NULL, 'and content');
SELECT throws_ok($$ SELECT fin.file_get('00000000-0000-4000-8000-000000000000') $$, 'P0002', NULL, 'an unknown id is said so');

SAVEPOINT damage;
DELETE FROM fin.file_chunks c USING kept k WHERE c.file_id = k.id AND name = 'large' AND no = 2;
SELECT throws_ok($$ SELECT fin.file_get(id) FROM kept WHERE name = 'large' $$, 'XX001', NULL, 'a missing piece is noticed');
ROLLBACK TO damage;
UPDATE fin.files SET scan_state = 'infected' WHERE id = (SELECT id FROM kept WHERE name = 'beyond');
SELECT throws_ok($$ SELECT fin.file_get(id) FROM kept WHERE name = 'beyond' $$, '55000', NULL, 'an infected file is not given out');
UPDATE fin.files SET scan_state = 'held' WHERE id = (SELECT id FROM kept WHERE name = 'large');
SELECT throws_ok($$ SELECT fin.file_get(id) FROM kept WHERE name = 'large' $$, '55000', NULL, 'nor one that waits for the scanner');
DELETE FROM fin.files WHERE id = (SELECT id FROM kept WHERE name = 'border');
SELECT is_empty($$ SELECT FROM fin.file_chunks c JOIN kept k ON k.id = c.file_id WHERE name = 'border' $$, 'pieces go with their file');
SELECT * FROM finish();
ROLLBACK;
