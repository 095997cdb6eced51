/** What definitions of virtual devices share. Everything here is a fact of several chips at once. */
import { DFUSE_VERSION } from '../../dfuse/protocol.ts';
import type { Bank } from '../../stm32/family.ts';
import type { LoaderModel } from '../definition.ts';
import type { DfuInterface, UsbDescription } from '../descriptors.ts';
import type { Region, RegionKind } from '../memory-map.ts';

export const KB = 1024;
export const MB = 1024 * KB;
export const FLASH_START = 0x0800_0000;

/** A run of `count` sectors of `kilobytes` KB. */
export function sectors(count: number, kilobytes: number): Bank['runs'][number] {
  return { count, size: kilobytes * KB };
}

export function bank(start: number, ...runs: Bank['runs']): Bank {
  return { start, runs };
}

/** `first` and `last` are both inside, as ST prints ranges. */
export function region(kind: RegionKind, first: number, last: number): Region {
  return { kind, start: first, size: last + 1 - first };
}

export const ram = (first: number, last: number): Region => region('ram', first, last);
export const rom = (first: number, last: number): Region => region('rom', first, last);

/** bmAttributes 0x0B: dnload, upload, will detach, not manifestation tolerant (lsusb dumps). */
const ROM_ATTRIBUTES = 0x0b;

export function romInterface(transferSize: number): DfuInterface {
  return {
    protocol: 2,
    attributes: ROM_ATTRIBUTES,
    detachTimeout: 255,
    transferSize,
    version: DFUSE_VERSION,
  };
}

/** The older loaders: F1 to F4, F7, L0, L4 (dumps in the community). */
export const CLASSIC_USB = {
  vendorId: 0x0483,
  productId: 0xdf11,
  usbVersion: 0x0100,
  deviceVersion: 0x2200,
  manufacturer: 'STMicroelectronics',
  product: 'STM32  BOOTLOADER',
  dfu: romInterface(2048),
} as const satisfies Partial<UsbDescription>;

/** The newer ones: H7, G0, G4, U5, H5, WB (dumps in the community). */
export const MODERN_USB = {
  vendorId: 0x0483,
  productId: 0xdf11,
  usbVersion: 0x0200,
  deviceVersion: 0x0200,
  manufacturer: 'STMicroelectronics',
  product: 'DFU in FS Mode',
  dfu: romInterface(1024),
} as const satisfies Partial<UsbDescription>;

/**
 * What AN3156 says and no report contradicts. CLRSTATUS outside dfuERROR enters it, as in ST's own class code and in
 * the un-wedge of H7; only C5 is known to stall it.
 */
const AS_DOCUMENTED: LoaderModel = {
  maxBlock: 2048,
  commands: [0x00, 0x21, 0x41, 0x92],
  firstContact: 'idle',
  whileBusy: 'answers',
  clearStatusElsewhere: 'enters-error',
  massErase: 'works',
  eraseDefects: [],
  protectedWrites: 'refused',
  protectedSetAddress: 'accepted',
  leaves: 'after-status',
  afterLeave: 'starts-application',
  answersFunctionalDescriptor: true,
};

/** Blocks of 2048 bytes. */
export const CLASSIC_LOADER: LoaderModel = AS_DOCUMENTED;

/** Blocks of 1024 bytes; G4 is known to stall longer ones. */
export const MODERN_LOADER: LoaderModel = { ...AS_DOCUMENTED, maxBlock: 1024 };

/** F2, F4: dfuERROR with errFIRMWARE on first contact, and busy inside the first GETSTATUS's aftermath (fwupd, dfu-util logs). */
export const F4_LOADER: LoaderModel = {
  ...CLASSIC_LOADER,
  firstContact: 'firmware-error',
  whileBusy: 'holds-next',
};

/** Serial made of the unique ID on F2 and F4: sum of words 0 and 2, upper half of word 1 (libopencm3#760). */
export const F4_SERIAL = '325E35633334';
