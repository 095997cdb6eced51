import { describe, expect, it } from 'vitest';
import { familyById } from '../stm32/families.ts';
import { PUBLISHED_LAYOUTS } from '../stm32/published-layouts.ts';
import { recognise, type LoaderDescription, type Recognition } from './recognise.ts';

const OLDER = 'STM32  BOOTLOADER';
const NEWER = 'DFU in FS Mode';

function rom(layouts: readonly string[], shown: Partial<LoaderDescription> = {}): LoaderDescription {
  return {
    vendorId: 0x0483,
    productId: 0xdf11,
    deviceVersion: 0x0200,
    usbVersion: 0x0200,
    manufacturer: 'STMicroelectronics',
    product: NEWER,
    serial: undefined,
    layouts: layouts.map((text, alternate) => ({ alternate, text })),
    transferSize: 1024,
    dfuVersion: 0x011a,
    ...shown,
  };
}

const older = { product: OLDER, deviceVersion: 0x2200, usbVersion: 0x0100, transferSize: 2048 };

function candidatesOf(recognition: Recognition): readonly string[] {
  if (recognition.kind !== 'st-rom')
    throw new Error(`${recognition.kind}: ${recognition.evidence.join('; ')}`);
  return recognition.candidates.map(({ family }) => family.shortName);
}

const H743 = ['@Internal Flash   /0x08000000/16*128Kg', '@Option Bytes   /0x5200201C/01*128 e'];

