/**
 * The folder in which tuf-js works, among the system's temporary ones. Whoever starts after a fall removes what was left
 * behind. No program works in one for longer than a refresh takes, so what is a day old belongs to nobody; the number of a
 * program would not tell, because programs in different containers may share these folders and see each other's not.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = 'stepwise-trust-';
const LEFT_AFTER_MS = 24 * 60 * 60_000;

/** Empty, and for this program's owner alone. @throws Error where there is no room */
export function makeScratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), NAME));
}

/** Never rejects: what cannot be removed is another person's, and does no harm. */
export async function removeLeftScratch(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const folders = names.filter((name) => name.startsWith(NAME)).map((name) => join(tmpdir(), name));
  await Promise.all(folders.map((folder) => removeIfLeft(folder).catch(() => undefined)));
}

async function removeIfLeft(folder: string): Promise<void> {
  // By the clock that dates folders, whatever day it is for the catalog.
  const { mtimeMs } = await stat(folder);
  if (Date.now() - mtimeMs > LEFT_AFTER_MS) await rm(folder, { recursive: true, force: true });
}
