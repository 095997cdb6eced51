/** The computer this program runs on. */
import { execFile } from 'node:child_process';
import { access, readdir, readFile, readlink } from 'node:fs/promises';
import type { Computer, Files, Ran, RunOptions } from './computer.ts';

/** Milliseconds a program has that only tells something. */
const PATIENCE_MS = 10_000;
/** The registry of a Mac with many devices is some megabytes. */
const MOST_OUTPUT = 32 * 1024 * 1024;

export const thisComputer: Computer = {
  platform: process.platform,
  environment: process.env,
  files: realFiles(),
  run,
};

function realFiles(): Files {
  // What cannot be read does not tell anything: that is what the checks say of it.
  const untold = () => undefined;
  return {
    read: (path) => readFile(path, 'utf8').catch(untold),
    list: (path) => readdir(path).catch(untold),
    link: (path) => readlink(path).catch(untold),
    exists: (path) =>
      access(path).then(
        () => true,
        () => false,
      ),
  };
}

function run(
  program: string,
  args: readonly string[],
  { input = '', patience = PATIENCE_MS }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { encoding: 'latin1', timeout: patience, maxBuffer: MOST_OUTPUT, windowsHide: true, shell: false },
      (error, out, err) => {
        if (!error) resolve({ kind: 'ended', code: 0, out, err });
        else if (typeof error.code === 'number') resolve({ kind: 'ended', code: error.code, out, err });
        else resolve({ kind: error.killed === true ? 'silent' : 'absent' });
      },
    );
    // It may end before it has read everything, or never have begun; the callback tells either.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
