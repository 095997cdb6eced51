/**
 * Turns work done into honest progress. The model says what each kind of work should take; what was measured corrects
 * it, kind by kind; the fraction is time, never falls and reaches 1 only at the end.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Phase } from '../../shared/failure.ts';
import type { ProgressListener, SectorState } from '../../shared/progress.ts';
import type { WorkTime } from './estimate.ts';

export type WorkKind = keyof WorkTime;

/** Twenty events a second are more than an eye follows. */
const EVENT_INTERVAL = 50;
/** Until this many milliseconds of a kind were expected and done, its measured speed says nothing. */
const TRUSTED_AFTER = 200;
/** Below 1 until the job is proven. */
const ALMOST = 0.999;

interface Account {
  /** Milliseconds by the model. */
  expected: number;
  expectedDone: number;
  measured: number;
  bytesDone: number;
  bytesTotal: number;
}

export class Progress {
  readonly #clock: Clock;
  readonly #listener: ProgressListener;
  readonly #accounts: Record<WorkKind, Account> = {
    compare: emptyAccount(),
    erase: emptyAccount(),
    write: emptyAccount(),
    verify: emptyAccount(),
  };
  readonly #started: number;
  #phase: Phase | undefined;
  #lastEvent = -Infinity;
  #fraction = 0;

  constructor(clock: Clock, listener: ProgressListener) {
    this.#clock = clock;
    this.#listener = listener;
    this.#started = clock.now();
  }

  /** States how much of a kind of work the job has; may be said again when more is known. */
  expect(kind: WorkKind, milliseconds: number, bytes: number): void {
    const account = this.#accounts[kind];
    account.expected = milliseconds;
    account.bytesTotal = bytes;
  }

  /** Adds work that has to be done again. */
  expectMore(kind: WorkKind, milliseconds: number, bytes: number): void {
    const account = this.#accounts[kind];
    account.expected += milliseconds;
    account.bytesTotal += bytes;
  }

  phase(phase: Phase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#listener({ type: 'phase', phase });
  }

  sector(sector: { readonly address: number; readonly size: number }, state: SectorState): void {
    this.#listener({ type: 'sector', address: sector.address, size: sector.size, state });
  }

  /** Runs one piece of work and enters it into the books. */
  async measure<T>(
    kind: WorkKind,
    address: number,
    bytes: number,
    expected: number,
    work: () => Promise<T>,
  ): Promise<T> {
    const before = this.#clock.now();
    const result = await work();
    const account = this.#accounts[kind];
    account.measured += this.#clock.now() - before;
    this.credit(kind, bytes, expected);
    this.#tell(kind, address);
    return result;
  }

  /** Enters work as done without measuring it: it was not needed, or has been measured. */
  credit(kind: WorkKind, bytes: number, expected: number): void {
    const account = this.#accounts[kind];
    account.expectedDone = Math.min(account.expected, account.expectedDone + expected);
    account.bytesDone = Math.min(account.bytesTotal, account.bytesDone + bytes);
  }

  /** Milliseconds still to go. */
  get remaining(): number {
    return Object.values(this.#accounts).reduce((sum, account) => {
      const trusted = account.expectedDone >= TRUSTED_AFTER && account.measured > 0;
      const correction = trusted ? account.measured / account.expectedDone : 1;
      return sum + (account.expected - account.expectedDone) * correction;
    }, 0);
  }

  #tell(kind: WorkKind, address: number): void {
    const now = this.#clock.now();
    if (now - this.#lastEvent < EVENT_INTERVAL) return;
    this.#lastEvent = now;
    const { bytesDone, bytesTotal, measured } = this.#accounts[kind];
    const remaining = this.remaining;
    const elapsed = now - this.#started;
    const whole = elapsed + remaining;
    this.#fraction = Math.max(this.#fraction, whole > 0 ? Math.min(ALMOST, elapsed / whole) : 0);
    this.#listener({
      type: 'progress',
      phase: this.#phase ?? kind,
      address,
      done: bytesDone,
      total: bytesTotal,
      fraction: this.#fraction,
      rate: measured > 0 ? (bytesDone / measured) * 1000 : 0,
      remaining,
    });
  }
}

function emptyAccount(): Account {
  return { expected: 0, expectedDone: 0, measured: 0, bytesDone: 0, bytesTotal: 0 };
}
