/** Why a job ended: whatever was thrown, as a failure that says in what condition the device is. */
import { StepwiseError, type DeviceCondition } from '../../shared/failure.ts';
import { asFailure } from '../dfuse/usb-failure.ts';

export interface Ending {
  /** Port path of the device. */
  readonly path: string;
  /** What the device is in where the failure itself does not say. */
  readonly condition: DeviceCondition;
  /** The person had stopped it. */
  readonly cancelled: boolean;
}

export function ended(error: unknown, { path, condition: known, cancelled }: Ending): StepwiseError {
  const failure = asFailure(error, path);
  const named = isStepwiseError(failure) ? failure : internal(failure);
  const condition = named.condition ?? known;
  // Whatever failed after the person had stopped it failed because of that.
  if (cancelled && named.code !== 'cancelled' && named.code !== 'internal')
    return new StepwiseError('cancelled', { condition }, { condition, cause: named });
  return named.with({ condition });
}

function isStepwiseError(error: unknown): error is StepwiseError {
  return error instanceof StepwiseError;
}

function internal(error: unknown): StepwiseError {
  const detail = error instanceof Error ? error.message : String(error);
  return new StepwiseError('internal', { detail }, { cause: error });
}
