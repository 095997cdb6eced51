/**
 * How long to wait before the next GETSTATUS.
 *
 * bwPollTimeout is what the loader thinks an operation may take (DFU 1.1 §6.1.2). On ST's ROMs it is a constant: far
 * too long on some (F405: about 100 ms for a block that is programmed in 25), too short on others (L0, L1, L4). A host
 * that obeys it spends most of an update asleep, or is stalled. So the first question comes when the work should be
 * done by the chip's own figures, and for blocks, of which there are thousands, by what the blocks before it took: each
 * answer narrows the bounds, until one question is enough. Where there are no figures, the loader's count. A loader
 * that stalls a question for being early is not asked earlier than it said from then on. An operation that takes longer
 * than all before it by accident is not learned from.
 */

/** A loader that names a longer time than this is not believed (non-ST loaders report garbage; dfu-util's quirk table). */
const LONGEST_WAIT = 5_000;
/** A loader that kept a GETSTATUS waiting for this long, in milliseconds, works inside it: what it does then is done. */
const HELD = 50;
/** Bounds closer than this, in milliseconds or as a part of the whole, are not worth another question. */
const CLOSE_ENOUGH = 0.5;
const CLOSE_ENOUGH_PART = 0.02;
/** Where nothing is known of the end, each question comes later than the one before by this part of the time so far. */
const GROWTH = 1 / 48;
/** The same after a stall: a few of them must be enough. */
const GROWTH_AFTER_STALL = 1;
/** A loader that stalls more questions of one operation than this has another trouble (dfu-util gives an L4 three). */
const STALLS_FORGIVEN = 4;
const SHORTEST_WAIT = 0.5;

export interface Pace {
  /** Milliseconds the operation typically takes inside the chip; absent where nobody published a figure. */
  readonly expected?: number;
  /**
   * The poll times of this loader are known to be too short, which it punishes: nothing is tried out on it, and where
   * there is no figure it is left alone for this many milliseconds (quirk `poll-time-floor`).
   */
  readonly floor?: number;
  /** Operations of one kind take the same time: what one of them took is remembered for the next. */
  readonly kind?: string;
}

/** The operation takes longer than `over` and at most `within` milliseconds. */
interface Bounds {
  over: number;
  within: number;
  /** The last one took longer than that. Once may be an accident, twice is a new time. */
  overran: boolean;
}

/** What a session has learned of its loader's times. */
export class Pacing {
  #obedient = false;
  readonly #learned = new Map<string, Bounds>();

  start(pace: Pace): OperationPace {
    const fresh = { over: 0, within: Infinity, overran: false };
    const bounds = pace.kind === undefined ? fresh : (this.#learned.get(pace.kind) ?? fresh);
    if (pace.kind !== undefined) this.#learned.set(pace.kind, bounds);
    return new OperationPace(pace, bounds, this.#obedient, () => {
      this.#obedient = true;
    });
  }
}

/** The waits within one operation. All times are milliseconds since it was started. */
export class OperationPace {
  readonly #pace: Pace;
  readonly #bounds: Bounds;
  readonly #obey: () => void;
  #obedient: boolean;
  #questions = 0;
  #stalls = 0;
  #overruns = false;

  constructor(pace: Pace, bounds: Bounds, obedient: boolean, obey: () => void) {
    this.#pace = pace;
    this.#bounds = bounds;
    this.#obedient = obedient;
    this.#obey = obey;
  }

  /**
   * Milliseconds from now to the next GETSTATUS.
   * @param pollTime what the loader asked for in its last answer
   * @param elapsed now
   * @param held how long the last answer was kept back
   */
  wait(pollTime: number, elapsed: number, held: number): number {
    this.#questions += 1;
    if (held >= HELD && !this.#careful) return 0;
    const asked = Math.min(pollTime, LONGEST_WAIT);
    const target = this.#target(elapsed);
    if (target === undefined) return Math.max(asked, this.#pace.floor ?? 0);
    const own = Math.max(0, target - elapsed);
    return this.#obedient && this.#end === Infinity ? Math.max(own, asked) : own;
  }

  get #careful(): boolean {
    return this.#obedient || this.#pace.floor !== undefined;
  }

  /** By when it is done, by what is known. */
  get #end(): number {
    return this.#overruns ? Infinity : this.#bounds.within;
  }

  /** When to ask; undefined where only the loader knows. */
  #target(elapsed: number): number | undefined {
    const { over } = this.#bounds;
    const within = this.#end;
    const first = this.#questions === 1;
    if (within === Infinity) {
      if (first) return this.#pace.expected === undefined ? undefined : Math.max(over, this.#pace.expected);
      const growth = this.#stalls > 0 ? GROWTH_AFTER_STALL : GROWTH;
      return elapsed + Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, elapsed * growth));
    }
    const close = within - over <= Math.max(CLOSE_ENOUGH, within * CLOSE_ENOUGH_PART);
    if (first && !close && !this.#careful) return (over + within) / 2;
    return Math.max(within, first ? 0 : elapsed + SHORTEST_WAIT);
  }

  /** A question sent at `asked` was answered "busy". */
  busy(asked: number): void {
    if (asked >= this.#bounds.within) this.#overruns = true;
    else this.#bounds.over = Math.max(this.#bounds.over, asked);
  }

  /** A question sent at `asked` was answered "done". */
  done(asked: number): void {
    const bounds = this.#bounds;
    if (!this.#overruns || bounds.overran) {
      bounds.within = this.#overruns ? asked : Math.min(bounds.within, asked);
      bounds.over = Math.min(bounds.over, bounds.within);
      bounds.overran = false;
    } else {
      bounds.overran = true;
    }
  }

  /** A question sent at `asked` stalled. @returns whether to take that for "busy" and ask again */
  stalled(asked: number): boolean {
    this.busy(asked);
    this.#obedient = true;
    this.#obey();
    this.#stalls += 1;
    return this.#stalls <= STALLS_FORGIVEN;
  }
}
