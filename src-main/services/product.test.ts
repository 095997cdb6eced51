import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { StepwiseError } from '../../shared/failure.ts';
import { known, unknown } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { ProductLine } from '../../shared/product.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { readProduct } from './product.ts';
import { applicationVersion, linesOfApplication, linesOfChip, titleOf } from './product-lines.ts';

const RESOURCES = new URL('../../resources/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'stepwise-product-'));
afterEach(() => rmSync(join(folder, 'product.json'), { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

async function faultOf(content: string): Promise<string> {
  writeFileSync(join(folder, 'product.json'), content);
  const error = (await rejection(readProduct(folder))) as StepwiseError<'host-file'>;
  expect(error).toMatchObject({ code: 'host-file', facts: { path: join(folder, 'product.json') } });
  return error.facts.detail;
}

describe('product.json', () => {
  it('of the neutral product is right, and has its logo', async () => {
    const { product, logo } = await readProduct(RESOURCES);
    expect(product.products[0]?.families).toEqual([]);
    expect(logo).toContain('<svg');
  });

  it('is refused with what is wrong and where', async () => {
    const { product } = await readProduct(RESOURCES);
    expect(await faultOf('{"name":')).toContain('no JSON');
    const [line] = product.products;
    expect(await faultOf(JSON.stringify({ ...product, accent: 'blue' }))).toContain('accent');
    const twice = { ...product, logo: undefined, products: [line, line] };
    expect(await faultOf(JSON.stringify(twice))).toContain('stm32');
    const broken = { ...product, products: [{ ...line, policy: { ...line?.policy, start: 'jump' } }] };
    expect(await faultOf(JSON.stringify(broken))).toContain('products[0].policy.start');
  });

  it('that is not there is said to be missing', async () => {
    expect(await rejection(readProduct(folder))).toMatchObject({ code: 'host-file' });
  });
});

describe('which product a device is', () => {
  const line = (id: string, families: readonly number[], application?: ProductLine['application']) =>
    ({ id, name: `Product ${id}`, families, application }) as unknown as ProductLine;
  const chip = (deviceId: number, told = true) =>
    ({
      title: 'STM32 X',
      family: told ? known({ deviceId, name: 'X' }, 'test') : unknown('test'),
      candidates: [{ deviceId, name: 'X' }],
    }) as unknown as DeviceIdentity;
  const [a, b, any] = [line('a', [1]), line('b', [1, 2]), line('any', [])];

  it('is the one with its chip; one for any chip only where none is made for it', () => {
    expect(linesOfChip([a, b, any], chip(2), undefined)).toEqual([b]);
    expect(linesOfChip([a, b, any], chip(2, false), undefined)).toEqual([b]);
    expect(linesOfChip([a, b], chip(3), undefined)).toEqual([]);
    expect(linesOfChip([a, any], chip(3), undefined)).toEqual([any]);
  });

  it('is not guessed where several have this chip', () => {
    expect(linesOfChip([a, b, any], chip(1), undefined)).toEqual([a, b]);
  });

  it('is the one whose application was there before, where its chip fits', () => {
    expect(linesOfChip([a, b], chip(1), b)).toEqual([b]);
    expect(linesOfChip([a, b], chip(2), a)).toEqual([b]);
  });

  it('is told by the name of its application, where products share their USB IDs', () => {
    const ids = { vendorId: 1, productId: 2 };
    const [wind, air] = [
      line('wind', [], { ...ids, name: 'Wind' }),
      line('air', [], { ...ids, name: 'Air' }),
    ];
    expect(linesOfApplication([wind, air], ids)).toEqual([wind, air]);
    expect(linesOfApplication([wind, air], ids, 'Air')).toEqual([air]);
    expect(linesOfApplication([wind, air], ids, 'Rain')).toEqual([]);
  });

  it('gives it its name, unless the product is for any chip', () => {
    expect(titleOf(a, chip(1))).toBe('Product a');
    expect(titleOf(any, chip(1))).toBe('STM32 X');
    expect(titleOf(undefined, chip(1))).toBe('STM32 X');
  });

  it('tells the version only where the product says that it does', () => {
    const told = line('t', [], { vendorId: 1, productId: 2, version: 'device-version' });
    const usb = { deviceVersion: 0x0213 } as never;
    expect(applicationVersion(told, usb)).toBe('2.13');
    expect(applicationVersion(line('u', [], { vendorId: 1, productId: 2 }), usb)).toBeUndefined();
  });
});
