import type { JobEvent } from '../../shared/job.ts';

interface Seen {
  readonly first: number;
  readonly last: number;
}

/** How long each sector of each job took, from the first time it was touched to the last. */
export class SectorTimes {
  readonly #jobs = new Map<string, Map<number, Seen>>();

  note(job: string, events: readonly JobEvent[]): void {
    const sectors = this.#jobs.get(job) ?? new Map<number, Seen>();
    this.#jobs.set(job, sectors);
    for (const each of events) {
      if (each.type !== 'progress' || each.event.type !== 'sector') continue;
      const { address, state } = each.event;
      if (state === 'untouched' || state === 'unchanged') continue;
      sectors.set(address, { first: sectors.get(address)?.first ?? each.at, last: each.at });
    }
  }

  forget(job: string): void {
    this.#jobs.delete(job);
  }

  /** Milliseconds; undefined for a sector nobody touched. */
  of(job: string, address: number): number | undefined {
    const seen = this.#jobs.get(job)?.get(address);
    return seen && seen.last - seen.first;
  }
}
