/** The sector map in words: what a state is called, what the whole says, what a tile says. */
import { hex } from '../../../shared/address.ts';
import * as m from '../../paraglide/messages.js';
import { elapsed, number, size } from '../quantities.ts';
import type { Block, Tile } from './layout.ts';
import { countStates, type TileState, together } from './state.ts';

type Words = Readonly<Record<TileState, () => string>>;

const customer: Words = {
  untouched: m.frame_map_untouched,
  unchanged: m.frame_map_unchanged,
  erasing: m.frame_map_erasing,
  erased: m.frame_map_erased,
  writing: m.frame_map_writing,
  written: m.frame_map_written,
  verified: m.frame_map_verified,
  failed: m.frame_map_failed,
  blank: m.frame_map_blank,
  used: m.frame_map_used,
  unreadable: m.frame_map_unreadable,
  equal: m.frame_map_equal,
  differs: m.frame_map_differs,
  outside: m.frame_map_outside,
};

const field: Words = {
  ...customer,
  unchanged: m.frame_map_unchanged_expert,
  erasing: m.frame_map_erasing_expert,
  erased: m.frame_map_erased_expert,
  verified: m.frame_map_verified_expert,
  blank: m.frame_map_blank_expert,
};

export function stateWord(state: TileState, expert: boolean): string {
  return (expert ? field : customer)[state]();
}

/** `Bank 1: 8 of 8 verified. Bank 2: 1 of 8 erased, 7 to do.` */
export function mapSentence(blocks: readonly Block[], expert: boolean): string {
  return blocks
    .map((block, index) => {
      const counts = blockCounts(block, expert);
      return blocks.length > 1
        ? m.frame_map_bank({ number: number(index + 1), counts })
        : m.frame_map_whole({ counts });
    })
    .join(' ');
}

function blockCounts({ sectors }: Block, expert: boolean): string {
  const total = number(sectors.length);
  return countStates(sectors)
    .map(([state, count], index) => {
      const words = { count: number(count), state: stateWord(state, expert) };
      return index === 0 ? m.frame_map_first({ ...words, total }) : m.frame_map_more(words);
    })
    .join(m.frame_map_comma());
}

/** `Sector 9 · 0x08120000 · 128 KB · being written`. @param time milliseconds it took so far */
export function tileWords(tile: Tile, expert: boolean, time: number | undefined): string {
  const bytes = tile.sectors.reduce((sum, sector) => sum + sector.size, 0);
  return [
    tileName(tile, expert),
    ...(expert ? [hex(tile.sectors[0]?.address ?? 0)] : []),
    size(bytes),
    stateWord(together(tile.sectors.map(({ state }) => state)), expert),
    ...(time === undefined ? [] : [elapsed(time)]),
  ].join(' · ');
}

/** Sectors count from 0, as reference manuals do; parts from 1, as people do. */
function tileName({ first, sectors }: Tile, expert: boolean): string {
  const from = number(expert ? first : first + 1);
  const to = number((expert ? first : first + 1) + sectors.length - 1);
  if (sectors.length === 1)
    return expert ? m.frame_map_sector({ number: from }) : m.frame_map_part({ number: from });
  return expert ? m.frame_map_sectors({ from, to }) : m.frame_map_parts({ from, to });
}
