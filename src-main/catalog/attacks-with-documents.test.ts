/** Old, mixed and foreign documents, from a server with no key at all or a stolen one: nothing of them is believed. */
import { describe, expect, it } from 'vitest';
import { answer, type Mischief } from '../../test/catalog/answering.ts';
import { CatalogRig, expectRepelled, firmware, informed } from '../../test/catalog/catalog-rig.ts';
import { key, LATER, newOnlineKeys } from '../../test/catalog/maker.ts';
import { encode, makeTimestamp, sign } from './publish/metadata.ts';

const PAST = '2020-01-01T00:00:00Z';
const TIMESTAMP = 'metadata/timestamp.json';
const notTrusted = (file: string, detail = '') => ({
  code: 'not-trusted',
  facts: { file, detail: expect.stringContaining(detail) as unknown },
});

describe('a time that is over', () => {
  it('on the timestamp: an old one, kept alive by the server, is called expired, and what was verified stays', async () => {
    const rig = await CatalogRig.start();
    await rig.maker.publish({ expires: { timestamp: '2030-02-01T00:00:00Z' } });
    const catalog = await rig.open();
    await catalog.check();
    rig.today = '2030-02-01T00:00:00.000Z';
    expect(catalog.state).toMatchObject({ freshness: 'stale' });
    const since = '2030-02-01T00:00:00Z';
    await expectRepelled({ rig, catalog }, { code: 'expired', facts: { file: 'timestamp.json', since } });
  });

  it.each(['timestamp', 'snapshot', 'targets'] as const)(
    'on a new %s: nothing newer is accepted',
    async (role) => {
      const { rig, catalog } = await informed();
      const thief = rig.maker.fork();
      await thief.release('1.1.0', firmware(10));
      await thief.publish({ expires: { [role]: PAST } });
      rig.server.files = thief.files;
      const file = `${role}.json`;
      await expectRepelled(
        { rig, catalog },
        { code: 'expired', facts: { file, since: PAST } },
        newOnlineKeys,
      );
    },
  );

  it('by our own day alone keeps everything out but the roots', async () => {
    const { rig, catalog } = await informed();
    const soon = '2029-12-31T00:00:00Z';
    const slow = rig.maker.fork();
    await slow.release('1.1.0', firmware(10));
    await slow.publish({ expires: { targets: soon } });
    rig.server.files = slow.files;
    await expectRepelled({ rig, catalog }, { code: 'expired', facts: { file: 'targets.json', since: soon } });
  });

  it('that is no time at all is over as well', async () => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    const bytes = thief.file('metadata/2.snapshot.json');
    const timestamp = makeTimestamp({ version: 4, expires: LATER, snapshot: { version: 2, bytes } });
    Object.assign(timestamp.signed, { expires: 'never' });
    thief.files.set(TIMESTAMP, encode(await sign(timestamp, [key(5)])));
    rig.server.files = thief.files;
    const facts = { file: 'timestamp.json', since: 'never' };
    await expectRepelled({ rig, catalog }, { code: 'expired', facts });
  });

  it('on the root: only a newer root helps', async () => {
    const { rig, catalog } = await informed();
    await rig.maker.publishRoot({}, { expires: { root: PAST } });
    await rig.maker.publishTimestamp();
    const facts = { file: 'root.json', since: PAST };
    await expectRepelled({ rig, catalog }, { code: 'expired', facts }, (maker) => maker.publishRoot());
  });
});

describe('documents that do not belong together', () => {
  const mixed: readonly (readonly [string, string, string, string])[] = [
    [
      'an older snapshot under a newer name',
      'metadata/3.snapshot.json',
      'metadata/2.snapshot.json',
      '3.snapshot.json',
    ],
    [
      'older targets under a newer name',
      'metadata/3.targets.json',
      'metadata/2.targets.json',
      '3.targets.json',
    ],
  ];
  it.each(mixed)('%s', async (_, path, instead, file) => {
    const { rig, catalog } = await informed();
    await rig.maker.publish();
    rig.server.mischief = (asked, request) =>
      asked === path ? rig.server.honest(instead, request) : undefined;
    await expectRepelled({ rig, catalog }, notTrusted(file, 'Expected'));
  });
});

