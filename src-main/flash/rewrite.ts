/**
 * Rewrites a stretch of neighbouring sectors: erase → (blank check) → write, leaving out blocks that an erase has
 * already made right → read back. Nothing here retries; it does the work once and says what went wrong.
 *
 * A stretch is one sector, or as many small ones as make a run worth a SET_ADDRESS of its own.
 */
import { StepwiseError } from '../../shared/failure.ts';
import type { Clock } from '../../shared/clock.ts';
import type { DfuSeSession, EraseRules } from '../dfuse/session.ts';
import type { ImageRange } from '../firmware/image.ts';
import { alignRuns, blocksOf, isErased } from './blocks.ts';
import { compareRuns } from './compare.ts';
import { eraseTime, readTime, typicalErase, typicalProgram, worstErase, writeTime } from './estimate.ts';
import { concerns } from './plan.ts';
import type { Progress } from './progress.ts';
import { rangeOf, type FlashSector, type FlashTarget } from './target.ts';

/** A sector that is not blank after this many milliseconds more is not going to be. */
const EXTRA_SETTLE = 4_000;
/** No sector of any family takes longer by its data sheet; one worn sector was seen to take 10 s. */
const LEAST_ERASE_BUDGET = 10_000;
const LONGEST_ERASE_BUDGET = 30_000;

/** The end of an erase is first asked for at this part of its typical time; later where an early question is punished. */
const FIRST_LOOK = 0.8;
const SAFE_LOOK = 1.1;

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

/** How to erase a sector of this device, with what is known to go wrong there. */
export function eraseRules(
  target: FlashTarget,
  sector: FlashSector,
): EraseRules & { readonly blankCheck: boolean } {
  const worst = worstErase(target.family, sector.size) ?? 0;
  const typical = typicalErase(target.family, sector.size);
  const floor = pollFloor(target, 'erase');
  let rules: EraseRules & { blankCheck: boolean } = {
    kind: `erase ${sector.size}`,
    budget: Math.min(LONGEST_ERASE_BUDGET, Math.max(LEAST_ERASE_BUDGET, 2 * worst)),
    ...(typical !== undefined && { expected: typical * (floor > 0 ? SAFE_LOOK : FIRST_LOOK) }),
    ...(floor > 0 && { floor }),
    blankCheck: false,
  };
  for (const { effect } of target.quirks) {
    if (!concerns(effect, sector)) continue;
    if (effect.kind === 'erase-never-reports-end')
      rules = { ...rules, unwedgeAfter: effect.settle, blankCheck: true };
    if (effect.kind === 'erase-reports-end-too-early')
      rules = { ...rules, settle: effect.settle, blankCheck: true };
  }
  return rules;
}

/** Least milliseconds before the loader is asked, where its own poll times are known to be too short; 0 elsewhere. */
function pollFloor(target: FlashTarget, command: 'erase' | 'write'): number {
  const floors = target.quirks.map(({ effect }) =>
    effect.kind === 'poll-time-floor' && effect.command === command ? effect.floor : 0,
  );
  return Math.max(0, ...floors);
}

/** Milliseconds in which nothing may touch the loader after a failure in these sectors. */
export function quietAfterFailure(target: FlashTarget, sectors: readonly FlashSector[]): number {
  return Math.max(0, ...sectors.map((sector) => eraseRules(target, sector).settle ?? 0));
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
        progress.skip('write', bytes.length, expected);
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
