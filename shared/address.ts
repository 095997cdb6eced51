/**
 * Addresses are absolute byte addresses in the chip's own 32-bit address space, as the loader and the linker see them.
 */

/** `0x08000000`: eight hexadecimal digits, as the reference manuals print addresses. */
export function hex(address: number): string {
  return `0x${(address >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

/** A half-open range of addresses: `start` is inside, `end` is the first address behind it. Both in bytes. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

export function rangeLength(range: AddressRange): number {
  return range.end - range.start;
}

export function contains(outer: AddressRange, inner: AddressRange): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

export function overlaps(a: AddressRange, b: AddressRange): boolean {
  return a.start < b.end && b.start < a.end;
}

/** `0x08000000–0x0801FFFF`: both ends inside, as data sheets print ranges. */
export function describeRange(range: AddressRange): string {
  return `${hex(range.start)}–${hex(range.end - 1)}`;
}
