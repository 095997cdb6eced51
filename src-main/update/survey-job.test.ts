import { describe, expect, it } from 'vitest';
import { noise } from '../../test/rig/noise.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { Rig } from '../../test/rig/rig.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { surveyFlash } from './survey-job.ts';

const FLASH = 0x0800_0000;
/** The last byte of the second sector, and one in the fifth. */
const contents = [
  { address: FLASH + 0x7fff, bytes: Uint8Array.of(0) },
  { address: FLASH + 0x1_8000, bytes: noise(1, 10) },
];

function survey(rig: Rig, signal?: AbortSignal) {
  const { clock, listener } = rig;
  const options = { clock, listener, ...(signal && { signal }) };
  return rig.connected((open) => surveyFlash(open, options, () => undefined));
}

async function states(device: string, options: Omit<VirtualDeviceOptions, 'clock'>) {
  return (await survey(new Rig(device, options))).map(({ state }) => state);
}

describe('a survey of flash', () => {
  it('finds a single byte, wherever it is', async () => {
    const used = (await states('f405', { contents })).flatMap((state, i) => (state === 'used' ? [i] : []));
    expect(used).toEqual([1, 4]);
  });

  it('knows what erased looks like on this chip', async () => {
    expect(new Set(await states('l072', {}))).toEqual(new Set(['blank']));
  });

  it('ends where the flash of the chip ends, whatever its bootloader shows', async () => {
    expect(await survey(new Rig('h750'))).toMatchObject([
      { address: FLASH, size: 128 * 1024, state: 'blank' },
    ]);
  });

  it('finds the same when transfers are disturbed', async () => {
    const at = { command: 'read', skip: 20 } as const;
    for (const fault of [{ kind: 'timeout', at } as const, { kind: 'stall', at, latched: true } as const]) {
      expect(await states('f405', { contents, faults: [fault] })).toEqual(await states('f405', { contents }));
    }
  });

  it('says of a sector that it is unreadable where the bootloader refuses it', async () => {
    const at = { command: 'read', address: FLASH + 0x8000, times: 'always' } as const;
    expect(
      (await states('f405', { contents, faults: [{ kind: 'stall', at, latched: true }] })).slice(0, 4),
    ).toEqual(['blank', 'used', 'unreadable', 'blank']);
  });

  it('is refused by a locked chip, and changes nothing', async () => {
    expect(await rejection(survey(new Rig('f405', { protection: 1 })))).toMatchObject({
      code: 'read-protected',
      condition: 'untouched',
    });
  });

  it('ends when it is cancelled', async () => {
    expect(await rejection(survey(new Rig('f405'), AbortSignal.abort()))).toMatchObject({
      code: 'cancelled',
    });
  });
});
