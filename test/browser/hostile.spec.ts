/** Firmware, notes and repositories of somebody who means harm: shown as the letters they are, or refused. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, type Page } from '@playwright/test';
import { serveStatic } from '../../src-main/catalog/publish/static-server.ts';
import { appendSuffix } from '../../src-main/firmware/dfu-suffix.ts';
import { writeDfuse } from '../../src-main/firmware/dfuse-file.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import { demoFirmware } from '../../src-main/virtual/demo-firmware.ts';
import { UsbipServer } from '../../src-main/virtual/usbip/server.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import { alone, Maker } from '../catalog/maker.ts';
import { MARK, openEvil, ran, type Evil } from './evil.ts';
import { startHost } from './host-process.ts';
import { expect, Screens } from './screens.ts';

interface Scene {
  readonly screens: Screens;
  /** Bytes of the device's flash. */
  readonly flash: () => Buffer;
}

interface Fixtures {
  readonly evil: Evil;
  /** The screens of a maker whose repository this is, with a device that is ready. */
  readonly open: (shipped: Maker, served?: Maker) => Promise<Scene>;
}

/** Whatever was tried: nothing ran, nobody was asked for anything, and the page is still ours. */
const test = base.extend<Fixtures>({
  evil: async ({ page }, use) => {
    const evil = await openEvil(() => ({}));
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
    page.on('popup', () => complaints.push('a window'));
    await use(evil);
    expect(complaints).toEqual([]);
    expect(evil.asked).toEqual([]);
    await evil.close();
  },
  open: async ({ page }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'stepwise-hostile-'));
    const device = createVirtualDevice('h743-v-0x92', {
      clock: systemClock,
      contents: demoFirmware(1).ranges,
    });
    const usbip = new UsbipServer(new VirtualBus(systemClock, [device]));
    const { port } = await usbip.listen(0);
    const ends: (() => Promise<void>)[] = [];
    await use(async (shipped, served = shipped) => {
      const server = await serveStatic((path) => served.files.get(path));
      ends.push(() => server.close());
      const resources = join(folder, 'resources');
      cpSync('resources', resources, { recursive: true });
      const neutral = JSON.parse(readFileSync('resources/product.json', 'utf8')) as {
        readonly products: readonly object[];
      };
      const catalog = { url: server.url, root: 'root.json' };
      const products = neutral.products.map((line) => ({ ...line, id: 'airmeter' }));
      writeFileSync(join(resources, 'product.json'), JSON.stringify({ ...neutral, catalog, products }));
      writeFileSync(join(resources, 'root.json'), shipped.file('metadata/1.root.json'));
      const args = [folder, String(port), '0', '', resources];
      const host = await startHost(args, 'dist/test/browser/special-host.js');
      ends.unshift(() => host.stop());
      await page.goto(host.address);
      const screens = new Screens(page, host, folder);
      await expect(screens.heading('Your device is ready')).toBeVisible();
      return { screens, flash: () => Buffer.from(device.flash.read(device.flash.start, 0x20_0000)) };
    });
    expect(await ran(page)).toEqual([]);
    expect(new URL(page.url()).host).toMatch(/^127\.0\.0\.1:/);
    await page.goto('about:blank');
    for (const end of ends) await end();
    await usbip.close();
    rmSync(folder, { recursive: true, force: true });
  },
});

const markup = (evil: string) =>
  `<script>${MARK}</script><script src="${evil}/a.js"></script><img src=x onerror='${MARK}'><img src="${evil}/a.png"><svg onload='${MARK}'>`;

test('notes and name of a release are letters, whatever they are written as', async ({ open, evil }) => {
  const maker = await Maker.start();
  const link = `javascript:${MARK}`;
  const name = '<img src=x onerror=alert(1)>';
  await maker.release('2.0.0', writeDfuse(demoFirmware(2)), {
    name,
    notes: {
      en: `# <script>${MARK}</script>\n\n${markup(evil.url)}\n\n[click](javascript:alert(1)) ![spy](${evil.url}/spy.png) <${evil.url}/auto>\n\n<a href="${link}">raw</a>\n\n[ref]: ${evil.url}/ref\n\n![x][ref]`,
    },
  });
  const { screens, flash } = await open(maker);
  const before = flash();
  const { page } = screens;
  await screens.button('Continue').click();
  await expect(page.getByText(name)).toBeVisible();
  await expect(page.getByText('<script>').first()).toBeVisible();
  await screens.picture('hostile-notes');
  expect(await foreignElements(page)).toEqual([]);
  await page.getByText('javascript:alert(1)').first().click();
  await screens.button('Continue').click();
  await expect(screens.heading('Ready to update')).toBeVisible();
  await expect(page.getByText(name).first()).toBeVisible();
  expect(await foreignElements(page)).toEqual([]);
  expect(flash().equals(before)).toBe(true);
});

