/** From identification to proof, on every virtual device there is: whatever the image and whatever was in flash before. */
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { FirmwareImage, type ImageRange } from '../../src-main/firmware/image.ts';
import { DEFAULT_POLICY, type FlashPolicy } from '../../src-main/flash/plan.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import type { DeviceDefinition } from '../../src-main/virtual/definition.ts';
import { demoFirmware } from '../../src-main/virtual/demo-firmware.ts';
import type { Sector } from '../../src-main/virtual/nor-flash.ts';
import { flashCommands } from '../rig/commands.ts';
import { expectFlash, flashAfter, plannedSectors } from '../rig/flash-proof.ts';
import { noise } from '../rig/noise.ts';
import { Rig } from '../rig/rig.ts';

const ST = 0x0483;
const devices = [...virtualDevices.values()];
const roms = devices.filter((device) => device.usb.vendorId === ST);
const clones = devices.filter((device) => device.usb.vendorId !== ST);

/** Where this chip can be erased; a loader that erases the wrong sector or none is not asked to. */
function usableSectors(definition: DeviceDefinition): readonly Sector[] {
  const { sectors } = new Rig(definition).device.flash;
  const spoilt = definition.loader.eraseDefects.filter(
    ({ kind }) => kind === 'hits-other-sector' || kind === 'not-functional',
  );
  return sectors.filter(
    ({ start }) => !spoilt.some(({ range }) => start >= range.start && start < range.end),
  );
}

/** Flashes, and proves it from the device's side; then once more, which must change nothing. */
async function flashAndProve(rig: Rig, image: FirmwareImage, policy: FlashPolicy): Promise<void> {
  const { device } = rig;
  const before = device.flash.snapshot();
  const expected = flashAfter(before, device.flash, image, policy);
  const outcome = await rig.flash(image, policy);
  expectFlash(device.flash, expected);
  expect(device.flash.faults).toEqual([]);
  expect(outcome).toMatchObject({ proven: image.size, recoveries: 0 });
  const planned = plannedSectors(device.flash, image).map(({ index }) => index);
  expect(outcome.unchanged + outcome.rewritten).toBe(planned.length);
  const erased = [...device.flash.eraseCounts.keys()].filter((index) => device.flash.eraseCounts[index]);
  expect(erased.length).toBe(outcome.rewritten);
  expect(planned).toEqual(expect.arrayContaining(erased));
  if (policy.vectorTableLast) expectVectorTableLast(rig, image);

  const { bytesProgrammed } = device.flash;
  expect(await rig.flash(image, policy)).toMatchObject({ rewritten: 0, recoveries: 0 });
  expect(device.flash.bytesProgrammed).toBe(bytesProgrammed);
  expect([...device.flash.eraseCounts.keys()].filter((index) => device.flash.eraseCounts[index])).toEqual(
    erased,
  );
  expectFlash(device.flash, expected);
}

/** Its sector is erased before anything is written, and written when all else is. */
function expectVectorTableLast({ device }: Rig, image: FirmwareImage): void {
  const [first] = plannedSectors(device.flash, image);
  const commands = flashCommands(device.log).map(({ command, address }) => ({
    command,
    sector: device.flash.sectorAt(address)?.index,
  }));
  if (commands.length === 0) return;
  expect(commands[0]).toEqual({ command: 'erase', sector: first?.index });
  const writes = commands.filter(({ command }) => command === 'write').map(({ sector }) => sector);
  const fromFirst = writes.indexOf(first?.index);
  if (fromFirst >= 0) expect(new Set(writes.slice(fromFirst))).toEqual(new Set([first?.index]));
}

// -- images of all kinds -----------------------------------------------------------------------------------------------

/** A piece of an image: it begins `offset` into a sector, and may reach into the next. */
interface Piece {
  readonly sector: number;
  readonly offset: number;
  readonly length: number;
  readonly seed: number;
  /** Part of the piece that holds nothing but erased bytes. */
  readonly erased: readonly [from: number, length: number];
}

