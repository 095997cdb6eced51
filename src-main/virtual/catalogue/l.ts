/** STM32L0 and L4: small pages, and a loader that stalls when it is polled before the time it reports too short. */
import type { DeviceDefinition } from '../definition.ts';
import { L0_TIMING, L4_TIMING } from '../timing.ts';
import {
  bank,
  chip,
  CLASSIC_USB,
  FLASH_START,
  KB,
  L4_LOADER,
  MB,
  nothingProtected,
  region,
  sectors,
  UNIQUE_ID_SERIAL,
} from './parts.ts';

export const l072: DeviceDefinition = {
  name: 'l072',
  description: 'STM32L072, 192 KB in pages of 128 bytes: erased cells are 0x00',
  deviceId: 0x447,
  usb: {
    ...CLASSIC_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: [
      '@Internal Flash  /0x08000000/1536*128g',
      '@DATA Memory /0x08080000/2*3Ke',
      '@Option Bytes  /0x1FF80000/01*032 e',
    ],
  },
  chip: chip(0x447, {
    banks: [bank(FLASH_START, { count: 1536, size: 128 })],
    alignment: 4,
    addressableFlash: 192 * KB,
    regions: [region('eeprom', 0x08080000, 6 * KB), region('option-bytes', 0x1ff80000, 32)],
    protectionByte: 0x1ff80000,
    // Each half is followed by its complement: no brown-out reset, nothing protected.
    optionWords: [
      [0x1ff80000, 0xff5500aa],
      [0x1ff80004, 0x7f8f8070],
      [0x1ff80008, 0xffff0000],
      [0x1ff8000c, 0xffff0000],
      [0x1ff80010, 0xffff0000],
    ],
    bootloaderId: 0xb2,
  }),
  loader: L4_LOADER,
  timing: L0_TIMING,
};

/** RDP is the first option byte (RM0351 §3.4.1), on L4R too. */
export const l476: DeviceDefinition = {
  name: 'l476',
  description: 'STM32L476, 512 KB: garbles blocks above 256 bytes that are no multiple of 8',
  deviceId: 0x415,
  usb: {
    ...CLASSIC_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: [
      '@Internal Flash  /0x08000000/0256*0002Kg',
      '@Option Bytes  /0x1FFF7800/01*040 e',
      '@OTP Memory /0x1FFF7000/01*0001Ke',
    ],
  },
  chip: chip(0x415, {
    banks: [bank(FLASH_START, sectors(128, 2)), bank(FLASH_START + 256 * KB, sectors(128, 2))],
    alignment: 8,
    addressableFlash: 512 * KB,
    regions: [region('option-bytes', 0x1fff7800, 40), region('otp', 0x1fff7000, KB)],
    protectionByte: 0x1fff7800,
    optionWords: [[0x1fff7800, 0xffeff8aa], ...nothingProtected(0x1fff7800)],
    bootloaderId: 0x92,
  }),
  loader: { ...L4_LOADER, garblesBlocksAbove: 256 },
  timing: L4_TIMING,
};

export const l4r5: DeviceDefinition = {
  name: 'l4r5',
  description: 'STM32L4R5, 2 MB in pages of 4 KB',
  deviceId: 0x470,
  usb: {
    ...CLASSIC_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: [
      '@Internal Flash  /0x08000000/512*0004Kg',
      '@Option Bytes  /0x1FF00000/01*040 e/0x1FF01000/01*040 e',
      '@OTP Memory /0x1FFF7000/01*0001Ke',
    ],
  },
  chip: chip(0x470, {
    banks: [bank(FLASH_START, sectors(256, 4)), bank(FLASH_START + MB, sectors(256, 4))],
    alignment: 8,
    addressableFlash: 2 * MB,
    regions: [
      region('option-bytes', 0x1ff00000, 40),
      region('option-bytes', 0x1ff01000, 40),
      region('otp', 0x1fff7000, KB),
    ],
    protectionByte: 0x1ff00000,
    optionWords: [[0x1ff00000, 0xffeff8aa], ...nothingProtected(0x1ff00000), ...nothingProtected(0x1ff01000)],
    bootloaderId: 0x95,
  }),
  loader: L4_LOADER,
  timing: L4_TIMING,
};
