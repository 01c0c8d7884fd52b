// Sign-in by OpenID Connect from end to end: pg_fin_api, a database with background workers, and oidc-provider, whose forms
// are filled in like a person's; and a crooked provider that answers whatever a thief or a broken one would.
//
// The cluster of this file has pg_fin preloaded (scripts/lib/sign_on.sh).
import { after, before, beforeEach, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { createHmac, createPublicKey } from 'node:crypto'
import http from 'node:http'
import { CompactSign, SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { SECRET, expect, launch, psql, sleep } from './support.mjs'

const CLIENT = 'fin'
const CLIENT_SECRET = 'a secret with : and % and +'

// What the cluster needs: a key for tokens, one for secrets, and leave to call this machine.
const folder = psql("SELECT current_setting('data_directory')")
const keep = (name, text) => psql(`COPY (SELECT '${text}') TO PROGRAM 'umask 077; cat >${folder}/${name}'`)
function prepare() {
    keep('sign_on_tokens', SECRET)
    keep('sign_on_secrets', '5e'.repeat(32))
    const settings = { 'pg_fin.jwt_secret_file': `${folder}/sign_on_tokens`, 'pg_fin.secret_key_file': `${folder}/sign_on_secrets`, 'pg_fin.http_allow_hosts': 'localhost', 'pg_fin.http_allow_private': 'on' }
    for (const [name, value] of Object.entries(settings)) psql(`ALTER SYSTEM SET ${name} = '${value}'`)
    psql('SELECT pg_reload_conf()')
}
const forget = () => {
    for (const name of ['jwt_secret_file', 'secret_key_file', 'http_allow_hosts', 'http_allow_private']) psql(`ALTER SYSTEM RESET pg_fin.${name}`)
    psql('SELECT pg_reload_conf()')
}

const until = async (what, seconds = 20) => {
    for (let i = 0; i < seconds * 20; i++) {
        const found = await what()
        if (found) return found
        await sleep(50)
    }
    throw new Error(`not within ${seconds} s: ${what}`)
}
const cookiesOf = (answer) => (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0])
const accounts = () => psql('SELECT count(*) FROM fin.users')
const sessions = () => psql('SELECT count(*) FROM fin.sessions')

// --- people and providers ---------------------------------------------------------------------------------------------

const people = {}
const person = (name, more = {}) => (people[name] = { email: `${name}@example.org`, email_verified: true, name: name[0].toUpperCase() + name.slice(1), ...more })

async function honest(name, algorithm, keys, configuration) {
    const listener = http.createServer()
    await new Promise((resolve) => listener.listen(0, 'localhost', resolve))
    const issuer = `http://localhost:${listener.address().port}`
    const provider = new Provider(issuer, {
        clients: [{ client_id: CLIENT, client_secret: CLIENT_SECRET, redirect_uris: [redirectUri(name)], id_token_signed_response_alg: algorithm }],
        jwks: { keys },
        pkce: { required: () => true, methods: ['S256'] },
        claims: { email: ['email', 'email_verified'], profile: ['name'] },
        findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
        cookies: { keys: ['a key of cookies'] },
        ...configuration,
    })
    const seen = []
    const answer = provider.callback()
    listener.on('request', (request, response) => {
        seen.push(`${request.method} ${request.url.split('?')[0]}`)
        answer(request, response)
    })
    psql(`SELECT fin_oidc_provider_set('${name}', '${issuer}', '${CLIENT}', '${CLIENT_SECRET}', '${redirectUri(name)}', '{"title": "The ${name}"}')`)
    return { name, issuer, listener, seen }
}

// Signs in at the provider as a person with a browser would: through its two forms, with its cookies. Where it sends the
// browser back to.
async function atProvider(url, login, { abort = false } = {}) {
    const jar = new Map()
    let next = new URL(url)
    let form
    for (let steps = 0; steps < 20; steps++) {
        const headers = { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }
        if (form) headers['Content-Type'] = 'application/x-www-form-urlencoded'
        const answer = await fetch(next, { method: form ? 'POST' : 'GET', body: form, headers, redirect: 'manual' })
        for (const cookie of answer.headers.getSetCookie()) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)
            if (value === '') jar.delete(name)
            else jar.set(name, value)
        }
        form = undefined
        if (answer.status >= 300 && answer.status < 400) {
            next = new URL(answer.headers.get('location'), next)
            if (next.pathname.startsWith('/auth/oidc/')) return next
            continue
        }
        const page = await answer.text()
        assert.equal(answer.status, 200, page)
        const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1]
        if (abort) {
            next = new URL(/href="([^"]*\/abort)"/.exec(page)[1], next)
            continue
        }
        next = new URL(action, next)
        form = /name="login"/.test(page) ? `prompt=login&login=${login}&password=any` : 'prompt=consent'
    }
    throw new Error('the provider did not send the browser back')
}

