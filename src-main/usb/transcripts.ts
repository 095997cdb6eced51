/**
 * The recordings that are always made: one for each run of the program that talks to a device, kept until newer ones need
 * the room. They lie in {@link TRANSCRIPTS_FOLDER} of the folder of logs, as `2026-01-31T14-05-09-app-4711.jsonl`, and a
 * long one goes on in `….2.jsonl`: time it began in UTC, program, process. Each of these files is a recording of its own
 * (recording.ts), with hashes in place of firmware unless the person lets it be kept.
 *
 * For a report: {@link transcriptFiles} lists what is on disk, the newest first, also of other runs and of programs that
 * were killed; `RecordedBus.text()` has the present run's from memory, even while a transfer hangs or the disk is full.
 */
import { mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordingSink } from './recorder.ts';
import { RecordingFile } from './recording-file.ts';

/** In the folder of logs. */
const TRANSCRIPTS_FOLDER = 'usb';

const MEGABYTE = 1024 * 1024;
/** Some hundred thousand transfers. */
const PART_SIZE = 20 * MEGABYTE;
/** A run that goes on for weeks keeps its last part and the one before. */
const PARTS_OF_A_RUN = 2;

/** Up to here nothing was done but looking; who looks every few seconds must not push out what somebody did. */
const SMALL = 32 * 1024;
const SMALL_KEPT = 20;
const LARGE_KEPT = 40;
const LARGE_KEPT_BYTES = 120 * MEGABYTE;

const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-[a-z-]+-\d+(?:\.\d+)?\.jsonl$/;

export interface TranscriptFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** When it was last written to; milliseconds of Unix time. */
  readonly changed: number;
}

export interface TranscriptOptions {
  /** Folder of logs; made when it is needed. */
  readonly folder: string;
  /** `app`, `command-line`: letters and dashes. */
  readonly program: string;
  /** Now; ISO 8601. */
  readonly today: () => string;
  /** Whether the person lets firmware be kept; asked at each block. */
  readonly takesFirmware: () => boolean;
  /** Is told once that nothing more can be kept, and why. */
  readonly report: (error: Error) => void;
  readonly partSize?: number;
}

/** Where a run is kept. The file appears when a device is first asked for something: a bus that is only listed needs none. */
export function transcript(options: TranscriptOptions): RecordingSink {
  const { program, today, takesFirmware, report, partSize = PART_SIZE } = options;
  const folder = join(options.folder, TRANSCRIPTS_FOLDER);
  const parts: string[] = [];
  let run: string | undefined;
  return new RecordingFile({
    partSize,
    takesFirmware,
    beginsWith: ({ kind }) => kind !== 'change',
    report,
    open: (part) => {
      mkdirSync(folder, { recursive: true });
      if (part > PARTS_OF_A_RUN) rmSync(parts[part - 1 - PARTS_OF_A_RUN] ?? '', { force: true });
      makeRoom(options.folder);
      run ??= freeName(folder, `${today().slice(0, 19).replaceAll(':', '-')}-${program}`);
      const path = join(folder, part === 1 ? `${run}.jsonl` : `${run}.${part}.jsonl`);
      parts.push(path);
      return openSync(path, 'ax');
    },
  });
}

/** The newest first; none where there is no such folder. @param folder of logs */
export function transcriptFiles(folder: string): readonly TranscriptFile[] {
  const inside = join(folder, TRANSCRIPTS_FOLDER);
  return namesIn(inside)
    .filter((name) => NAME.test(name))
    .flatMap((name) => fileAt(join(inside, name), name))
    .sort((a, b) => b.changed - a.changed || (a.name < b.name ? 1 : -1));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // There is none before the first run; where it may not be read, there is nothing to be had from it.
    return [];
  }
}

function fileAt(path: string, name: string): TranscriptFile[] {
  try {
    const { size, mtimeMs } = statSync(path);
    return [{ path, name, bytes: size, changed: mtimeMs }];
  } catch {
    // Another run has made room meanwhile.
    return [];
  }
}

/** Removes the oldest that are too many or too large together; looks and works are counted apart. */
function makeRoom(folder: string): void {
  const files = transcriptFiles(folder);
  const small = files.filter(({ bytes }) => bytes < SMALL);
  const large = files.filter(({ bytes }) => bytes >= SMALL);
  let sum = 0;
  const kept = large.filter(({ bytes }, at) => (sum += bytes) <= LARGE_KEPT_BYTES && at < LARGE_KEPT);
  for (const { path } of [...small.slice(SMALL_KEPT), ...large.slice(kept.length)]) {
    try {
      rmSync(path);
    } catch {
      // In use by another run (Windows), or gone already: the next one tries again.
    }
  }
}

/** Two runs of one process begin in the same second in tests alone, and no file is to be written to twice. */
function freeName(folder: string, begin: string): string {
  const taken = new Set(namesIn(folder));
  for (let number = process.pid; ; number++) {
    const name = `${begin}-${number}`;
    if (!taken.has(`${name}.jsonl`)) return name;
  }
}
