/**
 * The lines of the log as far as they were fetched, in order and without gaps, and of those the ones that are wanted.
 * New lines come at the end all the time, old ones in pages before the beginning: neither looks through everything
 * again.
 */
import type { LogLine } from '../../shared/log.ts';
import { wanted, type LogFilter } from './log-filter.ts';

/** Lines kept in the window; older ones are fetched again when somebody goes back to them. */
export const MOST_LINES = 200_000;
/** Cut off at a time, so that it does not happen with every line. */
const CUT = 20_000;

export class LogBook {
  #lines: LogLine[] = [];
  #wanted: LogLine[] = [];
  #filter: LogFilter;
  #isWanted: (line: LogLine) => boolean;
  readonly #rooms = new Set<string>();

  constructor(filter: LogFilter) {
    this.#filter = filter;
    this.#isWanted = wanted(filter);
  }

  get filter(): LogFilter {
    return this.#filter;
  }

  set filter(filter: LogFilter) {
    this.#filter = filter;
    this.#isWanted = wanted(filter);
    this.#wanted = this.#lines.filter(this.#isWanted);
  }

  /** The lines that are wanted, oldest first. The same array, growing: do not keep it. */
  get wanted(): readonly LogLine[] {
    return this.#wanted;
  }

  /** Lines there are, wanted or not. */
  get size(): number {
    return this.#lines.length;
  }

  get rooms(): readonly string[] {
    return [...this.#rooms].sort();
  }

  /** Number of the oldest line that is here. */
  get first(): number | undefined {
    return this.#lines[0]?.number;
  }

  /** New lines; those that are here already, as after a lost connection, are left out. */
  append(lines: readonly LogLine[]): void {
    const last = this.#lines.at(-1)?.number ?? -1;
    for (const line of lines) {
      if (line.number <= last) continue;
      this.#lines.push(line);
      this.#rooms.add(line.room);
      if (this.#isWanted(line)) this.#wanted.push(line);
    }
    if (this.#lines.length > MOST_LINES) this.#cut();
  }

  /** A page of older lines. @returns how many of them are wanted: so many rows are new above those that were there */
  prepend(lines: readonly LogLine[]): number {
    const first = this.first ?? Infinity;
    const older = lines.filter((line) => line.number < first);
    const olderWanted = older.filter(this.#isWanted);
    for (const { room } of older) this.#rooms.add(room);
    this.#lines = [...older, ...this.#lines];
    this.#wanted = [...olderWanted, ...this.#wanted];
    return olderWanted.length;
  }

  /** The program was started again and counts from the beginning. */
  clear(): void {
    this.#lines = [];
    this.#wanted = [];
    this.#rooms.clear();
  }

  #cut(): void {
    this.#lines = this.#lines.slice(this.#lines.length - MOST_LINES + CUT);
    const first = this.first ?? 0;
    const keepFrom = this.#wanted.findIndex((line) => line.number >= first);
    this.#wanted = keepFrom < 0 ? [] : this.#wanted.slice(keepFrom);
  }
}
