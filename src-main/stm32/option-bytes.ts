/**
 * Option bytes: what a chip keeps of its settings besides the flash. The fields that decide over an update are named, and
 * those that explain a device that does not start; of families that are not in the tables the bytes are shown as they
 * are. Nothing here is ever written.
 */
import { hex } from '../../shared/address.ts';
import type { OptionField, OptionMap, OptionMeaning, OptionTopic } from './option-field.ts';
import { OLDER_OPTIONS } from './options/f0-f7.ts';
import { H_OPTIONS } from './options/h5-h7.ts';
import { L_TO_U_OPTIONS } from './options/l-g-u.ts';

const MAPS: readonly OptionMap[] = [...OLDER_OPTIONS, ...H_OPTIONS, ...L_TO_U_OPTIONS];

export interface ReadField {
  readonly name: string;
  readonly topic: OptionTopic;
  readonly value: string;
  /**
   * `prevents`: an update cannot be carried out as long as it is like this. `watch`: it can, and what comes of it may not
   * be what one expects.
   */
  readonly opinion: 'prevents' | 'watch' | 'fine';
}

/** Device IDs whose option bytes have names here. */
export const DECODED: readonly number[] = MAPS.flatMap(({ deviceIds }) => deviceIds);

/**
 * The fields that lie in these bytes, and where their names are written. Of a chip that may belong to several families
 * only what all of them read alike is said.
 * @param address of the first byte, absolute
 */
export function readOptions(
  deviceIds: readonly number[],
  address: number,
  bytes: Uint8Array,
): { readonly fields: readonly ReadField[]; readonly source?: string } {
  const [first = [], ...others] = deviceIds.map((deviceId) => optionFields(deviceId, address, bytes));
  const alike = first.filter((field) =>
    others.every((other) => other.some(({ name, value }) => name === field.name && value === field.value)),
  );
  const sources = [...new Set(deviceIds.flatMap((deviceId) => mapOf(deviceId)?.source ?? []))];
  return { fields: alike, ...(alike.length > 0 && { source: sources.join('; ') }) };
}

/**
 * The fields that lie in these bytes; none where the family's are not known.
 * @param address of the first byte, absolute
 */
export function optionFields(deviceId: number, address: number, bytes: Uint8Array): readonly ReadField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const wordAt = (at: number) => {
    const offset = at - address;
    return offset < 0 || offset + 4 > bytes.length ? undefined : view.getUint32(offset, true);
  };
  return (mapOf(deviceId)?.fields ?? []).flatMap((field) => {
    const word = wordAt(field.word);
    const read = word === undefined ? undefined : reading(field, word, wordAt);
    return read ? [{ name: field.name, topic: field.topic, ...read }] : [];
  });
}

type Reading = Pick<ReadField, 'value' | 'opinion'>;

function mapOf(deviceId: number): OptionMap | undefined {
  return MAPS.find(({ deviceIds }) => deviceIds.includes(deviceId));
}

function reading(
  { bit, width, meaning }: OptionField,
  word: number,
  wordAt: (address: number) => number | undefined,
): Reading | undefined {
  const bits = (from: number, of = word) => (of >>> from) % 2 ** width;
  const value = bits(bit);
  switch (meaning.kind) {
    case 'values':
      return named(meaning, value);
    case 'bits':
      return protectedBits(meaning, value, width, isInverted(meaning, wordAt));
    case 'range':
      return protectedRange(value, bits(meaning.lastBit), meaning.unit);
    case 'split-range': {
      const last = wordAt(meaning.lastWord);
      return last === undefined ? undefined : protectedRange(value, bits(0, last), 'pieces');
    }
    case 'address': {
      const at = value * 2 ** meaning.shift;
      return { value: hex(at), opinion: meaning.usual?.includes(at) === false ? 'watch' : 'fine' };
    }
  }
}

type Of<K extends OptionMeaning['kind']> = Extract<OptionMeaning, { readonly kind: K }>;

function named({ values, other }: Of<'values'>, value: number): Reading {
  const found = values.find((each) => each.value === value) ?? other;
  return { value: found?.name ?? `0x${value.toString(16)}`, opinion: found?.opinion ?? 'fine' };
}

function isInverted({ invertedBy }: Of<'bits'>, wordAt: (address: number) => number | undefined): boolean {
  return invertedBy !== undefined && (((wordAt(invertedBy[0]) ?? 0) >>> invertedBy[1]) & 1) === 1;
}

function protectedBits(
  { protects, first, unit }: Of<'bits'>,
  value: number,
  width: number,
  inverted: boolean,
): Reading {
  const protecting = inverted ? 1 - protects : protects;
  const numbers = Array.from({ length: width }, (_, i) => i).filter(
    (i) => ((value >>> i) & 1) === protecting,
  );
  if (numbers.length === 0) return NOTHING_PROTECTED;
  const listed = numbers.length === width ? 'all' : numbers.map((i) => i + first).join(', ');
  return { value: `${unit} ${listed}`, opinion: 'prevents' };
}

function protectedRange(first: number, last: number, unit: string): Reading {
  return first > last ? NOTHING_PROTECTED : { value: `${unit} ${first} to ${last}`, opinion: 'prevents' };
}

const NOTHING_PROTECTED: Reading = { value: 'nothing protected', opinion: 'fine' };