describe('an ST ROM', () => {
  it.each<[string, LoaderDescription, string[]]>([
    [
      'F105',
      rom(['@Internal Flash  /0x08000000/128*002Kg', '@Option Bytes  /0x1FFFF800/01*016 e'], {
        ...older,
        product: 'STM32 0x418 DFU Bootloader',
        serial: 'STM32',
      }),
      ['F105/F107'],
    ],
    [
      'F042',
      rom(['@Internal Flash  /0x08000000/032*0001Kg'], { ...older, serial: 'FFFFFFFEFFFF' }),
      ['F04x'],
    ],
    // Option bytes would rule out the L4, but none are shown here.
    ['F072', rom(['@Internal Flash  /0x08000000/064*0002Kg'], older), ['F07x', 'L41x/L42x', 'L43x/L44x']],
    [
      'F303xC',
      rom(['@Internal Flash  /0x08000000/128*0002Kg', '@Option Bytes  /0x1FFFF800/01*016 e'], older),
      ['F302xC/F303xC', 'F37x'],
    ],
    [
      'F2 and F405, which share their strings',
      rom(
        [
          '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg',
          '@Option Bytes  /0x1FFFC000/01*016 e',
          '@OTP Memory /0x1FFF7800/01*512 e,01*016 e',
          '@Device Feature/0xFFFF0000/01*004 e',
        ],
        older,
      ),
      ['F2', 'F405/F407', 'F42x/F43x', 'F412', 'F469'],
    ],
    [
      'F42x of 2 MB',
      rom(
        [
          '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg',
          '@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e',
        ],
        older,
      ),
      ['F42x/F43x', 'F469'],
    ],
    [
      'F411',
      rom(
        ['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg', '@Option Bytes  /0x1FFFC000/01*016 e'],
        older,
      ),
      ['F401xE', 'F411', 'F405/F407', 'F446'],
    ],
    ['F401xC', rom(['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,01*128Kg'], older), ['F401xC']],
    [
      'F722',
      rom(
        [
          '@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg',
          '@Option Bytes  /0x1FFF0000/01*048 e',
          '@OTP Memory /0x1FF07800/01*528e',
        ],
        { ...older, serial: 'STM32FxSTM32' },
      ),
      ['F72x/F73x'],
    ],
    [
      'F745, like a F76x of 1 MB',
      rom(['@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg'], older),
      ['F74x/F75x', 'F76x/F77x'],
    ],
    ['F767', rom(['@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg'], older), ['F76x/F77x']],
    [
      'G0B1, whose three alternates are alike',
      rom(Array.from({ length: 3 }, () => '@Internal Flash   /0x08000000/64*02Kg')),
      ['G43x/G44x', 'C07x', 'G0B/G0C', 'G491/G4A1', 'L41x/L42x'],
    ],
    [
      'G431',
      rom(['@Internal Flash   /0x08000000/64*02Kg', '@Option Bytes   /0x1FFF7800/01*40Be']),
      ['G43x/G44x', 'C07x', 'G0B/G0C', 'G491/G4A1', 'L41x/L42x'],
    ],
    [
      'G474',
      rom([
        '@Internal Flash   /0x08000000/256*02Kg',
        '@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e',
        '@OTP Memory   /0x1FFF7000/01*1024 e',
      ]),
      ['G47x/G48x', 'G0B/G0C', 'G491/G4A1'],
    ],
    [
      'L5',
      rom([
        '@Internal Flash   /0x08000000/256*02Kg',
        '@Option Bytes   /0x40022040/01*48 e',
        '@OTP Memory   /0x1FFF7000/01*512 e',
      ]),
      ['L5'],
    ],
    [
      'H563, told from U575 and H7A3 by its protocol alone',
      rom(['@Internal Flash   /0x08000000/256*08Kg'], { deviceVersion: 0x0300 }),
      ['H56x/H573', 'WBA6'],
    ],
    [
      'C5',
      rom(['@Internal Flash /0x08000000/64*08Kg', '@Option Bytes /0x40022050/01*432e'], {
        deviceVersion: 0x0300,
      }),
      ['C5x', 'H523/H533', 'C59x/C5A3'],
    ],
    ['H743', rom(H743, { serial: '200364500000' }), ['H74x/H75x']],
    [
      'H723',
      rom(['@Internal Flash   /0x08000000/8*128Kg', '@Option Bytes   /0x5200201C/01*88 e'], {
        serial: '3560376F3431',
      }),
      ['H72x/H73x'],
    ],
    [
      'H7A3 with loader V9.0, whose strings are wrong',
      rom(
        [
          '@Internal Flash  /0x08000000/256*02Kg',
          '@Option Bytes /0x1FF8000/01*128 e',
          '@OTP Memory /0x1FF7000/01*1024 e',
        ],
        { serial: 'FFFFFFFEFFFF' },
      ),
      ['H7A3/H7B3'],
    ],
    // Nobody published where WBA6 shows its option bytes, so nothing rules it out.
    [
      'H7B0',
      rom(
        [
          '@Internal Flash   /0x08000000/256*08Kg',
          '@Option Bytes   /0x5200201C/01*297 e',
          '@OTP Memory   /0x08FFF000/01*1024 e',
        ],
        { serial: '376E356F3339' },
      ),
      ['H7A3/H7B3', 'WBA6'],
    ],
    [
      'L07x',
      rom(
        [
          '@Internal Flash  /0x08000000/1536*128g',
          '@DATA Memory /0x08080000/2*3Ke',
          '@Option Bytes  /0x1FF80000/01*032 e',
        ],
        older,
      ),
      ['L07x/L08x'],
    ],
    [
      'L476',
      rom(
        [
          '@Internal Flash  /0x08000000/0256*0002Kg',
          '@Option Bytes  /0x1FFF7800/01*040 e',
          '@OTP Memory /0x1FFF7000/01*0001Ke',
        ],
        older,
      ),
      ['L47x/L48x', 'L45x/L46x', 'L49x/L4Ax'],
    ],
    [
      'L4R5',
      rom(
        [
          '@Internal Flash  /0x08000000/512*0004Kg',
          '@Option Bytes  /0x1FF00000/01*040 e/0x1FF01000/01*040 e',
          '@OTP Memory /0x1FFF7000/01*0001Ke',
        ],
        older,
      ),
      ['L4R/L4S'],
    ],
    [
      'U575',
      rom([
        '@Internal Flash   /0x08000000/256*08Kg',
        '@Option Bytes   /0x40022040/01*64 e',
        '@OTP Memory   /0x0BFA0000/01*512 e',
      ]),
      ['U575/U585', 'U59x/U5Ax', 'U5F/U5G', 'WBA6'],
    ],
    [
      'U5A or U5G, 4 MB at high speed',
      rom(['@Internal Flash   /0x08000000/512*08Kg', '@Option Bytes   /0x40022040/01*64 e'], {
        product: 'DFU in HS Mode',
      }),
      ['U59x/U5Ax', 'U5F/U5G'],
    ],
    [
      'U083, whose option bytes are named OB',
      rom([
        '@Internal Flash    /0x08000000/128*02Kg',
        '@OB Bytes          /0x40022020/01*136 e',
        '@OTP Memory        /0x1FFF6800/01*1024 e',
        '@ENGI Bytes        /0x1FFF6C00/01*1024.e',
      ]),
      ['U073/U083'],
    ],
    [
      'WB55',
      rom(['@Internal Flash   /0x08000000/256*04Kg'], { serial: '206A3261554D' }),
      ['WB5x/WB35', 'L4P/L4Q', 'U375/U385', 'U3B5/U3C5'],
    ],
  ])('%s: candidates are exactly those nothing contradicts, best first', (_name, loader, candidates) => {
    expect(candidatesOf(recognise(loader))).toEqual(candidates);
  });

  it('gives a reason for each candidate and for being an ST ROM', () => {
    const recognition = recognise(rom(H743));
    if (recognition.kind !== 'st-rom') throw new Error(recognition.kind);
    expect(recognition.evidence).toContain('it calls itself DFU in FS Mode');
    expect(recognition.candidates[0]?.evidence).toEqual([
      'this very layout string was published for the family',
      'its sectors are those of H74x/H75x, 2 MB, dual bank',
      'option bytes at 0x5200201C',
    ]);
  });

  it('has no candidates when its sectors are those of no family', () => {
    expect(candidatesOf(recognise(rom(['@Internal Flash   /0x08000000/33*03Kg'])))).toEqual([]);
  });

  it('is not told from others by option bytes nobody has seen', () => {
    const recognition = recognise(rom([H743[0] ?? '', '@Option Bytes   /0x12345678/01*128 e']));
    expect(candidatesOf(recognition)).toEqual([]);
  });

  it('is recognised in spite of NULs and blanks behind its strings', () => {
    const strings = H743.map((text) => `${text}\0`);
    const loader = rom(strings, { product: `${NEWER}\0\0`, manufacturer: 'STMicroelectronics ', serial: '' });
    expect(recognise(loader)).toEqual(recognise(rom(H743)));
  });

  it('every published layout leads to the families it was published for', () => {
    for (const { text, deviceIds, optionBytes } of PUBLISHED_LAYOUTS) {
      for (const deviceId of deviceIds) {
        const family = familyById(deviceId);
        if (!family) throw new Error(`no family ${deviceId}`);
        const at = optionBytes ?? family.optionBytes[0]?.start ?? 0;
        const loader = rom([text, `@Option Bytes /0x${at.toString(16)}/01*16 e`], {
          product: family.productStrings[0],
          deviceVersion: [0x484, 0x44e].includes(deviceId) ? 0x0300 : 0x0200,
        });
        expect(candidatesOf(recognise(loader))).toContain(family.shortName);
      }
    }
  });
});

