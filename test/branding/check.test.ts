import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBranding } from '../../scripts/branding/check.ts';

const EXAMPLE = 'examples/aurora-audio';
const TODAY = '2027-01-01T00:00:00.000Z';
/** Colours of makers are theirs; how far the example's is moved on dark grounds is said. */
const ITS_ACCENT = 'accent: is hard to read on dark grounds';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwise-brand-'));
  cpSync(EXAMPLE, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

async function found(today = TODAY): Promise<readonly string[]> {
  const { findings } = await checkBranding(folder, today);
  return findings.map(({ kind, where, what }) => `${kind} ${where}: ${what}`);
}

/** Replaces text in a file of the maker. */
function edit(file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`there is no ${from} in ${file}`);
  writeFileSync(path, text.replace(from, to));
}

describe('the example', () => {
  it('is right', async () => {
    const findings = await found();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(`advice ${ITS_ACCENT}`);
  });

  it('is another maker than the neutral one, with everything a maker can set', async () => {
    const { product } = await checkBranding(folder, TODAY);
    expect(product).toMatchObject({ name: 'Aurora Update', catalog: {}, packaging: {} });
    expect(product?.products).toHaveLength(2);
    expect(product?.links).toHaveLength(2);
  });
});

it('the neutral product has no fault', async () => {
  const { findings } = await checkBranding('resources', TODAY);
  expect(findings.filter(({ kind }) => kind === 'fault')).toEqual([]);
});

describe('what is wrong in a maker’s folder', () => {
  it.each<[string, () => void, string]>([
    [
      'product.json',
      () => edit('product.json', '"accent"', '"acent"'),
      'fault acent: is not known; did you mean accent?',
    ],
    [
      'a text that is missing in one language',
      () => edit('product.json', '"ja": "取扱説明書"', '"fr": "Manuels"'),
      'fault links[0].text: is not there in ja',
    ],
    [
      'a step that is missing in one language',
      () => edit('product.json', '"de": "Halten Sie beide', '"fr": "Halten Sie beide'),
      'fault products[1].enter[1].text: is not there in de',
    ],
    [
      'a picture that is not there',
      () => rmSync(join(folder, 'usb-cable.svg')),
      'fault products[0].enter[2].picture: usb-cable.svg is not in the folder',
    ],
    [
      'a picture from elsewhere',
      () => edit('product.json', '"aurora-one.svg"', '"../aurora-one.svg"'),
      'fault products[0].picture: ../aurora-one.svg must lie beside product.json',
    ],
    [
      'a picture that is none',
      () => writeFileSync(join(folder, 'logo.svg'), 'PNG'),
      'fault logo: logo.svg is no SVG',
    ],
    [
      'a picture without a size',
      () => edit('logo.svg', 'viewBox', 'box'),
      'fault logo: logo.svg has no viewBox',
    ],
    [
      'a picture that is too large',
      () => writeFileSync(join(folder, 'logo.svg'), ' '.repeat(300 * 1024)),
      'fault logo: logo.svg has 307200 bytes',
    ],
    [
      'a PNG in name alone',
      () => {
        edit('product.json', '"logo.svg"', '"logo.png"');
        cpSync(join(folder, 'logo.svg'), join(folder, 'logo.png'));
      },
      'fault logo: logo.png is no PNG',
    ],
    [
      'a PNG of a few pixels',
      () => {
        edit('product.json', '"logo.svg"', '"logo.png"');
        writeFileSync(join(folder, 'logo.png'), pngOf(8, 8));
      },
      'fault logo: logo.png is 8 × 8 pixels',
    ],
    [
      'an icon that is not square',
      () => edit('icon.svg', '0 0 512 512', '0 0 512 256'),
      'fault packaging.icon: icon.svg is 512 × 256; it must be square',
    ],
    [
      'a picture that counts on a script',
      () => edit('logo.svg', '<svg', '<svg onload="alert(1)"'),
      'advice logo: logo.svg has a script',
    ],
    [
      'a picture that counts on another file',
      () => edit('logo.svg', '</svg>', '<image href="https://maker.example/a.png"/></svg>'),
      'advice logo: logo.svg wants to load another file',
    ],
    [
      'a colour that cannot be read',
      () => edit('product.json', '#7C3AED', '#FFE100'),
      'advice accent: is hard to read on light grounds (1.1 : 1',
    ],
    ['a root that is not there', () => rmSync(join(folder, 'root.json')), 'fault root.json: is not in'],
    [
      'a root that is none',
      () => writeFileSync(join(folder, 'root.json'), '{}'),
      'fault root.json: is no root of trust',
    ],
    [
      'a root nobody signed',
      () => edit('root.json', '"sig":"77b2', '"sig":"0000'),
      'fault root.json: is no root of trust',
    ],
    [
      'a rule that leaves out a product',
      () => edit('70-stepwise.rules', '=="0004"', '=="0005"'),
      'fault 70-stepwise.rules: does not name Aurora Loop while it runs: Linux would let no customer at it. Add: ATTR{idVendor}=="1209", ATTR{idProduct}=="0004"',
    ],
    [
      'a rule that leaves out the bootloader',
      () => edit('70-stepwise.rules', 'ATTR{idVendor}=="0483"', '# ATTR{idVendor}=="0483"'),
      'fault 70-stepwise.rules: does not name the bootloader of Aurora One',
    ],
    [
      'no rule, where the neutral one is not enough',
      () => rmSync(join(folder, '70-stepwise.rules')),
      'fault 70-stepwise.rules: does not name Aurora One while it runs',
    ],
    [
      'a chip that is none',
      () => edit('product.json', '"0x413"', '"0x414"'),
      'fault products[1].families[0]: 0x414 is no chip',
    ],
    [
      'products nothing tells apart',
      () => edit('product.json', '"0x413"', '"0x450"'),
      'advice products[0].families: in its bootloader Aurora One looks like Aurora Loop',
    ],
    [
      'a product no firmware can come to',
      () =>
        edit(
          'product.json',
          '"catalog": { "url": "https://firmware.aurora-audio.example", "root": "root.json" },',
          '',
        ),
      'fault products[1].policy.files: there is no catalog',
    ],
  ])('is told: %s', async (_what, spoil, told) => {
    spoil();
    expect((await found()).join('\n')).toContain(told);
  });

  it('is told of a root that is over, and of one that soon will be', async () => {
    expect((await found('2036-10-01T00:00:00.000Z')).join()).toContain(
      'advice root.json: is over on 2036-11-25',
    );
    expect((await found('2036-12-01T00:00:00.000Z')).join()).toContain(
      'fault root.json: is over since 2036-11-25',
    );
  });
});

/** A PNG as far as its header. */
function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(24);
  header.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  return header;
}
