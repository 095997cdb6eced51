/**
 * Draws up a bundle from all its sources: what is known in memory, what lies in the folder for state, and what can still
 * be asked. Nothing is waited for that does not answer at once, a device least of all, and the program goes on with
 * its other work meanwhile.
 */
import { setImmediate as others } from 'node:timers/promises';
import type { Clock } from '../../../shared/clock.ts';
import type { Draft, DraftFile } from '../../diagnostics/bundle/draft.ts';
import { jsonBytes } from '../../diagnostics/bundle/draft.ts';
import type { KnownSecrets } from '../../diagnostics/bundle/known-secrets.ts';
import type { LeftOut } from '../../../shared/bundle.ts';
import { Redactor } from '../../diagnostics/bundle/redactor.ts';
import type { Program, SectionName, Sections } from '../../diagnostics/bundle/report.ts';
import { mishapsIn, storiesIn } from '../../diagnostics/bundle/stories.ts';
import { numbersIn, redactTranscript } from '../../diagnostics/bundle/transcript-redaction.ts';
import { Journal } from '../../flash/journal.ts';
import { chunksOf, type Chunks } from './chunks.ts';
import { stateFiles, tailOf, type StateFile } from './state-files.ts';

export type SectionSource = {
  readonly [S in SectionName]?: () => Sections[S] | Promise<Sections[S]>;
};

export interface BundleSources {
  readonly stateFolder: string;
  /** The time of the person who waits. */
  readonly clock: Clock;
  readonly today: () => string;
  readonly program: Program;
  readonly secrets: KnownSecrets;
  readonly sections: SectionSource;
  /** What could not be kept on disk, and is only in memory. */
  readonly unsaved?: () => readonly Unsaved[];
}

export interface Unsaved {
  readonly name: string;
  readonly kind: 'log' | 'transcript';
  readonly text: string;
}

/** Milliseconds for everything that is asked. */
const ANSWER_PATIENCE = 1_000;
/** Milliseconds after which no further part of a file is begun. */
const READING_PATIENCE = 2_000;

const MEGABYTE = 1024 * 1024;
/** Bytes of all files of a kind together; with the report less than a bundle may have. */
const MOST: Readonly<Record<StateFile['kind'], number>> = {
  log: 5 * MEGABYTE,
  transcript: 9 * MEGABYTE,
  'crash-dump': 5 * MEGABYTE,
};
const LARGEST_SECTION = MEGABYTE / 4;

export async function drawBundle(sources: BundleSources, includeSerials: boolean): Promise<Draft> {
  const { clock, program } = sources;
  const began = clock.now();
  const asking = askAll(sources);
  const { files, leftOut: notTaken } = await stateFiles(sources.stateFolder);
  const leftOut: LeftOut[] = [...notTaken];
  const unsaved = (sources.unsaved?.() ?? []).map(readUnsaved);
  const read = [...unsaved, ...(await readAll(files, leftOut))];
  const { sections: told, silent } = await asking;
  leftOut.push(...silent);
  const sections = { ...told, journals: await journals(sources.stateFolder, leftOut) };

  const transcripts = read.flatMap(({ file, chunks }) =>
    file.kind === 'transcript' && chunks ? [chunks] : [],
  );
  const numbers = numbersIn(transcripts.flatMap(({ parts }) => parts).join('\n'));
  const devices = devicesIn(sections);
  const known: KnownSecrets = {
    ...sources.secrets,
    serials: [...numbers.serials, ...devices.serials],
    uniqueIds: [...numbers.uniqueIds, ...devices.uniqueIds],
  };
  const redactor = new Redactor({ known, includeSerials });
  const isLate = () => clock.now() - began > READING_PATIENCE;
  const drawn: DraftFile[] = [];
  for (const { file, chunks, bytes } of read) {
    const name = entryName(file.name, redactor, drawn);
    if (!chunks) {
      drawn.push({ name, kind: file.kind, bytes: bytes ?? new Uint8Array(), ticked: false });
      continue;
    }
    const redact = (part: string) =>
      file.kind === 'transcript'
        ? redactTranscript(part, redactor, numbers.serialIndexes)
        : redactor.text(part);
    const { text, isWhole } = await redacted(chunks, redact, isLate);
    if (text !== '')
      drawn.push({ name, kind: file.kind, bytes: new TextEncoder().encode(text), ticked: true });
    if (!isWhole) leftOut.push({ name, why: 'no-time', detail: text === '' ? 'all of it' : 'its beginning' });
  }
  const logs = drawn
    .filter(({ kind }) => kind === 'log')
    .map(({ name, bytes }) => ({ name, text: new TextDecoder().decode(bytes) }));
  const all: Sections = {
    stories: [...storiesIn(logs)],
    mishaps: [...mishapsIn(logs)],
    ...(redactor.value(sections) as Sections),
  };
  return {
    taken: sources.today(),
    includeSerials,
    program: redactor.value(program) as Program,
    sections: withinBounds(all, leftOut),
    files: drawn,
    leftOut: redactor.value(leftOut) as LeftOut[],
  };
}

