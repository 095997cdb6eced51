/**
 * STM32L4, L4+ and L5: pages of 2, 4 or 8 KB, programmed in double words.
 * Sources: CubeProgrammer device database (addresses, sectors, alignment, option bytes), AN2606 tables 3, 7 and 226
 * (loader versions, RAM, system memory), Black Magic Probe (unique ID), OpenOCD (steppings), reference manuals
 * (all RAM).
 */
import type { Family } from '../family.ts';
import { block, documented, dual, KB, single, span, sram } from '../notation.ts';
import { DOUBLE_WORD_PROGRAM, pageErase } from './pages.ts';
import { NEWER_ROM, OLDER_ROM } from './roms.ts';

const l4 = {
  ...OLDER_ROM,
  bootloaderId: documented(0x1fff_6ffe),
  flashSizeRegister: documented(0x1fff_75e0),
  uniqueId: documented(0x1fff_7590),
  alignment: 8,
  erasedValue: 0xff,
  systemMemory: [span(0x1fff_0000, 0x1fff_6fff)],
  // Looks computed from the unique ID, but an L496 changed it at every power cycle.
  serial: 'unknown',
  eraseTimes: pageErase(2 * KB, 4 * KB, 8 * KB),
  programPerKilobyte: DOUBLE_WORD_PROGRAM,
} as const;

/** The second RAM at its own address; on most parts it also follows the first. */
const sram2 = (kilobytes: number) => block(0x1000_0000, kilobytes * KB);

/** No listing of these was found, and their loaders are young enough to be of either generation. */
const EITHER_ROM = {
  productStrings: [...OLDER_ROM.productStrings, ...NEWER_ROM.productStrings],
  transferSize: NEWER_ROM.transferSize,
};

const L43_STEPPINGS = { 0x1000: 'A', 0x1001: 'Z', 0x2001: 'Y' };

export const L4_L5: readonly Family[] = [
  {
    ...l4,
    ...EITHER_ROM,
    deviceId: 0x464,
    name: 'STM32L412/L422',
    shortName: 'L41x/L42x',
    knownBootloaderIds: [0xd1],
    sectorMaps: [single(64, 2 * KB)],
    freeRam: [span(0x2000_2100, 0x2000_7fff)],
    ram: [sram(40), sram2(8)],
    optionBytes: [block(0x1fff_7800, 0x24)],
    steppings: L43_STEPPINGS,
  },
  {
    ...l4,
    deviceId: 0x435,
    name: 'STM32L43x/L44x',
    shortName: 'L43x/L44x',
    knownBootloaderIds: [0x91],
    sectorMaps: [single(128, 2 * KB), single(64, 2 * KB)],
    freeRam: [span(0x2000_3100, 0x2000_bfff)],
    ram: [sram(64), sram2(16)],
    optionBytes: [block(0x1fff_7800, 0x24)],
    steppings: L43_STEPPINGS,
  },
  {
    ...l4,
    deviceId: 0x462,
    name: 'STM32L45x/L46x',
    shortName: 'L45x/L46x',
    knownBootloaderIds: [0x92],
    sectorMaps: [single(256, 2 * KB)],
    freeRam: [span(0x2000_3100, 0x2001_ffff)],
    ram: [sram(160), sram2(32)],
    optionBytes: [block(0x1fff_7800, 0x24)],
    steppings: L43_STEPPINGS,
  },
  {
    ...l4,
    deviceId: 0x415,
    name: 'STM32L471/L475/L476/L486',
    shortName: 'L47x/L48x',
    // V10.x on dies 2 and 3, V9.x on die 4.
    knownBootloaderIds: [0xa1, 0xa2, 0xa3, 0x90, 0x91, 0x92],
    sectorMaps: [dual(256, 2 * KB), dual(128, 2 * KB), single(256, 2 * KB), dual(64, 2 * KB)],
    freeRam: [span(0x2000_3100, 0x2001_7fff)],
    ram: [sram(96), sram2(32)],
    optionBytes: [block(0x1fff_7800, 0x28), block(0x1fff_f800, 0x28)],
    steppings: { 0x1000: '1', 0x1001: '2', 0x1003: '3', 0x1007: '4' },
  },
  {
    ...l4,
    deviceId: 0x461,
    name: 'STM32L496/L4A6',
    shortName: 'L49x/L4Ax',
    knownBootloaderIds: [0x93],
    sectorMaps: [dual(256, 2 * KB), dual(128, 2 * KB), single(256, 2 * KB), dual(64, 2 * KB)],
    freeRam: [span(0x2000_3100, 0x2003_ffff)],
    ram: [sram(320), sram2(64)],
    optionBytes: [block(0x1fff_7800, 0x24), block(0x1fff_f808, 0x1c)],
    steppings: { 0x1000: 'A', 0x2000: 'B' },
  },
  {
    ...l4,
    deviceId: 0x470,
    name: 'STM32L4Rx/L4Sx',
    shortName: 'L4R/L4S',
    knownBootloaderIds: [0x95],
    sectorMaps: [single(256, 8 * KB), dual(256, 4 * KB), single(256, 4 * KB), dual(128, 4 * KB)],
    freeRam: [span(0x2000_3200, 0x2009_ffff)],
    ram: [sram(640), sram2(64)],
    optionBytes: [block(0x1ff0_0000, 0x24), block(0x1ff0_1008, 0x1c)],
    steppings: { 0x1000: 'A', 0x1001: 'Z', 0x1003: 'Y', 0x100f: 'W', 0x101f: 'V' },
  },
  {
    ...l4,
    ...EITHER_ROM,
    deviceId: 0x471,
    name: 'STM32L4Px/L4Qx',
    shortName: 'L4P/L4Q',
    knownBootloaderIds: [0x90],
    sectorMaps: [single(128, 8 * KB), dual(128, 4 * KB), single(64, 8 * KB), dual(64, 4 * KB)],
    freeRam: [span(0x2000_4000, 0x2004_ffff)],
    ram: [sram(320), sram2(64)],
    optionBytes: [block(0x1ff0_0000, 0x24), block(0x1ff0_1000, 0x24)],
    steppings: { 0x1001: 'Z' },
  },
  {
    ...l4,
    ...NEWER_ROM,
    deviceId: 0x472,
    name: 'STM32L552/L562',
    shortName: 'L5',
    bootloaderId: documented(0x0bf9_7ffe),
    knownBootloaderIds: [0x92],
    flashSizeRegister: documented(0x0bfa_05e0),
    uniqueId: documented(0x0bfa_0590),
    alignment: 16,
    sectorMaps: [single(128, 4 * KB), dual(128, 2 * KB), single(64, 4 * KB), dual(64, 2 * KB)],
    freeRam: [span(0x2000_4000, 0x2003_ffff)],
    ram: [sram(256), block(0x3000_0000, 256 * KB)],
    systemMemory: [span(0x0bf9_0000, 0x0bf9_7fff)],
    optionBytes: [block(0x4002_2040, 0x30)],
    steppings: { 0x1000: 'A', 0x2000: 'B', 0x2001: 'Z' },
  },
];
