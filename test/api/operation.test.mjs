// Running it: the admin port, metrics, reloads, an interrupted database, a full pool, the end.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync, statSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import http from 'node:http'
import { bearer, call, configText, expect, launch, psql, sleep } from './support.mjs'

const servers = []
const start = async (...args) => {
    const server = await launch(...args)
    servers.push(server)
    return server
}
after(() => Promise.all(servers.map((one) => one.stop())))

// Asks until the answer is as wanted; the last one where it never is.
const until = async (ask, wanted, seconds = 8) => {
    let answer
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
        answer = await ask().catch((error) => ({ error }))
        if (wanted(answer)) return answer
    }
    assert.fail(`never came: ${JSON.stringify(answer?.json ?? answer?.text ?? String(answer?.error))}`)
}

describe('the admin port', () => {
    let server
    before(async () => (server = await start({ 'server-timing-enabled': true, 'server-trace-header': 'X-Request-Id' })))
    it('/live and /ready', async () => {
        assert.equal((await call(server.admin, 'GET /live')).status, 200)
        assert.equal((await call(server.admin, 'GET /ready')).status, 200)
        assert.equal((await call(server.admin, 'GET /nowhere')).status, 404)
    })
    it('/metrics are what Prometheus reads', async () => {
        await server.call('GET /label')
        const { text, headers } = await call(server.admin, 'GET /metrics')
        assert.match(headers['content-type'], /^text\/plain/)
        for (const name of ['pgrst_db_pool_max', 'pgrst_db_pool_available', 'pgrst_db_pool_waiting', 'pgrst_schema_cache_query_time_seconds', 'pgrst_schema_cache_loads_total']) {
            assert.match(text, new RegExp(`^${name}`, 'm'))
        }
        const said = execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
        assert.equal(said, '')
    })
    it('Server-Timing', async () =>
        expect(await server.call('GET /label'), { headers: { 'Server-Timing': /jwt;dur=[\d.]+, ?parse;dur=[\d.]+, ?plan;dur=[\d.]+, ?transaction;dur=[\d.]+, ?response;dur=[\d.]+/ } }))
    it('Server-Timing tells planning from parsing', async () => {
        const spans = ({ headers }) => Object.fromEntries([...headers['server-timing'].matchAll(/(\w+);dur=([\d.]+)/g)].map(([, name, ms]) => [name, Number(ms)]))
        // Hundreds of conditions take longer to read than a tenth of a millisecond, and to plan as well.
        const long = `or=(${Array.from({ length: 4000 }, (_, i) => `id.eq.${i}`).join(',')})`
        const read = spans(await server.call(`GET /label?${long}`))
        assert.ok(read.parse > 0 && read.plan > 0, JSON.stringify(read))
    })
    it('Server-Timing of a streamed answer', async () => {
        const answer = await server.call('GET /rpc/many?n=500')
        expect(answer, { status: 200, headers: { 'Transfer-Encoding': 'chunked', 'Server-Timing': /plan;dur=[\d.]+, transaction;dur=[\d.]+/ } })
        assert.equal(answer.json.length, 500)
    })
    it('a W3C trace reaches the database', async () => {
        const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
        const ask = (traceparent) => server.call('GET /rpc/seen?setting=application_name', { headers: { traceparent } })
        assert.match((await ask(`00-${trace}-00f067aa0ba902b7-01`)).json, new RegExp(trace))
        assert.doesNotMatch((await ask('00-not-a-trace')).json, /not-a-trace/)
    })
    it('the trace header comes back', async () => expect(await server.call('GET /label', { headers: { 'X-Request-Id': 'r-17' } }), { headers: { 'X-Request-Id': 'r-17' } }))
})

