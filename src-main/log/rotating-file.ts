/**
 * A file of lines that never grows beyond its size: when it is full it becomes `name.1.log`, what was that becomes
 * `name.2.log`, and the oldest one goes. Lines are on disk when the call returns, so that the last ones before a crash
 * are there.
 */
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { EOL } from 'node:os';
import { join } from 'node:path';

export interface RotatingFileOptions {
  readonly folder: string;
  /** Without its extension. */
  readonly name: string;
  /** Bytes of one file; a line more is written before it is full. */
  readonly maxSize: number;
  /** Files there are at most, the present one included. */
  readonly count: number;
  /** Is told that lines are lost, once until they can be kept again. */
  readonly report: (error: Error) => void;
}

export interface RotatingFile {
  /** Never throws: what cannot be logged disturbs nothing else. */
  writeLines(lines: readonly string[]): void;
}

export function rotatingFile({ folder, name, maxSize, count, report }: RotatingFileOptions): RotatingFile {
  const path = (age: number) => join(folder, age === 0 ? `${name}.log` : `${name}.${age}.log`);
  /** Bytes of the present file; not known before the first line, and after any trouble. */
  let size: number | undefined;
  let isLosing = false;
  return {
    writeLines: (lines) => {
      const text = lines.map((line) => line + EOL).join('');
      try {
        size ??= sizeOf(folder, path(0));
        if (size > maxSize) {
          rotate(path, count);
          size = 0;
        }
        appendFileSync(path(0), text);
        size += Buffer.byteLength(text);
        isLosing = false;
      } catch (error) {
        // The disk is full or the folder gone: the screens still have the lines in memory.
        size = undefined;
        if (isLosing) return;
        // Before it is reported: that is logged as well, and comes here again.
        isLosing = true;
        report(error instanceof Error ? error : new Error(String(error)));
      }
    },
  };
}

/** Makes the folder where there is none. */
function sizeOf(folder: string, path: string): number {
  mkdirSync(folder, { recursive: true });
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function rotate(path: (age: number) => string, count: number): void {
  rmSync(path(count - 1), { force: true });
  for (let age = count - 2; age >= 0; age--) {
    if (existsSync(path(age))) renameSync(path(age), path(age + 1));
  }
}
