/**
 * Devices as their owners published them (`dfu-util -l`, lsusb and USB dumps in public repositories and forums; AN2606;
 * AN3156), from the bytes of their descriptors to what is recognised. Layout strings are exact, blanks and zeros included;
 * where a listing shows no more than these, the rest is what loaders of its kind have.
 */
import { describe, expect, it } from 'vitest';
import { recognise } from '../../src-main/devices/recognise.ts';
import type { Recognition } from '../../src-main/devices/recognise.ts';
import { isDfuSe, readDfuFunction } from '../../src-main/dfuse/dfu-function.ts';
import { layoutSize, parseLayout, sectorsOf } from '../../src-main/dfuse/layout.ts';
import { isDfu, parseConfiguration } from '../../src-main/usb/descriptors.ts';
import { readString } from '../../src-main/usb/strings.ts';
import { DescribedDevice, configurationOf, functional } from './described-device.ts';
import type { Listing } from './described-device.ts';

const KB = 1024;
const MB = 1024 * KB;

/** F1 to F4, F7, L0, L1, L4. */
const OLDER = {
  usbVersion: 0x0100,
  deviceVersion: 0x2200,
  manufacturer: 'STMicroelectronics',
  product: 'STM32  BOOTLOADER',
  functional: functional(2048),
};
/** H7, G, U, H5, C, WB, L5. */
const NEWER = {
  usbVersion: 0x0200,
  deviceVersion: 0x0200,
  manufacturer: 'STMicroelectronics',
  product: 'DFU in FS Mode',
  functional: functional(1024),
};
const PROTOCOL_V3 = { ...NEWER, deviceVersion: 0x0300 };

interface Rom {
  readonly device: string;
  readonly listing: Listing;
  /** Short name of its family. */
  readonly family: string;
  /** Bytes of flash, and number of sectors, of the first layout string. */
  readonly flash: readonly [size: number, sectors: number];
}

const rom = (
  device: string,
  family: string,
  flash: Rom['flash'],
  kind: Omit<Listing, 'names'>,
  ...names: readonly string[]
): Rom => ({ device, family, flash, listing: { ...kind, names } });

