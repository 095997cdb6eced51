import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from '@playwright/test';
import { writeDfuse } from '../../src-main/firmware/dfuse-file.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import { demoFirmware } from '../../src-main/virtual/demo-firmware.ts';
import { UsbipServer } from '../../src-main/virtual/usbip/server.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import { startHost } from './host-process.ts';
import { Screens } from './screens.ts';

const SPECIAL_HOST = 'dist/test/browser/special-host.js';
const SETTINGS = { address: 0x0811_f000, bytes: new TextEncoder().encode('calibration=1.0042; '.repeat(16)) };

base(
  'an update whose program was killed in mid-write is offered again, goes on, and ends proven',
  async ({ page }) => {
    base.setTimeout(120_000);
    const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-browser-'));
    const before = demoFirmware(1);
    const image = demoFirmware(2);
    const device = createVirtualDevice('h743-v-0x92', {
      clock: systemClock,
      contents: [...before.ranges, SETTINGS],
    });
    const server = new UsbipServer(new VirtualBus(systemClock, [device]));
    const { port } = await server.listen(0);
    const start = () => startHost([stateFolder, String(port), '0'], SPECIAL_HOST);

    const first = await start();
    await page.goto(first.address);
    const screens = new Screens(page, first, stateFolder);
    await expect(screens.heading('Your device is ready')).toBeVisible();
    await screens.button('Continue').click();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      screens.button(/Open a file/).click(),
    ]);
    const buffer = Buffer.from(writeDfuse(image));
    await chooser.setFiles({ name: 'demo-2.dfu', mimeType: 'application/octet-stream', buffer });
    await screens.button('Continue').click();
    await expect(screens.heading('Ready to update')).toBeVisible();
    await page.getByRole('checkbox', { name: 'I trust where this file comes from' }).check();
    await screens.button('Update now').click();
    await expect(page.getByText(/^Writing ·/)).toBeVisible();
    await first.kill();
    expect(holds(device, image.ranges)).toBe(false);

    const second = await start();
    await page.goto(second.address);
    await expect(page.getByText('demo-2.dfu').first()).toBeVisible();
    await screens.picture('interrupted');
    await screens.button(/Continue the update/).click();
    await expect(screens.heading('Ready to continue')).toBeVisible();
    await page.getByRole('checkbox', { name: 'I trust where this file comes from' }).check();
    await screens.button(/Continue the update|Update now/).click();
    await expect(page.getByRole('region', { name: 'What was proven' })).toBeVisible({ timeout: 60_000 });
    expect(holds(device, [...image.ranges, SETTINGS])).toBe(true);
    expect(device.flash.faults).toEqual([]);

    await page.goto('about:blank');
    await second.stop();
    await server.close();
    rmSync(stateFolder, { recursive: true, force: true });
  },
);

/** Looked at in the cells, which no host can. */
function holds(
  device: ReturnType<typeof createVirtualDevice>,
  ranges: readonly { readonly address: number; readonly bytes: Uint8Array }[],
): boolean {
  return ranges.every(({ address, bytes }) =>
    Buffer.from(device.flash.read(address, bytes.length)).equals(bytes),
  );
}
