/** Class requests as lines of text, so that a test can state a whole conversation: `DNLOAD 0: 21 00 00 00 08`. */
import { DfuRequest } from '../../src-main/dfuse/protocol.ts';
import type { ControlSetup } from '../../src-main/usb/port.ts';
import type { VirtualDevice } from '../../src-main/virtual/virtual-device.ts';

/** Bytes of more than a command are told by their number. */
const LONGEST_COMMAND = 5;

export function wireLine(setup: ControlSetup, data: Uint8Array, length: number): string {
  const { request, value } = setup;
  switch (request) {
    case DfuRequest.detach:
      return `DETACH ${value}`;
    case DfuRequest.dnload:
      return `DNLOAD ${value}: ${contents(data)}`;
    case DfuRequest.upload:
      return `UPLOAD ${value}: ${length} bytes`;
    case DfuRequest.getStatus:
      return 'GETSTATUS';
    case DfuRequest.clrStatus:
      return 'CLRSTATUS';
    case DfuRequest.getState:
      return 'GETSTATE';
    case DfuRequest.abort:
      return 'ABORT';
    default:
      return `request ${request}`;
  }
}

function contents(data: Uint8Array): string {
  if (data.length === 0) return 'nothing';
  if (data.length > LONGEST_COMMAND) return `${data.length} bytes`;
  return [...data].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

const TYPE_MASK = 0x60;
const CLASS_TYPE = 0x20;

export function isClass({ requestType }: ControlSetup): boolean {
  return (requestType & TYPE_MASK) === CLASS_TYPE;
}

/** The class requests a virtual device with a log has seen. */
export function onTheWire(device: VirtualDevice): string[] {
  return device.log
    .filter(({ request }) => isClass(request))
    .map(({ request }) => wireLine(request, request.data, request.length));
}
