/**
 * Secrets that are known by their value: who sits here, what this computer is called, what the devices are numbered.
 * Each is looked for in all the spellings in which it may stand in a log: other case, escaped separators, percent signs,
 * composed and decomposed letters.
 */

export interface KnownSecrets {
  /** Absolute paths. */
  readonly homeFolders: readonly string[];
  readonly users: readonly string[];
  readonly hosts: readonly string[];
  /** IP and MAC addresses of this computer. */
  readonly addresses: readonly string[];
  /** Passwords and tokens. */
  readonly tokens: readonly string[];
  /** Serial numbers of devices. */
  readonly serials: readonly string[];
  /** Unique IDs of chips, in hexadecimal digits. */
  readonly uniqueIds: readonly string[];
}

export const NOTHING_KNOWN: KnownSecrets = {
  homeFolders: [],
  users: [],
  hosts: [],
  addresses: [],
  tokens: [],
  serials: [],
  uniqueIds: [],
};

/** Names of accounts and computers that say nothing of anybody, and are words of every log. */
const TELLS_NOTHING: ReadonlySet<string> = new Set(
  (
    'admin administrator app bench build builder debian default desktop device dfu docker error fedora firmware flash ' +
    'guest home host info laptop linux local localhost mac node pi public raspberrypi root runner serial service shared ' +
    'stepwise stm32 support system test tester ubuntu update usb user users vagrant warn windows workstation'
  ).split(' '),
);

/** What is shorter is part of other words everywhere. */
const SHORTEST_NAME = 3;
/** From here on a name is looked for inside of other words as well. */
const LONG_NAME = 6;
const SHORTEST_VALUE = 4;
/** Some makers number all their devices `0001`, or call them `STM32`. */
const SHORTEST_SERIAL = 6;

/** The expressions for names of persons and computers, longest first. Undefined where none is worth looking for. */
export function namesExpression(names: readonly string[]): RegExp | undefined {
  const telling = names.filter(
    (name) => name.length >= SHORTEST_NAME && !TELLS_NOTHING.has(name.toLowerCase()),
  );
  return anyOf(telling, (name) =>
    name.length >= LONG_NAME
      ? spelling(name)
      : String.raw`(?<!\p{L})${spelling(name)}(?:(?!\p{L})|(?=s(?!\p{L})))`,
  );
}

export function valuesExpression(values: readonly string[]): RegExp | undefined {
  return anyOf(
    values.filter((value) => value.length >= SHORTEST_VALUE),
    spelling,
  );
}

/** Of serial numbers; those of one kind of device are words rather than numbers. */
export function serialsExpression(serials: readonly string[]): RegExp | undefined {
  return anyOf(
    serials.filter((serial) => serial.length >= SHORTEST_SERIAL && /\d/.test(serial)),
    spelling,
  );
}

/** Not those of the system's own accounts, `/` and `/root` among them. */
export function foldersExpression(folders: readonly string[]): RegExp | undefined {
  const telling = folders.filter((folder) => folder.split(/[\\/]/).filter(Boolean).length > 1);
  return anyOf(telling, (folder) => String.raw`${spelling(folder)}(?![\p{L}\p{N}_-])`);
}

function anyOf(values: readonly string[], expression: (value: string) => string): RegExp | undefined {
  const different = [...new Set(values.map((value) => value.normalize('NFC')))];
  if (different.length === 0) return undefined;
  const longestFirst = different.sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(expression).join('|'), 'giu');
}

function spelling(value: string): string {
  return Array.from(value, spellingOf).join('');
}

function spellingOf(character: string): string {
  if (character === '\\' || character === '/') return String.raw`(?:[\\\/]+|%5C|%2F)`;
  if (/^[A-Za-z0-9]$/.test(character)) return character;
  const spellings = [character, character.normalize('NFD'), percentEncoded(character)];
  const escaped = [...new Set(spellings)].map((each) =>
    each.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`),
  );
  return `(?:${escaped.join('|')})`;
}

function percentEncoded(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
