import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemoryLayout } from './layout.ts';
import { flashLayout, layoutSize, MAX_SECTORS, parseLayout, sectorAt, sectorsOf } from './layout.ts';

const KB = 1024;
const MB = 1024 * KB;

function layoutOf(text: string): MemoryLayout {
  const result = parseLayout(text);
  if (!result.ok) throw new Error(`${result.problem}: ${result.text}`);
  return result.layout;
}

/** `0x08000000 4×16384 rew`: a layout in a form that shows every field at a glance. */
function shape(layout: MemoryLayout): string[] {
  return layout.regions.flatMap((region) =>
    region.segments.map(({ address, count, size, readable, erasable, writable }) => {
      const access = `${readable ? 'r' : ''}${erasable ? 'e' : ''}${writable ? 'w' : ''}`;
      return `${address.toString(16)} ${count}x${size} ${access}`;
    }),
  );
}

/** Device, string exactly as it sent it, name, segments, bytes in all. */
type Row = readonly [device: string, text: string, name: string, segments: readonly string[], total: number];

const sectors4x16Kto1M = ['8000000 4x16384 rew', '8010000 1x65536 rew', '8020000 7x131072 rew'];

const romRows: readonly Row[] = [
  ['F105', '@Internal Flash  /0x08000000/128*002Kg', 'Internal Flash', ['8000000 128x2048 rew'], 256 * KB],
  ['F105 before V2.2', '@Option Bytes  /0x1FFFF800/01*016 g', 'Option Bytes', ['1ffff800 1x16 rew'], 16],
  ['F105 from V2.2', '@Option Bytes  /0x1FFFF800/01*016 e', 'Option Bytes', ['1ffff800 1x16 rw'], 16],
  ['F042', '@Internal Flash  /0x08000000/032*0001Kg', 'Internal Flash', ['8000000 32x1024 rew'], 32 * KB],
  ['F072', '@Internal Flash  /0x08000000/064*0002Kg', 'Internal Flash', ['8000000 64x2048 rew'], 128 * KB],
  [
    'F2, F405',
    '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg',
    'Internal Flash',
    sectors4x16Kto1M,
    MB,
  ],
  ['F303xC', '@Internal Flash  /0x08000000/128*0002Kg', 'Internal Flash', ['8000000 128x2048 rew'], 256 * KB],
  ['F405', '@Option Bytes  /0x1FFFC000/01*016 e', 'Option Bytes', ['1fffc000 1x16 rw'], 16],
  [
    'F405',
    '@OTP Memory /0x1FFF7800/01*512 e,01*016 e',
    'OTP Memory',
    ['1fff7800 1x512 rw', '1fff7a00 1x16 rw'],
    528,
  ],
  ['F405', '@Device Feature/0xFFFF0000/01*004 e', 'Device Feature', ['ffff0000 1x4 rw'], 4],
  ['F405 V3.0', '@Device Feature/0xFFFF0000/01*004 g', 'Device Feature', ['ffff0000 1x4 rew'], 4],
  [
    'F42x 2 MB',
    '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg',
    'Internal Flash',
    [...sectors4x16Kto1M, '8100000 4x16384 rew', '8110000 1x65536 rew', '8120000 7x131072 rew'],
    2 * MB,
  ],
  [
    'F42x',
    '@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e',
    'Option Bytes',
    ['1fffc000 1x16 rw', '1ffec000 1x16 rw'],
    32,
  ],
  [
    'F401xE, F411',
    '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg',
    'Internal Flash',
    ['8000000 4x16384 rew', '8010000 1x65536 rew', '8020000 3x131072 rew'],
    512 * KB,
  ],
  [
    'F401xC',
    '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,01*128Kg',
    'Internal Flash',
    ['8000000 4x16384 rew', '8010000 1x65536 rew', '8020000 1x131072 rew'],
    256 * KB,
  ],
  [
    'F722',
    '@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg',
    'Internal Flash',
    ['8000000 4x16384 rew', '8010000 1x65536 rew', '8020000 3x131072 rew'],
    512 * KB,
  ],
  ['F722', '@Option Bytes  /0x1FFF0000/01*048 e', 'Option Bytes', ['1fff0000 1x48 rw'], 48],
  ['F722, no blank', '@OTP Memory /0x1FF07800/01*528e', 'OTP Memory', ['1ff07800 1x528 rw'], 528],
  [
    'F74x',
    '@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg',
    'Internal Flash',
    ['8000000 4x32768 rew', '8020000 1x131072 rew', '8040000 3x262144 rew'],
    MB,
  ],
  [
    'F76x',
    '@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg',
    'Internal Flash',
    ['8000000 4x32768 rew', '8020000 1x131072 rew', '8040000 7x262144 rew'],
    2 * MB,
  ],
  [
    'G0B1 and G43x',
    '@Internal Flash   /0x08000000/64*02Kg',
    'Internal Flash',
    ['8000000 64x2048 rew'],
    128 * KB,
  ],
  ['G43x, unit B', '@Option Bytes   /0x1FFF7800/01*40Be', 'Option Bytes', ['1fff7800 1x40 rw'], 40],
  ['G474', '@Internal Flash   /0x08000000/256*02Kg', 'Internal Flash', ['8000000 256x2048 rew'], 512 * KB],
  [
    'G474',
    '@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e',
    'Option Bytes',
    ['1fff7800 1x48 rw', '1ffff800 1x48 rw'],
    96,
  ],
  ['G474', '@OTP Memory   /0x1FFF7000/01*1024 e', 'OTP Memory', ['1fff7000 1x1024 rw'], 1024],
  [
    'H563, U575',
    '@Internal Flash   /0x08000000/256*08Kg',
    'Internal Flash',
    ['8000000 256x8192 rew'],
    2 * MB,
  ],
  ['C5', '@Internal Flash /0x08000000/64*08Kg', 'Internal Flash', ['8000000 64x8192 rew'], 512 * KB],
  ['C5', '@Option Bytes /0x40022050/01*432e', 'Option Bytes', ['40022050 1x432 rw'], 432],
  ['C5, fraction', '@OTP Memory /0x08FFE000/04.5*01Kg', 'OTP Memory', ['8ffe000 4x1024 rew'], 4 * KB],
  ['C5, fraction', '@Read only Memory /0x08FFF800/01.5*01Kg', 'Read only Memory', ['8fff800 1x1024 rew'], KB],
  ['C5', '@ENGI Memory /0x40022400/01*01Kg', 'ENGI Memory', ['40022400 1x1024 rew'], KB],
  ['H743', '@Internal Flash   /0x08000000/16*128Kg', 'Internal Flash', ['8000000 16x131072 rew'], 2 * MB],
  ['H743', '@Option Bytes   /0x5200201C/01*128 e', 'Option Bytes', ['5200201c 1x128 rw'], 128],
  ['H723', '@Internal Flash   /0x08000000/8*128Kg', 'Internal Flash', ['8000000 8x131072 rew'], MB],
  ['H723', '@Option Bytes   /0x5200201C/01*88 e', 'Option Bytes', ['5200201c 1x88 rw'], 88],
  [
    'H7A3 V9.0',
    '@Internal Flash  /0x08000000/256*02Kg',
    'Internal Flash',
    ['8000000 256x2048 rew'],
    512 * KB,
  ],
  ['H7A3 V9.0', '@Option Bytes /0x1FF8000/01*128 e', 'Option Bytes', ['1ff8000 1x128 rw'], 128],
  ['H7A3 V9.0', '@OTP Memory /0x1FF7000/01*1024 e', 'OTP Memory', ['1ff7000 1x1024 rw'], 1024],
  ['H7B0', '@Option Bytes   /0x5200201C/01*297 e', 'Option Bytes', ['5200201c 1x297 rw'], 297],
  ['H7B0', '@OTP Memory   /0x08FFF000/01*1024 e', 'OTP Memory', ['8fff000 1x1024 rw'], 1024],
  [
    'L07x, no unit',
    '@Internal Flash  /0x08000000/1536*128g',
    'Internal Flash',
    ['8000000 1536x128 rew'],
    192 * KB,
  ],
  ['L07x', '@DATA Memory /0x08080000/2*3Ke', 'DATA Memory', ['8080000 2x3072 rw'], 6 * KB],
  ['L07x', '@Option Bytes  /0x1FF80000/01*032 e', 'Option Bytes', ['1ff80000 1x32 rw'], 32],
  ['L1', '@DATA Memory /0x08080000/2*004Ke', 'DATA Memory', ['8080000 2x4096 rw'], 8 * KB],
  ['L476', '@Internal Flash  /0x08000000/0256*0002Kg', 'Internal Flash', ['8000000 256x2048 rew'], 512 * KB],
  ['L476', '@Option Bytes  /0x1FFF7800/01*040 e', 'Option Bytes', ['1fff7800 1x40 rw'], 40],
  ['L476', '@OTP Memory /0x1FFF7000/01*0001Ke', 'OTP Memory', ['1fff7000 1x1024 rw'], KB],
  ['L4R5', '@Internal Flash  /0x08000000/512*0004Kg', 'Internal Flash', ['8000000 512x4096 rew'], 2 * MB],
  [
    'L4R5',
    '@Option Bytes  /0x1FF00000/01*040 e/0x1FF01000/01*040 e',
    'Option Bytes',
    ['1ff00000 1x40 rw', '1ff01000 1x40 rw'],
    80,
  ],
  ['L5', '@Option Bytes   /0x40022040/01*48 e', 'Option Bytes', ['40022040 1x48 rw'], 48],
  ['L5', '@OTP Memory   /0x1FFF7000/01*512 e', 'OTP Memory', ['1fff7000 1x512 rw'], 512],
  ['U575', '@Option Bytes   /0x40022040/01*64 e', 'Option Bytes', ['40022040 1x64 rw'], 64],
  ['U575', '@OTP Memory   /0x0BFA0000/01*512 e', 'OTP Memory', ['bfa0000 1x512 rw'], 512],
  ['U5 1 MB', '@Internal Flash   /0x08000000/128*08Kg', 'Internal Flash', ['8000000 128x8192 rew'], MB],
  ['U5A, U5G', '@Internal Flash   /0x08000000/512*08Kg', 'Internal Flash', ['8000000 512x8192 rew'], 4 * MB],
  ['U083', '@Internal Flash    /0x08000000/128*02Kg', 'Internal Flash', ['8000000 128x2048 rew'], 256 * KB],
  ['U083', '@OB Bytes          /0x40022020/01*136 e', 'OB Bytes', ['40022020 1x136 rw'], 136],
  ['U083', '@OTP Memory        /0x1FFF6800/01*1024 e', 'OTP Memory', ['1fff6800 1x1024 rw'], 1024],
  ['U083, unit .', '@ENGI Bytes        /0x1FFF6C00/01*1024.e', 'ENGI Bytes', ['1fff6c00 1x1024 rw'], 1024],
  ['WB55', '@Internal Flash   /0x08000000/256*04Kg', 'Internal Flash', ['8000000 256x4096 rew'], MB],
];