// One that signs what it likes.
async function crooked() {
    const crook = { behave: {}, asked: [], keys: [] }
    crook.listener = http.createServer((request, response) => {
        const path = request.url.split('?')[0]
        crook.asked.push(path)
        const say = (status, body, headers = {}) => {
            response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
            response.end(typeof body === 'string' ? body : JSON.stringify(body))
        }
        let body = ''
        request.on('data', (piece) => (body += piece))
        request.on('end', async () => {
            if (path === '/.well-known/openid-configuration')
                return say(200, { issuer: crook.issuer, authorization_endpoint: `${crook.issuer}/authorize`, token_endpoint: `${crook.issuer}/token`, jwks_uri: `${crook.issuer}/jwks`, userinfo_endpoint: `${crook.issuer}/userinfo` })
            if (path === '/jwks') return say(200, { keys: crook.keys })
            if (path === '/userinfo') return crook.behave.userinfo ? crook.behave.userinfo(say) : say(500, {})
            if (path === '/token') return crook.behave.token(say, new URLSearchParams(body), response)
            say(404, {})
        })
    })
    await new Promise((resolve) => crook.listener.listen(0, 'localhost', resolve))
    crook.issuer = `http://localhost:${crook.listener.address().port}`
    return crook
}

let server, rs, es, crook, rsa, curve, stranger
const redirectUri = (name) => `${server.url}/auth/oidc/${name}/callback`
const ready = (name) => until(() => psql(`SELECT discovery IS NOT NULL AND keys IS NOT NULL FROM fin.oidc_providers WHERE name = '${name}'`) === 't')
const jwk = async (key, more) => ({ ...(await exportJWK(key)), use: 'sig', ...more })

before(async () => {
    prepare()
    server = await launch({ 'db-schemas': 'api', 'db-anon-role': 'fin_anon', 'db-tx-end': 'commit', 'fin-routes': 'fin.routes', 'log-level': 'warn' }, { environment: { PGUSER: 'fin_authenticator' } })
    rsa = await generateKeyPair('RS256', { extractable: true })
    curve = await generateKeyPair('ES256', { extractable: true })
    stranger = await generateKeyPair('RS256', { extractable: true })
    const keys = [await jwk(rsa.privateKey, { kid: 'rsa', alg: 'RS256' }), await jwk(curve.privateKey, { kid: 'curve', alg: 'ES256' })]
    // The launcher looks for new databases every half minute.
    await until(() => psql("SELECT count(*) FROM fin_workers() WHERE role = 'worker' AND database = current_database()") !== '0', 60)
    rs = await honest('rs', 'RS256', keys, {})
    es = await honest('es', 'ES256', keys, { conformIdTokenClaims: false })
    crook = await crooked()
    crook.keys = [await jwk(rsa.publicKey, { kid: 'rsa', alg: 'RS256' })]
    psql(`SELECT fin_oidc_provider_set('crook', '${crook.issuer}', '${CLIENT}', NULL, '${redirectUri('crook')}')`)
    for (const name of ['rs', 'es', 'crook']) await ready(name)
})
after(async () => {
    await server?.stop()
    for (const one of [rs, es, crook]) {
        one?.listener.closeAllConnections()
        one?.listener.close()
    }
    forget()
})
beforeEach(() => psql("DELETE FROM fin.login_failures"))

