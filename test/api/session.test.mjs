// Who asks and where: tokens, roles, schemas, the settings of a transaction, pre-request.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as jose from 'jose'
import { bearer, call, expect, handmade, launch, SECRET, sleep, token } from './support.mjs'

const now = () => Math.floor(Date.now() / 1000)
const sign = (claims, alg, key, header = {}) => new jose.SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(key)
const withToken = (text) => ({ headers: { Authorization: `Bearer ${text}` } })
const who = (server, text) => server.call('GET /rpc/who', text === undefined ? {} : withToken(text))
const servers = []
const start = async (more) => {
    const server = await launch(more)
    servers.push(server)
    return server
}
after(() => Promise.all(servers.map((server) => server.stop())))

describe('a shared secret', () => {
    let server
    before(async () => (server = await start()))
    const secret = new TextEncoder().encode(SECRET)
    it('without a token: the anonymous role', async () => expect(await who(server), { status: 200, json: 'api_anon' }))
    it('a token without a role: the anonymous role', async () => expect(await who(server, await sign({ sub: 'x' }, 'HS256', secret)), { json: 'api_anon' }))
    it('HS256 of a library', async () => expect(await who(server, await sign({ role: 'api_clerk' }, 'HS256', secret)), { json: 'api_clerk' }))
    it('the word bearer in any case', async () =>
        expect(await server.call('GET /rpc/who', { headers: { authorization: `bEaReR ${token({ role: 'api_clerk' })}` } }), { json: 'api_clerk' }))
    it('another scheme is no token', async () => expect(await server.call('GET /rpc/who', { headers: { Authorization: 'Basic YTpi' } }), { json: 'api_anon' }))
    it('all claims are in request.jwt.claims', async () => {
        const claims = { role: 'api_clerk', sub: 'ann', 'https://x/y': { deep: [1] } }
        const answer = await server.call('GET /rpc/seen?setting=request.jwt.claims', withToken(token(claims)))
        assert.deepEqual(JSON.parse(answer.json), claims)
        assert.deepEqual(JSON.parse((await server.call('GET /rpc/seen?setting=request.jwt.claims')).json), { role: 'api_anon' })
    })
    const refused = (what, make, message, code = 'PGRST301') =>
        it(`refuses ${what}`, async () => {
            const answer = expect(await who(server, await make()), { status: 401, code })
            if (message) assert.equal(answer.json.message, message)
            assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer error="invalid_token", error_description="/)
            assert.equal(answer.headers['proxy-status'], `PostgREST; error=${code}`)
        })
    refused('a wrong secret', () => token({ role: 'api_clerk' }).replace(/\.[^.]*$/, '.' + handmade({ alg: 'HS256' }, {}, 'another').split('.')[2]))
    refused('a changed payload', () => token({ role: 'api_clerk' }).replace(/\.[^.]*\./, `.${Buffer.from('{"role":"postgres"}').toString('base64url')}.`))
    refused('alg none without a signature', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"role":"api_clerk"}').toString('base64url')}.`)
    refused('alg none with a signature', () => handmade({ alg: 'none' }, { role: 'api_clerk' }))
    refused('alg NONE in capitals', () => handmade({ alg: 'NonE' }, { role: 'api_clerk' }))
    refused('an empty key', () => handmade({ alg: 'HS256' }, { role: 'api_clerk' }, ''))
    refused('two parts', () => 'a.b', 'Expected 3 parts in JWT; got 2')
    refused('four parts', () => `${token({})}.x`, 'Expected 3 parts in JWT; got 4')
    refused('rubbish', () => '!!!.###.$$$')
    refused('an expired token', () => token({ role: 'api_clerk', exp: now() - 60 }), 'JWT expired', 'PGRST303')
    refused('a token of the future', () => token({ role: 'api_clerk', nbf: now() + 60 }), 'JWT not yet valid', 'PGRST303')
    refused('a token issued in the future', () => token({ role: 'api_clerk', iat: now() + 60 }), 'JWT issued at future', 'PGRST303')
    refused('exp that is no number', () => token({ exp: 'soon' }), "The JWT 'exp' claim must be a number", 'PGRST303')
    refused('claims that are no object', () => handmade({ alg: 'HS256' }, '[1]'), 'Parsing claims failed', 'PGRST303')
    it('allows 30 seconds of skew', async () => {
        expect(await who(server, token({ role: 'api_clerk', exp: now() - 10 })), { json: 'api_clerk' })
        expect(await who(server, token({ role: 'api_clerk', nbf: now() + 10, iat: now() + 10 })), { json: 'api_clerk' })
    })
    it('an expired token is refused although it was seen valid', async () => {
        const end = now() + 5
        const text = token({ role: 'api_clerk', exp: end - 30 })
        expect(await who(server, text), { status: 200 })
        while (now() < end + 2) await sleep(200)
        expect(await who(server, text), { status: 401, code: 'PGRST303' })
    })
    it('a role that is not there', async () => expect(await who(server, token({ role: 'nobody_at_all' })), { status: 401, code: '22023' }))
    it('a role that it may not take', async () => assert.ok([401, 403].includes((await who(server, token({ role: 'postgres' }))).status)))
    it('permission denied: 403 with a token, 401 without', async () => {
        expect(await server.call('GET /safe', { headers: bearer({ role: 'api_clerk' }) }), { status: 403, code: '42501' })
        expect(await server.call('GET /safe'), { status: 401, code: '42501', headers: { 'WWW-Authenticate': 'Bearer' } })
        expect(await server.call('GET /safe', { headers: bearer({ role: 'api_auditor' }) }), { status: 200 })
    })
})

