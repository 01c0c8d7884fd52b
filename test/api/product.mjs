// What tests of the product share: pg_fin_api before a database that holds pg_fin, accounts in it, a small ledger.
//
// Files that import this run in a cluster whose database PGDATABASE has pg_fin set up and where no background worker runs:
// uploads are read before they are answered. The secrets are put where that cluster's settings say.
import assert from 'node:assert/strict'
import { bearer, launch, psql, SECRET } from './support.mjs'

// As the user of the database server, who alone may own the file of a secret.
const keep = (file, secret) => psql(`COPY (SELECT ${`'${secret}'`}) TO PROGRAM $program$umask 077; mkdir -p "$(dirname '${file}')" && cat >'${file}'$program$`)
const settingOf = (name) => {
    const file = psql(`SELECT coalesce(current_setting('${name}', true), '')`)
    assert.ok(file !== '', `${name} names no file`)
    return file
}
keep(settingOf('pg_fin.jwt_secret_file'), SECRET)
keep(settingOf('pg_fin.secret_key_file'), '5e'.repeat(32))

// The settings under which the product is served (scripts/lib/rest.sh), but for limits, which have tests of their own.
export const settings = { 'db-schemas': 'api', 'db-anon-role': 'fin_anon', 'db-tx-end': 'commit', 'fin-routes': 'fin.routes', 'log-level': 'warn' }
export const serve = (more = {}, options = {}) => launch({ ...settings, ...more }, { ...options, environment: { PGUSER: 'fin_authenticator', ...options.environment } })

export const PASSWORD = 'correct horse battery'

// Somebody new, signed in, with a workspace of his own.
export async function register(server, name, email = `${name.toLowerCase()}@example.org`) {
    const answer = await server.call('POST /auth/register', { body: { email, password: PASSWORD, name } })
    assert.equal(answer.status, 201, answer.text)
    return person(server, answer.json)
}
export const person = (server, { user, workspace, accessToken, refreshToken }) => {
    const headers = { Authorization: `Bearer ${accessToken}` }
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url'))
    return { id: user.id, email: user.email, workspace: workspace?.id ?? claims.ws, headers, accessToken, refreshToken, claims, ask: (line, body, more = {}) => server.call(line, { body, headers: { ...headers, ...more } }) }
}
// The same person with other claims, signed as the server signs.
export const claiming = (server, who, claims) => {
    const headers = bearer({ ...who.claims, ...claims })
    return { ...who, headers, ask: (line, body, more = {}) => server.call(line, { body, headers: { ...headers, ...more } }) }
}

// Two years of a small company. word is part of every text, unit of every amount.
export function ledger(word, unit) {
    const lines = ['Date,Amount,Currency,Category,Counterparty,Account,Description']
    for (let month = 0; month < 24; month++) {
        const date = (day) => `${2023 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`
        const line = (day, amount, category, counterparty) => lines.push(`${date(day)},${amount.toFixed(2)},EUR,${category} ${word},${counterparty} ${word},${word} bank,${category} of ${word}`)
        line(2, 11 * unit + month * 13.07, 'Sales', 'Customer')
        line(5, -2 * unit, 'Rent', 'Landlord')
        line(12, -4 * unit - (month % 5) * 7.31, 'Salaries', 'Staff')
        line(20, -unit / 3, 'Software', month === 17 ? 'Nobody knew' : 'Vendor')
        if (month === 15) line(21, -9 * unit, 'Software', 'Vendor')
    }
    return lines.join('\n') + '\n'
}
