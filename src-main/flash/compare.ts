/**
 * Reading back and comparing, in one pass over runs of bytes that may cover many sectors. It tells before an update
 * which sectors are right already, and after a write whether every byte is there.
 */
import type { DfuSeSession } from '../dfuse/session.ts';
import type { ImageRange } from '../firmware/image.ts';
import { alignRuns, blocksOf, type Block } from './blocks.ts';

/** Where one block differs. */
export interface Difference {
  /** Address of the first byte that is not as it should be. */
  readonly first: number;
  /** Address of the last one. */
  readonly last: number;
  /** How many there are. */
  readonly count: number;
}

export interface CompareOptions {
  /** Programming unit: reads are widened to it, since loaders refuse single bytes. Bytes so added are not compared. */
  readonly alignment: number;
  /** Asked before each block is read; false leaves it out. */
  wanted(block: Block): boolean;
  /** Wraps each read, to measure it. */
  reading(block: Block, read: () => Promise<Uint8Array>): Promise<Uint8Array>;
  /** Told for each block that differs. */
  differs(difference: Difference): void;
}

/** Reads what lies at `runs` and compares it with them. Leaves the loader in dfuUPLOAD-IDLE or dfuIDLE. */
export async function compareRuns(
  session: DfuSeSession,
  runs: readonly ImageRange[],
  options: CompareOptions,
): Promise<void> {
  for (const wide of alignRuns(runs, options.alignment, 0)) {
    const exact = runs.filter(
      (run) => run.address >= wide.address && run.address < wide.address + wide.bytes.length,
    );
    for (const block of blocksOf(wide, session.transferSize)) {
      if (!options.wanted(block)) continue;
      const there = await options.reading(block, () =>
        session.readBlock(block.base, block.address, block.bytes.length),
      );
      const difference = differenceOf(block.address, there, exact);
      if (difference) options.differs(difference);
    }
  }
}

function differenceOf(
  address: number,
  there: Uint8Array,
  runs: readonly ImageRange[],
): Difference | undefined {
  let first: number | undefined;
  let last = 0;
  let count = 0;
  for (const run of runs) {
    const from = Math.max(address, run.address);
    const to = Math.min(address + there.length, run.address + run.bytes.length);
    for (let at = from; at < to; at++) {
      if (there[at - address] === run.bytes[at - run.address]) continue;
      first ??= at;
      last = at;
      count += 1;
    }
  }
  return first === undefined ? undefined : { first, last, count };
}
