// Functions: arguments of every form, results of every kind, rights, and what a function may say about its answer.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { expect, launch, psql } from './support.mjs'

let server
before(async () => (server = await launch()))
after(() => server.stop())

const post = (name, body, headers) => server.call(`POST /rpc/${name}`, { body, headers })
const get = (path) => server.call(`GET /rpc/${path}`)

describe('arguments', () => {
    it('of a JSON object', async () => expect(await post('add', { a: 2, b: 40 }), { status: 200, json: 42, text: '42' }))
    it('of the query string', async () => expect(await get('add?a=2&b=40'), { status: 200, json: 42 }))
    it('defaults', async () => expect(await post('add', { a: 2 }), { json: 3 }))
    it('HEAD runs without a body', async () => expect(await server.call('HEAD /rpc/add?a=2&b=3'), { status: 200, text: '' }))
    it('no arguments, no body', async () => expect(await server.call('POST /rpc/nothing'), { status: 200, json: null, text: 'null' }))
    it('arrays', async () => {
        expect(await post('lengths', { words: ['one', 'three'] }), { json: [3, 5] })
        expect(await get('lengths?words={one,three}'), { json: [3, 5] })
    })
    it('variadic', async () => {
        expect(await get('total?amounts=1&amounts=2&amounts=3'), { json: 6 })
        expect(await post('total', { amounts: [1, 2] }), { json: 3 })
    })
    it('of a form', async () => expect(await post('add', 'a=2&b=3', { 'Content-Type': 'application/x-www-form-urlencoded' }), { json: 5 }))
    it('the whole body: JSON', async () => expect(await post('take_json', { any: ['thing'] }), { json: { any: ['thing'] } }))
    it('the whole body: text', async () => expect(await post('take_text', 'plain words', { 'Content-Type': 'text/plain' }), { json: 'plain words' }))
    it('the whole body: bytes', async () => expect(await post('take_bytes', Buffer.from([0, 255, 1]), { 'Content-Type': 'application/octet-stream' }), { json: 3 }))
    it('the whole body: XML', async () => expect(await post('take_xml', '<a>1</a>', { 'Content-Type': 'text/xml' }), { status: 200, json: 3 }))
    it('the set of names chooses among overloads', async () => {
        expect(await post('over', { a: 1 }), { json: 'one' })
        expect(await post('over', { a: 1, b: 2 }), { json: 'two' })
    })
})

describe('results', () => {
    const cases = [
        ['a set of rows', 'due_of?customer=2&select=id', [{ id: 3 }, { id: 4 }]],
        ['a row', 'first_party?select=id,name', { id: 1, name: 'Arbor' }],
        ['a set of scalars', 'months?upto=3', [1, 2, 3]],
        ['OUT arguments', 'split?total=5', { half: 2.5, rest: 2.5 }],
        ['a table', 'rates', [{ currency: 'EUR', rate: 1.0 }, { currency: 'NOK', rate: 11.5 }]],
        ['null', 'nothing', null],
    ]
    for (const [what, path, json] of cases) it(what, async () => expect(await get(path), { status: 200, json }))
    it('void: 204', async () => expect(await post('quiet'), { status: 204, text: '', headers: { 'Content-Type': null } }))
    it('filters, order, limit, count', async () => {
        expect(await get('due_of?customer=1&amount=gt.200&select=id'), { json: [{ id: 2 }] })
        expect(await get('due_of?customer=1&order=id.desc&limit=1&select=id'), { json: [{ id: 2 }], headers: { 'Content-Range': '0-0/*' } })
        expect(await server.call('GET /rpc/due_of?customer=1&limit=1', { headers: { Prefer: 'count=exact' } }), { status: 206, headers: { 'Content-Range': '0-0/2' } })
        expect(await server.call('POST /rpc/due_of?select=id&order=id.desc', { body: { customer: 1 } }), { json: [{ id: 2 }, { id: 1 }] })
        expect(await get('rates?rate=gt.2&select=currency'), { json: [{ currency: 'NOK' }] })
    })
    it('a single object', async () =>
        expect(await server.call('GET /rpc/due_of?customer=3&select=id', { headers: { Accept: 'application/vnd.pgrst.object+json' } }), { json: { id: 5 } }))
})

