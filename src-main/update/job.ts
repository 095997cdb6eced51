/** What every job is given. */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { ProgressListener } from '../../shared/progress.ts';

export interface JobOptions {
  readonly clock: Clock;
  readonly listener: ProgressListener;
  readonly signal?: AbortSignal;
}

/** Throws where the person cancelled a job that changes nothing; true otherwise. */
export function checkpoint(signal: AbortSignal | undefined): true {
  if (signal?.aborted) throw new StepwiseError('cancelled', { condition: 'untouched' });
  return true;
}
