// An S3 server for tests: npm's s3rver behind a proxy that adds what s3rver leaves out (the hash of the body, checksums,
// lists and ends of multipart uploads, lifecycle rules), checks every signature once more by npm's aws4, and fails on
// demand.
//
// Usage: node s3_server.mjs <folder with node_modules> <folder for its data>
// The first line of its output names two ports: `s3 N host M`. At the second the bucket is named by the host: it is called
// 127 and the service 0.0.1, so that the host's name is an address and no name server is asked. The signature of such a
// request is checked as it came; s3rver, which knows no bucket by that name, gets it by path and signed anew.
// It ends when its standard input is closed.
//
//   POST /__control {"fail": {"method": "PUT", "query": "partNumber", "times": 2, "how": "503"}}   what goes wrong next
//     how: a status; slow (answers after 3 s); cut (half an answer); drop (none); nonsense (no XML); entity (hostile XML);
//     error200 (an error document with status 200); skew (403 RequestTimeTooSkewed); hang (done, but no answer); flip (the
//     body arrives damaged)
//   POST /__control {"checksums": true}       HEAD answers with the object's checksum, as AWS does
//   GET /__log                                requests since the last time they were asked for
import { createHash } from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

const [packages, folder] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(packages), 'package.json'));
const S3rver = require('s3rver');
const aws4 = require('aws4');

const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const rules = [];        // what is to fail
const uploads = new Map(); // id -> { key, begun, parts }
const checksums = new Map(); // path -> base64
let log = [];
let lifecycle = null;
let answersChecksums = false;

const sha256 = (bytes, form) => createHash('sha256').update(bytes).digest(form);
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

function say(response, status, body = '', headers = {}) {
    response.writeHead(status, { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body), ...headers });
    response.end(body);
}
const refuse = (response, status, code) => say(response, status, `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>As asked</Message></Error>`);

// null, or the code of what is wrong with the request.
function fault(request, body) {
    const url = new URL(request.url, 'http://x');
    if (url.searchParams.has('X-Amz-Signature')) {
        const path = request.url.replace(/&X-Amz-(Signature|Credential|SignedHeaders)=[^&]*/g, '').replace(/([?&])X-Amz-Algorithm=[^&]*&/, '$1');
        const region = url.searchParams.get('X-Amz-Credential').split('/')[2];
        const again = aws4.sign({ service: 's3', region, method: request.method, host: request.headers.host, path, signQuery: true }, keys);
        const signature = new URL(again.path, 'http://x').searchParams.get('X-Amz-Signature');
        return signature === url.searchParams.get('X-Amz-Signature') ? null : 'SignatureDoesNotMatch';
    }
    const given = request.headers.authorization ?? '';
    const parts = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(given);
    if (!parts) return 'AccessDenied';
    if (parts[1] !== keys.accessKeyId) return 'InvalidAccessKeyId';
    const headers = {};
    for (const name of parts[3].split(';')) if (name !== 'host') headers[name] = request.headers[name];
    for (const name of Object.keys(request.headers)) if (name.startsWith('x-amz-') && !(name in headers)) return 'AccessDenied';
    // aws4 takes the time from a header of its own, which is not to be signed.
    headers.date = (request.headers['x-amz-date'] ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
    if (Number.isNaN(Date.parse(headers.date))) return 'AccessDenied';
    const again = aws4.sign({ service: 's3', region: parts[2], method: request.method, host: request.headers.host, path: request.url, headers, doNotModifyHeaders: true, extraHeadersToIgnore: { date: true } }, keys);
    if (!again.headers.Authorization.endsWith(`Signature=${parts[4]}`)) return 'SignatureDoesNotMatch';
    const hash = request.headers['x-amz-content-sha256'];
    if (hash !== 'UNSIGNED-PAYLOAD' && !hash?.startsWith('STREAMING-') && hash !== sha256(body, 'hex')) return 'XAmzContentSHA256Mismatch';
    const sum = request.headers['x-amz-checksum-sha256'];
    if (sum && sum !== sha256(body, 'base64')) return 'BadDigest';
    const md5 = request.headers['content-md5'];
    if (md5 && md5 !== createHash('md5').update(body).digest('base64')) return 'BadDigest';
    return null;
}

const inner = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: folder, configureBuckets: [{ name: 'reports', configs: [] }], allowMismatchedSignatures: false });
const { port: innerPort } = await inner.run();

function pass(request, body, answered) {
    const outgoing = http.request({ host: '127.0.0.1', port: innerPort, method: request.method, path: request.url, headers: request.headers }, (incoming) => {
        const pieces = [];
        incoming.on('data', (piece) => pieces.push(piece));
        incoming.on('end', () => answered(incoming, Buffer.concat(pieces)));
    });
    outgoing.end(body);
}

