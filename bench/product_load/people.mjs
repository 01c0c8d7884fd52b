// People who work with the product: each registers, uploads a ledger and waits for its analysis.
// people.mjs <count> <rows of a ledger> <file to write>: [{email, token, address, report, finding or null}]
import { writeFileSync } from 'node:fs'
import { bearer, demand, each, ledger, sleep } from './client.mjs'

const [count, rows, file] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]]
const people = []
let done = 0
await each(count, 4, async (i) => {
    const address = `10.1.${Math.floor(i / 250)}.${1 + (i % 250)}`
    const body = { email: `person${i}@example.org`, password: `a long password ${i}`, name: `Person ${i}` }
    const { accessToken } = await demand(201, 'POST', '/auth/register', { body, address })
    const person = { email: body.email, password: body.password, token: accessToken, address }
    const upload = await demand(202, 'POST', `/reports/upload?filename=ledger-${i}.csv`, {
        headers: { ...bearer(person), 'Content-Type': 'text/csv' },
        body: ledger(rows, i + 1),
        address,
    })
    person.report = upload.reportId
    people[i] = person
    if (++done % 50 === 0) process.stderr.write(`        ${done} of ${count} people are registered\n`)
})
await each(count, 8, async (i) => {
    for (;;) {
        const report = await demand(200, 'GET', `/reports/${people[i].report}`, { headers: bearer(people[i]), address: people[i].address })
        if (report.status === 'failed') throw new Error(`the report of ${people[i].email} failed: ${report.error}`)
        const jobs = report.status === 'completed' && (await demand(200, 'GET', `/jobs?reportId=${people[i].report}`, { headers: bearer(people[i]), address: people[i].address }))
        if (jobs && jobs.jobs.every((job) => job.status === 'succeeded')) break
        await sleep(200)
    }
    const { risks } = await demand(200, 'GET', `/reports/${people[i].report}/risks`, { headers: bearer(people[i]), address: people[i].address })
    people[i].finding = risks.length > 0 ? `risk:${risks[0].code}` : null
})
writeFileSync(file, JSON.stringify(people))
