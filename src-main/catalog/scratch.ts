/**
 * The folder in which tuf-js works, among the system's temporary ones. It carries the number of its program: whoever
 * starts after a fall removes what was left behind, and nothing that another program is working in just now.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = 'stepwise-trust-';

/** Empty, and for this program's owner alone. @throws Error where there is no room */
export function makeScratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), `${NAME}${process.pid}-`));
}

/** Never rejects: what cannot be removed is another person's, and does no harm. */
export async function removeLeftScratch(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const left = names.filter((name) => name.startsWith(NAME) && !isAtWork(name.slice(NAME.length)));
  await Promise.all(
    left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)),
  );
}

/** @param rest of the name, `<number of the program>-<at random>` */
function isAtWork(rest: string): boolean {
  const [, program] = /^(\d+)-/.exec(rest) ?? [];
  if (program === undefined) return false;
  try {
    process.kill(Number(program), 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
