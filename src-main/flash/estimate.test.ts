import { describe, expect, test } from 'vitest';
import { familyById } from '../stm32/families.ts';
import { quirksOf } from '../stm32/quirks.ts';
import { typicalErase, typicalProgram, worstErase } from './chip-times.ts';
import { eraseTime, readTime, writeTime } from './estimate.ts';
import type { FlashTarget } from './target.ts';

const KB = 1024;
const f405 = familyById(0x413);
const target = (known: boolean): FlashTarget => ({
  sectors: [],
  ...(known && f405 && { family: f405 }),
  quirks: [],
  readProtected: false,
  vendorId: 0x0483,
  productId: 0xdf11,
  transferSize: 2048,
});
const sector = (size: number) => ({
  index: 0,
  address: 0,
  size,
  readable: true,
  erasable: true,
  writable: true,
});

describe('estimates', () => {
  test("take the family's typical and worst times of a sector", () => {
    const times = f405?.eraseTimes.find((time) => time.sectorSize === 128 * KB);
    expect(typicalErase(f405, 128 * KB)).toBe(times?.typical);
    expect(worstErase(f405, 128 * KB)).toBe(times?.worst);
  });

  test('scale from the nearest size the table has, and take the next larger for the worst', () => {
    const smallest = f405?.eraseTimes.find((time) => time.sectorSize === 16 * KB);
    expect(typicalErase(f405, 8 * KB)).toBe((smallest?.typical ?? Number.NaN) / 2);
    expect(worstErase(f405, 8 * KB)).toBe(smallest?.worst);
    expect(worstErase(f405, 1024 * KB)).toBeUndefined();
  });

  test('know nothing of a chip that is not known, and still give a figure for the bar', () => {
    expect(typicalErase(undefined, KB)).toBeUndefined();
    expect(typicalProgram(undefined, KB)).toBeUndefined();
    expect(eraseTime(target(false), sector(128 * KB))).toBe(1024);
    expect(writeTime(target(false), 64 * KB)).toBeGreaterThan(writeTime(target(false), 32 * KB));
  });

  test('count a partial block as one, and padding as bytes', () => {
    expect(readTime(target(true), 1)).toBeGreaterThanOrEqual(0.5);
    expect(writeTime(target(true), 1)).toBe(writeTime(target(true), 4));
    expect(writeTime(target(true), 5)).toBeGreaterThan(writeTime(target(true), 4));
  });
});

test('the cure of a known defect is part of what an erase takes', () => {
  const family = familyById(0x450);
  const h743 = (bootloaderId: number): FlashTarget => ({
    ...target(false),
    ...(family && { family }),
    quirks: quirksOf({ deviceId: 0x450, bootloaderId }),
  });
  const bank2 = { ...sector(128 * KB), address: 0x0810_0000 };
  const healthy = eraseTime(h743(0x92), bank2);
  expect(eraseTime(h743(0x90), bank2)).toBeGreaterThan(2_000);
  expect(eraseTime(h743(0x91), bank2)).toBeGreaterThan(4_000);
  expect(eraseTime(h743(0x90), { ...bank2, address: 0x0800_0000 })).toBe(healthy);
});
