/**
 * A clone of ST's loader with its own mistakes, after the GD32VF103 (a RISC-V chip, as found on small boards): a serial
 * in the wrong encoding, a layout string for another chip, a mass erase that fails, and it leaves without being asked
 * for its status. Sources: dfu-util's quirks, fwupd's quirks, logs of gd32-dfu-utils#3 and #5.
 */
import type { DeviceDefinition } from '../definition.ts';
import { GD32_TIMING } from '../timing.ts';
import { bank, CLASSIC_LOADER, CLASSIC_USB, FLASH_START, KB, MB, region, sectors } from './parts.ts';

export const gd32vf103: DeviceDefinition = {
  name: 'gd32vf103',
  description: 'GD32VF103, 128 KB: a clone that claims 512 sectors of 2 KB and has 128 of 1 KB',
  deviceId: 0x410,
  usb: {
    ...CLASSIC_USB,
    vendorId: 0x28e9,
    productId: 0x0189,
    usbVersion: 0x0200,
    deviceVersion: 0x1000,
    manufacturer: 'GDMicroelectronics',
    product: 'GD32 0x418 DFU Bootloader',
    // Third character: B means 128 pages of 1 KB.
    serial: { utf8: '3CBJ' },
    alternates: ['@Internal Flash  /0x08000000/512*002Kg', '@Option Bytes  /0x1FFFF800/01*016 g'],
  },
  chip: {
    banks: [bank(FLASH_START, sectors(128, 1))],
    erasedValue: 0xff,
    alignment: 4,
    addressableFlash: MB,
    regions: [
      region('option-bytes', 0x1ffff800, 16),
      region('rom', 0x1fffb000, 0x4800),
      region('ram', 0x20000000, 32 * KB),
    ],
    flashSizeRegister: 0x1ffff7e0,
    uniqueIdRegister: 0x1ffff7e8,
    bootloaderId: undefined,
  },
  loader: {
    ...CLASSIC_LOADER,
    firstContact: 'firmware-error',
    clearStatusElsewhere: 'ignored',
    massErase: 'fails',
    leaves: 'without-status',
  },
  timing: GD32_TIMING,
};
