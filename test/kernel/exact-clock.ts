import type { Clock } from '../../shared/clock.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';

const NEVER_CHANGED = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Real time for a thread on which a device is a stopwatch. The timers of the platform are off by a millisecond, which is
 * as long as a transfer takes; this one stops the whole thread instead, and is off by some tens of microseconds.
 */
export const exactClock: Clock = {
  now: () => systemClock.now(),
  sleep: (ms) => {
    if (ms > 0) Atomics.wait(NEVER_CHANGED, 0, 0, ms);
    return Promise.resolve();
  },
};