// The beginning of a sign-in: where the browser is sent, and what it keeps.
async function begin(name, query = '', headers = {}) {
    const answer = expect(await server.call(`GET /auth/oidc/${name}/start${query}`, { headers }), { status: 302, headers: { 'Cache-Control': 'no-store' } })
    const url = new URL(answer.headers.location)
    return { url, cookie: cookiesOf(answer)[0], state: url.searchParams.get('state'), nonce: url.searchParams.get('nonce') }
}
const back = (url, cookie) => server.call(`GET ${url.pathname}${url.search}`, { headers: cookie ? { Cookie: cookie } : {} })
const signIn = async (name, login, query) => {
    const begun = await begin(name, query)
    const url = await atProvider(begun.url, login)
    return { ...begun, back: url, answer: await back(url, begun.cookie) }
}
const me = (answer) => server.call('GET /me', { headers: { Authorization: `Bearer ${answer.json.accessToken}` } })

describe('the way to the provider', () => {
    it('is listed for who is not signed in', async () =>
        expect(await server.call('GET /auth/oidc'), { status: 200, json: { providers: [{ name: 'es', title: 'The es' }, { name: 'rs', title: 'The rs' }, { name: 'crook', title: 'crook' }].sort((a, b) => (a.title < b.title ? -1 : 1)) } }))
    it('carries PKCE, state and nonce, and a cookie that other sites cannot set', async () => {
        const answer = expect(await server.call('GET /auth/oidc/rs/start'), { status: 302 })
        const query = new URL(answer.headers.location).searchParams
        assert.deepEqual([query.get('response_type'), query.get('client_id'), query.get('redirect_uri'), query.get('scope'), query.get('code_challenge_method')], ['code', CLIENT, redirectUri('rs'), 'openid email profile', 'S256'])
        for (const name of ['state', 'nonce']) assert.match(query.get(name), /^[0-9a-f]{64}$/)
        assert.match(query.get('code_challenge'), /^[\w-]{43}$/)
        assert.match(answer.headers['set-cookie'][0], /^__Host-fin_oidc=[0-9a-f]{64}; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/)
        const again = await begin('rs')
        for (const name of ['state', 'nonce', 'code_challenge']) assert.notEqual(again.url.searchParams.get(name), query.get(name))
        assert.ok(!psql('SELECT string_agg(s::text, $$ $$) FROM fin.oidc_sign_ins s').includes(query.get('state')), 'the state is kept as its hash')
    })
    it('of an unknown provider: 404', async () => expect(await server.call('GET /auth/oidc/nobody/start'), { status: 404, code: 'PT404' }))
    it('asking for the head alone begins nothing', async () => {
        const begun = psql('SELECT count(*) FROM fin.oidc_sign_ins')
        expect(await server.call('HEAD /auth/oidc/rs/start'), { status: 405 })
        assert.equal(psql('SELECT count(*) FROM fin.oidc_sign_ins'), begun)
    })
    for (const page of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/a b', '/a\r\nSet-Cookie: x=1', 'evil', '/\t/evil.example', ''])
        it(`does not end at ${JSON.stringify(page)}`, async () => {
            expect(await server.call(`GET /auth/oidc/rs/start?returnTo=${encodeURIComponent(page)}`), { status: 400, code: '22023' })
        })
})

describe('a person', () => {
    it('signs in with RS256 and gets an account', async () => {
        person('ann')
        const { answer } = await signIn('rs', 'ann')
        expect(answer, { status: 200, headers: { 'Cache-Control': 'no-store' } })
        assert.deepEqual([answer.json.user.email, answer.json.user.name, answer.json.user.verified, answer.json.workspace.role], ['ann@example.org', 'Ann', true, 'owner'])
        assert.equal((await me(answer)).json.user.id, answer.json.user.id)
        const list = await server.call('GET /auth/identities', { headers: { Authorization: `Bearer ${answer.json.accessToken}` } })
        assert.deepEqual(list.json.identities.map(({ provider, email }) => [provider, email]), [['rs', 'ann@example.org']])
        const renewed = await server.call('POST /auth/refresh', { body: { refreshToken: answer.json.refreshToken } })
        assert.equal(renewed.status, 200)
        assert.equal(psql("SELECT count(*) FROM fin.oidc_sign_ins WHERE status = 'used' AND (code IS NOT NULL OR verifier IS NOT NULL OR person IS NOT NULL)"), '0', 'nothing of it is kept')
    })
    it('signs in with ES256 and ends at the page of the app, by cookies', async () => {
        person('ben')
        const { answer } = await signIn('es', 'ben', '?returnTo=/reports%3Fpage%3D2')
        expect(answer, { status: 303, text: '', headers: { Location: '/reports?page=2' } })
        const cookies = cookiesOf(answer)
        assert.deepEqual(cookies.map((cookie) => cookie.split('=')[0]), ['fin_access', 'fin_csrf', 'fin_refresh'])
        const Cookie = cookies.join('; ')
        assert.equal((await server.call('GET /me', { headers: { Cookie } })).json.user.email, 'ben@example.org')
        expect(await server.call('POST /auth/logout', { headers: { Cookie }, body: {} }), { status: 403 })
        expect(await server.call('POST /auth/logout', { headers: { Cookie, 'X-CSRF-Token': cookies[1].split('=')[1] }, body: {} }), { status: 204 })
    })
    it('is the same one the next time, also with another address', async () => {
        const first = await signIn('rs', 'ann')
        const before = accounts()
        people.ann.email = 'ann.new@example.org'
        const second = await signIn('rs', 'ann')
        assert.equal(second.answer.json.user.id, first.answer.json.user.id)
        assert.equal(accounts(), before)
        people.ann.email = 'ann@example.org'
    })
    it('whose address is not verified gets an account without one', async () => {
        person('cid', { email: 'ann@example.org', email_verified: false })
        const { answer } = await signIn('rs', 'cid')
        expect(answer, { status: 200 })
        assert.equal(answer.json.user.email, null)
        assert.notEqual(answer.json.user.id, (await signIn('rs', 'ann')).answer.json.user.id)
        const identity = (await server.call('GET /auth/identities', { headers: { Authorization: `Bearer ${answer.json.accessToken}` } })).json.identities[0]
        expect(await server.call(`DELETE /auth/identities/${identity.id}`, { headers: { Authorization: `Bearer ${answer.json.accessToken}` } }), { status: 409 })
        expect(await server.call('POST /auth/password', { headers: { Authorization: `Bearer ${answer.json.accessToken}` }, body: { password: 'guess', newPassword: 'another one' } }), { status: 403 })
    })
    it('who declines is told so', async () => {
        const begun = await begin('rs')
        const answer = await back(await atProvider(begun.url, 'ann', { abort: true }), begun.cookie)
        expect(answer, { status: 403, code: 'PT403' })
        assert.equal(answer.json.details, 'access_denied')
    })
    it('whose account is disabled stays out', async () => {
        person('dan')
        const { answer } = await signIn('rs', 'dan')
        psql(`UPDATE fin.users SET disabled_at = now() WHERE id = '${answer.json.user.id}'`)
        expect((await signIn('rs', 'dan')).answer, { status: 403, code: 'PT403' })
    })
    it('of another organisation stays out', async () => {
        const rule = (options) => psql(`SELECT fin_oidc_provider_set('es', issuer, client_id, NULL, redirect_uri, '${JSON.stringify(options)}') FROM fin.oidc_providers WHERE name = 'es'`)
        rule({ domains: ['Corp.example'] })
        await ready('es')
        person('eva')
        person('fay', { email: 'fay@corp.example' })
        const before = accounts()
        expect((await signIn('es', 'eva')).answer, { status: 403, code: 'PT403' })
        assert.equal(accounts(), before)
        expect((await signIn('es', 'fay')).answer, { status: 200 })
        rule({ domains: [], makes_accounts: false })
        await ready('es')
        expect((await signIn('es', 'eva')).answer, { status: 403, code: 'PT403' })
        expect((await signIn('es', 'fay')).answer, { status: 200 })
        rule({ makes_accounts: true })
        await ready('es')
    })
})

describe('an account that is there', () => {
    const register = async (email) => (await server.call('POST /auth/register', { body: { email, password: 'correct horse', name: 'Somebody' } })).json
    it('that nobody has verified is not given away', async () => {
        await register('gus@example.org')
        person('gus')
        const before = [accounts(), sessions()]
        expect((await signIn('rs', 'gus')).answer, { status: 409, code: 'PT409' })
        assert.deepEqual([accounts(), sessions()], before)
    })
    it('with the same verified address is connected', async () => {
        const { user } = await register('hal@example.org')
        psql(`UPDATE fin.users SET verified_at = now() WHERE id = '${user.id}'`)
        person('hal')
        const { answer } = await signIn('rs', 'hal')
        expect(answer, { status: 200 })
        assert.equal(answer.json.user.id, user.id)
    })
    it('with one-time codes is not connected by an address alone, nor where the operator says no', async () => {
        const { user } = await register('ida@example.org')
        psql(`UPDATE fin.users SET verified_at = now(), totp_secret = 'x' WHERE id = '${user.id}'`)
        person('ida')
        expect((await signIn('rs', 'ida')).answer, { status: 409 })
        psql(`UPDATE fin.users SET totp_secret = NULL WHERE id = '${user.id}'; UPDATE fin.oidc_providers SET links_addresses = false WHERE name = 'rs'`)
        expect((await signIn('rs', 'ida')).answer, { status: 409 })
        psql("UPDATE fin.oidc_providers SET links_addresses = true WHERE name = 'rs'")
    })
    it('is connected by who is signed in to it, with the password', async () => {
        const { user, accessToken } = await register('joe@example.org')
        person('joe', { email: 'joe.private@example.org' })
        const headers = { Authorization: `Bearer ${accessToken}` }
        expect(await server.call('POST /auth/oidc/rs/connect', { body: { password: 'correct horse' } }), { status: 401 })
        expect(await server.call('POST /auth/oidc/rs/connect', { headers, body: { password: 'wrong horse' } }), { status: 403 })
        const begun = expect(await server.call('POST /auth/oidc/rs/connect', { headers, body: { password: 'correct horse' } }), { status: 200 })
        const url = await atProvider(begun.json.url, 'joe')
        // Another's browser, sent there by somebody who wants his identity connected, connects nothing.
        expect(await back(url, '__Host-fin_oidc=' + '0'.repeat(64)), { status: 400 })
        expect(await back(url, cookiesOf(begun)[0]), { status: 200, json: { status: 'connected', provider: 'rs' } })
        assert.equal((await signIn('rs', 'joe')).answer.json.user.id, user.id)
        const [identity] = (await server.call('GET /auth/identities', { headers })).json.identities
        expect(await server.call(`DELETE /auth/identities/${identity.id}`, { headers }), { status: 204 })
        expect(await server.call(`DELETE /auth/identities/${identity.id}`, { headers }), { status: 404 })
    })
    it('does not take an identity from another', async () => {
        const { accessToken } = await register('kim@example.org')
        const begun = await server.call('POST /auth/oidc/rs/connect', { headers: { Authorization: `Bearer ${accessToken}` }, body: { password: 'correct horse' } })
        expect(await back(await atProvider(begun.json.url, 'ann'), cookiesOf(begun)[0]), { status: 409, code: 'PT409' })
    })
    it('is not connected after its session has ended', async () => {
        const { accessToken } = await register('lea@example.org')
        const headers = { Authorization: `Bearer ${accessToken}` }
        person('lea', { email: 'lea.private@example.org' })
        const begun = await server.call('POST /auth/oidc/rs/connect', { headers, body: { password: 'correct horse' } })
        const url = await atProvider(begun.json.url, 'lea')
        expect(await server.call('POST /auth/logout', { headers, body: {} }), { status: 204 })
        const before = [accounts(), sessions()]
        expect(await back(url, cookiesOf(begun)[0]), { status: 401, code: 'PT401' })
        assert.deepEqual([accounts(), sessions()], before)
    })
})

describe('a thief', () => {
    let before
    const nothing = () => assert.deepEqual([accounts(), sessions()], before)
    it('who repeats the way back gets nothing', async () => {
        const { back: url, cookie, answer } = await signIn('rs', 'ann')
        expect(answer, { status: 200 })
        before = [accounts(), sessions()]
        expect(await back(url, cookie), { status: 400, code: 'PT400' })
        nothing()
    })
    it('who has another browser, or none, gets nothing; the owner goes on', async () => {
        const begun = await begin('rs')
        const url = await atProvider(begun.url, 'ann')
        before = [accounts(), sessions()]
        for (const cookie of [undefined, '__Host-fin_oidc=', `__Host-fin_oidc=${'f'.repeat(64)}`, (await begin('rs')).cookie, begun.cookie.replace('__Host-', '')])
            expect(await back(url, cookie), { status: 400, code: 'PT400' })
        nothing()
        expect(await back(url, begun.cookie), { status: 200 })
    })
    it('who puts a stolen code into a sign-in of his own fails by PKCE', async () => {
        person('mia')
        const victim = await begin('rs')
        const stolen = await atProvider(victim.url, 'mia')
        const own = await begin('rs')
        before = [accounts(), sessions()]
        const url = new URL(stolen)
        url.searchParams.set('state', own.state)
        const answer = expect(await back(url, own.cookie), { status: 400, code: 'PT400' })
        assert.match(answer.json.message, /does not accept the code/)
        nothing()
    })
    it('who swaps the code while it is exchanged fails', async () => {
        const begun = await begin('crook')
        crook.behave.token = (say) => setTimeout(() => say(500, {}), 1500)
        const url = (code) => new URL(`${server.url}/auth/oidc/crook/callback?code=${code}&state=${begun.state}`)
        before = [accounts(), sessions()]
        const first = back(url('one'), begun.cookie)
        await sleep(400)
        expect(await back(url('two'), begun.cookie), { status: 400, code: 'PT400' })
        expect(await first, { status: 502 })
        nothing()
    })
    it('who asks twice at once is signed in once', async () => {
        const begun = await begin('rs')
        const url = await atProvider(begun.url, 'ann')
        before = Number(sessions())
        const answers = await Promise.all([1, 2, 3, 4].map(() => back(url, begun.cookie)))
        assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 400, 400, 400])
        assert.equal(Number(sessions()), before + 1)
    })
    it('who mixes providers up is noticed', async () => {
        const begun = await begin('rs')
        const url = await atProvider(begun.url, 'ann')
        before = [accounts(), sessions()]
        const other = new URL(url)
        other.pathname = other.pathname.replace('/rs/', '/es/')
        expect(await back(other, begun.cookie), { status: 400 })
        other.pathname = url.pathname
        other.searchParams.set('iss', es.issuer)
        expect(await back(other, begun.cookie), { status: 400 })
        expect(await back(url, begun.cookie), { status: 400 })
        nothing()
    })
    it('who guesses states is slowed down', async () => {
        psql("INSERT INTO fin.login_failures (account_hash, address, purpose) SELECT 'x', '127.0.0.1', 'oidc' FROM generate_series(1, 50)")
        expect(await server.call(`GET /auth/oidc/rs/callback?code=x&state=${'0'.repeat(64)}`), { status: 429, headers: { 'Retry-After': '900' } })
    })
})

