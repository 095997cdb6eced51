/**
 * How long to wait before the next GETSTATUS.
 *
 * bwPollTimeout is what the loader thinks an operation may take (DFU 1.1 §6.1.2). On ST's ROMs it is a constant: far
 * too long on some (F405: about 100 ms for a block that is programmed in 25), too short on others (L0, L1, L4). A host
 * that obeys it spends most of an update asleep. So the first question comes when the work should be done by the
 * chip's own figures, and for blocks, of which there are thousands, by what the blocks before it took: each answer
 * narrows the bounds, until one question is enough. It never comes later than the loader asked for, nor earlier than
 * the family's floor; and a loader that punishes an early question is obeyed to the letter from then on.
 */

/** A loader that names a longer time than this is not believed (non-ST loaders report garbage; dfu-util's quirk table). */
const LONGEST_WAIT = 5_000;
/** A loader that kept a GETSTATUS waiting for this long, in milliseconds, works inside it: what it does then is done. */
const HELD = 50;
/** Bounds closer than this, in milliseconds or as a part of the whole, are not worth another question. */
const CLOSE_ENOUGH = 0.5;
const CLOSE_ENOUGH_PART = 0.02;
/** Where nothing is known of the end, each question comes later than the one before by this part of the time so far. */
const GROWTH = 1 / 16;
const SHORTEST_WAIT = 0.5;

export interface Pace {
  /** Milliseconds the operation typically takes inside the chip; absent where nobody published a figure. */
  readonly expected?: number;
  /** Least milliseconds the loader must be left alone, whatever it says (quirk `poll-time-floor`). */
  readonly floor?: number;
  /** Operations of one kind take the same time: what one of them took is remembered for the next. */
  readonly kind?: string;
}

/** The operation takes longer than `over` and at most `within` milliseconds. */
interface Bounds {
  over: number;
  within: number;
}

/** What a session has learned of its loader's times. */
export class Pacing {
  #obedient = false;
  readonly #learned = new Map<string, Bounds>();

  /** An early question was punished. */
  obeyFromNowOn(): void {
    this.#obedient = true;
  }

  start(pace: Pace): OperationPace {
    if (this.#obedient || pace.floor !== undefined) return new OperationPace({ ...pace, expected: Infinity });
    if (pace.kind === undefined) return new OperationPace(pace);
    const known = this.#learned.get(pace.kind) ?? { over: 0, within: Infinity };
    this.#learned.set(pace.kind, known);
    return new OperationPace(pace, known);
  }
}

/** The waits within one operation. All times are milliseconds since it was started. */
export class OperationPace {
  readonly #pace: Pace;
  readonly #bounds: Bounds;
  #questions = 0;

  constructor(pace: Pace, bounds: Bounds = { over: 0, within: Infinity }) {
    this.#pace = pace;
    this.#bounds = bounds;
  }

  /**
   * Milliseconds from now to the next GETSTATUS.
   * @param pollTime what the loader asked for in its last answer
   * @param elapsed now
   * @param held how long the last answer was kept back
   */
  wait(pollTime: number, elapsed: number, held: number): number {
    const asked = Math.min(Math.max(pollTime, this.#pace.floor ?? 0), LONGEST_WAIT);
    const own = held >= HELD ? 0 : this.#target(elapsed) - elapsed;
    this.#questions += 1;
    return Math.max(0, Math.min(asked, own));
  }

  #target(elapsed: number): number {
    const { over, within } = this.#bounds;
    if (within === Infinity) {
      const grown = elapsed + Math.max(SHORTEST_WAIT, elapsed * GROWTH);
      return this.#questions === 0 ? Math.max(over, this.#pace.expected ?? Infinity) : grown;
    }
    const close = within - over <= Math.max(CLOSE_ENOUGH, within * CLOSE_ENOUGH_PART);
    return close || this.#questions > 0 ? Math.max(within, elapsed + SHORTEST_WAIT) : (over + within) / 2;
  }

  /** A question sent at `asked` was answered "busy". */
  busy(asked: number): void {
    this.#bounds.over = Math.max(this.#bounds.over, asked);
    // It takes longer than it ever did: what was learned is no longer true.
    if (this.#bounds.over >= this.#bounds.within) this.#bounds.within = Infinity;
  }

  /** A question sent at `asked` was answered "done". */
  done(asked: number): void {
    this.#bounds.within = Math.min(this.#bounds.within, asked);
    this.#bounds.over = Math.min(this.#bounds.over, this.#bounds.within);
  }
}
