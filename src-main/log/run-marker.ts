/**
 * A file that is there as long as a program runs. One whose program is gone was left behind by a crash, a kill or a
 * power cut: the next start finds it, and offers what support needs.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const FOLDER = 'running';
/** Milliseconds by which the time of the last start of the computer may be told differently. */
const START_TOLERANCE = 60_000;

const marker = z.object({
  pid: z.int(),
  program: z.string(),
  version: z.string(),
  /** ISO 8601. */
  began: z.string(),
});
export type UncleanEnd = z.infer<typeof marker>;

export interface RunMarkerOptions {
  /** For state. */
  readonly folder: string;
  /** `app`, `command-line: flash`. */
  readonly program: string;
  readonly version: string;
  /** Now; ISO 8601. */
  readonly today: () => string;
  readonly pid?: number;
  readonly isRunning?: (pid: number) => boolean;
  /** When this computer was started; milliseconds since 1970. */
  readonly startOfComputer?: number;
}

export interface RunMarker {
  /** Runs that did not end in order, oldest first; each is told once. */
  readonly uncleanEnds: readonly UncleanEnd[];
  /** This one ends in order. */
  end(): void;
}

/** Never throws: a folder that cannot be written to is told by whoever needs it. */
export function markRun(options: RunMarkerOptions): RunMarker {
  const { program, version, today, pid = process.pid } = options;
  const folder = join(options.folder, FOLDER);
  const uncleanEnds = leftBehind(folder, options);
  const file = join(folder, `${pid}-${Math.random().toString(36).slice(2, 8)}.json`);
  attempt(() => {
    mkdirSync(folder, { recursive: true });
    const own: UncleanEnd = { pid, program, version, began: today() };
    writeFileSync(file, JSON.stringify(own));
  });
  return {
    uncleanEnds,
    end: () => {
      attempt(() => rmSync(file, { force: true }));
      // Unless others run.
      attempt(() => rmdirSync(folder));
    },
  };
}

export function uncleanEndWords({ program, version, began }: UncleanEnd): string {
  return `${program} ${version}, begun ${began}, did not end in order`;
}

function leftBehind(folder: string, options: RunMarkerOptions): readonly UncleanEnd[] {
  const { isRunning = runs, startOfComputer = Date.now() - uptime() * 1_000 } = options;
  const ends: UncleanEnd[] = [];
  attempt(() => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const read = marker.safeParse(parsed(readFileSync(path, 'utf8')));
      // Numbers of processes begin anew with the computer.
      const isOlder = read.success && Date.parse(read.data.began) < startOfComputer - START_TOLERANCE;
      if (read.success && isRunning(read.data.pid) && !isOlder) continue;
      rmSync(path, { force: true });
      if (read.success) ends.push(read.data);
    }
  });
  return ends.sort((a, b) => (a.began < b.began ? -1 : 1));
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Undefined for a marker that was torn. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // There is no such folder yet, or it may not be written to: then there is nothing to be told of, or no way to.
  }
}
