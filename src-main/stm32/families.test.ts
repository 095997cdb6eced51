import { describe, expect, it } from 'vitest';
import { familyById, FAMILIES } from './families.ts';
import type { Bank, Family } from './family.ts';
import { bankSize, FLASH } from './notation.ts';

const named = FAMILIES.map((family): [string, Family] => [family.shortName, family]);

function familyOf(deviceId: number): Family {
  const family = familyById(deviceId);
  if (!family) throw new Error(`no family ${deviceId.toString(16)}`);
  return family;
}

const isPowerOfTwo = (n: number) => n > 0 && (n & (n - 1)) === 0;

describe('the table of families', () => {
  it('has every family with USB DFU in its ROM, each once', () => {
    const ids = FAMILIES.map((family) => family.deviceId);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort((a, b) => a - b)).toEqual([
      0x411, 0x413, 0x415, 0x418, 0x419, 0x421, 0x422, 0x423, 0x427, 0x42a, 0x431, 0x432, 0x433, 0x434, 0x435,
      0x436, 0x437, 0x439, 0x441, 0x445, 0x446, 0x447, 0x448, 0x449, 0x44e, 0x44f, 0x450, 0x451, 0x452, 0x454,
      0x455, 0x45a, 0x461, 0x462, 0x463, 0x464, 0x467, 0x468, 0x469, 0x470, 0x471, 0x472, 0x474, 0x476, 0x478,
      0x479, 0x47a, 0x480, 0x481, 0x482, 0x483, 0x484, 0x485, 0x489, 0x493, 0x495, 0x4b0, 0x4b2,
    ]);
  });

  it('finds a family by its device identifier, and nothing for an unknown one', () => {
    expect(familyById(0x450)?.shortName).toBe('H74x/H75x');
    expect(familyById(0x410)).toBeUndefined();
  });

  it('has short names that differ', () => {
    const names = FAMILIES.map((family) => family.shortName);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe.each(named)('%s', (_name, family) => {
  it('has sector maps that begin at 0x08000000 and do not overlap, the largest first', () => {
    for (const { banks } of family.sectorMaps) {
      expect(banks[0]?.start).toBe(FLASH);
      banks.reduce((before: Bank, bank) => {
        if (bank !== before) expect(bank.start).toBeGreaterThanOrEqual(before.start + bankSize(before));
        return bank;
      });
    }
    const sizes = family.sectorMaps.map((map) => map.flashSize);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it('has banks without a hole between them, but for the G47x of 256 KB', () => {
    for (const { name, banks } of family.sectorMaps) {
      const ends = banks.map((bank) => bank.start + bankSize(bank)).slice(0, -1);
      const contiguous = banks.slice(1).every((bank, i) => bank.start === ends[i]);
      expect(contiguous).toBe(!(family.deviceId === 0x469 && name === '256 KB, dual bank'));
    }
  });

  it('has maps whose size is the sum of their sectors and whose names differ', () => {
    for (const map of family.sectorMaps) {
      expect(map.flashSize).toBe(map.banks.reduce((sum, bank) => sum + bankSize(bank), 0));
      expect(map.banks.flatMap((bank) => bank.runs).every((run) => run.count > 0 && run.size > 0)).toBe(true);
    }
    const names = family.sectorMaps.map((map) => map.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toHaveLength(0);
  });

  it('programs in a power of two that divides every sector', () => {
    expect(isPowerOfTwo(family.alignment)).toBe(true);
    const sizes = family.sectorMaps.flatMap(({ banks }) =>
      banks.flatMap(({ runs }) => runs.map((r) => r.size)),
    );
    for (const size of sizes) expect(size % family.alignment).toBe(0);
  });

  it('has an erase time for each of its sector sizes, and no time without a source', () => {
    const sizes = family.sectorMaps.flatMap(({ banks }) =>
      banks.flatMap(({ runs }) => runs.map((r) => r.size)),
    );
    const known = family.eraseTimes.map((time) => time.sectorSize);
    expect(new Set(known).size).toBe(known.length);
    for (const size of sizes) expect(known).toContain(size);
    for (const time of [...family.eraseTimes, family.programPerKilobyte]) {
      expect(time.typical).toBeGreaterThan(0);
      expect(time.worst).toBeGreaterThanOrEqual(time.typical);
      expect(time.source.length).toBeGreaterThan(0);
    }
  });

  it('has its bootloader ID inside the system memory, where both are known', () => {
    const id = family.bootloaderId;
    if (!id || family.systemMemory.length === 0) return;
    expect(family.systemMemory.some(({ start, end }) => id.address >= start && id.address < end)).toBe(true);
  });

  it('has bootloader IDs exactly where it has an address for them', () => {
    expect(family.knownBootloaderIds.length > 0).toBe(family.bootloaderId !== undefined);
  });

  it('leaves free only RAM it has', () => {
    for (const range of [...family.ram, ...family.freeRam, ...family.systemMemory, ...family.optionBytes]) {
      expect(range.start).toBeLessThan(range.end);
    }
    for (const free of family.freeRam) {
      expect(family.ram.some((ram) => free.start >= ram.start && free.end <= ram.end)).toBe(true);
    }
    expect(family.ram).not.toHaveLength(0);
  });

  it('says what its loader calls itself and how large its blocks are', () => {
    expect(family.productStrings).not.toHaveLength(0);
    expect([1024, 2048]).toContain(family.transferSize);
  });
});

describe('the traps in the sources', () => {
  it('F401xD/E has at most 512 KB, whatever the CubeProgrammer database says', () => {
    expect(familyOf(0x433).sectorMaps.map((map) => map.flashSize)).toEqual([512 * 1024]);
  });

  it('an erased byte is 0x00 on L0 and L1 and 0xFF elsewhere', () => {
    const zero = FAMILIES.filter((family) => family.erasedValue !== 0xff);
    expect(zero.map((family) => family.deviceId)).toEqual([0x447, 0x427, 0x436, 0x437]);
    expect(zero.every((family) => family.erasedValue === 0x00)).toBe(true);
  });

  it.each([
    [0x413, 4],
    [0x448, 4],
    [0x422, 8],
    [0x447, 8],
    [0x415, 8],
    [0x449, 16],
    [0x451, 32],
    [0x450, 32],
    [0x480, 16],
    [0x472, 16],
    [0x493, 16],
  ])('alignment of %i is the larger of both sources: %i', (deviceId, alignment) => {
    expect(familyOf(deviceId).alignment).toBe(alignment);
  });

  it('only what somebody read over USB is called proven', () => {
    const proven = FAMILIES.flatMap((family) =>
      [family.bootloaderId, family.flashSizeRegister, family.uniqueId].flatMap((register) =>
        register?.readable === 'proven' ? [[family.deviceId, register.address]] : [],
      ),
    );
    expect(proven).toEqual([
      [0x450, 0x1ff1_e7fe],
      [0x450, 0x1ff1_e800],
    ]);
  });

  it('registers F4 and G4 are known to refuse are not to be tried', () => {
    expect(familyOf(0x413).uniqueId?.readable).toBe('refused');
    for (const id of [0x468, 0x469, 0x479]) {
      expect(familyOf(id).uniqueId?.readable).toBe('refused');
      expect(familyOf(id).flashSizeRegister?.readable).toBe('refused');
    }
  });

  it('U073 has no flash size and no unique ID, because the sources disagree', () => {
    expect(familyOf(0x489)).not.toHaveProperty('flashSizeRegister');
    expect(familyOf(0x489)).not.toHaveProperty('uniqueId');
  });

  it('H74x has a small map of one sector for the H750', () => {
    expect(familyOf(0x450).sectorMaps.map((map) => map.name)).toEqual([
      '2 MB, dual bank',
      '128 KB, single bank',
    ]);
  });
});