function learn(request, url, body, answer) {
    const id = url.searchParams.get('uploadId');
    if (request.method === 'POST' && url.searchParams.has('uploads')) {
        const made = /<UploadId>([^<]+)<\/UploadId>/.exec(answer.toString());
        if (made) uploads.set(made[1], { key: decodeURIComponent(url.pathname).replace(/^\/[^/]+\//, ''), begun: new Date().toISOString(), parts: [] });
    } else if (request.method === 'PUT' && id && uploads.has(id)) {
        uploads.get(id).parts[Number(url.searchParams.get('partNumber')) - 1] = sha256(body);
    } else if (request.method === 'POST' && id && uploads.has(id)) {
        const { parts } = uploads.get(id);
        checksums.set(url.pathname, `${sha256(Buffer.concat(parts), 'base64')}-${parts.length}`);
        uploads.delete(id);
    } else if (request.method === 'PUT') {
        checksums.set(url.pathname, sha256(body, 'base64'));
    }
}

// What s3rver has not got. True: answered.
function own(request, url, body, response) {
    const id = url.searchParams.get('uploadId');
    if (request.method === 'GET' && url.searchParams.has('uploads')) {
        const list = [...uploads].map(([upload, { key, begun }]) => `<Upload><Key>${escape(encodeURIComponent(key))}</Key><UploadId>${upload}</UploadId><Initiated>${begun}</Initiated></Upload>`);
        say(response, 200, `<ListMultipartUploadsResult><Bucket>reports</Bucket><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${list.join('')}</ListMultipartUploadsResult>`);
    } else if (request.method === 'DELETE' && id) {
        uploads.delete(id) ? say(response, 204) : refuse(response, 404, 'NoSuchUpload');
    } else if (url.searchParams.has('lifecycle')) {
        if (request.method === 'PUT') {
            if (!request.headers['content-md5']) return refuse(response, 400, 'InvalidRequest'), true;
            lifecycle = body.toString();
            say(response, 200);
        } else {
            lifecycle ? say(response, 200, lifecycle) : refuse(response, 404, 'NoSuchLifecycleConfiguration');
        }
    } else {
        return false;
    }
    return true;
}

function misbehave(rule, request, body, response) {
    const how = rule.how;
    if (/^\d+$/.test(how)) refuse(response, Number(how), how === '503' ? 'SlowDown' : how === '500' ? 'InternalError' : 'AccessDenied');
    else if (how === 'slow') return setTimeout(() => serve(request, body, response), 3000);
    else if (how === 'skew') refuse(response, 403, 'RequestTimeTooSkewed');
    else if (how === 'error200') refuse(response, 200, 'InternalError');
    else if (how === 'nonsense') say(response, 200, '<html><body>Welcome to the hotel network</body></html>');
    else if (how === 'entity') say(response, 200, '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><ListBucketResult>&b;</ListBucketResult>');
    else if (how === 'cut') response.writeHead(200, { 'Content-Length': 1000 }), response.write('<ListBucket'), setTimeout(() => response.destroy(), 50);
    else if (how === 'drop') request.socket.destroy();
    else if (how === 'hang') pass(request, body, (incoming, answer) => learn(request, new URL(request.url, 'http://x'), body, answer));
    else if (how === 'flip') pass(request, body, (incoming, answer) => { answer[0] ^= 1; response.writeHead(incoming.statusCode, incoming.headers); response.end(answer); });
}

// The same request as one that names its bucket in the path.
function byPath(request) {
    const url = new URL(request.url, 'http://x');
    const link = url.searchParams.has('X-Amz-Signature');
    const query = url.search.slice(1).split('&').filter((pair) => pair && !(link && pair.startsWith('X-Amz-'))).join('&');
    const path = `/reports${url.pathname}${query && `?${query}`}`;
    const { authorization, 'x-amz-date': date, ...headers } = request.headers;
    headers['x-amz-content-sha256'] ??= 'UNSIGNED-PAYLOAD';
    const signed = aws4.sign({ service: 's3', region: 'eu-central-1', method: request.method, host: headers.host, path, headers }, keys);
    const lowered = Object.fromEntries(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]));
    return { method: request.method, url: path, headers: lowered, socket: request.socket };
}

function serve(request, body, response) {
    let url = new URL(request.url, 'http://x');
    const wrong = fault(request, body);
    if (wrong) return refuse(response, wrong === 'AccessDenied' || wrong.startsWith('Signature') || wrong.startsWith('Invalid') ? 403 : 400, wrong);
    if (request.socket.localPort === named.address().port) {
        if (!request.headers.host.startsWith('127.')) return refuse(response, 404, 'NoSuchBucket');
        request = byPath(request);
        url = new URL(request.url, 'http://x');
    }
    if (own(request, url, body, response)) return;
    pass(request, body, (incoming, answer) => {
        if (incoming.statusCode < 300) learn(request, url, body, answer);
        const headers = { ...incoming.headers };
        if (answersChecksums && request.method === 'HEAD' && request.headers['x-amz-checksum-mode'] && checksums.has(url.pathname)) headers['x-amz-checksum-sha256'] = checksums.get(url.pathname);
        response.writeHead(incoming.statusCode, headers);
        response.end(answer);
    });
}

const answer = (request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
        const body = Buffer.concat(pieces);
        if (request.url === '/__control') {
            const wish = JSON.parse(body);
            if (wish.fail) rules.push(wish.fail);
            if (wish.forget) rules.length = 0;
            if ('checksums' in wish) answersChecksums = wish.checksums;
            return say(response, 200);
        }
        if (request.url === '/__log') {
            say(response, 200, JSON.stringify({ log, uploads: [...uploads.keys()], lifecycle }), { 'Content-Type': 'application/json' });
            log = [];
            return;
        }
        log.push({ method: request.method, url: request.url, headers: request.headers, size: body.length });
        const at = rules.findIndex((rule) => rule.method === request.method && request.url.includes(rule.query ?? ''));
        if (at < 0) return serve(request, body, response);
        const rule = rules[at];
        if (--rule.times <= 0) rules.splice(at, 1);
        misbehave(rule, request, body, response);
    });
};
const server = http.createServer(answer);
const named = http.createServer(answer);
server.listen(0, '127.0.0.1', () => named.listen(0, '127.0.0.1', () => console.log(`s3 ${server.address().port} host ${named.address().port}`)));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
