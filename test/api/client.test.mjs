// The official client, unmodified: the calls of its README and of the pages it leads to (select, insert, update, delete,
// upsert, rpc, filters, modifiers).
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { PostgrestClient } from '@supabase/postgrest-js'
import { launch, psql, token } from './support.mjs'

let server, client
before(async () => {
    server = await launch({ 'db-schemas': 'books,archive', 'db-plan-enabled': true, 'db-aggregates-enabled': true, 'db-tx-end': 'commit-allow-override' })
    client = new PostgrestClient(server.url)
    psql('CREATE TABLE IF NOT EXISTS books.city (id int PRIMARY KEY, name text NOT NULL, note text DEFAULT \'none\', since date); GRANT ALL ON books.city TO api_anon; TRUNCATE books.city')
    psql("NOTIFY pgrst, 'reload schema'")
    for (let i = 0; i < 100; i++) {
        if (!(await client.from('city').select()).error) break
        await new Promise((resolve) => setTimeout(resolve, 50))
    }
})
after(async () => {
    await server.stop()
    psql('DROP TABLE IF EXISTS books.city')
})

// The data of an answer without an error.
const data = async (question) => {
    const answer = await question
    assert.equal(answer.error, null, JSON.stringify(answer))
    return answer.data
}
const idsOf = async (question) => (await data(question)).map((row) => row.id)

describe('README', () => {
    it('select()', async () => assert.equal((await data(client.from('invoice').select())).length, 5))
    it('a fetch of one’s own', async () => {
        let calls = 0
        const own = new PostgrestClient(server.url, { fetch: (...args) => (calls++, fetch(...args)) })
        assert.equal((await data(own.from('label').select('name'))).length, 3)
        assert.equal(calls, 1)
    })
    it('headers and a schema', async () => {
        const clerk = new PostgrestClient(server.url, { headers: { Authorization: `Bearer ${token({ role: 'api_clerk' })}` }, schema: 'archive' })
        assert.deepEqual(await data(clerk.from('ledger').select()), [{ id: 1, title: 'old' }])
        assert.equal(await data(clerk.schema('books').rpc('who')), 'api_clerk')
    })
})

describe('insert, upsert, update, delete', () => {
    it('insert one', async () => {
        const answer = await client.from('city').insert({ id: 1, name: 'Graz' })
        assert.deepEqual([answer.status, answer.data, answer.error], [201, null, null])
    })
    it('insert and read it', async () => assert.deepEqual(await data(client.from('city').insert({ id: 2, name: 'Bergen' }).select()), [{ id: 2, name: 'Bergen', note: 'none', since: null }]))
    it('insert many, absent keys null or default', async () => {
        assert.deepEqual(await data(client.from('city').insert([{ id: 3, name: 'York' }, { id: 4, name: 'Bath', note: 'x' }]).select('id,note')), [{ id: 3, note: null }, { id: 4, note: 'x' }])
        assert.deepEqual(await data(client.from('city').insert([{ id: 5, name: 'Rye' }, { id: 6, name: 'Ely', note: 'x' }], { defaultToNull: false }).select('id,note')), [{ id: 5, note: 'none' }, { id: 6, note: 'x' }])
    })
    it('insert and count', async () => {
        const answer = await client.from('city').insert([{ id: 7, name: 'a' }, { id: 8, name: 'b' }], { count: 'exact' })
        assert.equal(answer.count, 2)
    })
    it('insert twice: an error as an object', async () => {
        const { error, status } = await client.from('city').insert({ id: 1, name: 'again' })
        assert.equal(status, 409)
        assert.deepEqual([error.code, error.message, error.details], ['23505', 'duplicate key value violates unique constraint "city_pkey"', 'Key (id)=(1) already exists.'])
    })
    it('upsert', async () => {
        assert.deepEqual(await data(client.from('city').upsert({ id: 1, name: 'Gratz' }).select('name')), [{ name: 'Gratz' }])
        assert.deepEqual(await data(client.from('city').upsert([{ id: 1, name: 'x' }, { id: 9, name: 'Hull' }], { ignoreDuplicates: true }).select('id')), [{ id: 9 }])
        assert.deepEqual(await data(client.from('city').upsert({ id: 9, name: 'Hove' }, { onConflict: 'id' }).select('name')), [{ name: 'Hove' }])
    })
    it('update', async () => {
        const silent = await client.from('city').update({ note: 'n' }).eq('id', 1)
        assert.deepEqual([silent.status, silent.data], [204, null])
        assert.deepEqual(await data(client.from('city').update({ note: 'm' }).in('id', [2, 3]).select('id,note').order('id')), [{ id: 2, note: 'm' }, { id: 3, note: 'm' }])
    })
    it('delete', async () => {
        assert.deepEqual(await data(client.from('city').delete().eq('id', 9).select('id')), [{ id: 9 }])
        const answer = await client.from('city').delete({ count: 'exact' }).gte('id', 7)
        assert.deepEqual([answer.status, answer.count], [204, 2])
    })
    it('rollback() and maxAffected()', async () => {
        await data(client.from('city').delete().eq('id', 1).rollback())
        assert.deepEqual(await idsOf(client.from('city').select().eq('id', 1)), [1])
        const { error } = await client.from('city').delete().gt('id', 0).maxAffected(1)
        assert.equal(error.code, 'PGRST124')
    })
})

