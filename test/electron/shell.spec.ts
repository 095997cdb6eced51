/** The shell as it is, in the real Electron, with virtual devices. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { electronRuntime } from '../../scripts/electron-runtime.ts';
import { walkWizard } from './walk.ts';

const runtime = electronRuntime() ?? '';

interface Shell {
  readonly app: ElectronApplication;
  readonly page: Page;
}

interface Fixtures {
  /** Settings, journal and the window's place; the same for all starts of a test. */
  readonly state: string;
  readonly start: (speed: number) => Promise<Shell>;
}

const test = base.extend<Fixtures>({
  state: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'stepwise-electron-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  start: async ({ state }, use) => {
    const started: ElectronApplication[] = [];
    await use(async (speed) => {
      const app = await _electron.launch({
        executablePath: runtime,
        args: [...shellArgs, '--speed', String(speed)],
        env: environment(state),
      });
      started.push(app);
      return { app, page: await app.firstWindow() };
    });
    // Without asking: a test may leave a device in mid-write.
    await Promise.all(
      started.map((app) => app.evaluate(({ app: shell }) => shell.exit()).catch(() => undefined)),
    );
  },
});

const shellArgs = ['.', '--demo', '--device', 'h743-v-0x90', '--lang=en-GB'];

function environment(state: string): Record<string, string> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...Object.fromEntries(own), STEPWISE_STATE: state };
}

// `required` in continuous integration: there, to skip is to fail.
test.skip(
  runtime === '' && process.env['STEPWISE_ELECTRON_TESTS'] !== 'required',
  "Electron's runtime is not on this computer",
);

test('a customer gets through the wizard', async ({ start }) => {
  const { page } = await start(20);
  await walkWizard(page);
});

/** Runs in the page. */
const LOOK_AROUND = `(async () => ({
  require: 'require' in globalThis,
  process: 'process' in globalThis,
  bridge: Object.keys(window.stepwise).sort(),
  window: window.open('https://example.com/') === null,
  outside: await fetch('https://example.com/').then(() => 'reached', () => 'refused'),
  traversal: (await fetch('app://stepwise/%2e%2e/package.json')).status,
}))()`;

test('the page is confined', async ({ start }) => {
  const { app, page } = await start(20);
  await expect(page.getByRole('navigation').first()).toBeVisible();
  expect(page.url()).toBe('app://stepwise/index.html');
  const seen = await page.evaluate(LOOK_AROUND);
  expect(seen).toEqual({
    require: false,
    process: false,
    bridge: ['onMessage', 'send'],
    window: true,
    outside: 'refused',
    traversal: 404,
  });
  await page.evaluate(`location.href = 'https://example.com/'`);
  expect(page.url()).toBe('app://stepwise/index.html');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('the window opens where it was closed', async ({ start }) => {
  const first = await start(20);
  const bounds = { x: 40, y: 60, width: 1000, height: 700 };
  await first.app.evaluate(
    ({ BrowserWindow }, place) => BrowserWindow.getAllWindows()[0]?.setBounds(place),
    bounds,
  );
  await first.app.close();
  const second = await start(20);
  const size = await second.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
  );
  expect(size).toMatchObject({ width: bounds.width, height: bounds.height });
});

test('closing in mid-write asks, and staying finishes the update', async ({ start }) => {
  const { app, page } = await start(4);
  // A dialog of the system cannot be pressed from here: it is answered in its stead, with its first button.
  await app.evaluate(({ dialog }) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = ((_window: unknown, options: { message: string }) => {
      asked.push(options.message);
      return Promise.resolve({ response: 0, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
  });
  const walk = walkWizard(page);
  await expect(page.getByRole('heading', { level: 1, name: /^Updating/ })).toBeVisible();
  const asked = await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
    return (globalThis as unknown as { asked: string[] }).asked;
  });
  expect(asked).toEqual(['A device is being updated']);
  await walk;
});

test('a second start ends, and the first comes forward', async ({ start, state }) => {
  const { app } = await start(20);
  const second = spawn(runtime, shellArgs, { env: environment(state), stdio: 'ignore' });
  expect(await once(second, 'exit')).toEqual([0, null]);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});
