/**
 * Where Electron's runtime is. The npm package brings everything but the runtime itself, which it fetches when it is
 * wanted for the first time; a computer without a way to the internet has none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const FETCH_BUDGET_MS = 5 * 60_000;
const PROGRAM = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' } as const;

/** The program to be run, where it is here; `ELECTRON_OVERRIDE_DIST_PATH` names a folder with another one. */
export function electronRuntime(): string | undefined {
  const own = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const folder = own ?? join(electronPackage(), 'dist');
  const program = join(folder, programName());
  return existsSync(program) ? program : undefined;
}

/** Lets the package fetch it. @returns why it could not, in a line, or undefined when it is here */
export function fetchElectronRuntime(): string | undefined {
  if (process.env['ELECTRON_OVERRIDE_DIST_PATH'] !== undefined)
    return 'there is none in ELECTRON_OVERRIDE_DIST_PATH';
  const { error, stderr } = spawnSync(process.execPath, [join(electronPackage(), 'install.js')], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: FETCH_BUDGET_MS,
  });
  if (electronRuntime() !== undefined) return undefined;
  const [firstLine] = stderr.split('\n').filter((line) => /Error/.test(line));
  return error?.message ?? firstLine?.trim() ?? 'its package says nothing';
}

function electronPackage(): string {
  return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
}

function programName(): string {
  const told = join(electronPackage(), 'path.txt');
  if (existsSync(told)) return readFileSync(told, 'utf8');
  const { platform } = process;
  return platform === 'darwin' || platform === 'win32' ? PROGRAM[platform] : 'electron';
}