describe('filters', () => {
    const invoices = () => client.from('invoice').select('id').order('id')
    const cases = [
        ['eq', () => invoices().eq('id', 2), [2]],
        ['neq', () => invoices().neq('id', 2), [1, 3, 4, 5]],
        ['gt, gte, lt, lte', () => invoices().gt('id', 1).gte('id', 2).lt('id', 5).lte('id', 4), [2, 3, 4]],
        ['like, ilike', () => invoices().like('memo', '%boards%').ilike('memo', 'OAK%'), [1]],
        ['likeAllOf', () => invoices().likeAllOf('memo', ['%boards%', '%nails%']), [2]],
        ['likeAnyOf', () => invoices().likeAnyOf('memo', ['oak%', 'pine%']), [1, 2]],
        ['ilikeAllOf, ilikeAnyOf', () => invoices().ilikeAllOf('memo', ['%BOARDS%']).ilikeAnyOf('memo', ['OAK%', 'x']), [1]],
        ['is', () => invoices().is('memo', null), [3]],
        ['in', () => invoices().in('id', [1, 5]), [1, 5]],
        ['in with text that needs quotes', () => client.from('party').select('id').in('name', ['Cobalt, Ltd', 'Arbor']).order('id'), [1, 3]],
        ['contains: array', () => client.from('party').select('id').contains('tags', ['wood']).order('id'), [1, 2]],
        ['contains: JSON', () => client.from('party').select('id').contains('facts', { size: 250 }), [2]],
        ['contains: range', () => invoices().contains('term', '[2024-01-15,2024-01-16)'), [1]],
        ['containedBy', () => client.from('party').select('id').containedBy('tags', ['metal', 'x']).order('id'), [3, 4]],
        ['rangeGt', () => invoices().rangeGt('term', '[2024-02-15,2024-02-16)'), [3, 4]],
        ['rangeGte', () => invoices().rangeGte('term', '[2024-02-11,2024-02-12)'), [2, 3, 4]],
        ['rangeLt', () => invoices().rangeLt('term', '[2024-02-15,2024-02-16)'), [1]],
        ['rangeLte', () => invoices().rangeLte('term', '[2024-02-01,2024-03-01)'), [1]],
        ['rangeAdjacent', () => invoices().rangeAdjacent('term', '[2024-02-10,2024-02-20)'), [1, 3]],
        ['overlaps', () => client.from('party').select('id').overlaps('tags', ['metal', 'retail']).order('id'), [1, 3]],
        ['textSearch', () => client.from('note').select('id').textSearch('words', "'close' & 'book'"), [1]],
        ['textSearch: plain, phrase, websearch', () => client.from('note').select('id').textSearch('words', 'long night', { type: 'phrase', config: 'english' }), [2]],
        ['match', () => invoices().match({ party_id: 1, payer_id: 2 }), [2]],
        ['not', () => invoices().not('memo', 'is', null).not('id', 'in', '(1,2)'), [4, 5]],
        ['or', () => invoices().or('id.eq.1,and(amount.gt.50,amount.lt.90)'), [1, 3]],
        ['filter', () => invoices().filter('amount', 'gte', 250.5), [2, 4]],
        ['JSON path', () => client.from('party').select('id').eq('facts->site->>city', 'Graz'), [1]],
    ]
    for (const [what, ask, wanted] of cases) it(what, async () => assert.deepEqual(await idsOf(ask()), wanted))
    it('or on an embed', async () =>
        assert.deepEqual(await data(client.from('invoice').select('id,payment(id)').eq('id', 1).or('id.eq.2,amount.gt.1000', { referencedTable: 'payment' })), [{ id: 1, payment: [{ id: 2 }] }]))
})

