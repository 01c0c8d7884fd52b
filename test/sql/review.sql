-- What may be stored of a model, who switches AI, and what is refused. What workers do is tested in test/server/review.pl.
\pset fieldsep '\n'
BEGIN;
SELECT plan(54);

-- Texts ---------------------------------------------------------------------------------------------------------------------
SELECT ok(fin.is_grounded(said), 'may be stored: ' || said) FROM (VALUES
    ('Revenue grew to {{f:1}} in {{f:1.period}}.'), ('One of the figures, {{n:abcdefgh}}: {{f:12.change}}'), ('Выручка выросла до {{f:1}}, «хорошо».'),
    ('The third payer came late, {{f:1}}.')) AS t(said);
SELECT ok(NOT fin.is_grounded(said), 'may not be stored: ' || said) FROM (VALUES
    ('It is 12.'), ('twelve months'), ('ДВЕНАДЦАТЬ'), ('трёх клиентов'), ('half of it'), ('a third of it'), ('вдвое больше'), ('5 %'), ('ten percent'),
    ('€ and more'), ('½'), ('in January'), ('в мае'), ('五'), ('see evil.example'), ('https://x'), ('<b>{{f:1}}</b>'), ('{{f:0}}'), ('{{x:1}}'), ('{{f:1'),
    ('{{f:1.sum}}'), (E'a\u200Bb'), (repeat('a', 4001))) AS t(said);
SELECT ok(NOT fin.is_grounded(NULL), 'nothing is no text');
SELECT ok(fin.is_grounded_answer('{"headline": {"text": "Fine {{f:1}}.", "fact_ids": [1]}, "statements": []}'), 'numbers of an answer are elsewhere than in its texts');
SELECT ok(NOT fin.is_grounded_answer('{"statements": [{"text": "It is 12."}]}'), 'a number in a text is found wherever it is');
SELECT ok(NOT fin.is_grounded_answer('{"statements": [{"text": 12}]}'), 'a number for a text too');

-- Who may what ---------------------------------------------------------------------------------------------------------------
CREATE ROLE review_ann LOGIN; CREATE ROLE review_vic LOGIN; CREATE ROLE review_op LOGIN;
GRANT fin_user TO review_ann, review_vic; GRANT fin_admin TO review_op;
SET SESSION AUTHORIZATION review_ann;
SELECT fin.writable_workspace() AS place \gset
SELECT fin_import('r.csv', convert_to(E'date,amount,category,counterparty\n2025-01-02,100,Sales,Acme\n2025-02-02,-40,Rent,Landlord\n2025-03-02,120,Sales,Acme\n', 'UTF8')) AS report \gset
SELECT throws_ok(format('SELECT fin_review(%L)', :'report'), '55000', 'AI is not switched on in the workspace', 'AI is off until somebody switches it on');
SELECT throws_ok($$SELECT fin_ai_model_set('m', 'drafter', 'p', 'openai_chat', 'x')$$, '42501', NULL, 'members define no model');
SELECT throws_ok($$SELECT fin_ai_switch(true, -1)$$, '22023', NULL, 'a budget below zero');
SELECT lives_ok($$SELECT fin_ai_switch(true, 3)$$, 'an admin switches it on');
SELECT is((SELECT daily_budget FROM fin.ai_consents), 3::numeric, 'with a budget');
SELECT throws_ok($$SELECT name_key FROM fin.ai_consents$$, '42501', NULL, 'the key of the tokens is not read');
SELECT is(fin_ai_preview(:'report') -> 'enabled', 'true', 'the preview says that it is on');
SELECT unalike(fin_ai_preview(:'report')::text, '%Acme%', 'and shows no name');
SELECT throws_ok($$SELECT fin_fact(gen_random_uuid(), 1)$$, '42704', NULL, 'a fact that is not there');
SELECT throws_ok(format($$SELECT fin.ai_call_begin(%L, '{}', 1)$$, :'place'), '42501', 'only workers write what models say', 'members write no calls');
SELECT throws_ok(format($$SELECT fin.review_store(%L, '{}')$$, :'place'), '42501', 'only workers write what models say', 'nor reviews');
SELECT throws_ok($$SELECT fin_prompt_set('Use {{f:1}}')$$, '22023', NULL, 'a style with slots');
SELECT is(fin_prompt_set('Short.'), 1, 'a style is a version');
SELECT is(fin_prompt_set('Shorter.'), 2, 'and the next one');
SELECT throws_ok($$SELECT fin_prompt_compare(0)$$, '22023', NULL, 'none is too few to compare');
SELECT is(fin_merchant('ACME Inc. 003392'), fin_merchant('acme inc'), 'one merchant, two spellings');
SELECT is(fin_suggest_categories(:'report') ->> 'merchants_left', '0', 'no row is without a category');
RESET SESSION AUTHORIZATION;
SELECT lives_ok(format($$SET SESSION AUTHORIZATION review_ann; SELECT fin.add_member(%L, 'review_vic', 'viewer')$$, :'place'), 'a viewer');
SET SESSION AUTHORIZATION review_vic;
SELECT set_config('pg_fin.workspace', :'place', true) IS NOT NULL AS chosen \gset
SELECT throws_ok($$SELECT fin_ai_switch(false)$$, '42501', NULL, 'a viewer switches nothing');
SELECT throws_ok($$SELECT fin_prompt_set('x')$$, '42501', NULL, 'and sets no prompt');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION review_op;
SELECT fin_provider_set('review_p', 'http', 'http://127.0.0.1:9');
SELECT throws_ok($$SELECT fin_ai_model_set('m', 'drafter', 'review_p', 'openai_chat', 'x', '{"price": 1}')$$, '22023', 'unknown setting "price" of a model', 'an unknown setting is named');
SELECT throws_ok($$SELECT fin_ai_model_set('m', 'drafter', 'nobody', 'openai_chat', 'x')$$, '22023', NULL, 'an unknown provider too');
SELECT lives_ok($$SELECT fin_ai_model_set('m', 'drafter', 'review_p', 'openai_chat', 'x', '{"price_input": 2}')$$, 'an operator defines a model');
RESET SESSION AUTHORIZATION;
SELECT * FROM finish();
ROLLBACK;
