import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Block, layOut, MOST_TILES } from './layout.ts';
import { inBanks, type MapSector } from './state.ts';

const KB = 1024;

function sectorsFrom(start: number, sizes: readonly number[]): readonly MapSector[] {
  let address = start;
  return sizes.map((size) => {
    const sector: MapSector = { address, size, state: 'untouched' };
    address += size;
    return sector;
  });
}

function tilesOf(blocks: readonly Block[]) {
  return blocks.flatMap((block) => block.tiles);
}

const F4_BANK = [16, 16, 16, 16, 64, 128, 128, 128, 128, 128, 128, 128].map((kilobytes) => kilobytes * KB);
const sizes = fc.array(fc.constantFrom(2 * KB, 16 * KB, 64 * KB, 128 * KB), { minLength: 1, maxLength: 600 });

test('whatever the sizes, every sector is in exactly one tile, in the order of addresses', () => {
  fc.assert(
    fc.property(sizes, (each) => {
      const sectors = sectorsFrom(0x0800_0000, each);
      expect(tilesOf(layOut(sectors)).flatMap((tile) => tile.sectors)).toEqual(sectors);
    }),
  );
});

test('the area of a tile is its share of the bytes of its block', () => {
  fc.assert(
    fc.property(sizes, (each) => {
      for (const block of layOut(sectorsFrom(0x0800_0000, each))) {
        const whole = block.sectors.reduce((sum, { size }) => sum + size, 0);
        for (const tile of block.tiles) {
          const bytes = tile.sectors.reduce((sum, { size }) => sum + size, 0);
          expect(tile.width * tile.height).toBeCloseTo(bytes / whole, 6);
        }
      }
    }),
  );
});

test('eight equal sectors are one row from left to right', () => {
  const [bank] = layOut(sectorsFrom(0x0800_0000, Array<number>(8).fill(128 * KB)));
  expect(bank?.tiles.map((tile) => [tile.x, tile.y, tile.height])).toEqual(
    Array.from({ length: 8 }, (_, i) => [i / 8, 0, 1]),
  );
});

test('where the banks are known there is a block for each', () => {
  const even = sectorsFrom(0x0800_0000, Array<number>(16).fill(128 * KB));
  const banks = [
    { start: 0x0800_0000, end: 0x0810_0000 },
    { start: 0x0810_0000, end: 0x0820_0000 },
  ];
  expect(layOut(inBanks(even, banks)).map((block) => block.sectors.length)).toEqual([8, 8]);
});

test('where sizes begin anew, or addresses have a gap, another block begins', () => {
  expect(layOut(sectorsFrom(0x0800_0000, [...F4_BANK, ...F4_BANK])).map((b) => b.sectors.length)).toEqual([
    12, 12,
  ]);
  const gap = [...sectorsFrom(0x0800_0000, [2 * KB]), ...sectorsFrom(0x0804_0000, [2 * KB])];
  expect(layOut(gap)).toHaveLength(2);
});

test('the small sectors of an F4 are shapes, not lines', () => {
  const [bank] = layOut(sectorsFrom(0x0800_0000, F4_BANK));
  const narrowest = Math.min(...(bank?.tiles ?? []).map((tile) => tile.width));
  expect(narrowest).toBeGreaterThan(1 / 40);
});

test('512 sectors share no more tiles than a picture can hold, and their numbers go on', () => {
  const tiles = tilesOf(layOut(sectorsFrom(0x0800_0000, Array<number>(512).fill(4 * KB))));
  expect(tiles).toHaveLength(MOST_TILES);
  expect(tiles.map((tile) => tile.first)).toEqual(Array.from({ length: MOST_TILES }, (_, i) => i * 8));
});

test('the sectors of two banks are counted through', () => {
  const blocks = layOut(sectorsFrom(0x0800_0000, [...F4_BANK, ...F4_BANK]));
  expect(blocks[1]?.tiles[0]?.first).toBe(12);
});

test('no sectors make no picture', () => {
  expect(layOut([])).toEqual([]);
});
