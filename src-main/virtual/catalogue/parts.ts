/** What definitions of virtual devices share. Everything here is a fact of several chips at once. */
import type { AddressRange } from '../../../shared/address.ts';
import { DFUSE_VERSION } from '../../dfuse/protocol.ts';
import { familyById } from '../../stm32/families.ts';
import type { Bank } from '../../stm32/family.ts';
import type { ChipModel, LoaderModel } from '../definition.ts';
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

/** `size` bytes from `start` on, as layout strings give them. */
export function region(kind: RegionKind, start: number, size: number): Region {
  return { kind, start, size };
}

/** L4 and G4: first behind last in each range, so that no page is protected and no piece hidden. */
export function nothingProtected(base: number): readonly (readonly [address: number, word: number])[] {
  return [
    [base + 0x08, 0xffffffff],
    [base + 0x10, 0xffff0000],
    [base + 0x18, 0xff00ffff],
    [base + 0x20, 0xff00ffff],
  ];
}

/** What a definition says of its own chip; the rest is the family's. */
export type OwnChip = Pick<
  ChipModel,
  'banks' | 'alignment' | 'addressableFlash' | 'protectionByte' | 'optionWords' | 'sectorProtectionWord'
> & {
  readonly bootloaderId: number;
  /** Option bytes, OTP and whatever reads in a peculiar way; these count before the family's regions. */
  readonly regions: readonly Region[];
};

/**
 * A chip with the registers, system memory and free RAM of its family.
 * @throws RangeError for a family that is not in the table
 */
export function chip(deviceId: number, own: OwnChip): ChipModel {
  const family = familyById(deviceId);
  if (!family) throw new RangeError(`no family has the device identifier ${deviceId}`);
  const { bootloaderId, flashSizeRegister, uniqueId } = family;
  const registers = [flashSizeRegister, uniqueId].flatMap((register) => (register ? [register.address] : []));
  return {
    ...own,
    erasedValue: family.erasedValue,
    regions: [
      ...own.regions,
      ...family.systemMemory.map((range) => covering('rom', range)),
      ...registers.map(registerPage),
      ...family.freeRam.map((range) => covering('ram', range)),
    ],
    ...(flashSizeRegister && { flashSizeRegister: flashSizeRegister.address }),
    ...(uniqueId && { uniqueIdRegister: uniqueId.address }),
    bootloaderId: bootloaderId && { address: bootloaderId.address, value: own.bootloaderId },
  };
}

function covering(kind: RegionKind, { start, end }: AddressRange): Region {
  return { kind, start, size: end - start };
}

const REGISTER_PAGE = 0x100;

/** How far around a register a loader lets a host read is not published: 256 bytes assumed. */
function registerPage(address: number): Region {
  return region('rom', address - (address % REGISTER_PAGE), REGISTER_PAGE);
}

/** bmAttributes 0x0B: dnload, upload, will detach, not manifestation tolerant (lsusb dumps). */
const ROM_ATTRIBUTES = 0x0b;

function romInterface(transferSize: number): DfuInterface {
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

/**
 * F4 and F7: dfuERROR with errFIRMWARE on first contact (dfu-util logs; ticket 231 for F767), and deaf while they
 * erase (fwupd#1944 on F745; on F4 too a GETSTATUS takes as long as the mass erase: dfu-util's quirk).
 */
export const F4_LOADER: LoaderModel = {
  ...CLASSIC_LOADER,
  firstContact: 'firmware-error',
  whileBusy: 'holds-next',
};

/** Polled too early, they stall (dfu-util retries; ST's own tool waits longer than it is told). */
export const L4_LOADER: LoaderModel = { ...CLASSIC_LOADER, whileBusy: 'stalls' };

/**
 * The serial most loaders make of the unique ID: sum of its words 0 and 2, upper half of word 1 (libopencm3#760). This
 * is the one of the unique ID virtual devices have; real boards differ from each other in it.
 */
export const UNIQUE_ID_SERIAL = '325E35633334';
