/** Numbers as people read them: sizes, rates and times. */

const KILOBYTE = 1024;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** `130 188`: groups of three. */
export function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** `1 byte`, `130 188 bytes`. */
export function byteCount(count: number): string {
  return `${grouped(count)} ${count === 1 ? 'byte' : 'bytes'}`;
}

/** `412 KB`, `0.3 KB`; the unit of 1024 bytes, as everywhere in this field. */
export function kilobytes(bytes: number): string {
  return `${kilobyteNumber(bytes)} KB`;
}

/** The number in front of `KB`; below ten with a decimal where it has one. */
export function kilobyteNumber(bytes: number): string {
  const size = bytes / KILOBYTE;
  return size >= 10 || Number.isInteger(size) ? grouped(size) : size.toFixed(1);
}

/** `3 sectors`, `1 sector`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** @param bytesPerSecond above 0 */
export function rate(bytesPerSecond: number): string {
  return `${kilobytes(bytesPerSecond)}/s`;
}

/** A time that was measured or computed, for tables and results: `40 ms`, `0.2 s`, `14 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < SECOND / 10) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 10 * SECOND) return `${(milliseconds / SECOND).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / SECOND);
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
}

/** Below this nobody needs to be told how long it takes. */
const WORTH_TELLING = 3 * SECOND;

/** A time to come, rounded as a person would: `about 20 seconds`; undefined where it is not worth telling. */
export function about(milliseconds: number): string | undefined {
  if (!Number.isFinite(milliseconds) || milliseconds < WORTH_TELLING) return undefined;
  if (milliseconds < 8 * SECOND) return 'a few seconds';
  if (milliseconds < 55 * SECOND) return `about ${Math.ceil(milliseconds / (5 * SECOND)) * 5} seconds`;
  if (milliseconds < 90 * SECOND) return 'about a minute';
  const minutes = Math.round(milliseconds / MINUTE);
  return `about ${minutes < 10 ? minutes : Math.round(minutes / 5) * 5} minutes`;
}

/** `2026-11-22 23:10 UTC`; whatever is no date comes back as it is. */
export function moment(iso: string): string {
  const found = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(iso);
  return found ? `${found[1] ?? ''} ${found[2] ?? ''} UTC` : iso;
}
