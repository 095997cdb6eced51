/** STM32U5, H5 and C5: sectors of 8 KB, programmed by 16 bytes. */
import type { DeviceDefinition } from '../definition.ts';
import { U5_TIMING } from '../timing.ts';
import {
  bank,
  chip,
  FLASH_START,
  KB,
  MB,
  MODERN_LOADER,
  MODERN_USB,
  region,
  sectors,
  UNIQUE_ID_SERIAL,
} from './parts.ts';

export const u575: DeviceDefinition = {
  name: 'u575',
  description: 'STM32U575, 2 MB: under read protection it acknowledges writes and drops them',
  deviceId: 0x482,
  usb: {
    ...MODERN_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: [
      '@Internal Flash   /0x08000000/256*08Kg',
      '@Option Bytes   /0x40022040/01*64 e',
      '@OTP Memory   /0x0BFA0000/01*512 e',
    ],
  },
  chip: chip(0x482, {
    banks: [bank(FLASH_START, sectors(128, 8)), bank(FLASH_START + MB, sectors(128, 8))],
    alignment: 16,
    addressableFlash: 2 * MB,
    regions: [region('option-bytes', 0x40022040, 64), region('otp', 0x0bfa0000, 512)],
    protectionByte: 0x40022040,
    // TrustZone off, start at 0x08000000, else in the bootloader; no pages protected.
    optionWords: [
      [0x40022040, 0x1feff8aa],
      [0x40022044, 0x0800007f],
      [0x40022048, 0x0bf9007f],
      ...[0x40022058, 0x4002205c, 0x40022068, 0x4002206c].map((at) => [at, 0xff80ffff] as const),
    ],
    bootloaderId: 0x93,
  }),
  loader: { ...MODERN_LOADER, protectedWrites: 'dropped' },
  timing: U5_TIMING,
};

/** No READ_UNPROTECT; after leave the core locks up (one board, seen by a debugger). */
export const h563: DeviceDefinition = {
  name: 'h563',
  description: 'STM32H563, 2 MB: locks up when it is told to start the application',
  deviceId: 0x484,
  usb: {
    ...MODERN_USB,
    deviceVersion: 0x0300,
    serial: UNIQUE_ID_SERIAL,
    alternates: ['@Internal Flash   /0x08000000/256*08Kg'],
  },
  chip: chip(0x484, {
    banks: [bank(FLASH_START, sectors(128, 8)), bank(FLASH_START + MB, sectors(128, 8))],
    alignment: 16,
    addressableFlash: 2 * MB,
    regions: [region('option-bytes', 0x40022050, 0xb0), region('option-bytes', 0x400221e0, 0x20)],
    bootloaderId: 0xe5,
  }),
  loader: { ...MODERN_LOADER, commands: [0x00, 0x21, 0x41], afterLeave: 'locks-up' },
  timing: U5_TIMING,
};

export const c5: DeviceDefinition = {
  name: 'c5',
  description: 'STM32C5, 512 KB: stalls CLRSTATUS outside dfuERROR, layout strings with fractions',
  deviceId: 0x44e,
  usb: {
    ...MODERN_USB,
    deviceVersion: 0x0300,
    serial: UNIQUE_ID_SERIAL,
    alternates: [
      '@Internal Flash /0x08000000/64*08Kg',
      '@Option Bytes /0x40022050/01*432e',
      '@OTP Memory /0x08FFE000/04.5*01Kg',
      '@Read only Memory /0x08FFF800/01.5*01Kg',
      '@ENGI Memory /0x40022400/01*01Kg',
    ],
  },
  chip: chip(0x44e, {
    banks: [bank(FLASH_START, sectors(32, 8)), bank(FLASH_START + 256 * KB, sectors(32, 8))],
    alignment: 16,
    addressableFlash: 512 * KB,
    regions: [
      region('option-bytes', 0x40022050, 432),
      region('otp', 0x08ffe000, 4.5 * KB),
      region('rom', 0x08fff800, 1.5 * KB),
      region('rom', 0x40022400, KB),
    ],
    // Level 0, no banks swapped, start at 0x08000000.
    optionWords: [
      [0x40022050, 0x1070edf8],
      [0x40022080, 0x080000c3],
    ],
    bootloaderId: 0x101,
  }),
  loader: {
    ...MODERN_LOADER,
    commands: [0x00, 0x21, 0x41],
    clearStatusElsewhere: 'stalls',
    answersFunctionalDescriptor: false,
  },
  timing: U5_TIMING,
};
