import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeBundle } from './write-bundle.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stepwise-write-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('replaces what was there in one step, and leaves nothing beside it', async () => {
  writeFileSync(join(folder, 'a.zip'), 'before');
  await writeBundle(join(folder, 'a.zip'), new Uint8Array(100_000).fill(1));
  expect(readFileSync(join(folder, 'a.zip'))).toHaveLength(100_000);
  expect(readdirSync(folder)).toEqual(['a.zip']);
});

it('leaves what was there where it cannot be replaced, and nothing unfinished', async () => {
  mkdirSync(join(folder, 'a.zip', 'in the way'), { recursive: true });
  await expect(writeBundle(join(folder, 'a.zip'), new Uint8Array(10))).rejects.toMatchObject({
    code: 'host-file',
    facts: { path: join(folder, 'a.zip'), operation: 'write' },
  });
  expect(readdirSync(folder)).toEqual(['a.zip']);
});
