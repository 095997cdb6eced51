import { expect, test } from 'vitest';
import type { JobEvent } from '../../shared/job.ts';
import type { SectorState } from '../../shared/progress.ts';
import { SectorTimes } from './sector-times.ts';

function sector(at: number, address: number, state: SectorState): JobEvent {
  return { type: 'progress', at, event: { type: 'sector', address, size: 1024, state } };
}

test('a sector took from the first time it was touched to the last', () => {
  const times = new SectorTimes();
  times.note('job-1', [sector(100, 0, 'erasing'), sector(300, 0, 'writing')]);
  times.note('job-1', [sector(900, 0, 'verified'), sector(950, 1024, 'unchanged')]);
  expect(times.of('job-1', 0)).toBe(800);
  expect(times.of('job-1', 1024)).toBeUndefined();
});
