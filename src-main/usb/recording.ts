import { z } from 'zod';
import { StepwiseError } from '../../shared/failure.ts';

/**
 * The file in which a session on the bus is kept: lines of JSON. The first says what the file is, each further one is
 * one thing that happened, written when it had ended. A device is known by a number of this recording, since its path
 * and even its serial may be those of another attachment before. Whatever a consumer of the port can see is in it, so
 * that the session can be replayed from the file alone.
 */

export const FORMAT = 'stepwise-usb-recording';
export const VERSION = 1;

const count = z.int().nonnegative();
const byte = z.int().min(0).max(0xff);
const word = z.int().min(0).max(0xffff);
const hexBytes = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const failureKind = z.enum(['stall', 'timeout', 'gone', 'no-driver', 'no-permission', 'busy', 'io']);

const headerSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** How much of the data went in; `full`: all of it. */
  data: z.literal('full'),
  /** How many entries are missing at the beginning, because memory held no more. */
  dropped: count,
});

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

const entrySchema = z.discriminatedUnion('op', [
  /** Was there when first looked. */
  z.object({ op: z.literal('present'), ...onDevice, ...appearance }),
  z.object({ op: z.literal('attached'), ...onDevice, ...appearance }),
  z.object({ op: z.literal('detached'), ...onDevice }),
  z.object({ op: z.literal('open'), ...onDevice, ...outcome }),
  z.object({ op: z.literal('close'), ...onDevice, ...outcome }),
  z.object({ op: z.literal('reset'), ...onDevice, ...outcome }),
  z.object({ op: z.literal('claim'), ...onDevice, interface: byte, ...outcome }),
  z.object({ op: z.literal('select'), ...onDevice, interface: byte, alternate: byte, ...outcome }),
  z.object({ op: z.literal('in'), ...onDevice, ...setup, length: word, data: hexBytes, ...outcome }),
  z.object({ op: z.literal('out'), ...onDevice, ...setup, length: word, data: hexBytes, ...outcome }),
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

/** @param dropped how many entries are missing at the beginning */
export function formatHeader(dropped: number): string {
  const header: z.infer<typeof headerSchema> = { format: FORMAT, version: VERSION, data: 'full', dropped };
  return JSON.stringify(header);
}

export function formatEntry(entry: RecordedEntry): string {
  return JSON.stringify(entry);
}

/**
 * @throws {StepwiseError} `bad-file`: `unknown-format` when it is no recording, `unsupported` when a newer version wrote
 * it, `bad-record` with the line that cannot be read, `truncated` when the beginning or the end is missing
 */
export function parseRecording(text: string): readonly RecordedLine[] {
  const [first = '', ...rest] = text.split('\n');
  checkHeader(first);
  return rest.flatMap((content, at) => {
    const line = at + 2;
    const isLast = at === rest.length - 1;
    if (isLast && content === '') return [];
    const parsed = entrySchema.safeParse(parseJson(content));
    if (parsed.success) return [{ line, entry: parsed.data }];
    throw isLast
      ? badFile('truncated', 'the last line is not finished', line)
      : badFile('bad-record', z.prettifyError(parsed.error), line);
  });
}

function checkHeader(line: string): void {
  const header = parseJson(line);
  const known = headerSchema.safeParse(header);
  if (known.success) {
    if (known.data.dropped === 0) return;
    throw badFile('truncated', `the first ${known.data.dropped} entries were not kept`, 1);
  }
  const other = z.object({ format: z.literal(FORMAT), version: z.int().gt(VERSION) }).safeParse(header);
  throw other.success
    ? badFile('unsupported', `version ${other.data.version}; this program knows version ${VERSION}`, 1)
    : badFile('unknown-format', 'not a recording of USB traffic', 1);
}

/** Undefined for what is not JSON, which no schema accepts. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function badFile(
  fault: 'unknown-format' | 'unsupported' | 'truncated' | 'bad-record',
  detail: string,
  line: number,
) {
  return new StepwiseError('bad-file', { fault, detail, format: 'usb-recording', line });
}
