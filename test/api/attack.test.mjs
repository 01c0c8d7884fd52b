// Attacks on the product's API, by the hundreds: a member of one workspace against another, a viewer against what
// viewers may not, somebody without a token and with every kind of wrong one. Each answer is searched for what the
// attacked workspace planted (attack/watch.mjs), and at the end nothing in it has changed.
//
// Two servers: `narrow` is served as the product is, `wide` serves every schema, so that what the product leaves to
// row-level security alone is attacked by the dialect too. Relations, columns, keys, functions and routes come from the
// catalogue: what is added later is attacked without a line here.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import http from 'node:http'
import { foreignKeys, functions, relations, routes, SCHEMAS } from './attack/catalogue.mjs'
import { plant } from './attack/plant.mjs'
import { fingerprint, Watch } from './attack/watch.mjs'
import { claiming, person, PASSWORD, register, serve } from './product.mjs'
import { bearer, call, handmade, psql, raw, SECRET, sleep } from './support.mjs'

const WORD = 'Qvxbravo'
const watch = new Watch(WORD)
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' })
let narrow, wide, keyed
let a, b, removed, key, printB, printA
const people = (place) => Object.values(place.people).map(({ id }) => id)

before(async () => {
    narrow = await serve()
    // No named route there: some have the names of tables.
    psql('CREATE VIEW fin.no_routes AS SELECT * FROM fin.routes WHERE false; GRANT SELECT ON fin.no_routes TO fin_authenticator')
    wide = await serve({ 'db-schemas': SCHEMAS.join(','), 'db-aggregates-enabled': true, 'fin-routes': 'fin.no_routes' })
    const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'public', alg: 'RS256', use: 'sig' }
    const oct = { kty: 'oct', kid: 'secret', alg: 'HS256', k: Buffer.from(SECRET).toString('base64url') }
    keyed = await serve({ 'jwt-secret': JSON.stringify({ keys: [jwk, oct] }) })
    a = await plant(narrow, 'Alphaword', 1234.56)
    b = await plant(narrow, WORD, 7331.37)
    // Was an analyst of B a moment ago, and is somewhere else still.
    removed = await register(narrow, 'Roy')
    const invited = await b.owner.ask('POST /members', { email: removed.email, role: 'analyst' })
    assert.equal(invited.status, 201)
    assert.equal((await removed.ask('POST /invitations/accept', { token: invited.json.token })).status, 200)
    const there = await removed.ask('POST /auth/workspace', { workspaceId: b.workspace })
    removed = person(narrow, { user: { id: removed.id, email: removed.email }, accessToken: there.json.accessToken })
    assert.equal((await removed.ask(`GET /reports/${b.report}`)).status, 200)
    assert.equal((await b.owner.ask(`DELETE /members/${removed.id}`)).status, 204)
    key = { headers: { Authorization: `Bearer ${a.key}` } }

    // Every id that a row of B carries, and every amount that B's answers hold and A's do not.
    watch.keepSecret(JSON.parse(psql(`SELECT jsonb_agg(DISTINCT m[1]) FROM (SELECT query_to_xml(format('SELECT * FROM fin.%I WHERE workspace_id = %L', c.relname, '${b.workspace}'), false, true, '')::text AS x
        FROM pg_class c WHERE c.relnamespace = 'fin'::regnamespace AND c.relkind = 'r' AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id')) s,
        regexp_matches(x, '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g') m`)))
    const harvest = async (place) => {
        const texts = []
        for (const { method, path, kind } of routes()) {
            if (method !== 'GET' || kind === 'events' || kind === 'visit') continue
            const answer = await place.owner.ask(`GET ${aimed(path, place)}`)
            assert.equal(answer.status, 200, `${path} ${answer.text}`)
            texts.push(answer.text.replace(/\d{4}-\d\d-\d\d(T[\d:.]+)?/g, ' '))
        }
        return texts
    }
    const secret = watch.learn(await harvest(b), await harvest(a))
    assert.ok(secret > 100, String(secret))
    printB = fingerprint(b.workspace, people(b))
    printA = fingerprint(a.workspace, people(a))
    assert.ok(Object.keys(printB).length > 30)
})
after(async () => {
    for (const server of [narrow, wide, keyed]) await server?.stop()
})

// A path of fin.routes with the ids of a place.
const idOf = (name, place) =>
    ({ report_id: place.report, job_id: place.job, export_id: place.export, feedback_id: place.feedback, dismissal_id: place.dismissal, schedule_id: place.schedule, user_id: place.people.viewer.id, workspace_id: place.workspace, key_id: place.keyId, session_id: place.owner.claims.sid, file_id: place.fileId, name: 'revenue_trend' })[name]
const aimed = (path, place) => path.replace(/:([a-z_]+)/g, (_, name) => idOf(name, place) ?? randomUUID())
const somewhere = (path) => path.replace(/:([a-z_]+)/g, (_, name) => (/job|schedule/.test(name) ? 9000000 + Math.floor(Math.random() * 900000) : randomUUID()))
const strike = (server, line, headers, more = {}) => watch.strike(server, line, { headers, ...more })
const inSchema = (schema, headers) => ({ 'Accept-Profile': schema, 'Content-Profile': schema, ...headers })

describe('the trap itself', () => {
    it('is set: there is a row of both in every table that says whose it is', () => {
        assert.deepEqual([a.unplanted, b.unplanted], [[], []])
    })
    it('snaps: what B is shown of itself is seen as secret', async () => {
        let seen = 0
        for (const { schema, name, columns } of relations()) {
            const readable = columns.filter(({ read }) => read).map(({ name: column }) => column)
            if (readable.length === 0 || !readable.includes('workspace_id')) continue
            const answer = await call(wide.url, `GET /${name}?select=${readable}`, { headers: inSchema(schema, b.owner.headers) })
            if (answer.status === 200 && answer.json.length > 0) {
                seen++
                assert.notDeepEqual(watch.found(answer.text), [], name)
            }
        }
        assert.ok(seen > 20, String(seen))
        for (const text of [Buffer.from(`some ${WORD} text`).toString('hex'), Buffer.from(`some ${WORD} text`).toString('base64'), b.report, b.owner.id]) assert.notDeepEqual(watch.found(text), [], text)
        assert.deepEqual(watch.found((await a.owner.ask('GET /dashboard')).text), [])
    })
})

