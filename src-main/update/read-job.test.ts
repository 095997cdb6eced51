import { describe, expect, it } from 'vitest';
import type { AddressRange } from '../../shared/address.ts';
import type { ProgressEvent } from '../../shared/progress.ts';
import { uncalledForClears } from '../../test/rig/clears.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { noise } from '../../test/rig/noise.ts';
import { ATTENDED, Rig } from '../../test/rig/rig.ts';
import { virtualDevices } from '../virtual/catalogue/index.ts';
import { readMemory, wholeFlash } from './read-job.ts';

const FLASH = 0x0800_0000;
const KB = 1024;

function read(rig: Rig, range: AddressRange, signal?: AbortSignal) {
  const { clock, listener } = rig;
  return rig.connected((connected) =>
    readMemory(connected, range, { clock, listener, ...(signal && { signal }) }),
  );
}

const filled = (rig: Rig) => ({ address: rig.device.flash.start, bytes: noise(1, rig.device.flash.size) });

function rigOf(name: string, options: ConstructorParameters<typeof Rig>[1] = {}, more = {}): Rig {
  const contents = [filled(new Rig(name))];
  return new Rig(name, { contents, log: true, ...options }, more);
}

describe('what is read', () => {
  it.each([
    ['one byte', 0, 1],
    ['one byte at an odd address', 7, 1],
    ['two bytes over a programming unit', 31, 2],
    ['an odd number of bytes', 1, 1_024],
    ['a block and one byte', 0, 1_025],
    ['a piece and one byte', 0, 64 * KB + 1],
    ['from the middle of one piece into the next', 60 * KB + 3, 9 * KB],
    ['nothing', 100, 0],
  ])('%s is what is there', async (_what, offset, length) => {
    for (const name of ['h743-v-0x92', 'f405', 'l072']) {
      const rig = rigOf(name);
      const start = FLASH + offset;
      const image = await read(rig, { start, end: start + length });
      expect(image.size).toBe(length);
      if (length === 0) continue;
      expect(image.ranges).toHaveLength(1);
      expect(image.ranges[0]?.address).toBe(start);
      expect(
        Buffer.compare(image.ranges[0]?.bytes ?? noise(0, 0), rig.device.flash.read(start, length)),
      ).toBe(0);
    }
  });

  it('reaches to the last byte of flash', async () => {
    const rig = rigOf('c5');
    const end = rig.device.flash.start + rig.device.flash.size;
    const image = await read(rig, { start: end - 5, end });
    expect(image.ranges[0]?.bytes).toEqual(rig.device.flash.read(end - 5, 5));
  });

  it('is all of flash, and no more than the chip has', async () => {
    for (const [name, size] of [
      ['h750', 128 * KB],
      ['g0b1', 128 * KB],
      ['f405', 1024 * KB],
    ] as const) {
      const rig = rigOf(name);
      const range = await rig.connected((connected) => Promise.resolve(wholeFlash(connected)));
      expect(range).toEqual({ start: FLASH, end: FLASH + size });
    }
    const rig = rigOf('g0b1');
    const image = await read(rig, { start: FLASH, end: FLASH + 128 * KB });
    expect(image.ranges).toEqual([filled(rig)]);
  });

  it('may be memory that is no flash, from where it begins to where it ends', async () => {
    for (const [name, start, length] of [
      ['h743-v-0x92', 0x5200_201c, 128],
      ['f405', 0x1fff_c000, 16],
      ['f746', 0x1fff_0000, 0x2c],
    ] as const) {
      const rig = rigOf(name);
      const image = await read(rig, { start, end: start + length });
      expect(image.ranges).toEqual([{ address: start, bytes: rig.device.peek(start, length) }]);
    }
  });

  it('changes nothing', async () => {
    const rig = rigOf('f405');
    const before = rig.device.flash.snapshot();
    await read(rig, { start: FLASH, end: FLASH + 70 * KB });
    expect(Buffer.compare(rig.device.flash.snapshot(), before)).toBe(0);
    expect(uncalledForClears(rig.device.log)).toEqual([]);
  });

  it('is told while it is read', async () => {
    const rig = rigOf('h743-v-0x92');
    await read(rig, { start: FLASH, end: FLASH + 256 * KB });
    const isProgress = (event: ProgressEvent) => event.type === 'progress';
    const progress = rig.events.filter(isProgress);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.at(-1)).toMatchObject({ done: 256 * KB, total: 256 * KB });
    expect(rig.events).toContainEqual({ type: 'phase', phase: 'read' });
  });
});

describe('a read that fails', () => {
  it('outside of memory is refused by the loader, by name', async () => {
    const rig = rigOf('f405');
    expect(await rejection(read(rig, { start: 0x0900_0000, end: 0x0900_0010 }))).toMatchObject({
      code: 'command-rejected',
      facts: { address: 0x0900_0000 },
      condition: 'untouched',
    });
  });

  it('under read protection says so', async () => {
    const rig = rigOf('f405', { protection: 1 });
    expect(await rejection(read(rig, { start: FLASH, end: FLASH + 16 }))).toMatchObject({
      code: 'read-protected',
      condition: 'untouched',
    });
  });

  it('for a moment goes on where it was', async () => {
    for (const kind of ['stall', 'timeout'] as const) {
      const rig = rigOf('h743-v-0x92', {
        faults: [{ kind, at: { command: 'read', address: FLASH + 70 * KB } }],
      });
      const image = await read(rig, { start: FLASH, end: FLASH + 128 * KB });
      expect(image.ranges[0]?.bytes).toEqual(rig.device.flash.read(FLASH, 128 * KB));
      expect(rig.events.filter(({ type }) => type === 'retry')).toHaveLength(1);
    }
  });

  it('because of a pulled plug goes on when it is back', async () => {
    const rig: Rig = rigOf(
      'h743-v-0x92',
      { faults: [{ kind: 'disconnect', at: { command: 'read', address: FLASH + 70 * KB }, when: 'before' }] },
      {
        limits: ATTENDED,
        onEvent: (event: ProgressEvent) => {
          if (event.type === 'needs') void rig.replug();
        },
      },
    );
    const image = await read(rig, { start: FLASH, end: FLASH + 128 * KB });
    expect(image.ranges[0]?.bytes).toEqual(rig.device.flash.read(FLASH, 128 * KB));
  });

  it('because the person cancels stops at the next block', async () => {
    const abort = new AbortController();
    const rig = rigOf('f405');
    void rig.clock.sleep(200).then(() => {
      abort.abort();
    });
    expect(await rejection(read(rig, { start: FLASH, end: FLASH + 1024 * KB }, abort.signal))).toMatchObject({
      code: 'cancelled',
      condition: 'untouched',
    });
    expect(rig.clock.now()).toBeLessThan(300);
  });
});

it.each([...virtualDevices.keys()].filter((name) => name !== 'gd32vf103'))(
  '%s gives back a stretch with odd ends',
  async (name) => {
    const rig = rigOf(name);
    const image = await read(rig, { start: FLASH + 3, end: FLASH + 3 + 5_001 });
    expect(image.ranges[0]?.bytes).toEqual(rig.device.flash.read(FLASH + 3, 5_001));
  },
);
