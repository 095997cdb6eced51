/**
 * The built screens in a plain browser, carried by the shell's own parts: its protocol handler with its policy, its
 * channel, the bridge as the preload makes it. What is missing of the real thing is Electron.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { carryContract, CONTRACT_CHANNEL } from '../../src-main/hosts/electron/contract-channel.ts';
import { SCREENS_ORIGIN, serveScreens } from '../../src-main/hosts/electron/screens-protocol.ts';
import { openDemoServices } from '../../src-main/hosts/demo-desk.ts';
import { readScreenFiles } from '../../src-main/hosts/screen-files.ts';
import { Log } from '../../src-main/log/log.ts';
import { ContractServer } from '../../src-main/services/contract-server.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { ElectronDouble, frame, ContentsDouble } from './electron-double.ts';
import { walkWizard } from './walk.ts';

/** A browser serves no schemes of ours; the origin stands in for `app://stepwise`. */
const STAND_IN = 'https://stepwise.invalid';

const CHROMIUM = [process.env['CHROMIUM'], '/usr/bin/chromium', chromium.executablePath()].find(
  (path) => path !== undefined && existsSync(path),
);
// In continuous integration one is installed: there, to skip is to fail.
test.skip(CHROMIUM === undefined && process.env['CI'] === undefined, 'no Chromium is on this computer');

test('a customer gets through the wizard over the wire of the shell', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-wire-'));
  const today = () => new Date().toISOString();
  const { services } = await openDemoServices({
    clock: systemClock,
    speed: 20,
    devices: ['h743-v-0x90'],
    today,
    stateFolder,
    resourcesFolder: 'resources',
    version: '0.0.0',
    log: new Log({ today }),
    host: 'electron',
  });
  const { asElectron, ipcMain, protocol } = new ElectronDouble(stateFolder);
  serveScreens(asElectron.protocol, await readScreenFiles('dist/src-renderer'));
  const browser = await chromium.launch({
    ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const page = await browser.newPage({ viewport: { width: 960, height: 640 }, locale: 'en-GB' });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });

  await page.route('**/*', async (route) => {
    const request = route.request();
    const url = request.url().replace(STAND_IN, SCREENS_ORIGIN);
    const response = await protocol.handlers.get('app')?.({ url, method: request.method() });
    if (!response) throw new Error('nobody serves the screens');
    const body = Buffer.from(await response.arrayBuffer());
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
  });
  const contents = new ContentsDouble();
  contents.send = (_channel, message) => {
    const detail = JSON.stringify(message);
    void page.evaluate(`window.dispatchEvent(new CustomEvent('told', { detail: ${detail} }))`);
  };
  carryContract(asElectron.ipcMain, contents.asContents, new ContractServer(services, () => undefined));
  await page.exposeFunction('say', (message: unknown) => {
    ipcMain.emit(CONTRACT_CHANNEL, { sender: contents, senderFrame: frame(SCREENS_ORIGIN) }, message);
  });
  await page.addInitScript(`window.stepwise = {
    send: (message) => window.say(message),
    onMessage: (listener) => window.addEventListener('told', ({ detail }) => listener(detail)),
  }`);

  await page.goto(`${STAND_IN}/index.html`);
  await walkWizard(page);
  expect(complaints).toEqual([]);
  // What they still say goes to a page that is there.
  await services.close();
  await browser.close();
  rmSync(stateFolder, { recursive: true });
});
