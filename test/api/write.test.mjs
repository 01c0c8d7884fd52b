// Writing: POST, PATCH, DELETE, PUT, upserts, what Prefer asks, and that nothing half-done stays.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { bearer, expect, launch, psql } from './support.mjs'

let server, keeping
before(async () => {
    // Most writes are rolled back by the server itself: db-tx-end = rollback-allow-override.
    ;[server, keeping] = await Promise.all([launch(), launch({ 'db-tx-end': 'commit' })])
})
after(() => Promise.all([server, keeping].map((one) => one.stop())))

const full = { Prefer: 'return=representation' }
const prefer = (text) => ({ Prefer: text })

describe('POST', () => {
    it('one object: 201 and no body', async () =>
        expect(await server.call('POST /draft', { body: { title: 'tea' } }), {
            status: 201,
            text: '',
            headers: { 'Content-Length': '0', 'Content-Type': null, Location: null, 'Content-Range': '*/*', 'Preference-Applied': null },
        }))
    it('returns what was made', async () =>
        expect(await server.call('POST /draft?select=title,amount,note', { body: { title: 'tea', amount: 3 }, headers: full }), {
            status: 201,
            json: [{ title: 'tea', amount: 3, note: 'to do' }],
            headers: { 'Content-Type': 'application/json; charset=utf-8', 'Preference-Applied': 'return=representation' },
        }))
    it('several rows, counted', async () =>
        expect(await server.call('POST /draft?select=title', { body: [{ title: 'a' }, { title: 'b' }], headers: prefer('return=representation,count=exact') }), {
            status: 201,
            json: [{ title: 'a' }, { title: 'b' }],
            headers: { 'Content-Range': '*/2', 'Preference-Applied': 'return=representation, count=exact' },
        }))
    it('says where the row is: return=headers-only', async () => {
        expect(await server.call('POST /draft', { body: { id: 77 }, headers: prefer('return=headers-only') }), {
            status: 201,
            text: '',
            headers: { Location: '/draft?id=eq.77', 'Preference-Applied': 'return=headers-only' },
        })
        expect(await server.call('POST /stock', { body: { warehouse: 'w', item: 'i' }, headers: prefer('return=headers-only') }), {
            headers: { Location: '/stock?warehouse=eq.w&item=eq.i' },
        })
    })
    it('return=minimal', async () =>
        expect(await server.call('POST /draft', { body: {}, headers: prefer('return=minimal') }), { status: 201, text: '', headers: { 'Preference-Applied': 'return=minimal' } }))
    it('an empty object is a row of defaults, an empty array nothing', async () => {
        expect(await server.call('POST /draft?select=title,note', { body: {}, headers: full }), { status: 201, json: [{ title: 'untitled', note: 'to do' }] })
        expect(await server.call('POST /draft?select=title', { body: [{}, {}], headers: full }), { status: 201, json: [{ title: 'untitled' }, { title: 'untitled' }] })
        expect(await server.call('POST /draft', { body: [], headers: full }), { status: 201, json: [] })
    })
    it('embeds what it returns', async () =>
        expect(await server.call('POST /payment?select=id,invoice(memo)', { body: { id: 9, invoice_id: 1, paid: '2024-05-01', amount: 1 }, headers: full }), {
            status: 201,
            json: [{ id: 9, invoice: { memo: 'oak boards' } }],
        }))
    it('takes nulls, booleans, nested JSON and big numbers as they are', async () =>
        expect(await server.call('POST /party?select=id,facts', { body: '{"id":50,"name":"Z","country":null,"facts":{"n":12345678901234567890,"t":true}}', headers: { ...full, 'Content-Type': 'application/json' } }), {
            status: 201,
            text: '[{"id":50,"facts":{"n": 12345678901234567890, "t": true}}]',
        }))
    it('columns= chooses the keys', async () =>
        expect(await server.call('POST /draft?columns=title&select=title,amount', { body: [{ title: 'a', amount: 5 }, { title: 'b', other: 1 }], headers: full }), {
            status: 201,
            json: [{ title: 'a', amount: null }, { title: 'b', amount: null }],
        }))
    it('columns= in quotes', async () =>
        expect(await server.call('POST /draft?columns="title","amount"&select=amount', { body: [{ title: 'a', amount: 5 }], headers: full }), { json: [{ amount: 5 }] }))
    it('columns= without a value is null, with missing=default the default', async () => {
        expect(await server.call('POST /draft?columns=title,note&select=note', { body: [{ title: 'a' }], headers: full }), { json: [{ note: null }] })
        expect(await server.call('POST /draft?columns=title,note&select=title,note', { body: [{ note: 'n' }, { title: 'x' }], headers: prefer('return=representation, missing=default') }), {
            json: [{ title: 'untitled', note: 'n' }, { title: 'x', note: 'to do' }],
            headers: { 'Preference-Applied': 'missing=default, return=representation' },
        })
    })
    const refused = [
        ['different keys', [{ title: 'a' }, { note: 'b' }], 400, 'PGRST102', 'All object keys must match'],
        ['something that is no object', [1], 400, 'PGRST102', 'All object keys must match'],
        ['broken JSON', '{"title":', 400, 'PGRST102', 'Empty or invalid json'],
        ['an empty body', '', 400, 'PGRST102', 'Empty or invalid json'],
        ['an unknown column', { colour: 'red' }, 400, 'PGRST204', "Could not find the 'colour' column of 'draft' in the schema cache"],
        ['a key twice', { id: 1 }, 409, '23505', 'duplicate key value violates unique constraint "draft_pkey"'],
        ['a null where none may be', { title: null }, 400, '23502', 'null value in column "title" of relation "draft" violates not-null constraint'],
        ['a failed check', { amount: -1 }, 400, '23514', 'new row for relation "draft" violates check constraint "draft_amount_check"'],
        ['a value that is no number', { amount: 'much' }, 400, '22P02', 'invalid input syntax for type numeric: "much"'],
    ]
    for (const [what, body, status, code, message] of refused) {
        it(`refuses ${what}`, async () => {
            const answer = expect(await server.call('POST /draft', { body, headers: { 'Content-Type': 'application/json' } }), { status, code })
            assert.equal(answer.json.message, message)
            assert.deepEqual(Object.keys(answer.json).sort(), ['code', 'details', 'hint', 'message'])
        })
    }
    it('refuses a foreign key that leads nowhere', async () =>
        expect(await server.call('POST /payment', { body: { id: 90, invoice_id: 99, paid: '2024-01-01', amount: 1 } }), {
            status: 409,
            json: {
                code: '23503',
                message: 'insert or update on table "payment" violates foreign key constraint "payment_invoice_id_fkey"',
                details: 'Key (invoice_id)=(99) is not present in table "invoice".',
                hint: null,
            },
        }))
    it('refuses media types that it does not read', async () =>
        expect(await server.call('POST /draft', { body: '<a/>', headers: { 'Content-Type': 'text/xml' } }), { status: 400, code: 'PGRST102' }))
    it('forms', async () =>
        expect(await server.call('POST /draft?select=title,amount', { body: 'title=tea+%26+cake&amount=4', headers: { ...full, 'Content-Type': 'application/x-www-form-urlencoded' } }), {
            status: 201,
            json: [{ title: 'tea & cake', amount: 4 }],
        }))
    it('CSV: quotes, NULL, line breaks', async () =>
        expect(await server.call('POST /draft?select=title,amount,note', { body: 'title,amount,note\n"a, ""b""",NULL,x\r\n"two\nlines",2,NULL\n', headers: { ...full, 'Content-Type': 'text/csv' } }), {
            status: 201,
            json: [{ title: 'a, "b"', amount: null, note: 'x' }, { title: 'two\nlines', amount: 2, note: null }],
        }))
    it('CSV: refuses lines of another length', async () =>
        expect(await server.call('POST /draft', { body: 'title,amount\na,1\nb\n', headers: { 'Content-Type': 'text/csv' } }), { status: 400, code: 'PGRST102' }))
    it('into a view that can be written', async () =>
        expect(await server.call('POST /draft_view?select=title', { body: { title: 'through' }, headers: full }), { status: 201, json: [{ title: 'through' }] }))
    it('into a view with a trigger', async () =>
        expect(await server.call('POST /desk', { body: { number: 4 }, headers: full }), { status: 201, json: [{ number: 4 }] }))
    it('into a table that it may not read', async () => {
        expect(await server.call('POST /inbox', { body: { line: 'x' } }), { status: 201 })
        expect(await server.call('POST /inbox', { body: { line: 'x' }, headers: full }), { status: 401, code: '42501' })
    })
    it('is kept where the server commits', async () => {
        expect(await keeping.call('POST /draft', { body: { id: 5000, title: 'kept' } }), { status: 201 })
        assert.equal(psql('SELECT title FROM books.draft WHERE id = 5000'), 'kept')
        expect(await keeping.call('DELETE /draft?id=eq.5000'), { status: 204 })
        assert.equal(psql('SELECT count(*) FROM books.draft WHERE id = 5000'), '0')
    })
})

