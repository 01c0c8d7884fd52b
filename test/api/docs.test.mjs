// The examples of docs/rest.md, run in their order by a shell: each must print what the page says it prints.
// In a block ```console a line that starts with "$ " is a command (with "> " before the lines that go on with it), the
// lines below it are its output; "..." in them stands for anything. The settings come from the page's block ```ini.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch, SECRET, token } from './support.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const page = readFileSync([join(here, 'docs/rest.md'), join(here, '../../docs/rest.md')].find(existsSync), 'utf8')
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind, text]) => ({ kind, text }))

const examples = []
for (const { kind, text } of blocks) {
    if (kind !== 'console') continue
    for (const line of text.split('\n').slice(0, -1)) {
        if (line.startsWith('$ ')) examples.push({ command: line.slice(2), output: [] })
        else if (line.startsWith('> ') && examples.at(-1).output.length === 0) examples.at(-1).command += '\n' + line.slice(2)
        else examples.at(-1).output.push(line)
    }
}
const settings = Object.fromEntries(
    [...blocks.find(({ kind }) => kind === 'ini').text.matchAll(/^([\w-]+) = (.*)$/gm)].map(([, name, value]) => [name, JSON.parse(value)]),
)

let server
before(async () => {
    // Only where it listens and the database differ from the page.
    const { 'db-uri': uri, 'server-port': port, 'admin-server-port': admin, 'jwt-secret': secret, ...rest } = settings
    assert.ok(uri && port && admin && secret)
    server = await launch({ ...rest, 'db-tx-end': 'commit-allow-override' }, { ready: false, environment: { PGUSER: 'shop_gate' } })
})
after(() => server.stop())

const run = (command) =>
    new Promise((resolve) => {
        const { PATH, PGHOST, PGPORT, PGDATABASE } = process.env
        const psql = process.env.FIN_PSQL ? `${dirname(process.env.FIN_PSQL)}:` : ''
        const env = { PATH: psql + PATH, PGHOST, PGPORT, PGDATABASE, PGUSER: 'postgres', LC_ALL: 'C.UTF-8', API: server.url, ADMIN: server.admin, TOKEN: token({ role: 'shop_clerk', sub: 'ann' }), CONFIG: server.file, PROGRAM: process.env.FIN_API_BINARY }
        execFile('bash', ['--norc', '--noprofile', '-c', `set -o pipefail; pg_fin_api() { "$PROGRAM" "$@"; }\n${command}`], { env, timeout: 20000 }, (error, out, err) => resolve({ status: error?.code ?? 0, said: (out + err).replace(/[ \t\r]+$/gm, '') }))
    })
const matches = (said, wanted) =>
    new RegExp(`^${wanted.split('...').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*?')}$`).test(said)

describe('docs/rest.md', () => {
    it('has examples', () => assert.ok(examples.length > 40, String(examples.length)))
    examples.forEach(({ command, output }, i) => {
        it(`${i + 1}: ${command.split('\n')[0].slice(0, 100)}`, async () => {
            const wanted = output.join('\n').trim()
            // The schema cache is read again a moment after it was told to.
            let got
            for (let tries = 0; tries < 150; tries++) {
                got = await run(command)
                if (got.status === 0 && matches(got.said.trim(), wanted)) return
                if (!/PGRST205|PGRST125|PGRST002|PGRST202|PGRST204|PGRST000/.test(got.said)) break
                await new Promise((resolve) => setTimeout(resolve, 50))
            }
            assert.equal(got.said.trim(), wanted, `status ${got.status} of: ${command}`)
        })
    })
    it('the secret of the tests is not the page’s', () => assert.notEqual(settings['jwt-secret'], SECRET))
})
