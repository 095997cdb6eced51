/** The log as a screen follows it: new lines as they come, held back while paused, old ones in pages on demand. */
import type { Client } from '../../shared/contract.ts';
import type { LogLine } from '../../shared/log.ts';
import { LogBook, MOST_LINES } from './log-book.ts';
import type { LogFilter } from './log-filter.ts';

export class LogFeed {
  readonly #client: Client;
  /** The book is no state of its own: it is put here anew whenever it has changed. */
  #changed: { readonly book: LogBook };
  #held: readonly LogLine[] = $state.raw([]);
  #paused = $state(false);
  #page: 'first' | 'older' | 'none' = $state('first');
  #complete = $state(false);

  constructor(client: Client, filter: LogFilter) {
    this.#client = client;
    this.#changed = $state.raw({ book: new LogBook(filter) });
  }

  get #book(): LogBook {
    return this.#changed.book;
  }

  /** The lines that are wanted, oldest first; read anew whenever they change. */
  get lines(): readonly LogLine[] {
    return this.#book.wanted;
  }

  /** How many lines are wanted. */
  get count(): number {
    return this.#book.wanted.length;
  }

  /** How many there are, wanted or not. */
  get size(): number {
    return this.#book.size;
  }

  get rooms(): readonly string[] {
    return this.#book.rooms;
  }

  get filter(): LogFilter {
    return this.#book.filter;
  }

  show(change: Partial<LogFilter>): void {
    this.#book.filter = { ...this.#book.filter, ...change };
    this.#changed = { book: this.#book };
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    if (!paused) this.#take([]);
  }

  /** Lines that came while it was paused. */
  get held(): number {
    return this.#held.length;
  }

  get loading(): boolean {
    return this.#page !== 'none';
  }

  /** The oldest line of all is here. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Begins to follow. @returns ends it */
  follow(): () => void {
    const ends = [
      this.#client.subscribe('log', (lines) => this.#take(lines)),
      this.#client.watchConnection((state) => {
        if (state === 'connected') void this.open();
      }),
    ];
    return () => ends.forEach((end) => end());
  }

  /** Fetches the newest page; what was there is forgotten, as the program may have been started again. */
  async open(): Promise<void> {
    this.#page = 'first';
    try {
      const lines = await this.#client.request('logs.read', {});
      this.#book.clear();
      this.#book.append(lines);
      this.#complete = lines.length === 0;
    } finally {
      this.#page = 'none';
      this.#take([]);
    }
  }

  /** Fetches a page of older lines. @returns how many wanted ones came on top */
  async fetchOlder(): Promise<number> {
    const before = this.#book.first;
    if (before === undefined || this.#page !== 'none' || this.#complete || this.#book.size >= MOST_LINES)
      return 0;
    this.#page = 'older';
    try {
      const lines = await this.#client.request('logs.read', { before });
      this.#complete = lines.length === 0;
      return this.#book.prepend(lines);
    } finally {
      this.#page = 'none';
      this.#changed = { book: this.#book };
    }
  }

  /** Lines that come before the first page is here wait for it, so that none is missing between. */
  #take(lines: readonly LogLine[]): void {
    this.#held = [...this.#held, ...lines];
    if (this.#paused || this.#page === 'first') return;
    this.#book.append(this.#held);
    this.#held = [];
    this.#changed = { book: this.#book };
  }
}
