/**
 * A plan is a value: which sectors an image touches, in which order they are rewritten, what they hold besides the
 * image, and how long each takes. Everything that can be refused is refused here, before anything is erased.
 */
import {
  contains,
  describeRange,
  hex,
  overlaps,
  rangeLength,
  type AddressRange,
} from '../../shared/address.ts';
import { StepwiseError, type RefusalReason } from '../../shared/failure.ts';
import type { FirmwareImage, ImageRange } from '../firmware/image.ts';
import type { SectorMap } from '../stm32/family.ts';
import type { Quirk } from '../stm32/quirk.ts';
import { concerns } from './erase-rules.ts';
import { sectorTime, sumOf, type WorkTime } from './estimate.ts';
import { alignmentOf, erasedValueOf, rangeOf, type FlashSector, type FlashTarget } from './target.ts';

/** The maker's rules for a product; the defaults are right for a chip nobody said anything about. */
export interface FlashPolicy {
  /** Bytes outside the image that share a sector with it: read before the erase and written back, or lost. */
  readonly outside: 'preserve' | 'discard';
  /** Erase the sector with the vector table first and write it last, so that half an update is never started. */
  readonly vectorTableLast: boolean;
  /** Where images of this product may lie; absent means anywhere in flash. */
  readonly allowed?: readonly AddressRange[];
  /** Every range of an image must start at a multiple of this many bytes. */
  readonly startAlignment?: number;
  /** Bytes of flash the product has, where the chip cannot be asked or says too much. */
  readonly flashSize?: number;
}

export const DEFAULT_POLICY: FlashPolicy = { outside: 'preserve', vectorTableLast: false };

/** One sector the image touches. */
export interface SectorStep {
  readonly sector: FlashSector;
  /** Bytes of the image in this sector. */
  readonly bytes: number;
  /** Parts of the sector the image says nothing of. */
  readonly outside: readonly AddressRange[];
  /** Milliseconds if nothing of it is right yet. */
  readonly expected: WorkTime;
}

export interface Plan {
  readonly image: FirmwareImage;
  readonly policy: FlashPolicy;
  /** By address. */
  readonly steps: readonly SectorStep[];
  /** Bytes of the image. */
  readonly bytes: number;
  /** Programming unit in bytes. */
  readonly alignment: number;
  readonly erasedValue: number;
  /** Milliseconds if nothing of the image is in flash yet. */
  readonly expected: WorkTime;
  /** Bytes beside the image that will be gone; empty when they are preserved. */
  readonly lost: readonly AddressRange[];
  /** Known defects of this loader that the plan runs into and the engine takes care of. */
  readonly handled: readonly Quirk[];
}

/** @throws plan-refused, read-protected */
export function makePlan(
  image: FirmwareImage,
  target: FlashTarget,
  policy: FlashPolicy = DEFAULT_POLICY,
): Plan {
  if (target.readProtected) throw new StepwiseError('read-protected', {}, { phase: 'plan' });
  checkTarget(image, target);
  for (const range of image.ranges) checkRange(range, target, policy);

  const steps = target.sectors
    .filter((sector) => image.within(sector.address, sector.address + sector.size).length > 0)
    .map((sector) => stepFor(sector, image, target));
  for (const { sector } of steps) checkDefects(sector, target);

  return {
    image,
    policy,
    steps,
    bytes: image.size,
    alignment: alignmentOf(target),
    erasedValue: erasedValueOf(target),
    expected: sumOf(steps.map((step) => step.expected)),
    lost: policy.outside === 'discard' ? steps.flatMap((step) => step.outside) : [],
    handled: target.quirks.filter((quirk) => steps.some(({ sector }) => concerns(quirk.effect, sector))),
  };
}

/** What an erase of these sectors must not run into. @throws plan-refused, read-protected */
export function checkErasable(sectors: readonly FlashSector[], target: FlashTarget): void {
  if (target.readProtected) throw new StepwiseError('read-protected', {}, { phase: 'plan' });
  for (const sector of sectors) {
    checkFlashSize(rangeOf(sector), target, DEFAULT_POLICY);
    if (!sector.erasable)
      refuse('not-erasable', `the sector at ${hex(sector.address)} cannot be erased`, rangeOf(sector));
    checkDefects(sector, target);
  }
}

function stepFor(sector: FlashSector, image: FirmwareImage, target: FlashTarget): SectorStep {
  const outside: AddressRange[] = [];
  let bytes = 0;
  let at = sector.address;
  for (const piece of image.within(sector.address, sector.address + sector.size)) {
    if (piece.address > at) outside.push({ start: at, end: piece.address });
    at = piece.address + piece.bytes.length;
    bytes += piece.bytes.length;
  }
  if (at < sector.address + sector.size) outside.push({ start: at, end: sector.address + sector.size });
  return { sector, bytes, outside, expected: sectorTime(target, sector, bytes) };
}

// -- refusals ----------------------------------------------------------------------------------------------------------

function refuse(reason: RefusalReason, detail: string, where?: AddressRange): never {
  const place = where && { address: where.start, size: rangeLength(where) };
  throw new StepwiseError('plan-refused', { reason, detail, ...place }, { phase: 'plan' });
}

