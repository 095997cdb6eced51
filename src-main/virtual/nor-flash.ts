/**
 * Flash memory as it is. Erasing sets a whole sector to one value; programming can only move bits away from that value,
 * a programming unit at a time. What a host does against these rules does not fail here, as it would not fail reliably
 * in a chip: it leaves wrong cells, and is written down in `faults` where a test can see it.
 * On L0 and L1 the erased value is 0x00 and programming sets bits (RM0367 §3.3); everywhere else it clears them.
 */
import { hex } from '../../shared/address.ts';
import type { Bank } from '../stm32/family.ts';

export interface Sector {
  /** Position in the sector list, counted over all banks. */
  readonly index: number;
  readonly start: number;
  readonly size: number;
}

export type FlashFault =
  /** Programmed over `count` cells that were not erased; the first at `address`. */
  | { readonly kind: 'not-erased'; readonly address: number; readonly count: number }
  /** The programmed piece does not begin and end at programming units. */
  | { readonly kind: 'misaligned'; readonly address: number; readonly length: number }
  /** There is no flash at this address, though the bootloader accepts it. */
  | { readonly kind: 'absent'; readonly address: number; readonly length: number }
  /** An operation was started while another one still ran; it is lost. */
  | { readonly kind: 'busy'; readonly address: number };

/** Cells that do not do what they are told. */
export interface FlashDefects {
  /** An address inside each sector that does not erase. */
  readonly sectorsNotErasable?: readonly number[];
  /** Bits of the byte at `address` that programming leaves as they are. */
  readonly bitsNotProgrammable?: readonly { readonly address: number; readonly mask: number }[];
}

export interface NorFlashOptions {
  readonly banks: readonly Bank[];
  readonly erasedValue: number;
  /** Programming unit in bytes. */
  readonly alignment: number;
  /** Indexes of sectors that ignore erasing and programming, without an error (WRP, AN3156 §5). */
  readonly writeProtected?: readonly number[];
  readonly defects?: FlashDefects;
}

export class NorFlash {
  readonly start: number;
  readonly end: number;
  readonly sectors: readonly Sector[];
  readonly erasedValue: number;
  readonly alignment: number;
  /** What was done against the rules of flash memory, in order. Empty after a clean update. */
  readonly faults: FlashFault[] = [];
  /** How often each sector was erased, by its index. */
  readonly eraseCounts: Uint32Array;
  bytesProgrammed = 0;
  readonly #cells: Uint8Array;
  readonly #protected: ReadonlySet<number>;
  readonly #notErasable: ReadonlySet<number>;
  readonly #stuckBits: ReadonlyMap<number, number>;

  constructor(options: NorFlashOptions) {
    this.sectors = layOut(options.banks);
    this.start = this.sectors[0]?.start ?? 0;
    const last = this.sectors.at(-1);
    this.end = last ? last.start + last.size : this.start;
    this.erasedValue = options.erasedValue;
    this.alignment = options.alignment;
    this.eraseCounts = new Uint32Array(this.sectors.length);
    this.#cells = new Uint8Array(this.end - this.start).fill(options.erasedValue);
    this.#protected = new Set(options.writeProtected);
    const defects = options.defects ?? {};
    this.#notErasable = new Set(
      (defects.sectorsNotErasable ?? []).map((at) => this.sectorAt(at)?.index ?? -1),
    );
    this.#stuckBits = new Map((defects.bitsNotProgrammable ?? []).map((bit) => [bit.address, bit.mask]));
  }

  get size(): number {
    return this.end - this.start;
  }

  sectorAt(address: number): Sector | undefined {
    let low = 0;
    let high = this.sectors.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const sector = this.sectors[middle];
      if (!sector || address < sector.start) high = middle - 1;
      else if (address >= sector.start + sector.size) low = middle + 1;
      else return sector;
    }
    return undefined;
  }

  isWriteProtected(sector: Sector): boolean {
    return this.#protected.has(sector.index);
  }

  erase(sector: Sector): void {
    this.eraseCounts[sector.index] = (this.eraseCounts[sector.index] ?? 0) + 1;
    if (!this.#resistsErase(sector)) this.#fill(sector.start, sector.size);
  }

  /** What an erase leaves when the power fails in the middle of it: here, half a sector. A chip promises nothing. */
  eraseTorn(sector: Sector): void {
    if (!this.#resistsErase(sector)) this.#fill(sector.start, sector.size / 2);
  }

  /** Programs `bytes` at absolute `address`; a piece outside the flash is lost and recorded. */
  program(address: number, bytes: Uint8Array): void {
    if (address % this.alignment !== 0 || bytes.length % this.alignment !== 0) {
      this.faults.push({ kind: 'misaligned', address, length: bytes.length });
    }
    let count = 0;
    let first = address;
    for (let i = 0; i < bytes.length;) {
      const sector = this.sectorAt(address + i);
      if (!sector) {
        this.faults.push({ kind: 'absent', address: address + i, length: bytes.length - i });
        break;
      }
      const stop = Math.min(bytes.length, sector.start + sector.size - address);
      if (this.#protected.has(sector.index)) {
        i = stop;
        continue;
      }
      this.bytesProgrammed += stop - i;
      for (; i < stop; i++) {
        const at = address - this.start + i;
        const was = this.#cells[at] ?? 0;
        if (was !== this.erasedValue && count++ === 0) first = address + i;
        this.#cells[at] = this.#programmed(address + i, was, bytes[i] ?? 0);
      }
    }
    if (count > 0) this.faults.push({ kind: 'not-erased', address: first, count });
  }

  /** A copy of `length` bytes; where there is no flash they read as erased. */
  read(address: number, length: number): Uint8Array {
    const from = address - this.start;
    if (from >= 0 && from + length <= this.#cells.length) return this.#cells.slice(from, from + length);
    const bytes = new Uint8Array(length).fill(this.erasedValue);
    if (from >= 0) bytes.set(this.#cells.subarray(from, from + length));
    return bytes;
  }

  /** A copy of everything. */
  snapshot(): Uint8Array {
    return this.#cells.slice();
  }

  /** Puts bytes there as the factory would: no rules, no counts. @throws RangeError outside the flash */
  load(address: number, bytes: Uint8Array): void {
    if (address < this.start || address + bytes.length > this.end) {
      throw new RangeError(`no flash for ${bytes.length} bytes at ${hex(address)}`);
    }
    this.#cells.set(bytes, address - this.start);
  }

  #resistsErase(sector: Sector): boolean {
    return this.#protected.has(sector.index) || this.#notErasable.has(sector.index);
  }

  #fill(start: number, length: number): void {
    this.#cells.fill(this.erasedValue, start - this.start, start - this.start + length);
  }

  #programmed(address: number, was: number, wanted: number): number {
    const becomes = this.erasedValue === 0 ? was | wanted : was & wanted;
    const stuck = this.#stuckBits.size === 0 ? 0 : (this.#stuckBits.get(address) ?? 0);
    return (becomes & ~stuck) | (was & stuck);
  }
}

function layOut(banks: readonly Bank[]): Sector[] {
  const sectors: Sector[] = [];
  for (const bank of banks) {
    let start = bank.start;
    for (const { count, size } of bank.runs) {
      for (let i = 0; i < count; i++, start += size) sectors.push({ index: sectors.length, start, size });
    }
  }
  return sectors;
}