// -- what is asked -------------------------------------------------------------------------------------------------------

interface Asked {
  readonly sections: Sections;
  readonly silent: readonly LeftOut[];
}

async function askAll({ sections: source, clock }: BundleSources): Promise<Asked> {
  const names = Object.keys(source) as SectionName[];
  const over = new AbortController();
  const patience = clock.sleep(ANSWER_PATIENCE, over.signal).then(() => 'silent' as const);
  const answers = await Promise.all(
    names.map(async (name) => {
      const answer = Promise.resolve()
        .then(() => source[name]?.())
        .then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
      return { name, answer: await Promise.race([answer, patience]) };
    }),
  );
  over.abort();
  return {
    sections: Object.fromEntries(
      answers.flatMap(({ name, answer }) =>
        answer !== 'silent' && 'value' in answer ? [[name, answer.value]] : [],
      ),
    ),
    silent: answers.flatMap(({ name, answer }): LeftOut[] => {
      if (answer === 'silent') return [{ name, why: 'did-not-answer' }];
      return 'error' in answer ? [{ name, why: 'unreadable', detail: String(answer.error) }] : [];
    }),
  };
}

/** Without the bytes beside the image: they are the device's. */
async function journals(stateFolder: string, leftOut: LeftOut[]): Promise<Sections['journals']> {
  try {
    return (await new Journal(stateFolder).list()).map(({ preserved, ...entry }) => ({
      ...entry,
      preserved: preserved.map(({ address, bytes }) => ({ address, size: bytes.length })),
    }));
  } catch (error) {
    leftOut.push({ name: 'journals', why: 'unreadable', detail: String(error) });
    return undefined;
  }
}

/** Numbers of devices in whatever the sections tell. */
function devicesIn(sections: Sections): Pick<KnownSecrets, 'serials' | 'uniqueIds'> {
  const serials: string[] = [];
  const uniqueIds: string[] = [];
  JSON.stringify(sections, (name, value: unknown) => {
    if (name === 'serial' && typeof value === 'string') serials.push(value);
    if (name === 'uniqueId' && value !== null && typeof value === 'object' && 'value' in value)
      uniqueIds.push(String(value.value));
    return value;
  });
  return { serials, uniqueIds };
}

function withinBounds(sections: Sections, leftOut: LeftOut[]): Sections {
  return Object.fromEntries(
    Object.entries(sections).filter(([name, value]: [string, unknown]) => {
      if (value === undefined) return false;
      const size = jsonBytes(value).length;
      if (size <= LARGEST_SECTION) return true;
      leftOut.push({ name, why: 'too-large', detail: `${size} bytes` });
      return false;
    }),
  );
}

// -- files -------------------------------------------------------------------------------------------------------------

interface Read {
  readonly file: Pick<StateFile, 'name' | 'kind'>;
  /** Of a file of lines. */
  readonly chunks?: Chunks;
  /** Of any other. */
  readonly bytes?: Uint8Array;
}

function readUnsaved({ name, kind, text }: Unsaved): Read {
  const bytes = new TextEncoder().encode(text).subarray(-MOST[kind] / 2);
  return { file: { name, kind }, chunks: chunksOf(bytes, true) };
}

async function readAll(files: readonly StateFile[], leftOut: LeftOut[]): Promise<readonly Read[]> {
  const room = { ...MOST };
  const read: Read[] = [];
  for (const file of files) {
    const { name, kind, size } = file;
    const isText = kind !== 'crash-dump';
    const most = Math.min(size, room[kind]);
    if (size > most)
      leftOut.push({ name, why: 'too-large', detail: isText && most > 0 ? 'its beginning' : 'all of it' });
    // Of half a dump nothing can be learned.
    if (size > most && (!isText || most === 0)) continue;
    room[kind] -= most;
    try {
      const bytes = await tailOf(file, most);
      read.push(isText ? { file, chunks: chunksOf(bytes, bytes.length === size) } : { file, bytes });
    } catch (error) {
      leftOut.push({ name, why: 'unreadable', detail: String(error) });
    }
  }
  return read;
}

/** The newest part first, so that it is the oldest for which there is no time. */
async function redacted(
  { parts }: Chunks,
  redact: (part: string) => string,
  isLate: () => boolean,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const done: string[] = [];
  for (const part of [...parts].reverse()) {
    if (isLate()) break;
    done.push(redact(part));
    await others();
  }
  return { text: done.reverse().join('\n'), isWhole: done.length === parts.length };
}

/** A name that is safe in every file system, says nothing of anybody, and stands for one entry. */
function entryName(name: string, redactor: Redactor, taken: readonly DraftFile[]): string {
  const safe = redactor
    .text(name)
    .replace(/[^\p{L}\p{N}/._ -]/gu, '')
    .replace(/\.{2,}/g, '.');
  const isFree = (wanted: string) => taken.every((file) => file.name.toLowerCase() !== wanted.toLowerCase());
  if (isFree(safe)) return safe;
  for (let number = 2; ; number++) {
    const other = safe.replace(/(\.[a-z]+)?$/, `-${number}$1`);
    if (isFree(other)) return other;
  }
}
