/**
 * A firmware image is ranges of bytes at addresses: sorted, not overlapping, not touching (neighbours are one range),
 * together with what the file said of the target it is for. Where it came from no longer matters.
 */
import type { AddressRange } from '../../shared/address.ts';
import { hex } from '../../shared/address.ts';
import { StepwiseError } from '../../shared/failure.ts';

export interface ImageRange {
  /** Absolute address of the first byte. */
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What the file says of its target. Absent means it says nothing; 0xFFFF in the file means "any" and is absent too. */
export interface ImageTarget {
  readonly vendorId?: number;
  readonly productId?: number;
  /** bcdDevice the file is meant for. */
  readonly deviceVersion?: number;
  /** Where execution starts, as the file gives it. */
  readonly entryPoint?: number;
  /** Name the file carries for itself: S0 text, name of the .dfu target. */
  readonly name?: string;
  /** Alternate settings the .dfu file addresses, with their names. */
  readonly alternates?: readonly { readonly number: number; readonly name?: string }[];
}

export class FirmwareImage {
  readonly ranges: readonly ImageRange[];
  readonly target: ImageTarget;

  private constructor(ranges: readonly ImageRange[], target: ImageTarget) {
    this.ranges = ranges;
    this.target = target;
  }

  /**
   * Sorts and joins pieces in any order.
   * @throws bad-file (overlap, address-range) where two pieces claim the same byte or one leaves the 32-bit space
   */
  static from(pieces: Iterable<ImageRange>, target: ImageTarget = {}): FirmwareImage {
    const sorted = [...pieces].filter((p) => p.bytes.length > 0).sort((a, b) => a.address - b.address);
    const runs: ImageRange[][] = [];
    let end = -1;
    for (const piece of sorted) {
      if (piece.address < 0 || piece.address + piece.bytes.length > 0x1_0000_0000) {
        throw new StepwiseError('bad-file', {
          fault: 'address-range',
          detail: `data at ${hex(piece.address)} leaves the 32-bit address space`,
        });
      }
      if (piece.address < end) {
        throw new StepwiseError('bad-file', {
          fault: 'overlap',
          detail: `two pieces of data at ${hex(piece.address)}`,
        });
      }
      const run = runs.at(-1);
      if (run && piece.address === end) run.push(piece);
      else runs.push([piece]);
      end = piece.address + piece.bytes.length;
    }
    return new FirmwareImage(runs.map(join), target);
  }

  /** Bytes of data, gaps not counted. */
  get size(): number {
    return this.ranges.reduce((sum, range) => sum + range.bytes.length, 0);
  }

  /** From the first to behind the last byte, gaps included; undefined for an image without data. */
  get span(): AddressRange | undefined {
    const first = this.ranges[0];
    const last = this.ranges.at(-1);
    return first && last && { start: first.address, end: last.address + last.bytes.length };
  }

  /** The bytes at `[address, address + length)`, or undefined where the image has a gap there. No copy. */
  slice(address: number, length: number): Uint8Array | undefined {
    const range = this.ranges.find(
      (r) => address >= r.address && address + length <= r.address + r.bytes.length,
    );
    return range?.bytes.subarray(address - range.address, address - range.address + length);
  }

  /** The pieces of the image inside `[start, end)`, cut at its borders. No copies. */
  within(start: number, end: number): ImageRange[] {
    return this.ranges.flatMap((range) => {
      const from = Math.max(start, range.address);
      const to = Math.min(end, range.address + range.bytes.length);
      return from < to
        ? [{ address: from, bytes: range.bytes.subarray(from - range.address, to - range.address) }]
        : [];
    });
  }
}

function join(run: readonly ImageRange[]): ImageRange {
  const [first] = run as readonly [ImageRange, ...ImageRange[]];
  if (run.length === 1) return first;
  const bytes = new Uint8Array(run.reduce((sum, piece) => sum + piece.bytes.length, 0));
  for (const piece of run) bytes.set(piece.bytes, piece.address - first.address);
  return { address: first.address, bytes };
}
