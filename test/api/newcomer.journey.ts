// A new user's way through pg_fin, by a client whose types were generated from the server's OpenAPI document.
// newcomer.test.mjs generates ./product.js's types, compiles this under --strict and runs it.
import createClient from 'openapi-fetch'
import type { paths } from './product.js'

export async function journey(baseUrl: string, ledger: string) {
    const client = createClient<paths>({ baseUrl })
    const registered = await client.POST('/auth/register', { body: { email: 'peter@example.org', password: 'correct horse battery', name: 'Peter' } })
    if (!registered.data) throw new Error(registered.error.message)
    const token: string = registered.data.accessToken
    client.use({
        onRequest({ request }) {
            request.headers.set('Authorization', `Bearer ${token}`)
            return request
        },
    })
    const made = await client.POST('/reports', { body: { filename: 'ledger.csv', content: ledger } })
    if (!made.data) throw new Error(made.error.message)
    const reportId: string = made.data.reportId
    const path = { reportId }
    const report = await client.GET('/reports/{reportId}', { params: { path } })
    const rows: number | null | undefined = report.data?.rows
    const analysis = await client.GET('/reports/{reportId}/analysis', { params: { path, query: { language: 'en' } } })
    const severities: string[] | undefined = analysis.data?.risks.map((risk) => risk.severity)
    const transactions = await client.GET('/reports/{reportId}/transactions', { params: { path, query: { category: 'Rent', limit: 1 } } })
    const total: number | undefined = transactions.data?.total
    const exported = await client.POST('/export', { body: { reportId, format: 'csv' }, params: { header: { 'Idempotency-Key': 'first' } } })
    if (!exported.data) throw new Error(exported.error.message)
    const file = await client.GET('/exports/{exportId}', { params: { path: { exportId: exported.data.exportId } }, parseAs: 'text' })
    const nothing = await client.GET('/reports/{reportId}', { params: { path: { reportId: '7b0d7b1e-0000-4000-8000-000000000000' } } })
    const code: string | undefined = nothing.error?.code
    return { status: made.data.status, rows, severities, total, file: String(file.data), code, refused: nothing.response.status }
}
