import { describe, expect, it } from 'vitest';
import { answer } from '../../test/catalog/answering.ts';
import { CatalogRig, firmware } from '../../test/catalog/catalog-rig.ts';

const HOUR_MS = 3_600_000;
const BUSY = (retryAfter: string, more: Record<string, string> = {}) =>
  answer(503, '', { 'retry-after': retryAfter, ...more });

async function rigWith(mischief: CatalogRig['server']['mischief']): Promise<CatalogRig> {
  const rig = await CatalogRig.start();
  await rig.maker.release('1.0.0', firmware(100));
  rig.server.mischief = mischief;
  return rig;
}

/** Milliseconds at which each request came. */
function timesOf(rig: CatalogRig, mischief: CatalogRig['server']['mischief']): number[] {
  const times: number[] = [];
  rig.server.mischief = (path, request) => {
    times.push(rig.clock.now());
    return mischief(path, request);
  };
  return times;
}

describe('a server that says when to come back (RFC 9110 §10.2.3)', () => {
  it('is not asked before, where that is soon', async () => {
    const rig = await rigWith(() => undefined);
    let busy = true;
    const times = timesOf(rig, () => {
      const was = busy;
      busy = false;
      return was ? BUSY('7') : undefined;
    });
    expect(await (await rig.open()).check()).toMatchObject({ freshness: 'current' });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(7_000);
  });

  it('is believed where it gives a date, by its own clock', async () => {
    const rig = await rigWith(() => undefined);
    let busy = true;
    const times = timesOf(rig, () => {
      const was = busy;
      busy = false;
      const date = 'Tue, 01 Jan 2030 10:00:00 GMT';
      return was ? BUSY('Tue, 01 Jan 2030 10:00:09 GMT', { date }) : undefined;
    });
    await (await rig.open()).check();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(9_000);
  });

  it('is not tried again at once where it wants more than a moment, and nobody waits for it', async () => {
    const rig = await rigWith(() => BUSY('3600'));
    const catalog = await rig.open();
    expect(await catalog.check()).toMatchObject({
      failure: { code: 'server-refused', facts: { status: 503, retryAfter: HOUR_MS } },
    });
    expect(rig.server.take()).toHaveLength(1);
    expect(rig.clock.now()).toBeLessThan(1_000);
  });

  it('is left alone by the regular checks until then, and at most as long as usual', async () => {
    for (const [asked, atLeast, atMost] of [
      ['7200', 2 * HOUR_MS, 3 * HOUR_MS],
      ['999999999', 6 * HOUR_MS, 8 * HOUR_MS],
    ] as const) {
      const rig = await rigWith(() => undefined);
      const times = timesOf(rig, () => BUSY(asked));
      const catalog = await rig.open();
      const second = new Promise<void>((resolve) => {
        const count = rig.server.mischief;
        rig.server.mischief = (...args) => {
          if (times.length > 0) resolve();
          return count(...args);
        };
      });
      catalog.start();
      await second;
      const pause = (times[1] ?? 0) - (times[0] ?? 0);
      await catalog.close();
      expect(pause).toBeGreaterThanOrEqual(atLeast);
      expect(pause).toBeLessThanOrEqual(atMost);
    }
  });

  it.each(['soon', '-5', '1e9', 'Tue, 01 Jan 2030 10:00:09 GMT'])('is not obeyed in “%s”', async (text) => {
    const rig = await rigWith(() => BUSY(text));
    const { failure } = await (await rig.open()).check();
    expect(failure).toMatchObject({ code: 'server-refused', facts: { status: 503 } });
    expect(failure?.facts).not.toHaveProperty('retryAfter');
    expect(rig.server.take()).toHaveLength(3);
  });
});
