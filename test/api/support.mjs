// What the tests share: starting pg_fin_api with some settings, sending it requests byte by byte, tokens, psql.
//
// From the environment: FIN_API_BINARY, the program; PGHOST, PGPORT, PGDATABASE, where fixture.sql was loaded;
// FIN_PSQL, psql (default: the one in PATH). Each file of tests works in a copy of that database, so that they can run
// at the same time.
import { spawn, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createHmac } from 'node:crypto'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import assert from 'node:assert/strict'

export const SECRET = 'a secret that is long enough for HS256, by far'

// As the superuser of the trial cluster.
export const psql = (sql, database = process.env.PGDATABASE) =>
    execFileSync(process.env.FIN_PSQL ?? 'psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', sql], {
        env: { ...process.env, PGUSER: 'postgres', PGOPTIONS: '' },
        encoding: 'utf8',
    }).trim()

const copy = `${process.env.PGDATABASE}_${basename(process.argv[1]).replace(/\..*/, '')}`
psql(`DROP DATABASE IF EXISTS "${copy}" WITH (FORCE)`, 'postgres')
psql(`CREATE DATABASE "${copy}" TEMPLATE "${process.env.PGDATABASE}"`, 'postgres')
process.env.PGDATABASE = copy

const settings = {
    'db-uri': 'postgresql://',
    'db-schemas': 'books',
    'db-anon-role': 'api_anon',
    'db-extra-search-path': '',
    'db-pool': 4,
    'fin-threads': 2, // whatever this machine has: what threads share is tested
    'db-tx-end': 'rollback-allow-override',
    'jwt-secret': SECRET,
    'server-host': '127.0.0.1',
    'log-level': 'error',
}

export const freePort = () =>
    new Promise((resolve, reject) => {
        const server = net.createServer()
        server.once('error', reject)
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address()
            server.close(() => resolve(port))
        })
    })

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// The text of a configuration file.
export const configText = (values) =>
    Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => `${key} = ${typeof value === 'string' ? JSON.stringify(value) : value}\n`)
        .join('')

// Starts a server with the usual settings and those given; undefined takes one away.
export async function launch(more = {}, { environment = {}, ready = true } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'fin-api-'))
    const port = await freePort()
    const adminPort = await freePort()
    const file = join(folder, 'api.conf')
    writeFileSync(file, configText({ ...settings, 'server-port': port, 'admin-server-port': adminPort, ...more }))
    const said = []
    const child = spawn(process.env.FIN_API_BINARY, [file], {
        env: { ...process.env, PGUSER: 'api_gate', PGOPTIONS: '', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', (data) => said.push(data))
    child.stderr.on('data', (data) => said.push(data))
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
    let over
    ended.then((how) => (over = how))
    const server = {
        url: `http://127.0.0.1:${port}`,
        admin: `http://127.0.0.1:${adminPort}`,
        port,
        child,
        file,
        ended,
        log: () => Buffer.concat(said).toString(),
        call: (line, options) => call(server.url, line, options),
        async stop() {
            if (!over) child.kill('SIGTERM')
            const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
            const how = await ended
            clearTimeout(timer)
            rmSync(folder, { recursive: true, force: true })
            return how
        },
    }
    if (!ready) return server
    for (let tries = 0; tries < 300; tries++) {
        if (over) throw new Error(`pg_fin_api ended at its start (${JSON.stringify(over)}):\n${server.log()}`)
        const answer = await call(server.admin, 'GET /ready').catch(() => undefined)
        if (answer?.status === 200) return server
        await sleep(30)
    }
    await server.stop()
    throw new Error(`pg_fin_api was not ready in 9 s:\n${server.log()}`)
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

// call(url, 'GET /path?query', {headers, body}): what came back, decoded where it is JSON. The line may hold any
// character; those that a request line cannot hold are percent-encoded.
export function call(url, line, { headers = {}, body } = {}) {
    const space = line.indexOf(' ')
    const method = line.slice(0, space)
    const path = line.slice(space + 1).replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, (c) => encodeURIComponent(c))
    const payload = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    const all = { ...headers }
    if (payload !== undefined) {
        all['Content-Length'] ??= Buffer.byteLength(payload)
        if (typeof body === 'object' && !Buffer.isBuffer(body)) all['Content-Type'] ??= 'application/json'
    }
    return new Promise((resolve, reject) => {
        const request = http.request(new URL(url).origin, { method, path, headers: all, agent, maxHeaderSize: 1 << 20 }, (answer) => {
            const pieces = []
            answer.on('data', (piece) => pieces.push(piece))
            answer.on('error', reject)
            answer.on('end', () => {
                const bytes = Buffer.concat(pieces)
                const text = bytes.toString()
                let json
                if (/json/.test((answer.headers['content-type'] ?? '').split(';')[0]) && text !== '') json = JSON.parse(text)
                resolve({ status: answer.statusCode, reason: answer.statusMessage, headers: answer.headers, rawHeaders: answer.rawHeaders, bytes, text, json })
            })
        })
        request.setTimeout(20000, () => request.destroy(new Error(`no answer in 20 s to ${line}`)))
        request.on('error', reject)
        request.end(payload)
    })
}

// Bytes over a socket as they are; what came back until the other side closed or fell silent.
export function raw(port, bytes, { silence = 700 } = {}) {
    return new Promise((resolve, reject) => {
        const socket = net.connect(port, '127.0.0.1')
        const pieces = []
        const done = () => {
            socket.destroy()
            resolve(Buffer.concat(pieces).toString('latin1'))
        }
        socket.setTimeout(silence, done)
        socket.on('data', (piece) => pieces.push(piece))
        socket.on('end', done)
        socket.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? done() : reject(error)))
        socket.on('connect', () => {
            for (const part of Array.isArray(bytes) ? bytes : [bytes]) socket.write(part)
        })
    })
}

