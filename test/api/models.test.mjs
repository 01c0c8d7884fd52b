// The official clients of OpenAI and Anthropic against the server that stands for both in the tests of reviews: it speaks
// as they expect, and our requests (test/data/model_requests.json, which the unit tests hold against src/review/provider.cpp)
// are what they send.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const project = process.env.FIN_PROJECT
const requests = JSON.parse(readFileSync(join(project, 'test/data/model_requests.json'), 'utf8'))
const key = 'the model key'
let server, base

before(async () => {
    server = spawn(join(project, 'test/peers/model_server'), [], { stdio: ['pipe', 'pipe', 'inherit'] })
    const port = await new Promise((resolve, reject) => {
        let said = ''
        server.stdout.on('data', (data) => {
            const found = /http (\d+)\n/.exec((said += data))
            if (found) resolve(found[1])
        })
        server.once('exit', () => reject(new Error(`model_server ended: ${said}`)))
    })
    base = `http://127.0.0.1:${port}`
})
after(() => server.kill())

const openai = () => new OpenAI({ apiKey: key, baseURL: `${base}/v1`, maxRetries: 0 })
const anthropic = () => new Anthropic({ apiKey: key, baseURL: base, maxRetries: 0 })

// What the server saw of the one request that `send` makes.
const seen = async (send) => {
    await fetch(`${base}/forget`, { method: 'POST' })
    const answer = await send()
    const [request] = await (await fetch(`${base}/seen`)).json()
    return { answer, request: { path: request.path, headers: request.headers, body: JSON.parse(request.body) } }
}
const sameRequest = (request, ours) => {
    assert.equal(request.path, ours.base + ours.path)
    assert.deepEqual(request.body, ours.body)
    for (const [name, value] of Object.entries(ours.headers)) assert.equal(request.headers[name.toLowerCase()], value)
}

test('chat completions', async () => {
    const ours = requests.openai_chat
    const { answer, request } = await seen(() => openai().chat.completions.create(ours.body))
    sameRequest(request, ours)
    assert.ok(JSON.parse(answer.choices[0].message.content).statements.length > 0)
    assert.ok(answer.usage.prompt_tokens > 0)
})

test('responses', async () => {
    const ours = requests.openai_responses
    const { answer, request } = await seen(() => openai().responses.create(ours.body))
    sameRequest(request, ours)
    assert.ok(JSON.parse(answer.output_text).statements.length > 0)
})

test('messages', async () => {
    const ours = requests.anthropic
    const { answer, request } = await seen(() => anthropic().messages.create(ours.body))
    sameRequest(request, ours)
    assert.ok(answer.content.find((block) => block.type === 'tool_use').input.statements.length > 0)
})

for (const [behaviour, status] of [['status-400', 400], ['status-401', 401], ['status-429', 429], ['status-500', 500], ['status-529', 529]])
    test(`both clients see ${behaviour}`, async () => {
        await assert.rejects(openai().chat.completions.create({ ...requests.openai_chat.body, model: behaviour }), { status })
        await assert.rejects(anthropic().messages.create({ ...requests.anthropic.body, model: behaviour }), { status })
    })

test('a wrong key is refused to both', async () => {
    await assert.rejects(new OpenAI({ apiKey: 'x', baseURL: `${base}/v1`, maxRetries: 0 }).chat.completions.create(requests.openai_chat.body), { status: 401 })
    await assert.rejects(new Anthropic({ apiKey: 'x', baseURL: base, maxRetries: 0 }).messages.create(requests.anthropic.body), { status: 401 })
})

test('refusals and endings are where the clients look for them', async () => {
    const refusal = await openai().chat.completions.create({ ...requests.openai_chat.body, model: 'refusal' })
    assert.equal(refusal.choices[0].message.content, null)
    assert.match(refusal.choices[0].message.refusal, /cannot/)
    const cut = await anthropic().messages.create({ ...requests.anthropic.body, model: 'truncated' })
    assert.equal(cut.stop_reason, 'max_tokens')
    const incomplete = await openai().responses.create({ ...requests.openai_responses.body, model: 'truncated' })
    assert.equal(incomplete.status, 'incomplete')
})
