/**
 * The screens in a real Chromium, against the loopback host and virtual devices: what a person in front of them would
 * feel. Times are the best of a few rounds, so that a busy machine is not taken for slow screens.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser, type Page } from '@playwright/test';
import config from '../../playwright.config.ts';
import { writeDfuse } from '../../src-main/firmware/dfuse-file.ts';
import { FirmwareImage } from '../../src-main/firmware/image.ts';
import { payload } from './update-bench.ts';
import { withWatchedPage } from './watched-page.ts';

export interface ScreenResult {
  readonly task: string;
  readonly value: number;
  readonly unit: string;
  readonly atMost: number;
}

const ROUNDS = 3;
const SCREENS = 'dist/src-renderer';
const SPECIAL_HOST = 'dist/test/browser/special-host.js';

const MOST_KILOBYTES = 300;
const FIRST_SCREEN_MS = 1_500;
const EVENTS_A_SECOND = 20;
/** Longer tasks are felt: the Long Tasks API draws its line here. */
const LONG_TASK_MS = 50;

/** Faster than life: whoever keeps up with this keeps up with any device. */
const SPEED = 8;
const DEVICE = 'h743-v-0x92';
const FLASH = 0x0800_0000;
const TWO_MEBIBYTES = 2 * 1024 * 1024;
const UPDATE_PATIENCE_MS = 120_000;

const LOG_LINES = 100_000;
/** A wheel that is turned as fast as anybody can. */
const WHEEL_TURNS = 60;
const WHEEL_PIXELS = 40_000;

/** @returns undefined where there is no Chromium, or the screens were not built */
export async function benchScreens(): Promise<readonly ScreenResult[] | undefined> {
  const { launchOptions } = config.use ?? {};
  const needed = [launchOptions?.executablePath ?? '', join(SCREENS, 'index.html')];
  if (!needed.every((path) => existsSync(path))) return undefined;
  const browser = await chromium.launch(launchOptions);
  try {
    const firstScreen = await rounds(() => benchFirstScreen(browser));
    const update = await rounds(() => benchUpdate(browser));
    const log = await rounds(() => benchLog(browser));
    const least = (values: readonly number[]) => Math.min(...values);
    return [
      result('bundle, gzipped', bundle(), 'KB', MOST_KILOBYTES),
      result('first screen once the host is up', least(firstScreen), 'ms', FIRST_SCREEN_MS),
      result('job events, updating 2 MiB', least(update.map(({ events }) => events)), '/s', EVENTS_A_SECOND),
      result('longest task, updating 2 MiB', least(update.map(({ task }) => task)), 'ms', LONG_TASK_MS),
      result(
        'longest task, scrolling 100 000 lines',
        least(log.map(({ scrolling }) => scrolling)),
        'ms',
        LONG_TASK_MS,
      ),
      result(
        'longest task, searching 100 000 lines',
        least(log.map(({ searching }) => searching)),
        'ms',
        LONG_TASK_MS,
      ),
    ];
  } finally {
    await browser.close();
  }
}

function result(task: string, value: number, unit: string, atMost: number): ScreenResult {
  return { task, value, unit, atMost };
}

async function rounds<T>(work: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let round = 0; round < ROUNDS; round++) results.push(await work());
  return results;
}

/** Everything a browser loads before it shows anything, in KB. */
function bundle(): number {
  const files = readdirSync(SCREENS, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const sizes = files.map(({ parentPath, name }) => gzipSync(readFileSync(join(parentPath, name))).length);
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

function benchFirstScreen(browser: Browser): Promise<number> {
  return withWatchedPage(browser, demo, async ({ page }, address) => {
    const began = performance.now();
    await page.goto(address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return performance.now() - began;
  });
}

interface UpdateResult {
  /** Messages with events of the job, a second. */
  readonly events: number;
  readonly task: number;
}

function benchUpdate(browser: Browser): Promise<UpdateResult> {
  return withWatchedPage(browser, demo, async ({ page, ...watched }, address) => {
    let events = 0;
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload: text }) => {
        if (String(text).startsWith('{"type":"event","name":"job",')) events++;
      });
    });
    await page.goto(address);
    await prepareUpdate(page);
    const began = performance.now();
    const task = await watched.longestTask(async () => {
      await button(page, 'Update now').click();
      const proof = page.getByRole('region', { name: 'What was proven' });
      await proof.waitFor({ timeout: UPDATE_PATIENCE_MS });
    });
    return { events: events / ((performance.now() - began) / 1000), task };
  });
}

async function prepareUpdate(page: Page): Promise<void> {
  await button(page, 'Continue').click();
  const chosen = page.waitForEvent('filechooser');
  await button(page, 'Open a file …').click();
  const image = FirmwareImage.from([{ address: FLASH, bytes: payload(TWO_MEBIBYTES, 1) }]);
  const buffer = Buffer.from(writeDfuse(image));
  await (await chosen).setFiles({ name: 'whole-flash.dfu', mimeType: 'application/octet-stream', buffer });
  await page.getByRole('radio', { name: /whole-flash/ }).waitFor();
  await button(page, 'Continue').click();
  await page.getByRole('checkbox', { name: /file/ }).check();
}

interface LogResult {
  readonly scrolling: number;
  readonly searching: number;
}

/** Back through the pages of the log and up and down in them, then through all of it for two lines. */
function benchLog(browser: Browser): Promise<LogResult> {
  const host = (stateFolder: string) => [stateFolder, '', String(LOG_LINES)];
  const work: Parameters<typeof withWatchedPage<LogResult>>[2] = async ({ page, ...watched }, address) => {
    await page.goto(`${address}#/logs`);
    await page.getByText(`line ${LOG_LINES - 1} of`).waitFor();
    const scrolling = await watched.longestTask(() => scroll(page));
    const searching = await watched.longestTask(async () => {
      for (const number of [LOG_LINES / 2, 1]) {
        await page.getByRole('searchbox').fill(`line ${number} of`);
        await page.getByText(`line ${number} of`).waitFor();
      }
    });
    return { scrolling, searching };
  };
  return withWatchedPage(browser, host, work, SPECIAL_HOST);
}

async function scroll(page: Page): Promise<void> {
  await page.mouse.move(500, 400);
  for (let turn = 0; turn < WHEEL_TURNS; turn++) {
    await page.mouse.wheel(0, (turn % 6 < 4 ? -1 : 1) * WHEEL_PIXELS);
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
}

function demo(stateFolder: string): readonly string[] {
  return ['--demo', '--state', stateFolder, '--speed', String(SPEED), '--device', DEVICE];
}

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true });
}