describe('keys', () => {
    let rsa, other, ec, server
    before(async () => {
        ;[rsa, other, ec] = await Promise.all([
            jose.generateKeyPair('RS256', { extractable: true }),
            jose.generateKeyPair('RS256', { extractable: true }),
            jose.generateKeyPair('ES256', { extractable: true }),
        ])
        const keys = [
            { ...(await jose.exportJWK(rsa.publicKey)), kid: 'first', alg: 'RS256', use: 'sig' },
            { ...(await jose.exportJWK(ec.publicKey)), kid: 'second', alg: 'ES256', use: 'sig' },
            { kty: 'oct', kid: 'third', k: Buffer.from(SECRET).toString('base64url'), alg: 'HS256' },
        ]
        server = await start({ 'jwt-secret': JSON.stringify({ keys }) })
    })
    it('RS256', async () => expect(await who(server, await sign({ role: 'api_clerk' }, 'RS256', rsa.privateKey, { kid: 'first' })), { json: 'api_clerk' }))
    it('ES256', async () => expect(await who(server, await sign({ role: 'api_clerk' }, 'ES256', ec.privateKey, { kid: 'second' })), { json: 'api_clerk' }))
    it('HS256', async () => expect(await who(server, handmade({ alg: 'HS256', kid: 'third' }, { role: 'api_clerk' })), { json: 'api_clerk' }))
    it('without a kid any key that fits', async () => expect(await who(server, await sign({ role: 'api_clerk' }, 'ES256', ec.privateKey)), { json: 'api_clerk' }))
    it('a kid that is not there', async () => expect(await who(server, await sign({ role: 'api_clerk' }, 'RS256', rsa.privateKey, { kid: 'fourth' })), { status: 401, code: 'PGRST301' }))
    it('the kid of another key', async () => expect(await who(server, await sign({ role: 'api_clerk' }, 'RS256', rsa.privateKey, { kid: 'second' })), { status: 401, code: 'PGRST301' }))
    it('a stranger’s key', async () => expect(await who(server, await sign({ role: 'api_clerk' }, 'RS256', other.privateKey, { kid: 'first' })), { status: 401, code: 'PGRST301' }))
    it('key confusion: the public key as an HMAC secret', async () => {
        const forms = [
            await jose.exportSPKI(rsa.publicKey),
            JSON.stringify(await jose.exportJWK(rsa.publicKey)),
            (await jose.exportJWK(rsa.publicKey)).n,
            Buffer.from((await jose.exportJWK(rsa.publicKey)).n, 'base64url'),
        ]
        for (const key of forms) {
            for (const kid of ['first', 'second', undefined]) {
                expect(await who(server, handmade({ alg: 'HS256', ...(kid ? { kid } : {}) }, { role: 'api_clerk' }, key)), { status: 401, code: 'PGRST301' })
            }
        }
    })
    it('keys brought along in the header are not believed', async () => {
        const jwk = await jose.exportJWK(other.publicKey)
        for (const header of [{ jwk }, { jku: 'http://127.0.0.1:1/keys' }, { x5u: 'http://127.0.0.1:1/keys' }]) {
            expect(await who(server, await sign({ role: 'api_clerk' }, 'RS256', other.privateKey, header)), { status: 401 })
        }
    })
    it('PS256, RS512 and ES384 by one key each', async () => {
        for (const alg of ['PS256', 'RS512', 'ES384']) {
            const pair = await jose.generateKeyPair(alg, { extractable: true })
            const one = await start({ 'jwt-secret': JSON.stringify({ ...(await jose.exportJWK(pair.publicKey)), alg }) })
            expect(await who(one, await sign({ role: 'api_clerk' }, alg, pair.privateKey)), { json: 'api_clerk' })
        }
    })
})

