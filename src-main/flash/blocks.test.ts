import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignRuns, blocksOf, isErased, withoutErased } from './blocks.ts';

const run = (address: number, ...bytes: number[]) => ({ address, bytes: Uint8Array.from(bytes) });

/** Runs as an image has them: sorted, apart from each other. */
const runs = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.uint8Array({ minLength: 1, maxLength: 70 })), {
    maxLength: 8,
  })
  .map((pieces) => {
    let at = 0x0800_0000;
    return pieces.map(([gap, bytes]) => {
      const address = at + gap;
      at = address + bytes.length;
      return { address, bytes };
    });
  });
const alignments = fc.constantFrom(2, 4, 8, 16, 32);

describe('blocksOf', () => {
  test('cuts a run into full blocks on one grid and a short tail', () => {
    const blocks = [...blocksOf({ address: 0x100, bytes: new Uint8Array(2500) }, 1024)];
    expect(blocks.map(({ base, address, bytes }) => [base, address, bytes.length])).toEqual([
      [0x100, 0x100, 1024],
      [0x100, 0x500, 1024],
      [0x100, 0x900, 452],
    ]);
  });

  test('gives nothing for an empty run', () => {
    expect([...blocksOf(run(0), 1024)]).toEqual([]);
  });
});

describe('isErased', () => {
  test('is true only where every byte has the erased value', () => {
    expect(isErased(Uint8Array.of(0xff, 0xff), 0xff)).toBe(true);
    expect(isErased(Uint8Array.of(0xff, 0xfe), 0xff)).toBe(false);
    expect(isErased(Uint8Array.of(0, 0), 0x00)).toBe(true);
    expect(isErased(Uint8Array.of(0, 0), 0xff)).toBe(false);
  });
});

describe('alignRuns', () => {
  test('widens both ends to the programming unit and joins runs that share one', () => {
    expect(alignRuns([run(0x101, 1, 2), run(0x105, 3)], 4, 0xff)).toEqual([
      run(0x100, 0xff, 1, 2, 0xff, 0xff, 3, 0xff, 0xff),
    ]);
  });

  test('leaves runs in different units apart', () => {
    expect(alignRuns([run(0x100, 1), run(0x109, 2)], 4, 0).map(({ address }) => address)).toEqual([
      0x100, 0x108,
    ]);
  });

  test('keeps every byte where it was, adds nothing but the fill, and starts and ends on units', () => {
    fc.assert(
      fc.property(runs, alignments, (given, alignment) => {
        const aligned = alignRuns(given, alignment, 0xa5);
        const expected = new Map(
          given.flatMap((r) => [...r.bytes].map((byte, i) => [r.address + i, byte] as const)),
        );
        let seen = 0;
        for (const { address, bytes } of aligned) {
          expect(address % alignment).toBe(0);
          expect(bytes.length % alignment).toBe(0);
          bytes.forEach((byte, i) => {
            const wanted = expected.get(address + i);
            expect(byte).toBe(wanted ?? 0xa5);
            if (wanted !== undefined) seen += 1;
          });
        }
        expect(seen).toBe(expected.size);
      }),
    );
  });
});

describe('withoutErased', () => {
  test('keeps the units that hold something, cut at the ends of the range', () => {
    const range = run(0x102, 7, 0xff, /* 104 */ 0xff, 0xff, 0xff, 0xff, /* 108 */ 0xff, 9);
    expect(withoutErased(range, 4, 0xff)).toEqual([run(0x102, 7, 0xff), run(0x108, 0xff, 9)]);
  });

  test('drops erased bytes only, and only whole units of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 64 }),
        fc.array(fc.constantFrom(0xff, 0xff, 0xff, 1), { maxLength: 200 }),
        alignments,
        (address, content, alignment) => {
          const range = run(address, ...content);
          const kept = withoutErased(range, alignment, 0xff);
          const keptAt = new Set(kept.flatMap((r) => [...r.bytes].map((_, i) => r.address + i)));
          content.forEach((byte, i) => {
            const unit = Math.floor((address + i) / alignment);
            const inUnit = content.filter((_, j) => Math.floor((address + j) / alignment) === unit);
            expect(keptAt.has(address + i), `${byte} at ${i}`).toBe(inUnit.some((each) => each !== 0xff));
          });
        },
      ),
    );
  });
});
