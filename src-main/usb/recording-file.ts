import { closeSync, fsync, openSync, writeSync } from 'node:fs';
import { StepwiseError } from '../../shared/failure.ts';
import type { RecordingLine, RecordingSink } from './recorder.ts';

/**
 * A recording in a file. Each line is with the system when `write` returns, so that a killed program loses none; after a
 * failed transfer the disk is asked to take what the system holds, for the case that the computer is next.
 *
 * What goes wrong with the file is reported once and disturbs nothing else: the recording ends there, the session on the
 * device goes on.
 */
export interface RecordingFileOptions {
  /**
   * Opens the file of this part; the first is 1. Called when there is something to write, and when a part is full.
   * @returns its descriptor
   */
  readonly open: (part: number) => number;
  /** Bytes after which another part begins. */
  readonly partSize: number;
  readonly takesFirmware: () => boolean;
  /** Whether the file begins with this line; none before it is in it. */
  readonly beginsWith: (line: RecordingLine) => boolean;
  /** @param error what the system said */
  readonly report: (error: Error) => void;
}

/** All of a recording in a file of a person's choice, with the firmware in it. */
export function recordingFile(
  path: string,
  report: (failure: StepwiseError<'host-file'>) => void,
): RecordingSink {
  return new RecordingFile({
    open: () => openSync(path, 'w'),
    partSize: Infinity,
    takesFirmware: () => true,
    beginsWith: () => true,
    report: (error) => {
      const facts = { path, operation: 'record', detail: error.message };
      report(new StepwiseError('host-file', facts, { cause: error }));
    },
  });
}

export class RecordingFile implements RecordingSink {
  readonly takesFirmware: () => boolean;
  readonly #options: RecordingFileOptions;
  #file: number | undefined;
  #part = 0;
  /** Bytes written to this part. */
  #size = 0;
  #hasEnded = false;
  #isSyncing = false;

  constructor(options: RecordingFileOptions) {
    this.#options = options;
    this.takesFirmware = options.takesFirmware;
  }

  write(line: RecordingLine): void {
    if (this.#hasEnded || (this.#part === 0 && !this.#options.beginsWith(line))) return;
    try {
      if (this.#file === undefined || this.#size >= this.#options.partSize) this.#begin(line);
      this.#append(line.text);
    } catch (error) {
      this.#end();
      this.#options.report(error instanceof Error ? error : new Error(String(error)));
    }
    if (line.kind === 'failed') this.#sync();
  }

  close(): Promise<void> {
    this.#end();
    return Promise.resolve();
  }

  #begin(line: RecordingLine): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#file = this.#options.open(++this.#part);
    this.#size = 0;
    for (const each of line.beginning()) this.#append(each);
  }

  #append(text: string): void {
    if (this.#file === undefined) return;
    const bytes = Buffer.from(`${text}\n`);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    this.#size += bytes.length;
  }

  /** Waits for no disk: one that takes long must not hold up the device. */
  #sync(): void {
    if (this.#file === undefined || this.#isSyncing) return;
    this.#isSyncing = true;
    fsync(this.#file, () => {
      // A disk that cannot do it, or a file that was closed meanwhile: what can be written is written all the same.
      this.#isSyncing = false;
    });
  }

  #end(): void {
    this.#hasEnded = true;
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    closeSync(file);
  }
}
