import { describe, expect, it } from 'vitest';
import { FirmwareImage } from '../firmware/image.ts';
import { expectFlash, flashAfter } from '../../test/rig/flash-proof.ts';
import { noise } from '../../test/rig/noise.ts';
import { Rig } from '../../test/rig/rig.ts';
import { DEFAULT_POLICY } from '../flash/plan.ts';
import type { FlashTarget } from '../flash/target.ts';
import {
  bank,
  chip,
  FLASH_START,
  KB,
  MB,
  MODERN_LOADER,
  MODERN_USB,
  region,
  sectors,
} from '../virtual/catalogue/parts.ts';
import type { DeviceDefinition } from '../virtual/definition.ts';
import { U5_TIMING } from '../virtual/timing.ts';
import type { VirtualDeviceOptions } from '../virtual/virtual-device.ts';

/** Its first loader shows pages of 2 KB where there are sectors of 8 KB, and wrong addresses of everything else (AN2606). */
const h7a3: DeviceDefinition = {
  name: 'h7a3-v-0x90',
  description: 'STM32H7A3 with its first loader',
  deviceId: 0x480,
  usb: {
    ...MODERN_USB,
    serial: 'FFFFFFFEFFFF',
    alternates: [
      '@Internal Flash  /0x08000000/256*02Kg',
      '@Option Bytes /0x1FF8000/01*128 e',
      '@OTP Memory /0x1FF7000/01*1024 e',
    ],
  },
  chip: chip(0x480, {
    banks: [bank(FLASH_START, sectors(128, 8)), bank(FLASH_START + MB, sectors(128, 8))],
    alignment: 16,
    addressableFlash: 2 * MB,
    regions: [region('option-bytes', 0x5200201c, 0x134)],
    bootloaderId: 0x90,
  }),
  loader: MODERN_LOADER,
  timing: U5_TIMING,
};

function targetOf(
  device: string | DeviceDefinition,
  options: Partial<VirtualDeviceOptions> = {},
  allowOthers = false,
): Promise<FlashTarget> {
  return new Rig(device, options, { allowOthers }).connected(({ target }) => Promise.resolve(target));
}

/** `128 × 8192` runs of equal sectors that follow each other. */
function runs({ sectors: all }: FlashTarget): string[] {
  const found: { size: number; count: number; end: number }[] = [];
  for (const { address, size } of all) {
    const last = found.at(-1);
    if (last?.size === size && last.end === address) {
      last.count += 1;
      last.end += size;
    } else found.push({ size, count: 1, end: address + size });
  }
  return found.map(({ size, count }) => `${count} × ${size / KB} KB`);
}

describe('the sectors', () => {
  it.each([
    ['f405', ['4 × 16 KB', '1 × 64 KB', '7 × 128 KB']],
    ['h743-v-0x92', ['16 × 128 KB']],
    ['g0b1', ['64 × 2 KB']],
    ['c5', ['64 × 8 KB']],
  ])('of %s are those of its layout string', async (name, expected) => {
    const target = await targetOf(name);
    expect(runs(target)).toEqual(expected);
    expect(target.sectors.map(({ index }) => index)).toEqual([...target.sectors.keys()]);
    expect(target.sectors.every(({ readable, erasable, writable }) => readable && erasable && writable)).toBe(
      true,
    );
  });

  it('are those of the family where the layout string is known to be wrong', async () => {
    const target = await targetOf(h7a3);
    expect(runs(target)).toEqual(['256 × 8 KB']);
    expect(target.sectors.map(({ index }) => index)).toEqual([...target.sectors.keys()]);
    expect(target.sectors.every(({ readable, erasable, writable }) => readable && erasable && writable)).toBe(
      true,
    );
  });

  it('are those of the family’s part of this size', async () => {
    const half = {
      ...h7a3,
      chip: {
        ...h7a3.chip,
        banks: [bank(FLASH_START, sectors(64, 8)), bank(FLASH_START + 512 * KB, sectors(64, 8))],
      },
    };
    expect(runs(await targetOf(half))).toEqual(['128 × 8 KB']);
  });

  it('are erased and written as they are: nothing beside the image is lost to a wrong layout string', async () => {
    const contents = [{ address: FLASH_START, bytes: noise(1, 40 * KB) }];
    const rig = new Rig(h7a3, { contents });
    const image = FirmwareImage.from([{ address: FLASH_START + 8 * KB, bytes: noise(2, 2 * KB) }]);
    const before = rig.device.flash.snapshot();
    await rig.flash(image);
    expectFlash(rig.device.flash, flashAfter(before, rig.device.flash, image, DEFAULT_POLICY));
    expect(rig.device.flash.faults).toEqual([]);
  });
});

describe('the facts', () => {
  it('are those of the device', async () => {
    const target = await targetOf('h750');
    expect(target).toMatchObject({
      flashSize: 128 * KB,
      vendorId: 0x0483,
      productId: 0xdf11,
      transferSize: 1024,
      readProtected: false,
      family: { deviceId: 0x450 },
    });
    expect(target.quirks.map(({ name }) => name)).toContain('h7-never-mass-erase');
  });

  it('leave out what is not known', async () => {
    const target = await targetOf('gd32vf103', {}, true);
    expect(target).not.toHaveProperty('family');
    expect(target).not.toHaveProperty('flashSize');
    expect(target.quirks).toEqual([]);
  });

  it('say that a device is locked', async () => {
    expect(await targetOf('f405', { protection: 1 })).toMatchObject({ readProtected: true });
  });
});
