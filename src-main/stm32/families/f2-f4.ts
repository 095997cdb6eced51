/**
 * STM32F2 and F4: few large sectors of unequal size, so erasing is what takes the time.
 * Sources: CubeProgrammer device database (addresses, sectors, alignment, option bytes), AN2606 tables 3, 7 and 226
 * (loader versions, RAM, system memory), Black Magic Probe (unique ID), RM0033 and RM0090 (steppings, all RAM).
 */
import type { EraseTime, Family } from '../family.ts';
import { bank, block, documented, FLASH, KB, refused, sectorMap, span, sram } from '../notation.ts';
import { OLDER_ROM } from './roms.ts';

/** Shared with F7 where its sectors have these sizes. */
export const F4_ERASE_TIMES: readonly EraseTime[] = [
  { sectorSize: 16 * KB, typical: 250, worst: 500, source: 'data sheet at 32-bit parallelism, unverified' },
  { sectorSize: 64 * KB, typical: 550, worst: 1100, source: 'data sheet at 32-bit parallelism, unverified' },
  {
    sectorSize: 128 * KB,
    typical: 1000,
    worst: 2500,
    source:
      'typical: data sheet at 32-bit parallelism, unverified; worst: up to 2.5 s reported from the field',
  },
];

export const F4_PROGRAM = {
  typical: 4.1,
  worst: 26,
  source: 'data sheet, 256 words at 16 µs (at worst 100 µs), unverified',
} as const;

/** `4 × 16 KB, 64 KB, n × 128 KB`: how every F2 and F4 bank begins. */
function bankOf(start: number, largeSectors: number) {
  return bank(start, [4, 16 * KB], [1, 64 * KB], [largeSectors, 128 * KB]);
}

function singleBank(name: string, largeSectors: number) {
  return sectorMap(`${name}, single bank`, bankOf(FLASH, largeSectors));
}

const oneMegabyte = singleBank('1 MB', 7);
const halfMegabyte = singleBank('512 KB', 3);

/** CubeProgrammer's database has 4 × 128 KB as second bank of the 1 MB map; RM0090 §3.4 is followed here. */
const dualBankMaps = [
  sectorMap('2 MB, dual bank', bankOf(FLASH, 7), bankOf(0x0810_0000, 7)),
  sectorMap('1 MB, dual bank', bankOf(FLASH, 3), bankOf(0x0808_0000, 3)),
  oneMegabyte,
];

const largeSectorFlash = {
  ...OLDER_ROM,
  flashSizeRegister: documented(0x1fff_7a22),
  // An F4 answered an upload of the unique ID without error and without data.
  uniqueId: refused(0x1fff_7a10),
  alignment: 4,
  erasedValue: 0xff,
  systemMemory: [span(0x1fff_0000, 0x1fff_77ff)],
  eraseTimes: F4_ERASE_TIMES,
  programPerKilobyte: F4_PROGRAM,
} as const;

const f4 = {
  ...largeSectorFlash,
  bootloaderId: documented(0x1fff_76de),
  optionBytes: [block(0x1fff_c000, 0x10)],
  // Computed from the unique ID on older loaders, `STM32FxSTM32` on newer ones.
  serial: 'unknown',
} as const;

/** Core-coupled memory, where many applications keep their stack. */
const CCM = block(0x1000_0000, 64 * KB);

const F401_STEPPINGS = { 0x1000: 'A', 0x1001: 'Z', 0x2000: 'B', 0x3000: 'C/1' };
const F42X_STEPPINGS = { 0x1000: 'A', 0x1003: 'Y', 0x1007: '1', 0x2001: '3' };

