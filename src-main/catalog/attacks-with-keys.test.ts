/**
 * The attacks TUF is made against (specification §1.5.2), by a server that does whatever it likes and has some of the
 * maker's keys, never enough of them. Each fails by its name, nothing is believed, and afterwards all goes on.
 */
import { describe, expect, it } from 'vitest';
import { answer } from '../../test/catalog/answering.ts';
import {
  CatalogRig,
  expectRepelled,
  firmware,
  informed,
  versionsOf,
} from '../../test/catalog/catalog-rig.ts';
import { alone, key, newOnlineKeys, type Maker } from '../../test/catalog/maker.ts';

const TIMESTAMP = 'metadata/timestamp.json';
const notTrusted = (file: string, detail = '') => ({
  code: 'not-trusted',
  facts: { file, detail: expect.stringContaining(detail) as unknown },
});

describe('signatures', () => {
  it.each([
    ['timestamp', 'timestamp.json'],
    ['snapshot', '3.snapshot.json'],
    ['targets', '3.targets.json'],
  ] as const)('of another key on %s count for nothing', async (role, file) => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    await thief.publish({ signers: { [role]: [key(99)] } });
    rig.server.files = thief.files;
    await expectRepelled({ rig, catalog }, notTrusted(file, 'signed by 0/1 keys'), newOnlineKeys);
  });

  it('by too few keys are not enough', async () => {
    const rig = await CatalogRig.start();
    await rig.maker.publishRoot({ targets: { signers: [key(3), key(30)], threshold: 2 } });
    await rig.maker.release('1.0.0', firmware(100));
    const catalog = await rig.open();
    await catalog.check();
    const thief = rig.maker.fork();
    await thief.publish({ signers: { targets: [key(30)] } });
    rig.server.files = thief.files;
    await expectRepelled({ rig, catalog }, notTrusted('3.targets.json', 'signed by 1/2 keys'), newOnlineKeys);
  });

  it('of one key, given twice, are not two', async () => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    await thief.publishRoot({}, { signers: { root: [key(1)] } });
    const root = JSON.parse(Buffer.from(thief.file('metadata/2.root.json')).toString()) as {
      signatures: unknown[];
    };
    root.signatures.push(root.signatures[0]);
    thief.files.set('metadata/2.root.json', Buffer.from(JSON.stringify(root)));
    await thief.publishTimestamp();
    rig.server.files = thief.files;
    await expectRepelled({ rig, catalog }, notTrusted('2.root.json', 'multiple signatures'));
  });

  it('are over the very content: one digit of a length makes another file of it', async () => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    await thief.publish();
    const text = Buffer.from(thief.file('metadata/3.targets.json')).toString().replace('5000', '5001');
    const bytes = Buffer.from(text);
    await thief.publishSnapshot({ version: 3, bytes });
    thief.files.set('metadata/3.targets.json', bytes);
    rig.server.files = thief.files;
    await expectRepelled({ rig, catalog }, notTrusted('3.targets.json', 'signed by 0/1'), newOnlineKeys);
  });
});