describe('upsert', () => {
    const merge = prefer('resolution=merge-duplicates, return=representation')
    it('merges', async () =>
        expect(await server.call('POST /stock?select=item,quantity&order=item', { body: [{ warehouse: 'north', item: 'bolt', quantity: 50 }, { warehouse: 'north', item: 'cog', quantity: 2 }], headers: merge }), {
            status: 201,
            json: [{ item: 'bolt', quantity: 50 }, { item: 'cog', quantity: 2 }],
            headers: { 'Preference-Applied': 'resolution=merge-duplicates, return=representation' },
        }))
    it('is 200 where all of it was there', async () =>
        expect(await server.call('POST /stock', { body: { warehouse: 'north', item: 'bolt', quantity: 50 }, headers: merge }), { status: 200 }))
    it('ignores', async () =>
        expect(await server.call('POST /stock?select=item', { body: [{ warehouse: 'north', item: 'bolt', quantity: 50 }, { warehouse: 'north', item: 'cog', quantity: 2 }], headers: prefer('resolution=ignore-duplicates, return=representation') }), {
            status: 201,
            json: [{ item: 'cog' }],
            headers: { 'Preference-Applied': 'resolution=ignore-duplicates, return=representation' },
        }))
    it('on_conflict names another key', async () =>
        expect(await server.call('POST /ticket?on_conflict=code', { body: { id: 1, code: 'A', subject: 'again' }, headers: merge }), { status: 200, json: [{ id: 1, code: 'A', subject: 'again' }] }))
    it('without a key it inserts', async () =>
        expect(await server.call('POST /tally', { body: { a: 1, b: 2 }, headers: merge }), { status: 201, json: [{ a: 1, b: 2 }], headers: { 'Preference-Applied': 'return=representation' } }))
    it('on_conflict without such a key is an error of the database', async () =>
        expect(await server.call('POST /ticket?on_conflict=subject', { body: { id: 1, code: 'A', subject: 'x' }, headers: merge }), { status: 400, code: '42P10' }))
})

