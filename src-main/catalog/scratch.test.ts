import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CatalogRig } from '../../test/catalog/catalog-rig.ts';

const system = mkdtempSync(join(tmpdir(), 'stepwise-temporary-'));
beforeEach(() => vi.stubEnv('TMPDIR', system));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(system, { recursive: true, force: true });
});

function left(name: string): string {
  const folder = join(system, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'root.json'), '{}');
  return folder;
}

it('a scratch folder of a program that fell is gone at the next start, and nobody else’s', async () => {
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  const fallen = left(`stepwise-trust-${ended}-abcdef`);
  const old = left('stepwise-trust-abcdef');
  const working = left(`stepwise-trust-${process.ppid}-abcdef`);
  const foreign = left('other-trust-1-abcdef');
  await (await CatalogRig.start()).open();
  expect([fallen, old, working, foreign].map((folder) => existsSync(folder))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
