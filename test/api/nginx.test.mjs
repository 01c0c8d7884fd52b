// deploy/nginx/nginx.conf before pg_fin_api: the shipped file with other ports, folders and names, run by an ordinary user.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import tls from 'node:tls'
import { ledger, PASSWORD, serve } from './product.mjs'
import { freePort, psql, sleep } from './support.mjs'

const NAME = 'fin.example.org'
const CLIENT = '127.0.0.1'
const HSTS = 'max-age=31536000; includeSubDomains'
const program = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find(existsSync) ?? 'nginx'
const shipped = readFileSync(join(process.env.FIN_PROJECT, 'deploy/nginx/nginx.conf'), 'utf8')
// nginx itself would change its user where it is started by root; here it is an ordinary one from the beginning.
const NOBODY = process.getuid() === 0 ? 65534 : undefined

const folder = mkdtempSync(join(tmpdir(), 'fin-nginx-'))
const started = []
let api, bySocket, front, other, certificate

// Each replacement must find its place: the file that is tested is the one that ships.
function changed(text, replacements) {
    for (const [from, to] of replacements) {
        assert.ok(text.includes(from), `nginx.conf has no ${from}`)
        text = text.replaceAll(from, to)
    }
    return text
}

async function startNginx(name, upstream, more = []) {
    const at = join(folder, name)
    for (const part of ['', 'logs', 'www/assets', 'acme/.well-known/acme-challenge']) mkdirSync(join(at, part), { recursive: true })
    writeFileSync(join(at, 'www/index.html'), '<!doctype html><title>page</title>\n')
    writeFileSync(join(at, 'www/assets/app.0a1b2c.js'), `console.log('${'x'.repeat(5000)}')\n`)
    writeFileSync(join(at, 'acme/.well-known/acme-challenge/token'), 'proof')
    const port = await freePort()
    const plain = await freePort()
    let text = changed(shipped, [['user www-data;\n', `daemon off;\n`], ['/run/nginx.pid', join(at, 'pid')], ['/var/log/nginx/', `${join(at, 'logs')}/`], ['listen 80', `listen 127.0.0.1:${plain}`], ['listen 443', `listen 127.0.0.1:${port}`], ['/etc/nginx/pg_fin/', `${folder}/`], ['/var/www/pg_fin', join(at, 'www')], ['/var/www/acme', join(at, 'acme')], ['server 127.0.0.1:3000;', upstream], ...more])
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `    ${kind}_temp_path ${join(at, kind)};\n`).join('')
    text = text.replace('http {\n', `http {\n${temporary}`)
    const file = join(at, 'nginx.conf')
    writeFileSync(file, text)
    if (NOBODY) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, at])
    const who = NOBODY ? { uid: NOBODY, gid: NOBODY } : {}
    execFileSync(program, ['-t', '-q', '-e', join(at, 'logs/error.log'), '-c', file, '-p', at], { ...who, stdio: ['ignore', 'pipe', 'pipe'] })
    const child = spawn(program, ['-e', join(at, 'logs/error.log'), '-c', file, '-p', at], { ...who, stdio: 'ignore' })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    started.push(async () => {
        child.kill('SIGTERM')
        await ended
    })
    const nginx = { port, plain, at, log: () => readFileSync(join(at, 'logs/access.log'), 'utf8') }
    for (let i = 0; i < 200; i++) {
        const up = await new Promise((resolve) => tls.connect({ port, host: CLIENT, servername: NAME, ca: certificate }, () => resolve(true)).on('error', () => resolve(false)).unref())
        if (up) return nginx
        await sleep(25)
    }
    throw new Error(`nginx did not start: ${readFileSync(join(at, 'logs/error.log'), 'utf8')}`)
}

