/**
 * `npm start`: the desktop app. Where Electron's runtime is not to be had, the same screens open in a browser, over the
 * loopback host. `npm start -- --demo` brings virtual devices.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { electronRuntime, fetchElectronRuntime } from './electron-runtime.ts';
import { newest } from './newest.ts';

/** What is plugged in at the start of a demo that names nothing else: a bootloader with the defect Stepwise is known for. */
const DEMO_DEVICE = 'h743-v-0x90';

process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
buildScreens();
const args = withDemoDevice(process.argv.slice(2));
const missing = electronRuntime() === undefined ? fetchElectronRuntime() : undefined;
const runtime = electronRuntime();
if (runtime === undefined) {
  process.stdout.write(
    `Electron's runtime is not on this computer and cannot be fetched (${missing ?? 'unknown'}): Stepwise runs in the browser instead.\n`,
  );
  const open = hasDisplay() ? ['--open'] : [];
  run(process.execPath, ['dist/src-main/loopback.js', ...open, ...args]);
} else {
  run(runtime, ['.', ...args]);
}

/** Again, if anything they are made of is newer. What the words are compiled to is made from them. */
function buildScreens(): void {
  const sources = newest(['src-renderer', 'shared', 'vite.config.ts', 'package-lock.json'], ['paraglide']);
  if (newest(['dist/src-renderer/index.html']) >= sources) return;
  const { status } = spawnSync('npm run --silent build:screens', { stdio: 'inherit', shell: true });
  if (status !== 0) process.exit(status ?? 1);
}

function withDemoDevice(given: readonly string[]): readonly string[] {
  const named = given.some((arg) => arg === '--device' || arg.startsWith('--device='));
  return given.includes('--demo') && !named ? [...given, '--device', DEMO_DEVICE] : given;
}

function hasDisplay(): boolean {
  const { platform, env } = process;
  return platform === 'darwin' || platform === 'win32' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
}

/** Ends as it ends. Ctrl-C reaches it by itself and is its affair: it may have a device to finish. */
function run(program: string, programArgs: readonly string[]): void {
  const child = spawn(program, programArgs, { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('error', (error) => {
    process.stderr.write(`${program} does not start: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