describe('PATCH', () => {
    it('204 without a body', async () =>
        expect(await server.call('PATCH /draft?id=eq.1', { body: { amount: 5 } }), { status: 204, text: '', headers: { 'Content-Type': null, 'Content-Length': null, 'Content-Range': '0-0/*' } }))
    it('200 with the rows', async () =>
        expect(await server.call('PATCH /draft?id=in.(1,2)&select=id,note&order=id.desc', { body: { note: 'n' }, headers: full }), {
            status: 200,
            json: [{ id: 2, note: 'n' }, { id: 1, note: 'n' }],
            headers: { 'Content-Range': '0-1/*', 'Preference-Applied': 'return=representation' },
        }))
    it('counts', async () =>
        expect(await server.call('PATCH /draft?id=lt.100', { body: { note: 'n' }, headers: prefer('count=exact') }), { status: 204, headers: { 'Content-Range': '0-2/3', 'Preference-Applied': 'count=exact' } }))
    it('hits nothing', async () => {
        expect(await server.call('PATCH /draft?id=eq.99', { body: { note: 'n' } }), { status: 204, headers: { 'Content-Range': '*/*' } })
        expect(await server.call('PATCH /draft?id=eq.99', { body: { note: 'n' }, headers: full }), { status: 200, json: [] })
    })
    it('an empty object changes nothing', async () => {
        expect(await server.call('PATCH /draft?id=eq.1', { body: {} }), { status: 204, headers: { 'Content-Range': '*/*' } })
        expect(await server.call('PATCH /draft?id=eq.1', { body: {}, headers: full }), { status: 200, json: [] })
    })
    it('embeds what it returns', async () =>
        expect(await server.call('PATCH /payment?id=eq.1&select=id,invoice(id)', { body: { amount: 61 }, headers: full }), { json: [{ id: 1, invoice: { id: 1 } }] }))
    it('refuses an unknown column', async () => expect(await server.call('PATCH /draft?id=eq.1', { body: { colour: 1 } }), { status: 400, code: 'PGRST204' }))
})

