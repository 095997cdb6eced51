import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CatalogRig, firmware, NO_NETWORK, versionsOf } from '../../test/catalog/catalog-rig.ts';
import { alone, Maker } from '../../test/catalog/maker.ts';
import { rejection } from '../../test/rig/in-time.ts';

describe('releases that ship with the application', () => {
  const BUNDLED = '/app/releases';

  async function shipped() {
    const maker = await Maker.start();
    const rig = new CatalogRig(maker);
    const bytes = Buffer.from(firmware(400));
    const target = await maker.release('1.0.0', bytes);
    for (const [path, content] of maker.files) rig.disk.set(join(BUNDLED, path), content);
    return { rig, target, bytes };
  }

  it('are there before any network is, expired or not', async () => {
    const { rig, target, bytes } = await shipped();
    rig.today = '2200-01-01T00:00:00.000Z';
    const catalog = await rig.open({ bundled: BUNDLED, transport: NO_NETWORK });
    expect(catalog.state).toEqual({ freshness: 'unknown', checking: false });
    expect(versionsOf(catalog)).toEqual(['1.0.0']);
    expect(await catalog.isHere(target)).toBe(true);
    expect(await catalog.fetch(target)).toEqual(bytes);
  });

  it('give way to what is newer, and heal what is damaged', async () => {
    const { rig } = await shipped();
    await rig.maker.release('1.1.0', firmware(10));
    await (await rig.open({ bundled: BUNDLED })).check();
    expect(versionsOf(await rig.open({ bundled: BUNDLED }))).toEqual(['1.0.0', '1.1.0']);
    rig.disk.set('/state/catalog/trusted.json', Buffer.from('{'));
    expect(versionsOf(await rig.open({ bundled: BUNDLED }))).toEqual(['1.0.0']);
  });

  it('are not believed under keys that were taken away since, however new they are', async () => {
    const { rig } = await shipped();
    const catalog = await rig.open();
    await catalog.check();
    const thief = rig.maker.fork();
    await rig.maker.publishRoot({ timestamp: alone(50), targets: alone(51) });
    await rig.maker.publish();
    await catalog.check();
    await thief.publish();
    await thief.release('6.6.6', firmware(10));
    for (const [path, content] of thief.files) rig.disk.set(join(BUNDLED, path), content);
    expect(versionsOf(await rig.open())).toEqual(['1.0.0']);
    expect(versionsOf(await rig.open({ bundled: BUNDLED }))).toEqual(['1.0.0']);
  });

  it('that were changed count for nothing', async () => {
    const { rig, target } = await shipped();
    const [file] = [...rig.disk.keys()].filter((path) => path.startsWith(`${BUNDLED}/targets`));
    rig.disk.set(String(file), firmware(400, 2));
    const catalog = await rig.open({ bundled: BUNDLED, transport: NO_NETWORK });
    expect(await rejection(catalog.fetch(target))).toMatchObject({ code: 'offline' });
    rig.disk.set(join(BUNDLED, 'metadata/timestamp.json'), Buffer.from('{'));
    expect(versionsOf(await rig.open({ bundled: BUNDLED }))).toEqual([]);
  });
});
