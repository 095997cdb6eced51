import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NorFlash } from './nor-flash.ts';
import type { NorFlashOptions, Sector } from './nor-flash.ts';

const START = 0x0800_0000;

function flash(options: Partial<NorFlashOptions> = {}): NorFlash {
  return new NorFlash({
    banks: [
      {
        start: START,
        runs: [
          { count: 2, size: 64 },
          { count: 1, size: 256 },
        ],
      },
      { start: START + 0x1000, runs: [{ count: 2, size: 128 }] },
    ],
    erasedValue: 0xff,
    alignment: 8,
    ...options,
  });
}

function sectorAt(memory: NorFlash, address: number): Sector {
  const sector = memory.sectorAt(address);
  if (!sector) throw new Error('no sector there');
  return sector;
}

const eight = (...first: number[]) => Uint8Array.from({ length: 8 }, (_, i) => first[i] ?? 0xff);

describe('geometry', () => {
  it('lays sectors out bank by bank', () => {
    expect(flash().sectors).toEqual([
      { index: 0, start: START, size: 64 },
      { index: 1, start: START + 64, size: 64 },
      { index: 2, start: START + 128, size: 256 },
      { index: 3, start: START + 0x1000, size: 128 },
      { index: 4, start: START + 0x1080, size: 128 },
    ]);
  });

  it('finds the sector of every address, and none in holes and outside', () => {
    const memory = flash();
    fc.assert(
      fc.property(fc.integer({ min: START - 16, max: START + 0x1200 }), (address) => {
        const expected = memory.sectors.find((s) => address >= s.start && address < s.start + s.size);
        expect(memory.sectorAt(address)).toBe(expected);
      }),
    );
  });

  it('is born erased', () => {
    expect(
      flash()
        .snapshot()
        .every((byte) => byte === 0xff),
    ).toBe(true);
    expect(
      flash({ erasedValue: 0 })
        .snapshot()
        .every((byte) => byte === 0),
    ).toBe(true);
  });

  it('has nothing in it when there are no sectors', () => {
    const none = flash({ banks: [] });
    expect(none.size).toBe(0);
    expect(none.sectorAt(START)).toBeUndefined();
  });
});

describe('programming', () => {
  it('stores what is written on erased cells, without a fault', () => {
    const memory = flash();
    memory.program(START + 8, eight(1, 2, 3));
    expect([...memory.read(START + 8, 4)]).toEqual([1, 2, 3, 0xff]);
    expect(memory.faults).toEqual([]);
    expect(memory.bytesProgrammed).toBe(8);
  });

  it('leaves the AND of both on cells that were not erased, and records where', () => {
    const memory = flash();
    memory.program(START, eight(0xff, 0xf0, 0x0f));
    memory.program(START, eight(0xaa, 0x3c, 0x3c));
    expect([...memory.read(START, 3)]).toEqual([0xaa, 0x30, 0x0c]);
    expect(memory.faults).toEqual([{ kind: 'not-erased', address: START + 1, count: 2 }]);
  });

  it('leaves the OR of both where erased cells are zero', () => {
    const memory = flash({ erasedValue: 0 });
    memory.program(
      START,
      Uint8Array.from({ length: 8 }, () => 0x0f),
    );
    memory.program(
      START,
      Uint8Array.from({ length: 8 }, () => 0xf0),
    );
    expect(memory.read(START, 1)[0]).toBe(0xff);
    expect(memory.faults).toEqual([{ kind: 'not-erased', address: START, count: 8 }]);
  });

  it('records pieces that do not begin or end at a programming unit', () => {
    const memory = flash();
    memory.program(START + 4, eight(1));
    memory.program(START + 16, Uint8Array.of(1, 2));
    expect(memory.faults).toEqual([
      { kind: 'misaligned', address: START + 4, length: 8 },
      { kind: 'misaligned', address: START + 16, length: 2 },
    ]);
  });

  it('loses and records what lies where no flash is', () => {
    const memory = flash();
    memory.program(
      START + 128 + 248,
      Uint8Array.from({ length: 16 }, () => 7),
    );
    expect([...memory.read(START + 128 + 248, 16)].filter((byte) => byte === 7)).toHaveLength(8);
    expect(memory.faults).toEqual([{ kind: 'absent', address: START + 384, length: 8 }]);
  });

  it('runs over sector borders', () => {
    const memory = flash();
    memory.program(
      START + 56,
      Uint8Array.from({ length: 16 }, (_, i) => i),
    );
    expect([...memory.read(START + 56, 16)]).toEqual([...Array(16).keys()]);
  });

  it('leaves bits that do not program as they were, and nothing else', () => {
    const memory = flash({ defects: { bitsNotProgrammable: [{ address: START + 1, mask: 0x81 }] } });
    memory.program(START, eight(0, 0, 0));
    expect([...memory.read(START, 3)]).toEqual([0, 0x81, 0]);
  });
});

