-- Limits of requests: counted by all servers together, figures by plan.
BEGIN;
SELECT plan(15);

INSERT INTO fin.users (id, email, name) VALUES ('00000000-0000-0000-0000-00000000a001', 'limits@example.com', 'Limits');
INSERT INTO fin.workspaces (id, name) VALUES ('00000000-0000-0000-0000-00000000b001', 'Limits');
INSERT INTO fin.memberships VALUES ('00000000-0000-0000-0000-00000000b001', '00000000-0000-0000-0000-00000000a001', 'owner');

SELECT is((SELECT per_minute FROM fin.plan_limits WHERE plan = 'free'), 1000, '1,000 requests a minute by default');

CREATE FUNCTION pg_temp.counted(who text, minutes bigint, requests bigint) RETURNS jsonb LANGUAGE sql AS
    $$ SELECT fin.count_requests(jsonb_build_object(who, jsonb_build_object('minute', minutes, 'n', requests))) -> who $$;
-- A whole hour of today: everything younger than two hours is kept.
CREATE TEMP TABLE clock AS SELECT (extract(epoch FROM date_trunc('hour', now())) / 60)::bigint AS minute;
GRANT SELECT ON clock TO PUBLIC;

SELECT is(pg_temp.counted('user:00000000-0000-0000-0000-00000000a001', minute, 40),
    '{"minute": 40, "hour": 40, "perMinute": 1000, "perHour": 20000}'::jsonb, 'one server') FROM clock;
SELECT is(pg_temp.counted('user:00000000-0000-0000-0000-00000000a001', minute, 2),
    '{"minute": 42, "hour": 42, "perMinute": 1000, "perHour": 20000}'::jsonb, 'another one adds to it') FROM clock;
SELECT is(pg_temp.counted('user:00000000-0000-0000-0000-00000000a001', minute + 1, 8),
    '{"minute": 8, "hour": 50, "perMinute": 1000, "perHour": 20000}'::jsonb, 'the next minute, the same hour') FROM clock;
SELECT is(pg_temp.counted('user:00000000-0000-0000-0000-00000000a001', minute, 0) ->> 'minute', '42', 'asking counts nothing') FROM clock;
SELECT is(pg_temp.counted('address:192.0.2.7', minute, 1) ->> 'perMinute', '300', 'nobody in particular') FROM clock;
SELECT is(pg_temp.counted('user:service', minute, 1) ->> 'perMinute', '1000', 'a subject that is no account here') FROM clock;

UPDATE fin.workspaces SET plan = 'premium' WHERE id = '00000000-0000-0000-0000-00000000b001';
SELECT is(pg_temp.counted('user:00000000-0000-0000-0000-00000000a001', minute, 0) ->> 'perMinute', '3000', 'a premium workspace raises the limit') FROM clock;
SELECT is(fin.count_requests('{}'), '{}'::jsonb, 'nothing counted');

INSERT INTO fin.request_counts SELECT 'address:192.0.2.9', 'hour', now() - interval '3 hours', 1;
SELECT lives_ok($$ SELECT fin.count_requests('{}') $$, 'old windows');
SELECT is_empty($$ SELECT FROM fin.request_counts WHERE starts < now() - interval '2 hours' $$, 'are removed');

SET LOCAL ROLE fin_user;
SELECT throws_ok($$ SELECT fin.count_requests('{}') $$, '42501', NULL, 'users do not count');
SELECT throws_ok($$ SELECT FROM fin.request_counts $$, '42501', NULL, 'nor read the counts');
SELECT throws_ok($$ UPDATE fin.plan_limits SET per_minute = 1000000 $$, '42501', NULL, 'nor raise their limit');
RESET ROLE;
SET LOCAL ROLE fin_authenticator;
SELECT lives_ok($$ SELECT fin.count_requests('{}') $$, 'the REST server''s login may');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
