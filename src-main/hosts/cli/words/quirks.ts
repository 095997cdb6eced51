/** What a known defect of a bootloader means for an update: what Stepwise does about it. */
import type { QuirkEffect } from '../../../stm32/quirk.ts';
import { byteCount, duration } from '../quantities.ts';

type Kind = QuirkEffect['kind'];
type EffectOf<K extends Kind> = Extract<QuirkEffect, { readonly kind: K }>;

const MEANINGS: { readonly [K in Kind]: (effect: EffectOf<K>) => string } = {
  'erase-never-reports-end': ({ settle }) =>
    `Stepwise ends such an erase itself after ${duration(settle)} and proves that the sector is blank.`,
  'erase-reports-end-too-early': ({ settle }) =>
    `Stepwise leaves the bootloader alone for ${duration(settle)} after such an erase and proves that the sector is blank.`,
  'erase-hits-other-sector': () => 'Stepwise refuses an update that would need such an erase.',
  'erase-not-functional': () => 'Stepwise refuses an update that would need such an erase.',
  'poll-time-floor': ({ floor }) =>
    `Stepwise waits at least ${duration(floor)} where the bootloader asks for less.`,
  'transfer-size-limit': ({ limit }) => `Stepwise sends at most ${byteCount(limit)} at a time.`,
  'layout-string-wrong': () => 'Stepwise goes by the sectors the chip is known to have.',
  'never-mass-erase': () => 'Stepwise erases sector by sector.',
  'leave-unreliable': () => 'To start the application, unplug the device and plug it in again.',
  note: () => 'There is nothing to do about it.',
};

export function quirkMeaning(effect: QuirkEffect): string {
  return meaningOf(effect.kind, effect);
}

function meaningOf<K extends Kind>(kind: K, effect: EffectOf<K>): string {
  return MEANINGS[kind](effect);
}
