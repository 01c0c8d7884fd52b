// fin-limits: one limit for two servers, told in headers, by user, owner of a key, or address.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bearer, expect, launch, psql, sleep } from './support.mjs'

const MOST = 20
const MOST_OF_OWNER = 15
const OWNER = 'b0000000-0000-4000-8000-000000000009'
// Two keys of one person, and one whose secret is wrong.
const key = (id, secret = 'a') => ({ Authorization: `Bearer fin_${id.repeat(32)}_${secret.repeat(64)}` })
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
         CREATE TABLE fin.users (id uuid, disabled_at timestamptz);
         CREATE TABLE fin.api_keys (id uuid, key_hash bytea, created_by uuid, revoked_at timestamptz, expires_at timestamptz);
         CREATE TABLE fin.routes (method text, path text, function text, kind text, status int, cached boolean, repeats text, summary text);
         INSERT INTO fin.workspaces VALUES ('${OWNER}', 'premium');
         INSERT INTO fin.memberships VALUES ('${OWNER}', '${OWNER}');
         INSERT INTO fin.users VALUES ('${OWNER}');
         INSERT INTO fin.api_keys SELECT repeat(i, 32)::uuid, sha256(convert_to(repeat('a', 64), 'UTF8')), '${OWNER}' FROM unnest(ARRAY['1', '2', '3']) i;
         DO $$ BEGIN CREATE ROLE fin_user NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
         GRANT fin_user TO api_gate;
         CREATE FUNCTION fin.begin_with_key(key text) RETURNS void LANGUAGE sql AS $$ SELECT set_config('request.jwt.claims', '{"role": "fin_user"}', true) $$;
         GRANT USAGE ON SCHEMA books TO fin_user;
         GRANT SELECT ON books.label TO fin_user;
         ${migration}
         UPDATE fin.plan_limits SET per_minute = ${MOST}, per_hour = ${MOST} WHERE plan = 'anonymous';
         UPDATE fin.plan_limits SET per_minute = ${MOST_OF_OWNER}, per_hour = ${MOST_OF_OWNER} WHERE plan = 'premium';
         REVOKE ALL ON ALL FUNCTIONS IN SCHEMA fin FROM PUBLIC;
         GRANT USAGE ON SCHEMA fin TO api_gate;
         GRANT SELECT ON fin.routes TO api_gate;
         GRANT EXECUTE ON FUNCTION fin.count_requests(jsonb), fin.key_owners(jsonb), fin.begin_with_key(text) TO api_gate;`,
    )
    one = await launch({ 'fin-limits': true, 'fin-routes': 'fin.routes' })
    two = await launch({ 'fin-limits': true, 'fin-routes': 'fin.routes' })
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
    it('counts requests of all keys of a person together, whatever the address', async () => {
        const until = async (server, headers, wanted) => {
            let answer
            for (let tries = 0; tries < 100 && !wanted(answer); tries++) {
                answer = await ask(server, headers)
                if (!wanted(answer)) await sleep(100)
            }
            return answer
        }
        const ofOwner = (answer) => answer?.headers['ratelimit-limit'] === String(MOST_OF_OWNER)
        const refused = (answer) => ofOwner(answer) && answer.status === 429
        // The address has used up its own limit by now: a key that is known is free of it.
        assert.ok(ofOwner(await until(one, key('1'), (answer) => ofOwner(answer) && answer.status === 200)))
        assert.ok(refused(await until(one, key('1'), refused)))
        assert.ok(refused(await until(one, key('2'), refused)), 'another key of the same person')
        assert.ok(refused(await until(two, key('3'), refused)), 'at another server')
        assert.equal(psql(`SELECT count(*) FROM fin.request_counts WHERE who = 'user:${OWNER}' AND span = 'hour'`), '1')
    })
    it('counts a key with a wrong secret for its address, not for its owner', async () => {
        for (let i = 0; i < 15; i++) {
            const answer = await ask(one, key('1', 'b'))
            assert.deepEqual([answer.status, answer.headers['ratelimit-limit']], [429, String(MOST)])
            await sleep(100)
        }
    })
    it('counts what was allowed and no more', async () => {
        await sleep(1500)
        const [counted] = psql("SELECT n FROM fin.request_counts WHERE span = 'hour' AND who LIKE 'address:%'").split('\n')
        // Each server alone may let pass what one second brings.
        assert.ok(Number(counted) >= MOST && Number(counted) <= 2 * MOST, counted)
    })
})
