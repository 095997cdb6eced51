/**
 * A bundle comes from somebody else: by mail, through a ticket, from whoever says to be a customer. Nothing of it is
 * believed before it was looked at: names, sizes, kinds, hashes; and nothing larger than a bundle can be is ever held.
 */
import { z } from 'zod';
import yauzl from 'yauzl';
import { StepwiseError, type FileFault } from '../../../shared/failure.ts';
import { MANIFEST, REPORT, type Entry } from './draft.ts';
import { manifest as manifestSchema, MANIFEST_SCHEMA, sha256, type Manifest } from './manifest.ts';
import { bundleReport, REPORT_SCHEMA, type BundleReport } from './report.ts';

export interface Bundle {
  readonly manifest: Manifest;
  readonly report: BundleReport;
  /** As they are listed. */
  readonly entries: readonly Entry[];
}

const MEGABYTE = 1024 * 1024;
/** Bytes of the file. */
export const LARGEST_OPENED = 32 * MEGABYTE;
const LARGEST_ENTRY = 16 * MEGABYTE;
const LARGEST_CONTENT = 48 * MEGABYTE;
const LARGEST_JSON = 4 * MEGABYTE;
const MOST_ENTRIES = 1_000;
const LONGEST_NAME = 200;

/** Upper half of the external attributes: a file's mode under Unix. */
const MODE_SHIFT = 16;
const FILE_TYPE = 0o170000;
const REGULAR_FILE = 0o100000;
const STORED = 0;
const DEFLATED = 8;

/** Parts of names that Windows keeps for devices. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** @throws bad-file for whatever is no bundle, is damaged, newer than this program, or wants to do harm */
export async function unpack(bytes: Uint8Array): Promise<Bundle> {
  if (bytes.length > LARGEST_OPENED) throw bad('too-large', `it has ${bytes.length} bytes`);
  const files = await filesIn(Buffer.from(bytes));
  const manifest = parsed(files, MANIFEST, manifestSchema, MANIFEST_SCHEMA);
  const entries = manifest.entries.map(({ name, size, sha256: hash }): Entry => {
    const content = files.get(name);
    if (!content) throw bad('truncated', `${shown(name)} is listed and not there`);
    if (content.length !== size || sha256(content) !== hash)
      throw bad('bad-checksum', `${shown(name)} is not what the manifest lists`);
    return { name, bytes: content };
  });
  const listed = new Set([...manifest.entries.map(({ name }) => name), MANIFEST]);
  if (listed.size !== manifest.entries.length + 1)
    throw bad('inconsistent', 'the manifest lists a name twice');
  const stray = [...files.keys()].find((name) => !listed.has(name));
  if (stray !== undefined) throw bad('inconsistent', `${shown(stray)} is there and not listed`);
  return { manifest, report: parsed(files, REPORT, bundleReport, REPORT_SCHEMA), entries };
}

async function filesIn(bytes: Buffer): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const names = new Set<string>();
  let room = LARGEST_CONTENT;
  const zip = await reading(() => yauzl.fromBufferPromise(bytes, { strictFileNames: true }));
  if (zip.entryCount > MOST_ENTRIES) throw bad('too-large', `it has ${zip.entryCount} entries`);
  const all = zip.eachEntry();
  for (;;) {
    const next: IteratorResult<yauzl.Entry, unknown> = await reading(() => all.next());
    if (next.done === true) return files;
    const entry = next.value;
    checkEntry(entry);
    const name = entry.fileName;
    // A file system that does not tell cases apart would write one over the other.
    if (names.has(folded(name))) throw bad('inconsistent', `${shown(name)} is there twice`);
    names.add(folded(name));
    room -= entry.uncompressedSize;
    if (room < 0) throw bad('too-large', `unpacked it has more than ${LARGEST_CONTENT} bytes`);
    files.set(name, await reading(() => contentOf(zip, entry)));
  }
}

function checkEntry(entry: yauzl.Entry): void {
  const { fileName: name, uncompressedSize, compressionMethod, externalFileAttributes } = entry;
  if (!isSafeName(name)) throw bad('inconsistent', `${shown(name)} is no name of an entry`);
  const type = (externalFileAttributes >>> MODE_SHIFT) & FILE_TYPE;
  if (type !== 0 && type !== REGULAR_FILE) throw bad('inconsistent', `${shown(name)} is not a file`);
  if (entry.isEncrypted()) throw bad('unsupported', `${shown(name)} is encrypted`);
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED)
    throw bad('unsupported', `${shown(name)} is packed in a way no bundle is`);
  if (uncompressedSize > LARGEST_ENTRY)
    throw bad('too-large', `${shown(name)} has ${uncompressedSize} bytes`);
}

/** Relative, downwards, and the same on every system. */
function isSafeName(name: string): boolean {
  if (name.length > LONGEST_NAME || !/^[\p{L}\p{N}\p{M}/._ -]+$/u.test(name)) return false;
  return name
    .split('/')
    .every(
      (part) =>
        part.trim() === part &&
        part !== '' &&
        !/^\.+$/.test(part) &&
        !part.endsWith('.') &&
        !DEVICE_NAME.test(part),
    );
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** The library ends a stream that has more bytes than its entry says. */
async function contentOf(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Whatever the library finds wrong with the file. */
async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof StepwiseError) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StepwiseError(
      'bad-file',
      { fault: 'bad-record', detail: shown(detail), format: 'bundle' },
      { cause },
    );
  }
}

function parsed<T>(
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
  schema: z.ZodType<T>,
  known: number,
): T {
  const content = files.get(name);
  if (!content) throw bad('unknown-format', `it has no ${name}`);
  if (content.length > LARGEST_JSON) throw bad('too-large', `${name} has ${content.length} bytes`);
  try {
    const value: unknown = JSON.parse(Buffer.from(content).toString('utf8'));
    const newer = z.object({ schema: z.int().gt(known) }).safeParse(value);
    if (newer.success)
      throw bad(
        'unsupported',
        `${name} is of schema ${newer.data.schema}; this program knows ${known}. Take a newer Stepwise`,
      );
    return schema.parse(value);
  } catch (cause) {
    if (cause instanceof StepwiseError) throw cause;
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new StepwiseError(
      'bad-file',
      { fault: 'bad-record', detail: `${name}: ${shown(detail)}`, format: 'bundle' },
      { cause },
    );
  }
}

function bad(fault: FileFault, detail: string): StepwiseError {
  return new StepwiseError('bad-file', { fault, detail, format: 'bundle' });
}

const LONGEST_SHOWN = 300;

/** What a stranger wrote, as it may stand in a terminal. */
function shown(text: string): string {
  const plain = text.replace(/\p{C}/gu, '?').replace(/\s+/g, ' ');
  return plain.length > LONGEST_SHOWN ? `${plain.slice(0, LONGEST_SHOWN)}…` : plain;
}
