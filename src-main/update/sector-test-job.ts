/**
 * Erases, writes and reads one sector that nobody uses, and leaves it blank again: whether erasing and programming work
 * on this chip, and how fast. Whatever goes wrong on the way, the sector is cleaned before it is said.
 */
import type { SectorTest } from '../../shared/diagnosis.ts';
import { isFailure, StepwiseError, type Phase } from '../../shared/failure.ts';
import type { ProgressEvent } from '../../shared/progress.ts';
import { asFailure } from '../dfuse/usb-failure.ts';
import { quietAfterFailure } from '../flash/erase-rules.ts';
import { eraseTime, readTime, writeTime } from '../flash/estimate.ts';
import { checkErasable } from '../flash/plan.ts';
import { Progress } from '../flash/progress.ts';
import { retrying } from '../flash/recover.ts';
import { eraseSector, rewrite, type RewriteContext } from '../flash/rewrite.ts';
import { alignmentOf, erasedValueOf, type FlashSector } from '../flash/target.ts';
import { isBlank } from './contents.ts';
import type { Connected } from './connect.ts';
import { changingNothing, checkpoint, type JobOptions } from './job.ts';
import { wholeFlash } from './read-job.ts';

/** What the caller must hand over: it cannot be passed by accident. */
export const TEST_ONE_SECTOR = 'write one unused sector and leave it blank';

/**
 * @param begun is told each step
 * @throws consent-missing, read-protected, no-unused-sector; what went wrong in the test, with the sector blank again;
 * sector-not-cleaned where it may not be
 */
export async function testSector(
  connected: Connected,
  consent: string,
  options: JobOptions,
  begun: (step: 'choose' | 'erase' | 'write' | 'verify' | 'clean') => void,
): Promise<SectorTest> {
  if (consent !== TEST_ONE_SECTOR) throw new StepwiseError('consent-missing', { what: 'test-sector' });
  begun('choose');
  const sector = await changingNothing(connected, () => unusedSector(connected, options));
  const times = new PhaseTimes(options, begun);
  const failed = await tried(connected, sector, { ...options, listener: times.listener });
  begun('clean');
  await clean(connected, sector, options, failed);
  if (failed !== undefined)
    throw asFailure(failed, connected.device.identity.path, { condition: 'untouched' });
  const { address, size } = sector;
  const perSecond = (phase: Phase) => (size / Math.max(times.of(phase), 0.001)) * 1_000;
  return {
    address,
    size,
    erase: times.of('erase'),
    write: perSecond('write'),
    read: perSecond('verify'),
    recoveries: times.recoveries,
  };
}

/**
 * The smallest one, and of those the last: applications begin at the other end. Where it is not known how much flash
 * there is, the first: behind it there may be less than the bootloader shows. @throws read-protected, no-unused-sector
 */
async function unusedSector(connected: Connected, { listener, signal }: JobOptions): Promise<FlashSector> {
  const { target, connection } = connected;
  if (target.readProtected) throw new StepwiseError('read-protected', {});
  const end = wholeFlash(connected)?.end ?? 0;
  const nearer = target.flashSize === undefined ? 1 : -1;
  const candidates = target.sectors
    .filter(({ readable, erasable, writable }) => readable && erasable && writable)
    .filter((sector) => sector.address + sector.size <= end && mayBeErased(sector, connected))
    .sort((a, b) => a.size - b.size || nearer * (a.address - b.address));
  const ask = () => void checkpoint(signal);
  for (const sector of candidates) {
    const blank = await retrying(
      connection,
      () => isBlank(connection.session, sector, erasedValueOf(target), ask),
      { address: sector.address, listener, checkpoint: ask },
    );
    if (blank) return sector;
  }
  throw new StepwiseError('no-unused-sector', { looked: candidates.length });
}

/** Not where an erase is known to hit something else. */
function mayBeErased(sector: FlashSector, { target }: Connected): boolean {
  try {
    checkErasable([sector], target);
    return true;
  } catch (error) {
    if (isFailure(error, 'plan-refused')) return false;
    throw error;
  }
}

/** @returns what went wrong */
async function tried(connected: Connected, sector: FlashSector, options: JobOptions): Promise<unknown> {
  const { connection } = connected;
  const { address, size } = sector;
  const checkpointed = () => {
    if (options.signal?.aborted) throw new StepwiseError('cancelled', { condition: 'untouched' });
  };
  const context = contextOf(connected, sector, options, checkpointed);
  try {
    await retrying(
      connection,
      (attempt) =>
        rewrite(
          connection.session,
          { sectors: [sector], content: [{ address, bytes: pattern(address, size) }] },
          context,
          { erase: true, blankCheck: true, attempt },
        ),
      {
        address,
        quiet: quietAfterFailure(connected.target, [sector]),
        listener: options.listener,
        checkpoint: checkpointed,
      },
    );
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Nobody stops this: what was begun must not be left in the sector. @throws sector-not-cleaned */
async function clean(
  connected: Connected,
  sector: FlashSector,
  options: JobOptions,
  failed: unknown,
): Promise<void> {
  const { connection, target } = connected;
  const { address, size } = sector;
  const context = contextOf(connected, sector, options, () => undefined);
  try {
    await retrying(
      connection,
      (attempt) => eraseSector(connection.session, sector, context, { blankCheck: true, attempt }),
      { address, quiet: quietAfterFailure(target, [sector]), listener: options.listener },
    );
  } catch (error) {
    throw new StepwiseError('sector-not-cleaned', { address, size }, { cause: failed ?? error });
  }
}

function contextOf(
  { target }: Connected,
  sector: FlashSector,
  options: JobOptions,
  checkpointed: () => void,
): RewriteContext {
  const progress = new Progress(options.clock, options.listener);
  progress.expect('erase', eraseTime(target, sector), sector.size);
  progress.expect('write', writeTime(target, sector.size), sector.size);
  progress.expect('verify', readTime(target, sector.size), sector.size);
  return {
    target,
    alignment: alignmentOf(target),
    erasedValue: erasedValueOf(target),
    clock: options.clock,
    progress,
    checkpoint: checkpointed,
  };
}

/** Bytes that no two blocks have in common, so that one in the wrong place is seen (xorshift32). */
function pattern(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state & 0xff;
  }
  return bytes;
}

/** How long each phase took, the last time it was gone through. */
class PhaseTimes {
  readonly #options: JobOptions;
  readonly #begun: (step: 'erase' | 'write' | 'verify') => void;
  readonly #times = new Map<Phase, number>();
  #current: { readonly phase: Phase; readonly since: number } | undefined;
  recoveries = 0;

  constructor(options: JobOptions, begun: (step: 'erase' | 'write' | 'verify') => void) {
    this.#options = options;
    this.#begun = begun;
  }

  readonly listener = (event: ProgressEvent): void => {
    this.#options.listener(event);
    if (event.type === 'retry') this.recoveries += 1;
    if (event.type === 'phase') this.#enter(event.phase);
    if (event.type === 'sector' && event.state === 'verified') this.#leave();
  };

  of(phase: Phase): number {
    return this.#times.get(phase) ?? 0;
  }

  #enter(phase: Phase): void {
    this.#leave();
    this.#current = { phase, since: this.#options.clock.now() };
    if (phase === 'erase' || phase === 'write' || phase === 'verify') this.#begun(phase);
  }

  #leave(): void {
    if (this.#current) this.#times.set(this.#current.phase, this.#options.clock.now() - this.#current.since);
    this.#current = undefined;
  }
}
