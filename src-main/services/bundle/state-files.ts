/** What lies in the folder for state, and what of it belongs in a bundle. Links are not followed, whatever they are called. */
import type { Dirent } from 'node:fs';
import { constants, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileKind } from '../../diagnostics/bundle/draft.ts';
import type { LeftOut, LeftOutReason } from '../../../shared/bundle.ts';
import { LOGS_FOLDER } from '../about.ts';

export interface StateFile {
  /** In the folder for state, with `/` everywhere. */
  readonly name: string;
  readonly path: string;
  readonly kind: FileKind;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

export interface StateFiles {
  /** The newest first. */
  readonly files: readonly StateFile[];
  readonly leftOut: readonly LeftOut[];
}

/** Where Electron keeps dumps of its processes, in the folder for state. */
const DUMPS_FOLDER = join('electron', 'Crashpad');
const DUMPS_DEPTH = 3;
const LOGS_DEPTH = 2;
const LOG = /\.(?:log|txt|jsonl)$/;
const TRANSCRIPT = /(?:^|\/)usb\b/;

/** Of places in the folder for state that never go in. */
const NEVER: Readonly<Record<string, LeftOutReason>> = {
  firmware: 'firmware',
  catalog: 'firmware',
  'installation-id': 'personal',
  electron: 'personal',
};

/** Never rejects: a folder that cannot be read is said to be left out. */
export async function stateFiles(stateFolder: string): Promise<StateFiles> {
  const leftOut: LeftOut[] = [];
  const logs = await walk(join(stateFolder, LOGS_FOLDER), LOGS_DEPTH, leftOut);
  const dumps = await walk(join(stateFolder, DUMPS_FOLDER), DUMPS_DEPTH, leftOut);
  const files = [
    ...logs.flatMap(({ name, ...file }) => {
      if (!LOG.test(name)) return [];
      const kind: FileKind = TRANSCRIPT.test(name) ? 'transcript' : 'log';
      // The folder of transcripts says already what they are.
      const place = kind === 'transcript' ? `transcripts/${name.replace(/^usb\//, '')}` : `logs/${name}`;
      return [{ ...file, name: place, kind }];
    }),
    ...dumps.flatMap(({ name, ...file }) =>
      name.endsWith('.dmp')
        ? [{ ...file, name: `crash-dumps/${name.split('/').at(-1) ?? name}`, kind: 'crash-dump' as const }]
        : [],
    ),
  ];
  for (const name of await namesIn(stateFolder)) {
    const why = NEVER[name] ?? (name.endsWith('.damaged') ? 'unreadable' : undefined);
    if (why) leftOut.push({ name, why });
  }
  return { files: files.sort((a, b) => b.changed - a.changed), leftOut };
}

/** The last bytes of a file; all of it where it is not longer. @throws the system's error */
export async function tailOf({ path }: Pick<StateFile, 'path'>, most: number): Promise<Uint8Array> {
  // Also where it became a link since it was looked at. Windows has no such flag, and links need rights there.
  const file = await open(path, constants.O_RDONLY | ((constants.O_NOFOLLOW as number | undefined) ?? 0));
  try {
    const { size } = await file.stat();
    const length = Math.min(size, most);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

type Found = Omit<StateFile, 'kind'>;

async function walk(root: string, depth: number, leftOut: LeftOut[], inside = ''): Promise<readonly Found[]> {
  let entries: readonly Dirent[];
  try {
    entries = await readdir(join(root, inside), { withFileTypes: true });
  } catch (error) {
    if (!isMissing(error)) leftOut.push({ name: inside || root, why: 'unreadable', detail: String(error) });
    return [];
  }
  const found: Found[] = [];
  for (const entry of entries) {
    const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
    const path = join(root, name);
    if (entry.isSymbolicLink()) leftOut.push({ name, why: 'symlink' });
    else if (entry.isDirectory() && depth > 1) found.push(...(await walk(root, depth - 1, leftOut, name)));
    else if (entry.isFile()) {
      const { size, mtimeMs: changed } = await lstat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
      found.push({ name, path, size, changed });
    }
  }
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
