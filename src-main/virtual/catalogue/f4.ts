/** STM32F4 with the layout strings their ROMs show, and the sectors that are really there. */
import type { DeviceDefinition } from '../definition.ts';
import { F4_TIMING } from '../timing.ts';
import {
  bank,
  chip,
  CLASSIC_USB,
  F4_LOADER,
  FLASH_START,
  KB,
  MB,
  region,
  sectors,
  UNIQUE_ID_SERIAL,
} from './parts.ts';

const ALTERNATES = [
  '@Option Bytes  /0x1FFFC000/01*016 e',
  '@OTP Memory /0x1FFF7800/01*512 e,01*016 e',
  '@Device Feature/0xFFFF0000/01*004 e',
] as const;

/**
 * Reading 12 bytes at the unique ID gives none and no error, a read that starts in the OTP before it goes through
 * (community 536714, stm32loader#43).
 */
const REGIONS = [
  { ...region('rom', 0x1fff7a10, 0xf0), reading: 'empty' },
  region('otp', 0x1fff7800, 0x300),
  region('option-bytes', 0x1fffc000, 16),
  region('feature', 0xffff0000, 4),
] as const;

/** As they leave the factory (RM0090 table 15). */
const F4_OPTIONS = [[0x1fffc000, 0xffffaaed]] as const;

/** What every F4 of this table has: RDP is the second option byte (RM0090 §3.9.10). */
const F4_CHIP = {
  alignment: 4,
  protectionByte: 0x1fffc001,
  sectorProtectionWord: 0x1fffc008,
  optionWords: F4_OPTIONS,
  regions: REGIONS,
} as const;
const MEGABYTE = [sectors(4, 16), sectors(1, 64), sectors(7, 128)] as const;
const HALF_MEGABYTE = [sectors(4, 16), sectors(1, 64), sectors(3, 128)] as const;

export const f405: DeviceDefinition = {
  name: 'f405',
  description: 'STM32F405, 1 MB: comes up in dfuERROR and reports poll times far too long',
  deviceId: 0x413,
  usb: {
    ...CLASSIC_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: ['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg', ...ALTERNATES],
  },
  chip: chip(0x413, {
    ...F4_CHIP,
    banks: [bank(FLASH_START, ...MEGABYTE)],
    addressableFlash: MB,
    bootloaderId: 0x91,
  }),
  loader: F4_LOADER,
  timing: F4_TIMING,
};

export const f411: DeviceDefinition = {
  name: 'f411',
  description: 'STM32F411, 512 KB: the serial is the same on every chip',
  deviceId: 0x431,
  usb: {
    ...CLASSIC_USB,
    serial: 'STM32FxSTM32',
    alternates: ['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg', ...ALTERNATES],
  },
  chip: chip(0x431, {
    ...F4_CHIP,
    banks: [bank(FLASH_START, ...HALF_MEGABYTE)],
    addressableFlash: 512 * KB,
    bootloaderId: 0xd0,
  }),
  loader: F4_LOADER,
  timing: F4_TIMING,
};

export const f427: DeviceDefinition = {
  name: 'f427',
  description: 'STM32F427, 2 MB in two banks',
  deviceId: 0x419,
  usb: {
    ...CLASSIC_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: [
      '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg',
      '@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e',
      ...ALTERNATES.slice(1),
    ],
  },
  chip: chip(0x419, {
    ...F4_CHIP,
    regions: [...REGIONS, region('option-bytes', 0x1ffec000, 16)],
    optionWords: [...F4_OPTIONS, [0x1ffec008, 0xffff0fff]],
    banks: [bank(FLASH_START, ...MEGABYTE), bank(FLASH_START + MB, ...MEGABYTE)],
    addressableFlash: 2 * MB,
    bootloaderId: 0x91,
  }),
  loader: F4_LOADER,
  timing: F4_TIMING,
};

const SECOND_HALF = FLASH_START + 512 * KB;

/** What its layout string says in this mode is not published: assumed to be the one of a part of 2 MB. */
export const f427Db1m: DeviceDefinition = {
  ...f427,
  name: 'f427-db1m',
  description: 'STM32F427, 1 MB organised as two banks: erasing in the second one does nothing',
  chip: {
    ...f427.chip,
    banks: [bank(FLASH_START, ...HALF_MEGABYTE), bank(SECOND_HALF, ...HALF_MEGABYTE)],
    // DB1M beside nWRP.
    optionWords: [...F4_OPTIONS, [0x1fffc008, 0xffff4fff], [0x1ffec008, 0xffff0fff]],
  },
  loader: {
    ...F4_LOADER,
    eraseDefects: [{ kind: 'not-functional', range: { start: SECOND_HALF, end: FLASH_START + MB } }],
  },
};
