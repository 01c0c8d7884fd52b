-- What the functions of schema api share with the extension.
CREATE FUNCTION fin_camel_case(document jsonb) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'fin_camel_case';
COMMENT ON FUNCTION fin_camel_case(jsonb) IS
    'The document with its keys as the product''s API spells them: booked_on becomes bookedOn, at every depth. Values stay as they are.';
