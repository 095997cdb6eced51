/**
 * How bytes travel: in blocks of wTransferSize on a grid that starts where a run of bytes starts, so that one
 * SET_ADDRESS serves the whole run, and a short tail of its own.
 */
import type { ImageRange } from '../firmware/image.ts';

export interface Block {
  /** Start of the run, where the loader's address pointer stands. */
  readonly base: number;
  readonly address: number;
  readonly bytes: Uint8Array;
}

export function* blocksOf(run: ImageRange, transferSize: number): Generator<Block> {
  for (let offset = 0; offset < run.bytes.length; offset += transferSize) {
    yield {
      base: run.address,
      address: run.address + offset,
      bytes: run.bytes.subarray(offset, offset + transferSize),
    };
  }
}

/** True where a block holds nothing but the value an erase leaves: writing it would change nothing. */
export function isErased(bytes: Uint8Array, erasedValue: number, from = 0, to = bytes.length): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== erasedValue) return false;
  return true;
}

/**
 * Runs widened to whole programming units. The bytes in between are taken from `fill`; runs that meet become one.
 * @param alignment programming unit in bytes
 */
export function alignRuns(runs: readonly ImageRange[], alignment: number, fill: number): ImageRange[] {
  const spans: { readonly start: number; end: number; readonly runs: ImageRange[] }[] = [];
  for (const run of runs) {
    const start = run.address - (run.address % alignment);
    const end = Math.ceil((run.address + run.bytes.length) / alignment) * alignment;
    const last = spans.at(-1);
    if (last && start <= last.end) {
      last.end = Math.max(last.end, end);
      last.runs.push(run);
    } else {
      spans.push({ start, end, runs: [run] });
    }
  }
  return spans.map((span) => {
    const bytes = new Uint8Array(span.end - span.start).fill(fill);
    for (const run of span.runs) bytes.set(run.bytes, run.address - span.start);
    return { address: span.start, bytes };
  });
}

/** The parts of a range that hold something: whole programming units that are not erased. */
export function withoutErased(range: ImageRange, alignment: number, erasedValue: number): ImageRange[] {
  const kept: ImageRange[] = [];
  const firstUnit = range.address - (range.address % alignment);
  const end = range.address + range.bytes.length;
  let from: number | undefined;
  for (let unit = firstUnit; unit < end; unit += alignment) {
    const start = Math.max(unit, range.address);
    const stop = Math.min(unit + alignment, end);
    const blank = isErased(range.bytes, erasedValue, start - range.address, stop - range.address);
    if (blank && from !== undefined) {
      kept.push({ address: from, bytes: range.bytes.subarray(from - range.address, start - range.address) });
      from = undefined;
    } else if (!blank) {
      from ??= start;
    }
  }
  if (from !== undefined) kept.push({ address: from, bytes: range.bytes.subarray(from - range.address) });
  return kept;
}
