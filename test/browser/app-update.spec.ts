import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, type Page } from '@playwright/test';
import { startHost, type HostProcess } from './host-process.ts';
import { expect, Screens, test } from './screens.ts';

async function withHost(
  page: Page,
  args: readonly string[],
  walk: (screens: Screens, host: HostProcess) => Promise<void>,
): Promise<void> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-browser-'));
  const host = await startHost([stateFolder, ...args], 'dist/test/browser/app-update-host.js');
  await page.goto(host.address);
  await walk(new Screens(page, host, stateFolder), host);
  await page.goto('about:blank');
  await host.stop();
  rmSync(stateFolder, { recursive: true });
}

base('a newer version comes quietly, says what is new, and waits for a word', async ({ page }) => {
  await withHost(page, [], async (screens, host) => {
    await screens.goTo('Settings');
    await expect(page.getByText('Version 1.1.0 is being fetched')).toBeVisible();
    await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '50');
    await screens.picture('app-update-downloading');

    await screens.goTo('Update');
    host.nudge();
    const strip = screens.button('Version 1.1.0 is ready');
    await expect(strip).toBeVisible();
    await screens.picture('app-update-strip');
    await strip.click();
    await expect(page.getByText('Nothing is installed before you say so.')).toBeVisible();
    await expect(page.getByText('Finds devices behind a hub at once.')).toBeVisible();
    await screens.picture('app-update-ready');

    await page.getByLabel('Language').selectOption('de');
    await page.getByLabel('Dunkel').check();
    await page.getByRole('main').evaluate((main) => main.scrollTo(0, 0));
    await screens.picture('app-update-ready-de-dark');
    await page.getByLabel('Hell').check();
    await page.getByLabel('Sprache').selectOption('en');

    await screens.button('Install when I quit').click();
    await expect(page.getByText('It is installed when you quit.')).toBeVisible();
    await screens.picture('app-update-at-quit');
    await screens.button('Do not install it yet').click();
    await screens.button('Restart and install').click();
    await expect(page.getByText('Version 1.1.0 is being installed.')).toBeVisible();
  });
});

base('an application that is too old leads to its own update first', async ({ page }) => {
  await withHost(page, ['1.1.0'], async (screens, host) => {
    host.nudge();
    await expect(screens.button('This app needs an update')).toBeVisible();
    await screens.button('Continue').click();
    await expect(page.getByText('It needs version 1.1.0 of this app')).toBeVisible();
    await screens.picture('app-update-refusal');
    await screens.button('Update this app').click();
    await expect(page.getByText('Stepwise must be updated first')).toBeVisible();
    await expect(screens.button('Restart and install')).toBeVisible();
    await screens.picture('app-update-required');
  });
});

test('in a browser nothing is updated, and it says so', async ({ open }) => {
  const screens = await open();
  await screens.goTo('Settings');
  await expect(screens.page.getByText('Nothing is updated from here')).toBeVisible();
  await expect(screens.button('Check now')).toHaveCount(0);
});

test('settings that could not be read are told, kept, and can be chosen again', async ({ open }) => {
  const { stateFolder, host } = await open();
  await host.stop();
  writeFileSync(join(stateFolder, 'settings.json'), '{"theme": "dar');
  const screens = await open({ mayComplain: true });
  await expect(screens.page.getByText('Your settings could not be read')).toBeVisible();
  await screens.picture('settings-damaged');
  expect(readFileSync(join(stateFolder, 'settings.json.damaged'), 'utf8')).toBe('{"theme": "dar');
  await screens.button('Close').click();
  await expect(screens.page.getByText('Your settings could not be read')).toHaveCount(0);
});
