/** A field of the option bytes, as data, and the words its tables are written in. */

/** What a field is about: who judges an update asks for these and not for names, which differ from family to family. */
export type OptionTopic =
  | 'read-protection'
  | 'write-protection'
  /** Code that may be executed and not read (PCROP): it cannot be rewritten either. */
  | 'code-protection'
  /** Areas that are hidden from the bootloader; TrustZone. */
  | 'security'
  | 'banks'
  | 'boot'
  | 'brown-out'
  /** Watchdogs: one that hardware starts can end an application before it has begun. */
  | 'watchdog';

/** A value, what to call it, and whether it stands in the way of an update or is worth watching. */
export interface NamedValue {
  readonly value: number;
  readonly name: string;
  readonly opinion?: 'prevents' | 'watch';
}

export type OptionMeaning =
  /** Values by name; `other` is what all the rest mean. */
  | { readonly kind: 'values'; readonly values: readonly NamedValue[]; readonly other?: NamedValue }
  /** A bit for each sector, or group of them, counted from `first`: this value of it protects against writing. */
  | {
      readonly kind: 'bits';
      readonly protects: 0 | 1;
      readonly first: number;
      readonly unit: 'sectors' | 'groups of pages' | 'groups of sectors';
      /** Where this bit is set, the other value protects. */
      readonly invertedBy?: readonly [word: number, bit: number];
    }
  /** First and last protected page or piece; nothing is protected where the first lies behind the last. */
  | { readonly kind: 'range'; readonly lastBit: number; readonly unit: 'pages' | 'pieces' }
  /** The same, with the end in a word of its own. */
  | { readonly kind: 'split-range'; readonly lastWord: number }
  /** An address, its lower `shift` bits left out; worth watching where it is none of the usual ones. */
  | { readonly kind: 'address'; readonly shift: number; readonly usual?: readonly number[] };

export interface OptionField {
  readonly name: string;
  readonly topic: OptionTopic;
  /** Absolute address of its word, as the loader shows it. */
  readonly word: number;
  /** Its lowest bit there. */
  readonly bit: number;
  /** Bits. */
  readonly width: number;
  readonly meaning: OptionMeaning;
}

export interface OptionMap {
  readonly deviceIds: readonly number[];
  readonly source: string;
  readonly fields: readonly OptionField[];
}

type Place = readonly [word: number, bit: number, width?: number];

/** Values in the order of their codes; `watched` names those that are worth watching. */
export function choice(
  topic: OptionTopic,
  name: string,
  [word, bit, width = 1]: Place,
  names: readonly string[],
  watched: readonly string[] = [],
): OptionField {
  const values = names.map((each, value) => ({
    value,
    name: each,
    ...(watched.includes(each) && { opinion: 'watch' as const }),
  }));
  return { name, topic, word, bit, width, meaning: { kind: 'values', values } };
}

/** A byte in which a single pattern means each thing. */
export function coded(
  topic: OptionTopic,
  name: string,
  [word, bit]: Place,
  values: readonly NamedValue[],
  other?: NamedValue,
): OptionField {
  return {
    name,
    topic,
    word,
    bit,
    width: 8,
    meaning: { kind: 'values', values, ...(other && { other }) },
  };
}

const LEVEL_1: NamedValue = { value: 0, name: 'level 1', opinion: 'prevents' };
const LEVELS: readonly NamedValue[] = [
  { value: 0xaa, name: 'level 0' },
  { value: 0xcc, name: 'level 2', opinion: 'prevents' },
];

/** 0xAA is level 0, 0xCC level 2, everything else level 1. */
export const rdp = (word: number, bit: number) =>
  coded('read-protection', 'RDP', [word, bit], LEVELS, LEVEL_1);

/** With TrustZone there is a level between: only what is not secure can be debugged and updated. */
export const rdpTrustZone = (word: number) =>
  coded(
    'read-protection',
    'RDP',
    [word, 0],
    [...LEVELS, { value: 0x55, name: 'level 0.5', opinion: 'watch' }],
    LEVEL_1,
  );

/** Each 0 protects a sector against erasing and writing. */
export function writable(
  name: string,
  [word, bit, width = 1]: Place,
  first = 0,
  unit: 'sectors' | 'groups of pages' | 'groups of sectors' = 'sectors',
): OptionField {
  return {
    name,
    topic: 'write-protection',
    word,
    bit,
    width,
    meaning: { kind: 'bits', protects: 0, first, unit },
  };
}

/** Each 1 protects a sector against erasing and writing. */
export function writeProtected(name: string, [word, bit, width = 1]: Place, first = 0): OptionField {
  return {
    name,
    topic: 'write-protection',
    word,
    bit,
    width,
    meaning: { kind: 'bits', protects: 1, first, unit: 'sectors' },
  };
}

/** First and last page in one word. */
export function pages(topic: OptionTopic, name: string, [word, bit, width = 8]: Place): OptionField {
  return { name, topic, word, bit, width, meaning: { kind: 'range', lastBit: 16, unit: 'pages' } };
}

/** First and last piece of 256 bytes, with 12 bits each. */
export function pieces(topic: OptionTopic, name: string, word: number): OptionField {
  return { name, topic, word, bit: 0, width: 12, meaning: { kind: 'range', lastBit: 16, unit: 'pieces' } };
}

/** First piece in one word, the last one in another. */
export function splitRange(name: string, word: number, lastWord: number, width: number): OptionField {
  return {
    name,
    topic: 'code-protection',
    word,
    bit: 0,
    width,
    meaning: { kind: 'split-range', lastWord },
  };
}

export function address(
  name: string,
  [word, bit, width = 16]: Place,
  shift: number,
  usual?: readonly number[],
): OptionField {
  return {
    name,
    topic: 'boot',
    word,
    bit,
    width,
    meaning: { kind: 'address', shift, ...(usual && { usual }) },
  };
}

/** Started by hardware, a watchdog runs before the application does. */
export const watchdog = (name: string, word: number, bit: number) =>
  choice('watchdog', name, [word, bit], ['started by hardware', 'started by software']);
