/** The computer this program runs on. */
import { execFile } from 'node:child_process';
import { access, readdir, readFile, readlink } from 'node:fs/promises';
import { win32 } from 'node:path';
import type { Computer, Files, Ran, RunOptions } from './computer.ts';

/** Milliseconds a program has that only tells something. */
const PATIENCE_MS = 10_000;
/** Windows looks for a program first where it is started from: nothing that lies beside a download is to be run. */
const STARTED_FROM =
  process.platform === 'win32' ? win32.join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32') : '/';
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
      {
        cwd: STARTED_FROM,
        encoding: 'latin1',
        timeout: patience,
        maxBuffer: MOST_OUTPUT,
        windowsHide: true,
        shell: false,
      },
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
