import { UsbError } from '../port.ts';
import type { UsbFailureKind } from '../port.ts';

/**
 * libusb counts its failures twice: how a transfer ended (`libusb_transfer_status`, positive) and what a call returned
 * (`libusb_error`, negative). The npm package hands out both as `errno` of an exception. An unplugged device, for
 * example, is 5 to the transfer that was under way and −4 to every call after it.
 */

type KindsByNumber = ReadonlyMap<number, UsbFailureKind>;

/** `enum libusb_transfer_status` of libusb.h. */
const TRANSFER_STATUS_KINDS: KindsByNumber = new Map([
  [1, 'io'], // ERROR
  [2, 'timeout'], // TIMED_OUT
  [3, 'timeout'], // CANCELLED: nobody cancels but our own deadline
  [4, 'stall'], // STALL
  [5, 'gone'], // NO_DEVICE
  [6, 'io'], // OVERFLOW
]);

/** `enum libusb_error` of libusb.h. */
const LIBRARY_ERROR_KINDS: KindsByNumber = new Map([
  [-1, 'io'], // IO
  [-2, 'io'], // INVALID_PARAM
  [-3, 'no-permission'], // ACCESS
  [-4, 'gone'], // NO_DEVICE
  [-5, 'io'], // NOT_FOUND: there is no such interface or alternate setting
  [-6, 'busy'], // BUSY
  [-7, 'timeout'], // TIMEOUT
  [-8, 'io'], // OVERFLOW
  [-9, 'stall'], // PIPE
  [-10, 'io'], // INTERRUPTED
  [-11, 'io'], // NO_MEM
  [-12, 'no-driver'], // NOT_SUPPORTED
  [-99, 'io'], // OTHER
]);

/**
 * What Windows means otherwise (windows_winusb.c of libusb 1.0.30): WinUSB gives a device to one program at a time and
 * denies access to the second one; an interface that is on no WinUSB driver is not found.
 */
const WINDOWS_ERROR_KINDS: KindsByNumber = new Map([
  [-3, 'busy'],
  [-5, 'no-driver'],
]);

/** `LIBUSB_ERROR_NOT_FOUND`, which means something special after a reset. */
export const ERROR_NOT_FOUND = -5;

/** The number of an exception of the package; undefined when it has none. */
export function errorNumber(error: unknown): number | undefined {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number'
    ? error.errno
    : undefined;
}

export function failureKind(error: unknown, platform: NodeJS.Platform): UsbFailureKind {
  const number = errorNumber(error);
  if (number === undefined) return 'io';
  if (number > 0) return TRANSFER_STATUS_KINDS.get(number) ?? 'io';
  const windows = platform === 'win32' ? WINDOWS_ERROR_KINDS.get(number) : undefined;
  return windows ?? LIBRARY_ERROR_KINDS.get(number) ?? 'io';
}

/** Whatever the package threw, as a failure of the port; what is one already passes through. */
export function toUsbError(error: unknown, operation: string, platform = process.platform): UsbError {
  return error instanceof UsbError ? error : new UsbError(failureKind(error, platform), operation, error);
}