const LONGEST_PIECE = 6000;

const piece: fc.Arbitrary<Piece> = fc.record({
  sector: fc.nat(),
  offset: fc.oneof(fc.constant(0), fc.nat(300), fc.nat()),
  length: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: LONGEST_PIECE })),
  seed: fc.nat(),
  erased: fc.tuple(fc.nat(LONGEST_PIECE), fc.constantFrom(0, 64, 3000)),
});

const journey = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 4 }),
  policy: fc.record({ outside: fc.constantFrom('preserve', 'discard'), vectorTableLast: fc.boolean() }),
  before: fc.constantFrom('blank', 'random', 'the image', 'the image but for one byte'),
});

function imageOf(pieces: readonly Piece[], usable: readonly Sector[], erasedValue: number): FirmwareImage {
  const end = Math.max(...usable.map(({ start, size }) => start + size));
  const ranges: ImageRange[] = [];
  for (const each of pieces) {
    const sector = usable[each.sector % usable.length];
    if (!sector) continue;
    const address = sector.start + (each.offset % sector.size);
    const bytes = noise(each.seed, Math.min(each.length, end - address));
    bytes.fill(erasedValue, each.erased[0], each.erased[0] + each.erased[1]);
    const overlaps = ranges.some(
      (other) => address < other.address + other.bytes.length && other.address < address + bytes.length,
    );
    if (!overlaps) ranges.push({ address, bytes });
  }
  return FirmwareImage.from(ranges);
}

function contentsBefore(
  before: string,
  image: FirmwareImage,
  start: number,
  size: number,
): readonly ImageRange[] {
  const random = { address: start, bytes: noise(7, size) };
  const [first] = image.ranges;
  switch (before) {
    case 'random':
      return [random];
    case 'the image':
      return [random, ...image.ranges];
    case 'the image but for one byte':
      return first
        ? [
            random,
            ...image.ranges,
            { address: first.address, bytes: first.bytes.slice(0, 1).map((byte) => ~byte) },
          ]
        : [];
    default:
      return [];
  }
}

const RUNS = 8;

// -- every device ------------------------------------------------------------------------------------------------------

const byName = (list: readonly DeviceDefinition[]) =>
  list.map((definition) => [definition.name, definition] as const);

describe.each(byName(roms))('%s', (_name, definition) => {
  const usable = usableSectors(definition);

  test('any image over any contents ends byte for byte as planned, and a second run changes nothing', async () => {
    const { start, size } = new Rig(definition).device.flash;
    await fc.assert(
      fc.asyncProperty(journey, async ({ pieces, policy, before }) => {
        const image = imageOf(pieces, usable, definition.chip.erasedValue);
        const rig = new Rig(definition, { log: true, contents: contentsBefore(before, image, start, size) });
        await flashAndProve(rig, image, policy);
      }),
      { numRuns: RUNS, seed: 20_260_101 },
    );
  });

  test('the sector with the vector table is erased first and written last, though its neighbours are rewritten too', async () => {
    const image = FirmwareImage.from(
      usable.slice(0, 3).map(({ start, index }) => ({ address: start, bytes: noise(index, 100) })),
    );
    const rig = new Rig(definition, { log: true });
    await flashAndProve(rig, image, { outside: 'discard', vectorTableLast: true });
  });
});

// -- real firmware -----------------------------------------------------------------------------------------------------

const FIRMWARE = new URL('../../../shared/firmware/', import.meta.url);
const VERSIONS = ['10ms', '2000ms'].map(
  (variant) => new URL(`stm32h750-daisy-bootloader-v6.4-intdfu-${variant}.bin`, FIRMWARE),
);

