import { describe, expect, it } from 'vitest';
import type { AddressRange } from '../../shared/address.ts';
import { uncalledForClears } from '../../test/rig/clears.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { noise } from '../../test/rig/noise.ts';
import { ATTENDED, Rig } from '../../test/rig/rig.ts';
import { virtualDevices } from '../virtual/catalogue/index.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { eraseSectors, sectorsIn } from './erase-job.ts';

const FLASH = 0x0800_0000;
const KB = 1024;

function rigOf(name: string, options: Omit<VirtualDeviceOptions, 'clock'> = {}, more = {}): Rig {
  const { flash } = new Rig(name).device;
  const contents = [{ address: flash.start, bytes: noise(1, flash.size) }];
  return new Rig(name, { contents, log: true, ...options }, more);
}

function erase(rig: Rig, range: AddressRange, signal?: AbortSignal): Promise<void> {
  const { clock, listener } = rig;
  return rig.connected((connected) =>
    eraseSectors(connected, sectorsIn(connected, range), { clock, listener, ...(signal && { signal }) }),
  );
}

/** Indexes of the sectors that are blank. */
function blank({ device: { flash } }: Rig): number[] {
  return flash.sectors
    .filter(({ start, size }) => flash.read(start, size).every((byte) => byte === flash.erasedValue))
    .map(({ index }) => index);
}

const at = (start: number, length: number) => ({ start: FLASH + start, end: FLASH + start + length });

describe('the sectors of a range', () => {
  it.each<[string, AddressRange, number[]]>([
    ['one byte', at(0, 1), [0]],
    ['the last byte of one', at(16 * KB - 1, 1), [0]],
    ['two bytes over a border', at(16 * KB - 1, 2), [0, 1]],
    ['one whole sector', at(16 * KB, 16 * KB), [1]],
    ['sectors of different sizes', at(48 * KB, 100 * KB), [3, 4, 5]],
    ['none', { start: 0x0900_0000, end: 0x0900_1000 }, []],
  ])('%s', async (_what, range, expected) => {
    const found = await new Rig('f405').connected((connected) =>
      Promise.resolve(sectorsIn(connected, range)),
    );
    expect(found.map(({ index }) => index)).toEqual(expected);
  });
});

describe('an erase', () => {
  it.each([...virtualDevices.keys()].filter((name) => name !== 'gd32vf103'))(
    'of %s leaves its sectors blank and no other',
    async (name) => {
      const rig = rigOf(name);
      const [first, second, third] = rig.device.flash.sectors;
      const last = rig.device.flash.sectors.at(-1);
      if (!first || !last) throw new Error('no flash');
      const end = (second ?? first).start + (second ?? first).size;
      await erase(rig, { start: first.start, end });
      expect(blank(rig)).toEqual(third ? [0, 1] : [0]);
      expect(rig.device.flash.faults).toEqual([]);
      expect(uncalledForClears(rig.device.log)).toEqual([]);
    },
  );

  it.each(['h743-v-0x90', 'h743-v-0x91', 'h743-v-0x92', 'h743-y-0xd2'])(
    'in the second bank of %s is proven',
    async (name) => {
      const rig = rigOf(name);
      await erase(rig, at(1024 * KB, 256 * KB));
      expect(blank(rig)).toEqual([8, 9]);
      expect(rig.device.flash.faults).toEqual([]);
    },
  );

  it('of nothing does nothing', async () => {
    const rig = rigOf('f405');
    await erase(rig, at(0, 0));
    expect(blank(rig)).toEqual([]);
  });

  it('is told sector by sector', async () => {
    const rig = rigOf('f405');
    await erase(rig, at(0, 32 * KB));
    const told = rig.events.flatMap((event) =>
      event.type === 'sector' ? [`${event.address.toString(16)} ${event.state}`] : [],
    );
    expect(told).toEqual([
      '8000000 erasing',
      '8000000 erased',
      '8000000 verified',
      '8004000 erasing',
      '8004000 erased',
      '8004000 verified',
    ]);
    expect(rig.events).toContainEqual({ type: 'phase', phase: 'erase' });
  });
});

