import { describe, expect, it } from 'vitest';
import { rejection } from '../../test/rig/in-time.ts';
import { noise } from '../../test/rig/noise.ts';
import { Rig } from '../../test/rig/rig.ts';
import { FirmwareImage, type ImageRange } from '../firmware/image.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';
import { compareImage } from './compare-job.ts';

const FLASH = 0x0800_0000;
const KB = 1024;

const ranges: readonly ImageRange[] = [
  { address: FLASH, bytes: noise(1, 5_003) },
  { address: FLASH + 20 * KB + 1, bytes: noise(2, 3_000) },
];
const image = FirmwareImage.from(ranges);

function compare(
  { device = 'f405', ...options }: Omit<VirtualDeviceOptions, 'clock'> & { device?: string },
  signal?: AbortSignal,
) {
  const rig = new Rig(device, options);
  const { clock, listener } = rig;
  const work = rig.connected((connected) =>
    compareImage(connected, image, { clock, listener, ...(signal && { signal }) }),
  );
  return { rig, work };
}

/** The image with these bytes of it inverted. */
function imageBut(...wrong: readonly number[]): ImageRange[] {
  return ranges.map(({ address, bytes }) => {
    const changed = bytes.slice();
    for (const at of wrong) {
      const byte = changed[at - address];
      if (byte !== undefined) changed[at - address] = byte ^ 0xff;
    }
    return { address, bytes: changed };
  });
}

describe('an image', () => {
  it('that is there is found equal, every byte of it', async () => {
    const { rig, work } = compare({ contents: ranges });
    expect(await work).toMatchObject({ compared: 8_003, differing: 0, differences: [] });
    expect(rig.device.flash.bytesProgrammed).toBe(0);
    expect((await work).elapsed).toBeGreaterThan(0);
  });

  it('that is not there differs nearly everywhere', async () => {
    const { work } = compare({});
    const { differing, differences } = await work;
    expect(differing).toBeGreaterThan(7_900);
    expect(differences[0]?.start).toBe(FLASH);
    expect(differences.at(-1)?.end).toBe(FLASH + 20 * KB + 1 + 3_000);
  });

  it('that differs is told where: from the first to the last wrong byte of each block', async () => {
    const { work } = compare({
      contents: imageBut(FLASH + 5, FLASH + 9, FLASH + 5_002, FLASH + 20 * KB + 1),
    });
    expect(await work).toMatchObject({
      differing: 4,
      differences: [
        { start: FLASH + 5, end: FLASH + 10 },
        { start: FLASH + 5_002, end: FLASH + 5_003 },
        { start: FLASH + 20 * KB + 1, end: FLASH + 20 * KB + 2 },
      ],
    });
  });

  it('is not concerned by what lies beside it', async () => {
    const { work } = compare({ contents: [...ranges, { address: FLASH + 5_003, bytes: noise(9, 100) }] });
    expect(await work).toMatchObject({ differing: 0 });
  });

  it('is compared once, though a block had to be read again', async () => {
    const { rig, work } = compare({
      contents: imageBut(FLASH + 5),
      faults: [{ kind: 'stall', at: { command: 'read', address: FLASH + 4 * KB } }],
    });
    expect(await work).toMatchObject({ differing: 1, differences: [{ start: FLASH + 5, end: FLASH + 6 }] });
    expect(rig.events.filter(({ type }) => type === 'retry')).toHaveLength(1);
  });

  it('read wrongly once is different: reading is believed', async () => {
    const { work } = compare({
      contents: ranges,
      faults: [
        { kind: 'corrupt-read', at: { command: 'read', address: FLASH, skip: 1 }, offset: 3, mask: 1 },
      ],
    });
    expect(await work).toMatchObject({ differing: 1, differences: [{ start: FLASH + 3, end: FLASH + 4 }] });
  });
});

describe('a comparison', () => {
  it.each<[string, Omit<VirtualDeviceOptions, 'clock'> & { device?: string }, object]>([
    ['with a locked device', { protection: 1 }, { code: 'read-protected' }],
    [
      'with a device that is unplugged',
      { faults: [{ kind: 'disconnect', at: { command: 'read', address: FLASH + 4 * KB }, when: 'before' }] },
      { code: 'disconnected' },
    ],
  ])('%s fails by name, and says that nothing was changed', async (_what, options, expected) => {
    expect(await rejection(compare(options).work)).toMatchObject({ ...expected, condition: 'untouched' });
  });

  it('with a device that has no such flash is refused', async () => {
    const rig = new Rig('g0b1');
    const { clock, listener } = rig;
    const outside = FirmwareImage.from([{ address: FLASH + 127 * KB, bytes: noise(1, 2 * KB) }]);
    const work = rig.connected((connected) => compareImage(connected, outside, { clock, listener }));
    expect(await rejection(work)).toMatchObject({ code: 'plan-refused', condition: 'untouched' });
  });

  it('that the person cancels ends', async () => {
    expect(await rejection(compare({}, AbortSignal.abort()).work)).toMatchObject({
      code: 'cancelled',
      condition: 'untouched',
    });
  });
});