describe('DELETE', () => {
    it('204 without a body', async () => expect(await server.call('DELETE /draft?id=eq.1'), { status: 204, text: '', headers: { 'Content-Range': '*/*', 'Content-Type': null } }))
    it('200 with the rows, counted', async () =>
        expect(await server.call('DELETE /draft?id=in.(1,2)&select=id&order=id', { headers: prefer('return=representation,count=exact') }), { status: 200, json: [{ id: 1 }, { id: 2 }], headers: { 'Content-Range': '*/2' } }))
    it('refuses what others refer to', async () => expect(await server.call('DELETE /invoice?id=eq.1'), { status: 409, code: '23503' }))
    it('hits nothing', async () => expect(await server.call('DELETE /draft?id=eq.99', { headers: full }), { status: 200, json: [] }))
})

describe('PUT', () => {
    it('makes and replaces', async () => {
        expect(await server.call('PUT /stock?warehouse=eq.east&item=eq.bolt', { body: { warehouse: 'east', item: 'bolt', quantity: 3 }, headers: full }), { status: 201, json: [{ warehouse: 'east', item: 'bolt', quantity: 3 }] })
        expect(await server.call('PUT /stock?warehouse=eq.north&item=eq.bolt', { body: { warehouse: 'north', item: 'bolt', quantity: 3 }, headers: full }), { status: 200, json: [{ warehouse: 'north', item: 'bolt', quantity: 3 }] })
        expect(await server.call('PUT /stock?warehouse=eq.north&item=eq.bolt', { body: { warehouse: 'north', item: 'bolt', quantity: 3 } }), { status: 204, text: '' })
    })
    it('refuses filters that are not the key', async () => {
        expect(await server.call('PUT /stock?warehouse=eq.north', { body: { warehouse: 'north', item: 'bolt' } }), { status: 405, code: 'PGRST105' })
        expect(await server.call('PUT /stock?warehouse=eq.north&item=gt.bolt', { body: { warehouse: 'north', item: 'bolt' } }), { status: 405, code: 'PGRST105' })
        expect(await server.call('PUT /ticket?id=eq.1&code=eq.A', { body: { id: 1, code: 'A' } }), { status: 405, code: 'PGRST105' })
    })
    it('refuses a key that is not that of the body', async () =>
        expect(await server.call('PUT /ticket?id=eq.1', { body: { id: 2, code: 'Z', subject: 's' } }), { status: 400, code: 'PGRST115' }))
    it('refuses limits', async () => expect(await server.call('PUT /ticket?id=eq.1&limit=1', { body: { id: 1, code: 'A' } }), { status: 400, code: 'PGRST114' }))
})