describe('an erase that fails', () => {
  it('at a sector that does not become blank is tried three times and names it', async () => {
    for (const options of [
      { writeProtected: [1] },
      { faults: [{ kind: 'sector-not-erasable', address: FLASH + 16 * KB }] as const },
    ]) {
      const rig = rigOf('f405', options);
      expect(await rejection(erase(rig, at(0, 48 * KB)))).toMatchObject({
        code: 'erase-failed',
        facts: { address: FLASH + 16 * KB, size: 16 * KB, tries: 3, firstNotErased: FLASH + 16 * KB },
        condition: 'incomplete',
      });
      expect(blank(rig)).toEqual([0]);
    }
  });

  it('under read protection is refused untouched', async () => {
    const rig = rigOf('u575', { protection: 1 });
    expect(await rejection(erase(rig, at(0, 8 * KB)))).toMatchObject({
      code: 'read-protected',
      condition: 'untouched',
    });
  });

  it('where this loader erases another sector is refused untouched', async () => {
    const rig = rigOf('f767-dual-bank');
    expect(await rejection(erase(rig, at(1024 * KB, KB)))).toMatchObject({
      code: 'plan-refused',
      facts: { reason: 'known-defect' },
      condition: 'untouched',
    });
    expect(blank(rig)).toEqual([]);
  });

  it('for a moment is done again', async () => {
    for (const kind of ['stall', 'timeout'] as const) {
      const rig = rigOf('f405', { faults: [{ kind, at: { command: 'erase', address: FLASH + 16 * KB } }] });
      await erase(rig, at(0, 48 * KB));
      expect(blank(rig)).toEqual([0, 1, 2]);
    }
  });

  it('because of a pulled plug goes on when it is back', async () => {
    const rig: Rig = rigOf(
      'f405',
      {
        faults: [{ kind: 'disconnect', at: { command: 'erase', address: FLASH + 16 * KB }, when: 'after' }],
      },
      {
        limits: ATTENDED,
        onEvent: (event: { type: string }) => {
          if (event.type === 'needs') void rig.replug();
        },
      },
    );
    await erase(rig, at(0, 48 * KB));
    expect(blank(rig)).toEqual([0, 1, 2]);
  });

  it('with nobody there to plug it in again is lost, and says what may be gone', async () => {
    const rig = rigOf('f405', {
      faults: [{ kind: 'disconnect', at: { command: 'erase', address: FLASH + 16 * KB }, when: 'before' }],
    });
    expect(await rejection(erase(rig, at(0, 48 * KB)))).toMatchObject({
      code: 'disconnected',
      condition: 'incomplete',
    });
  });

  it('because the loader is stuck is given up in time', async () => {
    const rig = rigOf('f405', {
      faults: [{ kind: 'stuck-busy', at: { command: 'erase', times: 'always' }, until: 'replug' }],
    });
    expect(await rejection(erase(rig, at(0, 16 * KB)))).toMatchObject({
      code: 'stuck-busy',
      condition: 'incomplete',
    });
    expect(rig.clock.now()).toBeLessThan(120_000);
    expect(uncalledForClears(rig.device.log)).toEqual([]);
  });

  it('because the person cancels stops between two sectors', async () => {
    const abort = new AbortController();
    const rig = rigOf(
      'f405',
      {},
      {
        onEvent: (event: { type: string; state?: string }) => {
          if (event.state === 'verified') abort.abort();
        },
      },
    );
    expect(await rejection(erase(rig, at(0, 48 * KB), abort.signal))).toMatchObject({
      code: 'cancelled',
      condition: 'incomplete',
    });
    expect(blank(rig)).toEqual([0]);
  });

  it('because the person cancelled before it began has changed nothing', async () => {
    const rig = rigOf('f405');
    expect(await rejection(erase(rig, at(0, 48 * KB), AbortSignal.abort()))).toMatchObject({
      code: 'cancelled',
      condition: 'untouched',
    });
    expect(blank(rig)).toEqual([]);
  });
});