describe('something else in place of a document', () => {
  const page = '<!doctype html><title>Welcome to our Wi-Fi</title>';
  const instead =
    (path: string, status: number, body: string, headers = {}): Mischief =>
    (asked) =>
      asked === path ? answer(status, body, headers) : undefined;
  const url = (path: string) => `https://firmware.example/repository/${path}`;
  const cases: readonly (readonly [string, Mischief, object])[] = [
    [
      'a page to log in',
      instead(TIMESTAMP, 200, page),
      { code: 'not-the-repository', facts: { url: url(TIMESTAMP) } },
    ],
    [
      'a page in place of a root',
      instead('metadata/2.root.json', 200, ` ${page}`),
      { code: 'not-the-repository' },
    ],
    [
      'a page in place of a snapshot',
      instead('metadata/3.snapshot.json', 200, page),
      { code: 'not-the-repository' },
    ],
    ['a network that wants a log-in', instead(TIMESTAMP, 511, page), { code: 'not-the-repository' }],
    [
      'a redirection to http',
      instead(TIMESTAMP, 302, '', { location: 'http://firmware.example/t' }),
      { code: 'not-the-repository', facts: { what: 'a redirection to http://firmware.example/t' } },
    ],
    [
      'a redirection to this computer',
      instead(TIMESTAMP, 302, '', { location: 'http://127.0.0.1/t' }),
      { code: 'not-the-repository' },
    ],
    ['a redirection to nowhere', instead(TIMESTAMP, 302, ''), { code: 'not-the-repository' }],
    [
      'a redirection in a circle',
      instead(TIMESTAMP, 302, '', { location: url(TIMESTAMP) }),
      { code: 'not-the-repository' },
    ],
    ['no timestamp', instead(TIMESTAMP, 404, page), { code: 'server-refused', facts: { status: 404 } }],
    ['a refusal', instead(TIMESTAMP, 403, ''), { code: 'server-refused', facts: { status: 403 } }],
    [
      '"not modified" where nobody asked for it',
      instead('metadata/3.snapshot.json', 304, ''),
      { code: 'server-refused', facts: { status: 304 } },
    ],
    [
      'a server that is broken',
      instead(TIMESTAMP, 503, ''),
      { code: 'server-refused', facts: { status: 503 } },
    ],
    [
      'no snapshot',
      instead('metadata/3.snapshot.json', 404, ''),
      { code: 'server-refused', facts: { status: 404 } },
    ],
    ['half a document', instead(TIMESTAMP, 200, '{"signed":{'), notTrusted('timestamp.json')],
    ['JSON of another kind', instead(TIMESTAMP, 200, '[]'), notTrusted('timestamp.json')],
    [
      'too much',
      instead(TIMESTAMP, 200, 'x'.repeat(16_385)),
      { code: 'not-trusted', facts: { detail: 'more than 16384 bytes' } },
    ],
    [
      'too much of a root',
      instead('metadata/2.root.json', 200, 'x'.repeat(65_537)),
      { code: 'not-trusted', facts: { detail: 'more than 65536 bytes' } },
    ],
  ];
  it.each(cases)('%s', async (_, mischief, failure) => {
    const { rig, catalog } = await informed();
    await rig.maker.publish();
    rig.server.mischief = mischief;
    await expectRepelled({ rig, catalog }, failure);
  });

  it('is read no further than we allow, whatever length a stolen key has signed', async () => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    const timestamp = makeTimestamp({
      version: 3,
      expires: LATER,
      snapshot: { version: 3, bytes: Buffer.alloc(9) },
    });
    Object.assign(timestamp.signed.snapshotMeta, { length: 1e12 });
    thief.files.set(TIMESTAMP, encode(await sign(timestamp, [key(5)])));
    rig.server.files = thief.files;
    rig.server.mischief = (path) => (path === 'metadata/3.snapshot.json' ? answer(200, endless) : undefined);
    const failure = notTrusted('/repository/metadata/3.snapshot.json', 'more than 65536 bytes');
    await expectRepelled({ rig, catalog }, failure, newOnlineKeys);
  });

  it('without end is read no further than allowed', async () => {
    const { rig, catalog } = await informed();
    await rig.maker.publish();
    rig.server.mischief = (path) => (path === 'metadata/3.targets.json' ? answer(200, endless) : undefined);
    await expectRepelled({ rig, catalog }, notTrusted('/repository/metadata/3.targets.json', 'more than'));
    expect(rig.server.asked.find(({ path }) => path.endsWith('3.targets.json'))?.bytes).toBeLessThan(10_000);
  });
});

const endless: Iterable<Uint8Array> = {
  *[Symbol.iterator]() {
    for (;;) yield new Uint8Array(1_000);
  },
};
