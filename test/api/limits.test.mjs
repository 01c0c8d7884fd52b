// fin-limits: one limit for two servers, told in headers, by user or address.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bearer, expect, launch, psql, sleep } from './support.mjs'

const MOST = 20
const clerk = bearer({ role: 'api_clerk', sub: 'clerk' })

let one, two
before(async () => {
    // A window that ends within the test would begin to count anew.
    const left = 3600 - (Math.floor(Date.now() / 1000) % 3600)
    if (left < 30) await sleep(1000 * left)
    const migration = readFileSync(join(process.env.FIN_PROJECT, 'sql/migrations/017_limits.sql'), 'utf8')
    psql(
        `CREATE SCHEMA fin;
         CREATE TABLE fin.workspaces (id uuid, plan text);
         CREATE TABLE fin.memberships (workspace_id uuid, user_id uuid);
         ${migration}
         UPDATE fin.plan_limits SET per_minute = ${MOST}, per_hour = ${MOST} WHERE plan = 'anonymous';
         REVOKE ALL ON ALL FUNCTIONS IN SCHEMA fin FROM PUBLIC;
         GRANT USAGE ON SCHEMA fin TO api_gate;
         GRANT EXECUTE ON FUNCTION fin.count_requests(jsonb) TO api_gate;`,
    )
    one = await launch({ 'fin-limits': true })
    two = await launch({ 'fin-limits': true })
})
after(async () => {
    await one?.stop()
    await two?.stop()
})

const ask = (server, headers) => server.call('GET /label', { headers })

describe('fin-limits', () => {
    it('learns the figures from the database', async () => {
        const first = await ask(one)
        assert.equal(first.status, 200)
        for (const name of ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset']) assert.match(first.headers[name], /^\d+$/)
        await ask(two)
        let answer
        for (let tries = 0; tries < 100 && answer?.headers['ratelimit-limit'] !== String(MOST); tries++) {
            await sleep(100)
            answer = await ask(one)
        }
        assert.equal(answer.headers['ratelimit-limit'], String(MOST))
    })
    it('refuses one request too many, and the other server does so too', async () => {
        let refused
        for (let i = 0; i <= MOST && !refused; i++) {
            const answer = await ask(one)
            if (answer.status !== 200) refused = answer
        }
        expect(refused, { status: 429, headers: { 'Retry-After': /^\d+$/, 'RateLimit-Remaining': '0' } })
        assert.equal(refused.json.code, 'FIN429')
        let there
        for (let tries = 0; tries < 100 && there?.status !== 429; tries++) {
            await sleep(100)
            there = await ask(two)
        }
        assert.equal(there.status, 429)
    })
    it('leaves who has a token alone', async () => {
        const answer = await ask(one, clerk)
        assert.equal(answer.status, 200)
        assert.ok(Number(answer.headers['ratelimit-limit']) >= 1000)
    })
    it('counts what was allowed and no more', async () => {
        await sleep(1500)
        const [counted] = psql("SELECT n FROM fin.request_counts WHERE span = 'hour' AND who LIKE 'address:%'").split('\n')
        // Each server alone may let pass what one second brings.
        assert.ok(Number(counted) >= MOST && Number(counted) <= 2 * MOST, counted)
    })
})
