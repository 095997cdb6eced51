/** What the family's table says of the chip's own times; nothing is made up where it says nothing. */
import type { Family } from '../stm32/family.ts';

const KILOBYTE = 1024;

/** Typical milliseconds to erase a sector of `size` bytes; scaled from the nearest size where the table has no such sector. */
export function typicalErase(family: Family | undefined, size: number): number | undefined {
  const known = family?.eraseTimes ?? [];
  const exact = known.find((time) => time.sectorSize === size);
  if (exact) return exact.typical;
  const nearest = [...known].sort((a, b) => Math.abs(a.sectorSize - size) - Math.abs(b.sectorSize - size))[0];
  return nearest && (nearest.typical * size) / nearest.sectorSize;
}

/** Worst milliseconds to erase a sector of `size` bytes by the data sheet. */
export function worstErase(family: Family | undefined, size: number): number | undefined {
  const times = family?.eraseTimes.filter((time) => time.sectorSize >= size) ?? [];
  return times.length > 0 ? Math.min(...times.map((time) => time.worst)) : undefined;
}

/** Typical milliseconds the chip needs to program `bytes`, without USB; undefined where nobody published it. */
export function typicalProgram(family: Family | undefined, bytes: number): number | undefined {
  return family && (family.programPerKilobyte.typical * bytes) / KILOBYTE;
}
