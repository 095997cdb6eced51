/**
 * A virtual device as the host sees it from one attaching to the next detaching: the port's UsbDevice. Concurrent use
 * rejects with `busy`; a transfer before `open`, and a class request before `claim`, reject with `io`, as libusb does.
 */
import type { Clock } from '../../shared/clock.ts';
import { describeSetup, UsbError } from '../usb/port.ts';
import type { ControlSetup, UsbDevice, UsbIdentity } from '../usb/port.ts';
import { StandardRequest } from '../usb/standard-requests.ts';
import { HOST_TIMING, wireTime } from './timing.ts';
import type { Descriptors } from './descriptors.ts';
import type { HostFault } from './faults.ts';
import type { ControlRequest } from './usb-function.ts';
import { isClassRequest, NO_BYTES } from './usb-function.ts';
import type { VirtualDevice } from './virtual-device.ts';

/** Host to device, standard, to an interface. */
const STANDARD_TO_INTERFACE = 0x01;
const SELECT_DEADLINE_MS = 1000;

export class Attachment implements UsbDevice {
  readonly path: string;
  readonly address: number;
  readonly identity: UsbIdentity;
  readonly #device: VirtualDevice;
  readonly #descriptors: Descriptors;
  readonly #clock: Clock;
  #gone = false;
  #open = false;
  #claimed = false;
  #transferring = false;
  /** Ends the wait of a transfer under way when the device leaves the bus, or the host gives it up. */
  #interrupt: (() => void) | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(path: string, address: number, device: VirtualDevice, descriptors: Descriptors, clock: Clock) {
    this.path = path;
    this.address = address;
    this.identity = descriptors.identity;
    this.#device = device;
    this.#descriptors = descriptors;
    this.#clock = clock;
  }

  get isTransferring(): boolean {
    return this.#transferring;
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** The device has left the bus: whatever is under way fails, and everything after it. */
  detach(): void {
    this.#gone = true;
    this.#interrupt?.();
  }

  async open(): Promise<void> {
    await Promise.resolve();
    this.#expectPresent(() => 'open');
    this.#expectAllowed('open-refused', () => 'open');
    this.#open = true;
  }

  async close(): Promise<void> {
    if (this.#transferring) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    this.#open = false;
    this.#claimed = false;
  }

  async claim(interfaceNumber: number): Promise<void> {
    await Promise.resolve();
    const operation = () => `claim interface ${interfaceNumber}`;
    this.#expectOpen(operation);
    if (interfaceNumber !== 0) throw new UsbError('io', operation());
    this.#expectAllowed('claim-refused', operation);
    this.#claimed = true;
  }

  async selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    const operation = () => `select alternate ${alternate} of interface ${interfaceNumber}`;
    this.#expectOpen(operation);
    if (!this.#claimed || interfaceNumber !== 0 || alternate >= this.#descriptors.alternateCount) {
      throw new UsbError('io', operation());
    }
    const setup = {
      requestType: STANDARD_TO_INTERFACE,
      request: StandardRequest.setInterface,
      value: alternate,
      index: interfaceNumber,
    };
    await this.controlOut(setup, NO_BYTES, SELECT_DEADLINE_MS);
  }

  controlIn(
    setup: ControlSetup,
    length: number,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    return this.#transfer({ ...setup, length, data: NO_BYTES }, deadline, signal);
  }

  async controlOut(
    setup: ControlSetup,
    data: Uint8Array,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#transfer({ ...setup, length: data.length, data }, deadline, signal);
  }

  async reset(): Promise<void> {
    this.#expectOpen(() => 'reset');
    this.#begin(() => 'reset');
    try {
      await this.#pass(HOST_TIMING.reset);
      this.#expectPresent(() => 'reset');
      this.#device.busReset();
    } finally {
      this.#end();
    }
  }

  async #transfer(request: ControlRequest, deadline: number, signal?: AbortSignal): Promise<Uint8Array> {
    const operation = () => describeSetup(request);
    this.#expectPresent(operation);
    if (!this.#open || (isClassRequest(request) && !this.#claimed)) throw new UsbError('io', operation());
    this.#begin(operation);
    const giveUp = () => this.#interrupt?.();
    signal?.addEventListener('abort', giveUp);
    try {
      const outcome = await this.#carryOut(request, deadline);
      this.#expectPresent(operation);
      if (signal?.aborted) throw new UsbError('timeout', operation());
      if (typeof outcome === 'string') throw new UsbError(outcome, operation());
      return outcome;
    } finally {
      signal?.removeEventListener('abort', giveUp);
      this.#end();
    }
  }

  /** One transfer from setup to status stage, or how it failed. Where the device leaves meanwhile, the caller sees. */
  async #carryOut(request: ControlRequest, deadline: number): Promise<Uint8Array | 'stall' | 'timeout'> {
    const { heldUntil } = this.#device;
    const held = Math.max(0, heldUntil - this.#clock.now());
    if (held > 0) {
      await this.#pass(Math.min(held, deadline));
      // The device never looks at a request that is cancelled before its CPU is free.
      if (this.#gone || held >= deadline) return 'timeout';
    }
    const answer = this.#device.exchange(request, Math.max(heldUntil, this.#clock.now()));
    if (answer.kind === 'silence') {
      await this.#pass(deadline - held);
      return 'timeout';
    }
    const bytes = answer.kind === 'done' ? answer.bytes.subarray(0, request.length) : NO_BYTES;
    const onWire = wireTime(this.#device.definition.timing.usb, Math.max(bytes.length, request.data.length));
    const duration = onWire + (answer.kind === 'done' ? answer.heldFor : 0);
    await this.#pass(Math.min(duration, deadline - held));
    if (held + duration > deadline) return 'timeout';
    return answer.kind === 'stall' ? 'stall' : bytes;
  }

  /** Lets time pass, but not beyond the moment the device leaves the bus. */
  #pass(ms: number): Promise<void> {
    if (this.#gone) return Promise.resolve();
    return new Promise((resolve) => {
      this.#interrupt = resolve;
      void this.#clock.sleep(ms).then(resolve);
    });
  }

  #begin(operation: () => string): void {
    if (this.#transferring) throw new UsbError('busy', operation());
    this.#transferring = true;
  }

  #end(): void {
    this.#transferring = false;
    this.#interrupt = undefined;
    this.#whenIdle?.();
    this.#whenIdle = undefined;
  }

  #expectPresent(operation: () => string): void {
    if (this.#gone) throw new UsbError('gone', operation());
  }

  #expectAllowed(kind: HostFault['kind'], operation: () => string): void {
    const failure = this.#device.faultPlan.refusal(kind);
    if (failure) throw new UsbError(failure, operation());
  }

  #expectOpen(operation: () => string): void {
    this.#expectPresent(operation);
    if (!this.#open) throw new UsbError('io', operation());
  }
}
