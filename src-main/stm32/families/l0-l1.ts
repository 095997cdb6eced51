/**
 * STM32L0 and L1: pages of 128 or 256 bytes, and an erased byte reads 0x00, not 0xFF. Their data EEPROM at 0x08080000
 * is no main flash and not in the maps. Absent: L0 below category 5 and L1 category 1 and 2, whose loaders have no USB.
 * Sources: CubeProgrammer device database (addresses, sectors, alignment, erased value, option bytes), AN2606 tables
 * 3, 7 and 226 (loader versions, RAM, system memory), Black Magic Probe (unique ID), reference manuals (all RAM).
 */
import type { Family } from '../family.ts';
import { block, bank, documented, dual, eraseTimes, FLASH, sectorMap, span, sram } from '../notation.ts';
import { OLDER_ROM } from './roms.ts';

const zeroErasedFlash = {
  ...OLDER_ROM,
  bootloaderId: documented(0x1ff0_1ffe),
  alignment: 8,
  erasedValue: 0x00,
  systemMemory: [span(0x1ff0_0000, 0x1ff0_1fff)],
  serial: 'unknown',
  eraseTimes: eraseTimes([128, 256], 4, 25, 'estimate: about 4 ms a page, at worst as L4'),
  programPerKilobyte: {
    typical: 60,
    worst: 900,
    source: 'estimate: 3.5 ms for each half page; at worst for each word',
  },
  // ST gives the REV_ID codes of these families per category, not per family.
  steppings: {},
} as const;

const l1 = {
  ...zeroErasedFlash,
  // Category 3 and later; category 1 and 2 have it at 0x1FF8004C, and no USB.
  flashSizeRegister: documented(0x1ff8_00cc),
  uniqueId: documented(0x1ff8_00d0),
} as const;

export const L0_L1: readonly Family[] = [
  {
    ...zeroErasedFlash,
    deviceId: 0x447,
    name: 'STM32L07x/L08x/L010xB',
    shortName: 'L07x/L08x',
    knownBootloaderIds: [0x41, 0xb2],
    flashSizeRegister: documented(0x1ff8_007c),
    uniqueId: documented(0x1ff8_0050),
    sectorMaps: [
      sectorMap('192 KB', bank(FLASH, [1536, 128])),
      sectorMap('128 KB', bank(FLASH, [1024, 128])),
    ],
    // One of the two loaders leaves 1 KB more.
    freeRam: [span(0x2000_1400, 0x2000_4fff)],
    ram: [sram(20)],
    optionBytes: [block(0x1ff8_0000, 0x14)],
  },
  {
    ...l1,
    deviceId: 0x427,
    name: 'STM32L100xC/L151xC/L152xC/L162xC',
    shortName: 'L1xxxC',
    knownBootloaderIds: [0x40],
    sectorMaps: [sectorMap('256 KB', bank(FLASH, [1024, 256]))],
    freeRam: [span(0x2000_1000, 0x2000_7fff)],
    ram: [sram(32)],
    optionBytes: [block(0x1ff8_0000, 0x18)],
  },
  {
    ...l1,
    deviceId: 0x436,
    name: 'STM32L151xD/L152xD/L162xD',
    shortName: 'L1xxxD',
    knownBootloaderIds: [0x45],
    sectorMaps: [dual(768, 256)],
    freeRam: [span(0x2000_1000, 0x2000_bfff)],
    ram: [sram(48)],
    optionBytes: [block(0x1ff8_0000, 0x20)],
  },
  {
    ...l1,
    deviceId: 0x437,
    name: 'STM32L151xE/L152xE/L162xE',
    shortName: 'L1xxxE',
    knownBootloaderIds: [0x40],
    sectorMaps: [dual(1024, 256)],
    freeRam: [span(0x2000_1000, 0x2001_3fff)],
    ram: [sram(80)],
    optionBytes: [block(0x1ff8_0000, 0x20), block(0x1ff8_0080, 0x8)],
  },
];
