/**
 * The short notation the family tables are written in, so that a row reads like a line of a data sheet.
 */
import type { AddressRange } from '../../shared/address.ts';
import type { Bank, EraseTime, ReadableRegister, SectorMap, SectorRun } from './family.ts';

export const KB = 1024;
export const MB = 1024 * KB;

/** From the first to the last byte, both inside, as data sheets print ranges. */
export function span(first: number, last: number): AddressRange {
  return { start: first, end: last + 1 };
}

/** `length` bytes from `start` on. */
export function block(start: number, length: number): AddressRange {
  return { start, end: start + length };
}

export function proven(address: number): ReadableRegister {
  return { address, readable: 'proven' };
}

export function documented(address: number): ReadableRegister {
  return { address, readable: 'documented' };
}

export function refused(address: number): ReadableRegister {
  return { address, readable: 'refused' };
}

/** `bank(0x08000000, [4, 16 * KB], [1, 64 * KB])`: runs of [count, bytes]. */
export function bank(start: number, ...runs: readonly (readonly [count: number, size: number])[]): Bank {
  return { start, runs: runs.map(([count, size]): SectorRun => ({ count, size })) };
}

export function bankSize({ runs }: Bank): number {
  return runs.reduce((sum, { count, size }) => sum + count * size, 0);
}

/** A map with the size its banks add up to; they must be given in the order of their addresses. */
export function sectorMap(name: string, ...banks: readonly Bank[]): SectorMap {
  return { name, flashSize: banks.reduce((sum, each) => sum + bankSize(each), 0), banks };
}

/** One bank of equal sectors at 0x08000000: `single(256, 2 * KB)` is `512 KB, single bank`. */
export function single(count: number, size: number): SectorMap {
  return sectorMap(`${sizeName(count * size)}, single bank`, bank(FLASH, [count, size]));
}

/** Two banks of `count` equal sectors each, one behind the other. */
export function dual(count: number, size: number): SectorMap {
  return sectorMap(
    `${sizeName(2 * count * size)}, dual bank`,
    bank(FLASH, [count, size]),
    bank(FLASH + count * size, [count, size]),
  );
}

/** The same time for several sector sizes. */
export function eraseTimes(
  sectorSizes: readonly number[],
  typical: number,
  worst: number,
  source: string,
): readonly EraseTime[] {
  return sectorSizes.map((sectorSize) => ({ sectorSize, typical, worst, source }));
}

/** Where main flash begins on every STM32. */
export const FLASH = 0x0800_0000;

/** RAM of `kilobytes` at 0x20000000. */
export function sram(kilobytes: number): AddressRange {
  return block(0x2000_0000, kilobytes * KB);
}

function sizeName(bytes: number): string {
  return bytes % MB === 0 ? `${bytes / MB} MB` : `${bytes / KB} KB`;
}
