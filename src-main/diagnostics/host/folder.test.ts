import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { HostCheck } from '../../../shared/host-check.ts';
import { folderCheck } from './folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepwise-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('two who look at the same time find the same, and leave nothing behind', async () => {
  const looking: Promise<HostCheck>[] = [];
  for (let at = 0; at < 200; at++) {
    looking.push(folderCheck(folder));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const checks = await Promise.all(looking);
  expect(new Set(checks.map(({ finding }) => finding))).toEqual(new Set(['folder-keeps']));
  expect(readdirSync(folder)).toEqual([]);
});
