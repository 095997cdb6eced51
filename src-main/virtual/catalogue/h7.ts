/**
 * STM32H7. The loader's version decides how an erase in bank 2 ends (AN2606 table 136 and field reports): 0xD2 and 0x92
 * well, 0x90 never as far as it says, 0x91 before it is over.
 */
import type { DeviceDefinition, EraseDefect, LoaderModel } from '../definition.ts';
import { H7_TIMING } from '../timing.ts';
import { bank, chip, FLASH_START, MB, MODERN_LOADER, MODERN_USB, region, sectors } from './parts.ts';

const BANK_2 = { start: FLASH_START + MB, end: FLASH_START + 2 * MB };
const H7_LAYOUT = '@Internal Flash   /0x08000000/16*128Kg';
/** On these chips the serial is DBGMCU_IDCODE: the stepping, the same on every chip of it. */
const SERIAL_REV_Y = '100364500000';
const SERIAL_REV_V = '200364500000';

const H7_LOADER: LoaderModel = { ...MODERN_LOADER, whileBusy: 'holds-first' };

/** FLASH_OPTSR_CUR is the first word the loader shows; RDP is its second byte (RM0433 §4.9.9). */
const PROTECTION_BYTE = 0x5200201d;
/** As they leave the factory (RM0433, RM0468): no areas, start at 0x08000000, else in the bootloader. */
const OPTION_WORDS = [
  [0x5200201c, 0x13c6aaf0],
  [0x52002020, 0x13c6aaf0],
  [0x52002028, 0x000000ff],
  [0x5200202c, 0x000000ff],
  [0x52002030, 0x000000ff],
  [0x52002034, 0x000000ff],
  [0x52002040, 0x1ff00800],
  [0x52002044, 0x1ff00800],
] as const;
const SECTOR_PROTECTION = 0x52002038;
/** From V9.1 on the loader leaves the AXI RAM free from here; its family's table has what all versions leave. */
const AXI_RAM_FROM_V91 = region('ram', 0x24005000, 0x7b000);

interface Stepping {
  readonly name: string;
  readonly description: string;
  readonly serial: string;
  readonly bootloaderId: number;
  readonly loader?: Partial<LoaderModel>;
}

function h743(stepping: Stepping): DeviceDefinition {
  const { name, description, serial, bootloaderId, loader } = stepping;
  const leavesMoreRam = bootloaderId === 0x91 || bootloaderId === 0x92;
  return {
    name,
    description,
    deviceId: 0x450,
    usb: { ...MODERN_USB, serial, alternates: [H7_LAYOUT, '@Option Bytes   /0x5200201C/01*128 e'] },
    chip: chip(0x450, {
      banks: [bank(FLASH_START, sectors(8, 128)), bank(BANK_2.start, sectors(8, 128))],
      alignment: 32,
      addressableFlash: 2 * MB,
      regions: [region('option-bytes', 0x5200201c, 128), ...(leavesMoreRam ? [AXI_RAM_FROM_V91] : [])],
      protectionByte: PROTECTION_BYTE,
      optionWords: OPTION_WORDS,
      sectorProtectionWord: SECTOR_PROTECTION,
      bootloaderId,
    }),
    loader: { ...H7_LOADER, ...loader },
    timing: H7_TIMING,
  };
}

function inBank2(kind: 'busy-for-ever' | 'returns-too-early'): readonly EraseDefect[] {
  return [{ kind, range: BANK_2 }];
}

export const h743YD2 = h743({
  name: 'h743-y-0xd2',
  description: 'STM32H743 revision Y, bootloader 0xD2: erases both banks as documented',
  serial: SERIAL_REV_Y,
  bootloaderId: 0xd2,
});

export const h743YD3 = h743({
  name: 'h743-y-0xd3',
  description: 'STM32H743 revision Y, bootloader 0xD3: mass erase does nothing',
  serial: SERIAL_REV_Y,
  bootloaderId: 0xd3,
  loader: { massErase: 'does-nothing' },
});

export const h743V90 = h743({
  name: 'h743-v-0x90',
  description: 'STM32H743 revision V, bootloader 0x90: erase in bank 2 never reports its end, leave locks up',
  serial: SERIAL_REV_V,
  bootloaderId: 0x90,
  loader: { eraseDefects: inBank2('busy-for-ever'), afterLeave: 'locks-up' },
});

export const h743V91 = h743({
  name: 'h743-v-0x91',
  description: 'STM32H743 revision V, bootloader 0x91: erase in bank 2 reports its end too early',
  serial: SERIAL_REV_V,
  bootloaderId: 0x91,
  loader: { eraseDefects: inBank2('returns-too-early') },
});

export const h743V92 = h743({
  name: 'h743-v-0x92',
  description: 'STM32H743 revision V, bootloader 0x92: bank 2 as documented',
  serial: SERIAL_REV_V,
  bootloaderId: 0x92,
});

export const h750: DeviceDefinition = {
  ...h743V92,
  name: 'h750',
  description: 'STM32H750: shows sixteen sectors of 128 KB and has one',
  chip: { ...h743V92.chip, banks: [bank(FLASH_START, sectors(1, 128))] },
};

export const h723: DeviceDefinition = {
  name: 'h723',
  description: 'STM32H723, 1 MB in one bank',
  deviceId: 0x483,
  usb: {
    ...MODERN_USB,
    serial: '3560376F3431',
    alternates: ['@Internal Flash   /0x08000000/8*128Kg', '@Option Bytes   /0x5200201C/01*88 e'],
  },
  chip: chip(0x483, {
    banks: [bank(FLASH_START, sectors(8, 128))],
    alignment: 32,
    addressableFlash: MB,
    regions: [region('option-bytes', 0x5200201c, 88)],
    protectionByte: PROTECTION_BYTE,
    optionWords: OPTION_WORDS,
    sectorProtectionWord: SECTOR_PROTECTION,
    bootloaderId: 0x93,
  }),
  loader: H7_LOADER,
  timing: H7_TIMING,
};
