// Named routes: arguments, answers, uploads, events, repetitions, keys and cookies, and that the dialect stays as it is.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import SwaggerParser from '@apidevtools/swagger-parser'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { SECRET, bearer, expect, launch, psql, raw, sleep, token } from './support.mjs'

const ANN = 'b0000000-0000-4000-8000-000000000001'
const BEN = 'b0000000-0000-4000-8000-000000000002'
const ann = bearer({ role: 'fin_user', sub: ANN })
const ben = bearer({ role: 'fin_user', sub: BEN })
const LIMIT = 40 << 20

let server, plain
before(async () => {
    const project = process.env.FIN_PROJECT
    const migration = readFileSync(join(project, 'sql/migrations/014_routes.sql'), 'utf8')
    psql(readFileSync(new URL('./routes.sql', import.meta.url), 'utf8').replace('-- (migration)', () => migration))
    const settings = { 'db-schemas': 'books,api', 'db-anon-role': 'fin_anon', 'db-tx-end': 'commit', 'log-level': 'warn', 'fin-client-timeout': 5 }
    server = await launch({ ...settings, 'fin-routes': 'fin.routes', 'fin-max-body': 100000, 'fin-max-upload': LIMIT, 'fin-max-streams': 3 })
    plain = await launch(settings)
})
after(async () => {
    await server?.stop()
    await plain?.stop()
})

const ask = (line, body, headers = ann) => server.call(line, { body, headers })

describe('the table', () => {
    it('leaves out what cannot be served, and says so', async () => {
        for (const path of ['absent', 'overloaded', 'text', 'wrong/x']) assert.equal((await ask(`GET /${path}`)).status, 404)
        for (const [path, why] of [['/absent', 'there is no function api.not_there'], ['/overloaded', 'is overloaded'], ['/text', 'does not return jsonb'], ['/wrong/:name', 'has no parameter name']])
            assert.ok(server.log().includes(`route GET ${path} is left out`) && server.log().includes(why), server.log())
    })
    it('is read again with the schema cache', async () => {
        psql("INSERT INTO fin.routes (method, path, function, summary) VALUES ('GET', '/who', 'api.me', '')")
        psql("NOTIFY pgrst, 'reload schema'")
        let answer
        for (let i = 0; i < 100 && answer?.status !== 200; i++) {
            answer = await ask('GET /who')
            if (answer.status !== 200) await sleep(30)
        }
        expect(answer, { status: 200, json: { role: 'fin_user', sub: ANN, by: null } })
    })
    it('wins over the dialect, which answers everything else', async () => {
        psql("GRANT USAGE ON SCHEMA books TO fin_user; GRANT SELECT ON books.party, books.account TO fin_user")
        expect(await ask('GET /party'), { status: 200, json: { role: 'fin_user', sub: ANN, by: null } })
        expect(await plain.call('GET /party?select=id&id=eq.1', { headers: ann }), { status: 200, json: [{ id: 1 }] })
        expect(await ask('GET /account?select=code&code=eq.10'), { status: 200, json: [{ code: '10' }] })
        expect(await ask('POST /rpc/me', {}, { ...ann, 'Content-Profile': 'api' }), { status: 200 })
    })
    it('without the setting: no routes, no headers of ours, no API keys, no cookies', async () => {
        expect(await plain.call('GET /me', { headers: ann }), { status: 404, code: 'PGRST205', headers: { 'X-Content-Type-Options': null, 'Content-Security-Policy': null, 'Referrer-Policy': null } })
        expect(await plain.call('GET /account', { headers: { Authorization: 'Bearer fin_one_secret' } }), { status: 401, code: 'PGRST301' })
        expect(await plain.call('GET /account', { headers: { Cookie: `fin_access=${token({ role: 'fin_user' })}` } }), { status: 401, code: '42501' })
    })
})

