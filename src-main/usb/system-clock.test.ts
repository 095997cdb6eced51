import { expect, it } from 'vitest';
import { systemClock } from './system-clock.ts';

const AN_HOUR = 3_600_000;

it('a wait that nobody needs any more ends at once, and is no failure', async () => {
  const enough = new AbortController();
  const slept = systemClock.sleep(AN_HOUR, enough.signal);
  enough.abort();
  await slept;
  await systemClock.sleep(AN_HOUR, enough.signal);
});

it('time passes while it sleeps, and does not for a time that is over', async () => {
  const before = systemClock.now();
  await systemClock.sleep(2);
  expect(systemClock.now() - before).toBeGreaterThanOrEqual(1);
  await systemClock.sleep(-1);
});
