/** What of the log goes to disk, in files that stay within their size. */
import type { LogLine } from '../../shared/log.ts';
import type { Log } from './log.ts';
import { rotatingFile } from './rotating-file.ts';

const MEGABYTE = 1024 * 1024;
/** Some hundred thousand lines: weeks of a bench, and small enough to be sent by mail when compressed. */
const LOG_FILES = { maxSize: 5 * MEGABYTE, count: 5 };

export interface LogFiles {
  /** Writes no more. */
  close(): void;
}

export interface LogFilesOptions {
  /** Of the files; programs that run at the same time have one each. */
  readonly name?: string;
  /** Is told that lines cannot be kept, once until they can be again. */
  readonly report: (error: Error) => void;
}

/** @param folder is made when the first line is written */
export function openLogFiles(
  log: Log,
  folder: string,
  { name = 'stepwise', report }: LogFilesOptions,
): LogFiles {
  const file = rotatingFile({ folder, name, report, ...LOG_FILES });
  const close = log.subscribe((line) => {
    file.writeLines([formatLine(line)]);
  });
  return { close };
}

/** `2026-01-01T00:00:00.000Z info  devices 1-2  plugged in`; always one line. */
export function formatLine({ time, level, room, message, device = '-' }: LogLine): string {
  return `${time} ${level.padEnd(5)} ${room.padEnd(8)} ${device.padEnd(5)} ${message.replace(/\s*[\r\n]+\s*/g, ' ')}`;
}