/** Of GD32VF103 and AT32 only the segments are published; name and address are those of their kind. */
const otherRows: readonly Row[] = [
  [
    'CubeMX application',
    '@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg',
    'Internal Flash',
    [
      '8000000 3x16384 r',
      '800c000 1x16384 rew',
      '8010000 1x65536 rew',
      '8020000 7x131072 rew',
      '8100000 4x16384 rew',
      '8110000 1x65536 rew',
      '8120000 7x131072 rew',
    ],
    2 * MB,
  ],
  [
    'CubeMX application',
    '@Internal Flash   /0x08000000/06*002Ka,122*002Kg',
    'Internal Flash',
    ['8000000 6x2048 r', '8003000 122x2048 rew'],
    256 * KB,
  ],
  ['MP1', '@FSBL /0x01/1*1Me', 'FSBL', ['1 1x1048576 rw'], MB],
  [
    'SPRacing',
    '@External Flash /0x90000000/998*128Kg,1*128Kg,4*128Kg,21*128Ka',
    'External Flash',
    ['90000000 998x131072 rew', '97cc0000 1x131072 rew', '97ce0000 4x131072 rew', '97d60000 21x131072 r'],
    128 * MB,
  ],
  [
    'SPRacing, older',
    '@External Flash /0x90000000/1001*128Kg,3*128Kg,20*128Ka',
    'External Flash',
    ['90000000 1001x131072 rew', '97d20000 3x131072 rew', '97d80000 20x131072 r'],
    128 * MB,
  ],
  [
    'Daisy',
    '@Flash /0x90000000/64*4Kg/0x90040000/60*64Kg/0x90400000/60*64Kg',
    'Flash',
    ['90000000 64x4096 rew', '90040000 60x65536 rew', '90400000 60x65536 rew'],
    7936 * KB,
  ],
  [
    'Particle',
    '@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg',
    'Internal Flash',
    ['8000000 3x16384 r', '800c000 1x16384 rew', '8010000 1x65536 rew', '8020000 7x131072 rew'],
    MB,
  ],
  ['GD32VF103', '@Internal Flash  /0x08000000/512*002Kg', 'Internal Flash', ['8000000 512x2048 rew'], MB],
  ['AT32F415', '@Internal Flash  /0x08000000/128*1Kg', 'Internal Flash', ['8000000 128x1024 rew'], 128 * KB],
  [
    'AT32F437',
    '@Internal Flash  /0x08000000/08*04Ka,1000*04Kg',
    'Internal Flash',
    ['8000000 8x4096 r', '8008000 1000x4096 rew'],
    4032 * KB,
  ],
  ['AT32', '@Option byte /0x1FFFC000/01*4096 g', 'Option byte', ['1fffc000 1x4096 rew'], 4096],
  [
    'APM32, seven digits',
    '@Internal Flash  /0x8000000/06*002Kg,058*002Kg',
    'Internal Flash',
    ['8000000 6x2048 rew', '8003000 58x2048 rew'],
    128 * KB,
  ],
  [
    'WCH CH58x',
    '@Internal Flash   /0x00000000/16*004Ka,096*04Kg',
    'Internal Flash',
    ['0 16x4096 r', '10000 96x4096 rew'],
    448 * KB,
  ],
];

