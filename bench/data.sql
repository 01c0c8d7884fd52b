-- The ledgers of the benchmarks: made, not random. Row i of a ledger depends on i and the seed alone.
CREATE SCHEMA bench;

CREATE FUNCTION bench.share(i bigint, seed bigint) RETURNS float8
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT (hashint8extended(i, seed) & 2147483647) / 2147483648.0 $$;
COMMENT ON FUNCTION bench.share(bigint, bigint) IS 'A number in [0, 1) that looks random and is always the same.';

-- 33 months from January 2022, in order of date. A counterparty has one category; every eighth is a customer.
CREATE FUNCTION bench.ledger(rows int, counterparties int, seed bigint)
    RETURNS TABLE (line int, day date, counterparty text, category text, description text, amount numeric)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 500000 AS $$
    SELECT i::int,
           date '2022-01-01' + (i::bigint * 1003 / rows)::int,
           'Counterparty ' || lpad(who::text, 5, '0') || (ARRAY[' Ltd', ' GmbH', ' LLC', ' BV'])[who % 4 + 1],
           CASE WHEN who % 8 = 0 THEN (ARRAY['Sales', 'Services revenue', 'Subscriptions'])[who / 8 % 3 + 1]
                ELSE (ARRAY['Rent', 'Salaries', 'Software', 'Marketing', 'Travel', 'Office supplies', 'Utilities', 'Insurance',
                            'Legal fees', 'Bank fees', 'Cost of goods', 'Shipping', 'Taxes', 'Equipment', 'Telephone',
                            'Training'])[who / 8 % 16 + 1] || CASE WHEN who % 3 = 0 THEN ' other' ELSE '' END END,
           'Invoice ' || lpad((i * 7 % 1000003)::text, 7, '0') || ' of contract ' || lpad(who::text, 5, '0')
               || (ARRAY[', paid by transfer', ', card', ', direct debit', ', second part'])[i % 4 + 1],
           CASE WHEN who % 8 = 0 THEN round((200 + 4000 * bench.share(i, seed + 1))::numeric, 2)
                ELSE -round((5 + 500 * bench.share(i, seed + 1) ^ 2)::numeric, 2) END
    FROM generate_series(1, rows) i, LATERAL (SELECT floor(counterparties * bench.share(i, seed))::int AS who) w
$$;

CREATE TABLE bench.files (name text PRIMARY KEY, rows int NOT NULL, content bytea NOT NULL);
-- As it came over the wire: not compressed.
ALTER TABLE bench.files ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE FUNCTION bench.make_file(name text, rows int, counterparties int, seed bigint) RETURNS void
    LANGUAGE sql AS $$
    INSERT INTO bench.files
    SELECT name, rows, convert_to(E'Date,Counterparty,Category,Description,Amount\n'
               || string_agg(format(E'%s,%s,%s,"%s",%s\n', l.day, l.counterparty, l.category, l.description, l.amount),
                             '' ORDER BY l.line), 'UTF8')
    FROM bench.ledger(rows, counterparties, seed) l
$$;
