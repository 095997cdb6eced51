import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../test/cli/fake-world.ts';
import { transcriptFiles } from '../../usb/transcripts.ts';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const VITEST = join(PROJECT, 'node_modules', 'vitest', 'vitest.mjs');
const BYTES = new Uint8Array(3000).map((_, at) => at % 251);
const OLD = new Uint8Array(3000).map((_, at) => (at * 7) % 253);

let world: FakeWorld;
let folder: string;
beforeEach(() => {
  // In the checkout, so that what the test imports is found; out of the way of everything else.
  mkdirSync(join(PROJECT, 'test-results'), { recursive: true });
  folder = mkdtempSync(join(PROJECT, 'test-results', 'recorded-'));
  writeFileSync(join(folder, 'vitest.config.js'), 'export default {};');
  world = new FakeWorld(['f405', { contents: [{ address: 0x0800_0000, bytes: OLD }] }]);
});
afterEach(() => {
  world.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const run = promisify(execFile);

/** Runs what was made, as anybody would. @returns what vitest prints; rejects where a test fails */
async function vitest(): Promise<string> {
  const { stdout } = await run(process.execPath, [VITEST, 'run', '--root', folder], {
    cwd: folder,
    env: { ...process.env, CI: '', NO_COLOR: '1' },
  });
  return stdout;
}

async function made(): Promise<string> {
  const [firmware, old] = [join(world.folder, 'app.bin'), join(world.folder, 'old.bin')];
  writeFileSync(firmware, BYTES);
  writeFileSync(old, OLD);
  const command = ['flash', firmware, '--yes', '--discard-outside'];
  await world.run(...command);
  const [transcript] = transcriptFiles(join(world.stateFolder, 'logs'));
  const out = join(folder, 'customer.test.ts');
  const args = [transcript?.path ?? '', '--image', old, '--to-test', out, '--', ...command];
  expect(await world.run('replay', ...args)).toBe(0);
  return out;
}

describe('a recording as a test', () => {
  it('runs, and fails when something is done otherwise than then', async () => {
    const out = await made();
    world.dispose();
    expect(await vitest()).toMatch(/Tests +1 passed/);
    const firmware = join(folder, 'customer', 'app.bin');
    const other = readFileSync(firmware).map((byte) => byte ^ 1);
    writeFileSync(firmware, other);
    await expect(vitest()).rejects.toMatchObject({ stdout: expect.stringMatching(/1 failed/) as string });
    expect(readFileSync(out, 'utf8')).not.toContain(world.folder);
  }, 60_000);

  it('is not made of a recording that is not followed to its end', async () => {
    const firmware = join(world.folder, 'app.bin');
    writeFileSync(firmware, BYTES);
    await world.run('info');
    const [transcript] = transcriptFiles(join(world.stateFolder, 'logs'));
    const out = join(folder, 'x.test.ts');
    const args = [transcript?.path ?? '', '--to-test', out, '--', 'flash', firmware, '--yes'];
    expect(await world.run('replay', ...args)).not.toBe(0);
    expect(existsSync(out)).toBe(false);
  });
});
