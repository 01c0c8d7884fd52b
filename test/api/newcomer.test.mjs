// A new user's way through pg_fin: the script of docs/rest.md with curl alone, and the same by a generated client.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from './product.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const page = readFileSync(join(process.env.FIN_PROJECT, 'docs/rest.md'), 'utf8')
const steps = []
for (const [, text] of page.matchAll(/^```newcomer\n(.*?)^```$/gms))
    for (const line of text.split('\n').slice(0, -1)) {
        if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: [] })
        else if (line.startsWith('> ') && steps.at(-1).output.length === 0) steps.at(-1).command += '\n' + line.slice(2)
        else steps.at(-1).output.push(line)
    }

const folder = mkdtempSync(join(tmpdir(), 'fin-newcomer-'))
let server
before(async () => {
    server = await serve()
})
after(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
})

describe('docs/rest.md, a new user with curl', () => {
    it('has a script', () => assert.ok(steps.length > 15, String(steps.length)))
    steps.forEach(({ command, output }, i) =>
        it(`${i + 1}: ${command.split('\n')[0].slice(0, 90)}`, async () => {
            const said = await new Promise((resolve) => {
                const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', PRODUCT: server.url, HOME: folder }
                execFile('bash', ['--norc', '--noprofile', '-c', `set -o pipefail\n${command}`], { env, cwd: folder, timeout: 30000 }, (error, out, err) => resolve(out + err + (error ? `\nstatus ${error.code}` : '')))
            })
            assert.equal(said.trim(), output.join('\n').trim())
        }),
    )
})

describe('a generated client', () => {
    it('goes the same way', async () => {
        const at = join(folder, 'client')
        mkdirSync(at)
        symlinkSync(join(here, 'node_modules'), join(at, 'node_modules'))
        writeFileSync(join(at, 'package.json'), '{"type": "module"}')
        copyFileSync(join(here, 'newcomer.journey.ts'), join(at, 'journey.ts'))
        writeFileSync(join(at, 'tsconfig.json'), JSON.stringify({ compilerOptions: { strict: true, target: 'es2022', module: 'nodenext', skipLibCheck: true, lib: ['es2022', 'dom', 'dom.iterable'], types: [] }, files: ['journey.ts'] }))
        const document = await server.call('GET /openapi.json')
        writeFileSync(join(at, 'openapi.json'), document.text)
        const node = (...line) => execFileSync(process.execPath, line, { cwd: at, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
        node('node_modules/openapi-typescript/bin/cli.js', 'openapi.json', '-o', 'product.d.ts')
        // What does not fit the document does not compile.
        try {
            node('node_modules/typescript/bin/tsc', '-p', '.')
        } catch (error) {
            assert.fail(error.stdout)
        }
        const { journey } = await import(join(at, 'journey.js'))
        const ledger = ['Date,Amount,Category,Counterparty']
        for (const month of ['01', '02', '03', '04', '05', '06']) ledger.push(`2024-${month}-02,9000.00,Sales,Arbor Ltd`, `2024-${month}-05,-2500.00,Rent,Harbor Estates`, `2024-${month}-25,-4200.00,Salaries,Staff`)
        const { file, severities, ...rest } = await journey(server.url, `${ledger.join('\n')}\n`)
        assert.deepEqual(rest, { status: 'completed', rows: 18, total: 6, code: 'PT404', refused: 404 })
        assert.ok(severities.length > 0 && severities.every((one) => ['low', 'medium', 'high', 'critical'].includes(one)), String(severities))
        assert.match(file, /^\ufeff?row_no,booked_on,amount.*\r\n1,2024-01-02,9000\.00,/)
    })
})
