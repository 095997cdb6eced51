/** How this loader erases: how long to wait for which sector, and which known defects strike there. */
import { overlaps } from '../../shared/address.ts';
import type { EraseRules } from '../dfuse/session.ts';
import type { QuirkEffect } from '../stm32/quirk.ts';
import { typicalErase, worstErase } from './chip-times.ts';
import { rangeOf, type FlashSector, type FlashTarget } from './target.ts';

/** No sector of any family takes longer by its data sheet; one worn sector was seen to take 10 s. */
const LEAST_ERASE_BUDGET = 10_000;
const LONGEST_ERASE_BUDGET = 30_000;

/** The end of an erase is first asked for at this part of its typical time; later where an early question is punished. */
const FIRST_LOOK = 0.8;
const SAFE_LOOK = 1.1;

export type SectorEraseRules = EraseRules & {
  /** What the loader says of the end of this erase is not to be believed: look whether the sector is blank. */
  readonly blankCheck: boolean;
};

/** True where the effect strikes when this sector is erased and the engine acts on it. */
export function concerns(effect: QuirkEffect, sector: FlashSector): boolean {
  switch (effect.kind) {
    case 'erase-never-reports-end':
    case 'erase-reports-end-too-early':
    case 'erase-hits-other-sector':
    case 'erase-not-functional':
      return overlaps(effect.range, rangeOf(sector));
    default:
      return false;
  }
}

/** How to erase a sector of this device, with what is known to go wrong there. */
export function eraseRules(target: FlashTarget, sector: FlashSector): SectorEraseRules {
  const worst = worstErase(target.family, sector.size) ?? 0;
  const typical = typicalErase(target.family, sector.size);
  const floor = pollFloor(target, 'erase');
  let rules: SectorEraseRules = {
    kind: `erase ${sector.size}`,
    budget: Math.min(LONGEST_ERASE_BUDGET, Math.max(LEAST_ERASE_BUDGET, 2 * worst)),
    ...(typical !== undefined && { expected: typical * (floor > 0 ? SAFE_LOOK : FIRST_LOOK) }),
    ...(floor > 0 && { floor }),
    blankCheck: false,
  };
  for (const { effect } of target.quirks) {
    if (!concerns(effect, sector)) continue;
    if (effect.kind === 'erase-never-reports-end')
      rules = { ...rules, unwedgeAfter: effect.settle, blankCheck: true };
    if (effect.kind === 'erase-reports-end-too-early')
      rules = { ...rules, settle: effect.settle, blankCheck: true };
  }
  return rules;
}

/** Least milliseconds before the loader is asked, where its own poll times are known to be too short; 0 elsewhere. */
export function pollFloor(target: FlashTarget, command: 'erase' | 'write'): number {
  const floors = target.quirks.map(({ effect }) =>
    effect.kind === 'poll-time-floor' && effect.command === command ? effect.floor : 0,
  );
  return Math.max(0, ...floors);
}

/** Milliseconds in which nothing may touch the loader after a failure in these sectors. */
export function quietAfterFailure(target: FlashTarget, sectors: readonly FlashSector[]): number {
  return Math.max(0, ...sectors.map((sector) => eraseRules(target, sector).settle ?? 0));
}
