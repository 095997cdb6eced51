/**
 * Rewrites a stretch of neighbouring sectors: erase → (blank check) → write, leaving out blocks that an erase has
 * already made right → read back. Nothing here retries; it does the work once and says what went wrong.
 *
 * A stretch is one sector, or as many small ones as make a run worth a SET_ADDRESS of its own.
 */
import { StepwiseError } from '../../shared/failure.ts';
import type { Clock } from '../../shared/clock.ts';
import type { DfuSeSession } from '../dfuse/session.ts';
import type { ImageRange } from '../firmware/image.ts';
import { alignRuns, blocksOf, isErased } from './blocks.ts';
import { compareRuns } from './compare.ts';
import { typicalProgram } from './chip-times.ts';
import { eraseRules, pollFloor } from './erase-rules.ts';
import { eraseTime, readTime, writeTime } from './estimate.ts';
import type { Progress } from './progress.ts';
import { rangeOf, type FlashSector, type FlashTarget } from './target.ts';

/** A sector that is not blank after this many milliseconds more is not going to be. */
const EXTRA_SETTLE = 4_000;

export interface Stretch {
  readonly sectors: readonly FlashSector[];
  /** What the sectors shall hold, image and preserved bytes, by address; the rest of them stays erased. */
  readonly content: readonly ImageRange[];
}

export interface RewriteContext {
  readonly target: FlashTarget;
  readonly alignment: number;
  readonly erasedValue: number;
  readonly clock: Clock;
  readonly progress: Progress;
  /** Throws where the person cancelled; called between blocks and between sectors. */
  readonly checkpoint: () => void;
}

export interface RewriteOptions {
  /** False where the sectors are known to be erased already. */
  readonly erase: boolean;
  /** Check each sector after its erase, not only where a quirk calls for it. */
  readonly blankCheck: boolean;
  /** 1 for the first. */
  readonly attempt: number;
}

/** @throws erase-failed, program-failed, verify-mismatch, and whatever the session throws */
export async function rewrite(
  session: DfuSeSession,
  stretch: Stretch,
  context: RewriteContext,
  options: RewriteOptions,
): Promise<void> {
  if (options.erase) {
    context.progress.phase('erase');
    for (const sector of stretch.sectors) {
      context.checkpoint();
      await eraseSector(session, sector, context, options);
    }
  }
  await writeRuns(session, stretch, context);
  await verifyRuns(session, stretch, context, options.attempt);
}

/** Erases one sector and, where called for, looks whether it did. */
export async function eraseSector(
  session: DfuSeSession,
  sector: FlashSector,
  context: RewriteContext,
  options: Pick<RewriteOptions, 'blankCheck' | 'attempt'>,
): Promise<void> {
  const { blankCheck, ...rules } = eraseRules(context.target, sector);
  const { progress } = context;
  progress.sector(sector, 'erasing');
  await progress.measure('erase', sector.address, sector.size, eraseTime(context.target, sector), () =>
    session.erase(sector.address, rules),
  );
  if (blankCheck || options.blankCheck) {
    let notErased = await firstNotErased(session, sector, context);
    if (notErased !== undefined && blankCheck) {
      await context.clock.sleep(EXTRA_SETTLE);
      notErased = await firstNotErased(session, sector, context);
    }
    if (notErased !== undefined) {
      progress.sector(sector, 'failed');
      const { address, size } = sector;
      throw new StepwiseError(
        'erase-failed',
        { address, size, tries: options.attempt, firstNotErased: notErased },
        { phase: 'erase' },
      );
    }
  }
  progress.sector(sector, 'erased');
}

async function firstNotErased(
  session: DfuSeSession,
  sector: FlashSector,
  context: RewriteContext,
): Promise<number | undefined> {
  const blank = { address: sector.address, bytes: new Uint8Array(sector.size).fill(context.erasedValue) };
  let found: number | undefined;
  await compareRuns(session, [blank], {
    alignment: context.alignment,
    wanted: () => found === undefined,
    reading: (_block, read) => read(),
    differs: ({ first }) => (found = first),
  });
  return found;
}

async function writeRuns(session: DfuSeSession, stretch: Stretch, context: RewriteContext): Promise<void> {
  const { progress, target } = context;
  progress.phase('write');
  const floor = pollFloor(target, 'write');
  const sectors = sectorCursor(stretch.sectors, (sector) => progress.sector(sector, 'writing'));
  for (const run of alignRuns(stretch.content, context.alignment, context.erasedValue)) {
    for (const block of blocksOf(run, session.transferSize)) {
      context.checkpoint();
      sectors.reach(block.address);
      const { address, bytes } = block;
      const expected = writeTime(target, bytes.length);
      if (isErased(bytes, context.erasedValue)) {
        progress.credit('write', bytes.length, expected);
        continue;
      }
      const inside = typicalProgram(target.family, bytes.length);
      const pace = {
        kind: `write ${bytes.length}`,
        ...(inside !== undefined && { expected: inside }),
        ...(floor > 0 && { floor }),
      };
      await progress.measure('write', address, bytes.length, expected, () =>
        session.writeBlock(block.base, address, bytes, pace),
      );
    }
  }
  for (const sector of stretch.sectors) progress.sector(sector, 'written');
}

async function verifyRuns(
  session: DfuSeSession,
  stretch: Stretch,
  context: RewriteContext,
  tries: number,
): Promise<void> {
  const { progress, target } = context;
  progress.phase('verify');
  let first: number | undefined;
  let differing = 0;
  // Padding is compared too: it was written, so it must be there.
  await compareRuns(session, alignRuns(stretch.content, context.alignment, context.erasedValue), {
    alignment: context.alignment,
    wanted: () => {
      context.checkpoint();
      return true;
    },
    reading: ({ address, bytes }, read) =>
      progress.measure('verify', address, bytes.length, readTime(target, bytes.length), read),
    differs: (difference) => {
      first ??= difference.first;
      differing += difference.count;
    },
  });
  if (first !== undefined) {
    const at = first;
    const bad = stretch.sectors.find((sector) => at >= sector.address && at < rangeOf(sector).end);
    if (bad) progress.sector(bad, 'failed');
    throw new StepwiseError('verify-mismatch', { address: first, differing, tries }, { phase: 'verify' });
  }
  for (const sector of stretch.sectors) progress.sector(sector, 'verified');
}

/** Tells each sector once, when the work reaches it. */
function sectorCursor(sectors: readonly FlashSector[], reached: (sector: FlashSector) => void) {
  let next = 0;
  return {
    reach(address: number): void {
      for (let sector = sectors[next]; sector && sector.address <= address; sector = sectors[next]) {
        reached(sector);
        next += 1;
      }
    },
  };
}
