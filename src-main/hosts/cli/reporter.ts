/** How a command tells what it finds and does. Text for people and JSON for programs are two of its kind. */
import type { Failure } from '../../../shared/failure.ts';
import type { ProgressEvent } from '../../../shared/progress.ts';
import type { ExitCode } from './exit-code.ts';
import type { DeviceProgress } from './progress/device-progress.ts';

/** How the work on one device ended, for both kinds of readers. */
export interface Told {
  readonly lines: readonly string[];
  /** What the person does now. */
  readonly next?: string;
  /** Becomes part of the `outcome` line. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Well, unless it says otherwise. */
  readonly exitCode?: ExitCode;
}

/** `device` is a port path everywhere; without one it is about the command as a whole. */
export interface Reporter {
  /** The devices the command works on. One alone is not named in texts. */
  devices(paths: readonly string[]): void;
  /** Characters that a line of `say` has, behind the name of its device. */
  readonly width: number;
  /** A result in words. A line that begins with `# ` is a heading. */
  say(lines: readonly string[], device?: string): void;
  /** Something to know meanwhile: a sentence. */
  remark(text: string, device?: string): void;
  /** Something to know only on demand: shown under --verbose. */
  detail(text: string, device?: string): void;
  /** A result as one JSON document. */
  document(value: Readonly<Record<string, unknown>>): void;
  /** A happening as one line of JSON. */
  event(type: string, facts: Readonly<Record<string, unknown>>, device?: string): void;
  /** @param progress what all events up to this one add up to */
  progress(event: ProgressEvent, progress: DeviceProgress, device: string): void;
  /** The work on this device is over; what became of it is told next. */
  finished(device: string): void;
  outcome(told: Told, device: string): void;
  failure(failure: Failure, device?: string): void;
  /** Takes away whatever is being drawn and gives the terminal back as it was found: for a question, and at the end. */
  rest(): void;
}
