// Reading: filters, select, order, ranges, counts.
import { after, before, describe, it } from 'node:test'
import { expect, launch } from './support.mjs'

let server, aggregating, limited
before(async () => {
    ;[server, aggregating, limited] = await Promise.all([
        launch({ 'db-plan-enabled': true }),
        launch({ 'db-aggregates-enabled': true }),
        launch({ 'db-max-rows': 2 }),
    ])
})
after(() => Promise.all([server, aggregating, limited].map((one) => one.stop())))

// [what, path, ids that come back, in order]
const ids = (list) => list.map((id) => ({ id }))
const filters = [
    ['eq', 'invoice?id=eq.3', [3]],
    ['neq', 'invoice?id=neq.3', [1, 2, 4, 5]],
    ['gt and lte on the same column', 'invoice?id=gt.1&id=lte.3', [2, 3]],
    ['gte, lt', 'invoice?amount=gte.75.25&amount=lt.250.5', [1, 3]],
    ['in', 'invoice?id=in.(1,5)', [1, 5]],
    ['in of nothing', 'invoice?id=in.()', []],
    ['in with quotes', 'party?name=in.("Cobalt, Ltd","D \\"Quote\\" (Inc.)")', [3, 4]],
    ['is null', 'invoice?memo=is.null', [3]],
    ['is not_null', 'invoice?payer_id=is.not_null', [1, 2, 4, 5]],
    ['is NULL in capitals', 'invoice?memo=is.NULL', [3]],
    ['like with *', 'invoice?memo=like.*boards*', [1, 2]],
    ['like with %', 'invoice?memo=like.%25boards%25', [1, 2]],
    ['ilike', 'invoice?memo=ilike.OAK*', [1]],
    ['match', 'invoice?memo=match.^[0-9]', [4]],
    ['imatch', 'invoice?memo=imatch.^OAK', [1]],
    ['fts', 'note?words=fts.close', [1, 2]],
    ['plfts with a language', 'note?words=plfts(english).the closing', [1, 2]],
    ['phfts', 'note?words=phfts(english).long night', [2]],
    ['wfts', 'note?words=wfts(english).books or night', [1, 2]],
    ['fts on a text column', 'note?body=fts(english).closing', [1, 2]],
    ['cs on an array', 'party?tags=cs.{wood}', [1, 2]],
    ['cd on an array', 'party?tags=cd.{wood,metal}', [2, 3, 4]],
    ['ov on an array', 'party?tags=ov.{metal,retail}', [1, 3]],
    ['cs on jsonb', 'party?facts=cs.{"size":250}', [2]],
    ['sl', 'invoice?term=sl.[2024-02-15,2024-02-16)', [1]],
    ['sr', 'invoice?term=sr.[2024-02-15,2024-02-16)', [3, 4]],
    ['nxr', 'invoice?term=nxr.[2024-02-01,2024-03-01)', [1]],
    ['nxl', 'invoice?term=nxl.[2024-02-11,2024-02-12)', [2, 3, 4]],
    ['adj', 'invoice?term=adj.[2024-02-10,2024-02-20)', [1, 3]],
    ['ov on a range', 'invoice?term=ov.[2024-01-31,2024-02-01)', [1]],
    ['isdistinct', 'invoice?payer_id=isdistinct.2', [1, 3, 5]],
    ['not', 'invoice?memo=not.like.*boards*', [4, 5]],
    ['not.in', 'invoice?id=not.in.(1,2,3)', [4, 5]],
    ['not.is.null', 'invoice?memo=not.is.null', [1, 2, 4, 5]],
    ['eq(any)', 'invoice?id=eq(any).{1,4}', [1, 4]],
    ['like(all)', 'invoice?memo=like(all).{*boards*,*nails*}', [2]],
    ['ilike(any)', 'invoice?memo=ilike(any).{OAK*,PINE*}', [1, 2]],
    ['gt(all)', 'invoice?id=gt(all).{1,3}', [4, 5]],
    ['or', 'invoice?or=(id.eq.1,amount.gt.1000)', [1, 4]],
    ['and within or', 'invoice?or=(id.eq.5,and(amount.gt.50,amount.lt.90))', [3, 5]],
    ['not.or', 'invoice?not.or=(id.eq.1,id.eq.2)', [3, 4, 5]],
    ['not.and within or', 'invoice?or=(id.eq.1,not.and(id.gte.1,id.lte.4))', [1, 5]],
    ['or with quotes', 'party?or=(name.eq."Cobalt, Ltd",tags.cs.{wood,retail})', [1, 3]],
    ['or with in', 'invoice?or=(id.in.(1,2),memo.is.null)', [1, 2, 3]],
    ['and of two ors', 'invoice?or=(id.eq.1,id.eq.2)&or=(id.eq.2,id.eq.3)', [2]],
    ['JSON path', 'party?facts->site->>city=eq.Graz', [1]],
    ['JSON path with an index', 'party?facts->site->floors->>0=eq.3', [1]],
    ['JSON path with a negative index', 'party?facts->site->floors->>-1=eq.8', [1]],
    ['JSON number', 'party?facts->size=gt.100', [2]],
    ['array element by path', 'party?tags->>0=eq.metal', [3]],
    ['computed column', 'invoice?gross=gt.300', [2, 4]],
    ['underscore is no wildcard of ours', 'invoice?memo=eq.steel_rods', [5]],
    ['per cent in a value', 'invoice?memo=eq.100%25 of order', [4]],
    ['plus is a space', 'invoice?memo=eq.oak+boards', [1]],
    ['a value with dots and commas', 'party?name=eq.Cobalt, Ltd', [3]],
]
describe('horizontal filters', () => {
    for (const [what, path, wanted] of filters) {
        it(what, async () => expect(await server.call(`GET /${path}&select=id&order=id`), { status: 200, json: ids(wanted) }))
    }
    const refused = [
        ['no operator', 'invoice?id=3', 400, 'PGRST100'],
        ['unknown operator', 'invoice?id=almost.3', 400, 'PGRST100'],
        ['is with something else', 'invoice?id=is.3', 400, 'PGRST100'],
        ['(any) on an operator that has none', 'invoice?id=neq(any).{1}', 400, 'PGRST100'],
        ['an open logic tree', 'invoice?or=(id.eq.1', 400, 'PGRST100'],
        ['an empty logic tree', 'invoice?or=()', 400, 'PGRST100'],
        ['a value that is no number', 'invoice?id=eq.three', 400, '22P02'],
        ['an unknown column', 'invoice?colour=eq.red', 400, '42703'],
        ['an operator that the type lacks', 'invoice?amount=like.1*', 404, '42883'],
        ['an unknown relation', 'invoices?id=eq.1', 404, 'PGRST205'],
        ['a relation of a schema that is not served', 'gold', 404, 'PGRST205'],
        ['a filter on what is not embedded', 'invoice?party.name=eq.Arbor', 400, 'PGRST108'],
    ]
    for (const [what, path, status, code] of refused) {
        it(`refuses ${what}`, async () => expect(await server.call(`GET /${path}`), { status, code }))
    }
    it('hints at the nearest relation', async () =>
        expect(await server.call('GET /invoices'), {
            json: {
                code: 'PGRST205',
                message: "Could not find the table 'books.invoices' in the schema cache",
                details: null,
                hint: "Perhaps you meant the table 'books.invoice'",
            },
        }))
    it('says where the query string went wrong', async () =>
        expect(await server.call('GET /invoice?id=almost.3'), {
            json: {
                code: 'PGRST100',
                message: '"failed to parse filter (almost.3)" (line 1, column 1)',
                details: 'unexpected "a" expecting "not" or operator (eq, gt, ...)',
                hint: null,
            },
        }))
})

