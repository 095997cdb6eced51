/** Amounts in sentences about failures, as the language writes them. */
import { getLocale } from '../paraglide/runtime.js';

const KILOBYTE = 1024;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** `64 bytes`. */
export function bytesInWords(count: number): string {
  return withUnit(count, 'byte');
}

/** `128 KB`, of 1024 bytes, as everywhere in this field. */
export function kilobytes(bytes: number): string {
  return `${new Intl.NumberFormat(getLocale(), { maximumFractionDigits: 1 }).format(bytes / KILOBYTE)} KB`;
}

/** `12 seconds`, `2 minutes`. */
export function timeInWords(milliseconds: number): string {
  return milliseconds < 2 * MINUTE
    ? withUnit(Math.max(1, Math.round(milliseconds / SECOND)), 'second')
    : withUnit(Math.round(milliseconds / MINUTE), 'minute');
}

function withUnit(count: number, unit: 'byte' | 'second' | 'minute'): string {
  return new Intl.NumberFormat(getLocale(), { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}
