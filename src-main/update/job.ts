/** What every job is given. */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { ProgressListener } from '../../shared/progress.ts';
import { asFailure } from '../dfuse/usb-failure.ts';
import type { Connected } from './connect.ts';

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

/** Runs a job that changes nothing on the device, and has its failures say so. */
export async function changingNothing<T>({ device }: Connected, job: () => Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    throw asFailure(error, device.identity.path, { condition: 'untouched' });
  }
}
