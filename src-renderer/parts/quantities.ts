/** Numbers, sizes, rates, times and dates as the person's language writes them, and no finer than a person needs. */
import type { Locale } from '../../shared/locale.ts';
import * as m from '../paraglide/messages.js';
import { getLocale } from '../paraglide/runtime.js';
import { dateFormat, numberFormat } from './formats.ts';

/** Between a number and its unit. */
export const THIN = '\u202f';

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Below this nobody can do anything with a number of seconds. */
const MOMENT = 3 * SECOND;

export function number(value: number, digits = 0, locale: Locale = getLocale()): string {
  return numberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** `130 188 bytes`, to the byte: what was counted or proven. */
export function bytes(value: number, locale: Locale = getLocale()): string {
  return numberFormat(locale, { style: 'unit', unit: 'byte', unitDisplay: 'long' }).format(value);
}

/** `128 KB`, `1.5 MB`: KB is 1024 bytes, as the makers of chips count. Rounded. */
export function size(value: number, locale: Locale = getLocale()): string {
  if (value < KIB) return bytes(value, locale);
  if (value < MIB) return `${number(value / KIB, value < 10 * KIB ? 1 : 0, locale)}${THIN}${m.frame_kb()}`;
  return `${number(value / MIB, 1, locale)}${THIN}${m.frame_mb()}`;
}

/** `412 of 1 024 KB`: both in the unit of the whole. */
export function sizeOf(done: number, total: number, locale: Locale = getLocale()): string {
  return m.frame_of({
    done: number(Math.floor(Math.min(done, total) / KIB), 0, locale),
    total: sizeInKb(total, locale),
  });
}

function sizeInKb(value: number, locale: Locale): string {
  return `${number(Math.ceil(value / KIB), 0, locale)}${THIN}${m.frame_kb()}`;
}

/** `48 KB/s`. */
export function rate(bytesPerSecond: number, locale: Locale = getLocale()): string {
  const digits = bytesPerSecond < 10 * KIB ? 1 : 0;
  return `${number(bytesPerSecond / KIB, digits, locale)}${THIN}${m.frame_kb()}/s`;
}

type TimeUnit = 'millisecond' | 'second' | 'minute' | 'hour';

function inUnit(value: number, unit: TimeUnit, display: 'long' | 'short', digits: number, locale: Locale) {
  return numberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: display,
    maximumFractionDigits: digits,
  }).format(value);
}

/** `0.4 sec`, `12 sec`, `3 min 5 sec`: a time that was measured, milliseconds. */
export function elapsed(ms: number, locale: Locale = getLocale()): string {
  if (ms < 10 * SECOND) return inUnit(ms / SECOND, 'second', 'short', 1, locale);
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) return inUnit(seconds, 'second', 'short', 0, locale);
  const minutes = inUnit(Math.floor(seconds / 60), 'minute', 'short', 0, locale);
  return seconds % 60 === 0 ? minutes : `${minutes} ${inUnit(seconds % 60, 'second', 'short', 0, locale)}`;
}

/** `3.2 ms`. */
export function milliseconds(ms: number, locale: Locale = getLocale()): string {
  return inUnit(ms, 'millisecond', 'short', ms < 10 ? 1 : 0, locale);
}

/** How a person would round a time that is only expected. Milliseconds. */
export function rounded(ms: number): { readonly value: number; readonly unit: 'second' | 'minute' | 'hour' } {
  if (ms < 55 * SECOND) return { value: Math.max(5, Math.ceil(ms / SECOND / 5) * 5), unit: 'second' };
  if (ms < 55 * MINUTE) {
    const minutes = ms / MINUTE;
    return { value: minutes < 10 ? Math.round(minutes) : Math.round(minutes / 5) * 5, unit: 'minute' };
  }
  return { value: Math.max(1, Math.round((ms / HOUR) * 2) / 2), unit: 'hour' };
}

/** `about 2 minutes`: a time that is expected. Milliseconds. */
export function about(ms: number, locale: Locale = getLocale()): string {
  if (ms < MOMENT) return m.frame_moment();
  const { value, unit } = rounded(ms);
  return m.frame_about({ duration: inUnit(value, unit, 'long', 1, locale) });
}

/** `about 20 seconds left`. Milliseconds. */
export function left(ms: number): string {
  return ms < MOMENT ? m.frame_almost_done() : m.frame_left({ duration: about(ms) });
}

/** `21 November 2026`. ISO 8601 in. */
export function day(iso: string, locale: Locale = getLocale()): string {
  return dateFormat(locale, { dateStyle: 'long' }).format(new Date(iso));
}

/** `21 Nov 2026, 14:05`. ISO 8601 in. */
export function dateTime(iso: string, locale: Locale = getLocale()): string {
  return dateFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

const AGES = [
  { unit: 'day', length: 86_400_000 },
  { unit: 'hour', length: 3_600_000 },
  { unit: 'minute', length: 60_000 },
] as const;

/** `3 days ago`, `just now`: ISO 8601 in, beside the time it is now in milliseconds since 1970. */
export function ago(iso: string, now: number, locale: Locale = getLocale()): string {
  const age = now - Date.parse(iso);
  const scale = AGES.find(({ length }) => age >= length);
  if (!scale) return m.frame_just_now();
  const count = Math.floor(age / scale.length);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-count, scale.unit);
}

/** `14:05:07.123`, for lines of a log. ISO 8601 in. */
export function timeOfDay(iso: string, locale: Locale = getLocale()): string {
  return dateFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  }).format(new Date(iso));
}
