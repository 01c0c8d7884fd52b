// Examples of the OpenAPI document: every operation has them, they fit their own schemas, and each request, sent to the
// server, is answered in the documented shape.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import SwaggerParser from '@apidevtools/swagger-parser'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { createHmac, randomUUID } from 'node:crypto'
import http from 'node:http'
import { ledger, PASSWORD, register, serve } from './product.mjs'
import { psql, sleep } from './support.mjs'

const ajv = addFormats.default(new Ajv.default({ strict: false, allErrors: true }))
const conforms = (schema, value, what) => {
    const check = ajv.compile(schema)
    assert.ok(check(value), `${what}: ${JSON.stringify(check.errors?.slice(0, 5))}\n${JSON.stringify(value)?.slice(0, 1500)}`)
}
const deref = (document, schema) => ({ ...schema, components: document.components })

let server, document, operations, ann, report
let count = 0
before(async () => {
    server = await serve()
    const answer = await server.call('GET /openapi.json')
    assert.equal(answer.status, 200)
    document = answer.json
    operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation })))
    ann = await register(server, 'Ann')
    psql('INSERT INTO fin.schedule_clock (ticked_at) VALUES (now()) ON CONFLICT DO NOTHING')
    const made = await ann.ask('POST /reports/upload?filename=march.csv', ledger('March', 1000), { 'Content-Type': 'text/csv' })
    assert.equal(made.status, 201, made.text)
    report = made.json.reportId
    assert.equal((await ann.ask(`POST /reports/${report}/analyze`, {})).status, 200)
    // Of everything that is listed there is one.
    for (const [line, body] of [['POST /keys', { name: 'first' }], ['POST /feedback', { reportId: report, finding: await finding(), verdict: 'wrong' }], [`POST /reports/${report}/dismissals`, { finding: await finding() }], ['POST /schedules', { kind: 'analyze_report', cron: '0 6 * * 1', payload: { reportId: report } }], ['POST /export', { reportId: report }], ['POST /analyze', { reportId: report, background: true }]]) assert.ok((await ann.ask(line, body)).status < 300, line)
})
after(() => server.stop())