// Checks several sides of an answer at once and shows the answer where one is wrong.
export function expect(answer, wanted) {
    const shown = `${answer.status} ${JSON.stringify(answer.headers)}\n${answer.text.slice(0, 2000)}`
    for (const [side, value] of Object.entries(wanted)) {
        if (side === 'status') assert.equal(answer.status, value, shown)
        else if (side === 'json') assert.deepEqual(answer.json, value, shown)
        else if (side === 'text') assert.equal(answer.text, value, shown)
        else if (side === 'code') assert.equal(answer.json?.code, value, shown)
        else if (side === 'headers') {
            for (const [name, text] of Object.entries(value)) {
                const got = answer.headers[name.toLowerCase()]
                if (text === null) assert.equal(got, undefined, `header ${name}\n${shown}`)
                else if (text instanceof RegExp) assert.match(got ?? '', text, `header ${name}\n${shown}`)
                else assert.equal(got, text, `header ${name}\n${shown}`)
            }
        } else throw new Error(`there is no side ${side}`)
    }
    return answer
}

const base64url = (text) => Buffer.from(text).toString('base64url')
// A token made by hand, also one that no library would make.
export function handmade(header, claims, key = SECRET) {
    const input = `${base64url(JSON.stringify(header))}.${base64url(typeof claims === 'string' ? claims : JSON.stringify(claims))}`
    return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
}
export const token = (claims) => handmade({ alg: 'HS256', typ: 'JWT' }, claims)
export const bearer = (claims) => ({ Authorization: `Bearer ${token(claims)}` })

// Everything in the served schemas as one text: the same before and after means that nothing was changed.
export const contents = () =>
    psql(`SELECT md5(string_agg(t, E'\\n' ORDER BY t)) FROM (
        SELECT format('%s.%s %s', table_schema, table_name, query_to_xml(format('SELECT * FROM %I.%I t ORDER BY t::text', table_schema, table_name), true, false, '')) AS t
        FROM information_schema.tables WHERE table_schema IN ('books', 'archive', 'vault', 'Odd "Names"') AND table_type = 'BASE TABLE') s`)