describe('the stepping', () => {
  it.each([
    ['200364500000', 0x2003, 'V'],
    ['100364500000', 0x1003, 'Y'],
  ])('of an H743 with serial number %s is known: %i', (serial, revision, letter) => {
    const recognition = recognise(rom(H743, { serial }));
    expect(recognition).toMatchObject({ kind: 'st-rom', revision, stepping: { letter } });
    expect(recognition.evidence).toContain(`its serial number is the IDCODE of silicon revision ${letter}`);
  });

  it('of an H750 with a serial number that is none stays unknown', () => {
    const recognition = recognise(rom(H743, { serial: '200000500000' }));
    expect(candidatesOf(recognition)).toEqual(['H74x/H75x']);
    expect(recognition).not.toHaveProperty('stepping');
    expect(recognition).not.toHaveProperty('revision');
  });

  it('is not read from the serial number of another family', () => {
    const loader = rom(['@Internal Flash   /0x08000000/8*128Kg'], { serial: '200364500000' });
    expect(recognise(loader)).not.toHaveProperty('stepping');
  });
});

describe('a clone', () => {
  it.each<[string, LoaderDescription]>([
    [
      'GigaDevice GD32',
      rom(['@Internal Flash  /0x08000000/512*002Kg', '@Option Bytes  /0x1FFFF800/01*016 g'], {
        vendorId: 0x28e9,
        productId: 0x0189,
        serial: '3CBJ',
      }),
    ],
    [
      'Artery AT32',
      rom(['@Internal Flash  /0x08000000/08*04Ka,1000*04Kg'], { vendorId: 0x2e3c, serial: 'AT32' }),
    ],
    [
      'Geehy APM32',
      rom(['@Internal Flash  /0x8000000/06*002Kg,058*002Kg'], { vendorId: 0x314b, productId: 0x0106 }),
    ],
    ['X32', rom(['@Internal Flash  /0x08000000/16*128Kg'], { vendorId: 0x3997 })],
    ['WCH CH58x', rom(['@Internal Flash   /0x00000000/16*004Ka,096*04Kg'], { product: 'CH58x DFU' })],
  ])('%s is named, whatever its strings imitate', (name, loader) => {
    const recognition = recognise(loader);
    expect(recognition).toMatchObject({ kind: 'clone', name });
    expect(recognition.evidence).toHaveLength(1);
  });
});

