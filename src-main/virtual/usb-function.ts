/**
 * What a device is to the bus: something that shows descriptors and answers control transfers, one at a time. A
 * bootloader is one function, the application another; a device changes from one to the other by leaving the bus and
 * coming back.
 */
import type { ControlSetup } from '../usb/port.ts';
import { DescriptorType, StandardRequest } from '../usb/standard-requests.ts';
import type { Descriptors } from './descriptors.ts';
import type { TransferFault } from './faults.ts';

/** One control transfer as the device sees it. */
export interface ControlRequest extends ControlSetup {
  /** wLength. */
  readonly length: number;
  /** What the host sends; empty where it reads. */
  readonly data: Uint8Array;
}

export type Answer =
  /** The transfer succeeds with these bytes (none where the host writes), after the device held it for `heldFor` ms. */
  | { readonly kind: 'done'; readonly bytes: Uint8Array; readonly heldFor: number }
  | { readonly kind: 'stall' }
  /** The device answers NAK for ever. */
  | { readonly kind: 'silence' };

/** What a transfer is about, for fault plans and logs. */
export interface TransferSubject {
  readonly command?: TransferCommand;
  /** Absolute address the command is about. */
  readonly address?: number;
}

export type TransferCommand =
  | 'set-address'
  | 'erase'
  | 'mass-erase'
  | 'read-unprotect'
  | 'write'
  | 'read'
  | 'get-commands'
  | 'leave'
  | 'unknown';

export interface UsbFunction {
  readonly descriptors: Descriptors;
  /** Time at which the device's CPU looks at the next setup packet; in the past when it is free. */
  readonly heldUntil: number;
  subject(request: ControlRequest): TransferSubject;
  /** Answers a request the device sees at time `at`; `faults` are those of the fault plan for just this transfer. */
  answer(request: ControlRequest, at: number, faults: readonly TransferFault[]): Answer;
  /** Refuses as it refuses an illegal request. */
  refuse(): Answer;
  busReset(at: number): void;
}

export const NO_BYTES = new Uint8Array(0);
export const STALL: Answer = { kind: 'stall' };
export const SILENCE: Answer = { kind: 'silence' };
export const ACKNOWLEDGED: Answer = { kind: 'done', bytes: NO_BYTES, heldFor: 0 };

export function reply(bytes: Uint8Array, heldFor = 0): Answer {
  return { kind: 'done', bytes, heldFor };
}

const TYPE_MASK = 0x60;
const STANDARD_TYPE = 0x00;
const CLASS_TYPE = 0x20;

export function isClassRequest(setup: ControlSetup): boolean {
  return (setup.requestType & TYPE_MASK) === CLASS_TYPE;
}

/** The standard requests (USB 2.0 §9.4), the same for every device with one configuration and one interface. */
export class StandardRequests {
  readonly #descriptors: Descriptors;
  readonly #functionalAlone: boolean;
  #alternate = 0;

  /** @param functionalAlone whether GET_DESCRIPTOR answers for the DFU functional descriptor by itself */
  constructor(descriptors: Descriptors, functionalAlone: boolean) {
    this.#descriptors = descriptors;
    this.#functionalAlone = functionalAlone;
  }

  answer(request: ControlRequest): Answer {
    if ((request.requestType & TYPE_MASK) !== STANDARD_TYPE) return STALL;
    switch (request.request) {
      case StandardRequest.getStatus:
        return reply(Uint8Array.of(0, 0));
      case StandardRequest.getDescriptor: {
        const bytes = this.#descriptor(request.value >>> 8, request.value & 0xff);
        return bytes ? reply(bytes.slice(0, request.length)) : STALL;
      }
      case StandardRequest.getConfiguration:
        return reply(Uint8Array.of(1));
      case StandardRequest.setConfiguration:
        return request.value === 1 ? ACKNOWLEDGED : STALL;
      case StandardRequest.getInterface:
        return reply(Uint8Array.of(this.#alternate));
      case StandardRequest.setInterface:
        if (request.index !== 0 || request.value >= this.#descriptors.alternateCount) return STALL;
        this.#alternate = request.value;
        return ACKNOWLEDGED;
      default:
        return STALL;
    }
  }

  #descriptor(type: number, index: number): Uint8Array | undefined {
    switch (type) {
      case DescriptorType.device:
        return this.#descriptors.device;
      case DescriptorType.configuration:
        return index === 0 ? this.#descriptors.configuration : undefined;
      case DescriptorType.string:
        return this.#descriptors.strings[index];
      case DescriptorType.dfuFunctional:
        return this.#functionalAlone ? this.#descriptors.functional : undefined;
      default:
        return undefined;
    }
  }
}
