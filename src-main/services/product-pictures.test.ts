import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Product } from '../../shared/product.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { parsedProduct } from './product.ts';
import { LARGEST_PICTURE, withPictures } from './product-pictures.ts';

const RESOURCES = new URL('../../resources/', import.meta.url).pathname;
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const folder = mkdtempSync(join(tmpdir(), 'stepwise-pictures-'));
writeFileSync(join(folder, 'device.svg'), SVG);
writeFileSync(join(folder, 'step.png'), Buffer.from([0x89, 0x50]));
writeFileSync(join(folder, 'large.png'), new Uint8Array(LARGEST_PICTURE + 1));
writeFileSync(join(folder, 'page.html'), '<script>');
afterAll(() => rmSync(folder, { recursive: true }));

async function productWith(picture: string, stepPicture?: string): Promise<Product> {
  const product = { ...(await parsedProduct(RESOURCES)), logo: undefined };
  const [line] = product.products;
  if (!line) throw new Error('there is no product');
  const step = {
    text: { en: 'Hold the button.' },
    ...(stepPicture !== undefined && { picture: stepPicture }),
  };
  return { ...product, products: [{ ...line, picture, enter: [step, { text: { en: 'Let go.' } }] }] };
}

describe('pictures of a product', () => {
  it('come as what can be shown, of the product and of its steps, and the rest stays', async () => {
    const [line] = (await withPictures(await productWith('device.svg', 'step.png'), folder)).products;
    const svg = `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`;
    expect(line).toMatchObject({ id: 'stm32', picture: svg });
    expect(line?.enter).toEqual([
      { text: { en: 'Hold the button.' }, picture: 'data:image/png;base64,iVA=' },
      { text: { en: 'Let go.' } },
    ]);
  });

  it('come in place of the logos, on either ground', async () => {
    const product = { ...(await productWith('device.svg')), logo: 'device.svg', logoOnDark: 'step.png' };
    expect(await withPictures(product, folder)).toMatchObject({
      logo: expect.stringMatching(/^data:image\/svg/) as string,
      logoOnDark: 'data:image/png;base64,iVA=',
    });
  });

  it('lie beside product.json, whatever path is written there', async () => {
    const [line] = (await withPictures(await productWith('../../etc/device.svg'), folder)).products;
    expect(line?.picture).toMatch(/^data:image\/svg/);
  });

  it.each([
    ['missing.svg', 'ENOENT'],
    ['large.png', 'at most'],
    ['page.html', 'SVG or a PNG'],
  ])('that are wrong are said to be: %s', async (name, detail) => {
    expect(await rejection(withPictures(await productWith(name), folder))).toMatchObject({
      code: 'host-file',
      facts: { path: join(folder, name), detail: expect.stringContaining(detail) as string },
    });
  });
});
