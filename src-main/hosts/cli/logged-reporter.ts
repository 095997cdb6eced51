/** Keeps in the log what a command tells, beside telling it: for whoever asks later what happened. */
import type { Failure } from '../../../shared/failure.ts';
import type { ProgressEvent } from '../../../shared/progress.ts';
import type { Log } from '../../log/log.ts';
import { ExitCode } from './exit-code.ts';
import type { DeviceProgress } from './progress/device-progress.ts';
import type { Reporter, Told } from './reporter.ts';

const ROOM = 'cli';

export class LoggedReporter implements Reporter {
  readonly #reporter: Reporter;
  readonly #log: Log;

  constructor(reporter: Reporter, log: Log) {
    this.#reporter = reporter;
    this.#log = log;
  }

  get width(): number {
    return this.#reporter.width;
  }

  remark(text: string, device?: string): void {
    this.#log.write('info', ROOM, text, device);
    this.#reporter.remark(text, device);
  }

  progress(event: ProgressEvent, progress: DeviceProgress, device: string): void {
    const line = lineOf(event);
    if (line !== undefined) this.#log.write(event.type === 'phase' ? 'info' : 'warn', 'update', line, device);
    this.#reporter.progress(event, progress, device);
  }

  outcome(told: Told, device: string): void {
    const level = (told.exitCode ?? ExitCode.ok) === ExitCode.ok ? 'info' : 'warn';
    this.#log.write(level, 'update', told.lines.join(' '), device);
    this.#reporter.outcome(told, device);
  }

  failure(failure: Failure, device?: string): void {
    this.#log.write('error', ROOM, JSON.stringify(failure), device);
    this.#reporter.failure(failure, device);
  }

  // -- what is only shown ------------------------------------------------------------------------------------------------

  devices(paths: readonly string[]): void {
    this.#reporter.devices(paths);
  }

  say(lines: readonly string[], device?: string): void {
    this.#reporter.say(lines, device);
  }

  detail(text: string, device?: string): void {
    this.#reporter.detail(text, device);
  }

  document(value: Readonly<Record<string, unknown>>): void {
    this.#reporter.document(value);
  }

  event(type: string, facts: Readonly<Record<string, unknown>>, device?: string): void {
    this.#reporter.event(type, facts, device);
  }

  finished(device: string): void {
    this.#reporter.finished(device);
  }

  rest(): void {
    this.#reporter.rest();
  }
}

/** Undefined for what happens too often to be a line each. */
function lineOf(event: ProgressEvent): string | undefined {
  switch (event.type) {
    case 'phase':
      return event.phase;
    case 'retry':
      return `tried again at 0x${event.address.toString(16)} (${event.attempt}): ${event.because}`;
    case 'recovery':
      return `recovery by ${event.rung}: ${event.because}`;
    case 'needs':
      return `waits for a ${event.need.kind}`;
    default:
      return undefined;
  }
}
