/** What a tile of the sector map can say: what an update did to a sector, or what a look at the flash found there. */
import type { AddressRange } from '../../../shared/address.ts';
import type { SurveyedSector } from '../../../shared/diagnosis.ts';
import type { SectorState } from '../../../shared/progress.ts';

/** `outside`: not part of it at all. `equal`, `differs`: beside a firmware somebody chose. */
export type TileState =
  SectorState | SurveyedSector['state'] | NonNullable<SurveyedSector['firmware']> | 'outside';

export interface MapSector {
  /** Absolute. */
  readonly address: number;
  /** Bytes. */
  readonly size: number;
  readonly state: TileState;
  /** Which bank it is in, from 0, where that is known. */
  readonly bank?: number | undefined;
}

/** These sectors, each with the bank it lies in. */
export function inBanks(
  sectors: readonly MapSector[],
  banks: readonly AddressRange[] = [],
): readonly MapSector[] {
  const bankAt = (address: number) => {
    const bank = banks.findIndex(({ start, end }) => address >= start && address < end);
    return bank < 0 ? undefined : bank;
  };
  return sectors.map((sector) => ({ ...sector, bank: bankAt(sector.address) }));
}

/** A look at flash: what a firmware has to do with a sector says more than whether it is in use. */
export function surveyed({ address, size, state, firmware }: SurveyedSector): MapSector {
  return { address, size, state: firmware ?? state };
}

/** What a person looks for first comes first; of the rest, what is least done. */
const precedence: readonly TileState[] = [
  'failed',
  'unreadable',
  'differs',
  'erasing',
  'writing',
  'untouched',
  'erased',
  'written',
  'used',
  'blank',
  'equal',
  'verified',
  'unchanged',
  'outside',
];

/** What several sectors in one tile say together. */
export function together(states: readonly TileState[]): TileState {
  return precedence.find((state) => states.includes(state)) ?? 'untouched';
}

/** How many sectors are in each state, in the order in which a sentence tells them. */
export function countStates(sectors: readonly MapSector[]): readonly (readonly [TileState, number])[] {
  const order: readonly TileState[] = [
    'verified',
    'unchanged',
    'equal',
    'differs',
    'used',
    'blank',
    'written',
    'writing',
    'erased',
    'erasing',
    'failed',
    'unreadable',
    'untouched',
    'outside',
  ];
  return order
    .map((state) => [state, sectors.filter((sector) => sector.state === state).length] as const)
    .filter(([, count]) => count > 0);
}