const ROMS: readonly Rom[] = [
  rom(
    'F105',
    'F105/F107',
    [256 * KB, 128],
    { ...OLDER, product: 'STM32 0x418 DFU Bootloader' },
    '@Internal Flash  /0x08000000/128*002Kg',
    '@Option Bytes  /0x1FFFF800/01*016 g',
  ),
  rom('F042', 'F04x', [32 * KB, 32], OLDER, '@Internal Flash  /0x08000000/032*0001Kg'),
  rom('F072', 'F07x', [128 * KB, 64], OLDER, '@Internal Flash  /0x08000000/064*0002Kg'),
  rom('F2', 'F2', [MB, 12], OLDER, '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg'),
  rom('F303xC', 'F302xC/F303xC', [256 * KB, 128], OLDER, '@Internal Flash  /0x08000000/128*0002Kg'),
  rom(
    'F405',
    'F405/F407',
    [MB, 12],
    { ...OLDER, serial: '325E35633334' },
    '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg',
    '@Option Bytes  /0x1FFFC000/01*016 e',
    '@OTP Memory /0x1FFF7800/01*512 e,01*016 e',
    '@Device Feature/0xFFFF0000/01*004 e',
  ),
  rom(
    'F405 with loader V3.0',
    'F405/F407',
    [MB, 12],
    { ...OLDER, product: 'STM32 BOOTLOADER' },
    '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg',
    '@Option Bytes  /0x1FFFC000/01*016 g',
    '@OTP Memory /0x1FFF7800/01*512 g,01*016 g',
    '@Device Feature/0xFFFF0000/01*004 g',
  ),
  rom(
    'F427',
    'F42x/F43x',
    [2 * MB, 24],
    OLDER,
    '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg',
    '@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e',
    '@OTP Memory /0x1FFF7800/01*512 e,01*016 e',
    '@Device Feature/0xFFFF0000/01*004 e',
  ),
  rom(
    'F411',
    'F411',
    [512 * KB, 8],
    { ...OLDER, serial: 'STM32FxSTM32' },
    '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg',
  ),
  rom('F401xC', 'F401xC', [256 * KB, 6], OLDER, '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,01*128Kg'),
  rom(
    'F722',
    'F72x/F73x',
    [512 * KB, 8],
    OLDER,
    '@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg',
    '@Option Bytes  /0x1FFF0000/01*048 e',
    '@OTP Memory /0x1FF07800/01*528e',
  ),
  rom('F745', 'F74x/F75x', [MB, 8], OLDER, '@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg'),
  rom('F767', 'F76x/F77x', [2 * MB, 12], OLDER, '@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg'),
  rom(
    'G0B1, whose alternates are all alike',
    'G0B/G0C',
    [128 * KB, 64],
    NEWER,
    '@Internal Flash   /0x08000000/64*02Kg',
    '@Internal Flash   /0x08000000/64*02Kg',
    '@Internal Flash   /0x08000000/64*02Kg',
  ),
  rom(
    'G431',
    'G43x/G44x',
    [128 * KB, 64],
    NEWER,
    '@Internal Flash   /0x08000000/64*02Kg',
    '@Option Bytes   /0x1FFF7800/01*40Be',
  ),
  rom(
    'G474',
    'G47x/G48x',
    [512 * KB, 256],
    NEWER,
    '@Internal Flash   /0x08000000/256*02Kg',
    '@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e',
    '@OTP Memory   /0x1FFF7000/01*1024 e',
  ),
  rom('H563', 'H56x/H573', [2 * MB, 256], PROTOCOL_V3, '@Internal Flash   /0x08000000/256*08Kg'),
  rom(
    'C5, whose counts are fractions',
    'C5x',
    [512 * KB, 64],
    PROTOCOL_V3,
    '@Internal Flash /0x08000000/64*08Kg',
    '@Option Bytes /0x40022050/01*432e',
    '@OTP Memory /0x08FFE000/04.5*01Kg',
    '@Read only Memory /0x08FFF800/01.5*01Kg',
    '@ENGI Memory /0x40022400/01*01Kg',
  ),
  rom(
    'H743',
    'H74x/H75x',
    [2 * MB, 16],
    { ...NEWER, serial: '200364500000' },
    '@Internal Flash   /0x08000000/16*128Kg',
    '@Option Bytes   /0x5200201C/01*128 e',
  ),
  rom(
    'H723',
    'H72x/H73x',
    [MB, 8],
    NEWER,
    '@Internal Flash   /0x08000000/8*128Kg',
    '@Option Bytes   /0x5200201C/01*88 e',
  ),
  rom(
    'H7A3 with loader V9.0, whose strings are wrong',
    'H7A3/H7B3',
    [512 * KB, 256],
    NEWER,
    '@Internal Flash  /0x08000000/256*02Kg',
    '@Option Bytes /0x1FF8000/01*128 e',
    '@OTP Memory /0x1FF7000/01*1024 e',
  ),
  rom(
    'H7B0',
    'H7A3/H7B3',
    [2 * MB, 256],
    NEWER,
    '@Internal Flash   /0x08000000/256*08Kg',
    '@Option Bytes   /0x5200201C/01*297 e',
    '@OTP Memory   /0x08FFF000/01*1024 e',
  ),
  rom(
    'L072, which names no unit',
    'L07x/L08x',
    [192 * KB, 1536],
    OLDER,
    '@Internal Flash  /0x08000000/1536*128g',
    '@DATA Memory /0x08080000/2*3Ke',
    '@Option Bytes  /0x1FF80000/01*032 e',
  ),
  rom(
    'L476',
    'L47x/L48x',
    [512 * KB, 256],
    OLDER,
    '@Internal Flash  /0x08000000/0256*0002Kg',
    '@Option Bytes  /0x1FFF7800/01*040 e',
    '@OTP Memory /0x1FFF7000/01*0001Ke',
  ),
  rom(
    'L4R5',
    'L4R/L4S',
    [2 * MB, 512],
    OLDER,
    '@Internal Flash  /0x08000000/512*0004Kg',
    '@Option Bytes  /0x1FF00000/01*040 e/0x1FF01000/01*040 e',
    '@OTP Memory /0x1FFF7000/01*0001Ke',
  ),
  rom(
    'L5',
    'L5',
    [512 * KB, 256],
    NEWER,
    '@Internal Flash   /0x08000000/256*02Kg',
    '@Option Bytes   /0x40022040/01*48 e',
    '@OTP Memory   /0x1FFF7000/01*512 e',
  ),
  ...(
    [
      ['U575', 'U575/U585', 256],
      ['U5 of 1 MB', 'U575/U585', 128],
      ['U5A5', 'U59x/U5Ax', 512],
    ] as const
  ).map(([device, family, count]) =>
    rom(
      device,
      family,
      [count * 8 * KB, count],
      NEWER,
      `@Internal Flash   /0x08000000/${count}*08Kg`,
      '@Option Bytes   /0x40022040/01*64 e',
      '@OTP Memory   /0x0BFA0000/01*512 e',
    ),
  ),
  rom(
    'U083, whose unit is a dot',
    'U073/U083',
    [256 * KB, 128],
    NEWER,
    '@Internal Flash    /0x08000000/128*02Kg',
    '@OB Bytes          /0x40022020/01*136 e',
    '@OTP Memory        /0x1FFF6800/01*1024 e',
    '@ENGI Bytes        /0x1FFF6C00/01*1024.e',
  ),
  rom('WB55', 'WB5x/WB35', [MB, 256], NEWER, '@Internal Flash   /0x08000000/256*04Kg'),
];

