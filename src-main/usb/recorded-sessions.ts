import type { Clock } from '../../shared/clock.ts';
import { UsbError } from './port.ts';
import { formatEntry, formatHeader } from './recording.ts';
import type { RecordedAppearance, RecordedEntry, RecordedOperation, RecordingOrigin } from './recording.ts';
import type { RecordingSink } from './recorder.ts';
import { Ring } from './ring.ts';

/**
 * What was recorded: one session for each attachment of a device. Entries are numbered and timed as they begin, kept as
 * lines when they have ended, and passed on to the sinks.
 */

/** Devices that have left and are remembered; each reset of a bus makes one. */
export const DEPARTED_KEPT = 8;

export type Moment = Pick<RecordedEntry, 'n' | 't'>;
export type Ended = Moment & Pick<RecordedOperation, 'ms' | 'failure'>;

/** How devices are named in entries. */
export interface DeviceName {
  readonly device: number;
  readonly path: string;
}

interface Kept {
  readonly n: number;
  readonly line: string;
}

interface Session {
  /** Kept apart from the ring: without it the rest could not be read. */
  readonly appearance: Kept;
  readonly entries: Ring<Kept>;
  isPresent: boolean;
}

export interface RecordedSessionsOptions {
  readonly clock: Clock;
  /** Entries of a session that are kept in memory; the oldest go first. */
  readonly capacity: number;
  readonly sinks: readonly RecordingSink[];
  readonly origin: RecordingOrigin;
}

export class RecordedSessions {
  readonly #clock: Clock;
  readonly #begin: number;
  readonly #capacity: number;
  readonly #sinks: readonly RecordingSink[];
  readonly #origin: RecordingOrigin;
  /** By device, in the order in which they appeared. */
  readonly #sessions = new Map<number, Session>();
  #devices = 0;
  #begun = 0;
  /** Operations that have ended, and those of forgotten sessions. */
  #operations = 0;
  #forgotten = 0;

  constructor({ clock, capacity, sinks, origin }: RecordedSessionsOptions) {
    this.#clock = clock;
    this.#begin = clock.now();
    this.#capacity = capacity;
    this.#sinks = sinks;
    this.#origin = origin;
  }

  /** Whether any sink takes firmware as it is. */
  get takesFirmware(): boolean {
    return this.#sinks.some((sink) => sink.takesFirmware());
  }

  /** The content of a file: header, and what memory holds of all sessions, with no firmware in it. */
  text(): string {
    const sessions = [...this.#sessions.values()];
    const kept = sessions.flatMap(({ appearance, entries }) => [appearance, ...entries.toArray()]);
    const dropped = sessions.reduce((sum, { entries }) => sum + entries.dropped, this.#forgotten);
    const lines = kept.sort((a, b) => a.n - b.n).map(({ line }) => line);
    return [formatHeader(dropped, this.#origin), ...lines, ''].join('\n');
  }

  appeared(entry: (moment: Moment, number: number) => RecordedAppearance): RecordedAppearance {
    const appearance = entry(this.moment(), this.#devices++);
    const line = formatEntry(appearance);
    this.#write(line, line, 'change');
    const session = { appearance: { n: appearance.n, line }, entries: new Ring<Kept>(this.#capacity) };
    this.#sessions.set(appearance.device, { ...session, isPresent: true });
    return appearance;
  }

  left(name: DeviceName): void {
    const entry = { op: 'detached', ...name, ...this.moment() } as const;
    const line = formatEntry(entry);
    this.#write(line, line, 'change');
    const session = this.#sessions.get(name.device);
    if (!session) return;
    session.entries.push({ n: entry.n, line });
    session.isPresent = false;
    this.#forgetTheOldest();
  }

  /**
   * An operation has ended.
   * @param open the same with its firmware in it, where a sink takes that
   */
  ended(entry: RecordedOperation, open: RecordedOperation = entry): void {
    this.#operations += 1;
    const line = formatEntry(entry);
    this.#write(line, open === entry ? line : formatEntry(open), entry.failure ? 'failed' : 'done');
    this.#sessions.get(entry.device)?.entries.push({ n: entry.n, line });
  }

  /** How something that began at `moment` has ended just now. @param error what was thrown, if anything was */
  end(moment: Moment, error?: unknown): Ended {
    const ms = round(this.#sinceBegin() - moment.t);
    if (error === undefined) return { ...moment, ms };
    return { ...moment, ms, failure: error instanceof UsbError ? error.kind : 'io' };
  }

  moment(): Moment {
    return { n: this.#begun++, t: this.#sinceBegin() };
  }

  #write(line: string, open: string, kind: 'change' | 'done' | 'failed'): void {
    for (const sink of this.#sinks)
      sink.write({ text: sink.takesFirmware() ? open : line, kind, beginning: () => this.#beginning(kind) });
  }

  /** What a file that begins here needs to be understood. */
  #beginning(kind: 'change' | 'done' | 'failed'): readonly string[] {
    const present = [...this.#sessions.values()].filter(({ isPresent }) => isPresent);
    const before = kind === 'change' ? this.#operations : this.#operations - 1;
    return [formatHeader(before, this.#origin), ...present.map(({ appearance }) => appearance.line)];
  }

  #forgetTheOldest(): void {
    const departed = [...this.#sessions].filter(([, { isPresent }]) => !isPresent);
    for (const [device, { entries }] of departed.slice(0, -DEPARTED_KEPT)) {
      // The departure itself is no operation.
      this.#forgotten += entries.dropped + entries.toArray().length - 1;
      this.#sessions.delete(device);
    }
  }

  #sinceBegin(): number {
    return round(this.#clock.now() - this.#begin);
  }
}

/** Microseconds are enough. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
