/** Gathers what comes in quick succession, so that nobody is told more often than every so many milliseconds. */
import type { Clock } from '../../shared/clock.ts';

export class Gathering<T> {
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #tell: (items: readonly T[]) => void;
  #items: T[] = [];
  #told = -Infinity;
  #waiting = false;

  /** @param interval milliseconds between two tellings at least */
  constructor(clock: Clock, interval: number, tell: (items: readonly T[]) => void) {
    this.#clock = clock;
    this.#interval = interval;
    this.#tell = tell;
  }

  add(item: T): void {
    this.#items.push(item);
    if (!this.#waiting) void this.#tellInTime();
  }

  /** Tells what there is at once: somebody needs to know all there is up to now. */
  flush(): void {
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#told = this.#clock.now();
    this.#tell(items);
  }

  async #tellInTime(): Promise<void> {
    this.#waiting = true;
    await this.#clock.sleep(this.#told + this.#interval - this.#clock.now());
    this.#waiting = false;
    this.flush();
  }
}