describe('layout strings of real loaders', () => {
  it.each([...romRows, ...otherRows])('%s: %s', (_device, text, name, segments, total) => {
    const layout = layoutOf(text);
    expect(layout.name).toBe(name);
    expect(shape(layout)).toEqual(segments);
    expect(layoutSize(layout)).toBe(total);
  });

  it('are read without warning unless a count is a fraction', () => {
    for (const [, text] of [...romRows, ...otherRows]) {
      const kinds = layoutOf(text).warnings.map((warning) => warning.kind);
      expect(kinds).toEqual(/\d\.\d/.test(text) ? ['fractional-count'] : []);
    }
  });
});

describe('forms the grammar allows', () => {
  it.each([
    ['a', 'r'],
    ['b', 'e'],
    ['c', 're'],
    ['d', 'w'],
    ['e', 'rw'],
    ['f', 'ew'],
    ['g', 'rew'],
  ])('type letter %s allows %s', (letter, access) => {
    expect(shape(layoutOf(`@M/0x0/1*1${letter}`))).toEqual([`0 1x1 ${access}`]);
  });

  it('an alias is kept beside the address', () => {
    expect(layoutOf('@M/0x08000000-0x00000000/1*1Kg').regions).toMatchObject([
      { address: 0x0800_0000, alias: 0 },
    ]);
    expect(layoutOf('@M/0x08000000/1*1Kg').regions[0]).not.toHaveProperty('alias');
  });

  it('blanks before a count are no part of it', () => {
    expect(shape(layoutOf('@M /0x08000000/ 128*002Kg'))).toEqual(['8000000 128x2048 rew']);
  });

  it('NUL and other unprintable characters are ignored', () => {
    expect(layoutOf('\u0000@Internal\u00ff Flash /0x08000000/16*128Kg\u0000\u0000')).toEqual(
      layoutOf('@Internal Flash /0x08000000/16*128Kg'),
    );
  });

  it('a segment without sectors is dropped and reported', () => {
    const layout = layoutOf('@M/0x08000000/0*128Kg,2*1Kg,0.5*1Kg');
    expect(shape(layout)).toEqual(['8000000 2x1024 rew']);
    expect(layout.warnings).toEqual([
      { kind: 'zero-count', text: '0*128Kg' },
      { kind: 'fractional-count', text: '0.5*1Kg' },
      { kind: 'zero-count', text: '0.5*1Kg' },
    ]);
  });

  it('a segment may end with the address space', () => {
    expect(layoutSize(layoutOf('@M/0xFFFFF000/4*1Kg'))).toBe(4 * KB);
  });
});

