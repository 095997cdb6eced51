/**
 * STM32F7. Sources: CubeProgrammer device database (addresses, sectors, alignment, option bytes), AN2606 tables 3, 7
 * and 226 (loader versions, RAM, system memory), Black Magic Probe (unique ID), OpenOCD (steppings).
 */
import type { EraseTime, Family } from '../family.ts';
import { bank, block, documented, FLASH, KB, sectorMap, span, sram } from '../notation.ts';
import { F4_ERASE_TIMES, F4_PROGRAM } from './f2-f4.ts';
import { OLDER_ROM } from './roms.ts';

const eraseTimes: readonly EraseTime[] = [
  ...F4_ERASE_TIMES.map((time) => ({ ...time, source: `estimate: as F4 (${time.source})` })),
  { sectorSize: 32 * KB, typical: 400, worst: 1000, source: 'estimate: twice the 16 KB sector of F4' },
  {
    sectorSize: 256 * KB,
    typical: 1100,
    worst: 5000,
    source: 'typical: F765 erases 2 MB in 8 to 10 s; worst: estimate, twice the 128 KB sector',
  },
];

const f7 = {
  ...OLDER_ROM,
  bootloaderId: documented(0x1ff0_edbe),
  erasedValue: 0xff,
  systemMemory: [span(0x1ff0_0000, 0x1ff0_edbf)],
  optionBytes: [block(0x1fff_0000, 0x2c)],
  eraseTimes,
  programPerKilobyte: { ...F4_PROGRAM, source: `estimate: as F4 (${F4_PROGRAM.source})` },
} as const;

/** `4 × 32 KB, 128 KB, n × 256 KB` in one bank. */
function singleBank(name: string, largeSectors: number) {
  return sectorMap(
    `${name}, single bank`,
    bank(FLASH, [4, 32 * KB], [1, 128 * KB], [largeSectors, 256 * KB]),
  );
}

/** The dual-bank F76x halves its sectors. */
function halfBank(start: number, largeSectors: number) {
  return bank(start, [4, 16 * KB], [1, 64 * KB], [largeSectors, 128 * KB]);
}

export const F7: readonly Family[] = [
  {
    ...f7,
    deviceId: 0x452,
    name: 'STM32F72x/F73x',
    shortName: 'F72x/F73x',
    knownBootloaderIds: [0x90],
    flashSizeRegister: documented(0x1ff0_7a22),
    uniqueId: documented(0x1ff0_7a10),
    alignment: 16,
    sectorMaps: [
      sectorMap('512 KB, single bank', halfBank(FLASH, 3)),
      sectorMap('64 KB, single bank', bank(FLASH, [4, 16 * KB])),
    ],
    freeRam: [span(0x2000_4000, 0x2003_ffff)],
    ram: [sram(256)],
    serial: 'constant',
    steppings: { 0x1000: 'A' },
  },
  {
    ...f7,
    deviceId: 0x449,
    name: 'STM32F74x/F75x',
    shortName: 'F74x/F75x',
    // 0x70 on revision A, 0x90 on Z and 1.
    knownBootloaderIds: [0x70, 0x90],
    flashSizeRegister: documented(0x1ff0_f442),
    uniqueId: documented(0x1ff0_f420),
    alignment: 16,
    sectorMaps: [singleBank('1 MB', 3), sectorMap('64 KB, single bank', bank(FLASH, [2, 32 * KB]))],
    freeRam: [span(0x2000_4000, 0x2004_ffff)],
    ram: [sram(320)],
    serial: 'unknown',
    steppings: { 0x1000: 'A', 0x1001: 'Z' },
  },
  {
    ...f7,
    deviceId: 0x451,
    name: 'STM32F76x/F77x',
    shortName: 'F76x/F77x',
    knownBootloaderIds: [0x93],
    flashSizeRegister: documented(0x1ff0_f442),
    uniqueId: documented(0x1ff0_f420),
    alignment: 32,
    sectorMaps: [
      singleBank('2 MB', 7),
      sectorMap('2 MB, dual bank', halfBank(FLASH, 7), halfBank(0x0810_0000, 7)),
      singleBank('1 MB', 3),
      sectorMap('1 MB, dual bank', halfBank(FLASH, 3), halfBank(0x0808_0000, 3)),
    ],
    freeRam: [span(0x2000_4000, 0x2007_ffff)],
    ram: [sram(512)],
    serial: 'unique-id',
    steppings: { 0x1000: 'A', 0x1001: 'Z' },
  },
];
