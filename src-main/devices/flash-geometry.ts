/** Whether a layout string and a family's sector map describe the same sectors, however each cuts them into runs. */
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