describe('what is no layout', () => {
  it.each([
    ['', 'not-a-layout'],
    ['Internal Flash /0x08000000/16*128Kg', 'not-a-layout'],
    ['@Internal Flash', 'not-a-layout'],
    ['@Internal Flash /0x08000000', 'not-a-layout'],
    ['@Internal Flash /0x08000000/16*128Kg/0x09000000', 'not-a-layout'],
    ['@M/08000000/16*128Kg', 'bad-address'],
    ['@M/0x/16*128Kg', 'bad-address'],
    ['@M/0x123456789/16*128Kg', 'bad-address'],
    ['@M/0x0-/1*1g', 'bad-address'],
    ['@M/0x0-0x1-0x2/1*1g', 'bad-address'],
    ['@M/0x0/', 'bad-segment'],
    ['@M/0x0/16*128K', 'bad-segment'],
    ['@M/0x0/16*128Kh', 'bad-segment'],
    ['@M/0x0/16*128Gg', 'bad-segment'],
    ['@M/0x0/16*0Kg', 'bad-segment'],
    ['@M/0x0/-1*1Kg', 'bad-segment'],
    ['@M/0x0/1*1g,', 'bad-segment'],
    ['@M/0x0/0*1g', 'empty'],
    ['@M/0xFFFFF000/5*1Kg', 'outside-address-space'],
    [`@M/0x0/${'9'.repeat(400)}*1g`, 'outside-address-space'],
    ['@M/0x0/2*1Kg/0x400/1*1Kg', 'overlap'],
    [`@M/0x0/${MAX_SECTORS + 1}*1g`, 'too-many-sectors'],
  ])('%s: %s', (text, problem) => {
    expect(parseLayout(text)).toMatchObject({ ok: false, problem });
  });

  it('the part at fault is named', () => {
    expect(parseLayout('@M/0x0/1*1g,oops')).toEqual({ ok: false, problem: 'bad-segment', text: 'oops' });
  });
});

