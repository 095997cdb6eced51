/** The file for support, as a person gets it: looked through, saved, while an update hangs, and after a crash. */
import { readFile } from 'node:fs/promises';
import type { Download } from '@playwright/test';
import { unpack } from '../../src-main/diagnostics/bundle/unpack.ts';
import { expect, test, type Screens } from './screens.ts';

const DEVICE = 'h743-v-0x90';

async function saved({ page, button }: Screens): Promise<Download> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    button('Save file for support').click(),
  ]);
  return download;
}

const opened = async (download: Download) => unpack(await readFile(await download.path()));

test('what goes in is looked through first, and what is unticked stays out', async ({ open }) => {
  const screens = await open({ devices: [DEVICE] });
  const { page, button } = screens;
  await expect(screens.heading('Your device is ready')).toBeVisible();
  await screens.goTo('Diagnostics');
  const card = page.getByRole('region', { name: 'For support' });
  await button('See what is in it').click();
  await expect(card.getByRole('checkbox', { name: /^Devices and what they are/ })).toBeChecked();
  await card.getByRole('checkbox', { name: /^Settings/ }).uncheck();
  await card.scrollIntoViewIfNeeded();
  await screens.picture('export-preview');
  await page.emulateMedia({ colorScheme: 'dark' });
  await screens.picture('export-preview-dark');
  const download = await saved(screens);
  await expect(page.getByText(`Saved as ${download.suggestedFilename()}`)).toBeVisible();
  await screens.picture('export-saved-dark');
  const { report, entries, manifest } = await opened(download);
  expect(manifest.leftOut).toContainEqual({ name: 'settings', why: 'unticked' });
  expect(report.settings).toBeUndefined();
  expect(report.devices).toMatchObject([
    { state: { identity: { serial: expect.stringMatching(/^\[serial /) as unknown } } },
  ]);
  const page_ = entries.find(({ name }) => name === 'index.html');
  const reader = await page.context().newPage();
  await reader.setContent(Buffer.from(page_?.bytes ?? []).toString());
  for (const colorScheme of ['light', 'dark'] as const) {
    await reader.emulateMedia({ colorScheme });
    await reader.screenshot({ path: `test-results/screens/bundle-page-${colorScheme}.png` });
  }
});

test('serial numbers go in where the person wants them', async ({ open }) => {
  const screens = await open({ devices: [DEVICE] });
  await expect(screens.heading('Your device is ready')).toBeVisible();
  await screens.goTo('Diagnostics');
  await screens.page.getByRole('checkbox', { name: /^Include serial numbers/ }).check();
  const { report } = await opened(await saved(screens));
  expect(report.serials).toBe('included');
  expect(report.devices).toMatchObject([
    { state: { identity: { serial: expect.stringMatching(/^[0-9A-F]{12}$/) as unknown } } },
  ]);
});

test('while an update hangs on a device that never answers, the file is there within three seconds', async ({
  open,
}) => {
  const screens = await open({ speed: 4 });
  const { page } = screens;
  await screens.plug('f405', 'stops-answering');
  await screens.update();
  await expect(screens.heading(/^Updating your/)).toBeVisible();
  await expect(page.getByText(/plug .* in again/i).first()).toBeVisible({ timeout: 40_000 });
  await page.getByText('Details', { exact: true }).click();
  await screens.picture('running-hangs');
  const began = Date.now();
  await screens.button('Export for support').click();
  const { report } = await opened(await saved(screens));
  expect(Date.now() - began).toBeLessThan(3_000);
  expect(report.jobs).toMatchObject([{ state: { kind: 'waiting' } }]);
  expect(report.stories?.[0]).toMatchObject({ end: 'unfinished' });
});

test('the next start after one that was cut off says so, and leads to the file for support', async ({
  open,
}) => {
  const first = await open({ devices: [DEVICE], mayComplain: true });
  await expect(first.heading('Your device is ready')).toBeVisible();
  await first.host.kill();
  const screens = await open({ devices: [DEVICE], mayComplain: true });
  const notice = screens.page.getByText('This app was not closed properly the last time');
  await expect(notice).toBeVisible();
  await expect(screens.button('Continue')).toBeInViewport({ ratio: 1 });
  await screens.picture('incident-unclean-end');
  await screens.button('Export for support').click();
  await expect(notice).toBeHidden();
  await expect(screens.page.getByRole('region', { name: 'For support' })).toBeInViewport();
  const { report } = await opened(await saved(screens));
  expect(report.incidents).toMatchObject([{ kind: 'unclean-end' }]);
});
