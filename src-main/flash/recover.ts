/**
 * The recovery ladder: what to do when a transfer fails in the middle of an update, gentlest rung first.
 *
 *   clear      ask for the state; leave dfuERROR, abort, un-wedge a loader that is known to need it
 *   re-open    close the device and open it anew
 *   usb-reset  reset the port
 *   replug     ask the person to unplug the device and plug it in again
 *
 * Each rung ends with a loader in dfuIDLE or with the next rung. A device that is gone begins with the last one.
 * The ladder is bounded and every rung is told. What was being done is done again by the caller, sector by sector.
 */
import type { Clock } from '../../shared/clock.ts';
import { isFailure, StepwiseError } from '../../shared/failure.ts';
import type { Need, ProgressListener, RecoveryRung } from '../../shared/progress.ts';
import type { EntryRules } from '../dfuse/entry.ts';
import type { DfuSeSession } from '../dfuse/session.ts';
import { UsbError } from '../usb/port.ts';

/** How to get at the device again; the room that owns devices implements it. */
export interface Reconnector {
  readonly path: string;
  /** Closes and opens the device; the session is new, the loader in whatever state it was. */
  reopen(): Promise<DfuSeSession>;
  /** Resets the device's port and opens what is there then. */
  reset(): Promise<DfuSeSession>;
  /**
   * Waits until a device is gone from the path and another one stands there, and opens it.
   * @throws did-not-return after `patience` ms, wrong-device-returned for one that is not the same
   */
  replugged(patience: number): Promise<DfuSeSession>;
}

export interface RecoveryLimits {
  /** Milliseconds to wait for a person to plug the device in again; 0 never asks. */
  readonly replugPatience: number;
  /** How often the ladder may be climbed in one job. */
  readonly recoveries: number;
}

export const DEFAULT_LIMITS: RecoveryLimits = { replugPatience: 120_000, recoveries: 12 };

type Rung = readonly [RecoveryRung, () => Promise<DfuSeSession>];

/** The session of a job: the same idea of one device over all the sessions that a bad cable makes necessary. */
export class Connection {
  #session: DfuSeSession;
  readonly #reconnector: Reconnector;
  readonly #clock: Clock;
  readonly #listener: ProgressListener;
  readonly #limits: RecoveryLimits;
  readonly #entry: EntryRules;
  #recoveries = 0;

  constructor(
    session: DfuSeSession,
    reconnector: Reconnector,
    clock: Clock,
    listener: ProgressListener,
    limits: RecoveryLimits = DEFAULT_LIMITS,
    entry: EntryRules = {},
  ) {
    this.#session = session;
    this.#reconnector = reconnector;
    this.#clock = clock;
    this.#listener = listener;
    this.#limits = limits;
    this.#entry = entry;
  }

  get session(): DfuSeSession {
    return this.#session;
  }

  /** How often the ladder was climbed. */
  get recoveries(): number {
    return this.#recoveries;
  }

  /**
   * Brings the loader back to dfuIDLE after `error`.
   * @param quiet milliseconds in which the loader must not be touched first (an erase may still be running)
   * @throws the original failure where no rung helps
   */
  async recover(error: unknown, quiet = 0): Promise<void> {
    if (!isRecoverable(error) || this.#recoveries >= this.#limits.recoveries) throw error;
    // Flash that did not take what it was given is no reason to disturb a loader that answers.
    if (isFailure(error, 'verify-mismatch') || isFailure(error, 'erase-failed')) return;
    this.#recoveries += 1;
    await this.#clock.sleep(quiet);
    let reason: unknown = error;
    for (const [rung, climb] of this.#rungs(isGone(error))) {
      this.#listener({ type: 'recovery', rung, because: messageOf(reason) });
      try {
        this.#session = await climb();
        await this.#session.enter(this.#entry);
        return;
      } catch (next) {
        if (isFailure(next, 'wrong-device-returned') || isFailure(next, 'did-not-return')) throw next;
        reason = next;
      }
    }
    throw isGone(reason) && !isGone(error) ? reason : error;
  }

  #rungs(gone: boolean): readonly Rung[] {
    const onTheBus: readonly Rung[] = [
      ['clear', () => Promise.resolve(this.#session)],
      ['re-open', () => this.#reconnector.reopen()],
      ['usb-reset', () => this.#reconnector.reset()],
    ];
    if (this.#limits.replugPatience <= 0) return gone ? [] : onTheBus;
    const replug: Rung = ['replug', () => this.#replug()];
    // A device that was gone is on the bus again after the replug.
    return gone ? [replug, ...onTheBus] : [...onTheBus, replug];
  }

  async #replug(): Promise<DfuSeSession> {
    const patience = this.#limits.replugPatience;
    const need: Need = { kind: 'replug', path: this.#reconnector.path, patience };
    this.#listener({ type: 'needs', need });
    const session = await this.#reconnector.replugged(patience);
    this.#listener({ type: 'needs-met' });
    return session;
  }
}

/** How often a piece of work is tried before it has failed; a device that was unplugged does not count as a try. */
const TRIES = 3;

/**
 * Does `work` until it succeeds or its tries are used up, climbing the ladder in between.
 * @param work is told which try it is, from 1
 * @param options.address where the work is, for the listener
 * @param options.quiet milliseconds in which nothing may touch the loader after a failure
 * @param options.checkpoint throws where the person cancelled, which ends a wait for a plug too
 */
export async function retrying<T>(
  connection: Connection,
  work: (attempt: number) => Promise<T>,
  options: {
    readonly address: number;
    readonly quiet?: number;
    readonly listener: ProgressListener;
    readonly checkpoint?: () => void;
  },
): Promise<T> {
  let failures = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!isGone(error)) failures += 1;
      if (!isRecoverable(error) || failures >= TRIES) throw error;
      options.listener({ type: 'retry', address: options.address, attempt, because: messageOf(error) });
      try {
        await connection.recover(error, options.quiet);
      } catch (failure) {
        options.checkpoint?.();
        throw failure;
      }
    }
  }
}

/** True for what a new try may cure: the bus, a loader in a wrong state, a block that did not take. */
export function isRecoverable(error: unknown): boolean {
  if (error instanceof UsbError) return error.kind !== 'no-driver' && error.kind !== 'no-permission';
  if (!(error instanceof StepwiseError)) return false;
  switch (error.code) {
    case 'stuck-busy':
    case 'bad-state':
    case 'protocol-violation':
    case 'command-rejected':
    case 'program-failed':
    case 'read-short':
    case 'verify-mismatch':
    case 'erase-failed':
      return true;
    default:
      return false;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof UsbError && error.kind === 'gone';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