describe('sectors', () => {
  const f405 = layoutOf('@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg');

  it('are listed in order with index, address and size', () => {
    const sectors = sectorsOf(f405);
    expect(sectors).toHaveLength(12);
    expect(sectors[4]).toEqual({
      index: 4,
      address: 0x0801_0000,
      size: 64 * KB,
      readable: true,
      erasable: true,
      writable: true,
    });
    expect(sectors.map((sector) => sector.index)).toEqual([...sectors.keys()]);
  });

  it.each([
    [0x0800_0000, 0],
    [0x0800_3fff, 0],
    [0x0800_4000, 1],
    [0x0801_ffff, 4],
    [0x0802_0000, 5],
    [0x080f_ffff, 11],
  ])('address %i lies in sector %i', (address, index) => {
    expect(sectorAt(f405, address)).toEqual(sectorsOf(f405)[index]);
  });

  it('an address outside the layout, or in a hole of it, has none', () => {
    expect(sectorAt(f405, 0x07ff_ffff)).toBeUndefined();
    expect(sectorAt(f405, 0x0810_0000)).toBeUndefined();
    const withHole = layoutOf('@M/0x1000/1*1Kg/0x2000/1*1Kg');
    expect(sectorAt(withHole, 0x1400)).toBeUndefined();
    expect(sectorAt(withHole, 0x2000)?.index).toBe(1);
  });
});

