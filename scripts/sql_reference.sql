-- Writes docs/sql.md from the catalog: scripts/cluster psql -XAtq -f scripts/sql_reference.sql > docs/sql.md
SELECT E'# SQL reference\n\nMade from the comments in the catalog by `scripts/sql_reference.sql`; edit the comments in sql/ instead.\n'
    || E'`fin_setup()` must have been run. Functions run as the caller unless schema.md says otherwise.\n';
SELECT format(E'## %s\n\n    %s(%s)%s\n\n%s\n\n%s%s.\n', p.proname, p.proname,
        pg_get_function_arguments(p.oid),
        CASE WHEN p.prokind = 'a' THEN ' aggregate -> ' ELSE E'\n        RETURNS ' END || pg_get_function_result(p.oid),
        obj_description(p.oid, 'pg_proc'),
        CASE WHEN p.prokind = 'a' THEN 'Aggregate'
            ELSE initcap(CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END)
                || CASE WHEN p.proisstrict THEN ', strict' ELSE '' END END,
        CASE p.proparallel WHEN 's' THEN ', parallel safe' WHEN 'r' THEN ', parallel restricted' ELSE ', parallel unsafe' END)
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'pg_fin'
WHERE NOT EXISTS (SELECT FROM pg_aggregate a WHERE p.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn))
ORDER BY p.proname, pg_get_function_arguments(p.oid);
