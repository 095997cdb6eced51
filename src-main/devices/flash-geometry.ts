/** Whether a layout string and a family's sector map describe the same sectors, however each cuts them; and its banks. */
import type { AddressRange } from '../../shared/address.ts';
import { layoutSize, type MemoryLayout } from '../dfuse/layout.ts';
import type { SectorMap } from '../stm32/family.ts';

interface Run {
  readonly address: number;
  readonly count: number;
  readonly size: number;
}

export function hasSectorsOf(layout: MemoryLayout, map: SectorMap): boolean {
  if (layoutSize(layout) !== map.flashSize) return false;
  const shown = joined(layout.regions.flatMap((region) => region.segments));
  const expected = joined(map.banks.flatMap(runsOfBank));
  return (
    shown.length === expected.length &&
    shown.every((run, i) => {
      const other = expected[i];
      return run.address === other?.address && run.count === other.count && run.size === other.size;
    })
  );
}

/** The banks of this flash; undefined where no map has its sectors, or several do and divide them differently. */
export function banksOf(
  layout: MemoryLayout,
  maps: readonly SectorMap[],
): readonly AddressRange[] | undefined {
  const [first, ...others] = maps.filter((map) => hasSectorsOf(layout, map)).map(bankRanges);
  return others.every((ranges) => JSON.stringify(ranges) === JSON.stringify(first)) ? first : undefined;
}

function bankRanges({ banks }: SectorMap): readonly AddressRange[] {
  return banks.map((bank) => {
    const last = runsOfBank(bank).at(-1);
    return { start: bank.start, end: last ? last.address + last.count * last.size : bank.start };
  });
}

function runsOfBank({ start, runs }: SectorMap['banks'][number]): Run[] {
  let address = start;
  return runs.map(({ count, size }) => {
    const run = { address, count, size };
    address += count * size;
    return run;
  });
}

/** Neighbouring runs of the same sector size become one: two banks of 8 × 128 KB are 16 × 128 KB. */
function joined(runs: readonly Run[]): readonly Run[] {
  return runs.reduce<Run[]>((all, { address, count, size }) => {
    const last = all.at(-1);
    return last?.size === size && last.address + last.count * size === address
      ? [...all.slice(0, -1), { ...last, count: last.count + count }]
      : [...all, { address, count, size }];
  }, []);
}