describe('every relation of the catalogue', () => {
    const asking = () => [['owner of A', a.owner.headers], ['viewer of A', a.people.viewer.headers], ['key of A', key.headers], ['removed from B', removed.headers], ['nobody', {}]]
    // Where one is signed in one sees, also that it was to a workspace one is a member of no longer.
    const others = (name) => (name === 'sessions' ? `&user_id=neq.${removed.id}` : '')
    it('is read by those who may not: whole, filtered, counted, ordered', async () => {
        for (const { schema, name, columns } of relations()) {
            const readable = columns.filter(({ read }) => read).map(({ name: column }) => column)
            for (const [what, headers] of asking()) {
                const there = inSchema(schema, headers)
                await strike(wide, `GET /${name}`, there, { what, status: [200, 401, 403, 404] })
                if (readable.length === 0) continue
                const all = await strike(wide, `GET /${name}?select=${readable}&order=${readable[0]}`, { ...there, Prefer: 'count=exact' }, { what, status: [200, 206, 401, 403] })
                if (!readable.includes('workspace_id')) continue
                if (all.status < 300) for (const row of all.json) assert.ok(row.workspace_id !== b.workspace || (name === 'sessions' && row.user_id === removed.id), `${name} ${what}`)
                const none = await strike(wide, `GET /${name}?select=${readable}&workspace_id=eq.${b.workspace}${others(name)}`, { ...there, Prefer: 'count=exact' }, { what, status: [200, 401, 403] })
                if (none.status === 200) assert.deepEqual([none.json, none.headers['content-range']], [[], '*/0'], `${name} ${what}`)
            }
        }
    })
    it('counts nobody else: exact, planned and estimated counts of B’s words and of words that nobody wrote are the same', async () => {
        psql('ANALYZE')
        for (const { schema, name, columns } of relations()) {
            const readable = columns.filter(({ read }) => read)
            if (!readable.some(({ name: column }) => column === 'workspace_id')) continue
            for (const count of ['exact', 'planned', 'estimated'])
                for (const { name: column, type } of readable.filter(({ name: column, type }) => type === 'text' || column === 'workspace_id').slice(0, 4)) {
                    const values = type === 'uuid' ? [b.workspace, randomUUID()] : [psql(`SELECT ${column} FROM ${schema}.${name} WHERE workspace_id = '${b.workspace}' AND ${column} IS NOT NULL LIMIT 1`), 'nobody wrote this']
                    if (values[0] === '') continue
                    const told = []
                    for (const value of values) {
                        const answer = await strike(wide, `GET /${name}?select=${column}&${column}=eq.${encodeURIComponent(value)}`, inSchema(schema, { ...a.owner.headers, Prefer: `count=${count}` }), { status: [200, 206] })
                        told.push([answer.status, answer.headers['content-range']])
                    }
                    // A value that A has too is A's to count.
                    if (JSON.stringify(told[0]) !== JSON.stringify(told[1]) && psql(`SELECT NOT EXISTS (SELECT FROM ${schema}.${name} WHERE workspace_id = '${a.workspace}' AND ${column}::text = '${values[0].replaceAll("'", "''")}')`) === 't') assert.deepEqual(told[0], told[1], `${count} of ${name}.${column}`)
                }
        }
    })
    it('is changed, removed from and added to by those who may not', async () => {
        for (const { schema, name, columns, remove } of relations()) {
            if (!columns.some(({ name: column }) => column === 'workspace_id')) continue
            const change = columns.find(({ change: may, name: column, type }) => may && column !== 'workspace_id' && type !== 'uuid') ?? columns[0]
            const own = psql(`SELECT to_jsonb(t) FROM ${schema}.${name} t WHERE workspace_id = '${a.workspace}' LIMIT 1`)
            const row = own === '' ? {} : JSON.parse(own)
            const there = { ...row, workspace_id: b.workspace, ...('report_id' in row ? { report_id: b.report } : {}), ...('id' in row ? { id: typeof row.id === 'number' ? 987654 : randomUUID() } : {}) }
            const added = Object.fromEntries(Object.entries(there).filter(([column]) => columns.some((one) => one.name === column && one.add)))
            for (const [what, headers] of asking()) {
                const at = inSchema(schema, { ...headers, Prefer: 'return=representation,count=exact' })
                const untouched = (answer) => assert.ok(answer.status >= 400 || /\*\/0$/.test(answer.headers['content-range'] ?? ''), `${what} ${name} ${answer.status} ${answer.text} ${answer.headers['content-range']}`)
                untouched(await strike(wide, `PATCH /${name}?workspace_id=eq.${b.workspace}&select=workspace_id`, at, { what, body: { [change.name]: row[change.name] ?? null } }))
                untouched(await strike(wide, `DELETE /${name}?workspace_id=eq.${b.workspace}&select=workspace_id`, at, { what }))
                await strike(wide, `POST /${name}?select=workspace_id`, at, { what, body: Object.keys(added).length > 0 ? added : { workspace_id: b.workspace }, status: [400, 401, 403, 404, 405, 500] })
                if (what === 'viewer of A' || what === 'nobody') {
                    const mine = name === 'memberships' ? `&user_id=neq.${a.people.viewer.id}` : name === 'notifications' ? `&user_id=neq.${a.people.viewer.id}` : ''
                    untouched(await strike(wide, `PATCH /${name}?workspace_id=eq.${a.workspace}${mine}&select=workspace_id`, at, { what, body: { [change.name]: row[change.name] ?? null } }))
                    if (remove || what === 'nobody') untouched(await strike(wide, `DELETE /${name}?workspace_id=eq.${a.workspace}${mine}&select=workspace_id`, at, { what }))
                }
            }
        }
        assert.deepEqual(fingerprint(a.workspace, people(a)), printA, 'viewers and strangers changed nothing of A either')
    })
    it('keeps what nobody may read from being filtered by, ordered by, selected, aggregated', async () => {
        let hidden = 0
        for (const { schema, name, columns } of relations()) {
            if (!columns.some(({ read }) => read)) continue
            const open = columns.find(({ read }) => read).name
            for (const { name: column, type } of columns.filter(({ read }) => !read)) {
                hidden++
                for (const query of [`select=${open}&${column}=not.is.null`, `select=${open}&order=${column}`, `select=${column}`, `select=${column}.${/int|numeric/.test(type) ? 'sum' : 'count'}()`, `select=${open}&or=(${column}.is.null,${open}.not.is.null)`])
                    await strike(wide, `GET /${name}?${query}`, inSchema(schema, a.owner.headers), { status: [400, 403] })
            }
        }
        assert.ok(hidden >= 8, String(hidden))
    })
    it('is embedded along every foreign key, inward and outward', async () => {
        for (const { from, to, name } of foreignKeys()) {
            for (const line of [`GET /${from}?select=workspace_id,${to}!${name}(*)`, `GET /${to}?select=*,${from}!${name}(*)`, `GET /${to}?select=*,${from}!${name}!inner(workspace_id)&${from}.workspace_id=eq.${b.workspace}`])
                await strike(wide, line, inSchema('fin', a.owner.headers), { status: [200, 206, 300, 400, 401, 403, 404] })
        }
        for (const line of ['GET /workspaces?select=id,name,reports(id,filename,transactions(amount,counterparty)),memberships(role)', 'GET /users?select=id,email,memberships(workspace_id,role)', `GET /workspaces?select=id,reports!inner(id)&reports.id=eq.${b.report}`, 'GET /reports?select=id,analyses(document),files(filename)', 'GET /memberships?select=...workspaces(name),...users(email)&order=workspaces(name)']) {
            const answer = await strike(wide, line, inSchema('fin', a.owner.headers))
            if (answer.status === 200 && line.includes(b.report)) assert.deepEqual(answer.json, [])
        }
    })
    it('is aggregated', async () => {
        for (const line of ['GET /transactions?select=amount.sum(),count()', 'GET /transactions?select=counterparty,amount.max()', 'GET /reports?select=rows.sum(),filename', 'GET /analyses?select=count()', 'GET /reports?select=created_at.max()'])
            await strike(wide, line, inSchema('fin', a.owner.headers), { status: 200 })
    })
})

