/** Errors of the port, as failures with a name: what a host shows when the bus itself is in the way. */
import { StepwiseError, type FailureContext } from '../../shared/failure.ts';
import { UsbError } from '../usb/port.ts';

/** @param path port path of the device; @returns anything but a UsbError unchanged */
export function asFailure(error: unknown, path: string, context: FailureContext = {}): unknown {
  if (error instanceof StepwiseError) return error.with(context);
  if (!(error instanceof UsbError)) return error;
  const why = { ...context, cause: error };
  switch (error.kind) {
    case 'gone':
      return new StepwiseError('disconnected', { path }, why);
    case 'no-permission':
    case 'no-driver':
    case 'busy':
      return new StepwiseError(error.kind, { path }, why);
    case 'timeout':
      return new StepwiseError('no-answer', { path, request: error.operation }, why);
    case 'stall':
    case 'io':
      return new StepwiseError('usb-transfer', { path, kind: error.kind, request: error.operation }, why);
  }
}
