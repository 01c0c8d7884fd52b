// What the API could be asked for, read from the catalogue: relations with their columns and rights, functions, routes.
import { psql } from '../support.mjs'

export const SCHEMAS = ['api', 'fin', 'public']
const places = SCHEMAS.map((schema) => `'${schema}'`).join(', ')

export const relations = () =>
    JSON.parse(psql(`
        SELECT coalesce(jsonb_agg(r ORDER BY r ->> 'schema', r ->> 'name'), '[]') FROM (SELECT jsonb_build_object('schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
            'columns', jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL),
                'read', has_column_privilege('fin_user', c.oid, a.attnum, 'SELECT'), 'add', has_column_privilege('fin_user', c.oid, a.attnum, 'INSERT'),
                'change', has_column_privilege('fin_user', c.oid, a.attnum, 'UPDATE')) ORDER BY a.attnum),
            'remove', has_table_privilege('fin_user', c.oid, 'DELETE')) AS r
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname IN (${places}) AND c.relkind IN ('r', 'v', 'm', 'p', 'f') GROUP BY n.nspname, c.oid) s`))

// Those that a member may execute, with the parameters that a caller gives.
export const functions = () =>
    JSON.parse(psql(`
        SELECT coalesce(jsonb_agg(jsonb_build_object('schema', n.nspname, 'name', p.proname, 'volatile', p.provolatile = 'v', 'parameters', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('name', x.name, 'type', format_type(x.type, NULL)) ORDER BY x.n), '[]')
            FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargnames, p.proargmodes) WITH ORDINALITY x(type, name, mode, n)
            WHERE coalesce(x.mode, 'i') IN ('i', 'b', 'v') AND coalesce(x.name, '') <> '')) ORDER BY n.nspname, p.proname, p.oid), '[]')
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN (${places}) AND p.prokind = 'f' AND has_function_privilege('fin_user', p.oid, 'EXECUTE')
          AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
          AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND e.extname <> 'pg_fin')
          AND p.proname !~ '_(trans|final|combine|serial|deserial|sfunc|ffunc|step|add|inverse)$'`))

export const routes = () => JSON.parse(psql("SELECT jsonb_agg(to_jsonb(r) ORDER BY r.path, r.method) FROM fin.routes r"))

// Pairs of relations that a foreign key joins.
export const foreignKeys = () =>
    JSON.parse(psql(`SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('from', a.relname, 'to', b.relname, 'name', k.conname)), '[]') FROM pg_constraint k
        JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid WHERE k.contype = 'f' AND a.relnamespace = 'fin'::regnamespace`))
