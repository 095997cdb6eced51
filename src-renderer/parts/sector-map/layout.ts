/**
 * Where each tile of the sector map lies: a block per bank, tiles in the order of addresses, area by size. A block is
 * halved again and again, each time across its longer side where the bytes are halved best, so that a 16 KB sector
 * beside 128 KB ones still is a shape and not a line.
 */
import type { MapSector } from './state.ts';

/** More tiles than this are no picture any more: neighbours of one size share a tile. */
export const MOST_TILES = 64;

/** In shares of the block, 0 … 1. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Tile extends Box {
  /** One, or several of the same size. */
  readonly sectors: readonly MapSector[];
  /** Of its first sector, counted from 0 over all blocks. */
  readonly first: number;
}

export interface Block {
  /** Bytes in it, as a share of the largest block. */
  readonly share: number;
  readonly sectors: readonly MapSector[];
  readonly tiles: readonly Tile[];
}

/** Height of a block by its width, about. */
const FLATNESS = 1 / 10;

/** A block for each bank where that is known; else a gap, or sizes that begin anew, are taken for the next one. */
export function layOut(sectors: readonly MapSector[]): readonly Block[] {
  const ordered = [...sectors].sort((a, b) => a.address - b.address);
  const blocks = split(ordered, beginsBank);
  const perTile = sectorsPerTile(blocks);
  const largest = Math.max(...blocks.map(sizeOf));
  let counted = 0;
  return blocks.map((block) => {
    const groups = fold(block, perTile).map((group) => {
      const first = counted;
      counted += group.length;
      return { sectors: group, first };
    });
    return {
      share: sizeOf(block) / largest,
      sectors: block,
      tiles: halve(groups, { x: 0, y: 0, width: 1, height: 1 }),
    };
  });
}

function sizeOf(sectors: readonly MapSector[]): number {
  return sectors.reduce((sum, { size }) => sum + size, 0);
}

function beginsBank(before: MapSector, sector: MapSector): boolean {
  if (before.bank !== undefined && sector.bank !== undefined) return before.bank !== sector.bank;
  return before.address + before.size !== sector.address || sector.size < before.size;
}

/** Runs of neighbours; a new one begins wherever `begins` says so. */
function split(
  sectors: readonly MapSector[],
  begins: (before: MapSector, sector: MapSector) => boolean,
): readonly (readonly MapSector[])[] {
  const runs: MapSector[][] = [];
  let before: MapSector | undefined;
  for (const sector of sectors) {
    const run = runs.at(-1);
    if (!run || (before && begins(before, sector))) runs.push([sector]);
    else run.push(sector);
    before = sector;
  }
  return runs;
}

/** A power of two, as flash is made. */
function sectorsPerTile(blocks: readonly (readonly MapSector[])[]): number {
  let perTile = 1;
  while (count(blocks, perTile) > MOST_TILES && perTile < MOST_TILES ** 2) perTile *= 2;
  return perTile;
}

function count(blocks: readonly (readonly MapSector[])[], perTile: number): number {
  return blocks.reduce((sum, block) => sum + fold(block, perTile).length, 0);
}

function fold(block: readonly MapSector[], perTile: number): readonly (readonly MapSector[])[] {
  return split(block, (before, sector) => before.size !== sector.size).flatMap((run) =>
    Array.from({ length: Math.ceil(run.length / perTile) }, (_, tile) =>
      run.slice(tile * perTile, (tile + 1) * perTile),
    ),
  );
}

type Group = Pick<Tile, 'sectors' | 'first'>;

function halve(groups: readonly Group[], box: Box): readonly Tile[] {
  const [only] = groups;
  if (!only) return [];
  if (groups.length === 1) return [{ ...only, ...box }];
  const sizes = groups.map((group) => sizeOf(group.sectors));
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  const cut = bestCut(sizes, whole);
  const share = sizes.slice(0, cut).reduce((sum, size) => sum + size, 0) / whole;
  const [before, behind] = parts(box, share);
  return [...halve(groups.slice(0, cut), before), ...halve(groups.slice(cut), behind)];
}

/** How many of the first make the most equal halves. */
function bestCut(sizes: readonly number[], whole: number): number {
  let best = 1;
  let nearest = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const [index, size] of sizes.slice(0, -1).entries()) {
    sum += size;
    const off = Math.abs(sum - whole / 2);
    if (off < nearest) [best, nearest] = [index + 1, off];
  }
  return best;
}

/** Across the side that is longer on the screen. */
function parts({ x, y, width, height }: Box, share: number): readonly [Box, Box] {
  return width >= height * FLATNESS
    ? [
        { x, y, width: width * share, height },
        { x: x + width * share, y, width: width * (1 - share), height },
      ]
    : [
        { x, y, width, height: height * share },
        { x, y: y + height * share, width, height: height * (1 - share) },
      ];
}