/** What the engine makes of the bytes of a listing. */
async function recognised(listing: Listing): Promise<Recognition> {
  const device = new DescribedDevice(listing);
  const { identity } = device;
  const dfu = await readDfuFunction(device);
  if (dfu.mode !== 'bootloader') throw new Error(`no bootloader: ${dfu.mode}`);
  return recognise({
    ...identity,
    manufacturer: await readString(device, identity.manufacturerIndex),
    product: await readString(device, identity.productIndex),
    serial: await readString(device, identity.serialIndex),
    layouts: dfu.alternates.flatMap(({ alternate, name }) =>
      name === undefined ? [] : [{ alternate, text: name }],
    ),
    transferSize: dfu.transferSize,
    dfuVersion: dfu.dfuVersion,
  });
}

describe.each(ROMS)("ST's ROM on $device", ({ listing, family, flash }) => {
  it('has one interface with a setting for each memory', () => {
    const configuration = parseConfiguration(configurationOf(listing));
    expect(configuration).toMatchObject({ attributes: 0xc0, maxPower: 100, wellFormed: true });
    const [dfu, ...others] = configuration?.interfaces ?? [];
    expect(others).toEqual([]);
    expect(dfu?.alternates.map(({ alternate }) => alternate)).toEqual([...listing.names.keys()]);
    expect(dfu?.alternates.every((setting) => isDfu(setting) && setting.endpointCount === 0)).toBe(true);
    expect(dfu?.dfuFunctional).toEqual(listing.functional);
  });

  it('is a bootloader with these names, this transfer size and DfuSe', async () => {
    const dfu = await readDfuFunction(new DescribedDevice(listing));
    expect(dfu).toMatchObject({
      mode: 'bootloader',
      attributes: 0x0b,
      transferSize: listing.usbVersion === OLDER.usbVersion ? 2048 : 1024,
      dfuVersion: 0x011a,
      alternates: listing.names.map((name, alternate) => ({ alternate, name })),
    });
  });

  it('has layout strings that can be read, and flash as the first one says', () => {
    const layouts = listing.names.map((name) => parseLayout(name));
    expect(layouts.filter(({ ok }) => !ok)).toEqual([]);
    const [first] = layouts;
    if (!first?.ok) throw new Error('no layout');
    const sectors = sectorsOf(first.layout);
    expect([layoutSize(first.layout), sectors.length]).toEqual(flash);
    expect(sectors[0]?.address).toBe(0x0800_0000);
    expect(sectors.every(({ readable, erasable, writable }) => readable && erasable && writable)).toBe(true);
  });

  it('is recognised as one that may be of its family', async () => {
    const recognition = await recognised(listing);
    expect(recognition.kind).toBe('st-rom');
    const candidates = recognition.kind === 'st-rom' ? recognition.candidates : [];
    expect(candidates.map(({ family: { shortName } }) => shortName)).toContain(family);
  });
});

