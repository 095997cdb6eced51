import { hash } from 'node:crypto';
import { z } from 'zod';
import { StepwiseError } from '../../shared/failure.ts';

/**
 * The file in which a session on the bus is kept: lines of JSON. The first says what the file is, each further one is
 * one thing that happened, written when it had ended. A device is known by a number of this recording, since its path
 * and even its serial may be those of another attachment before. Whatever a consumer of the port can see is in it, so
 * that the session can be replayed from the file alone; but of a block of firmware there may be only its hash, because
 * the bytes of a firmware are its maker's. One recording may hold some blocks in this way and others in that.
 */

const FORMAT = 'stepwise-usb-recording';
const VERSION = 1;
/** Some ten updates of eight devices side by side, with all of their firmware. */
const LARGEST_RECORDING = 256 * 1024 * 1024;
/** Each takes memory. */
const MOST_LINES = 1_000_000;

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

const headerSchema = z.object({
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

export interface Recording extends RecordingOrigin {
  /** How many operations are missing. */
  readonly dropped: number;
  /** In the order of the file, which is the order in which things ended. */
  readonly lines: readonly RecordedLine[];
  /** The last line where it is not finished, as after a kill; it is not among {@link lines}. */
  readonly cutOff: number | undefined;
}

/**
 * @throws {StepwiseError} `bad-file`: `unknown-format` when it is no recording, `unsupported` when a newer version wrote
 * it, `too-large`, `bad-record` with the line that cannot be read or cannot be true
 */
export function parseRecording(text: string): Recording {
  if (text.length > LARGEST_RECORDING)
    throw badFile(
      'too-large',
      `it has ${text.length} characters, more than the ${LARGEST_RECORDING} accepted`,
    );
  const contents = linesOf(text);
  const header = parseHeader(contents.next().value?.content ?? '');
  const lines: RecordedLine[] = [];
  const { program, begun, dropped } = header;
  const origin = { ...(program !== undefined && { program }), ...(begun !== undefined && { begun }) };
  const truth = new Consistency();
  for (const { content, line, isFinished } of contents) {
    if (line > MOST_LINES) throw badFile('too-large', `it has more than ${MOST_LINES} lines`, line);
    if (!isFinished && content === '') break;
    const parsed = entrySchema.safeParse(parseJson(content));
    if (!parsed.success) {
      if (!isFinished) return { ...origin, dropped, lines, cutOff: line };
      throw badFile('bad-record', whyUnread(parsed.error), line);
    }
    const entry = parsed.data;
    truth.expect(entry, line);
    lines.push({ line, entry });
  }
  truth.expectOrder(lines);
  return { ...origin, dropped, lines, cutOff: undefined };
}

/** A recording of which nothing is missing at the beginning. @throws as {@link parseRecording}; also `truncated` */
export function parseWholeRecording(text: string): Recording {
  const recording = parseRecording(text);
  const { dropped } = recording;
  if (dropped === 0) return recording;
  throw badFile('truncated', `${dropped} operations were not kept`, 1);
}

function whyUnread({ issues: [first] }: z.ZodError): string {
  if (!first || first.path.length === 0) return 'it is not of the kind that a recording has';
  return `${first.path.join('.')}: ${first.message}`;
}

/** Splitting a hostile file all at once would take more memory than it has bytes. */
function* linesOf(text: string) {
  let from = 0;
  for (let line = 1; from <= text.length; line++) {
    const end = text.indexOf('\n', from);
    const isFinished = end >= 0;
    yield { line, content: text.slice(from, isFinished ? end : undefined), isFinished };
    from = isFinished ? end + 1 : text.length + 1;
  }
}

/** What one line says must fit what others say: a recorder writes nothing else. */
class Consistency {
  readonly #paths = new Map<number, string>();

  expect(entry: RecordedEntry, line: number): void {
    const known = this.#paths.get(entry.device);
    if ('address' in entry) {
      if (known !== undefined) throw badFile('bad-record', `device ${entry.device} appears twice`, line);
      this.#paths.set(entry.device, entry.path);
    } else if (known !== entry.path) {
      const what = known === undefined ? 'has not appeared' : `is at ${known}, not at ${entry.path}`;
      throw badFile('bad-record', `device ${entry.device} ${what}`, line);
    }
    if (entry.op !== 'in' && entry.op !== 'out') return;
    const moved = payloadLength(entry.data);
    const fits = entry.op === 'out' ? moved === entry.length : moved <= entry.length;
    if (!fits)
      throw badFile('bad-record', `${moved} bytes of data do not fit a length of ${entry.length}`, line);
  }

  expectOrder(lines: readonly RecordedLine[]): void {
    const begun = lines.toSorted((a, b) => a.entry.n - b.entry.n);
    begun.forEach(({ entry, line }, at) => {
      const before = begun[at - 1]?.entry;
      if (!before || (before.n < entry.n && before.t <= entry.t)) return;
      throw badFile('bad-record', 'it did not happen at this place among the others (n, t)', line);
    });
  }
}

function parseHeader(line: string): z.infer<typeof headerSchema> {
  const header = parseJson(line);
  const known = headerSchema.safeParse(header);
  if (known.success) return known.data;
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
  fault: 'unknown-format' | 'unsupported' | 'too-large' | 'truncated' | 'bad-record',
  detail: string,
  line?: number,
) {
  const where = line === undefined ? {} : { line };
  const sentence = line === undefined ? detail : `line ${line}: ${detail}`;
  return new StepwiseError('bad-file', { fault, detail: sentence, format: 'usb-recording', ...where });
}
