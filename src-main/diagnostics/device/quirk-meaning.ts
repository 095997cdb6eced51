/** What a known defect of a bootloader means for an update: how grave it is, and what Stepwise does about it. */
import type { Severity } from '../../../shared/finding.ts';
import type { QuirkEffect } from '../../stm32/quirk.ts';

type Kind = QuirkEffect['kind'];
type EffectOf<K extends Kind> = Extract<QuirkEffect, { readonly kind: K }>;

interface Opinion<K extends Kind> {
  readonly severity: Severity;
  readonly meaning: (effect: EffectOf<K>) => string;
  /** What becomes of an update by other hands: what brought the person here. */
  readonly elsewhere?: string;
}

const REFUSED = 'Stepwise refuses an update that would need such an erase.';

/** Of a defect that the device at hand certainly has. */
const OPINIONS: { readonly [K in Kind]: Opinion<K> } = {
  'erase-never-reports-end': {
    severity: 'handled',
    meaning: ({ settle }) =>
      `Stepwise ends such an erase itself after ${time(settle)} and proves that the sector is blank.`,
    elsewhere: 'ST’s DfuSe tool waits for ever: on an image that fills the flash it stops at 49 %.',
  },
  'erase-reports-end-too-early': {
    severity: 'slows',
    meaning: ({ settle }) =>
      `Stepwise leaves the bootloader alone for ${time(settle)} after such an erase and proves that the sector is blank.`,
  },
  'erase-hits-other-sector': { severity: 'prevents', meaning: () => REFUSED },
  'erase-not-functional': { severity: 'prevents', meaning: () => REFUSED },
  'poll-time-floor': {
    severity: 'handled',
    meaning: ({ floor }) => `Stepwise waits at least ${time(floor)} where the bootloader asks for less.`,
  },
  'transfer-size-limit': {
    severity: 'handled',
    meaning: ({ limit }) => `Stepwise sends at most ${limit} bytes at a time.`,
  },
  'layout-string-wrong': {
    severity: 'handled',
    meaning: () => 'Stepwise goes by the sectors the chip is known to have.',
  },
  'never-mass-erase': { severity: 'handled', meaning: () => 'Stepwise erases sector by sector.' },
  'leave-unreliable': {
    severity: 'note',
    meaning: () => 'To start the application, unplug the device and plug it in again.',
  },
  avoided: { severity: 'handled', meaning: ({ by }) => by },
  disturbs: {
    severity: 'slows',
    meaning: () => 'Stepwise repeats what went wrong, and reads back what it wrote.',
  },
  'undependable-when-locked': {
    severity: 'note',
    meaning: () => 'It concerns a locked device only; Stepwise does not update one before it is unlocked.',
  },
  note: { severity: 'note', meaning: () => 'An update goes on as always.' },
};

export function quirkMeaning(effect: QuirkEffect): string {
  return opinionOf(effect.kind).meaning(effect);
}

export function quirkElsewhere(effect: QuirkEffect): string | undefined {
  return opinionOf(effect.kind).elsewhere;
}

export function quirkSeverity(effect: QuirkEffect): Severity {
  return opinionOf(effect.kind).severity;
}

function opinionOf<K extends Kind>(kind: K): Opinion<K> {
  return OPINIONS[kind];
}

/** `40 ms`, `2 s`. */
function time(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${milliseconds / 1_000} s`;
}
