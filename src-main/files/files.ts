/**
 * What must not be lost on disk is written in steps so small that each either happened or did not. Behind the port stands
 * the disk, and in tests one that stops at any step, as a computer that loses its power does.
 */
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StepwiseError } from '../../shared/failure.ts';

/** Every one fails with host-file and nothing else. */
export interface Files {
  /** Undefined where there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Bytes of the file; undefined where there is none. */
  size(path: string): Promise<number | undefined>;
  /** A new file or a new content, on disk when the promise resolves; after a fall any beginning of it may be there. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** As {@link write}, behind what is there, but not on disk until {@link sync}. */
  append(path: string, bytes: Uint8Array): Promise<void>;
  /** What was appended is on disk when the promise resolves. */
  sync(path: string): Promise<void>;
  /** In one step; replaces what is there. */
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens where there is nothing. */
  remove(path: string): Promise<void>;
  /** Names in the folder in alphabetical order; none where there is no folder. */
  list(folder: string): Promise<readonly string[]>;
  makeFolder(folder: string): Promise<void>;
}

/** Files that are being written and have not got their names yet. */
const underWay = new Set<string>();

/**
 * The whole file is the new one or still the old one, whatever happens meanwhile; on disk when the promise resolves. Makes
 * its folder. Of several at a time for the same file any may be the last.
 * @throws host-file
 */
export async function replaceFile(files: Files, path: string, content: Uint8Array | string): Promise<void> {
  const fresh = freshName(path);
  underWay.add(fresh);
  try {
    await files.makeFolder(dirname(path));
    await files.write(fresh, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    await files.rename(fresh, path);
  } catch (error) {
    // A disk that is full gets its room back; what is told is why it was not written.
    await files.remove(fresh).catch(() => undefined);
    throw error;
  } finally {
    underWay.delete(fresh);
  }
}

/** Two programs, or two jobs of one, may write the same file: each has a fresh one of its own. */
function freshName(path: string): string {
  for (let at = 0; ; at++) {
    const name = `${path}.${process.pid}${at === 0 ? '' : `-${at}`}.new`;
    if (!underWay.has(name)) return name;
  }
}

export const diskFiles: Files = {
  read: (path) => orAbsent(path, 'read', () => readFile(path)),
  size: (path) => orAbsent(path, 'read', async () => (await stat(path)).size),
  // A disk that fills up takes a part of what it is given, and refuses the rest: writeFile gives it all.
  write: (path, bytes) => synced(path, 'w', (handle) => handle.writeFile(bytes)),
  append: (path, bytes) => named(path, 'write', () => appendFile(path, bytes)),
  sync: (path) => synced(path, 'r+', () => Promise.resolve()),
  rename: (from, to) => named(to, 'write', () => rename(from, to)),
  remove: (path) => named(path, 'remove', () => rm(path, { force: true })),
  list: async (folder) => ((await orAbsent(folder, 'read', () => readdir(folder))) ?? []).sort(),
  makeFolder: async (folder) => {
    await named(folder, 'write', () => mkdir(folder, { recursive: true }));
  },
};

async function synced(
  path: string,
  flags: string,
  work: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  await named(path, 'write', async () => {
    const handle = await open(path, flags);
    try {
      await work(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

async function orAbsent<T>(path: string, operation: string, work: () => Promise<T>): Promise<T | undefined> {
  return named(path, operation, () =>
    work().catch((error: unknown) => {
      if (isAbsence(error)) return undefined;
      throw error;
    }),
  );
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function named<T>(path: string, operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new StepwiseError('host-file', { path, operation, detail: detailOf(cause) }, { cause });
  }
}

function detailOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && cause.code === 'ENOSPC' ? 'the disk is full (ENOSPC)' : cause.message;
}
