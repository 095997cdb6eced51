/**
 * STM32H7. The loaders V9.0 and V9.1 of H74x and H75x watch the busy flag of the wrong bank while they erase in the
 * second one: V9.0 never reports the end, V9.1 reports it at once. V13.x (revisions Y and Z) and V9.2 do it right, so
 * the bootloader ID decides. Where it cannot be read both faults are expected, unless the stepping rules them out.
 */
import type { AddressRange } from '../../../shared/address.ts';
import type { LoaderIdentity, Quirk } from '../quirk.ts';
import { families, loaders, loadersOrUnread } from './concerns.ts';

const H74X = 0x450;
const H7A3 = 0x480;
const H72X = 0x483;

/** Loaders of H74x by the bootloader ID. */
const V13_2 = 0xd2;
const V13_3 = 0xd3;
const V9_0 = 0x90;
const V9_1 = 0x91;
const V9_2 = 0x92;

const BANK_2: AddressRange = { start: 0x0810_0000, end: 0x0820_0000 };

/** What CubeProgrammer waits on V9.0; the blank check after it extends this. */
const CUBE_PROGRAMMER_SETTLE_MS = 2000;
/** Worst erase of a 128 KB sector: DS12930 table 64, 8-bit parallelism. */
const WORST_ERASE_MS = 4000;

/** Revisions that were made with V13.x loaders only. */
const REVISION_Y = 0x1003;
const REVISION_Z = 0x1001;

/** Not read, or an ID newer than this table: nothing says that it is free of the defect. */
function unknownLoader({ deviceId, bootloaderId, revision }: LoaderIdentity): boolean {
  if (deviceId !== H74X) return false;
  if (bootloaderId !== undefined) return ![V13_2, V13_3, V9_0, V9_1, V9_2].includes(bootloaderId);
  return revision !== REVISION_Y && revision !== REVISION_Z;
}

const bank2: readonly Quirk[] = [
  {
    name: 'h7-bank2-erase-busy-for-ever',
    what: 'After an erase in the second bank this loader answers dfuDNBUSY for ever, although the erase is done.',
    effect: { kind: 'erase-never-reports-end', range: BANK_2, settle: CUBE_PROGRAMMER_SETTLE_MS },
    source: 'USB log of CubeProgrammer on revision V, ST community; dfu-util ticket on H7 revision V',
    applies: loaders(H74X, V9_0),
  },
  {
    name: 'h7-bank2-erase-ends-too-early',
    what: 'This loader reports the end of an erase in the second bank while it still runs; a command then may hang it.',
    effect: { kind: 'erase-reports-end-too-early', range: BANK_2, settle: WORST_ERASE_MS },
    source: 'AN2606 table 136, loader V9.1',
    applies: loaders(H74X, V9_1),
  },
  {
    name: 'h7-unknown-loader-bank2-erase-may-stay-busy',
    what: 'The loader is not known and may be V9.0, which never reports the end of an erase in the second bank.',
    effect: { kind: 'erase-never-reports-end', range: BANK_2, settle: WORST_ERASE_MS },
    source: 'as h7-bank2-erase-busy-for-ever',
    applies: unknownLoader,
  },
  {
    name: 'h7-unknown-loader-bank2-erase-may-end-too-early',
    what: 'The loader is not known and may be V9.1, which reports the end of an erase in the second bank too early.',
    effect: { kind: 'erase-reports-end-too-early', range: BANK_2, settle: WORST_ERASE_MS },
    source: 'as h7-bank2-erase-ends-too-early',
    applies: unknownLoader,
  },
];

