/**
 * A DfuSe loader describes each of its memories by the name of an alternate setting, the layout string:
 *
 *     @Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg
 *
 * a name, then one or more regions, each an address and its runs of equal sectors: count, size, unit, and a letter
 * whose low three bits say readable, erasable, writable (UM0424 §4.3.2). Loaders do not keep to it closely: units are
 * missing or a space or a dot, addresses have seven digits, counts are fractions. All forms seen on devices are taken.
 *
 * A layout is what the loader claims. It may claim more than the chip has and, on some loaders, the wrong sector
 * sizes: see the quirk `layout-string-wrong`.
 */

/** What the loader allows in a stretch of memory. */
export interface Access {
  readonly readable: boolean;
  readonly erasable: boolean;
  readonly writable: boolean;
}

/** `count` equal sectors of `size` bytes, from `address` on. */
export interface LayoutSegment extends Access {
  readonly address: number;
  readonly count: number;
  readonly size: number;
}

export interface LayoutRegion {
  readonly address: number;
  /** Second address of the same memory; only ST's own parser knows it. */
  readonly alias?: number;
  readonly segments: readonly LayoutSegment[];
}

export interface MemoryLayout {
  /** Without the `@` and the blanks around it: `Internal Flash`. */
  readonly name: string;
  readonly regions: readonly LayoutRegion[];
  /** What was left out to make sense of the string; empty for nearly every loader. */
  readonly warnings: readonly LayoutWarning[];
}

export interface LayoutWarning {
  readonly kind: 'fractional-count' | 'zero-count';
  /** The segment as the string has it: `04.5*01Kg`. */
  readonly text: string;
}

