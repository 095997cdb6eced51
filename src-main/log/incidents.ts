/** What happened to the program in this run. It is logged, told to whoever listens, and stays until somebody has seen it. */
import type { Incident, IncidentKind } from '../../shared/incident.ts';
import type { LogLevel } from '../../shared/log.ts';
import type { Log } from './log.ts';

const LEVELS: Readonly<Record<IncidentKind, LogLevel>> = {
  'unclean-end': 'error',
  'log-lost': 'error',
  exception: 'error',
  'clock-jump': 'warn',
  slept: 'warn',
};

/** All of one kind and detail are one: whatever happens again and again is not told again and again. */
export class Incidents {
  readonly #log: Log;
  readonly #today: () => string;
  readonly #listeners = new Set<(incidents: readonly Incident[]) => void>();
  #all: readonly Incident[] = [];
  #seen: ReadonlySet<number> = new Set();
  #count = 0;

  constructor(log: Log, today: () => string) {
    this.#log = log;
    this.#today = today;
  }

  /** All of this run, oldest first. */
  get all(): readonly Incident[] {
    return this.#all;
  }

  /** Those nobody has said to have seen. */
  get open(): readonly Incident[] {
    return this.#all.filter(({ id }) => !this.#seen.has(id));
  }

  add(kind: IncidentKind, detail: string): void {
    if (this.open.some((known) => known.kind === kind && known.detail === detail)) return;
    this.#count += 1;
    this.#all = [...this.#all, { id: this.#count, time: this.#today(), kind, detail }];
    this.#log.write(LEVELS[kind], 'program', `${kind}: ${detail}`);
    this.#tell();
  }

  dismiss(id: number): void {
    this.#seen = new Set([...this.#seen, id]);
    this.#tell();
  }

  /** @param listener is told those that are open. @returns ends the subscription */
  subscribe(listener: (incidents: readonly Incident[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.open);
  }
}
