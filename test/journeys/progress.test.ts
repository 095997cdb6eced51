/** What an update tells while it runs: it never goes back, never floods, and in the end has accounted for every sector. */
import { describe, expect, test } from 'vitest';
import type { ProgressEvent } from '../../shared/progress.ts';
import { FirmwareImage } from '../../src-main/firmware/image.ts';
import { DEFAULT_POLICY } from '../../src-main/flash/plan.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import type { Fault } from '../../src-main/virtual/faults.ts';
import { plannedSectors } from '../rig/flash-proof.ts';
import { noise } from '../rig/noise.ts';
import { ATTENDED, Rig } from '../rig/rig.ts';

const FLASH = 0x0800_0000;
const MOST_EVENTS_A_SECOND = 20;
const image = FirmwareImage.from([{ address: FLASH, bytes: noise(1, 100_000) }]);
const contents = [{ address: FLASH, bytes: noise(2, 120_000) }];
const roms = [...virtualDevices.values()].filter(({ usb }) => usb.vendorId === 0x0483);

const courses: readonly (readonly [string, readonly Fault[]])[] = [
  ['undisturbed', []],
  [
    'with a block corrupted',
    [{ kind: 'corrupt-write', at: { command: 'write', skip: 20 }, offset: 0, mask: 1 }],
  ],
  ['unplugged', [{ kind: 'disconnect', at: { command: 'write', skip: 20 }, when: 'after' }]],
];

interface Told {
  readonly at: number;
  readonly event: ProgressEvent;
}

describe.each(roms.map((definition) => [definition.name, definition] as const))('%s', (_name, definition) => {
  test.each(courses)('%s, an update tells an honest progress', async (_course, faults) => {
    const told: Told[] = [];
    const rig = new Rig(
      definition,
      { contents, faults },
      {
        limits: ATTENDED,
        onEvent: (event) => {
          told.push({ at: rig.clock.now(), event });
          if (event.type === 'needs') void rig.replug();
        },
      },
    );
    await rig.flash(image, { ...DEFAULT_POLICY, outside: 'discard' });

    const progress = told.flatMap(({ at, event }) => (event.type === 'progress' ? [{ at, ...event }] : []));
    expect(progress.length).toBeGreaterThan(10);
    progress.forEach(({ at, fraction, done, total, remaining }, i) => {
      expect(fraction).toBeGreaterThanOrEqual(progress[i - 1]?.fraction ?? 0);
      expect(fraction).toBeLessThanOrEqual(1);
      expect(done).toBeLessThanOrEqual(total);
      expect(remaining).toBeGreaterThanOrEqual(0);
      const earlier = progress[i - MOST_EVENTS_A_SECOND];
      if (earlier) expect(at - earlier.at).toBeGreaterThanOrEqual(1000);
    });

    const last = new Map(
      told.flatMap(({ event }) => (event.type === 'sector' ? [[event.address, event.state]] : [])),
    );
    for (const { start } of plannedSectors(rig.device.flash, image)) {
      expect(last.get(start)).toMatch(/^(verified|unchanged)$/);
    }
    expect(last.size).toBe(plannedSectors(rig.device.flash, image).length);
  });

  test('done a second time, it finds every sector unchanged', async () => {
    const rig = new Rig(definition, { contents: image.ranges });
    await rig.flash(image);
    const states = rig.events.flatMap((event) => (event.type === 'sector' ? [event.state] : []));
    expect(states).toEqual(plannedSectors(rig.device.flash, image).map(() => 'unchanged'));
  });
});
