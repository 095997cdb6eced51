import { describe, expect, test } from 'vitest';
import { hex, rangeLength } from '../../shared/address.ts';
import { StepwiseError, type RefusalReason } from '../../shared/failure.ts';
import { FirmwareImage } from '../firmware/image.ts';
import { familyById } from '../stm32/families.ts';
import type { SectorMap } from '../stm32/family.ts';
import { quirksOf } from '../stm32/quirks.ts';
import {
  checkErasable,
  DEFAULT_POLICY,
  makePlan,
  sectorMapName,
  type FlashPolicy,
  type Plan,
} from './plan.ts';
import type { FlashSector, FlashTarget } from './target.ts';

const KB = 1024;
const FLASH = 0x0800_0000;

function sectorsOf(map: SectorMap | undefined): FlashSector[] {
  const sectors: FlashSector[] = [];
  for (const bank of map?.banks ?? []) {
    let address = bank.start;
    for (const { count, size } of bank.runs) {
      for (let i = 0; i < count; i++, address += size) {
        sectors.push({
          index: sectors.length,
          address,
          size,
          readable: true,
          erasable: true,
          writable: true,
        });
      }
    }
  }
  return sectors;
}

function target(
  deviceId: number,
  changes: Partial<FlashTarget> & { map?: number; bootloaderId?: number } = {},
): FlashTarget {
  const { map = 0, bootloaderId, ...rest } = changes;
  const family = familyById(deviceId);
  if (!family) throw new Error(`no family ${deviceId.toString(16)}`);
  return {
    sectors: sectorsOf(family.sectorMaps[map]),
    family,
    quirks: quirksOf({ deviceId, ...(bootloaderId !== undefined && { bootloaderId }) }),
    readProtected: false,
    vendorId: 0x0483,
    productId: 0xdf11,
    transferSize: family.transferSize,
    ...rest,
  };
}

const image = (...ranges: [address: number, length: number][]) =>
  FirmwareImage.from(
    ranges.map(([address, length]) => ({ address, bytes: new Uint8Array(length).fill(0x5a) })),
  );

/** A plan as a few lines a person can check. */
function described(plan: Plan): string {
  const ms = (value: number) => `${Math.round(value)} ms`;
  return [
    `${plan.bytes} bytes, unit ${plan.alignment}, erased 0x${plan.erasedValue.toString(16)}`,
    ...plan.steps.map(({ sector, bytes, outside, expected }) => {
      const beside = outside.reduce((sum, range) => sum + rangeLength(range), 0);
      return `${sector.index} ${hex(sector.address)} ${sector.size / KB} KB: ${bytes} bytes, ${beside} beside; erase ${ms(expected.erase)}, write ${ms(expected.write)}, read ${ms(expected.verify)}`;
    }),
    `handled: ${plan.handled.map((quirk) => quirk.name).join(', ') || 'nothing'}`,
    `lost: ${plan.lost.map((range) => `${hex(range.start)}+${rangeLength(range)}`).join(', ') || 'nothing'}`,
  ].join('\n');
}

const H74X = 0x450;
const F405 = 0x413;
const F42X = 0x419;
const F76X = 0x451;
const L07X = 0x447;
const G0B1 = 0x467;

