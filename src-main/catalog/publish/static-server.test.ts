import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveStatic, type StaticServer } from './static-server.ts';

const FIRMWARE = new TextEncoder().encode('0123456789');
const files: Readonly<Record<string, Uint8Array>> = {
  'metadata/timestamp.json': new TextEncoder().encode('{}'),
  'targets/airmeter/ab.airmeter.dfu': FIRMWARE,
};
const DFU = '/targets/airmeter/ab.airmeter.dfu';
let server: StaticServer;

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${server.url}${path}`, { headers, method });
/** fetch mends paths before it sends them. */
const statusOf = (path: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

afterEach(() => server.close());

describe('a static server', () => {
  beforeEach(async () => {
    server = await serveStatic((path) => files[path]);
  });

  it('says how long each file is good for', async () => {
    expect((await get('/metadata/timestamp.json')).headers.get('cache-control')).toContain('max-age=60');
    expect((await get(DFU)).headers.get('cache-control')).toContain('immutable');
    const missing = await get('/metadata/2.root.json');
    expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store']);
  });

  it('does not send again what is known', async () => {
    const tag = (await get(DFU)).headers.get('etag') ?? '';
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const again = await get(DFU, { 'If-None-Match': known });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    expect((await get(DFU, { 'If-None-Match': '"x"' })).status).toBe(200);
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=0-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=4-2', 200, '0123456789', null],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['lines=1', 200, '0123456789', null],
  ])('answers Range: %s with %i', async (Range, status, text, contentRange) => {
    const reply = await get(DFU, { Range });
    expect([reply.status, await reply.text(), reply.headers.get('content-range')]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  it('goes on only with the same content', async () => {
    const tag = (await get(DFU)).headers.get('etag') ?? '';
    expect((await get(DFU, { Range: 'bytes=5-', 'If-Range': tag })).status).toBe(206);
    expect((await get(DFU, { Range: 'bytes=5-', 'If-Range': '"other"' })).status).toBe(200);
  });

  it('sends no body after HEAD, and nothing may be changed', async () => {
    const head = await get(DFU, {}, 'HEAD');
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', '']);
    expect((await get(DFU, {}, 'POST')).status).toBe(405);
  });

  it('counts what it served', async () => {
    await (await get(DFU)).text();
    await (await get(DFU, { Range: 'bytes=0-0' })).text();
    expect(server.counts).toEqual({ requests: 2, bytes: 11 });
  });
});

it('leaves its folder by no path and no link', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stepwise-static-'));
  const inside = join(folder, 'public');
  await mkdir(join(inside, 'metadata'), { recursive: true });
  await writeFile(join(inside, 'metadata', '1.root.json'), '{}');
  await writeFile(join(folder, 'secret'), 'secret');
  await symlink(join(folder, 'secret'), join(inside, 'link'));
  server = await serveStatic(inside);
  expect(await statusOf('/metadata/1.root.json')).toBe(200);
  expect(await statusOf('/link')).toBe(404);
  expect(await statusOf('/metadata')).toBe(404);
  expect(await statusOf('/metadata/1.root.json/more')).toBe(404);
  for (const path of [
    '/../secret',
    '/%2e%2e/secret',
    '/..%2fsecret',
    '/metadata//x',
    '/a%00b',
    '/%',
    '/a%5cb',
    '/',
  ])
    expect(await statusOf(path)).toBe(400);
  await rm(folder, { recursive: true });
});
