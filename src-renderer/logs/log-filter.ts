/** Which lines of the log a person wants to see, and how a line reads as text. */
import type { LogLevel, LogLine } from '../../shared/log.ts';

/** Most serious first. */
export const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export interface LogFilter {
  /** This level and everything more serious. */
  readonly level: LogLevel;
  /** Room of the house; all of them without it. */
  readonly room: string | undefined;
  /** What the line must contain, upper and lower case alike; blanks around it do not count. */
  readonly search: string;
}

export const EVERYTHING: LogFilter = { level: 'debug', room: undefined, search: '' };

/** A function that says whether a line is wanted; made once for many lines, and quick: there may be a hundred thousand. */
export function wanted({ level, room, search }: LogFilter): (line: LogLine) => boolean {
  const levels = new Set(LEVELS.slice(0, LEVELS.indexOf(level) + 1));
  const needle = new RegExp(search.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'iu');
  const says = (text: string | undefined) => text !== undefined && needle.test(text);
  return (line) =>
    levels.has(line.level) &&
    (room === undefined || line.room === room) &&
    (says(line.message) || says(line.room) || says(line.device));
}

/** `2026-11-23T14:05:07.123Z error usb 1-2.4: the device left`: for support, the same in every language. */
export function asText({ time, level, room, device, message }: LogLine): string {
  return `${time} ${level.padEnd(5)} ${room}${device === undefined ? '' : ` ${device}`}: ${message}`;
}
