/**
 * The whole flash as the sector map draws it: which sectors there are, which of them an update is about, and what has
 * become of these. Sectors come from the layout string of the loader (UM0391 §4), as far as the plan agrees with it:
 * `@Internal Flash /0x08000000/04*016Kg,01*064Kg,07*128Kg`.
 */
import type { Review } from '../../shared/firmware.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { Job } from '../../shared/job.ts';
import { inBanks, type MapSector } from '../parts/sector-map/state.ts';

interface Place {
  readonly address: number;
  readonly size: number;
}

/** Before the update: what it is about stands out from the rest. */
export function plannedMap({
  identity,
  sectors,
}: Pick<Review, 'identity' | 'sectors'>): readonly MapSector[] {
  return drawnOver(
    wholeFlash(identity),
    sectors.map(({ address, size }) => ({ address, size, state: 'untouched' })),
  );
}

/** While it goes on, and afterwards. */
export function jobMap(planned: readonly MapSector[], job: Job): readonly MapSector[] {
  return drawnOver(planned, job.sectors);
}

export function wholeFlash({
  layouts,
  banks,
}: Pick<DeviceIdentity, 'layouts' | 'banks'>): readonly MapSector[] {
  const flash = layouts.find((layout) => /^@\s*Internal Flash/i.test(layout));
  if (flash === undefined) return [];
  return inBanks(
    sectorsIn(flash).map((sector) => ({ ...sector, state: 'outside' })),
    banks,
  );
}

const UNITS: Readonly<Record<string, number>> = { ' ': 1, B: 1, K: 1024, M: 1024 * 1024 };

function sectorsIn(layout: string): readonly Place[] {
  const sectors: Place[] = [];
  for (const [, start = '', runs = ''] of layout.matchAll(/\/\s*(0x[0-9a-f]+)\s*\/([^/]*)/gi)) {
    let address = Number.parseInt(start, 16);
    for (const [, count, size, unit = ' '] of runs.matchAll(/(\d+)\s*\*\s*(\d+)([ BKM])/g)) {
      const bytes = Number(size) * (UNITS[unit] ?? 1);
      for (let i = 0; i < Number(count); i++, address += bytes) sectors.push({ address, size: bytes });
    }
  }
  return sectors;
}

/** `over` counts: where the layout has other sectors at all, only what the engine works with is drawn. */
function drawnOver(under: readonly MapSector[], over: readonly MapSector[]): readonly MapSector[] {
  const drawn = new Map(over.map((sector) => [sector.address, sector]));
  const agrees = over.every((sector) =>
    under.some(({ address, size }) => address === sector.address && size === sector.size),
  );
  return agrees ? under.map((sector) => ({ ...sector, ...drawn.get(sector.address) })) : over;
}
