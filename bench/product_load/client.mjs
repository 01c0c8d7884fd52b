// What the load of bench/product is made of: one client of many, which follows the server's address in a file, because
// the server is killed and started again elsewhere.
import { readFileSync } from 'node:fs'
import http from 'node:http'

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })
const urlFile = process.env.FIN_PRODUCT_URL
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// {status, headers, body: Buffer}; rejects where no whole answer came.
export function send(method, path, { headers = {}, body, address = '10.0.0.1' } = {}) {
    const payload = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
    const all = { 'X-Forwarded-For': address, ...headers }
    if (payload !== undefined) {
        all['Content-Length'] = payload.length
        all['Content-Type'] ??= 'application/json'
    }
    return new Promise((resolve, reject) => {
        const origin = readFileSync(urlFile, 'utf8').trim()
        const request = http.request(origin, { method, path, headers: all, agent }, (answer) => {
            const pieces = []
            answer.on('data', (piece) => pieces.push(piece))
            answer.on('error', reject)
            answer.on('aborted', () => reject(new Error('the answer was cut off')))
            answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) }))
        })
        request.setTimeout(60000, () => request.destroy(new Error(`no answer in 60 s to ${method} ${path}`)))
        request.on('error', reject)
        request.end(payload)
    })
}

// The same, where anything but the wanted status is an error that names what came.
export async function demand(status, method, path, options) {
    const answer = await send(method, path, options)
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString().slice(0, 300)}`)
    return answer.body.length === 0 ? null : JSON.parse(answer.body)
}

export const bearer = (user) => ({ Authorization: `Bearer ${user.token}` })

// Runs `work(i)` for 0 .. count - 1, at most `width` at a time.
export async function each(count, width, work) {
    let next = 0
    await Promise.all(
        Array.from({ length: width }, async () => {
            while (next < count) await work(next++)
        }),
    )
}

// A made ledger of 36 months: regular payees, some of them customers; the same for the same seed.
export function ledger(rows, seed) {
    let state = (seed * 2654435761 + 12345) >>> 0
    const share = () => {
        state ^= state << 13
        state >>>= 0
        state ^= state >>> 17
        state ^= state << 5
        state >>>= 0
        return state / 4294967296
    }
    const categories = ['Sales', 'Rent', 'Salaries', 'Software', 'Marketing', 'Travel', 'Office supplies', 'Insurance', 'Taxes']
    const lines = ['Date,Counterparty,Category,Description,Amount']
    const first = Date.UTC(2022, 0, 1)
    for (let i = 0; i < rows; i++) {
        const who = Math.floor(40 * share())
        const income = who % 5 === 0
        const amount = income ? 400 + 4000 * share() : -(5 + 600 * share() ** 2)
        const day = new Date(first + Math.floor((i * 1095) / rows) * 86400000).toISOString().slice(0, 10)
        const category = income ? categories[0] : categories[1 + (who % 8)]
        lines.push(`${day},Company ${seed}-${who},${category},Invoice ${seed}${i},${amount.toFixed(2)}`)
    }
    return Buffer.from(lines.join('\n') + '\n')
}