describe('plans', () => {
  const images = {
    'a real image that ends inside a sector': image([FLASH, 130_180]),
    'two ranges far apart': image([FLASH + 0x200, 5_000], [FLASH + 96 * KB, 33]),
    'a range over a bank or sector boundary': image([FLASH + 126 * KB, 4 * KB]),
  };
  const targets = {
    'H743 0x92': target(H74X, { bootloaderId: 0x92 }),
    'H743 0x90': target(H74X, { bootloaderId: 0x90 }),
    F405: target(F405),
    'F76x single bank': target(F76X),
    G0B1: target(G0B1, { sectors: sectorsOf(familyById(G0B1)?.sectorMaps[0]).slice(0, 66) }),
  };
  for (const [imageName, each] of Object.entries(images)) {
    for (const [targetName, device] of Object.entries(targets)) {
      test(`${imageName} on ${targetName}`, () => {
        expect(described(makePlan(each, device))).toMatchSnapshot();
      });
    }
  }

  test('name the defects they run into: bank 2 of an H743 with 0x90, and not bank 1', () => {
    const device = target(H74X, { bootloaderId: 0x90 });
    expect(makePlan(image([FLASH, 4]), device).handled).toEqual([]);
    expect(makePlan(image([FLASH + 1024 * KB, 4]), device).handled.map((quirk) => quirk.effect.kind)).toEqual(
      ['erase-never-reports-end'],
    );
  });

  test('say what is lost where nothing is preserved', () => {
    const plan = makePlan(image([FLASH, 100]), target(F405), { outside: 'discard', vectorTableLast: false });
    expect(plan.lost).toEqual([{ start: FLASH + 100, end: FLASH + 16 * KB }]);
  });

  test('use the largest programming unit for a chip that is not known', () => {
    const { sectors, quirks, readProtected, vendorId, productId, transferSize } = target(F405);
    const unknown = { sectors, quirks, readProtected, vendorId, productId, transferSize };
    const plan = makePlan(image([FLASH, 4]), unknown);
    expect([plan.alignment, plan.erasedValue]).toEqual([32, 0xff]);
  });

  test('know that an erased L0 reads as zeros', () => {
    expect(makePlan(image([FLASH, 128]), target(L07X)).erasedValue).toBe(0x00);
  });
});