describe('settings of tokens', () => {
    it('jwt-aud', async () => {
        const server = await start({ 'jwt-aud': 'books' })
        expect(await who(server, token({ role: 'api_clerk', aud: 'books' })), { json: 'api_clerk' })
        expect(await who(server, token({ role: 'api_clerk', aud: ['x', 'books'] })), { json: 'api_clerk' })
        expect(await who(server, token({ role: 'api_clerk' })), { json: 'api_clerk' })
        expect(await who(server, token({ role: 'api_clerk', aud: 'x' })), { status: 401, code: 'PGRST303' })
        expect(await who(server, token({ role: 'api_clerk', aud: 5 })), { status: 401, code: 'PGRST303' })
    })
    it('jwt-role-claim-key', async () => {
        const server = await start({ 'jwt-role-claim-key': '$.app.roles[0]' })
        expect(await who(server, token({ app: { roles: ['api_clerk', 'x'] } })), { json: 'api_clerk' })
        expect(await who(server, token({ role: 'api_clerk' })), { json: 'api_anon' })
    })
    it('jwt-secret-is-base64', async () => {
        const server = await start({ 'jwt-secret': Buffer.from(SECRET).toString('base64'), 'jwt-secret-is-base64': true })
        expect(await who(server, token({ role: 'api_clerk' })), { json: 'api_clerk' })
    })
    it('jwt-secret in a file', async () => {
        const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'key')
        writeFileSync(file, `${SECRET}\n`)
        const server = await start({ 'jwt-secret': `@${file}` })
        expect(await who(server, token({ role: 'api_clerk' })), { json: 'api_clerk' })
    })
    it('tokens are checked without a cache as well', async () => {
        const server = await start({ 'jwt-cache-max-entries': 0 })
        for (let i = 0; i < 3; i++) expect(await who(server, token({ role: 'api_clerk' })), { json: 'api_clerk' })
    })
    it('no secret: 500', async () => {
        const server = await start({ 'jwt-secret': undefined })
        expect(await who(server, token({ role: 'api_clerk' })), { status: 500, code: 'PGRST300' })
        expect(await who(server), { json: 'api_anon' })
    })
    it('no anonymous role: 401', async () => {
        const server = await start({ 'db-anon-role': undefined })
        expect(await who(server), { status: 401, code: 'PGRST302', headers: { 'WWW-Authenticate': 'Bearer' } })
        expect(await who(server, token({ role: 'api_clerk' })), { json: 'api_clerk' })
    })
})

