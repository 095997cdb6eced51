import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { StepwiseError } from '../../shared/failure.ts';
import { known, unknown } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { ProductLine } from '../../shared/product.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { parsedProduct, readProduct } from './product.ts';
import { applicationVersion, linesOfApplication, linesOfChip, titleOf } from './product-lines.ts';

const RESOURCES = new URL('../../resources/', import.meta.url).pathname;
/** The neutral product, to be spoilt. */
interface Changed extends Record<string, unknown> {
  readonly products: [ChangedLine, ...ChangedLine[]];
}
interface ChangedLine extends Record<string, unknown> {
  readonly enter: object[];
  readonly policy: object;
}

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
    const product = await readProduct(RESOURCES);
    expect(product.products[0]?.families).toEqual([]);
    expect(product.logo).toMatch(/^data:image\/svg/);
  });

  it('that is no JSON is said to be none', async () => {
    expect(await faultOf('{"name":')).toContain('no JSON');
  });

  it('may begin with the mark some editors put there', async () => {
    const product = { ...(await parsedProduct(RESOURCES)), logo: undefined };
    writeFileSync(join(folder, 'product.json'), `\uFEFF${JSON.stringify(product)}`);
    expect(await readProduct(folder)).toEqual(product);
  });

  it('takes USB IDs, device IDs and addresses as makers know them', async () => {
    const product = { ...(await parsedProduct(RESOURCES)), logo: undefined };
    const [line] = product.products;
    const own = { vendorId: '0x1209', productId: 2 };
    const allowed = [{ start: '0x08020000', end: '0x08100000' }];
    const policy = { ...line?.policy, allowed };
    const products = [{ ...line, families: ['0x450'], application: own, policy }];
    writeFileSync(join(folder, 'product.json'), JSON.stringify({ ...product, products }));
    expect((await readProduct(folder)).products[0]).toMatchObject({
      families: [0x450],
      application: { vendorId: 0x1209, productId: 2 },
      policy: { allowed: [{ start: 0x0802_0000, end: 0x0810_0000 }] },
    });
  });

  it.each<[string, (product: Changed) => void, string]>([
    [
      'a value that is not allowed',
      ({ products: [line] }) => Object.assign(line.policy, { start: 'jump' }),
      'products[0].policy.start: must be one of "leave", "replug", and is "jump"',
    ],
    [
      'a colour',
      (product) => (product['accent'] = 'blue'),
      'accent: must be a colour written like "#2563EB", and is "blue"',
    ],
    ['a value that is missing', (product) => delete product['maker'], 'maker: is missing'],
    [
      'a value of another kind',
      ({ products: [line] }) => Object.assign(line.policy, { files: 'no' }),
      'products[0].policy.files: must be true or false, and is "no"',
    ],
    [
      'a list that is none',
      ({ products: [line] }) => Object.assign(line, { enter: 'press' }),
      'products[0].enter: must be a list: [ … ], and is "press"',
    ],
    ['an empty list', (product) => (product['languages'] = []), 'languages: must not be empty'],
    [
      'a language nobody speaks',
      ({ products: [line] }) => (line.enter[0] = { text: { en: 'Press.', it: 'Premi.' } }),
      'products[0].enter[0].text.it: is not known',
    ],
    [
      'a misspelt key',
      (product) => (product['acent'] = '#000000'),
      'acent: is not known; did you mean accent?',
    ],
    [
      'a misspelt key within',
      ({ products: [line] }) => Object.assign(line.policy, { vectortablelst: true }),
      'products[0].policy.vectortablelst: is not known; did you mean vectorTableLast?',
    ],
    [
      'a key that is like none',
      (product) => (product['support'] = { telephone: '1' }),
      'support.telephone: is not known; known are url, email',
    ],
    [
      'an ID',
      ({ products: [line] }) => (line['families'] = ['H743']),
      'products[0].families[0]: must be a number up to 0xFFF, written like "0x450", and is "H743"',
    ],
    [
      'an address that others could change',
      (product) => (product['catalog'] = { url: 'http://maker.example', root: 'root.json' }),
      'catalog.url: must begin with https://',
    ],
    [
      'an ID that is taken',
      (product) => product.products.push(product.products[0]),
      'products[1].id: must be its own, not that of another product, and is "stm32"',
    ],
  ])('is refused with where and what is wrong: %s', async (_what, change, said) => {
    const product = structuredClone(await parsedProduct(RESOURCES)) as unknown as Changed;
    change(product);
    expect(await faultOf(JSON.stringify(product))).toContain(said);
  });

  it('is refused with all that is wrong at once', async () => {
    const said = await faultOf('{ "name": "", "expert": 1 }');
    expect(said.split('\n')).toHaveLength(7);
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
      kind: 'st-rom',
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

  it('with a bootloader of its own is told by that, and by the name of it where several share its USB IDs', () => {
    const ids = { vendorId: 0x1209, productId: 2 };
    const own = (id: string, name?: string) =>
      ({ ...line(id, []), bootloader: { ...ids, name } }) as unknown as ProductLine;
    const other = (product: string) =>
      ({ ...chip(1, false), ...ids, kind: 'other-dfuse', product, candidates: [] }) as DeviceIdentity;
    const [wind, air] = [own('wind', 'Wind boot'), own('air', 'Air boot')];
    expect(linesOfChip([wind, air, any], other('Air boot'), undefined)).toEqual([air]);
    expect(linesOfChip([wind, air, any], other('Rain boot'), undefined)).toEqual([]);
    expect(linesOfChip([wind, any], chip(1), undefined)).toEqual([any]);
    expect(linesOfChip([own('a'), own('b')], other('x'), undefined)).toHaveLength(2);
    expect(titleOf(air, other('Air boot'))).toBe('Product air');
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
