import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { openDemoRepository } from '../../src-main/hosts/demo-repository.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import { demoFirmware } from '../../src-main/virtual/demo-firmware.ts';
import { UsbipServer } from '../../src-main/virtual/usbip/server.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import { startHost } from './host-process.ts';
import { expect, Screens, test } from './screens.ts';

/** The neutral product with changes, in a folder of its own. */
function branding(changes: (product: Readonly<Record<string, unknown>>) => object): string {
  const folder = mkdtempSync(join(tmpdir(), 'stepwise-branding-'));
  cpSync('resources', folder, { recursive: true });
  const neutral = JSON.parse(readFileSync('resources/product.json', 'utf8')) as Record<string, unknown>;
  writeFileSync(join(folder, 'product.json'), JSON.stringify({ ...neutral, ...changes(neutral) }));
  return folder;
}

test('which product it is is asked where the chip does not tell, and decides about its firmware', async ({
  open,
}) => {
  const product = branding(({ products }) => {
    const [line] = products as readonly object[];
    return {
      products: [
        { ...line, name: 'Airmeter' },
        { ...line, id: 'windmeter', name: 'Windmeter' },
      ],
    };
  });
  const screens = await open({ product, devices: ['h743-v-0x90'] });
  await screens.button('Continue').click();
  await expect(screens.heading('Which product is this?')).toBeVisible();
  await screens.picture('which-product');
  await screens.button('Airmeter').click();
  await expect(screens.page.getByText('Demo firmware 2.0.0')).toBeVisible();
  await screens.button('Continue').click();
  await expect(screens.heading('Ready to update')).toBeVisible();
  rmSync(product, { recursive: true });
});

base(
  'without a connection the person is told since when, and goes on as soon as there is one',
  async ({ page }) => {
    base.setTimeout(120_000);
    const repository = await openDemoRepository();
    const folder = branding(() => ({ catalog: { url: repository.url, root: 'root.json' } }));
    writeFileSync(join(folder, 'root.json'), repository.root);
    const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-browser-'));
    const device = createVirtualDevice('h743-y-0xd2', {
      clock: systemClock,
      contents: demoFirmware(1).ranges,
    });
    const server = new UsbipServer(new VirtualBus(systemClock, [device]));
    const { port } = await server.listen(0);
    const args = [stateFolder, String(port), '0', '', folder];
    const host = await startHost(args, 'dist/test/browser/special-host.js');
    await page.goto(host.address);
    const screens = new Screens(page, host, stateFolder);
    await screens.button('Continue').click();
    await expect(page.getByText('Checked just now.')).toBeVisible();

    await repository.close();
    await screens.button('Check again').click();
    await expect(page.getByText(/Last checked .*No connection to the maker/)).toBeVisible({
      timeout: 60_000,
    });
    await screens.picture('choose-offline');
    await screens.button('Continue').click();
    await expect(page.getByText('No connection to the maker')).toBeVisible({ timeout: 60_000 });
    await screens.picture('fetch-offline');

    const again = await openDemoRepository(Number(new URL(repository.url).port));
    await screens.button('Try again').click();
    await expect(screens.heading('Ready to update')).toBeVisible({ timeout: 60_000 });

    await page.goto('about:blank');
    await host.stop();
    await server.close();
    await again.close();
    for (const each of [folder, stateFolder]) rmSync(each, { recursive: true });
  },
);