export const F2_F4: readonly Family[] = [
  {
    ...largeSectorFlash,
    deviceId: 0x411,
    name: 'STM32F2xx',
    shortName: 'F2',
    bootloaderId: documented(0x1fff_77de),
    // 0x20 has no USB.
    knownBootloaderIds: [0x20, 0x33],
    uniqueId: documented(0x1fff_7a10),
    sectorMaps: [oneMegabyte],
    freeRam: [span(0x2000_2000, 0x2001_ffff)],
    ram: [sram(128)],
    optionBytes: [block(0x1fff_c000, 0xc)],
    serial: 'unique-id',
    steppings: {
      0x1000: 'A',
      0x1001: 'Z',
      0x2000: 'B',
      0x2001: 'Y',
      0x2003: 'X',
      0x2007: '1',
      0x200f: 'V',
      0x201f: '2/3',
      0x203f: '4/5',
    },
  },
  {
    ...f4,
    deviceId: 0x413,
    name: 'STM32F405/F407/F415/F417',
    shortName: 'F405/F407',
    bootloaderId: documented(0x1fff_77de),
    knownBootloaderIds: [0x30, 0x31, 0x90, 0x91],
    sectorMaps: [oneMegabyte, halfMegabyte],
    // V3.x loaders leave 4 KB more.
    freeRam: [span(0x2000_3000, 0x2001_ffff)],
    ram: [sram(128), CCM],
    // RM0090 rev 11; its older revisions and markings on chips disagree.
    steppings: { 0x1000: 'A', 0x1001: 'Z', 0x1003: '1', 0x1007: '2', 0x100f: 'Y' },
  },
  {
    ...f4,
    deviceId: 0x419,
    name: 'STM32F42x/F43x',
    shortName: 'F42x/F43x',
    knownBootloaderIds: [0x70, 0x90, 0x91],
    sectorMaps: dualBankMaps,
    freeRam: [span(0x2000_3000, 0x2002_ffff)],
    ram: [sram(192), CCM],
    optionBytes: [block(0x1fff_c000, 0x10), block(0x1ffe_c008, 0x8)],
    steppings: F42X_STEPPINGS,
  },
  {
    ...f4,
    deviceId: 0x423,
    name: 'STM32F401xB/xC',
    shortName: 'F401xC',
    knownBootloaderIds: [0xd1],
    sectorMaps: [singleBank('256 KB', 1)],
    freeRam: [span(0x2000_3000, 0x2000_ffff)],
    ram: [sram(64)],
    steppings: F401_STEPPINGS,
  },
  {
    ...f4,
    deviceId: 0x433,
    name: 'STM32F401xD/xE',
    shortName: 'F401xE',
    knownBootloaderIds: [0xd1],
    // CubeProgrammer's database says 8192 KB; no part of the family has more than this.
    sectorMaps: [halfMegabyte],
    freeRam: [span(0x2000_3000, 0x2001_7fff)],
    ram: [sram(96)],
    steppings: F401_STEPPINGS,
  },
  {
    ...f4,
    deviceId: 0x431,
    name: 'STM32F411xC/xE',
    shortName: 'F411',
    knownBootloaderIds: [0xd0],
    sectorMaps: [halfMegabyte],
    freeRam: [span(0x2000_3000, 0x2001_ffff)],
    ram: [sram(128)],
    steppings: F401_STEPPINGS,
  },
  {
    ...f4,
    deviceId: 0x441,
    name: 'STM32F412',
    shortName: 'F412',
    knownBootloaderIds: [0x90, 0x91],
    sectorMaps: [oneMegabyte],
    freeRam: [span(0x2000_3000, 0x2003_ffff)],
    ram: [sram(256)],
    steppings: F401_STEPPINGS,
  },
  {
    ...f4,
    deviceId: 0x421,
    name: 'STM32F446',
    shortName: 'F446',
    knownBootloaderIds: [0x90],
    sectorMaps: [halfMegabyte],
    freeRam: [span(0x2000_3000, 0x2001_ffff)],
    ram: [sram(128)],
    steppings: { 0x1000: 'A' },
  },
  {
    ...f4,
    deviceId: 0x434,
    name: 'STM32F469/F479',
    shortName: 'F469',
    knownBootloaderIds: [0x90],
    sectorMaps: dualBankMaps,
    freeRam: [span(0x2000_3000, 0x2005_ffff)],
    ram: [sram(384), CCM],
    optionBytes: [block(0x1fff_c000, 0x10), block(0x1ffe_c008, 0x4)],
    // As OpenOCD reads them: the codes of F42x.
    steppings: F42X_STEPPINGS,
  },
  {
    ...f4,
    deviceId: 0x463,
    name: 'STM32F413/F423',
    shortName: 'F413/F423',
    knownBootloaderIds: [0x90],
    sectorMaps: [singleBank('1536 KB', 11)],
    freeRam: [span(0x2000_3000, 0x2004_ffff)],
    ram: [sram(320)],
    steppings: { 0x1000: 'A' },
  },
];