describe('reloading', () => {
    it('the schema by NOTIFY, without a failed request meanwhile', async () => {
        const server = await start({ 'db-channel': 'api_reload' })
        const bad = []
        let going = true
        const traffic = (async () => {
            while (going) {
                const { status } = await server.call('GET /label')
                if (status !== 200) bad.push(status)
            }
        })()
        try {
            expect(await server.call('GET /newcomer'), { status: 404 })
            psql("CREATE TABLE books.newcomer (id int); GRANT SELECT ON books.newcomer TO api_anon; NOTIFY api_reload, 'reload schema'")
            await until(() => server.call('GET /newcomer'), (answer) => answer.status === 200)
        } finally {
            psql("DROP TABLE IF EXISTS books.newcomer; NOTIFY api_reload, 'reload schema'")
            await until(() => server.call('GET /newcomer'), (answer) => answer.status === 404)
            going = false
            await traffic
        }
        assert.deepEqual(bad, [])
    })
    it('the schema by SIGUSR1, the settings by SIGUSR2', async () => {
        const server = await start()
        psql('CREATE TABLE books.latecomer (id int); GRANT SELECT ON books.latecomer TO api_anon')
        try {
            server.child.kill('SIGUSR1')
            await until(() => server.call('GET /latecomer'), (answer) => answer.status === 200)
        } finally {
            psql('DROP TABLE books.latecomer')
        }
        const text = readFileSync(server.file, 'utf8')
        writeFileSync(server.file, text + configText({ 'db-max-rows': 1 }))
        server.child.kill('SIGUSR2')
        await until(() => server.call('GET /label'), (answer) => answer.json?.length === 1)
    })
    it('settings of the database role win, and are read again by NOTIFY', async () => {
        const server = await start({ 'db-channel': 'api_settings', 'db-max-rows': 2 })
        expect(await server.call('GET /label?select=id&order=id'), { json: [{ id: 1 }, { id: 2 }] })
        psql(`ALTER ROLE api_gate IN DATABASE "${process.env.PGDATABASE}" SET pgrst.db_max_rows = '1'; NOTIFY api_settings, 'reload config'`)
        try {
            await until(() => server.call('GET /label'), (answer) => answer.json?.length === 1)
        } finally {
            psql(`ALTER ROLE api_gate IN DATABASE "${process.env.PGDATABASE}" RESET pgrst.db_max_rows`)
        }
    })
    it('a column that changes its type under a prepared statement', async () => {
        const server = await start({ 'db-channel': 'api_shift', 'db-pool': 1 })
        psql("CREATE TABLE books.shifting (v int); INSERT INTO books.shifting VALUES (1); GRANT SELECT ON books.shifting TO api_anon; NOTIFY api_shift, 'reload schema'")
        try {
            await until(() => server.call('GET /shifting'), (answer) => answer.status === 200)
            for (let i = 0; i < 8; i++) expect(await server.call('GET /shifting'), { json: [{ v: 1 }] })
            psql("ALTER TABLE books.shifting ALTER v TYPE text USING 'n' || v")
            await until(() => server.call('GET /shifting'), (answer) => answer.status === 200 && answer.json[0].v === 'n1')
            psql("NOTIFY api_shift, 'reload schema'")
            await until(() => server.call('GET /shifting?v=eq.n1'), (answer) => answer.status === 200 && answer.json.length === 1)
        } finally {
            psql('DROP TABLE books.shifting')
        }
    })
})

describe('trouble', () => {
    it('a full pool: 504 after the timeout, then all is well', async () => {
        const server = await start({ 'db-pool': 1, 'db-pool-acquisition-timeout': 1 })
        const slow = server.call('GET /rpc/slow?seconds=3')
        const held = server.call('POST /rpc/slow', { body: { seconds: 2.5 } })
        await sleep(300)
        expect(await server.call('GET /label'), { status: 504, code: 'PGRST003' })
        await Promise.all([slow, held])
        expect(await server.call('GET /label'), { status: 200 })
    })
    it('connections that the database ends are replaced', async () => {
        const server = await start()
        await server.call('GET /label')
        psql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'api_gate' AND datname = current_database()")
        const answers = await Promise.all(Array.from({ length: 8 }, () => server.call('GET /label')))
        for (const answer of answers) assert.ok([200, 503].includes(answer.status), answer.text)
        await until(() => server.call('GET /label'), (answer) => answer.status === 200)
    })
    it('a statement that is cut off: 57014', async () => {
        const server = await start()
        expect(await server.call('POST /rpc/slow', { body: { seconds: 5 }, headers: bearer({ role: 'api_hasty' }) }), { status: 500, code: '57014' })
    })
    it('no database: 503 and Retry-After', async () => {
        const nowhere = mkdtempSync(join(tmpdir(), 'nowhere-'))
        const server = await start({ 'db-uri': `postgresql:///x?host=${nowhere}` }, { ready: false })
        const answer = await until(() => server.call('GET /label'), (one) => one.status === 503)
        assert.match(answer.json.code, /^PGRST00[012]$/)
        assert.match(answer.headers['retry-after'] ?? '', /^\d+$/)
        assert.equal((await call(server.admin, 'GET /live')).status, 200)
        assert.equal((await call(server.admin, 'GET /ready')).status, 503)
    })
    it('a client that goes away takes nothing with it', async () => {
        const server = await start({ 'db-pool': 1 })
        for (let i = 0; i < 5; i++) {
            const request = http.request(`${server.url}/rpc/many?n=20000`)
            request.on('error', () => {})
            request.end()
            await sleep(30)
            request.destroy()
        }
        expect(await server.call('GET /label'), { status: 200 })
    })
    it('a long answer arrives whole', async () => {
        const server = await start()
        const answer = await server.call('GET /rpc/many?n=20000')
        assert.equal(answer.json.length, 20000)
        assert.equal(answer.json[19999].line, 20000)
    })
})

