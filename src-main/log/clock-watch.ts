/**
 * Notices that the clock on the wall was set, or that the computer slept: the times in the log before and after do not
 * fit together then, and whoever reads it must know. Nothing in an update goes by this clock.
 */
import type { Incidents } from './incidents.ts';
import type { Log } from './log.ts';

export interface Clocks {
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** Milliseconds; goes on evenly while the computer is awake. */
  readonly steady: () => number;
}

/** Milliseconds; a clock that is corrected by a time server is moved by less. */
const JUMP = 10_000;

/** Looks whenever something is logged: where nothing is, nobody minds. @returns ends it */
export function watchClock(log: Log, incidents: Incidents, { wall, steady }: Clocks): () => void {
  let difference = wall() - steady();
  return log.subscribe(() => {
    const jump = wall() - steady() - difference;
    if (Math.abs(jump) < JUMP) return;
    difference += jump;
    const seconds = Math.round(jump / 1_000);
    incidents.add(
      'clock-jump',
      `the clock went ${seconds > 0 ? 'ahead' : 'back'} by ${Math.abs(seconds)} s: it was set, or the computer slept`,
    );
  });
}
