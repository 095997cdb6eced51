/**
 * STM32H5 and C5: sectors of 8 KB in two banks, loaders with DFU protocol V3.0.
 * Sources: CubeProgrammer device database (addresses, sectors, alignment, option bytes), AN2606 tables 3, 7 and 226
 * (loader versions, RAM, system memory), Black Magic Probe (unique ID), OpenOCD (steppings).
 */
import type { Family } from '../family.ts';
import { block, documented, dual, KB, single, span, sram } from '../notation.ts';
import { QUAD_WORD_PROGRAM, smallSectorErase } from './pages.ts';
import { NEWER_ROM } from './roms.ts';

const eightKilobyteSectors = {
  ...NEWER_ROM,
  flashSizeRegister: documented(0x08ff_f80c),
  uniqueId: documented(0x08ff_f800),
  alignment: 16,
  erasedValue: 0xff,
  serial: 'unknown',
  eraseTimes: smallSectorErase(8 * KB),
  programPerKilobyte: QUAD_WORD_PROGRAM,
} as const;

const h5 = {
  ...eightKilobyteSectors,
  steppings: { 0x1000: 'A', 0x1001: 'Z', 0x1002: 'Y', 0x1007: 'X' },
} as const;

/** The same RAM as TrustZone's secure side addresses it. */
const secureSram = (kilobytes: number) => block(0x3000_0000, kilobytes * KB);

const c5 = {
  ...eightKilobyteSectors,
  bootloaderId: documented(0x0bf8_85fe),
  freeRam: [],
  // Not published: the whole region Armv8-M reserves for RAM.
  ram: [span(0x2000_0000, 0x3fff_ffff)],
  systemMemory: [span(0x0bf8_0080, 0x0bf8_85ff)],
  steppings: {},
} as const;

export const H5_C5: readonly Family[] = [
  {
    ...h5,
    deviceId: 0x474,
    name: 'STM32H503',
    shortName: 'H503',
    bootloaderId: documented(0x0bf8_fffe),
    knownBootloaderIds: [0xe1, 0xe2],
    sectorMaps: [dual(8, 8 * KB)],
    freeRam: [span(0x2000_4000, 0x2000_7fff)],
    ram: [sram(32)],
    systemMemory: [span(0x0bf8_7000, 0x0bf8_ffff)],
    optionBytes: [block(0x4002_2050, 0xb0), block(0x4002_21e8, 0x18)],
  },
  {
    ...h5,
    deviceId: 0x484,
    name: 'STM32H562/H563/H573',
    shortName: 'H56x/H573',
    bootloaderId: documented(0x0bf9_fafe),
    knownBootloaderIds: [0xe3, 0xe4, 0xe5],
    sectorMaps: [dual(128, 8 * KB), dual(64, 8 * KB)],
    freeRam: [span(0x2000_0000, 0x2009_ffff)],
    ram: [sram(640), secureSram(640)],
    systemMemory: [span(0x0bf9_7000, 0x0bf9_ffff)],
    optionBytes: [block(0x4002_2050, 0xb0), block(0x4002_21e0, 0x20)],
  },
  {
    ...h5,
    deviceId: 0x478,
    name: 'STM32H523/H533',
    shortName: 'H523/H533',
    // CubeProgrammer's address, inside the system memory AN2606 gives; AN2606 table 3 says 0x0BF8FFFE.
    bootloaderId: documented(0x0bf9_fafe),
    knownBootloaderIds: [0xe2],
    sectorMaps: [dual(32, 8 * KB), dual(16, 8 * KB)],
    freeRam: [span(0x2000_4000, 0x2004_3fff)],
    ram: [sram(272), secureSram(272)],
    systemMemory: [span(0x0bf9_7000, 0x0bf9_ffff)],
    optionBytes: [block(0x4002_2050, 0xb0), block(0x4002_21e0, 0x20)],
  },
  {
    ...h5,
    deviceId: 0x47a,
    name: 'STM32H5E4/H5E5/H5F4/H5F5',
    shortName: 'H5E/H5F',
    bootloaderId: documented(0x0bfb_5ffe),
    knownBootloaderIds: [0xf0],
    sectorMaps: [dual(256, 8 * KB), dual(192, 8 * KB)],
    freeRam: [span(0x2000_4000, 0x2017_ffff)],
    ram: [sram(1536), secureSram(1536)],
    systemMemory: [span(0x0bfa_c000, 0x0bfb_7fff)],
    optionBytes: [block(0x4002_2050, 0xb0), block(0x4002_2198, 0x68)],
  },
  {
    ...c5,
    deviceId: 0x44e,
    name: 'STM32C5x',
    shortName: 'C5x',
    knownBootloaderIds: [0x101],
    sectorMaps: [dual(32, 8 * KB), dual(16, 8 * KB), single(32, 8 * KB)],
    optionBytes: [block(0x4002_2050, 0x74), block(0x4002_20e8, 0x18), block(0x4002_21e8, 0x18)],
  },
  {
    ...c5,
    deviceId: 0x44f,
    name: 'STM32C53x/C542',
    shortName: 'C53x/C542',
    knownBootloaderIds: [0x100],
    sectorMaps: [dual(16, 8 * KB), dual(8, 8 * KB), single(16, 8 * KB), dual(4, 8 * KB)],
    optionBytes: [block(0x4002_2050, 0x78), block(0x4002_20e8, 0x18), block(0x4002_21e8, 0x18)],
  },
  {
    ...c5,
    deviceId: 0x45a,
    name: 'STM32C59x/C5A3',
    shortName: 'C59x/C5A3',
    knownBootloaderIds: [0x100],
    sectorMaps: [dual(64, 8 * KB), dual(32, 8 * KB), single(64, 8 * KB)],
    optionBytes: [block(0x4002_2050, 0x74), block(0x4002_20e8, 0x18), block(0x4002_21e8, 0x18)],
  },
];
