import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
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

function left(name: string, hours: number): string {
  const folder = join(system, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'root.json'), '{}');
  const then = Date.now() / 1000 - hours * 3600;
  utimesSync(folder, then, then);
  return folder;
}

it('a scratch folder that was left by a fall is gone at a start on another day, and no other one', async () => {
  const fallen = left('stepwise-trust-abcdef', 25);
  const working = left('stepwise-trust-ghijkl', 1);
  const foreign = left('other-trust-abcdef', 25);
  await (await CatalogRig.start()).open();
  expect([fallen, working, foreign].map((folder) => existsSync(folder))).toEqual([false, true, true]);
});
