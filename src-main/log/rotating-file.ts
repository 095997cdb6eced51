/**
 * A file of lines that never grows beyond its size: when it is full it becomes `name.1.log`, what was that becomes
 * `name.2.log`, and the oldest one goes. Lines are on disk when the call returns, so that the last ones before a crash
 * are there. The writing is electron-log's, which needs no Electron for it; what it would keep to itself is told.
 */
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { EOL } from 'node:os';
import { join } from 'node:path';
import electronLog from 'electron-log/node';

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

// It would print there what goes wrong with any file, whatever the level is.
electronLog.transports.console.writeFn = () => undefined;
// Without one it looks for a package.json from the folder the program is run in, and writes nothing where it finds none.
electronLog.transports.file.setAppName('stepwise');

export function rotatingFile({ folder, name, maxSize, count, report }: RotatingFileOptions): RotatingFile {
  const path = (age: number) => join(folder, age === 0 ? `${name}.log` : `${name}.${age}.log`);
  const logger = electronLog.create({ logId: path(0) });
  const { file, console: terminal } = logger.transports;
  terminal.level = false;
  file.resolvePathFn = () => path(0);
  file.maxSize = maxSize;
  file.format = ({ data }) => data.map(String);
  file.archiveLogFn = () => {
    rotate(path, count);
  };

  let isHeard = false;
  let isLosing = false;
  let fault: Error | undefined;
  /** electron-log gives up for good a file that it cannot open: it gets it when it can be written. */
  const prepare = (): void => {
    if (isHeard && !isLosing) return;
    mkdirSync(folder, { recursive: true });
    appendFileSync(path(0), '');
    if (isHeard) return;
    isHeard = true;
    file.getFile().on('error', (error) => (fault = error));
  };
  return {
    writeLines: (lines) => {
      fault = undefined;
      try {
        prepare();
        logger.info(lines.join(EOL));
      } catch (error) {
        fault = error instanceof Error ? error : new Error(String(error));
      }
      const isNews = fault !== undefined && !isLosing;
      // Before it is reported: that is logged as well, and comes here again.
      isLosing = fault !== undefined;
      if (fault !== undefined && isNews) report(fault);
    },
  };
}

function rotate(path: (age: number) => string, count: number): void {
  rmSync(path(count - 1), { force: true });
  for (let age = count - 2; age >= 0; age--) {
    if (existsSync(path(age))) renameSync(path(age), path(age + 1));
  }
}
