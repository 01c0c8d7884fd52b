// Two workspaces full of data, the same things in both: what one may see of itself and nothing of the other.
// The word and the unit of a workspace are in every text and every amount, so that nothing of it can be shown unnoticed.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { psql } from '../support.mjs'
import { ledger, register } from '../product.mjs'

const quoted = (text) => `'${String(text).replaceAll("'", "''")}'`
const ok = (answer) => (assert.ok(answer.status < 300, answer.text), answer)

// A report by upload with its analysis, verdicts, exports, a key, colleagues; rows of everything else by SQL.
export async function plant(server, word, unit) {
    const owner = await register(server, `${word} owner`, `${word.toLowerCase()}.owner@example.org`)
    const place = { word, owner, workspace: owner.workspace, people: { owner } }
    ok(await owner.ask(`PATCH /workspaces/${place.workspace}`, { name: `${word} workspace`, settings: { note: `${word} setting` } }))
    const file = ledger(word, unit)
    const upload = ok(await owner.ask(`POST /reports/upload?filename=${word}.csv`, file, { 'Content-Type': 'text/csv' }))
    place.file = file
    place.report = upload.json.reportId
    assert.equal(upload.json.status, 'completed', upload.text)
    ok(await owner.ask(`POST /reports/${place.report}/analyze`, { options: { language: 'ru' } }))
    const [finding] = ok(await owner.ask(`GET /reports/${place.report}/anomalies`)).json.anomalies
    place.feedback = ok(await owner.ask(`POST /reports/${place.report}/feedback`, { finding, verdict: 'wrong', comment: `${word} comment` })).json.feedbackId
    place.dismissal = ok(await owner.ask(`POST /reports/${place.report}/dismissals`, { finding, reason: `${word} reason` })).json.dismissalId
    for (const format of ['csv', 'json']) place[format] = ok(await owner.ask('POST /export', { reportId: place.report, format }, { 'Idempotency-Key': `${format}-of-all` })).json.exportId
    place.export = place.csv
    const logo = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><title>${word} logo</title><rect width="40" height="20"/></svg>`)
    ok(await owner.ask('POST /branding/logo?filename=logo.svg', logo, { 'Content-Type': 'image/svg+xml' }))
    place.fileId = psql(`SELECT file_id FROM fin.reports WHERE id = '${place.report}'`)
    const key = ok(await owner.ask('POST /keys', { name: `${word} key`, scopes: ['read', 'write', 'export'] })).json
    place.key = key.key
    place.keyId = key.id
    place.job = Number(ok(await owner.ask('POST /analyze', { reportId: place.report, background: true })).json.jobId)
    for (const role of ['admin', 'analyst', 'viewer']) {
        const one = await register(server, `${word} ${role}`, `${word.toLowerCase()}.${role}@example.org`)
        place.people[role] = one
        one.home = one.workspace
        const invited = ok(await owner.ask('POST /members', { email: one.email, role })).json
        ok(await one.ask('POST /invitations/accept', { token: invited.token }))
        const token = ok(await one.ask('POST /auth/workspace', { workspaceId: place.workspace })).json.accessToken
        one.claims.ws = place.workspace
        one.headers = { Authorization: `Bearer ${token}` }
        one.ask = (line, body, more = {}) => server.call(line, { body, headers: { ...one.headers, ...more } })
    }
    const thing = { ids: { report_id: place.report, job_id: place.job, file_id: psql(`SELECT file_id FROM fin.reports WHERE id = '${place.report}'`) }, owner: owner.id }
    place.unplanted = rest(place, thing, unit)
    place.schedule = Number(psql(`SELECT id FROM fin.schedules WHERE workspace_id = '${place.workspace}'`))
    return place
}

// A row in each table that has none yet, made from the catalogue; answers the tables where that could not be done.
function rest({ word, workspace }, thing, unit) {
    const tables = JSON.parse(psql(`
        SELECT jsonb_object_agg(c.relname, (
            SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL), 'wanted', a.attnotnull AND NOT a.atthasdef AND a.attidentity = '',
                'check', (SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey @> ARRAY[a.attnum])) ORDER BY a.attnum)
            FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''))
        FROM pg_class c WHERE c.relnamespace = 'fin'::regnamespace AND c.relkind = 'r'
          AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id')`))
    const failed = []
    for (const [table, columns] of Object.entries(tables)) {
        if (psql(`SELECT EXISTS (SELECT FROM fin.${table} WHERE workspace_id = '${workspace}')`) === 't') continue
        const row = {}
        for (const { name, type, wanted, check } of columns) {
            const choice = /'([a-z_]+)'::text/.exec(check ?? '')?.[1]
            if (name === 'workspace_id') row[name] = quoted(workspace)
            else if (thing.ids[name]) row[name] = quoted(thing.ids[name])
            else if (/(^|_)(user_id|by)$/.test(name) && type === 'uuid') row[name] = quoted(thing.owner)
            else if (name === 'db_role') row[name] = "'fin_user'"
            else if (name === 'kind' && table === 'schedules') row[name] = "'analyze_report'"
            else if (name === 'code') row[name] = "'liquidity'"
            else if (name === 'cron') row[name] = "'0 0 1 1 *'"
            else if (type === 'text') row[name] = quoted(choice ?? `${word} ${table} ${name}`.replaceAll('_', ' '))
            else if (type === 'jsonb') row[name] = quoted(JSON.stringify({ note: `${word} ${table}` }))
            else if (!wanted) continue
            else if (type.endsWith('[]')) row[name] = "'{}'"
            else if (type === 'uuid') row[name] = quoted(randomUUID())
            else if (type === 'bytea') row[name] = `sha256(${quoted(word)})`
            else if (/numeric|double/.test(type)) row[name] = /BETWEEN|<= /.test(check ?? '') || /<=/.test(check ?? '') ? '1' : String(unit)
            else if (/int/.test(type)) row[name] = '1'
            else if (type === 'boolean') row[name] = 'true'
            else if (/timestamp|date/.test(type)) row[name] = 'now()'
            else row[name] = 'DEFAULT'
        }
        try {
            psql(`SET session_replication_role = replica; INSERT INTO fin.${table} (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).join(', ')})`)
        } catch (error) {
            failed.push(`${table}: ${/ERROR.*/.exec(String(error.stderr))?.[0]}`)
        }
    }
    return failed
}
