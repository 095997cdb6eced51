/** A server that lies about the bytes of a release: none of them is believed, and from an honest one it comes whole. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { answer, type Mischief } from '../../test/catalog/answering.ts';
import { CatalogRig, firmware, informed, versionsOf } from '../../test/catalog/catalog-rig.ts';
import { releaseOf } from '../../test/catalog/maker.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { systemClock } from '../usb/system-clock.ts';
import { ScaledClock } from '../virtual/clocks.ts';
import type { CatalogOptions } from './catalog.ts';
import { nodeTransport } from './node-transport.ts';
import { SILENCE_MS } from './patience.ts';
import { sha256 } from './publish/metadata.ts';

const BYTES = Buffer.from(firmware(5_000));
const never = new Promise<never>(() => undefined);

function endless(length: number): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      for (;;) yield new Uint8Array(length);
    },
  };
}

describe('a download', () => {
  const lies: readonly (readonly [string, Mischief, object])[] = [
    [
      'of other bytes',
      () => answer(200, [firmware(5_000, 2)]),
      { code: 'not-trusted', facts: { file: 'airmeter/airmeter-1.0.0.dfu' } },
    ],
    ['that is too short', () => answer(200, [BYTES.subarray(1)]), { code: 'not-trusted' }],
    [
      'that is one byte too long',
      () => answer(200, [BYTES, new Uint8Array(1)]),
      { code: 'not-trusted', facts: { detail: 'more than 5000 bytes' } },
    ],
    [
      'without end',
      () => answer(200, endless(999)),
      { code: 'not-trusted', facts: { detail: 'more than 5000 bytes' } },
    ],
    ['of nothing', () => answer(200, ''), { code: 'not-trusted' }],
    [
      'of a page',
      () => answer(200, '<html>', { 'content-type': 'text/html; charset=utf-8' }),
      { code: 'not-the-repository' },
    ],
    [
      'that is sent on to http',
      () => answer(307, '', { location: 'http://firmware.example/a' }),
      { code: 'not-the-repository' },
    ],
    [
      'that is not there',
      () => answer(404, 'x'.repeat(200_000)),
      { code: 'server-refused', facts: { status: 404 } },
    ],
    [
      'that never begins',
      () => never,
      { code: 'server-silent', facts: { host: 'firmware.example', waited: SILENCE_MS } },
    ],
    [
      'of a part nobody asked for',
      () => answer(206, [BYTES], { 'content-range': 'bytes 1-4999/5000' }),
      { code: 'server-refused', facts: { status: 206 } },
    ],
  ];
  it.each(lies)('%s fails, and nothing of it is kept', async (_, mischief, failure) => {
    const { rig, catalog, target } = await informed();
    rig.server.mischief = mischief;
    expect(await rejection(catalog.fetch(target))).toMatchObject(failure);
    expect(await catalog.isHere(target)).toBe(false);
    rig.server.mischief = () => undefined;
    expect(await catalog.fetch(target)).toEqual(BYTES);
  });

  it('that says just enough to seem alive is given up', async () => {
    const { rig, catalog, target } = await informed();
    rig.server.mischief = () => answer(200, drip(rig));
    expect(await rejection(catalog.fetch(target))).toMatchObject({ code: 'server-silent' });
    expect(rig.clock.now()).toBeLessThan(200_000);
    rig.server.mischief = () => undefined;
    expect(await catalog.fetch(target)).toEqual(BYTES);
  });

  it('that was changed in the cache is fetched again', async () => {
    const { rig, catalog, target } = await informed();
    await catalog.fetch(target);
    const [file] = [...rig.disk.keys()].filter((path) => path.endsWith(sha256(BYTES)));
    rig.disk.set(String(file), firmware(5_000, 3));
    rig.server.take();
    expect(await catalog.fetch(target)).toEqual(BYTES);
    expect(rig.server.take()).toHaveLength(1);
    expect(await catalog.fetch(target)).toEqual(BYTES);
    expect(rig.server.take()).toEqual([]);
  });
});

/** A byte every ten seconds. */
async function* drip({ clock }: CatalogRig): AsyncGenerator<Uint8Array> {
  for (const byte of BYTES) {
    await clock.sleep(10_000);
    yield Uint8Array.of(byte);
  }
}

