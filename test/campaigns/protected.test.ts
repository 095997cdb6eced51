/** Locked chips and locked sectors: some loaders refuse, some say nothing, and none of it may look like success. */
import { describe, expect, test } from 'vitest';
import { FirmwareImage } from '../../src-main/firmware/image.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { noise } from '../rig/noise.ts';
import { Rig } from '../rig/rig.ts';

const roms = [...virtualDevices.values()].filter(({ usb }) => usb.vendorId === 0x0483);
const image = FirmwareImage.from([{ address: 0x0800_0000, bytes: noise(1, 1000) }]);

describe.each(roms.map((definition) => [definition.name, definition] as const))('%s', (_name, definition) => {
  test('with read protection is refused before anything is done', async () => {
    const rig = new Rig(definition, {
      protection: 1,
      contents: [{ address: 0x0800_0000, bytes: noise(2, 2000) }],
    });
    const before = rig.device.flash.snapshot();
    expect(await rig.tryFlash(image)).toMatchObject({ code: 'read-protected', condition: 'untouched' });
    expectFlash(rig.device.flash, before);
    expect(rig.device.flash.bytesProgrammed).toBe(0);
    expect(rig.device.protection).toBe(1);
  });

  test('with a write-protected sector fails there, and not before', async () => {
    const rig = new Rig(definition, {
      writeProtected: [0],
      contents: [{ address: 0x0800_0000, bytes: noise(2, 2000) }],
    });
    const before = rig.device.flash.snapshot();
    expect(await rig.tryFlash(image)).toMatchObject({
      code: 'erase-failed',
      condition: 'incomplete',
      facts: { address: 0x0800_0000, firstNotErased: 0x0800_0000, tries: 3 },
    });
    const { size } = rig.device.flash.sectors[0] ?? { size: 0 };
    expect(Buffer.compare(rig.device.flash.snapshot().subarray(0, size), before.subarray(0, size))).toBe(0);
  });
});
