/**
 * STM32WB and WBA, the wireless families with USB in their loader.
 * Sources: CubeProgrammer device database (addresses, sectors, alignment, option bytes), AN2606 tables 3, 7 and 226
 * (loader versions, RAM, system memory), RM0434 (unique ID and all RAM of WB), OpenOCD (steppings). Of WBA the system
 * memory, unique ID and option bytes are not published in full and therefore absent.
 */
import type { Family } from '../family.ts';
import { block, documented, dual, KB, single, span, sram } from '../notation.ts';
import { DOUBLE_WORD_PROGRAM, pageErase, QUAD_WORD_PROGRAM } from './pages.ts';
import { NEWER_ROM } from './roms.ts';

const pageFlash = {
  ...NEWER_ROM,
  erasedValue: 0xff,
  serial: 'unique-id',
  eraseTimes: pageErase(4 * KB, 8 * KB),
} as const;

const wba = {
  ...pageFlash,
  alignment: 16,
  systemMemory: [],
  optionBytes: [],
  serial: 'unknown',
  programPerKilobyte: QUAD_WORD_PROGRAM,
  steppings: {},
} as const;

export const WB_WBA: readonly Family[] = [
  {
    ...pageFlash,
    deviceId: 0x495,
    name: 'STM32WB5x/WB35',
    shortName: 'WB5x/WB35',
    bootloaderId: documented(0x1fff_6ffe),
    knownBootloaderIds: [0xd5],
    flashSizeRegister: documented(0x1fff_75e0),
    uniqueId: documented(0x1fff_7590),
    alignment: 8,
    sectorMaps: [single(256, 4 * KB)],
    freeRam: [span(0x2000_4000, 0x2000_bfff)],
    ram: [sram(256)],
    systemMemory: [span(0x1fff_0000, 0x1fff_6fff)],
    optionBytes: [block(0x1fff_8000, 0x80)],
    programPerKilobyte: DOUBLE_WORD_PROGRAM,
    steppings: { 0x2001: '2.1' },
  },
  {
    ...wba,
    deviceId: 0x4b2,
    name: 'STM32WBA2',
    shortName: 'WBA2',
    bootloaderId: documented(0x0bf8_ccfe),
    knownBootloaderIds: [0xd0],
    flashSizeRegister: documented(0x0bf8_02a0),
    sectorMaps: [single(128, 4 * KB)],
    freeRam: [],
    // Not published: the whole region Armv8-M reserves for RAM.
    ram: [span(0x2000_0000, 0x3fff_ffff)],
  },
  {
    ...wba,
    deviceId: 0x4b0,
    name: 'STM32WBA6',
    shortName: 'WBA6',
    bootloaderId: documented(0x0bf9_7efe),
    knownBootloaderIds: [0xd2],
    flashSizeRegister: documented(0x0bfa_07a0),
    sectorMaps: [dual(128, 8 * KB), single(128, 8 * KB), dual(64, 8 * KB)],
    freeRam: [span(0x2000_3000, 0x2007_ffff)],
    ram: [sram(512), block(0x3000_0000, 512 * KB)],
  },
];
