/** The jobs of this run of the program. They live here and outlive every screen; what they tell is gathered for them. */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError, type FailureCode } from '../../shared/failure.ts';
import { advance, isOver, newJob } from '../../shared/job-advance.ts';
import type { Appearance, Job, JobEvent } from '../../shared/job.ts';
import type { ProgressListener } from '../../shared/progress.ts';
import type { Outcome } from '../flash/execute.ts';
import type { Log } from '../log/log.ts';
import { ended } from '../update/ended.ts';
import { Gathering } from './gathering.ts';
import type { Announce } from './handlers.ts';

/** Milliseconds between two events of one job: twenty a second are more than an eye follows. */
const EVENT_INTERVAL = 50;

export interface JobRegistryOptions {
  /** The time in which the devices live. */
  readonly clock: Clock;
  readonly screenClock: Clock;
  readonly log: Log;
  readonly announce: Announce;
}

export type JobOrder = Pick<Job, 'kind' | 'path' | 'title' | 'name'>;

/** What a job is given to work with. */
export interface JobDesk {
  readonly listener: ProgressListener;
  readonly signal: AbortSignal;
}

/** How a job ended well. */
export interface JobEnd {
  readonly outcome?: Outcome | undefined;
  readonly application: Appearance;
  /** Goes on after the end: what became of the application. */
  readonly afterwards?: ((signal: AbortSignal) => Promise<Appearance>) | undefined;
}

interface Entry {
  job: Job;
  readonly began: number;
  readonly events: Gathering<JobEvent>;
  readonly cancellation: AbortController;
  /** Ends what goes on after the job is over. */
  readonly dismissal: AbortController;
  over: Promise<void>;
}

export class JobRegistry {
  readonly #options: JobRegistryOptions;
  readonly #entries = new Map<string, Entry>();
  #count = 0;

  constructor(options: JobRegistryOptions) {
    this.#options = options;
  }

  /** The name the next job is going to have. */
  nextId(): string {
    return `job-${this.#count + 1}`;
  }

  /** All jobs that were not dismissed, oldest first. What they told up to now is announced before. */
  list(): readonly Job[] {
    for (const { events } of this.#entries.values()) events.flush();
    return [...this.#entries.values()].map(({ job }) => job);
  }

  begin(order: JobOrder, work: (desk: JobDesk) => Promise<JobEnd>): string {
    const { clock, screenClock, announce, log } = this.#options;
    const id = this.nextId();
    this.#count += 1;
    const job: Job = newJob(id, order);
    const entry: Entry = {
      job,
      began: clock.now(),
      events: new Gathering(screenClock, EVENT_INTERVAL, (events) => announce('job', { job: id, events })),
      cancellation: new AbortController(),
      dismissal: new AbortController(),
      over: Promise.resolve(),
    };
    this.#entries.set(id, entry);
    announce('job-begun', job);
    log.write('info', 'update', `${id} begins: ${order.kind} ${order.name}`.trim(), order.path);
    entry.over = this.#run(entry, work);
    return id;
  }

  /** The job stops where nothing is left half done. Without effect on one that is over. @throws not-found */
  cancel(id: string): void {
    const entry = this.#entry(id);
    if (isOver(entry.job) || entry.cancellation.signal.aborted) return;
    this.#happened(entry, { type: 'cancelling', at: this.#at(entry) });
    entry.cancellation.abort();
  }

  /** @throws not-found; occupied where it is still at work */
  dismiss(id: string): void {
    const entry = this.#entry(id);
    if (!isOver(entry.job)) throw new StepwiseError('occupied', { path: entry.job.path });
    entry.dismissal.abort();
    entry.events.flush();
    this.#entries.delete(id);
    this.#options.announce('job-dismissed', { job: id });
  }

  get isWorking(): boolean {
    return this.workingAt !== undefined;
  }

  /** Port path of a device that is being worked on. */
  get workingAt(): string | undefined {
    return [...this.#entries.values()].find(({ job }) => !isOver(job))?.job.path;
  }

  /** The device at this port is being worked on. */
  isWorkingOn(path: string): boolean {
    return [...this.#entries.values()].some(({ job }) => job.path === path && !isOver(job));
  }

  /** Cancels all jobs and resolves when they are over. */
  async close(): Promise<void> {
    for (const { job, dismissal } of this.#entries.values()) {
      this.cancel(job.id);
      dismissal.abort();
    }
    await Promise.all([...this.#entries.values()].map(({ over }) => over));
  }

  async #run(entry: Entry, work: (desk: JobDesk) => Promise<JobEnd>): Promise<void> {
    const { signal } = entry.cancellation;
    const { path, id } = entry.job;
    const { log } = this.#options;
    const listener: ProgressListener = (event) => {
      if (event.type !== 'progress' && event.type !== 'sector')
        log.write(LOUD.has(event.type) ? 'warn' : 'debug', 'update', JSON.stringify(event), path);
      this.#happened(entry, { type: 'progress', at: this.#at(entry), event });
    };
    try {
      const { outcome, application, afterwards } = await work({ listener, signal });
      log.write('info', 'update', `${id} is done ${JSON.stringify(outcome ?? {})}`, path);
      this.#happened(entry, { type: 'done', at: this.#at(entry), outcome, application });
      if (afterwards) void this.#follow(entry, afterwards);
    } catch (error) {
      const why = ended(error, { path, condition: conditionOf(entry.job), cancelled: signal.aborted });
      log.write(QUIET.has(why.code) ? 'info' : 'error', 'update', `${id} has failed: ${why.message}`, path);
      this.#happened(entry, { type: 'failed', at: this.#at(entry), failure: why.failure });
    }
  }

  async #follow(entry: Entry, afterwards: (signal: AbortSignal) => Promise<Appearance>): Promise<void> {
    const { signal } = entry.dismissal;
    const application = await afterwards(signal).catch((): Appearance => ({ kind: 'not-told' }));
    if (signal.aborted) return;
    this.#options.log.write('info', 'update', `application ${application.kind}`, entry.job.path);
    this.#happened(entry, { type: 'application', at: this.#at(entry), application });
  }

  #happened(entry: Entry, event: JobEvent): void {
    entry.job = advance(entry.job, event);
    entry.events.add(event);
  }

  #at({ began }: Entry): number {
    return this.#options.clock.now() - began;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new StepwiseError('not-found', { what: `the job ${id}` });
    return entry;
  }
}

/** What somebody who reads the log should not overlook. */
const LOUD: ReadonlySet<string> = new Set(['retry', 'recovery', 'needs']);
/** No fault of anything. */
const QUIET: ReadonlySet<FailureCode> = new Set(['cancelled']);

/** What the job had done to the device, for a failure that does not say so itself. */
function conditionOf({ phases }: Job): 'untouched' | 'incomplete' {
  return phases.some(({ phase }) => phase === 'erase' || phase === 'write') ? 'incomplete' : 'untouched';
}
