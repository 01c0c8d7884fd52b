// The database is stopped hard and started again under load: 503 for a moment, no wrong answer, nothing acknowledged is lost.
// FIN_API_RESTART is a command that does it. It takes the whole cluster down, so this file runs alone, after the others.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { call, launch, psql, sleep } from './support.mjs'

let server
before(async () => {
    assert.ok(process.env.FIN_API_RESTART, 'FIN_API_RESTART names the command that restarts the cluster')
    psql('CREATE TABLE books.promise (id int PRIMARY KEY); GRANT ALL ON books.promise TO api_anon')
    server = await launch({ 'db-tx-end': 'commit' })
})
after(() => server.stop())

describe('a crash of the database', () => {
    it('costs nothing that was acknowledged and passes', async () => {
        const kept = []
        const statuses = new Map()
        const wrong = []
        let going = true
        const see = (status) => statuses.set(status, (statuses.get(status) ?? 0) + 1)
        const writers = Array.from({ length: 4 }, async (_, lane) => {
            for (let i = 0; going; i++) {
                const id = lane * 1000000 + i
                const { status } = await server.call('POST /promise', { body: { id } })
                see(status)
                if (status === 201) kept.push(id)
                else await sleep(20)
            }
        })
        const readers = Array.from({ length: 4 }, async () => {
            while (going) {
                const answer = await server.call('GET /label?id=eq.2')
                see(answer.status)
                if (answer.status === 200 ? answer.text !== '[{"id":2,"name":"export"}]' : ![500, 503, 504].includes(answer.status)) wrong.push(`${answer.status} ${answer.text}`)
                if (answer.status !== 200) await sleep(20)
            }
        })
        for (let i = 0; i < 400 && kept.length < 50; i++) await sleep(25)
        const before = kept.length
        await promisify(execFile)(process.env.FIN_API_RESTART)
        let back = false
        for (let i = 0; i < 400 && !back; i++) {
            await sleep(50)
            back = (await call(server.admin, 'GET /ready')).status === 200 && (await server.call('GET /label')).status === 200
        }
        await sleep(500)
        going = false
        await Promise.all([...writers, ...readers])
        const said = JSON.stringify([...statuses])
        assert.ok(back, `it never came back: ${said}`)
        assert.deepEqual(wrong, [])
        assert.ok(before > 0 && kept.length > before, `nothing was written before or after: ${before}, ${kept.length}`)
        const there = new Set(psql('SELECT id FROM books.promise').split('\n').map(Number))
        assert.deepEqual(kept.filter((id) => !there.has(id)), [], said)
        for (const status of statuses.keys()) assert.ok([200, 201, 409, 500, 503, 504].includes(status), said)
    })
})
