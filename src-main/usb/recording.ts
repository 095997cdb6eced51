import { hash } from 'node:crypto';
import { z } from 'zod';

/**
 * The file in which a session on the bus is kept: lines of JSON. The first says what the file is, each further one is
 * one thing that happened, written when it had ended. A device is known by a number of this recording, since its path
 * and even its serial may be those of another attachment before. Whatever a consumer of the port can see is in it, so
 * that the session can be replayed from the file alone; but of a block of firmware there may be only its hash, because
 * the bytes of a firmware are its maker's. One recording may hold some blocks in this way and others in that.
 */

export const FORMAT = 'stepwise-usb-recording';
export const VERSION = 1;

const count = z.int().nonnegative();
const byte = z.int().min(0).max(0xff);
const word = z.int().min(0).max(0xffff);
const hexBytes = z.string().regex(/^(?:[0-9a-f]{2})*$/);
/** What is known of bytes that were not kept. */
const withheld = z.object({ bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const payload = z.union([hexBytes, withheld]);
const failureKind = z.enum(['stall', 'timeout', 'gone', 'no-driver', 'no-permission', 'busy', 'io']);

export type Withheld = Readonly<z.infer<typeof withheld>>;
/** What went over the bus: its bytes in hexadecimal digits, or their hash. */
export type Payload = string | Withheld;

export const headerSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** The program that recorded, with its version. */
  program: z.string().max(200).optional(),
  /** When `t` was 0; ISO 8601. */
  begun: z.string().max(40).optional(),
  /** How many operations are missing, because no more were to be kept. */
  dropped: count,
});

export type RecordingOrigin = Pick<z.infer<typeof headerSchema>, 'program' | 'begun'>;

const moment = {
  /** Order in which things began. */
  n: count,
  /** Milliseconds since the recording began, on the recorder's clock. */
  t: z.number().nonnegative(),
};
const onDevice = { ...moment, device: count, path: z.string() };
/** How it ended: after `ms` milliseconds, well unless a failure is named. */
const outcome = { ms: z.number().nonnegative(), failure: failureKind.optional() };
const setup = { requestType: byte, request: byte, value: word, index: word };
const appearance = {
  address: count,
  identity: z.object({
    vendorId: word,
    productId: word,
    deviceVersion: word,
    usbVersion: word,
    manufacturerIndex: byte,
    productIndex: byte,
    serialIndex: byte,
  }),
};

export const entrySchema = z.discriminatedUnion('op', [
  /** Was there when first looked. */
  z.object({ op: z.literal('present'), ...onDevice, ...appearance }),
  z.object({ op: z.literal('attached'), ...onDevice, ...appearance }),
  z.object({ op: z.literal('detached'), ...onDevice }),
  z.object({ op: z.literal('open'), ...onDevice, ...outcome }),
  z.object({ op: z.literal('close'), ...onDevice, ...outcome }),
  z.object({ op: z.literal('reset'), ...onDevice, ...outcome }),
  z.object({ op: z.literal('claim'), ...onDevice, interface: byte, ...outcome }),
  z.object({ op: z.literal('select'), ...onDevice, interface: byte, alternate: byte, ...outcome }),
  z.object({ op: z.literal('in'), ...onDevice, ...setup, length: word, data: payload, ...outcome }),
  z.object({ op: z.literal('out'), ...onDevice, ...setup, length: word, data: payload, ...outcome }),
]);

export type RecordedEntry = z.infer<typeof entrySchema>;

/** What a device is asked to do. */
export type RecordedOperation = Extract<RecordedEntry, { readonly ms: number }>;
/** What the bus reports by itself. */
export type RecordedChange = Exclude<RecordedEntry, RecordedOperation>;
/** The first mention of a device. */
export type RecordedAppearance = Extract<RecordedEntry, { readonly address: number }>;

export interface RecordedLine<E extends RecordedEntry = RecordedEntry> {
  /** 1-based line of the file. */
  readonly line: number;
  readonly entry: E;
}

export function isOperation(entry: RecordedEntry): entry is RecordedOperation {
  return 'ms' in entry;
}

export function toHex(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

export function withhold(data: Uint8Array): Withheld {
  return { bytes: data.length, sha256: hash('sha256', data) };
}

/** Bytes that went over the bus. */
export function payloadLength(data: Payload): number {
  return typeof data === 'string' ? data.length / 2 : data.bytes;
}

/** @param dropped how many operations are missing */
export function formatHeader(dropped: number, origin: RecordingOrigin = {}): string {
  const header: z.infer<typeof headerSchema> = { format: FORMAT, version: VERSION, ...origin, dropped };
  return JSON.stringify(header);
}

export function formatEntry(entry: RecordedEntry): string {
  return JSON.stringify(entry);
}
