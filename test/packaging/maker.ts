/** A maker's folder, different from ours in everything that packages take from it. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const MAKER = {
  name: 'Acme Pump Updater',
  maker: 'Acme Pumps',
  catalog: { url: 'https://firmware.acme-pumps.example', root: 'root.json' },
  packaging: {
    appId: 'com.acme-pumps.updater',
    publisherName: 'Acme Pumps GmbH',
    homepage: 'https://acme-pumps.example/',
    contact: 'support@acme-pumps.example',
    icon: 'pump.svg',
  },
};

export async function makeMakersFolder(folder: string): Promise<void> {
  const ours = JSON.parse(await readFile('resources/product.json', 'utf8')) as object;
  await mkdir(join(folder, 'drivers'), { recursive: true });
  await writeFile(join(folder, 'product.json'), JSON.stringify({ ...ours, ...MAKER }));
  await copyFile('resources/logo.svg', join(folder, 'logo.svg'));
  await copyFile('resources/icon.svg', join(folder, MAKER.packaging.icon));
  await writeFile(join(folder, MAKER.catalog.root), '{}');
  await writeFile(join(folder, 'drivers/acme.inf'), '; WinUSB for our bootloader');
  await writeFile(join(folder, 'drivers/acme.cat'), 'its catalogue');
}
