/**
 * STM32U0, U3 and U5: pages of 2 to 16 KB; U5 programs quad words. The loaders of U59x and larger speak USB high speed.
 * Sources: CubeProgrammer device database (addresses, sectors, alignment, option bytes), AN2606 tables 3, 7 and 226
 * (loader versions, RAM, system memory), Black Magic Probe (unique ID), OpenOCD (steppings).
 */
import type { Family } from '../family.ts';
import { block, documented, dual, KB, single, span, sram } from '../notation.ts';
import { DOUBLE_WORD_PROGRAM, pageErase, QUAD_WORD_PROGRAM } from './pages.ts';
import { NEWER_ROM } from './roms.ts';

const pageFlash = {
  ...NEWER_ROM,
  erasedValue: 0xff,
  // Differs from board to board in listings.
  serial: 'unique-id',
  eraseTimes: pageErase(2 * KB, 4 * KB, 8 * KB, 16 * KB),
  programPerKilobyte: QUAD_WORD_PROGRAM,
} as const;

/** RAM at its usual address and as TrustZone's secure side addresses it. */
const bothSides = (kilobytes: number) => [sram(kilobytes), block(0x3000_0000, kilobytes * KB)];

const u3 = {
  ...pageFlash,
  bootloaderId: documented(0x0bf9_8ffe),
  flashSizeRegister: documented(0x0bfa_07a0),
  uniqueId: documented(0x0bfa_0700),
  alignment: 16,
  systemMemory: [span(0x0bf8_f000, 0x0bf9_ffff)],
  optionBytes: [block(0x4002_2040, 0x30)],
  steppings: { 0x1000: 'A', 0x1001: 'Z' },
} as const;

const u5 = {
  ...pageFlash,
  bootloaderId: documented(0x0bf9_9efe),
  flashSizeRegister: documented(0x0bfa_07a0),
  uniqueId: documented(0x0bfa_0700),
  alignment: 16,
  systemMemory: [span(0x0bf9_0000, 0x0bf9_ffff)],
  optionBytes: [block(0x4002_2040, 0x30), block(0x4002_2070, 0x8), block(0x4002_2078, 0x8)],
} as const;

/** Their twins at full speed are seen to name the speed; these are not seen in a listing, so both are taken. */
const HIGH_SPEED = { productStrings: ['DFU in HS Mode', ...NEWER_ROM.productStrings] };

export const U0_U3_U5: readonly Family[] = [
  {
    ...pageFlash,
    deviceId: 0x489,
    name: 'STM32U073/U083',
    shortName: 'U073/U083',
    bootloaderId: documented(0x1fff_67fe),
    knownBootloaderIds: [0xd0],
    // Flash size and unique ID: the sources name different addresses, so none is given.
    alignment: 8,
    sectorMaps: [single(128, 2 * KB)],
    freeRam: [span(0x2000_2170, 0x2000_9fff)],
    ram: [sram(40)],
    systemMemory: [span(0x1fff_0000, 0x1fff_67ff)],
    optionBytes: [block(0x4002_2020, 0x64)],
    programPerKilobyte: DOUBLE_WORD_PROGRAM,
    steppings: {},
  },
  {
    ...u3,
    deviceId: 0x454,
    name: 'STM32U375/U385',
    shortName: 'U375/U385',
    knownBootloaderIds: [0xe2],
    sectorMaps: [single(256, 4 * KB), dual(128, 4 * KB), single(128, 4 * KB), dual(64, 4 * KB)],
    freeRam: [span(0x2000_4000, 0x2003_ffff)],
    ram: bothSides(256),
  },
  {
    ...u3,
    deviceId: 0x42a,
    name: 'STM32U3B5/U3C5',
    shortName: 'U3B5/U3C5',
    knownBootloaderIds: [0xe0],
    sectorMaps: [single(512, 4 * KB), dual(256, 4 * KB), single(256, 4 * KB), dual(128, 4 * KB)],
    freeRam: [span(0x2000_4000, 0x2009_ffff)],
    ram: bothSides(640),
  },
  {
    ...u5,
    deviceId: 0x455,
    name: 'STM32U535/U545',
    shortName: 'U535/U545',
    knownBootloaderIds: [0x91],
    sectorMaps: [single(32, 16 * KB), dual(32, 8 * KB), single(32, 8 * KB), dual(16, 8 * KB)],
    freeRam: [span(0x2000_4000, 0x2023_ffff)],
    ram: bothSides(2304),
    steppings: { 0x1000: 'A', 0x1001: 'Z' },
  },
  {
    ...u5,
    deviceId: 0x482,
    name: 'STM32U575/U585',
    shortName: 'U575/U585',
    knownBootloaderIds: [0x92, 0x93],
    sectorMaps: [dual(128, 8 * KB), single(128, 8 * KB), dual(64, 8 * KB)],
    freeRam: [span(0x2000_4000, 0x200b_ffff)],
    ram: bothSides(768),
    steppings: {
      0x1000: 'A',
      0x1001: 'Z',
      0x1003: 'Y',
      0x2000: 'B',
      0x2001: 'X',
      0x3000: 'C',
      0x3001: 'W',
      0x3007: 'U',
    },
  },
  {
    ...u5,
    ...HIGH_SPEED,
    deviceId: 0x481,
    name: 'STM32U59x/U5Ax',
    shortName: 'U59x/U5Ax',
    knownBootloaderIds: [0x92],
    sectorMaps: [dual(256, 8 * KB), single(256, 8 * KB), dual(128, 8 * KB)],
    freeRam: [span(0x2000_4000, 0x2026_ffff)],
    ram: bothSides(2496),
    steppings: { 0x3001: 'X', 0x3002: 'W' },
  },
  {
    ...u5,
    ...HIGH_SPEED,
    deviceId: 0x476,
    name: 'STM32U5Fx/U5Gx',
    shortName: 'U5F/U5G',
    knownBootloaderIds: [0x90],
    sectorMaps: [dual(256, 8 * KB), single(256, 8 * KB), dual(128, 8 * KB)],
    freeRam: [span(0x2000_4000, 0x202e_ffff)],
    ram: bothSides(3008),
    steppings: { 0x1000: 'A', 0x1001: 'Z' },
  },
];
