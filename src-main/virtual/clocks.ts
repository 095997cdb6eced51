/**
 * Clocks for virtual devices. Under the virtual clock a program that would take minutes takes milliseconds, and takes
 * the same time in every run: time stands still while anything can still run, and jumps to the earliest sleeper when
 * nothing can (discrete-event simulation). Several devices so work side by side in virtual time, as they would in life.
 */
import type { Clock } from '../../shared/clock.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/**
 * "Nothing can run" is taken from the event loop: an immediate comes after every pending promise. Real input and
 * output is not waited for: while a program reads a file, virtual time may pass.
 */
export class VirtualClock implements Clock {
  #now = 0;
  #pumping = false;
  /** The earliest last, so that taking it is cheap; equal times in the order they were asked for. */
  readonly #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    if (!(ms > 0)) return Promise.resolve();
    return new Promise((wake) => {
      this.#enqueue({ due: this.#now + ms, wake });
      this.#pump();
    });
  }

  #enqueue(sleeper: Sleeper): void {
    let low = 0;
    let high = this.#sleepers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#sleepers[middle];
      if (other && other.due > sleeper.due) low = middle + 1;
      else high = middle;
    }
    this.#sleepers.splice(low, 0, sleeper);
  }

  #pump(): void {
    const earliest = this.#sleepers.at(-1);
    // A sleep without end must not keep the event loop alive.
    if (this.#pumping || !earliest || earliest.due === Infinity) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const next = this.#sleepers.pop();
      if (next) {
        this.#now = next.due;
        next.wake();
      }
      this.#pump();
    });
  }
}

/** Platform timers cannot sleep shorter than this, in milliseconds. */
const TIMER_RESOLUTION_MS = 1;

/**
 * Another clock, run `factor` times as fast: for demonstrations. Sleeps too short for the platform's timers are saved
 * up until they are worth a timer, and what a timer oversleeps is taken off the next ones, so that a thousand short
 * sleeps take about as long as one of their sum.
 */
export class ScaledClock implements Clock {
  readonly #base: Clock;
  readonly #factor: number;
  /** Milliseconds of the base clock still to be slept. */
  #owed = 0;

  constructor(base: Clock, factor: number) {
    this.#base = base;
    this.#factor = factor;
  }

  now(): number {
    return this.#base.now() * this.#factor;
  }

  async sleep(ms: number): Promise<void> {
    if (!(ms > 0)) return;
    this.#owed += ms / this.#factor;
    if (this.#owed < TIMER_RESOLUTION_MS) return;
    const planned = this.#owed;
    this.#owed = 0;
    const from = this.#base.now();
    await this.#base.sleep(planned);
    const overslept = this.#base.now() - from - planned;
    this.#owed -= Math.min(overslept, planned);
  }
}
