import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';

/** For the program as well: `--long`, `--seed NUMBER`. */
const options = process.argv.slice(2).filter((_, at, words) => words.slice(0, at + 1).some(isOption));
const LIMIT_MS = (options.includes('--long') ? 60 : 10) * 60_000;

function isOption(word: string): boolean {
  return word.startsWith('--');
}

for (const [shape, what] of [
  ['alone', 'one device is updated again and again'],
  ['side-by-side', 'eight devices are updated side by side, again and again'],
] as const) {
  await test(`while ${what}, with faults at random, all comes right in the end and nothing leaks`, async () => {
    const program = join(import.meta.dirname, 'soak.js');
    const soak = spawn(process.execPath, [program, shape, ...options], {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    assert.deepEqual(await once(soak, 'exit'), [0, null]);
  });
}
