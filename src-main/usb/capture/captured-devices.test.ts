import { expect, it } from 'vitest';
import { devicesIn } from './captured-devices.ts';
import type { ControlTransfer } from './control-transfers.ts';

const DEVICE_DESCRIPTOR = Uint8Array.of(
  18,
  1,
  0,
  1,
  0,
  0,
  0,
  64,
  0x83,
  0x04,
  0x11,
  0xdf,
  0,
  0x22,
  1,
  2,
  3,
  1,
);
const GET_DEVICE_DESCRIPTOR = { requestType: 0x80, request: 6, value: 0x0100, index: 0 };

const transfer = (deviceAddress: number, rest: Partial<ControlTransfer> = {}): ControlTransfer => ({
  bus: 1,
  deviceAddress,
  setup: { requestType: 0xa1, request: 3, value: 0, index: 0 },
  length: 6,
  data: new Uint8Array(6),
  truncated: false,
  result: 'done',
  status: 0,
  submittedAt: 0,
  elapsed: 1,
  ...rest,
});

it('every address is a device, with its USB ID where its descriptor was read', () => {
  const descriptor = { setup: GET_DEVICE_DESCRIPTOR, data: DEVICE_DESCRIPTOR };
  const transfers = [transfer(4), transfer(7), transfer(7, descriptor), transfer(7), transfer(7, { bus: 2 })];
  expect(devicesIn(transfers)).toEqual([
    { bus: 1, deviceAddress: 4, transfers: 1, usbId: undefined },
    { bus: 1, deviceAddress: 7, transfers: 3, usbId: { vendorId: 0x0483, productId: 0xdf11 } },
    { bus: 2, deviceAddress: 7, transfers: 1, usbId: undefined },
  ]);
});

it('a device that has no address yet is none', () => {
  expect(devicesIn([transfer(0, { setup: GET_DEVICE_DESCRIPTOR, data: DEVICE_DESCRIPTOR })])).toEqual([]);
});

it.each<[string, Partial<ControlTransfer>]>([
  ['was refused', { result: 'stall' }],
  ['is too short', { data: DEVICE_DESCRIPTOR.subarray(0, 8) }],
  ['is of another type', { setup: { ...GET_DEVICE_DESCRIPTOR, value: 0x0200 } }],
  ['goes to the device', { setup: { ...GET_DEVICE_DESCRIPTOR, requestType: 0x00 } }],
])('a descriptor that %s tells no USB ID', (_, rest) => {
  const descriptor = transfer(7, { setup: GET_DEVICE_DESCRIPTOR, data: DEVICE_DESCRIPTOR, ...rest });
  expect(devicesIn([descriptor])).toMatchObject([{ usbId: undefined }]);
});
