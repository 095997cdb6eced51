/** What must be in flash after an update, by a reckoning that shares no code with the engine. */
import { hex } from '../../shared/address.ts';
import type { FirmwareImage } from '../../src-main/firmware/image.ts';
import type { FlashPolicy } from '../../src-main/flash/plan.ts';
import type { NorFlash, Sector } from '../../src-main/virtual/nor-flash.ts';

/** The sectors an image touches. */
export function plannedSectors(flash: NorFlash, image: FirmwareImage): readonly Sector[] {
  return flash.sectors.filter(({ start, size }) => image.within(start, start + size).length > 0);
}

/**
 * All of flash as it must be: the image; beside it in its sectors what was there before, or nothing under the policy
 * `discard`; and everywhere else what was there before.
 * @param before a snapshot of flash before the first try
 */
export function flashAfter(
  before: Uint8Array,
  flash: NorFlash,
  image: FirmwareImage,
  policy: FlashPolicy,
): Uint8Array {
  const after = before.slice();
  const put = () => {
    for (const { address, bytes } of image.ranges) after.set(bytes, address - flash.start);
  };
  put();
  if (policy.outside === 'preserve') return after;
  const differs = ({ start, size }: Sector) =>
    !same(before, after, start - flash.start, start + size - flash.start);
  const planned = plannedSectors(flash, image);
  const changed = planned.filter(differs);
  const [first] = planned;
  const rewritten = policy.vectorTableLast && first && changed.length > 0 ? [...changed, first] : changed;
  for (const { start, size } of rewritten) {
    after.fill(flash.erasedValue, start - flash.start, start + size - flash.start);
  }
  put();
  return after;
}

/** @throws Error that names the first byte of flash that is not as it must be */
export function expectFlash(flash: NorFlash, expected: Uint8Array): void {
  expectBytes(flash.snapshot(), expected, flash.start);
}

/**
 * A test library's own equality takes seconds for a flash.
 * @param start address of the first byte
 * @throws Error that names the first byte that is not as it must be
 */
export function expectBytes(is: Uint8Array, expected: Uint8Array, start: number): void {
  if (Buffer.compare(is, expected) === 0) return;
  if (is.length !== expected.length)
    throw new Error(`there are ${is.length} bytes where ${expected.length} must be`);
  const at = is.findIndex((byte, i) => byte !== expected[i]);
  const count = is.reduce((sum, byte, i) => sum + (byte === expected[i] ? 0 : 1), 0);
  const [found = 0, wanted = 0] = [is[at], expected[at]];
  throw new Error(
    `0x${found.toString(16)} at ${hex(start + at)}, where 0x${wanted.toString(16)} must be: ${count} bytes are wrong in all`,
  );
}

function same(a: Uint8Array, b: Uint8Array, start: number, end: number): boolean {
  return Buffer.compare(a.subarray(start, end), b.subarray(start, end)) === 0;
}
