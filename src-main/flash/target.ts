/** What planning and flashing need to know of a device: facts, already cleared of what its loader gets wrong. */
import type { AddressRange } from '../../shared/address.ts';
import type { Family } from '../stm32/family.ts';
import type { Quirk } from '../stm32/quirk.ts';

export interface FlashSector {
  /** Place in flash, from 0. */
  readonly index: number;
  readonly address: number;
  /** Bytes. */
  readonly size: number;
  readonly readable: boolean;
  readonly erasable: boolean;
  readonly writable: boolean;
}

export interface FlashTarget {
  /** Sectors of internal flash in the order of their addresses; there may be holes between them. */
  readonly sectors: readonly FlashSector[];
  /** Absent where the chip could not be told. */
  readonly family?: Family;
  readonly quirks: readonly Quirk[];
  /** Bytes of flash by the chip's own register; the layout string may promise more. */
  readonly flashSize?: number;
  readonly readProtected: boolean;
  readonly vendorId: number;
  readonly productId: number;
  /** Bytes of a full block. */
  readonly transferSize: number;
}

/** Programming unit where the family is not known: the largest there is, right for all smaller ones. */
const LARGEST_ALIGNMENT = 32;
const USUAL_ERASED_VALUE = 0xff;

export function alignmentOf(target: FlashTarget): number {
  return target.family?.alignment ?? LARGEST_ALIGNMENT;
}

export function erasedValueOf(target: FlashTarget): number {
  return target.family?.erasedValue ?? USUAL_ERASED_VALUE;
}

export function rangeOf(sector: { readonly address: number; readonly size: number }): AddressRange {
  return { start: sector.address, end: sector.address + sector.size };
}
