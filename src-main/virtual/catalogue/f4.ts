/** STM32F4 with the layout strings their ROMs show, and the sectors that are really there. */
import type { DeviceDefinition } from '../definition.ts';
import { F4_TIMING } from '../timing.ts';
import {
  bank,
  CLASSIC_USB,
  F4_LOADER,
  F4_SERIAL,
  FLASH_START,
  KB,
  MB,
  ram,
  region,
  rom,
  sectors,
} from './parts.ts';

/**
 * System memory, OTP with the unique ID and size register behind it, option bytes, supply voltage. Reading 12 bytes at
 * the unique ID gives none and no error, a read that starts in the OTP goes through (community 536714, stm32loader#43).
 */
const F4_REGIONS = [
  { ...region('rom', 0x1fff7a10, 0x1fff7aff), reading: 'empty' },
  region('otp', 0x1fff7800, 0x1fff7aff),
  rom(0x1fff0000, 0x1fff77ff),
  region('option-bytes', 0x1fffc000, 0x1fffc00f),
  region('feature', 0xffff0000, 0xffff0003),
] as const;

const F4_REGISTERS = {
  flashSizeRegister: 0x1fff7a22,
  uniqueIdRegister: 0x1fff7a10,
  protectionByte: 0x1fffc001,
} as const;

const F4_ALTERNATES = [
  '@Option Bytes  /0x1FFFC000/01*016 e',
  '@OTP Memory /0x1FFF7800/01*512 e,01*016 e',
  '@Device Feature/0xFFFF0000/01*004 e',
] as const;

export const f405: DeviceDefinition = {
  name: 'f405',
  description: 'STM32F405, 1 MB; comes up in dfuERROR and reports poll times far too long',
  deviceId: 0x413,
  usb: {
    ...CLASSIC_USB,
    serial: F4_SERIAL,
    alternates: ['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg', ...F4_ALTERNATES],
  },
  chip: {
    banks: [bank(FLASH_START, sectors(4, 16), sectors(1, 64), sectors(7, 128))],
    erasedValue: 0xff,
    alignment: 4,
    addressableFlash: MB,
    regions: [...F4_REGIONS, ram(0x20003000, 0x2001ffff)],
    ...F4_REGISTERS,
    bootloaderId: { address: 0x1fff77de, value: 0x91 },
  },
  loader: F4_LOADER,
  timing: F4_TIMING,
};

export const f411: DeviceDefinition = {
  name: 'f411',
  description: 'STM32F411, 512 KB',
  deviceId: 0x431,
  usb: {
    ...CLASSIC_USB,
    serial: 'STM32FxSTM32',
    alternates: ['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg', ...F4_ALTERNATES],
  },
  chip: {
    banks: [bank(FLASH_START, sectors(4, 16), sectors(1, 64), sectors(3, 128))],
    erasedValue: 0xff,
    alignment: 4,
    addressableFlash: 512 * KB,
    regions: [...F4_REGIONS, ram(0x20003000, 0x2001ffff)],
    ...F4_REGISTERS,
    bootloaderId: { address: 0x1fff76de, value: 0xd0 },
  },
  loader: F4_LOADER,
  timing: F4_TIMING,
};

const F427_HALF = [sectors(4, 16), sectors(1, 64), sectors(7, 128)] as const;

export const f427: DeviceDefinition = {
  name: 'f427',
  description: 'STM32F427, 2 MB in two banks',
  deviceId: 0x419,
  usb: {
    ...CLASSIC_USB,
    serial: F4_SERIAL,
    alternates: [
      '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg',
      '@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e',
      ...F4_ALTERNATES.slice(1),
    ],
  },
  chip: {
    banks: [bank(FLASH_START, ...F427_HALF), bank(FLASH_START + MB, ...F427_HALF)],
    erasedValue: 0xff,
    alignment: 4,
    addressableFlash: 2 * MB,
    regions: [...F4_REGIONS, region('option-bytes', 0x1ffec000, 0x1ffec00f), ram(0x20003000, 0x2002ffff)],
    ...F4_REGISTERS,
    bootloaderId: { address: 0x1fff76de, value: 0x91 },
  },
  loader: F4_LOADER,
  timing: F4_TIMING,
};
