// Many uploads while the servers are killed: what gets no answer, or 503, is sent again with the same Idempotency-Key.
// uploads.mjs <people file> <uploads> <rows>: writes a line "done <n>" for each ten, then {uploads, again, seconds}.
import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { bearer, each, ledger, send, sleep } from './client.mjs'

const people = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const [count, rows] = [Number(process.argv[3]), Number(process.argv[4])]
let again = 0
let done = 0
const begin = performance.now()
const reports = new Set()
await each(count, 16, async (i) => {
    const person = people[i % people.length]
    const key = randomUUID()
    const body = ledger(rows, 100000 + i)
    for (let tries = 0; ; tries++) {
        let answer
        try {
            answer = await send('POST', `/reports/upload?filename=upload-${i}.csv`, {
                headers: { ...bearer(person), 'Content-Type': 'text/csv', 'Idempotency-Key': key },
                body,
                address: person.address,
            })
        } catch (error) {
            answer = { status: 0, body: error.message }
        }
        if ([200, 201, 202].includes(answer.status)) {
            reports.add(JSON.parse(answer.body).reportId)
            break
        }
        // 409: the first of the same key is still at work.
        if (![0, 409, 502, 503, 504].includes(answer.status)) throw new Error(`upload ${i}: ${answer.status} ${answer.body.toString().slice(0, 300)}`)
        if (tries === 600) throw new Error(`upload ${i} was not taken in 600 tries: ${answer.status} ${answer.body}`)
        again++
        await sleep(200)
    }
    if (++done % 10 === 0) console.log(`done ${done}`)
})
console.log(JSON.stringify({ uploads: count, reports: reports.size, again, seconds: Number(((performance.now() - begin) / 1000).toFixed(1)) }))
