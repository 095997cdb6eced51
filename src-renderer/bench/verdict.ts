/** How the jobs of a bench came out, and how many each way. */
import type { Job } from '../../shared/job.ts';

export type Verdict = 'running' | 'waiting' | 'passed' | 'failed' | 'cancelled';

export function verdictOf({ state }: Job): Verdict {
  switch (state.kind) {
    case 'running':
    case 'cancelling':
      return 'running';
    case 'waiting':
      return 'waiting';
    case 'done':
      return 'passed';
    case 'failed':
      return state.failure.code === 'cancelled' ? 'cancelled' : 'failed';
  }
}

export type Tally = Readonly<Record<'running' | 'passed' | 'failed' | 'cancelled', number>>;

/** One that waits for the person is still running. */
export function tally(jobs: readonly Job[]): Tally {
  const counted = { running: 0, passed: 0, failed: 0, cancelled: 0 };
  for (const job of jobs) {
    const verdict = verdictOf(job);
    counted[verdict === 'waiting' ? 'running' : verdict] += 1;
  }
  return counted;
}
