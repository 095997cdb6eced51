/** What people type, as values. Each parser says in a sentence what it wanted. */
import { InvalidArgumentError } from 'commander';
import type { AddressRange } from '../../../shared/address.ts';

const ADDRESS_SPACE = 0x1_0000_0000;
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 * 1024 };

/** `0x08000000`; hexadecimal with or without the prefix, as addresses are printed everywhere. */
export function parseAddress(text: string): number {
  const digits = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(text)?.[1];
  if (digits === undefined)
    throw new InvalidArgumentError('An address has up to eight hexadecimal digits, such as 0x08000000.');
  return Number.parseInt(digits, 16);
}

/** `4096`, `128K`, `1M` or `0x20000`, in bytes. */
export function parseLength(text: string): number {
  const found = /^(\d+)([KM]?)B?$/i.exec(text);
  const unit = UNITS[(found?.[2] ?? '').toUpperCase()];
  const length = /^0x[0-9a-f]+$/i.test(text)
    ? Number.parseInt(text, 16)
    : found && unit !== undefined
      ? Number(found[1]) * unit
      : 0;
  if (length < 1 || length > ADDRESS_SPACE)
    throw new InvalidArgumentError('A length is a number of bytes, such as 4096, 128K or 0x20000.');
  return length;
}

/** `START:LENGTH`, or `FIRST-LAST` with both addresses inside, as data sheets print ranges. */
export function parseRange(text: string): AddressRange {
  const [, first, mark, second] = /^([^:-]+)([:-])(.+)$/.exec(text) ?? [];
  if (first === undefined || second === undefined)
    throw new InvalidArgumentError('A range is START:LENGTH or FIRST-LAST, such as 0x08000000:128K.');
  const start = parseAddress(first);
  const end = mark === ':' ? start + parseLength(second) : parseAddress(second) + 1;
  if (end <= start || end > ADDRESS_SPACE)
    throw new InvalidArgumentError('A range ends behind its start, within 32 bits.');
  return { start, end };
}

/** Numbers of sectors: `0,2,4-7`. Sorted, each once. */
export function parseSectors(text: string): readonly number[] | 'all' {
  if (text === 'all') return 'all';
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim()) ?? [];
    if (first === undefined || Number(last) < Number(first))
      throw new InvalidArgumentError('Sectors are numbers and ranges, such as 0,2,4-7, or the word all.');
    for (let number = Number(first); number <= Number(last); number++) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

export interface UsbId {
  readonly vendorId: number;
  readonly productId: number;
}

/** `0483:DF11`. */
export function parseUsbId(text: string): UsbId {
  const found = /^(?:0x)?([0-9a-f]{1,4}):(?:0x)?([0-9a-f]{1,4})$/i.exec(text);
  if (!found) throw new InvalidArgumentError('A USB ID is vendor and product, such as 0483:DF11.');
  return { vendorId: Number.parseInt(found[1] ?? '', 16), productId: Number.parseInt(found[2] ?? '', 16) };
}

/** A number of kilobytes, as bytes. */
export function parseKilobytes(text: string): number {
  return parseCount(text) * 1024;
}

/** Seconds, as milliseconds. 0 is allowed. */
export function parseSeconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('This is a whole number of seconds.');
  return Number(text) * 1000;
}

/** A factor above 0. */
export function parseSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed > 0) || !Number.isFinite(speed))
    throw new InvalidArgumentError('A speed is a number above 0; 1 is as fast as life.');
  return speed;
}

const LAST_PORT = 0xffff;

/** A TCP port; 0 stands for any that is free. */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > LAST_PORT)
    throw new InvalidArgumentError('A TCP port is a number from 0 to 65535; 0 takes any that is free.');
  return Number(text);
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('This is a whole number above 0.');
  return Number(text);
}

/** For options that may be given more than once. */
export function collecting<T>(
  parse: (text: string) => T,
): (text: string, before: readonly T[] | undefined) => T[] {
  return (text, before = []) => [...before, parse(text)];
}
