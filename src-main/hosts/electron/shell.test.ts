import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ElectronDouble, frame } from '../../../test/electron/electron-double.ts';
import { StandInServices } from '../../../test/rig/stand-in-services.ts';
import type { Result } from '../../../shared/contract.ts';
import { StepwiseError } from '../../../shared/failure.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../shared/settings.ts';
import { Incidents } from '../../log/incidents.ts';
import { Log } from '../../log/log.ts';
import { OpenedFiles } from './opened-files.ts';
import { openShell } from './shell.ts';
import { shellWords } from './words.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepwise-shell-'));
afterAll(() => rmSync(folder, { recursive: true }));

const about = (settings: Settings): Result<'app.about'> => ({
  version: '1.0.0',
  platform: 'linux',
  host: 'electron',
  demo: true,
  versions: {},
  product: {
    name: 'Updater',
    maker: 'Maker',
    accent: '#2563EB',
    languages: ['en', 'de'],
    support: { url: 'https://support.example.com/' },
    expert: true,
    products: [
      {
        id: 'one',
        name: 'Product',
        families: [],
        enter: [],
        policy: { files: true, downgrade: true, unprotect: true, vectorTableLast: false, start: 'leave' },
      },
    ],
  },
  settings,
});

async function rig({
  settings = DEFAULT_SETTINGS,
  packaged = true,
  opened = [] as string[],
  full = false,
} = {}) {
  const electron = new ElectronDouble(folder);
  electron.app.isPackaged = packaged;
  const asked: unknown[] = [];
  const services = new StandInServices({
    'app.about': () => about(settings),
    'bundle.preview': () => ({
      draft: 'one',
      contents: [
        { name: 'logs/stepwise.log', kind: 'log', size: 1, ticked: true },
        { name: 'crash-dumps/a.dmp', kind: 'crash-dump', size: 1, ticked: false },
      ],
      leftOut: [],
    }),
    'bundle.make': (args) => {
      asked.push(args);
      if (full)
        throw new StepwiseError('host-file', {
          path: 'a.zip',
          operation: 'write',
          detail: 'the disk is full',
        });
      return { kind: 'saved', name: 'a.zip' };
    },
  });
  const today = () => '2026-01-01T00:00:00.000Z';
  const log = new Log({ today });
  const incidents = new Incidents(log, today);
  const openedFiles = new OpenedFiles(electron.asElectron.app);
  openedFiles.add(opened);
  await openShell({
    electron: electron.asElectron,
    services,
    log,
    incidents,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    platform: 'linux',
    screens: new Map([['/index.html', { body: new Uint8Array(), type: 'text/html' }]]),
    preload: '/app/preload.cjs',
    openedFiles,
    beforeExit: () => Promise.resolve(),
  });
  const [window] = electron.windows;
  if (!window) throw new Error('no window was opened');
  return { electron, services, log, incidents, asked, window, openedFiles };
}

const labels = ({ menu }: ElectronDouble) => menu.map(({ label }) => label);

describe('the shell', () => {
  it('shows the screens, and nothing else may be shown in the window', async () => {
    const { electron, window } = await rig();
    expect(window.address).toBe('app://stepwise/index.html');
    expect(electron.protocol.handlers.size).toBe(1);
    expect(window.webContents.openFromPage('https://example.com/')).toBe('deny');
    expect(electron.opened).toEqual([]);
  });

  it('opens links to the support outside', async () => {
    const { electron, window } = await rig();
    window.webContents.openFromPage('https://support.example.com/help');
    expect(electron.opened).toEqual(['https://support.example.com/help']);
  });

  it('carries the contract to its own page', async () => {
    const { electron, window } = await rig();
    const event = { sender: window.webContents, senderFrame: frame('app://stepwise') };
    electron.ipcMain.emit('stepwise', event, { type: 'request', number: 0, name: 'app.about', args: {} });
    await expect
      .poll(() => window.webContents.sent)
      .toMatchObject([{ message: { type: 'result', number: 0 } }]);
  });

  it('speaks the language of the person, also when they change it', async () => {
    const { electron, services } = await rig();
    expect(labels(electron)[0]).toBe('File');
    services.announce('settings', { ...DEFAULT_SETTINGS, language: 'de', theme: 'dark' });
    expect(labels(electron)[0]).toBe('Datei');
    expect(electron.nativeTheme.themeSource).toBe('dark');
  });

  it.each([
    [true, false, false],
    [true, true, true],
    [false, false, true],
  ])('packaged %s, expert %s: developer tools %s', async (packaged, expert, devTools) => {
    const { window } = await rig({ packaged, settings: { ...DEFAULT_SETTINGS, expert } });
    expect(window.options.webPreferences?.devTools).toBe(devTools);
  });

  it('comes forward when it is started again, and opens what it was started with', async () => {
    const { electron, window, openedFiles } = await rig();
    electron.app.emit('second-instance', {}, [], '/');
    expect(window.calls).toEqual(['show', 'focus']);
    openedFiles.add([join(folder, 'missing.dfu')]);
    await expect
      .poll(() => window.webContents.sent)
      .toMatchObject([
        { message: { type: 'event', name: 'firmware-opened', event: { failure: { code: 'host-file' } } } },
      ]);
  });

  it('opens what it was started with once the screens are there to be told', async () => {
    const { window } = await rig({ opened: [join(folder, 'missing.dfu')] });
    await expect
      .poll(() => window.webContents.sent)
      .toMatchObject([{ message: { name: 'firmware-opened' } }]);
  });

  it('saves the file for support when the window crashed, with what goes in of itself', async () => {
    const { electron, window, asked } = await rig();
    const { answers } = shellWords.en.gone('Updater');
    electron.dialog.answers = [answers.save, answers.quit];
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
    await expect.poll(() => electron.app.quits).toBe(1);
    expect(asked).toEqual([{ draft: 'one', without: ['crash-dumps/a.dmp'] }]);
  });

  it('says plainly that the disk is full, and offers the ways out again', async () => {
    const { electron, window } = await rig({ full: true });
    const { answers } = shellWords.en.gone('Updater');
    electron.dialog.answers = [answers.save, answers.quit];
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
    await expect.poll(() => electron.app.quits).toBe(1);
    expect(electron.dialog.errors).toEqual([
      { title: shellWords.en.notSaved, content: 'a.zip\nthe disk is full' },
    ]);
  });

  it('tells of a sleep under an update', async () => {
    const { electron, services, incidents } = await rig();
    services.isWriting = () => true;
    electron.powerMonitor.emit('suspend');
    electron.powerMonitor.emit('resume');
    expect(incidents.open).toMatchObject([{ kind: 'slept' }]);
  });
});
