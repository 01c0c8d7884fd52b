// What comes back and in which form: Accept, CSV, stripped nulls, plans, own media types, the root document, OPTIONS, CORS.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import SwaggerParser from '@apidevtools/swagger-parser'
import { bearer, expect, launch } from './support.mjs'

const servers = []
const start = async (more) => {
    const server = await launch(more)
    servers.push(server)
    return server
}
let server, planning
before(async () => ([server, planning] = await Promise.all([start(), start({ 'db-plan-enabled': true })])))
after(() => Promise.all(servers.map((one) => one.stop())))
const accept = (type) => ({ headers: { Accept: type } })

describe('Accept', () => {
    const json = 'application/json; charset=utf-8'
    const cases = [
        ['nothing', undefined, json],
        ['*/*', '*/*', json],
        ['application/json', 'application/json', json],
        ['quality', 'text/csv;q=0.3, application/json;q=0.8', json],
        ['the first that can be made', 'image/png, text/csv', 'text/csv; charset=utf-8'],
        ['something and a star', 'text/unknown, */*', json],
    ]
    for (const [what, type, wanted] of cases) {
        it(what, async () => expect(await server.call('GET /label', type ? accept(type) : {}), { status: 200, headers: { 'Content-Type': wanted } }))
    }
    it('refuses what it cannot make', async () =>
        expect(await server.call('GET /label', accept('image/png, text/unknown')), {
            status: 406,
            json: { code: 'PGRST107', message: 'None of these media types are available: image/png, text/unknown', details: null, hint: null },
        }))
    it('refuses OpenAPI anywhere but at the root', async () => expect(await server.call('GET /label', accept('application/openapi+json')), { status: 406, code: 'PGRST107' }))
    it('strips nulls', async () => {
        expect(await server.call('GET /invoice?id=eq.3&select=id,memo', accept('application/vnd.pgrst.array+json;nulls=stripped')), {
            json: [{ id: 3 }],
            headers: { 'Content-Type': 'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8' },
        })
        expect(await server.call('GET /invoice?id=eq.3&select=id,memo', accept('application/vnd.pgrst.object+json;nulls=stripped')), { json: { id: 3 } })
    })
})

describe('CSV', () => {
    it('has a header line', async () =>
        expect(await server.call('GET /label?order=id', accept('text/csv')), { text: 'id,name\n1,urgent\n2,export\n3,unused', headers: { 'Content-Type': 'text/csv; charset=utf-8' } }))
    it('quotes what needs it', async () =>
        expect(await server.call('GET /party?id=gte.3&select=id,name,country&order=id', accept('text/csv')), {
            text: 'id,name,country\n3,"Cobalt, Ltd",GB\n4,"D ""Quote"" (Inc.)",',
        }))
    it('of a write', async () =>
        expect(await server.call('POST /tally', { body: { a: 1, b: 2 }, headers: { Accept: 'text/csv', Prefer: 'return=representation' } }), { status: 201, text: 'a,b\n1,2' }))
    it('of nothing', async () => expect(await server.call('GET /label?id=eq.9', accept('text/csv')), { status: 200, text: '\n' }))
})

describe('media types of the database', () => {
    it('a function that returns one', async () => {
        expect(await server.call('GET /rpc/page', accept('text/html')), { text: '<h1>Books</h1>', headers: { 'Content-Type': 'text/html' } })
    })
    it('bytes', async () => {
        const answer = expect(await server.call('GET /rpc/raw', accept('application/octet-stream')), { status: 200, headers: { 'Content-Type': 'application/octet-stream' } })
        assert.deepEqual([...answer.bytes], [0, 255, 16])
    })
    it('an aggregate over a table', async () => expect(await server.call('GET /account?order=code', accept('text/x-lines')), { text: '1\n10\n11\n4\n' }))
})

describe('plans', () => {
    it('are off by default', async () => expect(await server.call('GET /label', accept('application/vnd.pgrst.plan')), { status: 406, code: 'PGRST107' }))
    it('as JSON and as text', async () => {
        const plan = expect(await planning.call('GET /label', accept('application/vnd.pgrst.plan+json')), {
            status: 200,
            headers: { 'Content-Type': 'application/vnd.pgrst.plan+json; for="application/json"; charset=utf-8' },
        })
        assert.ok(plan.json[0].Plan['Total Cost'] > 0)
        const text = await planning.call('GET /label', accept('application/vnd.pgrst.plan+text; for="application/json"; options=analyze|verbose;'))
        assert.match(text.text, /actual time/)
    })
    it('do not write', async () => {
        expect(await planning.call('DELETE /tally', accept('application/vnd.pgrst.plan')), { status: 200 })
    })
})

