/**
 * STM32C07x, G0B/G0C and G4: pages of 2 KB, or 4 KB where a G47x runs as one bank.
 * Sources: CubeProgrammer device database (addresses, sectors, alignment, option bytes), AN2606 tables 3, 7 and 226
 * (loader versions, RAM, system memory), Black Magic Probe (unique ID), OpenOCD (steppings), reference manuals
 * (all RAM).
 */
import type { Family } from '../family.ts';
import {
  bank,
  block,
  documented,
  dual,
  FLASH,
  KB,
  refused,
  sectorMap,
  single,
  span,
  sram,
} from '../notation.ts';
import { DOUBLE_WORD_PROGRAM, pageErase } from './pages.ts';
import { NEWER_ROM } from './roms.ts';

const pageFlash = {
  ...NEWER_ROM,
  erasedValue: 0xff,
  serial: 'unique-id',
  eraseTimes: pageErase(2 * KB, 4 * KB),
  programPerKilobyte: DOUBLE_WORD_PROGRAM,
} as const;

const g4 = {
  ...pageFlash,
  bootloaderId: documented(0x1fff_6ffe),
  // A G4 loader refuses reads above 0x1FFF73FF.
  flashSizeRegister: refused(0x1fff_75e0),
  uniqueId: refused(0x1fff_7590),
  alignment: 8,
  systemMemory: [span(0x1fff_0000, 0x1fff_6fff)],
} as const;

/** Core-coupled memory at its own address; it also follows the other RAM. */
const ccm = (kilobytes: number) => block(0x1000_0000, kilobytes * KB);

const G4_STEPPINGS = { 0x1000: 'A', 0x2000: 'B', 0x2001: 'Z' };

export const C0_G0_G4: readonly Family[] = [
  {
    ...pageFlash,
    deviceId: 0x493,
    name: 'STM32C071',
    shortName: 'C07x',
    bootloaderId: documented(0x1fff_67fe),
    knownBootloaderIds: [0xd1],
    flashSizeRegister: documented(0x1fff_75a0),
    uniqueId: documented(0x1fff_7550),
    alignment: 16,
    sectorMaps: [single(64, 2 * KB), single(32, 2 * KB)],
    freeRam: [span(0x2000_2300, 0x2000_5fff)],
    ram: [sram(24)],
    systemMemory: [span(0x1fff_0000, 0x1fff_6fff)],
    optionBytes: [block(0x1fff_7800, 0x74)],
    serial: 'unknown',
    steppings: {},
  },
  {
    ...pageFlash,
    deviceId: 0x467,
    name: 'STM32G0B0/G0B1/G0C1',
    shortName: 'G0B/G0C',
    bootloaderId: documented(0x1fff_9ffe),
    // 0xD0 on G0B0, 0x92 on G0B1 and G0C1.
    knownBootloaderIds: [0xd0, 0x92],
    flashSizeRegister: documented(0x1fff_75e0),
    uniqueId: documented(0x1fff_7590),
    alignment: 8,
    sectorMaps: [single(256, 2 * KB), dual(128, 2 * KB), single(128, 2 * KB), dual(64, 2 * KB)],
    freeRam: [span(0x2000_4000, 0x2001_ffff)],
    ram: [sram(144)],
    systemMemory: [span(0x1fff_0000, 0x1fff_6fff), span(0x1fff_8000, 0x1fff_efff)],
    optionBytes: [block(0x1fff_7800, 0x74)],
    steppings: { 0x1000: 'A' },
  },
  {
    ...g4,
    deviceId: 0x468,
    name: 'STM32G431/G441',
    shortName: 'G43x/G44x',
    knownBootloaderIds: [0xd3, 0xd4],
    sectorMaps: [single(64, 2 * KB), single(32, 2 * KB), single(16, 2 * KB)],
    freeRam: [span(0x2000_4000, 0x2000_57ff)],
    ram: [sram(32), ccm(10)],
    optionBytes: [block(0x1fff_7800, 0x2c)],
    steppings: G4_STEPPINGS,
  },
  {
    ...g4,
    deviceId: 0x469,
    name: 'STM32G471/G473/G474/G483/G484, G414',
    shortName: 'G47x/G48x',
    knownBootloaderIds: [0xd3, 0xd4, 0xd5],
    sectorMaps: [
      single(128, 4 * KB),
      dual(128, 2 * KB),
      single(64, 4 * KB),
      // 64 pages each, but the second bank stays where the 512 KB part has it.
      sectorMap('256 KB, dual bank', bank(FLASH, [64, 2 * KB]), bank(0x0804_0000, [64, 2 * KB])),
    ],
    freeRam: [span(0x2000_4000, 0x2001_7fff)],
    ram: [sram(128), ccm(32)],
    optionBytes: [
      block(0x1fff_7800, 0x24),
      block(0x1fff_7828, 0x4),
      block(0x1fff_f808, 0x24),
      block(0x1fff_f828, 0x8),
    ],
    steppings: G4_STEPPINGS,
  },
  {
    ...g4,
    deviceId: 0x479,
    name: 'STM32G491/G4A1',
    shortName: 'G491/G4A1',
    knownBootloaderIds: [0xd2],
    sectorMaps: [single(256, 2 * KB), single(128, 2 * KB), single(64, 2 * KB)],
    freeRam: [span(0x2000_4000, 0x2001_bfff)],
    ram: [sram(112), ccm(16)],
    optionBytes: [block(0x1fff_7800, 0x30)],
    steppings: { 0x1000: 'A' },
  },
];