export interface Sector extends Access {
  /** Place in the layout, from 0. */
  readonly index: number;
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

export type LayoutProblem =
  /** No `@name/address/segments`. */
  | 'not-a-layout'
  | 'bad-address'
  | 'bad-segment'
  /** Nothing is left of it once empty segments are dropped. */
  | 'empty'
  /** A segment ends behind the 32-bit address space. */
  | 'outside-address-space'
  | 'overlap'
  | 'too-many-sectors';

export type LayoutResult =
  | { readonly ok: true; readonly layout: MemoryLayout }
  /** `text`: the part of the string that is at fault. */
  | { readonly ok: false; readonly problem: LayoutProblem; readonly text: string };

/** First byte of main flash on every STM32. */
export const FLASH_START = 0x0800_0000;

/** Thirty times what the largest chip has; a string that claims more is damaged, or wants to exhaust the host. */
export const MAX_SECTORS = 65_536;

const ADDRESS_SPACE = 2 ** 32;
const ADDRESS = /^ *0[xX]([0-9a-fA-F]+) *$/;
const SEGMENT = /^ *(\d+)(\.\d*)? *\* *(\d+) *([KMB.]?) *([a-g]) *$/;
const UNIT_BYTES: Readonly<Record<string, number>> = { K: 1024, M: 1024 * 1024 };
const READABLE = 1;
const ERASABLE = 2;
const WRITABLE = 4;

/** Reads a layout string as a device sent it. Never throws. Source of the grammar: UM0424 §4.3.2, UM0290. */
export function parseLayout(text: string): LayoutResult {
  const printable = text.replace(/[^\x20-\x7e]/g, '').trim();
  const [name, ...parts] = printable.split('/');
  if (!name?.startsWith('@') || parts.length === 0 || parts.length % 2 !== 0) {
    return problem('not-a-layout', printable);
  }
  const regions: LayoutRegion[] = [];
  const warnings: LayoutWarning[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const addresses = parseAddresses(parts[i] ?? '');
    if (!addresses) return problem('bad-address', parts[i] ?? '');
    const segments = parseSegments(addresses.address, parts[i + 1] ?? '', warnings);
    if ('problem' in segments) return segments;
    if (segments.length > 0) regions.push({ ...addresses, segments });
  }
  const fault = faultOf(regions);
  return fault
    ? problem(fault, printable)
    : { ok: true, layout: { name: name.slice(1).trim(), regions, warnings } };
}

/** All sectors in the order of the string. */
export function sectorsOf(layout: MemoryLayout): readonly Sector[] {
  const sectors: Sector[] = [];
  for (const { address, count, size, ...access } of segmentsOf(layout.regions)) {
    for (let i = 0; i < count; i++) {
      sectors.push({ index: sectors.length, address: address + i * size, size, ...access });
    }
  }
  return sectors;
}

/** The sector that holds the byte at `address`, if the layout has one. */
export function sectorAt(layout: MemoryLayout, address: number): Sector | undefined {
  let before = 0;
  for (const segment of segmentsOf(layout.regions)) {
    const { address: start, count, size, ...access } = segment;
    if (address >= start && address < endOf(segment)) {
      const i = Math.floor((address - start) / size);
      return { index: before + i, address: start + i * size, size, ...access };
    }
    before += count;
  }
  return undefined;
}

/** Bytes of all segments together. */
export function layoutSize(layout: MemoryLayout): number {
  return segmentsOf(layout.regions).reduce((sum, { count, size }) => sum + count * size, 0);
}

/**
 * The first alternate setting that is the main flash: `Flash` in its name, and 0x08000000 inside. Not simply the first
 * one: its number differs between loaders, and G0B1 shows the flash on three.
 */
export function flashLayout<A extends { readonly layout: MemoryLayout }>(
  alternates: readonly A[],
): A | undefined {
  return alternates.find(
    ({ layout }) => layout.name.includes('Flash') && sectorAt(layout, FLASH_START) !== undefined,
  );
}

function parseAddresses(text: string): { address: number; alias?: number } | undefined {
  const [first, second, ...rest] = text.split('-');
  const address = parseAddress(first ?? '');
  if (address === undefined || rest.length > 0) return undefined;
  if (second === undefined) return { address };
  const alias = parseAddress(second);
  return alias === undefined ? undefined : { address, alias };
}

function parseAddress(text: string): number | undefined {
  const digits = ADDRESS.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const address = Number.parseInt(digits, 16);
  return address < ADDRESS_SPACE ? address : undefined;
}

function parseSegments(
  start: number,
  text: string,
  warnings: LayoutWarning[],
): readonly LayoutSegment[] | Extract<LayoutResult, { ok: false }> {
  const segments: LayoutSegment[] = [];
  let address = start;
  for (const part of text.split(',')) {
    const [, whole, fraction, digits, unit, type] = SEGMENT.exec(part) ?? [];
    const count = Number(whole);
    const size = Number(digits) * (UNIT_BYTES[unit ?? ''] ?? 1);
    if (type === undefined || size === 0) return problem('bad-segment', part);
    if (fraction !== undefined) warnings.push({ kind: 'fractional-count', text: part.trim() });
    if (count === 0) {
      warnings.push({ kind: 'zero-count', text: part.trim() });
      continue;
    }
    segments.push({ address, count, size, ...accessOf(type) });
    address += count * size;
    if (address > ADDRESS_SPACE) return problem('outside-address-space', part);
  }
  return segments;
}

function accessOf(type: string): Access {
  const bits = type.charCodeAt(0);
  return {
    readable: (bits & READABLE) !== 0,
    erasable: (bits & ERASABLE) !== 0,
    writable: (bits & WRITABLE) !== 0,
  };
}

function faultOf(regions: readonly LayoutRegion[]): LayoutProblem | undefined {
  const segments = segmentsOf(regions).sort((a, b) => a.address - b.address);
  if (segments.length === 0) return 'empty';
  if (segments.reduce((sum, { count }) => sum + count, 0) > MAX_SECTORS) return 'too-many-sectors';
  const overlapping = segments.some((segment, i) => {
    const next = segments[i + 1];
    return next !== undefined && next.address < endOf(segment);
  });
  return overlapping ? 'overlap' : undefined;
}

function segmentsOf(regions: readonly LayoutRegion[]): LayoutSegment[] {
  return regions.flatMap((region) => region.segments);
}

function endOf(segment: LayoutSegment): number {
  return segment.address + segment.count * segment.size;
}

function problem(kind: LayoutProblem, text: string): Extract<LayoutResult, { ok: false }> {
  return { ok: false, problem: kind, text };
}
