/** From an identified device to the facts a plan is made of: the loader's layout, with what it gets wrong put right. */
import { valueOf } from '../../shared/fact.ts';
import type { IdentifiedLoader } from '../devices/identify.ts';
import { sectorsOf } from '../dfuse/layout.ts';
import type { FlashSector, FlashTarget } from '../flash/target.ts';
import type { Family } from '../stm32/family.ts';

export function flashTarget(device: IdentifiedLoader): FlashTarget {
  const { identity, family, quirks, loader } = device;
  const flashSize = valueOf(identity.flashSize);
  const wrong = quirks.some(({ effect }) => effect.kind === 'layout-string-wrong');
  const sectors = wrong && family ? familySectors(family, flashSize) : sectorsOf(device.flash);
  return {
    sectors: [...sectors].sort((a, b) => a.address - b.address),
    ...(family && { family }),
    quirks,
    ...(flashSize !== undefined && { flashSize }),
    readProtected: valueOf(identity.readProtected) === true,
    vendorId: identity.vendorId,
    productId: identity.productId,
    transferSize: loader.session.transferSize,
  };
}

/** The family's own organisation for this size of flash, where the loader's is known to be wrong. */
function familySectors(family: Family, flashSize: number | undefined): FlashSector[] {
  const map = family.sectorMaps.find((each) => each.flashSize === flashSize) ?? family.sectorMaps[0];
  const sectors: FlashSector[] = [];
  for (const bank of map?.banks ?? []) {
    let address = bank.start;
    for (const { count, size } of bank.runs) {
      for (let i = 0; i < count; i++) {
        sectors.push({
          index: sectors.length,
          address,
          size,
          readable: true,
          erasable: true,
          writable: true,
        });
        address += size;
      }
    }
  }
  return sectors;
}