before(async () => {
    if (NOBODY) chownSync(folder, NOBODY, NOBODY)
    chmodSync(folder, 0o711)
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, '-keyout', join(folder, 'privkey.pem'), '-out', join(folder, 'fullchain.pem')], { stdio: 'ignore' })
    if (NOBODY) for (const file of ['privkey.pem', 'fullchain.pem']) chownSync(join(folder, file), NOBODY, NOBODY)
    certificate = readFileSync(join(folder, 'fullchain.pem'))
    api = await serve({ 'fin-limits': true, 'fin-trusted-proxies': CLIENT, 'fin-access-log': join(folder, 'access.json') })
    front = await startNginx('tcp', `server 127.0.0.1:${api.port};`)
})
after(async () => {
    for (const stop of started) await stop()
    await api?.stop()
    await bySocket?.stop()
    rmSync(folder, { recursive: true, force: true })
})

const agent = new https.Agent({ keepAlive: true, maxSockets: 16 })
// Through nginx by HTTPS: what came back.
const ask = (line, { headers = {}, body, to = front } = {}) =>
    new Promise((resolve, reject) => {
        const [method, path] = line.split(' ')
        const payload = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
        const all = { Host: NAME, ...headers }
        if (payload !== undefined) all['Content-Length'] = Buffer.byteLength(payload)
        if (typeof body === 'object' && !Buffer.isBuffer(body)) all['Content-Type'] ??= 'application/json'
        const request = https.request({ port: to.port, host: CLIENT, servername: NAME, ca: certificate, method, path, headers: all, agent }, (answer) => {
            const pieces = []
            answer.on('data', (piece) => pieces.push(piece))
            answer.on('end', () => {
                const bytes = Buffer.concat(pieces)
                const json = /json/.test(answer.headers['content-type'] ?? '') && answer.headers['content-encoding'] === undefined && bytes.length > 0 ? JSON.parse(bytes) : undefined
                resolve({ status: answer.statusCode, headers: answer.headers, rawHeaders: answer.rawHeaders, text: bytes.toString(), bytes, json })
            })
        })
        request.on('error', reject)
        request.end(payload)
    })
const times = (answer, name) => answer.rawHeaders.filter((value, i) => i % 2 === 0 && value.toLowerCase() === name).length

let ann
const signUp = async () => {
    if (ann) return ann
    const answer = await ask('POST /auth/register', { body: { email: 'ann@example.org', password: PASSWORD, name: 'Ann' } })
    assert.equal(answer.status, 201, answer.text)
    return (ann = { Authorization: `Bearer ${answer.json.accessToken}`, userId: answer.json.user.id })
}
const token = async () => ({ Authorization: (await signUp()).Authorization })