describe('the flash among the alternate settings', () => {
  const alternates = (...texts: string[]) =>
    texts.map((text, alternate) => ({ alternate, layout: layoutOf(text) }));

  it('is the one that says Flash and covers 0x08000000, whatever its number', () => {
    const found = flashLayout(
      alternates('@Option Bytes  /0x1FFFC000/01*016 e', '@Internal Flash  /0x08000000/04*016Kg'),
    );
    expect(found?.alternate).toBe(1);
  });

  it('is the first of several alike', () => {
    const same = '@Internal Flash   /0x08000000/64*02Kg';
    expect(flashLayout(alternates(same, same, same))?.alternate).toBe(0);
  });

  it('is absent where flash lies elsewhere or the memory at 0x08000000 is no flash', () => {
    expect(flashLayout(alternates('@Flash /0x90000000/64*4Kg'))).toBeUndefined();
    expect(flashLayout(alternates('@Internal Flash   /0x00000000/16*004Ka,096*04Kg'))).toBeUndefined();
    expect(flashLayout(alternates('@DATA Memory /0x08000000/2*4Ke'))).toBeUndefined();
  });
});

describe('any string', () => {
  const segment = fc.record({
    count: fc.integer({ min: 1, max: 2000 }),
    size: fc.integer({ min: 1, max: 25 }),
    unit: fc.constantFrom('', ' ', '.', 'B', 'K'),
    type: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    zeros: fc.constantFrom('', '0', '00'),
  });
  const region = fc.record({ segments: fc.array(segment, { minLength: 1, maxLength: 5 }) });
  /** Regions are laid 256 MB apart: the largest has 5 × 2000 × 25 KB. */
  const SPACING = 0x1000_0000;

  it('printed from a layout reads back as that layout', () => {
    fc.assert(
      fc.property(fc.array(region, { minLength: 1, maxLength: 6 }), (regions) => {
        const text = regions
          .map(({ segments }, i) => {
            const parts = segments.map((s) => `${s.zeros}${s.count}*${s.zeros}${s.size}${s.unit}${s.type}`);
            return `/0x${(i * SPACING).toString(16)}/${parts.join(',')}`;
          })
          .join('');
        const expected = regions.flatMap(({ segments }, i) => {
          let address = i * SPACING;
          return segments.map(({ count, size, unit, type }) => {
            const bytes = unit === 'K' ? size * KB : size;
            const start = address;
            address += count * bytes;
            return { start, count, bytes, bits: type.charCodeAt(0) - 'a'.charCodeAt(0) + 1 };
          });
        });
        const read = layoutOf(`@Memory ${text}`).regions.flatMap((r) =>
          r.segments.map((s) => ({
            start: s.address,
            count: s.count,
            bytes: s.size,
            bits: Number(s.readable) + 2 * Number(s.erasable) + 4 * Number(s.writable),
          })),
        );
        expect(read).toEqual(expected);
      }),
    );
  });

  it('is read or refused, and never throws', () => {
    const scraps = fc.constantFrom(
      '@',
      '/',
      '0x',
      '08000000',
      ',',
      '*',
      '16',
      'K',
      'g',
      ' ',
      '.',
      '-',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(scraps).map((all) => all.join('')),
        ),
        (text) => {
          const result = parseLayout(text);
          if (result.ok) expect(sectorsOf(result.layout).length).toBeLessThanOrEqual(MAX_SECTORS);
        },
      ),
    );
  });

  it('has each byte of its sectors found again by address', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.nat(), (segments, seed) => {
        const parts = segments.map((s) => `${s.count}*${s.size}${s.type}`);
        const layout = layoutOf(`@M/0x08000000/${parts.join(',')}`);
        const sectors = sectorsOf(layout);
        const sector = sectors[seed % sectors.length];
        if (!sector) throw new Error('no sector');
        expect(sectorAt(layout, sector.address)).toEqual(sector);
        expect(sectorAt(layout, sector.address + sector.size - 1)).toEqual(sector);
      }),
    );
  });
});