export const H7_QUIRKS: readonly Quirk[] = [
  ...bank2,
  {
    name: 'h7-never-mass-erase',
    what: 'Mass erase does not work on V13.3, and on none of these loaders can its result be trusted.',
    effect: { kind: 'never-mass-erase' },
    source: 'AN2606 table 136, loader V13.3; the other loaders as a precaution',
    applies: families(H74X, H72X, H7A3),
  },
  {
    name: 'h7-leave-unreliable',
    what: 'After leaving this loader a board may stay off the bus until it is powered anew.',
    effect: { kind: 'leave-unreliable' },
    source: 'field reports for V9.0 and V9.2, ST community; AN2606 table 136, loader V13.2: Go not working',
    applies: (loader) => loadersOrUnread(H74X, V9_0, V9_2, V13_2)(loader) || unknownLoader(loader),
  },
  {
    name: 'h7-needs-extra-reset',
    what: 'After power-on this loader may not be reachable before one more reset; a pull-up on PA11 prevents that.',
    effect: { kind: 'note' },
    source: 'AN2606 table 136, loader V9.0',
    applies: loaders(H74X, V9_0),
  },
  {
    name: 'h7-pb15-low-usb-only',
    what: 'With PB15 tied to ground only USB can connect to this loader.',
    effect: { kind: 'note' },
    source: 'AN2606 table 136, loaders V9.0 to V9.2',
    applies: loaders(H74X, V9_0, V9_1, V9_2),
  },
  {
    name: 'h7-pwr-cr3-locks',
    what: 'Writing the four bytes of PWR_CR3 through this loader locks the register until the next power cycle.',
    effect: { kind: 'avoided', by: 'Stepwise writes to flash and to nothing else.' },
    source: 'AN2606 table 136, loader V9.0; fixed in V9.1',
    applies: loaders(H74X, V9_0),
  },
  {
    name: 'h7-stack-below-ram-end',
    what: 'The jump to the application fails unless its initial stack pointer is at least 16 bytes below the end of RAM.',
    effect: { kind: 'note' },
    source: 'AN2606 table 136, loaders V9.0 to V9.2',
    applies: loaders(H74X, V9_0, V9_1, V9_2),
  },
  {
    name: 'h7-sram123-not-accessible',
    what: 'This loader reaches neither SRAM1 to SRAM3 nor ITCM.',
    effect: { kind: 'avoided', by: 'Stepwise writes to flash and to nothing else.' },
    source: 'AN2606 table 136, loaders V9.0 to V9.2',
    applies: loaders(H74X, V9_0, V9_1, V9_2),
  },
  {
    name: 'h7-cm4-boot-address-not-programmable',
    what: 'This loader cannot program CM4_BOOT_ADD0 and CM4_BOOT_ADD1.',
    effect: { kind: 'avoided', by: 'Stepwise never writes option bytes.' },
    source: 'AN2606 table 136, loader V9.0',
    applies: loaders(H74X, V9_0),
  },
  {
    name: 'h7-no-usb-at-1v8',
    what: 'USB needs a stable supply on VDD33USB; the internal regulator for it is not supported by the loader.',
    effect: { kind: 'note' },
    source: 'AN2606, chapter STM32H74x/75x',
    applies: families(H74X),
  },
  {
    name: 'h7a3-layout-string-wrong',
    what: 'This loader shows sectors of 2 KB where there are 8 KB, and wrong addresses of option bytes and OTP.',
    effect: { kind: 'layout-string-wrong' },
    source: 'AN2606, chapter STM32H7A3/7B3, loader V9.0',
    applies: loadersOrUnread(H7A3, 0x90),
  },
  {
    name: 'h7a3-rdp1-crash-loop',
    what: 'Under read protection level 1 this loader restarts without end while USB is plugged in.',
    effect: { kind: 'undependable-when-locked' },
    source: 'AN2606, chapter STM32H7A3/7B3, loader V9.1',
    applies: loaders(H7A3, 0x91),
  },
  {
    name: 'h72-layout-string-wrong',
    what: 'The layout string of this loader is wrong.',
    effect: { kind: 'layout-string-wrong' },
    source: 'AN2606, chapter STM32H72x/73x, loader V9.1',
    applies: loadersOrUnread(H72X, 0x91),
  },
  {
    name: 'h72-rdp1-crash-loop',
    what: 'Under read protection level 1, or with RAM shared between TCM and AXI, this loader restarts without end.',
    effect: { kind: 'undependable-when-locked' },
    source: 'AN2606, chapter STM32H72x/73x, loader V9.2',
    applies: loaders(H72X, 0x92),
  },
];