describe('a name that leads elsewhere', () => {
  it.each([
    '../airmeter.dfu',
    'airmeter/../../autostart.dfu',
    'airmeter/..',
    '/etc/airmeter.dfu',
    '\\\\server\\airmeter.dfu',
    'airmeter\\..\\a.dfu',
    'C:/airmeter.dfu',
    'airmeter/a.dfu\0.txt',
    'airmeter/nul',
    'airmeter/COM1.dfu',
    'con/a.dfu',
    'airmeter/a.dfu/',
    'airmeter//a.dfu',
    'airmeter.dfu',
    'airmeter/.hidden',
    'airmeter/%2e%2e',
    'airmeter/a b.dfu',
    `airmeter/${'a'.repeat(200)}`,
    '__proto__/a.dfu',
  ])('%j is not offered, the others are', async (path) => {
    const rig = await CatalogRig.start();
    const described = { length: BYTES.length, sha256: sha256(BYTES), custom: releaseOf('6.6.6') };
    rig.maker.add({ path, ...described }, BYTES);
    const target = await rig.maker.release('1.0.0', BYTES);
    const catalog = await rig.open();
    expect(await catalog.check()).toMatchObject({ freshness: 'current' });
    expect(versionsOf(catalog)).toEqual(['1.0.0']);
    expect(await rejection(catalog.fetch(path))).toMatchObject({
      code: 'no-release',
      facts: { wanted: path },
    });
    await catalog.fetch(target);
    const names = [...rig.disk.keys()].map((each) => each.replace('/state/catalog/', ''));
    expect(names.sort()).toEqual([
      'checked.json',
      `releases/${sha256(BYTES)}`,
      'releases/used.json',
      'trusted.json',
    ]);
  });
});

function repeat(response: ServerResponse, ms: number, chunk: string | Uint8Array): void {
  const timer = setInterval(() => response.write(chunk), ms);
  response.on('close', () => clearInterval(timer));
}

describe('over a real connection', () => {
  const overHttp = async (
    listener: RequestListener,
    work: (changes: Partial<CatalogOptions>) => Promise<void>,
  ) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      const clock = new ScaledClock(systemClock, 100);
      await work({ url: `http://127.0.0.1:${port}/r`, transport: nodeTransport({}), clock });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  it.each<[string, RequestListener, object]>([
    ['without end', (_, response) => repeat(response, 1, new Uint8Array(9_999)), { code: 'not-trusted' }],
    ['with one byte now and then', (_, response) => repeat(response, 50, '{'), { code: 'server-silent' }],
    ['that never comes', () => undefined, { code: 'server-silent' }],
    [
      'of another protocol',
      (_, { socket }) => void socket?.end('220 mail.example ESMTP\r\n'),
      { code: 'offline' },
    ],
    [
      'cut off in the middle',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('{');
        setTimeout(() => response.destroy(), 5);
      },
      { code: 'offline' },
    ],
    [
      'from elsewhere by http',
      (_, response) => response.writeHead(302, { location: 'http://firmware.example/' }).end(),
      { code: 'not-the-repository' },
    ],
  ])('a document %s is given up', async (_, listener, failure) => {
    const { rig, catalog } = await informed();
    await overHttp(listener, async (changes) => {
      const there = await rig.open(changes);
      expect(await there.check()).toMatchObject({ freshness: 'stale', failure });
      expect(versionsOf(there)).toEqual(versionsOf(catalog));
      await there.close();
    });
    expect(await catalog.check()).toMatchObject({ freshness: 'current' });
  });
});
