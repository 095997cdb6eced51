import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/** Screens whose host opens this file with the program when it is nudged. */
const test = base.extend<{ opening: (name: string, content: Buffer) => Promise<Screens> }>({
  opening: async ({ page }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'stepwise-browser-'));
    const device = createVirtualDevice('h743-v-0x92', { clock: systemClock });
    const server = new UsbipServer(new VirtualBus(systemClock, [device]));
    const { port } = await server.listen(0);
    const stops: (() => Promise<void>)[] = [];
    await use(async (name, content) => {
      const file = join(folder, name);
      writeFileSync(file, content);
      const host = await startHost([folder, String(port), '0', file], 'dist/test/browser/special-host.js');
      stops.push(() => host.stop());
      await page.goto(host.address);
      const screens = new Screens(page, host, folder);
      await expect(screens.heading('Your device is ready')).toBeVisible();
      return screens;
    });
    await page.goto('about:blank');
    for (const stop of stops) await stop();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  },
});

test('a file that is opened with the program leads to the update, and is chosen there', async ({
  opening,
}) => {
  const screens = await opening('sent-to-me.dfu', Buffer.from(writeDfuse(demoFirmware(2))));
  await screens.goTo('Settings');
  screens.host.nudge();
  await expect(screens.page.getByText('sent-to-me.dfu is open')).toBeVisible();
  await screens.picture('opened-file');
  await screens.button('Continue').click();
  await expect(screens.page.getByRole('radio', { name: /sent-to-me\.dfu/ })).toBeChecked();
});

test('a file that is no firmware is refused with its reason, wherever the person is', async ({ opening }) => {
  const screens = await opening('page.hex', Buffer.from('<!doctype html><title>Not found</title>'));
  await screens.goTo('Logs');
  screens.host.nudge();
  await expect(screens.page.getByText(/web page/i).first()).toBeVisible();
  await expect(screens.heading('Your device is ready')).toBeVisible();
});
