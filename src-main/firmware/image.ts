/**
 * A firmware image is ranges of bytes at addresses: sorted, not overlapping, not touching (neighbours are one range),
 * together with what the file said of the target it is for. Where it came from no longer matters.
 *
 * A .dfu file (UM0391) can carry data for several alternate settings of the bootloader: internal flash, but also option
 * bytes, OTP or external memory. Writing those by accident can lock a device for ever, so they never mix: `ranges` is
 * what is meant for internal flash, `otherTargets` lists the rest for whoever plans to refuse or to leave aside.
 */
import type { AddressRange } from '../../shared/address.ts';
import { hex } from '../../shared/address.ts';
import { badFile } from './bad-file.ts';

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
  /** Where execution starts, as the file gives it: on a Cortex-M, bit 0 may be set for Thumb. */
  readonly entryPoint?: number;
  /** Name the file carries for itself: S0 text, name of the .dfu target. */
  readonly name?: string;
  /** All alternate settings the .dfu file addresses, in its order, with their names. */
  readonly alternates?: readonly { readonly number: number; readonly name?: string }[];
}

/** Data of a .dfu file for an alternate setting other than internal flash. */
export interface OtherTarget {
  readonly alternate: number;
  readonly name?: string;
  /** Sorted and joined like those of the image. */
  readonly ranges: readonly ImageRange[];
}

const ADDRESS_SPACE_END = 0x1_0000_0000;

export class FirmwareImage {
  /** What belongs into internal flash; of a file without targets (.hex, .s19, .elf, .bin), everything it holds. */
  readonly ranges: readonly ImageRange[];
  readonly target: ImageTarget;
  /** What a .dfu file holds for other alternate settings; empty for all other files. */
  readonly otherTargets: readonly OtherTarget[];

  private constructor(
    ranges: readonly ImageRange[],
    target: ImageTarget,
    otherTargets: readonly OtherTarget[],
  ) {
    this.ranges = ranges;
    this.target = target;
    this.otherTargets = otherTargets;
  }

  /**
   * Sorts and joins pieces in any order. A piece without neighbours is kept without a copy.
   * @throws bad-file (overlap, address-range) where two pieces claim the same byte or one leaves the 32-bit space
   */
  static from(
    pieces: Iterable<ImageRange>,
    target: ImageTarget = {},
    otherTargets: readonly OtherTarget[] = [],
  ): FirmwareImage {
    return new FirmwareImage(
      joinPieces(pieces),
      target,
      otherTargets.map((other) => ({ ...other, ranges: joinPieces(other.ranges) })),
    );
  }

  /** Bytes of data, gaps and other targets not counted. */
  get size(): number {
    return totalLength(this.ranges);
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

  /** The same image with a gap at `[start, end)`. No copies. */
  without({ start, end }: AddressRange): FirmwareImage {
    const pieces = [...this.within(0, start), ...this.within(end, ADDRESS_SPACE_END)];
    return new FirmwareImage(pieces, this.target, this.otherTargets);
  }
}

function joinPieces(pieces: Iterable<ImageRange>): ImageRange[] {
  const sorted = [...pieces].filter((p) => p.bytes.length > 0).sort((a, b) => a.address - b.address);
  const runs: [ImageRange, ...ImageRange[]][] = [];
  let end = 0;
  for (const piece of sorted) {
    if (piece.address < 0 || piece.address + piece.bytes.length > ADDRESS_SPACE_END) {
      throw badFile('address-range', `Data at ${hex(piece.address)} leaves the 32-bit address space.`);
    }
    if (piece.address < end) {
      throw badFile('overlap', `Two parts of the file claim the byte at ${hex(piece.address)}.`);
    }
    const run = runs.at(-1);
    if (run && piece.address === end) run.push(piece);
    else runs.push([piece]);
    end = piece.address + piece.bytes.length;
  }
  return runs.map(joinRun);
}

function joinRun(run: readonly [ImageRange, ...ImageRange[]]): ImageRange {
  const [first] = run;
  if (run.length === 1) return first;
  const bytes = new Uint8Array(totalLength(run));
  for (const piece of run) bytes.set(piece.bytes, piece.address - first.address);
  return { address: first.address, bytes };
}

function totalLength(pieces: readonly ImageRange[]): number {
  return pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
}
