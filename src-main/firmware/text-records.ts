/**
 * What the two text formats, Intel HEX and S-records, have in common: lines of hexadecimal digit pairs, each with a few
 * bytes for an address. A 2 MB image is more than 100 000 lines, so everything here works on bytes and offsets and
 * makes no strings.
 */
import type { ImageRange } from './image.ts';

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

/** One line that is not blank, without the blanks around it. */
export interface TextLine {
  /** Counted from 1, blank lines included. */
  readonly number: number;
  /** Offset of the first character, and of the first one behind the line. */
  readonly start: number;
  readonly end: number;
}

/** The lines of a text that are not blank. CR, LF and CR LF each end a line. */
export function* textLines(text: Uint8Array): Generator<TextLine> {
  let number = 0;
  let next = 0;
  while (next < text.length) {
    let start = next;
    let end = start;
    while (end < text.length && text[end] !== LF && text[end] !== CR) end++;
    next = end + (text[end] === CR && text[end + 1] === LF ? 2 : 1);
    number++;
    while (start < end && isBlank(text[start])) start++;
    while (end > start && isBlank(text[end - 1])) end--;
    if (start < end) yield { number, start, end };
  }
}

function isBlank(character: number | undefined): boolean {
  return character === SPACE || character === TAB;
}

/** Value of each ASCII hexadecimal digit; -1 for all other characters. */
const DIGIT_VALUES = Int8Array.from({ length: 256 }, (_, character) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(character).toLowerCase()),
);

/**
 * Decodes the digit pairs of `text[start, end)` into `into`.
 * @returns the number of bytes, or undefined for a character that is no digit, half a pair, or more than `into` takes
 */
export function decodeHexPairs(
  text: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
): number | undefined {
  const count = (end - start) / 2;
  if (!Number.isInteger(count) || count > into.length) return undefined;
  for (let i = 0, at = start; i < count; i++, at += 2) {
    const value = (digitValue(text[at]) << 4) | digitValue(text[at + 1]);
    if (value < 0) return undefined;
    into[i] = value;
  }
  return count;
}

function digitValue(character: number | undefined): number {
  return DIGIT_VALUES[character ?? 0] ?? -1;
}

/** Sum of `bytes[start, end)`, for the checksums of both formats. */
export function byteSum(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += bytes[i] ?? 0;
  return sum;
}

/** `bytes[start, end)`, at most four, as one unsigned number, most significant byte first. */
export function bigEndian(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

/** Collects data records in the order of the file; a record that goes on where the last one ended joins its piece. */
export class RecordPieces {
  readonly #bytes: Uint8Array;
  readonly #starts: { readonly address: number; readonly offset: number }[] = [];
  #used = 0;
  #nextAddress: number | undefined;

  /** @param textSize bytes of the text; two characters make at most one byte of data */
  constructor(textSize: number) {
    this.#bytes = new Uint8Array(textSize >> 1);
  }

  /** Adds `record[start, end)`. */
  append(address: number, record: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    if (address !== this.#nextAddress) this.#starts.push({ address, offset: this.#used });
    for (let i = start; i < end; i++) this.#bytes[this.#used++] = record[i] ?? 0;
    this.#nextAddress = address + end - start;
  }

  pieces(): ImageRange[] {
    return this.#starts.map(({ address, offset }, i) => ({
      address,
      bytes: this.#bytes.subarray(offset, this.#starts[i + 1]?.offset ?? this.#used),
    }));
  }
}