describe('the root', () => {
    it('is a valid OpenAPI 2.0 document', async () => {
        const answer = expect(await server.call('GET /'), { status: 200, headers: { 'Content-Type': 'application/openapi+json; charset=utf-8' } })
        assert.equal(answer.json.swagger, '2.0')
        await SwaggerParser.validate(structuredClone(answer.json))
        const { definitions, paths, parameters, info } = answer.json
        assert.equal(info.title, 'Books of a trading house')
        assert.equal(info.description, 'Served to test the REST server.')
        assert.ok(definitions.account)
        assert.deepEqual(definitions.account.required, ['code', 'title', 'kind'])
        assert.match(definitions.account.properties.code.description, /<pk\/>/)
        assert.match(definitions.account.properties.parent.description, /<fk table='account' column='code'\/>/)
        assert.deepEqual(definitions.account.properties.kind.enum, ['asset', 'liability', 'income', 'expense'])
        assert.equal(definitions.party.properties.name.maxLength, 40)
        assert.ok(paths['/account'].get && paths['/account'].post && paths['/account'].patch && paths['/account'].delete)
        assert.equal(paths['/account'].get.summary, 'Chart of accounts')
        assert.ok(paths['/rpc/add'].get && paths['/rpc/add'].post)
        assert.equal(paths['/rpc/put_tally'].get, undefined)
        assert.ok(parameters['rowFilter.account.code'])
    })
    it('follows privileges', async () => {
        const anyone = await server.call('GET /')
        const auditor = await server.call('GET /', { headers: bearer({ role: 'api_auditor' }) })
        assert.equal(anyone.json.definitions.safe, undefined)
        assert.ok(auditor.json.definitions.safe)
        await SwaggerParser.validate(structuredClone(auditor.json))
    })
    it('or ignores them', async () => {
        const all = await start({ 'openapi-mode': 'ignore-privileges' })
        assert.ok((await all.call('GET /')).json.definitions.safe)
    })
    it('or is not there', async () => {
        const none = await start({ 'openapi-mode': 'disabled' })
        expect(await none.call('GET /'), { status: 404, code: 'PGRST126' })
    })
    it('names the proxy and the security', async () => {
        const behind = await start({ 'openapi-server-proxy-uri': 'https://books.example/api', 'openapi-security-active': true })
        const { json } = await behind.call('GET /')
        assert.equal(json.host, 'books.example:443')
        assert.equal(json.basePath, '/api')
        assert.deepEqual(json.schemes, ['https'])
        assert.equal(json.securityDefinitions.JWT.in, 'header')
        await SwaggerParser.validate(structuredClone(json))
    })
    it('or is a function', async () => {
        const own = await start({ 'db-root-spec': 'start_page' })
        expect(await own.call('GET /'), { status: 200, json: { hello: 'books' } })
    })
})

describe('OPTIONS', () => {
    const allow = async (path, text) => expect(await server.call(`OPTIONS /${path}`), { status: 200, headers: { Allow: text, 'Content-Length': '0' } })
    it('a table', () => allow('account', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'))
    it('a table without a key', () => allow('tally', 'OPTIONS,GET,HEAD,POST,PATCH,DELETE'))
    it('a view that cannot be written', () => allow('static_view', 'OPTIONS,GET,HEAD'))
    it('a stable function', () => allow('rpc/due_of', 'OPTIONS,GET,HEAD,POST'))
    it('a volatile function', () => allow('rpc/put_tally', 'OPTIONS,POST'))
    it('the root', () => allow('', 'OPTIONS,GET,HEAD'))
    it('what is not there', async () => expect(await server.call('OPTIONS /nowhere'), { status: 404, code: 'PGRST205' }))
})

describe('CORS', () => {
    const preflight = (one, origin) =>
        one.call('OPTIONS /label', { headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'X-Mine,Prefer' } })
    it('a preflight', async () => {
        const answer = expect(await preflight(server, 'http://shop.example'), {
            status: 200,
            headers: {
                'Access-Control-Allow-Origin': '*',
                'Access-Control-Allow-Methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
                'Access-Control-Max-Age': '86400',
            },
        })
        const names = answer.headers['access-control-allow-headers'].toLowerCase().split(/, */)
        for (const name of ['authorization', 'x-mine', 'prefer']) assert.ok(names.includes(name), name)
    })
    it('other answers', async () => {
        const answer = expect(await server.call('GET /label', { headers: { Origin: 'http://shop.example' } }), { headers: { 'Access-Control-Allow-Origin': '*' } })
        const names = answer.headers['access-control-expose-headers'].split(/, */)
        for (const name of ['Content-Encoding', 'Content-Location', 'Content-Range', 'Content-Type', 'Date', 'Location', 'Server', 'Transfer-Encoding', 'Range-Unit']) assert.ok(names.includes(name), name)
    })
    it('errors too', async () => expect(await server.call('GET /nowhere', { headers: { Origin: 'http://shop.example' } }), { status: 404, headers: { 'Access-Control-Allow-Origin': '*' } }))
    it('only origins that are listed', async () => {
        const strict = await start({ 'server-cors-allowed-origins': 'http://shop.example, http://till.example' })
        expect(await preflight(strict, 'http://till.example'), { headers: { 'Access-Control-Allow-Origin': 'http://till.example', 'Access-Control-Allow-Credentials': 'true' } })
        expect(await strict.call('GET /label', { headers: { Origin: 'http://shop.example' } }), { headers: { 'Access-Control-Allow-Origin': 'http://shop.example' } })
        expect(await strict.call('GET /label', { headers: { Origin: 'http://thief.example' } }), { headers: { 'Access-Control-Allow-Origin': null } })
    })
})