describe('what is refused', () => {
    it('an unknown function, with its arguments and the nearest name', async () => {
        const answer = expect(await post('ad', { a: 1 }), { status: 404, code: 'PGRST202' })
        assert.equal(answer.json.message, 'Could not find the function books.ad(a) in the schema cache')
        assert.equal(
            answer.json.details,
            'Searched for the function books.ad with parameter a or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
        )
    })
    it('hints at the nearest function, and at its arguments', async () => {
        const near = expect(await post('due_off', { customer: 1 }), { status: 404, code: 'PGRST202' })
        assert.equal(near.json.hint, 'Perhaps you meant to call the function books.due_of')
        const wrong = expect(await post('due_of', { customers: 1 }), { status: 404, code: 'PGRST202' })
        assert.equal(wrong.json.hint, 'Perhaps you meant to call the function books.due_of(customer)')
    })
    it('arguments that are not there', async () => expect(await post('add', { a: 1, z: 2 }), { status: 404, code: 'PGRST202' }))
    it('two that fit equally', async () =>
        expect(await post('pick', { a: 1 }), {
            status: 300,
            json: {
                code: 'PGRST203',
                message: 'Could not choose the best candidate function between: books.pick(a => integer), books.pick(a => text)',
                details: null,
                hint: "Try renaming the parameters or the function itself in the database so function overloading can be resolved",
            },
        }))
    it('a body that is no object', async () => expect(await post('add', '"x', { 'Content-Type': 'application/json' }), { status: 400, code: 'PGRST102' }))
    it('a value of another type', async () => expect(await get('add?a=x'), { status: 400, code: '22P02' }))
    it('a write by GET: read-only', async () => expect(await get('put_tally?n=1'), { status: 405, code: '25006' }))
    it('a write by a function that claims to be stable', async () => expect(await post('sly_write'), { status: 405, code: '25006' }))
    it('a write by POST is let through', async () => {
        expect(await post('put_tally', { n: 31 }, { Prefer: 'tx=commit' }), { status: 200, json: 31 })
        assert.equal(psql('DELETE FROM books.tally WHERE a = 31 RETURNING b'), '31')
    })
})

describe('what a function says about its answer', () => {
    it('headers and status', async () =>
        expect(await post('say_header'), { status: 418, json: 'teapot', headers: { 'X-Ledger': 'closed', 'Cache-Control': 'no-store' } }))
    it('headers that are none', async () => expect(await post('say_nonsense', { setting: 'response.headers' }), { status: 500, code: 'PGRST111' }))
    it('a status that is none', async () => expect(await post('say_nonsense', { setting: 'response.status' }), { status: 500, code: 'PGRST112' }))
    it('a RAISE: 400 with detail and hint', async () =>
        expect(await post('raise_plain'), {
            status: 400,
            json: { code: 'P0001', message: 'the period is closed', details: 'since March', hint: 'ask the clerk' },
            headers: { 'Proxy-Status': 'PostgREST; error=P0001' },
        }))
    it('a RAISE with a status', async () => {
        const answer = expect(await post('raise_status'), { status: 402, json: { code: 'PT402', message: 'Pay first', details: 'quota', hint: 'upgrade' } })
        assert.equal(answer.reason, 'Pay first')
    })
    it('a RAISE with all of it', async () => {
        const answer = expect(await post('raise_json'), {
            status: 332,
            json: { code: 'CLOSED', message: 'not now', details: 'books are closed', hint: 'come back' },
            headers: { 'X-Reason': 'closed' },
        })
        assert.equal(answer.reason, 'Later')
    })
    it('a RAISE that is broken', async () => expect(await post('raise_broken'), { status: 500, code: 'PGRST121' }))
    it('SET clauses of the function count in the transaction', async () => expect(await post('isolation'), { json: 'repeatable read' }))
})
