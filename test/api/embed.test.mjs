// Embedding: every kind of relationship, hints, joins, spread, and what is said where there are several or none.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { expect, launch } from './support.mjs'

let server
before(async () => (server = await launch()))
after(() => server.stop())

const get = (path) => server.call(`GET /${path}`)
const cases = [
    ['to one', 'payment?id=eq.3&select=id,invoice(id,memo)', [{ id: 3, invoice: { id: 2, memo: 'pine boards and nails' } }]],
    ['to one that is absent', 'invoice?id=eq.3&select=id,payer:invoice_payer(name)', [{ id: 3, payer: null }]],
    ['to many', 'invoice?id=eq.1&select=id,payment(id,paid)', [{ id: 1, payment: [{ id: 1, paid: '2024-01-20' }, { id: 2, paid: '2024-01-30' }] }]],
    ['to many, none', 'invoice?id=eq.3&select=id,payment(id)', [{ id: 3, payment: [] }]],
    ['many to many', 'invoice?id=eq.1&select=id,label(name)&label.order=id', [{ id: 1, label: [{ name: 'urgent' }, { name: 'export' }] }]],
    ['many to many backwards', 'label?id=eq.2&select=name,invoice(id)&invoice.order=id', [{ name: 'export', invoice: [{ id: 1 }, { id: 4 }] }]],
    ['one to one', 'party?id=eq.1&select=id,party_detail(vat)', [{ id: 1, party_detail: { vat: 'ATU1' } }]],
    ['one to one backwards', 'party_detail?party_id=eq.2&select=vat,party(name)', [{ vat: 'NO2', party: { name: 'Boreal' } }]],
    ['nested', 'payment?id=eq.1&select=id,invoice(id,label(name),party!party_id(name,party_detail(vat)))&invoice.label.order=id', [
        { id: 1, invoice: { id: 1, label: [{ name: 'urgent' }, { name: 'export' }], party: { name: 'Arbor', party_detail: { vat: 'ATU1' } } } },
    ]],
    ['an alias', 'payment?id=eq.3&select=bill:invoice(id)', [{ bill: { id: 2 } }]],
    ['a hint: the name of the key', 'invoice?id=eq.2&select=id,party!invoice_payer(name)', [{ id: 2, party: { name: 'Boreal' } }]],
    ['a hint: the column', 'invoice?id=eq.2&select=id,party!party_id(name)', [{ id: 2, party: { name: 'Arbor' } }]],
    ['a hint: the junction', 'invoice?id=eq.4&select=id,label!invoice_label(name)', [{ id: 4, label: [{ name: 'export' }] }]],
    ['both, by alias', 'invoice?id=eq.2&select=id,customer:party!party_id(name),payer:party!payer_id(name)', [{ id: 2, customer: { name: 'Arbor' }, payer: { name: 'Boreal' } }]],
    ['by the name of a foreign key', 'invoice?id=eq.2&select=id,invoice_payer(name)', [{ id: 2, invoice_payer: { name: 'Boreal' } }]],
    ['by the column of a foreign key', 'invoice?id=eq.2&select=id,payer_id(name)', [{ id: 2, payer_id: { name: 'Boreal' } }]],
    ['itself: children', 'account?code=eq.1&select=code,account(code)&account.order=code', [{ code: '1', account: [{ code: '10' }, { code: '11' }] }]],
    ['itself: parent', 'account?code=eq.10&select=code,parent(code,title)', [{ code: '10', parent: { code: '1', title: 'Assets' } }]],
    ['inner joins filter the parent', 'invoice?select=id,payment!inner(id)&payment.amount=gt.100&order=id', [{ id: 2, payment: [{ id: 3 }] }, { id: 4, payment: [{ id: 4 }] }]],
    ['left joins do not', 'invoice?id=in.(1,2)&select=id,payment!left(id)&payment.amount=gt.100&order=id', [{ id: 1, payment: [] }, { id: 2, payment: [{ id: 3 }] }]],
    ['order, limit, offset of an embed', 'invoice?id=eq.1&select=payment(id)&payment.order=amount.asc&payment.limit=1&payment.offset=1', [{ payment: [{ id: 1 }] }]],
    ['a filter by alias', 'invoice?id=eq.1&select=p:payment(id)&p.amount=gt.50', [{ p: [{ id: 1 }] }]],
    ['or on an embed', 'invoice?id=eq.1&select=payment(id)&payment.or=(id.eq.2,amount.gt.1000)', [{ payment: [{ id: 2 }] }]],
    ['a nested filter', 'party?id=eq.1&select=id,invoice!party_id(id,payment(id))&invoice.payment.id=eq.2&invoice.order=id', [{ id: 1, invoice: [{ id: 1, payment: [{ id: 2 }] }, { id: 2, payment: [] }] }]],
    ['is.null: those without', 'invoice?select=id,payment()&payment=is.null&order=id', [{ id: 3 }, { id: 5 }]],
    ['not.is.null: those with', 'invoice?select=id,payment()&payment=not.is.null&order=id', [{ id: 1 }, { id: 2 }, { id: 4 }]],
    ['is.null within or', 'invoice?select=id,payment()&or=(payment.is.null,id.eq.1)&order=id', [{ id: 1 }, { id: 3 }, { id: 5 }]],
    ['an embed that only filters', 'invoice?select=id,label!inner()&label.name=eq.urgent', [{ id: 1 }]],
    ['ordered by an embed to one', 'payment?select=id,invoice(amount)&order=invoice(amount).desc,id&limit=2', [{ id: 4, invoice: { amount: 1200 } }, { id: 3, invoice: { amount: 250.5 } }]],
    ['spread of one', 'payment?id=eq.3&select=id,...invoice(memo,bill:id)', [{ id: 3, memo: 'pine boards and nails', bill: 2 }]],
    ['spread within spread', 'payment?id=eq.3&select=id,...invoice(memo,...party!party_id(name))', [{ id: 3, memo: 'pine boards and nails', name: 'Arbor' }]],
    ['spread of many', 'invoice?id=eq.1&select=id,...payment(payments:id,paid)&payment.order=paid.desc', [{ id: 1, payments: [2, 1], paid: ['2024-01-30', '2024-01-20'] }]],
    ['a relationship computed to one', 'invoice?id=eq.1&select=id,last_payment(id)', [{ id: 1, last_payment: { id: 2 } }]],
    ['a relationship computed to many', 'party?id=eq.1&select=id,big_invoices(id)&big_invoices.order=id', [{ id: 1, big_invoices: [{ id: 1 }, { id: 2 }] }]],
    ['a view through its table', 'open_invoice?id=eq.2&select=id,party(name)', [{ id: 2, party: { name: 'Arbor' } }]],
    ['to a view', 'party?id=eq.2&select=id,open_invoice(id)&open_invoice.order=id', [{ id: 2, open_invoice: [{ id: 3 }, { id: 4 }] }]],
    ['from a function', 'rpc/due_of?customer=1&select=id,payment(id)&payment.order=id&order=id', [{ id: 1, payment: [{ id: 1 }, { id: 2 }] }, { id: 2, payment: [{ id: 3 }] }]],
]
describe('embedding', () => {
    for (const [what, path, json] of cases) {
        it(what, async () => expect(await get(path), { status: 200, json }))
    }
    it('an alias is filtered by the name of its table too, with a warning, where the settings let it', async () => {
        const path = 'GET /invoice?id=eq.1&select=p:payment(id)&payment.amount=gt.50'
        expect(await server.call(path), { json: [{ p: [{ id: 1 }] }], headers: { Warning: /^299 / } })
        const strict = await launch({ 'url-use-legacy-target-names': false })
        try {
            expect(await strict.call(path), { status: 400, code: 'PGRST108' })
        } finally {
            await strict.stop()
        }
    })
    it('of what was written', async () => {
        const full = { Prefer: 'return=representation' }
        expect(await server.call('DELETE /payment?id=eq.3&select=id,invoice(id)', { headers: full }), { status: 200, json: [{ id: 3, invoice: { id: 2 } }] })
        expect(await server.call('PUT /payment?id=eq.3&select=invoice(id)', { headers: full, body: { id: 3, invoice_id: 1, paid: '2024-01-01', amount: 1 } }), { status: 200, json: [{ invoice: { id: 1 } }] })
    })
    it('inner joins count', async () =>
        expect(await server.call('HEAD /invoice?select=id,payment!inner(id)', { headers: { Prefer: 'count=exact' } }), { headers: { 'Content-Range': '0-2/3' } }))
})

