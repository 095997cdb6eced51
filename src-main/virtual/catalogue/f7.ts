/** STM32F7: larger sectors; their loaders are deaf while they erase. */
import type { DeviceDefinition, LoaderModel } from '../definition.ts';
import { F7_TIMING } from '../timing.ts';
import {
  bank,
  chip,
  CLASSIC_USB,
  F4_LOADER,
  FLASH_START,
  MB,
  region,
  sectors,
  UNIQUE_ID_SERIAL,
} from './parts.ts';

/** Coming up in dfuERROR was seen on F3 and F4 only. */
const F7_LOADER: LoaderModel = { ...F4_LOADER, firstContact: 'idle' };

/** Reading DBGMCU hangs the loader (community 814979). Option bytes: RDP is the second one (RM0410 §3.7.9). */
const F7_CHIP = {
  protectionByte: 0x1fff0001,
  regions: [region('option-bytes', 0x1fff0000, 0x2c), { ...region('rom', 0xe0042000, 4), reading: 'hangs' }],
} as const;

/** The strings of the other alternates are not published. */
export const f746: DeviceDefinition = {
  name: 'f746',
  description: 'STM32F746, 1 MB: a GETSTATUS takes as long as the erase',
  deviceId: 0x449,
  usb: {
    ...CLASSIC_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: ['@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg'],
  },
  chip: chip(0x449, {
    ...F7_CHIP,
    banks: [bank(FLASH_START, sectors(4, 32), sectors(1, 128), sectors(3, 256))],
    alignment: 16,
    addressableFlash: MB,
    bootloaderId: 0x90,
  }),
  loader: F7_LOADER,
  timing: F7_TIMING,
};

export const f767: DeviceDefinition = {
  name: 'f767',
  description: 'STM32F767, 2 MB in one bank',
  deviceId: 0x451,
  usb: {
    ...CLASSIC_USB,
    serial: UNIQUE_ID_SERIAL,
    alternates: ['@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg'],
  },
  chip: chip(0x451, {
    ...F7_CHIP,
    banks: [bank(FLASH_START, sectors(4, 32), sectors(1, 128), sectors(7, 256))],
    alignment: 32,
    addressableFlash: 2 * MB,
    bootloaderId: 0x93,
  }),
  loader: F7_LOADER,
  timing: F7_TIMING,
};

const DUAL_BANK = [sectors(4, 16), sectors(1, 64), sectors(7, 128)] as const;
const BANK_2 = { start: FLASH_START + MB, end: FLASH_START + 2 * MB };

/** What its layout string says in this mode is not published: assumed to be right. */
export const f767DualBank: DeviceDefinition = {
  ...f767,
  name: 'f767-dual-bank',
  description: 'STM32F767, 2 MB in two banks: an erase in the second one hits the fourth sector behind',
  usb: {
    ...f767.usb,
    alternates: ['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg'],
  },
  chip: { ...f767.chip, banks: [bank(FLASH_START, ...DUAL_BANK), bank(BANK_2.start, ...DUAL_BANK)] },
  loader: { ...F7_LOADER, eraseDefects: [{ kind: 'hits-other-sector', offset: 4, range: BANK_2 }] },
};
