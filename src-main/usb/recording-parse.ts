import { z } from 'zod';
import { StepwiseError } from '../../shared/failure.ts';
import { entrySchema, FORMAT, headerSchema, payloadLength, VERSION } from './recording.ts';
import type { RecordedEntry, RecordedLine, RecordingOrigin } from './recording.ts';

/** A file of a recording, read by somebody who does not know where it comes from. */

/** Some ten updates of eight devices side by side, with all of their firmware. */
const LARGEST_RECORDING = 256 * 1024 * 1024;
/** A transfer has at most 64 KB, in two digits for each byte. */
const LONGEST_LINE = 150_000;
/** Each takes memory. */
const MOST_LINES = 1_000_000;

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
    // Not even JSON.parse is to see it: of 200 MB of brackets it makes 10 GB of memory.
    if ((isFinished ? end : text.length) - from > LONGEST_LINE)
      throw badFile('bad-record', 'it is longer than any line of a recording', line);
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
