-- Walks the catalog: comments, pinned search paths, privileges, row-level security, independence from the extension.
BEGIN;
SELECT plan(19);

-- Whatever fin_setup() made and whatever the extension brought.
CREATE TEMP TABLE fin_function AS
    SELECT p.oid::regprocedure::text AS name, p.* FROM pg_proc p
    WHERE p.pronamespace IN ('fin'::regnamespace, 'api'::regnamespace)
       OR p.oid IN (SELECT objid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'e'
                    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_fin'));

SELECT is_empty($$ SELECT name FROM fin_function WHERE obj_description(oid, 'pg_proc') IS NULL $$, 'every function has a comment');
SELECT is_empty($$ SELECT oid::regclass FROM pg_class WHERE relnamespace IN ('fin'::regnamespace, 'api'::regnamespace)
    AND relkind IN ('r', 'p', 'v', 'm', 'f') AND obj_description(oid, 'pg_class') IS NULL $$, 'every table and view has a comment');
SELECT is_empty($$ SELECT polrelid::regclass, polname FROM pg_policy WHERE obj_description(oid, 'pg_policy') IS NULL
    AND polrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'fin'::regnamespace) $$, 'every policy has a comment');
SELECT is_empty($$ SELECT nspname FROM pg_namespace WHERE nspname = 'fin' AND obj_description(oid, 'pg_namespace') IS NULL $$, 'schema fin has a comment');

SELECT is_empty($$ SELECT name FROM fin_function WHERE prosecdef AND NOT coalesce(proconfig @> '{"search_path=pg_catalog, pg_temp"}', false) $$,
    'every definer function pins its search path');
SELECT is_empty($$ SELECT f.name FROM fin_function f JOIN pg_language l ON l.oid = f.prolang
    WHERE l.lanname IN ('sql', 'plpgsql') AND NOT coalesce(proconfig @> '{"search_path=pg_catalog, pg_temp"}', false) $$,
    'so does every function in SQL or PL/pgSQL');
SELECT is_empty($$ SELECT name FROM fin_function WHERE prosecdef AND has_function_privilege('public', oid, 'EXECUTE') $$,
    'nobody else may execute a definer function');
SELECT is_empty($$ SELECT name FROM fin_function WHERE prosecdef AND proowner <> 'fin_definer'::regrole $$, 'fin_definer owns them');
SELECT is_empty($$ SELECT name FROM fin_function WHERE pronamespace = 'fin'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE') $$,
    'PUBLIC executes nothing in schema fin');
SELECT is_empty($$ SELECT name FROM fin_function WHERE NOT prosecdef AND proowner = 'fin_definer'::regrole $$, 'and fin_definer owns nothing else');
SELECT is_empty($$ SELECT rolname FROM pg_roles WHERE rolname = 'fin_definer' AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole) $$,
    'fin_definer cannot log in and passes by nothing');

SELECT is_empty($$ SELECT oid::regclass FROM pg_class WHERE relnamespace = 'fin'::regnamespace AND relkind IN ('r', 'p') AND NOT relrowsecurity $$,
    'every table has row-level security');
SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'fin'::regnamespace AND relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) $$, 'and policies');
SELECT is_empty($$ SELECT polrelid::regclass, polname FROM pg_policy WHERE polroles <> '{0}'
    AND polrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'fin'::regnamespace) $$, 'which name no roles, so that they restore without them');
SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c WHERE relnamespace IN ('fin'::regnamespace, 'api'::regnamespace) AND relkind = 'v'
    AND NOT coalesce(reloptions @> '{security_invoker=true}', false) $$, 'views look through the eyes of who asks');
SELECT is_empty($$ SELECT c.oid::regclass, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
    WHERE relnamespace IN ('fin'::regnamespace, 'api'::regnamespace) AND a.grantee = 0 $$, 'PUBLIC has no right on any table');
-- Tenants' tables say whose a row is; these few belong to people or to the installation.
SELECT set_eq($$ SELECT c.relname::text COLLATE "C" FROM pg_class c WHERE relnamespace = 'fin'::regnamespace AND relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id') $$,
    ARRAY['account_tokens', 'ai_models', 'job_kinds', 'login_failures', 'migrations', 'oidc_identities', 'oidc_providers', 'oidc_sign_ins', 'plan_limits', 'providers', 'request_counts', 'routes',
          'schedule_clock', 'spent_tokens', 'storage', 'users', 'workspaces'], 'every other table carries workspace_id');

SELECT is_empty($$ SELECT d.classid::regclass, d.objid FROM pg_depend d JOIN pg_depend e ON (e.classid, e.objid) = (d.refclassid, d.refobjid)
    WHERE e.deptype = 'e' AND e.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_fin') AND d.deptype NOT IN ('e', 'i')
      AND (d.classid, d.objid) NOT IN (SELECT classid, objid FROM pg_depend WHERE deptype = 'e') $$,
    'nothing outside the extension depends on its members');
SELECT is_empty($$ SELECT refobjid::regclass FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e' AND c.relnamespace IN ('fin'::regnamespace, 'api'::regnamespace) $$,
    'the tables do not belong to the extension');
SELECT * FROM finish();
ROLLBACK;