describe('arguments', () => {
    it('from the path, decoded', async () => {
        expect(await ask('GET /echo/a%20b%2Fc%C3%A9'), { status: 200, json: { word: 'a b/cé', other: null } })
        expect(await ask('GET /echo/a+b'), { json: { word: 'a+b', other: null } })
    })
    it('from the query string, in either spelling', async () => {
        expect(await ask('GET /echo/x?other=a%26b+c'), { json: { word: 'x', other: 'a&b c' } })
        expect(await ask('POST /notes?dueDate=2024-02-29&rank=3', { title: 't' }), { status: 201 })
        const { json } = await ask('POST /notes?due_date=2024-02-29&tags=a&tags=b,c', { title: 't' })
        assert.deepEqual([json.dueDate, json.tags], ['2024-02-29', ['a', 'b,c']])
    })
    it('from the body, typed, with every digit', async () => {
        const answer = await ask('POST /notes', '{"title": "a \\"q\\" é", "rank": 7, "amount": 12345678901234567890.123456789, "tags": ["x", "y"], "dueDate": "2024-01-31", "details": {"innerName": [1, {"b": null}]}}')
        expect(answer, { status: 201, headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' } })
        assert.match(answer.text, /12345678901234567890\.123456789/)
        assert.deepEqual({ ...answer.json, noteId: 0, amount: 0 }, { noteId: 0, title: 'a "q" é', rank: 7, amount: 0, tags: ['x', 'y'], dueDate: '2024-01-31', details: { innerName: [1, { b: null }] } })
    })
    it('from a form', async () => expect(await ask('POST /echo', 'word=a+b&other=%25', { ...ann, 'Content-Type': 'application/x-www-form-urlencoded' }), { json: { word: 'a b', other: '%' } }))
    it('a parameter named body takes all of it', async () => expect(await ask('PUT /notes/3', '[1, {"someKey": 2.50}]'), { text: '{"body": [1, {"someKey": 2.50}], "noteId": 3}' }))
    it('hostile texts are values and nothing else', async () => {
        for (const text of [`'; DROP TABLE api.note; --`, '$1', '"\\', '${x}', '\u2028', '))', "$$'", '{"a":1}'])
            assert.equal((await ask('POST /echo', { word: text })).json.word, text)
    })
    const refusals = [
        ['an unknown one', 'POST /notes', { title: 't', colour: 'red' }, 400, /Unknown argument colour in the body/],
        ['one of the query', 'GET /echo/x?select=word', undefined, 400, /Unknown argument select in the query string/],
        ['twice: path and query', 'GET /echo/x?word=y', undefined, 400, /word is given twice/],
        ['twice: query and body', 'POST /echo?word=x', { word: 'y' }, 400, /word is given twice/],
        ['twice in the body', 'POST /notes', '{"title": "a", "dueDate": null, "due_date": null}', 400, /dueDate is given twice/],
        ['twice in the query', 'POST /echo?word=x&word=y', undefined, 400, /word is given twice/],
        ['a missing one', 'POST /notes', { rank: 1 }, 400, /Missing: title/],
        ['of another type', 'POST /notes', { title: 't', rank: 'many' }, 400, /invalid input syntax for type integer/],
        ['a path of another type', 'GET /notes/first', undefined, 400, /invalid input syntax for type integer/],
        ['no JSON', 'POST /notes', '{"title": ', 400, /no valid JSON/],
        ['no object', 'POST /notes', '[1]', 400, /must be a JSON object/],
        ['a NUL', 'GET /echo/a%00b', undefined, 400, /NUL/],
        ['a NUL in JSON', 'POST /echo', '{"word": "a\\u0000b"}', 400, /./],
    ]
    for (const [what, line, body, status, message] of refusals)
        it(`refuses ${what}`, async () => {
            const before = psql('SELECT count(*) FROM api.note')
            const answer = await ask(line, body)
            expect(answer, { status })
            assert.match(answer.json.message, message)
            assert.deepEqual(Object.keys(answer.json).sort(), ['code', 'details', 'hint', 'message'])
            assert.equal(psql('SELECT count(*) FROM api.note'), before)
        })
    it('refuses another media type', async () => expect(await ask('POST /notes', 'title: t', { ...ann, 'Content-Type': 'text/yaml' }), { status: 415, code: 'FIN415' }))
    it('refuses a body above the limit of ordinary ones', async () => expect(await ask('POST /echo', { word: 'x'.repeat(100001) }), { status: 413 }))
})

describe('answers', () => {
    it('errors of the function, in the dialect’s shape', async () =>
        expect(await ask('GET /notes/0'), { status: 404, json: { code: 'PT404', message: 'there is no such note', details: 'none', hint: 'look again' } }))
    it('NULL and void are 204', async () => {
        expect(await ask('GET /nothing'), { status: 204, text: '' })
        const { json } = await ask('POST /notes', { title: 'to be removed' })
        expect(await ask(`DELETE /notes/${json.noteId}`), { status: 204, text: '' })
        expect(await ask(`GET /notes/${json.noteId}`), { status: 404 })
    })
    it('status and headers of the function’s own', async () => {
        const answer = expect(await ask('POST /own-status'), { status: 202, json: { ok: true }, headers: { 'X-Own': 'yes' } })
        assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2'])
    })
    it('HEAD is GET without its body', async () => {
        const get = await ask('GET /notes/newest'), head = await ask('HEAD /notes/newest')
        expect(head, { status: 200, text: '', headers: { ETag: get.headers.etag } })
    })
    it('another method is 405 and says which are served', async () => {
        expect(await ask('PATCH /notes/1', {}), { status: 405, code: 'FIN405', headers: { Allow: 'DELETE, GET, HEAD, PUT, OPTIONS' } })
        expect(await ask('DELETE /notes/newest'), { status: 405, headers: { Allow: 'GET, HEAD, OPTIONS' } })
        expect(await ask('OPTIONS /me'), { status: 200, headers: { Allow: 'GET, HEAD, POST, OPTIONS' } })
    })
    it('GET cannot write, whoever wrote the function', async () => {
        psql("INSERT INTO fin.routes (method, path, function, summary) VALUES ('GET', '/sly/:title', 'api.fails_once', '')")
        psql("NOTIFY pgrst, 'reload schema'")
        let answer
        for (let i = 0; i < 100 && (!answer || answer.status === 404); i++) {
            answer = await ask('GET /sly/x')
            if (answer.status === 404) await sleep(30)
        }
        expect(answer, { status: 405, code: '25006' })
    })
    it('ETag and 304', async () => {
        const made = (await ask('POST /notes', { title: 'tagged' })).json.noteId
        const first = expect(await ask(`GET /notes/${made}`), { status: 200, headers: { 'Cache-Control': 'private, no-cache', ETag: /^"[0-9a-f]{32}"$/ } })
        for (const header of [first.headers.etag, `"x", W/${first.headers.etag}`, '*'])
            expect(await ask(`GET /notes/${made}`, undefined, { ...ann, 'If-None-Match': header }), { status: 304, text: '', headers: { ETag: first.headers.etag } })
        psql(`UPDATE api.note SET title = 'changed' WHERE id = ${made}`)
        const second = expect(await ask(`GET /notes/${made}`, undefined, { ...ann, 'If-None-Match': first.headers.etag }), { status: 200 })
        assert.notEqual(second.headers.etag, first.headers.etag)
        expect(await ask('GET /me'), { headers: { ETag: null } })
    })
    it('careful headers on every answer', async () => {
        const careful = { 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': /frame-ancestors 'none'/, 'Referrer-Policy': 'no-referrer', 'Strict-Transport-Security': null }
        for (const line of ['GET /me', 'GET /notes/0', 'GET /account', 'PATCH /me', 'GET /', 'GET /nowhere/at/all'])
            expect(await ask(line), { headers: careful })
        assert.match(await raw(server.port, 'GET / HTTP/1.1\r\n\r\n'), /X-Content-Type-Options: nosniff/)
    })
})

describe('who asks', () => {
    it('nobody', async () => expect(await server.call('GET /me'), { status: 200, json: { role: 'fin_anon', sub: null, by: null } }))
    it('a forged token', async () => expect(await ask('GET /me', undefined, { Authorization: `Bearer ${token({ role: 'fin_user' })}x` }), { status: 401 }))
    it('an API key, over routes and dialect', async () => {
        const key = { Authorization: 'Bearer fin_one_secret' }
        expect(await ask('GET /me', undefined, key), { status: 200, json: { role: 'fin_user', sub: ANN, by: 'key' } })
        expect(await ask('POST /me', {}, key), { status: 200, json: { role: 'fin_user', sub: ANN, by: 'key' } })
        expect(await ask('GET /note?select=title&limit=1', undefined, { ...key, 'Accept-Profile': 'api' }), { status: 200 })
        expect(await ask('GET /me'), { json: { role: 'fin_user', sub: ANN, by: null } })  // nothing stays on the connection
        expect(await server.call('GET /me'), { json: { role: 'fin_anon', sub: null, by: null } })
    })
    it('a wrong API key', async () => {
        for (const key of ['fin_one_other', 'fin_', `fin_${'x'.repeat(5000)}`, "fin_' OR true --"])
            expect(await ask('GET /me', undefined, { Authorization: `Bearer ${key}` }), { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } })
    })
    const SID = 'c0000000-0000-4000-8000-000000000001'
    const csrfOf = (sid, key = SECRET) => createHmac('sha256', key).update(`pg_fin csrf ${sid}`).digest('base64url')
    const cookies = (csrf = csrfOf(SID), claims = { sid: SID }) => ({ Cookie: `theme=dark; fin_access=${token({ role: 'fin_user', sub: BEN, ...claims })}; fin_csrf=${csrf}` })
    it('a cookie: reads at once, writes with the CSRF token', async () => {
        expect(await ask('GET /me', undefined, cookies()), { status: 200, json: { role: 'fin_user', sub: BEN, by: null } })
        expect(await ask('POST /me', {}, cookies()), { status: 403, code: 'FIN403' })
        expect(await ask('POST /me', {}, { ...cookies(), 'X-CSRF-Token': 'c5rg' }), { status: 403 })
        expect(await ask('POST /me', {}, { ...cookies(''), 'X-CSRF-Token': '' }), { status: 403 })
        expect(await ask('POST /me', {}, { ...cookies(), 'X-CSRF-Token': csrfOf(SID) }), { status: 200, json: { role: 'fin_user', sub: BEN, by: null } })
        expect(await ask('POST /note', { title: 'x' }, { ...cookies(), 'Content-Profile': 'api' }), { status: 403 })
    })
    const own = csrfOf(SID)
    const forged = [
        ['a text of one’s own in cookie and header', 'c5rf', 'c5rf'],
        ['the CSRF token of another session', csrfOf(ANN), csrfOf(ANN)],
        ['one made with another key', csrfOf(SID, 'k'.repeat(40)), csrfOf(SID, 'k'.repeat(40))],
        ['the right one in the header alone', 'c5rf', own],
        ['the right one in the cookie alone', own, 'c5rf'],
        ['the right one cut off', own.slice(0, -1), own.slice(0, -1)],
        ['the right one with padding', `${own}=`, `${own}=`],
    ]
    for (const [what, cookie, header] of forged)
        for (const method of ['POST /me', 'PUT /notes/3', 'DELETE /notes/999', 'POST /files?filename=x', 'PATCH /note?id=eq.999'])
            it(`${method.split(' ')[0]} ${method.split(' ')[1]} refuses ${what}`, async () => expect(await ask(method, {}, { ...cookies(cookie), 'X-CSRF-Token': header }), { status: 403, code: 'FIN403' }))
    it('a cookie of no session writes nothing', async () => {
        for (const claims of [{ sid: undefined }, { sid: '' }, { sid: 7 }]) {
            const text = csrfOf(claims.sid ?? '')
            expect(await ask('POST /me', {}, { ...cookies(claims.sid === '' ? 'x' : text, claims), 'X-CSRF-Token': text }), { status: 403, code: 'FIN403' })
        }
    })
    it('a header wins over the cookie; two cookies are refused', async () => {
        expect(await ask('POST /me', {}, { ...cookies(), ...ann }), { status: 200, json: { role: 'fin_user', sub: ANN, by: null } })
        expect(await ask('GET /me', undefined, { Cookie: 'fin_access=a; fin_access=b' }), { status: 400 })
    })
})

describe('Idempotency-Key', () => {
    const keyed = (key, who = ann) => ({ ...who, 'Idempotency-Key': key })
    const count = (title) => Number(psql(`SELECT count(*) FROM api.note WHERE title = '${title}'`))
    it('the same request is done once and answered twice', async () => {
        const first = expect(await ask('POST /notes', { title: 'once' }, keyed('k1')), { status: 201, headers: { 'Idempotency-Replayed': null } })
        const second = expect(await ask('POST /notes', { title: 'once' }, keyed('k1')), { status: 201, headers: { 'Idempotency-Replayed': 'true' } })
        assert.deepEqual(second.json, first.json)
        assert.equal(count('once'), 1)
    })
    it('status and headers are repeated too', async () => {
        for (const again of [null, 'true']) {
            const answer = expect(await ask('POST /own-status', undefined, keyed('k2')), { status: 202, headers: { 'X-Own': 'yes', 'Idempotency-Replayed': again } })
            assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2'])
        }
    })
    it('another body, address or query is refused', async () => {
        await ask('POST /notes', { title: 'first' }, keyed('k3'))
        expect(await ask('POST /notes', { title: 'second' }, keyed('k3')), { status: 422, code: 'PT422' })
        expect(await ask('POST /notes?rank=1', { title: 'first' }, keyed('k3')), { status: 422 })
        expect(await ask('POST /notes/once', { title: 'first' }, keyed('k3')), { status: 422 })
        assert.deepEqual([count('first'), count('second')], [1, 0])
    })
    it('keys are of a person and of a workspace', async () => {
        await ask('POST /notes', { title: 'mine' }, keyed('k4'))
        expect(await ask('POST /notes', { title: 'mine' }, keyed('k4', ben)), { status: 201, headers: { 'Idempotency-Replayed': null } })
        const inside = bearer({ role: 'fin_user', sub: ANN, ws: 'a0000000-0000-4000-8000-000000000001' })
        expect(await ask('POST /notes', { title: 'mine' }, keyed('k4', inside)), { status: 201, headers: { 'Idempotency-Replayed': null } })
        expect(await ask('POST /notes', { title: 'mine' }, keyed('k4', inside)), { status: 201, headers: { 'Idempotency-Replayed': 'true' } })
        assert.equal(count('mine'), 3)
    })
    it('while the first is at work: 409', async () => {
        const answers = await Promise.all([1, 2, 3].map(() => ask('POST /notes/slow', undefined, keyed('k5'))))
        assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409])
        expect(await ask('POST /notes/slow', undefined, keyed('k5')), { status: 200, headers: { 'Idempotency-Replayed': 'true' } })
    })
    it('a failure is not kept', async () => {
        expect(await ask('POST /notes/once', { title: 'bad' }, keyed('k6')), { status: 400 })
        expect(await ask('POST /notes/once', { title: 'good' }, keyed('k6')), { status: 200 })
        assert.equal(count('good'), 1)
    })
    it('free routes and requests without a person do not look at it', async () => {
        for (let i = 0; i < 2; i++) expect(await ask('POST /notes/free', { title: 'free' }, keyed('k7')), { status: 201 })
        assert.equal(count('free'), 2)
        expect(await ask('POST /me', {}, { 'Idempotency-Key': 'k8' }), { status: 200 })
    })
    it('keys end after a day', async () => {
        await ask('POST /notes', { title: 'old' }, keyed('k9'))
        psql("UPDATE fin.idempotency_keys SET expires_at = now() - interval '1 second' WHERE key = 'k9'")
        expect(await ask('POST /notes', { title: 'newer' }, keyed('k9')), { status: 201, headers: { 'Idempotency-Replayed': null } })
        assert.equal(psql("SELECT count(*) FROM fin.idempotency_keys WHERE key = 'k9'"), '1')
    })
    it('keys that are none', async () => {
        for (const key of ['', 'a b', 'x'.repeat(256)]) expect(await ask('POST /notes', { title: 'none' }, keyed(key)), { status: 400 })
        assert.equal(count('none'), 0)
    })
})

