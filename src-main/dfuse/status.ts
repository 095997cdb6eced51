/**
 * The answer to GETSTATUS (DFU 1.1 §6.1.2): six bytes, and the only way a DfuSe device says anything about itself.
 * Asking is not harmless: a command that was sent by DNLOAD runs when the next GETSTATUS arrives (AN3156 §5).
 */
import { StepwiseError } from '../../shared/failure.ts';

export const STATUS_LENGTH = 6;

export interface DeviceStatus {
  /** bStatus. */
  readonly status: number;
  /** bwPollTimeout: milliseconds the device asks the host to wait before the next GETSTATUS. */
  readonly pollTime: number;
  /** bState. */
  readonly state: number;
}

/** @throws protocol-violation where the answer has not six bytes */
export function parseStatus(bytes: Uint8Array): DeviceStatus {
  const [status, low, middle, high, state] = bytes;
  if (
    bytes.length < STATUS_LENGTH ||
    status === undefined ||
    low === undefined ||
    middle === undefined ||
    high === undefined ||
    state === undefined
  ) {
    throw new StepwiseError('protocol-violation', {
      what: `GETSTATUS answered ${bytes.length} bytes instead of 6`,
    });
  }
  return { status, pollTime: low | (middle << 8) | (high << 16), state };
}
