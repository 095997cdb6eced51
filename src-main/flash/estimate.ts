/**
 * How long things take: the chip's typical times plus a model of full-speed USB. A start value for the plan and the
 * bar, corrected by measurement as soon as there is one (progress.ts); never used as a deadline.
 */
import { alignmentOf, type FlashSector, type FlashTarget } from './target.ts';
import { typicalErase, typicalProgram } from './chip-times.ts';
import { eraseRules } from './erase-rules.ts';

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

export function readTime(target: Pick<FlashTarget, 'transferSize'>, bytes: number): number {
  return Math.ceil(bytes / target.transferSize) * TRANSFER_OVERHEAD + bytes * BYTE_TIME;
}

/** What the cure of a known defect costs is part of it: the wait, and the look whether the sector is blank. */
export function eraseTime(target: FlashTarget, sector: FlashSector): number {
  const { unwedgeAfter = 0, settle = 0, blankCheck } = eraseRules(target, sector);
  const typical =
    typicalErase(target.family, sector.size) ?? (sector.size / KILOBYTE) * UNKNOWN_ERASE_PER_KILOBYTE;
  return Math.max(typical, unwedgeAfter, settle) + (blankCheck ? readTime(target, sector.size) : 0);
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