describe('Prefer', () => {
    it('strict handling refuses what it does not know', async () =>
        expect(await server.call('GET /label', { headers: prefer('handling=strict, anything=goes, count=exact') }), {
            status: 400,
            json: { code: 'PGRST122', message: 'Invalid preferences given with handling=strict', details: 'Invalid preferences: anything=goes', hint: null },
        }))
    it('lenient handling does not', async () =>
        expect(await server.call('GET /label', { headers: prefer('handling=lenient, anything=goes') }), { status: 200, headers: { 'Preference-Applied': 'handling=lenient' } }))
    it('repeated headers count as one', async () =>
        expect(await server.call('POST /draft?select=title', { body: { title: 'x' }, headers: { Prefer: ['return=representation', 'count=exact'] } }), {
            status: 201,
            json: [{ title: 'x' }],
            headers: { 'Preference-Applied': 'return=representation, count=exact' },
        }))
    it('timezone', async () =>
        expect(await server.call('GET /rpc/seen?setting=timezone', { headers: prefer('timezone=Asia/Tbilisi') }), { json: 'Asia/Tbilisi', headers: { 'Preference-Applied': 'timezone=Asia/Tbilisi' } }))
    it('a timezone that is none', async () => expect(await server.call('GET /label', { headers: prefer('timezone=Moon/Crater') }), { status: 400, code: '22023' }))
    it('max-affected rolls back', async () => {
        expect(await keeping.call('DELETE /draft?id=lt.100', { headers: prefer('handling=strict, max-affected=2') }), {
            status: 400,
            json: { code: 'PGRST124', message: 'Query result exceeds max-affected preference constraint', details: 'The query affects 3 rows', hint: null },
        })
        assert.equal(psql('SELECT count(*) FROM books.draft WHERE id < 100'), '3')
        expect(await server.call('PATCH /draft?id=lt.3', { body: { note: 'x' }, headers: prefer('handling=strict, max-affected=2') }), {
            status: 204,
            headers: { 'Preference-Applied': 'handling=strict, max-affected=2' },
        })
    })
    it('max-affected on functions', async () => {
        expect(await server.call('POST /rpc/clear_drafts', { body: { above: 100 }, headers: prefer('handling=strict, max-affected=1') }), { status: 400, code: 'PGRST124' })
        expect(await server.call('POST /rpc/put_tally', { body: { n: 1 }, headers: prefer('handling=strict, max-affected=1') }), { status: 400, code: 'PGRST128' })
    })
    it('tx=commit and tx=rollback where the server lets them', async () => {
        expect(await server.call('POST /tally', { body: { a: 71, b: 1 }, headers: prefer('tx=commit') }), { status: 201, headers: { 'Preference-Applied': 'tx=commit' } })
        assert.equal(psql('SELECT count(*) FROM books.tally WHERE a = 71'), '1')
        expect(await server.call('DELETE /tally?a=eq.71', { headers: prefer('tx=rollback') }), { status: 204, headers: { 'Preference-Applied': 'tx=rollback' } })
        assert.equal(psql('SELECT count(*) FROM books.tally WHERE a = 71'), '1')
        psql('DELETE FROM books.tally WHERE a = 71')
    })
    it('tx=rollback is not heeded where it does not', async () => {
        expect(await keeping.call('POST /tally', { body: { a: 72, b: 1 }, headers: prefer('tx=rollback') }), { status: 201, headers: { 'Preference-Applied': null } })
        assert.equal(psql('SELECT count(*) FROM books.tally WHERE a = 72'), '1')
        psql('DELETE FROM books.tally WHERE a = 72')
    })
    it('a rollback still shows deferred violations', async () =>
        expect(await server.call('POST /ledger_lock', { body: { id: 1, twin: 2 } }), { status: 409, code: '23503' }))
    it('a commit that fails is not answered with 201', async () =>
        expect(await keeping.call('POST /ledger_lock', { body: { id: 1, twin: 2 } }), { status: 409, code: '23503' }))
})

describe('a single object', () => {
    const single = { Accept: 'application/vnd.pgrst.object+json' }
    it('comes without brackets', async () =>
        expect(await server.call('GET /label?id=eq.1', { headers: single }), {
            status: 200,
            json: { id: 1, name: 'urgent' },
            headers: { 'Content-Type': 'application/vnd.pgrst.object+json; charset=utf-8' },
        }))
    it('also under its short name', async () => expect(await server.call('GET /label?id=eq.1', { headers: { Accept: 'application/vnd.pgrst.object' } }), { json: { id: 1, name: 'urgent' } }))
    it('is refused for none or several, with their number', async () => {
        expect(await server.call('GET /label?id=eq.9', { headers: single }), {
            status: 406,
            json: { code: 'PGRST116', message: 'Cannot coerce the result to a single JSON object', details: 'The result contains 0 rows', hint: null },
        })
        const many = expect(await server.call('GET /label', { headers: single }), { status: 406, code: 'PGRST116' })
        assert.equal(many.json.details, 'The result contains 3 rows')
    })
    it('of a write: or nothing is written', async () => {
        expect(await keeping.call('PATCH /draft?id=in.(1,2)', { body: { note: 'both' }, headers: { ...single, ...full } }), { status: 406, code: 'PGRST116' })
        assert.equal(psql("SELECT count(*) FROM books.draft WHERE note = 'both'"), '0')
        expect(await server.call('POST /tally', { body: { a: 1, b: 1 }, headers: { ...single, ...full } }), { status: 201, json: { a: 1, b: 1 } })
    })
})

describe('row-level security', () => {
    it('shows and takes only one’s own', async () => {
        const ann = bearer({ role: 'api_clerk', sub: 'ann' })
        expect(await server.call('GET /diary?select=id', { headers: ann }), { json: [{ id: 1 }] })
        expect(await server.call('POST /diary', { body: { id: 7, body: 'x' }, headers: { ...ann, ...full } }), { status: 201, json: [{ id: 7, owner: 'ann', body: 'x' }] })
        expect(await server.call('POST /diary', { body: { id: 8, owner: 'bob' }, headers: ann }), { status: 403, code: '42501' })
        expect(await server.call('DELETE /diary?id=eq.2', { headers: { ...ann, ...full } }), { status: 200, json: [] })
    })
})
