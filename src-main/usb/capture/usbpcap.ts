import type { TransferEvent, TransferResult } from './control-transfers.ts';
import { viewOf } from './packet.ts';
import type { Packet } from './packet.ts';
import { SETUP_LENGTH, setupIn } from './setup-packet.ts';

/**
 * What USBPcap, the capture driver for Windows, tells of an I/O request packet: a header, always little-endian, then data.
 * A control transfer has one packet for each of its stages. Since version 1.5 these are SETUP, with the setup packet and
 * the data to the device, and COMPLETE, with the data from it. Before, the data had a packet of its own, DATA, which
 * some versions write on the way back even where it went to the device, and the end was called STATUS
 * (USBPcap, "Capture format specification", and its driver's header files).
 */

/** Offsets in the header. */
const At = {
  headerLength: 0,
  request: 2,
  status: 10,
  info: 16,
  bus: 17,
  device: 19,
  endpoint: 21,
  transferType: 22,
  dataLength: 23,
  stage: 27,
} as const;

const COMMON_HEADER_LENGTH = 27;
const CONTROL_HEADER_LENGTH = 28;
const CONTROL = 2;
const ENDPOINT_NUMBER = 0x7f;
const Stage = { setup: 0, data: 1, status: 2, complete: 3 } as const;

/** USBD_STATUS (Windows Driver Kit, usb.h). */
const RESULTS: Readonly<Record<number, TransferResult>> = {
  0: 'done',
  0xc000_0004: 'stall', // STALL_PID
  0xc000_0030: 'stall', // ENDPOINT_HALTED
  0xc000_7000: 'gone', // DEVICE_GONE
  0xc001_0000: 'cancelled', // CANCELED
  0xc000_6000: 'cancelled', // TIMEOUT
};

/**
 * @returns `other` for a packet about anything but a control transfer on endpoint 0, `unreadable` for one without a whole
 * header or of a stage that is not known
 */
export function usbpcapEvent({ bytes, time = 0 }: Packet): TransferEvent | 'other' | 'unreadable' {
  if (bytes.length < COMMON_HEADER_LENGTH) return 'unreadable';
  const view = viewOf(bytes);
  const isControl = view.getUint8(At.transferType) === CONTROL;
  if (!isControl || (view.getUint8(At.endpoint) & ENDPOINT_NUMBER) !== 0) return 'other';
  const headerLength = view.getUint16(At.headerLength, true);
  if (headerLength < CONTROL_HEADER_LENGTH || bytes.length < headerLength) return 'unreadable';
  const told = {
    request: view.getBigUint64(At.request, true),
    bus: view.getUint16(At.bus, true),
    deviceAddress: view.getUint16(At.device, true),
    time,
  };
  const payloadLength = view.getUint32(At.dataLength, true);
  const payload = bytes.subarray(headerLength, headerLength + payloadLength);
  const truncated = payload.length < payloadLength;
  switch (view.getUint8(At.stage)) {
    case Stage.setup: {
      if (payload.length < SETUP_LENGTH) return 'unreadable';
      const data = payload.subarray(SETUP_LENGTH);
      return { kind: 'submit', ...told, ...setupIn(payload), data, truncated };
    }
    case Stage.data:
      return { kind: 'data', ...told, data: payload, truncated };
    case Stage.status:
    case Stage.complete: {
      const status = view.getUint32(At.status, true);
      const result = RESULTS[status] ?? 'other';
      return { kind: 'complete', ...told, data: payload, truncated, result, status };
    }
    default:
      return 'unreadable';
  }
}
