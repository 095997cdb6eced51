/**
 * How long an answer may take. A server that says nothing is given up, and one that speaks just often enough to seem
 * alive (the slow-loris and slow-retrieval attacks, TUF specification §1.5.2) is too: a least rate is asked for.
 */
import type { Clock } from '../../shared/clock.ts';

/** Without a single byte, in milliseconds. */
export const SILENCE_MS = 20_000;
/** In each period at least so many bytes, or the end: 128 bytes a second. */
const PERIOD_MS = 32_000;
const LEAST_BYTES = 4_096;
const LOOK_MS = 1_000;

/** Says that bytes came. */
export type Heard = (bytes: number) => void;

/** Calls `giveUp` once with the milliseconds waited if `work` is too slow. It looks on until the work is over. */
export async function patiently<T>(
  clock: Clock,
  giveUp: (waited: number) => void,
  work: (heard: Heard) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  let lastHeard = clock.now();
  let period = { start: lastHeard, bytes: 0 };
  const look = async () => {
    for (;;) {
      await clock.sleep(LOOK_MS, over.signal);
      if (over.signal.aborted) return;
      const now = clock.now();
      const [silence, elapsed] = [now - lastHeard, now - period.start];
      const isSlow = elapsed >= PERIOD_MS && period.bytes < LEAST_BYTES;
      if (silence >= SILENCE_MS || isSlow) {
        giveUp(Math.max(silence, elapsed));
        return;
      }
      if (elapsed >= PERIOD_MS) period = { start: now, bytes: 0 };
    }
  };
  void look();
  try {
    return await work((bytes) => {
      lastHeard = clock.now();
      period.bytes += bytes;
    });
  } finally {
    over.abort();
  }
}