describe('a new root', () => {
  const rootAttacks: readonly (readonly [string, (thief: Maker) => Promise<void>, string])[] = [
    [
      'that only one of two has signed',
      (thief) => thief.publishRoot({}, { signers: { root: [key(1)] } }),
      '1/2',
    ],
    [
      'signed by its own keys alone',
      (thief) => thief.publishRoot({ root: alone(99) }, { signers: { root: [key(99)] } }),
      '0/2',
    ],
    [
      'that its own keys have not signed',
      (thief) => thief.publishRoot({ root: alone(99) }, { signers: { root: [key(1), key(2)] } }),
      '0/1',
    ],
    [
      'with the number of a later one',
      async (thief) => {
        await thief.publishRoot({}, { versions: { root: 3 } });
        thief.files.set('metadata/2.root.json', thief.file('metadata/3.root.json'));
      },
      'Expected version 2, got 3',
    ],
  ];
  it.each(rootAttacks)('%s is none', async (_, attack, detail) => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    await attack(thief);
    await thief.publishTimestamp();
    rig.server.files = thief.files;
    await expectRepelled({ rig, catalog }, notTrusted('2.root.json', detail));
  });

  it('takes a key away, and what that key signs afterwards is not believed', async () => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    await rig.maker.publishRoot({ timestamp: alone(50) });
    await rig.maker.publishTimestamp();
    await catalog.check();
    await thief.publish();
    rig.server.files = new Map([...rig.maker.files, [TIMESTAMP, thief.file(TIMESTAMP)]]);
    await expectRepelled({ rig, catalog }, notTrusted('timestamp.json', 'signed by 0/1'));
  });

  it('is found through all that came since: keys changed twice while the client was away', async () => {
    const { rig } = await informed();
    const { maker } = rig;
    await maker.publishRoot({ root: { signers: [key(1), key(6)], threshold: 2 }, targets: alone(7) });
    await maker.publish();
    await maker.publishRoot({
      root: { signers: [key(6), key(8)], threshold: 2 },
      targets: alone(9),
      timestamp: alone(10),
    });
    await maker.release('2.0.0', firmware(50));
    const catalog = await rig.open();
    expect(await catalog.check()).toMatchObject({ freshness: 'current' });
    expect(versionsOf(catalog)).toEqual(['1.0.0', '2.0.0']);
    expect(versionsOf(await rig.open())).toEqual(['1.0.0', '2.0.0']);
  });

  it('that comes between two requests is no reason to fail', async () => {
    const { rig, catalog } = await informed();
    await rig.maker.publishTimestamp();
    const ofBefore = [rig.maker.file(TIMESTAMP)];
    await rig.maker.publishRoot({ timestamp: alone(50) });
    await rig.maker.publishTimestamp();
    rig.server.mischief = (path) => {
      const bytes = path === TIMESTAMP && ofBefore.pop();
      return bytes ? answer(200, [bytes]) : undefined;
    };
    expect(await catalog.check()).toMatchObject({ freshness: 'current' });
  });

  it('cannot be reached over a gap', async () => {
    const { rig, catalog } = await informed();
    const later = rig.maker.fork();
    await later.publishRoot({ timestamp: alone(50) });
    await later.publishRoot({ timestamp: alone(51) });
    await later.publish();
    later.files.delete('metadata/2.root.json');
    rig.server.files = later.files;
    await expectRepelled({ rig, catalog }, notTrusted('timestamp.json', 'signed by 0/1'));
  });
});

describe('an older version', () => {
  it('of the timestamp is not taken', async () => {
    const { rig, catalog } = await informed();
    const old = rig.maker.fork();
    await rig.maker.publishTimestamp();
    await catalog.check();
    rig.server.files = old.files;
    await expectRepelled({ rig, catalog }, notTrusted('timestamp.json', 'less than current'));
  });

  it('of the snapshot is not taken from who has the key of the timestamp', async () => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    await thief.publishTimestamp({}, { version: 1, bytes: thief.file('metadata/1.snapshot.json') });
    rig.server.files = thief.files;
    await expectRepelled({ rig, catalog }, notTrusted('timestamp.json', 'snapshot version 1 is less'));
  });

  it('of the targets is not taken from who has the keys of timestamp and snapshot', async () => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    await thief.publishSnapshot({ version: 1, bytes: thief.file('metadata/1.targets.json') });
    rig.server.files = thief.files;
    await expectRepelled({ rig, catalog }, notTrusted('3.snapshot.json', 'less than current'), newOnlineKeys);
  });

  it('is not taken after a restart either', async () => {
    const { rig, catalog } = await informed();
    const old = rig.maker.fork();
    await rig.maker.release('1.1.0', firmware(10));
    await catalog.check();
    rig.server.files = old.files;
    await expectRepelled(
      { rig, catalog: await rig.open() },
      notTrusted('timestamp.json', 'less than current'),
    );
  });
});

describe('versions raised without end', () => {
  it.each([
    ['timestamp', { timestamp: alone(50) }],
    ['timestamp and snapshot', { timestamp: alone(50), snapshot: alone(51) }],
    ['snapshot, where only the key of the timestamp is changed', { timestamp: alone(50) }],
  ])('of %s end with the key that was stolen', async (what, keys) => {
    const { rig, catalog } = await informed();
    const thief = rig.maker.fork();
    const far = {
      timestamp: 1_000_000,
      ...(what.includes('snapshot') && { snapshot: 1_000_000, targets: 1_000_000 }),
    };
    await thief.publish({ versions: far });
    rig.server.files = thief.files;
    expect(await catalog.check()).toMatchObject({ freshness: 'current' });

    rig.server.files = rig.maker.files;
    await rig.maker.release('1.1.0', firmware(10));
    expect(await catalog.check()).toMatchObject({
      failure: notTrusted('timestamp.json', 'less than current'),
    });
    await rig.maker.publishRoot(keys);
    await rig.maker.release('1.2.0', firmware(10));
    expect(await catalog.check()).toMatchObject({ freshness: 'current' });
    expect(versionsOf(catalog)).toEqual(['1.0.0', '1.1.0', '1.2.0']);
  });
});