describe('refusals, each before anything is touched', () => {
  const device = target(F405);
  const withHole = { ...device, sectors: device.sectors.filter(({ index }) => index !== 5) };
  const changed = (change: Partial<FlashSector>) => ({
    ...device,
    sectors: device.sectors.map((sector) => (sector.index === 1 ? { ...sector, ...change } : sector)),
  });
  const policy = (change: Partial<FlashPolicy>) => ({ ...DEFAULT_POLICY, ...change });

  const cases: [what: string, reason: RefusalReason, plan: () => Plan][] = [
    ['an image without data', 'empty-image', () => makePlan(image(), device)],
    ['data before flash', 'outside-layout', () => makePlan(image([FLASH - 4, 8]), device)],
    ['data behind flash', 'outside-layout', () => makePlan(image([FLASH + 1023 * KB, 2 * KB]), device)],
    ['data in RAM', 'outside-layout', () => makePlan(image([0x2000_0000, 8]), device)],
    ['data across a hole', 'across-hole', () => makePlan(image([FLASH, 1000 * KB]), withHole)],
    ['data that starts in a hole', 'outside-layout', () => makePlan(image([FLASH + 130 * KB, 8]), withHole)],
    [
      'a sector that cannot be erased',
      'not-erasable',
      () => makePlan(image([FLASH, 20 * KB]), changed({ erasable: false })),
    ],
    [
      'a sector that cannot be written',
      'not-writable',
      () => makePlan(image([FLASH, 20 * KB]), changed({ writable: false })),
    ],
    [
      'a sector that cannot be read back',
      'not-writable',
      () => makePlan(image([FLASH, 20 * KB]), changed({ readable: false })),
    ],
    [
      'more than the size register says',
      'beyond-flash-size',
      () => makePlan(image([FLASH, 513 * KB]), { ...device, flashSize: 512 * KB }),
    ],
    [
      'more than the maker says',
      'beyond-flash-size',
      () => makePlan(image([FLASH, 257 * KB]), device, policy({ flashSize: 256 * KB })),
    ],
    [
      'a place the product keeps to itself',
      'protected-range',
      () =>
        makePlan(
          image([FLASH, 8]),
          device,
          policy({ allowed: [{ start: FLASH + 32 * KB, end: FLASH + 64 * KB }] }),
        ),
    ],
    [
      'a start the product does not allow',
      'misaligned',
      () => makePlan(image([FLASH + 4, 8]), device, policy({ startAlignment: 512 })),
    ],
    ['option bytes', 'not-internal-flash', () => makePlan(image([0x1fff_c000, 8]), device)],
    [
      'a file for another vendor',
      'wrong-target',
      () => makePlan(FirmwareImage.from(image([FLASH, 8]).ranges, { vendorId: 0x1234 }), device),
    ],
    [
      'a file for another product',
      'wrong-target',
      () => makePlan(FirmwareImage.from(image([FLASH, 8]).ranges, { productId: 1 }), device),
    ],
    [
      'a file with data for option bytes besides',
      'not-internal-flash',
      () =>
        makePlan(
          FirmwareImage.from(image([FLASH, 8]).ranges, {}, [
            { alternate: 1, name: 'Option Bytes', ranges: [] },
          ]),
          device,
        ),
    ],
  ];
  test.each(cases)('%s', (_what, reason, plan) => {
    expect(plan).toThrow(expect.objectContaining({ code: 'plan-refused', phase: 'plan' }));
    expect(factsOf(plan)).toMatchObject({ reason });
  });

  test('a read-protected device', () => {
    expect(() => makePlan(image([FLASH, 8]), { ...device, readProtected: true })).toThrow(
      expect.objectContaining({ code: 'read-protected' }),
    );
  });

  test('bank 2 of an F76x in dual bank mode, whose loader erases the sector four further on', () => {
    const dual =
      familyById(F76X)?.sectorMaps.findIndex(
        (map) => map.banks.length === 2 && map.flashSize === 2048 * KB,
      ) ?? -1;
    const f76x = target(F76X, { map: dual, bootloaderId: 0x93 });
    expect(sectorMapName(f76x)).toMatch(/dual/);
    expect(factsOf(() => makePlan(image([FLASH + 1024 * KB, 8]), f76x))).toMatchObject({
      reason: 'known-defect',
    });
    expect(makePlan(image([FLASH, 8]), f76x).steps).toHaveLength(1);
  });

  test('bank 2 of an F42x of 1 MB in dual bank mode, which its loader cannot erase', () => {
    const dual =
      familyById(F42X)?.sectorMaps.findIndex(
        (map) => map.banks.length === 2 && map.flashSize === 1024 * KB,
      ) ?? -1;
    const f42x = target(F42X, { map: dual });
    expect(factsOf(() => makePlan(image([FLASH + 512 * KB, 8]), f42x))).toMatchObject({
      reason: 'known-defect',
    });
  });

  test('sectors of an erase that the chip does not have, whatever its layout string says', () => {
    const h750 = target(H74X, { flashSize: 128 * KB });
    expect(() => checkErasable(h750.sectors.slice(0, 1), h750)).not.toThrow();
    expect(factsOf(() => checkErasable(h750.sectors.slice(1, 2), h750))).toMatchObject({
      reason: 'beyond-flash-size',
    });
  });

  test('sectors of an erase that cannot be erased', () => {
    expect(() => checkErasable(changed({ erasable: false }).sectors, device)).toThrow(
      expect.objectContaining({ code: 'plan-refused' }),
    );
    expect(() => checkErasable(device.sectors, { ...device, readProtected: true })).toThrow(
      expect.objectContaining({ code: 'read-protected' }),
    );
  });
});

test('a small dual-bank part with a hole between its banks may be written in both', () => {
  const family = familyById(0x469);
  const map =
    family?.sectorMaps.findIndex((each) => each.banks.length === 2 && each.flashSize === 256 * KB) ?? -1;
  const device = target(0x469, { map, flashSize: 256 * KB });
  const secondBank = family?.sectorMaps[map]?.banks[1]?.start ?? 0;
  expect(secondBank).toBeGreaterThan(FLASH + 128 * KB);
  expect(makePlan(image([FLASH, 8], [secondBank, 8]), device).steps).toHaveLength(2);
});

function factsOf(plan: () => unknown): unknown {
  try {
    plan();
  } catch (error) {
    return error instanceof StepwiseError ? error.facts : error;
  }
  return 'nothing was refused';
}
