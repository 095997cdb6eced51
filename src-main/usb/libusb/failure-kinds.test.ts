import { describe, expect, it } from 'vitest';
import { usb } from 'usb';
import { libusbError } from '../../../test/usb/fake-native.ts';
import { UsbError } from '../port.ts';
import { failureKind, toUsbError } from './failure-kinds.ts';

describe('failure kinds', () => {
  it.each([
    [usb.LIBUSB_TRANSFER_ERROR, 'io'],
    [usb.LIBUSB_TRANSFER_TIMED_OUT, 'timeout'],
    [usb.LIBUSB_TRANSFER_CANCELLED, 'timeout'],
    [usb.LIBUSB_TRANSFER_STALL, 'stall'],
    [usb.LIBUSB_TRANSFER_NO_DEVICE, 'gone'],
    [usb.LIBUSB_TRANSFER_OVERFLOW, 'io'],
  ])('maps transfer status %i to %s', (number, kind) => {
    expect(failureKind(libusbError(number), 'linux')).toBe(kind);
  });

  it.each([
    [usb.LIBUSB_ERROR_IO, 'io'],
    [usb.LIBUSB_ERROR_INVALID_PARAM, 'io'],
    [usb.LIBUSB_ERROR_ACCESS, 'no-permission'],
    [usb.LIBUSB_ERROR_NO_DEVICE, 'gone'],
    [usb.LIBUSB_ERROR_NOT_FOUND, 'io'],
    [usb.LIBUSB_ERROR_BUSY, 'busy'],
    [usb.LIBUSB_ERROR_TIMEOUT, 'timeout'],
    [usb.LIBUSB_ERROR_OVERFLOW, 'io'],
    [usb.LIBUSB_ERROR_PIPE, 'stall'],
    [usb.LIBUSB_ERROR_INTERRUPTED, 'io'],
    [usb.LIBUSB_ERROR_NO_MEM, 'io'],
    [usb.LIBUSB_ERROR_NOT_SUPPORTED, 'no-driver'],
    [usb.LIBUSB_ERROR_OTHER, 'io'],
  ])('maps library error %i to %s', (number, kind) => {
    expect(failureKind(libusbError(number), 'linux')).toBe(kind);
  });

  it.each([
    [usb.LIBUSB_ERROR_ACCESS, 'busy'],
    [usb.LIBUSB_ERROR_NOT_FOUND, 'no-driver'],
    [usb.LIBUSB_ERROR_NOT_SUPPORTED, 'no-driver'],
    [usb.LIBUSB_ERROR_NO_DEVICE, 'gone'],
    [usb.LIBUSB_TRANSFER_STALL, 'stall'],
  ])('maps library error %i on Windows to %s', (number, kind) => {
    expect(failureKind(libusbError(number), 'win32')).toBe(kind);
  });

  it.each([17, -13, 0])('maps the unknown number %i to io', (number) => {
    expect(failureKind(libusbError(number), 'linux')).toBe('io');
  });

  it.each([new Error('no number'), 'text', undefined])('maps what has no number to io', (error) => {
    expect(failureKind(error, 'linux')).toBe('io');
  });

  it('keeps the cause of what it maps and passes on what is mapped already', () => {
    const cause = libusbError(-6);
    const mapped = toUsbError(cause, 'claim');
    expect(mapped).toMatchObject({ kind: 'busy', operation: 'claim', cause });
    expect(toUsbError(mapped, 'other')).toBe(mapped);
    expect(mapped).toBeInstanceOf(UsbError);
  });
});
