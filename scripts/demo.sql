-- Imports the ledger named by FIN_LEDGER, analyses it and prints the analysis. Run by scripts/demo through psql;
-- income_bar and expense_bar are the characters of the chart.
SET client_min_messages = warning;

\set content `base64 -w 0 "$FIN_LEDGER"`
SELECT fin_import('hackclub_2015_2017.csv', decode(:'content', 'base64'), '{"currency": "USD"}') AS report \gset
SELECT clock_timestamp() AS before \gset
CREATE TEMP TABLE demo_document AS SELECT fin_analyze(:'report'::uuid) AS document;
SELECT round(extract(epoch FROM clock_timestamp() - :'before'::timestamptz) * 1000) AS milliseconds \gset
CREATE TEMP TABLE demo_metrics AS SELECT * FROM fin_metrics(:'report'::uuid);

-- A figure as people write it; where there is none, the reason.
CREATE FUNCTION pg_temp.figure(value double precision, unit text, status text, reason text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN value IS NULL THEN status || coalesce(': ' || nullif(reason, ''), '')
        WHEN unit LIKE 'money%' THEN to_char(round(value::numeric), 'FM999,999,999,990')
        WHEN unit LIKE 'ratio%' THEN to_char(round(value::numeric * 100, 1), 'FM999990.0') || ' %'
        ELSE to_char(round(value::numeric, 1), 'FM999,999,990.0') || ' ' || unit
    END || CASE WHEN value IS NOT NULL AND status = 'estimated' THEN '  (estimated)' ELSE '' END
$$;

\echo
SELECT format('  Hack Club''s books: %s rows, %s to %s, all figures in %s', to_char(count(*), 'FM999,999'),
              min(booked_on), max(booked_on), (SELECT document ->> 'currency' FROM demo_document))
FROM fin_transactions(:'report'::uuid);
SELECT format('  SELECT fin_analyze(''%s'') took %s ms', :'report', :'milliseconds');
\echo

\echo '  KEY FIGURES'
-- A metric that has no such period is shown for the one it has, once.
WITH figures AS (
    SELECT DISTINCT ON (found.metric, found.period) wanted.place, wanted.label, found.*
    FROM (VALUES (1, 'revenue', 'all', 'Income'),
                 (2, 'expenses', 'all', 'Expenses'),
                 (3, 'net_margin', 'all', 'Net margin'),
                 (4, 'revenue', 'T12', 'Income'),
                 (5, 'expenses', 'T12', 'Expenses'),
                 (6, 'net_profit', 'T12', 'Net result'),
                 (7, 'net_burn', 'T3', 'Net burn a month'),
                 (8, 'cash_balance', 'all', 'Cash from the start'),
                 (9, 'runway', 'all', 'Runway')) AS wanted(place, metric, period, label)
    JOIN LATERAL (SELECT * FROM demo_metrics AS m WHERE m.metric = wanted.metric
                  ORDER BY m.period = wanted.period DESC, m.period = 'all' DESC, m.period LIMIT 1) AS found ON true
    ORDER BY found.metric, found.period, wanted.place
)
SELECT format('    %s%s',
              rpad(label || ', ' || CASE period WHEN 'all' THEN 'whole period' WHEN 'T3' THEN 'last 3 months'
                  WHEN 'T6' THEN 'last 6 months' WHEN 'T12' THEN 'last 12 months' ELSE period END, 36),
              pg_temp.figure(value, unit, status, reason))
FROM figures ORDER BY place;
\echo

\echo '  MONTHS (the last 24)'
WITH months AS (
    SELECT period AS month, max(value) FILTER (WHERE metric = 'revenue') AS income,
           max(value) FILTER (WHERE metric = 'expenses') AS expense
    FROM demo_metrics
    WHERE metric IN ('revenue', 'expenses') AND period ~ '^\d{4}-\d\d$'
    GROUP BY period ORDER BY period DESC LIMIT 24
), scaled AS (
    SELECT *, 22 / nullif(max(greatest(income, expense)) OVER (), 0) AS scale FROM months
)
SELECT CASE WHEN income IS NULL AND expense IS NULL THEN format('    %s  not complete', month)
    ELSE format('    %s  income %s %s   expenses %s %s', month,
                lpad(to_char(round(coalesce(income, 0)::numeric), 'FM999,999,990'), 9),
                rpad(repeat(:'income_bar', ceil(greatest(coalesce(round(income) * scale, 0), 0))::int), 22),
                lpad(to_char(round(coalesce(expense, 0)::numeric), 'FM999,999,990'), 9),
                repeat(:'expense_bar', ceil(greatest(coalesce(round(expense) * scale, 0), 0))::int))
    END
FROM scaled ORDER BY month;
\echo

\echo '  TOP RISKS'
WITH risks AS (
    SELECT row_number() OVER () AS place, * FROM fin_risks(:'report'::uuid)
)
SELECT format('    %s. [%s] %s%s', place, severity, title,
              coalesce(E'\n       at stake: ' || to_char(round(impact), 'FM999,999,999,990') || ' a month', ''))
FROM risks WHERE place <= 3 ORDER BY place;
SELECT '    none holds' WHERE NOT EXISTS (SELECT FROM fin_risks(:'report'::uuid));
\echo

\echo '  TOP RECOMMENDATIONS'
WITH recommendations AS (
    SELECT row_number() OVER () AS place, * FROM fin_recommendations(:'report'::uuid)
)
SELECT format(E'    %s. [%s] %s\n       effect: %s a month', place, priority, action,
              to_char(round(effect_monthly), 'FMSG999,999,999,990'))
FROM recommendations WHERE place <= 3 ORDER BY place;
SELECT '    none' WHERE NOT EXISTS (SELECT FROM fin_recommendations(:'report'::uuid));
\echo

\echo '  TRY NEXT: scripts/cluster psql, then'
SELECT format('    %s', line)
FROM (VALUES (1, format('\set report ''%s''', :'report')),
             (2, 'SELECT jsonb_pretty(fin_analyze(:''report'')->''dashboard'');'),
             (3, 'SELECT metric, value, unit, status, reason FROM fin_metrics(:''report'') WHERE period = ''all'';'),
             (4, 'SELECT * FROM fin_drivers(:''report'', ''expenses'', ''2017-10-01'', ''2017-11-01'');'),
             (5, 'SELECT date_trunc(''month'', booked_on)::date, sum(amount) FROM fin_transactions(:''report'') GROUP BY 1 ORDER BY 1;'),
             (6, 'SELECT fin_verify(:''report'');')) AS lines(place, line)
ORDER BY place;
\echo