describe('every named route', () => {
    // A body that names foreign things wherever a function takes one.
    const bodyFor = (path, place) => ({ '/analyze': { reportId: place.report }, '/export': { reportId: place.report }, '/feedback': { reportId: place.report, finding: 'risk:liquidity', verdict: 'right' }, '/reports/:report_id/feedback': { finding: 'risk:liquidity', verdict: 'right' }, '/reports/:report_id/dismissals': { finding: 'risk:liquidity' }, '/schedules': { kind: 'analyze_report', cron: '0 0 1 1 *', payload: { reportId: place.report } }, '/members': { email: 'nobody@example.org', workspaceId: place.workspace }, '/members/:user_id': { role: 'owner', workspaceId: place.workspace }, '/workspaces/:workspace_id': { name: 'taken over' }, '/reports/:report_id': { filename: 'taken over' }, '/auth/workspace': { workspaceId: place.workspace } })[path]
    // Those of who is signed in, and those that make something of one's own: others see to them below.
    const harmless = ({ path, method }) => !/^\/auth\/(?!workspace|sessions)|^\/me$/.test(path) && !(method === 'POST' && /^\/(workspaces|keys|reports|reports\/upload)$/.test(path)) && !(method !== 'GET' && path.startsWith('/branding'))
    const takesId = ({ path, method }) => /:/.test(path) || (method === 'POST' && bodyFor(path, b) !== undefined)
    it('with the ids of another workspace, as everybody who has no business there', async () => {
        for (const route of routes().filter(harmless)) {
            const { method, path } = route
            for (const [what, headers, refused] of [['owner of A', a.owner.headers, [404]], ['viewer of A', a.people.viewer.headers, [403, 404]], ['analyst of A', a.people.analyst.headers, [403, 404]], ['key of A', key.headers, [401, 403, 404]], ['removed from B', removed.headers, [403, 404]], ['nobody', {}, [401, 403]]]) {
                const options = { what, status: takesId(route) ? [...refused, ...(path === '/schedules' ? [400, 403] : []), ...(path === '/auth/workspace' ? [403] : [])] : undefined }
                if (method !== 'GET' && method !== 'DELETE') options.body = bodyFor(path, b) ?? {}
                // A member's id is asked for in the workspace that is named beside it.
                const line = `${method} ${aimed(path, b)}${path === '/members/:user_id' && method === 'DELETE' ? `?workspaceId=${b.workspace}` : ''}`
                const answer = await strike(narrow, line, headers, options)
                assert.ok(takesId(route) || answer.status !== 500)
            }
        }
    })
    it('says of foreign things, byte for byte, what it says of what is not there', async () => {
        const plain = (answer, line) => JSON.stringify([answer.status, answer.reason, answer.rawHeaders.filter((_, i, all) => all[i - (i % 2)] !== 'Date'), answer.text]).replaceAll(/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/g, '(id)').replaceAll(/\d{6,}/g, '(id)').replaceAll(new RegExp(`\\b(${b.job}|${b.schedule})\\b`, 'g'), '(id)').replaceAll(/Content-Length","\d+/gi, '(length)')
        for (const route of routes().filter((one) => harmless(one) && takesId(one))) {
            const absent = { ...b, report: randomUUID(), workspace: randomUUID(), export: randomUUID(), people: { viewer: { id: randomUUID() } } }
            for (const headers of [a.owner.headers, a.people.viewer.headers]) {
                const body = (place) => (route.method !== 'GET' && route.method !== 'DELETE' ? (bodyFor(route.path, place) ?? {}) : undefined)
                const beside = (place) => (route.path === '/members/:user_id' && route.method === 'DELETE' ? `?workspaceId=${place.workspace}` : '')
                const foreign = await strike(narrow, `${route.method} ${aimed(route.path, b)}${beside(b)}`, headers, { body: body(b) })
                const nothing = await strike(narrow, `${route.method} ${somewhere(route.path)}${beside(absent)}`, headers, { body: body(absent) })
                assert.equal(plain(foreign), plain(nothing), `${route.method} ${route.path}`)
            }
        }
    })
    // Both take one path: the same prepared statement, in it fin.is_foreign, which asks for the caller's workspaces first
    // and then looks at one index. (Row-level security alone asks for them only where it found a row: that was seen here.)
    // A test of ranks on interleaved pairs sees a difference where one exists: it fails where nearly every foreign answer
    // is slower (or faster) than nearly every absent one, which noise does not do: with 60 pairs its chance is below 1e-12.
    it('takes as long for foreign things as for what is not there', async () => {
        for (const [method, path] of [['GET', '/reports/:report_id'], ['GET', '/reports/:report_id/analysis'], ['GET', '/exports/:export_id'], ['GET', '/jobs/:job_id'], ['DELETE', '/feedback/:feedback_id'], ['DELETE', '/dismissals/:dismissal_id'], ['DELETE', '/schedules/:schedule_id']]) {
            const spans = { foreign: [], absent: [] }
            for (let i = 0; i < 70; i++)
                for (const [kind, line] of i % 2 ? [['foreign', aimed(path, b)], ['absent', somewhere(path)]] : [['absent', somewhere(path)], ['foreign', aimed(path, b)]]) {
                    const begun = process.hrtime.bigint()
                    await strike(narrow, `${method} ${line}`, a.owner.headers, { status: 404 })
                    if (i >= 10) spans[kind].push(Number(process.hrtime.bigint() - begun))
                }
            const slower = spans.foreign.reduce((sum, x) => sum + spans.absent.filter((y) => x > y).length, 0) / (spans.foreign.length * spans.absent.length)
            assert.ok(slower > 0.1 && slower < 0.9, `${path}: ${slower}`)
        }
    })
    it('as a viewer against what viewers may not', async () => {
        const writes = [['POST', '/reports', { content: 'Date,Amount\n2024-01-01,1\n' }], ['PATCH', '/reports/:report_id', { filename: 'x' }], ['DELETE', '/reports/:report_id'], ['POST', '/analyze', { reportId: a.report }], ['POST', '/reports/:report_id/analyze', {}], ['POST', '/reports/:report_id/forecast', {}], ['POST', '/feedback', { reportId: a.report, finding: 'summary', verdict: 'right' }], ['DELETE', '/feedback/:feedback_id'], ['POST', '/reports/:report_id/dismissals', { finding: 'risk:liquidity' }], ['DELETE', '/dismissals/:dismissal_id'], ['POST', '/jobs/:job_id/cancel', {}], ['POST', '/jobs/:job_id/requeue', {}]]
        const administers = [['PUT', '/branding', { branding: { footer: 'x' } }], ['DELETE', '/branding/logo'], ['GET', '/keys'], ['POST', '/keys', { name: 'x', scopes: ['read'] }], ['DELETE', '/keys/:key_id'], ['POST', '/members', { email: 'nobody@example.org', role: 'viewer' }], ['PATCH', '/members/:user_id', { role: 'owner' }], ['PATCH', '/workspaces/:workspace_id', { name: 'x' }], ['DELETE', '/schedules/:schedule_id'], ['POST', '/schedules', { kind: 'analyze_report', cron: '0 0 1 1 *', payload: { reportId: a.report } }]]
        for (const [method, path, body] of [...writes, ...administers]) await strike(narrow, `${method} ${aimed(path, a)}`, a.people.viewer.headers, { body, what: 'viewer', status: 403 })
        await strike(narrow, 'POST /reports/upload?filename=x.csv', { ...a.people.viewer.headers, 'Content-Type': 'text/csv' }, { body: 'Date,Amount\n2024-01-01,1\n', status: 403 })
        for (const [method, path, body] of administers) await strike(narrow, `${method} ${aimed(path, a)}`, a.people.analyst.headers, { body, what: 'analyst', status: 403 })
        // What is a colleague's, and who is an owner.
        await strike(narrow, `DELETE /reports/${a.report}`, a.people.analyst.headers, { status: 403 })
        await strike(narrow, `PATCH /members/${a.people.admin.id}`, a.people.admin.headers, { body: { role: 'owner' }, status: 403 })
        await strike(narrow, `PATCH /members/${a.owner.id}`, a.people.admin.headers, { body: { role: 'viewer' }, status: 403 })
        await strike(narrow, `DELETE /members/${a.owner.id}`, a.people.admin.headers, { status: 403 })
        await strike(narrow, `DELETE /members/${a.owner.id}`, a.people.viewer.headers, { status: 403 })
        assert.deepEqual(fingerprint(a.workspace, people(a)), printA)
    })
})