describe('schemas', () => {
    let server
    before(async () => (server = await start({ 'db-schemas': 'books,archive', 'db-extra-search-path': 'books' })))
    it('the first is the default', async () => expect(await server.call('GET /invoice?select=id&id=lt.3&order=id'), { json: [{ id: 1 }, { id: 2 }], headers: { 'Content-Profile': 'books' } }))
    it('Accept-Profile', async () =>
        expect(await server.call('GET /invoice?select=id&order=id', { headers: { 'Accept-Profile': 'archive' } }), { json: [{ id: 1900 }, { id: 1901 }], headers: { 'Content-Profile': 'archive' } }))
    it('Content-Profile', async () =>
        expect(await server.call('POST /ledger', { body: { id: 2, title: 't' }, headers: { 'Content-Profile': 'archive', Prefer: 'return=representation' } }), { status: 201, json: [{ id: 2, title: 't' }] }))
    it('functions', async () => {
        expect(await server.call('POST /rpc/era', { headers: { 'Content-Profile': 'archive' } }), { json: 'past' })
        expect(await server.call('GET /rpc/era'), { status: 404, code: 'PGRST202' })
    })
    it('one that is not served', async () =>
        expect(await server.call('GET /gold', { headers: { 'Accept-Profile': 'vault' } }), {
            status: 406,
            json: { code: 'PGRST106', message: 'Invalid schema: vault', details: null, hint: 'Only the following schemas are exposed: books, archive' },
        }))
    it('odd names', async () => {
        const odd = await start({ 'db-schemas': 'Odd "Names"' })
        expect(await odd.call(`GET /${encodeURIComponent('Käse; DROP TABLE x')}?select="the \\"key\\"","a.b,c"&"a.b,c"=eq.x`), { status: 200, json: [{ 'the "key"': 1, 'a.b,c': 'x' }] })
        expect(await odd.call(`GET /${encodeURIComponent('Käse; DROP TABLE x')}?select="наша (графа)"&order="the \\"key\\"".desc`), { json: [{ 'наша (графа)': 'нет' }, { 'наша (графа)': 'да' }] })
    })
})

describe('the transaction', () => {
    let server
    before(async () => (server = await start({ 'db-pre-request': 'books.before_request', 'app.settings.region': 'north' })))
    const seen = async (setting, headers) => (await server.call(`GET /rpc/seen?setting=${setting}`, { headers })).json
    it('request.method, path, headers, cookies', async () => {
        assert.equal(await seen('request.method'), 'GET')
        assert.equal(await seen('request.path'), '/rpc/seen')
        assert.equal(await seen('request.address'), '127.0.0.1')
        const headers = JSON.parse(await seen('request.headers', { 'X-Thing': 'a "b"', Cookie: 'one=1; two=2' }))
        assert.equal(headers['x-thing'], 'a "b"')
        assert.equal(headers.cookie, undefined)
        assert.deepEqual(JSON.parse(await seen('request.cookies', { Cookie: 'one=1; two=2' })), { one: '1', two: '2' })
    })
    it('app.settings', async () => assert.equal(await seen('app.settings.region'), 'north'))
    it('search_path', async () => assert.equal(await seen('search_path'), '"books"'))
    it('settings of the role', async () => assert.equal(await seen('statement_timeout', bearer({ role: 'api_auditor' })), '7s'))
    it('nothing of one request is left for the next', async () => {
        await Promise.all(Array.from({ length: 20 }, () => seen('request.headers', { ...bearer({ role: 'api_auditor', sub: 'x' }), 'X-Thing': 'secret' })))
        for (let i = 0; i < 20; i++) {
            assert.doesNotMatch(await seen('request.headers'), /secret/)
            assert.equal(await seen('statement_timeout'), '0')
            assert.deepEqual(JSON.parse(await seen('request.jwt.claims')), { role: 'api_anon' })
        }
    })
    it('pre-request runs as the role, before the request, and may stop it', async () => {
        assert.equal(await seen('books.before', bearer({ role: 'api_clerk' })), 'ran for api_clerk')
        expect(await server.call('GET /label', { headers: { 'X-Stop': '1' } }), { status: 423, json: { code: 'PT423', message: 'stopped before the request', details: null, hint: null } })
    })
    it('a role is not kept by a connection', async () => {
        const roles = await Promise.all(Array.from({ length: 40 }, (_, i) => call(server.url, 'GET /rpc/who', i % 2 ? { headers: bearer({ role: 'api_clerk' }) } : {})))
        roles.forEach((answer, i) => assert.equal(answer.json, i % 2 ? 'api_clerk' : 'api_anon'))
    })
})
