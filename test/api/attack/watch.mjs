// The eye on every answer: counts requests, and looks for what the attacked workspace planted in the status line, the
// headers and the body, in any spelling. And hashes of all its rows.
import assert from 'node:assert/strict'
import { call, psql } from '../support.mjs'

const NUMERAL = /\d+\.\d+|\d{6,}/g
const digits = (numeral) => numeral.replace(/^0+|\D/g, '').replace(/^0+|0+$/g, '').length
const UUID = /[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/g
const numerals = (text) => (text.replaceAll(UUID, ' ').match(NUMERAL) ?? []).filter((numeral) => digits(numeral) >= 6).map((numeral) => numeral.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''))

export class Watch {
    requests = 0
    #words
    #ids = new Set()
    #amounts = new Set()

    // word: in every text that is secret.
    constructor(word) {
        const base64 = (skip) => Buffer.from('xyz'.slice(0, skip) + word).toString('base64').slice(skip === 0 ? 0 : skip + 1, -4)
        this.#words = [word.toLowerCase(), Buffer.from(word).toString('hex'), ...[0, 1, 2].map((skip) => base64(skip).toLowerCase()), encodeURIComponent(word).toLowerCase()]
    }
    keepSecret(ids) {
        for (const id of ids) this.#ids.add(String(id).toLowerCase())
    }
    // Amounts that answers to those who may see them hold, and answers to others do not.
    learn(secret, known) {
        const open = new Set(known.flatMap(numerals))
        for (const amount of secret.flatMap(numerals)) if (!open.has(amount)) this.#amounts.add(amount)
        return this.#amounts.size
    }

    // What is secret in a text; sent: what the asker said himself, which may be repeated to him.
    found(text, sent = '') {
        const low = text.toLowerCase()
        const own = sent.toLowerCase()
        const found = this.#words.filter((word) => low.includes(word) && !own.includes(word))
        for (const [id] of low.matchAll(UUID))
            if (this.#ids.has(id) && !own.includes(id)) found.push(id)
        for (const amount of numerals(text)) if (this.#amounts.has(amount) && !own.includes(amount)) found.push(amount)
        return found
    }

    // One request and all that is asserted of it. status: one or several that are right.
    async strike(server, line, { status, headers = {}, body, what = '' } = {}) {
        this.requests++
        const answer = await call(server.url, line, { headers, body })
        // A token says things too, and its bearer knows them.
        const said = Object.values(headers).flatMap((value) => String(value).match(/[\w-]+\.[\w-]+\.[\w-]*/g) ?? []).map((token) => Buffer.from(token.split('.')[1], 'base64url').toString())
        const sent = `${said} ${decodeURIComponent(line.replace(/%(?![0-9a-f]{2})/gi, '%25'))} ${line} ${Buffer.isBuffer(body) ? body.toString('latin1') : typeof body === 'string' ? body : JSON.stringify(body ?? '')} ${JSON.stringify(headers)}`
        const shown = `${what} ${line}\n${JSON.stringify(body)?.slice(0, 500)}\n=> ${answer.status} ${answer.reason}\n${answer.text.slice(0, 1500)}`
        const leaked = this.found(`${answer.reason}\n${answer.rawHeaders.join('\n')}\n${answer.text}`, sent)
        assert.deepEqual(leaked, [], `it leaks: ${shown}`)
        if (status !== undefined) assert.ok([status].flat().includes(answer.status), `not ${[status].flat()}: ${shown}`)
        // What PostgreSQL refuses in its own words has its code; anything else is a fault of the server.
        assert.ok(answer.status < 500 || /^(0A|22|2F|42|44|55|P0)/.test(answer.json?.code ?? ''), shown)
        return answer
    }
}

// Rows that say whose they are, and those that belong to its people. Failed sign-ins are counted and logged: attacks
// with passwords are meant to leave that trace, and no other.
export const fingerprint = (workspace, people) =>
    JSON.parse(
        psql(`SELECT jsonb_object_agg(c.relname, (xpath('/table/row/md5/text()', query_to_xml(format(
            'SELECT md5(coalesce(string_agg(r, E''\\n'' ORDER BY r), '''')) AS md5 FROM (SELECT (to_jsonb(t) - ''last_used_at'')::text AS r FROM fin.%I t WHERE %s) t', c.relname,
            CASE WHEN c.relname = 'users' THEN format('id = ANY (%1$L)', '{${people}}')
                 WHEN c.relname = 'workspaces' THEN format('id = %L', '${workspace}')
                 WHEN c.relname = 'sessions' THEN format('user_id = ANY (%1$L)', '{${people}}')
                 WHEN c.relname = 'audit_log' THEN format('workspace_id = %L AND action NOT IN (''login_failed'', ''reset_failed'')', '${workspace}')
                 ELSE format('workspace_id = %L', '${workspace}') END), false, false, '')))[1]::text)
        FROM pg_class c WHERE c.relnamespace = 'fin'::regnamespace AND c.relkind = 'r'
          AND (c.relname IN ('users', 'workspaces') OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id'))`),
    )