describe('a provider that', () => {
    const claims = (begun, more = {}) => {
        const now = Math.floor(Date.now() / 1000)
        return { iss: crook.issuer, sub: 'someone', aud: CLIENT, nonce: begun.nonce, iat: now, exp: now + 300, email: 'someone@example.org', email_verified: true, ...more }
    }
    const signed = (content, { key = rsa.privateKey, header = { alg: 'RS256', kid: 'rsa' } } = {}) => new SignJWT(content).setProtectedHeader(header).sign(key)
    const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
    const hmac = (content, key) => {
        const text = `${b64({ alg: 'HS256', kid: 'rsa' })}.${b64(content)}`
        return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
    }
    // Back with a code; the provider answers with what `make` makes of the sign-in.
    const attempt = async (make) => {
        const begun = await begin('crook')
        crook.behave.token = async (say, form, response) => {
            assert.deepEqual([form.get('grant_type'), form.get('code'), form.get('client_id')], ['authorization_code', 'a code', CLIENT])
            assert.match(form.get('code_verifier'), /^[\w.~-]{43,128}$/)
            const made = await make(begun, say, response)
            if (made !== undefined) say(200, { access_token: 'x', token_type: 'Bearer', id_token: made })
        }
        return server.call(`GET /auth/oidc/crook/callback?code=a%20code&state=${begun.state}&session_state=whatever&authuser=0`, { headers: { Cookie: begun.cookie } })
    }
    it('is honest is believed, whatever else its address holds', async () => expect(await attempt((begun) => signed(claims(begun))), { status: 200 }))

    const forged = {
        'signs nothing (alg none)': async (begun) => `${b64({ alg: 'none' })}.${b64(claims(begun))}.`,
        'signs with its public key as a secret (PEM)': async (begun) => hmac(claims(begun), await exportSPKI(rsa.publicKey)),
        'signs with its public key as a secret (DER)': async (begun) => hmac(claims(begun), createPublicKey(await exportSPKI(rsa.publicKey)).export({ type: 'spki', format: 'der' })),
        'signs with another key': (begun) => signed(claims(begun), { key: stranger.privateKey }),
        'brings its own key': async (begun) => new CompactSign(Buffer.from(JSON.stringify(claims(begun)))).setProtectedHeader({ alg: 'RS256', kid: 'rsa', jwk: await exportJWK(stranger.publicKey) }).sign(stranger.privateKey),
        'is too late': (begun) => signed(claims(begun, { exp: Math.floor(Date.now() / 1000) - 120 })),
        'repeats an old sign-in (nonce)': (begun) => signed(claims(begun, { nonce: 'n' })),
        'leaves the nonce out': (begun) => signed(claims(begun, { nonce: undefined })),
        'means another client': (begun) => signed(claims(begun, { aud: 'another' })),
        'has issued it to another client': (begun) => signed(claims(begun, { aud: [CLIENT, 'another'], azp: 'another' })),
        'is another': (begun) => signed(claims(begun, { iss: rs.issuer })),
        'names nobody': (begun) => signed(claims(begun, { sub: undefined })),
        'sends rubbish': async () => 'rubbish',
        'sends a list': async (begun, say) => say(200, '[]'),
        'sends no JSON': async (begun, say) => say(200, '<html>'),
        'sends no token': async (begun, say) => say(200, { access_token: 'x' }),
        'sends a megabyte': async (begun, say) => say(200, { id_token: 'x'.repeat(1 << 20) }),
        'redirects': async (begun, say) => say(302, {}, { Location: `${rs.issuer}/token` }),
        'fails (500)': async (begun, say) => say(500, {}),
        'knows no such client': async (begun, say) => say(401, { error: 'invalid_client' }),
    }
    for (const [what, make] of Object.entries(forged))
        it(`${what}: 502, and no account`, async () => {
            const before = [accounts(), sessions()]
            const answer = expect(await attempt(make), { status: 502, code: 'PT502', headers: { 'Set-Cookie': null } })
            assert.ok(answer.json.message.length > 10 && answer.json.hint)
            assert.deepEqual([accounts(), sessions()], before)
        })
    it('says somebody else’s address by userinfo is not believed', async () => {
        crook.behave.userinfo = (say) => say(200, { sub: 'another', email: 'ann@example.org', email_verified: true })
        expect(await attempt((begun) => signed(claims(begun, { email: undefined }))), { status: 502 })
        crook.behave.userinfo = undefined
    })
    it('closes the connection: 504', async () => expect(await attempt(async (begun, say, response) => void response.destroy()), { status: 504 }))
    it('is slow: 504 within its time', async () => {
        const before = [accounts(), sessions()]
        const started = Date.now()
        expect(await attempt(() => new Promise((resolve) => setTimeout(resolve, 15000))), { status: 504, code: 'PT504' })
        assert.ok(Date.now() - started < 14000)
        assert.deepEqual([accounts(), sessions()], before)
    })
    it('has new keys is asked for them, once a minute', async () => {
        const fresh = await generateKeyPair('RS256', { extractable: true })
        crook.keys = [await jwk(fresh.publicKey, { kid: 'fresh', alg: 'RS256' })]
        psql("UPDATE fin.oidc_providers SET keys_asked_at = now() - interval '2 minutes' WHERE name = 'crook'")
        const asked = () => crook.asked.filter((path) => path === '/jwks').length
        const before = asked()
        expect(await attempt((begun) => signed(claims(begun), { key: fresh.privateKey, header: { alg: 'RS256', kid: 'fresh' } })), { status: 200 })
        assert.equal(asked(), before + 1)
        for (let i = 0; i < 2; i++) expect(await attempt((begun) => signed(claims(begun), { key: stranger.privateKey, header: { alg: 'RS256', kid: `made up ${i}` } })), { status: 502 })
        assert.equal(asked(), before + 1)
    })
    it('is not there: refused cleanly at the code, and at the beginning while nothing is known of it', async () => {
        psql(`SELECT fin_oidc_provider_set('gone', 'http://localhost:1', '${CLIENT}', NULL, '${redirectUri('gone')}')`)
        expect(await server.call('GET /auth/oidc/gone/start'), { status: 503, headers: { 'Retry-After': '5' } })
        psql(`UPDATE fin.oidc_providers SET discovered_at = now(), discovery = '{"issuer": "http://localhost:1", "authorization_endpoint": "http://localhost:1/a", "token_endpoint": "http://localhost:1/t", "jwks_uri": "http://localhost:1/k"}' WHERE name = 'gone'`)
        const begun = await begin('gone')
        expect(await server.call(`GET /auth/oidc/gone/callback?code=x&state=${begun.state}`, { headers: { Cookie: begun.cookie } }), { status: 504 })
        psql("DELETE FROM fin.oidc_providers WHERE name = 'gone'")
    })
    it('is at a host that the operator has not allowed is never called', async () => {
        psql(`SELECT fin_oidc_provider_set('inner', 'http://127.0.0.1:${crook.listener.address().port}', '${CLIENT}', NULL, '${redirectUri('inner')}')`)
        const jobs = await until(() => psql("SELECT status FROM fin.jobs WHERE kind = 'oidc_discovery' AND payload ->> 'provider' = 'inner' AND error IS NOT NULL"))
        assert.ok(jobs === 'dead' || jobs === 'failed')
        expect(await server.call('GET /auth/oidc/inner/start'), { status: 503 })
        psql("DELETE FROM fin.oidc_providers WHERE name = 'inner'")
    })
    it('keeps its client secret to itself', async () => {
        assert.equal(psql("SELECT left(encode(client_secret, 'hex'), 6) FROM fin.oidc_providers WHERE name = 'rs'"), '465301')
        assert.ok(rs.seen.includes('POST /token') && es.seen.includes('POST /token'))
        assert.equal(psql("SELECT count(*) FROM fin.jobs j WHERE j::text LIKE '%a secret with%' OR j::text LIKE '%a code%'"), '0')
    })
})
