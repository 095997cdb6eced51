/** The screens of a maker's application as pictures: in a real browser, from the loopback host, with virtual devices. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import config from '../../playwright.config.ts';
import type { Locale } from '../../shared/locale.ts';
import type { Product, ProductLine } from '../../shared/product.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import { startHost } from '../../test/browser/host-process.ts';

/** What is plugged in for a product that names no chip. */
const ANY_DEVICE = 'h743-v-0x90';
const SPEED = 20;
const PATIENCE_MS = 60_000;

export interface Picture {
  readonly file: string;
  readonly title: string;
}

export interface PictureGroup {
  readonly title: string;
  readonly pictures: readonly Picture[];
}

/** @returns why no pictures can be taken, or undefined */
export function whyNoPictures(): string | undefined {
  const browser = config.use?.launchOptions?.executablePath ?? '';
  if (!existsSync(browser)) return `there is no Chromium at ${browser} (CHROMIUM says where it is)`;
  if (!existsSync('dist/src-renderer/index.html')) return 'the screens are not built: npm run build:screens';
  return undefined;
}

/** @param folder of product.json. @param into where pictures are put; made */
export async function takeScreens(
  folder: string,
  product: Product,
  into: string,
): Promise<readonly PictureGroup[]> {
  mkdirSync(into, { recursive: true });
  const browser = await chromium.launch(config.use?.launchOptions);
  try {
    const camera = new Camera(browser, folder, into);
    const [first = 'en', ...others] = product.languages;
    const groups: PictureGroup[] = [];
    for (const line of product.products) groups.push(await camera.update(line, first));
    groups.push(await camera.views(product, first, 'light'), await camera.views(product, first, 'dark'));
    for (const language of others) groups.push(await camera.views(product, language, 'light'));
    return groups;
  } finally {
    await browser.close();
  }
}

class Camera {
  readonly #browser: Browser;
  readonly #folder: string;
  readonly #into: string;

  constructor(browser: Browser, folder: string, into: string) {
    this.#browser = browser;
    this.#folder = folder;
    this.#into = into;
  }

  /** An update from the first screen to the last. */
  update(line: ProductLine, language: Locale): Promise<PictureGroup> {
    const device = [...virtualDevices.values()].find(({ deviceId }) => line.families.includes(deviceId));
    const args = ['--device', device?.name ?? ANY_DEVICE];
    return this.#at(`${line.name}: an update`, line.id, args, language, 'light', async (page, picture) => {
      const next = page.locator('main footer button.primary');
      await page.locator('main footer button.primary:enabled').waitFor();
      await picture('ready');
      await next.click();
      if ((await page.locator('main footer button.primary').count()) === 0) {
        await picture('which-product');
        await page.getByRole('button', { name: line.name, exact: true }).click();
      }
      await page.locator('main footer button.primary:enabled').waitFor();
      await picture('choose');
      await next.click();
      await page.locator('main footer button.primary:enabled').waitFor();
      await picture('review');
      await next.click();
      await page.getByRole('progressbar').first().waitFor();
      await picture('updating');
      await page.getByRole('progressbar').first().waitFor({ state: 'detached', timeout: PATIENCE_MS });
      await picture('done');
    });
  }

  /** What is seen without a device, each product's way into its bootloader first. */
  views(product: Product, language: Locale, colorScheme: 'light' | 'dark'): Promise<PictureGroup> {
    const title = colorScheme === 'light' ? language : `${language}, dark`;
    return this.#at(title, `${language}-${colorScheme}`, [], language, colorScheme, async (page, picture) => {
      for (const [at, { id }] of product.products.entries()) {
        if (product.products.length > 1) await page.locator('main select').selectOption({ index: at });
        await picture(`connect-${id}`);
      }
      for (const view of ['bench', 'settings']) {
        await page.goto(new URL(`#/${view}`, page.url()).href);
        await page.locator('main h1').waitFor();
        await picture(view);
      }
      await page.evaluate("document.querySelector('main').scrollTo(0, Number.MAX_SAFE_INTEGER)");
      await picture('about');
    });
  }

  async #at(
    title: string,
    name: string,
    args: readonly string[],
    locale: Locale,
    colorScheme: 'light' | 'dark',
    walk: (page: Page, picture: (name: string) => Promise<void>) => Promise<void>,
  ): Promise<PictureGroup> {
    const state = mkdtempSync(join(tmpdir(), 'stepwise-brand-'));
    const common = ['--demo', '--state', state, '--product', this.#folder, '--speed', String(SPEED)];
    const host = await startHost([...common, ...args]);
    const page = await this.#browser.newPage({
      viewport: { width: 960, height: 640 },
      locale,
      colorScheme,
      reducedMotion: 'reduce',
    });
    const pictures: Picture[] = [];
    try {
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(host.address);
      await page.locator('main h1').waitFor();
      await walk(page, async (what) => {
        const file = `${name}-${what}.png`;
        await page.screenshot({ path: join(this.#into, file), animations: 'disabled' });
        pictures.push({ file, title: what });
      });
    } finally {
      await page.close();
      await host.stop();
      rmSync(state, { recursive: true, force: true });
    }
    return { title, pictures };
  }
}