// What an example names that a fresh database has under another name: made here, each time anew.
const somebody = () => register(server, `Somebody${++count}`)
const job = async () => (await ann.ask('POST /analyze', { reportId: report, background: true })).json.jobId
const finding = async () => {
    const all = (await Promise.all(['anomalies', 'risks'].map(async (kind) => (await ann.ask(`GET /reports/${report}/${kind}`)).json[kind]))).flat()
    return all[count++ % all.length]
}
const member = async () => {
    const one = await somebody()
    const invited = await ann.ask('POST /members', { email: one.email, role: 'viewer' })
    assert.equal(invited.status, 201)
    assert.equal((await one.ask('POST /invitations/accept', { token: invited.json.token })).status, 200)
    return one
}
const code = (secret, at = Date.now()) => {
    const bits = [...secret.replace(/=+$/, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)))
    const hash = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest()
    return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0')
}
const withTotp = async (confirmed) => {
    const one = await somebody()
    const { secret } = (await one.ask('POST /auth/totp', { password: PASSWORD })).json
    // A code counts once: the one before is taken to switch on, that of now to switch off.
    if (confirmed) assert.equal((await one.ask('POST /auth/totp/confirm', { totp: code(secret, Date.now() - 30000) })).status, 200)
    return { one, secret }
}
const operator = (email, purpose) => psql(`SELECT fin_account_token('${email}', '${purpose}')`)
// Of one operation: who sends it, and which arguments are others here.
const lives = {
    'POST /auth/register': async () => ({ headers: {}, body: { email: 'new@example.org' } }),
    'POST /auth/login': async () => ({ headers: {}, body: { email: (await somebody()).email, password: PASSWORD, totp: undefined } }),
    'POST /auth/refresh': async () => ({ headers: {}, body: { refreshToken: (await somebody()).refreshToken } }),
    'POST /auth/logout': async () => ({ who: await somebody() }),
    'POST /auth/workspace': async () => ({ body: { workspaceId: ann.workspace } }),
    'POST /auth/password': async () => ({ who: await somebody(), body: { password: PASSWORD } }),
    'POST /auth/password/reset-request': async () => ({ headers: {} }),
    'POST /auth/password/reset': async () => ({ headers: {}, body: { token: operator((await somebody()).email, 'reset') } }),
    'POST /auth/verify': async () => ({ headers: {}, body: { token: operator((await somebody()).email, 'verify') } }),
    'POST /auth/totp': async () => ({ who: await somebody(), body: { password: PASSWORD } }),
    'POST /auth/totp/confirm': async () => { const { one, secret } = await withTotp(false); return { who: one, body: { totp: code(secret) } } },
    'POST /auth/totp/disable': async () => { const { one, secret } = await withTotp(true); return { who: one, body: { password: PASSWORD, totp: code(secret) } } },
    'DELETE /auth/sessions/{sessionId}': async () => { const one = await somebody(); const again = await server.call('POST /auth/login', { body: { email: one.email, password: PASSWORD } }); return { who: one, path: { sessionId: JSON.parse(Buffer.from(again.json.accessToken.split('.')[1], 'base64url')).sid } } },
    'DELETE /keys/{keyId}': async () => ({ path: { keyId: (await ann.ask('POST /keys', { name: 'old', scopes: ['read'] })).json.id } }),
    'DELETE /reports/{reportId}': async () => ({ path: { reportId: (await ann.ask('POST /reports', { filename: 'gone.csv', content: 'Date,Amount\n2024-01-01,5\n' })).json.reportId } }),
    'GET /exports/{exportId}': async () => ({ path: { exportId: (await ann.ask('POST /export', { reportId: report })).json.exportId } }),
    'POST /reports/{reportId}/feedback': async () => ({ body: { finding: await finding() } }),
    'POST /feedback': async () => ({ body: { finding: await finding() } }),
    'POST /reports/{reportId}/dismissals': async () => ({ body: { finding: await finding() } }),
    'DELETE /feedback/{feedbackId}': async () => ({ path: { feedbackId: (await ann.ask('POST /feedback', { reportId: report, finding: await finding(), verdict: 'right' })).json.feedbackId } }),
    'DELETE /dismissals/{dismissalId}': async () => ({ path: { dismissalId: (await ann.ask(`POST /reports/${report}/dismissals`, { finding: await finding() })).json.dismissalId } }),
    'GET /jobs/{jobId}': async () => ({ path: { jobId: await job() } }),
    'POST /jobs/{jobId}/cancel': async () => ({ path: { jobId: await job() } }),
    'POST /jobs/{jobId}/requeue': async () => { const jobId = await job(); psql(`UPDATE fin.jobs SET status = 'dead', error = 'tried too often', finished_at = now() WHERE id = ${jobId}`); return { path: { jobId } } },
    'GET /jobs/{jobId}/events': async () => ({ path: { jobId: await job() } }),
    'DELETE /schedules/{scheduleId}': async () => ({ path: { scheduleId: (await ann.ask('POST /schedules', { kind: 'analyze_report', cron: '0 7 * * 1', payload: { reportId: report } })).json.id } }),
    'POST /members': async () => ({ body: { email: (await somebody()).email } }),
    'GET /files/{fileId}': async () => ({ path: { fileId: psql(`SELECT file_id FROM fin.reports WHERE id = '${report}'`) } }),
    'GET /files/{fileId}/link': async () => ({ path: { fileId: psql(`SELECT file_id FROM fin.reports WHERE id = '${report}'`) } }),
    'DELETE /invitations/{invitationId}': async () => ({ path: { invitationId: (await ann.ask('POST /members', { email: `nobody${++count}@example.org` })).json.id } }),
    'POST /invitations/accept': async () => { const one = await somebody(); return { who: one, body: { token: (await ann.ask('POST /members', { email: one.email, role: 'analyst' })).json.token } } },
    'PATCH /members/{userId}': async () => ({ path: { userId: (await member()).id } }),
    'DELETE /members/{userId}': async () => ({ path: { userId: (await member()).id } }),
    'GET /workspaces/{workspaceId}': async () => ({ path: { workspaceId: ann.workspace } }),
    'PATCH /workspaces/{workspaceId}': async () => ({ path: { workspaceId: ann.workspace } }),
}

