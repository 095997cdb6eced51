import { UsbError } from '../port.ts';
import { toUsbError } from './failure-kinds.ts';
import type { NativeCallback } from './native.ts';

/** How long the library may take to hand back a cancelled transfer. */
export const CANCEL_GRACE_MS = 2_000;

/** How long a request that the library sends itself may take: Linux gives SET_INTERFACE 5 s, a reset a few tries. */
export const CALL_LIMIT_MS = 15_000;

/**
 * The library never called back. The request may still be under way, so the device must not be used any more:
 * a second transfer, or closing it, would meet the first one.
 */
export class NeverEndedError extends UsbError {
  constructor(operation: string) {
    super('io', operation, new Error('libusb never reported the end of the request'));
  }
}

/** Runs a call of the library that ends with a callback and cannot be cancelled. */
export function nativeCall(operation: string, start: (callback: NativeCallback) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(new NeverEndedError(operation));
    }, CALL_LIMIT_MS);
    const end = (error?: unknown) => {
      clearTimeout(limit);
      if (error === undefined) resolve();
      else reject(toUsbError(error, operation));
    };
    try {
      start(end);
    } catch (error) {
      end(error);
    }
  });
}
