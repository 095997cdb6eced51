import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inspectVectorTable } from '../firmware/vector-table.ts';
import type { DemoVersion } from './demo-firmware.ts';
import { demoFirmware } from './demo-firmware.ts';

const SECTOR_SIZE = 0x2_0000;
const H743_RAM = [
  { start: 0x2000_0000, end: 0x2002_0000 },
  { start: 0x2400_0000, end: 0x2408_0000 },
];

/** Start addresses of the sectors that hold something, and whether both versions hold the same there. */
function comparedSectors(): { readonly address: number; readonly equal: boolean }[] {
  const [one, two] = [demoFirmware(1), demoFirmware(2)];
  return [0x0800_0000, 0x0802_0000, 0x0810_0000].map((address) => {
    const [a, b] = [one, two].map((image) => image.within(address, address + SECTOR_SIZE)[0]?.bytes);
    return { address, equal: Buffer.from(a ?? []).equals(Buffer.from(b ?? [])) };
  });
}

describe.each([1, 2] as const)('demo firmware version %i', (version: DemoVersion) => {
  const image = demoFirmware(version);

  it('is the same every time', () => {
    const again = demoFirmware(version);
    expect(
      image.ranges.every(
        (range, i) => Buffer.compare(range.bytes, again.ranges[i]?.bytes ?? new Uint8Array()) === 0,
      ),
    ).toBe(true);
  });

  it('has a range in each bank, of about 150 and 90 KB', () => {
    expect(image.ranges.map((range) => [range.address, Math.round(range.bytes.length / 1024)])).toEqual([
      [0x0800_0000, 150],
      [0x0810_0000, 90],
    ]);
  });

  it('has a vector table that an H743 would start', () => {
    expect(inspectVectorTable(image, { flashStart: 0x0800_0000, ram: H743_RAM })).toEqual([]);
  });

  it('carries its version as text', () => {
    const [bank1] = image.ranges;
    expect(image.target.name).toBe(`Stepwise demo firmware ${version}.0.0`);
    expect(Buffer.from(bank1?.bytes ?? []).includes(`${image.target.name ?? ''}\0`)).toBe(true);
  });

  it('is neither noise nor constant: it can be compressed as code can', () => {
    for (const { bytes } of image.ranges) {
      const ratio = deflateSync(bytes).length / bytes.length;
      expect(ratio).toBeGreaterThan(0.3);
      expect(ratio).toBeLessThan(0.9);
    }
  });

  it('has erased gaps in each bank', () => {
    for (const { bytes } of image.ranges) {
      expect(Buffer.from(bytes).includes(Buffer.alloc(4096, 0xff))).toBe(true);
    }
  });
});

it('version 2 changes sectors of both banks and leaves one as it is', () => {
  expect(comparedSectors()).toEqual([
    { address: 0x0800_0000, equal: false },
    { address: 0x0802_0000, equal: true },
    { address: 0x0810_0000, equal: false },
  ]);
});