// The example's request as it is sent here.
async function request({ name, method, path, operation }) {
    const live = { path: {}, body: {}, ...(await lives[name]?.()) }
    const given = (place) => Object.fromEntries((operation.parameters ?? []).filter((one) => one.in === place && one.example !== undefined).map((one) => [one.name, one.example]))
    const inPath = { ...given('path'), ...('reportId' in given('path') ? { reportId: report } : {}), ...live.path }
    const query = given('query')
    if ('reportId' in query) query.reportId = report
    const search = new URLSearchParams(Object.entries(query).flatMap(([key, value]) => (Array.isArray(value) ? value.map((one) => [key, String(one)]) : [[key, typeof value === 'object' ? JSON.stringify(value) : String(value)]])))
    const content = operation.requestBody?.content
    const headers = { ...(live.headers ?? (live.who ?? ann).headers) }
    let body
    if (content?.['multipart/form-data']) {
        const example = content['multipart/form-data'].example
        const form = new FormData()
        for (const [key, value] of Object.entries(example))
            if (key === 'file') form.append(key, new Blob([value], { type: 'text/csv' }), query.filename)
            else form.append(key, typeof value === 'string' ? value : JSON.stringify(value))
        search.delete('filename')
        const sent = new Response(form)
        headers['Content-Type'] = sent.headers.get('content-type')
        body = Buffer.from(await sent.arrayBuffer())
    } else if (content) {
        const example = content['application/json'].example
        body = example && { ...example, ...('reportId' in example ? { reportId: report } : {}), ...live.body }
        if (body?.payload?.reportId) body.payload = { ...body.payload, reportId: report }
    }
    return { line: `${method} ${path.replace(/\{(\w+)\}/g, (_, key) => encodeURIComponent(inPath[key]))}${search.size > 0 ? `?${search}` : ''}`, headers, body }
}

// The beginning of a stream: its first event.
const listen = (line, headers) =>
    new Promise((resolve, reject) => {
        const asked = http.get(`${server.url}${line.slice(4)}`, { headers }, (answer) => {
            let text = ''
            answer.on('error', () => {})
            answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }))
            answer.on('data', async (piece) => {
                text += piece
                if (!text.includes('event: state')) return
                resolve({ status: answer.statusCode, headers: answer.headers, text })
                await sleep(10)
                asked.destroy()
            })
        })
        asked.on('error', reject)
    })

describe('the OpenAPI document', () => {
    it('is valid', async () => {
        const copy = structuredClone(document)
        await SwaggerParser.validate(copy)
    })
    it('has an example of every request and every answer', () => {
        const lacking = []
        for (const { name, operation } of operations) {
            for (const one of operation.parameters ?? []) if (one.in === 'path' && one.example === undefined) lacking.push(`${name}: parameter ${one.name}`)
            for (const [type, media] of Object.entries(operation.requestBody?.content ?? {})) if (media.example === undefined && type !== 'application/octet-stream') lacking.push(`${name}: request`)
            for (const [status, { content }] of Object.entries(operation.responses)) for (const media of Object.values(content ?? {})) if (media.example === undefined) lacking.push(`${name}: ${status}`)
        }
        assert.deepEqual(lacking, [])
    })
    it('has examples that fit their schemas', () => {
        for (const { name, operation } of operations) {
            for (const one of operation.parameters ?? []) if (one.example !== undefined) conforms(deref(document, one.schema), one.example, `${name} ${one.name}`)
            for (const media of Object.values(operation.requestBody?.content ?? {})) if (media.example !== undefined) conforms(deref(document, media.schema), media.example, `${name} request`)
            for (const [status, { content }] of Object.entries(operation.responses)) for (const media of Object.values(content ?? {})) if (media.example !== undefined) conforms(deref(document, media.schema), media.example, `${name} ${status}`)
        }
    })
    it('answers each of them as it says', async (t) => {
        const wrong = []
        // Those of a provider go to it: sign_on.test.mjs sends them where there is one.
        for (const one of operations.filter(({ name }) => !/ \/auth\/(oidc\/\{|identities\/)/.test(name))) {
            try {
                const { line, headers, body } = await request(one)
                const stream = one.path.endsWith('/events')
                const answer = stream ? await listen(line, headers) : await server.call(line, { headers, body })
                const described = one.operation.responses[answer.status]
                assert.ok(described && answer.status < 300, `${one.name}: ${answer.status} is not documented: ${answer.text.slice(0, 500)}`)
                const [[type, media]] = Object.entries(described.content ?? { '': {} })
                if (type === '') assert.equal(answer.text, '', one.name)
                else if (type === 'application/json') conforms(deref(document, media.schema), answer.json, one.name)
                else if (type === 'text/event-stream') assert.match(answer.text, /^event: state\ndata: \{.*\}\n\n/m)
                else assert.ok(answer.text.length > 0 && /attachment/.test(answer.headers['content-disposition']), one.name)
            } catch (error) {
                wrong.push(error.message)
            }
        }
        t.diagnostic(`${operations.length} operations`)
        assert.deepEqual(wrong, [])
    })
})
