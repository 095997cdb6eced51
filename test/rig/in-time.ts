/** A deadline in virtual time: what waits for something that never comes is found out at once, with a message. */
import type { VirtualClock } from '../../src-main/virtual/clocks.ts';

const TEN_MINUTES = 600_000;

/** @throws Error where the work is not over after `deadline` milliseconds of virtual time */
export async function inTime<T>(clock: VirtualClock, work: Promise<T>, deadline = TEN_MINUTES): Promise<T> {
  const late = clock.sleep(deadline).then((): never => {
    throw new Error(`not over after ${deadline} ms of virtual time`);
  });
  return Promise.race([work, late]);
}

/** What the work was rejected with. @throws Error where it was not */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
