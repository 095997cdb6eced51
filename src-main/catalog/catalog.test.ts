import { describe, expect, it } from 'vitest';
import { answer } from '../../test/catalog/answering.ts';
import { CatalogRig, firmware, informed, NO_NETWORK, versionsOf } from '../../test/catalog/catalog-rig.ts';
import type { CatalogState } from '../../shared/catalog.ts';

const plus = (time: string, days: number) => new Date(Date.parse(time) + days * 86_400_000).toISOString();

describe('a check', () => {
  it('finds what was released, and what it found is fetched as it was signed', async () => {
    const rig = await CatalogRig.start();
    const bytes = Buffer.from(firmware(3_000));
    const target = await rig.maker.release('1.0.0', bytes);
    const catalog = await rig.open();
    expect(catalog.state).toEqual({ freshness: 'unknown', checking: false });
    expect(await catalog.check()).toEqual({ freshness: 'current', checking: false, checked: rig.today });
    expect(versionsOf(catalog)).toEqual(['1.0.0']);
    expect(await catalog.isHere(target)).toBe(false);
    expect(await catalog.fetch(target)).toEqual(bytes);
    expect(await catalog.isHere(target)).toBe(true);
  });

  it('asks for one small file where nothing is new, and for nothing twice where something is', async () => {
    const rig = await CatalogRig.start();
    const catalog = await rig.open();
    const checked = async () => {
      expect(await catalog.check()).toMatchObject({ freshness: 'current' });
      return rig.server.take();
    };
    const full = (version: number) => [
      '200 metadata/timestamp.json',
      '404 metadata/2.root.json',
      `200 metadata/${version}.snapshot.json`,
      `200 metadata/${version}.targets.json`,
    ];
    expect(await checked()).toEqual(full(1));
    expect(await checked()).toEqual(['304 metadata/timestamp.json']);
    await rig.maker.release('1.1.0', firmware(10));
    expect(await checked()).toEqual(full(2));
    await rig.maker.publishTimestamp();
    expect(await checked()).toEqual(full(2).slice(0, 2));
  });

  it('needs no entity tags', async () => {
    const { rig, catalog } = await informed();
    rig.server.mischief = (path) => {
      const { status, body } = rig.server.honest(path, { headers: {} });
      return { status, headers: {}, body };
    };
    await rig.maker.publishTimestamp();
    await catalog.check();
    rig.server.take();
    expect(await catalog.check()).toMatchObject({ freshness: 'current' });
    expect(rig.server.take()).toEqual(['200 metadata/timestamp.json']);
  });

  it('looks for a newer root once a week, though nothing is new', async () => {
    const { rig } = await informed();
    for (const [days, requests] of [
      [6, 1],
      [1, 2],
      [6, 1],
      [-30, 2],
    ] as const) {
      rig.today = plus(rig.today, days);
      await (await rig.open()).check();
      expect(rig.server.take()).toHaveLength(requests);
    }
  });

  it('that broke off half-way is gone through again, though the timestamp is known by then', async () => {
    const { rig, catalog } = await informed();
    await rig.maker.release('1.1.0', firmware(10));
    rig.server.mischief = (path) => (path.includes('targets') ? answer(404, '') : undefined);
    await catalog.check();
    expect(versionsOf(catalog)).toEqual(['1.0.0']);
    rig.server.mischief = () => undefined;
    const again = await rig.open();
    expect(versionsOf(again)).toEqual(['1.0.0']);
    await again.check();
    expect(versionsOf(again)).toEqual(['1.0.0', '1.1.0']);
  });

  it('is shared by all who ask meanwhile, and told to who watches', async () => {
    const { rig, catalog } = await informed();
    const told: CatalogState[] = [];
    const end = catalog.watch((state) => told.push(state));
    const leaving = new AbortController();
    const checks = [catalog.check(), catalog.check(leaving.signal), catalog.check()];
    leaving.abort();
    await Promise.all(checks);
    expect(rig.server.take()).toHaveLength(1);
    expect(told.map(({ checking }) => checking)).toEqual([true, false]);
    end();
    await catalog.check();
    expect(told).toHaveLength(2);
  });

  it('that finds no network says so, and what was verified can be used', async () => {
    const { rig, target } = await informed();
    await (await rig.open()).fetch(target);
    const catalog = await rig.open({ transport: NO_NETWORK });
    expect(catalog.state).toMatchObject({ freshness: 'current', checked: rig.today });
    const failure = { code: 'offline', facts: { host: 'firmware.example' } };
    expect(await catalog.check()).toMatchObject({ freshness: 'stale', checked: rig.today, failure });
    expect(await catalog.fetch(target)).toHaveLength(5_000);
  });

  it('is tried again after a moment where that may help, and not where it cannot', async () => {
    const { rig, catalog } = await informed();
    let answers = [503, 429];
    rig.server.mischief = () => {
      const status = answers.shift();
      return status === undefined ? undefined : answer(status, '');
    };
    expect(await catalog.check()).toMatchObject({ freshness: 'current' });
    answers = [403];
    expect(await catalog.check()).toMatchObject({ failure: { code: 'server-refused' } });
    expect(rig.server.take().map((each) => each.slice(0, 3))).toEqual(['503', '429', '304', '403']);
  });

  it('whose result does not fit on the disk changes nothing', async () => {
    const { rig } = await informed();
    await rig.maker.release('1.1.0', firmware(10));
    const full = await rig.openWithFullDisk();
    expect(await full.check()).toMatchObject({ freshness: 'stale', failure: { code: 'host-file' } });
    expect(versionsOf(full)).toEqual(['1.0.0']);
  });
});

describe('checking regularly', () => {
  it('is now, every six hours at the most, and sooner after a failure', async () => {
    const { rig, catalog } = await informed();
    const HOUR = 3_600_000;
    const times: number[] = [];
    let down = false;
    rig.server.mischief = () => {
      times.push(rig.clock.now());
      return down ? answer(403, '') : undefined;
    };
    const start = rig.clock.now();
    catalog.start();
    await rig.clock.sleep(12 * HOUR);
    expect(times.map((time) => Math.round((time - start) / HOUR))).toEqual([0, 5, 11]);
    down = true;
    times.length = 0;
    await rig.clock.sleep(5.4 * HOUR);
    const pauses = times.slice(1).map((time, at) => Math.round((time - Number(times[at])) / 60_000));
    expect(pauses).toEqual([5, 9, 18, 36]);
    await catalog.close();
    times.length = 0;
    await rig.clock.sleep(100 * HOUR);
    expect(times).toEqual([]);
  });
});