describe('tokens', () => {
    const now = Math.floor(Date.now() / 1000)
    const lines = () => [`GET /reports/${b.report}`, 'GET /dashboard', 'GET /me']
    const refused = async (server, what, headers, status = 401) => {
        for (const line of lines()) await strike(server, line, headers, { what, status })
    }
    const as = (token) => ({ Authorization: `Bearer ${token}` })
    it('none at all, or what is no token', async () => {
        await refused(narrow, 'none', {}, [401, 403])
        for (const token of ['', 'x', 'a.b.c', '..', 'null', b.owner.claims.sid, b.owner.accessToken.slice(0, -2), b.owner.accessToken.split('.').slice(0, 2).join('.') + '.', `${b.owner.accessToken}.x`, b.owner.refreshToken, 'fin_', `fin_${b.keyId.replaceAll('-', '')}_${'0'.repeat(64)}`, `${b.key.slice(0, -1)}`, b.key.toUpperCase(), `${b.key}0`]) await refused(narrow, token.slice(0, 20), as(token), [401, 403])
        for (const scheme of ['Basic', 'Token', 'bearer:']) await refused(narrow, scheme, { Authorization: `${scheme} ${b.owner.accessToken}` }, [401, 403])
    })
    it('forged: the same claims under no key or another', async () => {
        const claims = b.owner.claims
        for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
            const input = `${Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
            for (const signature of ['', 'AA', b.owner.accessToken.split('.')[2]]) await refused(narrow, `alg ${alg}`, as(`${input}.${signature}`))
        }
        for (const other of ['', 'another secret that is long enough for HS256', `${SECRET} `, SECRET.toLowerCase().replace('a', 'b'), 'null']) await refused(narrow, 'another key', as(handmade({ alg: 'HS256', typ: 'JWT' }, claims, other)))
        for (const header of [{ alg: 'HS384' }, { alg: 'HS512' }, { alg: 'RS256' }, { alg: 'ES256' }, { typ: 'JWT' }, { alg: 'HS256', crit: ['exp'] }]) await refused(narrow, JSON.stringify(header), as(handmade(header, claims)))
        for (const header of [{ alg: 'HS256', kid: '../../../../dev/null' }, { alg: 'HS256', jku: 'http://127.0.0.1/keys' }, { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }]) await refused(narrow, JSON.stringify(header), as(handmade(header, claims, '')))
        // A payload changed under the signature of another.
        const [head, , signature] = a.owner.accessToken.split('.')
        await refused(narrow, 'changed', as(`${head}.${Buffer.from(JSON.stringify({ ...a.owner.claims, ws: b.workspace, sub: b.owner.id })).toString('base64url')}.${signature}`))
    })
    it('key-confused: a public key as the secret, the secret under the public key’s name', async () => {
        const claims = b.owner.claims
        const der = rsa.publicKey.export({ type: 'spki', format: 'der' })
        for (const secret of [publicPem, publicPem.trim(), der, rsa.publicKey.export({ format: 'jwk' }).n, JSON.stringify(rsa.publicKey.export({ format: 'jwk' }))])
            for (const header of [{ alg: 'HS256', kid: 'public' }, { alg: 'HS256' }, { alg: 'RS256', kid: 'public' }, { alg: 'HS256', kid: 'secret' }]) await refused(keyed, 'confused', as(handmade(header, claims, secret)))
        await refused(keyed, 'secret under the other name', as(handmade({ alg: 'HS256', kid: 'public' }, claims)))
        await refused(keyed, 'no such name', as(handmade({ alg: 'HS256', kid: 'nobody' }, claims)))
        const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
        const input = `${Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'public' })).toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
        await refused(keyed, 'another private key', as(`${input}.${sign('sha256', Buffer.from(input), createPrivateKey(other.privateKey.export({ type: 'pkcs8', format: 'pem' }))).toString('base64url')}`))
        // The right ones of both count, so what is refused above is refused for its signature.
        for (const token of [handmade({ alg: 'HS256', kid: 'secret' }, a.owner.claims), (() => { const text = `${Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'public' })).toString('base64url')}.${Buffer.from(JSON.stringify(a.owner.claims)).toString('base64url')}`; return `${text}.${sign('sha256', Buffer.from(text), rsa.privateKey).toString('base64url')}` })()]) await strike(keyed, 'GET /me', as(token), { status: 200 })
    })
    it('stale, of tomorrow, of another role', async () => {
        await refused(narrow, 'expired', bearer({ ...b.owner.claims, exp: now - 60 }))
        await refused(narrow, 'of tomorrow', bearer({ ...b.owner.claims, nbf: now + 3600, exp: now + 7200 }))
        for (const role of ['postgres', 'fin_admin', 'fin_worker', 'fin_definer', 'fin_authenticator', 'nobody_at_all', '', null, 5]) await refused(narrow, `role ${role}`, bearer({ ...b.owner.claims, role }), [400, 401, 403])
    })
    it('with a claim that the workspace chosen is B', async () => {
        for (const who of [a.owner, a.people.viewer, removed]) {
            const there = claiming(narrow, who, { ws: b.workspace })
            await strike(narrow, `GET /reports/${b.report}`, there.headers, { status: [403, 404] })
            await strike(narrow, 'GET /reports', there.headers, { status: [200, 403] })
            await strike(narrow, 'GET /dashboard', there.headers, { status: [200, 403, 404] })
            await strike(narrow, 'GET /members', there.headers, { status: [403, 404] })
            await strike(narrow, 'POST /reports', there.headers, { body: { content: 'Date,Amount\n2024-01-01,1\n' }, status: [403, 404] })
            await strike(narrow, 'POST /reports/upload?filename=x.csv', { ...there.headers, 'Content-Type': 'text/csv' }, { body: 'Date,Amount\n2024-01-01,1\n', status: [403, 404] })
            for (const { schema, name } of relations().filter(({ schema }) => schema !== 'public')) await strike(wide, `GET /${name}`, inSchema(schema, there.headers))
        }
        for (const ws of ['', 'x', [b.workspace], { id: b.workspace }, `${b.workspace}' OR true`, null]) await strike(narrow, 'GET /reports', bearer({ ...a.owner.claims, ws }), { what: JSON.stringify(ws) })
        for (const sub of ['', 'x', [b.owner.id], null, `${b.owner.id} `]) await strike(narrow, 'GET /reports', bearer({ ...a.owner.claims, sub }), { what: JSON.stringify(sub) })
        await strike(narrow, 'GET /reports', bearer({ ...a.owner.claims, sub: b.owner.id }), { what: 'a session of somebody else' , status: [200, 401, 403] })
        await strike(narrow, 'POST /auth/workspace', a.owner.headers, { body: { workspaceId: b.workspace }, status: [403, 404] })
        await strike(narrow, 'POST /auth/workspace', removed.headers, { body: { workspaceId: b.workspace }, status: [403, 404] })
        await strike(narrow, 'GET /reports', bearer({ ...a.owner.claims, scopes: ['read', 'write', 'export'], key: b.keyId, ws: b.workspace }))
    })
    it('of sessions that ended, of people who are not there any more', async () => {
        const gone = await register(narrow, 'Gone')
        const again = (await call(narrow.url, 'POST /auth/login', { body: { email: gone.email, password: PASSWORD } })).json
        await strike(narrow, `DELETE /auth/sessions/${gone.claims.sid}`, as(again.accessToken), { status: 204 })
        for (const line of ['GET /me', 'GET /reports', 'GET /auth/sessions']) await strike(narrow, line, gone.headers, { what: 'revoked', status: [401, 403] })
        await strike(narrow, 'POST /auth/refresh', {}, { body: { refreshToken: gone.refreshToken }, status: 401 })
        const fresh = await strike(narrow, 'POST /auth/refresh', {}, { body: { refreshToken: again.refreshToken }, status: 200 })
        await strike(narrow, 'POST /auth/refresh', {}, { what: 'spent', body: { refreshToken: again.refreshToken }, status: 401 })
        await strike(narrow, 'GET /me', as(fresh.json.accessToken), { what: 'its family has ended', status: 401 })
        const disabled = await register(narrow, 'Disabled')
        psql(`UPDATE fin.users SET disabled_at = now() WHERE id = '${disabled.id}'`)
        for (const line of ['GET /me', 'GET /reports']) await strike(narrow, line, disabled.headers, { what: 'disabled', status: [200, 401, 403] })
        await strike(narrow, 'GET /reports', bearer({ ...a.owner.claims, sid: randomUUID() }), { what: 'a session that never was', status: [401, 403] })
        for (const line of [`GET /reports/${b.report}`, `GET /exports/${b.export}`, `GET /jobs/${b.job}`, 'GET /members', `GET /members?workspaceId=${b.workspace}`]) await strike(narrow, line, removed.headers, { what: 'removed', status: [401, 403, 404] })
        for (const line of ['GET /reports', 'GET /dashboard', 'GET /jobs', 'GET /exports', 'GET /schedules', 'GET /workspaces']) await strike(narrow, line, removed.headers, { what: 'removed' })
    })
    it('in cookies: without the other half, beside somebody’s token', async () => {
        const cookie = (token) => ({ Cookie: `fin_access=${token}` })
        await strike(narrow, 'POST /workspaces', cookie(a.owner.accessToken), { body: { name: 'x' }, status: 403 })
        await strike(narrow, 'POST /workspaces', { ...cookie(a.owner.accessToken), 'X-CSRF-Token': 'x' }, { body: { name: 'x' }, status: 403 })
        await strike(narrow, 'POST /workspaces', { Cookie: `fin_access=${a.owner.accessToken}; fin_csrf=x`, 'X-CSRF-Token': 'x' }, { body: { name: 'x' }, status: 403 })
        await strike(narrow, 'GET /me', cookie(handmade({ alg: 'HS256' }, b.owner.claims, 'another secret that is long enough for HS256')), { status: 401 })
        // The token in the header is who asks; a cookie of B beside it changes nothing.
        const answer = await strike(narrow, 'GET /me', { ...a.owner.headers, ...cookie(b.owner.accessToken) }, { status: 200 })
        assert.equal(answer.json.user.id, a.owner.id)
    })
})

