import { describe, expect, it } from 'vitest';
import { CatalogRig, firmware, versionsOf } from '../../test/catalog/catalog-rig.ts';
import { rejection } from '../../test/rig/in-time.ts';

const DAY_MS = 86_400_000;
const later = (time: string, ms: number) => new Date(Date.parse(time) + ms).toISOString();

describe('a check', () => {
  it('finds what was released, and fetches it as it was signed', async () => {
    const rig = await CatalogRig.start();
    const bytes = firmware(300_000);
    const target = await rig.maker.release('1.0.0', bytes);
    const catalog = await rig.open();
    expect(catalog.state).toEqual({ freshness: 'unknown', checking: false });
    expect(await catalog.check()).toEqual({ freshness: 'current', checking: false, checked: rig.today });
    expect(versionsOf(catalog)).toEqual(['1.0.0']);
    expect(await catalog.isHere(target)).toBe(false);
    expect(await catalog.fetch(target)).toEqual(Buffer.from(bytes));
    expect(await catalog.isHere(target)).toBe(true);
  });

  it('asks for one small file where nothing is new, and for nothing twice where something is', async () => {
    const rig = await CatalogRig.start();
    const catalog = await rig.open();
    await catalog.check();
    expect(rig.server.take()).toEqual([
      '200 metadata/timestamp.json',
      '404 metadata/2.root.json',
      '200 metadata/1.snapshot.json',
      '200 metadata/1.targets.json',
    ]);
    await catalog.check();
    expect(rig.server.take()).toEqual(['304 metadata/timestamp.json']);
    await rig.maker.release('1.1.0', firmware(10));
    await catalog.check();
    expect(rig.server.take()).toEqual([
      '200 metadata/timestamp.json',
      '404 metadata/2.root.json',
      '200 metadata/2.snapshot.json',
      '200 metadata/2.targets.json',
    ]);
    await rig.maker.publishTimestamp();
    await catalog.check();
    expect(rig.server.take()).toEqual(['200 metadata/timestamp.json', '404 metadata/2.root.json']);
  });
});
