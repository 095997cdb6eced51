import type { TransferEvent, TransferResult } from './control-transfers.ts';
import { viewOf } from './packet.ts';
import type { Packet } from './packet.ts';
import { SETUP_LENGTH, setupIn } from './setup-packet.ts';

/**
 * What Linux's usbmon tells of a USB request block: a header, then data. There is one packet when the block is submitted
 * (`S`) and one when it is called back (`C`), or instead of that one when submitting failed (`E`). Data sent stands with
 * the first, data read with the second. The header is in the byte order of the machine; captures hold its first 48
 * bytes or, what is usual, all 64 (Linux, Documentation/usb/usbmon.rst, "Raw binary format").
 */

export const USBMON_HEADER_LENGTH = 48;
/** LINKTYPE_USB_LINUX_MMAPPED. */
export const USBMON_PADDED_HEADER_LENGTH = 64;

/** Offsets in the header. */
const At = {
  id: 0,
  type: 8,
  transferType: 9,
  endpoint: 10,
  device: 11,
  bus: 12,
  setupFlag: 14,
  seconds: 16,
  microseconds: 24,
  status: 28,
  length: 32,
  kept: 36,
  setup: 40,
} as const;

const EventType = { submit: 0x53, callback: 0x43, submitError: 0x45 } as const;
const CONTROL = 2;
const ENDPOINT_NUMBER = 0x7f;
const ENDPOINT_IN = 0x80;
/** In `setupFlag`: the setup packet is there. Otherwise a letter says why not. */
const PRESENT = 0;

/** Negative errno (include/uapi/asm-generic/errno.h; what they mean for USB: Documentation/driver-api/usb/error-codes.rst). */
const RESULTS: Readonly<Record<number, TransferResult>> = {
  0: 'done',
  [-32]: 'stall', // EPIPE
  [-19]: 'gone', // ENODEV
  [-108]: 'gone', // ESHUTDOWN
  [-2]: 'cancelled', // ENOENT: killed
  [-104]: 'cancelled', // ECONNRESET: unlinked
  [-110]: 'cancelled', // ETIMEDOUT
};

/**
 * @param headerLength one of the two above
 * @returns `other` for a packet about anything but a control transfer on endpoint 0, `unreadable` for one without a whole
 * header or of a type that is not known
 */
export function usbmonEvent(packet: Packet, headerLength: number): TransferEvent | 'other' | 'unreadable' {
  const { bytes, littleEndian } = packet;
  if (bytes.length < headerLength) return 'unreadable';
  const view = viewOf(bytes);
  const endpoint = view.getUint8(At.endpoint);
  if (view.getUint8(At.transferType) !== CONTROL || (endpoint & ENDPOINT_NUMBER) !== 0) return 'other';
  const type = view.getUint8(At.type);
  const told = {
    request: view.getBigUint64(At.id, littleEndian),
    bus: view.getUint16(At.bus, littleEndian),
    deviceAddress: view.getUint8(At.device),
    time:
      Number(view.getBigInt64(At.seconds, littleEndian)) * 1_000 +
      view.getInt32(At.microseconds, littleEndian) / 1_000,
  };
  const isIn = (endpoint & ENDPOINT_IN) !== 0;
  /** The length says what the block is about, also where no data goes with this packet. */
  const length = view.getUint32(At.length, littleEndian);
  const kept = view.getUint32(At.kept, littleEndian);
  const dataOf = (hasData: boolean) => {
    const data = bytes.subarray(headerLength, hasData ? headerLength + kept : headerLength);
    return { data, truncated: hasData && data.length < length };
  };
  switch (type) {
    case EventType.submit:
      if (view.getUint8(At.setupFlag) !== PRESENT) return 'unreadable';
      return {
        kind: 'submit',
        ...told,
        ...setupIn(bytes.subarray(At.setup, At.setup + SETUP_LENGTH)),
        ...dataOf(!isIn),
      };
    case EventType.callback:
    case EventType.submitError: {
      const status = view.getInt32(At.status, littleEndian);
      const hasData = isIn && type === EventType.callback;
      return { kind: 'complete', ...told, ...dataOf(hasData), result: RESULTS[status] ?? 'other', status };
    }
    default:
      return 'unreadable';
  }
}
