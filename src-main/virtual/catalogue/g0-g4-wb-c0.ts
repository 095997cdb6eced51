/** STM32G0, G4, WB and C0: pages of 2 or 4 KB behind the newer loader. RDP is the first option byte on all of them. */
import type { DeviceDefinition } from '../definition.ts';
import { G_TIMING } from '../timing.ts';
import {
  bank,
  chip,
  FLASH_START,
  KB,
  MB,
  MODERN_LOADER,
  MODERN_USB,
  nothingProtected,
  region,
  sectors,
  UNIQUE_ID_SERIAL,
} from './parts.ts';

export const g0b1: DeviceDefinition = {
  name: 'g0b1',
  description: 'STM32G0B1, 128 KB: shows its flash under three alternate settings',
  deviceId: 0x467,
  usb: {
    ...MODERN_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: Array<string>(3).fill('@Internal Flash   /0x08000000/64*02Kg'),
  },
  chip: chip(0x467, {
    banks: [bank(FLASH_START, sectors(64, 2))],
    alignment: 8,
    addressableFlash: 128 * KB,
    regions: [region('option-bytes', 0x1fff7800, 0x74)],
    protectionByte: 0x1fff7800,
    bootloaderId: 0x92,
  }),
  loader: MODERN_LOADER,
  timing: G_TIMING,
};

/** Nothing is readable from 0x1FFF7400 on but the option bytes (community 30843). */
export const g474: DeviceDefinition = {
  name: 'g474',
  description: 'STM32G474, 512 KB: stalls blocks above 1024 bytes, unique ID not readable',
  deviceId: 0x469,
  usb: {
    ...MODERN_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: [
      '@Internal Flash   /0x08000000/256*02Kg',
      '@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e',
      '@OTP Memory   /0x1FFF7000/01*1024 e',
    ],
  },
  chip: chip(0x469, {
    banks: [bank(FLASH_START, sectors(128, 2)), bank(FLASH_START + 256 * KB, sectors(128, 2))],
    alignment: 8,
    addressableFlash: 512 * KB,
    regions: [
      region('option-bytes', 0x1fff7800, 48),
      region('option-bytes', 0x1ffff800, 48),
      region('otp', 0x1fff7000, KB),
      { ...region('rom', 0x1fff7400, KB), reading: 'refused' },
    ],
    protectionByte: 0x1fff7800,
    optionWords: [
      [0x1fff7800, 0xffeff8aa],
      [0x1fff7828, 0xff00ff00],
      ...nothingProtected(0x1fff7800),
      ...nothingProtected(0x1ffff800),
    ],
    bootloaderId: 0xd5,
  }),
  loader: MODERN_LOADER,
  timing: G_TIMING,
};

export const wb55: DeviceDefinition = {
  name: 'wb55',
  description: 'STM32WB55, 1 MB in pages of 4 KB',
  deviceId: 0x495,
  usb: {
    ...MODERN_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: ['@Internal Flash   /0x08000000/256*04Kg'],
  },
  chip: chip(0x495, {
    banks: [bank(FLASH_START, sectors(256, 4))],
    alignment: 8,
    addressableFlash: MB,
    regions: [region('option-bytes', 0x1fff8000, 0x80)],
    protectionByte: 0x1fff8000,
    bootloaderId: 0xd5,
  }),
  loader: MODERN_LOADER,
  timing: G_TIMING,
};

/** No listing of a C071 is published: its layout string is assumed to be like G0's. */
export const c071: DeviceDefinition = {
  name: 'c071',
  description: 'STM32C071, 128 KB',
  deviceId: 0x493,
  usb: {
    ...MODERN_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: ['@Internal Flash   /0x08000000/64*02Kg'],
  },
  chip: chip(0x493, {
    banks: [bank(FLASH_START, sectors(64, 2))],
    alignment: 16,
    addressableFlash: 128 * KB,
    regions: [region('option-bytes', 0x1fff7800, 0x74)],
    protectionByte: 0x1fff7800,
    bootloaderId: 0xd1,
  }),
  loader: MODERN_LOADER,
  timing: G_TIMING,
};
