/**
 * What a bootloader lets a host address, besides the flash: RAM, its own system memory with the bootloader ID, the
 * registers with unique ID and flash size, option bytes, OTP (AN2606 table 5, AN3156 §4.1). Where reading misbehaves
 * on real chips, the region says how.
 */
import type { AddressRange } from '../../shared/address.ts';

export type RegionKind =
  | 'flash'
  | 'ram'
  /** System memory and registers: readable, never writable. */
  | 'rom'
  | 'option-bytes'
  /** One-time programmable: bits only ever clear. */
  | 'otp'
  /** Data EEPROM of L0 and L1: written without an erase. */
  | 'eeprom'
  /** The four bytes at 0xFFFF0000 by which F2/F4/F7 are told their supply voltage. */
  | 'feature';

/** What an UPLOAD from a region gives; normally its bytes. */
export type Reading =
  | 'bytes'
  /** dfuERROR. */
  | 'refused'
  /** No error and no bytes: F4 at the unique ID. */
  | 'empty'
  /** The loader never answers again until it loses power: F7 at DBGMCU. */
  | 'hangs';

export interface Region {
  readonly kind: RegionKind;
  readonly start: number;
  readonly size: number;
  readonly reading?: Reading;
}

/** Bytes at an absolute address that the chip brings along. */
export interface Patch {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const FILL: Readonly<Record<RegionKind, number>> = {
  flash: 0xff,
  ram: 0x00,
  rom: 0xff,
  'option-bytes': 0xff,
  otp: 0xff,
  eeprom: 0x00,
  feature: 0x00,
};

export class MemoryMap {
  readonly #regions: readonly Region[];
  readonly #patches: readonly Patch[];
  /** Contents of the regions that were touched; nobody pays for RAM that is not used. */
  readonly #contents = new Map<Region, Uint8Array>();

  /** @param regions where two cover an address, the first one counts */
  constructor(regions: readonly Region[], patches: readonly Patch[]) {
    this.#regions = regions;
    this.#patches = patches;
  }

  find(address: number): Region | undefined {
    for (const region of this.#regions) {
      if (address >= region.start && address < region.start + region.size) return region;
    }
    return undefined;
  }

  /** A copy; the range must lie in the region. */
  read(region: Region, address: number, length: number): Uint8Array {
    const from = address - region.start;
    return this.#content(region).slice(from, from + length);
  }

  /** The range must lie in the region. */
  write(region: Region, address: number, bytes: Uint8Array): void {
    const content = this.#content(region);
    const from = address - region.start;
    if (region.kind === 'otp')
      bytes.forEach((byte, i) => (content[from + i] = (content[from + i] ?? 0) & byte));
    else content.set(bytes, from);
  }

  clearRam(): void {
    for (const region of this.#regions) if (region.kind === 'ram') this.#contents.delete(region);
  }

  #content(region: Region): Uint8Array {
    const known = this.#contents.get(region);
    if (known) return known;
    const content = new Uint8Array(region.size).fill(FILL[region.kind]);
    for (const patch of this.#patches) copyOverlap(patch, region, content);
    this.#contents.set(region, content);
    return content;
  }
}

function copyOverlap(patch: Patch, region: Region, content: Uint8Array): void {
  const overlap: AddressRange = {
    start: Math.max(patch.address, region.start),
    end: Math.min(patch.address + patch.bytes.length, region.start + region.size),
  };
  if (overlap.start >= overlap.end) return;
  const bytes = patch.bytes.subarray(overlap.start - patch.address, overlap.end - patch.address);
  content.set(bytes, overlap.start - region.start);
}
