/**
 * Takes out of a text, a value or the bytes of a transfer what is nobody's business: who somebody is, where they are,
 * and which of all devices this one is. Each secret becomes a pseudonym that is the same wherever the same secret
 * stands in one bundle, and another one in the next: its hash is salted, and the salt is thrown away.
 */
import { createHmac, randomBytes } from 'node:crypto';
import {
  foldersExpression,
  namesExpression,
  serialsExpression,
  valuesExpression,
  type KnownSecrets,
} from './known-secrets.ts';
import { SECRET_SHAPES, type SecretKind, type SecretShape } from './secret-shapes.ts';

export interface RedactorOptions {
  readonly known: KnownSecrets;
  /** The person agrees that serial numbers and unique IDs stay as they are. */
  readonly includeSerials: boolean;
  readonly salt?: Uint8Array;
}

interface Span {
  readonly start: number;
  end: number;
  readonly kind: SecretKind;
}

/** Kinds that stay where the person wants serial numbers in. */
const OF_DEVICES: ReadonlySet<SecretKind> = new Set(['serial', 'unique-id']);
/** Of values under these names it is known what they are, whatever they look like. */
const BY_FIELD: ReadonlyMap<string, SecretKind> = new Map([
  ['serial', 'serial'],
  ['serialNumber', 'serial'],
  ['uniqueId', 'unique-id'],
]);
/** Digits that number nobody: option bytes as they were read, and hashes. */
const PLAIN_FIELDS: ReadonlySet<string> = new Set(['raw', 'image', 'sha256']);
const ONLY_DIGITS = /^[0-9a-f]*$/i;
/** Hexadecimal digits of a pseudonym. */
const DIGITS = 8;
const SALT_BYTES = 32;

export class Redactor {
  readonly #shapes: readonly SecretShape[];
  readonly #salt: Uint8Array;
  readonly #includeSerials: boolean;
  /** Unique IDs as they lie in memory, in hexadecimal digits of lower case. */
  readonly #rawIds: readonly string[];

  constructor({ known, includeSerials, salt = randomBytes(SALT_BYTES) }: RedactorOptions) {
    this.#salt = salt;
    this.#includeSerials = includeSerials;
    const shapes = [...shapesOf(known), ...SECRET_SHAPES];
    this.#shapes = includeSerials ? shapes.filter(({ kind }) => !OF_DEVICES.has(kind)) : shapes;
    this.#rawIds = includeSerials ? [] : known.uniqueIds.flatMap(inMemory);
  }

  text(text: string): string {
    const plain = withoutEscapes(text);
    let result = '';
    let at = 0;
    for (const span of this.#spans(plain)) {
      result += plain.slice(at, span.start) + this.#pseudonym(span.kind, plain.slice(span.start, span.end));
      at = span.end;
    }
    return at === 0 ? plain : result + plain.slice(at);
  }

  /** Strings at any depth, names of fields included; everything else as it is. */
  value(value: unknown): unknown {
    return this.#value(value, undefined);
  }

  /** The same number of bytes: characters of a secret become digits of its pseudonym. */
  bytes(bytes: Uint8Array): Uint8Array {
    const result = Uint8Array.from(bytes);
    this.#overwrite(result, Buffer.from(bytes).toString('latin1'), 0, 1);
    for (const offset of [0, 1])
      this.#overwrite(result, Buffer.from(bytes.subarray(offset)).toString('utf16le'), offset, 2);
    this.#overwriteIds(result);
    return result;
  }

