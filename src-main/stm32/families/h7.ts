/**
 * STM32H7. H74x/H75x is the family whose loaders misreport erases in the second bank: see quirks/h7.ts.
 * Sources: CubeProgrammer device database (addresses, sectors, alignment, option bytes), AN2606 tables 3, 7, 135, 136
 * and 226 (loader versions, RAM, system memory), Black Magic Probe (unique ID), OpenOCD (steppings), reference manuals
 * (all RAM).
 */
import type { Family } from '../family.ts';
import { block, documented, dual, eraseTimes, KB, MB, proven, single, span, sram } from '../notation.ts';
import { QUAD_WORD_PROGRAM, smallSectorErase } from './pages.ts';
import { NEWER_ROM } from './roms.ts';

const LARGE_SECTOR_SOURCE =
  'DS12930 table 64: worst at 8-bit parallelism; typical at 32-bit: ST engineer in ST community';

const FLASH_WORD_PROGRAM = {
  typical: 6,
  worst: 30,
  source: 'estimate: 32 flash words at 0.2 ms, five times that at worst',
} as const;

const h7 = {
  ...NEWER_ROM,
  erasedValue: 0xff,
} as const;

/** Sectors of 128 KB, programmed in flash words of 32 bytes. */
const largeSectors = {
  ...h7,
  flashSizeRegister: documented(0x1ff1_e880),
  alignment: 32,
  systemMemory: [span(0x1ff0_0000, 0x1ff1_e7ff)],
  eraseTimes: eraseTimes([128 * KB], 1100, 4000, LARGE_SECTOR_SOURCE),
  programPerKilobyte: FLASH_WORD_PROGRAM,
} as const;

const DTCM = sram(128);
const D3_SRAM4 = block(0x3800_0000, 64 * KB);

export const H7: readonly Family[] = [
  {
    ...largeSectors,
    deviceId: 0x450,
    name: 'STM32H742/743/745/747/750/753/755/757',
    shortName: 'H74x/H75x',
    bootloaderId: proven(0x1ff1_e7fe),
    knownBootloaderIds: [0xd2, 0xd3, 0x90, 0x91, 0x92],
    uniqueId: proven(0x1ff1_e800),
    sectorMaps: [dual(8, 128 * KB), single(1, 128 * KB)],
    // Loaders from V9.1 on leave AXI RAM from 0x24005000 already.
    freeRam: [span(0x2000_4100, 0x2001_ffff), span(0x2403_4000, 0x2407_ffff)],
    ram: [DTCM, block(0x2400_0000, 512 * KB), block(0x3000_0000, 288 * KB), D3_SRAM4],
    optionBytes: [block(0x5200_201c, 0x134)],
    serial: 'idcode',
    steppings: { 0x1000: 'A', 0x1001: 'Z', 0x1003: 'Y', 0x2001: 'X', 0x2003: 'V' },
  },
  {
    ...largeSectors,
    deviceId: 0x483,
    name: 'STM32H723/725/730/733/735',
    shortName: 'H72x/H73x',
    bootloaderId: documented(0x1ff1_e7fe),
    knownBootloaderIds: [0x91, 0x92, 0x93],
    uniqueId: documented(0x1ff1_e800),
    sectorMaps: [single(8, 128 * KB), single(4, 128 * KB)],
    freeRam: [span(0x2000_4100, 0x2001_ffff), span(0x2400_4000, 0x2404_ffff)],
    ram: [DTCM, block(0x2400_0000, 320 * KB), block(0x3000_0000, 32 * KB), D3_SRAM4],
    optionBytes: [block(0x5200_201c, 0x5c)],
    serial: 'unique-id',
    steppings: { 0x1000: 'A', 0x1001: 'Z' },
  },
  {
    ...h7,
    deviceId: 0x480,
    name: 'STM32H7A3/7B0/7B3',
    shortName: 'H7A3/H7B3',
    bootloaderId: documented(0x1ff1_3ffe),
    knownBootloaderIds: [0x90, 0x91, 0x92],
    flashSizeRegister: documented(0x08ff_f80c),
    uniqueId: documented(0x08ff_f800),
    alignment: 16,
    sectorMaps: [dual(128, 8 * KB), dual(64, 8 * KB)],
    freeRam: [span(0x2000_4100, 0x2001_ffff), span(0x2403_4000, 0x2407_ffff)],
    ram: [DTCM, block(0x2400_0000, MB), block(0x3000_0000, 128 * KB), block(0x3800_0000, 32 * KB)],
    systemMemory: [span(0x1ff0_0000, 0x1ff1_3fff)],
    optionBytes: [block(0x5200_201c, 0x134)],
    // `FFFFFFFEFFFF` on V9.0, from the unique ID on newer loaders.
    serial: 'unknown',
    eraseTimes: smallSectorErase(8 * KB),
    programPerKilobyte: QUAD_WORD_PROGRAM,
    steppings: { 0x1000: 'A', 0x1001: 'Z', 0x1007: 'X' },
  },
  {
    ...h7,
    deviceId: 0x485,
    name: 'STM32H7R/H7S',
    shortName: 'H7R/H7S',
    bootloaderId: documented(0x1ff1_fcfe),
    // 0xE3 on revision Y, 0xE5 on B.
    knownBootloaderIds: [0xe3, 0xe5],
    flashSizeRegister: documented(0x08ff_f80c),
    uniqueId: documented(0x08ff_f800),
    alignment: 16,
    sectorMaps: [single(8, 8 * KB)],
    freeRam: [],
    ram: [sram(192), block(0x2400_0000, 456 * KB), block(0x3000_0000, 32 * KB)],
    systemMemory: [span(0x1ff1_8000, 0x1ff1_ffff)],
    // CubeProgrammer's database also names 0xEFFFFFFF, which is no memory.
    optionBytes: [block(0x5200_2200, 0x80)],
    serial: 'unknown',
    eraseTimes: smallSectorErase(8 * KB),
    programPerKilobyte: QUAD_WORD_PROGRAM,
    steppings: { 0x1000: 'A', 0x2000: 'B' },
  },
];
