/**
 * When the repository is asked: at the start and every six hours, each computer at times of its own, so that they do not
 * all come at once. After a failure sooner, and then less and less often: a laptop finds its network a moment later.
 */
import type { Clock } from '../../shared/clock.ts';

const MINUTE_MS = 60_000;
const REGULAR_MS = 360 * MINUTE_MS;
const AFTER_FAILURE_MS = 5 * MINUTE_MS;
/** Part of the time by which it may be earlier. */
const JITTER = 0.2;

/** @param check whether it succeeded; must not reject */
export async function checkRegularly(
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
  check: () => Promise<boolean>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    failures = (await check()) ? 0 : failures + 1;
    const pause = failures === 0 ? REGULAR_MS : Math.min(REGULAR_MS, AFTER_FAILURE_MS * 2 ** (failures - 1));
    await clock.sleep(pause * (1 - JITTER * random()), signal);
  }
}
