/**
 * When the repository is asked: at the start and every six hours, each computer at times of its own, so that they do not
 * all come at once. After a failure sooner, and then less and less often: a laptop finds its network a moment later. A
 * server that says when it wants to be asked again is not asked before.
 */
import type { Clock } from '../../shared/clock.ts';
import type { Failure } from '../../shared/failure.ts';

const MINUTE_MS = 60_000;
const REGULAR_MS = 360 * MINUTE_MS;
const AFTER_FAILURE_MS = 5 * MINUTE_MS;
/** Part of the time by which it may be earlier, or later where earlier is not wanted. */
const JITTER = 0.2;

/** @param check why it did not succeed, if it did not; must not reject */
export async function checkRegularly(
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
  check: () => Promise<Failure | undefined>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const failure = await check();
    failures = failure ? failures + 1 : 0;
    const pause = failures === 0 ? REGULAR_MS : Math.min(REGULAR_MS, AFTER_FAILURE_MS * 2 ** (failures - 1));
    const jitter = JITTER * random();
    // Whoever was sent away together must not come back together; and nobody is sent away for longer than usual.
    const wanted = Math.min(REGULAR_MS, askedFor(failure)) * (1 + jitter);
    await clock.sleep(Math.max(wanted, pause * (1 - jitter)), signal);
  }
}

/** Milliseconds. */
function askedFor(failure: Failure | undefined): number {
  return failure?.code === 'server-refused' ? (failure.facts.retryAfter ?? 0) : 0;
}
