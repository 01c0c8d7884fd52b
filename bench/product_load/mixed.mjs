// Mixed requests at a fixed rate, whether or not earlier ones were answered; latencies count from when a request was
// due, so that a server that stalls cannot hide it.
// mixed.mjs <people file> <requests a second> <seconds>: prints {reads: {...}, writes: {...}, kinds: {...}, errors: [...]}
import { readFileSync } from 'node:fs'
import { bearer, send } from './client.mjs'

const people = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const [rate, seconds] = [Number(process.argv[3]), Number(process.argv[4])]

const judges = people.filter((person) => person.finding !== null)
// weight, kind, is it a read, [status it may have], request, who sends it (everybody)
const mix = [
    [14, 'dashboard', true, [200], () => ['GET', '/dashboard']],
    [8, 'list of reports', true, [200], () => ['GET', '/reports?limit=20']],
    [8, 'report', true, [200], (p) => ['GET', `/reports/${p.report}`]],
    [10, 'analysis', true, [200, 304], (p) => ['GET', `/reports/${p.report}/analysis`, p.etag && { 'If-None-Match': p.etag }]],
    [8, 'metrics', true, [200], (p) => ['GET', `/reports/${p.report}/metrics?period=all`]],
    [8, 'anomalies', true, [200], (p) => ['GET', `/reports/${p.report}/anomalies`]],
    [5, 'risks', true, [200], (p) => ['GET', `/reports/${p.report}/risks`]],
    [5, 'recommendations', true, [200], (p) => ['GET', `/reports/${p.report}/recommendations`]],
    [12, 'transactions', true, [200], (p, n) => ['GET', `/reports/${p.report}/transactions?search=Invoice&sort=-amount&limit=50&offset=${n % 200}`]],
    [6, 'jobs', true, [200], () => ['GET', '/jobs?limit=10']],
    [3, 'me', true, [200], () => ['GET', '/me']],
    [5, 'feedback', false, [201], (p, n) => ['POST', `/reports/${p.report}/feedback`, {}, { finding: p.finding, verdict: n % 2 ? 'right' : 'wrong' }], judges],
    [3, 'rename', false, [200], (p, n) => ['PATCH', `/reports/${p.report}`, {}, { filename: `ledger ${n}` }]],
    [3, 'export', false, [201], (p) => ['POST', '/export', {}, { reportId: p.report, format: 'csv', content: 'anomalies' }]],
    [2, 'analyse', false, [200], (p) => ['POST', `/reports/${p.report}/analyze`, {}, {}]],
]
const total = mix.reduce((sum, [weight]) => sum + weight, 0)
const wheel = mix.flatMap((entry, at) => Array(entry[0]).fill(at))
const taken = mix.map(() => [])
const errors = []
let answered = 0

async function one(n, due) {
    // Each kind meets each person: 7919 is prime to the wheel and to the number of people.
    const at = wheel[(n * 37) % total]
    const [, kind, , wanted, make, who = people] = mix[at]
    const person = who[(n * 7919) % who.length]
    const [method, path, headers = {}, body] = make(person, n)
    try {
        const answer = await send(method, path, { headers: { ...bearer(person), ...headers }, body, address: person.address })
        taken[at].push(performance.now() - due)
        if (!wanted.includes(answer.status)) errors.push(`${kind}: ${answer.status} ${answer.body.toString().slice(0, 200)}`)
        if (kind === 'analysis' && n % 2 === 0 && answer.headers.etag) person.etag = answer.headers.etag
    } catch (error) {
        taken[at].push(performance.now() - due)
        errors.push(`${kind}: ${error.message}`)
    }
    answered++
}

const begin = performance.now()
const count = rate * seconds
const under_way = []
let sent = 0
let told = 0
await new Promise((resolve) => {
    const tick = () => {
        const now = performance.now()
        while (sent < count && begin + (1000 * sent) / rate <= now) {
            under_way.push(one(sent, begin + (1000 * sent) / rate))
            sent++
        }
        if (now - begin >= 1000 * (told + 30)) {
            told += 30
            process.stderr.write(`        ${told} s: ${answered} answers, ${errors.length} errors\n`)
        }
        if (sent < count) setTimeout(tick, 1)
        else resolve()
    }
    tick()
})
await Promise.all(under_way)

const rank = (list, p) => {
    const sorted = Float64Array.from(list).sort()
    return sorted.length === 0 ? 0 : Number(sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * p) / 100) - 1)].toFixed(2))
}
const summary = (list) => ({ n: list.length, p50: rank(list, 50), p95: rank(list, 95), p99: rank(list, 99), most: rank(list, 100) })
const of = (reads) => summary(mix.flatMap((entry, at) => (entry[2] === reads ? taken[at] : [])))
const seconds_taken = (performance.now() - begin) / 1000
console.log(
    JSON.stringify({
        rate: Number((answered / seconds_taken).toFixed(1)),
        reads: of(true),
        writes: of(false),
        kinds: Object.fromEntries(mix.map((entry, at) => [entry[1], summary(taken[at])])),
        errors: errors.length,
        first_errors: errors.slice(0, 5),
    }),
)
