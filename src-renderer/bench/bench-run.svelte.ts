/** What is going on at the bench: one firmware and one consent for all, and what that means for each device. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Device } from '../../shared/device.ts';
import type { ConsentKind } from '../../shared/failure.ts';
import type { Consent, Firmware } from '../../shared/firmware.ts';
import { isOver } from '../../shared/job-advance.ts';
import type { Job } from '../../shared/job.ts';
import type { App } from '../state/app.svelte.ts';
import { failureOf } from '../state/failure-of.ts';
import type { Noted } from './records.ts';
import { consentsOf, portsOf, type Prospect, seatOf, type Seat, withoutDoubles } from './seat.ts';

export interface BenchRow {
  readonly path: string;
  readonly title: string;
  readonly seat: Seat;
}

export class BenchRun {
  readonly #app: App;
  #offered: readonly Firmware[] = $state.raw([]);
  #chosen: Firmware | undefined = $state.raw();
  /** What there is for each device, by its port. */
  readonly #offers = new SvelteMap<string, readonly Firmware[]>();
  readonly #prospects = new SvelteMap<string, Prospect>();
  readonly #agreed = new SvelteSet<ConsentKind>();
  readonly #starting = new SvelteSet<string>();
  /** Jobs whose device has been away since they were over. */
  readonly #left = new SvelteSet<string>();
  /** Not shown, only kept for the table. */
  readonly #notes = new SvelteMap<string, Noted>();

  constructor(app: App) {
    this.#app = app;
  }

  get offered(): readonly Firmware[] {
    return this.#offered;
  }

  get chosen(): Firmware | undefined {
    return this.#chosen;
  }

  get agreed(): readonly ConsentKind[] {
    return [...this.#agreed];
  }

  get notes(): ReadonlyMap<string, Noted> {
    return this.#notes;
  }

  get jobs(): readonly Job[] {
    return this.#app.jobs.filter(({ kind }) => kind === 'update');
  }

  get rows(): readonly BenchRow[] {
    return portsOf(this.#app.devices, this.jobs).flatMap((path) => {
      const device = this.#app.device(path);
      const job = this.#app.jobAt(path);
      const seat = seatOf({
        device,
        job,
        fresh: job !== undefined && this.#left.has(job.id),
        starting: this.#starting.has(path),
        prospect: this.#prospects.get(path),
        agreed: this.#agreed,
      });
      return seat ? [{ path, title: device?.title ?? job?.title ?? path, seat }] : [];
    });
  }

  get startable(): readonly string[] {
    return this.rows.flatMap(({ path, seat }) => (seat.kind === 'ready' ? [path] : []));
  }

  /** What has to be agreed to for all devices that could begin. */
  get consents(): readonly Consent[] {
    const reviews = [...this.#prospects.values()].flatMap((each) =>
      each.kind === 'reviewed' ? [each.review] : [],
    );
    return consentsOf(reviews);
  }

  agree(kind: ConsentKind): void {
    this.#agreed.add(kind);
  }

  disagree(kind: ConsentKind): void {
    this.#agreed.delete(kind);
  }

  /** What was agreed to for one firmware is not for another. */
  choose(firmware: Firmware | undefined): void {
    this.#chosen = firmware;
    this.#prospects.clear();
    this.#agreed.clear();
  }

  /** A file that was opened is what the person means. */
  add(firmware: Firmware): void {
    this.#offered = [firmware, ...this.#offered.filter(({ id }) => id !== firmware.id)];
    this.choose(firmware);
  }

  /** Asks for each device that is ready what there is, and what the chosen firmware means for it. */
  async askOffers(paths: readonly string[]): Promise<void> {
    const lists = await Promise.all(
      // A device may be gone again by then; the others still tell.
      paths.map((path) => this.#app.client.request('firmware.list', { path }).catch(() => [])),
    );
    for (const [at, path] of paths.entries()) this.#offers.set(path, lists[at] ?? []);
    this.#offered = withoutDoubles([...lists.flat(), ...this.#offered]);
    this.#chosen ??= lists.flat().find(({ recommended }) => recommended);
  }

  /** @param ready port paths of devices that can begin */
  askProspects(ready: readonly string[], firmware: Firmware | undefined): void {
    for (const path of this.#prospects.keys()) if (!ready.includes(path)) this.#prospects.delete(path);
    if (!firmware) return;
    for (const path of ready) if (!this.#prospects.has(path)) void this.#askProspect(path, firmware);
  }

  async #askProspect(path: string, firmware: Firmware): Promise<void> {
    this.#prospects.set(path, { kind: 'asked' });
    const prospect = await this.#app.client
      .request('update.review', { path, firmware: this.#buildFor(path, firmware), discardOutside: false })
      .then((review): Prospect => ({ kind: 'reviewed', review }))
      .catch((error: unknown): Prospect => ({ kind: 'refused', failure: failureOf(error) }));
    const stillMeant = this.#chosen?.id === firmware.id && this.#prospects.has(path);
    if (stillMeant) this.#prospects.set(path, prospect);
  }

  /** A release may come in several builds, for one chip each: the device gets its own. */
  #buildFor(path: string, { id, source, version }: Firmware): string {
    const offers = this.#offers.get(path) ?? [];
    const build = offers.find(
      (each) => source === 'release' && each.source === source && each.version === version,
    );
    return offers.some((each) => each.id === id) ? id : (build?.id ?? id);
  }

  /** Keeps what jobs do not say themselves, and which devices were taken away after theirs. */
  note(jobs: readonly Job[], devices: readonly Device[], now: string): void {
    for (const job of jobs) {
      const before = this.#notes.get(job.id);
      const state = devices.find(({ path }) => path === job.path)?.state;
      const identity = state?.kind === 'ready' || state?.kind === 'working' ? state.identity : undefined;
      const watched = before?.began !== undefined;
      if (!isOver(job))
        this.#notes.set(job.id, {
          identity: before?.identity ?? identity,
          began: before?.began ?? now,
        });
      else if (watched && before.ended === undefined) this.#notes.set(job.id, { ...before, ended: now });
      if (isOver(job) && (!state || state.kind === 'application')) this.#left.add(job.id);
    }
  }

  async start(path: string): Promise<void> {
    const prospect = this.#prospects.get(path);
    if (prospect?.kind !== 'reviewed' || this.#starting.has(path)) return;
    this.#starting.add(path);
    const { firmware, consents } = prospect.review;
    await this.#app.attempt(
      this.#app.client.request('update.start', {
        path,
        firmware: firmware.id,
        discardOutside: false,
        consents: consents.map(({ kind }) => kind).filter((kind) => this.#agreed.has(kind)),
      }),
    );
    this.#starting.delete(path);
  }

  startAll(): void {
    for (const path of this.startable) void this.start(path);
  }

  cancel(job: Job): void {
    void this.#app.attempt(this.#app.client.request('jobs.cancel', { job: job.id }));
  }

  cancelAll(): void {
    for (const job of this.jobs) if (!isOver(job)) this.cancel(job);
  }

  /** Forgets what is over. */
  clear(): void {
    for (const job of this.jobs)
      if (isOver(job)) void this.#app.attempt(this.#app.client.request('jobs.dismiss', { job: job.id }));
  }
}

const runs = new WeakMap<App, BenchRun>();

/** The one bench of this window: it goes on while the person looks at something else. */
export function benchOf(app: App): BenchRun {
  const run = runs.get(app) ?? new BenchRun(app);
  runs.set(app, run);
  return run;
}
