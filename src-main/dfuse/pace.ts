/**
 * How long to wait between two GETSTATUS.
 *
 * bwPollTimeout is what the loader thinks an operation may take (DFU 1.1 §6.1.2). On ST's ROMs it is a constant, far
 * too long on some (F405: about 100 ms for a block that is programmed in 10) and too short on others (L0, L1, L4). A
 * host that obeys it spends most of an update asleep; one that ignores it stalls the L4. So the first question comes
 * when the chip's own figures say the work should be done, never later than the loader asked for, and never earlier
 * than the family's floor. A loader that punishes an early question is obeyed to the letter from then on.
 */

/** A loader that names a longer time than this is not believed (non-ST loaders report garbage; dfu-util's quirk table). */
export const LONGEST_WAIT = 5_000;

/** Shortest pause between two questions while a loader says it is busy, so that a busy loop never starves it. */
const SHORTEST_WAIT = 1;

export interface Pace {
  /** Milliseconds the operation typically takes inside the chip; absent where nobody published a figure. */
  readonly expected?: number;
  /** Least time the loader must be left alone, whatever it says (quirk `poll-time-floor`). */
  readonly floor?: number;
}

/**
 * Milliseconds to wait before the next GETSTATUS.
 * @param pollTime what the loader asked for in its last answer
 * @param elapsed milliseconds since the operation was started
 * @param obedient the loader has punished an early question before
 */
export function waitBeforePoll(pace: Pace, pollTime: number, elapsed: number, obedient: boolean): number {
  const asked = Math.min(Math.max(pollTime, pace.floor ?? 0), LONGEST_WAIT);
  if (obedient || pace.expected === undefined || pace.floor !== undefined) return asked;
  const remaining = pace.expected - elapsed;
  const own = remaining > 0 ? remaining : Math.max(SHORTEST_WAIT, pace.expected / 20);
  return Math.min(asked, own);
}
