/** What the figures of a link test say to a person. */
import type { LinkQuality } from '../../shared/diagnosis.ts';

export type LinkGrade = 'good' | 'slow' | 'bad';

/** A request that takes so many times the usual one was held up on its way. */
const HELD_UP = 20;
/** Milliseconds; below this nobody is held up, however quick the others were. */
const NOTICEABLE = 250;

export function linkGrade({ errors, median, slowest }: LinkQuality): LinkGrade {
  if (errors > 0) return 'bad';
  return slowest > Math.max(NOTICEABLE, median * HELD_UP) ? 'slow' : 'good';
}