describe.skipIf(!VERSIONS.every((file) => existsSync(file)))('a real firmware and its next version', () => {
  test.each(byName(roms))('on %s', async (_name, definition) => {
    const [older, newer] = VERSIONS.map((file) =>
      FirmwareImage.from([{ address: definition.chip.banks[0]?.start ?? 0, bytes: readFileSync(file) }]),
    );
    if (!older || !newer) throw new Error('two versions are needed');
    const rig = new Rig(definition);
    await rig.flash(older);
    const expected = flashAfter(rig.device.flash.snapshot(), rig.device.flash, newer, DEFAULT_POLICY);
    expect(await rig.flash(newer)).toMatchObject({ proven: newer.size, recoveries: 0 });
    expectFlash(rig.device.flash, expected);
    expect(rig.device.flash.faults).toEqual([]);
  });
});

test('firmware in both banks of an H743, and its next version', async () => {
  const rig = new Rig('h743-v-0x90');
  await rig.flash(demoFirmware(1));
  const expected = flashAfter(rig.device.flash.snapshot(), rig.device.flash, demoFirmware(2), DEFAULT_POLICY);
  // Version 2 changes nothing in the second of the three sectors.
  expect(await rig.flash(demoFirmware(2))).toMatchObject({ unchanged: 1, rewritten: 2 });
  expectFlash(rig.device.flash, expected);
});

// -- what must be refused ----------------------------------------------------------------------------------------------

const small = FirmwareImage.from([{ address: 0x0800_0000, bytes: noise(1, 5000) }]);

async function refusal(rig: Rig, image: FirmwareImage): Promise<StepwiseError> {
  const before = rig.device.flash.snapshot();
  const failure = await rig.tryFlash(image);
  if (!(failure instanceof StepwiseError)) throw new Error('it was flashed');
  expectFlash(rig.device.flash, before);
  expect(rig.device.flash.eraseCounts.every((count) => count === 0)).toBe(true);
  expect(rig.device.flash.bytesProgrammed).toBe(0);
  return failure;
}

describe.each(byName(clones))('%s, which is no ST ROM,', (_name, definition) => {
  test('is refused', async () => {
    expect(await refusal(new Rig(definition), small)).toMatchObject({ code: 'not-st-rom' });
  });

  test.each(['blank', 'random'])(
    'is flashed rightly or not at all where others are allowed, from %s flash',
    async (before) => {
      const { start, size } = new Rig(definition).device.flash;
      const contents = contentsBefore(before, small, start, size);
      const rig = new Rig(definition, { contents }, { allowOthers: true });
      const expected = flashAfter(rig.device.flash.snapshot(), rig.device.flash, small, DEFAULT_POLICY);
      const end = await rig.tryFlash(small);
      if (end instanceof StepwiseError) expect(end).toMatchObject({ condition: 'incomplete' });
      else expectFlash(rig.device.flash, expected);
    },
  );
});

test('an F767 in two banks is not asked to erase in the second one, where it hits another sector', async () => {
  const image = FirmwareImage.from([{ address: 0x0810_0000, bytes: noise(2, 100) }]);
  const failure = await refusal(new Rig('f767-dual-bank'), image);
  expect(failure).toMatchObject({ code: 'plan-refused', facts: { reason: 'known-defect' } });
});

/** That it is organised in two banks cannot be seen in its layout string. */
test('an F427 of 1 MB in two banks, whose second one does not erase, fails where it is not blank', async () => {
  const image = FirmwareImage.from([{ address: 0x0808_0000, bytes: noise(2, 100) }]);
  const rig = new Rig('f427-db1m', { contents: [{ address: 0x0808_0000, bytes: noise(3, 1000) }] });
  expect(await rig.tryFlash(image)).toMatchObject({ code: 'erase-failed', condition: 'incomplete' });
});

test('an image that is larger than the flash that is really there is refused, whatever the layout string says', async () => {
  const image = FirmwareImage.from([{ address: 0x0801_fff0, bytes: noise(3, 32) }]);
  const failure = await refusal(new Rig('h750'), image);
  expect(failure).toMatchObject({ code: 'plan-refused', facts: { reason: 'beyond-flash-size' } });
});