describe('select', () => {
    const cases = [
        ['some columns', 'invoice?id=eq.1&select=id,memo', [{ id: 1, memo: 'oak boards' }]],
        ['a star', 'account?code=eq.10', [{ code: '10', title: 'Cash', kind: 'asset', parent: '1' }]],
        ['a star and more', 'label?id=eq.1&select=*,again:name', [{ id: 1, name: 'urgent', again: 'urgent' }]],
        ['an alias', 'label?id=eq.1&select=number:id,name', [{ number: 1, name: 'urgent' }]],
        ['a cast', 'label?id=eq.1&select=id::text', [{ id: '1' }]],
        ['an alias and a cast', 'invoice?id=eq.1&select=sum:amount::text', [{ sum: '100.00' }]],
        ['white space in a type', 'invoice?id=eq.1&select=amount::double precision', [{ amount: 100 }]],
        ['a JSON path', 'party?id=eq.1&select=facts->site->>city', [{ city: 'Graz' }]],
        ['a JSON path with an alias', 'party?id=eq.1&select=town:facts->site->>city', [{ town: 'Graz' }]],
        ['a JSON path that ends in an index', 'party?id=eq.1&select=facts->site->floors->1', [{ floors: 5 }]],
        ['a JSON path and a cast', 'party?id=eq.1&select=size:facts->>size::int', [{ size: 12 }]],
        ['a computed column', 'invoice?id=eq.1&select=id,gross', [{ id: 1, gross: 120.0 }]],
        ['a quoted name', 'label?id=eq.1&select="id"', [{ id: 1 }]],
    ]
    for (const [what, path, json] of cases) it(what, async () => expect(await server.call(`GET /${path}`), { status: 200, json }))
    it('refuses a column that is not there', async () => expect(await server.call('GET /label?select=colour'), { status: 400, code: '42703' }))
    it('refuses a type that is not there', async () => expect(await server.call('GET /label?select=id::colour'), { status: 400, code: '42704' }))
    it('refuses brackets that stay open', async () => expect(await server.call('GET /invoice?select=id,party(name'), { status: 400, code: 'PGRST100' }))
})