test('a file with hostile names is letters, and one with impossible counts is refused', async ({
  open,
  evil,
}) => {
  const { screens, flash } = await open(await Maker.start());
  const before = flash();
  const { page } = screens;
  await screens.button('Continue').click();
  await expect(screens.heading('Choose the firmware')).toBeVisible();

  const named = writeDfuse(demoFirmware(2), { name: markup(evil.url).slice(0, 240) });
  const fileName = `<img src=x onerror=alert(1)>.dfu`;
  await openFile(screens, fileName, named);
  await expect(page.getByText(fileName).first()).toBeVisible();
  expect(await foreignElements(page)).toEqual([]);

  for (const [what, spoil] of Object.entries(IMPOSSIBLE)) {
    // The words on the file before are gone.
    await screens.button('Back').click();
    await screens.button('Continue').click();
    await expect(page.getByText('The file')).toHaveCount(0);
    await openFile(screens, `${what}.dfu`, spoilt(spoil));
    const refusal = what === 'image-size' ? 'The file is not complete' : 'The file contradicts itself';
    await expect(page.getByText(refusal), what).toBeVisible();
    await expect(page.getByText(`${what}.dfu`), what).toHaveCount(0);
  }
  await screens.picture('hostile-file');
  expect(flash().equals(before)).toBe(true);
});

test('a repository that somebody else signed offers nothing', async ({ open, evil }) => {
  const maker = await Maker.start();
  await maker.release('1.0.0', writeDfuse(demoFirmware(1)));
  const thief = new Maker();
  Object.assign(thief.roles, {
    root: { signers: [...alone(90).signers, ...alone(91).signers], threshold: 2 },
    targets: alone(92),
    snapshot: alone(93),
    timestamp: alone(94),
  });
  await thief.publishRoot();
  await thief.publishRoot();
  await thief.release('9.9.9', writeDfuse(demoFirmware(2)), {
    name: 'Bargain',
    notes: { en: markup(evil.url) },
  });
  const { screens, flash } = await open(maker, thief);
  const before = flash();
  await screens.button('Continue').click();
  await expect(screens.heading('Choose the firmware')).toBeVisible();
  await screens.button('Check again').click();
  await expect(screens.page.getByText('This firmware does not come from the maker.').first()).toBeVisible();
  await screens.picture('hostile-repository');
  await expect(screens.page.getByText('Bargain')).toHaveCount(0);
  expect(flash().equals(before)).toBe(true);
});

/** Elements no screen of ours has: scripts in the body, frames, links out, pictures from elsewhere, handlers. */
function foreignElements(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`[...document.body.querySelectorAll('*')].filter((element) =>
    ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'FORM', 'LINK', 'STYLE'].includes(element.tagName) ||
    (element.tagName === 'IMG' && !element.src.startsWith('data:')) ||
    (element.tagName === 'A' && !element.getAttribute('href').startsWith('#')) ||
    [...element.attributes].some(({ name }) => name.startsWith('on'))
  ).map((element) => element.outerHTML.slice(0, 120))`);
}

async function openFile({ page, button }: Screens, name: string, content: Uint8Array): Promise<void> {
  const chosen = page.waitForEvent('filechooser');
  await button('Open a file …').click();
  const file = { name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) };
  await (await chosen).setFiles(file);
}

const PREFIX_SIZE = 11;
const SUFFIX_SIZE = 16;
const NOT_A_NUMBER_OF_ANYTHING = 0xffff_ffff;

/** Fields of the file (UM0391) that promise more than there is. */
const IMPOSSIBLE: Readonly<Record<string, (body: DataView) => void>> = {
  targets: (body) => body.setUint8(10, 255),
  'target-size': (body) => body.setUint32(PREFIX_SIZE + 266, NOT_A_NUMBER_OF_ANYTHING, true),
  elements: (body) => body.setUint32(PREFIX_SIZE + 270, NOT_A_NUMBER_OF_ANYTHING, true),
  'element-size': (body) => body.setUint32(PREFIX_SIZE + 274 + 4, NOT_A_NUMBER_OF_ANYTHING, true),
  'image-size': (body) => body.setUint32(6, NOT_A_NUMBER_OF_ANYTHING, true),
};

/** With a checksum that is right again: only the promise is wrong. */
function spoilt(spoil: (body: DataView) => void): Uint8Array {
  const whole = writeDfuse(demoFirmware(2));
  const body = Buffer.from(whole.subarray(0, whole.length - SUFFIX_SIZE));
  spoil(new DataView(body.buffer, body.byteOffset, body.length));
  return appendSuffix(body, 0x011a, {});
}
