import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './screens.ts';

const DEVICE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 160">
  <rect x="30" y="20" width="180" height="120" rx="18" fill="#e2e8f0" stroke="#475569" stroke-width="4"/>
  <rect x="60" y="44" width="80" height="44" rx="6" fill="#0f766e"/>
  <circle cx="176" cy="66" r="16" fill="#475569"/><circle cx="176" cy="112" r="8" fill="#b91c1c"/>
</svg>`;

const BUTTON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 80">
  <rect x="10" y="10" width="100" height="60" rx="10" fill="#e2e8f0" stroke="#475569" stroke-width="3"/>
  <circle cx="60" cy="40" r="14" fill="#b91c1c"/>
</svg>`;

test('a maker shows their own product and how it is held, in their own colour', async ({ open }) => {
  const folder = mkdtempSync(join(tmpdir(), 'stepwise-product-'));
  const neutral = JSON.parse(readFileSync('resources/product.json', 'utf8')) as {
    readonly products: readonly { readonly enter: readonly object[] }[];
  };
  const [line] = neutral.products;
  const enter = line?.enter.map((step, index) => (index === 1 ? { ...step, picture: 'button.svg' } : step));
  const product = {
    ...neutral,
    name: 'Meter Updater',
    accent: '#0F766E',
    logo: undefined,
    products: [{ ...line, name: 'Meter', picture: 'meter.svg', enter }],
  };
  writeFileSync(join(folder, 'product.json'), JSON.stringify(product));
  writeFileSync(join(folder, 'meter.svg'), DEVICE);
  writeFileSync(join(folder, 'button.svg'), BUTTON);
  try {
    const screens = await open({ product: folder });
    await expect(screens.heading('Connect your device')).toBeVisible();
    await expect(screens.page).toHaveTitle('Meter Updater');
    const shown = screens.page.locator('main img');
    await expect(shown).toHaveCount(2);
    for (const picture of await shown.all()) await expect(picture).toHaveJSProperty('complete', true);
    await screens.picture('product-pictures');
    await screens.plug('h743-v-0x90');
    await expect(screens.heading('Your device is ready')).toBeVisible();
    await screens.picture('product-ready');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
