/** Comparing, reading, erasing, unlocking, starting and getting at a device, on every ROM; each checked from its inside. */
import { describe, expect, test } from 'vitest';
import { enterBootloader } from '../../src-main/devices/enter-bootloader.ts';
import { FirmwareImage, type ImageRange } from '../../src-main/firmware/image.ts';
import { compareImage } from '../../src-main/update/compare-job.ts';
import { eraseSectors, sectorsIn } from '../../src-main/update/erase-job.ts';
import { leaveBootloader } from '../../src-main/update/leave-job.ts';
import { readMemory, wholeFlash } from '../../src-main/update/read-job.ts';
import { ERASE_EVERYTHING, unprotect } from '../../src-main/update/unprotect-job.ts';
import { demoApplication } from '../../src-main/virtual/catalogue/application.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import { expectBytes, expectFlash } from '../rig/flash-proof.ts';
import { noise } from '../rig/noise.ts';
import { Rig } from '../rig/rig.ts';

const FLASH = 0x0800_0000;
const READ_UNPROTECT = 0x92;
const SIZE = 20_000;
const contents = [{ address: FLASH, bytes: noise(1, SIZE) }];
const roms = [...virtualDevices.values()].filter(({ usb }) => usb.vendorId === 0x0483);

/** A stack in RAM, and a reset handler in flash. */
const startable = {
  address: FLASH,
  bytes: new Uint8Array(Uint32Array.of(0x2000_1000, FLASH + 0x201).buffer),
};

test.each(['h750', 'l072', 'f411'])(
  'reading all of %s gives what the chip has, and no more',
  async (name) => {
    const rig = new Rig(name, { contents });
    const read = await rig.connected((connected) => {
      const flash = wholeFlash(connected);
      if (!flash) throw new Error('there is no flash');
      return readMemory(connected, flash, jobOptions(rig));
    });
    expectRead(read, { address: FLASH, bytes: rig.device.flash.snapshot() });
  },
);

function expectRead({ ranges }: FirmwareImage, { address, bytes }: ImageRange): void {
  expect(ranges.map((range) => range.address)).toEqual([address]);
  expectBytes(ranges[0]?.bytes ?? new Uint8Array(), bytes, address);
}

function jobOptions({ clock, listener }: Rig) {
  return { clock, listener };
}

describe.each(roms.map((definition) => [definition.name, definition] as const))('%s', (_name, definition) => {
  const { loader } = definition;

  test('comparing names every byte that differs, and only those', async () => {
    const rig = new Rig(definition, { contents });
    const bytes = noise(1, SIZE).subarray(5, 15_000);
    const image = FirmwareImage.from([
      { address: FLASH + 5, bytes: bytes.map((byte, i) => (i === 0 || i === 9_000 ? ~byte : byte)) },
    ]);
    const result = await rig.connected((connected) => compareImage(connected, image, jobOptions(rig)));
    expect(result).toMatchObject({
      compared: image.size,
      differing: 2,
      differences: [
        { start: FLASH + 5, end: FLASH + 6 },
        { start: FLASH + 9_005, end: FLASH + 9_006 },
      ],
    });
    expect(rig.device.flash.eraseCounts.every((count) => count === 0)).toBe(true);
  });

  test('reading gives any part of flash as it is', async () => {
    const rig = new Rig(definition, { contents });
    const part = { start: FLASH + 7, end: FLASH + 70_001 };
    const read = await rig.connected((connected) => readMemory(connected, part, jobOptions(rig)));
    expectRead(read, { address: part.start, bytes: rig.device.flash.read(part.start, 69_994) });
  });

  test('erasing leaves the sectors it was told blank and all others alone', async () => {
    const rig = new Rig(definition, { contents });
    const { flash } = rig.device;
    const [first, second] = flash.sectors;
    const sector = second ?? first;
    if (!sector) throw new Error('there is no sector');
    const expected = flash.snapshot();
    expected.fill(flash.erasedValue, sector.start - flash.start, sector.start - flash.start + sector.size);
    await rig.connected((connected) =>
      eraseSectors(
        connected,
        sectorsIn(connected, { start: sector.start, end: sector.start + 1 }),
        jobOptions(rig),
      ),
    );
    expectFlash(rig.device.flash, expected);
    expect(flash.eraseCounts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test('a locked chip is unlocked on an explicit word only, and is blank and usable then; or it cannot be', async () => {
    const rig = new Rig(definition, { contents, protection: 1 });
    const before = rig.device.flash.snapshot();
    const unlock = (consent: string) =>
      rig.connected((connected) => unprotect(connected, consent, rig.bus, jobOptions(rig)));
    await expect(unlock('yes')).rejects.toMatchObject({ code: 'consent-missing' });
    expectFlash(rig.device.flash, before);
    if (!loader.commands.includes(READ_UNPROTECT)) {
      await expect(unlock(ERASE_EVERYTHING)).rejects.toMatchObject({ code: 'not-supported' });
      return;
    }
    await unlock(ERASE_EVERYTHING);
    expect(rig.device.protection).toBe(0);
    expectFlash(rig.device.flash, before.fill(rig.device.flash.erasedValue));
    await rig.flash(FirmwareImage.from(contents));
  });

  test('starting the application tells whether the loader left, and whether that can be relied on', async () => {
    const rig = new Rig(definition, { contents: [startable] });
    const departure = await rig.connected((connected) =>
      leaveBootloader(connected, rig.bus, jobOptions(rig)),
    );
    expect(departure.left).toBe(true);
    if (loader.afterLeave === 'starts-application') await rig.clock.sleep(1_000);
    else expect(departure.unreliable).toBe(true);
    expect(rig.device.running).toBe(loader.afterLeave === 'starts-application' ? 'application' : 'nothing');
  });

  test('an application is sent into the bootloader, and the update is the same from there', async () => {
    const rig = new Rig(definition, { contents: [startable], application: demoApplication, boot0: false });
    expect(rig.device.running).toBe('application');
    const device = await rig.inTime(enterBootloader(rig.bus, rig.clock, await rig.attached()));
    expect(rig.device.running).toBe('bootloader');
    await rig.flash(FirmwareImage.from(contents), undefined, { device });
    expectBytes(rig.device.flash.read(FLASH, SIZE), noise(1, SIZE), FLASH);
  });
});
