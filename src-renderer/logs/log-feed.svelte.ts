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
  #page: 'first' | 'older' | 'none' | 'failed' = $state('first');
  #onTop = $state(0);
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

  /** How many rows have come on top of the list in all: so many further down is what was in view. */
  get onTop(): number {
    return this.#onTop;
  }

  get loading(): boolean {
    return this.#page === 'first' || this.#page === 'older';
  }

  /** The oldest line of all is here. */
  get complete(): boolean {
    return this.#complete;
  }

  /** There are older lines, and they can be had. */
  get hasOlder(): boolean {
    return this.#page === 'none' && !this.#complete && this.size > 0 && this.size < MOST_LINES;
  }

  /** Somebody looks for lines that may be among those that are not here yet. */
  get seeking(): boolean {
    return this.filter.search.trim() !== '' || this.count === 0;
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

  /** Fetches a page of older lines; after a failure no more of them before the connection is back. */
  async fetchOlder(): Promise<void> {
    const before = this.#book.first;
    if (before === undefined || !this.hasOlder) return;
    this.#page = 'older';
    try {
      const lines = await this.#client.request('logs.read', { before });
      this.#complete = lines.length === 0;
      this.#onTop += this.#book.prepend(lines);
      this.#page = 'none';
    } catch (error) {
      this.#page = 'failed';
      throw error;
    } finally {
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