describe('OpenAPI', () => {
    it('is valid 3.1 and says what is served', async () => {
        const answer = expect(await ask('GET /openapi.json'), { status: 200, headers: { 'Content-Type': /^application\/json/, ETag: /^"/ } })
        const document = answer.json
        assert.equal(document.openapi, '3.1.0')
        await SwaggerParser.validate(structuredClone(document))
        assert.deepEqual(Object.keys(document.paths).filter((path) => path.startsWith('/notes')).sort(), ['/notes', '/notes/free', '/notes/newest', '/notes/once', '/notes/slow', '/notes/{noteId}'])
        const add = document.paths['/notes'].post
        assert.deepEqual([add.operationId, Object.keys(add.responses)], ['postNotes', ['201', 'default']])
        const body = add.requestBody.content['application/json'].schema
        assert.deepEqual([body.required, body.additionalProperties], [['title'], false])
        assert.deepEqual(body.properties, { title: { type: 'string' }, rank: { type: 'integer', format: 'int32' }, amount: { type: 'number' }, tags: { type: 'array', items: { type: 'string' } }, dueDate: { type: 'string', format: 'date' }, details: {} })
        const get = document.paths['/notes/{noteId}'].get
        assert.deepEqual(get.parameters.map(({ name, in: place, required }) => [name, place, required]), [['noteId', 'path', true], ['locale', 'query', false]])
        const upload = document.paths['/files'].post.requestBody.content['multipart/form-data'].schema
        assert.deepEqual(Object.keys(upload.properties), ['comment', 'file'])
        assert.ok(document.paths['/progress/{id}/events'].get.responses['200'].content['text/event-stream'])
        const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((operation) => operation.operationId))
        assert.equal(new Set(ids).size, ids.length)
        assert.ok(!('/absent' in document.paths))
    })
    it('is there under no other method, and not without routes', async () => {
        expect(await ask('POST /openapi.json', {}), { status: 405, headers: { Allow: 'GET, HEAD, OPTIONS' } })
        expect(await plain.call('GET /openapi.json', { headers: ann }), { status: 404, code: 'PGRST205' })
    })
})

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const form = (parts, boundary = 'b0undary') =>
    Buffer.concat([
        ...parts.flatMap(([head, bytes]) => [Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`), Buffer.from(bytes), Buffer.from('\r\n')]),
        Buffer.from(`--${boundary}--\r\n`),
    ])
const multipart = { ...ann, 'Content-Type': 'multipart/form-data; boundary=b0undary' }
const nothingLeft = () => assert.equal(psql('SELECT count(*) FROM fin.upload_chunks'), '0')

describe('uploads', () => {
    it('a form with a file and a field', async () => {
        const bytes = randomBytes(70000)
        const body = form([['name="comment"', 'für später'], ['name="file"; filename="C:\\\\data\\\\q \\"1\\".csv"\r\nContent-Type: text/csv', bytes]])
        const answer = expect(await ask('POST /files', body, multipart), { status: 201 })
        const { id, ...said } = answer.json
        assert.deepEqual(said, { filename: 'q "1".csv', mediaType: 'text/csv', size: 70000, pieces: 1, longest: 70000, hash: sha256(bytes), comment: 'für später' })
        nothingLeft()
        const file = expect(await ask(`GET /files/${id}`), { status: 200, headers: { 'Content-Type': 'text/csv', 'Content-Disposition': /^attachment; filename="q _1_\.csv"; filename\*=UTF-8''q%20%221%22\.csv$/, 'Content-Security-Policy': /sandbox/ } })
        assert.ok(file.bytes.equals(bytes))
        expect(await ask(`GET /files/${id}`, undefined, { ...ann, 'If-None-Match': file.headers.etag }), { status: 304 })
        expect(await ask('GET /files/b0000000-0000-4000-8000-00000000dead'), { status: 404 })
    })
    it('what a browser’s FormData sends', async () => {
        const data = new FormData()
        data.append('file', new Blob(['a;b\n1;2\n'], { type: 'text/csv' }), 'книга.csv')
        data.append('comment', 'x')
        const answer = await (await fetch(`${server.url}/files`, { method: 'POST', headers: ann, body: data })).json()
        assert.deepEqual([answer.filename, answer.size, answer.comment], ['книга.csv', 8, 'x'])
    })
    it('a raw body', async () => {
        const bytes = randomBytes(3)
        const { json } = await ask('POST /files?filename=a%2Fb.bin&comment=c', bytes, { ...ann, 'Content-Type': 'application/octet-stream' })
        assert.deepEqual([json.filename, json.mediaType, json.size, json.hash, json.comment], ['b.bin', 'application/octet-stream', 3, sha256(bytes), 'c'])
        const named = await ask('POST /files', bytes, { ...ann, 'Content-Type': 'text/plain', 'Content-Disposition': "attachment; filename*=UTF-8''%C3%A9.txt" })
        assert.equal(named.json.filename, 'é.txt')
    })
    it('a large one in chunks of the wire and of the table; memory stays', async () => {
        const memory = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1])
        await ask('POST /files?filename=warm', randomBytes(3 << 20), { ...ann, 'Content-Type': 'application/octet-stream' })
        const before = memory()
        const bytes = randomBytes(30 * (1 << 20) + 5)
        const answer = await new Promise((resolve, reject) => {
            const request = http.request(`${server.url}/files?filename=big`, { method: 'POST', headers: { ...ann, 'Content-Type': 'application/octet-stream', 'Transfer-Encoding': 'chunked' } }, (reply) => {
                let text = ''
                reply.on('data', (piece) => (text += piece))
                reply.on('end', () => resolve({ status: reply.statusCode, json: JSON.parse(text) }))
            })
            request.on('error', reject)
            for (let at = 0; at < bytes.length; at += 100003) request.write(bytes.subarray(at, at + 100003))
            request.end()
        })
        assert.equal(answer.status, 201)
        assert.deepEqual([answer.json.size, answer.json.pieces, answer.json.longest, answer.json.hash], [bytes.length, 31, 1 << 20, sha256(bytes)])
        assert.ok(memory() - before < 8 << 10, `${before} kB before, ${memory()} kB after`)
    })
    it('above the limit: 413, by its length at once and by its bytes', async () => {
        assert.match(await raw(server.port, `POST /files HTTP/1.1\r\nHost: x\r\nAuthorization: ${ann.Authorization}\r\nContent-Length: ${LIMIT + (2 << 20)}\r\nExpect: 100-continue\r\n\r\n`), /^HTTP\/1\.1 413 /)
        expect(await ask('POST /files?filename=x', Buffer.alloc(LIMIT + 1), { ...ann, 'Content-Type': 'application/octet-stream' }).catch(() => ({ status: 413, headers: {}, text: 'reset while sending' })), { status: 413 })
        nothingLeft()
    })
    it('a refusal of the function leaves nothing', async () => {
        const files = psql('SELECT count(*) FROM api.kept_file')
        expect(await ask('POST /files?filename=x&comment=refuse', randomBytes(10), { ...ann, 'Content-Type': 'text/csv' }), { status: 422, code: 'PT422' })
        nothingLeft()
        assert.equal(psql('SELECT count(*) FROM api.kept_file'), files)
    })
    it('without a token: refused before the body', async () => {
        assert.match(await raw(server.port, 'POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n'), /^HTTP\/1\.1 401 /)
        assert.match(await raw(server.port, 'POST /files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a.b.c\r\nContent-Length: 1000000\r\n\r\n'), /^HTTP\/1\.1 401 /)
        expect(await ask('POST /files?filename=x', randomBytes(10), { Authorization: 'Bearer fin_one_wrong', 'Content-Type': 'text/csv' }), { status: 401 })
    })
    it('with the isolation that the role has', async () => {
        psql("ALTER ROLE fin_user SET default_transaction_isolation = 'repeatable read'; CREATE OR REPLACE FUNCTION api.isolation_of(upload_id uuid, filename text, media_type text) RETURNS jsonb LANGUAGE sql AS $$ SELECT to_jsonb(current_setting('transaction_isolation')) $$; INSERT INTO fin.routes (method, path, function, kind, summary) VALUES ('POST', '/isolation', 'api.isolation_of', 'upload', ''); NOTIFY pgrst, 'reload schema'")
        try {
            let answer
            for (let i = 0; i < 100 && answer?.status !== 200; i++) {
                answer = await ask('POST /isolation?filename=x', Buffer.from('x'), { ...ann, 'Content-Type': 'text/csv' })
                if (answer.status !== 200) await sleep(30)
            }
            expect(answer, { status: 200, json: 'repeatable read' })
        } finally {
            psql("ALTER ROLE fin_user RESET default_transaction_isolation; DELETE FROM fin.routes WHERE path = '/isolation'; DELETE FROM fin.upload_chunks; NOTIFY pgrst, 'reload schema'")
            await sleep(500)
        }
    })
    it('what the database does not let in', async () => {
        psql('REVOKE INSERT ON fin.upload_chunks FROM fin_user')
        try {
            expect(await ask('POST /files?filename=x', randomBytes(2000000), { ...ann, 'Content-Type': 'text/csv' }), { status: 403, code: '42501' })
        } finally {
            psql('GRANT INSERT ON fin.upload_chunks TO fin_user')
        }
        expect(await ask('POST /files?filename=x', randomBytes(10), { ...ann, 'Content-Type': 'text/csv' }), { status: 201 })
    })
    const malformed = [
        ['no file', form([['name="comment"', 'x']])],
        ['an empty file', form([['name="file"; filename="a"', '']])],
        ['two files', form([['name="file"; filename="a"', 'x'], ['name="file"; filename="b"', 'y']])],
        ['no end', form([['name="file"; filename="a"', 'x']]).subarray(0, -8)],
        ['no name', Buffer.from('--b0undary\r\nContent-Type: text/csv\r\n\r\nx\r\n--b0undary--\r\n')],
        ['what the server says', form([['name="file"; filename="a"', 'x'], ['name="uploadId"', ANN]])],
        ['an unknown field', form([['name="file"; filename="a"', 'x'], ['name="colour"', 'red']])],
        ['another boundary', form([['name="file"; filename="a"', 'x']], 'other')],
    ]
    for (const [what, body] of malformed) it(`refuses ${what}`, async () => expect(await ask('POST /files', body, multipart), { status: 400, code: 'FIN400' }))
    it('an endless field', async () => expect(await ask('POST /files', form([['name="comment"', 'x'.repeat(70000)]]), multipart), { status: 413 }))
    it('the same upload twice with a key is one', async () => {
        const files = Number(psql('SELECT count(*) FROM api.kept_file'))
        const headers = { ...multipart, 'Idempotency-Key': 'u1' }
        const body = form([['name="file"; filename="a"', 'same']])
        const first = expect(await ask('POST /files', body, headers), { status: 201 })
        const second = expect(await ask('POST /files', body, headers), { status: 201, headers: { 'Idempotency-Replayed': 'true' } })
        assert.equal(second.json.id, first.json.id)
        expect(await ask('POST /files', form([['name="file"; filename="a"', 'else']]), headers), { status: 422 })
        nothingLeft()
        assert.equal(Number(psql('SELECT count(*) FROM api.kept_file')), files + 1)
    })
})

// An open stream: its events as they come.
const listen = (id, headers = ann, to = server) =>
    new Promise((resolve, reject) => {
        const request = http.get(`${to.url}/progress/${id}/events`, { headers }, (answer) => {
            const stream = { status: answer.statusCode, headers: answer.headers, text: '', ended: false, close: () => request.destroy() }
            answer.setEncoding('utf8')
            answer.on('data', (piece) => (stream.text += piece))
            answer.on('end', () => (stream.ended = stream.whole = true))
            answer.on('error', () => (stream.ended = true))
            stream.events = () =>
                stream.text.split('\n\n').filter((block) => /^(event|data):/.test(block)).map((block) => {
                    const name = /^event: (.*)$/m.exec(block)?.[1]
                    const data = [...block.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1]).join('\n')
                    return name === undefined ? data : { [name]: JSON.parse(data) }
                })
            stream.until = async (what) => {
                for (let i = 0; i < 300 && !what(); i++) await sleep(20)
                assert.ok(what(), stream.text)
            }
            resolve(stream)
        })
        request.on('error', reject)
    })
const start = (id, reader = ANN) => psql(`INSERT INTO api.progress VALUES (${id}, 0, '${reader}') ON CONFLICT (id) DO UPDATE SET percent = 0, reader = excluded.reader`)
const advance = (id, percent, payload) => psql(`UPDATE api.progress SET percent = ${percent} WHERE id = ${id}; NOTIFY progress_${id}, '${payload}'`)

describe('events', () => {
    it('the state, each notification with the state after it, and the end', async () => {
        start(1)
        const stream = await listen(1)
        assert.deepEqual([stream.status, stream.headers['content-type'], stream.headers['cache-control']], [200, 'text/event-stream; charset=utf-8', 'no-store'])
        await stream.until(() => stream.events().length === 1)
        advance(1, 40, 'rows read')
        await stream.until(() => stream.events().length === 3)
        advance(1, 100, 'two\nlines')
        await stream.until(() => stream.ended)
        assert.deepEqual(stream.events(), [{ state: { percent: 0, done: false } }, 'rows read', { state: { percent: 40, done: false } }, 'two\nlines', { state: { percent: 100, done: true } }])
        assert.ok(stream.whole, 'its end is the last chunk, and nothing follows')
    })
    it('of what is done already: one state', async () => {
        start(2)
        psql('UPDATE api.progress SET percent = 100 WHERE id = 2')
        const stream = await listen(2)
        await stream.until(() => stream.ended)
        assert.deepEqual(stream.events(), [{ state: { percent: 100, done: true } }])
    })
    it('of somebody else: 404, and nothing is heard', async () => {
        start(3, BEN)
        assert.equal((await listen(3)).status, 404)
        expect(await server.call('GET /progress/3/events'), { status: 401, code: '42501' })
    })
    it('several listeners, each on its own channel', async () => {
        start(4)
        start(5)
        const [a, b, c] = await Promise.all([listen(4), listen(4), listen(5)])
        await Promise.all([a, b, c].map((stream) => stream.until(() => stream.events().length === 1)))
        advance(4, 100, 'over')
        await Promise.all([a, b].map((stream) => stream.until(() => stream.ended)))
        assert.equal(c.events().length, 1)
        advance(5, 100, 'over')
        await c.until(() => c.ended)
    })
    it('rights are asked anew', async () => {
        start(6)
        const stream = await listen(6)
        await stream.until(() => stream.events().length === 1)
        psql(`UPDATE api.progress SET reader = '${BEN}' WHERE id = 6`)
        advance(6, 60, 'a secret by now')
        await stream.until(() => stream.ended)
        assert.deepEqual(stream.events()[1].error.code, 'PT404')
        assert.ok(!stream.text.includes('secret') && !stream.text.includes('60'), stream.text)
    })
    it('an expired token ends it', async () => {
        start(7)
        const stream = await listen(7, bearer({ role: 'fin_user', sub: ANN, exp: Math.floor(Date.now() / 1000) - 28 }))
        await stream.until(() => stream.events().length === 1)
        await sleep(3000)
        advance(7, 50, 'late')
        await stream.until(() => stream.ended)
        assert.equal(stream.events()[1].error.code, 'PGRST303')
    })
    it('no more than the limit at a time; who leaves makes room', async () => {
        start(8)
        const streams = await Promise.all([listen(8), listen(8), listen(8)])
        assert.deepEqual(streams.map((stream) => stream.status), [200, 200, 200])
        const refused = await listen(8)
        assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '5'])
        streams[0].close()
        let again
        for (let i = 0; i < 100 && again?.status !== 200; i++) {
            again = await listen(8)
            if (again.status !== 200) await sleep(50)
        }
        assert.equal(again.status, 200)
        for (const stream of [...streams.slice(1), again]) stream.close()
    })
    it('the connection to the database is lost: streams go on', async () => {
        await sleep(1500)
        start(9)
        const stream = await listen(9)
        await stream.until(() => stream.events().length === 1)
        psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pg_fin_api control' AND datname = current_database()")
        psql('UPDATE api.progress SET percent = 70 WHERE id = 9')  // nobody listens now
        await stream.until(() => stream.text.includes('70'))
        advance(9, 100, 'over')
        await stream.until(() => stream.ended)
        assert.deepEqual(stream.events().at(-1), { state: { percent: 100, done: true } })
    })
    it('a quiet stream has heartbeats; other requests are answered meanwhile', async () => {
        start(10)
        const stream = await listen(10)
        await stream.until(() => stream.events().length === 1)
        expect(await ask('GET /me'), { status: 200 })
        for (let i = 0; i < 200 && !/\n:\n/.test(stream.text); i++) await sleep(100)
        assert.match(stream.text, /\n:\n/)
        assert.equal(stream.ended, false)
        advance(10, 100, 'over')
        await stream.until(() => stream.ended)
    })
    it('HEAD opens no stream', async () => {
        start(11)
        expect(await ask('HEAD /progress/11/events'), { status: 200, text: '' })
    })
    it('the server ends: streams end in order', async () => {
        const other = await launch({ 'db-schemas': 'books,api', 'db-tx-end': 'commit', 'fin-routes': 'fin.routes' })
        start(12)
        const stream = await listen(12, ann, other)
        await stream.until(() => stream.events().length === 1)
        assert.deepEqual(await other.stop(), { code: 0, signal: null })
        await stream.until(() => stream.ended)
    })
})
