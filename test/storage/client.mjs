// What is in the bucket, through the client that AWS itself writes.
//
// Usage: node client.mjs <endpoint> list|get KEY|put KEY TEXT|delete KEY|begin KEY|fetch URL
import { CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';

const [endpoint, command, Key, text] = process.argv.slice(2);
const client = new S3Client({ endpoint, region: 'eu-central-1', forcePathStyle: true, credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } });
const Bucket = 'reports';

if (command === 'list') {
    const found = await client.send(new ListObjectsV2Command({ Bucket }));
    for (const { Key: key, Size } of found.Contents ?? []) console.log(`${key} ${Size}`);
} else if (command === 'get') {
    const found = await client.send(new GetObjectCommand({ Bucket, Key }));
    const bytes = await found.Body.transformToByteArray();
    console.log(`${bytes.length} ${createHash('sha256').update(bytes).digest('hex')} ${found.ContentType} ${found.Metadata.sha256}`);
} else if (command === 'put') {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: text }));
} else if (command === 'delete') {
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
} else if (command === 'begin') {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    console.log(UploadId);
} else if (command === 'fetch') {
    const answer = await fetch(Key);
    const bytes = Buffer.from(await answer.arrayBuffer());
    console.log(`${answer.status} ${createHash('sha256').update(bytes).digest('hex')} ${answer.headers.get('content-disposition')}`);
} else {
    throw new Error(`unknown command ${command}`);
}
