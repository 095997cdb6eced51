/**
 * The log: one line an event, with the room it happened in and the device it is about. The last lines stay in memory for
 * the screens; whoever wants them elsewhere (a file) listens. Lines hold what happened, never what was in a firmware.
 */
import type { LogLevel, LogLine } from '../../shared/log.ts';

/** Lines in memory. */
const LOG_CAPACITY = 100_000;
/** Old lines are dropped so many at a time: dropping one moves all others. */
const DROPPED_AT_ONCE = 1_000;

export interface LogOptions {
  /** Now; ISO 8601. */
  readonly today: () => string;
  readonly capacity?: number;
}

export class Log {
  readonly #today: () => string;
  readonly #capacity: number;
  readonly #lines: LogLine[] = [];
  readonly #listeners = new Set<(line: LogLine) => void>();
  #next = 1;

  constructor({ today, capacity = LOG_CAPACITY }: LogOptions) {
    this.#today = today;
    this.#capacity = capacity;
  }

  /**
   * @param room `usb`, `flash`, `contract`
   * @param device port path of the device it is about
   */
  write(level: LogLevel, room: string, message: string, device?: string): void {
    const about = device === undefined ? {} : { device };
    const line: LogLine = { number: this.#next++, time: this.#today(), level, room, message, ...about };
    this.#lines.push(line);
    if (this.#lines.length >= this.#capacity + DROPPED_AT_ONCE) this.#lines.splice(0, DROPPED_AT_ONCE);
    for (const listener of this.#listeners) listener(line);
  }

  /** The newest `count` lines whose number is below `before`, oldest first. */
  read(count: number, before = Infinity): readonly LogLine[] {
    const kept = this.#lines.slice(-this.#capacity);
    const first = kept[0]?.number ?? 0;
    const end = Math.max(0, Math.min(kept.length, before - first));
    return kept.slice(Math.max(0, end - count), end);
  }

  /** @returns ends the subscription */
  subscribe(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
