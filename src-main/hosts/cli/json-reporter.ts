/**
 * For programs. A command that finds something out writes one document; a command that does something writes a line for
 * each event, and for each device the outcome or the failure as its last. docs/cli.md describes every field.
 */
import type { Failure } from '../../../shared/failure.ts';
import type { ProgressEvent } from '../../../shared/progress.ts';
import { ExitCode, exitCodeOf } from './exit-code.ts';
import type { DeviceProgress } from './progress/device-progress.ts';
import type { Reporter, Told } from './reporter.ts';
import type { Terminal } from './surroundings.ts';
import { wordsOf, type WordsContext } from './words/failures.ts';

export type JsonManner = 'document' | 'lines';

export class JsonReporter implements Reporter {
  readonly #terminal: Terminal;
  readonly #manner: JsonManner;
  readonly #context: WordsContext;
  /** Of lines that nobody sees. */
  readonly width = 80;

  constructor(terminal: Terminal, manner: JsonManner, context: WordsContext) {
    this.#terminal = terminal;
    this.#manner = manner;
    this.#context = context;
  }

  devices(): void {
    // Each line names its device.
  }

  say(): void {
    // Words are for people; what they say is in the document and in the events.
  }

  remark(text: string, device?: string): void {
    this.#terminal.err.write(device === undefined ? `${text}\n` : `${device}: ${text}\n`);
  }

  detail(): void {
    // Every event is written anyway.
  }

  document(value: Readonly<Record<string, unknown>>): void {
    this.#terminal.out.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  event(type: string, facts: Readonly<Record<string, unknown>>, device?: string): void {
    if (this.#manner === 'document') return;
    this.#terminal.out.write(
      `${JSON.stringify({ type, ...(device !== undefined && { device }), ...facts })}\n`,
    );
  }

  progress(event: ProgressEvent, _progress: DeviceProgress, device: string): void {
    const { type, ...facts } = event;
    this.event(type, facts, device);
  }

  finished(): void {
    // The next line says how.
  }

  outcome(told: Told, device: string): void {
    this.event('outcome', { exitCode: told.exitCode ?? ExitCode.ok, ...told.facts }, device);
  }

  failure(failure: Failure, device?: string): void {
    const facts = { exitCode: exitCodeOf(failure.code), failure, words: wordsOf(failure, this.#context) };
    if (this.#manner === 'lines') this.event('failure', facts, device);
    // What goes wrong with one of several devices stands in the document.
    else if (device === undefined) this.document(facts);
  }

  rest(): void {
    // Nothing was changed about the terminal.
  }
}
