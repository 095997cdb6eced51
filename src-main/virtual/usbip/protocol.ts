import type { ControlSetup, UsbIdentity } from '../../usb/port.ts';

/**
 * USB/IP 1.1.1 (Linux, Documentation/usb/usbip_protocol.rst), all numbers big-endian but the setup packet. A client first
 * asks for the list of devices, or imports one; after an import the connection carries that device's transfers: SUBMIT
 * and UNLINK from the host, an answer to each from here.
 */

const VERSION = 0x0111;

const OperationCode = {
  listRequest: 0x8005,
  listReply: 0x0005,
  importRequest: 0x8003,
  importReply: 0x0003,
} as const;

/** `status` of an operation's reply (tools/usb/usbip/libsrc/usbip_common.h). */
export const ImportStatus = { ok: 0, busy: 2, failed: 3, noDevice: 4 } as const;
export type ImportRefusal = Exclude<(typeof ImportStatus)[keyof typeof ImportStatus], 0>;

/** Negative status of a transfer: what a host controller's driver would return (include/uapi/asm-generic/errno.h). */
export const TransferStatus = {
  ok: 0,
  stall: -32, // EPIPE
  protocolError: -71, // EPROTO
  unlinked: -104, // ECONNRESET
  timedOut: -110, // ETIMEDOUT
} as const;

/** USB_SPEED_FULL of the kernel's enum usb_device_speed. */
const FULL_SPEED = 2;

export const OPERATION_LENGTH = 8;
export const BUS_ID_LENGTH = 32;
export const COMMAND_LENGTH = 48;
/** wLength has 16 bits. */
const LONGEST_DATA = 0xffff;

const PATH_LENGTH = 256;
const DEVICE_LENGTH = 312;

/** The other side does not speak the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export type Operation = 'list' | 'import';

/** @throws {ProtocolError} */
export function parseOperation(bytes: Buffer): Operation {
  const version = bytes.readUInt16BE(0);
  const code = bytes.readUInt16BE(2);
  if (version !== VERSION) throw new ProtocolError(`version ${version.toString(16)}`);
  if (code === OperationCode.listRequest) return 'list';
  if (code === OperationCode.importRequest) return 'import';
  throw new ProtocolError(`operation ${code.toString(16)}`);
}

export function parseBusId(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}

/** A device as the protocol names it. */
export interface ExportedDevice {
  /** `1-2.4`. */
  readonly busId: string;
  readonly busNumber: number;
  readonly deviceNumber: number;
  readonly identity: UsbIdentity;
}

export function listReply(devices: readonly ExportedDevice[]): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(devices.length);
  return Buffer.concat([
    operationReply(OperationCode.listReply, ImportStatus.ok),
    count,
    ...devices.map(describe),
  ]);
}

/** Exactly 320 bytes: the kernel takes whatever follows for the first answer. */
export function importReply(device: ExportedDevice): Buffer {
  return Buffer.concat([operationReply(OperationCode.importReply, ImportStatus.ok), describe(device)]);
}

export function importRefusal(status: ImportRefusal): Buffer {
  return operationReply(OperationCode.importReply, status);
}

function operationReply(code: number, status: number): Buffer {
  const reply = Buffer.alloc(OPERATION_LENGTH);
  reply.writeUInt16BE(VERSION, 0);
  reply.writeUInt16BE(code, 2);
  reply.writeUInt32BE(status, 4);
  return reply;
}

/**
 * Class and interfaces are left at nought: they are known only to who opens the device, and the host reads them from
 * the device itself.
 */
function describe({ busId, busNumber, deviceNumber, identity }: ExportedDevice): Buffer {
  const bytes = Buffer.alloc(DEVICE_LENGTH);
  bytes.write(`/virtual/${busId}`, 0, PATH_LENGTH - 1, 'latin1');
  bytes.write(busId, PATH_LENGTH, BUS_ID_LENGTH - 1, 'latin1');
  let at = PATH_LENGTH + BUS_ID_LENGTH;
  for (const number of [busNumber, deviceNumber, FULL_SPEED]) at = bytes.writeUInt32BE(number, at);
  for (const number of [identity.vendorId, identity.productId, identity.deviceVersion]) {
    at = bytes.writeUInt16BE(number, at);
  }
  const [noClass, configurationValue, configurations] = [[0, 0, 0], 1, 1];
  bytes.set([...noClass, configurationValue, configurations, 0], at);
  return bytes;
}

export interface Submit {
  readonly type: 'submit';
  readonly sequence: number;
  readonly endpoint: number;
  readonly direction: 'in' | 'out';
  readonly setup: ControlSetup;
  /** Bytes to read, or to be read from the connection behind the command. */
  readonly length: number;
}

export interface Unlink {
  readonly type: 'unlink';
  readonly sequence: number;
  /** Sequence number of the transfer that is to be cancelled. */
  readonly unlinked: number;
}

const CommandCode = { submit: 1, unlink: 2, submitReply: 3, unlinkReply: 4 } as const;

/** @param bytes COMMAND_LENGTH of them @throws {ProtocolError} */
export function parseCommand(bytes: Buffer): Submit | Unlink {
  const code = bytes.readUInt32BE(0);
  const sequence = bytes.readUInt32BE(4);
  switch (code) {
    case CommandCode.submit: {
      const length = bytes.readInt32BE(24);
      if (length < 0 || length > LONGEST_DATA) throw new ProtocolError(`transfer of ${length} bytes`);
      return {
        type: 'submit',
        sequence,
        direction: bytes.readUInt32BE(12) === 0 ? 'out' : 'in',
        endpoint: bytes.readUInt32BE(16),
        length,
        setup: {
          requestType: bytes.readUInt8(40),
          request: bytes.readUInt8(41),
          value: bytes.readUInt16LE(42),
          index: bytes.readUInt16LE(44),
        },
      };
    }
    case CommandCode.unlink:
      return { type: 'unlink', sequence, unlinked: bytes.readUInt32BE(20) };
    default:
      throw new ProtocolError(`command ${code}`);
  }
}

/** @param data what was read; empty for a transfer to the device @param length bytes that were transferred */
export function submitReply(
  sequence: number,
  status: number,
  data: Uint8Array,
  length = data.length,
): Buffer {
  const header = answer(CommandCode.submitReply, sequence, status);
  header.writeInt32BE(length, 24);
  return Buffer.concat([header, data]);
}

export function unlinkReply(sequence: number, status: number): Buffer {
  return answer(CommandCode.unlinkReply, sequence, status);
}

function answer(code: number, sequence: number, status: number): Buffer {
  const bytes = Buffer.alloc(COMMAND_LENGTH);
  bytes.writeUInt32BE(code, 0);
  bytes.writeUInt32BE(sequence, 4);
  bytes.writeInt32BE(status, 20);
  return bytes;
}