describe('order, limit, offset', () => {
    const order = async (path, wanted) => expect(await server.call(`GET /${path}&select=id`), { status: 200, json: ids(wanted) })
    it('ascending by default', () => order('invoice?order=amount', [5, 3, 1, 2, 4]))
    it('descending', () => order('invoice?order=amount.desc', [4, 2, 1, 3, 5]))
    it('several', () => order('invoice?order=party_id.desc,amount.asc', [5, 3, 4, 1, 2]))
    it('nullsfirst and nullslast', async () => {
        await order('invoice?order=payer_id.asc.nullsfirst,id.desc', [3, 5, 1, 4, 2])
        await order('invoice?order=payer_id.desc.nullslast,id', [2, 4, 1, 5, 3])
        await order('invoice?order=payer_id.nullsfirst,id', [3, 1, 5, 2, 4])
    })
    it('a JSON path', () => order('party?order=facts->site->>city.desc.nullslast,id', [1, 2, 3, 4]))
    it('a computed column', () => order('invoice?order=gross.desc&limit=2', [4, 2]))
    it('limit and offset', () => order('invoice?order=id&limit=2&offset=1', [2, 3]))
    it('limit 0', () => order('invoice?limit=0', []))
    it('refuses a word that is no direction', async () => expect(await server.call('GET /invoice?order=id.up'), { status: 400, code: 'PGRST100' }))
    it('an unreadable limit is ignored', () => order('invoice?order=id&limit=few', [1, 2, 3, 4, 5]))
    it('refuses a negative limit', async () => expect(await server.call('GET /invoice?limit=-1'), { status: 416, code: 'PGRST103' }))
})

describe('ranges and counts', () => {
    const count = (kind, more = {}) => ({ headers: { Prefer: `count=${kind}`, ...more } })
    it('says which rows came', async () =>
        expect(await server.call('GET /invoice?limit=2&offset=1'), { status: 200, headers: { 'Content-Range': '1-2/*', 'Preference-Applied': null } }))
    it('counts exactly', async () =>
        expect(await server.call('GET /invoice?limit=2', count('exact')), {
            status: 206,
            headers: { 'Content-Range': '0-1/5', 'Preference-Applied': 'count=exact' },
        }))
    it('is 200 where all rows are there', async () =>
        expect(await server.call('GET /invoice', count('exact')), { status: 200, headers: { 'Content-Range': '0-4/5' } }))
    it('counts nothing', async () =>
        expect(await server.call('GET /invoice?id=eq.99', count('exact')), { status: 200, json: [], headers: { 'Content-Range': '*/0' } }))
    it('plans the count', async () =>
        expect(await server.call('GET /label', count('planned')), { headers: { 'Content-Range': /^0-2\/\d+$/, 'Preference-Applied': 'count=planned' } }))
    it('estimates the count', async () =>
        expect(await server.call('GET /label', count('estimated')), { headers: { 'Content-Range': /^0-2\/\d+$/, 'Preference-Applied': 'count=estimated' } }))
    it('HEAD counts without a body', async () =>
        expect(await server.call('HEAD /invoice', count('exact')), { status: 200, text: '', headers: { 'Content-Range': '0-4/5', 'Content-Length': null } }))
    it('takes the Range header', async () =>
        expect(await server.call('GET /invoice?order=id&select=id', { headers: { 'Range-Unit': 'items', Range: '1-2' } }), {
            status: 200,
            json: ids([2, 3]),
            headers: { 'Content-Range': '1-2/*' },
        }))
    it('takes an open Range', async () =>
        expect(await server.call('GET /invoice?order=id&select=id', { headers: { Range: '3-' } }), { json: ids([4, 5]), headers: { 'Content-Range': '3-4/*' } }))
    it('intersects Range and limit', async () =>
        expect(await server.call('GET /invoice?order=id&select=id&limit=3', { headers: { Range: '1-9' } }), { json: ids([2, 3]), headers: { 'Content-Range': '1-2/*' } }))
    it('ignores Range on HEAD', async () => expect(await server.call('HEAD /invoice', { headers: { Range: '1-2' } }), { headers: { 'Content-Range': '0-4/*' } }))
    it('refuses a Range backwards', async () => expect(await server.call('GET /invoice', { headers: { Range: '2-1' } }), { status: 416, code: 'PGRST103' }))
    it('refuses an offset beyond the end where it knows the end', async () =>
        expect(await server.call('GET /invoice?offset=50', count('exact')), {
            status: 416,
            headers: { 'Content-Range': '*/5' },
            json: {
                code: 'PGRST103',
                message: 'Requested range not satisfiable',
                details: 'An offset of 50 was requested, but there are only 5 rows.',
                hint: null,
            },
        }))
    it('gives an empty answer beyond the end where it does not', async () =>
        expect(await server.call('GET /invoice?offset=50'), { status: 200, json: [], headers: { 'Content-Range': '*/*' } }))
    it('db-max-rows caps reads and functions', async () => {
        expect(await limited.call('GET /invoice?order=id&select=id'), { json: ids([1, 2]), headers: { 'Content-Range': '0-1/*' } })
        expect(await limited.call('GET /invoice?order=id&select=id&limit=4'), { json: ids([1, 2]) })
        expect(await limited.call('POST /rpc/months', { body: { upto: 9 } }), { json: [1, 2] })
        expect(await limited.call('GET /invoice', { headers: { Prefer: 'count=estimated' } }), { headers: { 'Content-Range': /^0-1\/\d+$/ } })
    })
    it('db-max-rows does not cap writes', async () =>
        expect(await limited.call('PATCH /draft?id=lt.100', { body: { note: 'x' }, headers: { Prefer: 'return=representation, count=exact' } }), {
            status: 200,
            headers: { 'Content-Range': '0-2/3' },
        }))
})