function checkTarget(image: FirmwareImage, target: FlashTarget): void {
  if (image.ranges.length === 0) refuse('empty-image', 'the image has no data for internal flash');
  const [other] = image.otherTargets;
  if (other) {
    const name = other.name === undefined ? '' : ` (${other.name})`;
    refuse(
      'not-internal-flash',
      `the file also holds data for alternate setting ${other.alternate}${name}, which is not internal flash`,
    );
  }
  const { vendorId, productId } = image.target;
  const same = (wanted: number | undefined, is: number) => wanted === undefined || wanted === is;
  if (!same(vendorId, target.vendorId) || !same(productId, target.productId)) {
    const id = (vendor: number, product: number) =>
      [vendor, product].map((n) => n.toString(16).toUpperCase().padStart(4, '0')).join(':');
    const wanted = id(vendorId ?? target.vendorId, productId ?? target.productId);
    refuse(
      'wrong-target',
      `the file is made for USB ${wanted}, the device is ${id(target.vendorId, target.productId)}`,
    );
  }
}

function checkRange(range: ImageRange, target: FlashTarget, policy: FlashPolicy): void {
  const where = { start: range.address, end: range.address + range.bytes.length };
  const text = describeRange(where);
  if (target.family?.optionBytes.some((option) => overlaps(option, where))) {
    refuse('not-internal-flash', `${text} holds option bytes, which can lock the chip`, where);
  }
  if (
    policy.allowed &&
    !policy.allowed.some((allowed) => where.start >= allowed.start && where.end <= allowed.end)
  ) {
    refuse('protected-range', `${text} is outside what this product allows to be written`, where);
  }
  if (policy.startAlignment !== undefined && where.start % policy.startAlignment !== 0) {
    refuse('misaligned', `${hex(where.start)} is no multiple of ${policy.startAlignment} bytes`, where);
  }
  checkSectors(where, target);
  checkFlashSize(where, target, policy);
}

/** Walks the sectors under a range: none may be missing, and each must allow what the update does to it. */
function checkSectors(where: AddressRange, target: FlashTarget): void {
  let at = where.start;
  for (const sector of target.sectors) {
    const end = sector.address + sector.size;
    if (end <= at || at >= where.end) continue;
    if (sector.address > at) break;
    if (!sector.erasable)
      refuse('not-erasable', `the sector at ${hex(sector.address)} cannot be erased`, rangeOf(sector));
    if (!sector.writable)
      refuse('not-writable', `the sector at ${hex(sector.address)} cannot be written`, rangeOf(sector));
    if (!sector.readable)
      refuse('not-writable', `the sector at ${hex(sector.address)} cannot be read back`, rangeOf(sector));
    at = end;
  }
  if (at >= where.end) return;
  const missing = { start: at, end: where.end };
  const begins = at > where.start;
  const resumes = target.sectors.some((sector) => sector.address >= at && sector.address < where.end);
  refuse(
    begins && resumes ? 'across-hole' : 'outside-layout',
    `the device has no flash at ${describeRange(missing)}`,
    missing,
  );
}

/** The layout string may promise more than the chip has; its size register, or the maker, knows. */
function checkFlashSize(where: AddressRange, target: FlashTarget, policy: FlashPolicy): void {
  const first = target.sectors[0];
  const sizes = [target.flashSize, policy.flashSize].filter((size) => size !== undefined);
  if (!first || sizes.length === 0) return;
  const size = Math.min(...sizes);
  const banks = target.family?.sectorMaps.filter((map) => map.flashSize === size).flatMap(bankRanges) ?? [];
  const flash = { start: first.address, end: first.address + size };
  // A part with two small banks can have a hole between them: there its size does not say where flash ends.
  if (contains(flash, where) || banks.some((bank) => contains(bank, where))) return;
  const needed = where.end - first.address;
  refuse(
    'beyond-flash-size',
    `the image needs ${Math.ceil(needed / 1024)} KB of flash, the device has ${size / 1024} KB`,
    { start: Math.max(flash.end, where.start), end: where.end },
  );
}

function bankRanges(map: SectorMap): AddressRange[] {
  return map.banks.map(({ start, runs }) => ({
    start,
    end: start + runs.reduce((sum, { count, size }) => sum + count * size, 0),
  }));
}

/** A loader that is known to erase the wrong sector, or none, is not asked to. */
function checkDefects(sector: FlashSector, target: FlashTarget): void {
  for (const { effect, what, name } of target.quirks) {
    if (effect.kind !== 'erase-hits-other-sector' && effect.kind !== 'erase-not-functional') continue;
    if (concerns(effect, sector) && sectorMapName(target) === effect.onlyInMap) {
      refuse('known-defect', `${name}: ${what}`, rangeOf(sector));
    }
  }
}

/** Which of the family's organisations the device shows, told by its sectors. */
export function sectorMapName(target: FlashTarget): string | undefined {
  const shown = target.sectors.map(({ address, size }) => `${address}:${size}`).join();
  return target.family?.sectorMaps.find((map) => {
    const sectors = map.banks.flatMap((bank) => {
      let at = bank.start;
      return bank.runs.flatMap(({ count, size }) =>
        Array.from({ length: count }, () => {
          const sector = `${at}:${size}`;
          at += size;
          return sector;
        }),
      );
    });
    return sectors.join() === shown;
  })?.name;
}
