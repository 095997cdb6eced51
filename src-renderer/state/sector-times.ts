import type { JobEvent } from '../../shared/job.ts';

/** How long each sector of a job took, from the first time it was touched to the last. */
export class SectorTimes {
  readonly #seen = new Map<number, { readonly first: number; readonly last: number }>();

  note(events: readonly JobEvent[]): void {
    for (const each of events) {
      if (each.type !== 'progress' || each.event.type !== 'sector') continue;
      const { address, state } = each.event;
      if (state === 'untouched' || state === 'unchanged') continue;
      this.#seen.set(address, { first: this.#seen.get(address)?.first ?? each.at, last: each.at });
    }
  }

  /** Milliseconds; undefined for a sector nobody touched. */
  of(address: number): number | undefined {
    const seen = this.#seen.get(address);
    return seen && seen.last - seen.first;
  }
}