  /** A whole string that is known to be a serial number, in UTF-16 as USB has it, behind `head` bytes. */
  serialBytes(bytes: Uint8Array, head: number): Uint8Array {
    if (this.#includeSerials) return bytes;
    const result = Uint8Array.from(bytes);
    const serial = Buffer.from(bytes.subarray(head)).toString('utf16le');
    const digits = this.#digits(serial);
    for (let at = head; at < result.length; at++)
      result[at] = (at - head) % 2 === 0 ? digitAt(digits, (at - head) / 2) : 0;
    return result;
  }

  /** @param name of the field it stands in */
  #value(value: unknown, name: string | undefined): unknown {
    if (typeof value === 'string') return this.#field(value, name);
    if (Array.isArray(value)) return value.map((each: unknown) => this.#value(each, name));
    if (value === null || typeof value !== 'object') return value;
    // `uniqueId` may be a fact, with what is known of it one level deeper.
    const nameOf = (field: string) => (field === 'value' && BY_FIELD.has(name ?? '') ? name : field);
    return Object.fromEntries(
      Object.entries(value).map(([field, each]) => [this.text(field), this.#value(each, nameOf(field))]),
    );
  }

  #field(value: string, name = ''): string {
    const kind = BY_FIELD.get(name);
    if (kind !== undefined && value !== '' && !this.#includeSerials) return this.#pseudonym(kind, value);
    return PLAIN_FIELDS.has(name) && ONLY_DIGITS.test(value) ? value : this.text(value);
  }

  #pseudonym(kind: SecretKind, value: string): string {
    if (kind === 'home') return '~';
    return kind === 'secret' ? '[secret]' : `[${kind} ${this.#digits(value)}]`;
  }

  /** The same for all spellings of a value. */
  #digits(value: string): string {
    const spelled = value.normalize('NFC').toLowerCase();
    return createHmac('sha256', this.#salt).update(spelled).digest('hex').slice(0, DIGITS);
  }

  /** By where they begin; those that touch are one. */
  #spans(text: string): readonly Span[] {
    const found: Span[] = [];
    for (const { kind, expression, signs, isReal } of this.#shapes) {
      if (!signs.some((sign) => text.includes(sign))) continue;
      for (const match of text.matchAll(expression)) {
        const head = match.groups?.['prefix']?.length ?? 0;
        if (isReal && !isReal(match[0])) continue;
        found.push({ start: match.index + head, end: match.index + match[0].length, kind });
      }
    }
    if (found.length < 2) return found;
    const spans: Span[] = [];
    for (const span of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
      const last = spans.at(-1);
      if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
      else spans.push(span);
    }
    return spans;
  }

  #overwrite(bytes: Uint8Array, text: string, offset: number, width: number): void {
    for (const { start, end } of this.#spans(text)) {
      const digits = this.#digits(text.slice(start, end));
      for (let at = start; at < end; at++) {
        bytes[offset + at * width] = digitAt(digits, at - start);
        if (width === 2) bytes[offset + at * width + 1] = 0;
      }
    }
  }

  #overwriteIds(bytes: Uint8Array): void {
    if (this.#rawIds.length === 0) return;
    const hex = Buffer.from(bytes).toString('hex');
    for (const id of this.#rawIds)
      for (let at = hex.indexOf(id); at >= 0; at = hex.indexOf(id, at + 1))
        if (at % 2 === 0) bytes.fill(0, at / 2, (at + id.length) / 2);
  }
}

function shapesOf(known: KnownSecrets): readonly SecretShape[] {
  const shape = (kind: SecretKind, expression: RegExp | undefined): readonly SecretShape[] =>
    expression ? [{ kind, expression, signs: [''] }] : [];
  const { homeFolders, users, hosts, addresses, tokens, serials, uniqueIds } = known;
  const bare = addresses.map((address) => address.replace(/[:.-]/g, ''));
  const hexOnly = bare.filter((address) => /^[0-9a-f]{12}$/i.test(address));
  return [
    ...shape('home', foldersExpression(homeFolders)),
    ...shape('secret', valuesExpression(tokens)),
    ...shape('user', namesExpression(users)),
    ...shape('host', namesExpression(hosts)),
    ...shape('ip', valuesExpression([...addresses, ...hexOnly])),
    ...shape('serial', serialsExpression(serials)),
    ...shape('unique-id', valuesExpression(uniqueIds)),
  ];
}

/** Three words, each in the order of its digits or with its lowest byte first, as the chip keeps it. */
function inMemory(id: string): readonly string[] {
  const digits = id.toLowerCase();
  const words = digits.match(/.{8}/g) ?? [];
  return [digits, words.map((word) => word.match(/../g)?.reverse().join('') ?? '').join('')];
}

function digitAt(digits: string, at: number): number {
  return digits.charCodeAt(at % digits.length);
}

/**
 * `\u0040` is an @ to whoever reads the JSON in a line of the log. What JSON needs to have escaped stays so.
 */
function withoutEscapes(text: string): string {
  if (!text.includes(String.raw`\u`)) return text;
  return text.replace(/\\+u([0-9a-f]{4})/gi, (escape, digits: string) => {
    const character = String.fromCharCode(parseInt(digits, 16));
    return /[\p{Cc}\p{Cs}"\\]/u.test(character) ? escape : character;
  });
}
