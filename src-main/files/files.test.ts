import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFiles, replaceFile } from './files.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwise-files-'));
  file = join(folder, 'a.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refused = () => ({ code: 'host-file', facts: { path: file, operation: 'write' } });

describe('a file that is replaced', () => {
  it('is the new one, in a folder that is made, with nothing beside it', async () => {
    const deep = join(folder, 'new', 'a.json');
    await replaceFile(diskFiles, deep, 'before');
    await replaceFile(diskFiles, deep, new Uint8Array(100_000).fill(1));
    expect(readFileSync(deep)).toHaveLength(100_000);
    expect(readdirSync(join(folder, 'new'))).toEqual(['a.json']);
  });

  it('is whole also where several write it at a time', async () => {
    const contents = Array.from({ length: 20 }, (_, at) => String(at).repeat(10_000));
    await Promise.all(contents.map((content) => replaceFile(diskFiles, file, content)));
    expect(contents).toContain(readFileSync(file, 'utf8'));
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('stays what it was where it cannot be replaced, with nothing unfinished beside it', async () => {
    mkdirSync(join(file, 'in the way'), { recursive: true });
    await expect(replaceFile(diskFiles, file, 'after')).rejects.toMatchObject(refused());
    expect(readdirSync(folder)).toEqual(['a.json']);
  });
});

describe('a disk that fills up in the middle of a file', () => {
  /** A disk so small needs root. */
  const isMounted = (at: string) =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' }).status === 0;

  it('is told, and what was there stays whole', async ({ skip }) => {
    if (!isMounted(folder)) skip('no small disk can be mounted here');
    try {
      writeFileSync(file, 'before');
      await expect(replaceFile(diskFiles, file, new Uint8Array(100_000))).rejects.toMatchObject({
        ...refused(),
        facts: { detail: 'the disk is full (ENOSPC)' },
      });
      expect(readFileSync(file, 'utf8')).toBe('before');
      expect(readdirSync(folder)).toEqual(['a.json']);
    } finally {
      spawnSync('umount', [folder], { stdio: 'ignore' });
    }
  });
});
