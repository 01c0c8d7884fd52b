// What an attacker sends. Three things must hold whatever it is: the server goes on answering, no text of a request
// becomes SQL (it would show as a syntax error of the database, 42601, or as something changed), and a request ends
// where HTTP says it ends.
import { after, before, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { bearer, call, contents, expect, handmade, launch, psql, raw, sleep, token } from './support.mjs'

let server, was
before(async () => {
    server = await launch({ 'db-schemas': 'books,archive', 'db-tx-end': 'commit-allow-override', 'db-plan-enabled': true, 'db-aggregates-enabled': true })
    was = contents()
})
after(async () => {
    await server.stop()
})
const alive = async () => expect(await server.call('GET /label?id=eq.1'), { status: 200, json: [{ id: 1, name: 'urgent' }] })

const payloads = [
    "'; DROP TABLE books.label; --",
    '"; DROP TABLE books.label; --',
    "1); DELETE FROM books.label; --",
    "' OR '1'='1",
    '") OR ("1"="1',
    '1 OR 1=1',
    "\\'; DROP TABLE books.label; --",
    "$$; DROP TABLE books.label; $$",
    "$1; DROP TABLE books.label",
    "/* x */ UNION SELECT content FROM books.safe --",
    "id) FROM books.label; DROP TABLE books.label; --",
    "%27; DROP TABLE books.label; --",
    "ʼ; DROP TABLE books.label; --",
    "E'\\x27; DROP TABLE books.label",
    'id"::text; DROP TABLE books.label; --',
    "a'||(SELECT content FROM books.safe)||'",
    "pg_sleep(5)",
    "*/ ; DROP TABLE books.label /*",
]
// Where a text can stand: each makes a request of it. Encoded, so that it arrives as it is.
const e = encodeURIComponent
const quoted = (text) => e(`"${text.replace(/[\\"]/g, '\\$&')}"`)
const positions = {
    relation: (t) => ['GET', `/${e(t)}`],
    'function': (t) => ['POST', `/rpc/${e(t)}`, {}],
    'selected column': (t) => ['GET', `/label?select=${e(t)}`],
    'selected column in quotes': (t) => ['GET', `/label?select=${quoted(t)}`],
    alias: (t) => ['GET', `/label?select=${e(t)}:id`],
    'alias in quotes': (t) => ['GET', `/label?select=${quoted(t)}:id`],
    cast: (t) => ['GET', `/label?select=id::${e(t)}`],
    'cast in quotes': (t) => ['GET', `/label?select=id::${quoted(t)}`],
    'cast of an aggregate': (t) => ['GET', `/label?select=id.sum()::${e(t)}`],
    aggregate: (t) => ['GET', `/label?select=id.${e(t)}()`],
    'embedded relation': (t) => ['GET', `/invoice?select=${e(t)}(id)`],
    'embedded relation in quotes': (t) => ['GET', `/invoice?select=${quoted(t)}(id)`],
    'alias of an embed': (t) => ['GET', `/invoice?select=${quoted(t)}:payment(id)`],
    hint: (t) => ['GET', `/invoice?select=party!${e(t)}(id)`],
    'hint in quotes': (t) => ['GET', `/invoice?select=party!${quoted(t)}(id)`],
    spread: (t) => ['GET', `/payment?select=...invoice(${quoted(t)})`],
    'JSON key': (t) => ['GET', `/party?select=facts->${e(t)}`],
    'JSON key in quotes': (t) => ['GET', `/party?select=facts->>${quoted(t)}`],
    'JSON key in a filter': (t) => ['GET', `/party?facts->>${quoted(t)}=eq.1`],
    'filtered column': (t) => ['GET', `/label?${e(t)}=eq.1`],
    'filtered column in quotes': (t) => ['GET', `/label?${quoted(t)}=eq.1`],
    operator: (t) => ['GET', `/label?id=${e(t)}.1`],
    modifier: (t) => ['GET', `/label?id=eq(${e(t)}).1`],
    language: (t) => ['GET', `/note?words=fts(${e(t)}).x`],
    'eq value': (t) => ['GET', `/label?name=eq.${e(t)}`],
    'like value': (t) => ['GET', `/label?name=like.${e(t)}`],
    'match value': (t) => ['GET', `/label?name=match.${e(t)}`],
    'fts value': (t) => ['GET', `/note?words=fts.${e(t)}`],
    'is value': (t) => ['GET', `/label?name=is.${e(t)}`],
    'in value': (t) => ['GET', `/label?name=in.(${e(t)})`],
    'in value in quotes': (t) => ['GET', `/label?name=in.(${quoted(t)})`],
    'any value': (t) => ['GET', `/label?name=eq(any).{${e(t)}}`],
    'cs value': (t) => ['GET', `/party?tags=cs.{${quoted(t)}}`],
    'JSON value': (t) => ['GET', `/party?facts=cs.${e(JSON.stringify({ x: t }))}`],
    'number value': (t) => ['GET', `/label?id=eq.${e(t)}`],
    'or column': (t) => ['GET', `/label?or=(${quoted(t)}.eq.1,id.eq.1)`],
    'or value': (t) => ['GET', `/label?or=(name.eq.${quoted(t)},id.eq.1)`],
    'order column': (t) => ['GET', `/label?order=${e(t)}`],
    'order column in quotes': (t) => ['GET', `/label?order=${quoted(t)}.desc`],
    'order direction': (t) => ['GET', `/label?order=id.${e(t)}`],
    'order by an embed': (t) => ['GET', `/payment?select=invoice(id)&order=invoice(${quoted(t)})`],
    limit: (t) => ['GET', `/label?limit=${e(t)}`],
    offset: (t) => ['GET', `/label?offset=${e(t)}`],
    columns: (t) => ['POST', `/tally?columns=${e(t)}`, { a: 1 }],
    'columns in quotes': (t) => ['POST', `/tally?columns=${quoted(t)}`, { a: 1 }],
    on_conflict: (t) => ['POST', `/ticket?on_conflict=${e(t)}`, { id: 1 }, { Prefer: 'resolution=merge-duplicates,tx=rollback' }],
    'on_conflict in quotes': (t) => ['POST', `/ticket?on_conflict=${quoted(t)}`, { id: 1 }, { Prefer: 'resolution=merge-duplicates,tx=rollback' }],
    'body key': (t) => ['POST', '/tally', { [t]: 1 }],
    'body key of a PATCH': (t) => ['PATCH', '/label?id=eq.1', { [t]: 1 }],
    'body value': (t) => ['POST', '/draft', { title: t }, { Prefer: 'tx=rollback' }],
    'body value of a number': (t) => ['POST', '/draft', { amount: t }, { Prefer: 'tx=rollback' }],
    'CSV header': (t) => ['POST', '/draft', `"${t.replaceAll('"', '""')}"\n1\n`, { 'Content-Type': 'text/csv' }],
    'CSV value': (t) => ['POST', '/draft', `title\n"${t.replaceAll('"', '""')}"\n`, { 'Content-Type': 'text/csv', Prefer: 'tx=rollback' }],
    'form key': (t) => ['POST', '/draft', `${e(t)}=1`, { 'Content-Type': 'application/x-www-form-urlencoded' }],
    'form value': (t) => ['POST', '/draft', `title=${e(t)}`, { 'Content-Type': 'application/x-www-form-urlencoded', Prefer: 'tx=rollback' }],
    'argument name': (t) => ['POST', '/rpc/add', { [t]: 1 }],
    'argument value': (t) => ['POST', '/rpc/seen', { setting: t }],
    'argument of a GET': (t) => ['GET', `/rpc/add?a=${e(t)}`],
    'argument name of a GET': (t) => ['GET', `/rpc/add?a=1&${e(t)}=1`],
    'unnamed argument': (t) => ['POST', '/rpc/take_text', t, { 'Content-Type': 'text/plain' }],
    Prefer: (t) => ['GET', '/label', undefined, { Prefer: header(t) }],
    'count of Prefer': (t) => ['GET', '/label', undefined, { Prefer: `count=${header(t)}` }],
    'timezone of Prefer': (t) => ['GET', '/label', undefined, { Prefer: `timezone=${header(t)}` }],
    'max-affected of Prefer': (t) => ['DELETE', '/label?id=eq.99', undefined, { Prefer: `handling=strict, max-affected=${header(t)}` }],
    'Accept-Profile': (t) => ['GET', '/label', undefined, { 'Accept-Profile': header(t) }],
    'Content-Profile': (t) => ['POST', '/tally', { a: 1 }, { 'Content-Profile': header(t) }],
    Accept: (t) => ['GET', '/label', undefined, { Accept: header(t) }],
    'options of a plan': (t) => ['GET', '/label', undefined, { Accept: `application/vnd.pgrst.plan+json; options=${header(t)}` }],
    'Content-Type': (t) => ['POST', '/tally', 'x', { 'Content-Type': header(t) }],
    Range: (t) => ['GET', '/label', undefined, { Range: header(t) }],
    'any header': (t) => ['GET', '/label', undefined, { 'X-Thing': header(t) }],
    'header name': (t) => ['GET', '/label', undefined, { ["x-" + t.replace(/[^!#$%&'*+.^_`|~0-9A-Za-z-]/g, "'")]: '1' }],
    cookie: (t) => ['GET', '/label', undefined, { Cookie: `${header(t)}=${header(t)}` }],
    role: (t) => ['GET', '/label', undefined, bearer({ role: t })],
    claim: (t) => ['GET', '/label', undefined, bearer({ role: 'api_clerk', sub: t, [t]: t })],
    token: (t) => ['GET', '/label', undefined, { Authorization: `Bearer ${header(t)}` }],
}
const header = (text) => Buffer.from(text).toString('latin1').replace(/[\r\n\0]/g, '')

describe('SQL where it does not belong', () => {
    for (const [where, make] of Object.entries(positions)) {
        it(`as ${where}`, async () => {
            for (const text of payloads) {
                const [method, path, body, headers] = make(text)
                const answer = await call(server.url, `${method} ${path}`, { body, headers })
                const shown = `${method} ${path} ${JSON.stringify(body)} ${JSON.stringify(headers)}\n${answer.status} ${answer.text.slice(0, 500)}`
                // 42601 may come from to_tsquery, whose own little language has syntax errors, and never of our text.
                if (answer.json?.code === '42601') assert.match(answer.json.message, /tsquery/, shown)
                assert.notEqual(answer.json?.code, '42P02', shown)
                assert.notEqual(answer.json?.code, 'PGRSTX00', shown)
                assert.ok(answer.status < 500, shown)
                assert.doesNotMatch(answer.text, /gold/, shown)
            }
        })
    }
    it('changed nothing', async () => {
        assert.equal(contents(), was)
        await alive()
    })
    it('values come back as they went in', async () => {
        for (const text of [...payloads, 'tab\there', 'line\nbreak', '\\', '""', "''", '{}', '(,)', '\u{1f4b0}', '\u0001']) {
            const made = await server.call('POST /draft?select=title', { body: { title: text }, headers: { Prefer: 'return=representation, tx=rollback' } })
            expect(made, { status: 201, json: [{ title: text }] })
            expect(await server.call('POST /rpc/take_text', { body: text, headers: { 'Content-Type': 'text/plain' } }), { json: text })
        }
    })
})

describe('too much', () => {
    it('10,000 filters', async () => {
        const path = `/label?${Array.from({ length: 10000 }, (_, i) => `id=neq.${i + 10}`).join('&')}`
        const answer = await server.call(`GET ${path}`).catch((error) => ({ status: error.code }))
        assert.ok([200, 400, 413, 414, 431, 'ECONNRESET', 'EPIPE'].includes(answer.status), String(answer.status))
        await alive()
    })
    it('10,000 filters in one tree', async () => {
        const answer = await server.call(`GET /label?or=(${Array.from({ length: 3000 }, (_, i) => `id.eq.${i + 10}`).join(',')})`).catch((error) => ({ status: error.code }))
        assert.ok([200, 400, 413, 414, 431, 'ECONNRESET', 'EPIPE'].includes(answer.status), String(answer.status))
        await alive()
    })
    const depth = 5000
    const bombs = {
        'a nested logic tree': ['GET', `/label?or=${'(and'.repeat(depth)}(id.eq.1,id.eq.1)${')'.repeat(depth)}`],
        'open brackets': ['GET', `/label?or=${'('.repeat(depth)}`],
        'nested embeds': ['GET', `/account?select=${'account('.repeat(60)}code${')'.repeat(60)}`],
        'many nested embeds': ['GET', `/account?select=${'account('.repeat(900)}code${')'.repeat(900)}`],
        'a long JSON path': ['GET', `/party?select=facts${'->a'.repeat(2000)}`],
        'nested order': ['GET', `/label?order=${'a('.repeat(depth)}`],
        'nested arrays in a body': ['POST', '/draft', '['.repeat(200000)],
        'nested objects in a body': ['POST', '/draft', '{"a":'.repeat(200000)],
        'nested JSON as a value': ['POST', '/rpc/take_json', '['.repeat(50000) + ']'.repeat(50000)],
        'a name of 100,000 letters': ['POST', '/draft', { ['a'.repeat(100000)]: 1 }],
        'a value of a million letters': ['POST', '/rpc/take_text', 'x'.repeat(1000000), { 'Content-Type': 'text/plain' }],
        '50,000 keys': ['POST', '/draft', Object.fromEntries(Array.from({ length: 50000 }, (_, i) => [`k${i}`, 1]))],
        '200,000 preferences': ['GET', '/label', undefined, { Prefer: 'a,'.repeat(5000) }],
        'a regular expression that takes long': ['GET', `/label?name=match.${e('(a*)*'.repeat(5) + 'b')}`],
        'a deep token': ['GET', '/label', undefined, { Authorization: `Bearer ${handmade({ alg: 'HS256' }, '{"a":'.repeat(1000) + '1' + '}'.repeat(1000))}` }],
    }
    for (const [what, [method, path, body, headers]] of Object.entries(bombs)) {
        it(what, async () => {
            const answer = await server.call(`${method} ${path}`, { body, headers: typeof body === 'string' ? { 'Content-Type': 'application/json', ...headers } : headers }).catch((error) => ({ status: error.code, text: '' }))
            assert.ok((answer.status >= 200 && answer.status < 500) || answer.json?.code === '54001' || ['ECONNRESET', 'EPIPE'].includes(answer.status), `${answer.status} ${answer.text?.slice(0, 300)}`)
            await alive()
        })
    }
    it('a body beyond the limit', async () => {
        const small = await launch({ 'fin-max-body': 10000 })
        try {
            const answer = await small.call('POST /draft', { body: { title: 'x'.repeat(20000) } }).catch((error) => ({ status: error.code }))
            assert.ok([413, 'ECONNRESET', 'EPIPE'].includes(answer.status), String(answer.status))
            expect(await small.call('GET /label'), { status: 200 })
        } finally {
            await small.stop()
        }
    })
    it('giant headers', async () => {
        const one = await raw(server.port, `GET /label HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(5000000)}\r\n\r\n`)
        assert.match(one, /^$|^HTTP\/1\.1 4/)
        const many = await raw(server.port, `GET /label HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 100000 }, (_, i) => `X-${i}: 1\r\n`).join('')}\r\n`)
        assert.match(many, /^$|^HTTP\/1\.1 4/)
        await alive()
    })
    it('a giant path', async () => {
        const answer = await raw(server.port, `GET /${'a'.repeat(5000000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
        assert.match(answer, /^$|^HTTP\/1\.1 4/)
        await alive()
    })
    it('silent clients do not keep others waiting', async () => {
        const { connect } = await import('node:net')
        const idle = Array.from({ length: 200 }, () => connect(server.port, '127.0.0.1'))
        idle.forEach((socket) => {
            socket.on('error', () => {})
            socket.write('GET /label HTT')
        })
        await sleep(100)
        await alive()
        idle.forEach((socket) => socket.destroy())
    })
})

describe('where a request ends', () => {
    const answers = (text) => (text.match(/HTTP\/1\.1 \d{3}/g) ?? []).map((line) => Number(line.slice(9)))
    const refusedAndClosed = async (what, bytes) => {
        const text = await raw(server.port, bytes)
        const got = answers(text)
        assert.ok(got.length <= 1, `${what}: several answers: ${got}`)
        assert.ok(got.every((status) => status === 400 || status === 501 || status === 431 || status === 505), `${what}: ${text.slice(0, 300)}`)
        assert.equal(contents(), was, what)
    }
    const smuggled = 'DELETE /tally HTTP/1.1\r\nHost: x\r\n\r\n'
    const chunked = `0\r\n\r\n${smuggled}`
    const cases = {
        'Content-Length and Transfer-Encoding': `POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nContent-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
        'two Content-Lengths': `POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
        'Content-Length in a list': `POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nContent-Length: 0, ${smuggled.length}\r\n\r\n${smuggled}`,
        'a negative Content-Length': 'POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
        'Content-Length with a plus': 'POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}',
        'Content-Length in hexadecimal': 'POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nContent-Length: 0x2\r\n\r\n{}',
        'Content-Length beyond 64 bits': 'POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551618\r\n\r\n{}',
        'white space before the colon': `POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nContent-Length : ${smuggled.length}\r\n\r\n${smuggled}`,
        'an unknown Transfer-Encoding': `POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n${chunked}`,
        'a folded header': `GET /label HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n${smuggled.replace('DELETE', 'NONSENSE')}`,
        'a broken chunk length': 'POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
        'a chunk length beyond 64 bits': 'POST /rpc/quiet HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n',
        'a NUL in the path': 'GET /la\0bel HTTP/1.1\r\nHost: x\r\n\r\n',
        'a NUL in a header': 'GET /label HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n',
        'a bare CR in a header': 'GET /label HTTP/1.1\r\nHost: x\r\nX-A: a\rX-B: b\r\n\r\n',
        'a space in a header name': 'GET /label HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n',
        'no version': 'GET /label\r\n\r\n',
        'a version of its own': 'GET /label HTTP/9.9\r\nHost: x\r\n\r\n',
        'a TLS hello': Buffer.from('16030100c8010000c40303', 'hex'),
        'rubbish': Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919 + 13) % 256)),
        'an empty method': ' /label HTTP/1.1\r\nHost: x\r\n\r\n',
        'HTTP/2 without asking': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    }
    for (const [what, bytes] of Object.entries(cases)) {
        it(what, async () => {
            await refusedAndClosed(what, bytes)
            await alive()
        })
    }
    it('pipelined requests are answered in order', async () => {
        const get = (id) => `GET /label?id=eq.${id}&select=id HTTP/1.1\r\nHost: x\r\n\r\n`
        const text = await raw(server.port, get(1) + get(2) + get(3).replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
        assert.deepEqual(text.match(/\[\{"id":\d\}\]/g), ['[{"id":1}]', '[{"id":2}]', '[{"id":3}]'])
    })
    it('a chunked body is read as one', async () => {
        const text = await raw(server.port, 'POST /rpc/add HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"a":1\r\n7\r\n,"b":2}\r\n0\r\n\r\n')
        assert.match(text, /HTTP\/1\.1 200/)
        assert.match(text, /\r\n\r\n3/)
    })
    it('headers of the database cannot split the answer', async () => {
        psql(`CREATE OR REPLACE FUNCTION books.split_answer() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('response.headers', '[{"X-A": "b\\r\\nX-Injected: yes"}]', true); END $$; NOTIFY pgrst, 'reload schema'`)
        try {
            for (let i = 0; i < 60; i++) {
                const answer = await server.call('POST /rpc/split_answer')
                assert.equal(answer.headers['x-injected'], undefined)
                if (answer.status !== 404) break
                await sleep(50)
            }
        } finally {
            psql("DROP FUNCTION books.split_answer(); NOTIFY pgrst, 'reload schema'")
        }
    })
    it('what is asked cannot split the answer', async () => {
        for (const path of ['/label%0d%0aX-Injected:%20yes', '/label?id=eq.1&x%0d%0aX-Injected:%20yes=eq.1', '/label?select=id%0d%0aX-Injected:yes:id']) {
            const text = await raw(server.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
            assert.doesNotMatch(text, /^X-Injected/im)
        }
        expect(await server.call('POST /stock', { body: { warehouse: 'a\r\nX-Injected: yes', item: 'i' }, headers: { Prefer: 'return=headers-only, tx=rollback' } }), { status: 201, headers: { 'X-Injected': null } })
    })
})

describe('bytes that are no text', () => {
    const cases = {
        'bad UTF-8 in a value': 'GET /label?name=eq.%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'bad UTF-8 in a column': 'GET /label?%c3%28=eq.1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'bad UTF-8 in a relation': 'GET /%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'bad UTF-8 in select': 'GET /label?select=%ed%a0%80 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'overlong UTF-8': 'GET /label?name=eq.%c0%a7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'a NUL in a value': 'GET /label?name=eq.a%00b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'a NUL in a relation': 'GET /label%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'a NUL in a column': 'GET /label?na%00me=eq.1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'a broken escape': 'GET /label?name=eq.%zz%4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        'bad UTF-8 in a header': Buffer.concat([Buffer.from('GET /label HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: '), Buffer.from([0xff, 0xfe]), Buffer.from('\r\n\r\n')]),
        'bad UTF-8 in a cookie': Buffer.concat([Buffer.from('GET /label HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: a='), Buffer.from([0xc3, 0x28]), Buffer.from('\r\n\r\n')]),
        'bad UTF-8 in Prefer': Buffer.concat([Buffer.from('GET /label HTTP/1.1\r\nHost: x\r\nConnection: close\r\nPrefer: timezone='), Buffer.from([0xff]), Buffer.from('\r\n\r\n')]),
    }
    for (const [what, bytes] of Object.entries(cases)) {
        it(what, async () => {
            const text = await raw(server.port, bytes, { silence: 3000 })
            assert.match(text, /^HTTP\/1\.1 [24]\d\d/, text.slice(0, 400))
            assert.doesNotMatch(text, /PGRSTX00|42601/)
            await alive()
        })
    }
    const bodies = {
        'bad UTF-8 in JSON': Buffer.from([...Buffer.from('{"title":"'), 0xff, ...Buffer.from('"}')]),
        'a NUL in JSON': Buffer.from('{"title":"a\\u0000b"}'),
        'a NUL byte in JSON': Buffer.from([...Buffer.from('{"title":"a'), 0, ...Buffer.from('b"}')]),
        'half a surrogate': Buffer.from('{"title":"\\ud800"}'),
        'a NUL in a key': Buffer.from('{"ti\\u0000tle":1}'),
        'NaN': Buffer.from('{"amount":NaN}'),
        'a huge exponent': Buffer.from('{"amount":1e999999999}'),
        'the same key twice': Buffer.from('{"title":"a","title":"b"}'),
        'something behind the end': Buffer.from('{"title":"a"} x'),
    }
    for (const [what, body] of Object.entries(bodies)) {
        it(what, async () => {
            const answer = await server.call('POST /draft', { body, headers: { 'Content-Type': 'application/json', Prefer: 'tx=rollback' } })
            assert.ok(answer.status === 201 || (answer.status >= 400 && answer.status < 500), `${answer.status} ${answer.text}`)
            await alive()
        })
    }
    it('changed nothing', () => assert.equal(contents(), was))
})

describe('rights', () => {
    it('a token of another server opens nothing', async () => expect(await server.call('GET /safe', { headers: { Authorization: `Bearer ${handmade({ alg: 'HS256' }, { role: 'api_auditor' }, 'a secret of somebody else, long enough')}` } }), { status: 401 }))
    it('no claim sets a setting', async () => {
        const headers = { Authorization: `Bearer ${token({ role: 'api_clerk', search_path: 'vault', 'request.method': 'X' })}` }
        expect(await server.call('GET /rpc/seen?setting=request.method', { headers }), { json: 'GET' })
    })
    it('no header sets a setting', async () =>
        expect(await server.call('GET /rpc/seen?setting=request.jwt.claims', { headers: { 'request.jwt.claims': '{"role":"postgres"}', role: 'postgres' } }), { json: '{"role":"api_anon"}' }))
    it('what is not served is not there, however it is spelled', async () => {
        for (const path of ['/vault.gold', '/%22vault%22.%22gold%22', '/pg_catalog.pg_authid', '/pg_authid', '/information_schema.tables', '/rpc/pg_sleep?seconds=1', '/rpc/pg_catalog.version']) {
            expect(await server.call(`GET ${path}`), { status: 404 })
        }
    })
})
