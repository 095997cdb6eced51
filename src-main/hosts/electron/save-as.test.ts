import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ElectronDouble } from '../../../test/electron/electron-double.ts';
import { keepCrashDumps } from './crash-dumps.ts';
import { saveAs } from './save-as.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepwise-save-'));
afterAll(() => rmSync(folder, { recursive: true }));

const BYTES = new TextEncoder().encode('a bundle');

it('writes where the person said, all of it or nothing, and shows it in its folder', async () => {
  const electron = new ElectronDouble('');
  electron.dialog.savePath = join(folder, 'case.zip');
  expect(await saveAs(electron.asElectron, 'proposed.zip', BYTES)).toBe('case.zip');
  expect(readFileSync(join(folder, 'case.zip'), 'utf8')).toBe('a bundle');
  expect(readdirSync(folder)).toEqual(['case.zip']);
  expect(electron.opened).toEqual([join(folder, 'case.zip')]);
});

it('does nothing where the person changed their mind', async () => {
  const electron = new ElectronDouble('');
  expect(await saveAs(electron.asElectron, 'proposed.zip', BYTES)).toBeUndefined();
  expect(electron.opened).toEqual([]);
});

it('says what is in the way', async () => {
  const electron = new ElectronDouble('');
  writeFileSync(join(folder, 'a file'), '');
  electron.dialog.savePath = join(folder, 'a file', 'case.zip');
  await expect(saveAs(electron.asElectron, 'proposed.zip', BYTES)).rejects.toMatchObject({
    code: 'host-file',
    facts: { operation: 'write' },
  });
});

it('crash dumps are kept here and sent nowhere', () => {
  const started: unknown[] = [];
  keepCrashDumps({ start: (options) => void started.push(options) });
  expect(started).toEqual([{ uploadToServer: false }]);
});
