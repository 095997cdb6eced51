/**
 * STM32F0, F1 connectivity line and F3: pages of 1 or 2 KB, programmed half-word by half-word.
 * Sources: CubeProgrammer device database (addresses, sectors, alignment, option bytes), AN2606 tables 3, 7 and 226
 * (loader versions, RAM, system memory), Black Magic Probe (unique ID), reference manuals (all RAM). F0 and F3 parts
 * without USB in their loader are absent: F03x, F05x, F09x.
 */
import type { Family } from '../family.ts';
import { block, documented, eraseTimes, KB, single, span, sram } from '../notation.ts';
import { OLDER_ROM } from './roms.ts';

const pageFlash = {
  erasedValue: 0xff,
  eraseTimes: eraseTimes([KB, 2 * KB], 30, 40, 'F072 in the field: 20 to 40 ms a page'),
  programPerKilobyte: {
    typical: 28,
    worst: 60,
    source: 'estimate: 512 half-words at 54 µs, about twice that at worst',
  },
  optionBytes: [block(0x1fff_f800, 0x10)],
  // ST gives the REV_ID codes of these families per part number, not per family.
  steppings: {},
} as const;

const f0 = {
  ...OLDER_ROM,
  ...pageFlash,
  bootloaderId: documented(0x1fff_f6a6),
  flashSizeRegister: documented(0x1fff_f7cc),
  uniqueId: documented(0x1fff_f7ac),
  alignment: 4,
} as const;

const f3 = {
  ...OLDER_ROM,
  ...pageFlash,
  bootloaderId: documented(0x1fff_f796),
  flashSizeRegister: documented(0x1fff_f7cc),
  uniqueId: documented(0x1fff_f7ac),
  alignment: 8,
  systemMemory: [span(0x1fff_d800, 0x1fff_f7ff)],
  serial: 'unique-id',
} as const;

/** Core-coupled memory of F302/F303, where an application may keep its stack. */
const ccm = (kilobytes: number) => block(0x1000_0000, kilobytes * KB);

export const F0_F1_F3: readonly Family[] = [
  {
    ...OLDER_ROM,
    ...pageFlash,
    deviceId: 0x418,
    name: 'STM32F105/F107',
    shortName: 'F105/F107',
    // No ID byte: these loaders are told apart by a word in their code, see bootloader-id.ts.
    knownBootloaderIds: [],
    flashSizeRegister: documented(0x1fff_f7e0),
    uniqueId: documented(0x1fff_f7e8),
    alignment: 4,
    sectorMaps: [single(128, 2 * KB)],
    freeRam: [span(0x2000_1000, 0x2000_ffff)],
    ram: [sram(64)],
    systemMemory: [span(0x1fff_b000, 0x1fff_f7ff)],
    serial: 'constant',
    productStrings: ['STM32 0x418 DFU Bootloader'],
  },
  {
    ...f0,
    deviceId: 0x445,
    name: 'STM32F04x/F070x6',
    shortName: 'F04x',
    knownBootloaderIds: [0xa1, 0xa2],
    sectorMaps: [single(32, KB)],
    // AN2606 gives none: all 6 KB are the loader's.
    freeRam: [],
    ram: [sram(6)],
    systemMemory: [span(0x1fff_c400, 0x1fff_f7ff)],
    serial: 'constant',
  },
  {
    ...f0,
    deviceId: 0x448,
    name: 'STM32F07x',
    shortName: 'F07x',
    knownBootloaderIds: [0xa1, 0xa3],
    sectorMaps: [single(64, 2 * KB)],
    freeRam: [span(0x2000_1800, 0x2000_3fff)],
    ram: [sram(16)],
    systemMemory: [span(0x1fff_c800, 0x1fff_f7ff)],
    serial: 'unknown',
  },
  {
    ...f3,
    deviceId: 0x432,
    name: 'STM32F37x',
    shortName: 'F37x',
    bootloaderId: documented(0x1fff_f7a6),
    knownBootloaderIds: [0x41],
    sectorMaps: [single(128, 2 * KB)],
    freeRam: [span(0x2000_1400, 0x2000_7fff)],
    ram: [sram(32)],
  },
  {
    ...f3,
    deviceId: 0x422,
    name: 'STM32F302xB/xC, F303xB/xC, F358',
    shortName: 'F302xC/F303xC',
    knownBootloaderIds: [0x41],
    sectorMaps: [single(128, 2 * KB)],
    freeRam: [span(0x2000_1400, 0x2000_9fff)],
    ram: [sram(40), ccm(8)],
  },
  {
    ...f3,
    deviceId: 0x439,
    name: 'STM32F301, F302x4/x6/x8, F318',
    shortName: 'F301/F302x8',
    knownBootloaderIds: [0x40],
    sectorMaps: [single(32, 2 * KB)],
    freeRam: [span(0x2000_1800, 0x2000_3fff)],
    ram: [sram(16)],
  },
  {
    ...f3,
    deviceId: 0x446,
    name: 'STM32F302xD/xE, F303xD/xE, F398',
    shortName: 'F302xE/F303xE',
    knownBootloaderIds: [0x40],
    sectorMaps: [single(256, 2 * KB)],
    freeRam: [span(0x2000_1800, 0x2000_ffff)],
    ram: [sram(64), ccm(16)],
  },
];
