/**
 * Transcripts of USB hold secrets where no text search finds them: strings of a device travel as UTF-16, in a transcript
 * as hexadecimal digits, and its unique ID as bare bytes. A line is read, what it carries is taken apart, and it is
 * written again with as many bytes as before, so that it can still be read as what it was.
 */
import { DfuRequest, DfuSeCommand, FIRST_DATA_BLOCK, REQUEST_IN, REQUEST_OUT } from '../../dfuse/protocol.ts';
import { FAMILIES } from '../../stm32/families.ts';
import { DEVICE_TO_HOST } from '../../usb/port.ts';
import type { Redactor } from './redactor.ts';

/** GET_DESCRIPTOR of a string: bRequest, and the upper byte of wValue (USB 2.0 §9.4.3). */
const GET_DESCRIPTOR = 6;
const STRING = 3;
/** bLength and bDescriptorType. */
const HEAD = 2;
const SET_ADDRESS_LENGTH = 5;
/** What may be text: three characters in a row, or three of UTF-16. Everything else is not looked at. */
const READABLE = /(?:[2-9a-f][0-9a-f]){3}|(?:[2-9a-f][0-9a-f]00){3}/;
const HEX = /^(?:[0-9a-f]{2})*$/i;

const UNIQUE_ID_ADDRESSES: ReadonlySet<number> = new Set(
  FAMILIES.flatMap(({ uniqueId }) => (uniqueId ? [uniqueId.address] : [])),
);

type Line = Readonly<Record<string, unknown>>;

/** What a transcript tells of which devices these were. */
export interface TranscriptNumbers {
  /** Indexes of string descriptors that are serial numbers, of any device in it. */
  readonly serialIndexes: ReadonlySet<number>;
  readonly serials: readonly string[];
  /** As they lie in memory, in hexadecimal digits. */
  readonly uniqueIds: readonly string[];
}

/** @param transcript whole lines, in their order */
export function numbersIn(transcript: string): TranscriptNumbers {
  const serialIndexes = new Set<number>();
  const serials = new Set<string>();
  const uniqueIds = new Set<string>();
  let pointer: number | undefined;
  for (const text of transcript.split('\n')) {
    if (!/"serialIndex"|"request":[126],/.test(text)) continue;
    const line = parsed(text);
    if (!line) continue;
    const index = serialIndexOf(line);
    if (index !== undefined) serialIndexes.add(index);
    if (isSerial(line, serialIndexes)) serials.add(serialOf(line['data']));
    pointer = addressSetBy(line) ?? pointer;
    const id = pointer !== undefined && UNIQUE_ID_ADDRESSES.has(pointer) ? memoryIn(line) : undefined;
    if (id) uniqueIds.add(id);
  }
  return { serialIndexes, serials: [...serials].filter(Boolean), uniqueIds: [...uniqueIds] };
}

/** @param transcript whole lines */
export function redactTranscript(
  transcript: string,
  redactor: Redactor,
  serialIndexes: ReadonlySet<number>,
): string {
  const carried: string[] = [];
  const bare = transcript.replace(CARRIED, (line, data: string) => {
    carried.push(READABLE.test(data) ? redactedData(line, data, redactor, serialIndexes) : data);
    return line.replace(`"data":"${data}"`, NO_DATA);
  });
  const parts = redactor.text(bare).split(NO_DATA);
  return parts.map((part, at) => (at === 0 ? part : `"data":"${carried[at - 1] ?? ''}"${part}`)).join('');
}

/** A line with bytes in it. */
const CARRIED = /^.*?"data":"([0-9a-f]*)".*$/gim;
/** Where they were while the rest was looked at: no digits of theirs are taken for anything else. */
const NO_DATA = '"data":""';

function redactedData(
  text: string,
  data: string,
  redactor: Redactor,
  serialIndexes: ReadonlySet<number>,
): string {
  const bytes = Buffer.from(data, 'hex');
  const line = parsed(text);
  const isNumber = line !== undefined && isSerial(line, serialIndexes);
  const seen = isNumber ? redactor.serialBytes(bytes, HEAD) : redactor.bytes(bytes);
  return Buffer.from(seen).toString('hex');
}

function serialIndexOf({ identity }: Line): number | undefined {
  if (identity === null || typeof identity !== 'object' || !('serialIndex' in identity)) return undefined;
  // With 0 a device says that it has none.
  return typeof identity.serialIndex === 'number' && identity.serialIndex > 0
    ? identity.serialIndex
    : undefined;
}

function isSerial({ requestType, request, value }: Line, serialIndexes: ReadonlySet<number>): boolean {
  return (
    requestType === DEVICE_TO_HOST &&
    request === GET_DESCRIPTOR &&
    typeof value === 'number' &&
    value >> 8 === STRING &&
    serialIndexes.has(value & 0xff)
  );
}

function serialOf(data: unknown): string {
  return typeof data === 'string' && HEX.test(data)
    ? Buffer.from(data, 'hex').subarray(HEAD).toString('utf16le')
    : '';
}

function addressSetBy({ requestType, request, value, data }: Line): number | undefined {
  if (requestType !== REQUEST_OUT || request !== DfuRequest.dnload || value !== 0) return undefined;
  const command = typeof data === 'string' ? Buffer.from(data, 'hex') : Buffer.alloc(0);
  const sets = command.length === SET_ADDRESS_LENGTH && command[0] === DfuSeCommand.setAddressPointer;
  return sets ? command.readUInt32LE(1) : undefined;
}

function memoryIn({ requestType, request, value, data }: Line): string | undefined {
  const isFirst = requestType === REQUEST_IN && request === DfuRequest.upload && value === FIRST_DATA_BLOCK;
  return isFirst && typeof data === 'string' && data !== '' ? data : undefined;
}

/** Undefined for what is no object of JSON: a torn line is treated as text. */
function parsed(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