describe('settings', () => {
    it('works without prepared statements', async () => {
        const server = await start({ 'db-prepared-statements': false })
        for (let i = 0; i < 3; i++) expect(await server.call(`GET /label?id=eq.${i + 1}&select=id`), { json: [{ id: i + 1 }] })
        expect(await server.call('POST /rpc/add', { body: { a: 1, b: 2 } }), { json: 3 })
        assert.equal(psql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'api_gate' AND query LIKE '%EXECUTE%'"), '0')
    })
    it('errors may be short', async () => {
        const server = await start({ 'client-error-verbosity': 'minimal' })
        assert.deepEqual(Object.keys((await server.call('GET /invoices')).json).sort(), ['code', 'message'])
        assert.deepEqual(Object.keys((await server.call('POST /rpc/raise_plain')).json).sort(), ['code', 'message'])
    })
    it('the environment wins over the file', async () => {
        const server = await start({ 'db-max-rows': 2 }, { environment: { PGRST_DB_MAX_ROWS: '1' } })
        assert.equal((await server.call('GET /label')).json.length, 1)
    })
})

describe('the program', () => {
    it('ends on SIGTERM after what it has begun', async () => {
        const server = await start()
        const slow = server.call('POST /rpc/slow', { body: { seconds: 1 } })
        await sleep(200)
        server.child.kill('SIGTERM')
        expect(await slow, { status: 200, json: 1 })
        const { code, signal } = await server.ended
        assert.deepEqual([code, signal], [0, null])
    })
    it('killed: what it has acknowledged is there', async () => {
        const server = await start({ 'db-tx-end': 'commit' })
        psql('CREATE TABLE IF NOT EXISTS books.promise (id int PRIMARY KEY); GRANT ALL ON books.promise TO api_anon')
        server.child.kill('SIGUSR1')
        await until(() => server.call('GET /promise'), (answer) => answer.status === 200)
        const kept = []
        let going = true
        const writers = Array.from({ length: 4 }, async (_, lane) => {
            for (let i = 0; going; i++) {
                const id = lane * 1000000 + i
                const answer = await server.call('POST /promise', { body: { id } }).catch(() => undefined)
                if (answer?.status === 201) kept.push(id)
                else if (!answer) return
            }
        })
        for (let i = 0; i < 400 && kept.length < 50; i++) await sleep(25)
        server.child.kill('SIGKILL')
        await server.ended
        going = false
        await Promise.all(writers)
        assert.ok(kept.length >= 50, String(kept.length))
        const there = new Set(psql('SELECT id FROM books.promise').split('\n').map(Number))
        assert.deepEqual(kept.filter((id) => !there.has(id)), [])
        psql('DROP TABLE books.promise')
    })
    it('listens on a unix socket', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'sock-'))
        const socketPath = join(folder, 's')
        await start({ 'server-unix-socket': socketPath, 'server-unix-socket-mode': '600' })
        assert.equal(statSync(socketPath).mode & 0o777, 0o600)
        const status = await new Promise((resolve, reject) => http.get({ socketPath, path: '/label' }, (answer) => resolve(answer.resume().statusCode)).on('error', reject))
        assert.equal(status, 200)
    })
    it('--check-config', () => {
        const folder = mkdtempSync(join(tmpdir(), 'conf-'))
        writeFileSync(join(folder, 'good'), configText({ 'db-uri': 'postgresql://', 'server-port': 1 }))
        writeFileSync(join(folder, 'bad'), configText({ 'server-port': 'many' }))
        execFileSync(process.env.FIN_API_BINARY, ['--check-config', join(folder, 'good')])
        assert.throws(() => execFileSync(process.env.FIN_API_BINARY, ['--check-config', join(folder, 'bad')], { stdio: 'pipe' }), /server-port/)
    })
    it('--help names what an operator needs', () => {
        const text = execFileSync(process.env.FIN_API_BINARY, ['--help'], { encoding: 'utf8' })
        for (const name of ['db-uri', 'db-schemas', 'jwt-secret', 'admin-server-port', 'fin-replica-uri', 'SIGUSR2', '--check-config']) assert.ok(text.includes(name), name)
    })
    it('keeps secrets out of its log', async () => {
        const server = await start({ 'log-level': 'debug', 'fin-access-log': '-', 'log-query': true })
        await server.call('GET /label?id=eq.1', { headers: { Authorization: 'Bearer tell.no.one', apikey: 'silence-please' } })
        await server.call('POST /party', { body: { id: 60, name: 'hush-hush' } })
        await sleep(200)
        assert.doesNotMatch(server.log(), /tell\.no\.one|silence-please|a secret that is long|hush-hush/)
        assert.match(server.log(), /label/)
    })
})
