/** Which sectors are rewritten together, and in which order. Pure; snapshot-tested. */
import type { AddressRange } from '../../shared/address.ts';
import type { FirmwareImage, ImageRange } from '../firmware/image.ts';
import type { SectorStep } from './plan.ts';
import type { Stretch } from './rewrite.ts';
import { rangeOf, type FlashSector } from './target.ts';

/** Small sectors are rewritten together, up to this many bytes: enough that commands cost next to nothing. */
const STRETCH_BYTES = 256 * 1024;

/**
 * Neighbouring sectors as stretches, with what they shall hold: the image and the preserved bytes.
 * @param alone a sector that is rewritten by itself
 */
export function stretchesOf(
  changed: readonly SectorStep[],
  image: FirmwareImage,
  preserved: readonly ImageRange[],
  alone?: FlashSector,
): Stretch[] {
  const groups: FlashSector[][] = [];
  let size = 0;
  let end = -1;
  for (const { sector } of changed) {
    const group = groups.at(-1);
    const joins = sector.address === end && size + sector.size <= STRETCH_BYTES;
    if (group && joins && sector !== alone && group[0] !== alone) {
      group.push(sector);
      size += sector.size;
    } else {
      groups.push([sector]);
      size = sector.size;
    }
    end = sector.address + sector.size;
  }
  return groups.map((sectors) => ({ sectors, content: contentOf(sectors, image, preserved) }));
}

function contentOf(
  sectors: readonly FlashSector[],
  image: FirmwareImage,
  preserved: readonly ImageRange[],
): readonly ImageRange[] {
  return sectors
    .flatMap((sector) => [
      ...image.within(sector.address, sector.address + sector.size),
      ...preserved.filter((kept) => isWithin(kept, sector)),
    ])
    .sort((a, b) => a.address - b.address);
}

/** The steps that `range` touches. Steps are sorted by address. */
export function stepsTouching(steps: readonly SectorStep[], range: AddressRange): SectorStep[] {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const step = steps[middle];
    if (step && rangeOf(step.sector).end <= range.start) low = middle + 1;
    else high = middle;
  }
  const touched: SectorStep[] = [];
  for (let step = steps[low]; step && step.sector.address < range.end; step = steps[++low])
    touched.push(step);
  return touched;
}

export function isWithin(range: ImageRange, sector: FlashSector): boolean {
  return range.address >= sector.address && range.address < sector.address + sector.size;
}