describe('another DfuSe loader', () => {
  it.each<[string, LoaderDescription, string]>([
    [
      'an application made with CubeMX, F4',
      rom(['@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg']),
      'it keeps part of the internal flash to itself, as a bootloader in flash does',
    ],
    [
      'an application made with CubeMX, 2 KB pages',
      rom(['@Internal Flash   /0x08000000/06*002Ka,122*002Kg'], { product: 'STM32 Downloader' }),
      'no ST ROM is known to call itself STM32 Downloader',
    ],
    [
      'Particle',
      rom(['@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg'], {
        vendorId: 0x2b04,
        productId: 0xd006,
      }),
      "USB ID 2B04:D006 is not that of ST's ROM",
    ],
    [
      'MicroPython mboot, whose flash looks like that of a ROM',
      rom(['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg'], {
        manufacturer: 'MicroPython',
        product: 'Pyboard DFU',
      }),
      'its manufacturer is MicroPython',
    ],
    [
      'Daisy',
      rom(['@Flash /0x90000000/64*4Kg/0x90040000/60*64Kg/0x90400000/60*64Kg'], { product: 'Daisy' }),
      'no layout string offers internal flash at 0x08000000',
    ],
    [
      'SPRacing',
      rom(['@External Flash /0x90000000/998*128Kg,1*128Kg,4*128Kg,21*128Ka']),
      'no layout string offers internal flash at 0x08000000',
    ],
    [
      'the ROM of an MP1',
      rom(['@FSBL /0x01/1*1Me'], { product: 'DFU in HS Mode @Device ID /0x500, @Revision ID /0x0000' }),
      'it names device ID 0x500, as the ROMs of STM32MP and N6 do',
    ],
    [
      'a device without strings',
      rom(H743, { product: undefined, manufacturer: undefined }),
      'it does not name itself',
    ],
    ['a device without layout', rom([]), 'no layout string offers internal flash at 0x08000000'],
  ])('%s is not taken for an ST ROM', (_name, loader, reason) => {
    const recognition = recognise(loader);
    expect(recognition.kind).toBe('other-dfuse');
    expect(recognition.evidence).toContain(reason);
  });
});

describe('plain DFU', () => {
  it.each<[string, LoaderDescription]>([
    [
      'Maple',
      rom(['STM32duino bootloader v1.0  Upload to Flash 0x8002000'], {
        vendorId: 0x1eaf,
        productId: 0x0003,
        dfuVersion: 0x0110,
      }),
    ],
    ["a bootloader with ST's USB ID", rom(['sboot'], { dfuVersion: 0x0100 })],
    ['a device without functional descriptor', rom(H743, { dfuVersion: 0 })],
    ['a version beyond DfuSe', rom(H743, { dfuVersion: 0x0120 })],
  ])('%s has no DfuSe', (_name, loader) => {
    expect(recognise(loader).kind).toBe('plain-dfu');
  });

  it('of an MP1, whose ROM reports DFU 1.1, names the chip', () => {
    const loader = rom(['@FSBL /0x01/1*1Me'], {
      product: 'DFU in HS Mode @Device ID /0x500, @Revision ID /0x0000',
      dfuVersion: 0x0110,
    });
    expect(recognise(loader).evidence).toEqual([
      'it names device ID 0x500, as the ROMs of STM32MP and N6 do',
      'its DFU version is 0x0110, DfuSe has 0x011a',
    ]);
  });
});