describe('doors beside the door', () => {
    it('headers that others believe', async () => {
        const tricks = { 'X-Forwarded-User': b.owner.email, 'X-User-Id': b.owner.id, 'X-Workspace': b.workspace, 'X-Workspace-Id': b.workspace, Role: 'postgres', 'X-Role': 'fin_admin', 'X-Original-URL': `/reports/${b.report}`, 'X-Rewrite-URL': `/reports/${b.report}`, 'X-HTTP-Method-Override': 'DELETE', 'X-Method-Override': 'DELETE', 'X-Forwarded-For': '127.0.0.1', 'X-Forwarded-Host': 'localhost', 'X-Real-IP': '127.0.0.1', 'request.jwt.claims': JSON.stringify(b.owner.claims), 'X-JWT-Claims': JSON.stringify(b.owner.claims), Cookie: `request.jwt.claims=${encodeURIComponent(JSON.stringify(b.owner.claims))}`, Prefer: `params=single-object,tx=rollback,handling=lenient`, 'Accept-Profile': 'fin', Range: '0-1000000' }
        for (const [name, value] of Object.entries(tricks)) {
            await strike(narrow, `GET /reports/${b.report}`, { ...a.owner.headers, [name]: value }, { status: 404 })
            await strike(narrow, 'GET /reports', { ...a.owner.headers, [name]: value }, { status: 200 })
            await strike(narrow, 'GET /transactions?limit=3', { [name]: value }, { status: [401, 403, 406] })
        }
        for (const profile of ['fin', 'public', 'pg_catalog', 'information_schema', 'api,fin', 'pg_temp', '"fin"']) {
            await strike(narrow, 'GET /reports?select=*', { 'Accept-Profile': profile }, { status: [400, 401, 403, 406] })
            await strike(narrow, 'GET /pg_authid', { ...a.owner.headers, 'Accept-Profile': profile }, { status: [404, 406] })
            await strike(narrow, 'POST /rpc/current_user_id', { ...a.owner.headers, 'Content-Profile': profile }, { body: {}, status: [404, 406] })
        }
    })
    it('plans: the media type is refused', async () => {
        for (const type of ['application/vnd.pgrst.plan', 'application/vnd.pgrst.plan+json', 'application/vnd.pgrst.plan+text; for="application/json"; options=analyze|verbose|settings|buffers'])
            for (const line of ['GET /transactions', `GET /transactions?counterparty=eq.Landlord%20${WORD}`, 'GET /analyses', `GET /reports/${b.report}`]) await strike(narrow, line, { ...a.owner.headers, Accept: type }, { status: [404, 406] })
    })
    it('SQL in every place where a text goes', async () => {
        for (const text of [`' OR true --`, `1); SELECT * FROM fin.reports; --`, `x' UNION SELECT filename FROM fin.reports --`, '$$; $$', `*`, '%', `\\`, '\u0000'.replace('\u0000', '%00'), `") FROM fin.users --`, `(SELECT string_agg(filename, ',') FROM fin.reports)`]) {
            const word = encodeURIComponent(text)
            for (const line of [`GET /reports?search=${word}`, `GET /reports?status=${word}`, `GET /reports/${a.report}/transactions?search=${word}`, `GET /reports/${a.report}/transactions?sort=${word}`, `GET /reports/${a.report}/transactions?category=${word}`, `GET /reports/${a.report}/metrics?metric=${word}`, `GET /reports/${a.report}/drivers?metric=${word}`, `GET /jobs?kind=${word}`, `GET /reports/${word}`, `GET /exports/${word}`]) await strike(narrow, line, a.owner.headers)
            for (const line of [`GET /transactions?select=${word}`, `GET /transactions?order=${word}`, `GET /transactions?counterparty=eq.${word}`, `GET /transactions?${word}=eq.1`, `GET /transactions?or=(${word})`, `GET /transactions?counterparty=like.${word}`, `GET /${word}`, `GET /rpc/${word}`]) await strike(wide, line, inSchema('fin', a.owner.headers))
        }
    })
    it('paths: dots, slashes, encodings, other methods', async () => {
        for (const path of [`/reports/${a.report}/../${b.report}`, `/reports/${a.report}/..%2f${b.report}`, `/reports/${b.report}%00`, `/reports/${b.report}/`, `//reports/${b.report}`, `/reports/${b.report};x`, `/reports/${b.report}?report_id=${a.report}`, `/reports/${a.report}?reportId=${b.report}`, `/reports/${a.report}?report_id=${b.report}`, `/REPORTS/${b.report}`, `/reports/${b.report.toUpperCase()}`, `/reports/{${b.report}}`, `/reports/${b.report}.json`, '/%72eports'])
            for (const method of ['GET', 'DELETE']) await strike(narrow, `${method} ${path}`, a.people.viewer.headers)
        await strike(narrow, `POST /reports/${a.report}/analyze`, a.owner.headers, { body: { reportId: b.report } })
        await strike(narrow, 'POST /analyze', a.owner.headers, { body: `{"reportId": "${a.report}", "reportId": "${b.report}"}` , status: [400, 404, 415] })
        for (const method of ['OPTIONS', 'TRACE', 'HEAD', 'PUT', 'PATCH', 'LINK', 'SEARCH']) await strike(narrow, `${method} /reports/${b.report}/analysis`, a.owner.headers, { status: [200, 204, 400, 404, 405, 501] })
        const smuggled = await raw(narrow.port, `POST /analyze HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${a.owner.accessToken}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /reports/${b.report} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${b.owner.accessToken}\r\n\r\n`)
        watch.requests++
        assert.match(smuggled, /^HTTP\/1\.1 400 /)
        assert.deepEqual(watch.found(smuggled, b.report), [])
    })
    it('ETags of B open nothing', async () => {
        for (const part of ['analysis', 'metrics', 'risks', 'transactions']) {
            const tag = (await b.owner.ask(`GET /reports/${b.report}/${part}`)).headers.etag
            assert.ok(tag)
            for (const given of [tag, '*', `W/${tag}`, `${tag}, "x"`]) await strike(narrow, `GET /reports/${b.report}/${part}`, { ...a.owner.headers, 'If-None-Match': given }, { status: 404 })
            // Neither does a tag tell that an answer of one's own is like B's.
            await strike(narrow, `GET /reports/${a.report}/${part}`, { ...a.owner.headers, 'If-None-Match': tag }, { status: 200 })
        }
    })
    it('idempotency keys of somebody else', async () => {
        const answered = (answer) => assert.equal(answer.headers['idempotency-replayed'], undefined, answer.text)
        answered(await strike(narrow, 'POST /export', { ...a.owner.headers, 'Idempotency-Key': 'csv-of-all' }, { body: { reportId: b.report, format: 'csv' }, status: [404, 422] }))
        for (const who of [a.people.analyst, a.people.viewer, removed]) answered(await strike(narrow, 'POST /export', { ...who.headers, 'Idempotency-Key': 'csv-of-all' }, { body: { reportId: b.report, format: 'csv' }, status: 404 }))
        const answer = await strike(narrow, 'POST /export', { ...a.people.analyst.headers, 'Idempotency-Key': 'csv-of-all' }, { body: { reportId: a.report, format: 'csv' }, status: 201 })
        answered(answer)
        assert.notEqual(answer.json.exportId, a.csv)
    })
    it('uploads: into B, of what B has, under an id that B used', async () => {
        const headers = { ...a.owner.headers, 'Content-Type': 'text/csv' }
        // B's own file, byte for byte: a report of A's own, and no word that somebody had it before.
        const answer = await strike(narrow, 'POST /reports/upload?filename=mine.csv', headers, { body: Buffer.from(b.file), status: 201 })
        assert.equal(answer.json.duplicate, undefined)
        assert.notEqual(answer.json.reportId, b.report)
        await a.owner.ask(`DELETE /reports/${answer.json.reportId}`)
        for (const more of [`&workspaceId=${b.workspace}`, `&reportId=${b.report}`, `&uploadId=${b.report}`, `&fileId=${b.report}`]) await strike(narrow, `POST /reports/upload?filename=x.csv${more}`, headers, { body: 'Date,Amount\n2024-01-01,1\n', status: 400 })
        // A piece that B has sent and not used yet.
        const upload = randomUUID()
        psql(`INSERT INTO fin.upload_pieces (workspace_id, user_id, upload_id, no, data) VALUES ('${b.workspace}', '${b.owner.id}', '${upload}', 1, convert_to('Date,Amount${WORD}', 'UTF8'))`)
        await strike(wide, 'POST /rpc/upload_report', inSchema('api', a.owner.headers), { body: { upload_id: upload, filename: 'x.csv' }, status: 400 })
        await strike(wide, `GET /upload_chunks?upload_id=eq.${upload}`, inSchema('fin', a.owner.headers), { status: 403 })
        await strike(wide, 'POST /upload_chunks', inSchema('fin', a.owner.headers), { body: { upload_id: upload, no: 1, data: '\\x41' }, status: [400, 403, 409] })
        psql(`DELETE FROM fin.upload_pieces WHERE upload_id = '${upload}'`)
    })
    it('exports and files', async () => {
        for (const id of [b.csv, b.json]) for (const who of [a.owner, a.people.viewer, removed]) await strike(narrow, `GET /exports/${id}`, who.headers, { status: 404 })
        for (const line of [`GET /exports?reportId=${b.report}`, `GET /jobs?reportId=${b.report}`, `GET /dashboard?reportId=${b.report}`, `GET /members?workspaceId=${b.workspace}`, `GET /workspaces/${b.workspace}`]) {
            const answer = await strike(narrow, line, a.owner.headers, { status: [200, 404] })
            if (answer.status === 200) assert.equal(answer.json.total, 0, line)
        }
        const file = psql(`SELECT id FROM fin.files WHERE workspace_id = '${b.workspace}' LIMIT 1`)
        await strike(wide, 'POST /rpc/file_get', inSchema('fin', a.owner.headers), { body: { file_id: file } })
        await strike(wide, 'POST /rpc/fin_import', inSchema('public', a.owner.headers), { body: { file_id: file } })
        await strike(wide, 'POST /rpc/fin_attach', inSchema('public', a.owner.headers), { body: { relation: 'fin.transactions' } })
        for (const relation of ['fin.transactions', 'api.transactions', 'fin.users', 'pg_catalog.pg_authid', 'information_schema.tables', '(SELECT * FROM fin.reports)']) await strike(narrow, 'POST /reports', a.owner.headers, { body: { relation }, status: [400, 404] })
    })
    it('streams of events: none of B’s, and nothing of B in one’s own', async () => {
        for (const line of [`GET /reports/${b.report}/events`, `GET /jobs/${b.job}/events`]) for (const who of [a.owner, a.people.viewer, removed]) await strike(narrow, line, { ...who.headers, Accept: 'text/event-stream' }, { status: 404 })
        const text = await new Promise((resolve, reject) => {
            watch.requests++
            let heard = ''
            const request = http.get(`${narrow.url}/jobs/${a.job}/events`, { headers: a.owner.headers }, async (answer) => {
                answer.setEncoding('utf8')
                answer.on('data', (piece) => (heard += piece))
                answer.on('error', () => {})
                await sleep(200)
                psql(`NOTIFY fin_job_${b.job}, '${WORD}'; NOTIFY fin_report_${b.report.replaceAll('-', '_')}, '${WORD}'; NOTIFY "fin_report_${b.report}", '${WORD}'; NOTIFY fin_job_${a.job}, 'mine'`)
                await sleep(400)
                request.destroy()
                resolve(heard)
            })
            request.on('error', reject)
        })
        assert.match(text, /mine/)
        assert.deepEqual(watch.found(text), [], text)
    })
    it('documents and errors tell nothing of anybody', async () => {
        for (const [server, headers] of [[narrow, {}], [narrow, a.owner.headers], [wide, a.owner.headers]]) for (const line of ['GET /', 'GET /openapi.json', 'GET /nothing', 'POST /rpc/nothing']) await strike(server, line, headers)
        for (const id of [`'${b.report}'`, `${b.report.slice(0, 8)}%25`, '*', 'eq.1']) await strike(narrow, `GET /reports/${id}`, a.owner.headers, { status: [400, 404] })
        for (const email of [b.owner.email, 'nobody.at.all@example.org']) {
            const login = await strike(narrow, 'POST /auth/login', {}, { body: { email, password: 'wrong password' }, status: 401 })
            assert.equal(login.json.message, 'wrong e-mail address or password')
            await strike(narrow, 'POST /auth/password/reset-request', {}, { body: { email }, status: 202 })
        }
        for (const token of ['x', '', randomUUID()]) await strike(narrow, 'POST /auth/password/reset', {}, { body: { token, password: 'another password' }, status: [400, 401, 403, 404, 410] })
    })
})

