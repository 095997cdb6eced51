/** Time comes in through a clock, so that tests never sleep and the demo can run faster than life. */
export interface Clock {
  /** Monotonic time in milliseconds; only differences mean something. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds; 0 or less resolves without letting time pass.
   * @param signal wakes early, where a wait that nobody needs any more would keep the program running
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