describe('what cannot be embedded', () => {
    it('several ways: 300 with all of them', async () => {
        const answer = expect(await get('invoice?select=id,party(name)'), { status: 300, code: 'PGRST201' })
        assert.equal(answer.json.message, "Could not embed because more than one relationship was found for 'invoice' and 'party'")
        assert.deepEqual(
            answer.json.details.map((way) => way.relationship).sort(),
            ['invoice_party_id_fkey using invoice(party_id) and party(id)', 'invoice_payer using invoice(payer_id) and party(id)'],
        )
        assert.deepEqual(answer.json.details.map((way) => [way.cardinality, way.embedding]), [
            ['many-to-one', 'invoice with party'],
            ['many-to-one', 'invoice with party'],
        ])
        assert.equal(
            answer.json.hint,
            "Try changing 'party' to one of the following: 'party!invoice_party_id_fkey', 'party!invoice_payer'. Find the desired relationship in the 'details' key.",
        )
    })
    it('no way', async () =>
        expect(await get('label?select=id,account(code)'), {
            status: 400,
            json: {
                code: 'PGRST200',
                message: "Could not find a relationship between 'label' and 'account' in the schema cache",
                details: "Searched for a foreign key relationship between 'label' and 'account' in the schema 'books', but no matches were found.",
                hint: null,
            },
        }))
    it('a hint that leads nowhere', async () => expect(await get('invoice?select=id,party!nowhere(name)'), { status: 400, code: 'PGRST200' }))
    it('an order by something to many', async () => expect(await get('invoice?select=id,payment(id)&order=payment(id)'), { status: 400, code: 'PGRST118' }))
    it('an order by something not embedded', async () => expect(await get('payment?select=id&order=invoice(id)'), { status: 400, code: 'PGRST108' }))
})
