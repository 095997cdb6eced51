import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thisComputer } from './this-computer.ts';

const { files } = thisComputer;
const NODE = process.execPath;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stepwise-computer-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('files', () => {
  it('are read, listed and followed', async () => {
    writeFileSync(join(folder, 'a'), 'text');
    symlinkSync('/dev/bus/usb/001/004', join(folder, 'b'));
    expect(await files.read(join(folder, 'a'))).toBe('text');
    expect(await files.list(folder)).toEqual(['a', 'b']);
    expect(await files.link(join(folder, 'b'))).toBe('/dev/bus/usb/001/004');
    expect(await files.exists(join(folder, 'a'))).toBe(true);
  });

  it('that are not there tell nothing, and nothing breaks', async () => {
    const nowhere = join(folder, 'nowhere');
    expect(await files.read(nowhere)).toBeUndefined();
    expect(await files.list(nowhere)).toBeUndefined();
    expect(await files.link(nowhere)).toBeUndefined();
    expect(await files.exists(nowhere)).toBe(false);
  });
});

describe('a program', () => {
  it('gets its arguments as they are: no shell reads them', async () => {
    const args = ['$HOME', 'a b', '"', '&& exit 3', 'USB\\VID_0483&PID_DF11'];
    const ran = await thisComputer.run(NODE, ['-p', 'JSON.stringify(process.argv.slice(1))', ...args]);
    expect(ran.kind === 'ended' && (JSON.parse(ran.out) as unknown)).toEqual(args);
  });

  it('is not one that lies where this one was started', async () => {
    expect(await thisComputer.run(NODE, ['-p', 'process.cwd()'])).toMatchObject({ out: '/\n' });
  });

  it('reads what it is given', async () => {
    const ran = await thisComputer.run(NODE, ['-e', 'process.stdin.pipe(process.stdout)'], {
      input: 'rule\n',
    });
    expect(ran).toEqual({ kind: 'ended', code: 0, out: 'rule\n', err: '' });
  });

  it('tells how it ended', async () => {
    const ran = await thisComputer.run(NODE, ['-e', 'console.error("no"); process.exitCode = 126']);
    expect(ran).toEqual({ kind: 'ended', code: 126, out: '', err: 'no\n' });
  });

  it('that there is not is absent', async () => {
    expect(await thisComputer.run(join(folder, 'pkexec'), ['x'], { input: 'rule' })).toEqual({
      kind: 'absent',
    });
  });

  it('that says nothing for too long is ended', async () => {
    const ran = await thisComputer.run(NODE, ['-e', 'setInterval(() => {}, 1000)'], { patience: 200 });
    expect(ran).toEqual({ kind: 'silent' });
  });
});