describe('aggregates', () => {
    it('are off by default', async () => expect(await server.call('GET /invoice?select=amount.sum()'), { status: 400, code: 'PGRST123' }))
    const cases = [
        ['count', 'invoice?select=count()', [{ count: 5 }]],
        ['sum, avg, min, max', 'invoice?party_id=eq.1&select=amount.sum(),low:amount.min(),high:amount.max(),mean:amount.avg()::int', [{ sum: 350.5, low: 100, high: 250.5, mean: 175 }]],
        ['groups by what else is selected', 'invoice?select=party_id,amount.sum()&order=party_id', [{ party_id: 1, sum: 350.5 }, { party_id: 2, sum: 1275.25 }, { party_id: 3, sum: 10 }]],
        ['a cast before and after', 'invoice?id=eq.1&select=amount::text.max()::varchar', [{ max: '100.00' }]],
        ['of a JSON value', 'party?select=facts->>size::int.sum()', [{ sum: 262 }]],
        ['inside an embed', 'party?id=eq.1&select=name,due:invoice!party_id(amount.sum())', [{ name: 'Arbor', due: [{ sum: 350.5 }] }]],
        ['grouped by an embed', 'invoice?select=party!party_id(name),amount.sum()&id=in.(1,2)', [{ party: { name: 'Arbor' }, sum: 350.5 }]],
        ['hoisted from a to-one spread', 'payment?select=...invoice(amount.max())', [{ max: 1200 }]],
    ]
    for (const [what, path, json] of cases) it(what, async () => expect(await aggregating.call(`GET /${path}`), { status: 200, json }))
    it('not in a to-many spread', async () =>
        expect(await aggregating.call('GET /party?select=...invoice!party_id(amount.sum())'), { status: 400, code: 'PGRST127' }))
})

describe('the envelope of a read', () => {
    it('has the headers that clients read', async () =>
        expect(await server.call('GET /label?select=id&order=id&id=gt.0'), {
            status: 200,
            headers: {
                'Content-Type': 'application/json; charset=utf-8',
                'Content-Location': '/label?id=gt.0&order=id&select=id',
                'Content-Range': '0-2/*',
                'Content-Length': /^\d+$/,
                Vary: 'Accept, Prefer, Range',
                Server: /./,
            },
        }))
    it('no path but one level', async () => {
        expect(await server.call('GET /invoice/1'), { status: 404, code: 'PGRST125' })
        expect(await server.call('GET /rpc/add/1'), { status: 404, code: 'PGRST125' })
    })
    it('methods that a relation does not know', async () => expect(await server.call('TRACE /invoice'), { status: 405, code: 'PGRST117' }))
    it('methods that a function does not know', async () => expect(await server.call('DELETE /rpc/add'), { status: 405, code: 'PGRST101' }))
    it('views and materialized views', async () => {
        expect(await server.call('GET /open_invoice?select=id&order=id'), { json: ids([2, 3, 4]) })
        expect(await server.call('GET /party_turnover?party=eq.1'), { json: [{ party: 1, total: 350.5 }] })
    })
    it('a table without rights', async () => expect(await server.call('GET /safe'), { status: 401, code: '42501', headers: { 'WWW-Authenticate': 'Bearer' } }))
})
