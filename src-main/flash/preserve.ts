/**
 * Bytes beside the image. An erase takes a whole sector, an image often only part of it; what else is there (settings,
 * calibration) is read first, kept in the journal while the sector is rewritten, and written back with the image.
 */
import { hex, overlaps, type AddressRange } from '../../shared/address.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { DfuSeSession } from '../dfuse/session.ts';
import type { ImageRange } from '../firmware/image.ts';
import { withoutErased } from './blocks.ts';
import { compareRuns } from './compare.ts';
import type { SectorStep } from './plan.ts';
import { isWithin } from './stretches.ts';
import type { FlashSector } from './target.ts';
import { sectorTime } from './estimate.ts';
import type { FlashTarget } from './target.ts';

export interface PreserveContext {
  readonly alignment: number;
  readonly erasedValue: number;
  readonly checkpoint: () => void;
}

/**
 * What one sector holds beside the image, blank programming units left out. It exists nowhere else, so it is read twice
 * before it is believed.
 * @param kept bytes an interrupted update had saved: flash may have lost them, so they count more than what is read
 * @throws protocol-violation where the two readings differ
 */
export async function readOutside(
  session: DfuSeSession,
  step: SectorStep,
  kept: readonly ImageRange[],
  context: PreserveContext,
): Promise<ImageRange[]> {
  const { alignment, erasedValue } = context;
  const preserved: ImageRange[] = [];
  for (const range of step.outside) {
    const start = range.start - (range.start % alignment);
    const end = Math.ceil(range.end / alignment) * alignment;
    const wide = await readRange(session, { start, end }, context.checkpoint);
    const bytes = wide.slice(range.start - start, range.end - start);
    await readAgain(session, withoutErased({ address: range.start, bytes }, alignment, erasedValue), context);
    for (const piece of kept) overlay(bytes, range, piece);
    preserved.push(...withoutErased({ address: range.start, bytes }, alignment, erasedValue));
  }
  return preserved;
}

async function readAgain(
  session: DfuSeSession,
  found: readonly ImageRange[],
  { alignment, checkpoint }: PreserveContext,
): Promise<void> {
  await compareRuns(session, found, {
    alignment,
    wanted: () => {
      checkpoint();
      return true;
    },
    reading: (_block, read) => read(),
    differs: ({ first }) => {
      throw new StepwiseError('protocol-violation', { what: `two readings of ${hex(first)} differ` });
    },
  });
}

function overlay(bytes: Uint8Array, range: AddressRange, piece: ImageRange): void {
  const from = Math.max(range.start, piece.address);
  const to = Math.min(range.end, piece.address + piece.bytes.length);
  if (from < to)
    bytes.set(piece.bytes.subarray(from - piece.address, to - piece.address), from - range.start);
}

/** @param range aligned to the programming unit. Leaves the loader in dfuUPLOAD-IDLE or dfuIDLE. */
export async function readRange(
  session: DfuSeSession,
  range: AddressRange,
  checkpoint: () => void,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(range.end - range.start);
  for (let at = range.start; at < range.end; at += session.transferSize) {
    checkpoint();
    const length = Math.min(session.transferSize, range.end - at);
    bytes.set(await session.readBlock(range.start, at, length), at - range.start);
  }
  return bytes;
}

/**
 * Sectors that hold saved bytes of an interrupted update but nothing of the present image: they are put right as well.
 */
export function restoringSteps(
  kept: readonly ImageRange[],
  steps: readonly SectorStep[],
  target: FlashTarget,
): SectorStep[] {
  const planned = new Set<FlashSector>(steps.map((step) => step.sector));
  return target.sectors
    .filter((sector) => !planned.has(sector) && kept.some((piece) => isWithin(piece, sector)))
    .map((sector) => ({
      sector,
      bytes: 0,
      outside: [{ start: sector.address, end: sector.address + sector.size }],
      expected: sectorTime(target, sector, sector.size),
    }));
}

/** True where a saved piece lies in a part of the step that the image does not overwrite. */
export function isAtStake(step: SectorStep, kept: readonly ImageRange[]): boolean {
  return kept.some((piece) =>
    step.outside.some((range) =>
      overlaps(range, { start: piece.address, end: piece.address + piece.bytes.length }),
    ),
  );
}
