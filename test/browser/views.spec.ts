import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { startHost } from './host-process.ts';
import { expect, Screens, test } from './screens.ts';

const DEVICE = 'h743-v-0x90';
const VIEWS = ['Update', 'Bench', 'Diagnostics', 'Logs', 'Settings'] as const;
const BENCH = [
  'h743-v-0x90',
  'h743-v-0x91',
  'h743-v-0x92',
  'h743-y-0xd2',
  'h743-y-0xd3',
  'f427',
  'f767',
  'h743-v-0x92',
];

test('a bench of eight devices: one firmware, one start, a tally, and a table for the office', async ({
  open,
}) => {
  test.setTimeout(180_000);
  const screens = await open({ devices: BENCH });
  await screens.goTo('Bench');
  await expect(screens.page.getByText('Ready: about')).toHaveCount(BENCH.length);
  await screens.picture('bench-ready');
  await screens.button(/^Start (all|8)/).click();
  await screens.picture('bench-running');
  await expect(screens.page.getByRole('main')).toContainText(/Passed\s*[:·]?\s*8|8\s*passed/i, {
    timeout: 150_000,
  });
  await screens.picture('bench-done');
  const [download] = await Promise.all([
    screens.page.waitForEvent('download'),
    screens.button(/CSV/).click(),
  ]);
  const table = await readFile(await download.path(), 'utf8');
  expect(table.trim().split('\n')).toHaveLength(1 + BENCH.length);
});

test('a hundred thousand lines of log are paged, drawn only in view, and searched', async ({ page }) => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-browser-'));
  const host = await startHost([stateFolder, '', '100000'], 'dist/test/browser/special-host.js');
  try {
    await page.goto(host.address);
    const screens = new Screens(page, host, '');
    await screens.goTo('Logs');
    await expect(page.getByText('line 99999 of a long day')).toBeVisible();
    await screens.picture('logs');
    // Only what is in view is on the page, however far somebody scrolls.
    const drawn = page.getByText(/^line \d+ of a long day$/);
    await page.mouse.move(500, 350);
    for (let turn = 0; turn < 20; turn++) {
      await page.mouse.wheel(0, turn % 2 ? 20_000 : -30_000);
      expect(await drawn.count()).toBeLessThan(200);
    }
    // The oldest lines were never in view, and are not even here yet.
    for (const old of ['line 97777 of', 'line 17 of']) {
      await page.getByRole('searchbox').fill(old);
      await expect(page.getByText(`${old} a long day`)).toBeVisible();
    }
    await expect(drawn).toHaveCount(1);
    await page.getByRole('searchbox').fill('no line says this');
    await expect(page.getByText('No line matches')).toBeVisible();
  } finally {
    await host.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
});

for (const scheme of ['light', 'dark'] as const)
  test(`axe finds nothing on any view, ${scheme}`, async ({ open }) => {
    const screens = await open({ devices: [DEVICE] });
    await screens.page.emulateMedia({ colorScheme: scheme });
    await expect(screens.heading('Your device is ready')).toBeVisible();
    for (const view of VIEWS) {
      await screens.goTo(view);
      await expect(screens.page.getByRole('heading', { level: 1 })).toBeVisible();
      expect(await violations(screens.page), view).toEqual([]);
      await screens.picture(`${view.toLowerCase()}-${scheme}`);
    }
    await screens.goTo('Update');
    await screens.button('Continue').click();
    await expect(screens.heading('Choose the firmware')).toBeVisible();
    expect(await violations(screens.page), 'Choose').toEqual([]);
    await screens.button('Continue').click();
    await expect(screens.heading('Ready to update')).toBeVisible();
    expect(await violations(screens.page), 'Review').toEqual([]);
    await screens.picture(`review-${scheme}`);
    await screens.button('Update now').click();
    await expect(screens.page.getByRole('progressbar')).toBeVisible();
    expect(await violations(screens.page), 'Update').toEqual([]);
    await screens.picture(`updating-${scheme}`);
    await expect(screens.heading('Your device is up to date')).toBeVisible();
    expect(await violations(screens.page), 'Done').toEqual([]);
    await screens.picture(`done-${scheme}`);
  });

for (const language of ['en', 'de', 'fr', 'es', 'ja', 'zh-CN'])
  test.describe(language, () => {
    test.use({ locale: language });

    test('nothing is cut off and nothing overflows', async ({ open, page }) => {
      const screens = await open({ devices: [DEVICE] });
      for (const view of VIEWS) {
        await page.goto(new URL(`#/${view.toLowerCase()}`, page.url()).href);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        expect(await overflowing(page), view).toEqual([]);
        await screens.picture(`${view.toLowerCase()}-${language}`);
      }
    });
  });

/** What axe has against this page: the rule, and where. */
async function violations(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate<
    readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
  >(
    `(() => { const module = { exports: {} }; ${axe.source}; return axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) }))); })()`,
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Texts that are wider than the place they have, and a page that scrolls sideways. */
function overflowing(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`(() => {
    const cut = [...document.querySelectorAll('h1, h2, h3, p, button, a, label, dt, dd, li, strong, span')].filter((element) => {
      const { overflowX, textOverflow, position } = getComputedStyle(element);
      const hidden = element.clientWidth <= 1 || position === 'absolute';
      const meant = textOverflow === 'ellipsis' || overflowX === 'auto' || overflowX === 'scroll';
      return !hidden && !meant && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
    });
    const sideways = document.documentElement.scrollWidth > window.innerWidth ? ['the page scrolls sideways'] : [];
    return [...sideways, ...cut.map((element) => element.outerHTML.slice(0, 160))];
  })()`);
}