it.each([
  [2, 0x24],
  [4, 0x36],
])('the configuration of a ROM with %i memories has the length seen in dumps', (count, length) => {
  const found = ROMS.filter(({ listing }) => listing.names.length === count);
  expect(found.length).toBeGreaterThan(0);
  for (const { listing } of found) {
    const bytes = configurationOf(listing);
    expect([bytes[2], bytes.length]).toEqual([length, length]);
  }
});

describe('the stepping of an H743', () => {
  it.each([
    ['200364500000', 'V'],
    ['100364500000', 'Y'],
  ])('is read from serial number %s: %s', async (serial, letter) => {
    const listing = ROMS.find(({ device }) => device === 'H743')?.listing ?? { ...NEWER, names: [] };
    expect(await recognised({ ...listing, serial })).toMatchObject({ stepping: { letter } });
  });
});

describe('what is no ROM of ST is not taken for one:', () => {
  it.each<[string, Recognition['kind'], Listing]>([
    [
      'a GD32VF103, whose serial number is no UTF-16 and whose flash is a quarter of what it says',
      'clone',
      {
        ...OLDER,
        vendorId: 0x28e9,
        productId: 0x0189,
        serial: Buffer.from('3CBJ', 'latin1'),
        names: ['@Internal Flash  /0x08000000/512*002Kg', '@Option Bytes  /0x1FFFF800/01*016 g'],
      },
    ],
    [
      'an AT32F437, which protects its first sectors',
      'clone',
      {
        ...OLDER,
        vendorId: 0x2e3c,
        serial: 'AT32',
        names: ['@Internal Flash  /0x08000000/08*04Ka,1000*04Kg'],
      },
    ],
    [
      'an AT32F415',
      'clone',
      { ...OLDER, vendorId: 0x2e3c, serial: 'AT32', names: ['@Internal Flash  /0x08000000/128*1Kg'] },
    ],
    [
      'an APM32, whose address has seven digits',
      'clone',
      {
        ...OLDER,
        vendorId: 0x314b,
        productId: 0x0106,
        names: ['@Internal Flash  /0x8000000/06*002Kg,058*002Kg'],
      },
    ],
    ['an X32', 'clone', { ...OLDER, vendorId: 0x3997, names: ['@Internal Flash  /0x08000000/16*128Kg'] }],
    [
      'a CH58x, whose flash is at nought',
      'clone',
      { ...OLDER, names: ['@Internal Flash   /0x00000000/16*004Ka,096*04Kg'] },
    ],
    [
      'an application of CubeMX on F4',
      'other-dfuse',
      {
        ...NEWER,
        product: 'STM32 Downloader',
        names: [
          '@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg',
        ],
      },
    ],
    [
      'an application of CubeMX that borrows the name of a ROM',
      'other-dfuse',
      { ...NEWER, names: ['@Internal Flash   /0x08000000/06*002Ka,122*002Kg'] },
    ],
    [
      'SPRacing H7',
      'other-dfuse',
      { ...NEWER, names: ['@External Flash /0x90000000/998*128Kg,1*128Kg,4*128Kg,21*128Ka'] },
    ],
    [
      'SPRacing H7 of old',
      'other-dfuse',
      { ...NEWER, names: ['@External Flash /0x90000000/1001*128Kg,3*128Kg,20*128Ka'] },
    ],
    [
      'Daisy',
      'other-dfuse',
      {
        ...NEWER,
        product: 'Daisy Bootloader',
        names: ['@Flash /0x90000000/64*4Kg/0x90040000/60*64Kg/0x90400000/60*64Kg'],
      },
    ],
    [
      'Particle',
      'other-dfuse',
      {
        ...NEWER,
        vendorId: 0x2b04,
        productId: 0xd006,
        names: ['@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg'],
      },
    ],
    [
      'MicroPython mboot',
      'other-dfuse',
      {
        ...OLDER,
        manufacturer: 'MicroPython',
        product: 'Pyboard DFU',
        names: ['@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg'],
      },
    ],
    [
      'the ROM of an MP1, which has no internal flash',
      'plain-dfu',
      {
        ...NEWER,
        product: 'DFU in HS Mode @Device ID /0x500, @Revision ID /0x0000',
        functional: functional(1024, 0x0110),
        names: ['@FSBL /0x01/1*1Me'],
      },
    ],
    [
      'Maple, which speaks no DfuSe',
      'plain-dfu',
      {
        usbVersion: 0x0110,
        deviceVersion: 0x0201,
        vendorId: 0x1eaf,
        productId: 0x0003,
        functional: functional(1024, 0x0110),
        names: [
          'STM32duino bootloader v1.0  ERROR. Upload to RAM not supported.',
          'STM32duino bootloader v1.0  Upload to Flash 0x8005000',
          'STM32duino bootloader v1.0  Upload to Flash 0x8002000',
        ],
      },
    ],
    [
      "a small bootloader with ST's USB ID, which speaks no DfuSe and names nothing",
      'plain-dfu',
      { usbVersion: 0x0110, deviceVersion: 0x0100, functional: functional(1024, 0x0100), names: [''] },
    ],
  ])('%s', async (_, kind, listing) => {
    const recognition = await recognised(listing);
    expect(recognition.kind).toBe(kind);
    expect(recognition.evidence.length).toBeGreaterThan(0);
  });

  it('the serial number of a GD32VF103 is read all the same', async () => {
    const device = new DescribedDevice({ ...OLDER, serial: Buffer.from('3CBJ', 'latin1'), names: [] });
    expect(await readString(device, device.identity.serialIndex)).toBe('3CBJ');
  });
});