describe('modifiers', () => {
    it('order, limit, range', async () => {
        assert.deepEqual(await idsOf(client.from('invoice').select('id').order('payer_id', { nullsFirst: true }).order('id', { ascending: false }).limit(2)), [3, 5])
        assert.deepEqual(await idsOf(client.from('invoice').select('id').order('id').range(1, 2)), [2, 3])
    })
    it('order and limit of an embed', async () =>
        assert.deepEqual(await data(client.from('invoice').select('payment(id)').eq('id', 1).order('id', { referencedTable: 'payment', ascending: false }).limit(1, { referencedTable: 'payment' })), [{ payment: [{ id: 2 }] }]))
    it('white space in select', async () =>
        assert.deepEqual(await data(client.from('payment').select(`\n  id,\n  invoice ( id, memo )\n`).eq('id', 3)), [{ id: 3, invoice: { id: 2, memo: 'pine boards and nails' } }]))
    it('single and maybeSingle', async () => {
        assert.deepEqual(await data(client.from('label').select().eq('id', 1).single()), { id: 1, name: 'urgent' })
        const none = await client.from('label').select().eq('id', 9).single()
        assert.deepEqual([none.status, none.error.code, none.error.details], [406, 'PGRST116', 'The result contains 0 rows'])
        const maybe = await client.from('label').select().eq('id', 9).maybeSingle()
        assert.deepEqual([maybe.data, maybe.error], [null, null])
        const written = await client.from('city').update({ note: 'x' }).eq('id', 99).select().maybeSingle()
        assert.deepEqual([written.data, written.error], [null, null])
        assert.equal((await client.from('label').select().maybeSingle()).error.code, 'PGRST116')
    })
    it('count, head', async () => {
        for (const kind of ['exact', 'planned', 'estimated']) {
            const answer = await client.from('invoice').select('*', { count: kind, head: true })
            assert.deepEqual([answer.data, answer.error], [null, null])
            assert.equal(typeof answer.count, 'number')
        }
        assert.equal((await client.from('invoice').select('*', { count: 'exact' }).limit(2)).count, 5)
    })
    it('csv', async () => assert.equal(await data(client.from('label').select().order('id').csv()), 'id,name\n1,urgent\n2,export\n3,unused'))
    it('explain', async () => {
        assert.match(await data(client.from('label').select().explain()), /Aggregate|Scan/)
        const plan = await data(client.from('label').select().explain({ format: 'json', analyze: true, verbose: true, buffers: true, settings: true, wal: true }))
        assert.ok(plan[0].Plan['Actual Rows'] >= 0)
    })
    it('aggregates', async () => assert.deepEqual(await data(client.from('invoice').select('party_id,amount.sum()').eq('party_id', 1)), [{ party_id: 1, sum: 350.5 }]))
    it('abortSignal', async () => {
        const answer = await client.rpc('slow', { seconds: 5 }).abortSignal(AbortSignal.timeout(100))
        assert.ok(answer.error)
        assert.equal((await data(client.from('label').select())).length, 3)
    })
    it('throwOnError', async () => assert.rejects(async () => await client.from('nowhere').select().throwOnError(), /Could not find the table/))
})

describe('rpc', () => {
    it('POST', async () => assert.equal(await data(client.rpc('add', { a: 1, b: 2 })), 3))
    it('GET', async () => assert.equal(await data(client.rpc('add', { a: 1, b: 2 }, { get: true })), 3))
    it('GET with an array', async () => assert.deepEqual(await data(client.rpc('lengths', { words: ['a', 'bcd'] }, { get: true })), [1, 3]))
    it('HEAD and count', async () => {
        const answer = await client.rpc('due_of', { customer: 1 }, { head: true, count: 'exact' })
        assert.deepEqual([answer.data, answer.count, answer.error], [null, 2, null])
    })
    it('filters and embeds', async () => assert.deepEqual(await data(client.rpc('due_of', { customer: 1 }).select('id,payment(id)').gt('amount', 200)), [{ id: 2, payment: [{ id: 3 }] }]))
    it('void', async () => assert.equal((await client.rpc('quiet')).status, 204))
    it('an error', async () => {
        const { error, status } = await client.rpc('raise_plain')
        assert.deepEqual([status, error.code, error.message, error.details, error.hint], [400, 'P0001', 'the period is closed', 'since March', 'ask the clerk'])
    })
})

describe('embedding', () => {
    it('hints, aliases, inner joins, spread', async () => {
        assert.deepEqual(await data(client.from('invoice').select('id, customer:party!party_id(name), payer:party!invoice_payer(name)').eq('id', 2).single()), { id: 2, customer: { name: 'Arbor' }, payer: { name: 'Boreal' } })
        assert.deepEqual(await idsOf(client.from('invoice').select('id, payment!inner(id)').gt('payment.amount', 100).order('id')), [2, 4])
        assert.deepEqual(await data(client.from('payment').select('id, ...invoice(memo)').eq('id', 3)), [{ id: 3, memo: 'pine boards and nails' }])
        assert.deepEqual(await idsOf(client.from('invoice').select('id, payment()').is('payment', null).order('id')), [3, 5])
    })
    it('several ways: an error with details', async () => {
        const { error, status } = await client.from('invoice').select('party(name)')
        assert.deepEqual([status, error.code, error.details.length], [300, 'PGRST201', 2])
    })
})