describe('TLS', () => {
    const handshake = (options) => new Promise((resolve) => {
        const socket = tls.connect({ port: front.port, host: CLIENT, servername: NAME, ca: certificate, ...options }, () => {
            resolve(socket.getProtocol())
            socket.destroy()
        })
        socket.on('error', (error) => resolve(error.code))
    })
    it('1.2 and 1.3, nothing older', async () => {
        assert.equal(await handshake({ maxVersion: 'TLSv1.2' }), 'TLSv1.2')
        assert.equal(await handshake({ minVersion: 'TLSv1.3' }), 'TLSv1.3')
        for (const version of ['TLSv1', 'TLSv1.1']) assert.equal(await handshake({ minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }), 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', version)
        assert.notEqual(await handshake({ maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:AES256-GCM-SHA384' }), 'TLSv1.2', 'no cipher without forward secrecy')
    })
    it('a name that is not ours gets no handshake', async () => assert.match(await handshake({ servername: 'elsewhere.example.org', checkServerIdentity: () => undefined }), /UNRECOGNIZED_NAME/))
    it('HTTP/2', async () => {
        const session = http2.connect(`https://${NAME}`, { createConnection: () => tls.connect({ port: front.port, host: CLIENT, servername: NAME, ca: certificate, ALPNProtocols: ['h2'] }) })
        const status = await new Promise((resolve, reject) => {
            session.on('error', reject)
            session.request({ ':path': '/openapi.json', ':authority': NAME }).on('response', (headers) => resolve(headers[':status'])).on('error', reject).resume()
        })
        session.destroy()
        assert.equal(status, 200)
    })
    it('plain HTTP is led there, and only there', async () => {
        const plain = (path, host) => new Promise((resolve, reject) => http.get({ port: front.plain, host: CLIENT, path, headers: { Host: host } }, (answer) => {
            let text = ''
            answer.on('data', (piece) => (text += piece))
            answer.on('end', () => resolve({ status: answer.statusCode, location: answer.headers.location, text }))
        }).on('error', (error) => (error.code === 'ECONNRESET' ? resolve({ status: 0 }) : reject(error))))
        assert.deepEqual(await plain('/reports?limit=1', NAME).then(({ status, location }) => [status, location]), [308, `https://${NAME}/reports?limit=1`])
        assert.equal((await plain('/', 'elsewhere.example.org')).status, 0)
        assert.deepEqual(await plain('/.well-known/acme-challenge/token', NAME).then(({ status, text }) => [status, text]), [200, 'proof'])
    })
})

describe('answers', () => {
    it('each security header is there once', async () => {
        for (const line of ['GET /reports', 'GET /nothing', 'GET /openapi.json', 'GET /app/']) {
            const answer = await ask(line, { headers: await token() })
            for (const name of ['strict-transport-security', 'content-security-policy', 'x-content-type-options', 'referrer-policy']) assert.equal(times(answer, name), 1, `${line} ${name}: ${answer.rawHeaders}`)
            assert.equal(answer.headers['strict-transport-security'], HSTS)
            assert.equal(times(answer, 'server'), 1)
            assert.ok(!/\d/.test(answer.headers.server))
        }
    })
    it('the web page: its files are kept, its entry is asked for anew, its addresses lead to it', async () => {
        const entry = await ask('GET /app/')
        assert.deepEqual([entry.status, entry.headers['content-type'], entry.headers['cache-control']], [200, 'text/html', 'no-cache'])
        assert.match((await ask('GET /app/reports/7')).text, /<title>page/)
        const file = await ask('GET /app/assets/app.0a1b2c.js', { headers: { 'Accept-Encoding': 'gzip' } })
        assert.deepEqual([file.status, file.headers['content-encoding'], file.headers['cache-control']], [200, 'gzip', 'public, max-age=31536000, immutable'])
        assert.equal((await ask('GET /app/assets/app.0a1b2c.js', { headers: { 'If-None-Match': file.headers.etag } })).status, 304)
        assert.equal((await ask('GET /app/assets/nothing.js')).status, 404)
        assert.ok([400, 404].includes((await ask('GET /app/assets/..%2f..%2f..%2fprivkey.pem')).status))
        assert.equal((await ask('GET /app')).headers.location?.endsWith('/app/'), true)
    })
    it('gzip, but not for tokens', async () => {
        const packed = await ask('GET /openapi.json', { headers: { 'Accept-Encoding': 'gzip' } })
        assert.deepEqual([packed.headers['content-encoding'], packed.headers.vary?.includes('Accept-Encoding')], ['gzip', true])
        await signUp()
        const login = await ask('POST /auth/login', { body: { email: 'ann@example.org', password: PASSWORD }, headers: { 'Accept-Encoding': 'gzip' } })
        assert.deepEqual([login.status, login.headers['content-encoding']], [200, undefined])
    })
    it('ETag and 304 pass, packed or not', async () => {
        const headers = await token()
        const made = await ask('POST /reports/upload?filename=march.csv', { body: ledger('March', 1000), headers: { ...headers, 'Content-Type': 'text/csv' } })
        assert.equal(made.status, 201, made.text)
        const line = `GET /reports/${made.json.reportId}/analysis`
        for (const coding of [{}, { 'Accept-Encoding': 'gzip' }]) {
            const first = await ask(line, { headers: { ...headers, ...coding } })
            assert.deepEqual([first.status, times(first, 'etag')], [200, 1])
            const again = await ask(line, { headers: { ...headers, ...coding, 'If-None-Match': first.headers.etag } })
            assert.deepEqual([again.status, again.bytes.length], [304, 0])
        }
    })
    it('errors of pg_fin_api pass as they are', async () => {
        const answer = await ask('GET /reports/7b0d7b1e-0000-4000-8000-000000000000', { headers: await token() })
        assert.deepEqual([answer.status, answer.json.code], [404, 'PT404'])
    })
})

describe('the client’s address', () => {
    const client = () => JSON.parse(readFileSync(join(folder, 'access.json'), 'utf8').trim().split('\n').at(-1)).client
    it('reaches the audit log, the access log and the limits, and cannot be written by the client', async () => {
        const liar = { 'X-Forwarded-For': '203.0.113.9', 'X-Real-IP': '203.0.113.9', Forwarded: 'for=203.0.113.9' }
        await signUp()
        const login = await ask('POST /auth/login', { body: { email: 'ann@example.org', password: PASSWORD }, headers: liar })
        assert.equal(login.status, 200)
        // nginx and the client are on one machine here, so a second loopback address stands for a client elsewhere.
        assert.equal(psql(`SELECT host(address) FROM fin.sessions WHERE user_id = '${ann.userId}' ORDER BY created_at DESC LIMIT 1`), CLIENT)
        const elsewhere = await new Promise((resolve, reject) => https.get({ port: front.port, host: CLIENT, localAddress: '127.0.0.77', servername: NAME, ca: certificate, path: '/openapi.json', headers: { Host: NAME, ...liar } }, (answer) => answer.resume().on('end', () => resolve(answer))).on('error', reject))
        assert.equal(elsewhere.statusCode, 200)
        let counted = ''
        for (let i = 0; i < 60 && !/127\.0\.0\.77/.test(counted); i++) {
            await sleep(100)
            counted = psql("SELECT coalesce(string_agg(who, ' '), '') FROM fin.request_counts")
        }
        assert.match(counted, /address:127\.0\.0\.77/)
        assert.ok(!counted.includes('203.0.113.9'))
        await sleep(200)
        assert.equal(client(), '127.0.0.77')
        assert.match(front.log(), /^127\.0\.0\.77 .*"GET \/openapi\.json HTTP\/1\.1" 200/m)
    })
    it('from whom pg_fin_api does not trust the header does not count', async () => {
        // Straight to pg_fin_api from an address that is no proxy's.
        await new Promise((resolve, reject) => http.get({ port: api.port, host: CLIENT, localAddress: '127.0.0.88', path: '/openapi.json', headers: { 'X-Forwarded-For': '203.0.113.10' } }, (answer) => answer.resume().on('end', resolve)).on('error', reject))
        await sleep(300)
        assert.equal(client(), '127.0.0.88')
    })
})

describe('bodies', () => {
    it('an upload of 60 MB goes through as it comes', async () => {
        const lines = ['Date,Amount,Description']
        const words = 'x'.repeat(6000)
        for (let i = 0; lines.length * 6020 < 60e6; i++) lines.push(`2024-${String((i % 12) + 1).padStart(2, '0')}-${String((i % 28) + 1).padStart(2, '0')},${i % 997}.25,${words}${i}`)
        const body = Buffer.from(lines.join('\n') + '\n')
        assert.ok(body.length >= 60e6)
        const answer = await ask('POST /reports/upload?filename=big.csv', { body, headers: { ...(await token()), 'Content-Type': 'text/csv' } })
        assert.equal(answer.status, 201, answer.text)
        assert.equal(psql(`SELECT f.size FROM fin.reports r JOIN fin.files f ON f.id = r.file_id WHERE r.id = '${answer.json.reportId}'`), String(body.length))
    })
    it('elsewhere no more than fin-max-body, with an error in our shape', async () => {
        const answer = await new Promise((resolve, reject) => {
            const request = https.request({ port: front.port, host: CLIENT, servername: NAME, ca: certificate, method: 'POST', path: '/reports', headers: { Host: NAME, 'Content-Type': 'application/json', 'Content-Length': 65 << 20 } }, (got) => {
                let text = ''
                got.on('data', (piece) => (text += piece))
                got.on('end', () => resolve({ status: got.statusCode, headers: got.headers, json: JSON.parse(text) }))
            })
            request.on('error', reject)
            request.write('{')
        })
        assert.deepEqual([answer.status, answer.json.code, answer.headers['content-type'], answer.headers['strict-transport-security']], [413, 'FIN413', 'application/json', HSTS])
    })
})

describe('server-sent events', () => {
    it('come through at once, each by itself', async () => {
        const headers = await token()
        const report = psql(`SELECT r.id FROM fin.reports r JOIN fin.memberships m ON m.workspace_id = r.workspace_id WHERE m.user_id = '${ann.userId}' AND r.filename = 'march.csv'`)
        const { json } = await ask('POST /analyze', { body: { reportId: report, background: true }, headers })
        const heard = []
        const request = https.get({ port: front.port, host: CLIENT, servername: NAME, ca: certificate, path: `/jobs/${json.jobId}/events`, headers: { Host: NAME, 'Accept-Encoding': 'gzip', ...headers } })
        const answer = await new Promise((resolve, reject) => request.on('response', resolve).on('error', reject))
        assert.deepEqual([answer.statusCode, answer.headers['content-type'], answer.headers['content-encoding']], [200, 'text/event-stream; charset=utf-8', undefined])
        let over = false
        answer.on('data', (piece) => heard.push(piece.toString()))
        answer.on('end', () => (over = true))
        const until = async (what) => {
            for (let i = 0; i < 200 && !what(); i++) await sleep(20)
            assert.ok(what(), heard.join(''))
        }
        // While the stream is open: a buffer would hold back what is so short.
        await until(() => heard.join('').includes('"queued"'))
        psql(`NOTIFY fin_job_${json.jobId}, 'first'`)
        await until(() => heard.join('').includes('first'))
        assert.ok(!over)
        await ask(`POST /jobs/${json.jobId}/cancel`, { body: {}, headers })
        await until(() => over)
        assert.match(heard.join(''), /"cancelled"/)
    })
})

describe('limits and absence', () => {
    it('a burst gets 429 with Retry-After in our shape, and others are served meanwhile', async () => {
        const burst = await Promise.all(Array.from({ length: 60 }, () => ask('POST /auth/login', { body: { email: 'nobody.here@example.org' } })))
        const refused = burst.filter(({ status }) => status === 429)
        assert.ok(refused.length >= 20, String(refused.length))
        const { headers, json } = refused.at(-1)
        assert.deepEqual([json.code, json.message, headers['content-type'], headers['strict-transport-security']], ['FIN429', 'Too many requests', 'application/json', HSTS])
        assert.match(headers['retry-after'], /^\d+$/)
        assert.equal((await ask('GET /openapi.json')).status, 200)
    })
    it('connections to pg_fin_api are kept open', async () => {
        const before = await metric('pgfin_api_clients')
        for (let i = 0; i < 30; i++) assert.equal((await ask('GET /openapi.json')).status, 200)
        assert.ok((await metric('pgfin_api_clients')) <= before + 2)
        assert.ok((await metric('pgfin_api_clients')) >= 1, 'and they stay between requests')
    })
    it('through a Unix socket, trusted by name', async () => {
        const socket = join(folder, 'api.sock')
        bySocket = await serve({ 'server-unix-socket': socket, 'server-unix-socket-mode': '666', 'fin-trusted-proxies': 'unix', 'fin-access-log': join(folder, 'socket.json') })
        other = await startNginx('socket', `server unix:${socket};`)
        assert.equal((await ask('GET /openapi.json', { to: other })).status, 200)
        await sleep(300)
        assert.equal(JSON.parse(readFileSync(join(folder, 'socket.json'), 'utf8').trim().split('\n').at(-1)).client, CLIENT)
    })
    it('without pg_fin_api: 503 in our shape', async () => {
        await bySocket.stop()
        const answer = await ask('GET /reports', { to: other })
        assert.deepEqual([answer.status, answer.json.code, answer.headers['retry-after'], answer.headers['strict-transport-security']], [503, 'FIN503', '2', HSTS])
        assert.equal((await ask('GET /app/', { to: other })).status, 200)
    })
})
const metric = async (name) => {
    const text = await (await fetch(`${api.admin}/metrics`)).text()
    return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(text)?.[1])
}
