/**
 * What the USB side of ST's loaders has in common across families. There are two generations: the older ones call
 * themselves `STM32 BOOTLOADER` and take blocks of 2048 bytes, the newer ones `DFU in FS Mode` and 1024 bytes.
 * Source: published `dfu-util -l` and `lsusb` listings.
 */
export const OLDER_ROM = {
  productStrings: ['STM32  BOOTLOADER', 'STM32 BOOTLOADER'],
  transferSize: 2048,
} as const;

export const NEWER_ROM = {
  productStrings: ['DFU in FS Mode'],
  transferSize: 1024,
} as const;