describe('erasing', () => {
  it('sets one sector to the erased value and counts it', () => {
    const memory = flash();
    memory.program(
      START,
      Uint8Array.from({ length: 128 }, () => 0),
    );
    memory.erase(sectorAt(memory, START + 64));
    expect(memory.read(START, 64).every((byte) => byte === 0)).toBe(true);
    expect(memory.read(START + 64, 64).every((byte) => byte === 0xff)).toBe(true);
    expect([...memory.eraseCounts]).toEqual([0, 1, 0, 0, 0]);
  });

  it('is undone half when the power fails', () => {
    const memory = flash();
    memory.program(
      START,
      Uint8Array.from({ length: 64 }, () => 0),
    );
    memory.eraseTorn(sectorAt(memory, START));
    expect(memory.read(START, 32).every((byte) => byte === 0xff)).toBe(true);
    expect(memory.read(START + 32, 32).every((byte) => byte === 0)).toBe(true);
    expect(memory.eraseCounts[0]).toBe(0);
  });

  it('has no effect on a sector that will not erase', () => {
    const memory = flash({ defects: { sectorsNotErasable: [START + 70] } });
    memory.program(START + 64, eight(0));
    memory.erase(sectorAt(memory, START + 64));
    memory.eraseTorn(sectorAt(memory, START + 64));
    expect(memory.read(START + 64, 1)[0]).toBe(0);
  });
});

describe('write protection', () => {
  it('ignores erasing and programming in silence', () => {
    const memory = flash({ writeProtected: [1] });
    memory.load(
      START,
      Uint8Array.from({ length: 128 }, () => 0x55),
    );
    memory.erase(sectorAt(memory, START + 64));
    memory.erase(sectorAt(memory, START));
    memory.program(
      START + 56,
      Uint8Array.from({ length: 16 }, () => 0x11),
    );
    expect(memory.read(START + 56, 8).every((byte) => byte === 0x11)).toBe(true);
    expect(memory.read(START + 64, 64).every((byte) => byte === 0x55)).toBe(true);
    expect(memory.faults).toEqual([]);
    expect(memory.bytesProgrammed).toBe(8);
  });
});

describe('reading and loading', () => {
  it('gives copies', () => {
    const memory = flash();
    memory.read(START, 8).fill(0);
    memory.snapshot().fill(0);
    expect(memory.read(START, 1)[0]).toBe(0xff);
  });

  it('reads as erased where no flash is', () => {
    const memory = flash();
    memory.load(memory.end - 1, Uint8Array.of(0));
    expect([...memory.read(memory.end - 1, 3)]).toEqual([0, 0xff, 0xff]);
    expect([...memory.read(START - 4, 2)]).toEqual([0xff, 0xff]);
  });

  it('refuses factory contents outside the flash', () => {
    expect(() => flash().load(START - 1, Uint8Array.of(1))).toThrow(RangeError);
    expect(() => flash().load(START + 0x10ff, Uint8Array.of(1, 2))).toThrow(RangeError);
  });
});
