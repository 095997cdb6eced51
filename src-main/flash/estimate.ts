/**
 * How long things take: the chip's typical times plus a model of full-speed USB. A start value for the plan and the
 * bar, corrected by measurement as soon as there is one (progress.ts); never used as a deadline.
 */
import { alignmentOf, type FlashSector, type FlashTarget } from './target.ts';
import type { Family } from '../stm32/family.ts';

/** One control transfer costs this much before its first byte, in milliseconds (setup, status, a host's frame). */
const TRANSFER_OVERHEAD = 0.5;
/** Milliseconds per byte of a control transfer: 2048 bytes in about 3 ms (time stamps of a read-back on an F7). */
const BYTE_TIME = 0.0012;
/** DNLOAD and two GETSTATUS. */
const TRANSFERS_PER_BLOCK_WRITTEN = 3;
/** Where no figure is known: 128 KB a second to erase, 64 KB a second to program. */
const UNKNOWN_ERASE_PER_KILOBYTE = 8;
const UNKNOWN_PROGRAM_PER_KILOBYTE = 15;
const KILOBYTE = 1024;

/** Milliseconds of each kind of work. */
export interface WorkTime {
  readonly compare: number;
  readonly erase: number;
  readonly write: number;
  readonly verify: number;
}

export function sumOf(times: readonly WorkTime[]): WorkTime {
  const sum = { compare: 0, erase: 0, write: 0, verify: 0 };
  for (const time of times) {
    sum.compare += time.compare;
    sum.erase += time.erase;
    sum.write += time.write;
    sum.verify += time.verify;
  }
  return sum;
}

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

export function readTime(target: FlashTarget, bytes: number): number {
  return Math.ceil(bytes / target.transferSize) * TRANSFER_OVERHEAD + bytes * BYTE_TIME;
}

export function eraseTime(target: FlashTarget, sector: FlashSector): number {
  return typicalErase(target.family, sector.size) ?? (sector.size / KILOBYTE) * UNKNOWN_ERASE_PER_KILOBYTE;
}

export function writeTime(target: FlashTarget, bytes: number): number {
  const padded = Math.ceil(bytes / alignmentOf(target)) * alignmentOf(target);
  const blocks = Math.ceil(padded / target.transferSize);
  const program = typicalProgram(target.family, padded) ?? (padded / KILOBYTE) * UNKNOWN_PROGRAM_PER_KILOBYTE;
  return blocks * TRANSFERS_PER_BLOCK_WRITTEN * TRANSFER_OVERHEAD + padded * BYTE_TIME + program;
}

/** What one sector of a plan takes if nothing of it is right yet. */
export function sectorTime(target: FlashTarget, sector: FlashSector, bytes: number): WorkTime {
  return {
    compare: readTime(target, bytes),
    erase: eraseTime(target, sector),
    write: writeTime(target, bytes),
    verify: readTime(target, bytes),
  };
}