describe('every function of the catalogue', () => {
    const values = (name, type, place) => {
        const one = { report_id: place.report, report: place.report, job_id: place.job, job: place.job, workspace_id: place.workspace, workspace: place.workspace, place: place.workspace, user_id: place.owner.id, member: place.owner.id, account: place.owner.id, key_id: place.keyId, session_id: place.owner.claims.sid, export_id: place.export, feedback_id: place.feedback, dismissal_id: place.dismissal, schedule_id: place.schedule, email: place.owner.email, password: 'not the password', kind: 'analyze_report', role: 'owner', min_role: 'owner', cron: '0 0 1 1 *', content: 'transactions', format: 'csv', relation: 'fin.transactions', body: {} }[name]
        if (one !== undefined && !/^fin\.|^api\./.test(type)) return one
        if (/^(fin|api)\./.test(type)) return { id: /job/.test(type) ? place.job : /export/.test(type) ? place.export : place.report, workspace_id: place.workspace, report_id: place.report, user_id: place.owner.id, format: 'csv', content: 'transactions' }
        if (type.endsWith('[]')) return type === 'uuid[]' ? [place.report] : []
        if (type === 'uuid') return place.report
        if (/int/.test(type)) return 1
        if (/numeric|double|real/.test(type)) return 1
        if (type === 'boolean') return true
        if (/json/.test(type)) return { report_id: place.report, workspace_id: place.workspace }
        if (/timestamp|date/.test(type)) return '2024-01-01'
        if (type === 'interval') return '1 day'
        if (type === 'bytea') return '\\x00'
        if (type === 'regclass') return 'fin.transactions'
        return 'x'
    }
    // The last attack: some of these functions end the caller's own session, or take from him what is his.
    for (const [what, headers] of [['nobody', () => ({})], ['removed from B', () => removed.headers], ['key of A', () => key.headers], ['admin of A', () => a.people.admin.headers], ['owner of A', () => a.owner.headers]])
        it(`with the ids of B, as ${what}`, async () => {
            const listed = functions()
            assert.ok(listed.length > 150, String(listed.length))
            for (const { schema, name, parameters } of listed) {
                // In the caller's own name these would end what the next function is called with.
                if (/^(auth_|sign_out|password_|totp_|workspace_add|add_workspace)/.test(name) && what !== 'nobody') continue
                const body = Object.fromEntries(parameters.map((one) => [one.name, values(one.name, one.type, b)]))
                await strike(wide, `POST /rpc/${name}`, inSchema(schema, headers()), { what, body })
            }
        })
    it('that end or change the caller’s own, with the ids of B', async () => {
        for (const { schema, name, parameters } of functions().filter(({ name }) => /^(auth_|sign_out|password_|totp_)/.test(name))) {
            const sid = randomUUID()
            psql(`INSERT INTO fin.sessions (id, user_id, workspace_id, expires_at) VALUES ('${sid}', '${a.people.analyst.id}', '${a.workspace}', now() + interval '1 hour')`)
            const body = Object.fromEntries(parameters.map((one) => [one.name, values(one.name, one.type, b)]))
            await strike(wide, `POST /rpc/${name}`, inSchema(schema, bearer({ ...a.people.analyst.claims, sid })), { what: name, body })
        }
    })
})

describe('afterwards', () => {
    it('nothing of B has changed', () => {
        const now = fingerprint(b.workspace, people(b))
        assert.deepEqual(Object.keys(now).filter((table) => now[table] !== printB[table]), [])
    })
    it('B’s people are still there', async () => {
        for (const who of Object.values(b.people)) assert.equal((await who.ask(`GET /reports/${b.report}`)).status, 200)
        assert.equal((await call(narrow.url, `GET /reports/${b.report}`, { headers: { Authorization: `Bearer ${b.key}` } })).status, 200)
    })
    it('it were at least 200 requests', (t) => {
        t.diagnostic(`${watch.requests} requests`)
        assert.ok(watch.requests >= 200, String(watch.requests))
    })
})
