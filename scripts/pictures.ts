/** Takes the pictures of the README and of the docs: the app as it is, with virtual devices. `npm run pictures` */
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import config from '../playwright.config.ts';
import { startHost } from '../test/browser/host-process.ts';

const FOLDER = 'docs/pictures';
const EXAMPLE = 'examples/aurora-audio';
/** A bootloader with the defect Stepwise is known for. */
const DEVICE = 'h743-v-0x90';
const BENCH = [DEVICE, 'h743-v-0x91', 'h743-y-0xd2', 'f427', 'f767'];
/** Slow enough to be caught in the middle. */
const SPEED = 4;
const PATIENCE_MS = 60_000;

interface Scene {
  readonly args: readonly string[];
  readonly colorScheme?: 'light' | 'dark';
  readonly walk: (page: Page) => Promise<void>;
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const shown = (page: Page, heading: string) => page.getByRole('heading', { name: heading }).waitFor();

async function toReview(page: Page): Promise<void> {
  await button(page, 'Continue').click();
  await shown(page, 'Choose the firmware');
  await button(page, 'Continue').click();
  await page.locator('button:enabled', { hasText: 'Update now' }).waitFor();
}

const SCENES: Readonly<Record<string, Scene>> = {
  review: { args: ['--device', DEVICE], walk: toReview },
  updating: {
    args: ['--device', DEVICE],
    walk: async (page) => {
      await toReview(page);
      await button(page, 'Update now').click();
      await page
        .getByText(/^Writing/)
        .first()
        .waitFor();
    },
  },
  done: {
    args: ['--device', DEVICE, '--speed', '40'],
    walk: async (page) => {
      await toReview(page);
      await button(page, 'Update now').click();
      await shown(page, 'Your device is up to date');
    },
  },
  diagnostics: {
    args: ['--device', DEVICE],
    walk: async (page) => {
      await page.goto(new URL('#/diagnostics', page.url()).href);
      await page.getByText('0x90').first().waitFor();
    },
  },
  bench: {
    args: BENCH.flatMap((device) => ['--device', device]),
    walk: async (page) => {
      await page.goto(new URL('#/bench', page.url()).href);
      await page
        .getByText('Ready: about')
        .nth(BENCH.length - 1)
        .waitFor();
    },
  },
  'another-maker': { args: ['--product', EXAMPLE], walk: (page) => shown(page, 'Connect your device') },
  'another-maker-dark': {
    args: ['--product', EXAMPLE, '--device', DEVICE],
    colorScheme: 'dark',
    walk: toReview,
  },
};

mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch(config.use?.launchOptions);
for (const [name, scene] of Object.entries(SCENES)) await take(browser, name, scene);
await browser.close();

async function take(
  inside: Browser,
  name: string,
  { args, colorScheme = 'light', walk }: Scene,
): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'stepwise-pictures-'));
  const host = await startHost(['--demo', '--speed', String(SPEED), '--state', state, ...args]);
  const page = await inside.newPage({
    viewport: { width: 960, height: 640 },
    locale: 'en-GB',
    colorScheme,
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(host.address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await walk(page);
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  process.stdout.write(`${path}\n`);
  await page.close();
  await host.stop();
  rmSync(state, { recursive: true, force: true });
}