describe('a functional descriptor', () => {
  const names = ['@Internal Flash  /0x08000000/128*002Kg'];
  const dfuOf = (bytes: Uint8Array | undefined) =>
    readDfuFunction(new DescribedDevice({ ...OLDER, functional: bytes, names }));

  it('without a transfer size gets one that every loader takes', async () => {
    expect(await dfuOf(functional(0))).toMatchObject({ mode: 'bootloader', transferSize: 1024 });
    expect(await dfuOf(undefined)).toMatchObject({ mode: 'bootloader', transferSize: 1024, dfuVersion: 0 });
  });

  it('of DFU 1.0 has no version, and is no DfuSe', async () => {
    const dfu = await dfuOf(Uint8Array.of(7, 0x21, 0x03, 0xff, 0x00, 0x00, 0x08));
    expect(dfu).toMatchObject({ transferSize: 2048, dfuVersion: 0 });
    expect(dfu.mode === 'bootloader' && isDfuSe(dfu.dfuVersion)).toBe(false);
  });

  it('is not that of a keyboard beside it', async () => {
    const hid = Uint8Array.of(
      9,
      4,
      0,
      0,
      1,
      3,
      1,
      1,
      0,
      9,
      0x21,
      0x11,
      1,
      0,
      1,
      0x22,
      63,
      0,
      7,
      5,
      0x81,
      3,
      8,
      0,
      10,
    );
    const keyboard = {
      ...NEWER,
      others: hid,
      protocol: 1,
      functional: functional(1024, 0x0110, 0x09),
      names: [''],
    };
    expect(await readDfuFunction(new DescribedDevice(keyboard))).toEqual({
      mode: 'run-time',
      interfaceNumber: 1,
      attributes: 0x09,
      detachTimeout: 255,
    });
  });
});
